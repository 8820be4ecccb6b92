//! A plot's life beside its twin: every fact about the plot and its people in both arms, in order of time.

use forestall_model::{FactKind as K, Found, Key, Note, Value};

use super::chain::Tracer;
use super::log::{At, Side, Twins};
use super::pair::Pair;

/// One fact of a plot's life.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Moment {
    /// Where it stands; facts of both arms are taken from the baseline.
    pub at: At,
    /// Whether the other arm has it too.
    pub both: bool,
}

/// The facts about a plot, its people and their recruiters, up to its end in the arm where it ends last.
///
/// Where the plot is in one arm only, the other arm's part is what its people did there up to the same day, or up to
/// the end of the run where it is `whole`.
pub(crate) fn life(twins: &Twins, pair: &Pair) -> Vec<Moment> {
    let tracer = Tracer::new(twins, pair.plot);
    let ended = |side: Side| pair.record(side).map_or(f64::NEG_INFINITY, |p| p.ended);
    let end = ended(Side::Baseline).max(ended(Side::Policy));
    let mut moments = Vec::new();
    for side in Side::BOTH {
        for place in tracer.own_facts(side) {
            let at = At { side, place };
            let fact = twins.fact(at);
            let founder = fact.kind == K::PlotJoined && fact.meant() == Value::Position(0);
            // A check with the same finding in both arms says nothing.
            let nothing = fact.meant() == Value::Found(Found::Nothing);
            let empty = fact.kind == K::RecordChecked && (nothing || twins.shared(at));
            if fact.kind.is(Note::Unspoken)
                || founder
                || empty
                || fact.time > end
                || other_contact(twins, at, pair.plot)
            {
                continue;
            }
            let both = twins.shared(at);
            if !both || side == Side::Baseline {
                moments.push(Moment { at, both });
            }
        }
    }
    let key = |m: &Moment| twins.fact(m.at).time;
    moments.sort_by(|a, b| key(a).total_cmp(&key(b)).then(a.at.side.cmp(&b.at.side)).then(a.at.place.cmp(&b.at.place)));
    moments
}

/// Whether a fact is about another plot of the same people.
fn other_contact(twins: &Twins, at: At, plot: Key) -> bool {
    let named = twins.fact(at).plot;
    named != Key::NONE && named != plot && twins.fact(at).kind != K::PlotJoined
}
