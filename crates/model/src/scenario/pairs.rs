//! What may pass between each pair of countries over time: the table that the model reads.

use std::sync::Arc;

use jiff::civil::Date;

use crate::engine::time::days_between;

use super::diagnostic::Mark;

/// What the service of one country, the owner, lets the service of another, the reader, have.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pair {
    /// Whether the reader may read the owner's notices, and whether the owner answers its queries.
    pub notices: bool,
    /// Whether the reader sees what the owner gave to the pooled database.
    pub pool: bool,
    /// Whether the owner, as a transit partner, warns the reader.
    pub warnings: bool,
    /// Chance that the reader reads a notice of the owner, 0 to 1; `None`: the reader's own `notices.read_share`.
    pub read_share: Option<f64>,
    /// Mean days until the owner answers the reader at no load; `None`: the reader's own `notices.answer_days`.
    pub answer_days: Option<f64>,
}

impl Pair {
    /// The pair of which no scenario speaks: everything passes, with the countries' own parameters.
    pub const OPEN: Self = Self { notices: true, pool: true, warnings: true, read_share: None, answer_days: None };

    /// The regime as a scenario file writes it.
    pub fn regime(&self) -> &'static str {
        match (self.notices, self.pool) {
            (false, false) => "none",
            (true, false) => "notices",
            (false, true) => "pool",
            (true, true) => "notices and pool",
        }
    }

    /// The whole setting in a few words.
    pub fn words(&self) -> String {
        let mut words = self.regime().to_owned();
        if self.warnings == (!self.notices && !self.pool) {
            words += if self.warnings { " but warnings" } else { " without warnings" };
        }
        if let Some(share) = self.read_share {
            words += &format!(", read with {share}");
        }
        if let Some(days) = self.answer_days {
            words += &format!(", answered in {days} days");
        }
        words
    }
}

/// The setting of every ordered pair of countries at one time.
#[derive(Clone, Debug, PartialEq)]
pub struct Pairs {
    countries: usize,
    settings: Vec<Pair>,
}

impl Pairs {
    /// What `owner` lets `reader` have, both by position.
    pub fn of(&self, owner: usize, reader: usize) -> &Pair {
        &self.settings[owner * self.countries + reader]
    }
}

/// One entry of `[[sharing]]`: a setting for some pairs between two dates.
#[derive(Clone, Debug, PartialEq)]
pub struct Sharing {
    /// The owners by ascending position.
    pub owners: Vec<usize>,
    /// The readers by ascending position; the same as the owners for all pairs within a group.
    pub readers: Vec<usize>,
    /// First day in force; without it, from before the warm-up.
    pub from: Option<Date>,
    /// Last day in force; without it, to the end.
    pub until: Option<Date>,
    /// The setting.
    pub pair: Pair,
    /// A row of the evidence table, or a source in words.
    pub evidence: Option<String>,
    /// A remark.
    pub note: Option<String>,
    /// Where it stands.
    pub mark: Mark,
}

impl Sharing {
    /// The ordered pairs that it speaks of: owner, reader.
    pub fn pairs(&self) -> impl Iterator<Item = (usize, usize)> {
        self.owners.iter().flat_map(|&o| self.readers.iter().map(move |&r| (o, r))).filter(|(o, r)| o != r)
    }

    /// Whether another entry speaks of the same countries from the same date.
    pub(super) fn replaces(&self, old: &Self) -> bool {
        (&self.owners, &self.readers, self.from) == (&old.owners, &old.readers, old.from)
    }

    /// First time in force and first time no longer in force, in days from `start`.
    fn span(&self, start: Date) -> (f64, f64) {
        let from = self.from.map_or(f64::NEG_INFINITY, |first| days_between(start, first));
        (from, self.until.map_or(f64::INFINITY, |last| days_between(start, last) + 1.0))
    }

    /// The times at which its effect changes, in days from `start`.
    pub(super) fn times(&self, start: Date) -> [f64; 2] {
        let (from, until) = self.span(start);
        [from, until]
    }
}

/// The entries of a baseline and of a policy above it, laid one on the other time by time.
pub(super) struct Layers<'p> {
    start: Date,
    countries: usize,
    /// The entries in the order in which they act: the policy's after the baseline's, of each the later ones last.
    entries: Vec<&'p Sharing>,
    in_force: Vec<bool>,
    table: Option<Arc<Pairs>>,
}

impl<'p> Layers<'p> {
    /// Entries by level, the winning level last.
    pub(super) fn new(start: Date, countries: usize, levels: impl Iterator<Item = &'p [Sharing]>) -> Self {
        let mut entries: Vec<&Sharing> = Vec::new();
        for level in levels {
            let before = entries.len();
            entries.extend(level);
            entries[before..].sort_by_key(|entry| entry.from);
        }
        Self { start, countries, in_force: vec![false; entries.len()], entries, table: None }
    }

    /// The table at a time, the times ascending; `None` where every pair is as if nobody spoke of it.
    pub(super) fn at(&mut self, time: f64) -> Option<Arc<Pairs>> {
        let holds = |entry: &&Sharing| {
            let (from, until) = entry.span(self.start);
            from <= time && time < until
        };
        let in_force: Vec<bool> = self.entries.iter().map(holds).collect();
        // Many periods of a ramp share one table.
        if in_force != self.in_force {
            let mut settings = vec![Pair::OPEN; self.countries * self.countries];
            for (entry, _) in self.entries.iter().zip(&in_force).filter(|(_, holds)| **holds) {
                for (owner, reader) in entry.pairs() {
                    settings[owner * self.countries + reader] = entry.pair;
                }
            }
            let open = settings.iter().all(|pair| *pair == Pair::OPEN);
            self.table = (!open).then(|| Arc::new(Pairs { countries: self.countries, settings }));
            self.in_force = in_force;
        }
        self.table.clone()
    }
}
