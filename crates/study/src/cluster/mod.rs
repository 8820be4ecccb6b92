//! Sweeps: a design over uncertain parameters and levers, run on one machine or cut into shards for a cluster.
//!
//! A [`SweepPlan`] and its folder say all that is to be run. Points are cut into chunks, each with a folder of parts; a
//! [`Shard`] is a range of chunks, so the same folder can be worked off by any number of shards, on any machines,
//! one after another or at once. [`merge()`] streams the chunks in order into `results/*.parquet`: the bytes depend on
//! the plan alone. Only the file system ties the processes together.

mod error;
mod factors;
mod fold;
mod merge;
mod pilot;
mod plan;
mod points;
pub mod scheduler;
mod shard;
pub mod slurm;
mod status;
mod work;

pub use error::ClusterError;
pub(crate) use factors::{category, check_target, factors, lever};
pub use fold::Outcomes;
pub(crate) use fold::outcomes;
pub use merge::Merged;
pub(crate) use merge::merge;
pub use pilot::SweepEstimate;
pub(crate) use pilot::pilot;
pub use plan::{SweepPlan, SweepRequest, TABLES};
pub(crate) use points::{Points, open, write};
pub use shard::Shard;
pub use status::SweepStatus;
pub(crate) use status::status;
pub use work::Worked;
pub(crate) use work::{Model, run};
