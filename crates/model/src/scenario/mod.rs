//! Scenarios: what a user writes, checked and resolved into what the model reads.
//!
//! The room knows nothing of any mechanism: it is handed a [`registry::Registry`] of parameter
//! tables, and gives back numbers by table and position, over time. [`load`] turns the text of a
//! scenario file into a [`plan::Plan`]; its [`arm`](plan::Plan::arm) is what one simulation runs.

pub(crate) mod address;
pub(crate) mod adversary;
pub(crate) mod alternatives;
mod arm;
pub(crate) mod contrast;
mod depth;
pub(crate) mod describe;
pub(crate) mod diagnostic;
pub(crate) mod differences;
mod entries;
mod extras;
mod given;
mod heading;
pub(crate) mod held_pairs;
mod idle;
mod load;
pub(crate) mod near_miss;
pub(crate) mod nearest;
mod numbers;
pub(crate) mod optimize;
pub(crate) mod pairs;
pub(crate) mod parameter;
pub(crate) mod plan;
pub(crate) mod posterior;
mod ramp;
mod reading;
pub(crate) mod registry;
pub(crate) mod resolved;
pub(crate) mod schema;
mod sharing;
pub(crate) mod source;
mod stages;
mod tables;
pub(crate) mod template;
pub(crate) mod values;
pub(crate) mod visible;
mod write;

pub use diagnostic::{Diagnostic, Diagnostics};
pub use load::{LoadOptions, load};
pub use plan::Plan;
pub use stages::BASELINE;
pub use values::ValueRow;

#[cfg(test)]
mod tests;
