//! M12: the way back, and who is recognised on it.
//!
//! Rule: a fighter returns at the hazard base × relative rate of the home country × (1 + push × (1 −
//! territory)). The way leads through a transit state and one country's external border, chosen by entry
//! weight and openness; those who are sent also follow the flow, by traffic to a power. A person inspected there with
//! a visible record is identified, and held where a notice that is read there seeks the arrest (M27); the chance of
//! inspection is 1 − exp(−capacity ⁄ traffic), with traffic a running count of arrivals. The transit partner warns of
//! some; a warning can be left without action. Who has come in unseen by another country's border may be checked at
//! that of the home country. People sent to attack pass the same checks; of those recognised a share is arrested.
//! Neutral: base rate 0.
//! Sources: F7 (a warning not acted on), F10, F31; rates assumed.

use crate::engine::time::DAYS_PER_YEAR;
use crate::model::kinds::clock::ClockKind;
use crate::model::kinds::decision::Decision;
use crate::model::kinds::fact::FactKind;
use crate::model::kinds::kept::kept;
use crate::model::moves::records::Crossing;
use crate::model::moves::{pairs, people, records};
use crate::model::parameters::Parameters;
use crate::model::sim::{Sim, Site, live};
use crate::model::state::State;
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
    /// How much those who are sent come in where many do: the power of a border's background traffic in its weight.
    sent_follow_flow: Number(0.0, 5.0) = 0.0, "exponent", "assumed: not at all";
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
pub(crate) fn hazards(sim: &mut Sim, c: CountryId) {
    live!("returns");
    for m in sim.movements() {
        sim.set_steady(rates(sim.p, c), c, m);
    }
}

/// How fast fighters come back, a day.
pub(crate) fn rates(p: &Parameters, c: CountryId) -> [(ClockKind, f64); 1] {
    let r = &p.countries[c].returns;
    let lost = 1.0 - p.world.territory.held();
    [(ClockKind::Return, r.per_year * r.relative_rate * (1.0 + r.loss_push * lost) / DAYS_PER_YEAR)]
}

/// What the way home leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// Nobody has noticed.
    Unseen,
    /// Recognised, and let through.
    Known,
    /// Recognised by a country's service and held there, for the court of another or its own.
    Held { by: CountryId, court: CountryId, wanted: bool },
}

/// The country by whose external border a person comes in: a keyed race by entry weight and openness, and of those
/// who are sent by the flow.
fn entry(sim: &Sim, id: PersonId) -> CountryId {
    let person = &sim.world.persons[id];
    let (home, sent) = (person.country, person.state == State::Dispatched);
    let weights = sim.countries().map(|c| {
        let t = &sim.p.countries[c];
        let open = || t.country.entry_weight * pairs::openness(sim, home, c);
        let weight = if t.country.transit_partner == 0.0 { open() } else { 0.0 };
        let follow = t.returns.sent_follow_flow;
        let flow = if sent && follow > 0.0 { libm::pow(t.returns.background_traffic_per_month, follow) } else { 1.0 };
        (sim.world.countries[c].key, weight * flow)
    });
    let occasion = (person.key.bits() >> 32) as u32 ^ person.entries;
    let drawn = sim.draws.choose(Decision::EntryCountry.number(), occasion, weights);
    drawn.map_or(person.country, CountryId::at)
}

/// What the way home leads to: by inspection at the external border, by a partner's warning, or at the home border.
fn way_home(sim: &mut Sim, id: PersonId) -> Way {
    live!("returns", Way::Unseen);
    if sim.p.countries[sim.world.persons[id].country].returns.per_year == 0.0 {
        return Way::Unseen;
    }
    let border = entry(sim, id);
    let person = &sim.world.persons[id];
    let (key, entry_no) = (person.key, person.entries);
    let now = sim.now;
    sim.world.countries[border].traffic.kick(now, TRAFFIC_MEMORY_DAYS, 1.0);
    let t = &sim.p.countries[border];
    let traffic =
        sim.world.countries[border].traffic.at(now, TRAFFIC_MEMORY_DAYS) + t.returns.background_traffic_per_month;
    let inspected = -libm::expm1(-t.services.border_inspections_per_month / traffic.max(1e-9));
    let visible = records::visible(sim, border, id);
    records::tell_check(sim, border, id);
    if visible && sim.chance(key, Decision::Inspection, entry_no, inspected * t.records.check_finds_share) {
        let wanted = records::held_as_wanted(sim, border, id, sim.mark(border) ^ entry_no);
        return wanted.map_or(Way::Known, |court| Way::Held { by: border, court, wanted: true });
    }
    if warned(sim, id) { Way::Known } else { cross_home(sim, id, border) }
}

/// Whether a partner warns the home service, and it acts on it.
fn warned(sim: &mut Sim, id: PersonId) -> bool {
    let person = &sim.world.persons[id];
    let (key, entry_no, home, cause) = (person.key, person.entries, person.country, person.cause);
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

/// Somebody has come in unseen, and goes on into the home country.
fn cross_home(sim: &mut Sim, id: PersonId, border: CountryId) -> Way {
    let person = &sim.world.persons[id];
    let (home, journey) = (person.country, person.entries);
    match sim.crossing(id, (border, home), journey) {
        Crossing::Free | Crossing::Refused { .. } => Way::Unseen,
        Crossing::LetGo { found } => {
            records::let_go(sim, id, home, found);
            Way::Known
        }
        Crossing::Held { court, wanted } => Way::Held { by: home, court, wanted },
    }
}

/// Whether the way of somebody who is sent leads to recognition; one who is wanted may be held on it.
pub(crate) fn recognised(sim: &mut Sim, id: PersonId) -> bool {
    match way_home(sim, id) {
        Way::Unseen => false,
        Way::Known => true,
        Way::Held { by, court, wanted } => {
            sim.person_fact(FactKind::SentStopped, id);
            records::hold(sim, id, by, court, wanted);
            true
        }
    }
}

/// Whether somebody who is sent, and has been recognised, gets no further: arrested, and charged as a fighter.
pub(crate) fn stopped(sim: &mut Sim, id: PersonId) -> bool {
    let person = &sim.world.persons[id];
    if person.state == State::Prison {
        return true;
    }
    let (key, entry_no, home) = (person.key, person.entries, person.country);
    let share = sim.p.countries[home].returns.sent_stopped_share;
    live!("returns", false);
    if !sim.chance(key, Decision::SentStopped, entry_no, share) {
        return false;
    }
    sim.make_record(id, home);
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
    let way = way_home(sim, id);
    if let Way::Held { by, court, wanted } = way {
        sim.person_fact(FactKind::ReturneeIdentified, id);
        records::hold(sim, id, by, court, wanted);
        return;
    }
    let seen = way == Way::Known;
    let person = &sim.world.persons[id];
    let (key, entry_no, home) = (person.key, person.entries, person.country);
    let later = sim.p.countries[home].returns.learnt_later_share;
    let identified = seen || sim.chance(key, Decision::Location, entry_no, later);
    sim.person_fact(if identified { FactKind::ReturneeIdentified } else { FactKind::ReturneeMissed }, id);
    sim.come_back(id, identified);
}
