//! M11: the group's territory, pressure on it, and the dispatch of trained people to attack abroad.
//!
//! Rule: each movement that holds territory has a branch of its own. Territory follows the scenario's dated level ×
//! (1 − pressure × cut). Dispatch hazard = d₀ · scale · N · level · D · exp(κ · max(0, 1 − p̂after ⁄ pnow)), with N
//! trained and attached people left, and the drive D = 1 + a · (1 − level) + b · pressure, or 0 below the level of
//! collapse: loss and pressure raise external operations, collapse ends them, and an announced border tightening
//! brings them forward; each dispatch uses its people up. Recruiters who instruct (M7) and propaganda that incites
//! (M14) have a drive of the same form. Hurried plots start with a readiness deficit. κ = 0 or no announcement: no
//! rush. Neutral: d₀ = 0. Sources: F11, F39; the form and sizes are assumed.

use crate::engine::clock::Countdown;
use crate::engine::hazard::Hazard;
use crate::engine::key::Key;
use crate::engine::time::DAYS_PER_YEAR;
use crate::model::kinds::decision::Decision;
use crate::model::kinds::event::EventKind;
use crate::model::kinds::fact::FactKind;
use crate::model::kinds::kept::kept;
use crate::model::moves::people;
use crate::model::sim::{Sim, Site, live};
use crate::model::state::State;
use crate::model::state::ids::{MovementId, PersonId};

crate::parameters! {
    /// Territory, pressure, dispatch and the closing window (M11).
    Territory = "territory", "M11", World;
    neutral { dispatch_per_trained_per_year = 0.0, level = 1.0, pressure = 0.0 }
    /// Territory held, 1 at its greatest; a dated trajectory of the scenario.
    level: Share = 1.0, "share of the greatest extent", "assumed, after F11";
    /// Pressure by strikes and ground war; a lever.
    pressure: Share = 0.2, "share", "F19, size assumed";
    /// How much of the level full pressure takes.
    pressure_cut: Share = 0.5, "share", "assumed";
    /// Dispatch d₀ of one trained and attached person.
    dispatch_per_trained_per_year: Number(0.0, 100.0) = 0.08, "per trained person per year", "assumed, after F2";
    /// How much loss of territory drives dispatch: the factor 1 + this × (1 − level).
    pressed_factor: Number(0.0, 100.0) = 3.0, "factor", "assumed, after F39";
    /// How much full pressure drives dispatch beside the loss: b.
    pressure_factor: Number(0.0, 100.0) = 0.0, "factor", "assumed, after F11";
    /// Territory below which the group has collapsed: it neither sends nor instructs nor incites.
    collapse_level: Share = 0.0, "share of the greatest extent", "assumed, after F39";
    /// κ: how strongly an announced tightening brings dispatches forward; 0 switches the rush off.
    closing_window_kappa: Number(0.0, 20.0) = 1.0, "exponent", "assumed, after F11";
    /// Chance of passing after an announced tightening over the chance now; 1 when nothing is announced.
    announced_pass_ratio: Share = 1.0, "ratio", "assumed";
    /// People sent beside the leader of a dispatched plot, on average.
    companions_mean: Number(0.0, 50.0) = 1.5, "people", "assumed, after F2";
}

kept!(Territory: TravelClocks, DeathClocks, ReturnClocks, SelfStartClocks, DispatchClock, CostRates);

impl Territory {
    /// The level in force.
    pub(crate) fn held(&self) -> f64 {
        live!("territory", 1.0);
        self.level * (1.0 - self.pressure * self.pressure_cut)
    }

    /// How much loss and pressure drive what the group does abroad: 1 + a · (1 − level) + b · pressure, and nothing once
    /// it has collapsed.
    pub(crate) fn drive(&self, by_loss: f64, by_pressure: f64) -> f64 {
        live!("territory", 1.0);
        let held = self.held();
        if held < self.collapse_level {
            return 0.0;
        }
        1.0 + by_loss * (1.0 - held) + by_pressure * self.pressure
    }

    /// κ · max(0, 1 − ratio): how much an announcement hurries.
    fn rush(&self) -> f64 {
        self.closing_window_kappa * (1.0 - self.announced_pass_ratio).max(0.0)
    }
}

/// Sets the dispatch clock of every movement to its people and the parameters in force.
pub(crate) fn dispatch_hazard(sim: &mut Sim) {
    live!("territory");
    let t = &sim.p.world.territory;
    let held = t.held();
    let pressed = t.drive(t.pressed_factor, t.pressure_factor);
    let (per_person, rush) = (t.dispatch_per_trained_per_year / DAYS_PER_YEAR, libm::exp(t.rush()));
    let now = sim.now;
    for m in sim.movements() {
        let people = sim.world.branches[m].trained.len() as f64;
        let rate = per_person * people * held * pressed * rush * sim.p.movements[m].dispatch_scale;
        let branch = &mut sim.world.branches[m];
        if branch.dispatch.set(now, Hazard::constant(rate)) {
            let (at, due) = (branch.dispatch_at, branch.dispatch.due());
            sim.rebook(at, due);
        }
    }
}

/// The key under which dispatches of a movement are numbered: the first that holds territory has the plain one.
fn branch(sim: &Sim, m: MovementId) -> Key {
    let root = Key::root("external operations");
    let first =
        sim.periods.first().and_then(|(_, p)| p.movements.ids().find(|&m| p.movements[m].holds_territory != 0.0));
    if first.unwrap_or_default() == m {
        root
    } else {
        root.child(Decision::NameBranch.number(), sim.movement_keys[m].bits())
    }
}

/// Starts the dispatch clocks of all movements.
pub(crate) fn start_clocks(sim: &mut Sim) {
    for m in sim.movements() {
        start_clock(sim, m);
    }
}

/// Starts the dispatch clock of a movement anew for the next occasion.
fn start_clock(sim: &mut Sim, m: MovementId) {
    let (key, occasion) = (branch(sim, m), sim.world.branches[m].dispatches);
    let threshold = sim.threshold(key, Decision::Dispatch, occasion);
    let at = sim.schedule(f64::INFINITY, EventKind::Dispatch(m), key, occasion);
    let own = &mut sim.world.branches[m];
    own.dispatch = Countdown::start(sim.now, threshold, Hazard::ZERO);
    own.dispatch_at = at;
    dispatch_hazard(sim);
}

/// A team of a movement is sent: a leader by keyed race among the trained, companions after.
pub(crate) fn dispatch(sim: &mut Sim, m: MovementId) {
    let (root, occasion) = (branch(sim, m), sim.world.branches[m].dispatches);
    sim.world.branches[m].dispatches += 1;
    let pool: Vec<(Key, PersonId)> = sim.world.branches[m].trained.iter().copied().collect();
    let mean = sim.p.world.territory.companions_mean;
    let size = 1 + sim.draws.poisson(root, Decision::DispatchSize.number(), occasion, mean) as usize;
    let mut race: Vec<(f64, Key, PersonId)> =
        pool.iter().map(|&(key, id)| (sim.threshold(key, Decision::DispatchLeader, occasion), key, id)).collect();
    race.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let team: Vec<PersonId> = race.iter().take(size).map(|r| r.2).collect();
    if !team.is_empty() {
        let hurried = sim.p.world.territory.rush() > 0.0;
        let leader = sim.world.persons[team[0]].key;
        let home = sim.world.persons[team[0]].country;
        let site = Site { country: home, movement: m, subject: leader, plot: Key::NONE };
        let cause = sim.fact(FactKind::DispatchOrdered, 0, site, team.len() as f64);
        for &id in &team {
            people::leave_state(sim, id);
            let person = &mut sim.world.persons[id];
            person.state = State::Dispatched;
            person.attached = false;
            person.cause = cause;
        }
        sim.arrive_team(&team, hurried, cause);
    }
    start_clock(sim, m);
}
