//! M20: triage, a priority queue of leads in front of finite analysts.
//!
//! Rule: a lead has a score s ~ Normal(d′ · true, 1) and the posterior log odds ln(π ⁄ (1 − π)) + d′ s −
//! d′² ⁄ 2. Free analysts take the lead with the greatest posterior × urgency; equals by arrival. A lead
//! is assessed in an exponential time and leaves unserved (goes stale) at rate ϑ. Assessment is positive
//! with the sensitivity for true and 1 − specificity for false leads. A true lead that goes stale leaves
//! a weak record. With d′ = 0 and exponential times this *is* Erlang-A.
//! False leads are counted (`cohort`): an arrival time, a deadline and a score while they wait, no entity and
//! no event for going stale; in law they are the same as individual ones. Neutral: assessments at once
//! (rate 0 stands for that) and without error.
//! Sources: F42 (useful share), F5, F44; d′, sensitivity and specificity assumed.

use std::collections::BinaryHeap;

use crate::engine::draw::Draws;
use crate::engine::heap::Handle;
use crate::engine::key::Key;
use crate::model::kinds::decision::Decision;
use crate::model::kinds::event::EventKind;
use crate::model::kinds::fact::{FactId, FactKind};
use crate::model::kinds::kept::kept;
use crate::model::moves::{people, plots};
use crate::model::sim::{Sim, Site, live};
use crate::model::state::desk::Waiting;
use crate::model::state::ids::{CountryId, LeadId, MovementId, PersonId};
use crate::model::state::{Channel, Lead, State};

pub(crate) mod cohort;
mod stretch;

crate::parameters! {
    /// Assessment of leads by finite analysts (M20).
    Triage = "triage", "M20", Country;
    neutral { assessments_per_analyst_per_day = 0.0, sensitivity = 1.0, specificity = 1.0 }
    /// d′: how well the first look tells true leads from false ones, in standard deviations.
    discrimination: Number(0.0, 20.0) = 1.0, "standard deviations", "assumed";
    /// π: share of true leads that the service reckons with.
    prior_share: Number(1e-9, 0.999_999_999) = 0.05, "share", "assumed, after F42";
    /// Leads that one analyst assesses in a day; 0 assesses every lead at once.
    assessments_per_analyst_per_day: Number(0.0, 1e6) = 0.8, "leads per analyst per day", "assumed";
    /// ϑ: rate at which a waiting lead goes stale.
    stale_per_day: Number(0.0, 1e6) = 0.03, "per day", "assumed";
    /// Chance that the assessment of a true lead is positive.
    sensitivity: Share = 0.75, "share", "assumed";
    /// Chance that the assessment of a false lead is negative.
    specificity: Share = 0.97, "share", "assumed, after F42";
    /// Urgency of a lead that is a sign of work, against a report about a person.
    sign_urgency: Number(0.0, 1e6) = 3.0, "factor", "assumed";
    /// Of false leads judged positive, the share that opens a file on a resident.
    resident_file_share: Share = 0.3, "share", "assumed";
    /// Chance that a true lead gone stale leaves a weak record.
    stale_record_share: Share = 0.5, "share", "assumed";
}

kept!(Triage: LeadClocks, Desk);

/// A counted false lead has no entry.
const FALSE: LeadId = LeadId::NONE;

fn priority(t: &Triage, prior_log_odds: f64, score: f64, urgency: f64) -> f64 {
    let d = t.discrimination;
    let odds = prior_log_odds + d * score - 0.5 * d * d;
    urgency / (1.0 + libm::exp(-odds))
}

/// The priority of a lead: by its first look, or all alike if the first look tells nothing.
fn first_look(
    draws: Draws,
    t: &Triage,
    prior_log_odds: f64,
    (key, occasion): (Key, u32),
    truth: bool,
    urgency: f64,
) -> f64 {
    let d = t.discrimination;
    let score = if d == 0.0 {
        0.0
    } else {
        draws.normal(key, Decision::LeadScore.number(), occasion) + if truth { d } else { 0.0 }
    };
    priority(t, prior_log_odds, score, urgency)
}

/// How long a lead waits before it goes stale.
fn patience(draws: Draws, t: &Triage, key: Key, occasion: u32) -> f64 {
    let rate = t.stale_per_day;
    if rate > 0.0 { draws.exponential(key, Decision::LeadPatience.number(), occasion) / rate } else { f64::INFINITY }
}

fn is_true(state: State) -> bool {
    !matches!(state, State::Resident | State::Sympathiser | State::Disengaged | State::Dead)
}

/// Sets the desk to the staff and the expectations in force.
pub(crate) fn update_staff(sim: &mut Sim, c: CountryId) {
    let joining = sim.p.countries[c].linking.analysts_share;
    let analysts = sim.p.countries[c].services.analysts_at_work(joining);
    let prior = sim.p.countries[c].triage.prior_share;
    let desk = &mut sim.world.countries[c].desk;
    desk.analysts = analysts;
    desk.prior_log_odds = libm::log(prior / (1.0 - prior));
}

impl Triage {
    /// The share of false leads that open a file on a resident by mistake.
    pub(crate) fn mistaken_file_share(&self) -> f64 {
        live!("triage", 0.0);
        (1.0 - self.specificity) * self.resident_file_share
    }
}

/// The key by which the false leads that open files are named; the others have the country's own.
fn stream_key(sim: &Sim, c: CountryId) -> Key {
    sim.world.countries[c].key.child(Decision::NameLead.number(), 0)
}

/// A false lead arrives that will open a file on a resident.
pub(crate) fn opening_arrives(sim: &mut Sim, c: CountryId, count: u32) {
    live!("triage");
    let key = stream_key(sim, c);
    if sim.p.countries[c].triage.assessments_per_analyst_per_day == 0.0 {
        assessed_false(sim, c, count);
    } else if sim.world.countries[c].desk.busy < sim.world.countries[c].desk.analysts {
        serve_false(sim, c, count, sim.now);
    } else {
        let t = &sim.p.countries[c].triage;
        let deadline = sim.now + patience(sim.draws, t, key, count);
        let prior = sim.world.countries[c].desk.prior_log_odds;
        let priority = first_look(sim.draws, t, prior, (key, count), false, 1.0);
        let order = u64::from(count);
        sim.world.countries[c].desk.put(Waiting {
            priority,
            arrival: sim.now,
            deadline,
            lead: FALSE,
            presses: true,
            order,
        });
    }
}

/// A lead about a named person arrives.
pub(crate) fn arrives(sim: &mut Sim, service: CountryId, id: PersonId, channel: Channel, weight: f64, cause: FactId) {
    let person = &mut sim.world.persons[id];
    person.leads += 1;
    let (key, plot, state) =
        (person.key.child(Decision::NameLead.number(), u64::from(person.leads)), person.plot, person.state);
    let site = Site { country: service, ..Site::person(&sim.world.persons[id]) };
    let fact = sim.fact(FactKind::LeadReceived, cause, site, 1.0);
    let truth = is_true(state);
    if truth {
        sim.fact(FactKind::LeadTrue, fact, site, 1.0);
    }
    live!("triage");
    let lead =
        Lead { key, person: id, service, channel, weight, plot, cause: fact, stale: Handle::NONE, waiting: false };
    let index = if let Some(free) = sim.world.free_leads.pop() {
        sim.world.leads[free] = lead;
        free
    } else {
        sim.world.leads.add(lead)
    };
    cohort::catch_up(sim, service);
    if sim.p.countries[service].triage.assessments_per_analyst_per_day == 0.0 {
        assessed(sim, index);
    } else if sim.world.countries[service].desk.busy < sim.world.countries[service].desk.analysts {
        serve(sim, index, sim.now);
    } else {
        let urgency = if weight > 0.0 { sim.p.countries[service].triage.sign_urgency } else { 1.0 };
        let (t, prior) = (&sim.p.countries[service].triage, sim.world.countries[service].desk.prior_log_odds);
        let priority = first_look(sim.draws, t, prior, (key, 0), truth, urgency);
        let deadline = sim.now + patience(sim.draws, t, key, 0);
        if deadline.is_finite() {
            let stale = sim.schedule(deadline, EventKind::LeadStale(index), key, 0);
            sim.world.leads[index].stale = stale;
        }
        sim.world.leads[index].waiting = true;
        sim.world.countries[service].desk.put(Waiting {
            priority,
            arrival: sim.now,
            deadline,
            lead: index,
            presses: true,
            order: key.bits(),
        });
    }
    cohort::schedule_wake(sim, service);
}

fn set_busy(sim: &mut Sim, c: CountryId, change: i32) {
    let now = sim.now;
    sim.world.countries[c].desk.set_busy(now, change);
}

fn note_wait(sim: &mut Sim, c: CountryId, arrival: f64, until: f64, served: bool) {
    sim.world.countries[c].desk.note_wait(arrival, until, served);
}

fn service_days(sim: &Sim, c: CountryId, key: Key, occasion: u32) -> f64 {
    sim.threshold(key, Decision::Assessment, occasion) / sim.p.countries[c].triage.assessments_per_analyst_per_day
}

/// A false lead that will open a file is taken up.
fn serve_false(sim: &mut Sim, c: CountryId, count: u32, arrival: f64) {
    let key = stream_key(sim, c);
    note_wait(sim, c, arrival, sim.now, true);
    if sim.now > arrival {
        cohort::waited(sim, c, sim.now - arrival);
    }
    set_busy(sim, c, 1);
    let done = sim.now + service_days(sim, c, key, count);
    sim.schedule(done, EventKind::FalseLeadServed(c), key, count);
}

fn serve(sim: &mut Sim, index: LeadId, arrival: f64) {
    let lead = &mut sim.world.leads[index];
    lead.waiting = false;
    let (key, c, stale, cause, person) = (lead.key, lead.service, lead.stale, lead.cause, lead.person);
    sim.agenda.cancel(stale);
    let taken = Site { country: c, ..Site::person(&sim.world.persons[person]) };
    sim.explain(FactKind::LeadTaken, cause, taken, sim.now - arrival);
    note_wait(sim, c, arrival, sim.now, true);
    if sim.now > arrival {
        let site = Site::country(c, key);
        sim.fact(FactKind::LeadWait, cause, site, sim.now - arrival);
    }
    set_busy(sim, c, 1);
    let done = sim.now + service_days(sim, c, key, 0);
    sim.schedule(done, EventKind::LeadServed(index), key, 0);
}

/// An analyst has finished a lead about a named person and takes the next.
pub(crate) fn served(sim: &mut Sim, lead: LeadId) {
    let c = sim.world.leads[lead].service;
    cohort::catch_up(sim, c);
    set_busy(sim, c, -1);
    assessed(sim, lead);
    next(sim, c);
}

/// An analyst has finished a false lead that opens a file, and takes the next.
pub(crate) fn false_served(sim: &mut Sim, c: CountryId, count: u32) {
    cohort::catch_up(sim, c);
    set_busy(sim, c, -1);
    assessed_false(sim, c, count);
    next(sim, c);
}

/// Free analysts take the best leads that wait.
pub(crate) fn next(sim: &mut Sim, c: CountryId) {
    cohort::catch_up(sim, c);
    take_up(sim, c);
    cohort::schedule_wake(sim, c);
}

/// Free analysts take the best leads that wait; those that concern nobody but the desk are taken by the desk itself.
fn take_up(sim: &mut Sim, c: CountryId) {
    while let Some(lead) = cohort::take_up(sim, c) {
        serve_pressing(sim, c, &lead);
    }
}

/// A lead is taken up that the world outside the desk depends on.
fn serve_pressing(sim: &mut Sim, c: CountryId, waiting: &Waiting) {
    if waiting.lead == FALSE {
        serve_false(sim, c, waiting.order as u32, waiting.arrival);
    } else {
        serve(sim, waiting.lead, waiting.arrival);
    }
}

/// Counts out the false leads that have gone stale; the queue that is left is the queue now.
pub(crate) fn sweep(sim: &mut Sim, c: CountryId) -> usize {
    cohort::tell(sim, c);
    let queue = std::mem::take(&mut sim.world.countries[c].desk.queue);
    let mut kept = Vec::with_capacity(queue.len());
    let mut gone = Vec::new();
    for waiting in queue {
        if waiting.lead == FALSE && waiting.deadline <= sim.now {
            gone.push(waiting);
        } else if waiting.lead == FALSE
            || (sim.world.leads[waiting.lead].waiting && sim.world.leads[waiting.lead].key.bits() == waiting.order)
        {
            kept.push(waiting);
        } else {
            note_wait(sim, c, waiting.arrival, waiting.deadline, false);
        }
    }
    gone.sort_by_key(|w| w.order);
    for waiting in gone {
        note_wait(sim, c, waiting.arrival, waiting.deadline, false);
        cohort::gone_stale(sim, c, waiting.deadline);
    }
    let left = kept.len();
    let desk = &mut sim.world.countries[c].desk;
    desk.pressing = kept.iter().map(|w| u32::from(w.presses)).sum();
    desk.queue = BinaryHeap::from(kept);
    cohort::schedule_wake(sim, c);
    left
}

/// At the end of the run: the waits of those still in the queue, up to now.
pub(crate) fn settle_waits(sim: &mut Sim, c: CountryId) {
    sweep(sim, c);
    let now = sim.now;
    let arrivals: Vec<f64> = sim.world.countries[c].desk.queue.iter().map(|w| w.arrival).collect();
    for arrival in arrivals {
        note_wait(sim, c, arrival, now, false);
    }
}

/// A lead about a named person has waited too long.
pub(crate) fn stale(sim: &mut Sim, index: LeadId) {
    let lead = sim.world.leads[index].clone();
    if !lead.waiting {
        return;
    }
    sim.world.leads[index].waiting = false;
    sim.world.free_leads.push(index);
    let c = lead.service;
    let site = Site { country: lead.service, ..Site::person(&sim.world.persons[lead.person]) };
    let fact = sim.fact(FactKind::LeadStale, lead.cause, site, 1.0);
    sim.lead_missed(lead.person, lead.service, FactKind::ChanceMissedForStaff, fact);
    let share = sim.p.countries[c].triage.stale_record_share;
    let truth = is_true(sim.world.persons[lead.person].state);
    if truth && sim.chance(lead.key, Decision::WeakRecord, 0, share) {
        sim.make_record(lead.person, lead.service);
    }
}

fn assessed_false(sim: &mut Sim, c: CountryId, count: u32) {
    let key = sim.world.countries[c].key;
    cohort::assessed(sim, c);
    let name = key.child(Decision::NameResident.number(), u64::from(count));
    let n = people::neighbourhood(sim, c, name);
    let id = people::new_person(sim, name, n, MovementId::default());
    sim.open_file(c, id, Channel::Public, 0.0, 0);
}

fn assessed(sim: &mut Sim, index: LeadId) {
    let lead = sim.world.leads[index].clone();
    sim.world.free_leads.push(index);
    let c = lead.service;
    let person = &sim.world.persons[lead.person];
    let (state, plot) = (person.state, person.plot);
    let site = Site { country: lead.service, ..Site::person(person) };
    let fact = sim.fact(FactKind::LeadAssessed, lead.cause, site, f64::from(u8::from(is_true(state))));
    if plot.is_none() {
        sim.note_assessed(c, lead.key);
    }
    if matches!(state, State::Dead | State::Prison) {
        return;
    }
    let t = &sim.p.countries[c].triage;
    // A sympathiser is someone on whom a file is plausible: judged as a true lead, though not a plotter.
    let share = if state == State::Resident { 1.0 - t.specificity } else { t.sensitivity };
    if sim.chance(lead.key, Decision::AssessmentResult, 0, share) {
        // A sign was noted when it was seen; a report about a plotter counts once it is believed.
        let report = matches!(lead.channel, Channel::Public | Channel::Informants);
        if report && lead.weight > 0.0 {
            plots::credit(sim, lead.plot, lead.service, lead.person, lead.weight, lead.key, lead.cause);
        }
        sim.open_file(lead.service, lead.person, lead.channel, lead.weight, fact);
    } else {
        sim.explain(FactKind::LeadDismissed, fact, site, 1.0);
        sim.lead_missed(lead.person, lead.service, FactKind::ChanceMissedByJudgement, fact);
    }
}
