//! A country with its service.

use std::collections::BTreeSet;

use super::desk::Desk;
use super::ids::{FileId, InPersonId, PlotId};
use super::over_time::{Reaction, TimeMean};
use crate::engine::key::Key;

/// A country with its service.
#[derive(Clone, Debug)]
pub(crate) struct CountryState {
    pub(crate) key: Key,
    /// Its place among all countries in the order of their keys, which orders what happens at the same moment.
    pub(crate) rank: usize,
    /// Whether it has residents and a service of its own in the run; a transit partner has none.
    pub(crate) at_home: bool,
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
    pub(crate) plots: BTreeSet<(Key, PlotId)>,
    pub(crate) desk: Desk,
    /// Open and watched files, coldest first.
    pub(crate) files: BTreeSet<(u64, Key, FileId)>,
    /// Watched files, coldest first.
    pub(crate) watched: BTreeSet<(u64, Key, FileId)>,
    /// Teams that can watch: those of the staff less those bound by investigations.
    pub(crate) teams: u32,
    /// Teams bound by investigations.
    pub(crate) teams_bound: u32,
    /// Investigations under way.
    pub(crate) investigations: u32,
    pub(crate) team_use: TimeMean,
    /// 1 while every team is in use.
    pub(crate) team_full: TimeMean,
    pub(crate) deciding: BTreeSet<(u64, Key, FileId)>,
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
