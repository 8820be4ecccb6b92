//! What may pass between each pair of countries over time: the table that the model reads.

use std::sync::Arc;

use jiff::civil::Date;

use super::diagnostic::Mark;
use super::ramp::Ramp;

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

    /// The setting on the way to another, at a share of the whole effect.
    ///
    /// What opens is open from the first step on, and what closes stays open until the last: in between the share of
    /// notices that is read grows from nothing or shrinks to it. `own` is what the reader's own parameters say.
    fn towards(&self, goal: &Self, fraction: f64, own: (f64, f64)) -> Self {
        if fraction >= 1.0 {
            return *goal;
        }
        let pass = |from: f64, to: f64| from + fraction * (to - from);
        let read = |pair: &Self| if pair.notices { pair.read_share.unwrap_or(own.0) } else { 0.0 };
        let answer = |pair: &Self| pair.answer_days.unwrap_or(own.1);
        let notices = self.notices || goal.notices;
        let moves = |moved: bool, value: f64| (notices && moved).then_some(value);
        let same_share = self.notices == goal.notices && self.read_share == goal.read_share;
        let days = match (self.notices, goal.notices) {
            (true, true) => moves(self.answer_days != goal.answer_days, pass(answer(self), answer(goal))),
            (true, false) => self.answer_days,
            (false, _) => goal.answer_days,
        };
        Self {
            notices,
            pool: self.pool || goal.pool,
            warnings: self.warnings || goal.warnings,
            read_share: if same_share { self.read_share } else { moves(true, pass(read(self), read(goal))) },
            answer_days: if self.answer_days == goal.answer_days { self.answer_days } else { days },
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
    /// A table in which everything passes as the parameters say.
    pub(super) fn open(countries: usize) -> Self {
        Self { countries, settings: vec![Pair::OPEN; countries * countries] }
    }

    /// What `owner` lets `reader` have, to be changed.
    pub(super) fn of_mut(&mut self, owner: usize, reader: usize) -> &mut Pair {
        &mut self.settings[owner * self.countries + reader]
    }

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
    /// Time until the full effect.
    pub ramp_days: u32,
    /// Time between the steps of the ramp.
    pub ramp_step_days: u32,
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

    fn ramp(&self, start: Date) -> Ramp {
        Ramp::new(start, self.from, self.until, self.ramp_days, self.ramp_step_days)
    }

    /// How many steps its ramp has.
    pub(super) fn steps(&self) -> u32 {
        Ramp::steps(self.ramp_days, self.ramp_step_days)
    }

    /// The times at which its effect changes, in days from `start`.
    pub(super) fn times(&self, start: Date) -> Vec<f64> {
        self.ramp(start).times()
    }
}

/// The entries of a baseline and of a policy above it, laid one on the other time by time.
pub(super) struct Layers<'p> {
    start: Date,
    countries: usize,
    /// The entries in the order in which they act: the policy's after the baseline's, of each the later ones last.
    entries: Vec<&'p Sharing>,
    in_force: Vec<Option<f64>>,
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
        Self { start, countries, in_force: vec![None; entries.len()], entries, table: None }
    }

    /// The table at a time, the times ascending; `None` where every pair is as if nobody spoke of it.
    ///
    /// `own` tells what share a reader reads and how many days it waits where no entry says so: ramps pass from there.
    pub(super) fn at(&mut self, time: f64, own: &dyn Fn(usize) -> (f64, f64)) -> Option<Arc<Pairs>> {
        let fraction = |entry: &&Sharing| entry.ramp(self.start).fraction(time);
        let in_force: Vec<Option<f64>> = self.entries.iter().map(fraction).collect();
        let passing = in_force.iter().flatten().any(|fraction| *fraction < 1.0);
        // Many periods of a ramp elsewhere share one table.
        if in_force != self.in_force || passing {
            let mut settings = vec![Pair::OPEN; self.countries * self.countries];
            for (entry, fraction) in self.entries.iter().zip(&in_force) {
                let Some(fraction) = *fraction else { continue };
                for (owner, reader) in entry.pairs() {
                    let setting = &mut settings[owner * self.countries + reader];
                    *setting = setting.towards(&entry.pair, fraction, own(reader));
                }
            }
            let open = settings.iter().all(|pair| *pair == Pair::OPEN);
            self.table = (!open).then(|| Arc::new(Pairs { countries: self.countries, settings }));
            self.in_force = in_force;
        }
        self.table.clone()
    }
}
