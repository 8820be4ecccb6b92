//! Scenarios: what a user writes, checked and resolved into what the model reads.
//!
//! The room knows nothing of any mechanism: it is handed a [`registry::Registry`] of parameter
//! tables, and gives back numbers by table and position, over time.

pub mod parameter;
pub mod registry;
pub mod resolved;
