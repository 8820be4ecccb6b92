//! Moves of people: what else must happen when somebody comes, goes, commits or gives up.

use crate::model::kinds::clock::ClockKind;
use crate::model::mechanisms::fighters::{abroad, returnees, returns, territory, travel};
use crate::model::mechanisms::plots::pathways;
use crate::model::mechanisms::population::{grievance, onset, peers, stages};
use crate::model::mechanisms::recruiters::{stings, virtual_entrepreneurs};
use crate::model::mechanisms::services::{leads, subjects};
use crate::model::mechanisms::sharing::{notices, partners};
use crate::model::moves::people;
use crate::model::sim::Sim;
use crate::model::state::State;
use crate::model::state::ids::{CountryId, MovementId, NeighbourhoodId, PersonId};

use super::plots;

impl Sim<'_> {
    /// Somebody becomes a sympathiser; a share of those who do commits fast, if at all.
    pub(crate) fn become_sympathiser(&mut self, id: PersonId, fast_share: f64) {
        let seat = people::activate(self, id, State::Sympathiser);
        self.world.countries[seat.0].sympathisers += 1;
        stages::await_sympathiser(self, id, seat, fast_share);
        leads::await_tip(self, id, ClockKind::TipSympathiser, 1.0);
    }

    /// Somebody becomes, or becomes again, committed.
    pub(crate) fn become_committed(&mut self, id: PersonId) {
        let seat = people::activate(self, id, State::Committed);
        self.world.countries[seat.0].committed += 1;
        let entry = seat.2;
        stages::await_desistance(self, id, seat);
        travel::await_travel(self, id, entry);
        pathways::await_self_start(self, id, entry);
        virtual_entrepreneurs::await_contact(self, id, entry);
        stings::await_persona(self, id, entry);
        leads::await_tip(self, id, ClockKind::TipCommitted, 1.0);
    }

    /// A fighter arrives abroad: a file on somebody who has left binds nobody; the record stays.
    pub(crate) fn arrive_abroad(&mut self, id: PersonId) {
        subjects::drop_all(self, id);
        abroad::enter(self, id);
        partners::await_meeting(self, id);
    }

    /// A fighter is back, recognised or not.
    pub(crate) fn come_back(&mut self, id: PersonId, identified: bool) {
        returnees::enter(self, id, identified);
    }

    /// A returnee of the first day's stock.
    pub(crate) fn stock_returnee(&mut self, id: PersonId) {
        returnees::enter_stock(self, id);
        partners::met_before(self, id);
    }

    /// Somebody goes to prison.
    pub(crate) fn imprison(&mut self, id: PersonId) {
        stages::imprison(self, id);
        notices::fulfilled(self, id);
    }

    /// The prison service may report a release.
    pub(crate) fn report_release(&mut self, id: PersonId) {
        leads::after_release(self, id);
    }

    /// Somebody begins to be open to reports.
    pub(crate) fn await_reports(&mut self, id: PersonId, kind: ClockKind) {
        leads::await_tip(self, id, kind, 1.0);
    }

    /// The same of a plotter, who is reported more often.
    pub(crate) fn await_reports_as_plotter(&mut self, id: PersonId) {
        leads::await_tip_as_plotter(self, id);
    }

    /// A new recruit finds friends, or stays alone.
    pub(crate) fn settle_with_friends(&mut self, id: PersonId, source: ClockKind) {
        peers::place_in_circle(self, id, source);
    }

    /// Who is active in a neighbourhood has changed.
    pub(crate) fn neighbours_changed(&mut self, n: NeighbourhoodId, m: MovementId) {
        onset::reseat_peers(self, n, m);
    }

    /// Which recruiters work in a neighbourhood has changed.
    pub(crate) fn recruiters_changed(&mut self, n: NeighbourhoodId, m: MovementId) {
        onset::reseat_recruiters(self, n, m);
    }

    /// The number of a country's fighters abroad has changed.
    pub(crate) fn ties_changed(&mut self, c: CountryId) {
        virtual_entrepreneurs::ties_changed(self, c);
    }

    /// Who is trained and attached abroad has changed.
    pub(crate) fn attached_changed(&mut self) {
        territory::dispatch_hazard(self);
    }

    /// Somebody in contact with a recruiter is taken away by something else.
    pub(crate) fn drop_contact(&mut self, id: PersonId) {
        virtual_entrepreneurs::drop_contact(self, id);
    }

    /// The person of a running sting case is taken away.
    pub(crate) fn close_sting(&mut self, id: PersonId) {
        stings::leave_case(self, id);
    }

    /// Somebody tries to leave, brought to it by a recruiter.
    pub(crate) fn try_to_travel(&mut self, id: PersonId) {
        travel::attempt(self, id);
    }

    /// Whether somebody on the way from abroad is recognised.
    pub(crate) fn recognise_on_the_way(&mut self, id: PersonId) -> bool {
        returns::recognised(self, id)
    }

    /// Whether somebody sent and recognised gets no further.
    pub(crate) fn stop_on_the_way(&mut self, id: PersonId) -> bool {
        returns::stopped(self, id)
    }

    /// The onset reaction of a country has risen.
    pub(crate) fn onset_grievance_changed(&mut self, c: CountryId) {
        onset::hazards(self, c);
    }

    /// The timing reaction of a country has risen.
    pub(crate) fn timing_changed(&mut self, c: CountryId) {
        plots::follow_all(self, c);
    }

    /// Somebody was searched or held who was not plotting.
    pub(crate) fn searched_without_plot(&mut self, service: CountryId, movement: MovementId) {
        grievance::after_search(self, service, movement);
    }
}
