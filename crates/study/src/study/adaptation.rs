//! The same policies with the adversary's adaptation off, middle and high, for the checks of robustness.

use std::path::PathBuf;

use crate::calibration::factors;
use crate::calibration::posterior::UNIDENTIFIED;
use crate::montecarlo::{Attacks, Displaced, RUN, Stop, comparisons, each_replication};
use crate::results::manifest::now;
use crate::results::{Manifest, ResultsFolder, Status, Store, TableName, atomic, csv, outside};
use crate::stats::quantile;
use forestall_model::{DrawnParameter, Plan, Table};

use super::simulate::{Simulation, arms, names};
use super::{Monitor, RunEvent, RunRequest, Study, StudyError, label};

/// The settings of `adaptation.response`.
const STRENGTHS: [&str; 3] = ["off", "middle", "high"];
/// Tails cut from the intervals whose widths are compared.
const TAIL: f64 = 0.05;

/// A finished run of the same policies at one strength of adaptation.
#[derive(Clone, Debug)]
pub struct AtStrength {
    /// The strength: off, middle or high.
    pub strength: String,
    /// Its comparisons.
    pub comparisons: Table,
    /// Its displacement; empty where it was not written.
    pub displacement: Table,
}

/// A calibrated parameter with its value in each draw.
#[derive(Clone, Debug, PartialEq)]
pub struct CalibratedParameter {
    /// Its path.
    pub path: String,
    /// Its value by number of the draw.
    pub values: Vec<f64>,
    /// Whether the data do not constrain it: its posterior is about as wide as its prior; `None` where no prior is known.
    pub unconstrained: Option<bool>,
}

/// A study and what of it is run at each strength.
pub(super) struct Request<'a> {
    pub study: &'a Study,
    pub run: &'a RunRequest,
    pub replications: u64,
}

/// Where the runs at other strengths stand.
fn shelf(folder: &ResultsFolder) -> PathBuf {
    folder.path().join("trust")
}

/// Runs every policy at each strength into the folder of the run; what is already there is kept.
pub(super) fn run(request: &Request, folder: &ResultsFolder, monitor: &Monitor<RunEvent>) -> Result<Stop, StudyError> {
    for strength in STRENGTHS {
        let mut overrides = request.study.overrides().clone();
        overrides.sets.retain(|set| !set.trim_start().starts_with("adaptation.response"));
        overrides.sets.push(format!("adaptation.response!={strength}"));
        overrides.replications = Some(request.replications);
        let study = request.study.with(overrides)?;
        monitor.tell(RunEvent::Adaptation(strength));
        if one(study.scenario(), request, folder, strength, monitor)? == Stop::Interrupted {
            return Ok(Stop::Interrupted);
        }
    }
    Ok(Stop::Finished)
}

fn one(
    plan: &Plan,
    request: &Request,
    folder: &ResultsFolder,
    strength: &str,
    monitor: &Monitor<RunEvent>,
) -> Result<Stop, StudyError> {
    let names = names(plan, request.run.policies.as_deref())?;
    let arms = arms(plan, &names)?;
    let mut work = Simulation::new(plan, names, arms, request.replications, None);
    let (hash, names) = (work.hash(), work.names.clone());
    let own = ResultsFolder::create_or_open(&shelf(folder), &format!("adaptation-{strength}"), &hash)?;
    let mut record =
        Manifest::begin(&plan.name, plan.seed, &hash, names.clone(), request.replications, &request.run.provenance);
    atomic::write(&own.resolved_scenario(), plan.resolved_toml().as_bytes())?;
    record.save(&own.manifest_path())?;
    let mut store = Store::open(&own.parts(), &hash)?;
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
        atomic::write(&own.comparisons(), csv::to_text(&table).as_bytes())?;
        let table = displaced.table(&read(&RUN)?, &labels, &format!("{strength} (trust)"));
        atomic::write(&own.substitution(), csv::to_text(&table).as_bytes())?;
    }
    let interrupted = ended == Stop::Interrupted;
    record.status = if interrupted { Status::Interrupted } else { Status::Complete };
    record.replications.done = if interrupted { 0 } else { request.replications };
    record.finished = Some(now());
    record.save(&own.manifest_path())?;
    Ok(ended)
}

/// The label of a policy; the baseline's is its name here.
fn label_of(plan: &Plan, name: &str) -> String {
    plan.policy(name).map_or_else(|| name.to_owned(), |_| label(plan, name))
}

/// The finished runs at each strength that stand beside a run.
pub(super) fn read(folder: &ResultsFolder) -> Result<Vec<AtStrength>, StudyError> {
    let Ok(entries) = std::fs::read_dir(shelf(folder)) else { return Ok(Vec::new()) };
    let mut paths: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.sort();
    let mut found = Vec::new();
    for strength in STRENGTHS {
        let prefix = format!("adaptation-{strength}-");
        let own = paths.iter().filter(|p| p.file_name().is_some_and(|n| n.to_string_lossy().starts_with(&prefix)));
        for path in own {
            let beside = ResultsFolder::open(path)?;
            if beside.manifest()?.status == Status::Complete {
                let comparisons = outside::read_own(&beside.comparisons())?;
                let written = beside.substitution();
                let displacement = if written.exists() { outside::read_own(&written)? } else { Table::new() };
                found.push(AtStrength { strength: strength.into(), comparisons, displacement });
            }
        }
    }
    Ok(found)
}

/// How strongly the adversary adapts on the first counted day, in the scenario's word.
pub(super) fn strength(plan: &Plan) -> String {
    let word = || {
        let slot = plan.registry.slot("adaptation", "response")?;
        let arm = plan.arm(None).ok()?;
        let first = arm.snapshots.iter().rev().find(|s| s.time <= 0.0)?;
        Some(plan.registry.parameter(slot).kind.write(first.values.world[slot.table][slot.parameter]))
    };
    word().map(|w| w.trim_matches('"').to_owned()).unwrap_or_default()
}

/// The draws that runs take, each parameter marked where the data left it about as wide as its prior.
pub(super) fn calibrated(plan: &Plan) -> Vec<CalibratedParameter> {
    let priors = factors(plan);
    let Some(posterior) = &plan.posterior else { return Vec::new() };
    let one = |p: &DrawnParameter| {
        let prior = priors.iter().find(|f| f.name == p.path).map(|f| f.value(1.0 - TAIL) - f.value(TAIL));
        let width = quantile(&p.values, 1.0 - TAIL).zip(quantile(&p.values, TAIL)).map(|(high, low)| high - low);
        let unconstrained = prior.filter(|w| *w > 0.0).zip(width).map(|(prior, width)| width / prior > UNIDENTIFIED);
        CalibratedParameter { path: p.path.clone(), values: p.values.clone(), unconstrained }
    };
    posterior.parameters.iter().map(one).collect()
}
