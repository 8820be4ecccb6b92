//! Where finished runs are kept: on disk, or in memory for as long as somebody looks.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::results::{Batch, Failure, ResultsError, RunSet, Store, TableName};
use forestall_model::Table;

/// Keeps finished runs and knows which they are.
pub(crate) trait Keeper: Send {
    /// The runs that need not be computed again.
    fn done(&self) -> &RunSet;

    /// Some columns of one table's rows, piece by piece, in no fixed order.
    ///
    /// # Errors
    /// If they cannot be read.
    fn columns(&self, name: TableName, columns: &[&str]) -> Result<Vec<Table>, ResultsError>;

    /// Keeps a batch.
    ///
    /// # Errors
    /// If it cannot be kept.
    fn add(&mut self, batch: Arc<Batch>) -> Result<(), ResultsError>;
}

impl Keeper for Store {
    fn done(&self) -> &RunSet {
        Store::done(self)
    }

    fn columns(&self, name: TableName, columns: &[&str]) -> Result<Vec<Table>, ResultsError> {
        self.some_columns(name, columns)
    }

    fn add(&mut self, batch: Arc<Batch>) -> Result<(), ResultsError> {
        Store::add(self, &batch)
    }
}

/// Keeps runs in memory; what is kept here is gone with it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Memory {
    done: RunSet,
    tables: BTreeMap<TableName, Table>,
    failures: Vec<Failure>,
}

impl Memory {
    /// Runs that failed.
    pub(crate) fn failures(&self) -> &[Failure] {
        &self.failures
    }

    /// Gives a table away, with its rows by draw, replication and arm, as files have them; empty if no run has written to
    /// it.
    pub(crate) fn take_table(&mut self, name: TableName, arms: &[String]) -> Table {
        let table = self.tables.remove(&name).unwrap_or_default();
        let (Some(names), Some(draws), Some(replications)) =
            (table.texts("arm"), table.integers("draw"), table.integers("replication"))
        else {
            return table;
        };
        let place = |row: &usize| (draws[*row], replications[*row], arms.iter().position(|arm| *arm == names[*row]));
        let mut rows: Vec<usize> = (0..table.rows()).collect();
        if rows.is_sorted_by_key(place) {
            return table;
        }
        rows.sort_by_key(place);
        table.take(&rows)
    }
}

impl Keeper for Memory {
    fn done(&self) -> &RunSet {
        &self.done
    }

    fn columns(&self, name: TableName, columns: &[&str]) -> Result<Vec<Table>, ResultsError> {
        Ok(self.tables.get(&name).map(|table| table.select(columns)).into_iter().collect())
    }

    fn add(&mut self, batch: Arc<Batch>) -> Result<(), ResultsError> {
        for run in &batch.runs {
            self.done.insert(&run.arm, run.draw, run.replication..run.replication + 1);
        }
        for (name, part) in &batch.tables {
            match self.tables.get_mut(name) {
                Some(whole) => whole.append_rows(part, 0..part.rows()),
                None => drop(self.tables.insert(*name, part.clone())),
            }
        }
        self.failures.extend(batch.failures.iter().cloned());
        Ok(())
    }
}
