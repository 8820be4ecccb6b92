//! The resolved scenario of one arm: names, dates, and every parameter's value over time.

use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use jiff::civil::Date;

use super::pairs::Pairs;
use super::parameter::{Scope, TableInfo};
use super::registry::{Registry, Slot};

/// A country as the model needs it; its numbers are in [`Values`].
#[derive(Clone, Debug, PartialEq)]
pub struct Country {
    /// Short code, unique in the scenario.
    pub code: String,
    /// Name for people.
    pub name: String,
    /// Languages with the share of residents who use each online; shares sum to 1.
    pub languages: Vec<(usize, f64)>,
}

/// A movement; its numbers are in [`Values`].
#[derive(Clone, Debug, PartialEq)]
pub struct Movement {
    /// Short code, unique in the scenario.
    pub code: String,
    /// Name for people.
    pub name: String,
}

/// The numbers of one table. Copies share them until one is changed: dates and policies change few of them.
#[derive(Clone, Debug)]
pub struct Row(Arc<[f64]>);

impl Row {
    /// Whether it holds the same numbers as another; at once where they are shared.
    pub(crate) fn same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.0 == other.0
    }
}

impl PartialEq for Row {
    fn eq(&self, other: &Self) -> bool {
        self.same(other)
    }
}

impl From<Vec<f64>> for Row {
    fn from(numbers: Vec<f64>) -> Self {
        Self(numbers.into())
    }
}

impl Deref for Row {
    type Target = [f64];

    fn deref(&self) -> &[f64] {
        &self.0
    }
}

impl DerefMut for Row {
    fn deref_mut(&mut self) -> &mut [f64] {
        Arc::make_mut(&mut self.0)
    }
}

/// Every number of a scenario at one time, by table.
#[derive(Clone, Debug, PartialEq)]
pub struct Values {
    /// World tables and the common defaults of country tables: `[table][parameter]`.
    pub world: Vec<Row>,
    /// Country tables and country attributes: `[country][table][parameter]`.
    pub countries: Vec<Vec<Row>>,
    /// Movement attributes: `[movement][parameter]`.
    pub movements: Vec<Row>,
    /// Language attributes: `[language][parameter]`.
    pub languages: Vec<Row>,
    /// The numbers of named changes, in order: a value, factor or term each.
    pub changes: Row,
    /// What may pass between pairs of countries; `None` where everything passes as the parameters say.
    pub pairs: Option<Arc<Pairs>>,
}

impl Values {
    /// The registry's defaults for so many countries, movements and languages.
    pub fn defaults(registry: &Registry, countries: usize, movements: usize, languages: usize) -> Self {
        let row = |t: &TableInfo| Row::from(t.parameters.iter().map(|p| p.default).collect::<Vec<f64>>());
        let world: Vec<Row> = registry.tables().iter().map(row).collect();
        let entry =
            |scope| registry.entry_table(scope).map_or_else(|| Row::from(Vec::new()), |(i, _)| world[i].clone());
        Self {
            movements: vec![entry(Scope::MovementEntry); movements],
            languages: vec![entry(Scope::LanguageEntry); languages],
            countries: vec![world.clone(); countries],
            world,
            changes: Row::from(Vec::new()),
            pairs: None,
        }
    }

    /// Sets a parameter everywhere.
    pub fn set_all(&mut self, slot: Slot, value: f64) {
        self.world[slot.table][slot.parameter] = value;
        for country in &mut self.countries {
            country[slot.table][slot.parameter] = value;
        }
    }
}

/// The values in force from a time on.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// Days from the start; the first snapshot holds from before the warm-up.
    pub time: f64,
    /// The values.
    pub values: Arc<Values>,
}

/// One arm of a scenario, ready to run.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// Short name, as in file names.
    pub name: String,
    /// First day of the outcomes.
    pub start: Date,
    /// First day after the outcomes.
    pub end: Date,
    /// Days simulated before the start and not counted.
    pub warm_up_days: f64,
    /// The seed, below 2⁴⁰.
    pub seed: u64,
    /// The countries in order.
    pub countries: Vec<Country>,
    /// The languages in order.
    pub languages: Vec<String>,
    /// The movements in order.
    pub movements: Vec<Movement>,
    /// The values over time, by ascending time.
    pub snapshots: Vec<Snapshot>,
}

impl Scenario {
    /// Length of the counted period in days.
    pub fn days(&self) -> f64 {
        crate::engine::time::days_between(self.start, self.end)
    }

    /// The values before the first change.
    pub fn initial(&self) -> &Values {
        &self.snapshots[0].values
    }
}
