//! Whether the outcome that a run is to be precise about is precise enough.

use crate::results::{ResultsError, TableName};
use crate::stats::Verdict;

use super::batches::{MonteCarloError, Workload};
use super::collector::Done;
use super::keeper::Keeper;

/// The values of the outcome that decides when to stop, by replication.
pub(super) struct Watched<'a> {
    work: &'a Workload<'a>,
    /// Each with its draw.
    values: Vec<Option<(i64, f64)>>,
}

impl<'a> Watched<'a> {
    /// What is kept says so far.
    pub(super) fn new(work: &'a Workload<'a>, store: &dyn Keeper) -> Result<Self, MonteCarloError> {
        let mut values = Vec::new();
        if let Some((column, _)) = &work.precision {
            if !forestall_model::columns().iter().any(|c| c.name == column) {
                return Err(MonteCarloError::UnknownOutcome(column.clone()));
            }
            values = stored(store, &work.names[0], column)?;
        }
        Ok(Self { work, values })
    }

    /// Takes finished runs.
    pub(super) fn take(&mut self, done: &[Done]) {
        let Some((column, _)) = &self.work.precision else { return };
        for run in done {
            if run.key.arm != self.work.names[0] {
                continue;
            }
            if let Ok((rows, _)) = &run.result {
                let value = rows.replications.column(column).and_then(|c| c.number(0));
                set(&mut self.values, run.key.replication as usize, value.map(|v| (run.key.draw as i64, v)));
            }
        }
    }

    /// Whether the mean of so many replications is precise enough.
    pub(super) fn reached(&self, done: u64) -> bool {
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
    for table in store.columns(TableName::Replications, &["arm", "draw", "replication", column])? {
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
