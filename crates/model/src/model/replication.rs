//! One replication: from a scenario's arm and keys to facts and plots.

use std::collections::BTreeSet;

use crate::engine::agenda::Agenda;
use crate::engine::draw::Draws;
use crate::engine::key::Key;
use crate::engine::time::month_starts;
use crate::scenario::resolved::Scenario;

use super::empty;
use super::event::{Event, EventKind};
use super::fact::{FactKind, FactSink};
use super::fighters::{abroad, returnees, returns, territory, travel};
use super::measures::{costs, emergency};
use super::parameters::Parameters;
use super::plots::{life, pathways, survivors, work};
use super::population::{onset, stages, start};
use super::record::{self, DeskRecord, PlotRecord, Replication};
use super::recruiters::{in_person, stings, virtual_entrepreneurs};
use super::services::{
    aftermath, cohort, detection, intervention, intrusion, investigations, leads, shift, subjects, surveillance, triage,
};
use super::sharing::{notices, pool};
use super::sim::{ClockKind, Ever, Sim, Site};
use super::world::Ending;

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
        sim.touch(clock);
    }
    for (i, (time, _)) in sim.periods.iter().enumerate().skip(first + 1) {
        sim.agenda
            .schedule(*time, Event { kind: EventKind::Parameters, subject: i as u32, key: Key::NONE, occasion: 0 });
    }
    for (i, time) in sim.months.iter().enumerate() {
        sim.agenda.schedule(*time, Event { kind: EventKind::MonthEnd, subject: i as u32, key: Key::NONE, occasion: 0 });
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
        let last_of_all = event.kind == EventKind::MonthEnd && event.subject as usize + 1 == sim.months.len();
        happen(sim, event);
        if last_of_all {
            break;
        }
    }
    sim.now = end;
}

/// Hands an event to the mechanism that owns it.
fn happen(sim: &mut Sim, event: Event) {
    let Event { kind, subject, occasion, .. } = event;
    match kind {
        EventKind::Clock => ring(sim, subject as usize),
        EventKind::Parameters => change_parameters(sim, subject as usize),
        EventKind::MonthEnd => month_end(sim, subject as usize),
        EventKind::Shift => shift::run(sim, subject as usize),
        EventKind::RecruiterRemoved => virtual_entrepreneurs::removed(sim, subject),
        EventKind::RecruiterReplaced => virtual_entrepreneurs::replaced(sim, subject),
        EventKind::GroomingEnds => virtual_entrepreneurs::groomed(sim, subject),
        EventKind::InPersonRemoved => in_person::removed(sim, subject),
        EventKind::InPersonReplaced => in_person::replaced(sim, subject),
        EventKind::StingEnds => stings::ends(sim, subject),
        EventKind::TrainingEnds => abroad::trained(sim, subject),
        EventKind::Dispatch => territory::dispatch(sim),
        EventKind::ReturneePlots => returnees::plots(sim, subject),
        EventKind::Release => stages::release(sim, subject),
        EventKind::Task => work::task_done(sim, subject),
        EventKind::Signature => work::sign_left(sim, subject),
        EventKind::Dissolve => life::dissolve(sim, subject),
        EventKind::Search => detection::found(sim, subject),
        EventKind::PlotAgain => survivors::plots_again(sim, subject, occasion),
        EventKind::FalseLead => cohort::opening_arrives(sim, subject as usize),
        EventKind::AnalystFree => cohort::wake(sim, subject as usize),
        EventKind::LeadServed => triage::served(sim, subject, occasion),
        EventKind::LeadStale => triage::stale(sim, subject),
        EventKind::Execution => intervention::execute(sim, subject),
        EventKind::Raid => aftermath::raid(sim, subject, occasion),
        EventKind::InvestigationEnds => investigations::end(sim, subject, occasion),
        EventKind::FragmentPooled => pool::fragment_arrives(sim, subject),
        EventKind::LinkServed => pool::link_served(sim, subject),
        EventKind::QueryAnswered => notices::answered(sim, subject),
        EventKind::EmergencyEnds => emergency::ends(sim, subject as usize),
    }
}

/// A group clock rings for its first member.
fn ring(sim: &mut Sim, clock: usize) {
    let (kind, c, which) = sim.decode(clock);
    if sim.crowded(clock) {
        let world = &mut sim.world;
        let (persons, files) = (&world.persons, &world.dossiers);
        let name = |who: u32| match kind {
            ClockKind::Review => files[who as usize].key.bits(),
            _ => persons[who as usize].key.bits(),
        };
        if let Some((id, ticket)) = world.crowds[clock].ring(name) {
            if kind == ClockKind::Review && subjects::claim_review(sim, id, ticket) {
                subjects::review(sim, id);
            } else if kind != ClockKind::Review && sim.claim(id, ticket) {
                person_rings(sim, kind, id);
            } else {
                // Somebody who left long ago: nothing happened.
                sim.events -= 1;
            }
        }
        sim.touch(clock);
        return;
    }
    let Some(member) = sim.world.clocks[clock].ring() else { return };
    let id = member.payload;
    match kind {
        ClockKind::Spontaneous | ClockKind::Online | ClockKind::Peer | ClockKind::InPerson => {
            onset::handle(sim, kind, which, id as usize);
        }
        ClockKind::Sudden => pathways::sudden(sim, c, which, member.occasion),
        ClockKind::Background => detection::background(sim, id),
        _ => {}
    }
    sim.touch(clock);
}

fn person_rings(sim: &mut Sim, kind: ClockKind, id: u32) {
    match kind {
        ClockKind::DesistSympathiser | ClockKind::DesistCommitted => stages::desist(sim, id),
        ClockKind::CommitFast | ClockKind::CommitSlow => stages::commit(sim, id),
        ClockKind::SelfStart | ClockKind::SelfStartBlocked => pathways::self_started(sim, id),
        ClockKind::Travel => travel::attempt(sim, id),
        ClockKind::Contact => virtual_entrepreneurs::contact(sim, id),
        ClockKind::Persona => stings::contact(sim, id),
        ClockKind::TipSympathiser | ClockKind::TipCommitted | ClockKind::TipReturnee => leads::tip(sim, id, kind),
        ClockKind::Death => abroad::die(sim, id),
        ClockKind::Return => returns::come_home(sim, id),
        _ => {}
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
            (FactKind::StockParked, crate::model::services::subjects::parked_files(sim, c) as f64),
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
