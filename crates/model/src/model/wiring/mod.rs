//! The one folder that names all mechanisms: who handles what happens, and what else must happen when it does.
//!
//! *Dispatch*, here: each event and each ring of a group clock goes to the mechanism that owns it. [`parameters`]: what
//! is kept of them is computed anew when they change. *Moves*, by area: a mechanism that does something which others
//! answer says so to the simulation, and the answers stand there, in their order. No mechanism knows another.

use crate::engine::heap::Tie;
use crate::engine::key::Key;

use super::kinds::clock::ClockKind;
use super::kinds::event::{Event, EventKind};
use super::kinds::fact::FactKind;
use super::mechanisms::fighters::{abroad, returnees, returns, territory, travel};
use super::mechanisms::measures::{costs, emergency};
use super::mechanisms::plots::{pathways, survivors, work};
use super::mechanisms::population::{in_progress, onset, stages, start};
use super::mechanisms::recruiters::{in_person, stings, virtual_entrepreneurs};
use super::mechanisms::services::triage::{self, cohort};
use super::mechanisms::services::{
    aftermath, detection, effort, intervention, intrusion, investigations, leads, linking, subjects, surveillance,
};
use super::mechanisms::sharing::{notices, partners, pool};
use super::moves;
use super::record::{BELIEF_EDGES, BeliefRecord, FileRecord};
use super::sim::{Sim, Site};
use super::state::FileStatus;
use super::state::ids::{CountryId, FileId, GroupId, MonthId, NeighbourhoodId, PersonId, PlotId};

mod parameters;
mod people;
mod plots;
mod services;
mod sharing;

pub(super) use parameters::{book_next_period, recompute_all, steady_rates};

/// Hands an event to the mechanism that owns it.
pub(super) fn happen(sim: &mut Sim, event: Event) {
    let Event { kind, occasion, .. } = event;
    match kind {
        EventKind::Clock(clock) => ring(sim, clock),
        EventKind::Parameters(period) => parameters::change(sim, period),
        EventKind::MonthEnd(month) => month_end(sim, month),
        EventKind::Shift(country) => shift(sim, country),
        EventKind::RecruiterRemoved(recruiter) => virtual_entrepreneurs::removed(sim, recruiter),
        EventKind::RecruiterReplaced(recruiter) => virtual_entrepreneurs::replaced(sim, recruiter),
        EventKind::GroomingEnds(person) => virtual_entrepreneurs::groomed(sim, person),
        EventKind::InPersonRemoved(recruiter) => in_person::removed(sim, recruiter),
        EventKind::InPersonReplaced(recruiter) => in_person::replaced(sim, recruiter),
        EventKind::StingEnds(person) => stings::ends(sim, person),
        EventKind::TrainingEnds(person) => abroad::trained(sim, person),
        EventKind::Dispatch(movement) => territory::dispatch(sim, movement),
        EventKind::ReturneePlots(person) => returnees::plots(sim, person),
        EventKind::Release(person) => stages::release(sim, person),
        EventKind::Task(plot) => work::task_done(sim, plot),
        EventKind::Signature(plot) => work::sign_left(sim, plot),
        EventKind::Dissolve(plot) => moves::plots::dissolve(sim, plot),
        EventKind::Search(plot) => detection::found(sim, plot),
        EventKind::PlotAgain(person) => survivors::plots_again(sim, person, PlotId(occasion)),
        EventKind::FalseLead(country) => cohort::opening_arrives(sim, country),
        EventKind::AnalystFree(country) => cohort::wake(sim, country),
        EventKind::LeadServed(lead) => triage::served(sim, lead),
        EventKind::FalseLeadServed(country) => triage::false_served(sim, country, occasion),
        EventKind::LeadStale(lead) => triage::stale(sim, lead),
        EventKind::Execution(file) => intervention::execute(sim, file),
        EventKind::Raid(file) => aftermath::raid(sim, file, occasion),
        EventKind::InvestigationEnds(plot) => investigations::end(sim, plot, CountryId(occasion as u8)),
        EventKind::FragmentPooled(job) => pool::fragment_arrives(sim, job),
        EventKind::LinkServed(job) => pool::link_served(sim, job),
        EventKind::QueryAnswered(file) => notices::answered(sim, file, CountryId(occasion as u8)),
        EventKind::BeliefFalls(file) => effort::fallen(sim, file),
        EventKind::TeamInPlace(file) => effort::team_in_place(sim, file, occasion),
        EventKind::FilesJoined(plot) => linking::joined(sim, plot),
        EventKind::FighterMet(person) => partners::meet(sim, person, CountryId(occasion as u8)),
        EventKind::EmergencyEnds(country) => emergency::ends(sim, country),
        EventKind::Count(country) => in_progress::begin(sim, country),
    }
}

/// A group clock rings for its first member.
fn ring(sim: &mut Sim, clock: GroupId) {
    let kind = sim.kind_of(clock);
    match kind {
        ClockKind::Spontaneous | ClockKind::Online | ClockKind::Peer | ClockKind::InPerson => {
            if let Some(place) = sim.next_member(kind, clock) {
                let (_, m) = sim.country_and_movement(clock);
                onset::handle(sim, kind, m, NeighbourhoodId(place.payload));
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
                let (c, m) = sim.country_and_movement(clock);
                pathways::sudden(sim, c, m, country.occasion);
            }
        }
        ClockKind::Misjoined => {
            if let Some(country) = sim.next_member(kind, clock) {
                linking::misjoined(sim, CountryId(country.payload as u8), country.occasion);
            }
        }
        ClockKind::Background | ClockKind::BackgroundHot | ClockKind::BackgroundWatched => {
            if let Some(file) = sim.next_member(kind, clock) {
                detection::background(sim, FileId(file.payload));
            }
        }
        ClockKind::Contact => person_rings(sim, kind, clock, virtual_entrepreneurs::contact),
    }
    sim.touch(kind, clock);
}

fn person_rings(sim: &mut Sim, kind: ClockKind, clock: GroupId, rule: impl Fn(&mut Sim, PersonId)) {
    if let Some(id) = sim.next_person(kind, clock) {
        rule(sim, id);
    }
}

/// Fills the empty world: recruiters, stocks, seats, and everything that is booked from the first day.
pub(super) fn seed(sim: &mut Sim) {
    for c in sim.countries() {
        let now = sim.now;
        sim.world.countries[c].team_use.begin(now);
        sim.world.countries[c].team_full.begin(now);
        sim.world.countries[c].blocked.begin(now);
        sim.world.countries[c].desk.analyst_use.begin(now);
        sim.world.countries[c].court_since = now;
    }
    territory::start_clocks(sim);
    virtual_entrepreneurs::seed(sim);
    recompute_all(sim);
    start::reserve(sim);
    let at_home: Vec<CountryId> = sim.countries().filter(|&c| sim.world.countries[c].at_home).collect();
    for &c in &at_home {
        start::seed(sim, c);
    }
    // After the stocks: a seat that changed with each of them would be rescaled thousands of times.
    onset::seed(sim);
    for c in at_home {
        in_person::seed(sim, c);
        leads::seed(sim, c);
        linking::await_mistake(sim, c, 0);
        // The first hours are shared out over the files of the first day.
        effort::shift(sim, c);
        effort::rebook(sim, c);
        for m in sim.movements() {
            pathways::await_sudden(sim, c, m, 0);
        }
    }
    book_plots_at_start(sim);
    book_shifts(sim);
    sim.settled = true;
    for clock in sim.world.clocks.ids() {
        let kind = sim.kind_of(clock);
        sim.touch(kind, clock);
    }
    book_next_period(sim);
    for (month, time) in sim.months.with_ids() {
        sim.schedule(*time, EventKind::MonthEnd(month), Key::NONE, 0);
    }
}

/// Books the plots that are there when counting begins.
fn book_plots_at_start(sim: &mut Sim) {
    let counting = if sim.ever.plots_at_start { sim.months.first().copied() } else { None };
    let Some(first) = counting else { return };
    for c in sim.countries().filter(|&c| sim.world.countries[c].at_home).collect::<Vec<_>>() {
        let key = sim.world.countries[c].key;
        sim.schedule(first, EventKind::Count(c), key, 0);
    }
}

/// States the stocks and the means of the month that ends.
fn month_end(sim: &mut Sim, month: MonthId) {
    let now = sim.now;
    // The first is the day on which counting begins: no counted month ends.
    let begins = month == MonthId::default();
    if begins {
        intrusion::note_open_files(sim);
    }
    for c in sim.countries() {
        let queue = triage::sweep(sim, c) as f64;
        let team_use = sim.world.countries[c].team_use.take(now);
        let team_full = sim.world.countries[c].team_full.take(now);
        let blocked = sim.world.countries[c].blocked.take(now);
        let analyst_use = sim.world.countries[c].desk.analyst_use.take(now);
        if begins {
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
            (FactKind::StockParked, moves::files::parked_files(sim, c) as f64),
            (FactKind::StockQueue, queue),
            (FactKind::StockPlots, state.plots.len() as f64),
            (FactKind::StockTeams, f64::from(state.teams + state.teams_bound)),
            (FactKind::MeanTeamUse, team_use),
            (FactKind::MeanTeamsFull, team_full * f64::from(state.teams + state.teams_bound)),
            (FactKind::MeanAnalystUse, analyst_use),
            (FactKind::MeanBlocked, blocked),
        ];
        for (kind, value) in stocks {
            sim.fact(kind, 0, site, value);
        }
    }
    if !begins {
        let site = Site::country(CountryId::default(), Key::NONE);
        let (recruiters, central, held) =
            (sim.world.alive_recruiters, sim.world.pool.waiting.len(), sim.p.world.territory.held());
        sim.fact(FactKind::StockRecruiters, 0, site, f64::from(recruiters));
        sim.fact(FactKind::StockCentralQueue, 0, site, central as f64);
        sim.fact(FactKind::StockTerritory, 0, site, held);
    }
}

/// A sympathiser who can neither act nor be seen, for the test that nobody notices.
pub(super) fn bystander(sim: &mut Sim) {
    start::bystander(sim);
}

/// The daily shift of the countries from one on, in the order of their keys: it allocates staff and nothing else; work,
/// detection and waiting go on continuously.
///
/// One event serves all countries, unless a shift brings something that comes before the next country's.
fn shift(sim: &mut Sim, first: CountryId) {
    let mut next = Some(first);
    while let Some(country) = next {
        subjects::close_excess(sim, country);
        surveillance::shift(sim, country);
        intervention::begin_waiting(sim, country);
        intervention::note_blocked(sim, country);
        effort::shift(sim, country);
        linking::shift(sim, country);
        triage::next(sim, country);
        next = after(sim, country);
        if let Some(country) = next {
            let event = shift_of(sim, country);
            if sim.next().is_some_and(|(time, other)| time <= sim.now && other.tie() < event.tie()) {
                sim.agenda.schedule(sim.now, event);
                return;
            }
            sim.events += 1;
        }
    }
    book_shifts(sim);
}

/// The event of a country's shift.
fn shift_of(sim: &Sim, country: CountryId) -> Event {
    Event { kind: EventKind::Shift(country), key: sim.world.countries[country].key, occasion: 0 }
}

/// The country whose shift comes after another's on the same day.
fn after(sim: &Sim, country: CountryId) -> Option<CountryId> {
    let later = &sim.world.by_key[sim.world.countries[country].rank + 1..];
    later.iter().copied().find(|&country| sim.world.countries[country].at_home)
}

/// Books the shifts of the next day, at the same hour.
fn book_shifts(sim: &mut Sim) {
    let first = sim.world.by_key.iter().copied().find(|&country| sim.world.countries[country].at_home);
    if let Some(country) = first {
        let event = shift_of(sim, country);
        sim.agenda.schedule(libm::floor(sim.now) + 1.0, event);
    }
}

/// What is still open at the end of the run is stated.
pub(super) fn close(sim: &mut Sim) {
    costs::state(sim);
    for c in sim.countries() {
        triage::settle_waits(sim, c);
    }
}

/// What services believe of the files that are open now, beside who plots.
pub(super) fn beliefs(sim: &Sim) -> [BeliefRecord; BELIEF_EDGES.len() + 1] {
    let mut found = [BeliefRecord::default(); BELIEF_EDGES.len() + 1];
    for d in sim.world.dossiers.ids() {
        let file = &sim.world.dossiers[d];
        if !matches!(file.status, FileStatus::Open | FileStatus::Watched) {
            continue;
        }
        let chance = 1.0 / (1.0 + libm::exp(-moves::files::belief(sim, d)));
        let bin = &mut found[BELIEF_EDGES.partition_point(|edge| *edge <= chance)];
        bin.files += 1;
        bin.believed += chance;
        bin.plotting += u32::from(sim.world.persons[file.person].plot.is_some());
    }
    found
}

/// By country, the people with an open file in the counted period who have been in no plot so far.
pub(super) fn files_without_plot(sim: &Sim) -> Vec<FileRecord> {
    intrusion::files_without_plot(sim)
}
