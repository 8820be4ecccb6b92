//! Emergency powers after an attack: more raids and a lower threshold for a time.
//!
//! Rule: while the powers are enacted, an attack that harms at least so many puts them in force for so
//! many days: raids are multiplied and the threshold of intervention is lowered. Source: F45 (a wide
//! net, a thin yield); sizes assumed. Neutral: not enacted.

use crate::model::kinds::event::EventKind;
use crate::model::kinds::fact::{FactId, FactKind};
use crate::model::kinds::kept::kept;
use crate::model::sim::{Sim, Site, live};
use crate::model::state::ids::CountryId;

crate::parameters! {
    /// Emergency powers (lever).
    Emergency = "emergency_powers", "lever", Country;
    neutral { enacted = 0.0 }
    /// Whether the country has enacted such powers.
    enacted: Switch = 0.0, "switch", "F45";
    /// Least number of people harmed that brings them into force.
    harm_least: Number(0.0, 1e6) = 20.0, "people", "assumed";
    /// How long they last.
    days: Number(0.0, 10_000.0) = 90.0, "days", "F45";
    /// Factor on the number of raids.
    raid_factor: Number(0.0, 1_000.0) = 20.0, "factor", "F45, derived";
    /// How much the threshold of intervention is lowered.
    threshold_cut: Number(0.0, 50.0) = 1.0, "log odds", "assumed";
}

kept!(Emergency:);

impl Emergency {
    fn in_force(&self, now: f64, until: f64) -> bool {
        live!("emergency_powers", false);
        self.enacted != 0.0 && now < until
    }

    /// The factor on raids, where the powers last until a time if they are enacted.
    pub(crate) fn raids(&self, now: f64, until: f64) -> f64 {
        if self.in_force(now, until) { self.raid_factor } else { 1.0 }
    }

    /// How much lower the threshold is.
    pub(crate) fn cut(&self, now: f64, until: f64) -> f64 {
        if self.in_force(now, until) { self.threshold_cut } else { 0.0 }
    }
}

/// An attack may bring the powers into force.
pub(crate) fn after_attack(sim: &mut Sim, country: CountryId, harmed: f64, cause: FactId) {
    live!("emergency_powers");
    let e = sim.p.countries[country].emergency.clone();
    if e.enacted == 0.0 || harmed < e.harm_least {
        return;
    }
    let until = sim.now + e.days;
    let state = &mut sim.world.countries[country];
    state.emergency_until = state.emergency_until.max(until);
    let key = state.key;
    sim.fact(FactKind::EmergencyBegins, cause, Site::country(country, key), e.days);
    sim.schedule(until, EventKind::EmergencyEnds(country), key, 0);
    sim.reconsider_files(country);
}

/// The powers may lapse.
pub(crate) fn ends(sim: &mut Sim, c: CountryId) {
    if sim.now >= sim.world.countries[c].emergency_until {
        let key = sim.world.countries[c].key;
        sim.fact(FactKind::EmergencyEnds, 0, Site::country(c, key), 1.0);
    }
}
