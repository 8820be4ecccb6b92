//! The rules: no input or output, no threads, no printing.
//!
//! Each mechanism of the model document has one file under `mechanisms` with its parameters, its rule and its
//! sources. [`kinds`] lists what can happen, what can be stated and what chance is asked; [`state`] is how things
//! stand; `sim` and `moves` are what every mechanism can do; `wiring` runs the mechanisms together.

#[cfg(test)]
mod calibrated_belief;
mod empty;
mod ever;
#[cfg(test)]
mod first_day_tests;
pub(crate) mod kinds;
#[cfg(test)]
mod laws;
pub(crate) mod mechanisms;
mod moves;
pub(crate) mod overrun;
pub(crate) mod parameters;
pub(crate) mod record;
pub(crate) mod replication;
pub(crate) mod sim;
mod standing;
pub(crate) mod state;
#[cfg(test)]
mod test_world;
mod together;
mod wiring;

pub use overrun::Overrun;
pub use parameters::registry;
pub use replication::simulate;
pub use together::{simulate_each, simulate_together};
