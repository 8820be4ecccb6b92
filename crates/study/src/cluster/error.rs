//! What can go wrong with a sweep, each message naming the way out.

use std::path::PathBuf;

use crate::design::DesignError;
use crate::results::ResultsError;
use forestall_model::Diagnostics;

/// An error of the cluster room.
#[derive(Debug, thiserror::Error)]
pub enum ClusterError {
    /// What was asked for cannot be made.
    #[error("{0}")]
    Request(String),
    /// Files of the folder do not belong together.
    #[error("{0}")]
    Mismatch(String),
    /// The scenario in the folder is wrong.
    #[error("{0}")]
    Scenario(Diagnostics),
    /// Not all runs are there yet.
    #[error(
        "{missing} of {runs} runs are missing in {folder}; run `forestall sweep run {folder}`, or submit the missing shards again: --array={array}"
    )]
    Incomplete {
        /// The sweep's folder.
        folder: PathBuf,
        /// Runs that are neither finished nor failed.
        missing: u64,
        /// All runs.
        runs: u64,
        /// The shards that lack runs, as an array string.
        array: String,
    },
    /// A scheduler refused, or is not there.
    #[error("{0}")]
    Scheduler(String),
    /// Designs.
    #[error(transparent)]
    Design(#[from] DesignError),
    /// Files.
    #[error(transparent)]
    Results(#[from] ResultsError),
}

impl ClusterError {
    /// Whether data disagree (exit code 5).
    pub fn is_data_mismatch(&self) -> bool {
        match self {
            Self::Mismatch(_) => true,
            Self::Design(error) => error.is_data_mismatch(),
            Self::Results(error) => error.is_data_mismatch(),
            _ => false,
        }
    }

    pub(super) fn request(message: impl Into<String>) -> Self {
        Self::Request(message.into())
    }
}
