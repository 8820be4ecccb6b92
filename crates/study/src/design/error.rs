//! What can be wrong with a design, each message naming the way out.

use forestall_model::Diagnostics;

/// An error of the design room.
#[derive(Debug, thiserror::Error)]
pub enum DesignError {
    /// The problem file is wrong.
    #[error("{0}")]
    Problem(Diagnostics),
    /// What was asked for cannot be made.
    #[error("{0}")]
    Request(String),
    /// A table of points is not the design it is said to be.
    #[error("{0}")]
    Mismatch(String),
}

impl DesignError {
    /// Whether data disagree (exit code 5), as against a wrong request (2).
    pub fn is_data_mismatch(&self) -> bool {
        matches!(self, Self::Mismatch(_))
    }

    pub(super) fn request(message: impl Into<String>) -> Self {
        Self::Request(message.into())
    }

    pub(super) fn mismatch(message: impl Into<String>) -> Self {
        Self::Mismatch(message.into())
    }
}
