//! Monte Carlo: many replications of several arms on the same draws, in parallel, kept as they finish.
//!
//! [`mod@replicate`] computes one run; [`batches`] drives many; [`compare`] turns their rows into paired
//! differences and the matched view.

pub mod batches;
pub mod compare;
pub mod pattern;
pub mod replicate;

pub use batches::{Monitor, MonteCarloError, Plan, Progress, Stop, run};
pub use compare::{comparisons, matched_counts};
pub use replicate::{ArmName, replicate};
