//! The staff of a service at this moment: free teams, free officers, and the threshold that they act on.

use crate::model::sim::{Sim, live};
use crate::model::state::FileStatus;

use super::files;
use crate::model::state::ids::{CountryId, FileId};

/// Teams that watch nobody.
pub(crate) fn free_teams(sim: &Sim, c: CountryId) -> u32 {
    sim.world.countries[c].teams.saturating_sub(sim.world.countries[c].watched.len() as u32)
}

/// Teams that search, a part of a team among them.
pub(crate) fn searching_teams(sim: &Sim, c: CountryId) -> f64 {
    let state = &sim.world.countries[c];
    if sim.p.countries[c].services.part_teams == 0.0 {
        return f64::from(free_teams(sim, c));
    }
    (state.teams_exact - state.watched.len() as f64).max(0.0)
}

/// The part of the time for which somebody watched is watched: less than all where a team is not whole.
pub(crate) fn watched_part(sim: &Sim, c: CountryId) -> f64 {
    let state = &sim.world.countries[c];
    if sim.p.countries[c].services.part_teams == 0.0 || state.watched.is_empty() {
        return 1.0;
    }
    (state.teams_exact / state.watched.len() as f64).min(1.0)
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

/// Officers whom one intervention binds; a service with few does it with a share of what it has.
pub(crate) fn officers_per_intervention(sim: &Sim, c: CountryId) -> f64 {
    let t = &sim.p.countries[c];
    t.intervention.officers_per_intervention.min(t.services.officers_at_work() * t.intervention.officers_share_most)
}

/// Whether an intervention could begin now.
pub(crate) fn can_intervene(sim: &Sim, c: CountryId) -> bool {
    free_case_officers(sim, c) + 1e-9 >= officers_per_intervention(sim, c)
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
