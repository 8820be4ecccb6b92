//! M21, watching day and night: finite teams go to the highest believed risk and move when something hotter appears.
//!
//! Rule: a free team goes at once to a file whose belief B passes the watch threshold. At the daily
//! shift a team moves from the coldest watched file to the hottest unwatched one if B is greater by the
//! margin h, and is blind for the time that moving takes; watches gone cold end. Belief alone decides:
//! exchanging who really plots while keeping what was seen changes nothing.
//! Sources: F40 (officers per team), F44; thresholds assumed. Neutral: no teams.

use crate::model::kinds::event::EventKind;
use crate::model::kinds::fact::FactKind;
use crate::model::moves::{files, staff};
use crate::model::sim::{Sim, Site, live};
use crate::model::state::ids::{CountryId, FileId};
use crate::model::state::{FileStatus, Group};

/// The hottest file that a team may go to: of those who stayed and those who travelled some teams may be kept for one.
fn choose(sim: &Sim, c: CountryId) -> Option<FileId> {
    if !sim.p.countries[c].services.keeps_teams() {
        return files::hottest_unwatched(sim, c, |_| true);
    }
    let room = [has_room(sim, c, false), has_room(sim, c, true)];
    files::hottest_unwatched(sim, c, |d| room[usize::from(travelled(sim, d))])
}

/// Whether the person of a file has been abroad.
fn travelled(sim: &Sim, d: FileId) -> bool {
    sim.world.persons[sim.world.dossiers[d].person].veteran
}

/// Whether the teams kept for others leave one for those who travelled, or for those who stayed.
fn has_room(sim: &Sim, c: CountryId, who_travelled: bool) -> bool {
    let services = &sim.p.countries[c].services;
    if !services.keeps_teams() {
        return true;
    }
    let kept = if who_travelled { services.teams_for_stayed_share } else { services.teams_for_travelled_share };
    let state = &sim.world.countries[c];
    let alike = state.watched.iter().filter(|w| travelled(sim, w.2) == who_travelled).count() as f64;
    alike + 1.0 <= f64::from(state.teams) * (1.0 - kept) + 1e-9
}

/// Sends a free team to a file that has become hot enough.
pub(crate) fn consider(sim: &mut Sim, d: FileId) {
    live!("surveillance");
    let file = &sim.world.dossiers[d];
    let c = file.service;
    if file.status != FileStatus::Open || (staff::free_teams(sim, c) == 0 && !sim.explains()) {
        return;
    }
    if files::belief(sim, d) >= sim.p.countries[c].subjects.watch_log_odds {
        if staff::free_teams(sim, c) == 0 {
            let (id, cause) = (sim.world.dossiers[d].person, sim.world.dossiers[d].cause);
            let site = Site { country: c, ..Site::person(&sim.world.persons[id]) };
            sim.explain(FactKind::TeamMissing, cause, site, f64::from(sim.world.countries[c].teams));
            return;
        }
        if has_room(sim, c, travelled(sim, d)) {
            assign(sim, d, 0.0);
        }
    }
}

fn assign(sim: &mut Sim, d: FileId, blind_days: f64) {
    let file = &mut sim.world.dossiers[d];
    file.status = FileStatus::Watched;
    file.watches += 1;
    file.blind_until = sim.now + blind_days;
    let (c, id, cause, first) = (file.service, file.person, file.cause, file.watches == 1);
    let place = files::rank(file, d);
    sim.world.countries[c].watched.insert(place);
    let site = Site { country: c, ..Site::person(&sim.world.persons[id]) };
    let fact = sim.fact(FactKind::WatchStarted, cause, site, 1.0);
    sim.world.dossiers[d].cause = fact;
    if first && sim.world.persons[id].plot.is_none() {
        sim.fact(FactKind::WatchedWithoutPlot, fact, site, 1.0);
    }
    changed(sim, c);
    let hot = sim.world.dossiers[d].group == Group::Hot;
    if blind_days == 0.0 {
        sim.regroup_file(d, Group::Watched);
    } else if sim.ever.grouped {
        let file = &sim.world.dossiers[d];
        let (key, watch) = (file.key, file.watches);
        if hot {
            // It is in the list of those watched now; what it shows is as before until the team is there.
            let place = files::rank(&sim.world.dossiers[d], d);
            sim.world.countries[c].hot.remove(&place);
        }
        sim.schedule(sim.now + blind_days, EventKind::TeamInPlace(d), key, watch);
    }
    sim.watch_changed(d);
}

/// Takes the team away from a file, which stays open.
pub(crate) fn release(sim: &mut Sim, d: FileId) {
    let file = &mut sim.world.dossiers[d];
    if file.status != FileStatus::Watched {
        return;
    }
    file.status = FileStatus::Open;
    let (c, id, cause) = (file.service, file.person, file.cause);
    let place = files::rank(file, d);
    sim.world.countries[c].watched.remove(&place);
    let site = Site { country: c, ..Site::person(&sim.world.persons[id]) };
    let fact = sim.fact(FactKind::WatchEnded, cause, site, 1.0);
    sim.world.dossiers[d].cause = fact;
    changed(sim, c);
    if sim.ever.grouped {
        // A file that was hot before a team set out to it has left the list of hot ones: it comes in anew.
        sim.regroup_file(d, Group::Open);
        sim.heat_may_have_changed(d);
    }
    sim.watch_changed(d);
}

/// The number of free teams has changed: the use of teams, and the search that free teams do.
fn changed(sim: &mut Sim, c: CountryId) {
    let now = sim.now;
    let state = &mut sim.world.countries[c];
    let busy = state.watched.len() as u32 + state.teams_bound;
    let all = state.teams + state.teams_bound;
    state.team_use.set(now, f64::from(busy));
    state.team_full.set(now, f64::from(u8::from(all > 0 && busy >= all)));
    sim.free_teams_changed(c);
    if sim.ever.grouped && sim.p.countries[c].services.part_teams != 0.0 {
        sim.seen_changed(c);
    }
}

/// Sets the number of teams that can watch from the staff in force and the investigations under way.
pub(crate) fn update_staff(sim: &mut Sim, c: CountryId) {
    let running = sim.world.countries[c].investigations;
    let (services, investigations) = (&sim.p.countries[c].services, &sim.p.countries[c].investigations);
    let (exact, bound) = if services.part_teams == 0.0 {
        let all = services.teams();
        let bound = investigations.teams_bound(running, all);
        (f64::from(all - bound), bound)
    } else {
        let all = services.teams_in_part();
        let bound = investigations.part_of_teams_bound(running, all);
        (all - bound, libm::floor(bound + 1e-9) as u32)
    };
    let teams = libm::ceil(exact - 1e-9) as u32;
    let before = &sim.world.countries[c];
    if (teams, bound, exact.to_bits()) != (before.teams, before.teams_bound, before.teams_exact.to_bits()) {
        sim.world.countries[c].teams_exact = exact;
        sim.world.countries[c].teams = teams;
        sim.world.countries[c].teams_bound = bound;
        changed(sim, c);
    }
}

/// A team has come free: the hottest file that waits gets it.
pub(crate) fn reuse(sim: &mut Sim, c: CountryId) {
    live!("surveillance");
    let watch = sim.p.countries[c].subjects.watch_log_odds;
    while staff::free_teams(sim, c) > 0 {
        let Some(d) = choose(sim, c) else { return };
        if files::belief(sim, d) < watch {
            return;
        }
        assign(sim, d, 0.0);
    }
}

/// The coldest watched file on which no intervention is decided.
fn coldest_idle(sim: &Sim, c: CountryId) -> Option<FileId> {
    let watched = &sim.world.countries[c].watched;
    watched.iter().map(|w| w.2).find(|&d| !sim.world.dossiers[d].deciding)
}

/// The daily shift: cold watches end, teams beyond the staff stand down, hot files win teams from colder ones.
pub(crate) fn shift(sim: &mut Sim, c: CountryId) {
    live!("surveillance");
    let p = &sim.p.countries[c].subjects;
    let (watch, margin, blind) = (p.watch_log_odds, p.move_margin, p.move_days);
    loop {
        let over = sim.world.countries[c].watched.len() as u32 > sim.world.countries[c].teams;
        let coldest = sim.world.countries[c].watched.first().map(|w| w.2);
        let Some(d) = coldest_idle(sim, c).or(if over { coldest } else { None }) else { break };
        let cold = files::belief(sim, d) < watch - margin;
        if !over && !cold {
            break;
        }
        release(sim, d);
    }
    reuse(sim, c);
    while let (Some(coldest), Some(hottest)) = (coldest_idle(sim, c), choose(sim, c)) {
        let (low, high) = (files::belief(sim, coldest), files::belief(sim, hottest));
        if high < watch || high <= low + margin {
            break;
        }
        let file = &sim.world.dossiers[hottest];
        let site = Site { country: c, ..Site::person(&sim.world.persons[file.person]) };
        let cause = file.cause;
        release(sim, coldest);
        let fact = sim.fact(FactKind::WatchMoved, cause, site, high - low);
        sim.world.dossiers[hottest].cause = fact;
        assign(sim, hottest, blind);
    }
}
