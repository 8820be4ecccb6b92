//! One replication: from a scenario's arm and keys to facts and plots.

use std::collections::BTreeSet;

use crate::engine::agenda::Agenda;
use crate::engine::draw::Draws;
use crate::engine::key::Key;
use crate::engine::time::month_starts;
use crate::scenario::resolved::Scenario;

use super::empty;
use super::kinds::event::EventKind;
use super::kinds::fact::FactSink;
use super::parameters::Parameters;
use super::record::{self, DeskRecord, PlotRecord, Replication};
use super::sim::{Ever, Sim};
use super::state::Ending;
use super::state::ids::{MonthId, Position};
use super::wiring;

/// An arm of a scenario made ready for many replications.
#[derive(Clone, Debug)]
pub struct Arm {
    periods: Vec<(f64, Parameters)>,
    ever: Ever,
    country_languages: Vec<Vec<(usize, f64)>>,
    codes: Vec<Key>,
    movement_keys: Vec<Key>,
    language_keys: Vec<Key>,
    months: Vec<f64>,
    warm_up_days: f64,
    seed: u64,
    movements: usize,
    languages: usize,
}

impl Arm {
    /// Reads the typed parameters of every period once.
    pub fn new(scenario: &Scenario) -> Self {
        let mut months: Vec<f64> = month_starts(scenario.start, scenario.end).iter().map(|m| m.0).collect();
        months.push(scenario.days());
        let periods = Parameters::periods(scenario);
        Self {
            ever: Ever::of(&periods),
            periods,
            country_languages: scenario.countries.iter().map(|c| c.languages.clone()).collect(),
            codes: scenario.countries.iter().map(|c| Key::root(&c.code)).collect(),
            movement_keys: scenario.movements.iter().map(|m| Key::root(&format!("movement {}", m.code))).collect(),
            language_keys: scenario.languages.iter().map(|l| Key::root(&format!("language {l}"))).collect(),
            months,
            warm_up_days: scenario.warm_up_days,
            seed: scenario.seed,
            movements: scenario.movements.len(),
            languages: scenario.languages.len().max(1),
        }
    }

    /// The parameters that hold when the counted period begins.
    pub fn parameters_at(&self, time: f64) -> &Parameters {
        let at = self.periods.iter().rposition(|(t, _)| *t <= time).unwrap_or(0);
        &self.periods[at].1
    }

    /// The seed of its draws.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// Length of the counted period in days.
    pub fn days(&self) -> f64 {
        self.months.last().copied().unwrap_or(0.0)
    }

    /// First days of the counted months, and the end.
    pub fn months(&self) -> &[f64] {
        &self.months
    }
}

/// Runs one replication; facts go to `sink` as they happen, those of the warm-up with negative times.
pub fn simulate(arm: &Arm, replication: u64, sink: &mut dyn FactSink) -> Replication {
    simulate_from(arm, replication, sink, |_| {})
}

/// The same with a bystander: a sympathiser in the clocks that all others of the first country share, who
/// can neither act nor be seen. Every other fact must stay as it is, bit for bit; a test holds this.
pub fn simulate_with_bystander(arm: &Arm, replication: u64, sink: &mut dyn FactSink) -> Replication {
    simulate_from(arm, replication, sink, wiring::bystander)
}

fn simulate_from(arm: &Arm, replication: u64, sink: &mut dyn FactSink, also: impl Fn(&mut Sim)) -> Replication {
    let mut sim = begin(arm, replication, sink);
    also(&mut sim);
    wiring::seed(&mut sim);
    while step(&mut sim, arm.days()) {}
    sim.now = arm.days();
    close(&mut sim)
}

/// The empty world at the start of the warm-up.
pub(super) fn begin<'s>(arm: &'s Arm, replication: u64, sink: &'s mut dyn FactSink) -> Sim<'s> {
    let begin = -arm.warm_up_days;
    let first = arm.periods.iter().rposition(|(t, _)| *t <= begin).unwrap_or(0);
    Sim {
        now: begin,
        draws: Draws::new(arm.seed, replication),
        agenda: Agenda::default(),
        world: empty::world(&arm.codes, &arm.movement_keys, arm.languages, &arm.periods[first].1, begin),
        p: &arm.periods[first].1,
        periods: &arm.periods,
        first,
        ever: arm.ever,
        country_languages: &arm.country_languages,
        movement_keys: &arm.movement_keys,
        language_keys: &arm.language_keys,
        facts: sink,
        months: &arm.months,
        movements: arm.movements,
        languages: arm.languages,
        seated: false,
        settled: false,
        events: 0,
        #[cfg(test)]
        left_out: Vec::new(),
    }
}

/// Lets the next event happen; returns whether there may be another before the end.
pub(super) fn step(sim: &mut Sim, end: f64) -> bool {
    let Some((time, event)) = sim.agenda.next_time().filter(|t| *t <= end).and_then(|_| sim.agenda.take_next()) else {
        return false;
    };
    sim.now = time.max(sim.now);
    sim.events += 1;
    wiring::happen(sim, event);
    event.kind != EventKind::MonthEnd(MonthId::at(sim.months.len() - 1))
}

fn close(sim: &mut Sim) -> Replication {
    wiring::close(sim);
    let desks = sim
        .world
        .countries
        .iter()
        .map(|s| DeskRecord {
            waited_days: s.desk.waited_days,
            served_wait_days: s.desk.served_waits,
            served: s.desk.served,
        })
        .collect();
    let mut plots: Vec<PlotRecord> = sim
        .world
        .plots
        .iter()
        .filter(|p| p.ending == Ending::InProgress || p.ended >= 0.0)
        .map(record::of_plot)
        .chain(sim.world.stings.iter().filter(|s| s.ended >= 0.0).cloned())
        .collect();
    plots.sort_by_key(|p| p.key);
    debug_assert!(distinct(sim), "keys of people are unique");
    let files = wiring::files_without_plot(sim);
    Replication { plots, desks, files, persons_stored: sim.world.persons.len() as u64, events: sim.events }
}

fn distinct(sim: &Sim) -> bool {
    let keys: BTreeSet<Key> = sim.world.persons.iter().map(|p| p.key).collect();
    keys.len() == sim.world.persons.len()
}
