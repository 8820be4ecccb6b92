//! What every mechanism can do with the state: shared operations that belong to no mechanism and name none.
//!
//! What else must happen when something is done is a call on the simulation that [`super::wiring`] answers.

pub(crate) mod files;
pub(crate) mod pairs;
pub(crate) mod people;
pub(crate) mod plots;
pub(crate) mod propaganda;
pub(crate) mod records;
pub(crate) mod sight;
pub(crate) mod staff;
