//! Replay: one replication again in two arms with every fact kept, and why a plot ended otherwise.
//!
//! Draws are keyed, so the same plot exists in both arms. [`Twins`] holds both logs; [`pair`] finds the plots whose
//! end differs; [`chain`] goes back from an end, by causes and conditions that the logs keep, to what the policy
//! changed; [`mechanism`] names the kind of the divergence; [`summary`] counts the kinds over replications. [`stings`] says
//! of each sting case what it would have come to without personas; [`sting_counts`] counts that over replications.

#![deny(clippy::wildcard_enum_match_arm)]

pub mod chain;
pub mod levers;
pub mod life;
pub mod log;
pub mod mechanism;
pub mod narrative;
pub mod pair;
pub mod picture;
pub mod replay_arms;
pub mod sting_counts;
pub mod stings;
pub mod summary;
pub mod words;

pub use chain::{Chain, Root};
pub use levers::{Difference, Levers};
pub use life::{Moment, life};
pub use log::{At, Log, Side, Twins};
pub use mechanism::Mechanism;
pub use narrative::{Narrative, tell};
pub use pair::{Pair, pairs};
pub use replay_arms::ReplayArms;
