//! Moves of sharing and of accounts: what becomes of a record, a fragment, a cost, and of what is noted of people.

use crate::engine::key::Key;
use crate::model::kinds::fact::FactId;
use crate::model::mechanisms::measures::costs;
use crate::model::mechanisms::services::intrusion;
use crate::model::mechanisms::sharing::{borders, dots, notices, partners, pool, records};
use crate::model::moves::records::Crossing;
use crate::model::sim::{Sim, Site};
use crate::model::state::ids::{CountryId, FileId, PersonId, PlotId};

impl Sim<'_> {
    /// A service makes a record of somebody, if it has none.
    pub(crate) fn make_record(&mut self, id: PersonId, service: CountryId) {
        records::create(self, id, service, false);
    }

    /// The same of somebody of whom it knows that he is or was a fighter: ground to seek an arrest.
    pub(crate) fn make_fighters_record(&mut self, id: PersonId, service: CountryId) {
        records::create(self, id, service, true);
    }

    /// A record of the first day's stock.
    pub(crate) fn stock_record(&mut self, id: PersonId, c: CountryId) {
        records::note(self, id, c, false);
    }

    /// A record of the first day's stock on somebody who is known to have left.
    pub(crate) fn stock_fighters_record(&mut self, id: PersonId, c: CountryId) {
        records::note(self, id, c, true);
    }

    /// There is a new record: its owner may issue a notice, contribute to the pool, and put the person on its list.
    pub(crate) fn record_made(&mut self, id: PersonId, c: CountryId, old: bool, fighter: bool) {
        notices::issue(self, id, c, old, fighter);
        pool::contribute_record(self, id, c);
        partners::list(self, id, c);
    }

    /// The owner of a record now knows that the person is a fighter.
    pub(crate) fn ground_found(&mut self, id: PersonId, c: CountryId) {
        notices::ground_found(self, id, c);
    }

    /// What a border does about somebody who crosses it.
    pub(crate) fn crossing(&self, id: PersonId, way: (CountryId, CountryId), journey: u32) -> Crossing {
        borders::crossing(self, id, way, journey)
    }

    /// A fragment may go into the pool.
    pub(crate) fn contribute_fragment(
        &mut self,
        c: CountryId,
        person: PersonId,
        plot: PlotId,
        name: Key,
        cause: FactId,
    ) {
        pool::contribute(self, c, person, plot, name, cause);
    }

    /// A background sign was seen on a file.
    pub(crate) fn innocent_seen(&mut self, file: FileId) {
        dots::innocent(self, file);
    }

    /// What one act costs is booked.
    pub(crate) fn charge(&mut self, c: CountryId, act: impl Fn(&costs::Costs) -> f64) {
        costs::charge(self, c, act);
    }

    /// A file on the person is open now.
    pub(crate) fn note_file(&mut self, id: PersonId) {
        intrusion::note_file(self, id);
    }

    /// Somebody who was not plotting is held.
    pub(crate) fn note_held(&mut self, id: PersonId, cause: FactId, site: Site) {
        intrusion::held(self, id, cause, site);
    }

    /// Somebody who was not plotting has been assessed.
    pub(crate) fn note_assessed(&mut self, c: CountryId, who: Key) {
        intrusion::assessed(self, c, who);
    }

    /// So many residents have been assessed.
    pub(crate) fn note_assessed_many(&mut self, c: CountryId, who: Key, number: u32) {
        intrusion::assessed_many(self, c, who, number);
    }

    /// One of them, for those who keep each.
    pub(crate) fn keep_assessed(&mut self, c: CountryId, who: Key) {
        intrusion::keep_assessed(self, c, who);
    }
}
