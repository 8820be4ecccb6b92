//! Monte Carlo: many replications of several arms on the same draws, in parallel, kept as they finish.
//!
//! [`mod@replicate`] computes one run; [`batches`] drives many; [`compare`] turns their rows into paired
//! differences and the matched view.

pub(crate) mod batches;
pub(crate) mod cohorts;
mod collector;
pub(crate) mod compare;
pub(crate) mod country_effects;
pub(crate) mod draws;
pub(crate) mod events;
mod jobs;
pub(crate) mod keeper;
mod monitor;
pub(crate) mod operating;
pub mod pattern;
pub(crate) mod pilot;
pub(crate) mod plots;
pub mod replicate;
pub mod robustness;
pub mod substitution;
pub(crate) mod twins;
mod watched;

pub use batches::{MonteCarloError, Progress, Stop};
pub(crate) use batches::{Workload, run};
pub(crate) use cohorts::Cohorts;
pub use compare::CONFIDENCE;
pub(crate) use compare::{Attacks, RUN, by_arm, comparisons, difference as paired_difference};
pub(crate) use country_effects::CountryEffects;
pub(crate) use draws::PosteriorDraws;
pub use draws::{Split, split};
pub(crate) use jobs::together;
pub(crate) use keeper::{Keeper, Memory};
pub use monitor::Monitor;
pub(crate) use operating::operating_points;
pub(crate) use plots::{Endings, each_replication};
pub use replicate::{NamedArm, replicate};
pub(crate) use replicate::{replicate_draw, replicate_together, unless_given_up};
pub(crate) use substitution::Displaced;
pub(crate) use twins::Twins;
