//! Monte Carlo: many replications of several arms on the same draws, in parallel, kept as they finish.
//!
//! [`mod@replicate`] computes one run; [`batches`] drives many; [`compare`] turns their rows into paired
//! differences and the matched view.

pub mod batches;
pub mod compare;
pub mod draws;
pub mod keeper;
mod monitor;
pub mod operating;
pub mod pattern;
pub mod replicate;
pub mod substitution;
pub mod twins;

pub use batches::{MonteCarloError, Progress, Stop, Workload, run};
pub use compare::{comparisons, matched_counts};
pub use draws::{PosteriorDraws, Split, split};
pub use keeper::{Keeper, Memory};
pub use monitor::Monitor;
pub use operating::operating_points;
pub use replicate::{NamedArm, replicate, replicate_draw};
pub use substitution::substitution;
pub use twins::twin_share;
