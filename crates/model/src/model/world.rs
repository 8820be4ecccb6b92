//! The state of one replication: countries, people, plots, files; nothing here decides anything.

use std::collections::{BTreeMap, BTreeSet};

use crate::engine::clock::{Clock, Countdown};
use crate::engine::crowd::Crowd;
use crate::engine::hazard::Hazard;
use crate::engine::heap::Handle;
use crate::engine::key::Key;

use super::fact::FactId;
use super::plots::Pathway;
use super::population::ring::Ring;
use super::services::triage::Desk;

/// An index that refers to nothing.
pub const NOBODY: u32 = u32::MAX;

/// Where a person stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// A plain resident on whom a file was opened by mistake.
    Resident,
    /// Someone on whom a service could plausibly open a file.
    Sympathiser,
    /// Ready to travel or to plot.
    Committed,
    /// In contact with a virtual entrepreneur.
    Groomed,
    /// In contact with an undercover persona.
    InSting,
    /// A member of a plot in progress.
    Plotter,
    /// A fighter abroad.
    Abroad,
    /// Sent on the way to an attack.
    Dispatched,
    /// Back from abroad.
    Returnee,
    /// In prison.
    Prison,
    /// Left for good.
    Disengaged,
    /// Dead.
    Dead,
}

/// The ticket of somebody who, or of a file that, does not wait.
pub const NO_TICKET: u32 = 0;

/// The group clocks that a person can wait in at once, by position.
pub mod place {
    /// Desistance at home, death abroad.
    pub const DESIST: usize = 0;
    /// Commitment, then travel; return when abroad.
    pub const COMMIT: usize = 1;
    /// Starting a plot unprompted.
    pub const PLOT: usize = 2;
    /// First contact with a virtual entrepreneur.
    pub const CONTACT: usize = 3;
    /// First contact with an undercover persona.
    pub const PERSONA: usize = 4;
    /// Being reported to a service.
    pub const TIP: usize = 5;
    /// How many places there are.
    pub const COUNT: usize = 6;
}

/// What accounts note of a person: bits of [`Person`]'s marks.
pub mod mark {
    /// A service had an open file on the person in the counted period.
    pub const FILED: u8 = 1;
    /// The person was held in the counted period while in no plot.
    pub const HELD: u8 = 2;
    /// Pooled files would have flagged the person, who was not plotting.
    pub const FLAGGED: u8 = 4;
}

/// A person who has a name of their own: anyone who was ever in a special state.
///
/// Two cache lines and no more: a run stores tens of thousands of people and meets them in no order. What every
/// coming and going needs stands in the first line, in the order written here.
#[derive(Clone, Debug)]
#[repr(C, align(64))]
pub struct Person {
    pub(crate) key: Key,
    pub(crate) cause: FactId,
    /// Tickets for the group clocks in which the person waits, by place.
    pub(crate) tickets: [u32; place::COUNT],
    pub(crate) tickets_drawn: u32,
    pub(crate) entries: u32,
    pub(crate) neighbourhood: u32,
    pub(crate) state: State,
    pub(crate) country: u8,
    pub(crate) movement: u8,
    pub(crate) reintegrating: bool,
    /// The services that hold a record, one bit each.
    pub(crate) records: u64,
    pub(crate) timer: Handle,
    pub(crate) circle: u32,
    /// The friend who came into the circle before.
    pub(crate) friend_before: u32,
    pub(crate) plot: u32,
    pub(crate) tips: u32,
    pub(crate) leads: u32,
    pub(crate) first_dossier: u32,
    pub(crate) notice_from: f32,
    pub(crate) pooled_from: f32,
    /// When the person became a sympathiser; before all time for the stock of the first day.
    pub(crate) radicalised: f32,
    pub(crate) plots_made: u16,
    pub(crate) arrests: u16,
    pub(crate) online_only: bool,
    pub(crate) veteran: bool,
    pub(crate) trained: bool,
    pub(crate) attached: bool,
    pub(crate) blocked: bool,
    pub(crate) identified: bool,
    /// What was noted of the person for accounts, one bit each ([`mark`]).
    pub(crate) marks: u8,
    /// What part of the hazard grievance was when the person radicalised, in 255ths: the room is for one byte.
    pub(crate) by_grievance: u8,
}

const _: () = assert!(size_of::<Person>() == 128);

/// Friends who came to it together: the last of them, and how many.
#[derive(Clone, Copy, Debug)]
pub struct Circle {
    pub(crate) last: u32,
    pub(crate) size: u32,
}

/// A counted set of residents, with one receptivity.
#[derive(Clone, Debug)]
pub struct Neighbourhood {
    pub(crate) country: u8,
    pub(crate) residents: f64,
    pub(crate) receptivity: f64,
    /// Receptivity summed over the country's neighbourhoods up to this one.
    pub(crate) up_to: f64,
    pub(crate) left: f64,
    /// In-person recruiters by movement.
    pub(crate) recruiters: Vec<u32>,
    /// Returned fighters who live here.
    pub(crate) returnees: u32,
}

/// What a movement has in a neighbourhood.
#[derive(Clone, Debug)]
pub struct Presence {
    /// Those active here.
    pub(crate) active: Ring,
    /// The onset clocks by source.
    pub(crate) onset: [OnsetSeat; 4],
}

/// A neighbourhood's seat in one onset clock.
#[derive(Clone, Copy, Debug)]
pub struct OnsetSeat {
    pub(crate) handle: Handle,
    pub(crate) key: Key,
    pub(crate) occasion: u32,
    /// What is left of the threshold while the factor is zero.
    pub(crate) parked: f64,
}

/// How a file stands with the service that holds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cover {
    /// No file.
    Unknown,
    /// A closed file or a bare record.
    Closed,
    /// An open file that nobody works at this moment; how a file stands for the moment, never kept with it.
    Parked,
    /// An open case.
    Open,
    /// Watched day and night.
    Watched,
}

/// What led a service to somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs)]
pub enum Channel {
    None,
    Public,
    Communications,
    Informants,
    Border,
    Partner,
    Prison,
    LinkAnalysis,
    Search,
    Raid,
    Sting,
    FollowUp,
}

impl Channel {
    /// The channel's name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Public => "public",
            Self::Communications => "communications",
            Self::Informants => "informants",
            Self::Border => "border",
            Self::Partner => "partner",
            Self::Prison => "prison",
            Self::LinkAnalysis => "link_analysis",
            Self::Search => "search",
            Self::Raid => "raid",
            Self::Sting => "sting",
            Self::FollowUp => "follow_up",
        }
    }
}

/// One service's file on one person; what background signs, reviews and lookups need stands in the first cache line.
#[derive(Clone, Debug)]
#[repr(C, align(64))]
pub struct Dossier {
    pub(crate) key: Key,
    /// Evidence as a logarithm in units that do not decay: its present weight is `exp(score − λ t)`.
    pub(crate) score: f64,
    pub(crate) cause: FactId,
    pub(crate) background: Handle,
    pub(crate) person: u32,
    pub(crate) next: u32,
    /// The ticket under which the file waits for review.
    pub(crate) review: u32,
    pub(crate) openings: u32,
    pub(crate) seen: u32,
    pub(crate) watches: u32,
    pub(crate) service: u8,
    pub(crate) cover: Cover,
    pub(crate) channel: Channel,
    pub(crate) deciding: bool,
    /// Closed for lack of staff, and not opened again since.
    pub(crate) closed_for_staff: bool,
    pub(crate) executions: u32,
    pub(crate) raids: u32,
    pub(crate) execution: Handle,
    pub(crate) blind_until: f64,
}

const _: () = assert!(size_of::<Dossier>() == 128);

/// How a plot ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Ending {
    InProgress,
    Completed,
    Failed,
    Foiled,
    Dissolved,
}

impl Ending {
    /// The ending's name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::InProgress => "in_progress",
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Foiled => "foiled",
            Self::Dissolved => "dissolved",
        }
    }
}

/// A sign of a plot that a service saw.
#[derive(Clone, Copy, Debug)]
pub struct Fragment {
    pub(crate) time: f64,
    pub(crate) service: u8,
    pub(crate) person: u32,
    pub(crate) weight: f64,
    pub(crate) pooled: bool,
}

/// Chances to see a plot that services missed, by what was to blame.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MissedChances {
    /// Nobody was there to work the file or the lead.
    pub for_staff: u32,
    /// A file had been closed after review, or a lead was dismissed.
    pub by_judgement: u32,
    /// Another service knew, and this one did not.
    pub between: u32,
}

/// A plot: an abstract work process.
#[derive(Clone, Debug)]
pub struct Plot {
    pub(crate) key: Key,
    pub(crate) design: Key,
    pub(crate) pathway: Pathway,
    pub(crate) movement: u8,
    pub(crate) home: u8,
    pub(crate) preparation: u8,
    pub(crate) target: u8,
    pub(crate) members: Vec<u32>,
    pub(crate) helpers: Vec<u32>,
    pub(crate) founders: u32,
    pub(crate) siblings: Vec<u32>,
    pub(crate) tasks: u32,
    pub(crate) done: u32,
    pub(crate) hurried: bool,
    pub(crate) started: f64,
    pub(crate) ended: f64,
    pub(crate) ending: Ending,
    pub(crate) channel: Channel,
    pub(crate) foiled_by: u8,
    pub(crate) stage_at_end: u8,
    pub(crate) work: Countdown,
    pub(crate) work_at: Handle,
    pub(crate) signs: Countdown,
    pub(crate) signs_at: Handle,
    pub(crate) sign_count: u32,
    pub(crate) search: Countdown,
    pub(crate) search_at: Handle,
    pub(crate) searched: bool,
    pub(crate) dissolve_at: Handle,
    pub(crate) fragments: Vec<Fragment>,
    pub(crate) harmed: f64,
    pub(crate) killed: f64,
    pub(crate) known_own: u32,
    pub(crate) known_any: u32,
    pub(crate) veteran: bool,
    pub(crate) dot: bool,
    pub(crate) missed: MissedChances,
    /// The founder's, in 255ths.
    pub(crate) by_grievance: u8,
    pub(crate) cause: FactId,
}

/// A lead about a named person, from arrival to the end of its assessment.
#[derive(Clone, Debug)]
pub struct Lead {
    pub(crate) key: Key,
    pub(crate) person: u32,
    pub(crate) service: u8,
    pub(crate) channel: Channel,
    pub(crate) weight: f64,
    pub(crate) plot: u32,
    pub(crate) cause: FactId,
    pub(crate) stale: Handle,
    pub(crate) waiting: bool,
}

/// A virtual entrepreneur.
#[derive(Clone, Debug)]
pub struct Recruiter {
    pub(crate) key: Key,
    pub(crate) language: u8,
    pub(crate) alive: bool,
    pub(crate) contacts: Vec<u32>,
    pub(crate) contact_count: u32,
    pub(crate) removal: Countdown,
    pub(crate) removal_at: Handle,
}

/// A quantity followed as a mean over time.
#[derive(Clone, Copy, Debug, Default)]
pub struct TimeMean {
    value: f64,
    since: f64,
    sum: f64,
    from: f64,
}

impl TimeMean {
    pub(crate) fn set(&mut self, now: f64, value: f64) {
        self.sum += self.value * (now - self.since);
        self.since = now;
        self.value = value;
    }

    /// The mean since the last call (or the start), and a new beginning.
    pub(crate) fn take(&mut self, now: f64) -> f64 {
        self.set(now, self.value);
        let span = now - self.from;
        let mean = if span > 0.0 { self.sum / span } else { self.value };
        self.sum = 0.0;
        self.from = now;
        mean
    }

    pub(crate) fn begin(&mut self, now: f64) {
        self.since = now;
        self.from = now;
        self.sum = 0.0;
    }
}

/// A decaying reaction to events: `amplitude · exp(−(t − reference) / memory)`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Reaction {
    pub(crate) amplitude: f64,
    pub(crate) reference: f64,
}

impl Reaction {
    pub(crate) fn at(&self, now: f64, memory_days: f64) -> f64 {
        if self.amplitude == 0.0 { 0.0 } else { self.amplitude * libm::exp(-(now - self.reference) / memory_days) }
    }

    pub(crate) fn kick(&mut self, now: f64, memory_days: f64, amount: f64) {
        self.amplitude = self.at(now, memory_days) + amount;
        self.reference = now;
    }

    pub(crate) fn term(&self, scale: f64, memory_days: f64) -> crate::engine::hazard::Term {
        if self.amplitude * scale == 0.0 {
            return crate::engine::hazard::Term::ZERO;
        }
        crate::engine::hazard::Term {
            amplitude: self.amplitude * scale,
            decay: 1.0 / memory_days,
            reference: self.reference,
        }
    }
}

/// A country with its service.
#[derive(Clone, Debug)]
pub struct CountryState {
    pub(crate) key: Key,
    pub(crate) residents: f64,
    pub(crate) neighbourhoods: std::ops::Range<u32>,
    pub(crate) onset_grievance: Vec<Reaction>,
    pub(crate) timing: Reaction,
    pub(crate) alarm: Reaction,
    pub(crate) abroad: u32,
    pub(crate) departed: u32,
    pub(crate) returnees: u32,
    pub(crate) sympathisers: u32,
    pub(crate) committed: u32,
    pub(crate) plots: BTreeSet<(Key, u32)>,
    pub(crate) desk: Desk,
    /// Open and watched files, coldest first.
    pub(crate) files: BTreeSet<(u64, Key, u32)>,
    /// Watched files, coldest first.
    pub(crate) watched: BTreeSet<(u64, Key, u32)>,
    /// Teams that can watch: those of the staff less those bound by investigations.
    pub(crate) teams: u32,
    /// Teams bound by investigations.
    pub(crate) teams_bound: u32,
    /// Investigations under way.
    pub(crate) investigations: u32,
    pub(crate) team_use: TimeMean,
    /// 1 while every team is in use.
    pub(crate) team_full: TimeMean,
    pub(crate) deciding: BTreeSet<(u64, Key, u32)>,
    pub(crate) executing: u32,
    pub(crate) raids_open: u32,
    pub(crate) emergency_until: f64,
    pub(crate) court_used: f64,
    pub(crate) court_since: f64,
    pub(crate) reintegrating: u32,
    pub(crate) traffic: Reaction,
    pub(crate) open_cases: u32,
    pub(crate) recent_foils: Reaction,
    pub(crate) in_person: Vec<u32>,
}

/// One fragment's job on the central analysts' desk.
#[derive(Clone, Copy, Debug)]
pub struct LinkJob {
    pub(crate) person: u32,
    pub(crate) plot: u32,
    pub(crate) seen: f64,
    pub(crate) service: u8,
    pub(crate) key: Key,
    pub(crate) cause: FactId,
    /// Fragments in the pool when this one came.
    pub(crate) others: f64,
    /// False pairs that the work on it brought.
    pub(crate) false_pairs: u32,
}

/// The pooled database.
#[derive(Clone, Debug, Default)]
pub struct Pool {
    pub(crate) fragments: f64,
    pub(crate) waiting: std::collections::VecDeque<u32>,
    pub(crate) jobs: Vec<LinkJob>,
    pub(crate) busy: u32,
    pub(crate) records: u32,
}

/// When one owner's record of a person reaches others; infinite where it does not.
#[derive(Clone, Copy, Debug)]
pub struct Released {
    pub(crate) notice_from: f32,
    pub(crate) pooled_from: f32,
}

/// An in-person recruiter.
#[derive(Clone, Debug)]
pub struct InPerson {
    pub(crate) key: Key,
    pub(crate) country: u8,
    pub(crate) movement: u8,
    pub(crate) neighbourhood: u32,
    pub(crate) alive: bool,
    pub(crate) occasion: u32,
    pub(crate) removal: Countdown,
    pub(crate) removal_at: Handle,
}

/// Everything.
#[derive(Clone, Debug)]
pub struct World {
    pub(crate) countries: Vec<CountryState>,
    pub(crate) neighbourhoods: Vec<Neighbourhood>,
    /// Movements in neighbourhoods, those of one neighbourhood together ([`super::sim::Sim::presence`]).
    pub(crate) presences: Vec<Presence>,
    pub(crate) persons: Vec<Person>,
    pub(crate) circles: Vec<Circle>,
    pub(crate) plots: Vec<Plot>,
    pub(crate) stings: Vec<super::record::PlotRecord>,
    pub(crate) leads: Vec<Lead>,
    pub(crate) free_leads: Vec<u32>,
    pub(crate) dossiers: Vec<Dossier>,
    pub(crate) recruiters: Vec<Recruiter>,
    pub(crate) in_person: Vec<InPerson>,
    /// Group clocks by number; of each pair one is used ([`super::sim::Sim::crowded`]).
    pub(crate) clocks: Vec<Clock>,
    pub(crate) crowds: Vec<Crowd>,
    pub(crate) clock_events: Vec<Handle>,
    pub(crate) free_span: Vec<f64>,
    pub(crate) alive_recruiters: u32,
    pub(crate) trained_abroad: BTreeSet<(Key, u32)>,
    pub(crate) dispatch: Countdown,
    pub(crate) dispatch_at: Handle,
    pub(crate) dispatches: u32,
    pub(crate) pool: Pool,
    /// Notices and pooled records by person and owner; only filled where pairs of countries differ (M29).
    pub(crate) released: BTreeMap<(u32, u8), Released>,
    pub(crate) cost_rate: Vec<f64>,
    pub(crate) cost_since: f64,
    pub(crate) cost: Vec<f64>,
}

impl World {
    /// A countdown that never rings.
    pub(crate) fn never() -> Countdown {
        Countdown::start(0.0, 1.0, Hazard::ZERO)
    }
}
