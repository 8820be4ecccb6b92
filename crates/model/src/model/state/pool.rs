//! What services share: the pooled database, and what owners have released.

use std::collections::VecDeque;

use super::ids::{CountryId, JobId, List, PersonId, PlotId};
use crate::engine::key::Key;
use crate::model::kinds::fact::FactId;

/// One fragment's job on the central analysts' desk.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LinkJob {
    pub(crate) person: PersonId,
    pub(crate) plot: PlotId,
    pub(crate) seen: f64,
    pub(crate) service: CountryId,
    pub(crate) key: Key,
    pub(crate) cause: FactId,
    /// Fragments in the pool when this one came.
    pub(crate) others: f64,
    /// False pairs that the work on it brought.
    pub(crate) false_pairs: u32,
}

/// The pooled database.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pool {
    pub(crate) fragments: f64,
    pub(crate) waiting: VecDeque<JobId>,
    pub(crate) jobs: List<JobId, LinkJob>,
    pub(crate) busy: u32,
    pub(crate) records: u32,
}

/// When one owner's record of a person reaches others; infinite where it does not.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Released {
    pub(crate) notice_from: f32,
    pub(crate) pooled_from: f32,
}
