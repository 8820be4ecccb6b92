//! M2, the reaction to attacks and to searches without cause: slow onset, quick timing, other movements' answer.
//!
//! Rule: dG = −G/τ dt + a·ln(1 + harm)·tie + b·(held or searched without plot) / million residents.
//! Kept apart: G multiplies onset by (1 + response × G) with a slow memory; a quick timing reaction
//! speeds plots already under way; other movements answer with their own share. Neutral: all sizes 0.
//! Source: copycat clustering is a pattern (P5); every size here is assumed.

use crate::model::kinds::fact::{FactId, FactKind};
use crate::model::kinds::kept::kept;
use crate::model::sim::{Sim, Site, live};
use crate::model::state::ids::{CountryId, MovementId};

crate::parameters! {
    /// Reaction to attacks and to searches without cause (M2): onset rises slowly, plots under way hurry.
    Grievance = "grievance", "M2", Country;
    neutral { after_attack = 0.0, after_search = 0.0, timing_boost = 0.0 }
    /// Rise of the onset multiplier for ln(1 + harm) = 1, in the attacked country.
    after_attack: Number(0.0, 100.0) = 0.04, "per unit of ln(1 + people harmed)", "assumed";
    /// Share of the rise that reaches other countries.
    tie_abroad: Share = 0.3, "share", "assumed";
    /// How strongly the rise multiplies onset.
    onset_response: Number(0.0, 100.0) = 1.0, "factor", "assumed";
    /// Memory of the onset multiplier.
    memory_days: Number(1.0, 10_000.0) = 180.0, "days", "assumed";
    /// Rise of the onset multiplier for each person held or searched without plot per million residents.
    after_search: Number(0.0, 100.0) = 0.002, "per person per million residents", "assumed";
    /// Rise of the tempo of plots under way for ln(1 + harm) = 1.
    timing_boost: Number(0.0, 100.0) = 0.1, "per unit of ln(1 + people harmed)", "assumed";
    /// Memory of the quick timing reaction.
    timing_memory_days: Number(0.1, 1_000.0) = 14.0, "days", "assumed";
    /// Share of the rise in onset that an attack brings to other movements.
    other_movements_share: Number(0.0, 10.0) = 0.3, "share", "F10, size assumed";
}

kept!(Grievance: OnsetClocks, PlotRates);

/// What follows a completed attack: onset and timing rise, at home most.
pub(crate) fn after_attack(sim: &mut Sim, country: CountryId, movement: MovementId, harmed: f64, cause: FactId) {
    live!("grievance");
    let mut any = false;
    for c in sim.countries() {
        let g = &sim.p.countries[c].grievance;
        let tie = if c == country { 1.0 } else { g.tie_abroad };
        let size = libm::log1p(harmed) * tie;
        let (onset, timing) = (g.after_attack * size, g.timing_boost * size);
        if onset == 0.0 && timing == 0.0 {
            continue;
        }
        any = true;
        let now = sim.now;
        for m in sim.movements() {
            let share = if m == movement { 1.0 } else { g.other_movements_share };
            let state = &mut sim.world.countries[c];
            state.onset_grievance[m].kick(now, g.memory_days, onset * share);
        }
        sim.world.countries[c].timing.kick(now, g.timing_memory_days, timing);
        sim.onset_grievance_changed(c);
        sim.timing_changed(c);
    }
    if any {
        let key = sim.world.countries[country].key;
        sim.fact(FactKind::GrievanceRises, cause, Site::country(country, key), harmed);
    }
}

/// What follows a search or an arrest of someone who was not plotting.
pub(crate) fn after_search(sim: &mut Sim, country: CountryId, movement: MovementId) {
    live!("grievance");
    let g = &sim.p.countries[country].grievance;
    if g.after_search == 0.0 {
        return;
    }
    let millions = (sim.world.countries[country].residents / 1e6).max(1e-6);
    let now = sim.now;
    sim.world.countries[country].onset_grievance[movement].kick(now, g.memory_days, g.after_search / millions);
    sim.onset_grievance_changed(country);
}
