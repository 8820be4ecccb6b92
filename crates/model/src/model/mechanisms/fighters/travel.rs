//! M9: committed people leave, alone or with friends; exit control stops some, and those stay frustrated.
//!
//! Rule: a committed person tries to leave at the hazard rate × pull × territory. Each friend of the
//! circle who is committed joins with a chance. Each traveller is blocked by a family tip, a passport
//! ban (only if known to the own service) or a check at exit that finds a visible record; the blocked
//! stay, with their hazard of plotting multiplied. Neutral: rate 0.
//! Sources: F32 (pull follows territory and date), F34 (the blocked plot), F35 (friends); rates assumed.

use crate::engine::time::DAYS_PER_YEAR;
use crate::model::kinds::clock::ClockKind;
use crate::model::kinds::decision::Decision;
use crate::model::kinds::fact::FactKind;
use crate::model::kinds::kept::kept;
use crate::model::moves::{people, records};
use crate::model::parameters::Parameters;
use crate::model::sim::{Sim, Site, live};
use crate::model::state::State;
use crate::model::state::ids::{CountryId, MovementId, PersonId};

crate::parameters! {
    /// Leaving for held territory, exit control and frustration (M9).
    Travel = "travel", "M9", Country;
    neutral { per_year = 0.0 }
    /// Attempts of one committed person at pull 1 and whole territory.
    per_year: Number(0.0, 100.0) = 0.6, "per committed person per year", "assumed, after F30";
    /// Pull of the group and the road, by date.
    pull: Number(0.0, 100.0) = 1.0, "factor", "F32";
    /// Chance that a committed friend of the circle goes along.
    friend_joins_share: Share = 0.2, "share", "assumed, after F35";
    /// Chance that the family reports a departure in time.
    family_tip_share: Share = 0.05, "share", "assumed";
    /// Chance that a person known to the own service has lost the passport.
    passport_ban_share: Share = 0.1, "share", "assumed";
    /// Chance that a check at exit is made and finds a visible record that stops the person.
    exit_check_share: Share = 0.1, "share", "assumed";
    /// How much the blocked plot more than other committed people.
    blocked_plot_factor: Number(0.0, 1_000.0) = 3.0, "factor", "F34, size assumed";
    /// Chance that the own service learns of a departure.
    departure_known_share: Share = 0.7, "share", "assumed, after F43";
}

kept!(Travel: TravelClocks, SelfStartClocks, CostRates);

/// Sets the country's travel clocks to the parameters and the territory in force.
pub(crate) fn hazards(sim: &mut Sim, c: CountryId) {
    live!("travel");
    for m in sim.movements() {
        sim.set_steady(rates(sim.p, c, m), c, m);
    }
}

/// How fast the committed of a movement try to leave, a day.
pub(crate) fn rates(p: &Parameters, c: CountryId, m: MovementId) -> [(ClockKind, f64); 1] {
    let t = &p.countries[c].travel;
    let rate = t.per_year * t.pull * p.world.territory.held() / DAYS_PER_YEAR;
    [(ClockKind::Travel, if p.movements[m].holds_territory == 0.0 { 0.0 } else { rate })]
}

/// A committed person begins to think of leaving; the blocked do not try again.
pub(crate) fn await_travel(sim: &mut Sim, id: PersonId, entry: u32) {
    let person = &sim.world.persons[id];
    let (c, m) = (person.country, person.movement);
    if person.blocked || sim.p.movements[m].holds_territory == 0.0 || !sim.ever.travels {
        return;
    }
    sim.join(id, (ClockKind::Travel, c, m), Decision::Travel, entry, 1.0);
}

/// A person, with friends, tries to leave.
pub(crate) fn attempt(sim: &mut Sim, id: PersonId) {
    live!("travel");
    let c = sim.world.persons[id].country;
    if sim.p.countries[c].travel.per_year == 0.0 {
        return;
    }
    let joins = sim.p.countries[c].travel.friend_joins_share;
    let mut party = vec![id];
    for friend in people::friends(sim, id, State::Committed) {
        let person = &sim.world.persons[friend];
        if !person.blocked && sim.chance(sim.between(friend, id), Decision::FriendTravels, person.entries, joins) {
            party.push(friend);
        }
    }
    for traveller in party {
        if stopped(sim, traveller) {
            block(sim, traveller);
        } else {
            depart(sim, traveller);
        }
    }
}

fn stopped(sim: &mut Sim, id: PersonId) -> bool {
    let home = sim.world.persons[id].country;
    records::tell_check(sim, home, id);
    let person = &sim.world.persons[id];
    let (key, c, entry) = (person.key, person.country, person.entries);
    let t = &sim.p.countries[c].travel;
    let own = person.records & c.bit() != 0;
    let visible = records::visible(sim, c, id);
    sim.chance(key, Decision::FamilyTip, entry, t.family_tip_share)
        || (own && sim.chance(key, Decision::PassportBan, entry, t.passport_ban_share))
        || (visible && sim.chance(key, Decision::ExitCheck, entry, t.exit_check_share))
}

fn block(sim: &mut Sim, id: PersonId) {
    people::leave_state(sim, id);
    sim.world.persons[id].blocked = true;
    sim.person_fact(FactKind::TravelBlocked, id);
    let country = sim.world.persons[id].country;
    sim.make_record(id, country);
    sim.become_committed(id);
}

fn depart(sim: &mut Sim, id: PersonId) {
    people::leave_state(sim, id);
    let departure = sim.person_fact(FactKind::Departed, id);
    let person = &sim.world.persons[id];
    let (site, days) = (Site::person(person), sim.now - f64::from(person.radicalised));
    // F36 counts travellers by the time from the first step to the journey.
    for (kind, limit) in
        [(FactKind::DepartedWithinHalfYear, DAYS_PER_YEAR / 2.0), (FactKind::DepartedWithinYear, DAYS_PER_YEAR)]
    {
        if days <= limit {
            sim.fact(kind, departure, site, 1.0);
        }
    }
    let person = &sim.world.persons[id];
    let (key, country, entry) = (person.key, person.country, person.entries);
    let known = sim.p.countries[country].travel.departure_known_share;
    if sim.chance(key, Decision::DepartureKnown, entry, known) {
        sim.make_fighters_record(id, country);
    }
    sim.world.countries[country].departed += 1;
    sim.arrive_abroad(id);
}
