//! Scenarios: what a user writes, checked and resolved into what the model reads.
//!
//! The room knows nothing of any mechanism: it is handed a [`registry::Registry`] of parameter
//! tables, and gives back numbers by table and position, over time. [`load`] turns the text of a
//! scenario file into a [`plan::Plan`]; its [`arm`](plan::Plan::arm) is what one simulation runs.

pub mod address;
mod arm;
pub mod contrast;
pub mod describe;
pub mod diagnostic;
mod entries;
mod extras;
mod given;
mod heading;
mod load;
pub mod nearest;
pub mod optimize;
pub mod pairs;
pub mod parameter;
pub mod plan;
pub mod posterior;
mod reading;
pub mod registry;
pub mod resolved;
pub mod schema;
mod sharing;
mod source;
mod stages;
mod tables;
pub mod template;
pub mod values;
mod write;

pub use diagnostic::{Diagnostic, Diagnostics};
pub use load::{LoadOptions, load};
pub use plan::Plan;
pub use stages::BASELINE;
pub use values::ValueRow;

#[cfg(test)]
mod tests;
