//! Monte Carlo: many replications of several arms on the same draws, in parallel, kept as they finish.
//!
//! [`mod@replicate`] computes one run; [`batches`] drives many; [`compare`] turns their rows into paired
//! differences and the matched view.

pub(crate) mod batches;
pub(crate) mod compare;
pub(crate) mod draws;
pub(crate) mod keeper;
mod monitor;
pub(crate) mod operating;
pub mod pattern;
pub(crate) mod plots;
pub mod replicate;
pub mod robustness;
pub mod substitution;
pub(crate) mod twins;

pub use batches::{MonteCarloError, Progress, Stop};
pub(crate) use batches::{Workload, run};
pub use compare::CONFIDENCE;
pub(crate) use compare::{Attacks, RUN, comparisons};
pub(crate) use draws::PosteriorDraws;
pub use draws::{Split, split};
pub(crate) use keeper::{Keeper, Memory};
pub use monitor::Monitor;
pub(crate) use operating::operating_points;
pub(crate) use plots::{Endings, each_replication};
pub(crate) use replicate::replicate_draw;
pub use replicate::{NamedArm, replicate};
pub(crate) use substitution::Displaced;
pub(crate) use twins::Twins;
