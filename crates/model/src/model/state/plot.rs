//! A plot as an abstract work process: how it came about, how far it is, how it ended, what was seen of it.

use crate::engine::clock::Countdown;
use crate::engine::heap::Handle;
use crate::engine::key::Key;
use crate::model::kinds::fact::FactId;

use super::file::Channel;
use super::ids::{CountryId, MovementId, PersonId, PlotId};

/// How a plot came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Pathway {
    /// One to a few friends, self-started.
    Inspired,
    /// A cluster with ties to a returnee or a support milieu.
    Networked,
    /// Instructed by a virtual entrepreneur.
    OnlineDirected,
    /// Trained people sent.
    Dispatched,
}

impl Pathway {
    /// All pathways in order.
    pub const ALL: [Self; 4] = [Self::Inspired, Self::Networked, Self::OnlineDirected, Self::Dispatched];

    /// The pathway's name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Inspired => "inspired",
            Self::Networked => "networked",
            Self::OnlineDirected => "online_directed",
            Self::Dispatched => "dispatched",
        }
    }

    /// Whether somebody outside gives the order.
    pub fn directed(self) -> bool {
        matches!(self, Self::OnlineDirected | Self::Dispatched)
    }
}

/// How far a plot is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Fewer than a third of the tasks are done.
    #[default]
    Forming,
    /// A third or more of the tasks are done.
    Preparing,
    /// All tasks are done.
    Ready,
}

impl Stage {
    /// The stage's name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Forming => "forming",
            Self::Preparing => "preparing",
            Self::Ready => "ready",
        }
    }
}

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
pub(crate) struct Fragment {
    pub(crate) time: f64,
    pub(crate) service: CountryId,
    pub(crate) person: PersonId,
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
pub(crate) struct Plot {
    pub(crate) key: Key,
    pub(crate) design: Key,
    pub(crate) pathway: Pathway,
    pub(crate) movement: MovementId,
    pub(crate) home: CountryId,
    pub(crate) preparation: CountryId,
    pub(crate) target: CountryId,
    pub(crate) members: Vec<PersonId>,
    pub(crate) helpers: Vec<PersonId>,
    pub(crate) founders: u32,
    pub(crate) siblings: Vec<PlotId>,
    pub(crate) tasks: u32,
    pub(crate) done: u32,
    pub(crate) hurried: bool,
    pub(crate) started: f64,
    pub(crate) ended: f64,
    pub(crate) ending: Ending,
    pub(crate) channel: Channel,
    /// The service that ended it.
    pub(crate) foiled_by: Option<CountryId>,
    pub(crate) stage_at_end: Stage,
    pub(crate) work: Countdown,
    pub(crate) work_at: Handle,
    pub(crate) signs: Countdown,
    pub(crate) signs_at: Handle,
    pub(crate) sign_count: u32,
    pub(crate) search: Countdown,
    pub(crate) search_at: Handle,
    pub(crate) searched: bool,
    pub(crate) joining: Countdown,
    pub(crate) joining_at: Handle,
    pub(crate) dissolve_at: Handle,
    pub(crate) fragments: Vec<Fragment>,
    /// The chance that the attempt completes; 0 before it.
    pub(crate) completion_chance: f64,
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

impl Plot {
    /// How far it is now.
    pub(crate) fn stage(&self) -> Stage {
        if self.done >= self.tasks {
            Stage::Ready
        } else if self.done * 3 >= self.tasks {
            Stage::Preparing
        } else {
            Stage::Forming
        }
    }
}
