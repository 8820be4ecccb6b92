//! What can be wrong with an analysis, each message naming the way out.

use crate::design::DesignError;

/// An error of the analysis room.
#[derive(Debug, thiserror::Error)]
pub enum AnalysisError {
    /// The response does not belong to the design, or a table is not what it is said to be (exit code 5).
    #[error("{0}")]
    Mismatch(String),
    /// What was asked for cannot be done (exit code 2).
    #[error("{0}")]
    Request(String),
    /// The design itself is wrong.
    #[error(transparent)]
    Design(#[from] DesignError),
}

impl AnalysisError {
    /// Whether data disagree (exit code 5), as against a wrong request (2).
    pub fn is_data_mismatch(&self) -> bool {
        match self {
            Self::Mismatch(_) => true,
            Self::Request(_) => false,
            Self::Design(error) => error.is_data_mismatch(),
        }
    }

    pub(super) fn mismatch(message: impl Into<String>) -> Self {
        Self::Mismatch(message.into())
    }

    pub(super) fn request(message: impl Into<String>) -> Self {
        Self::Request(message.into())
    }
}
