//! Merges the chunks of a finished sweep into its tables, one chunk in memory at a time.

use std::collections::BTreeMap;

use crate::results::atomic::{self, AtomicFile};
use crate::results::manifest::{Manifest, now};
use crate::results::parquet_file::{ROWS_PER_GROUP, TableWriter};
use crate::results::{Replications, ResultsError, Status, Store, SweepFolder, TableName, csv, failures};
use forestall_model::Table;

use super::error::ClusterError;
use super::plan::SweepPlan;
use super::status::{array_string, status};

/// What was merged.
#[derive(Clone, Debug)]
pub struct Merged {
    /// Rows of `replications.parquet`.
    pub rows: u64,
    /// Runs that failed, listed in `failures.csv`.
    pub failures: u64,
    /// Each table with the SHA-256 of its file.
    pub files: BTreeMap<String, String>,
}

/// Merges a sweep whose runs are all finished or failed, and writes its manifest.
///
/// `git_commit` is the commit of the program that merges, where known. Rows stand by point, replication and arm in row groups of one size, so the bytes depend on the plan alone.
///
/// # Errors
/// [`ClusterError::Incomplete`] with the missing shards; [`ClusterError::Results`] for parts of another sweep.
pub(crate) fn merge(
    folder: &SweepFolder,
    plan: &SweepPlan,
    git_commit: Option<String>,
) -> Result<Merged, ClusterError> {
    let _lock = folder.lock()?;
    let started = now();
    let told = status(folder, plan, plan.shards)?;
    if let Some(path) = told.foreign.first() {
        return Err(ClusterError::Mismatch(format!(
            "{} belongs to another design, seed or version than {}; move it away, then run the missing shards again",
            path.display(),
            folder.plan().display()
        )));
    }
    let settled = told.done + told.failures.len() as u64;
    if settled < told.runs {
        return Err(ClusterError::Incomplete {
            folder: folder.path().to_path_buf(),
            missing: told.runs - settled,
            runs: told.runs,
            array: array_string(&told.missing()),
        });
    }
    atomic::remove_unfinished(&folder.results())?;
    let mut merged = Merged { rows: 0, failures: told.failures.len() as u64, files: BTreeMap::new() };
    for name in plan.kept() {
        if let Some((rows, sum)) = write_table(folder, plan, name)? {
            merged.files.insert(format!("results/{}", name.file_name()), sum);
            if name == TableName::Replications {
                merged.rows = rows;
            }
        }
    }
    let text = csv::to_text(&failures::table(&told.failures));
    let sum = atomic::write(&folder.failures(), text.as_bytes())?;
    merged.files.insert("results/failures.csv".into(), sum);
    let record = Manifest {
        status: Status::Complete,
        name: plan.name.clone(),
        version: plan.version.clone(),
        git_commit,
        arguments: vec!["sweep".into(), "merge".into()],
        seed: plan.seed,
        arms: plan.arms.clone(),
        replications: Replications { asked: plan.runs(), done: told.done },
        results_version: plan.results_version,
        program: plan.program.clone(),
        hash: plan.hash.clone(),
        files: merged.files.clone(),
        started,
        finished: Some(now()),
        checksum: String::new(),
    };
    record.save(&folder.manifest_path())?;
    Ok(merged)
}

/// One table; `None` if no run gave rows of it.
fn write_table(folder: &SweepFolder, plan: &SweepPlan, name: TableName) -> Result<Option<(u64, String)>, ClusterError> {
    let path = folder.table(name);
    let mut writer: Option<(Table, TableWriter<AtomicFile>)> = None;
    for chunk in 0..plan.chunks() {
        let store = Store::view(&folder.chunk(chunk), &plan.hash)?;
        let Some(columns) = store.columns(name)? else { continue };
        let (known, writer) = match &mut writer {
            Some(open) => open,
            none => {
                let new = TableWriter::new(AtomicFile::create(&path)?, &columns, ROWS_PER_GROUP, &path)?;
                none.insert((columns.clone(), new))
            }
        };
        if let Some(found) = known.column_difference(&columns) {
            let found = format!("other chunks have {found}");
            let fix = "move it away and run its shard again with one version of the program".into();
            return Err(ResultsError::Corrupt { path: folder.chunk(chunk), found, fix }.into());
        }
        store.write_table(name, &plan.arms, writer)?;
    }
    let Some((_, writer)) = writer else { return Ok(None) };
    let (file, rows) = writer.finish()?;
    Ok(Some((rows as u64, file.commit()?)))
}
