//! What can be wrong with an optimization, each message naming the way out.

use crate::results::ResultsError;
use forestall_model::Diagnostics;

/// An error of the optimization room.
#[derive(Debug, thiserror::Error)]
pub enum OptimizationError {
    /// What was asked for cannot be done (exit code 2).
    #[error("{0}")]
    Request(String),
    /// Nothing can be searched: no setting of the first generation could be simulated.
    #[error("none of the {tried} settings of the first generation could be simulated; the first reason: {reason}")]
    NoStart {
        /// Settings tried.
        tried: usize,
        /// Why the first of them failed.
        reason: String,
    },
    /// Levers, objectives or limits are wrong; every mistake with its place.
    #[error("{0}")]
    Scenario(Diagnostics),
    /// Files of the optimization.
    #[error(transparent)]
    Results(#[from] ResultsError),
}

impl OptimizationError {
    pub(crate) fn request(message: impl Into<String>) -> Self {
        Self::Request(message.into())
    }
}
