//! Designs of experiments: which points of the uncertain factors to run; sampling only, no analysis.
//!
//! A [`Problem`] is a list of [`Factor`]s; [`plan()`] turns it into a [`Design`] of factors × points
//! with an id, the hash of its content. An analysis asks the design for its blocks and its groups and
//! refuses responses that do not belong to it.

mod error;
mod factor;
mod flaw;
mod grid;
mod latin;
mod morris;
mod owen;
mod plan;
mod problem;
#[cfg(test)]
mod round_trip_tests;
mod saltelli;
mod sidecar;
mod sobol;

pub use error::DesignError;
pub use factor::Factor;
pub(crate) use factor::Levels;
pub use plan::{Design, DesignRequest, Method, plan};
pub use problem::Problem;
pub use sidecar::Sidecar;
