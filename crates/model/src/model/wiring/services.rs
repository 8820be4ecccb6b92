//! Moves of services: what else must happen when a lead, a file, a team or an arrest does.

use crate::model::kinds::fact::{FactId, FactKind};
use crate::model::mechanisms::services::triage::{self, cohort};
use crate::model::mechanisms::services::{detection, effort, intervention, missed, subjects, surveillance};
use crate::model::mechanisms::sharing::{notices, pool, records};
use crate::model::moves::files;
use crate::model::sim::Sim;
use crate::model::state::desk::FalseLeads;
use crate::model::state::ids::{CountryId, FileId, PersonId, PlotId};
use crate::model::state::{Channel, FileStatus, Group};

impl Sim<'_> {
    /// A lead about a named person reaches a service.
    pub(crate) fn lead_arrives(
        &mut self,
        service: CountryId,
        id: PersonId,
        channel: Channel,
        weight: f64,
        cause: FactId,
    ) {
        triage::arrives(self, service, id, channel, weight, cause);
    }

    /// The first false leads of a country.
    pub(crate) fn seed_false_leads(&mut self, c: CountryId, streams: FalseLeads) {
        cohort::seed(self, c, streams);
    }

    /// False leads come at other hazards from now on.
    pub(crate) fn set_false_leads(&mut self, c: CountryId, streams: FalseLeads) {
        cohort::set_hazards(self, c, streams);
    }

    /// A service opens, or reopens, a file with what led to it.
    pub(crate) fn open_file(&mut self, service: CountryId, id: PersonId, channel: Channel, weight: f64, cause: FactId) {
        subjects::open(self, service, id, channel, weight, cause);
    }

    /// A file of the first day's stock.
    pub(crate) fn stock_file(&mut self, c: CountryId, id: PersonId, open: bool) {
        subjects::stock_file(self, c, id, open);
    }

    /// A file has been opened for a reason: it is a record, and others may be asked.
    pub(crate) fn case_opened(&mut self, file: FileId) {
        let (id, service) = (self.world.dossiers[file].person, self.world.dossiers[file].service);
        records::create(self, id, service, false);
        notices::query(self, file);
        pool::carried(self, file);
    }

    /// An open file begins to be fed by background signs.
    pub(crate) fn await_background(&mut self, file: FileId, occasion: u32) {
        detection::await_background(self, file, occasion);
    }

    /// Evidence is added to a file.
    pub(crate) fn add_evidence(&mut self, file: FileId, weight: f64, channel: Channel) {
        subjects::add_evidence(self, file, weight, channel);
    }

    /// An open file comes into another group of those that show the same.
    pub(crate) fn regroup_file(&mut self, file: FileId, group: Group) {
        effort::regroup(self, file, group);
    }

    /// A file may have become hot enough for more hours; its place in the order is brought up to date.
    pub(crate) fn heat_may_have_changed(&mut self, file: FileId) {
        files::reorder(self, file, |_, _| {});
        effort::consider(self, file);
    }

    /// What files of a service show has changed.
    pub(crate) fn seen_changed(&mut self, c: CountryId) {
        effort::follow_sight(self, c);
    }

    /// A decision lapses because nothing is seen.
    pub(crate) fn decision_lapses(&mut self, file: FileId) {
        intervention::lapse(self, file);
    }

    /// A case is dropped because nothing is seen.
    pub(crate) fn drop_case(&mut self, file: FileId) {
        subjects::drop_case(self, file);
    }

    /// A conviction goes into the service's file.
    pub(crate) fn note_conviction(&mut self, service: CountryId, id: PersonId) {
        subjects::note_conviction(self, service, id);
    }

    /// The belief of an open file has risen: hours, a team and an intervention may come.
    pub(crate) fn evidence_added(&mut self, file: FileId) {
        effort::consider(self, file);
        surveillance::consider(self, file);
        intervention::consider(self, file);
    }

    /// A file is made so convincing that belief stands this far above the threshold.
    pub(crate) fn convince(&mut self, file: FileId, margin: f64, channel: Channel) {
        subjects::convince(self, file, margin, channel);
    }

    /// All files on somebody out of reach are closed.
    pub(crate) fn drop_files(&mut self, id: PersonId) {
        subjects::drop_all(self, id);
    }

    /// The threshold has fallen: the hottest files are looked at again.
    pub(crate) fn reconsider_files(&mut self, c: CountryId) {
        subjects::reconsider(self, c);
    }

    /// A file is looked at with a view to intervening.
    pub(crate) fn consider_intervening(&mut self, file: FileId) {
        intervention::consider(self, file);
    }

    /// A decision about somebody out of reach is taken back.
    pub(crate) fn withdraw_decision(&mut self, file: FileId) {
        intervention::withdraw(self, file);
    }

    /// Officers may have become free for interventions that wait.
    pub(crate) fn begin_interventions(&mut self, c: CountryId) {
        intervention::begin_waiting(self, c);
    }

    /// Somebody is arrested and taken to court.
    pub(crate) fn arrest(&mut self, id: PersonId, service: CountryId, channel: Channel, belief: f64) {
        intervention::arrest_and_charge(self, id, service, channel, belief);
    }

    /// Which teams can watch has changed.
    pub(crate) fn update_teams(&mut self, c: CountryId) {
        surveillance::update_staff(self, c);
    }

    /// Teams may have become free for files that wait.
    pub(crate) fn reuse_teams(&mut self, c: CountryId) {
        surveillance::reuse(self, c);
    }

    /// The team is taken away from a file.
    pub(crate) fn release_team(&mut self, file: FileId) {
        surveillance::release(self, file);
    }

    /// How many teams are free has changed.
    pub(crate) fn free_teams_changed(&mut self, c: CountryId) {
        detection::update_search_rates(self, c);
    }

    /// A team has come to a file or left it.
    pub(crate) fn watch_changed(&mut self, file: FileId) {
        detection::status_changed(self, file);
    }

    /// What services do about somebody has changed.
    pub(crate) fn pursuit_changed(&mut self, id: PersonId) {
        detection::follow(self, id);
    }

    /// A sign has gone by unseen under this status; `seen` tells whether it would have been seen under another.
    pub(crate) fn sign_missed(
        &mut self,
        plot: PlotId,
        place: CountryId,
        owner: PersonId,
        status: FileStatus,
        seen: impl Fn(&Sim, FileStatus) -> bool,
    ) {
        missed::sign(self, plot, place, owner, status, seen);
    }

    /// A lead has come to nothing.
    pub(crate) fn lead_missed(&mut self, id: PersonId, service: CountryId, kind: FactKind, cause: FactId) {
        missed::lead(self, id, service, kind, cause);
    }
}
