//! `forestall run`: Monte Carlo of the baseline and each policy, then tables, charts and report.

use std::sync::atomic::AtomicBool;

use clap::Args;
use serde_json::json;

use forestall_model::model::replication::Arm;
use forestall_model::outcome::tables::Labels;
use forestall_model::scenario::{LoadOptions, Plan};
use forestall_report::chart::BASELINE;
use forestall_study::montecarlo::{self, ArmName, Monitor, Stop};
use forestall_study::results::{
    Manifest, RESULTS_VERSION, ResultsFolder, Status, Store, atomic, csv, manifest, run_hash,
};
use forestall_study::stats::{Precision, StoppingRule};

use super::options::{self, Common, PosteriorUse, ScenarioOptions};
use super::outcome::{Exit, Failure, print};
use super::progress::{Display, span};
use super::provenance::provenance;
use super::{interrupt, publish, source, trust};

/// What `run` takes.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    scenario: ScenarioOptions,
    /// Replications of each arm, in place of the scenario's
    #[arg(long, value_name = "N")]
    replications: Option<u64>,
    /// Only these policies, by name; "" runs the baseline alone
    #[arg(long, value_name = "A,B", value_delimiter = ',')]
    policies: Option<Vec<String>>,
    /// Stop once the baseline's mean is this precise: `attacks_completed:rel=0.05` or `…:abs=0.2`
    #[arg(long, value_name = "OUTCOME:rel=X", requires = "max_replications")]
    precision: Option<String>,
    /// The most replications that `--precision` may take
    #[arg(long, value_name = "N")]
    max_replications: Option<u64>,
    /// What to make of the posterior that the scenario names in [calibrated]
    #[arg(long, value_enum, value_name = "USE", default_value = "draws")]
    posterior: PosteriorUse,
    /// Run the policies also with the other side's answers off, middle and high, N replications each, for the report's
    /// table of doubts
    #[arg(long, value_name = "N", num_args = 0..=1, require_equals = true, default_missing_value = "50",
          value_parser = clap::value_parser!(u64).range(1..))]
    trust: Option<u64>,
    /// Keep the whole event log of these replications, in place of the scenario's: results/events.parquet
    #[arg(long, value_name = "N,M", value_delimiter = ',')]
    events: Vec<u64>,
    /// Threads; all cores if not given
    #[arg(long, value_name = "N")]
    threads: Option<usize>,
}

/// Runs a scenario.
pub fn run(arguments: &Arguments, common: &Common) -> Result<Exit, Failure> {
    let options = LoadOptions {
        sets: arguments.scenario.sets.clone(),
        seed: arguments.scenario.seed,
        replications: arguments.replications,
        until: arguments.scenario.until,
    };
    let mut plan = source::plan(&arguments.scenario.scenario, &options)?;
    plan.use_posterior(arguments.posterior.chosen());
    for warning in &plan.warnings {
        common.say(warning.render(common.coloured()).trim_end());
    }
    let arms = arms(&plan, arguments.policies.as_deref())?;
    let precision = arguments.precision.as_deref().map(|text| rule(text, arguments.max_replications)).transpose()?;
    let replications =
        if precision.is_some() { arguments.max_replications.unwrap_or(plan.replications) } else { plan.replications };
    if !arguments.events.is_empty() {
        plan.event_log_replications = logged(&arguments.events, replications)?;
    }
    options::use_threads(arguments.threads);
    let hash = run_hash(&plan.fingerprint_text(), plan.seed, RESULTS_VERSION);
    let folder = ResultsFolder::create_or_open(&common.out, &plan.name, &hash)?;
    let names: Vec<String> = arms.iter().map(|a| a.name.clone()).collect();
    let mut record = begin(&plan, &folder, &hash, &names, replications)?;
    let mut store = Store::open(&folder.parts(), &hash)?;
    for part in store.rejected() {
        common.say(&format!(
            "warning: {} was damaged ({}); its runs are computed again",
            part.path.display(),
            part.reason
        ));
    }
    let began = std::time::Instant::now();
    let labels = Labels::of(&plan);
    let work = montecarlo::Plan {
        arms: &arms,
        labels: &labels,
        replications,
        log_replications: &plan.event_log_replications,
        precision,
    };
    let at_draw = |place: usize, draw: u64| {
        let policy = names.get(place).map(String::as_str);
        plan.arm_at_draw(policy, draw).map(|s| Arm::new(&s)).map_err(|errors| errors.to_string())
    };
    let draws = (plan.draws() > 0).then_some(montecarlo::Draws { count: plan.draws(), arm: &at_draw });
    let interrupted = interrupt::flag("replications", interrupt::Sender::Person)?;
    let mut stop = simulate(&work, draws.as_ref(), &mut store, &interrupted, common)?;
    record.files = store
        .finish(&folder.results(), &names)?
        .into_iter()
        .map(|t| (format!("results/{}", t.name.file_name()), t.sha256))
        .collect();
    record.replications.done = finished(&store, draws.as_ref(), &names, replications);
    record.status = if stop == Stop::Interrupted { Status::Interrupted } else { Status::Complete };
    let failures = store.failures().len();
    if let Some(replications) = arguments.trust.filter(|_| stop != Stop::Interrupted) {
        let request = trust::Request {
            scenario: &arguments.scenario.scenario,
            options: &options,
            posterior: arguments.posterior,
            policies: arguments.policies.as_deref(),
            replications,
        };
        if trust::adaptation(&request, &folder, &interrupted, common)? == Stop::Interrupted {
            stop = Stop::Interrupted;
            record.status = Status::Interrupted;
        }
    }
    if record.replications.done == 0 {
        record.save(&folder.manifest_path())?;
        return ended(&stop, failures, common, &folder);
    }
    publish(folder, record, common, began.elapsed().as_secs_f64(), &stop, failures)
}

/// The replications whose events are kept, in order and once each.
fn logged(asked: &[u64], replications: u64) -> Result<Vec<u64>, Failure> {
    if let Some(beyond) = asked.iter().find(|n| **n >= replications) {
        return Err(Failure::usage(format!(
            "--events names replication {beyond}; this run has 0 to {}",
            replications.saturating_sub(1)
        )));
    }
    let mut all = asked.to_vec();
    all.sort_unstable();
    all.dedup();
    Ok(all)
}

fn publish(
    folder: ResultsFolder,
    mut record: Manifest,
    common: &Common,
    seconds: f64,
    stop: &Stop,
    failures: usize,
) -> Result<Exit, Failure> {
    // Charts and report read the saved files: what a reader sees is what is on disk.
    let status = record.status;
    record.status = Status::Running;
    record.save(&folder.manifest_path())?;
    let saved = publish::Saved::read(folder)?;
    let folder = saved.folder();
    let comparisons = saved.comparisons();
    atomic::write(&folder.comparisons(), csv::to_text(&comparisons).as_bytes())?;
    atomic::write(&folder.twin_share(), csv::to_text(&saved.twin_share()).as_bytes())?;
    atomic::write(&folder.substitution(), csv::to_text(&saved.substitution()).as_bytes())?;
    record.status = status;
    record.finished = Some(manifest::now());
    record.save(&folder.manifest_path())?;
    let saved = publish::Saved::open(folder.path())?;
    let (charts, _) = publish::draw(&saved, &[])?;
    let report = publish::report(&saved, &charts)?;
    if common.json {
        let rows = comparisons_json(&comparisons);
        let variance = variance_json(&saved);
        print(&format!(
            "{:#}",
            json!({"folder": folder.path(), "report": report, "comparisons": rows, "variance": variance})
        ));
    } else {
        print(&summary(&saved, &comparisons));
        print_variance(&saved);
        print(&format!("{}", report.display()));
    }
    common.say(&format!(
        "{} replications of {} arms in {}; persons {}, leads {}, events {} per replication (baseline)",
        record.replications.done,
        record.arms.len(),
        span(seconds),
        saved.baseline_mean("persons_stored"),
        saved.baseline_mean("leads_received"),
        saved.baseline_mean("events"),
    ));
    ended(stop, failures, common, folder)
}

fn ended(stop: &Stop, failures: usize, common: &Common, folder: &ResultsFolder) -> Result<Exit, Failure> {
    if failures > 0 {
        common.say(&format!("{failures} runs failed; they are listed in {}", folder.failures().display()));
    }
    Ok(match stop {
        Stop::Interrupted => {
            common.say("stopped early; all finished replications are kept, and running the same command goes on");
            Exit::Stopped
        }
        Stop::NotPrecise => {
            common.say("the precision asked for was not reached; raise --max-replications");
            Exit::NotPrecise
        }
        _ if failures > 0 => Exit::SomeFailed,
        Stop::Precise(n) => {
            common.say(&format!("precise enough after {n} replications"));
            Exit::Done
        }
        Stop::Finished => Exit::Done,
    })
}

fn begin(
    plan: &Plan,
    folder: &ResultsFolder,
    hash: &str,
    arms: &[String],
    replications: u64,
) -> Result<Manifest, Failure> {
    let mut arms = arms.to_vec();
    arms.dedup();
    let record = Manifest::begin(&plan.name, plan.seed, hash, arms, replications, &provenance());
    atomic::write(&folder.resolved_scenario(), plan.resolved_toml().as_bytes())?;
    record.save(&folder.manifest_path())?;
    Ok(record)
}

fn simulate(
    work: &montecarlo::Plan,
    draws: Option<&montecarlo::Draws>,
    store: &mut Store,
    stop: &AtomicBool,
    common: &Common,
) -> Result<Stop, Failure> {
    let display = Display::new(work.replications * work.arms.len() as u64, common.quiet);
    let show = |progress| display.show(progress);
    let monitor = Monitor { progress: &show, stop };
    let ended = montecarlo::run_draws(work, draws, store, &monitor);
    display.close();
    Ok(ended?)
}

fn finished(store: &Store, draws: Option<&montecarlo::Draws>, names: &[String], replications: u64) -> u64 {
    let whole = |r: &u64| montecarlo::Draws::grid(draws, names, *r..r + 1).iter().all(|key| store.done().contains(key));
    (0..replications).filter(whole).count() as u64
}

/// The baseline and the chosen policies, ready to run.
pub(super) fn arms(plan: &Plan, chosen: Option<&[String]>) -> Result<Vec<ArmName>, Failure> {
    let all: Vec<&str> = plan.policies.iter().map(|p| p.name.as_str()).collect();
    let chosen: Vec<&str> = match chosen {
        None => all.clone(),
        Some(list) => list.iter().map(|s| s.trim()).filter(|s| !s.is_empty()).collect(),
    };
    for name in &chosen {
        if !all.contains(name) {
            let near = forestall_model::scenario::nearest::did_you_mean(name, all.iter().copied());
            let help = near.unwrap_or_else(|| format!("the scenario has: {}", all.join(", ")));
            return Err(Failure::usage(format!("no policy is called `{name}`; {help}")));
        }
    }
    let mut arms = vec![ArmName { name: BASELINE.into(), arm: Arm::new(&plan.arm(None)?) }];
    // In the order of the file, however they were named.
    for policy in plan.policies.iter().filter(|p| chosen.contains(&p.name.as_str())) {
        let scenario = plan.arm(Some(&policy.name))?;
        arms.push(ArmName { name: policy.name.clone(), arm: Arm::new(&scenario) });
    }
    Ok(arms)
}

fn rule(text: &str, most: Option<u64>) -> Result<(String, StoppingRule), Failure> {
    let wrong = || {
        Failure::usage(format!(
            "--precision takes OUTCOME:rel=SHARE or OUTCOME:abs=WIDTH, such as attacks_completed:rel=0.05; found `{text}`"
        ))
    };
    let (outcome, aim) = text.split_once(':').ok_or_else(wrong)?;
    let (kind, size) = aim.split_once('=').ok_or_else(wrong)?;
    let size: f64 = size.trim().parse().map_err(|_| wrong())?;
    let precision = match kind.trim() {
        "rel" => Precision::Relative(size),
        "abs" => Precision::Absolute(size),
        _ => return Err(wrong()),
    };
    let batch = montecarlo::batches::BATCH as usize;
    let most = most.unwrap_or(0) as usize;
    let rule = StoppingRule::new(precision, montecarlo::compare::CONFIDENCE, batch, most).ok_or_else(|| {
        Failure::usage(format!(
            "--precision needs a positive size and --max-replications from {batch} to {}; found size {size} and {most}",
            100 * batch
        ))
    })?;
    Ok((outcome.trim().into(), rule))
}

/// The first lines of the answer, for a terminal.
fn summary(saved: &publish::Saved, comparisons: &forestall_model::table::Table) -> String {
    let mut out = format!("Attacks completed, baseline: {} (mean)\n", saved.baseline_mean("attacks_completed"));
    let cell = |name: &str, row: usize| comparisons.column(name).and_then(|c| c.number(row));
    let text = |name: &str, row: usize| comparisons.column(name).map(|c| c.text(row)).unwrap_or_default();
    for row in 0..comparisons.rows() {
        if text("outcome", row) != "attacks_completed" {
            continue;
        }
        let line = match (cell("difference", row), cell("ci_low", row), cell("ci_high", row)) {
            (Some(d), Some(low), Some(high)) => {
                format!("{:7.2} prevented  [{:.2}, {:.2}]", -d + 0.0, -high + 0.0, -low + 0.0)
            }
            _ => "undefined".into(),
        };
        out += &format!("  {:28} {line}\n", text("label", row));
    }
    out
}

fn comparisons_json(table: &forestall_model::table::Table) -> serde_json::Value {
    let cell = |column: &forestall_model::table::Column, row: usize| match column {
        forestall_model::table::Column::Text(v) => json!(v[row]),
        forestall_model::table::Column::Integer(v) => json!(v[row]),
        forestall_model::table::Column::Number(v) => json!(v[row]),
    };
    (0..table.rows())
        .map(|row| {
            let fields = table.columns().map(|(name, column)| (name.to_string(), cell(column, row)));
            serde_json::Value::Object(fields.collect())
        })
        .collect()
}

/// Chance and ignorance of attacks completed, where runs have taken draws.
fn print_variance(saved: &publish::Saved) {
    let rows = saved.variance("attacks_completed");
    if rows.is_empty() {
        return;
    }
    let mut out =
        String::from("\nVariance of attacks completed, chance (within draws) and ignorance (between draws)\n");
    for (label, split) in &rows {
        out += &format!("  {label:28} {}\n", publish::split_words(split.variance.as_ref()));
    }
    print(&out);
}

fn variance_json(saved: &publish::Saved) -> serde_json::Value {
    let rows = saved.variance("attacks_completed");
    rows.iter()
        .map(|(_, split)| {
            let v = split.variance;
            json!({
                "arm": split.arm,
                "outcome": "attacks_completed",
                "draws": v.map(|v| v.draws),
                "chance_variance": v.map(|v| v.chance_variance),
                "ignorance_variance": v.map(|v| v.ignorance_variance),
                "ignorance_share": v.and_then(|v| v.ignorance_share),
            })
        })
        .collect()
}
