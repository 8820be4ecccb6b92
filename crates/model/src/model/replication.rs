//! One replication: from a scenario's arm and keys to facts and plots.

use std::collections::BTreeSet;

use crate::engine::key::Key;
use crate::engine::time::month_starts;
use crate::scenario::resolved::Scenario;

use super::ever::Ever;
use super::kinds::event::EventKind;
use super::kinds::fact::FactSink;
use super::parameters::Parameters;
use super::record::{self, DeskRecord, PlotRecord, Replication};
use super::sim::Sim;
use super::standing::Standing;
use super::state::Ending;
use super::state::ids::{CountryId, LanguageId, List, MonthId, MovementId, PeriodId, Position};
use super::wiring;

/// An arm of a scenario made ready for many replications.
#[derive(Clone, Debug)]
pub struct Arm {
    pub(super) periods: List<PeriodId, (f64, Parameters)>,
    pub(super) ever: Ever,
    pub(super) frame: Frame,
}

/// What an arm has beside its parameters; arms of one scenario have the same.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Frame {
    pub(super) country_languages: List<CountryId, Vec<(LanguageId, f64)>>,
    pub(super) codes: List<CountryId, Key>,
    pub(super) movement_keys: List<MovementId, Key>,
    pub(super) language_keys: List<LanguageId, Key>,
    pub(super) months: List<MonthId, f64>,
    pub(super) warm_up_days: f64,
    pub(super) seed: u64,
    pub(super) movements: usize,
    pub(super) languages: usize,
}

impl Arm {
    /// Reads the typed parameters of every period once.
    pub fn new(scenario: &Scenario) -> Self {
        let mut months: List<MonthId, f64> = month_starts(scenario.start, scenario.end).iter().map(|m| m.0).collect();
        months.add(scenario.days());
        let periods = Parameters::periods(scenario);
        Self {
            ever: Ever::of(&periods, scenario.languages.len().max(1)),
            periods,
            frame: Frame {
                country_languages: scenario.countries.iter().map(|c| spoken(&c.languages)).collect(),
                codes: scenario.countries.iter().map(|c| Key::root(&c.code)).collect(),
                movement_keys: scenario.movements.iter().map(|m| Key::root(&format!("movement {}", m.code))).collect(),
                language_keys: scenario.languages.iter().map(|l| Key::root(&format!("language {l}"))).collect(),
                months,
                warm_up_days: scenario.warm_up_days,
                seed: scenario.seed,
                movements: scenario.movements.len(),
                languages: scenario.languages.len().max(1),
            },
        }
    }

    /// The period that is in force when the warm-up begins.
    pub(super) fn first_period(&self) -> PeriodId {
        self.periods.last_with(|(t, _)| *t <= -self.frame.warm_up_days).unwrap_or_default()
    }

    /// The parameters that hold when the counted period begins.
    pub fn parameters_at(&self, time: f64) -> &Parameters {
        let at = self.periods.last_with(|(t, _)| *t <= time).unwrap_or_default();
        &self.periods[at].1
    }

    /// The seed of its draws.
    pub fn seed(&self) -> u64 {
        self.frame.seed
    }

    /// Length of the counted period in days.
    pub fn days(&self) -> f64 {
        self.frame.months.last().copied().unwrap_or(0.0)
    }

    /// First days of the counted months, and the end.
    pub fn months(&self) -> &[f64] {
        &self.frame.months
    }
}

/// The languages of a country with their shares.
fn spoken(languages: &[(usize, f64)]) -> Vec<(LanguageId, f64)> {
    languages.iter().map(|&(language, share)| (LanguageId::at(language), share)).collect()
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
    close(&mut sim)
}

/// The empty world at the start of the warm-up.
pub(super) fn begin<'s>(arm: &'s Arm, replication: u64, sink: &'s mut dyn FactSink) -> Sim<'s> {
    begin_with(arm, &arm.ever, replication, sink)
}

/// The same where more processes may run than this arm's own.
pub(super) fn begin_with<'s>(arm: &'s Arm, ever: &'s Ever, replication: u64, sink: &'s mut dyn FactSink) -> Sim<'s> {
    Standing::first(arm, replication).under(arm, ever, sink)
}

/// Lets the next event happen; returns whether there may be another before the end.
pub(super) fn step(sim: &mut Sim, end: f64) -> bool {
    let Some((time, event)) = sim.take_next(end) else { return false };
    sim.now = time.max(sim.now);
    sim.events += 1;
    wiring::happen(sim, event);
    event.kind != EventKind::MonthEnd(MonthId::at(sim.months.len() - 1))
}

/// States what is still open at the end, and takes what the replication leaves.
pub(super) fn close(sim: &mut Sim) -> Replication {
    sim.now = sim.months.last().copied().unwrap_or(sim.now);
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
    let beliefs = wiring::beliefs(sim);
    Replication { plots, desks, files, beliefs, persons_stored: sim.world.persons.len() as u64, events: sim.events }
}

fn distinct(sim: &Sim) -> bool {
    let keys: BTreeSet<Key> = sim.world.persons.iter().map(|p| p.key).collect();
    keys.len() == sim.world.persons.len()
}
