//! M26: records belong to a service; what another service sees depends on the regime.
//!
//! Rule: a service that opens a file, learns of a departure or blocks a traveller holds a record for
//! good. It is visible to another service from the time at which a notice that this service reads was
//! issued (M27), or at which it is pooled while this service is a member (M28), if their pair lets it pass
//! (M29). Neutral (accounting):
//! a record changes nothing by itself. Sources: F5, F6, F27.

use crate::model::kinds::fact::FactKind;
use crate::model::kinds::kept::kept;
use crate::model::sim::{Sim, Site, live};
use crate::model::state::ids::{CountryId, PersonId};

crate::parameters! {
    /// What a check of a record finds (M26).
    Records = "records", "M26", Country;
    neutral { check_finds_share = 0.0 }
    /// Chance that a check of a person with a visible record finds it and says enough to act.
    check_finds_share: Share = 0.8, "share", "assumed, after F7";
}

kept!(Records:);

/// Notes a record of the stock, as if it had always been there.
pub(crate) fn note(sim: &mut Sim, id: PersonId, c: CountryId, fighter: bool) {
    live!("records");
    sim.world.persons[id].records |= c.bit();
    sim.record_made(id, c, true, fighter);
}

/// A service makes a record; the owner may issue a notice and contribute to the pool. `fighter`: it knows of a stay
/// abroad, which is ground to seek an arrest, also of somebody of whom it had a record before.
pub(crate) fn create(sim: &mut Sim, id: PersonId, service: CountryId, fighter: bool) {
    live!("records");
    if sim.world.persons[id].records & service.bit() != 0 {
        if fighter {
            sim.ground_found(id, service);
        }
        return;
    }
    sim.world.persons[id].records |= service.bit();
    if sim.explains() {
        let person = &sim.world.persons[id];
        let (site, cause) = (Site { country: service, ..Site::person(person) }, person.cause);
        sim.explain(FactKind::RecordMade, cause, site, 1.0);
    }
    sim.record_made(id, service, false, fighter);
}
