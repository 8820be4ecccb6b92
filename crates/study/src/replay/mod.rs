//! Replay: one replication again in two arms with every fact kept, and why a plot ended otherwise.
//!
//! Draws are keyed, so the same plot exists in both arms. [`Twins`] holds both logs; [`pair`] finds the plots whose
//! end differs; [`chain`] goes back from an end, by causes and conditions that the logs keep, to what the policy
//! changed; [`mechanism`] names the kind of the divergence; [`summary`] counts the kinds over replications. [`stings`] says
//! of each sting case what it would have come to without personas; [`sting_counts`] counts that over replications.

#![deny(clippy::wildcard_enum_match_arm)]

pub(crate) mod chain;
pub(crate) mod levers;
pub(crate) mod life;
pub(crate) mod log;
pub(crate) mod mechanism;
pub mod narrative;
pub mod pair;
pub(crate) mod picture;
pub(crate) mod replay_arms;
pub mod sting_counts;
pub mod stings;
pub mod summary;
pub(crate) mod words;

pub use chain::{Chain, Root};
pub use levers::Levers;
pub use log::{Log, Side, Twins};
pub(crate) use narrative::tell;
pub use pair::{Pair, pairs};
pub use replay_arms::ReplayArms;
pub(crate) use replay_arms::ReplayFault;

pub use forestall_model::Mechanism;
