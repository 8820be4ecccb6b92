//! M4: the stages of a person, from sympathiser to committed and out again.
//!
//! Rule: every stay in a stage has keyed unit-exponential thresholds for each way out. A share of
//! sympathisers commits at a fast rate, the rest at a slow one (two speeds); desistance is open from
//! every stage at home; the charged serve a sentence and a share of them comes back committed.
//! Sources: F36 (two speeds), F38 (sentences, re-engagement); desistance is assumed. Neutral: rates 0.

use crate::engine::time::DAYS_PER_YEAR;
use crate::model::kinds::clock::ClockKind;
use crate::model::kinds::decision::Decision;
use crate::model::kinds::event::EventKind;
use crate::model::kinds::fact::FactKind;
use crate::model::kinds::kept::kept;
use crate::model::moves::people;
use crate::model::parameters::Parameters;
use crate::model::sim::{Sim, live};
use crate::model::state::State;
use crate::model::state::ids::PersonId;

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

kept!(Stages: StageClocks);

/// Sets the country's stage clocks to the parameters in force.
pub(crate) fn hazards(sim: &mut Sim, c: usize) {
    live!("stages");
    for m in 0..sim.movements {
        sim.set_steady(rates(sim.p, c), c, m);
    }
}

/// How fast people move between the stages, a day.
pub(crate) fn rates(p: &Parameters, c: usize) -> [(ClockKind, f64); 4] {
    let t = &p.countries[c];
    let s = &t.stages;
    let desist = t.prevention.desistance_factor();
    [
        (ClockKind::DesistSympathiser, s.desist_sympathiser_per_year * desist / DAYS_PER_YEAR),
        (ClockKind::CommitFast, s.fast_commit_per_year / DAYS_PER_YEAR),
        (ClockKind::CommitSlow, s.slow_commit_per_year / DAYS_PER_YEAR),
        (ClockKind::DesistCommitted, s.desist_committed_per_year / DAYS_PER_YEAR),
    ]
}

/// A new sympathiser begins to wait for each way on; a share of them commits fast, if at all.
pub(crate) fn await_sympathiser(sim: &mut Sim, id: PersonId, (c, m, entry): (usize, usize, u32), fast_share: f64) {
    let fast = sim.chance(sim.world.persons[id].key, Decision::FastCommitment, 0, fast_share);
    let commit = if fast { ClockKind::CommitFast } else { ClockKind::CommitSlow };
    sim.join(id, (ClockKind::DesistSympathiser, c, m), Decision::Desist, entry, 1.0);
    sim.join(id, (commit, c, m), Decision::Commit, entry, 1.0);
}

/// Somebody committed begins to wait for desistance.
pub(crate) fn await_desistance(sim: &mut Sim, id: PersonId, (c, m, entry): (usize, usize, u32)) {
    sim.join(id, (ClockKind::DesistCommitted, c, m), Decision::Desist, entry, 1.0);
}

/// A sympathiser or a committed person gives up.
pub(crate) fn desist(sim: &mut Sim, id: PersonId) {
    people::leave_state(sim, id);
    sim.person_fact(FactKind::Desisted, id);
}

/// A sympathiser commits.
pub(crate) fn commit(sim: &mut Sim, id: PersonId) {
    people::leave_state(sim, id);
    sim.person_fact(FactKind::Committed, id);
    sim.become_committed(id);
}

/// Goes to prison until the sentence is served.
pub(crate) fn imprison(sim: &mut Sim, id: PersonId) {
    sim.drop_files(id);
    people::leave_state(sim, id);
    sim.person_fact(FactKind::Imprisoned, id);
    let person = &mut sim.world.persons[id];
    person.state = State::Prison;
    let (key, c, entry) = (person.key, usize::from(person.country), person.entries);
    let years = sim.p.countries[c].stages.sentence_years_mean;
    // Sentences scatter around their mean as a gamma of shape 4: few are very short.
    let served = 0.25 * years * DAYS_PER_YEAR * sim.draws.gamma(key, Decision::Sentence.number(), entry, 4.0);
    let timer = sim.schedule(sim.now + served, EventKind::Release(id), key, entry);
    sim.world.persons[id].timer = timer;
}

/// Comes out of prison, committed again or not.
pub(crate) fn release(sim: &mut Sim, id: PersonId) {
    people::leave_state(sim, id);
    sim.person_fact(FactKind::Released, id);
    let person = &sim.world.persons[id];
    let (key, c, entry, veteran) = (person.key, usize::from(person.country), person.entries, person.veteran);
    let t = &sim.p.countries[c];
    let factor = if veteran { t.returnees.after_prison_factor } else { 1.0 };
    if sim.chance(key, Decision::Reengage, entry, (t.stages.reengage_share * factor).min(1.0)) {
        sim.person_fact(FactKind::Reengaged, id);
        sim.become_committed(id);
    }
    sim.report_release(id);
}
