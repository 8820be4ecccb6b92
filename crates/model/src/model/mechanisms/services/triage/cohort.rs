//! Counted false leads: the bulk of a desk's work, worked off between the events that touch the desk.
//!
//! Rule: false leads arrive in two Poisson streams: those that will come to nothing, and the small share that
//! will open a file on a resident by mistake. Each false lead has its own keyed arrival, patience and first
//! look, as a lead about a named person has (M19, M20). The first kind has no entity and no entry on the
//! agenda: what it does to a desk is followed exactly and in order of time up to the present moment whenever
//! something else touches that desk, at least once a shift. Nobody asks which of them is done first, and
//! assessments are exponential: with n of them at work the next is done at n times the rate of one, the same
//! in law as a time for each. The moment at which an analyst becomes free for a lead that the world outside
//! the desk depends on stands on the agenda like any other event.
//! Their facts are told for a whole month at once, with the number of leads that they speak for.
//! Why: most leads are false (F42); one by one they would be most of all events.

use crate::engine::clock::Countdown;
use crate::engine::hazard::Hazard;
use crate::model::kinds::decision::Decision;
use crate::model::kinds::event::EventKind;
use crate::model::kinds::fact::FactKind;
use crate::model::sim::{Sim, Site};
use crate::model::state::World;
use crate::model::state::desk::{FalseLeads, Waiting};
use crate::model::state::ids::{CountryId, Position};

use super::stretch::{Happening, Stretch};

/// Books the country's first false leads.
pub(crate) fn seed(sim: &mut Sim, c: usize, streams: FalseLeads) {
    let (key, now) = (sim.world.countries[c].key, sim.now);
    let threshold = sim.threshold(key, Decision::Assessment, 0);
    let cohort = &mut sim.world.countries[c].desk.cohort;
    cohort.seeded = true;
    (cohort.assessment.left, cohort.assessment.anchor) = (threshold, now);
    book(sim, c, sim.now, streams.idle);
    book_opening(sim, c, streams.opening);
}

/// Runs the arrivals at other hazards from now on.
pub(crate) fn set_hazards(sim: &mut Sim, c: usize, streams: FalseLeads) {
    catch_up(sim, c);
    let now = sim.now;
    let rate = sim.p.countries[c].triage.assessments_per_analyst_per_day;
    let cohort = &mut sim.world.countries[c].desk.cohort;
    if !cohort.seeded {
        return;
    }
    cohort.assessment.set(now, cohort.assessment.busy, rate);
    if cohort.clock.set(now, streams.idle) {
        cohort.due = cohort.clock.due();
    }
    if cohort.opening.set(now, streams.opening) {
        let (at, due) = (cohort.opening_at, cohort.opening.due());
        sim.rebook(at, due);
    }
}

fn book(sim: &mut Sim, c: usize, from: f64, hazard: Hazard) {
    let key = sim.world.countries[c].key;
    let threshold = sim.threshold(key, Decision::FalseLead, sim.world.countries[c].desk.cohort.arrived);
    sim.world.countries[c].desk.cohort.book(from, threshold, hazard);
}

fn book_opening(sim: &mut Sim, c: usize, hazard: Hazard) {
    let (key, count) = (sim.world.countries[c].key, sim.world.countries[c].desk.cohort.opened);
    let clock = Countdown::start(sim.now, sim.threshold(key, Decision::OpenResident, count), hazard);
    let at = sim.schedule(clock.due(), EventKind::FalseLead(CountryId::at(c)), key, count);
    let cohort = &mut sim.world.countries[c].desk.cohort;
    (cohort.opening, cohort.opening_at) = (clock, at);
}

/// A false lead arrives that will open a file on a resident.
pub(crate) fn opening_arrives(sim: &mut Sim, c: usize) {
    catch_up(sim, c);
    let cohort = &mut sim.world.countries[c].desk.cohort;
    let (count, hazard) = (cohort.opened, cohort.opening.hazard());
    cohort.opened += 1;
    cohort.told.received.add(sim.now, 1.0);
    keep(sim, c, FactKind::LeadReceived, 1.0);
    book_opening(sim, c, hazard);
    super::opening_arrives(sim, c, count);
    schedule_wake(sim, c);
}

/// Works off what has happened at the desk up to now.
pub(crate) fn catch_up(sim: &mut Sim, c: usize) {
    let now = sim.now;
    let cohort = &sim.world.countries[c].desk.cohort;
    if cohort.due.min(cohort.assessment.due) > now {
        return;
    }
    while let Some((at, lead)) = by_itself(sim, c, |stretch| stretch.up_to(now)) {
        sim.now = at;
        super::serve_pressing(sim, c, &lead);
        super::take_up(sim, c);
        sim.now = now;
    }
    schedule_wake(sim, c);
}

/// Free analysts take the best leads that wait, up to the first that the world outside the desk depends on.
pub(super) fn take_up(sim: &mut Sim, c: usize) -> Option<Waiting> {
    let now = sim.now;
    by_itself(sim, c, |stretch| stretch.take_up(now))
}

/// Lets a desk work by itself, and states what happened.
fn by_itself<T>(sim: &mut Sim, c: usize, work: impl FnOnce(&mut Stretch) -> T) -> T {
    let each = sim.facts.keeps_each();
    let World { countries, leads, .. } = &mut sim.world;
    let state = &mut countries[c];
    let mut stretch = Stretch::new(&mut state.desk, leads, &sim.p.countries[c].triage, (sim.draws, state.key), each);
    let result = work(&mut stretch);
    let (events, told) = (stretch.events, stretch.told);
    sim.events += events;
    if !told.is_empty() {
        tell_one_by_one(sim, c, &told);
    }
    result
}

/// States what happened at a desk at the times at which it did.
#[cold]
fn tell_one_by_one(sim: &mut Sim, c: usize, told: &[(f64, Happening)]) {
    let now = sim.now;
    for &(at, happening) in told {
        sim.now = at;
        match happening {
            Happening::Received => keep(sim, c, FactKind::LeadReceived, 1.0),
            Happening::Waited(days) => keep(sim, c, FactKind::LeadWait, days),
            Happening::Stale => gone_stale(sim, c, at),
            Happening::Assessed => {
                keep(sim, c, FactKind::LeadAssessed, 0.0);
                let who = sim.world.countries[c].key;
                sim.keep_assessed(c, who);
            }
        }
    }
    sim.now = now;
}

/// A false lead has gone stale. Told when it is noticed; the fact carries the time at which it happened.
pub(super) fn gone_stale(sim: &mut Sim, c: usize, at: f64) {
    let key = sim.world.countries[c].key;
    let now = std::mem::replace(&mut sim.now, at);
    sim.fact(FactKind::LeadStale, 0, Site::country(c, key), 1.0);
    sim.now = now;
}

/// A false lead had to wait before it was taken up.
pub(crate) fn waited(sim: &mut Sim, c: usize, days: f64) {
    let now = sim.now;
    sim.world.countries[c].desk.cohort.told.waited.add(now, days);
    keep(sim, c, FactKind::LeadWait, days);
}

/// A false lead has been assessed.
pub(crate) fn assessed(sim: &mut Sim, c: usize) {
    let now = sim.now;
    sim.world.countries[c].desk.cohort.told.assessed.add(now, 0.0);
    keep(sim, c, FactKind::LeadAssessed, 0.0);
    let who = sim.world.countries[c].key;
    sim.keep_assessed(c, who);
}

fn keep(sim: &mut Sim, c: usize, kind: FactKind, value: f64) {
    let site = Site::country(c, sim.world.countries[c].key);
    sim.keep_fact(kind, site, value);
}

/// Notes the next moment at which an analyst becomes free for a pressing lead.
pub(crate) fn schedule_wake(sim: &mut Sim, c: usize) {
    let state = &sim.world.countries[c];
    let due = if state.desk.pressing > 0 { state.desk.cohort.assessment.due } else { f64::INFINITY };
    sim.world.wakes.set(state.rank, due);
}

/// The moment has come; the desk itself counts what happens in it.
pub(crate) fn wake(sim: &mut Sim, c: usize) {
    sim.events -= 1;
    catch_up(sim, c);
    // Whatever was free has been given out on the way.
    schedule_wake(sim, c);
}

/// Tells the facts of the month that ends.
pub(crate) fn tell(sim: &mut Sim, c: usize) {
    catch_up(sim, c);
    let told = std::mem::take(&mut sim.world.countries[c].desk.cohort.told);
    let site = Site::country(c, sim.world.countries[c].key);
    let now = sim.now;
    for (kind, sum) in [
        (FactKind::LeadReceived, told.received),
        (FactKind::LeadWait, told.waited),
        (FactKind::LeadAssessed, told.assessed),
    ] {
        if sum.number > 0 {
            sim.now = sum.last;
            sim.count_facts(kind, site, sum.number, sum.value);
            if kind == FactKind::LeadAssessed {
                sim.note_assessed_many(c, site.subject, sum.number);
            }
        }
    }
    sim.now = now;
}
