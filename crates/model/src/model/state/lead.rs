//! A lead about a named person.

use crate::engine::heap::Handle;
use crate::engine::key::Key;
use crate::model::kinds::fact::FactId;

use super::file::Channel;
use super::ids::{CountryId, PersonId, PlotId};

/// A lead about a named person, from arrival to the end of its assessment.
#[derive(Clone, Debug)]
pub(crate) struct Lead {
    pub(crate) key: Key,
    pub(crate) person: PersonId,
    pub(crate) service: CountryId,
    pub(crate) channel: Channel,
    pub(crate) weight: f64,
    pub(crate) plot: PlotId,
    pub(crate) cause: FactId,
    pub(crate) stale: Handle,
    pub(crate) waiting: bool,
}
