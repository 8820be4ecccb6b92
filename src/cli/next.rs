//! How an analysis ends on the screen: where its page is, and what to do next.

use std::path::Path;

use forestall_report::assembly::Next;

use super::options::Common;
use super::terminal::print;

/// Characters that a shell takes as they are.
const PLAIN: &str = "_-./,=:@%+";

/// A path as a shell takes it.
pub fn quoted(path: &Path) -> String {
    word(&path.to_string_lossy())
}

/// A word as a shell takes it.
pub fn word(text: &str) -> String {
    if !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || PLAIN.contains(c)) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', "'\\''"))
}

/// The command as it was given, with more behind it.
pub fn again(common: &Common, more: &[&str]) -> String {
    let words = common.arguments.iter().map(String::as_str).chain(more.iter().copied());
    std::iter::once("forestall".to_owned()).chain(words.map(word)).collect::<Vec<_>>().join(" ")
}

/// Says where the page is and what to do next; without a page, how one is had. With `--json`, whose output is for
/// programs, only the page is told, beside it.
pub fn tell(common: &Common, page: Option<&Path>, folder: &str, next: &[Next]) {
    let place = page.map(|path| format!("page: {}", path.display()));
    if common.json {
        if let Some(place) = place {
            common.say(&place);
        }
        return;
    }
    let mut out = String::from("\n");
    match place {
        Some(place) => out += &format!("{place}\n"),
        None => out += &format!("next: the same with --out {folder} writes a page with charts, tables and JSON\n"),
    }
    for Next { command, does } in next {
        out += &format!("next: {does}:\n  {command}\n");
    }
    print(&out);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_quoted_where_a_shell_would_take_it_apart() {
        assert_eq!(word("output/quickstart-1a2b"), "output/quickstart-1a2b");
        assert_eq!(word("my runs/it's"), "'my runs/it'\\''s'");
        assert_eq!(word("a>=10"), "'a>=10'");
        assert_eq!(word(""), "''");
    }
}
