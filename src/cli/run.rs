//! `forestall run`: Monte Carlo of the baseline and each policy, then tables, charts and report.

use clap::Args;
use serde_json::{Value, json};

use forestall_model::{Column, Table};
use forestall_report::assembly::{number, variance_words};
use forestall_study::{Monitor, Precision, PrecisionGoal, Run, RunEnd, RunEvent, RunRequest, Stop, Study, StudyError};

use super::options::{Common, PosteriorUse, ScenarioOptions};
use super::outcome::{Exit, Failure};
use super::terminal::{Display, print, span};
use super::threads::Threads;
use super::{folder, interrupt};

/// What `run` takes.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    scenario: ScenarioOptions,
    /// Replications of each policy run, in place of the scenario's
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
    /// Run the policies also with the adversary's adaptation off, middle and high, N replications each, for the report's
    /// robustness checks
    #[arg(long, value_name = "N", num_args = 0..=1, require_equals = true, default_missing_value = "50",
          value_parser = clap::value_parser!(u64).range(1..))]
    trust: Option<u64>,
    /// Run the policies also under each of the scenario's `[alternatives]`, N replications each: the report tells how
    /// each effect moves with the rules
    #[arg(long, value_name = "N", num_args = 0..=1, require_equals = true, default_missing_value = "50",
          value_parser = clap::value_parser!(u64).range(1..))]
    robust: Option<u64>,
    /// Keep the whole event log of these replications, in place of the scenario's: results/events.parquet
    #[arg(long, value_name = "N,M", value_delimiter = ',')]
    events: Vec<u64>,
    #[command(flatten)]
    threads: Threads,
}

/// Runs a scenario.
pub fn run(arguments: &Arguments, common: &Common) -> Result<Exit, Failure> {
    let overrides = arguments.scenario.overrides(arguments.replications, Some(arguments.posterior));
    let study = Study::open(&arguments.scenario.scenario, overrides)?;
    common.warn(study.warnings());
    if arguments.robust.is_some() && study.scenario().alternatives.is_empty() {
        return Err(Failure::usage(
            "--robust needs alternatives to run, and the scenario has none: write `[alternatives.NAME]` with `set = { … }`, \
             what is otherwise in that world",
        ));
    }
    let request = RunRequest {
        policies: arguments.policies.clone(),
        precision: arguments.precision.as_deref().map(|text| goal(text, arguments.max_replications)).transpose()?,
        events: arguments.events.clone(),
        adaptation: arguments.trust,
        robust: arguments.robust,
        folder: Some(common.out.clone()),
        provenance: common.provenance(),
    };
    arguments.threads.start(common);
    let chosen = arguments.policies.as_ref().map(|names| names.iter().filter(|name| !name.trim().is_empty()).count());
    arguments.threads.fit(&study, chosen.unwrap_or_else(|| study.policies().count()))?;
    let interrupted = interrupt::flag("replications", interrupt::Sender::Person)?;
    let began = std::time::Instant::now();
    let shown = Display::later(common.quiet);
    let observe = |event: RunEvent| tell(&event, &shown, common);
    // On a thread that simulates: the memory that it frees after its runs then serves tables and charts.
    rayon::scope(|_| {
        let end = study.run(&request, &Monitor { observe: &observe, cancel: &interrupted }).map_err(in_flags)?;
        if end.run.manifest().replications.done > 0 {
            publish(&end.run, common, began.elapsed().as_secs_f64())?;
        }
        Ok(ended(&end, common))
    })
}

/// Shows what happens while the run goes on.
fn tell(event: &RunEvent, shown: &Display, common: &Common) {
    match event {
        RunEvent::Rejected(part) => common.say(&format!(
            "warning: {} was damaged ({}); its runs are computed again",
            part.path.display(),
            part.reason
        )),
        RunEvent::Extended { replications, arms } => common.say(&format!(
            "the folder of this run holds more than is asked for, and nothing of it is taken away: all numbers are of \
             {replications} replications of {arms} policy runs; for fewer choose another folder by --out"
        )),
        RunEvent::Alternative(label) => common.say(&format!("alternative: {label}")),
        RunEvent::Adaptation(strength) => common.say(&format!("adaptation of the adversary: {strength}")),
        RunEvent::Begins(runs) => shown.begin(*runs),
        RunEvent::Progress(progress) => shown.show(*progress),
        RunEvent::Batch(_) => {}
        RunEvent::Ends => shown.close(),
    }
}

/// An error in the words of this command's flags.
fn in_flags(error: StudyError) -> Failure {
    match error {
        StudyError::NoReplication { asked, last } => {
            Failure::usage(format!("--events names replication {asked}; this run has 0 to {last}"))
        }
        StudyError::Precision { batch, limit, size, most } => Failure::usage(format!(
            "--precision needs a positive size and --max-replications from {batch} to {limit}; found size {size} and {most}"
        )),
        error => error.into(),
    }
}

/// Draws charts and page, and prints the first lines of the answer.
fn publish(run: &Run, common: &Common, seconds: f64) -> Result<(), Failure> {
    let report = folder::publish(run)?;
    folder::say_names(run, common);
    if common.json {
        let rows = table_json(run.comparisons()?);
        let variance = variance_json(run);
        let folder = run.folder().map(forestall_study::ResultsFolder::path);
        print(&format!("{:#}", json!({"folder": folder, "report": report, "comparisons": rows, "variance": variance})));
    } else {
        print(&summary(run)?);
        print_variance(run);
        print(&format!("{}", report.display()));
    }
    let record = run.manifest();
    common.say(&format!(
        "{} replications of {} policy runs in {}; persons {}, leads {}, events {} per replication (baseline)",
        record.replications.done,
        record.arms.len(),
        span(seconds),
        baseline_mean(run, "persons_stored"),
        baseline_mean(run, "leads_received"),
        baseline_mean(run, "events"),
    ));
    Ok(())
}

fn baseline_mean(run: &Run, column: &str) -> String {
    run.baseline_mean(column).map_or("undefined".into(), number)
}

fn ended(end: &RunEnd, common: &Common) -> Exit {
    let failures = end.failures;
    if let (true, Some(folder)) = (failures > 0, end.run.folder()) {
        common.say(&format!("{failures} runs failed; they are listed in {}", folder.failures().display()));
    }
    match end.stop {
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
    }
}

fn goal(text: &str, most: Option<u64>) -> Result<PrecisionGoal, Failure> {
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
    Ok(PrecisionGoal { outcome: outcome.trim().into(), precision, most: most.unwrap_or(0) })
}

/// The first lines of the answer, for a terminal.
fn summary(run: &Run) -> Result<String, Failure> {
    let comparisons = run.comparisons()?;
    let mut out = format!("Attacks completed, baseline: {} (mean)\n", baseline_mean(run, "attacks_completed"));
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
    Ok(out)
}

/// A table as a list of objects.
fn table_json(table: &Table) -> Value {
    let cell = |column: &Column, row: usize| match column {
        Column::Text(v) => json!(v[row]),
        Column::Integer(v) => json!(v[row]),
        Column::Number(v) => json!(v[row]),
    };
    (0..table.rows())
        .map(|row| {
            let fields = table.columns().map(|(name, column)| (name.to_string(), cell(column, row)));
            Value::Object(fields.collect())
        })
        .collect()
}

/// Random variation and parameter uncertainty of attacks completed, where runs have taken draws.
fn print_variance(run: &Run) {
    let rows = run.variance("attacks_completed");
    if rows.is_empty() {
        return;
    }
    let mut out = String::from(
        "\nVariance of attacks completed, random variation (within draws) and parameter uncertainty (between draws)\n",
    );
    for (label, split) in &rows {
        out += &format!("  {label:28} {}\n", variance_words(split.variance.as_ref()));
    }
    print(&out);
}

fn variance_json(run: &Run) -> Value {
    let rows = run.variance("attacks_completed");
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
