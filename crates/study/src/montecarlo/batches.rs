//! Drives replications in parallel, and keeps them in batches with fixed ends.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::results::ResultsError;
use crate::stats::StoppingRule;
use forestall_model::Labels;

use super::collector::{Collector, Done};
use super::draws::PosteriorDraws;
use super::jobs::{self, Job};
use super::keeper::Keeper;
use super::monitor::Monitor;
use super::replicate::{NamedArm, replicate_together};

/// Replications in one batch; `--precision` stops only at such ends.
pub(crate) const BATCH: u64 = 10;

/// What to run.
pub(crate) struct Workload<'a> {
    /// The names of the arms, the baseline first.
    pub names: &'a [String],
    /// The arms in the same order; none are needed where each replication takes its arms from a posterior.
    pub arms: &'a [NamedArm],
    /// Names of countries, movements and months.
    pub labels: &'a Labels,
    /// Replications of each arm; the most where a precision is asked for.
    pub replications: u64,
    /// Replications whose facts are kept.
    pub log_replications: &'a [u64],
    /// Stop early once the baseline's mean of this column is precise enough.
    pub precision: Option<(String, StoppingRule)>,
}

/// How far the work is.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    /// Runs finished, those of earlier sessions included.
    pub done: u64,
    /// Runs in all.
    pub all: u64,
}

/// How the work ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Stop {
    /// All replications are there.
    Finished,
    /// The precision asked for was reached after so many replications.
    Precise(u64),
    /// The precision was not reached at the most replications.
    NotPrecise,
    /// Asked to stop; what is done is stored.
    Interrupted,
}

/// What can go wrong beside single failed runs.
#[derive(Debug, thiserror::Error)]
pub enum MonteCarloError {
    /// Storing failed.
    #[error(transparent)]
    Results(#[from] ResultsError),
    /// The column to be precise about does not exist.
    #[error("no outcome is called `{0}`; `forestall list outcomes` names them all")]
    UnknownOutcome(String),
}

/// Runs what is not kept yet, each replication at its draw from a posterior where there is one; afterwards the keeper
/// holds every finished run.
///
/// # Errors
/// [`MonteCarloError`]; single runs that fail are kept as failures instead.
pub(crate) fn run(
    work: &Workload,
    draws: Option<&PosteriorDraws>,
    store: &mut dyn Keeper,
    monitor: &Monitor<Progress>,
) -> Result<Stop, MonteCarloError> {
    let names = work.names.to_vec();
    let all = work.replications * names.len() as u64;
    let jobs = jobs::plan(draws, &names, 0..work.replications, store.done(), rayon::current_num_threads());
    let missing: u64 = jobs.iter().map(|job| job.arms.len() as u64).sum();
    let finished = AtomicU64::new(all - missing);
    monitor.tell(Progress { done: all - missing, all });
    let collector = Mutex::new(Collector::new(work, store, &jobs)?);
    let next = AtomicUsize::new(0);
    // Every thread takes the next job in order, so that batches are complete one after the other.
    rayon::broadcast(|_| {
        while !monitor.cancelled()
            && !lock(&collector).over()
            && let Some(job) = jobs.get(next.fetch_add(1, Ordering::Relaxed))
        {
            let runs = compute(work, draws, &names, job);
            let done = finished.fetch_add(runs.len() as u64, Ordering::Relaxed) + runs.len() as u64;
            lock(&collector).take(job, runs);
            monitor.tell(Progress { done, all });
        }
    });
    let whole = finished.into_inner() == all;
    let mut collector = collector.into_inner().unwrap_or_else(PoisonError::into_inner);
    collector.keep_rest();
    match (collector.broken, collector.precise) {
        (Some(error), _) => Err(error),
        (None, Some(replications)) => Ok(Stop::Precise(replications)),
        (None, None) if !whole => Ok(Stop::Interrupted),
        (None, None) => Ok(if work.precision.is_some() { Stop::NotPrecise } else { Stop::Finished }),
    }
}

/// Whatever happened while it was held, a collector is whole between two steps.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The runs of one job; of arms that cannot be had at this draw, why.
fn compute(work: &Workload, draws: Option<&PosteriorDraws>, names: &[String], job: &Job) -> Vec<Done> {
    let log = work.log_replications.contains(&job.replication);
    let at_draw: Vec<Result<NamedArm, String>> = match draws {
        None => Vec::new(),
        Some(draws) => {
            let arm =
                |&place: &usize| (draws.arm)(place, job.draw).map(|arm| NamedArm { name: names[place].clone(), arm });
            job.arms.iter().map(arm).collect()
        }
    };
    let arms: Vec<Result<&NamedArm, String>> = match draws {
        None => job.arms.iter().map(|&place| Ok(&work.arms[place])).collect(),
        Some(_) => at_draw.iter().map(|arm| arm.as_ref().map_err(Clone::clone)).collect(),
    };
    let ready: Vec<&NamedArm> = arms.iter().filter_map(|arm| arm.as_ref().ok().copied()).collect();
    let mut computed = replicate_together(&ready, work.labels, job.draw, job.replication, log).into_iter();
    let results = arms.into_iter().map(|arm| match arm {
        Ok(_) => computed.next().unwrap_or_else(|| Err("no run was computed".into())),
        Err(why) => Err(why),
    });
    job.keys(names).into_iter().zip(results).map(|(key, result)| Done { key, result }).collect()
}
