//! What can go wrong when a study is opened or run.

use crate::montecarlo::MonteCarloError;
use crate::results::ResultsError;
use forestall_model::Diagnostics;

/// Why a study could not be opened or run.
#[derive(Debug, thiserror::Error)]
pub enum StudyError {
    /// The scenario is wrong; every mistake with its place.
    #[error("{0}")]
    Scenario(#[from] Diagnostics),
    /// No policy of the scenario has this name.
    #[error("no policy is called `{name}`; {help}")]
    UnknownPolicy {
        /// The name given.
        name: String,
        /// The nearest name, or all.
        help: String,
    },
    /// No column of the results has this name.
    #[error("no outcome is called `{name}`; {help}")]
    UnknownOutcome {
        /// The name given.
        name: String,
        /// The nearest name, or where all are listed.
        help: String,
    },
    /// No table of the run has this name.
    #[error("no table is called `{name}`; {help}")]
    UnknownTable {
        /// The name given.
        name: String,
        /// The nearest name, and all.
        help: String,
    },
    /// The event log of a replication is asked for that the run does not have.
    #[error("there is no replication {asked}; this run has 0 to {last}")]
    NoReplication {
        /// The number asked for.
        asked: u64,
        /// The last one that there is.
        last: u64,
    },
    /// A precision that cannot be aimed at.
    #[error(
        "a precision needs a positive size and a limit of {batch} to {limit} replications; found size {size} and {most}"
    )]
    Precision {
        /// Replications between two looks: the least limit.
        batch: u64,
        /// The greatest limit.
        limit: u64,
        /// The size found.
        size: f64,
        /// The limit found.
        most: u64,
    },
    /// A single replication failed: a defect of the program.
    #[error("replication {replication} of {policy} failed: {message}")]
    Replication {
        /// The policy, or `baseline`.
        policy: String,
        /// The replication.
        replication: u64,
        /// Why.
        message: String,
    },
    /// Many replications: storing failed, or the outcome to be precise about does not exist.
    #[error(transparent)]
    MonteCarlo(#[from] MonteCarloError),
    /// Files of results.
    #[error(transparent)]
    Results(#[from] ResultsError),
}

impl StudyError {
    /// Whether stored data are damaged or belong elsewhere, as against a wrong request or a refusal by the system.
    pub fn is_data_mismatch(&self) -> bool {
        match self {
            Self::Results(error) | Self::MonteCarlo(MonteCarloError::Results(error)) => error.is_data_mismatch(),
            _ => false,
        }
    }
}
