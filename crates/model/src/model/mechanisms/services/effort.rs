//! M22, effort: what an open file shows depends on the officer hours that it gets, and silence counts for as much.
//!
//! Rule: at the daily shift the hours of free case officers are shared out over open files; a file believed hotter
//! than a level, or watched, gets a multiple of what the others get. A sign on a file with h hours a day is seen
//! with the chance v(h) = v₀ + (v₁ − v₀) · (1 − e^(−w·h)), v₀ for a closed file and v₁ the most that an open one
//! shows (Koopman's law of random search). Where signs have channels, a share of the hours checks messages and the
//! rest meets people and conduct; only the team that watches sees conduct at its own chance. The service knows what
//! it would have seen: a day of silence takes κ · (p₁ − p₀) · v(h) from the log odds, κ = 1 being the likelihood
//! ratio of two Poisson processes. Hours, not files, are finite: twice the files, or half the officers, is half the
//! hours each. Sources: Koopman (1956) for the search; Wald (1947) and Dvoretzky, Kiefer and Wolfowitz (1953) for
//! the ratio; F41, F44 for the load; w and shares assumed. Neutral: w 0 (what an open file shows is constant) and κ
//! 0 (silence says nothing).

use crate::engine::hazard::Hazard;
use crate::engine::heap::Handle;
use crate::engine::time::DAYS_PER_YEAR;
use crate::model::kinds::kept::kept;
use crate::model::moves::{files, sight, staff};
use crate::model::sim::{Sim, live};
use crate::model::state::ids::{CountryId, FileId, MovementId};
use crate::model::state::{FileStatus, Group, Hours};

crate::parameters! {
    /// Officer hours on files, what they show, and what silence says (M22).
    Effort = "effort", "M22", Country;
    neutral { weight_per_hour = 0.0, silence_share = 0.0 }
    /// w: how fast hours make an open file show what it can; 0: it always shows all of it.
    weight_per_hour: Number(0.0, 1_000.0) = 0.0, "per hour a day", "assumed: hours make no difference";
    /// Hours a day that one free case officer works on files.
    hours_per_officer_per_day: Number(0.0, 24.0) = 5.0, "hours per officer and day", "assumed: working days over all days";
    /// Belief from which an open file counts as hot.
    hot_log_odds: Number(-50.0, 50.0) = -3.0, "log odds", "assumed";
    /// Hours of a hot file against those of an ordinary one.
    hot_factor: Number(1.0, 1_000.0) = 1.0, "factor", "assumed: all files alike";
    /// Share of a file's hours that checks messages, where signs have channels; the rest meets people.
    messages_share: Share = 0.4, "share", "assumed";
    /// κ: how much of what silence says the service counts; 1 is the likelihood ratio.
    silence_share: Share = 0.0, "share", "assumed: silence is no evidence";
}

kept!(Effort: BackgroundClocks);

impl Effort {
    /// Whether hot files get more hours than others.
    pub(crate) fn tells_hot(&self) -> bool {
        self.weight_per_hour > 0.0 && self.hot_factor > 1.0
    }

    /// The part of what an open file can show that so many hours make visible.
    pub(crate) fn part(&self, hours: f64) -> f64 {
        if self.weight_per_hour == 0.0 { 1.0 } else { -libm::expm1(-self.weight_per_hour * hours) }
    }
}

crate::parameters! {
    /// The channels in which signs show (M22); abstract: messages, conduct, people.
    SignChannels = "sign_channels", "M22", World;
    neutral { apart = 0.0 }
    /// Whether signs have channels; without them those of online-directed plots are messages and all others the same.
    apart: Switch = 0.0, "switch", "assumed: no channels";
    /// Share of an online-directed plot's signs that are messages.
    messages_online_share: Share = 0.7, "share", "assumed, after F13";
    /// Share of everybody else's signs that are messages.
    messages_other_share: Share = 0.3, "share", "assumed, after F26";
    /// Share of all other signs that are conduct, which a team sees; the rest is what people see.
    conduct_share: Share = 0.5, "share", "assumed, after F26";
}

kept!(SignChannels: BackgroundClocks);

impl SignChannels {
    /// The shares of messages, conduct and people among signs, by whether the plot is directed online.
    pub(crate) fn mix(&self, online: bool) -> [f64; 3] {
        let messages = if online { self.messages_online_share } else { self.messages_other_share };
        let rest = 1.0 - messages;
        [messages, rest * self.conduct_share, rest * (1.0 - self.conduct_share)]
    }
}

/// Sets what files of each group show, and what silence takes from them, to the hours and parameters in force.
pub(crate) fn set_groups(sim: &mut Sim, c: CountryId) {
    sight::show_by_hours(sim, c);
    follow_sight(sim, c);
}

/// The same where hours and parameters are as they were, and only who watches has changed.
pub(crate) fn follow_sight(sim: &mut Sim, c: CountryId) {
    let decay = sim.p.world.evidence.decay_per_day();
    let background = sim.p.countries[c].detection.background_per_year / DAYS_PER_YEAR;
    let fall = sight::fall_of_all(sim, c);
    live!("effort");
    let now = sim.now;
    for group in Group::SEEN {
        let seen = sight::visible_in_all(sim, c, group);
        sim.set_clock(sight::clock_of(group), c, MovementId::default(), Hazard::constant(background * seen));
        let changed = sim.world.countries[c].silence[group as usize].set(now, decay, fall * seen);
        // Hours change at the shift, before which nobody looks; whom a part of a team watches, at any time.
        if changed && group == Group::Watched && sim.ever.falls {
            let watched: Vec<FileId> = sim.world.countries[c].watched.iter().map(|f| f.2).collect();
            for d in watched {
                files::book_fall(sim, d);
            }
        }
    }
}

/// What belief can fall to, or how fast, may have changed beyond what was reckoned with: all files are booked anew.
pub(crate) fn rebook(sim: &mut Sim, c: CountryId) {
    if !sim.ever.falls {
        return;
    }
    let dropped = sim.p.countries[c].subjects.dropped_at().is_some();
    let wait = |d: &FileId| {
        let file = &sim.world.dossiers[*d];
        dropped || file.deciding || file.fall != Handle::NONE
    };
    let all: Vec<FileId> = sim.world.countries[c].files.iter().map(|f| f.2).filter(wait).collect();
    for d in all {
        files::book_fall(sim, d);
    }
}

/// The daily shift: hot files that have cooled are ordinary again, and the hours of free officers are shared out.
pub(crate) fn shift(sim: &mut Sim, c: CountryId) {
    if !sim.ever.grouped {
        return;
    }
    live!("effort");
    cool(sim, c);
    freshen(sim, c);
    let effort = &sim.p.countries[c].effort;
    let state = &sim.world.countries[c];
    let all = f64::from(state.open_cases);
    let hot = if effort.tells_hot() { (state.hot.len() + state.watched.len()) as f64 } else { 0.0 };
    let shares = (all - hot) + hot * effort.hot_factor;
    let hours = staff::free_case_officers(sim, c) * effort.hours_per_officer_per_day;
    let open = if shares > 0.0 { hours / shares } else { hours };
    let hot = open * if effort.tells_hot() { effort.hot_factor } else { 1.0 };
    sim.world.countries[c].hours = Hours { open, hot, ..Hours::default() };
    set_groups(sim, c);
}

/// Hot files that are not hot any more.
fn cool(sim: &mut Sim, c: CountryId) {
    let (effort, margin) = (&sim.p.countries[c].effort, sim.p.countries[c].subjects.move_margin);
    let (still, level) = (effort.tells_hot(), effort.hot_log_odds - margin);
    // The coldest come first.
    loop {
        let Some(coldest) = sim.world.countries[c].hot.first().map(|f| f.2) else { return };
        if still && files::belief(sim, coldest) >= level {
            return;
        }
        sim.regroup_file(coldest, Group::Open);
    }
}

/// How often files with lasting evidence take their place in the order anew, in days.
const FRESHENED: u64 = 30;

/// Lasting evidence fades more slowly than the order of files assumes: once a month each such file takes its place anew.
fn freshen(sim: &mut Sim, c: CountryId) {
    if sim.world.countries[c].lasting.is_empty() {
        return;
    }
    let today = libm::floor(sim.now).rem_euclid(FRESHENED as f64) as u64;
    let due: Vec<FileId> =
        sim.world.countries[c].lasting.iter().copied().filter(|d| u64::from(d.0) % FRESHENED == today).collect();
    for d in due {
        if sim.world.dossiers[d].status >= FileStatus::Open {
            sim.heat_may_have_changed(d);
        }
    }
}

/// A file of an open case may have become hot.
pub(crate) fn consider(sim: &mut Sim, d: FileId) {
    if !sim.ever.grouped {
        return;
    }
    live!("effort");
    if sim.world.dossiers[d].group == Group::Open && files::group_at_work(sim, d) == Group::Hot {
        sim.regroup_file(d, Group::Hot);
    }
}

/// A file comes into another group: its place, its background signs, and what it waits for.
pub(crate) fn regroup(sim: &mut Sim, d: FileId, group: Group) {
    if !sim.ever.grouped || sim.world.dossiers[d].group == group {
        return;
    }
    let file = &sim.world.dossiers[d];
    let (c, before, handle, key) = (file.service, file.group, file.background, file.key);
    if before == Group::Hot {
        let place = files::rank(file, d);
        sim.world.countries[c].hot.remove(&place);
    }
    files::regroup(sim, d, group);
    if group == Group::Hot {
        let place = files::rank(&sim.world.dossiers[d], d);
        sim.world.countries[c].hot.insert(place);
    }
    if handle != Handle::NONE {
        let old = sim.clock(sight::clock_of(before), c, MovementId::default());
        let occasion = sim.world.clocks[old].occasion(handle);
        if let (Some(left), Some(occasion)) = (sim.world.clocks[old].leave(sim.now, handle), occasion) {
            sim.touch(sight::clock_of(before), old);
            sim.world.dossiers[d].background = if group == Group::Closed {
                Handle::NONE
            } else {
                let new = sim.clock(sight::clock_of(group), c, MovementId::default());
                let handle = sim.world.clocks[new].join(sim.now, key.bits(), d.0, occasion, left, 1.0);
                sim.touch(sight::clock_of(group), new);
                handle
            };
        }
    }
    files::book_fall(sim, d);
}

/// A team that was on the move is in place.
pub(crate) fn team_in_place(sim: &mut Sim, d: FileId, watch: u32) {
    live!("effort");
    let file = &sim.world.dossiers[d];
    if file.status == FileStatus::Watched && file.watches == watch {
        sim.regroup_file(d, Group::Watched);
    }
}

/// Belief has come down to a level: a decision lapses, or a case is dropped.
pub(crate) fn fallen(sim: &mut Sim, d: FileId) {
    sim.world.dossiers[d].fall = Handle::NONE;
    live!("effort");
    let file = &sim.world.dossiers[d];
    let (c, deciding, open) = (file.service, file.deciding, file.status >= FileStatus::Open);
    let t = &sim.p.countries[c];
    let level = if deciding { t.intervention.lapses_at() } else { t.subjects.dropped_at() };
    // What was booked is where belief should be; a change in between that moved it up has booked it anew.
    if level.is_none_or(|level| files::belief(sim, d) > level + 1e-6) {
        files::book_fall(sim, d);
    } else if deciding {
        sim.decision_lapses(d);
    } else if open {
        sim.drop_case(d);
    }
}
