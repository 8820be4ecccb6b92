//! M17: those who are left when a plot has ended hide, are found, or plot again in haste.
//!
//! Rule: attackers escape with a share; members whom an arrest misses, and helpers, are left over. Each
//! is followed up with a chance; of the others a share starts another plot after an exponential delay,
//! hurried and with part of the tasks done; the rest hide among the committed. Neutral: shares 0.
//! Source: F8 (30–40 supporters at large months later); sizes assumed.

use crate::model::kinds::decision::Decision;
use crate::model::kinds::event::EventKind;
use crate::model::kinds::fact::{FactId, FactKind};
use crate::model::kinds::kept::kept;
use crate::model::moves::people;
use crate::model::moves::plots::{self, Start};
use crate::model::sim::{Sim, live};
use crate::model::state::{Channel, State};

use crate::model::state::Pathway;
use crate::model::state::ids::{PersonId, PlotId};

crate::parameters! {
    /// What the survivors of an ended plot do (M17).
    Survivors = "survivors", "M17", Country;
    neutral { attacker_escapes_share = 0.0, follow_up_share = 0.0, again_share = 0.0 }
    /// Share of attackers who get away from an attempt.
    attacker_escapes_share: Share = 0.1, "share", "assumed, after F8";
    /// Chance that a survivor or helper is found by following the links.
    follow_up_share: Share = 0.5, "share", "assumed, after F8";
    /// Evidence that following a link adds to a file.
    link_evidence: Number(0.0, 50.0) = 3.0, "log odds", "assumed";
    /// Chance that a survivor who was not found plots again.
    again_share: Share = 0.08, "share", "assumed, after F8";
    /// Mean time until then.
    again_delay_days: Number(0.0, 10_000.0) = 60.0, "days", "assumed, after F8";
    /// Share of the tasks that the second plot has behind it.
    again_head_start_share: Share = 0.5, "share", "assumed";
}

kept!(Survivors:);

/// Deals with the helpers of an ended plot.
pub(crate) fn after_end(sim: &mut Sim, index: PlotId, cause: FactId) {
    live!("survivors");
    let helpers = sim.world.plots[index].helpers.clone();
    for id in helpers {
        let state = sim.world.persons[id].state;
        if matches!(state, State::Sympathiser | State::Committed) {
            settle(sim, id, index, cause);
        }
    }
}

/// A member gets away.
pub(crate) fn hide(sim: &mut Sim, id: PersonId, index: PlotId, cause: FactId) {
    people::leave_state(sim, id);
    sim.become_committed(id);
    live!("survivors");
    settle(sim, id, index, cause);
}

fn settle(sim: &mut Sim, id: PersonId, index: PlotId, cause: FactId) {
    let person = &sim.world.persons[id];
    let (entry, c) = (person.entries, person.country);
    let key = person.key.child(Decision::NamePair.number(), sim.world.plots[index].key.bits());
    let s = sim.p.countries[c].survivors.clone();
    if sim.chance(key, Decision::FollowUp, entry, s.follow_up_share) {
        sim.world.persons[id].cause = cause;
        sim.person_fact(FactKind::SurvivorFound, id);
        let evidence = s.link_evidence;
        sim.open_file(c, id, Channel::FollowUp, evidence, cause);
    } else if sim.chance(key, Decision::PlotAgain, entry, s.again_share) {
        let wait = sim.delay(key, Decision::AgainDelay, entry, s.again_delay_days);
        sim.world.persons[id].cause = cause;
        sim.schedule(sim.now + wait, EventKind::PlotAgain(id), key, index.0);
    } else if s.attacker_escapes_share + s.follow_up_share + s.again_share > 0.0 {
        sim.world.persons[id].cause = cause;
        sim.person_fact(FactKind::SurvivorHides, id);
    }
}

/// A survivor who is still free plots again, in haste.
pub(crate) fn plots_again(sim: &mut Sim, id: PersonId, former: PlotId) {
    live!("survivors");
    let person = &sim.world.persons[id];
    if !matches!(person.state, State::Sympathiser | State::Committed) {
        return;
    }
    let share = sim.p.countries[person.country].survivors.again_head_start_share;
    let cause = sim.person_fact(FactKind::SurvivorPlots, id);
    let pathway = match sim.world.plots[former].pathway {
        Pathway::Inspired => Pathway::Inspired,
        Pathway::Networked | Pathway::OnlineDirected | Pathway::Dispatched => Pathway::Networked,
    };
    plots::start(sim, Start { hurried: true, tasks_done_share: share, ..Start::of(vec![id], pathway, cause) });
}
