//! What a movement has for operations outside: people trained for them, the clock of dispatch, and organisers.

use std::collections::BTreeSet;

use super::ids::{MovementId, PersonId, PlotId};
use crate::engine::clock::Countdown;
use crate::engine::heap::Handle;
use crate::engine::key::Key;

/// The branch of one movement that sends people.
#[derive(Clone, Debug)]
pub(crate) struct Branch {
    /// Trained and attached people abroad.
    pub(crate) trained: BTreeSet<(Key, PersonId)>,
    pub(crate) dispatch: Countdown,
    pub(crate) dispatch_at: Handle,
    pub(crate) dispatches: u32,
}

/// A person of a support node.
#[derive(Clone, Debug)]
pub(crate) struct Organiser {
    pub(crate) person: PersonId,
    pub(crate) movement: MovementId,
    pub(crate) plots: Vec<PlotId>,
}
