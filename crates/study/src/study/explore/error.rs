//! What can be wrong with a setting, a request to save, or a sweep that is explored.

use crate::cluster::ClusterError;
use crate::results::ResultsError;
use forestall_model::Diagnostics;

/// Why nothing was explored or saved.
#[derive(Debug, thiserror::Error)]
pub enum ExploreError {
    /// No lever has this path.
    #[error("no lever is called `{name}`; {help}")]
    UnknownLever {
        /// The path given.
        name: String,
        /// The nearest path, or where all are listed.
        help: String,
    },
    /// No policy has this name.
    #[error("no policy is called `{name}`; {help}")]
    UnknownPolicy {
        /// The name given.
        name: String,
        /// The nearest name, or all.
        help: String,
    },
    /// A lever cannot stand at this value.
    #[error("`{lever}` cannot stand at {found}; expected {expected}")]
    OutOfRange {
        /// The lever.
        lever: String,
        /// The value given.
        found: String,
        /// What it may be.
        expected: String,
    },
    /// A lever is given twice.
    #[error("`{0}` is given twice; give each lever one value")]
    Twice(String),
    /// The scenario and the setting do not go together.
    #[error("{}", told(.0))]
    Scenario(#[from] Diagnostics),
    /// A number of replications that cannot be run.
    #[error("{asked} replications cannot be run; expected a whole number from 2 to {most}")]
    Replications {
        /// The number asked for.
        asked: u64,
        /// The most.
        most: u64,
    },
    /// A policy of this name is there already.
    #[error("the scenario has a policy `{0}` already, and nothing is overwritten; choose another name")]
    Exists(String),
    /// This is no name of a policy.
    #[error("`{found}` is no name for a policy; expected 1 to 64 of a–z, A–Z, 0–9, `-` and `_`, not `baseline`")]
    Name {
        /// The name given.
        found: String,
    },
    /// The baseline is no policy.
    #[error("nothing is moved, so there is no policy to save; move a lever or choose a policy")]
    Nothing,
    /// The scenario's file is not what was opened.
    #[error("{file} has changed since it was opened, and is left as it is; start `forestall explore` again")]
    Changed {
        /// The file.
        file: String,
    },
    /// The policy cannot be added to the file.
    #[error("the policy cannot be added to {file}, which is left as it is: {why}")]
    NotSaved {
        /// The file.
        file: String,
        /// Why.
        why: String,
    },
    /// The sweep cannot be explored.
    #[error(transparent)]
    Sweep(#[from] ClusterError),
    /// Files of results.
    #[error(transparent)]
    Results(#[from] ResultsError),
}

/// What is wrong in a scenario, in one line.
fn told(diagnostics: &Diagnostics) -> String {
    let one = |d: &forestall_model::Diagnostic| {
        let more = [("found ", &d.found), ("expected ", &d.expected)];
        let more = more.iter().filter_map(|(word, text)| text.as_ref().map(|text| format!("{word}{text}")));
        std::iter::once(d.message.clone()).chain(more).collect::<Vec<_>>().join("; ")
    };
    diagnostics.0.iter().take(5).map(one).collect::<Vec<_>>().join("; ")
}

impl ExploreError {
    /// Whether the request is at fault, as against the files or the system.
    pub fn is_request(&self) -> bool {
        !matches!(self, Self::Results(_) | Self::Sweep(_))
    }

    /// Whether what is asked for contradicts what is there.
    pub fn is_conflict(&self) -> bool {
        matches!(self, Self::Exists(_) | Self::Changed { .. })
    }
}
