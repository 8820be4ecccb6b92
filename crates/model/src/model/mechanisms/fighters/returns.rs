//! M12: the way back, and who is recognised on it.
//!
//! Rule: a fighter returns at the hazard base × relative rate of the home country × (1 + push × (1 −
//! territory)). The way leads through a transit state and one country's external border, chosen by entry
//! weight. A person inspected there with a visible record is identified; the chance of inspection is
//! 1 − exp(−capacity ⁄ traffic), with traffic a running count of arrivals. The transit partner warns of some;
//! a warning can be left without action. People sent to attack pass the same checks; of those recognised a
//! share is arrested. Neutral: base rate 0.
//! Sources: F7 (a warning not acted on), F10, F31; rates assumed.

use crate::engine::time::DAYS_PER_YEAR;
use crate::model::kinds::clock::ClockKind;
use crate::model::kinds::decision::Decision;
use crate::model::kinds::fact::FactKind;
use crate::model::kinds::kept::kept;
use crate::model::moves::{pairs, people, records};
use crate::model::parameters::Parameters;
use crate::model::sim::{Sim, Site, live};
use crate::model::state::ids::{CountryId, PersonId, Position};

crate::parameters! {
    /// Return, inspection at the border and the transit partner's warnings (M12).
    Returns = "returns", "M12", Country;
    neutral { per_year = 0.0 }
    /// Return rate where territory is whole.
    per_year: Number(0.0, 100.0) = 0.12, "per fighter per year", "assumed, after F31";
    /// How readily the country's fighters come home, against the common rate.
    relative_rate: Number(0.0, 100.0) = 1.0, "factor", "assumed: the same everywhere; F31 has shares from .14 to .5";
    /// How much loss of territory pushes people home: the factor 1 + this × (1 − level).
    loss_push: Number(0.0, 100.0) = 0.8, "factor", "assumed, after F11";
    /// Arrivals of other travellers on the route who need the same inspection.
    background_traffic_per_month: Number(0.0, 1e9) = 100.0, "people per month", "assumed";
    /// Chance that a transit partner notices and warns the home service.
    warning_share: Share = 0.15, "share", "assumed, after F7";
    /// Chance that a warning is acted on in time.
    warning_acted_share: Share = 0.4, "share", "assumed, after F7";
    /// Evidence, in log odds, against somebody sent to attack who is recognised on the way.
    recognised_evidence: Number(0.0, 50.0) = 3.0, "log odds", "assumed";
    /// Chance that somebody sent to attack who is recognised on the way is arrested there and then.
    sent_stopped_share: Share = 0.0, "share", "assumed: none; F7 shows people who passed although known";
    /// Chance that someone who returns without being recognised is learnt of by the home service later.
    learnt_later_share: Share = 0.3, "share", "assumed";
}

kept!(Returns: ReturnClocks);

const TRAFFIC_MEMORY_DAYS: f64 = 30.0;

/// Sets the country's clocks of return.
pub(crate) fn hazards(sim: &mut Sim, c: usize) {
    live!("returns");
    for m in 0..sim.movements {
        sim.set_steady(rates(sim.p, c), c, m);
    }
}

/// How fast fighters come back, a day.
pub(crate) fn rates(p: &Parameters, c: usize) -> [(ClockKind, f64); 1] {
    let r = &p.countries[c].returns;
    let lost = 1.0 - p.world.territory.held();
    [(ClockKind::Return, r.per_year * r.relative_rate * (1.0 + r.loss_push * lost) / DAYS_PER_YEAR)]
}

/// The country by whose external border a person comes in: a keyed race by entry weight.
fn entry(sim: &Sim, id: PersonId) -> usize {
    let person = &sim.world.persons[id];
    let weights = (0..sim.countries()).map(|c| {
        let t = &sim.p.countries[c].country;
        let weight = if t.transit_partner == 0.0 { t.entry_weight * t.border_openness } else { 0.0 };
        (sim.world.countries[c].key, weight)
    });
    let occasion = (person.key.bits() >> 32) as u32 ^ person.entries;
    sim.draws.choose(Decision::EntryCountry.number(), occasion, weights).unwrap_or(usize::from(person.country))
}

/// Whether the way home leads to recognition: by inspection at the border, or by a partner's warning.
pub(crate) fn recognised(sim: &mut Sim, id: PersonId) -> bool {
    live!("returns", false);
    if sim.p.countries[usize::from(sim.world.persons[id].country)].returns.per_year == 0.0 {
        return false;
    }
    let border = entry(sim, id);
    let person = &sim.world.persons[id];
    let (key, entry_no, home, cause) = (person.key, person.entries, usize::from(person.country), person.cause);
    let now = sim.now;
    sim.world.countries[border].traffic.kick(now, TRAFFIC_MEMORY_DAYS, 1.0);
    let t = &sim.p.countries[border];
    let traffic =
        sim.world.countries[border].traffic.at(now, TRAFFIC_MEMORY_DAYS) + t.returns.background_traffic_per_month;
    let inspected = -libm::expm1(-t.services.border_inspections_per_month / traffic.max(1e-9));
    let visible = records::visible(sim, border, id);
    records::tell_check(sim, border, id);
    if visible && sim.chance(key, Decision::Inspection, entry_no, inspected * t.records.check_finds_share) {
        return true;
    }
    let r = sim.p.countries[home].returns.clone();
    let partner = pairs::transit_partner_warns(sim, home);
    if partner && sim.chance(key, Decision::Warning, entry_no, r.warning_share) {
        let site = Site::person(&sim.world.persons[id]);
        sim.fact(FactKind::WarningReceived, cause, site, 1.0);
        if sim.chance(key, Decision::WarningActed, entry_no, r.warning_acted_share) {
            sim.charge(home, |k| k.warning);
            return true;
        }
        sim.fact(FactKind::WarningIgnored, cause, site, 1.0);
    }
    false
}

/// Whether somebody who is sent, and has been recognised, gets no further: arrested, and charged as a fighter.
pub(crate) fn stopped(sim: &mut Sim, id: PersonId) -> bool {
    let person = &sim.world.persons[id];
    let (key, entry_no, home) = (person.key, person.entries, usize::from(person.country));
    let share = sim.p.countries[home].returns.sent_stopped_share;
    live!("returns", false);
    if !sim.chance(key, Decision::SentStopped, entry_no, share) {
        return false;
    }
    sim.make_record(id, CountryId::at(home));
    sim.person_fact(FactKind::SentStopped, id);
    sim.person_fact(FactKind::Arrested, id);
    sim.charge(home, |k| k.arrest + k.prosecution);
    sim.imprison(id);
    true
}

/// A fighter comes home.
pub(crate) fn come_home(sim: &mut Sim, id: PersonId) {
    people::leave_state(sim, id);
    sim.person_fact(FactKind::Returned, id);
    sim.attached_changed();
    let seen = recognised(sim, id);
    let person = &sim.world.persons[id];
    let (key, entry_no, home) = (person.key, person.entries, usize::from(person.country));
    let later = sim.p.countries[home].returns.learnt_later_share;
    let identified = seen || sim.chance(key, Decision::Location, entry_no, later);
    sim.person_fact(if identified { FactKind::ReturneeIdentified } else { FactKind::ReturneeMissed }, id);
    sim.come_back(id, identified);
}
