//! M24: what follows an attack: raids that draw on existing records, officers pulled from other cases.
//!
//! Rule: an attack brings raids in number ∝ ln(1 + harm), more under emergency powers, spread over
//! exponential times. They go to the hottest open files of that day: raids cannot find whom nobody
//! had noticed. A plotter raided is found with a share; everybody else is searched without plot, a few
//! are held, and grievance rises. Until its raid each binds officers. Sources: F17, F44, F45 (4,469
//! searches gave a handful of cases); sizes assumed. Neutral: no raids.

use crate::model::kinds::decision::Decision;
use crate::model::kinds::event::EventKind;
use crate::model::kinds::fact::{FactId, FactKind};
use crate::model::kinds::kept::kept;
use crate::model::moves::{files, staff};
use crate::model::sim::{Sim, Site, live};
use crate::model::state::ids::{FileId, PlotId};
use crate::model::state::{Channel, State};

crate::parameters! {
    /// Raids and follow-up after an attack (M24).
    Aftermath = "aftermath", "M24", Country;
    neutral { raids_per_log_harm = 0.0 }
    /// Raids that an attack with ln(1 + harm) = 1 brings in the target country.
    raids_per_log_harm: Number(0.0, 1e6) = 6.0, "raids", "assumed, after F17, F45";
    /// Mean time from attack to raid.
    raid_days: Number(0.0, 10_000.0) = 10.0, "days", "F17";
    /// Officers whom one raid binds until it is done.
    officers_per_raid: Number(0.0, 1_000.0) = 1.0, "officers", "assumed";
    /// Most of the case officers that raids can bind at once.
    officers_share_most: Share = 0.5, "share", "assumed";
    /// Chance that a raid on a plotter finds the plot.
    raid_finds_share: Share = 0.4, "share", "assumed";
    /// Chance that somebody raided without plot is held.
    raid_holds_share: Share = 0.1, "share", "assumed, after F45";
}

kept!(Aftermath:);

/// Books the raids after an attempt in the target country.
pub(crate) fn after_launch(sim: &mut Sim, index: PlotId, cause: FactId) {
    live!("aftermath");
    let plot = &sim.world.plots[index];
    let (c, harm) = (plot.target, plot.harmed);
    let a = sim.p.countries[c].aftermath.clone();
    let until = sim.world.countries[c].emergency_until;
    let factor = sim.p.countries[c].emergency.raids(sim.now, until);
    let number = libm::round(a.raids_per_log_harm * libm::log1p(harm) * factor) as usize;
    for d in files::hottest(sim, c, number) {
        let file = &mut sim.world.dossiers[d];
        file.raids += 1;
        file.cause = cause;
        let (key, occasion) = (file.key, file.raids);
        let wait = sim.delay(key, Decision::RaidTime, occasion, a.raid_days);
        sim.schedule(sim.now + wait, EventKind::Raid(d), key, occasion);
        sim.world.countries[c].raids_open += 1;
    }
}

/// One raid.
pub(crate) fn raid(sim: &mut Sim, d: FileId, occasion: u32) {
    let service = sim.world.dossiers[d].service;
    let a = sim.p.countries[service].aftermath.clone();
    sim.world.countries[service].raids_open -= 1;
    live!("aftermath");
    let file = &sim.world.dossiers[d];
    let (id, key, cause) = (file.person, file.key, file.cause);
    let person = &sim.world.persons[id];
    if matches!(person.state, State::Dead | State::Prison | State::Abroad) {
        return;
    }
    let (plotting, movement) = (person.plot.is_some(), person.movement);
    let site = Site { country: service, ..Site::person(person) };
    let fact = sim.fact(FactKind::Raid, cause, site, 1.0);
    sim.charge(service, |k| k.raid);
    if plotting {
        if sim.chance(key, Decision::RaidFinds, occasion, a.raid_finds_share) {
            sim.fact(FactKind::RaidFinds, fact, site, 1.0);
            sim.world.persons[id].cause = fact;
            let belief = staff::threshold(sim, service) + 1.0;
            sim.arrest(id, service, Channel::Raid, belief);
        }
        return;
    }
    sim.fact(FactKind::SearchedWithoutPlot, fact, site, 1.0);
    if sim.chance(key, Decision::RaidHolds, occasion, a.raid_holds_share) {
        sim.note_held(id, fact, site);
    }
    sim.searched_without_plot(service, movement);
}
