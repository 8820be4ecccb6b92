//! How far a sweep is, from its files alone.

use std::path::PathBuf;

use crate::results::{Failure, ResultsError, Store, SweepFolder};

use super::error::ClusterError;
use super::plan::SweepPlan;
use super::shard::Shard;

/// How far one shard is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShardStatus {
    /// Its runs.
    pub runs: u64,
    /// Finished ones.
    pub done: u64,
    /// Failed ones.
    pub failed: u64,
}

impl ShardStatus {
    /// Whether runs are left that were not tried.
    pub fn missing(&self) -> bool {
        self.done + self.failed < self.runs
    }
}

/// How far a sweep is.
#[derive(Clone, Debug, Default)]
pub struct SweepStatus {
    /// All runs.
    pub runs: u64,
    /// Finished ones.
    pub done: u64,
    /// Failed ones, in order.
    pub failures: Vec<Failure>,
    /// By shard.
    pub shards: Vec<ShardStatus>,
    /// Parts of other sweeps, or that cannot be read.
    pub foreign: Vec<PathBuf>,
    /// Damaged parts; their runs count as missing.
    pub damaged: Vec<PathBuf>,
}

impl SweepStatus {
    /// The shards that lack runs, such as `2-3,5`; empty if none does.
    pub fn missing_array(&self) -> String {
        array_string(&self.missing())
    }

    /// The shards that lack runs.
    pub fn missing(&self) -> Vec<u64> {
        (0..).zip(&self.shards).filter(|(_, shard)| shard.missing()).map(|(index, _)| index).collect()
    }
}

/// Numbers in ascending order as a scheduler takes them: `0-2,5`.
pub(super) fn array_string(numbers: &[u64]) -> String {
    let mut ranges: Vec<(u64, u64)> = Vec::new();
    for &number in numbers {
        match ranges.last_mut() {
            Some((_, last)) if *last + 1 == number => *last = number,
            _ => ranges.push((number, number)),
        }
    }
    let text = |(first, last): &(u64, u64)| if first == last { first.to_string() } else { format!("{first}-{last}") };
    ranges.iter().map(text).collect::<Vec<_>>().join(",")
}

/// Counts what is there, cut into `shards`. Every part is checked; nothing on disk is changed.
///
/// # Errors
/// [`ClusterError::Results`] where the file system refuses.
pub(crate) fn status(folder: &SweepFolder, plan: &SweepPlan, shards: u64) -> Result<SweepStatus, ClusterError> {
    let mut told = SweepStatus { runs: plan.runs(), ..SweepStatus::default() };
    let of = shards.clamp(1, plan.chunks());
    for index in 0..of {
        let mut shard = ShardStatus { runs: 0, done: 0, failed: 0 };
        for chunk in (Shard { index, of }).chunks(plan.chunks()) {
            shard.runs += plan.runs_of(plan.points_of(chunk));
            match Store::view(&folder.chunk(chunk), &plan.hash) {
                Ok(store) => {
                    told.damaged.extend(store.rejected().iter().map(|part| part.path.clone()));
                    let failures = store.failures();
                    shard.done += store.done().len();
                    shard.failed += failures.len() as u64;
                    told.failures.extend(failures);
                }
                Err(ResultsError::OtherRun { path, .. }) => told.foreign.push(path),
                Err(other) => return Err(other.into()),
            }
        }
        told.done += shard.done;
        told.shards.push(shard);
    }
    Ok(told)
}
