//! The staff of a service at this moment: free teams, free officers, and the threshold that they act on.

use crate::model::sim::{Sim, live};
use crate::model::state::FileStatus;

use super::files;
use crate::model::state::ids::{CountryId, FileId};

/// Teams that watch nobody.
pub(crate) fn free_teams(sim: &Sim, c: CountryId) -> u32 {
    sim.world.countries[c].teams.saturating_sub(sim.world.countries[c].watched.len() as u32)
}

/// Whether a file is hot enough for a team and none sees anything: none is free, or it is still on the move.
pub(crate) fn team_lacking(sim: &Sim, d: FileId) -> bool {
    live!("surveillance", false);
    let file = &sim.world.dossiers[d];
    let threshold = sim.p.countries[file.service].subjects.watch_log_odds;
    if file.status == FileStatus::Watched {
        sim.now < file.blind_until
    } else {
        file.status == FileStatus::Open && files::belief(sim, d) >= threshold
    }
}

/// Officers whom one intervention binds; a service with fewer does it with all that it has.
pub(crate) fn officers_per_intervention(sim: &Sim, c: CountryId) -> f64 {
    let t = &sim.p.countries[c];
    t.intervention.officers_per_intervention.min(t.services.officers_at_work())
}

/// Case officers not bound by interventions, raids, investigations or stings.
pub(crate) fn free_case_officers(sim: &Sim, c: CountryId) -> f64 {
    live!("services", 0.0);
    let t = &sim.p.countries[c];
    let state = &sim.world.countries[c];
    let staff = t.services.officers_at_work();
    let raids = f64::from(state.raids_open) * t.aftermath.officers_per_raid;
    let bound = f64::from(state.executing) * officers_per_intervention(sim, c)
        + raids.min(staff * t.aftermath.officers_share_most)
        + t.investigations.officers_bound(state.investigations, staff)
        + t.stings.officers_bound(state.desk.stings);
    (staff - bound).max(0.0)
}

/// The threshold of intervention in force, lowered by emergency powers.
pub(crate) fn threshold(sim: &Sim, c: CountryId) -> f64 {
    let t = &sim.p.countries[c];
    t.intervention.threshold_log_odds - t.emergency.cut(sim.now, sim.world.countries[c].emergency_until)
}
