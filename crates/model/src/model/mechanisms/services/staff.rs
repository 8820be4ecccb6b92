//! The staff of a service: its numbers, and how many teams, servers and free officers they make.

use crate::model::sim::{Sim, live};

crate::parameters! {
    /// Staff of the country's service (M19 to M24): the resources that policies move.
    Services = "services", "M19-M24", Country;
    neutral { analysts = 0.0, surveillance_officers = 0.0, case_officers = 0.0, undercover_personas = 0.0, border_inspections_per_month = 0.0 }
    /// Analysts who assess leads.
    analysts: Count(0.0, 1e6) = 5.0, "analysts", "assumed, after F41";
    /// Officers for watching people day and night.
    surveillance_officers: Count(0.0, 1e6) = 60.0, "officers", "F40";
    /// Officers whom watching one person day and night takes.
    officers_per_team: Number(1.0, 1_000.0) = 30.0, "officers per team", "F40";
    /// Officers who run cases, intervene and follow up.
    case_officers: Count(0.0, 1e6) = 40.0, "officers", "assumed, after F41";
    /// Undercover personas online.
    undercover_personas: Count(0.0, 1e6) = 0.0, "personas", "assumed";
    /// Thorough inspections at the border on the routes from held territory.
    border_inspections_per_month: Number(0.0, 1e9) = 60.0, "inspections per month", "assumed";
    /// Share of staff time that ordinary crime and other work take.
    other_work_share: Share = 0.1, "share", "assumed, after F10";
}

/// Teams that can watch at once.
pub(crate) fn teams(sim: &Sim, c: usize) -> u32 {
    live!("services", 0);
    let s = &sim.p.countries[c].services;
    libm::floor(s.surveillance_officers * (1.0 - s.other_work_share) / s.officers_per_team + 1e-9) as u32
}

/// Analysts who can assess at once.
pub(crate) fn analysts(sim: &Sim, c: usize) -> u32 {
    live!("services", 0);
    let s = &sim.p.countries[c].services;
    libm::floor(s.analysts * (1.0 - s.other_work_share) + 1e-9) as u32
}

/// Officers whom one intervention binds; a service with fewer does it with all that it has.
pub(crate) fn officers_per_intervention(sim: &Sim, c: usize) -> f64 {
    let t = &sim.p.countries[c];
    let staff = t.services.case_officers * (1.0 - t.services.other_work_share);
    t.intervention.officers_per_intervention.min(staff)
}

/// Case officers not bound by interventions, raids or stings.
pub(crate) fn free_case_officers(sim: &Sim, c: usize) -> f64 {
    live!("services", 0.0);
    let t = &sim.p.countries[c];
    let state = &sim.world.countries[c];
    let staff = t.services.case_officers * (1.0 - t.services.other_work_share);
    let raids = f64::from(state.raids_open) * t.aftermath.officers_per_raid;
    let bound = f64::from(state.executing) * officers_per_intervention(sim, c)
        + raids.min(staff * t.aftermath.officers_share_most)
        + super::investigations::officers_bound(sim, c, staff)
        + crate::model::mechanisms::recruiters::stings::officers_bound(sim, c);
    (staff - bound).max(0.0)
}
