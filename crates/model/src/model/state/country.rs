//! A country with its service.

use std::collections::BTreeSet;

use super::desk::Desk;
use super::ids::{FileId, InPersonId, List, MovementId, NeighbourhoodId, PlotId};
use super::over_time::{Reaction, TimeMean};
use super::silence::{Group, Silence};
use crate::engine::key::Key;

/// Hours a day that files get.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Hours {
    /// An ordinary open file.
    pub(crate) open: f64,
    /// A hot or watched one.
    pub(crate) hot: f64,
    /// The share of signs that these hours show, of an ordinary file and of a hot one: by the hours of the whole file,
    /// those that check messages, and the rest.
    pub(crate) shown: [[f64; 3]; 2],
}

/// A country with its service.
#[derive(Clone, Debug)]
pub(crate) struct CountryState {
    pub(crate) key: Key,
    /// Its place among all countries in the order of their keys, which orders what happens at the same moment.
    pub(crate) rank: usize,
    /// Whether it has residents and a service of its own in the run; a transit partner has none.
    pub(crate) at_home: bool,
    pub(crate) residents: f64,
    pub(crate) neighbourhoods: std::ops::Range<NeighbourhoodId>,
    pub(crate) onset_grievance: List<MovementId, Reaction>,
    pub(crate) timing: Reaction,
    pub(crate) alarm: Reaction,
    pub(crate) abroad: u32,
    pub(crate) departed: u32,
    pub(crate) returnees: u32,
    pub(crate) sympathisers: u32,
    pub(crate) committed: u32,
    pub(crate) plots: BTreeSet<(Key, PlotId)>,
    pub(crate) desk: Desk,
    /// Open and watched files, coldest first.
    pub(crate) files: BTreeSet<(u64, Key, FileId)>,
    /// Open files that are not watched and hot enough for more hours, coldest first.
    pub(crate) hot: BTreeSet<(u64, Key, FileId)>,
    /// Watched files, coldest first.
    pub(crate) watched: BTreeSet<(u64, Key, FileId)>,
    /// Teams that can watch: those of the staff less those bound by investigations.
    pub(crate) teams: u32,
    /// The same in full, where a part of a team watches for its part of the time; otherwise as many.
    pub(crate) teams_exact: f64,
    /// Teams bound by investigations.
    pub(crate) teams_bound: u32,
    /// Investigations under way.
    pub(crate) investigations: u32,
    pub(crate) team_use: TimeMean,
    /// 1 while every team is in use.
    pub(crate) team_full: TimeMean,
    pub(crate) deciding: BTreeSet<(u64, Key, FileId)>,
    /// What silence takes from files, by group.
    pub(crate) silence: [Silence; Group::COUNT],
    /// Hours a day that an ordinary open file gets, and a hot one, as the last shift shared them out.
    pub(crate) hours: Hours,
    /// Files that carry lasting evidence, in the order in which they came to it.
    pub(crate) lasting: Vec<FileId>,
    /// 1 on days on which no intervention could begin.
    pub(crate) blocked: TimeMean,
    pub(crate) executing: u32,
    pub(crate) raids_open: u32,
    pub(crate) emergency_until: f64,
    pub(crate) court_used: f64,
    pub(crate) court_since: f64,
    pub(crate) reintegrating: u32,
    pub(crate) traffic: Reaction,
    pub(crate) open_cases: u32,
    pub(crate) recent_foils: Reaction,
    pub(crate) in_person: Vec<InPersonId>,
}
