//! `run --trust`: the same policies with the other side's answers off, middle and high, for the table of doubts.

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use forestall_model::model::replication::Arm;
use forestall_model::outcome::tables::Labels;
use forestall_model::scenario::{LoadOptions, Plan};
use forestall_model::table::Table;
use forestall_report::report::{Answered, Drawn};
use forestall_study::calibration::factors;
use forestall_study::calibration::posterior::UNIDENTIFIED;
use forestall_study::montecarlo::{self, Monitor, Stop, comparisons, substitution};
use forestall_study::results::{
    Manifest, RESULTS_VERSION, ResultsFolder, Status, Store, TableName, atomic, csv, manifest,
};
use forestall_study::results::{outside, run_hash};
use forestall_study::stats::quantile;

use super::options::{Common, PosteriorUse};
use super::outcome::Failure;
use super::progress::Display;
use super::provenance::provenance;
use super::{run, source};

/// The settings of `adaptation.response`.
const RESPONSES: [&str; 3] = ["off", "middle", "high"];
/// Tails cut from the intervals whose widths are compared.
const TAIL: f64 = 0.05;

/// A scenario and what of it is run.
pub(super) struct Request<'a> {
    /// The scenario file.
    pub scenario: &'a Path,
    /// How it is read, but for the answers.
    pub options: &'a LoadOptions,
    /// What is made of a posterior.
    pub posterior: PosteriorUse,
    /// The chosen policies; all if not given.
    pub policies: Option<&'a [String]>,
    /// Replications at each setting.
    pub replications: u64,
}

/// Where the runs for doubts stand.
fn shelf(folder: &ResultsFolder) -> PathBuf {
    folder.path().join("trust")
}

/// Runs every arm at each setting into the folder of the run; what is already there is kept.
pub(super) fn adaptation(
    request: &Request,
    folder: &ResultsFolder,
    stop: &AtomicBool,
    common: &Common,
) -> Result<Stop, Failure> {
    for response in RESPONSES {
        let mut options = request.options.clone();
        options.sets.retain(|set| !set.trim_start().starts_with("adaptation.response"));
        options.sets.push(format!("adaptation.response!={response}"));
        options.replications = Some(request.replications);
        let mut plan = source::plan(request.scenario, &options)?;
        plan.use_posterior(request.posterior.chosen());
        common.say(&format!("answers of the other side: {response}"));
        if setting(&plan, request, folder, response, stop, common)? == Stop::Interrupted {
            return Ok(Stop::Interrupted);
        }
    }
    Ok(Stop::Finished)
}

fn setting(
    plan: &Plan,
    request: &Request,
    folder: &ResultsFolder,
    response: &str,
    stop: &AtomicBool,
    common: &Common,
) -> Result<Stop, Failure> {
    let arms = run::arms(plan, request.policies)?;
    let names: Vec<String> = arms.iter().map(|a| a.name.clone()).collect();
    let hash = run_hash(&plan.fingerprint_text(), plan.seed, RESULTS_VERSION);
    let own = ResultsFolder::create_or_open(&shelf(folder), &format!("adaptation-{response}"), &hash)?;
    let mut record = Manifest::begin(&plan.name, plan.seed, &hash, names.clone(), request.replications, &provenance());
    atomic::write(&own.resolved_scenario(), plan.resolved_toml().as_bytes())?;
    record.save(&own.manifest_path())?;
    let mut store = Store::open(&own.parts(), &hash)?;
    let labels = Labels::of(plan);
    let work = montecarlo::Plan {
        arms: &arms,
        labels: &labels,
        replications: request.replications,
        log_replications: &[],
        precision: None,
    };
    let at_draw = |place: usize, draw: u64| {
        let policy = names.get(place).map(String::as_str);
        plan.arm_at_draw(policy, draw).map(|s| Arm::new(&s)).map_err(|errors| errors.to_string())
    };
    let draws = (plan.draws() > 0).then_some(montecarlo::Draws { count: plan.draws(), arm: &at_draw });
    let display = Display::new(request.replications * arms.len() as u64, common.quiet);
    let show = |progress| display.show(progress);
    let ended = montecarlo::run_draws(&work, draws.as_ref(), &mut store, &Monitor { progress: &show, stop });
    display.close();
    let ended = ended?;
    let files = store.finish(&own.results(), &names)?;
    record.files = files.into_iter().map(|t| (format!("results/{}", t.name.file_name()), t.sha256)).collect();
    let label = |name: &String| (name.clone(), plan.policy(name).map_or_else(|| name.clone(), |p| p.label.clone()));
    let labels: Vec<(String, String)> = names.iter().map(label).collect();
    let table = comparisons(&own.read(TableName::Replications)?, &own.read(TableName::Matched)?, &labels);
    atomic::write(&own.comparisons(), csv::to_text(&table).as_bytes())?;
    let instead = substitution(
        &own.read(TableName::Replications)?,
        &own.read(TableName::Matched)?,
        &labels,
        &format!("{response} (trust)"),
    );
    atomic::write(&own.substitution(), csv::to_text(&instead).as_bytes())?;
    let interrupted = ended == Stop::Interrupted;
    record.status = if interrupted { Status::Interrupted } else { Status::Complete };
    record.replications.done = if interrupted { 0 } else { request.replications };
    record.finished = Some(manifest::now());
    record.save(&own.manifest_path())?;
    Ok(ended)
}

/// The finished runs at each setting that stand beside a run.
pub(super) fn answered(folder: &ResultsFolder) -> Result<Vec<Answered>, Failure> {
    let Ok(entries) = std::fs::read_dir(shelf(folder)) else { return Ok(Vec::new()) };
    let mut paths: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.sort();
    let mut found = Vec::new();
    for response in RESPONSES {
        let prefix = format!("adaptation-{response}-");
        let own = paths.iter().filter(|p| p.file_name().is_some_and(|n| n.to_string_lossy().starts_with(&prefix)));
        for path in own {
            let beside = ResultsFolder::open(path)?;
            if beside.manifest()?.status == Status::Complete {
                let comparisons = outside::read(&beside.comparisons(), None)?;
                let written = beside.substitution();
                let substitution = if written.exists() { outside::read(&written, None)? } else { Table::new() };
                found.push(Answered { response: response.into(), comparisons, substitution });
            }
        }
    }
    Ok(found)
}

/// The draws that runs take, each parameter marked where the facts left it about as wide as its prior.
pub(super) fn drawn(plan: &Plan) -> Vec<Drawn> {
    let priors = factors(plan);
    let Some(posterior) = &plan.posterior else { return Vec::new() };
    let one = |p: &forestall_model::scenario::posterior::DrawnParameter| {
        let prior = priors.iter().find(|f| f.name == p.path).map(|f| f.value(1.0 - TAIL) - f.value(TAIL));
        let width = quantile(&p.values, 1.0 - TAIL).zip(quantile(&p.values, TAIL)).map(|(high, low)| high - low);
        let unnarrowed = prior.filter(|w| *w > 0.0).zip(width).map(|(prior, width)| width / prior > UNIDENTIFIED);
        Drawn { path: p.path.clone(), values: p.values.clone(), unnarrowed }
    };
    posterior.parameters.iter().map(one).collect()
}
