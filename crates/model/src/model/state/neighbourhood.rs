//! Neighbourhoods: counted residents, who is active there, and the seats in the onset clocks.

use crate::engine::heap::Handle;
use crate::engine::key::Key;

use super::ids::{CountryId, List, MovementId};
use super::ring::Ring;

/// A counted set of residents, with one receptivity.
#[derive(Clone, Debug)]
pub(crate) struct Neighbourhood {
    pub(crate) country: CountryId,
    pub(crate) residents: f64,
    pub(crate) receptivity: f64,
    /// Receptivity summed over the country's neighbourhoods up to this one.
    pub(crate) up_to: f64,
    pub(crate) left: f64,
    /// In-person recruiters by movement.
    pub(crate) recruiters: List<MovementId, u32>,
    /// Returned fighters who live here.
    pub(crate) returnees: u32,
}

/// What a movement has in a neighbourhood.
#[derive(Clone, Debug)]
pub(crate) struct Presence {
    /// Those active here.
    pub(crate) active: Ring,
    /// The onset clocks by source.
    pub(crate) onset: [OnsetSeat; 4],
}

/// A neighbourhood's seat in one onset clock.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OnsetSeat {
    pub(crate) handle: Handle,
    pub(crate) key: Key,
    pub(crate) occasion: u32,
    /// What is left of the threshold while the factor is zero.
    pub(crate) parked: f64,
}
