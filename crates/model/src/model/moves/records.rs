//! What a service can see of others' records, and what it is told of its own.

use crate::model::kinds::fact::FactKind;
use crate::model::sim::{Sim, Site};
use crate::model::state::Found;

use super::pairs;
use crate::model::state::ids::{CountryId, PersonId};

/// Whether a service can see any record of a person now: its own, a notice that it reads, or the pool.
pub(crate) fn visible(sim: &Sim, c: CountryId, id: PersonId) -> bool {
    found(sim, c, id) != Found::Nothing
}

/// How a record of a person shows itself to a service.
fn found(sim: &Sim, c: CountryId, id: PersonId) -> Found {
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
