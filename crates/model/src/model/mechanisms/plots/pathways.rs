//! M14: the ways in which a plot comes about, and who takes part.
//!
//! Rule: a committed person starts a plot at a hazard of its own (more if blocked from travelling).
//! Committed friends of the circle join, each with a chance. If a returnee or an in-person recruiter
//! lives in the neighbourhood, or a friend is a veteran, the plot is *networked* with the chance
//! `tie_share`, otherwise *inspired*. *Online-directed* plots come from M7, *dispatched* ones from M11;
//! a returnee's own plot is networked. A few people plot out of the blue: true loners. Propaganda of a movement that
//! holds territory incites its committed: their hazard is multiplied by 1 + i × volume heard × D, with the volume of M2
//! less what is taken down, and the drive D of M11 by loss of territory and pressure, which collapse ends.
//! Sources: F1, F2, F14, F35, F39; rates assumed. Neutral: all rates 0.

use crate::engine::hazard::Hazard;
use crate::engine::time::DAYS_PER_YEAR;
use crate::model::kinds::clock::ClockKind;
use crate::model::kinds::decision::Decision;
use crate::model::kinds::fact::FactId;
use crate::model::kinds::kept::kept;
use crate::model::moves::plots::{self, Start};
use crate::model::moves::{people, propaganda};
use crate::model::parameters::Parameters;
use crate::model::sim::{Sim, live};
use crate::model::state::{Channel, State};

use crate::model::state::Pathway;
use crate::model::state::ids::{CountryId, MovementId, PersonId, PlotId, Position};

crate::parameters! {
    /// Self-started plots: rates, company, ties (M14).
    Pathways = "pathways", "M14", Country;
    neutral { self_start_per_committed_per_year = 0.0, sudden_per_million_per_year = 0.0, friend_joins_share = 0.0 }
    /// Plots that one committed person starts unprompted.
    self_start_per_committed_per_year: Number(0.0, 100.0) = 0.0025, "per committed person per year", "assumed, after F2";
    /// i: how much propaganda at volume 1 incites the committed to plot.
    incited_factor: Number(0.0, 1_000.0) = 0.0, "factor", "assumed, after F2 and F39";
    /// How much loss of territory raises the incitement.
    incited_loss_factor: Number(0.0, 100.0) = 0.0, "factor", "assumed, after F11 and F39";
    /// How much full pressure raises it.
    incited_pressure_factor: Number(0.0, 100.0) = 0.0, "factor", "assumed, after F11 and F39";
    /// Plots by people who were in no special state before: true loners.
    sudden_per_million_per_year: Number(0.0, 1e6) = 0.0, "plots per million residents per year", "assumed, after F14";
    /// Chance that a committed friend of the circle joins a plot.
    friend_joins_share: Share = 0.3, "share", "assumed, after F35";
    /// Most members of a self-started plot.
    members_most: Count(1.0, 100.0) = 5.0, "people", "assumed";
    /// Chance that ties at hand turn a self-started plot into a networked one.
    tie_share: Share = 0.3, "share", "assumed, after F2";
}

kept!(Pathways: SelfStartClocks);

/// Sets the country's clocks of self-started plots.
pub(crate) fn hazards(sim: &mut Sim, c: CountryId) {
    live!("pathways");
    let sudden = sim.p.countries[c].pathways.sudden_per_million_per_year / 1e6 / DAYS_PER_YEAR;
    let heard = propaganda::heard(sim, c);
    for m in sim.movements() {
        sim.set_steady(rates(sim.p, (c, m), heard), c, m);
        let sudden = sudden * sim.p.movements[m].onset_factor();
        sim.set_clock(ClockKind::Sudden, c, m, Hazard::constant(sudden));
    }
}

/// How fast the committed of a movement start plots unprompted, a day, where propaganda is heard at this volume.
pub(crate) fn rates(p: &Parameters, (c, m): (CountryId, MovementId), heard: f64) -> [(ClockKind, f64); 2] {
    let t = &p.countries[c];
    let rate = t.pathways.self_start_per_committed_per_year / DAYS_PER_YEAR * incited(p, (c, m), heard);
    let (blocked, scale) = (rate * t.travel.blocked_plot_factor, p.movements[m].plot_scale);
    [(ClockKind::SelfStart, rate * scale), (ClockKind::SelfStartBlocked, blocked * scale)]
}

/// How much propaganda incites the committed of a movement, against 1.
fn incited(p: &Parameters, (c, m): (CountryId, MovementId), heard: f64) -> f64 {
    let t = &p.countries[c];
    if t.pathways.incited_factor == 0.0 || p.movements[m].holds_territory == 0.0 {
        return 1.0;
    }
    let volume = t.onset.propaganda_level * (1.0 - t.onset.takedown_share) * heard;
    let drive = p.world.territory.drive(t.pathways.incited_loss_factor, t.pathways.incited_pressure_factor);
    1.0 + t.pathways.incited_factor * volume * drive
}

/// A committed person begins to be able to plot.
pub(crate) fn await_self_start(sim: &mut Sim, id: PersonId, entry: u32) {
    let person = &sim.world.persons[id];
    let (c, m) = (person.country, person.movement);
    let kind = if person.blocked { ClockKind::SelfStartBlocked } else { ClockKind::SelfStart };
    if sim.ever.self_starts {
        sim.join(id, (kind, c, m), Decision::SelfStart, entry, 1.0);
    }
}

/// Books the country's next plot out of the blue.
pub(crate) fn await_sudden(sim: &mut Sim, c: CountryId, m: MovementId, occasion: u32) {
    let state = &sim.world.countries[c];
    let (key, residents) = (state.key.child(Decision::NameSource.number(), 64 + m.place() as u64), state.residents);
    if residents <= 0.0 || !sim.ever.sudden_plots {
        return;
    }
    let threshold = sim.threshold(key, Decision::SelfStart, occasion);
    let clock = sim.clock(ClockKind::Sudden, c, m);
    sim.world.clocks[clock].join(sim.now, key.bits(), u32::from(c.0), occasion, threshold, residents);
    sim.touch(ClockKind::Sudden, clock);
}

/// Someone who was in no special state starts a plot alone.
pub(crate) fn sudden(sim: &mut Sim, c: CountryId, m: MovementId, occasion: u32) {
    await_sudden(sim, c, m, occasion + 1);
    live!("pathways");
    let source = sim.world.countries[c].key.child(Decision::NameSource.number(), 64 + m.place() as u64);
    let key = source.child(Decision::NameRecruit.number(), u64::from(occasion));
    let n = people::neighbourhood(sim, c, key);
    let id = people::new_person(sim, key, n, m);
    plots::start(sim, Start::of(vec![id], Pathway::Inspired, 0));
}

fn company(sim: &Sim, id: PersonId) -> Vec<PersonId> {
    let c = sim.world.persons[id].country;
    let p = &sim.p.countries[c].pathways;
    let mut members = vec![id];
    for friend in people::friends(sim, id, State::Committed) {
        let person = &sim.world.persons[friend];
        if (members.len() as f64) < p.members_most
            && sim.chance(sim.between(friend, id), Decision::Joins, person.entries, p.friend_joins_share)
        {
            members.push(friend);
        }
    }
    members
}

/// Whether somebody with ties is at hand: a veteran among friends, a returnee or a recruiter near by.
fn ties(sim: &Sim, members: &[PersonId]) -> bool {
    let person = &sim.world.persons[members[0]];
    let near = &sim.world.neighbourhoods[person.neighbourhood];
    near.returnees > 0
        || near.recruiters[person.movement] > 0
        || members.iter().any(|&id| sim.world.persons[id].veteran)
}

/// A committed person starts a plot unprompted.
pub(crate) fn self_started(sim: &mut Sim, id: PersonId) {
    live!("pathways");
    let members = company(sim, id);
    let person = &sim.world.persons[id];
    let (key, entry, c, cause) = (person.key, person.entries, person.country, person.cause);
    let share = sim.p.countries[c].pathways.tie_share;
    let networked = ties(sim, &members) && sim.chance(key, Decision::Network, entry, share);
    let pathway = if networked { Pathway::Networked } else { Pathway::Inspired };
    plots::start(sim, Start::of(members, pathway, cause));
}

/// A groomed contact is instructed to plot; committed friends may join.
pub(crate) fn instructed(sim: &mut Sim, id: PersonId, cause: FactId) {
    let members = company(sim, id);
    plots::start(sim, Start::of(members, Pathway::OnlineDirected, cause));
}

/// A plot of the time before is under way; at home committed friends have joined.
pub(crate) fn under_way(sim: &mut Sim, team: Vec<PersonId>, pathway: Pathway) {
    let members = if pathway == Pathway::Dispatched { team } else { company(sim, team[0]) };
    plots::start(sim, Start { under_way: true, ..Start::of(members, pathway, 0) });
}

/// A dormant returnee starts a plot with friends.
pub(crate) fn returnee_starts(sim: &mut Sim, id: PersonId) {
    let members = company(sim, id);
    let cause = sim.world.persons[id].cause;
    plots::start(sim, Start::of(members, Pathway::Networked, cause));
}

/// A team arrives from abroad, less those stopped on the way; a wider design is cut into cells that share only a
/// support node.
pub(crate) fn dispatched(sim: &mut Sim, team: &[PersonId], hurried: bool, cause: FactId) {
    let (mut recognised, mut through) = (Vec::new(), Vec::new());
    for &id in team {
        let seen = sim.recognise_on_the_way(id);
        if seen && sim.stop_on_the_way(id) {
            continue;
        }
        through.push(id);
        if seen {
            recognised.push(id);
        }
    }
    let Some(&first) = through.first() else { return };
    let team = &through[..];
    let leader = sim.world.persons[first].key;
    let (occasion, m) = (u32::from(sim.world.persons[first].plots_made), sim.world.persons[first].movement);
    let cells = sim.cells_of_design(leader, occasion, team.len(), m);
    let mut siblings: Vec<PlotId> = Vec::new();
    for (i, part) in split(team, cells).into_iter().enumerate() {
        let design = leader.child(Decision::NameCell.number(), u64::from(occasion) << 32 | i as u64);
        let plot = plots::start(
            sim,
            Start { hurried, design: Some(leader), cell: design, ..Start::of(part, Pathway::Dispatched, cause) },
        );
        siblings.push(plot);
    }
    for &plot in &siblings {
        for &other in &siblings {
            plots::tie(sim, plot, other);
        }
    }
    for id in recognised {
        let person = &sim.world.persons[id];
        let (home, evidence) = (person.country, sim.p.countries[person.country].returns.recognised_evidence);
        let cause = person.cause;
        sim.open_file(home, id, Channel::Border, evidence, cause);
    }
}

fn split(team: &[PersonId], cells: usize) -> Vec<Vec<PersonId>> {
    let mut parts = vec![Vec::new(); cells.clamp(1, team.len())];
    for (i, &id) in team.iter().enumerate() {
        let at = i % parts.len();
        parts[at].push(id);
    }
    parts
}

#[cfg(test)]
mod tests {
    use crate::model::state::ids::PersonId;

    #[test]
    fn a_team_is_split_without_losing_anyone() {
        for size in 1..9 {
            for cells in 1..12 {
                let team: Vec<PersonId> = (0..size).map(PersonId).collect();
                let parts = super::split(&team, cells);
                assert!(parts.iter().all(|p| !p.is_empty()));
                let mut all: Vec<PersonId> = parts.concat();
                all.sort_unstable();
                assert_eq!(all, team);
            }
        }
    }
}
