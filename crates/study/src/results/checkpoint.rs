//! Finished replications kept as parts, so that an interrupted run goes on where it stopped.
//!
//! The parts stay after the final files are written. They cost about the same disk again, and buy
//! that the final files can be rebuilt byte for byte after a crash between two of them, that more
//! replications or other arms extend a folder without reading its results back, and that a run of
//! fewer arms loses nothing that an earlier run computed.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::atomic::{self, AtomicFile};
use super::error::ResultsError;
use super::failures::{self, Failure};
use super::folder::TableName;
use super::merge::{self, Source};
use super::parquet_file::{ROWS_PER_GROUP, TableReader, TableWriter};
use super::part::{self, Part};
use super::run_key::{ArmOrder, KeyColumns, RunKey, RunSet};
use forestall_model::Table;

/// What one batch of replications gave.
///
/// Every table has the columns `arm` (text), `draw` and `replication` (integers, none undefined). The rows of one
/// run stand in the order in which they shall appear.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    /// The runs that succeeded, whether or not each table has rows of them.
    pub runs: Vec<RunKey>,
    /// The rows of those runs; the same tables with the same columns in every batch.
    pub tables: Vec<(TableName, Table)>,
    /// The runs that failed; they have no rows.
    pub failures: Vec<Failure>,
}

/// A part that was damaged, and has been removed so that its runs are computed anew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RejectedPart {
    /// Where it was.
    pub path: PathBuf,
    /// What was wrong with it.
    pub reason: String,
}

/// A final table as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FinishedTable {
    /// Which table.
    pub name: TableName,
    /// Its file.
    pub path: PathBuf,
    /// Number of rows.
    pub rows: usize,
    /// SHA-256 of the file in hexadecimal.
    pub sha256: String,
}

/// The finished replications of one run.
///
/// Several processes may add to one folder of parts at the same time: a part is named by its content,
/// and a run that is in two parts is merged once.
#[derive(Debug)]
pub struct Store {
    folder: PathBuf,
    run: String,
    parts: Vec<Part>,
    done: RunSet,
    rejected: Vec<RejectedPart>,
}

impl Store {
    /// Opens the folder of parts of the run with this hash, making it if needed; damaged parts are removed.
    ///
    /// # Errors
    /// [`ResultsError::OtherRun`] if a part belongs to another run; [`ResultsError::Io`].
    pub fn open(folder: &Path, run: &str) -> Result<Self, ResultsError> {
        fs::create_dir_all(folder).map_err(|e| ResultsError::io("make folder", folder, e))?;
        let store = Self::view(folder, run)?;
        for rejected in &store.rejected {
            match fs::remove_file(&rejected.path) {
                Err(e) if e.kind() != io::ErrorKind::NotFound => {
                    return Err(ResultsError::io("remove", &rejected.path, e));
                }
                _ => {}
            }
        }
        Ok(store)
    }

    /// As [`Self::open`], without changing anything on disk; a missing folder has no parts.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn view(folder: &Path, run: &str) -> Result<Self, ResultsError> {
        let mut store = Self {
            folder: folder.to_path_buf(),
            run: run.to_owned(),
            parts: Vec::new(),
            done: RunSet::default(),
            rejected: Vec::new(),
        };
        for path in part_files(folder)? {
            match Part::open(&path, run) {
                Ok(part) => store.take_in(part),
                Err(ResultsError::Corrupt { path, found, .. }) => {
                    store.rejected.push(RejectedPart { path, reason: found });
                }
                Err(other) => return Err(other),
            }
        }
        Ok(store)
    }

    fn take_in(&mut self, part: Part) {
        part.add_runs_to(&mut self.done);
        self.parts.retain(|known| known.path != part.path);
        self.parts.push(part);
    }

    /// The runs that need not be computed again.
    pub fn done(&self) -> &RunSet {
        &self.done
    }

    /// Damaged parts found on opening.
    pub fn rejected(&self) -> &[RejectedPart] {
        &self.rejected
    }

    /// Runs that failed and have not succeeded since, in order of draw, replication and arm.
    pub fn failures(&self) -> Vec<Failure> {
        let mut last: BTreeMap<&RunKey, &Failure> = BTreeMap::new();
        for failure in self.parts.iter().flat_map(Part::failures).filter(|f| !self.done.contains(&f.run)) {
            // The same run fails the same way; the least message makes the list independent of order in any case.
            let kept = last.entry(&failure.run).or_insert(failure);
            *kept = (*kept).min(failure);
        }
        last.into_values().cloned().collect()
    }

    /// One table's rows in every part, part by part, in no fixed order; a run in two parts appears twice.
    ///
    /// # Errors
    /// [`ResultsError::Io`]; [`ResultsError::Corrupt`].
    pub fn tables(&self, name: TableName) -> Result<Vec<Table>, ResultsError> {
        self.read(name, |reader| reader)
    }

    /// Some columns of a table's rows, part by part; one that is not there is left out.
    ///
    /// # Errors
    /// As [`Self::tables`].
    pub(crate) fn some_columns(&self, name: TableName, columns: &[&str]) -> Result<Vec<Table>, ResultsError> {
        self.read(name, |reader| reader.only(columns))
    }

    fn read(&self, name: TableName, of: impl Fn(TableReader) -> TableReader) -> Result<Vec<Table>, ResultsError> {
        let mut tables = Vec::new();
        for part in &self.parts {
            if let Some((start, length)) = part.table(name.file_name()) {
                tables.push(of(TableReader::open_section(&part.path, start, length)?).read_all()?);
            }
        }
        Ok(tables)
    }

    /// Keeps a batch: when this returns, its runs survive a kill or a power cut.
    ///
    /// # Errors
    /// [`ResultsError::Io`]; [`ResultsError::Unsound`] if a table lacks a key column, has rows of a run that the batch
    /// does not name, or holds a number that is not finite. Nothing is kept then.
    pub fn add(&mut self, batch: &Batch) -> Result<(), ResultsError> {
        let mut runs: Vec<RunKey> = batch.runs.clone();
        runs.sort();
        runs.dedup();
        let mut tables = Vec::new();
        for (name, table) in &batch.tables {
            let rows = sorted(table, &runs, &self.folder.join(name.file_name()))?;
            tables.push(part::encode(name.file_name(), table, &rows)?);
        }
        let part = part::write(&self.folder, &self.run, &runs, &batch.failures, &tables)?;
        self.take_in(part);
        Ok(())
    }

    /// Writes the final tables and `failures.csv` into `folder` from all parts, with the arms in the order given.
    ///
    /// Rows are sorted by draw, replication and arm, so the bytes depend on which runs are done and not
    /// on how they were cut into parts. Runs of other arms are left out and kept in the parts.
    ///
    /// # Errors
    /// [`ResultsError::Io`]; [`ResultsError::Corrupt`] if parts disagree on a run or on a table's columns.
    pub fn finish(&self, folder: &Path, arms: &[String]) -> Result<Vec<FinishedTable>, ResultsError> {
        let order = ArmOrder::new(arms);
        let mut finished = Vec::new();
        for name in TableName::ALL {
            if let Some(table) = self.finish_table(name, &folder.join(name.file_name()), &order)? {
                finished.push(table);
            }
        }
        let mut failures = self.failures();
        failures.retain(|failure| arms.contains(&failure.run.arm));
        failures.sort_by_key(|failure| order.place(&failure.run));
        let text = super::csv::to_text(&failures::table(&failures));
        atomic::write(&folder.join("failures.csv"), text.as_bytes())?;
        Ok(finished)
    }

    fn finish_table(
        &self,
        name: TableName,
        path: &Path,
        order: &ArmOrder,
    ) -> Result<Option<FinishedTable>, ResultsError> {
        let Some((columns, sources)) = self.sources(name, order)? else { return Ok(None) };
        let mut writer = TableWriter::new(AtomicFile::create(path)?, &columns, ROWS_PER_GROUP, path)?;
        merge::merge(sources, order, &mut writer)?;
        let (file, rows) = writer.finish()?;
        Ok(Some(FinishedTable { name, path: path.to_path_buf(), rows, sha256: file.commit()? }))
    }

    /// The columns of a table, and where its rows lie.
    fn sources(&self, name: TableName, order: &ArmOrder) -> Result<Option<(Table, Vec<Source>)>, ResultsError> {
        let mut columns: Option<Table> = None;
        let mut sources = Vec::new();
        for part in &self.parts {
            let Some((start, length)) = part.table(name.file_name()) else { continue };
            let here = TableReader::open_section(&part.path, start, length)?.columns().clone();
            match &columns {
                None => columns = Some(here),
                Some(known) => {
                    if let Some(found) = known.column_difference(&here) {
                        return Err(ResultsError::corrupt(&part.path, format!("other parts have {found}")));
                    }
                }
            }
            if let Some(first) = part.stretch_starts().filter_map(|key| order.place(&key)).min() {
                sources.push(Source { first, path: part.path.clone(), start, length });
            }
        }
        Ok(columns.map(|columns| (columns, sources)))
    }

    /// The columns of a table without rows; `None` if no part has it.
    ///
    /// # Errors
    /// [`ResultsError::Io`]; [`ResultsError::Corrupt`] if parts disagree on the columns.
    pub fn columns(&self, name: TableName) -> Result<Option<Table>, ResultsError> {
        Ok(self.sources(name, &ArmOrder::new(&[]))?.map(|(columns, _)| columns))
    }

    /// Adds the rows of one table to `writer`, by draw, replication and arm: many stores with ascending draws make one
    /// file, and only one store is in memory at a time.
    ///
    /// # Errors
    /// [`ResultsError::Io`]; [`ResultsError::Corrupt`] if parts disagree on a run or on the columns.
    pub fn write_table<W: io::Write + Send>(
        &self,
        name: TableName,
        arms: &[String],
        writer: &mut TableWriter<W>,
    ) -> Result<(), ResultsError> {
        let order = ArmOrder::new(arms);
        match self.sources(name, &order)? {
            Some((_, sources)) => merge::merge(sources, &order, writer),
            None => Ok(()),
        }
    }
}

/// The part files in `folder`, by name.
fn part_files(folder: &Path) -> Result<Vec<PathBuf>, ResultsError> {
    let entries = match fs::read_dir(folder) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        other => other.map_err(|e| ResultsError::io("read folder", folder, e))?,
    };
    let mut paths = Vec::new();
    for entry in entries {
        let path = entry.map_err(|e| ResultsError::io("read folder", folder, e))?.path();
        let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        if !hidden && path.extension().is_some_and(|extension| extension == "part") {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

/// The places of the rows of `table` by draw, replication and arm name, each belonging to one of the (sorted) `runs`.
fn sorted(table: &Table, runs: &[RunKey], path: &Path) -> Result<Vec<usize>, ResultsError> {
    let keys = KeyColumns::of(table).map_err(|found| ResultsError::unsound(path, found))?;
    let mut rows: Vec<usize> = (0..table.rows()).collect();
    rows.sort_by_key(|&row| (keys.draws[row], keys.replications[row], &keys.arms[row]));
    let mut known = runs.iter().peekable();
    for &row in &rows {
        let (Ok(draw), Ok(replication)) = (u64::try_from(keys.draws[row]), u64::try_from(keys.replications[row]))
        else {
            return Err(ResultsError::unsound(path, "a draw or replication is negative"));
        };
        let key = (draw, replication, &keys.arms[row]);
        while known.next_if(|run| (run.draw, run.replication, &run.arm) < key).is_some() {}
        if known.peek().is_none_or(|run| (run.draw, run.replication, &run.arm) != key) {
            let found = format!("it has rows of {}, draw {draw}, replication {replication}, not in the batch", key.2);
            return Err(ResultsError::unsound(path, found));
        }
    }
    Ok(rows)
}

#[cfg(test)]
#[path = "checkpoint_tests.rs"]
mod tests;
