//! The rules: no input or output, no threads, no printing.
//!
//! Each mechanism of the model document has one file with its parameters, its rule and its sources;
//! [`replication`] runs them together. [`world`] is the state, [`event`] what will happen, [`fact`]
//! what did happen, [`decision`] every question that a random draw answers.

pub mod decision;
mod empty;
pub mod event;
pub mod fact;
pub mod fighters;
pub mod measures;
pub mod parameters;
pub mod plots;
pub mod population;
pub mod record;
pub mod recruiters;
pub mod replication;
pub mod services;
pub mod sharing;
pub(crate) mod sim;
pub mod world;

pub use parameters::registry;
pub use record::Replication;
pub use replication::simulate;
