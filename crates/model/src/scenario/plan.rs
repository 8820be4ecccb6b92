//! The plan: all that a scenario file and its command line say, checked, before an arm is chosen.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::address::{Codes, PathError, Place, Reach, Target};
use super::adversary::Adversary;
use super::alternatives::Alternative;
use super::diagnostic::{Diagnostic, Mark};
use super::held_pairs::HeldPair;
use super::optimize::Optimize;
use super::pairs::Sharing;
use super::parameter::Scope;
use super::posterior::Posterior;
use super::registry::{Registry, Slot};
use super::resolved::{Country, Movement, Values};

/// Which level gave a value; later levels win.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// The model's own default.
    Default,
    /// A file that the scenario extends.
    Extends,
    /// The scenario file.
    File,
    /// `[calibrated]`.
    Calibrated,
    /// A design point.
    Design,
    /// `--set`, or `[held]` in the file.
    Set,
}

/// Where a value comes from.
#[derive(Clone, Debug, PartialEq)]
pub struct Origin {
    /// The level.
    pub level: Level,
    /// The place in the file; empty for defaults.
    pub mark: Mark,
    /// A row of the evidence table, or a source in words.
    pub evidence: Option<String>,
    /// A remark.
    pub note: Option<String>,
}

impl Origin {
    /// The origin in a few words.
    pub fn words(&self) -> String {
        let place = || format!("{}:{}", self.mark.file, self.mark.line);
        match self.level {
            Level::Default => "default".into(),
            Level::Extends => format!("extended file {}", place()),
            Level::File => format!("file {}", place()),
            Level::Calibrated => format!("calibrated {}", place()),
            Level::Design => "design point".into(),
            Level::Set if self.mark.line == 0 => self.mark.file.clone(),
            Level::Set => format!("held {}", place()),
        }
    }
}

/// What is done to a value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Operation {
    /// Replaces it.
    Set(f64),
    /// Multiplies the value of the level below.
    Times(f64),
    /// Adds to the value of the level below.
    Add(f64),
}

/// One line of a `set`.
#[derive(Clone, Debug, PartialEq)]
pub struct Assignment {
    /// The path as written.
    pub path: String,
    /// What it means.
    pub target: Target,
    /// What is done.
    pub operation: Operation,
    /// Where it stands.
    pub mark: Mark,
    /// Position of its number in [`Values::changes`], where paths can name it: its change has a name.
    pub number: Option<usize>,
}

/// A dated set of assignments.
#[derive(Clone, Debug, PartialEq)]
pub struct Stage {
    /// Its name, by which paths reach its numbers; only changes of the baseline can have one.
    pub name: Option<String>,
    /// First day in force.
    pub from: Date,
    /// Last day in force; without it, to the end.
    pub until: Option<Date>,
    /// Time until the full effect.
    pub ramp_days: u32,
    /// Time between the steps of the ramp.
    pub ramp_step_days: u32,
    /// A remark.
    pub note: String,
    /// What is set; paths to one country, movement or language come last.
    pub set: Vec<Assignment>,
}

/// A security policy to be compared with the baseline.
#[derive(Clone, Debug, PartialEq)]
pub struct Policy {
    /// Its name in the file.
    pub name: String,
    /// A short label for charts.
    pub label: String,
    /// What it is, in words.
    pub description: String,
    /// Its stages in order.
    pub stages: Vec<Stage>,
    /// What it lets pass between pairs of countries.
    pub sharing: Vec<Sharing>,
    /// Where it stands.
    pub mark: Mark,
}

/// A value held over the whole time, above changes and policies.
#[derive(Clone, Debug, PartialEq)]
pub struct Held {
    /// The path as written.
    pub path: String,
    /// What it means.
    pub target: Target,
    /// The value.
    pub value: f64,
    /// Whether it was marked with `!` to stand above changes and policies that set the same.
    pub over: bool,
    /// Where it stands.
    pub mark: Mark,
}

/// Smallest share of a distribution that must be left where it is cut to a range.
pub const LEAST_MASS: f64 = 1e-6;

/// The distribution of an uncertain parameter.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Distribution {
    /// Equally likely between two bounds.
    Uniform {
        /// Lower bound.
        low: f64,
        /// Upper bound.
        high: f64,
    },
    /// Normal.
    Normal {
        /// Mean.
        mean: f64,
        /// Standard deviation.
        sd: f64,
    },
    /// Log-normal.
    Lognormal {
        /// Median.
        median: f64,
        /// Standard deviation of the logarithm.
        sigma: f64,
    },
    /// Triangular.
    Triangular {
        /// Lower bound.
        low: f64,
        /// Most likely value.
        mode: f64,
        /// Upper bound.
        high: f64,
    },
    /// Beta, stretched between two bounds.
    Beta {
        /// First shape.
        a: f64,
        /// Second shape.
        b: f64,
        /// Lower bound.
        low: f64,
        /// Upper bound.
        high: f64,
    },
}

/// A parameter whose value is not known.
#[derive(Clone, Debug, PartialEq)]
pub struct Uncertain {
    /// The path as written.
    pub path: String,
    /// What it means.
    pub target: Target,
    /// How likely which value is.
    pub distribution: Distribution,
    /// Where the distribution comes from.
    pub evidence: Option<String>,
    /// Where it stands.
    pub mark: Mark,
}

/// A pattern that the model should show, for the report.
#[derive(Clone, Debug, PartialEq)]
pub struct FitRow {
    /// The pattern in words.
    pub pattern: String,
    /// The row of the evidence table.
    pub fact: String,
    /// The outcome to be compared, as text.
    pub outcome: String,
    /// Least value that agrees.
    pub low: f64,
    /// Greatest value that agrees.
    pub high: f64,
    /// A remark.
    pub note: String,
}

/// A checked scenario, from which arms are made.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The tables that values belong to.
    pub registry: Registry,
    /// The scenario file.
    pub file: String,
    /// Short name, as in file names.
    pub name: String,
    /// The question that the scenario answers.
    pub question: String,
    /// First day of the outcomes.
    pub start: Date,
    /// First day after the scenario's last day.
    pub full_end: Date,
    /// First day after the outcomes: `full_end`, or earlier if the run is cut short.
    pub end: Date,
    /// The seed, below 2⁴⁰.
    pub seed: u64,
    /// Replications of each arm.
    pub replications: u64,
    /// Days simulated before the start and not counted.
    pub warm_up_days: f64,
    /// The countries in order.
    pub countries: Vec<Country>,
    /// The movements in order.
    pub movements: Vec<Movement>,
    /// Codes and names of the languages in order.
    pub languages: Vec<(String, String)>,
    /// The values before changes, policies and held values.
    pub base: Values,
    /// Origins of all values that are not the model's own defaults.
    pub origins: BTreeMap<(Place, Slot), Origin>,
    /// Dated changes of the baseline.
    pub changes: Vec<Stage>,
    /// What may pass between pairs of countries; of two entries in force on one pair the later begun holds.
    pub sharing: Vec<Sharing>,
    /// The policies in order.
    pub policies: Vec<Policy>,
    /// Other defensible rules or values, in order.
    pub alternatives: Vec<Alternative>,
    /// The name of the one in force.
    pub alternative: Option<String>,
    /// Values held above all else.
    pub held: Vec<Held>,
    /// What may pass between pairs, held above all else.
    pub held_pairs: Vec<HeldPair>,
    /// Parameters that are not known.
    pub uncertain: Vec<Uncertain>,
    /// Draws from the posterior of a calibration, where the scenario names some.
    pub posterior: Option<Posterior>,
    /// Patterns that the model should show.
    pub fit: Vec<FitRow>,
    /// Replications whose whole event log is kept.
    pub event_log_replications: Vec<u64>,
    /// Outcomes that the experiment is about.
    pub outcomes: Vec<String>,
    /// What an optimization may set and what it looks for, where the file says so.
    pub optimize: Option<Optimize>,
    /// What the other side is free to choose, where the file says so.
    pub adversary: Option<Adversary>,
    /// What looks wrong and does not stop a run.
    pub warnings: Vec<Diagnostic>,
}

impl Plan {
    /// The codes that paths may name.
    pub fn codes(&self) -> Codes {
        Codes {
            countries: self.countries.iter().map(|c| c.code.clone()).collect(),
            movements: self.movements.iter().map(|m| m.code.clone()).collect(),
            languages: self.languages.iter().map(|l| l.0.clone()).collect(),
            numbers: super::numbers::named(&self.changes),
        }
    }

    /// What `path` means here.
    ///
    /// # Errors
    /// If it names no parameter of the scenario.
    pub fn target(&self, path: &str) -> Result<Target, PathError> {
        self.codes().target(&self.registry, path)
    }

    /// The policy called `name`.
    pub fn policy(&self, name: &str) -> Option<&Policy> {
        self.policies.iter().find(|p| p.name == name)
    }

    /// Where the value at `path` comes from; for every country at once, the common default's origin.
    ///
    /// # Errors
    /// If the path names no parameter of the scenario.
    pub fn origin(&self, path: &str) -> Result<Origin, PathError> {
        let target = self.target(path)?;
        if let Some(held) = self.held.iter().rev().find(|h| h.target.overlaps(&target)) {
            return Ok(Origin { level: Level::Set, mark: held.mark.clone(), evidence: None, note: None });
        }
        let place = match target.reach {
            Reach::Change { index, .. } => return Ok(super::numbers::origin(&self.changes, index)),
            Reach::One(place) => place,
            Reach::Everywhere => Place::Common,
            Reach::EveryEntry(Scope::MovementEntry) => Place::Movement(0),
            Reach::EveryEntry(Scope::LanguageEntry) => Place::Language(0),
            Reach::EveryEntry(_) => Place::Country(0),
        };
        Ok(self.origin_of(place, target.slot))
    }

    /// The origin of one value of the base, before held values.
    pub fn origin_of(&self, place: Place, slot: Slot) -> Origin {
        let inherits = self.registry.tables()[slot.table].scope == Scope::Country;
        let own = self.origins.get(&(place, slot));
        let common = || self.origins.get(&(Place::Common, slot)).filter(|_| inherits);
        own.or_else(common).cloned().unwrap_or_else(|| Origin {
            level: Level::Default,
            mark: Mark::default(),
            evidence: Some(self.registry.parameter(slot).evidence.to_owned()),
            note: None,
        })
    }
}
