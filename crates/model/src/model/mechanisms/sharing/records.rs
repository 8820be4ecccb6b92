//! M26: records belong to a service; what another service sees depends on the regime.
//!
//! Rule: a service that opens a file, learns of a departure or blocks a traveller holds a record for
//! good. It is visible to another service from the time at which a notice that this service reads was
//! issued (M27), or at which it is pooled while this service is a member (M28), if their pair lets it pass
//! (M29). Neutral (accounting):
//! a record changes nothing by itself. Sources: F5, F6, F27.

use crate::model::kinds::fact::FactKind;
use crate::model::sim::{Sim, Site, live};
use crate::model::state::Found;

crate::parameters! {
    /// What a check of a record finds (M26).
    Records = "records", "M26", Country;
    neutral { check_finds_share = 0.0 }
    /// Chance that a check of a person with a visible record finds it and says enough to act.
    check_finds_share: Share = 0.8, "share", "assumed, after F7";
}

/// Notes a record of the stock, as if it had always been there.
pub(crate) fn note(sim: &mut Sim, id: u32, c: usize) {
    live!("records");
    sim.world.persons[id as usize].records |= 1 << c;
    super::notices::issue(sim, id, c, true);
    super::pool::contribute_record(sim, id, c);
}

/// A service makes a record; the owner may issue a notice and contribute to the pool.
pub(crate) fn create(sim: &mut Sim, id: u32, service: u8) {
    live!("records");
    let c = usize::from(service);
    if sim.world.persons[id as usize].records >> c & 1 == 1 {
        return;
    }
    sim.world.persons[id as usize].records |= 1 << c;
    if sim.explains() {
        let person = &sim.world.persons[id as usize];
        let (site, cause) = (Site { country: service, ..Site::person(person) }, person.cause);
        sim.explain(FactKind::RecordMade, cause, site, 1.0);
    }
    super::notices::issue(sim, id, c, false);
    super::pool::contribute_record(sim, id, c);
}

/// Whether a service can see any record of a person now: its own, a notice that it reads, or the pool.
pub(crate) fn visible(sim: &Sim, c: usize, id: u32) -> bool {
    found(sim, c, id) != Found::Nothing
}

/// How a record of a person shows itself to a service.
fn found(sim: &Sim, c: usize, id: u32) -> Found {
    let person = &sim.world.persons[id as usize];
    // The earliest of all owners' times: before it nothing needs to be looked up by owner.
    let (noticed, pooled) = (f64::from(person.notice_from) <= sim.now, f64::from(person.pooled_from) <= sim.now);
    if person.records >> c & 1 == 1 {
        Found::Own
    } else if noticed && super::pairs::reads_any(sim, c, id) {
        Found::Notice
    } else if pooled && super::membership::member(sim, c) && super::pairs::sees_pooled(sim, c, id) {
        Found::Pool
    } else {
        Found::Nothing
    }
}

/// What a check by a service finds.
pub(crate) fn tell_check(sim: &mut Sim, c: usize, id: u32) {
    if !sim.explains() {
        return;
    }
    let found = found(sim, c, id).code();
    let person = &sim.world.persons[id as usize];
    let (site, cause) = (Site { country: c as u8, ..Site::person(person) }, person.cause);
    sim.explain(FactKind::RecordChecked, cause, site, found);
}

/// A fact about sharing a person's record.
pub(crate) fn tell(sim: &mut Sim, kind: FactKind, id: u32, c: usize, value: f64) {
    let person = &sim.world.persons[id as usize];
    let (site, cause) = (Site { country: c as u8, ..Site::person(person) }, person.cause);
    sim.fact(kind, cause, site, value);
}
