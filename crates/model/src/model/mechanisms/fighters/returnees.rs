//! M13: what returnees do, and what is done with them.
//!
//! Rule: a returnee never plots with chance 1 − q, otherwise after a gamma delay in years (dormancy).
//! The identified are prosecuted if the evidence holds and a court slot is free, else watched by rank
//! (an open case with added evidence), else offered a reintegration place, which cuts q, else only
//! recorded. The unidentified get none of it. Prison delays; after it the hazard is multiplied.
//! Sources: F33 (between 1 in 360 and 1 in 9 plot), F38 (prosecution), F6 (dormancy). Neutral: q = 0 and
//! no prosecution, watch or reintegration.

use crate::engine::key::Key;
use crate::engine::time::DAYS_PER_YEAR;
use crate::model::kinds::clock::ClockKind;
use crate::model::kinds::decision::Decision;
use crate::model::kinds::event::EventKind;
use crate::model::kinds::fact::FactKind;
use crate::model::kinds::kept::kept;
use crate::model::sim::{Sim, live};
use crate::model::state::ids::{CountryId, PersonId};
use crate::model::state::{Channel, State};

crate::parameters! {
    /// Returnees: dormancy, prosecution, watching, reintegration (M13).
    Returnees = "returnees", "M13", Country;
    neutral { plot_share = 0.0, prosecute_share = 0.0, watch_share = 0.0, reintegration_places = 0.0, after_prison_factor = 1.0 }
    /// q: chance that a returnee ever plots, if nothing is done.
    plot_share: Share = 0.012, "share", "F33";
    /// Mean time from return to the start of the plot.
    plot_delay_years_mean: Number(0.0, 100.0) = 1.5, "years", "assumed, after F6";
    /// Shape of that gamma delay.
    plot_delay_shape: Number(0.01, 100.0) = 1.5, "shape", "assumed";
    /// Chance that evidence suffices to prosecute an identified returnee.
    prosecute_share: Share = 0.25, "share", "F38";
    /// Prosecutions that courts can begin in a year.
    court_slots_per_year: Number(0.0, 1e6) = 50.0, "prosecutions per year", "assumed, after F38";
    /// Share of the identified, not prosecuted, who get an open case.
    watch_share: Share = 0.6, "share", "assumed, after F38";
    /// Evidence, in log odds, that a known stay abroad adds to a file.
    stay_abroad_evidence: Number(0.0, 20.0) = 1.5, "log odds", "assumed";
    /// Places in reintegration programmes at once.
    reintegration_places: Count(0.0, 1e6) = 10.0, "places", "assumed";
    /// Share of plots that reintegration prevents.
    reintegration_effect: Share = 0.5, "share", "assumed";
    /// How much prison multiplies the chance of re-engagement of veterans.
    after_prison_factor: Number(0.0, 100.0) = 1.5, "factor", "assumed, after F38";
}

kept!(Returnees: CostRates);

fn settle(sim: &mut Sim, id: PersonId) -> (Key, CountryId, u32) {
    let person = &mut sim.world.persons[id];
    person.state = State::Returnee;
    person.entries += 1;
    let (key, c, n, entry) = (person.key, person.country, person.neighbourhood, person.entries);
    sim.world.countries[c].returnees += 1;
    sim.world.neighbourhoods[n].returnees += 1;
    sim.await_reports(id, ClockKind::TipReturnee);
    (key, c, entry)
}

/// A returnee of the first day's stock, whom nobody handles anew.
pub(crate) fn enter_stock(sim: &mut Sim, id: PersonId) {
    sim.world.persons[id].veteran = true;
    sim.world.persons[id].trained = true;
    let (key, c, entry) = settle(sim, id);
    plan(sim, id, key, c, entry, 1.0);
}

/// Draws whether and when the returnee plots.
fn plan(sim: &mut Sim, id: PersonId, key: Key, c: CountryId, entry: u32, factor: f64) {
    live!("returnees");
    let r = &sim.p.countries[c].returnees;
    if sim.chance(key, Decision::ReturneeKind, entry, r.plot_share * factor) {
        let scale = r.plot_delay_years_mean * DAYS_PER_YEAR / r.plot_delay_shape;
        let delay = scale * sim.draws.gamma(key, Decision::ReturneeDelay.number(), entry, r.plot_delay_shape);
        let timer = sim.schedule(sim.now + delay, EventKind::ReturneePlots(id), key, entry);
        sim.world.persons[id].timer = timer;
    }
}

/// Whether a court slot is free now; slots refill evenly over the year and do not pile up beyond a month's worth.
fn court_slot(sim: &mut Sim, c: CountryId) -> bool {
    let per_day = sim.p.countries[c].returnees.court_slots_per_year / DAYS_PER_YEAR;
    let now = sim.now;
    let state = &mut sim.world.countries[c];
    state.court_used = (state.court_used - (now - state.court_since) * per_day).max(0.0);
    state.court_since = now;
    let room = (per_day * 30.0).max(1.0);
    if per_day > 0.0 && state.court_used + 1.0 <= room {
        state.court_used += 1.0;
        true
    } else {
        false
    }
}

/// A returnee arrives, identified or not.
pub(crate) fn enter(sim: &mut Sim, id: PersonId, identified: bool) {
    let (key, c, entry) = settle(sim, id);
    sim.world.persons[id].identified = identified;
    if !identified {
        plan(sim, id, key, c, entry, 1.0);
        return;
    }
    sim.make_record(id, c);
    let r = sim.p.countries[c].returnees.clone();
    if sim.chance(key, Decision::Prosecution, entry, r.prosecute_share) && court_slot(sim, c) {
        sim.person_fact(FactKind::ReturneeProsecuted, id);
        sim.person_fact(FactKind::Arrested, id);
        sim.charge(c, |k| k.arrest + k.prosecution);
        sim.imprison(id);
        return;
    }
    let mut factor = 1.0;
    if sim.chance(key, Decision::ReturneeWatch, entry, r.watch_share) {
        sim.person_fact(FactKind::ReturneeWatched, id);
        let cause = sim.world.persons[id].cause;
        sim.open_file(c, id, Channel::Border, r.stay_abroad_evidence, cause);
    } else if f64::from(sim.world.countries[c].reintegrating) < r.reintegration_places {
        sim.world.countries[c].reintegrating += 1;
        sim.world.persons[id].reintegrating = true;
        sim.person_fact(FactKind::ReturneeReintegrated, id);
        factor = 1.0 - r.reintegration_effect;
    } else if r.prosecute_share + r.watch_share + r.reintegration_places > 0.0 {
        sim.person_fact(FactKind::ReturneeRecorded, id);
    }
    plan(sim, id, key, c, entry, factor);
}

/// A dormant returnee begins to plot.
pub(crate) fn plots(sim: &mut Sim, id: PersonId) {
    live!("returnees");
    sim.start_as_returnee(id);
}
