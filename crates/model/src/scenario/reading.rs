//! Reading single values out of a TOML tree, each mistake with its place.

use std::ops::Range;

use jiff::civil::Date;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::diagnostic::{Diagnostic, Mark, Reports};
use super::near_miss;
use super::nearest::did_you_mean;
use super::parameter::{Kind, Parameter};
use super::registry::Registry;
use super::source::Source;
use super::visible::unseen;

/// A value with its place.
pub(super) type Node<'i> = Spanned<DeValue<'i>>;

/// A key with its place, and its value.
#[derive(Clone, Copy)]
pub(super) struct Entry<'t, 'i> {
    /// The key.
    pub key: &'t str,
    /// Where the key stands.
    pub at: (usize, usize),
    /// The value.
    pub node: &'t Node<'i>,
}

impl Entry<'_, '_> {
    /// The place of the key.
    pub(super) fn span(&self) -> Range<usize> {
        self.at.0..self.at.1
    }
}

/// A parameter's value as written, with its evidence mark.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Marked {
    /// The number.
    pub value: f64,
    /// Where it comes from.
    pub evidence: Option<String>,
    /// A remark.
    pub note: Option<String>,
}

/// What reading one file needs at hand.
#[derive(Clone, Copy)]
pub(super) struct Reading<'a> {
    /// The known tables.
    pub registry: &'a Registry,
    /// The file.
    pub source: &'a Source,
    /// Where mistakes go.
    pub reports: &'a Reports,
}

/// The entries of a table in the order of the file.
pub(super) fn entries<'t, 'i>(table: &'t DeTable<'i>) -> Vec<Entry<'t, 'i>> {
    let mut all: Vec<Entry<'t, 'i>> = table
        .iter()
        .map(|(key, node)| Entry { key: key.get_ref(), at: (key.span().start, key.span().end), node })
        .collect();
    // The tree is sorted by key; messages and policies follow the file.
    all.sort_by_key(|entry| entry.at);
    all
}

/// Most characters of a text, and of one that stands in a chart.
const MOST_TEXT: usize = 10_000;
const MOST_LABEL: usize = 200;

/// The beginning of a text, for a message.
pub(super) fn short(text: &str) -> String {
    let mut rest = text.chars();
    let mut start: String = rest.by_ref().take(40).collect();
    if rest.next().is_some() {
        start.push('…');
    }
    start
}

/// A value in words, as a message shows it.
pub(super) fn in_words(node: &Node<'_>) -> String {
    match node.get_ref() {
        DeValue::String(text) => format!("the text \"{}\"", short(text)),
        DeValue::Integer(number) => format!("the number {}", short(number.as_str())),
        DeValue::Float(number) => format!("the number {}", short(number.as_str())),
        DeValue::Boolean(value) => value.to_string(),
        DeValue::Datetime(date) => format!("the date {date}"),
        DeValue::Array(_) => "a list".into(),
        DeValue::Table(_) => "a table".into(),
    }
}

impl Reading<'_> {
    /// Where a stretch of bytes stands.
    pub(super) fn mark(&self, span: &Range<usize>) -> Mark {
        self.source.mark(span)
    }

    /// The beginning of a diagnostic.
    pub(super) fn at(&self, span: &Range<usize>, message: impl Into<String>) -> Diagnostic {
        Diagnostic::at(&self.mark(span), message)
    }

    /// Adds a diagnostic.
    pub(super) fn report(&self, diagnostic: Diagnostic) {
        self.reports.add(diagnostic);
    }

    /// Reports a value of the wrong type or out of range.
    pub(super) fn wrong(&self, node: &Node<'_>, what: &str, expected: impl Into<String>) {
        let message = format!("`{what}` cannot have this value");
        let hint = node.get_ref().as_str().and_then(near_miss::written_right);
        self.report(self.at(&node.span(), message).found(in_words(node)).expected(expected).maybe_help(hint));
    }

    /// "did you mean …?", if a known name is near enough and the advice would still be read.
    pub(super) fn advice<'n>(&self, word: &str, known: impl IntoIterator<Item = &'n str>) -> Option<String> {
        if self.reports.crowded() { None } else { did_you_mean(word, known) }
    }

    /// Reports a key that means nothing here.
    pub(super) fn unknown_key(&self, entry: &Entry<'_, '_>, place: &str, known: &[&str]) {
        let list = known.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        let hint = self.advice(entry.key, known.iter().copied());
        let diagnostic = self.at(&entry.span(), format!("unknown key in {place}"));
        let diagnostic = diagnostic.found(format!("`{}`", short(entry.key))).expected(format!("one of {list}"));
        self.report(diagnostic.maybe_help(hint));
    }

    /// A table, or a report.
    pub(super) fn table<'t, 'i>(&self, node: &'t Node<'i>, what: &str) -> Option<&'t DeTable<'i>> {
        let table = node.get_ref().as_table();
        if table.is_none() {
            self.wrong(node, what, "a table");
        }
        table
    }

    /// The items of a list, or a report.
    pub(super) fn list<'t, 'i>(&self, node: &'t Node<'i>, what: &str, expected: &str) -> Vec<&'t Node<'i>> {
        if let Some(array) = node.get_ref().as_array() {
            array.iter().collect()
        } else {
            self.wrong(node, what, expected);
            Vec::new()
        }
    }

    /// A text, or a report. Signs that nobody sees and that act on what is seen become blanks, with a warning.
    pub(super) fn text(&self, node: &Node<'_>, what: &str) -> Option<String> {
        self.text_of(node, what, MOST_TEXT)
    }

    /// A text of one line that stands in charts, tables and messages; a blank one is as none, with a warning.
    pub(super) fn label(&self, node: &Node<'_>, what: &str) -> Option<String> {
        let text = self.text_of(node, what, MOST_LABEL)?;
        let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if !line.is_empty() {
            return Some(line);
        }
        let diagnostic = self.at(&node.span(), format!("`{what}` is blank, and the name in the file is shown instead"));
        self.report(diagnostic.as_warning());
        None
    }

    fn text_of(&self, node: &Node<'_>, what: &str, most: usize) -> Option<String> {
        let Some(text) = node.get_ref().as_str() else {
            self.wrong(node, what, "a text in double quotes");
            return None;
        };
        if text.len() > most && text.chars().nth(most).is_some() {
            self.wrong(node, what, format!("a text of at most {most} characters"));
            return None;
        }
        let hidden = |c: char| unseen(c) && !matches!(c, '\n' | '\r' | '\t');
        if !text.contains(hidden) {
            return Some(text.to_owned());
        }
        let message = format!("`{what}` holds signs that cannot be seen; they are taken for blanks");
        self.report(self.at(&node.span(), message).as_warning());
        Some(text.replace(hidden, " "))
    }

    /// A date, or a report.
    #[allow(clippy::wildcard_enum_match_arm, reason = "the kinds of value are those of the file format")]
    pub(super) fn date(&self, node: &Node<'_>, what: &str) -> Option<Date> {
        let right = "a date such as 2014-01-31";
        match node.get_ref() {
            DeValue::Datetime(written) => {
                let day = written.date.filter(|_| written.time.is_none() && written.offset.is_none());
                let date =
                    day.and_then(|d| Date::new(d.year.cast_signed(), d.month.cast_signed(), d.day.cast_signed()).ok());
                // Arithmetic with dates must stay inside the calendar.
                let date = date.filter(|d| (1800..=2300).contains(&d.year()));
                if date.is_none() {
                    self.wrong(node, what, format!("{right}, without a time, from 1800 to 2300"));
                }
                date
            }
            DeValue::String(text) => {
                let message = format!("`{what}` cannot have this value");
                let mut diagnostic = self.at(&node.span(), message).found(in_words(node)).expected(right);
                diagnostic = diagnostic.maybe_help(near_miss::written_right(text));
                if text.parse::<Date>().is_ok() {
                    diagnostic = diagnostic.help(format!("write it without quotes: {text}"));
                }
                self.report(diagnostic);
                None
            }
            _ => {
                self.wrong(node, what, right);
                None
            }
        }
    }

    /// A number as written, finite or not; `None` if it is none, or too large.
    #[allow(clippy::wildcard_enum_match_arm, reason = "the kinds of value are those of the file format")]
    fn raw_number(node: &Node<'_>) -> Option<f64> {
        match node.get_ref() {
            DeValue::Integer(number) => {
                i64::from_str_radix(number.as_str(), number.radix()).ok().map(|whole| whole as f64)
            }
            DeValue::Float(number) => number.as_str().parse().ok(),
            _ => None,
        }
    }

    /// A finite number, or a report.
    pub(super) fn number(&self, node: &Node<'_>, what: &str) -> Option<f64> {
        let number = Self::raw_number(node).filter(|x| x.is_finite());
        if number.is_none() {
            self.wrong(node, what, "a finite number");
        }
        number
    }

    /// A whole number in a range, or a report.
    #[allow(clippy::wildcard_enum_match_arm, reason = "the kinds of value are those of the file format")]
    pub(super) fn whole(&self, node: &Node<'_>, what: &str, low: u64, high: u64) -> Option<u64> {
        let number = match node.get_ref() {
            DeValue::Integer(number) => u64::from_str_radix(number.as_str().trim_start_matches('+'), number.radix()),
            _ => "".parse(),
        };
        let number = number.ok().filter(|n| (low..=high).contains(n));
        if number.is_none() {
            self.wrong(node, what, format!("a whole number from {low} to {high}"));
        }
        number
    }

    /// A parameter's plain value, or a report.
    pub(super) fn plain(&self, node: &Node<'_>, parameter: &Parameter, what: &str) -> Option<f64> {
        let value = match (parameter.kind, node.get_ref()) {
            (Kind::Switch, DeValue::Boolean(on)) => Some(f64::from(u8::from(*on))),
            (Kind::Choice(words), DeValue::String(word)) => {
                words.iter().position(|known| known == word).map(|position| position as f64)
            }
            (Kind::Switch | Kind::Choice(_), _) => None,
            _ => Self::raw_number(node),
        };
        let value = value.filter(|v| parameter.kind.admits(*v));
        if value.is_none() {
            let message = format!("`{what}` cannot have this value");
            let mut diagnostic =
                self.at(&node.span(), message).found(in_words(node)).expected(parameter.kind.expectation());
            match (parameter.kind, node.get_ref()) {
                (Kind::Choice(words), DeValue::String(word)) => {
                    diagnostic = diagnostic.maybe_help(self.advice(word, words.iter().copied()));
                }
                (Kind::Share, DeValue::Integer(_) | DeValue::Float(_)) => {
                    let percent = Self::raw_number(node).filter(|v| *v > 1.0 && *v <= 100.0);
                    diagnostic =
                        diagnostic.maybe_help(percent.map(|v| format!("if {v} percent is meant, write {}", v / 100.0)));
                }
                (Kind::Number(..) | Kind::Count(..) | Kind::Share, DeValue::String(text)) => {
                    let hint = near_miss::written_right(text);
                    diagnostic = diagnostic.help("write numbers without quotes").maybe_help(hint);
                }
                _ => {}
            }
            self.report(diagnostic);
        } else if let DeValue::Float(number) = node.get_ref()
            && let Some(thousands) = near_miss::thousands_meant(number.as_str())
        {
            let message = format!("`{what}` is read as {}, not as {thousands}", number.as_str());
            let help = format!("write {thousands} if that is meant, or a number without the three zeros");
            self.report(self.at(&node.span(), message).help(help).as_warning());
        }
        value
    }

    /// A parameter's value, plain or with an evidence mark, or a report.
    pub(super) fn marked(&self, node: &Node<'_>, parameter: &Parameter, what: &str) -> Option<Marked> {
        let Some(table) = node.get_ref().as_table() else {
            return self.plain(node, parameter, what).map(|value| Marked { value, evidence: None, note: None });
        };
        let (mut value, mut evidence, mut note) = (None, None, None);
        for entry in entries(table) {
            match entry.key {
                "value" => value = self.plain(entry.node, parameter, what),
                "evidence" => evidence = self.text(entry.node, "evidence"),
                "note" => note = self.text(entry.node, "note"),
                _ => self.unknown_key(&entry, &format!("the value of `{what}`"), &["value", "evidence", "note"]),
            }
        }
        if table.get("value").is_none() {
            self.wrong(node, what, format!("{}, or {{ value = …, evidence = \"…\" }}", parameter.kind.expectation()));
        }
        value.map(|value| Marked { value, evidence, note })
    }
}
