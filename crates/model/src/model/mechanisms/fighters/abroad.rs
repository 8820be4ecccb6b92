//! M10: life abroad: training, death, attachment to the branch that plans operations outside.
//!
//! Rule: a fighter dies at a rate, which pressure on the territory multiplies, and returns as M12
//! says; after an exponential training time a share of fighters is attached to external operations and
//! can be dispatched (M11). Neutral: death 0, attachment 0 (fighters abroad are then M/M/∞).
//! Source: F30 (14 % dead); the split is assumed.

use crate::engine::time::DAYS_PER_YEAR;
use crate::model::kinds::clock::ClockKind;
use crate::model::kinds::decision::Decision;
use crate::model::kinds::event::EventKind;
use crate::model::kinds::fact::FactKind;
use crate::model::kinds::kept::kept;
use crate::model::moves::people;
use crate::model::parameters::Parameters;
use crate::model::sim::{Sim, live};
use crate::model::state::State;
use crate::model::state::ids::{CountryId, PersonId};

crate::parameters! {
    /// Death, training and attachment to external operations (M10).
    Abroad = "abroad", "M10", Country;
    neutral { death_per_year = 0.0, attached_share = 0.0 }
    /// Death rate at no pressure.
    death_per_year: Number(0.0, 100.0) = 0.07, "per year", "F30, rate derived";
    /// How much full pressure on the territory adds to the death rate, as a factor.
    death_pressure_factor: Number(0.0, 100.0) = 1.5, "factor", "assumed";
    /// Mean time to the end of training.
    training_days: Number(0.0, 10_000.0) = 60.0, "days", "assumed, after F6";
    /// Share attached to external operations.
    attached_share: Share = 0.05, "share", "assumed";
}

kept!(Abroad: DeathClocks);

/// Sets the country's clocks of death abroad.
pub(crate) fn hazards(sim: &mut Sim, c: CountryId) {
    live!("abroad");
    for m in sim.movements() {
        sim.set_steady(rates(sim.p, c), c, m);
    }
}

/// How fast fighters die, a day.
pub(crate) fn rates(p: &Parameters, c: CountryId) -> [(ClockKind, f64); 1] {
    let a = &p.countries[c].abroad;
    let pressure = p.world.territory.pressure;
    [(ClockKind::Death, a.death_per_year * (1.0 + a.death_pressure_factor * pressure) / DAYS_PER_YEAR)]
}

/// A fighter arrives and begins to wait for death and return.
pub(crate) fn enter(sim: &mut Sim, id: PersonId) {
    let person = &mut sim.world.persons[id];
    person.state = State::Abroad;
    person.entries += 1;
    person.veteran = true;
    let (c, m, entry) = (person.country, person.movement, person.entries);
    sim.world.countries[c].abroad += 1;
    sim.join(id, (ClockKind::Death, c, m), Decision::Death, entry, 1.0);
    sim.join(id, (ClockKind::Return, c, m), Decision::Return, entry, 1.0);
    sim.ties_changed(c);
    train(sim, id);
}

/// The training begins.
fn train(sim: &mut Sim, id: PersonId) {
    live!("abroad");
    let person = &sim.world.persons[id];
    let (key, c, entry) = (person.key, person.country, person.entries);
    let a = &sim.p.countries[c].abroad;
    if a.attached_share > 0.0 {
        let wait = sim.delay(key, Decision::Training, entry, a.training_days);
        let timer = sim.schedule(sim.now + wait, EventKind::TrainingEnds(id), key, entry);
        sim.world.persons[id].timer = timer;
    }
}

/// Training ends; some are attached to external operations.
pub(crate) fn trained(sim: &mut Sim, id: PersonId) {
    let person = &mut sim.world.persons[id];
    person.trained = true;
    let (key, c, entry) = (person.key, person.country, person.entries);
    if sim.chance(key, Decision::Attached, entry, sim.p.countries[c].abroad.attached_share) {
        sim.world.persons[id].attached = true;
        let m = sim.world.persons[id].movement;
        sim.world.branches[m].trained.insert((key, id));
        sim.person_fact(FactKind::Trained, id);
        sim.attached_changed();
    }
}

/// A fighter dies.
pub(crate) fn die(sim: &mut Sim, id: PersonId) {
    people::leave_state(sim, id);
    sim.world.persons[id].state = State::Dead;
    sim.person_fact(FactKind::DiedAbroad, id);
    sim.attached_changed();
}
