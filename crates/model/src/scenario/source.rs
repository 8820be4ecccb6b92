//! Source texts: a scenario file and the files that it extends.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::depth::{MOST_BRACKETS, MOST_PARTS, TooDeep, too_deep};
use super::diagnostic::{Diagnostic, Mark, Reports};
use super::near_miss;

/// Longest scenario file that is read, in bytes.
const MOST_BYTES: usize = 4_000_000;
/// Longest chain of files that extend one another.
const MOST_FILES: usize = 16;
/// Longest part of a line that a message shows.
const MOST_SHOWN: usize = 200;

/// A text file that people write, ready to say where something stands in it.
#[derive(Clone, Debug)]
pub struct Source {
    /// Its name, as the reader was given it.
    pub(super) file: String,
    /// Its text.
    pub(super) text: String,
    /// Where each line begins, in bytes.
    lines: Vec<usize>,
    /// Whether messages may show its lines: only those of files that are what they are taken for.
    shown: bool,
}

/// How lines begin that only files of this program have: scenarios, problems, targets.
const SIGNS: [&str; 8] = [
    "schema_version",
    "[scenario",
    "[[countries]]",
    "[[changes]]",
    "[policies.",
    "[uncertain",
    "[[parameters]]",
    "[[targets]]",
];

/// Whether a text looks like a file of this program, though perhaps a broken one.
fn of_this_program(text: &str) -> bool {
    let sign = |line: &str| SIGNS.iter().any(|sign| line.trim_start_matches([' ', '\t', '"', '\'']).starts_with(sign));
    text.trim_start_matches('\u{feff}').lines().any(sign)
}

impl Source {
    /// A scenario, problem or targets file of this name and text. Messages show its lines only if it looks like one:
    /// a path may by mistake or malice name a file that is none of a reader's business.
    pub fn new(file: &str, text: String) -> Self {
        let shown = of_this_program(&text);
        Self::of(file, text, shown)
    }

    /// A file of any kind; whether its lines are `shown` in messages.
    pub(super) fn of(file: &str, text: String, shown: bool) -> Self {
        let lines = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { file: file.to_owned(), text, lines, shown }
    }

    /// The line in which a byte stands, from 1.
    fn line(&self, at: usize) -> usize {
        self.lines.partition_point(|&begin| begin <= at)
    }

    /// Where a stretch of bytes stands. What it takes does not grow with the length of the line.
    pub fn mark(&self, span: &Range<usize>) -> Mark {
        let mut start = span.start.min(self.text.len());
        while !self.text.is_char_boundary(start) {
            start -= 1;
        }
        let line = self.line(start);
        let line_start = self.lines[line - 1];
        let line_end = self.lines.get(line).map_or(self.text.len(), |next| next - 1);
        let whole = self.text[line_start..line_end].trim_end_matches('\r');
        let column = self.text[line_start..start].chars().take(MOST_SHOWN).count() + 1;
        let shown: String = if self.shown { whole.chars().take(MOST_SHOWN).collect() } else { String::new() };
        let after = whole.get(start - line_start..).unwrap_or("");
        let bytes = span.end.saturating_sub(start);
        let length = after.char_indices().take(MOST_SHOWN).take_while(|(at, _)| *at < bytes).count();
        let room = MOST_SHOWN.saturating_sub(column - 1);
        // A column far to the right would print a line of blanks.
        let (column, length) = if room == 0 { (MOST_SHOWN, 1) } else { (column, length.clamp(1, room)) };
        Mark { file: self.file.clone(), line, column, span_len: length, source_line: shown }
    }
}

/// The tree of one file, or its syntax errors.
pub(super) fn parse<'i>(source: &'i Source, reports: &Reports) -> Option<DeTable<'i>> {
    if source.text.len() > MOST_BYTES {
        let mark = Mark { file: source.file.clone(), ..Mark::default() };
        let found = format!("{} bytes", source.text.len());
        reports.add(
            Diagnostic::at(&mark, "this file is too large for a scenario")
                .found(found)
                .expected(format!("at most {MOST_BYTES} bytes")),
        );
        return None;
    }
    if let Some(deep) = too_deep(&source.text) {
        reports.add(deeper_than_any(source, deep));
        return None;
    }
    let (tree, errors) = DeTable::parse_recoverable(&source.text);
    if !source.shown {
        let broken = errors.first().map(|error| error.span().unwrap_or(0..0));
        reports.add(no_scenario(source, broken.as_ref()));
        return None;
    }
    if errors.is_empty() {
        return Some(tree.into_inner());
    }
    let mut told = 0;
    for error in &errors {
        let span = error.span().unwrap_or(0..0);
        // The rest of a broken line only repeats its first mistake.
        let line = source.line(span.start);
        if line == std::mem::replace(&mut told, line) {
            continue;
        }
        let message = format!("this is not valid TOML: {}", error.message());
        let mark = source.mark(&span);
        reports.add(Diagnostic::at(&mark, message).maybe_help(near_miss::in_line(&mark.source_line)));
    }
    None
}

fn deeper_than_any(source: &Source, deep: TooDeep) -> Diagnostic {
    let (at, message, most) = match deep {
        TooDeep::Key(at) => (at, "this key has too many parts", format!("at most {MOST_PARTS}, separated by dots")),
        TooDeep::Bracket(at) => {
            (at, "lists and tables stand too deep within one another", format!("at most {MOST_BRACKETS} levels"))
        }
    };
    Diagnostic::at(&source.mark(&(at..at + 1)), message).expected(most)
}

/// A file that is something else; `broken` is where it is no TOML. Its lines are nobody's to see in a message.
fn no_scenario(source: &Source, broken: Option<&Range<usize>>) -> Diagnostic {
    let mark = broken.map_or_else(|| Mark { file: source.file.clone(), ..Mark::default() }, |s| source.mark(s));
    let found = if broken.is_some() { "a line that is no TOML" } else { "neither `schema_version` nor `[scenario]`" };
    let help = "`forestall init` writes one to start from";
    Diagnostic::at(&mark, "this file is no scenario")
        .found(found)
        .expected("`schema_version = 1` above the first table")
        .help(help)
}

/// The folder of `file` joined with `relative`, with `.` and `..` resolved in the text.
pub(super) fn beside(file: &str, relative: &str) -> String {
    let joined = match file.rfind('/') {
        Some(at) if !relative.starts_with('/') => format!("{}/{relative}", &file[..at]),
        _ => relative.to_owned(),
    };
    let mut parts: Vec<&str> = Vec::new();
    for part in joined.split('/') {
        match part {
            "." => {}
            "" if !parts.is_empty() => {}
            ".." if parts.last().is_some_and(|last| !last.is_empty() && *last != "..") => {
                parts.pop();
            }
            other => parts.push(other),
        }
    }
    match parts.join("/") {
        whole if !whole.is_empty() => whole,
        _ if joined.starts_with('/') => "/".to_owned(),
        _ => ".".to_owned(),
    }
}

/// The file called `name` and all that it extends, the most general first; fewer if one cannot be read.
pub(super) fn chain(name: &str, read: &dyn Fn(&str) -> Result<String, String>, reports: &Reports) -> Vec<Source> {
    let mut sources: Vec<Source> = Vec::new();
    let mut next = beside("", name);
    let mut asked_at = Mark { file: name.to_owned(), ..Mark::default() };
    loop {
        if sources.iter().any(|s| s.file == next) || sources.len() >= MOST_FILES {
            let mut files: Vec<&str> = sources.iter().map(|s| s.file.as_str()).collect();
            files.push(&next);
            let message = if sources.len() >= MOST_FILES {
                format!("more than {MOST_FILES} files extend one another")
            } else {
                "these files extend one another in a circle".to_owned()
            };
            reports.add(Diagnostic::at(&asked_at, message).found(files.join(" -> ")));
            break;
        }
        let text = match read(&next) {
            Ok(text) => text,
            Err(reason) => {
                reports.add(Diagnostic::at(&asked_at, format!("cannot read `{next}`: {reason}")));
                break;
            }
        };
        sources.push(Source::new(&next, text));
        let Some(source) = sources.last() else { break };
        match extended(source, reports) {
            Some((file, mark)) => (next, asked_at) = (file, mark),
            None => break,
        }
    }
    sources.reverse();
    sources
}

/// The keys above the first table, where that part stands for itself: all but a broken or unusual file, which is parsed
/// as a whole.
fn heads(source: &Source) -> Option<DeTable<'_>> {
    let end = if source.text.starts_with('[') { 0 } else { source.text.find("\n[")? + 1 };
    let head = &source.text[..end];
    if !source.shown || too_deep(head).is_some() {
        return None;
    }
    let (tree, errors) = DeTable::parse_recoverable(head);
    errors.is_empty().then(|| tree.into_inner())
}

/// The file that `source` extends, and where it says so.
#[allow(clippy::wildcard_enum_match_arm, reason = "the kinds of value are those of the file format")]
fn extended(source: &Source, reports: &Reports) -> Option<(String, Mark)> {
    let head = heads(source);
    let tree = if let Some(tree) = head { tree } else { parse(source, reports)? };
    let node: &Spanned<DeValue<'_>> = tree.get("extends")?;
    let mark = source.mark(&node.span());
    match node.get_ref() {
        DeValue::String(path) if !path.is_empty() => Some((beside(&source.file, path), mark)),
        other => {
            let found = if other.is_str() { "an empty text" } else { other.type_str() };
            let right = "the path of another scenario file in quotes, such as \"europe.toml\"";
            reports.add(Diagnostic::at(&mark, "`extends` names no file").found(found).expected(right));
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_relative_to_the_extending_file() {
        assert_eq!(beside("scenarios/a.toml", "b.toml"), "scenarios/b.toml");
        assert_eq!(beside("scenarios/x/a.toml", "../b.toml"), "scenarios/b.toml");
        assert_eq!(beside("a.toml", "./b.toml"), "b.toml");
        assert_eq!(beside("/home/a.toml", "b.toml"), "/home/b.toml");
        assert_eq!(beside("/home/a.toml", "/srv/b.toml"), "/srv/b.toml");
        assert_eq!(beside("a.toml", "../b.toml"), "../b.toml");
        assert_eq!(["", ".", "/", "x/.."].map(|path| beside("", path)), [".", ".", "/", "."]);
    }

    #[test]
    fn marks_count_characters_and_survive_any_span() {
        let source = Source::of("a", "x = 1\nétat = \"ü\"\n".into(), true);
        let at = source.text.find('"').unwrap();
        let mark = source.mark(&(at..at + 4));
        assert_eq!((mark.line, mark.column, mark.span_len), (2, 8, 3));
        assert_eq!(mark.source_line, "état = \"ü\"");
        for start in 0..40 {
            for end in 0..40 {
                assert!(source.mark(&(start..end)).span_len >= 1);
            }
        }
    }

    #[test]
    fn long_lines_are_shortened() {
        let source = Source::of("a", format!("x = {}", "y".repeat(100_000)), true);
        let mark = source.mark(&(50_000..50_001));
        assert!(mark.source_line.len() <= MOST_SHOWN && mark.column <= MOST_SHOWN);
    }
}
