//! What a service can see of others' records, what it is told of its own, and what a border does about it.

use crate::model::kinds::decision::Decision;
use crate::model::kinds::fact::FactKind;
use crate::model::sim::{Sim, Site};
use crate::model::state::Found;

use super::pairs;
use crate::model::state::ids::{CountryId, PersonId};

/// What a border does about somebody who crosses it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Crossing {
    /// Nothing: nobody looked, or nothing was found.
    Free,
    /// Known, and let go.
    LetGo { found: Found },
    /// Not let in.
    Refused { listed: bool },
    /// Arrested there and then, for a court of this country.
    Held { court: CountryId, wanted: bool },
}

/// Whether a service can see any record of a person now: its own, a notice that it reads, or the pool.
pub(crate) fn visible(sim: &Sim, c: CountryId, id: PersonId) -> bool {
    found(sim, c, id) != Found::Nothing
}

/// How a record of a person shows itself to a service.
pub(crate) fn found(sim: &Sim, c: CountryId, id: PersonId) -> Found {
    let person = &sim.world.persons[id];
    // The earliest of all owners' times: before it nothing needs to be looked up by owner.
    let (noticed, pooled) = (f64::from(person.notice_from) <= sim.now, f64::from(person.pooled_from) <= sim.now);
    if person.records & c.bit() != 0 {
        Found::Own
    } else if noticed && pairs::reads_any(sim, c, id) {
        Found::Notice
    } else if pooled && sim.p.countries[c].membership.member() && pairs::sees_pooled(sim, c, id) {
        Found::Pool
    } else {
        Found::Nothing
    }
}

/// What a check by a service finds.
pub(crate) fn tell_check(sim: &mut Sim, c: CountryId, id: PersonId) {
    if !sim.explains() {
        return;
    }
    let found = found(sim, c, id).code();
    let person = &sim.world.persons[id];
    let (site, cause) = (Site { country: c, ..Site::person(person) }, person.cause);
    sim.explain(FactKind::RecordChecked, cause, site, found);
}

/// A fact about sharing a person's record.
pub(crate) fn tell(sim: &mut Sim, kind: FactKind, id: PersonId, c: CountryId, value: f64) {
    let person = &sim.world.persons[id];
    let (site, cause) = (Site { country: c, ..Site::person(person) }, person.cause);
    sim.fact(kind, cause, site, value);
}

/// Whether a person of another country is on a service's list of those not let in.
pub(crate) fn listed(sim: &Sim, c: CountryId, id: PersonId) -> bool {
    let person = &sim.world.persons[id];
    person.records & c.bit() != 0
        && person.country != c
        && sim.chance(person.key, Decision::Listed, sim.mark(c), sim.p.countries[c].partners.list_share)
}

/// The owner for whose court a check by a service arrests somebody there and then; `None` where it arrests nobody.
pub(crate) fn held_as_wanted(sim: &Sim, c: CountryId, id: PersonId, occasion: u32) -> Option<CountryId> {
    let owner = pairs::wanted_by(sim, c, id)?;
    let key = sim.world.persons[id].key;
    sim.chance(key, Decision::WantedHeld, occasion, sim.p.countries[c].notices.red_arrest_share).then_some(owner)
}

/// A fact about a person at a country's border, which becomes the cause of what the person does next.
pub(crate) fn tell_at_border(sim: &mut Sim, kind: FactKind, id: PersonId, c: CountryId, value: f64) {
    let person = &sim.world.persons[id];
    let (site, cause) = (Site { country: c, ..Site::person(person) }, person.cause);
    let fact = sim.fact(kind, cause, site, value);
    sim.world.persons[id].cause = fact;
}

/// Somebody is held at a border: as wanted, or as known.
pub(crate) fn tell_held(sim: &mut Sim, id: PersonId, c: CountryId, wanted: bool) {
    tell_check(sim, c, id);
    tell_at_border(sim, FactKind::HeldAtBorder, id, c, f64::from(u8::from(wanted)));
}

/// Somebody known is let go; the service that checked has a record of it.
pub(crate) fn let_go(sim: &mut Sim, id: PersonId, c: CountryId, found: Found) {
    tell_check(sim, c, id);
    tell_at_border(sim, FactKind::LetGoAtBorder, id, c, found.code());
    sim.make_record(id, c);
}

/// Somebody who is in no plot is arrested at a border and goes to prison.
pub(crate) fn hold(sim: &mut Sim, id: PersonId, c: CountryId, court: CountryId, wanted: bool) {
    tell_held(sim, id, c, wanted);
    sim.make_record(id, c);
    sim.person_fact(FactKind::Arrested, id);
    sim.charge(c, |k| k.arrest);
    sim.charge(court, |k| k.prosecution);
    sim.imprison(id);
}
