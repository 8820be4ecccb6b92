//! Text as a reader may be shown it: signs that would act on a terminal or reorder a line are written out instead.

use std::borrow::Cow;

/// Whether a sign is not seen itself but acts on what is: control signs, separators of lines, and the signs that turn the
/// direction of writing for what follows. Marks of direction that a script needs (such as U+200F) are not among them.
pub(super) fn unseen(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// `text` with every such sign, line ends and tabs excepted, as its code: `\u{1b}`.
pub fn visible(text: &str) -> Cow<'_, str> {
    let hidden = |c: char| unseen(c) && c != '\n' && c != '\t';
    if !text.contains(hidden) {
        return Cow::Borrowed(text);
    }
    let shown = text.chars().map(|c| if hidden(c) { c.escape_unicode().to_string() } else { c.to_string() });
    Cow::Owned(shown.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_unseen_is_written_out() {
        assert_eq!(visible("a\tb\n\u{fc} שלום\u{200f} 共享 ×2"), "a\tb\n\u{fc} שלום\u{200f} 共享 ×2");
        assert_eq!(visible("\u{1b}[2J\r\u{7f}\u{9b}\u{202e}"), r"\u{1b}[2J\u{d}\u{7f}\u{9b}\u{202e}");
    }
}
