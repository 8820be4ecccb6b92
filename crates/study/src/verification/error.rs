//! What can go wrong when a case is checked.

use forestall_model::{Diagnostics, did_you_mean};

use super::cases::CASES;

/// Why a case could not be checked; nothing here says that the model is wrong.
#[derive(Debug, thiserror::Error)]
pub enum VerificationError {
    /// No case has this name.
    #[error("no case is called `{name}`; {help}")]
    UnknownCase {
        /// The name given.
        name: String,
        /// The nearest name, or all.
        help: String,
    },
    /// The case has no such key.
    #[error("case `{case}` has no key `{key}`; {help}")]
    UnknownKey {
        /// The case.
        case: &'static str,
        /// The key given.
        key: String,
        /// The nearest key, or all.
        help: String,
    },
    /// Not of the form `key=value`.
    #[error("--set takes KEY=VALUE, such as agents=5; found `{0}`")]
    NotAnAssignment(String),
    /// A value that the key cannot have.
    #[error("`{key}` of case `{case}` takes {right}; found `{found}`")]
    Value {
        /// The case.
        case: &'static str,
        /// The key.
        key: &'static str,
        /// What was found.
        found: String,
        /// What would be right.
        right: String,
    },
    /// Values that have no steady state, or none that a run can reach.
    #[error("{0}")]
    NoSteadyState(String),
    /// Values for which theory or model would take too long.
    #[error("{0}")]
    TooLarge(String),
    /// The case's own scenario was refused: a defect of the case.
    #[error("the scenario of case `{case}` is not valid: {diagnostics}")]
    Scenario {
        /// The case.
        case: &'static str,
        /// What the reader says.
        diagnostics: Diagnostics,
    },
    /// A replication failed.
    #[error("replication {replication} of case `{case}` failed: {message}")]
    Replication {
        /// The case.
        case: &'static str,
        /// Its number.
        replication: u64,
        /// Why.
        message: String,
    },
}

impl VerificationError {
    pub(super) fn unknown_case(name: &str) -> Self {
        let known: Vec<&str> = CASES.iter().map(|c| c.name).collect();
        let help = did_you_mean(name, known.iter().copied());
        Self::UnknownCase {
            name: name.to_owned(),
            help: help.unwrap_or_else(|| format!("there are {}", known.join(", "))),
        }
    }
}
