//! M16: rings of secrecy: members know each other, cells only a support node, helpers a task.
//!
//! Rule: a dispatched design has 1 + Poisson(command style × mean) cells. When one cell is exposed, each other cell
//! of the design is exposed with chance 1 − compartmentation; a sign seen on a helper leads to the member helped
//! with the same chance, and is lost otherwise. Helpers are sympathisers of the founder's neighbourhood. With a
//! share the design of a directed plot has an organiser: an active person of the support node, who can work for
//! several plots and cells at once, leaves signs as a helper, and ties them together: when one is foiled, each
//! other that is still at work is exposed with the same chance. Suppliers are residents in the outermost ring,
//! Poisson many for each task; they do not know what they supply for. Each is found with a share when the task is
//! done, gets a file, and leads on to the founder with chance 1 − compartmentation. Sources: F8, F9; sizes assumed.
//! Neutral: cells 0, helpers 0, organisers 0, suppliers 0, compartmentation 1.

use crate::engine::key::Key;
use crate::model::kinds::decision::Decision;
use crate::model::kinds::fact::{FactId, FactKind};
use crate::model::kinds::kept::kept;
use crate::model::moves::{people, plots};
use crate::model::sim::{Sim, Site, live};
use crate::model::state::{Channel, Ending, Organiser, State};

use crate::model::state::Pathway;
use crate::model::state::ids::{MovementId, PersonId, PlotId};

crate::parameters! {
    /// Cells, helpers and compartmentation (M16).
    Secrecy = "secrecy", "M16", World;
    neutral { cells_mean = 0.0, helpers_self_started = 0.0, helpers_directed = 0.0, organiser_share = 0.0, suppliers_per_task = 0.0, compartmentation = 1.0 }
    /// Further cells of a dispatched design under a network of pure command.
    cells_mean: Number(0.0, 20.0) = 1.5, "cells", "assumed, after F8";
    /// Helpers of a self-started plot, on average.
    helpers_self_started: Number(0.0, 100.0) = 0.5, "people", "assumed";
    /// Helpers of a directed plot, on average.
    helpers_directed: Number(0.0, 100.0) = 3.0, "people", "assumed, after F8";
    /// Share of designs of directed plots that work through an organiser.
    organiser_share: Share = 0.0, "share", "assumed, after F8";
    /// Plots that one organiser works for at once; cells of one design count each.
    organiser_span: Count(1.0, 1_000.0) = 3.0, "plots", "assumed, after F8";
    /// Suppliers for one task of a plot, on average.
    suppliers_per_task: Number(0.0, 100.0) = 0.0, "people per task", "assumed, after F8";
    /// Share of suppliers who are found when they supply.
    supplier_found_share: Share = 0.02, "share", "assumed, after F8";
    /// Evidence on the founder where a found supplier leads on.
    supplier_evidence: Number(0.0, 50.0) = 2.0, "log odds", "assumed";
    /// Chance that one exposed node does not lead to the next.
    compartmentation: Share = 0.6, "share", "assumed, after F8";
}

kept!(Secrecy:);

/// How many cells a design has; never more than it has people.
pub(crate) fn cells(sim: &Sim, leader: Key, occasion: u32, people: usize, m: MovementId) -> usize {
    live!("secrecy", 1);
    let mean = sim.p.world.secrecy.cells_mean * sim.p.movements[m].style();
    (1 + sim.draws.poisson(leader, Decision::Cells.number(), occasion, mean) as usize).min(people)
}

/// The people who help with a task: active neighbours of the founder, nearest on the ring of keys.
pub(crate) fn helpers(sim: &Sim, plot: Key, founder: PersonId, pathway: Pathway) -> Vec<PersonId> {
    live!("secrecy", Vec::new());
    let s = &sim.p.world.secrecy;
    let mean = if pathway.directed() { s.helpers_directed } else { s.helpers_self_started };
    let count = sim.draws.poisson(plot, Decision::Helper.number(), 0, mean) as usize;
    let person = &sim.world.persons[founder];
    let here = sim.presence(person.neighbourhood, person.movement);
    sim.world.presences[here].active.from(plot).take(count).map(|h| h.1).collect()
}

/// An exposed cell may lead to the other cells of its design.
pub(crate) fn expose_siblings(sim: &mut Sim, index: PlotId, cause: FactId) {
    live!("secrecy");
    let plot = &sim.world.plots[index];
    let (siblings, service) = (plot.siblings.clone(), plot.foiled_by);
    let share = 1.0 - sim.p.world.secrecy.compartmentation;
    for sibling in siblings {
        let (other, design) = (&sim.world.plots[sibling], sim.world.plots[index].design);
        // A plot of another design can be exposed by several, one after another: each asks anew.
        let key = if other.design == design {
            other.key
        } else {
            other.key.child(Decision::NamePair.number(), sim.world.plots[index].key.bits())
        };
        let running = other.ending == Ending::InProgress;
        if running && sim.chance(key, Decision::Exposure, 0, share) {
            let service = service.unwrap_or(other.preparation);
            let fact = sim.plot_fact(FactKind::CellExposed, sibling, cause, service, 1.0);
            plots::reveal(sim, sibling, service, Channel::FollowUp, fact);
        }
    }
}

/// A new directed plot may work through an organiser, who ties it to the other plots that the same person works for.
pub(crate) fn organise(sim: &mut Sim, index: PlotId) {
    live!("secrecy");
    let s = &sim.p.world.secrecy;
    let plot = &sim.world.plots[index];
    let (share, span) = (s.organiser_share, s.organiser_span);
    if share == 0.0 || !plot.pathway.directed() || !sim.chance(plot.design, Decision::Organised, 0, share) {
        return;
    }
    let Some(at) = organiser(sim, index, span) else { return };
    let person = sim.world.organisers[at].person;
    let running = |&other: &PlotId| sim.world.plots[other].ending == Ending::InProgress;
    let others: Vec<PlotId> = sim.world.organisers[at].plots.iter().copied().filter(running).collect();
    sim.world.organisers[at].plots = [&others[..], &[index]].concat();
    if !sim.world.plots[index].helpers.contains(&person) {
        sim.world.plots[index].helpers.push(person);
    }
    for other in others {
        plots::tie(sim, index, other);
    }
    sim.world.persons[person].cause = sim.world.plots[index].cause;
    let fact = sim.person_fact(FactKind::PlotOrganised, person);
    let site = Site { plot: sim.world.plots[index].key, ..Site::person(&sim.world.persons[person]) };
    sim.explain(FactKind::PlotJoined, fact, site, sim.world.plots[index].members.len() as f64);
}

/// Who organises: whoever does for another cell of the design, else somebody of the movement with a place left, by a
/// keyed race, else a new one from the founder's neighbourhood.
fn organiser(sim: &mut Sim, index: PlotId, span: f64) -> Option<usize> {
    let plot = &sim.world.plots[index];
    let (key, design, m) = (plot.key, plot.design, plot.movement);
    let active = |id: PersonId| matches!(sim.world.persons[id].state, State::Sympathiser | State::Committed);
    let at_work = |at: usize| {
        let all = &sim.world.organisers[at].plots;
        all.iter().copied().filter(|&p| sim.world.plots[p].ending == Ending::InProgress).collect::<Vec<_>>()
    };
    let all = 0..sim.world.organisers.len();
    let free: Vec<usize> = all
        .filter(|&at| sim.world.organisers[at].movement == m && active(sim.world.organisers[at].person))
        .filter(|&at| (at_work(at).len() as f64) < span)
        .collect();
    let same = free.iter().copied().find(|&at| at_work(at).iter().any(|&p| sim.world.plots[p].design == design));
    if same.is_some() {
        return same;
    }
    let keys = free.iter().map(|&at| (sim.world.persons[sim.world.organisers[at].person].key, 1.0));
    let occasion = (key.bits() >> 32) as u32;
    if let Some(won) = sim.draws.choose(Decision::OrganiserChoice.number(), occasion, keys) {
        return Some(free[won]);
    }
    let founder = &sim.world.persons[sim.world.plots[index].members[0]];
    let here = sim.presence(founder.neighbourhood, m);
    let known = |id: PersonId| sim.world.organisers.iter().any(|o| o.person == id);
    let person = sim.world.presences[here].active.from(key).find(|h| !known(h.1))?.1;
    sim.world.organisers.push(Organiser { person, movement: m, plots: Vec::new() });
    Some(sim.world.organisers.len() - 1)
}

/// A task has been supplied: suppliers can be found, and can lead on.
pub(crate) fn supplied(sim: &mut Sim, index: PlotId, task: u32) {
    live!("secrecy");
    let s = sim.p.world.secrecy.clone();
    if s.suppliers_per_task == 0.0 {
        return;
    }
    let plot = &sim.world.plots[index];
    let (key, c, m, founder) = (plot.key, plot.preparation, plot.movement, plot.members.first().copied());
    let number = sim.draws.poisson(key, Decision::Suppliers.number(), task, s.suppliers_per_task);
    for i in 0..number {
        let name = key.child(Decision::NameSupplier.number(), u64::from(task) << 32 | i);
        if !sim.chance(name, Decision::SupplierFound, 0, s.supplier_found_share) {
            continue;
        }
        let n = people::neighbourhood(sim, c, name);
        let id = people::new_person(sim, name, n, m);
        sim.world.persons[id].cause = sim.world.plots[index].cause;
        let found = sim.person_fact(FactKind::SupplierFound, id);
        sim.open_file(c, id, Channel::Informants, 0.0, found);
        let Some(founder) = founder else { continue };
        if sim.chance(name, Decision::SupplierLeads, 0, 1.0 - s.compartmentation) {
            let fact = sim.plot_fact(FactKind::SupplierLeads, index, found, c, 1.0);
            sim.open_file(c, founder, Channel::Informants, s.supplier_evidence, fact);
        }
    }
}

impl Secrecy {
    /// Chance that a sign seen on a helper leads to the member helped.
    pub(crate) fn leak_share(&self) -> f64 {
        live!("secrecy", 0.0);
        1.0 - self.compartmentation
    }
}
