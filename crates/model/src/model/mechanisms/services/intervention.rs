//! M23: when a service intervenes, with whom, and what the court makes of it.
//!
//! Rule: once belief exceeds the threshold A the service decides to intervene, as soon as officers are
//! free; it acts after an exponential time at rate ρ (a person wanted abroad must first be located). A
//! plot whose member is arrested is foiled; each other member is found with a share and the rest get
//! away. P(charge) = logit⁻¹(a + b · belief); who is not charged is released and known. Low A: weaker
//! evidence, more releases, more people held who never plotted; high A: more attacks first.
//! Sources: F6, F16, F17, F38; sizes assumed. Neutral: threshold beyond reach.

use crate::engine::heap::Handle;
use crate::model::kinds::decision::Decision;
use crate::model::kinds::event::EventKind;
use crate::model::kinds::fact::FactKind;
use crate::model::kinds::kept::kept;
use crate::model::moves::{files, pairs, people, plots, records, staff};
use crate::model::sim::{Sim, Site, live};
use crate::model::state::ids::{CountryId, FileId, PersonId, PlotId};
use crate::model::state::{Channel, Ending, FileStatus, Pathway, State};

crate::parameters! {
    /// The decision to intervene, its execution, and the court (M23).
    Intervention = "intervention", "M23", Country;
    neutral { threshold_log_odds = 1e6 }
    /// A: belief above which the service intervenes.
    threshold_log_odds: Number(-50.0, 1e6) = 1.0, "log odds", "assumed, after F17";
    /// ρ: rate at which a decided intervention is carried out.
    execute_per_day: Number(1e-6, 1e6) = 0.2, "per day", "assumed";
    /// Case officers whom one intervention binds until it is carried out.
    officers_per_intervention: Number(0.0, 1e6) = 10.0, "officers", "assumed";
    /// Most of a service's case officers whom one intervention binds.
    officers_share_most: Number(0.001, 1.0) = 1.0, "share", "assumed: all of them if it has no more";
    /// Belief at which a decision that has not been carried out lapses; the least value stands for never.
    lapse_log_odds: Number(-50.0, 50.0) = -50.0, "log odds", "assumed: never";
    /// Whether search and plot are held back from the decision on; otherwise from when officers act on it.
    decision_holds: Switch = 1.0, "switch", "assumed";
    /// Chance that each other member of the plot is found too.
    member_found_share: Share = 0.8, "share", "assumed, after F8";
    /// a: log odds of a charge at belief 0.
    charge_intercept: Number(-50.0, 50.0) = -0.5, "log odds", "assumed, after F38";
    /// b: effect of belief.
    charge_slope: Number(-10.0, 10.0) = 0.8, "log odds per log odds", "assumed";
    /// Share of people who were not plotting but are committed or returned, and whom a charge can reach.
    charge_without_plot_share: Share = 0.3, "share", "assumed";
}

kept!(Intervention:);

/// A threshold that stands for no interventions and no arrests at all.
const NEVER: f64 = 1e6;

/// A level that stands for decisions that never lapse.
const NEVER_LAPSES: f64 = -50.0;

impl Intervention {
    /// Whether the service never intervenes.
    pub(crate) fn never(&self) -> bool {
        self.threshold_log_odds >= NEVER
    }

    /// Where a decision lapses, if at all.
    pub(crate) fn lapses_at(&self) -> Option<f64> {
        (self.lapse_log_odds > NEVER_LAPSES).then_some(self.lapse_log_odds)
    }

    /// Whether a decision that waits for officers already holds search and plot back.
    pub(crate) fn waiting_holds(&self) -> bool {
        self.decision_holds != 0.0
    }
}

/// Decides to intervene if belief suffices.
pub(crate) fn consider(sim: &mut Sim, d: FileId) {
    live!("intervention");
    let file = &sim.world.dossiers[d];
    let c = file.service;
    if sim.p.countries[c].intervention.never() || file.deciding || files::belief(sim, d) <= staff::threshold(sim, c) {
        return;
    }
    let (id, cause, place) = (file.person, file.cause, files::rank(file, d));
    let site = Site { country: c, ..Site::person(&sim.world.persons[id]) };
    let fact = sim.fact(FactKind::InterventionDecided, cause, site, 1.0);
    let file = &mut sim.world.dossiers[d];
    file.deciding = true;
    file.cause = fact;
    sim.world.countries[c].deciding.insert(place);
    if sim.p.countries[c].intervention.waiting_holds() {
        sim.pursuit_changed(id);
    }
    files::book_fall(sim, d);
    begin_waiting(sim, c);
}

/// Starts decided interventions, hottest first, while officers are free.
pub(crate) fn begin_waiting(sim: &mut Sim, c: CountryId) {
    loop {
        let Some(&hottest) = sim.world.countries[c].deciding.last() else { return };
        if !staff::can_intervene(sim, c) {
            tell_wait(sim, c, hottest.2);
            return;
        }
        sim.world.countries[c].deciding.remove(&hottest);
        begin(sim, c, hottest.2);
    }
}

/// An intervention waits for officers.
fn tell_wait(sim: &mut Sim, c: CountryId, d: FileId) {
    if sim.explains() {
        let file = &sim.world.dossiers[d];
        let (cause, site) = (file.cause, Site { country: c, ..Site::person(&sim.world.persons[file.person]) });
        let free = staff::free_case_officers(sim, c);
        sim.explain(FactKind::OfficersMissing, cause, site, free);
    }
}

fn begin(sim: &mut Sim, c: CountryId, d: FileId) {
    sim.world.countries[c].executing += 1;
    let file = &mut sim.world.dossiers[d];
    file.executions += 1;
    let (id, key, occasion) = (file.person, file.key, file.executions);
    let hunt = location_days(sim, c, d, id, occasion);
    let wait = sim.threshold(key, Decision::Execution, occasion) / sim.p.countries[c].intervention.execute_per_day;
    let at = sim.schedule(sim.now + hunt + wait, EventKind::Execution(d), key, occasion);
    let file = &mut sim.world.dossiers[d];
    file.execution = at;
    let cause = file.cause;
    let site = Site { country: c, ..Site::person(&sim.world.persons[id]) };
    sim.explain(FactKind::InterventionBegun, cause, site, hunt + wait);
    if !sim.p.countries[c].intervention.waiting_holds() {
        sim.pursuit_changed(id);
    }
}

/// A decision lapses: nothing has been seen for so long that it would not be taken now.
pub(crate) fn lapse(sim: &mut Sim, d: FileId) {
    live!("intervention");
    let file = &sim.world.dossiers[d];
    let (c, id, cause) = (file.service, file.person, file.cause);
    withdraw(sim, d);
    let belief = files::belief(sim, d);
    let site = Site { country: c, ..Site::person(&sim.world.persons[id]) };
    let fact = sim.fact(FactKind::DecisionLapsed, cause, site, belief);
    sim.world.dossiers[d].cause = fact;
    sim.pursuit_changed(id);
    files::book_fall(sim, d);
    begin_waiting(sim, c);
}

/// Notes at the daily shift whether an intervention could begin today.
pub(crate) fn note_blocked(sim: &mut Sim, c: CountryId) {
    let blocked = !sim.p.countries[c].intervention.never() && !staff::can_intervene(sim, c);
    let now = sim.now;
    sim.world.countries[c].blocked.set(now, f64::from(u8::from(blocked)));
}

/// Time to find a person who is wanted and not at home: by free officers and visible records.
fn location_days(sim: &Sim, c: CountryId, d: FileId, id: PersonId, occasion: u32) -> f64 {
    let person = &sim.world.persons[id];
    let watched = sim.world.dossiers[d].status == FileStatus::Watched;
    let sent = person.plot.is_some() && sim.world.plots[person.plot].pathway == Pathway::Dispatched;
    let rate = sim.p.countries[c].subjects.locate_per_officer_per_day;
    if watched || rate == 0.0 || (person.country == c && !sent) {
        return 0.0;
    }
    let officers = staff::free_case_officers(sim, c).max(1.0);
    let others = pairs::reachable(sim, c, person.records & !c.bit());
    let records = 1.0 + f64::from(others.count_ones());
    let visible = if records::visible(sim, c, id) { records } else { 1.0 };
    sim.threshold(sim.world.dossiers[d].key, Decision::Location, occasion) / (rate * officers * visible)
}

/// Takes back a decision about somebody who is out of reach.
pub(crate) fn withdraw(sim: &mut Sim, d: FileId) {
    let file = &mut sim.world.dossiers[d];
    if !file.deciding {
        return;
    }
    file.deciding = false;
    let (c, execution) = (file.service, std::mem::replace(&mut file.execution, Handle::NONE));
    let place = files::rank(&sim.world.dossiers[d], d);
    if !sim.world.countries[c].deciding.remove(&place) && sim.agenda.cancel(execution).is_some() {
        sim.world.countries[c].executing -= 1;
    }
}

/// The intervention is carried out.
pub(crate) fn execute(sim: &mut Sim, d: FileId) {
    let file = &mut sim.world.dossiers[d];
    file.deciding = false;
    file.execution = Handle::NONE;
    let (service, id, channel, cause) = (file.service, file.person, file.channel, file.cause);
    sim.world.countries[service].executing -= 1;
    let belief = files::belief(sim, d);
    files::book_fall(sim, d);
    sim.world.persons[id].cause = cause;
    arrest_and_charge(sim, id, service, channel, belief);
    sim.reuse_teams(service);
    begin_waiting(sim, service);
}

/// Arrests a person, ends the plot, and lets the court decide.
pub(crate) fn arrest_and_charge(sim: &mut Sim, id: PersonId, service: CountryId, channel: Channel, belief: f64) {
    let person = &sim.world.persons[id];
    let (state, plot, movement) = (person.state, person.plot, person.movement);
    if matches!(state, State::Dead | State::Prison | State::Abroad) {
        sim.drop_files(id);
        return;
    }
    let sting = state == State::InSting;
    if sim.p.countries[service].intervention.never() {
        if sting {
            sim.close_sting(id);
            sim.become_committed(id);
        }
        return;
    }
    let cause = sim.person_fact(FactKind::Arrested, id);
    sim.charge(service, |k| k.arrest);
    sim.drop_contact(id);
    sim.close_sting(id);
    sim.make_record(id, service);
    let plotting = plot.is_some() && sim.world.plots[plot].ending == Ending::InProgress;
    if plotting {
        plots::foil(sim, plot, service, channel, cause);
        let members = sim.world.plots[plot].members.clone();
        for other in members {
            if other != id {
                take_member(sim, other, plot, service, belief, cause);
            }
        }
        court(sim, id, service, belief, true);
        sim.helpers_left(plot, cause);
    } else if sting {
        court(sim, id, service, f64::INFINITY, true);
    } else {
        let site = Site { country: service, ..Site::person(&sim.world.persons[id]) };
        sim.fact(FactKind::SearchedWithoutPlot, cause, site, 1.0);
        sim.note_held(id, cause, site);
        sim.searched_without_plot(service, movement);
        court(sim, id, service, belief, false);
    }
}

fn take_member(sim: &mut Sim, id: PersonId, plot: PlotId, service: CountryId, belief: f64, cause: u64) {
    let person = &sim.world.persons[id];
    let (key, entry) = (person.key, person.entries);
    let share = sim.p.countries[service].intervention.member_found_share;
    sim.world.persons[id].plot = PlotId::NONE;
    if sim.chance(key, Decision::MemberFound, entry, share) {
        sim.world.persons[id].cause = cause;
        sim.person_fact(FactKind::Arrested, id);
        sim.charge(service, |k| k.arrest);
        sim.make_record(id, service);
        court(sim, id, service, belief, true);
    } else {
        sim.drop_files(id);
        sim.hide_survivor(id, plot, cause);
    }
}

/// Charged and imprisoned, or released and known.
fn court(sim: &mut Sim, id: PersonId, service: CountryId, belief: f64, plotted: bool) {
    sim.drop_files(id);
    sim.world.persons[id].arrests += 1;
    let person = &sim.world.persons[id];
    let (key, state) = (person.key, person.state);
    let arrests = u32::from(sim.world.persons[id].arrests);
    let i = sim.p.countries[service].intervention.clone();
    let odds = i.charge_intercept + i.charge_slope * belief;
    let seeks = matches!(state, State::Committed | State::Returnee | State::Groomed | State::InSting);
    let reach = if plotted {
        1.0
    } else if seeks {
        i.charge_without_plot_share
    } else {
        0.0
    };
    // A sting case is held from the start and always charged.
    let share = if belief == f64::INFINITY { 1.0 } else { reach / (1.0 + libm::exp(-odds)) };
    sim.world.persons[id].plot = PlotId::NONE;
    if sim.chance(key, Decision::Charge, arrests, share) {
        sim.person_fact(FactKind::Charged, id);
        sim.charge(service, |k| k.prosecution);
        sim.note_conviction(service, id);
        sim.imprison(id);
    } else {
        sim.person_fact(FactKind::ReleasedUncharged, id);
        if plotted || matches!(state, State::Groomed | State::InSting) {
            people::leave_state(sim, id);
            sim.become_committed(id);
        }
    }
}
