//! The rules: no input or output, no threads, no printing.
//!
//! Each mechanism of the model document has one file under `mechanisms` with its parameters, its rule and its
//! sources. [`kinds`] lists what can happen, what can be stated and what chance is asked; [`state`] is how things
//! stand; `sim` and `moves` are what every mechanism can do; `wiring` runs the mechanisms together.

mod empty;
pub mod kinds;
pub mod mechanisms;
mod moves;
pub mod parameters;
pub mod record;
pub mod replication;
pub(crate) mod sim;
pub mod state;
mod wiring;

pub use kinds::{decision, event, fact};
pub use mechanisms::measures;
pub use parameters::registry;
pub use record::Replication;
pub use replication::simulate;
// Names under which other crates know parts of the state.
pub use state as world;

/// How a plot came about.
pub mod plots {
    pub use super::state::Pathway;
}
