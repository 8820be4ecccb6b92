//! Drives replications in batches with fixed ends, in parallel, and stores each batch as it finishes.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use rayon::prelude::*;

use crate::results::{Batch, Failure, ResultsError, RunKey, TableName};
use crate::stats::StoppingRule;
use crate::stats::Verdict;
use forestall_model::{Labels, Rows, Table};

use super::draws::PosteriorDraws;
use super::keeper::Keeper;
use super::monitor::Monitor;
use super::replicate::{NamedArm, replicate_draw};

/// Replications in one batch; `--precision` stops only at such ends.
pub(crate) const BATCH: u64 = 10;

/// What to run.
pub(crate) struct Workload<'a> {
    /// The arms, the baseline first.
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

struct Done {
    key: RunKey,
    result: Result<(Rows, Vec<forestall_model::Fact>), String>,
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
    let names: Vec<String> = work.arms.iter().map(|a| a.name.clone()).collect();
    let all = work.replications * work.arms.len() as u64;
    let mut watched = Watched::new(work, store)?;
    let mut first = 0;
    while first < work.replications {
        let last = (first + BATCH).min(work.replications);
        let todo: Vec<RunKey> = PosteriorDraws::grid(draws, &names, first..last)
            .into_iter()
            .filter(|key| !store.done().contains(key))
            .collect();
        if !todo.is_empty() {
            let counter = std::sync::atomic::AtomicU64::new(counted(store, draws, &names, work.replications));
            let done = compute(work, draws, &names, &todo, monitor, &counter, all);
            let complete = done.len() == todo.len();
            watched.take(&done);
            store.add(Arc::new(batch(work, done)))?;
            if !complete {
                return Ok(Stop::Interrupted);
            }
        }
        monitor.tell(Progress { done: counted(store, draws, &names, work.replications), all });
        if watched.reached(last) {
            return Ok(Stop::Precise(last));
        }
        first = last;
    }
    Ok(if work.precision.is_some() { Stop::NotPrecise } else { Stop::Finished })
}

fn counted(store: &dyn Keeper, draws: Option<&PosteriorDraws>, names: &[String], replications: u64) -> u64 {
    PosteriorDraws::grid(draws, names, 0..replications).iter().filter(|k| store.done().contains(k)).count() as u64
}

fn compute(
    work: &Workload,
    draws: Option<&PosteriorDraws>,
    names: &[String],
    todo: &[RunKey],
    monitor: &Monitor<Progress>,
    counter: &std::sync::atomic::AtomicU64,
    all: u64,
) -> Vec<Done> {
    todo.par_iter()
        .with_max_len(1)
        .filter_map(|key| {
            if monitor.cancelled() {
                return None;
            }
            let place = names.iter().position(|n| *n == key.arm).unwrap_or(0);
            let log = work.log_replications.contains(&key.replication);
            let at = |arm: &NamedArm| replicate_draw(arm, work.labels, key.draw, key.replication, log);
            let result = match draws {
                None => at(&work.arms[place]),
                Some(draws) => {
                    (draws.arm)(place, key.draw).and_then(|arm| at(&NamedArm { name: key.arm.clone(), arm }))
                }
            };
            let done = counter.fetch_add(1, Ordering::Relaxed) + 1;
            monitor.tell(Progress { done, all });
            Some(Done { key: key.clone(), result })
        })
        .collect()
}

fn batch(work: &Workload, done: Vec<Done>) -> Batch {
    let mut out = Batch::default();
    let mut parts: [Option<Table>; 5] = [None, None, None, None, None];
    for Done { key, result } in done {
        match result {
            Ok((rows, facts)) => {
                let mut facts = facts;
                // A lead gone stale is noticed later than it happened; the log is by time.
                facts.sort_by(|a, b| a.time.total_cmp(&b.time));
                let events = events_table(work.labels, &key, &facts);
                let tables = [rows.replications, rows.monthly, rows.by_country, rows.matched, events];
                for (whole, part) in parts.iter_mut().zip(tables) {
                    match whole {
                        Some(table) => table.append_rows(&part, 0..part.rows()),
                        None => *whole = Some(part),
                    }
                }
                out.runs.push(key);
            }
            Err(message) => out.failures.push(Failure { run: key, message }),
        }
    }
    let names =
        [TableName::Replications, TableName::Monthly, TableName::ByCountry, TableName::Matched, TableName::Events];
    out.tables = names.into_iter().zip(parts).filter_map(|(n, t)| t.map(|t| (n, t))).collect();
    out
}

/// Facts as rows: one a fact, in the order in which they happened.
pub(crate) fn events_table(labels: &Labels, key: &RunKey, facts: &[forestall_model::Fact]) -> Table {
    use forestall_model::{Column::Integer, Column::Number, Column::Text};
    let mut table = Table::new();
    let rows = facts.len();
    let hex = |bits: u64| if bits == 0 { String::new() } else { format!("{bits:016x}") };
    table.push("arm", Text(vec![key.arm.clone(); rows]));
    table.push("draw", Integer(vec![Some(key.draw as i64); rows]));
    table.push("replication", Integer(vec![Some(key.replication as i64); rows]));
    table.push("day", Number(facts.iter().map(|f| Some(f.time)).collect()));
    table.push("fact", Text(facts.iter().map(|f| f.kind.name()).collect()));
    table.push("id", Text(facts.iter().map(|f| hex(f.id)).collect()));
    table.push("cause", Text(facts.iter().map(|f| hex(f.cause)).collect()));
    let country = |c: u8| labels.countries.get(usize::from(c)).cloned().unwrap_or_default();
    table.push("country", Text(facts.iter().map(|f| country(f.country)).collect()));
    let movement = |m: u8| labels.movements.get(usize::from(m)).cloned().unwrap_or_default();
    table.push("movement", Text(facts.iter().map(|f| movement(f.movement)).collect()));
    table.push("subject", Text(facts.iter().map(|f| hex(f.subject.bits())).collect()));
    table.push("plot", Text(facts.iter().map(|f| hex(f.plot.bits())).collect()));
    table.push("value", Number(facts.iter().map(|f| Some(f.value).filter(|v| v.is_finite())).collect()));
    table
}

/// The values of the outcome that decides when to stop, by replication.
struct Watched<'a> {
    work: &'a Workload<'a>,
    /// Each with its draw.
    values: Vec<Option<(i64, f64)>>,
}

impl<'a> Watched<'a> {
    fn new(work: &'a Workload<'a>, store: &dyn Keeper) -> Result<Self, MonteCarloError> {
        let mut values = Vec::new();
        if let Some((column, _)) = &work.precision {
            if !forestall_model::columns().iter().any(|c| c.name == column) {
                return Err(MonteCarloError::UnknownOutcome(column.clone()));
            }
            values = stored(store, &work.arms[0].name, column)?;
        }
        Ok(Self { work, values })
    }

    fn take(&mut self, done: &[Done]) {
        let Some((column, _)) = &self.work.precision else { return };
        for run in done {
            if run.key.arm != self.work.arms[0].name {
                continue;
            }
            if let Ok((rows, _)) = &run.result {
                let value = rows.replications.column(column).and_then(|c| c.number(0));
                set(&mut self.values, run.key.replication as usize, value.map(|v| (run.key.draw as i64, v)));
            }
        }
    }

    fn reached(&self, done: u64) -> bool {
        let Some((_, rule)) = &self.work.precision else { return false };
        let values: Vec<(i64, f64)> = self.values.iter().take(done as usize).copied().flatten().collect();
        matches!(rule.judge_by_draw(&values), Verdict::Reached(_))
    }
}

fn set(values: &mut Vec<Option<(i64, f64)>>, at: usize, value: Option<(i64, f64)>) {
    if values.len() <= at {
        values.resize(at + 1, None);
    }
    values[at] = value;
}

fn stored(store: &dyn Keeper, arm: &str, column: &str) -> Result<Vec<Option<(i64, f64)>>, ResultsError> {
    let mut values = Vec::new();
    for table in store.tables(TableName::Replications)? {
        let (Some(arms), Some(draws), Some(numbers), Some(column)) =
            (table.column("arm"), table.column("draw"), table.column("replication"), table.column(column))
        else {
            continue;
        };
        for row in 0..table.rows() {
            if arms.text(row) == arm
                && let Some(at) = numbers.number(row)
            {
                let value = draws.number(row).zip(column.number(row)).map(|(draw, value)| (draw as i64, value));
                set(&mut values, at as usize, value);
            }
        }
    }
    Ok(values)
}
