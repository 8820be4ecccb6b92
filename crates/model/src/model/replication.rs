//! One replication: from a scenario's arm and keys to facts and plots.

use std::collections::BTreeSet;

use crate::engine::agenda::Agenda;
use crate::engine::draw::Draws;
use crate::engine::key::Key;
use crate::engine::time::month_starts;
use crate::scenario::resolved::Scenario;

use super::empty;
use super::kinds::clock::ClockKind;
use super::kinds::event::{Event, EventKind};
use super::kinds::fact::{FactKind, FactSink};
use super::mechanisms::fighters::{abroad, returnees, returns, territory, travel};
use super::mechanisms::measures::{costs, emergency};
use super::mechanisms::plots::{life, pathways, survivors, work};
use super::mechanisms::population::{onset, stages, start};
use super::mechanisms::recruiters::{in_person, stings, virtual_entrepreneurs};
use super::mechanisms::services::{
    aftermath, detection, intervention, intrusion, investigations, leads, shift, subjects, surveillance, triage,
    triage::cohort,
};
use super::mechanisms::sharing::{notices, pool};
use super::parameters::Parameters;
use super::record::{self, DeskRecord, PlotRecord, Replication};
use super::sim::{Ever, Sim, Site};
use super::state::Ending;

/// An arm of a scenario made ready for many replications.
#[derive(Clone, Debug)]
pub struct Arm {
    periods: Vec<(f64, Parameters)>,
    ever: Ever,
    speech: Vec<Vec<(usize, f64)>>,
    codes: Vec<Key>,
    banners: Vec<Key>,
    tongues: Vec<Key>,
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
            speech: scenario.countries.iter().map(|c| c.languages.clone()).collect(),
            codes: scenario.countries.iter().map(|c| Key::root(&c.code)).collect(),
            banners: scenario.movements.iter().map(|m| Key::root(&format!("movement {}", m.code))).collect(),
            tongues: scenario.languages.iter().map(|l| Key::root(&format!("language {l}"))).collect(),
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
    simulate_from(arm, replication, sink, start::bystander)
}

fn simulate_from(arm: &Arm, replication: u64, sink: &mut dyn FactSink, also: impl Fn(&mut Sim)) -> Replication {
    let begin = -arm.warm_up_days;
    let first = arm.periods.iter().rposition(|(t, _)| *t <= begin).unwrap_or(0);
    let mut sim = Sim {
        now: begin,
        draws: Draws::new(arm.seed, replication),
        agenda: Agenda::default(),
        world: empty::world(&arm.codes, &arm.banners, arm.languages, &arm.periods[first].1, begin),
        p: &arm.periods[first].1,
        periods: &arm.periods,
        ever: arm.ever,
        speech: &arm.speech,
        banners: &arm.banners,
        tongues: &arm.tongues,
        facts: sink,
        months: &arm.months,
        movements: arm.movements,
        languages: arm.languages,
        seated: false,
        settled: false,
        events: 0,
    };
    also(&mut sim);
    seed(&mut sim, first);
    run(&mut sim, arm.days());
    close(&mut sim)
}

/// Sets every clock of every country to the parameters in force.
fn refresh(sim: &mut Sim) {
    virtual_entrepreneurs::hazards(sim);
    for c in 0..sim.countries() {
        onset::hazards(sim, c);
        stages::hazards(sim, c);
        in_person::hazards(sim, c);
        stings::hazards(sim, c);
        travel::hazards(sim, c);
        abroad::hazards(sim, c);
        returns::hazards(sim, c);
        pathways::hazards(sim, c);
        leads::hazards(sim, c);
        subjects::hazards(sim, c);
        detection::hazards(sim, c);
        surveillance::muster(sim, c);
        triage::muster(sim, c);
        work::retempo_country(sim, c);
    }
    territory::dispatch_hazard(sim);
    costs::reckon(sim);
}

fn seed(sim: &mut Sim, first: usize) {
    for c in 0..sim.countries() {
        let now = sim.now;
        sim.world.countries[c].team_use.begin(now);
        sim.world.countries[c].team_full.begin(now);
        sim.world.countries[c].desk.analyst_use.begin(now);
        sim.world.countries[c].court_since = now;
    }
    territory::wind(sim);
    virtual_entrepreneurs::seed(sim);
    refresh(sim);
    start::reserve(sim);
    let at_home: Vec<usize> =
        (0..sim.countries()).filter(|&c| sim.p.countries[c].country.transit_partner == 0.0).collect();
    for &c in &at_home {
        start::seed(sim, c);
    }
    // After the stocks: a seat that changed with each of them would be rescaled thousands of times.
    start::neighbourhoods(sim);
    for c in at_home {
        in_person::seed(sim, c);
        leads::seed(sim, c);
        for m in 0..sim.movements {
            pathways::await_sudden(sim, c, m, 0);
        }
        shift::book(sim, c);
    }
    sim.settled = true;
    for clock in 0..sim.world.clocks.len() {
        let kind = sim.decode(clock).0;
        sim.touch(kind, clock);
    }
    for (i, (time, _)) in sim.periods.iter().enumerate().skip(first + 1) {
        sim.schedule(*time, EventKind::Parameters(i as u32), Key::NONE, 0);
    }
    for (i, time) in sim.months.iter().enumerate() {
        sim.schedule(*time, EventKind::MonthEnd(i as u32), Key::NONE, 0);
    }
}

fn run(sim: &mut Sim, end: f64) {
    while let Some(time) = sim.agenda.next_time() {
        if time > end {
            break;
        }
        let Some((time, event)) = sim.agenda.take_next() else { break };
        sim.now = time.max(sim.now);
        sim.events += 1;
        let last_of_all = event.kind == EventKind::MonthEnd(sim.months.len() as u32 - 1);
        happen(sim, event);
        if last_of_all {
            break;
        }
    }
    sim.now = end;
}

/// Hands an event to the mechanism that owns it.
fn happen(sim: &mut Sim, event: Event) {
    let Event { kind, occasion, .. } = event;
    match kind {
        EventKind::Clock(clock) => ring(sim, clock as usize),
        EventKind::Parameters(period) => change_parameters(sim, period as usize),
        EventKind::MonthEnd(month) => month_end(sim, month as usize),
        EventKind::Shift(country) => shift::run(sim, usize::from(country)),
        EventKind::RecruiterRemoved(recruiter) => virtual_entrepreneurs::removed(sim, recruiter),
        EventKind::RecruiterReplaced(recruiter) => virtual_entrepreneurs::replaced(sim, recruiter),
        EventKind::GroomingEnds(person) => virtual_entrepreneurs::groomed(sim, person),
        EventKind::InPersonRemoved(recruiter) => in_person::removed(sim, recruiter),
        EventKind::InPersonReplaced(recruiter) => in_person::replaced(sim, recruiter),
        EventKind::StingEnds(person) => stings::ends(sim, person),
        EventKind::TrainingEnds(person) => abroad::trained(sim, person),
        EventKind::Dispatch => territory::dispatch(sim),
        EventKind::ReturneePlots(person) => returnees::plots(sim, person),
        EventKind::Release(person) => stages::release(sim, person),
        EventKind::Task(plot) => work::task_done(sim, plot),
        EventKind::Signature(plot) => work::sign_left(sim, plot),
        EventKind::Dissolve(plot) => life::dissolve(sim, plot),
        EventKind::Search(plot) => detection::found(sim, plot),
        EventKind::PlotAgain(person) => survivors::plots_again(sim, person, occasion),
        EventKind::FalseLead(country) => cohort::opening_arrives(sim, usize::from(country)),
        EventKind::AnalystFree(country) => cohort::wake(sim, usize::from(country)),
        EventKind::LeadServed(lead) => triage::served(sim, lead),
        EventKind::FalseLeadServed(country) => triage::false_served(sim, usize::from(country), occasion),
        EventKind::LeadStale(lead) => triage::stale(sim, lead),
        EventKind::Execution(file) => intervention::execute(sim, file),
        EventKind::Raid(file) => aftermath::raid(sim, file, occasion),
        EventKind::InvestigationEnds(plot) => investigations::end(sim, plot, occasion),
        EventKind::FragmentPooled(job) => pool::fragment_arrives(sim, job),
        EventKind::LinkServed(job) => pool::link_served(sim, job),
        EventKind::QueryAnswered(file) => notices::answered(sim, file),
        EventKind::EmergencyEnds(country) => emergency::ends(sim, usize::from(country)),
    }
}

/// A group clock rings for its first member.
fn ring(sim: &mut Sim, clock: usize) {
    let (kind, c, which) = sim.decode(clock);
    match kind {
        ClockKind::Spontaneous | ClockKind::Online | ClockKind::Peer | ClockKind::InPerson => {
            if let Some(place) = sim.next_member(kind, clock) {
                onset::handle(sim, kind, which, place.payload as usize);
            }
        }
        ClockKind::DesistSympathiser | ClockKind::DesistCommitted => person_rings(sim, kind, clock, stages::desist),
        ClockKind::CommitFast | ClockKind::CommitSlow => person_rings(sim, kind, clock, stages::commit),
        ClockKind::SelfStart | ClockKind::SelfStartBlocked => {
            person_rings(sim, kind, clock, pathways::self_started);
        }
        ClockKind::Travel => person_rings(sim, kind, clock, travel::attempt),
        ClockKind::Persona => person_rings(sim, kind, clock, stings::contact),
        ClockKind::TipSympathiser | ClockKind::TipCommitted | ClockKind::TipReturnee => {
            person_rings(sim, kind, clock, |sim, id| leads::tip(sim, id, kind));
        }
        ClockKind::Death => person_rings(sim, kind, clock, abroad::die),
        ClockKind::Return => person_rings(sim, kind, clock, returns::come_home),
        ClockKind::Review => {
            if let Some(file) = sim.next_file(kind, clock) {
                subjects::review(sim, file);
            }
        }
        ClockKind::Sudden => {
            if let Some(country) = sim.next_member(kind, clock) {
                pathways::sudden(sim, c, which, country.occasion);
            }
        }
        ClockKind::Background => {
            if let Some(file) = sim.next_member(kind, clock) {
                detection::background(sim, file.payload);
            }
        }
        ClockKind::Contact => person_rings(sim, kind, clock, virtual_entrepreneurs::contact),
    }
    sim.touch(kind, clock);
}

fn person_rings(sim: &mut Sim, kind: ClockKind, clock: usize, rule: impl Fn(&mut Sim, u32)) {
    if let Some(id) = sim.next_person(kind, clock) {
        rule(sim, id);
    }
}

fn change_parameters(sim: &mut Sim, period: usize) {
    // What has happened so far happened under the old parameters.
    for c in 0..sim.countries() {
        cohort::catch_up(sim, c);
    }
    let old = sim.p;
    let periods = sim.periods;
    sim.p = &periods[period].1;
    sim.fact(FactKind::ParametersChanged, 0, Site::country(0, Key::NONE), period as f64);
    refresh(sim);
    subjects::change_decay(sim, core::f64::consts::LN_2 / old.world.evidence.half_life_days);
    for c in 0..sim.countries() {
        if after_threshold(sim, old, c) {
            subjects::reconsider(sim, c);
        }
        let (before, after) = (&old.countries[c], &sim.p.countries[c]);
        if before.membership != after.membership || before.pool.contribution_share != after.pool.contribution_share {
            pool::contribute_stock(sim, c);
        }
        surveillance::reuse(sim, c);
        intervention::begin_waiting(sim, c);
        triage::next(sim, c);
    }
    pool::serve_next(sim);
}

/// Whether the threshold of intervention has fallen.
fn after_threshold(sim: &Sim, old: &Parameters, c: usize) -> bool {
    sim.p.countries[c].intervention.threshold_log_odds < old.countries[c].intervention.threshold_log_odds
}

/// States the stocks and the means of the month that ends.
fn month_end(sim: &mut Sim, month: usize) {
    let now = sim.now;
    if month == 0 {
        intrusion::note_open_files(sim);
    }
    for c in 0..sim.countries() {
        let queue = triage::sweep(sim, c) as f64;
        let team_use = sim.world.countries[c].team_use.take(now);
        let team_full = sim.world.countries[c].team_full.take(now);
        let analyst_use = sim.world.countries[c].desk.analyst_use.take(now);
        if month == 0 {
            continue;
        }
        let state = &sim.world.countries[c];
        let site = Site::country(c, state.key);
        let stocks = [
            (FactKind::StockSympathisers, f64::from(state.sympathisers)),
            (FactKind::StockCommitted, f64::from(state.committed)),
            (FactKind::StockAbroad, f64::from(state.abroad)),
            (FactKind::StockReturnees, f64::from(state.returnees)),
            (FactKind::StockOpenCases, f64::from(state.open_cases)),
            (FactKind::StockParked, crate::model::mechanisms::services::subjects::parked_files(sim, c) as f64),
            (FactKind::StockQueue, queue),
            (FactKind::StockPlots, state.plots.len() as f64),
            (FactKind::StockTeams, f64::from(state.teams + state.teams_bound)),
            (FactKind::MeanTeamUse, team_use),
            (FactKind::MeanTeamsFull, team_full * f64::from(state.teams + state.teams_bound)),
            (FactKind::MeanAnalystUse, analyst_use),
        ];
        for (kind, value) in stocks {
            sim.fact(kind, 0, site, value);
        }
    }
    if month > 0 {
        let site = Site::country(0, Key::NONE);
        let (recruiters, central, held) =
            (sim.world.alive_recruiters, sim.world.pool.waiting.len(), territory::level(sim));
        sim.fact(FactKind::StockRecruiters, 0, site, f64::from(recruiters));
        sim.fact(FactKind::StockCentralQueue, 0, site, central as f64);
        sim.fact(FactKind::StockTerritory, 0, site, held);
    }
}

fn close(sim: &mut Sim) -> Replication {
    costs::state(sim);
    for c in 0..sim.countries() {
        triage::settle_waits(sim, c);
    }
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
    let files = intrusion::files_without_plot(sim);
    Replication { plots, desks, files, persons_stored: sim.world.persons.len() as u64, events: sim.events }
}

fn distinct(sim: &Sim) -> bool {
    let keys: BTreeSet<Key> = sim.world.persons.iter().map(|p| p.key).collect();
    keys.len() == sim.world.persons.len()
}
