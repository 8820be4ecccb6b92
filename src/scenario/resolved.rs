//! The resolved scenario of one arm: names, dates, and every parameter's value over time.

use std::sync::Arc;

use jiff::civil::Date;

use super::pairs::Pairs;
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

/// Every number of a scenario at one time, by table.
#[derive(Clone, Debug, PartialEq)]
pub struct Values {
    /// World tables and the common defaults of country tables: `[table][parameter]`.
    pub world: Vec<Vec<f64>>,
    /// Country tables and country attributes: `[country][table][parameter]`.
    pub countries: Vec<Vec<Vec<f64>>>,
    /// Movement attributes: `[movement][parameter]`.
    pub movements: Vec<Vec<f64>>,
    /// Language attributes: `[language][parameter]`.
    pub languages: Vec<Vec<f64>>,
    /// What may pass between pairs of countries; `None` where everything passes as the parameters say.
    pub pairs: Option<Arc<Pairs>>,
}

impl Values {
    /// The registry's defaults for so many countries, movements and languages.
    pub fn defaults(registry: &Registry, countries: usize, movements: usize, languages: usize) -> Self {
        use super::parameter::Scope;
        let world: Vec<Vec<f64>> =
            registry.tables().iter().map(|t| t.parameters.iter().map(|p| p.default).collect()).collect();
        let entry = |scope| registry.entry_table(scope).map_or_else(Vec::new, |(i, _)| world[i].clone());
        Self {
            movements: vec![entry(Scope::MovementEntry); movements],
            languages: vec![entry(Scope::LanguageEntry); languages],
            countries: vec![world.clone(); countries],
            world,
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
