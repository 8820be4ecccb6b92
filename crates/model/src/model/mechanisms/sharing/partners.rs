//! M26: what services come to know of other countries' fighters, and whom they put on a list of those not let in.
//!
//! Rule: of the fighters of other countries a service comes to know a share while they are abroad or on the way, after
//! an exponential delay; it then has a record, issues notices and gives to the pool as any owner does (M27, M28). So
//! does a partner outside (`transit_partner`), which has no residents and no service here. Of the people of other
//! countries of whom a service has a record it puts a share on its list: they are refused at its borders (M12). With
//! a small chance the service at home learns of it, and has a record then. Of the first day's returnees the share is
//! known from the start. Neutral: shares 0. Sources: F5 (listed members outside), F6 (on one partner's list); assumed.

use crate::model::kinds::decision::Decision;
use crate::model::kinds::event::EventKind;
use crate::model::kinds::fact::FactKind;
use crate::model::kinds::kept::kept;
use crate::model::moves::records;
use crate::model::sim::{Sim, live};
use crate::model::state::State;
use crate::model::state::ids::{CountryId, PersonId};

crate::parameters! {
    /// What a service comes to know of other countries' fighters, and its list (M26).
    Partners = "partners", "M26", Country;
    neutral { met_share = 0.0, list_share = 0.0 }
    /// Share of other countries' fighters whom the service comes to know while they are abroad or on the way.
    met_share: Share = 0.0, "share", "assumed: none";
    /// Mean time from the arrival abroad until then.
    met_days: Number(0.0, 10_000.0) = 120.0, "days", "assumed";
    /// Share of the people of other countries of whom it has a record whom it puts on its list and does not let in.
    list_share: Share = 0.0, "share", "assumed: none, after F6";
    /// Chance that the service at home learns that somebody is on the list.
    list_told_share: Share = 0.0, "share", "assumed: none, after F6";
}

kept!(Partners:);

/// Whether a service comes to know of a fighter of another country during this stay abroad.
fn comes_to_know(sim: &Sim, id: PersonId, c: CountryId) -> bool {
    let person = &sim.world.persons[id];
    let share = sim.p.countries[c].partners.met_share;
    c != person.country && sim.chance(person.key, Decision::FighterMet, sim.mark(c) ^ person.entries, share)
}

/// A fighter has arrived abroad: some services will come to know of it.
pub(crate) fn await_meeting(sim: &mut Sim, id: PersonId) {
    live!("partners");
    for c in sim.countries() {
        if comes_to_know(sim, id, c) {
            let person = &sim.world.persons[id];
            let (key, occasion) = (person.key, sim.mark(c) ^ person.entries);
            let wait = sim.delay(key, Decision::FighterMetDelay, occasion, sim.p.countries[c].partners.met_days);
            sim.schedule(sim.now + wait, EventKind::FighterMet(id), key, u32::from(c.0));
        }
    }
}

/// A service comes to know of a fighter.
pub(crate) fn meet(sim: &mut Sim, id: PersonId, c: CountryId) {
    if sim.world.persons[id].state != State::Dead && sim.world.persons[id].records & c.bit() == 0 {
        records::tell(sim, FactKind::FighterMet, id, c, 1.0);
        sim.make_fighters_record(id, c);
    }
}

/// A returnee of the first day's stock was known to some services from the stay abroad.
pub(crate) fn met_before(sim: &mut Sim, id: PersonId) {
    live!("partners");
    for c in sim.countries() {
        if comes_to_know(sim, id, c) {
            sim.stock_record(id, c);
        }
    }
}

/// A service has a new record: it may put the person on its list, and the service at home may learn of it.
pub(crate) fn list(sim: &mut Sim, id: PersonId, c: CountryId) {
    live!("partners");
    if !records::listed(sim, c, id) {
        return;
    }
    records::tell(sim, FactKind::Listed, id, c, 1.0);
    let person = &sim.world.persons[id];
    let (key, home) = (person.key, person.country);
    let told = sim.p.countries[c].partners.list_told_share;
    if sim.chance(key, Decision::ListTold, sim.mark(c), told) {
        records::tell(sim, FactKind::ListTold, id, c, 1.0);
        sim.make_record(id, home);
    }
}
