//! Diagnostics: what is wrong in a scenario, where, and what would be right.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fmt::{self, Write as _};
use std::hash::{DefaultHasher, Hash, Hasher};

use super::visible::{unseen, visible};

/// A place in a file: the line, and the stretch of it that is meant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mark {
    /// The file as the reader was given it, or the flag of the command line.
    pub file: String,
    /// Line, from 1; 0 where there is no line.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// Length in characters, at least 1.
    pub span_len: usize,
    /// The line itself, shortened where it is very long.
    pub source_line: String,
}

/// One thing that is wrong, or one warning.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diagnostic {
    /// The file, or the flag of the command line.
    pub file: String,
    /// Line, from 1; 0 where there is no line.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// How many characters are meant.
    pub span_len: usize,
    /// The line of the file.
    pub source_line: String,
    /// What is wrong, in one sentence.
    pub message: String,
    /// What stands there.
    pub found: Option<String>,
    /// What may stand there.
    pub expected: Option<String>,
    /// How to put it right.
    pub help: Option<String>,
    /// Whether the scenario can be used all the same.
    pub warning: bool,
}

impl Diagnostic {
    /// An error at `mark`.
    pub fn at(mark: &Mark, message: impl Into<String>) -> Self {
        Self {
            file: mark.file.clone(),
            line: mark.line,
            column: mark.column,
            span_len: mark.span_len,
            source_line: mark.source_line.clone(),
            message: message.into(),
            ..Self::default()
        }
    }

    /// Says what stands there.
    #[must_use]
    pub fn found(mut self, found: impl Into<String>) -> Self {
        self.found = Some(found.into());
        self
    }

    /// Says what may stand there.
    #[must_use]
    pub fn expected(mut self, expected: impl Into<String>) -> Self {
        self.expected = Some(expected.into());
        self
    }

    /// Says how to put it right.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Says how to put it right, where that is known.
    #[must_use]
    pub fn maybe_help(mut self, help: Option<String>) -> Self {
        self.help = help.or(self.help);
        self
    }

    /// Makes a warning of it.
    #[must_use]
    pub fn as_warning(mut self) -> Self {
        self.warning = true;
        self
    }

    /// The diagnostic as text, in the manner of the Rust compiler.
    pub fn render(&self, color: bool) -> String {
        let paint = |code: &str, text: &str| {
            if color { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
        };
        let (word, code) = if self.warning { ("warning", "1;33") } else { ("error", "1;31") };
        let message = visible(&self.message);
        let mut out = format!("{}{}\n", paint(code, word), paint("1", &format!(": {message}")));
        let gutter = if self.line == 0 { 1 } else { self.line.to_string().len() };
        let bar = paint("1;34", &format!("{:gutter$} |", ""));
        let (arrow, file) = (paint("1;34", "-->"), visible(&self.file));
        // Writing to a String cannot fail.
        if self.line == 0 {
            let _ = writeln!(out, "{:gutter$}{arrow} {file}", "");
        } else {
            let _ = writeln!(out, "{:gutter$}{arrow} {file}:{}:{}", "", self.line, self.column);
        }
        if self.line > 0 && !self.source_line.is_empty() {
            let number = paint("1;34", &format!("{:>gutter$} |", self.line));
            let shown: String = self.source_line.chars().map(|c| if unseen(c) { ' ' } else { c }).collect();
            let carets = paint(code, &"^".repeat(self.span_len.max(1)));
            let blank = " ".repeat(self.column.saturating_sub(1));
            let _ = writeln!(out, "{bar}\n{number} {shown}\n{bar} {blank}{carets}");
        }
        for (label, text) in [("found", &self.found), ("expected", &self.expected), ("help", &self.help)] {
            if let Some(text) = text {
                let lead = paint("1;34", &format!("{:gutter$} =", ""));
                let _ = writeln!(out, "{lead} {} {}", paint("1", &format!("{label}:")), visible(text));
            }
        }
        out
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(false))
    }
}

/// All that is wrong with a scenario, in the order of the file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diagnostics(pub Vec<Diagnostic>);

/// Most diagnostics that are shown; more help nobody.
const MOST_SHOWN: usize = 50;

impl Diagnostics {
    /// The first diagnostics as text, with the count of errors at the end.
    pub fn render(&self, color: bool) -> String {
        self.render_of("scenario", color)
    }

    /// The same for a file of another kind, which `kind` names.
    pub fn render_of(&self, kind: &str, color: bool) -> String {
        let mut out = String::new();
        for diagnostic in self.0.iter().take(MOST_SHOWN) {
            out.push_str(&diagnostic.render(color));
            out.push('\n');
        }
        // Writing to a String cannot fail.
        if let Some(more) = self.0.len().checked_sub(MOST_SHOWN).filter(|more| *more > 0) {
            let _ = writeln!(out, "… and {more} more\n");
        }
        let errors = self.0.iter().filter(|d| !d.warning).count();
        let plural = if errors == 1 { "" } else { "s" };
        let _ = write!(out, "{errors} error{plural} in the {kind}");
        out
    }
}

impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(false))
    }
}

impl std::error::Error for Diagnostics {}

/// Collects diagnostics while a scenario is read, so that all are told at once.
#[derive(Debug, Default)]
pub(super) struct Reports {
    list: RefCell<Vec<Diagnostic>>,
    /// What was said of which place, as hashes: there may be as many as the file has lines.
    said: RefCell<BTreeSet<u64>>,
}

impl Reports {
    /// Adds a diagnostic, unless the same was said of the same place.
    pub(super) fn add(&self, diagnostic: Diagnostic) {
        let mut place = DefaultHasher::new();
        (&diagnostic.file, diagnostic.line, diagnostic.column, &diagnostic.message).hash(&mut place);
        if self.said.borrow_mut().insert(place.finish()) {
            self.list.borrow_mut().push(diagnostic);
        }
    }

    /// Whether no further diagnostic would be shown: advice, which takes time, can be left out of it.
    pub(super) fn crowded(&self) -> bool {
        self.list.borrow().len() > 4 * MOST_SHOWN
    }

    /// Whether an error was reported.
    pub(super) fn any_error(&self) -> bool {
        self.list.borrow().iter().any(|d| !d.warning)
    }

    /// Errors and warnings apart.
    pub(super) fn split(self) -> (Vec<Diagnostic>, Vec<Diagnostic>) {
        self.list.into_inner().into_iter().partition(|d| !d.warning)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example() -> Diagnostic {
        let mark = Mark { file: "a.toml".into(), line: 12, column: 3, span_len: 4, source_line: "x\t= true".into() };
        Diagnostic::at(&mark, "wrong type").found("a boolean").expected("a number").help("write 1")
    }

    #[test]
    fn the_caret_stands_under_the_span() {
        let text = example().to_string();
        assert!(text.starts_with("error: wrong type\n  --> a.toml:12:3\n"), "{text}");
        assert!(text.contains("12 | x = true\n   |   ^^^^\n"), "{text}");
        assert!(text.contains("   = found: a boolean\n   = expected: a number\n   = help: write 1\n"), "{text}");
    }

    #[test]
    fn colour_changes_nothing_but_colour() {
        let plain = example().to_string();
        let mut painted = example().render(true);
        assert!(painted.contains("\u{1b}[1;31m"));
        while let Some(start) = painted.find('\u{1b}') {
            let end = painted[start..].find('m').unwrap() + start;
            painted.replace_range(start..=end, "");
        }
        assert_eq!(painted, plain);
    }

    #[test]
    fn what_would_act_on_a_terminal_is_shown_instead() {
        let mark = Mark {
            file: "a\u{1b}]0;x\u{7}.toml".into(),
            source_line: "x\u{1b}[2J\u{202e}".into(),
            line: 1,
            column: 1,
            span_len: 1,
        };
        let told = Diagnostic::at(&mark, "not `\u{1b}[31m`").found("\r\u{202e}b").help("a\u{0}").to_string();
        assert!(told.chars().all(|c| c == '\n' || !unseen(c)), "{told:?}");
        assert!(told.contains("not `\\u{1b}[31m`") && told.contains("\\u{202e}b"), "{told}");
    }

    #[test]
    fn many_mistakes_are_counted_and_not_all_shown() {
        let many = Diagnostics((0..1_000).map(|line| Diagnostic { line, ..example() }).collect());
        let text = many.to_string();
        assert_eq!(text.matches("error: wrong type").count(), MOST_SHOWN);
        assert!(text.contains(&format!("… and {} more\n", 1_000 - MOST_SHOWN)), "{text}");
        assert!(text.ends_with("1000 errors in the scenario"));
    }

    #[test]
    fn errors_are_counted_and_warnings_are_not() {
        let both = Diagnostics(vec![example(), example().as_warning()]);
        assert!(both.to_string().ends_with("1 error in the scenario"));
        assert!(both.to_string().contains("warning: wrong type"));
    }
}
