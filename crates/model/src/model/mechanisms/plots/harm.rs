//! M15, the harm of a completed attack: a heavy-tailed count.
//!
//! Rule: with a share nobody is harmed; otherwise the count is the whole part of a Lomax variate,
//! scale × (u^(−1 ⁄ tail) − 1) + 1, cut at a most. A share of those harmed are killed (binomial by
//! keyed draws). The scale is multiplied by what the attack is: a veteran in the cell, somebody trained to the end, the
//! number of people and of tasks done, each to a power, hurry; training also multiplies the tail exponent. Who ordered
//! the attack plays no part of its own (F29).
//! Sources: F23 (273 killed in three years, one night half of it), F49 (two attacks of one dispatched network make 162 of
//! them), F25, F33 (contested). The tail is assumed
//! and cannot be learnt from three years: reports rank by harm last. Neutral: scale 0.

use crate::model::kinds::decision::Decision;
use crate::model::kinds::fact::FactKind;
use crate::model::kinds::kept::kept;
use crate::model::moves::plots;
use crate::model::sim::{Sim, live};
use crate::model::state::ids::PlotId;

crate::parameters! {
    /// People harmed by a completed attack: a heavy-tailed count (M15).
    Harm = "harm", "M15", World;
    neutral { scale = 0.0, nobody_share = 1.0 }
    /// Share of completed attacks that harm nobody.
    nobody_share: Share = 0.25, "share", "assumed";
    /// Scale of the Lomax law.
    scale: Number(0.0, 1e6) = 8.0, "people", "assumed, after F23";
    /// Tail exponent: smaller is heavier; below 1 the mean would be infinite but for the cut.
    tail: Number(0.2, 20.0) = 1.3, "exponent", "assumed, after F23";
    /// Most people harmed in one attack.
    most: Number(0.0, 1e7) = 1_000.0, "people", "assumed";
    /// Share of those harmed who are killed.
    killed_share: Share = 0.3, "share", "assumed, after F23";
    /// Factor on the scale if a veteran is in the cell.
    veteran_factor: Number(0.0, 100.0) = 1.5, "factor", "F33, contested";
    /// Factor on the scale if somebody trained to the end takes part.
    training_factor: Number(0.0, 100.0) = 1.0, "factor", "assumed, after F49";
    /// Power of the number of attackers in the scale.
    people_effect: Number(-10.0, 10.0) = 0.0, "exponent", "assumed, after F25 and F49";
    /// Power of the number of tasks done in the scale.
    preparation_effect: Number(-10.0, 10.0) = 0.0, "exponent", "assumed, after F9 and F49";
    /// Factor on the scale of a hurried attack.
    hurry_factor: Number(0.0, 100.0) = 1.0, "factor", "assumed, after F11";
    /// Factor on the tail exponent if somebody trained to the end takes part: below 1 the tail is heavier.
    training_tail_factor: Number(0.1, 10.0) = 1.0, "factor", "assumed, after F49";
}

kept!(Harm:);

/// Draws and records the harm of a completed attack.
pub(crate) fn inflict(sim: &mut Sim, index: PlotId) {
    live!("harm");
    let h = sim.p.world.harm.clone();
    let plot = &sim.world.plots[index];
    let (key, target, cause) = (plot.key, plot.target, plot.cause);
    if h.scale == 0.0 || sim.chance(key, Decision::HarmZero, 0, h.nobody_share) {
        return;
    }
    let trained = plots::trained(sim, plot);
    let scale = h.scale
        * if plot.veteran { h.veteran_factor } else { 1.0 }
        * if trained { h.training_factor } else { 1.0 }
        * if plot.hurried { h.hurry_factor } else { 1.0 }
        * libm::pow(plot.members.len().max(1) as f64, h.people_effect)
        * libm::pow(f64::from(plot.done.max(1)), h.preparation_effect);
    let tail = h.tail * if trained { h.training_tail_factor } else { 1.0 };
    let u = sim.draws.uniform(key, Decision::Harm.number(), 0);
    let harmed = libm::floor(1.0 + scale * (libm::pow(u, -1.0 / tail) - 1.0)).min(h.most);
    let killed = (0..harmed as u32).filter(|&i| sim.chance(key, Decision::Killed, i, h.killed_share)).count() as f64;
    let plot = &mut sim.world.plots[index];
    plot.harmed = harmed;
    plot.killed = killed;
    sim.plot_fact(FactKind::PeopleHarmed, index, cause, target, harmed);
    sim.plot_fact(FactKind::PeopleKilled, index, cause, target, killed);
}
