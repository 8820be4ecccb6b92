//! M4: the stages of a person, from sympathiser to committed and out again.
//!
//! Rule: every stay in a stage has keyed unit-exponential thresholds for each way out. A share of
//! sympathisers commits at a fast rate, the rest at a slow one (two speeds); desistance is open from
//! every stage at home; the charged serve a sentence and a share of them comes back committed.
//! Sources: F36 (two speeds), F38 (sentences, re-engagement); desistance is assumed. Neutral: rates 0.

use crate::engine::hazard::Hazard;
use crate::engine::heap::Handle;
use crate::engine::key::Key;
use crate::engine::time::DAYS_PER_YEAR;
use crate::model::kinds::clock::ClockKind;
use crate::model::kinds::decision::Decision;
use crate::model::kinds::event::EventKind;
use crate::model::kinds::fact::FactKind;
use crate::model::sim::{Sim, live};
use crate::model::state::{NO_TICKET, NOBODY, Person, State, place};

use super::onset;

crate::parameters! {
    /// Commitment at two speeds, desistance, prison and re-engagement (M4).
    Stages = "stages", "M4", Country;
    neutral { fast_commit_per_year = 0.0, slow_commit_per_year = 0.0, desist_sympathiser_per_year = 0.0, desist_committed_per_year = 0.0, sentence_years_mean = 0.0, reengage_share = 0.0 }
    /// Share of sympathisers who commit fast if they commit.
    fast_share: Share = 0.06, "share", "assumed, after F36";
    /// Commitment of the fast.
    fast_commit_per_year: Number(0.0, 100.0) = 1.2, "per year", "F36, rate assumed";
    /// Commitment of the slow.
    slow_commit_per_year: Number(0.0, 100.0) = 0.015, "per year", "assumed";
    /// Desistance of sympathisers.
    desist_sympathiser_per_year: Number(0.0, 100.0) = 0.3, "per year", "assumed";
    /// Desistance of the committed.
    desist_committed_per_year: Number(0.0, 100.0) = 0.5, "per year", "assumed";
    /// Mean sentence of the charged.
    sentence_years_mean: Number(0.0, 100.0) = 6.0, "years", "F38";
    /// Share of the released who are committed again.
    reengage_share: Share = 0.05, "share", "F38";
}

/// Sets the country's stage clocks to the parameters in force.
pub(crate) fn hazards(sim: &mut Sim, c: usize) {
    live!("stages");
    let t = &sim.p.countries[c];
    let s = &t.stages;
    let desist = crate::model::mechanisms::measures::prevention::desistance_factor(&t.prevention);
    for m in 0..sim.movements {
        for (kind, per_year) in [
            (ClockKind::DesistSympathiser, s.desist_sympathiser_per_year * desist),
            (ClockKind::CommitFast, s.fast_commit_per_year),
            (ClockKind::CommitSlow, s.slow_commit_per_year),
            (ClockKind::DesistCommitted, s.desist_committed_per_year),
        ] {
            sim.set_clock(kind, c, m, Hazard::constant(per_year / DAYS_PER_YEAR));
        }
    }
}

/// A new named person in a neighbourhood, in no state yet; attributes are functions of the name.
pub(crate) fn new_person(sim: &mut Sim, key: Key, n: usize, m: usize) -> u32 {
    let country = sim.world.neighbourhoods[n].country;
    let id = sim.world.persons.len() as u32;
    sim.world.persons.push(Person {
        key,
        state: State::Resident,
        country,
        movement: m as u8,
        online_only: false,
        veteran: false,
        trained: false,
        attached: false,
        blocked: false,
        identified: false,
        marks: 0,
        by_grievance: 0,
        neighbourhood: n as u32,
        circle: NOBODY,
        plot: NOBODY,
        entries: 0,
        tips: 0,
        leads: 0,
        arrests: 0,
        reintegrating: false,
        plots_made: 0,
        cause: 0,
        tickets: [NO_TICKET; place::COUNT],
        tickets_drawn: NO_TICKET,
        friend_before: NOBODY,
        timer: Handle::NONE,
        records: 0,
        notice_from: f32::INFINITY,
        pooled_from: f32::INFINITY,
        first_dossier: NOBODY,
        radicalised: f32::NEG_INFINITY,
    });
    id
}

/// The language that a person reads, by position: a function of the name.
pub(crate) fn language(sim: &Sim, id: u32) -> usize {
    let person = &sim.world.persons[id as usize];
    let spoken = &sim.speech[usize::from(person.country)];
    if spoken.len() == 1 {
        return spoken[0].0;
    }
    let u = sim.draws.uniform(person.key, Decision::Language.number(), 0);
    let mut below = 0.0;
    for &(language, share) in spoken {
        below += share;
        if u < below {
            return language;
        }
    }
    spoken.last().map_or(0, |l| l.0)
}

/// Leaves the present state: its clocks, its place among the active, its counts.
pub(crate) fn leave_state(sim: &mut Sim, id: u32) {
    sim.leave_all(id);
    let timer = std::mem::replace(&mut sim.world.persons[id as usize].timer, Handle::NONE);
    sim.agenda.cancel(timer);
    let person = &sim.world.persons[id as usize];
    let (state, c, n, m) =
        (person.state, usize::from(person.country), person.neighbourhood as usize, usize::from(person.movement));
    let key = person.key;
    match state {
        State::Sympathiser => sim.world.countries[c].sympathisers -= 1,
        State::Committed => sim.world.countries[c].committed -= 1,
        State::Abroad => {
            sim.world.countries[c].abroad -= 1;
            sim.world.trained_abroad.remove(&(key, id));
            crate::model::mechanisms::recruiters::virtual_entrepreneurs::ties_changed(sim, c);
        }
        State::Returnee => {
            sim.world.countries[c].returnees -= 1;
            sim.world.neighbourhoods[n].returnees -= 1;
            if std::mem::take(&mut sim.world.persons[id as usize].reintegrating) {
                sim.world.countries[c].reintegrating -= 1;
            }
        }
        _ => {}
    }
    if matches!(state, State::Sympathiser | State::Committed) {
        let here = sim.presence(n, m);
        sim.world.presences[here].active.remove(key, id);
        onset::reseat_peers(sim, n, m);
    }
    let person = &mut sim.world.persons[id as usize];
    person.state = State::Disengaged;
    person.entries += 1;
}

fn activate(sim: &mut Sim, id: u32, state: State) -> (usize, usize, u32) {
    let person = &mut sim.world.persons[id as usize];
    person.state = state;
    person.entries += 1;
    let (key, c, n, m, entry) = (
        person.key,
        usize::from(person.country),
        person.neighbourhood as usize,
        usize::from(person.movement),
        person.entries,
    );
    let here = sim.presence(n, m);
    sim.world.presences[here].active.insert(key, id);
    onset::reseat_peers(sim, n, m);
    (c, m, entry)
}

/// Becomes a sympathiser; a share of those who do commits fast, if at all.
pub(crate) fn enter_sympathiser(sim: &mut Sim, id: u32, fast_share: f64) {
    let (c, m, entry) = activate(sim, id, State::Sympathiser);
    sim.world.countries[c].sympathisers += 1;
    let fast = sim.chance(sim.world.persons[id as usize].key, Decision::FastCommitment, 0, fast_share);
    let commit = if fast { ClockKind::CommitFast } else { ClockKind::CommitSlow };
    sim.join(id, place::DESIST, (ClockKind::DesistSympathiser, c, m), Decision::Desist, entry, 1.0);
    sim.join(id, place::COMMIT, (commit, c, m), Decision::Commit, entry, 1.0);
    crate::model::mechanisms::services::leads::await_tip(sim, id, ClockKind::TipSympathiser, 1.0);
}

/// Becomes (or becomes again) committed.
pub(crate) fn enter_committed(sim: &mut Sim, id: u32) {
    let (c, m, entry) = activate(sim, id, State::Committed);
    sim.world.countries[c].committed += 1;
    sim.join(id, place::DESIST, (ClockKind::DesistCommitted, c, m), Decision::Desist, entry, 1.0);
    crate::model::mechanisms::fighters::travel::await_travel(sim, id, entry);
    crate::model::mechanisms::plots::pathways::await_self_start(sim, id, entry);
    crate::model::mechanisms::recruiters::virtual_entrepreneurs::await_contact(sim, id, entry);
    crate::model::mechanisms::recruiters::stings::await_persona(sim, id, entry);
    crate::model::mechanisms::services::leads::await_tip(sim, id, ClockKind::TipCommitted, 1.0);
}

/// A sympathiser or a committed person gives up.
pub(crate) fn desist(sim: &mut Sim, id: u32) {
    leave_state(sim, id);
    sim.person_fact(FactKind::Desisted, id);
}

/// A sympathiser commits.
pub(crate) fn commit(sim: &mut Sim, id: u32) {
    leave_state(sim, id);
    sim.person_fact(FactKind::Committed, id);
    enter_committed(sim, id);
}

/// Goes to prison until the sentence is served.
pub(crate) fn imprison(sim: &mut Sim, id: u32) {
    crate::model::mechanisms::services::subjects::drop_all(sim, id);
    leave_state(sim, id);
    sim.person_fact(FactKind::Imprisoned, id);
    let person = &mut sim.world.persons[id as usize];
    person.state = State::Prison;
    let (key, c, entry) = (person.key, usize::from(person.country), person.entries);
    let years = sim.p.countries[c].stages.sentence_years_mean;
    // Sentences scatter around their mean as a gamma of shape 4: few are very short.
    let served = 0.25 * years * DAYS_PER_YEAR * sim.draws.gamma(key, Decision::Sentence.number(), entry, 4.0);
    let timer = sim.schedule(sim.now + served, EventKind::Release(id), key, entry);
    sim.world.persons[id as usize].timer = timer;
}

/// Comes out of prison, committed again or not.
pub(crate) fn release(sim: &mut Sim, id: u32) {
    leave_state(sim, id);
    sim.person_fact(FactKind::Released, id);
    let person = &sim.world.persons[id as usize];
    let (key, c, entry, veteran) = (person.key, usize::from(person.country), person.entries, person.veteran);
    let t = &sim.p.countries[c];
    let factor = if veteran { t.returnees.after_prison_factor } else { 1.0 };
    if sim.chance(key, Decision::Reengage, entry, (t.stages.reengage_share * factor).min(1.0)) {
        sim.person_fact(FactKind::Reengaged, id);
        enter_committed(sim, id);
    }
    crate::model::mechanisms::services::leads::after_release(sim, id);
}
