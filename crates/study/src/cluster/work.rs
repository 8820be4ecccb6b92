//! Works off the runs of some chunks, in parallel, and keeps each batch as it finishes.

use std::collections::{BTreeMap, VecDeque};
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use rayon::prelude::*;

use crate::montecarlo::{Monitor, Progress, together};
use crate::results::{Batch, Failure, RejectedPart, RunKey, Store, SweepFolder, TableName, atomic};
use forestall_model::Table;

use super::error::ClusterError;
use super::plan::SweepPlan;

/// Seconds of work that a batch should hold: what a kill can lose.
pub(super) const BATCH_SECONDS: f64 = 5.0;
/// Most runs of a batch, which bounds memory.
const MOST_RUNS: usize = 8_192;

/// What is run at the points; the simulation, or a stand-in for tests.
pub(crate) trait Model: Sync {
    /// An arm at a point, ready to run.
    type Arm: Send + Sync;
    /// The arms that a point runs.
    fn arms(&self, point: u64) -> Vec<String>;
    /// An arm at a point.
    ///
    /// # Errors
    /// Why the point cannot be run under this arm.
    fn arm(&self, point: u64, name: &str) -> Result<Self::Arm, String>;
    /// The tables of one run, with its key in `arm`, `draw` and `replication`.
    ///
    /// # Errors
    /// Why this run failed; others go on.
    fn run(&self, arm: &Self::Arm, key: &RunKey) -> RunTables;
    /// The same of one replication of several arms at one point, each as if it were run alone.
    fn together(&self, arms: &[(&Self::Arm, &RunKey)]) -> Vec<RunTables> {
        arms.iter().map(|(arm, key)| self.run(arm, key)).collect()
    }
}

/// The tables of a run, or why it failed.
pub(crate) type RunTables = Result<Vec<(TableName, Table)>, String>;

/// What watches and can stop the work, and when it stops by itself.
#[derive(Clone, Copy)]
struct Until<'a> {
    monitor: &'a Monitor<'a, Progress>,
    deadline: Option<Instant>,
}

impl Until<'_> {
    fn stopped(&self) -> bool {
        self.monitor.cancelled() || self.deadline.is_some_and(|end| Instant::now() >= end)
    }
}

/// How the work ended.
#[derive(Clone, Debug, Default)]
pub struct Worked {
    /// Whether every run was tried; otherwise the work was stopped.
    pub finished: bool,
    /// Runs that were done when the work began.
    pub found: u64,
    /// Runs computed now.
    pub computed: u64,
    /// Runs that failed now.
    pub failed: u64,
    /// Damaged parts that were removed; their runs were computed again.
    pub rejected: Vec<RejectedPart>,
}

/// Runs whatever is not stored yet in these chunks, until a moment if one is given; failed runs are tried again.
///
/// # Errors
/// [`ClusterError::Results`]: the disk refuses, or parts belong to another sweep.
pub(crate) fn run<M: Model>(
    plan: &SweepPlan,
    folder: &SweepFolder,
    chunks: Range<u64>,
    model: &M,
    monitor: &Monitor<Progress>,
    deadline: Option<Instant>,
) -> Result<Worked, ClusterError> {
    let until = Until { monitor, deadline };
    let points =
        plan.points_of(chunks.start).start..chunks.end.checked_sub(1).map_or(0, |last| plan.points_of(last).end);
    let all = if chunks.is_empty() { 0 } else { plan.runs_of(points) };
    let mut worked = Worked::default();
    let mut open_chunks = Vec::new();
    for chunk in chunks {
        atomic::remove_abandoned(&folder.chunk(chunk))?;
        let store = Store::open(&folder.chunk(chunk), &plan.hash)?;
        worked.rejected.extend(store.rejected().iter().cloned());
        worked.found += store.done().len();
        if store.done().len() < plan.runs_of(plan.points_of(chunk)) {
            open_chunks.push(chunk);
        }
    }
    let done = AtomicU64::new(worked.found);
    monitor.tell(Progress { done: worked.found, all });
    let threads = rayon::current_num_threads();
    let mut size = 2 * threads;
    let mut stores: BTreeMap<u64, Store> = BTreeMap::new();
    let mut waiting: VecDeque<(u64, RunKey)> = VecDeque::new();
    let mut open_chunks = open_chunks.into_iter();
    loop {
        while waiting.len() < size
            && let Some(chunk) = open_chunks.next()
        {
            let store = Store::open(&folder.chunk(chunk), &plan.hash)?;
            for point in plan.points_of(chunk) {
                let keys = plan.keys(point, &model.arms(point));
                waiting.extend(keys.into_iter().filter(|key| !store.done().contains(key)).map(|key| (chunk, key)));
            }
            stores.insert(chunk, store);
        }
        if waiting.is_empty() {
            worked.finished = true;
            return Ok(worked);
        }
        let batch: Vec<(u64, RunKey)> = waiting.drain(..size.min(waiting.len())).collect();
        let began = Instant::now();
        let count = || monitor.tell(Progress { done: done.fetch_add(1, Ordering::Relaxed) + 1, all });
        let results = compute(model, &batch, until, &count);
        let complete = results.len() == batch.len();
        keep(results, &mut stores, &mut worked)?;
        if !complete {
            return Ok(worked);
        }
        let rate = batch.len() as f64 / began.elapsed().max(Duration::from_micros(100)).as_secs_f64();
        size = ((rate * BATCH_SECONDS) as usize).clamp(threads, MOST_RUNS);
        let first = waiting.front().map_or(u64::MAX, |(chunk, _)| *chunk);
        stores = stores.split_off(&first);
    }
}

/// A run's chunk, its key, and its tables or why it failed.
type Done = (u64, RunKey, RunTables);

fn compute<M: Model>(model: &M, batch: &[(u64, RunKey)], until: Until, count: &(dyn Fn() + Sync)) -> Vec<Done> {
    let mut names: Vec<(u64, &str)> = batch.iter().map(|(_, key)| (key.draw, key.arm.as_str())).collect();
    names.sort_unstable();
    names.dedup();
    // An arm is made once for all its replications in the batch.
    let arms: BTreeMap<(u64, &str), Result<M::Arm, String>> = names
        .into_par_iter()
        .filter(|_| !until.stopped())
        .map(|(point, name)| ((point, name), model.arm(point, name)))
        .collect();
    let pieces = together(batch, |a, b| same_replication(&a.1, &b.1));
    let runs = |piece: &&[(u64, RunKey)]| -> Vec<Done> {
        if until.stopped() {
            return Vec::new();
        }
        let made: Vec<Option<&Result<M::Arm, String>>> =
            piece.iter().map(|(_, key)| arms.get(&(key.draw, key.arm.as_str()))).collect();
        let ready: Vec<(&M::Arm, &RunKey)> =
            made.iter().zip(*piece).filter_map(|(arm, (_, key))| Some(((*arm)?.as_ref().ok()?, key))).collect();
        let mut computed = model.together(&ready).into_iter();
        let mut result = |arm: &Result<M::Arm, String>| match arm {
            Ok(_) => computed.next().unwrap_or_else(|| Err("no run was computed".into())),
            Err(why) => Err(why.clone()),
        };
        // An arm that is not there was not made before the work was stopped.
        let results: Vec<Option<RunTables>> = made.into_iter().map(|arm| arm.map(&mut result)).collect();
        let done = piece.iter().zip(results).filter_map(|((chunk, key), found)| Some((*chunk, key.clone(), found?)));
        done.inspect(|_| count()).collect()
    };
    pieces.par_iter().with_max_len(1).flat_map_iter(runs).collect()
}

/// Whether two runs may share their past: one replication at one point.
fn same_replication(a: &RunKey, b: &RunKey) -> bool {
    (a.draw, a.replication) == (b.draw, b.replication)
}

/// Stores the results, one part a chunk.
fn keep(results: Vec<Done>, stores: &mut BTreeMap<u64, Store>, worked: &mut Worked) -> Result<(), ClusterError> {
    let mut batches: BTreeMap<u64, Batch> = BTreeMap::new();
    for (chunk, run, result) in results {
        let batch = batches.entry(chunk).or_default();
        match result {
            Ok(tables) => {
                for (name, table) in tables {
                    match batch.tables.iter_mut().find(|(known, _)| *known == name) {
                        Some((_, whole)) => whole.append_rows(&table, 0..table.rows()),
                        None => batch.tables.push((name, table)),
                    }
                }
                batch.runs.push(run);
                worked.computed += 1;
            }
            Err(message) => {
                batch.failures.push(Failure { run, message });
                worked.failed += 1;
            }
        }
    }
    for (chunk, batch) in batches {
        if let Some(store) = stores.get_mut(&chunk) {
            store.add(&batch)?;
        }
    }
    Ok(())
}

#[cfg(test)]
#[path = "work_tests.rs"]
mod tests;
