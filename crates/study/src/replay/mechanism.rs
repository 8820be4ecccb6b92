//! The mechanism of a divergence: that of its fact, or of the evidence, file status or officers behind it.

use forestall_model::{FactKind as K, FileStatus, Mechanism, Value};

use super::chain::{Chain, Root, Tracer};
use super::log::{At, Twins};

/// The mechanism of a chain's divergence.
pub(crate) fn of(twins: &Twins, tracer: &Tracer, chain: &Chain) -> Mechanism {
    if chain.only_times {
        return Mechanism::Retiming;
    }
    let at = chain.steps[chain.divergence];
    let fact = twins.fact(at);
    let found = fact.kind.row().mechanism;
    let at_the_end = fact.time == twins.fact(chain.steps[0]).time;
    if found == Mechanism::Arrest && at_the_end {
        // An arrest that ends the plot, where the decision was taken in both arms.
        Mechanism::Officers
    } else if found == Mechanism::Threshold && !threshold_changed(chain) {
        trigger(twins, at).map_or(Mechanism::Threshold, |evidence| of_evidence(twins, tracer, evidence))
    } else {
        of_evidence(twins, tracer, at)
    }
}

/// The mechanism of a fact; of a sign that was seen, by the file status under which it was left.
fn of_evidence(twins: &Twins, tracer: &Tracer, at: At) -> Mechanism {
    let kind = twins.fact(at).kind;
    if kind == K::SignatureSeen { by_status(twins, tracer, at) } else { kind.row().mechanism }
}

/// Whether the chain ends at once at parameters, so that the threshold itself is what differs.
fn threshold_changed(chain: &Chain) -> bool {
    chain.divergence + 1 == chain.steps.len() && matches!(chain.root, Root::Policy(_))
}

/// The evidence that came in at the moment of a decision.
fn trigger(twins: &Twins, at: At) -> Option<At> {
    let fact = twins.fact(at);
    let facts = twins.log(at.side).facts();
    let before = facts[..at.place].iter().enumerate().rev().take_while(|(_, f)| f.time == fact.time);
    let mut evidence = before.filter(|(_, f)| {
        let mine = f.subject == fact.subject || f.plot != forestall_model::Key::NONE;
        mine && matches!(
            f.kind,
            K::SignatureSeen
                | K::EvidenceSeen
                | K::LeadAssessed
                | K::QueryAnswered
                | K::LinkFound
                | K::FoundBySearch
                | K::CellExposed
                | K::SurvivorFound
        )
    });
    evidence.next().map(|(place, _)| At { side: at.side, place })
}

/// By how the owner's file stood when the sign was left.
fn by_status(twins: &Twins, tracer: &Tracer, at: At) -> Mechanism {
    match tracer.sign_left(at).map(|left| twins.fact(left).meant()) {
        Some(Value::FileStatus(FileStatus::Watched)) => Mechanism::Watching,
        Some(Value::FileStatus(status)) if status >= FileStatus::Parked => Mechanism::File,
        other => {
            debug_assert!(other.is_none_or(|v| matches!(v, Value::FileStatus(_))));
            Mechanism::Lead
        }
    }
}
