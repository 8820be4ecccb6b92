//! The one file that names all mechanisms: who handles what happens, and what else must happen when something is done.
//!
//! Three tables. *Dispatch*: each event and each ring of a group clock goes to the mechanism that owns it. *Parameters*:
//! what is kept of them is computed anew when they change. *Moves*: a mechanism that does something which others
//! answer says so to the simulation, and the answers stand here, in their order. No mechanism knows another.

use crate::engine::heap::{Handle, Tie};
use crate::engine::key::Key;

use super::kinds::clock::ClockKind;
use super::kinds::event::{Event, EventKind};
use super::kinds::fact::{FactId, FactKind};
use super::kinds::kept::Kept;
use super::mechanisms::fighters::{abroad, returnees, returns, territory, travel};
use super::mechanisms::measures::{costs, emergency};
use super::mechanisms::plots::{harm, pathways, place, secrecy, survivors, work};
use super::mechanisms::population::{grievance, onset, peers, stages, start};
use super::mechanisms::recruiters::{in_person, stings, virtual_entrepreneurs};
use super::mechanisms::services::triage::{self, cohort};
use super::mechanisms::services::{
    aftermath, detection, intervention, intrusion, investigations, leads, missed, subjects, surveillance,
};
use super::mechanisms::sharing::{dots, notices, pool, records};
use super::moves::{files, people, plots};
use super::parameters::Parameters;
use super::record::FileRecord;
use super::sim::{Sim, Site};
use super::state::desk::FalseLeads;
use super::state::ids::{CountryId, FileId, MonthId, MovementId, PeriodId, PersonId, PlotId, Position};
use super::state::{Channel, FileStatus, Pathway, State};

// ---- dispatch -----------------------------------------------------------------------------------------

/// Hands an event to the mechanism that owns it.
pub(super) fn happen(sim: &mut Sim, event: Event) {
    let Event { kind, occasion, .. } = event;
    match kind {
        EventKind::Clock(clock) => ring(sim, clock.place()),
        EventKind::Parameters(period) => change_parameters(sim, period.place()),
        EventKind::MonthEnd(month) => month_end(sim, month.place()),
        EventKind::Shift(country) => shift(sim, country),
        EventKind::RecruiterRemoved(recruiter) => virtual_entrepreneurs::removed(sim, recruiter),
        EventKind::RecruiterReplaced(recruiter) => virtual_entrepreneurs::replaced(sim, recruiter),
        EventKind::GroomingEnds(person) => virtual_entrepreneurs::groomed(sim, person),
        EventKind::InPersonRemoved(recruiter) => in_person::removed(sim, recruiter),
        EventKind::InPersonReplaced(recruiter) => in_person::replaced(sim, recruiter),
        EventKind::StingEnds(person) => stings::ends(sim, person),
        EventKind::TrainingEnds(person) => abroad::trained(sim, person),
        EventKind::Dispatch => territory::dispatch(sim),
        EventKind::ReturneePlots(person) => returnees::plots(sim, person),
        EventKind::Release(person) => stages::release(sim, person),
        EventKind::Task(plot) => work::task_done(sim, plot),
        EventKind::Signature(plot) => work::sign_left(sim, plot),
        EventKind::Dissolve(plot) => plots::dissolve(sim, plot),
        EventKind::Search(plot) => detection::found(sim, plot),
        EventKind::PlotAgain(person) => survivors::plots_again(sim, person, PlotId(occasion)),
        EventKind::FalseLead(country) => cohort::opening_arrives(sim, usize::from(country)),
        EventKind::AnalystFree(country) => cohort::wake(sim, usize::from(country)),
        EventKind::LeadServed(lead) => triage::served(sim, lead),
        EventKind::FalseLeadServed(country) => triage::false_served(sim, usize::from(country), occasion),
        EventKind::LeadStale(lead) => triage::stale(sim, lead),
        EventKind::Execution(file) => intervention::execute(sim, file),
        EventKind::Raid(file) => aftermath::raid(sim, file, occasion),
        EventKind::InvestigationEnds(plot) => investigations::end(sim, plot, CountryId(occasion as u8)),
        EventKind::FragmentPooled(job) => pool::fragment_arrives(sim, job),
        EventKind::LinkServed(job) => pool::link_served(sim, job),
        EventKind::QueryAnswered(file) => notices::answered(sim, file),
        EventKind::EmergencyEnds(country) => emergency::ends(sim, usize::from(country)),
    }
}

/// A group clock rings for its first member.
fn ring(sim: &mut Sim, clock: usize) {
    let (kind, c, which) = sim.decode(clock);
    match kind {
        ClockKind::Spontaneous | ClockKind::Online | ClockKind::Peer | ClockKind::InPerson => {
            if let Some(place) = sim.next_member(kind, clock) {
                onset::handle(sim, kind, which, place.payload as usize);
            }
        }
        ClockKind::DesistSympathiser | ClockKind::DesistCommitted => person_rings(sim, kind, clock, stages::desist),
        ClockKind::CommitFast | ClockKind::CommitSlow => person_rings(sim, kind, clock, stages::commit),
        ClockKind::SelfStart | ClockKind::SelfStartBlocked => {
            person_rings(sim, kind, clock, pathways::self_started);
        }
        ClockKind::Travel => person_rings(sim, kind, clock, travel::attempt),
        ClockKind::Persona => person_rings(sim, kind, clock, stings::contact),
        ClockKind::TipSympathiser | ClockKind::TipCommitted | ClockKind::TipReturnee => {
            person_rings(sim, kind, clock, |sim, id| leads::tip(sim, id, kind));
        }
        ClockKind::Death => person_rings(sim, kind, clock, abroad::die),
        ClockKind::Return => person_rings(sim, kind, clock, returns::come_home),
        ClockKind::Review => {
            if let Some(file) = sim.next_file(kind, clock) {
                subjects::review(sim, file);
            }
        }
        ClockKind::Sudden => {
            if let Some(country) = sim.next_member(kind, clock) {
                pathways::sudden(sim, c, which, country.occasion);
            }
        }
        ClockKind::Background => {
            if let Some(file) = sim.next_member(kind, clock) {
                detection::background(sim, FileId(file.payload));
            }
        }
        ClockKind::Contact => person_rings(sim, kind, clock, virtual_entrepreneurs::contact),
    }
    sim.touch(kind, clock);
}

fn person_rings(sim: &mut Sim, kind: ClockKind, clock: usize, rule: impl Fn(&mut Sim, PersonId)) {
    if let Some(id) = sim.next_person(kind, clock) {
        rule(sim, id);
    }
}

/// Fills the empty world: recruiters, stocks, seats, and everything that is booked from the first day.
pub(super) fn seed(sim: &mut Sim) {
    for c in 0..sim.countries() {
        let now = sim.now;
        sim.world.countries[c].team_use.begin(now);
        sim.world.countries[c].team_full.begin(now);
        sim.world.countries[c].desk.analyst_use.begin(now);
        sim.world.countries[c].court_since = now;
    }
    territory::start_clock(sim);
    virtual_entrepreneurs::seed(sim);
    recompute_all(sim);
    start::reserve(sim);
    let at_home: Vec<usize> = (0..sim.countries()).filter(|&c| sim.world.countries[c].at_home).collect();
    for &c in &at_home {
        start::seed(sim, c);
    }
    // After the stocks: a seat that changed with each of them would be rescaled thousands of times.
    onset::seed(sim);
    for c in at_home {
        in_person::seed(sim, c);
        leads::seed(sim, c);
        for m in 0..sim.movements {
            pathways::await_sudden(sim, c, m, 0);
        }
    }
    book_shifts(sim);
    sim.settled = true;
    for clock in 0..sim.world.clocks.len() {
        let kind = sim.decode(clock).0;
        sim.touch(kind, clock);
    }
    book_next_period(sim);
    for (i, time) in sim.months.iter().enumerate() {
        sim.schedule(*time, EventKind::MonthEnd(MonthId::at(i)), Key::NONE, 0);
    }
}

/// States the stocks and the means of the month that ends.
fn month_end(sim: &mut Sim, month: usize) {
    let now = sim.now;
    if month == 0 {
        intrusion::note_open_files(sim);
    }
    for c in 0..sim.countries() {
        let queue = triage::sweep(sim, c) as f64;
        let team_use = sim.world.countries[c].team_use.take(now);
        let team_full = sim.world.countries[c].team_full.take(now);
        let analyst_use = sim.world.countries[c].desk.analyst_use.take(now);
        if month == 0 {
            continue;
        }
        let state = &sim.world.countries[c];
        let site = Site::country(c, state.key);
        let stocks = [
            (FactKind::StockSympathisers, f64::from(state.sympathisers)),
            (FactKind::StockCommitted, f64::from(state.committed)),
            (FactKind::StockAbroad, f64::from(state.abroad)),
            (FactKind::StockReturnees, f64::from(state.returnees)),
            (FactKind::StockOpenCases, f64::from(state.open_cases)),
            (FactKind::StockParked, files::parked_files(sim, c) as f64),
            (FactKind::StockQueue, queue),
            (FactKind::StockPlots, state.plots.len() as f64),
            (FactKind::StockTeams, f64::from(state.teams + state.teams_bound)),
            (FactKind::MeanTeamUse, team_use),
            (FactKind::MeanTeamsFull, team_full * f64::from(state.teams + state.teams_bound)),
            (FactKind::MeanAnalystUse, analyst_use),
        ];
        for (kind, value) in stocks {
            sim.fact(kind, 0, site, value);
        }
    }
    if month > 0 {
        let site = Site::country(0, Key::NONE);
        let (recruiters, central, held) =
            (sim.world.alive_recruiters, sim.world.pool.waiting.len(), sim.p.world.territory.held());
        sim.fact(FactKind::StockRecruiters, 0, site, f64::from(recruiters));
        sim.fact(FactKind::StockCentralQueue, 0, site, central as f64);
        sim.fact(FactKind::StockTerritory, 0, site, held);
    }
}

/// A sympathiser who can neither act nor be seen, for the test that nobody notices.
pub(super) fn bystander(sim: &mut Sim) {
    start::bystander(sim);
}

/// The daily shift of the countries from one on, in the order of their keys: it allocates staff and nothing else; work,
/// detection and waiting go on continuously.
///
/// One event serves all countries, unless a shift brings something that comes before the next country's.
fn shift(sim: &mut Sim, first: CountryId) {
    let mut next = Some(first);
    while let Some(country) = next {
        let c = usize::from(country);
        subjects::close_excess(sim, c);
        surveillance::shift(sim, c);
        intervention::begin_waiting(sim, c);
        triage::next(sim, c);
        next = after(sim, c);
        if let Some(country) = next {
            let event = shift_of(sim, country);
            if sim.next().is_some_and(|(time, other)| time <= sim.now && other.tie() < event.tie()) {
                sim.agenda.schedule(sim.now, event);
                return;
            }
            sim.events += 1;
        }
    }
    book_shifts(sim);
}

/// The event of a country's shift.
fn shift_of(sim: &Sim, country: CountryId) -> Event {
    Event { kind: EventKind::Shift(country), key: sim.world.countries[usize::from(country)].key, occasion: 0 }
}

/// The country whose shift comes after another's on the same day.
fn after(sim: &Sim, c: usize) -> Option<CountryId> {
    let later = &sim.world.by_key[sim.world.countries[c].rank + 1..];
    later.iter().copied().find(|&country| sim.world.countries[usize::from(country)].at_home)
}

/// Books the shifts of the next day, at the same hour.
fn book_shifts(sim: &mut Sim) {
    let first = sim.world.by_key.iter().copied().find(|&country| sim.world.countries[usize::from(country)].at_home);
    if let Some(country) = first {
        let event = shift_of(sim, country);
        sim.agenda.schedule(libm::floor(sim.now) + 1.0, event);
    }
}

/// What is still open at the end of the run is stated.
pub(super) fn close(sim: &mut Sim) {
    costs::state(sim);
    for c in 0..sim.countries() {
        triage::settle_waits(sim, c);
    }
}

/// By country, the people with an open file in the counted period who have been in no plot so far.
pub(super) fn files_without_plot(sim: &Sim) -> Vec<FileRecord> {
    intrusion::files_without_plot(sim)
}

// ---- parameters ------------------------------------------------------------------------------------

/// Computes anew all that is kept of parameters.
pub(super) fn recompute_all(sim: &mut Sim) {
    for &kept in Kept::ALL {
        #[cfg(test)]
        if sim.left_out.contains(&kept) {
            continue;
        }
        recompute(sim, kept);
    }
}

/// Computes anew one of the things that are kept of parameters.
pub(super) fn recompute(sim: &mut Sim, kept: Kept) {
    let each: fn(&mut Sim, usize) = match kept {
        Kept::ContactClocks => return virtual_entrepreneurs::hazards(sim),
        Kept::DispatchClock => return territory::dispatch_hazard(sim),
        Kept::CostRates => return costs::accrue_costs(sim),
        Kept::OnsetClocks => onset::hazards,
        Kept::StageClocks => stages::hazards,
        Kept::InPersonClocks => in_person::hazards,
        Kept::PersonaClocks => stings::hazards,
        Kept::TravelClocks => travel::hazards,
        Kept::DeathClocks => abroad::hazards,
        Kept::ReturnClocks => returns::hazards,
        Kept::SelfStartClocks => pathways::hazards,
        Kept::LeadClocks => leads::hazards,
        Kept::ReviewClocks => subjects::hazards,
        Kept::BackgroundClocks => detection::hazards,
        Kept::Teams => surveillance::update_staff,
        Kept::Desk => triage::update_staff,
        Kept::PlotRates => update_plots,
    };
    for c in 0..sim.countries() {
        each(sim, c);
    }
}

/// Books the beginning of the period after the one in force; a beginning that was booked before is taken back.
pub(super) fn book_next_period(sim: &mut Sim) {
    let next = sim.period + 1;
    sim.agenda.cancel(sim.next_period);
    sim.next_period = match sim.periods.get(next) {
        Some((time, _)) => sim.schedule(*time, EventKind::Parameters(PeriodId::at(next)), Key::NONE, 0),
        None => Handle::NONE,
    };
}

/// The clocks of people whose hazards follow parameters alone, with their hazards a day in one country and movement.
pub(super) fn steady_rates(p: &Parameters, c: usize, m: usize) -> impl Iterator<Item = (ClockKind, f64)> {
    let (life, leads) = (stages::rates(p, c), leads::rates(p, c, m));
    let (plots, personas) = (pathways::rates(p, c, m), stings::rates(p, c));
    let fighters = travel::rates(p, c, m).into_iter().chain(abroad::rates(p, c)).chain(returns::rates(p, c));
    life.into_iter().chain(leads).chain(plots).chain(personas).chain(fighters)
}

/// The parameters of another period come into force.
fn change_parameters(sim: &mut Sim, period: usize) {
    // What has happened so far happened under the old parameters.
    for c in 0..sim.countries() {
        cohort::catch_up(sim, c);
    }
    let old = sim.p;
    let periods = sim.periods;
    sim.p = &periods[period].1;
    sim.period = period;
    book_next_period(sim);
    sim.fact(FactKind::ParametersChanged, 0, Site::country(0, Key::NONE), period as f64);
    recompute_all(sim);
    subjects::change_decay(sim, old.world.evidence.decay_per_day());
    for c in 0..sim.countries() {
        if threshold_fell(sim, old, c) {
            subjects::reconsider(sim, c);
        }
        let (before, after) = (&old.countries[c], &sim.p.countries[c]);
        if before.membership != after.membership || before.pool.contribution_share != after.pool.contribution_share {
            pool::contribute_stock(sim, c);
        }
        surveillance::reuse(sim, c);
        intervention::begin_waiting(sim, c);
        triage::next(sim, c);
    }
    pool::serve_next(sim);
}

/// Whether the threshold of intervention has fallen.
fn threshold_fell(sim: &Sim, old: &Parameters, c: usize) -> bool {
    sim.p.countries[c].intervention.threshold_log_odds < old.countries[c].intervention.threshold_log_odds
}

// ---- moves: people -----------------------------------------------------------------------------------

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
    }

    /// A fighter is back, recognised or not.
    pub(crate) fn come_back(&mut self, id: PersonId, identified: bool) {
        returnees::enter(self, id, identified);
    }

    /// A returnee of the first day's stock.
    pub(crate) fn stock_returnee(&mut self, id: PersonId) {
        returnees::enter_stock(self, id);
    }

    /// Somebody goes to prison.
    pub(crate) fn imprison(&mut self, id: PersonId) {
        stages::imprison(self, id);
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
    pub(crate) fn neighbours_changed(&mut self, n: usize, m: usize) {
        onset::reseat_peers(self, n, m);
    }

    /// Which recruiters work in a neighbourhood has changed.
    pub(crate) fn recruiters_changed(&mut self, n: usize, m: usize) {
        onset::reseat_recruiters(self, n, m);
    }

    /// The number of a country's fighters abroad has changed.
    pub(crate) fn ties_changed(&mut self, c: usize) {
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
    pub(crate) fn onset_grievance_changed(&mut self, c: usize) {
        onset::hazards(self, c);
    }

    /// The timing reaction of a country has risen.
    pub(crate) fn timing_changed(&mut self, c: usize) {
        update_plots(self, c);
    }

    /// Somebody was searched or held who was not plotting.
    pub(crate) fn searched_without_plot(&mut self, service: CountryId, movement: MovementId) {
        grievance::after_search(self, service, movement);
    }
}

// ---- moves: plots ------------------------------------------------------------------------------------

/// Sets the clocks of all plots prepared in a country.
fn update_plots(sim: &mut Sim, c: usize) {
    let all: Vec<PlotId> = sim.world.countries[c].plots.iter().map(|p| p.1).collect();
    for plot in all {
        sim.follow_plot(plot);
    }
}

impl Sim<'_> {
    /// A committed person starts a plot unprompted.
    pub(crate) fn start_alone(&mut self, id: PersonId) {
        pathways::self_started(self, id);
    }

    /// A contact is instructed to plot.
    pub(crate) fn start_instructed(&mut self, id: PersonId, cause: FactId) {
        pathways::instructed(self, id, cause);
    }

    /// A dormant returnee plots.
    pub(crate) fn start_as_returnee(&mut self, id: PersonId) {
        pathways::returnee_starts(self, id);
    }

    /// A team that was sent arrives.
    pub(crate) fn arrive_team(&mut self, team: &[PersonId], hurried: bool, cause: FactId) {
        pathways::dispatched(self, team, hurried, cause);
    }

    /// How many cells a design has.
    pub(crate) fn cells_of_design(&self, leader: Key, occasion: u32, people: usize, m: usize) -> usize {
        secrecy::cells(self, leader, occasion, people, m)
    }

    /// Where a plot is prepared, and where it aims.
    pub(crate) fn sites_of_plot(&self, plot: Key, pathway: Pathway, home: usize) -> (usize, usize) {
        place::choose(self, plot, pathway, home)
    }

    /// How many tasks a new plot has.
    pub(crate) fn tasks_of_plot(&self, home: CountryId, pathway: Pathway, m: usize, hurried: bool) -> u32 {
        work::tasks(self, home, pathway, m, hurried)
    }

    /// Who helps with a new plot.
    pub(crate) fn helpers_of_plot(&self, plot: Key, founder: PersonId, pathway: Pathway) -> Vec<PersonId> {
        secrecy::helpers(self, plot, founder, pathway)
    }

    /// A plot begins: its own clocks, and the search for it.
    pub(crate) fn plot_begins(&mut self, plot: PlotId) {
        work::begin(self, plot);
        detection::begin(self, plot);
    }

    /// What services do about a plot, or its tempo, has changed: all its clocks follow.
    pub(crate) fn follow_plot(&mut self, plot: PlotId) {
        work::update_rates(self, plot);
        detection::update_search_rate(self, plot);
    }

    /// A plot leaves a sign.
    pub(crate) fn sign_left(&mut self, plot: PlotId, count: u32) {
        detection::sign(self, plot, count);
    }

    /// The attempt begins.
    pub(crate) fn attempt_begins(&mut self, plot: PlotId) {
        dots::at_launch(self, plot);
    }

    /// Whether the attempt completes.
    pub(crate) fn attempt_completes(&self, plot: PlotId) -> bool {
        work::completes(self, plot)
    }

    /// The harm of a completed attack.
    pub(crate) fn inflict_harm(&mut self, plot: PlotId) {
        harm::inflict(self, plot);
    }

    /// What a completed attack brings to the target country and beyond.
    pub(crate) fn attack_completed(&mut self, target: CountryId, movement: MovementId, harmed: f64, attack: FactId) {
        grievance::after_attack(self, target, movement, harmed, attack);
        leads::after_attack(self, target, harmed);
        emergency::after_attack(self, target, harmed, attack);
    }

    /// What an attempt brings, whether or not it was completed.
    pub(crate) fn attempt_over(&mut self, plot: PlotId, target: CountryId, attempt: FactId) {
        aftermath::after_launch(self, plot, attempt);
        investigations::open(self, plot, target, attempt);
        survivors::after_end(self, plot, attempt);
    }

    /// A service has ended a plot.
    pub(crate) fn plot_foiled(&mut self, plot: PlotId, service: CountryId, end: FactId) {
        investigations::open(self, plot, service, end);
        secrecy::expose_siblings(self, plot, end);
    }

    /// The helpers of an ended plot are left over.
    pub(crate) fn helpers_left(&mut self, plot: PlotId, cause: FactId) {
        survivors::after_end(self, plot, cause);
    }

    /// A member gets away.
    pub(crate) fn hide_survivor(&mut self, id: PersonId, plot: PlotId, cause: FactId) {
        survivors::hide(self, id, plot, cause);
    }
}

// ---- moves: services -----------------------------------------------------------------------------------

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
    pub(crate) fn seed_false_leads(&mut self, c: usize, streams: FalseLeads) {
        cohort::seed(self, c, streams);
    }

    /// False leads come at other hazards from now on.
    pub(crate) fn set_false_leads(&mut self, c: usize, streams: FalseLeads) {
        cohort::set_hazards(self, c, streams);
    }

    /// A service opens, or reopens, a file with what led to it.
    pub(crate) fn open_file(&mut self, service: CountryId, id: PersonId, channel: Channel, weight: f64, cause: FactId) {
        subjects::open(self, service, id, channel, weight, cause);
    }

    /// A file of the first day's stock.
    pub(crate) fn stock_file(&mut self, c: usize, id: PersonId, open: bool) {
        subjects::stock_file(self, c, id, open);
    }

    /// A file has been opened for a reason: it is a record, and others may be asked.
    pub(crate) fn case_opened(&mut self, file: FileId) {
        let (id, service) = (self.world.dossiers[file].person, self.world.dossiers[file].service);
        records::create(self, id, service);
        notices::query(self, file);
    }

    /// An open file begins to be fed by background signs.
    pub(crate) fn await_background(&mut self, file: FileId, occasion: u32) {
        detection::await_background(self, file, occasion);
    }

    /// Evidence is added to a file.
    pub(crate) fn add_evidence(&mut self, file: FileId, weight: f64, channel: Channel) {
        subjects::add_evidence(self, file, weight, channel);
    }

    /// The belief of an open file has risen: a team may come, and an intervention.
    pub(crate) fn evidence_added(&mut self, file: FileId) {
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
    pub(crate) fn reconsider_files(&mut self, c: usize) {
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
    pub(crate) fn begin_interventions(&mut self, c: usize) {
        intervention::begin_waiting(self, c);
    }

    /// Somebody is arrested and taken to court.
    pub(crate) fn arrest(&mut self, id: PersonId, service: CountryId, channel: Channel, belief: f64) {
        intervention::arrest_and_charge(self, id, service, channel, belief);
    }

    /// Which teams can watch has changed.
    pub(crate) fn update_teams(&mut self, c: usize) {
        surveillance::update_staff(self, c);
    }

    /// Teams may have become free for files that wait.
    pub(crate) fn reuse_teams(&mut self, c: usize) {
        surveillance::reuse(self, c);
    }

    /// The team is taken away from a file.
    pub(crate) fn release_team(&mut self, file: FileId) {
        surveillance::release(self, file);
    }

    /// How many teams are free has changed.
    pub(crate) fn free_teams_changed(&mut self, c: usize) {
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
        place: usize,
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

// ---- moves: sharing and accounts ---------------------------------------------------------------------

impl Sim<'_> {
    /// A service makes a record of somebody, if it has none.
    pub(crate) fn make_record(&mut self, id: PersonId, service: CountryId) {
        records::create(self, id, service);
    }

    /// A record of the first day's stock.
    pub(crate) fn stock_record(&mut self, id: PersonId, c: usize) {
        records::note(self, id, c);
    }

    /// There is a new record: its owner may issue a notice and contribute to the pool.
    pub(crate) fn record_made(&mut self, id: PersonId, c: usize, old: bool) {
        notices::issue(self, id, c, old);
        pool::contribute_record(self, id, c);
    }

    /// A fragment may go into the pool.
    pub(crate) fn contribute_fragment(&mut self, c: usize, person: PersonId, plot: PlotId, name: Key, cause: FactId) {
        pool::contribute(self, c, person, plot, name, cause);
    }

    /// A background sign was seen on a file.
    pub(crate) fn innocent_seen(&mut self, file: FileId) {
        dots::innocent(self, file);
    }

    /// What one act costs is booked.
    pub(crate) fn charge(&mut self, c: usize, act: impl Fn(&costs::Costs) -> f64) {
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
    pub(crate) fn note_assessed(&mut self, c: usize, who: Key) {
        intrusion::assessed(self, c, who);
    }

    /// So many residents have been assessed.
    pub(crate) fn note_assessed_many(&mut self, c: usize, who: Key, number: u32) {
        intrusion::assessed_many(self, c, who, number);
    }

    /// One of them, for those who keep each.
    pub(crate) fn keep_assessed(&mut self, c: usize, who: Key) {
        intrusion::keep_assessed(self, c, who);
    }
}
