//! What a sweep will take, from a few timed runs at points spread over the design.

use serde::{Deserialize, Serialize};

use crate::montecarlo::pilot::{Piece, pilot as timed_pieces, timed};
use crate::results::RunKey;

use super::error::ClusterError;
use super::plan::SweepPlan;
use super::work::{BATCH_SECONDS, Model};

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
    let threads = rayon::current_num_threads() as f64;
    let pilot = timed_pieces(plan.points() * plan.replications, |i| piece(plan, model, i));
    let Some(seconds_per_run) = pilot.seconds_per_run() else {
        let message = pilot.failure().unwrap_or("there is no point");
        return Err(ClusterError::request(format!("no timed run succeeded: {message}")));
    };
    let (chunks, all) = (plan.chunks() as f64, plan.runs() as f64);
    let core_seconds = seconds_per_run * all;
    // Each batch leaves a part in every chunk that it touches.
    let parts = (chunks + core_seconds / threads / BATCH_SECONDS).min(all.max(chunks));
    Ok(SweepEstimate {
        pilots: pilot.timed_runs(),
        seconds_per_run,
        standard_error: pilot.standard_error(),
        threads: threads as u64,
        core_seconds,
        bytes: pilot.bytes(all, parts)?,
    })
}

/// The `i`-th timed piece: one replication of all arms of a point, which share their past as in the sweep; points far
/// from one another.
fn piece<M: Model>(plan: &SweepPlan, model: &M, i: u64) -> Result<Piece, String> {
    // Multiples of the golden ratio spread evenly however many there are.
    let share = (i as f64 * 0.618_033_988_749_894_9).fract();
    let point = ((share * plan.points() as f64) as u64).min(plan.points() - 1);
    let replication = plan.replications_of(point).start + i % plan.replications;
    let names = model.arms(point);
    let (arm_seconds, arms) = timed(|| names.iter().map(|name| model.arm(point, name)).collect::<Vec<_>>());
    let arms = arms.into_iter().collect::<Result<Vec<_>, _>>()?;
    let keys: Vec<RunKey> = names.into_iter().map(|name| RunKey { draw: point, replication, arm: name }).collect();
    let together: Vec<_> = arms.iter().zip(&keys).collect();
    let (seconds, runs) = timed(|| model.together(&together));
    // An arm is made once for all its replications.
    let seconds = seconds + arm_seconds / plan.replications as f64;
    let mut piece = Piece { runs: keys.len() as u64, seconds, tables: Vec::new() };
    for run in runs {
        piece.add(run?.into_iter().map(|(_, table)| table));
    }
    Ok(piece)
}
