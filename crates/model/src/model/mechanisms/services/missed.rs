//! Chances that were missed, and why: what a service with the staff, or with what others knew, would have seen.
//!
//! Rule: a sign on a member that nobody saw is a chance missed for staff if the file was parked or closed for
//! lack of staff and it would have been seen on an open file at work, or if the file was hot enough for a
//! team, none was there, and the team would have seen it. It is put down to the gap between services if it
//! would have been seen on an open file at work, and another service has such a file on the owner, or a
//! record that cannot be seen here; to judgement if the own file was closed after review, or only a record
//! lay there. A lead on a plotter that goes stale is a chance missed for staff; one that is dismissed, by
//! judgement. Signs of people whom no service knows are no chances. Accounting: changes no other number.
//! Source: F44 counts the missed chances of one inquiry, and those for lack of staff among them.

use crate::model::kinds::fact::{FactId, FactKind};
use crate::model::sim::{Sim, Site};
use crate::model::state::{Ending, FileStatus};

use crate::model::moves::{files, staff};
use crate::model::state::ids::{CountryId, PersonId, PlotId};

/// A sign has gone by unseen under this status; `seen` tells whether it would have been seen under another.
pub(crate) fn sign(
    sim: &mut Sim,
    index: PlotId,
    place: CountryId,
    owner: PersonId,
    status: FileStatus,
    seen: impl Fn(&Sim, FileStatus) -> bool,
) {
    let wanted = if status >= FileStatus::Open { FileStatus::Watched } else { FileStatus::Open };
    if !seen(sim, wanted) {
        return;
    }
    let Some(kind) = reason(sim, place, owner, status) else { return };
    let cause = files::dossier(sim, place, owner).map_or(0, |d| sim.world.dossiers[d].cause);
    note(sim, kind, index, owner, place, cause);
}

/// A lead has come to nothing: a chance, if it was about somebody who plots.
pub(crate) fn lead(sim: &mut Sim, id: PersonId, service: CountryId, kind: FactKind, cause: FactId) {
    let plot = sim.world.persons[id].plot;
    if plot.is_some() && sim.world.plots[plot].ending == Ending::InProgress {
        note(sim, kind, plot, id, service, cause);
    }
}

fn reason(sim: &Sim, place: CountryId, owner: PersonId, status: FileStatus) -> Option<FactKind> {
    let own = files::dossier(sim, place, owner).map(|d| &sim.world.dossiers[d]);
    if status >= FileStatus::Open {
        let lacking = files::dossier(sim, place, owner).is_some_and(|d| staff::team_lacking(sim, d));
        return lacking.then_some(FactKind::ChanceMissedForStaff);
    }
    if status == FileStatus::Parked || own.is_some_and(|file| file.closed_for_staff) {
        return Some(FactKind::ChanceMissedForStaff);
    }
    let elsewhere = files::each(sim, owner).any(|d| {
        let file = &sim.world.dossiers[d];
        file.service != place && file.status >= FileStatus::Open
    });
    if elsewhere {
        Some(FactKind::ChanceMissedBetween)
    } else if status == FileStatus::Closed {
        Some(FactKind::ChanceMissedByJudgement)
    } else {
        // Whoever is unknown here can only have a record that is not visible here.
        (sim.world.persons[owner].records != 0).then_some(FactKind::ChanceMissedBetween)
    }
}

fn note(sim: &mut Sim, kind: FactKind, index: PlotId, owner: PersonId, service: CountryId, cause: FactId) {
    let plot = &mut sim.world.plots[index];
    if kind == FactKind::ChanceMissedForStaff {
        plot.missed.for_staff += 1;
    } else if kind == FactKind::ChanceMissedByJudgement {
        plot.missed.by_judgement += 1;
    } else {
        plot.missed.between += 1;
    }
    let key = plot.key;
    let site = Site { country: service, plot: key, ..Site::person(&sim.world.persons[owner]) };
    sim.fact(kind, cause, site, 1.0);
}
