//! Recruiters: virtual entrepreneurs, and those who meet people in their neighbourhood.

use super::ids::{CountryId, LanguageId, MovementId, NeighbourhoodId, PersonId};
use crate::engine::clock::Countdown;
use crate::engine::heap::Handle;
use crate::engine::key::Key;

/// A virtual entrepreneur.
#[derive(Clone, Debug)]
pub(crate) struct Recruiter {
    pub(crate) key: Key,
    pub(crate) language: LanguageId,
    pub(crate) alive: bool,
    pub(crate) contacts: Vec<PersonId>,
    pub(crate) contact_count: u32,
    pub(crate) removal: Countdown,
    pub(crate) removal_at: Handle,
}

/// An in-person recruiter.
#[derive(Clone, Debug)]
pub(crate) struct InPerson {
    pub(crate) key: Key,
    pub(crate) country: CountryId,
    pub(crate) movement: MovementId,
    pub(crate) neighbourhood: NeighbourhoodId,
    pub(crate) alive: bool,
    pub(crate) occasion: u32,
    pub(crate) removal: Countdown,
    pub(crate) removal_at: Handle,
}
