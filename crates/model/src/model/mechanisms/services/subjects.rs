//! M21: subjects of interest: files opened, watched, parked, closed for lack of staff, reopened.
//!
//! Rule: the believed log odds of a file are B = L₀ + Σ w · e^(−λ · age), the same rule whether or not
//! the person plots. Files compete for case officers: beyond the officers' load the coldest open files
//! are closed for lack of capacity at the daily shift, and that is an event. Of the open files officers
//! work the hottest at every moment; the others are parked: kept, but seen no better than closed ones. Files
//! without news are closed at review. A new lead on a closed file reopens it. A file is a record (M26).
//! Sources: F6, F41, F44; load, L₀ and memory assumed. Neutral: no files kept; 0 files worked: nobody parked.

use crate::engine::hazard::Hazard;
use crate::engine::heap::Handle;
use crate::engine::key::Key;
use crate::engine::time::DAYS_PER_YEAR;
use crate::model::kinds::clock::ClockKind;
use crate::model::kinds::decision::Decision;
use crate::model::kinds::fact::{FactId, FactKind};
use crate::model::kinds::kept::kept;
use crate::model::moves::{files, sight, staff};
use crate::model::sim::{Sim, Site, live};
use crate::model::state::ids::{CountryId, FileId, MovementId, PersonId};
use crate::model::state::{Channel, Dossier, FileStatus, Group, NO_TICKET, State};

crate::parameters! {
    /// How fast evidence loses its weight (M21, M22); one law for all services.
    Evidence = "evidence", "M21", World;
    neutral { half_life_days = 1e6, lasting_share = 0.0, kept_after_arrest_share = 0.0, conviction_log_odds = 0.0 }
    /// Half-life of evidence; the greatest value stands for evidence that never fades.
    half_life_days: Number(0.1, 1e6) = 120.0, "days", "assumed";
    /// Share of what a stay abroad, a border or a prison tells that is kept for years and not for months.
    lasting_share: Share = 0.0, "share", "assumed: none";
    /// Half-life of evidence that is kept for years.
    lasting_half_life_days: Number(0.1, 1e6) = 1500.0, "days", "assumed, after F6: trained in 2011, an attack in 2015";
    /// Share of what a file holds that is still there after an arrest.
    kept_after_arrest_share: Share = 0.0, "share", "assumed: none";
    /// Lasting evidence that a conviction leaves in the file.
    conviction_log_odds: Number(0.0, 50.0) = 0.0, "log odds", "assumed: none";
}

kept!(Evidence:);

/// A half-life that stands for evidence that never fades.
const FOR_EVER: f64 = 1e6;

impl Evidence {
    /// Decay of evidence per day.
    pub(crate) fn decay_per_day(&self) -> f64 {
        live!("evidence", 0.0);
        if self.half_life_days >= FOR_EVER { 0.0 } else { core::f64::consts::LN_2 / self.half_life_days }
    }

    /// Decay per day of evidence that is kept for years.
    pub(crate) fn lasting_decay(&self) -> f64 {
        live!("evidence", 0.0);
        if self.lasting_half_life_days >= FOR_EVER {
            0.0
        } else {
            core::f64::consts::LN_2 / self.lasting_half_life_days
        }
    }
}

crate::parameters! {
    /// Files: belief, load, review, and finding people who are wanted (M21).
    Subjects = "subjects", "M21", Country;
    neutral { files_kept = 0.0, worked_per_officer = 0.0 }
    /// Whether the service keeps files at all; without them there is no watching and no intervention on belief.
    files_kept: Switch = 1.0, "switch", "assumed";
    /// L₀: belief that the subject of a new file plots.
    prior_log_odds: Number(-50.0, 50.0) = -5.0, "log odds", "assumed, after F41";
    /// Open files that one case officer can carry; 0 stands for any number.
    cases_per_officer: Number(0.0, 1e6) = 12.0, "files per officer", "assumed, after F41";
    /// Open files that one free case officer can work at once; colder ones are parked; 0 stands for any number.
    worked_per_officer: Number(0.0, 1e6) = 0.0, "files per officer", "assumed: any number; F41 and F44 show that there is a limit";
    /// Rate at which an open file is reviewed; without news it is closed.
    review_per_year: Number(0.0, 1_000.0) = 1.0, "per year", "assumed, after F41";
    /// Belief at which an open case is dropped because nothing is seen; the least value stands for never.
    drop_log_odds: Number(-50.0, 50.0) = -50.0, "log odds", "assumed: never";
    /// Belief from which a file is watched day and night.
    watch_log_odds: Number(-50.0, 50.0) = -2.5, "log odds", "assumed";
    /// h: how much hotter another file must be for a team to move.
    move_margin: Number(0.0, 50.0) = 0.7, "log odds", "assumed, after F44";
    /// Blind days that moving a team costs.
    move_days: Number(0.0, 1_000.0) = 2.0, "days", "assumed, after F44";
    /// Rate at which one free case officer finds a wanted person abroad, for each service that has a visible record.
    locate_per_officer_per_day: Number(0.0, 1_000.0) = 0.002, "per officer and day", "assumed, after F16";
}

kept!(Subjects: ReviewClocks);

/// A level that belief never falls to.
pub(crate) const NEVER_FALLS_TO: f64 = -50.0;

impl Subjects {
    /// Where an open case is dropped, if at all.
    pub(crate) fn dropped_at(&self) -> Option<f64> {
        (self.drop_log_odds > NEVER_FALLS_TO).then_some(self.drop_log_odds)
    }
}

/// Follows a change of memory: what evidence and silence weigh now stays, and the order is built anew.
pub(crate) fn change_memory(sim: &mut Sim, old: &Evidence) {
    let new = &sim.p.world.evidence;
    let (fade, last) = (old.decay_per_day(), old.lasting_decay());
    let shift = (new.decay_per_day() - fade) * sim.now;
    if (fade, last) == (new.decay_per_day(), new.lasting_decay()) {
        return;
    }
    let now = sim.now;
    for c in sim.countries() {
        for silence in &mut sim.world.countries[c].silence {
            silence.settle(now, fade);
        }
    }
    for d in sim.world.dossiers.ids() {
        let file = &mut sim.world.dossiers[d];
        if file.lasting != 0.0 || file.below != 0.0 {
            file.lasting *= libm::exp(-last * (now - file.anchor));
            file.below *= libm::exp(-fade * (now - file.anchor));
            file.anchor = now;
        }
        let (c, before) = (file.service, files::rank(file, d));
        file.score += shift;
        file.order += shift;
        let after = files::rank(file, d);
        let state = &mut sim.world.countries[c];
        for list in [&mut state.files, &mut state.hot, &mut state.watched, &mut state.deciding] {
            if list.remove(&before) {
                list.insert(after);
            }
        }
    }
}

/// Looks again at the hottest files after the threshold has fallen.
pub(crate) fn reconsider(sim: &mut Sim, c: CountryId) {
    let threshold = staff::threshold(sim, c);
    let above = |&d: &FileId| files::belief(sim, d) > threshold;
    let hottest_first = sim.world.countries[c].files.iter().rev().map(|f| f.2);
    // Files that show the same are in order: below the first that is cold all are.
    let hot: Vec<FileId> = if sim.ever.grouped {
        hottest_first.filter(above).collect()
    } else {
        hottest_first.take_while(above).collect()
    };
    for d in hot {
        sim.consider_intervening(d);
    }
}

fn create(sim: &mut Sim, service: CountryId, id: PersonId) -> FileId {
    let d = sim.world.dossiers.next();
    let mark = sim.world.countries[service].key.bits();
    let person = &mut sim.world.persons[id];
    let next = std::mem::replace(&mut person.first_dossier, d);
    let key = person.key.child(Decision::NameDossier.number(), mark);
    sim.world.dossiers.add(Dossier {
        person: id,
        service,
        status: FileStatus::Closed,
        channel: Channel::None,
        score: f64::NEG_INFINITY,
        order: f64::NEG_INFINITY,
        next,
        key,
        background: Handle::NONE,
        review: NO_TICKET,
        openings: 0,
        seen: 0,
        raids: 0,
        watches: 0,
        deciding: false,
        closed_for_staff: false,
        executions: 0,
        execution: Handle::NONE,
        blind_until: f64::NEG_INFINITY,
        group: Group::Closed,
        fall: Handle::NONE,
        lasting: 0.0,
        below: 0.0,
        anchor: 0.0,
        cause: 0,
    });
    d
}

/// A file of the first day's stock.
pub(crate) fn stock_file(sim: &mut Sim, c: CountryId, id: PersonId, open_now: bool) {
    live!("subjects");
    if sim.p.countries[c].subjects.files_kept == 0.0 {
        return;
    }
    sim.stock_record(id, c);
    if open_now {
        let d = files::dossier(sim, c, id).unwrap_or_else(|| create(sim, c, id));
        set_open(sim, d);
    }
}

/// Opens (or reopens) a file with what a lead brought.
pub(crate) fn open(sim: &mut Sim, service: CountryId, id: PersonId, channel: Channel, weight: f64, cause: FactId) {
    live!("subjects");
    let off = sim.p.countries[service].subjects.files_kept == 0.0;
    if off || matches!(sim.world.persons[id].state, State::Dead | State::Prison | State::Abroad | State::InSting) {
        sim.make_record(id, service);
        return;
    }
    let known = files::dossier(sim, service, id);
    let d = known.unwrap_or_else(|| create(sim, service, id));
    let site = Site { country: service, ..Site::person(&sim.world.persons[id]) };
    if sim.world.dossiers[d].status < FileStatus::Open {
        let kind = if known.is_some() { FactKind::CaseReopened } else { FactKind::CaseOpened };
        let fact = sim.fact(kind, cause, site, 1.0);
        sim.world.dossiers[d].cause = fact;
        set_open(sim, d);
        sim.case_opened(d);
    }
    add_evidence(sim, d, weight, channel);
}

fn set_open(sim: &mut Sim, d: FileId) {
    let order = files::order(sim, &sim.world.dossiers[d]);
    let file = &mut sim.world.dossiers[d];
    file.order = order;
    file.status = FileStatus::Open;
    file.closed_for_staff = false;
    file.openings += 1;
    let (c, key, openings, seen) = (file.service, file.key, file.openings, file.seen);
    let (id, place) = (file.person, files::rank(file, d));
    sim.note_file(id);
    sim.world.countries[c].files.insert(place);
    sim.world.countries[c].open_cases += 1;
    sim.regroup_file(d, Group::Open);
    sim.await_background(d, openings << 16 | seen & 0xFFFF);
    if sim.ever.reviews {
        await_review(sim, d, c, key, openings);
    }
}

/// An open file begins to wait for its next review.
fn await_review(sim: &mut Sim, d: FileId, c: CountryId, key: Key, openings: u32) {
    let clock = sim.clock(ClockKind::Review, c, MovementId::default());
    let threshold = sim.threshold(key, Decision::Review, openings);
    sim.world.dossiers[d].review = openings;
    if sim.world.lazy_clocks[clock].join(sim.now, d.0, openings, threshold, 1.0) {
        sim.touch(ClockKind::Review, clock);
    }
}

/// Adds evidence to a file and follows where the new belief leads.
pub(crate) fn add_evidence(sim: &mut Sim, d: FileId, weight: f64, channel: Channel) {
    let c = sim.world.dossiers[d].service;
    let weight = weight * (1.0 - keep_for_years(sim, d, weight, channel));
    let old = files::rank(&sim.world.dossiers[d], d);
    if weight > 0.0 {
        let fresh = libm::log(weight) + sim.p.world.evidence.decay_per_day() * sim.now;
        let grown = files::log_sum(sim.world.dossiers[d].score, fresh);
        let file = &mut sim.world.dossiers[d];
        file.score = grown;
        let order = files::order(sim, &sim.world.dossiers[d]);
        let file = &mut sim.world.dossiers[d];
        file.order = order;
        file.channel = channel;
        let new = files::rank(file, d);
        let (status, deciding) = (file.status, file.deciding);
        let state = &mut sim.world.countries[c];
        if status >= FileStatus::Open {
            state.files.remove(&old);
            state.files.insert(new);
        }
        if status == FileStatus::Watched {
            state.watched.remove(&old);
            state.watched.insert(new);
        }
        if state.hot.remove(&old) {
            state.hot.insert(new);
        }
        if deciding && state.deciding.remove(&old) {
            state.deciding.insert(new);
        }
    } else if sim.world.dossiers[d].channel == Channel::None {
        sim.world.dossiers[d].channel = channel;
    }
    if sim.world.dossiers[d].status >= FileStatus::Open {
        sim.evidence_added(d);
        files::book_fall(sim, d);
    }
}

/// The share of new evidence that is kept for years, by what it comes from; it is noted.
fn keep_for_years(sim: &mut Sim, d: FileId, weight: f64, channel: Channel) -> f64 {
    let share = sim.p.world.evidence.lasting_share;
    live!("evidence", 0.0);
    if share == 0.0 || weight <= 0.0 || !matches!(channel, Channel::Border | Channel::Prison) {
        return 0.0;
    }
    files::add_lasting(sim, d, share * weight);
    share
}

/// A conviction is noted in the service's file for years.
pub(crate) fn note_conviction(sim: &mut Sim, service: CountryId, id: PersonId) {
    let weight = sim.p.world.evidence.conviction_log_odds;
    live!("evidence");
    if weight > 0.0
        && let Some(d) = files::dossier(sim, service, id)
    {
        files::add_lasting(sim, d, weight);
    }
}

/// A case is dropped because nothing was seen for long enough.
pub(crate) fn drop_case(sim: &mut Sim, d: FileId) {
    live!("subjects");
    close(sim, d, Some(FactKind::CaseDropped));
}

/// Sets a file's evidence so high that belief stands `margin` above the threshold of intervention.
pub(crate) fn convince(sim: &mut Sim, d: FileId, margin: f64, channel: Channel) {
    let c = sim.world.dossiers[d].service;
    if sim.p.countries[c].intervention.never() {
        return;
    }
    let wanted = staff::threshold(sim, c) + margin;
    let gap = wanted - files::belief(sim, d);
    add_evidence(sim, d, gap.max(0.0), channel);
}

/// Closes a file: it stays a record.
pub(crate) fn close(sim: &mut Sim, d: FileId, kind: Option<FactKind>) {
    let file = &sim.world.dossiers[d];
    if file.status < FileStatus::Open {
        return;
    }
    if file.status == FileStatus::Watched {
        sim.release_team(d);
    }
    let file = &sim.world.dossiers[d];
    let (c, id, place, background) = (file.service, file.person, files::rank(file, d), file.background);
    let signs = sight::clock_of(file.group);
    let clock = sim.clock(signs, c, MovementId::default());
    if sim.world.clocks[clock].leave(sim.now, background).is_some() {
        sim.touch(signs, clock);
    }
    sim.world.dossiers[d].background = Handle::NONE;
    sim.world.dossiers[d].status = FileStatus::Closed;
    sim.world.countries[c].files.remove(&place);
    sim.world.countries[c].hot.remove(&place);
    sim.world.countries[c].open_cases -= 1;
    sim.regroup_file(d, Group::Closed);
    files::book_fall(sim, d);
    let file = &mut sim.world.dossiers[d];
    file.status = FileStatus::Closed;
    file.background = Handle::NONE;
    file.review = NO_TICKET;
    let cause = file.cause;
    if let Some(kind) = kind {
        let site = Site { country: c, ..Site::person(&sim.world.persons[id]) };
        let fact = sim.fact(kind, cause, site, 1.0);
        sim.world.dossiers[d].cause = fact;
    }
}

/// Closes all files on somebody who is dead or in prison, and drops decisions about them.
pub(crate) fn drop_all(sim: &mut Sim, id: PersonId) {
    let files: Vec<FileId> = files::each(sim, id).collect();
    for d in files {
        sim.withdraw_decision(d);
        close(sim, d, None);
        let kept = sim.p.world.evidence.kept_after_arrest_share;
        let file = &mut sim.world.dossiers[d];
        if kept > 0.0 {
            file.score += libm::log(kept);
        } else {
            file.score = f64::NEG_INFINITY;
            file.order = f64::NEG_INFINITY;
        }
        file.lasting *= kept;
        file.below *= kept;
    }
}

/// Sets the country's review clock.
pub(crate) fn hazards(sim: &mut Sim, c: CountryId) {
    live!("subjects");
    let rate = sim.p.countries[c].subjects.review_per_year / DAYS_PER_YEAR;
    sim.set_clock(ClockKind::Review, c, MovementId::default(), Hazard::constant(rate));
}

/// A review: a cold file is closed, a warm one goes on.
pub(crate) fn review(sim: &mut Sim, d: FileId) {
    let file = &mut sim.world.dossiers[d];
    file.openings += 1;
    let (c, key, openings, status) = (file.service, file.key, file.openings, file.status);
    live!("subjects");
    let warm = files::belief(sim, d) > sim.p.countries[c].subjects.prior_log_odds + 0.5;
    if status == FileStatus::Watched || warm || sim.world.dossiers[d].deciding {
        await_review(sim, d, c, key, openings);
    } else {
        close(sim, d, Some(FactKind::CaseClosed));
    }
}

/// Closes the coldest files beyond what the free officers can carry.
pub(crate) fn close_excess(sim: &mut Sim, c: CountryId) {
    live!("subjects");
    let load = sim.p.countries[c].subjects.cases_per_officer;
    if load == 0.0 {
        return;
    }
    let room = libm::floor(staff::free_case_officers(sim, c) * load) as usize;
    let open = sim.world.countries[c].open_cases as usize;
    if open <= room {
        return;
    }
    let coldest: Vec<FileId> = sim.world.countries[c]
        .files
        .iter()
        .filter(|f| {
            let file = &sim.world.dossiers[f.2];
            file.status == FileStatus::Open && !file.deciding
        })
        .take(open - room)
        .map(|f| f.2)
        .collect();
    for d in coldest {
        close(sim, d, Some(FactKind::CaseClosedForCapacity));
        sim.world.dossiers[d].closed_for_staff = true;
    }
}
