//! What can go wrong in a calibration, each message naming the fix.

use crate::analysis::AnalysisError;
use crate::design::DesignError;
use crate::results::ResultsError;
use forestall_model::Diagnostics;

/// An error of the calibration room.
#[derive(Debug, thiserror::Error)]
pub enum CalibrationError {
    /// Mistakes in a targets file, with their places.
    #[error("{0}")]
    Targets(Diagnostics),
    /// Something was asked for that cannot be done.
    #[error("{0}")]
    Request(String),
    /// The first generation found too few points that can be simulated.
    #[error(
        "only {accepted} of {tried} points drawn from the prior gave every target a value; {reason}; narrow the \
         distributions in [uncertain] or remove the target"
    )]
    NoStart {
        /// Points that could be compared with the targets.
        accepted: usize,
        /// Points tried.
        tried: u64,
        /// The first reason met.
        reason: String,
    },
    /// The screening design could not be planned.
    #[error(transparent)]
    Design(#[from] DesignError),
    /// The screening could not be analysed.
    #[error(transparent)]
    Analysis(#[from] AnalysisError),
    /// Files of the calibration.
    #[error(transparent)]
    Results(#[from] ResultsError),
}

impl CalibrationError {
    pub(crate) fn request(message: impl Into<String>) -> Self {
        Self::Request(message.into())
    }
}
