//! M16: rings of secrecy: members know each other, cells only a support node, helpers a task.
//!
//! Rule: a dispatched design has 1 + Poisson(command style × mean) cells. When one cell is exposed,
//! each other cell of the design is exposed with chance 1 − compartmentation; a sign seen on a helper
//! leads to the member helped with the same chance, and is lost otherwise. Helpers are sympathisers
//! of the founder's neighbourhood. Sources: F8, F9; sizes assumed. Neutral: cells 0, helpers 0,
//! compartmentation 1.

use crate::engine::key::Key;
use crate::model::kinds::decision::Decision;
use crate::model::kinds::fact::{FactId, FactKind};
use crate::model::kinds::kept::kept;
use crate::model::moves::plots;
use crate::model::sim::{Sim, live};
use crate::model::state::{Channel, Ending};

use crate::model::state::Pathway;
use crate::model::state::ids::{MovementId, PersonId, PlotId};

crate::parameters! {
    /// Cells, helpers and compartmentation (M16).
    Secrecy = "secrecy", "M16", World;
    neutral { cells_mean = 0.0, helpers_self_started = 0.0, helpers_directed = 0.0, compartmentation = 1.0 }
    /// Further cells of a dispatched design under a network of pure command.
    cells_mean: Number(0.0, 20.0) = 1.5, "cells", "assumed, after F8";
    /// Helpers of a self-started plot, on average.
    helpers_self_started: Number(0.0, 100.0) = 0.5, "people", "assumed";
    /// Helpers of a directed plot, on average.
    helpers_directed: Number(0.0, 100.0) = 3.0, "people", "assumed, after F8";
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
        let other = &sim.world.plots[sibling];
        let (key, running) = (other.key, other.ending == Ending::InProgress);
        if running && sim.chance(key, Decision::Exposure, 0, share) {
            let service = service.unwrap_or(other.preparation);
            let fact = sim.plot_fact(FactKind::CellExposed, sibling, cause, service, 1.0);
            plots::reveal(sim, sibling, service, Channel::FollowUp, fact);
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
