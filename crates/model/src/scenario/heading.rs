//! The `[scenario]` table: name, question, dates, seed, replications.

use jiff::civil::Date;
use toml::de::DeTable;

use super::diagnostic::{Diagnostic, Mark};
use super::reading::{Reading, entries, in_words};

/// Seeds are below this, so that draws have room for replication and arm.
pub(super) const SEED_LIMIT: u64 = 1 << 40;
/// Most replications of an arm.
pub(super) const MOST_REPLICATIONS: u64 = crate::engine::draw::REPLICATION_LIMIT;
const SCENARIO_KEYS: &[&str] =
    &["name", "question", "start", "end", "until", "seed", "replications", "warm_up_days", "alternative"];

/// What the files say so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Heading {
    pub name: Option<String>,
    pub question: Option<String>,
    pub start: Option<Date>,
    pub end: Option<(Date, Mark)>,
    pub until: Option<(Date, Mark)>,
    pub seed: Option<u64>,
    pub replications: Option<u64>,
    pub warm_up_days: Option<u64>,
    pub alternative: Option<(String, Mark)>,
    table: Option<Mark>,
    broken_date: bool,
}

/// Whether `name` can be part of a file name on every system.
pub(super) fn plain_name(name: &str) -> bool {
    let first = name.chars().next().is_some_and(|c| c.is_ascii_alphanumeric());
    first && name.len() <= 64 && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
}

/// A name like this for messages.
pub(super) const PLAIN_NAME: &str = "up to 64 letters, digits, `-` or `_`, beginning with a letter or digit";

impl Heading {
    /// Takes in one file's `schema_version` and `[scenario]`.
    pub(super) fn read(&mut self, r: Reading<'_>, tree: &DeTable<'_>) {
        match tree.get("schema_version") {
            None => r.report(
                r.at(&(0..0), "`schema_version` is missing").help("write `schema_version = 1` above the first table"),
            ),
            Some(node) => {
                let one = node.get_ref().as_integer().is_some_and(|n| n.as_str() == "1" && n.radix() == 10);
                if !one {
                    let message = "this version of the scenario format is not known";
                    r.report(r.at(&node.span(), message).found(in_words(node)).expected("1"));
                }
            }
        }
        let Some(node) = tree.get("scenario") else { return };
        let Some(table) = r.table(node, "scenario") else { return };
        self.table = Some(r.mark(&node.span()));
        for entry in entries(table) {
            let (node, key) = (entry.node, entry.key);
            match key {
                "name" => self.name = Self::read_name(r, &entry).or(self.name.take()),
                "question" => self.question = r.text(node, key).or(self.question.take()),
                "start" => self.start = self.dated(r.date(node, key)),
                "end" => self.end = self.dated(r.date(node, key)).map(|d| (d, r.mark(&node.span()))),
                "until" => self.until = self.dated(r.date(node, key)).map(|d| (d, r.mark(&node.span()))),
                "seed" => self.seed = r.whole(node, key, 0, SEED_LIMIT - 1),
                "replications" => self.replications = r.whole(node, key, 1, MOST_REPLICATIONS),
                "alternative" => self.alternative = r.text(node, key).map(|name| (name, r.mark(&node.span()))),
                "warm_up_days" => self.warm_up_days = r.whole(node, key, 0, 36_525),
                _ => r.unknown_key(&entry, "[scenario]", SCENARIO_KEYS),
            }
        }
    }

    fn read_name(r: Reading<'_>, entry: &super::reading::Entry<'_, '_>) -> Option<String> {
        let name = r.text(entry.node, "name")?;
        if plain_name(&name) {
            return Some(name);
        }
        r.wrong(entry.node, "name", PLAIN_NAME);
        None
    }

    fn dated(&mut self, date: Option<Date>) -> Option<Date> {
        self.broken_date |= date.is_none();
        date
    }

    /// Checks that the dates are there and in order; gives start, last day and last day simulated.
    pub(super) fn dates(&self, r: Reading<'_>) -> Option<(Date, Date, Date)> {
        let table = self.table.clone().unwrap_or_else(|| r.mark(&(0..0)));
        if !self.broken_date {
            for (key, missing) in [("start", self.start.is_none()), ("end", self.end.is_none())] {
                if missing {
                    let message = format!("`{key}` is missing in [scenario]");
                    r.report(
                        Diagnostic::at(&table, message).help(format!("write `{key} = 2014-01-01`, without quotes")),
                    );
                }
            }
        }
        let (start, (end, end_mark)) = (self.start?, self.end.clone()?);
        if end < start {
            let diagnostic = Diagnostic::at(&end_mark, "the scenario ends before it starts").found(end.to_string());
            r.report(diagnostic.expected(format!("a date on or after the start, {start}")));
            return None;
        }
        let last = match &self.until {
            Some((until, mark)) if *until < start || *until > end => {
                let diagnostic = Diagnostic::at(mark, "`until` is outside the scenario").found(until.to_string());
                r.report(diagnostic.expected(format!("a date from {start} to {end}")));
                return None;
            }
            Some((until, _)) => *until,
            None => end,
        };
        Some((start, end, last))
    }
}
