//! The birth and the end of a plot: who becomes a plotter, what is seen of it, and what becomes of its people.

use crate::engine::clock::Countdown;
use crate::engine::hazard::{Hazard, Term};
use crate::engine::heap::Handle;
use crate::engine::key::Key;
use crate::model::kinds::decision::Decision;
use crate::model::kinds::fact::{FactId, FactKind};
use crate::model::sim::{Sim, Site};
use crate::model::state::{Channel, Ending, Fragment, MissedChances, Pathway, Plot, Stage, State};

use super::{files, people};
use crate::model::state::ids::{CountryId, PersonId, PlotId};

/// A key that no cell has.
const NO_CELL: Key = Key::NONE;

/// Memory of recent foils, in days.
pub(crate) const FOIL_MEMORY_DAYS: f64 = 180.0;

/// Where a plot is prepared, and where it aims.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sites {
    pub(crate) preparation: CountryId,
    pub(crate) target: CountryId,
}

/// How a plot begins.
pub(crate) struct Start {
    pub(crate) members: Vec<PersonId>,
    pub(crate) pathway: Pathway,
    pub(crate) hurried: bool,
    pub(crate) design: Option<Key>,
    pub(crate) cell: Key,
    pub(crate) tasks_done_share: f64,
    /// It has begun before: it is as far and as old as the history says.
    pub(crate) under_way: bool,
    pub(crate) cause: FactId,
}

impl Start {
    pub(crate) fn of(members: Vec<PersonId>, pathway: Pathway, cause: FactId) -> Self {
        Self {
            members,
            pathway,
            hurried: false,
            design: None,
            cell: NO_CELL,
            tasks_done_share: 0.0,
            under_way: false,
            cause,
        }
    }
}

/// Starts a plot; the founder is the first member.
pub(crate) fn start(sim: &mut Sim, how: Start) -> PlotId {
    let founder = &mut sim.world.persons[how.members[0]];
    let occasion = u32::from(founder.plots_made);
    founder.plots_made += 1;
    let founder = founder.clone();
    let key = if how.cell == NO_CELL {
        founder.key.child(Decision::NamePlot.number(), u64::from(occasion))
    } else {
        how.cell.child(Decision::NamePlot.number(), u64::from(occasion))
    };
    let index = sim.world.plots.next();
    let sites = sim.sites_of_plot(key, how.pathway, founder.country);
    let sites = sim.admitted(&how.members, key, sites);
    let tasks = sim.tasks_of_plot(founder.country, how.pathway, founder.movement, how.hurried);
    let (done, age) = if how.under_way {
        sim.progress_under_way(key, sites.preparation, tasks)
    } else {
        (libm::floor(f64::from(tasks) * how.tasks_done_share) as u32, 0.0)
    };
    for &id in &how.members {
        join(sim, id, index);
    }
    let helpers = sim.helpers_of_plot(key, how.members[0], how.pathway);
    let veteran = how.members.iter().any(|&id| sim.world.persons[id].veteran);
    let now = sim.now;
    sim.world.plots.add(Plot {
        key,
        design: how.design.unwrap_or(key),
        pathway: how.pathway,
        movement: founder.movement,
        home: founder.country,
        preparation: sites.preparation,
        target: sites.target,
        founders: how.members.len() as u32,
        members: how.members,
        helpers,
        siblings: Vec::new(),
        tasks,
        done: done.min(tasks.saturating_sub(1)),
        hurried: how.hurried,
        started: now - age,
        ended: f64::INFINITY,
        ending: Ending::InProgress,
        channel: Channel::None,
        foiled_by: None,
        stage_at_end: Stage::Forming,
        work: Countdown::start(now, 1.0, Hazard::ZERO),
        work_at: Handle::NONE,
        signs: Countdown::start(now, 1.0, Hazard::ZERO),
        signs_at: Handle::NONE,
        sign_count: 0,
        search: Countdown::start(now, 1.0, Hazard::ZERO),
        search_at: Handle::NONE,
        searched: false,
        joining: Countdown::start(now, 1.0, Hazard::ZERO),
        joining_at: Handle::NONE,
        dissolve_at: Handle::NONE,
        fragments: Vec::new(),
        completion_chance: 0.0,
        harmed: 0.0,
        killed: 0.0,
        known_own: 0,
        known_any: 0,
        veteran,
        dot: false,
        missed: MissedChances::default(),
        by_grievance: founder.by_grievance,
        cause: how.cause,
    });
    sim.world.countries[sites.preparation].plots.insert((key, index));
    let kind = if how.under_way { FactKind::PlotUnderWay } else { FactKind::PlotStarted };
    let fact = sim.plot_fact(kind, index, how.cause, founder.country, f64::from(tasks));
    tell_members(sim, index);
    if !how.under_way {
        note_origin(sim, index, veteran, fact);
    }
    sim.organise_plot(index);
    sim.plot_begins(index);
    sim.go_to_preparation(index);
    index
}

/// Ties two plots: when one is exposed, the other may be.
pub(crate) fn tie(sim: &mut Sim, one: PlotId, other: PlotId) {
    for (from, to) in [(one, other), (other, one)] {
        let siblings = &mut sim.world.plots[from].siblings;
        if from != to && !siblings.contains(&to) {
            siblings.push(to);
        }
    }
}

/// Circumstances beside the start: who takes part, the founder first.
fn tell_members(sim: &mut Sim, index: PlotId) {
    if !sim.explains() {
        return;
    }
    let plot = sim.world.plots[index].key;
    for at in 0..sim.world.plots[index].members.len() {
        let id = sim.world.plots[index].members[at];
        let person = &sim.world.persons[id];
        let (cause, site) = (person.cause, Site { plot, ..Site::person(person) });
        sim.explain(FactKind::PlotJoined, cause, site, at as f64);
    }
}

/// Facts beside the start: plots with returned fighters, and with people stopped from travelling.
fn note_origin(sim: &mut Sim, index: PlotId, veteran: bool, cause: FactId) {
    let plot = &sim.world.plots[index];
    let site = Site::plot(plot, plot.home);
    let blocked = plot.members.iter().any(|&id| sim.world.persons[id].blocked);
    if veteran && plot.pathway != Pathway::Dispatched {
        sim.fact(FactKind::VeteranPlots, cause, site, 1.0);
    }
    if blocked {
        sim.fact(FactKind::BlockedPlots, cause, site, 1.0);
    }
}

fn join(sim: &mut Sim, id: PersonId, plot: PlotId) {
    sim.drop_contact(id);
    people::leave_state(sim, id);
    let person = &mut sim.world.persons[id];
    person.state = State::Plotter;
    person.plot = plot;
    sim.await_reports_as_plotter(id);
}

/// Stops everything that a plot has on the agenda.
fn close(sim: &mut Sim, index: PlotId, ending: Ending) {
    let now = sim.now;
    let plot = &mut sim.world.plots[index];
    plot.ending = ending;
    plot.ended = now;
    plot.stage_at_end = plot.stage();
    let booked = [plot.work_at, plot.signs_at, plot.search_at, plot.dissolve_at, plot.joining_at];
    let (preparation, key) = (plot.preparation, plot.key);
    for handle in booked {
        sim.agenda.cancel(handle);
    }
    sim.world.countries[preparation].plots.remove(&(key, index));
}

/// The last task is done: the attack is attempted.
pub(crate) fn launch(sim: &mut Sim, index: PlotId) {
    if !sim.go_to_target(index) {
        return;
    }
    sim.attempt_begins(index);
    note_who_was_known(sim, index);
    let chance = sim.completion_chance(index);
    sim.world.plots[index].completion_chance = chance;
    let completed = sim.attempt_completes(index, chance);
    close(sim, index, if completed { Ending::Completed } else { Ending::Failed });
    let plot = &sim.world.plots[index];
    let (target, movement, cause, members) = (plot.target, plot.movement, plot.cause, plot.members.clone());
    let kind = if completed { FactKind::PlotCompleted } else { FactKind::PlotFailed };
    let fact = sim.plot_fact(kind, index, cause, target, members.len() as f64);
    if completed {
        sim.inflict_harm(index);
    }
    for id in members {
        attacker_out(sim, id, index, fact);
    }
    let harmed = sim.world.plots[index].harmed;
    if completed {
        sim.attack_completed(target, movement, harmed, fact);
    }
    sim.attempt_over(index, target, fact);
}

fn note_who_was_known(sim: &mut Sim, index: PlotId) {
    let plot = &sim.world.plots[index];
    let target = plot.target;
    let (mut own, mut any) = (0, 0);
    for &id in &plot.members {
        let person = &sim.world.persons[id];
        own += u32::from(person.records & target.bit() != 0 || person.records & person.country.bit() != 0);
        any += u32::from(person.records != 0);
    }
    let plot = &mut sim.world.plots[index];
    plot.known_own = own;
    plot.known_any = any;
}

/// Attackers die, are caught, or get away.
fn attacker_out(sim: &mut Sim, id: PersonId, index: PlotId, cause: FactId) {
    let person = &sim.world.persons[id];
    let (key, entry, c) = (person.key, person.entries, person.country);
    sim.drop_files(id);
    sim.world.persons[id].plot = PlotId::NONE;
    let escapes =
        sim.chance(key, Decision::AttackerSurvives, entry, sim.p.countries[c].survivors.attacker_escapes_share);
    if escapes {
        sim.hide_survivor(id, index, cause);
    } else {
        people::leave_state(sim, id);
        sim.world.persons[id].state = State::Dead;
    }
}

/// Whether somebody who takes part has been trained to the end.
pub(crate) fn trained(sim: &Sim, plot: &Plot) -> bool {
    plot.members.iter().any(|&id| sim.world.persons[id].trained)
}

/// A service ends the plot; the members not named in `caught` are handled by the caller.
pub(crate) fn foil(sim: &mut Sim, index: PlotId, service: CountryId, channel: Channel, cause: FactId) {
    close(sim, index, Ending::Foiled);
    let plot = &mut sim.world.plots[index];
    plot.channel = channel;
    plot.foiled_by = Some(service);
    let fact = sim.plot_fact(FactKind::PlotFoiled, index, cause, service, channel.code());
    let now = sim.now;
    let memory = FOIL_MEMORY_DAYS;
    let target = sim.world.plots[index].target;
    sim.world.countries[target].recent_foils.kick(now, memory, 1.0);
    sim.plot_foiled(index, service, fact);
}

/// The plot dissolves unaided; its members are committed again.
pub(crate) fn dissolve(sim: &mut Sim, index: PlotId) {
    close(sim, index, Ending::Dissolved);
    let plot = &sim.world.plots[index];
    let (home, cause, members) = (plot.home, plot.cause, plot.members.clone());
    sim.plot_fact(FactKind::PlotDissolved, index, cause, home, 1.0);
    for id in members {
        sim.world.persons[id].plot = PlotId::NONE;
        people::leave_state(sim, id);
        sim.become_committed(id);
    }
}

/// Tempo as a hazard of `rate` per day at tempo 1.
pub(crate) fn at_tempo(sim: &Sim, plot: &Plot, rate: f64, held: f64) -> Hazard {
    let c = plot.preparation;
    let w = &sim.p.countries[c].work;
    let g = &sim.p.countries[c].grievance;
    let rate = rate * held;
    let young =
        Term { amplitude: rate * w.tempo_boost_at_start, decay: 1.0 / w.tempo_boost_days, reference: plot.started };
    let timing = sim.world.countries[c].timing.term(rate, g.timing_memory_days);
    let both = if young.amplitude == 0.0 || timing.amplitude == 0.0 {
        Term::ZERO
    } else {
        // The product of two decays, referred to the later of the two references.
        let (decay, reference) = (young.decay + timing.decay, young.reference.max(timing.reference));
        let at = |t: &Term| t.amplitude * libm::exp(-(reference - t.reference) * t.decay);
        Term { amplitude: at(&young) * at(&timing) / rate, decay, reference }
    };
    Hazard { base: rate, terms: [young, timing, both] }
}

/// A plot becomes plain to a service: the first member at large is convincing.
pub(crate) fn reveal(sim: &mut Sim, index: PlotId, service: CountryId, channel: Channel, cause: FactId) {
    let Some(&id) = sim.world.plots[index].members.first() else { return };
    sim.open_file(service, id, channel, 0.0, cause);
    if let Some(d) = files::dossier(sim, service, id) {
        sim.convince(d, 1.0, channel);
    }
}

/// Notes a seen sign with the plot and hands it to the pool.
pub(crate) fn credit(
    sim: &mut Sim,
    plot: PlotId,
    service: CountryId,
    person: PersonId,
    weight: f64,
    name: Key,
    cause: FactId,
) {
    if plot.is_none() {
        sim.contribute_fragment(service, person, plot, name, cause);
        return;
    }
    let fragment = Fragment { time: sim.now, service, person, weight, pooled: false };
    sim.world.plots[plot].fragments.push(fragment);
    sim.contribute_fragment(service, person, plot, name, cause);
}
