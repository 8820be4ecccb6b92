//! The daily shift: allocates staff, and nothing else; work, detection and waiting go on continuously.

use crate::model::kinds::event::EventKind;
use crate::model::sim::Sim;

use super::{intervention, subjects, surveillance, triage};

/// Books a country's next shift, at the same hour of the next day.
pub(crate) fn book(sim: &mut Sim, c: usize) {
    let key = sim.world.countries[c].key;
    let next = libm::floor(sim.now) + 1.0;
    sim.schedule(next, EventKind::Shift(c as u8), key, 0);
}

/// One country's shift.
pub(crate) fn run(sim: &mut Sim, c: usize) {
    subjects::shed(sim, c);
    surveillance::shift(sim, c);
    intervention::begin_waiting(sim, c);
    triage::next(sim, c);
    book(sim, c);
}
