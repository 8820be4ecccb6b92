//! What a sweep will take, from a few timed runs at points spread over the design.

use std::time::{Duration, Instant};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::results::{RunKey, parquet_file};
use crate::stats::{mean, variance};
use forestall_model::Table;

use super::error::ClusterError;
use super::plan::SweepPlan;
use super::work::{BATCH_SECONDS, Model};

/// Seconds after which no further batch of timed runs is begun.
const ENOUGH_SECONDS: f64 = 4.0;
/// Rows of a finished row group.
const GROUP: f64 = parquet_file::ROWS_PER_GROUP as f64;

/// Time and disk of a sweep.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SweepEstimate {
    /// Timed runs.
    pub pilots: u64,
    /// Core-seconds of one run, with all cores of this machine busy.
    pub seconds_per_run: f64,
    /// Its standard error; `None` from one run.
    pub standard_error: Option<f64>,
    /// Threads in use.
    pub threads: u64,
    /// Core-seconds of the whole sweep.
    pub core_seconds: f64,
    /// Bytes of parts and merged tables.
    pub bytes: f64,
}

/// Times some runs, on all threads at once as the sweep itself will.
///
/// # Errors
/// [`ClusterError::Request`] if every timed run fails.
pub(crate) fn pilot<M: Model>(plan: &SweepPlan, model: &M) -> Result<SweepEstimate, ClusterError> {
    let threads = rayon::current_num_threads();
    let began = Instant::now();
    let most = plan.runs().min(4_096);
    let mut times = Vec::new();
    let mut rows: Vec<Table> = Vec::new();
    let mut failure = None;
    let mut at = 0;
    // The first round warms caches and clocks and is not timed.
    let mut warm = false;
    while at < most && (at < 2 * threads as u64 || began.elapsed() < Duration::from_secs_f64(ENOUGH_SECONDS)) {
        let round = (threads as u64 * 4).min(most - at);
        let turns: Vec<u64> = (at..at + round).collect();
        let runs: Vec<_> = turns.par_iter().with_max_len(1).map(|&i| timed(plan, model, i)).collect();
        for result in runs {
            match result {
                Ok((seconds, tables)) => {
                    times.push(seconds);
                    for (place, table) in tables.into_iter().enumerate() {
                        match rows.get_mut(place) {
                            Some(whole) => whole.append_rows(&table, 0..table.rows()),
                            None => rows.push(table),
                        }
                    }
                }
                Err(message) => failure = Some(message),
            }
        }
        at += round;
        if !warm && at < most {
            times.clear();
        }
        warm = true;
    }
    let Some(seconds_per_run) = mean(&times) else {
        let message = failure.unwrap_or_else(|| "there is no point".into());
        return Err(ClusterError::request(format!("no timed run succeeded: {message}")));
    };
    let core_seconds = seconds_per_run * plan.runs() as f64;
    let runs = rows.first().map_or(1, Table::rows).max(1) as f64;
    let bytes = bytes(plan, &rows, runs, core_seconds / threads as f64)?;
    Ok(SweepEstimate {
        pilots: times.len() as u64,
        seconds_per_run,
        standard_error: variance(&times).map(|v| libm::sqrt(v / times.len() as f64)),
        threads: threads as u64,
        core_seconds,
        bytes,
    })
}

/// The `i`-th timed run: points far from one another, arms and replications in turn.
fn timed<M: Model>(plan: &SweepPlan, model: &M, i: u64) -> Result<(f64, Vec<Table>), String> {
    // Multiples of the golden ratio spread evenly however many there are.
    let share = (i as f64 * 0.618_033_988_749_894_9).fract();
    let point = ((share * plan.points() as f64) as u64).min(plan.points() - 1);
    let arms = model.arms(point);
    let name = &arms[i as usize % arms.len()];
    let replication = plan.replications_of(point).start + i % plan.replications;
    let began = Instant::now();
    let arm = model.arm(point, name)?;
    let arm_seconds = began.elapsed().as_secs_f64();
    let key = RunKey { draw: point, replication, arm: name.clone() };
    let began = Instant::now();
    let tables = model.run(&arm, &key)?;
    // An arm is made once for all its replications.
    let seconds = began.elapsed().as_secs_f64() + arm_seconds / plan.replications as f64;
    Ok((seconds, tables.into_iter().map(|t| t.1).collect()))
}

/// Bytes of parts and merged tables: a fixed cost a part and row group, and a cost a run.
fn bytes(plan: &SweepPlan, rows: &[Table], runs: f64, seconds: f64) -> Result<f64, ClusterError> {
    let (chunks, all) = (plan.chunks() as f64, plan.runs() as f64);
    // Each batch leaves a part in every chunk that it touches.
    let parts = (chunks + seconds / BATCH_SECONDS).min(all.max(chunks));
    let mut total = 0.0;
    for table in rows {
        let whole = parquet_file::to_bytes(table, parquet_file::ROWS_PER_GROUP)?.len() as f64;
        let fixed = parquet_file::to_bytes(&table.empty_like(), 1)?.len() as f64;
        let first = table.take(&(0..table.rows().min(1)).collect::<Vec<_>>());
        let one = parquet_file::to_bytes(&first, 1)?.len() as f64;
        // A run's rows beyond the first cost what the whole table costs beyond its first row.
        let slope = if table.rows() > 1 { (whole - one) / (table.rows() as f64 - 1.0) } else { one - fixed };
        let rows_all = table.rows() as f64 / runs * all;
        let group = (one - slope).max(0.0);
        total += parts * group + rows_all * slope;
        total += (rows_all / GROUP).ceil() * group + rows_all * slope;
    }
    Ok(total)
}
