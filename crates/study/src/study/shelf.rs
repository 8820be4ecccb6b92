//! Runs of the same policies under another setting, kept beside a run.

use std::path::PathBuf;

use crate::montecarlo::{Attacks, Displaced, RUN, Stop, comparisons, each_replication};
use crate::results::manifest::now;
use crate::results::{Manifest, ResultsFolder, Status, Store, TableName, atomic, spreadsheet};
use forestall_model::Plan;

use super::simulate::{Simulation, arms, names};
use super::{Monitor, RunEvent, RunRequest, Study, StudyError, label};

/// A study and what of it is run under each setting.
pub(super) struct Request<'a> {
    pub study: &'a Study,
    pub run: &'a RunRequest,
    pub replications: u64,
}

/// One setting.
pub(super) struct Setting {
    /// How its folder begins.
    pub shelf: String,
    /// What the table of displacement calls it.
    pub told: String,
}

/// Where the runs under other settings stand.
fn place(folder: &ResultsFolder) -> PathBuf {
    folder.path().join("trust")
}

/// Runs the policies of a request under one setting; what is already there is kept.
pub(super) fn run(
    plan: &Plan,
    request: &Request,
    folder: &ResultsFolder,
    setting: &Setting,
    monitor: &Monitor<RunEvent>,
) -> Result<Stop, StudyError> {
    let names = names(plan, request.run.policies.as_deref())?;
    let arms = arms(plan, &names)?;
    let mut work = Simulation::new(plan, names, arms, request.replications, None);
    let hash = work.hash();
    let own = ResultsFolder::create_or_open(&place(folder), &setting.shelf, &hash)?;
    let mut store = Store::open(&own.parts(), &hash)?;
    work.extend(store.done())?;
    let (names, replications) = (work.names.clone(), work.replications());
    let mut record =
        Manifest::begin(&plan.name, plan.seed, &hash, names.clone(), replications, &request.run.provenance);
    atomic::write(&own.resolved_scenario(), plan.resolved_toml().as_bytes())?;
    record.save(&own.manifest_path())?;
    let ended = work.go(&mut store, &[], monitor)?;
    work.forget_arms();
    let files = store.finish(&own.results(), &names)?;
    record.files = files.into_iter().map(|t| (format!("results/{}", t.name.file_name()), t.sha256)).collect();
    let labels: Vec<(String, String)> = names.iter().map(|name| (name.clone(), label_of(plan, name))).collect();
    if own.table(TableName::Replications).exists() {
        let (mut attacks, mut displaced) = (Attacks::new(&names), Displaced::new(&names));
        each_replication(own.unchecked_reader(TableName::Matched)?, &mut |run, plots| {
            attacks.add(run, plots);
            displaced.add(run, plots);
        })?;
        let read = |columns: &[&str]| own.unchecked_reader(TableName::Replications)?.only(columns).read_all();
        let table = comparisons(read, &attacks, &labels)?;
        atomic::write(&own.comparisons(), spreadsheet::to_text(&table).as_bytes())?;
        let table = displaced.table(&read(&RUN)?, &labels, &setting.told);
        atomic::write(&own.substitution(), spreadsheet::to_text(&table).as_bytes())?;
    }
    let interrupted = ended == Stop::Interrupted;
    record.status = if interrupted { Status::Interrupted } else { Status::Complete };
    record.replications.done = if interrupted { 0 } else { replications };
    record.finished = Some(now());
    record.save(&own.manifest_path())?;
    Ok(ended)
}

/// The label of a policy; the baseline's is its name here.
fn label_of(plan: &Plan, name: &str) -> String {
    plan.policy(name).map_or_else(|| name.to_owned(), |_| label(plan, name))
}

/// The finished runs under one setting that stand beside a run.
pub(super) fn finished(folder: &ResultsFolder, shelf: &str) -> Result<Vec<ResultsFolder>, StudyError> {
    let Ok(entries) = std::fs::read_dir(place(folder)) else { return Ok(Vec::new()) };
    let mut paths: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.sort();
    let mut found = Vec::new();
    for path in paths {
        // The hash behind the name has no hyphen: one name may begin another.
        let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        if name.rsplit_once('-').is_none_or(|(own, _)| own != shelf) {
            continue;
        }
        let beside = ResultsFolder::open(&path)?;
        if beside.manifest()?.status == Status::Complete {
            found.push(beside);
        }
    }
    Ok(found)
}
