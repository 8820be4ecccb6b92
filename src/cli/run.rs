//! `forestall run`: Monte Carlo of the baseline and each policy, then tables, charts and report.

use std::sync::atomic::{AtomicBool, Ordering};

use clap::Args;
use serde_json::json;

use forestall_study::{
    FEWEST_EVENTS, Monitor, Precision, PrecisionGoal, Run, RunEnd, RunEvent, RunRequest, Stop, Study, StudyError,
};

use super::options::{Common, PosteriorUse, ScenarioOptions, fault};
use super::outcome::{Exit, Failure};
use super::progress::Display;
use super::terminal::{print, span};
use super::threads::Threads;
use super::{folder, interrupt, run_words};

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
    common.detail(&format!(
        "scenario {}, hash {}: runs of the same scenario, seed and results share a folder under {}, where the same command \
         goes on",
        study.scenario().name,
        study.hash(),
        common.out.display()
    ));
    if arguments.robust.is_some() && study.scenario().alternatives.is_empty() {
        return Err(Failure::usage(run_words::NO_ALTERNATIVES));
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
    let shown =
        Shown { display: Display::later(common.quiet), beside: AtomicBool::new(false), warned: AtomicBool::new(false) };
    let observe = |event: RunEvent| tell(event, &shown, common);
    // On a thread that simulates: the memory that it frees after its runs then serves tables and charts.
    rayon::scope(|_| {
        let end = study.run(&request, &Monitor { observe: &observe, cancel: &interrupted }).map_err(in_flags)?;
        if end.run.manifest().replications.done > 0 {
            let warned = shown.warned.load(Ordering::Relaxed);
            publish(&end.run, study.outcome(), common, (began.elapsed().as_secs_f64(), warned))?;
        }
        Ok(ended(&end, common))
    })
}

/// What is shown while a run goes on.
struct Shown {
    display: Display,
    /// Whether the runs under way are those beside the run itself.
    beside: AtomicBool,
    /// Whether it was said that there will be few events.
    warned: AtomicBool,
}

/// Shows what happens while the run goes on.
fn tell(event: RunEvent, shown: &Shown, common: &Common) {
    let beside = || shown.beside.store(true, Ordering::Relaxed);
    match event {
        RunEvent::Rejected(part) => common.say(&run_words::rejected(&part)),
        RunEvent::Extended { replications, arms } => common.say(&run_words::extended(replications, arms)),
        RunEvent::Alternative(label) => {
            beside();
            common.say(&format!("alternative: {label}"));
        }
        RunEvent::Adaptation(strength) => {
            beside();
            common.say(&format!("adaptation of the adversary: {strength}"));
        }
        RunEvent::Begins(runs) => shown.display.begin(runs),
        RunEvent::Progress(progress) => shown.display.show(progress),
        RunEvent::Batch(_) => {}
        RunEvent::Estimate(estimate) => {
            let few = estimate.events_at_most.filter(|most| *most < FEWEST_EVENTS);
            if let (Some(most), false) = (few, shown.beside.load(Ordering::Relaxed))
                && !shown.warned.swap(true, Ordering::Relaxed)
            {
                common.say(&run_words::few(&estimate.outcome, &format!("at most {most:.0}"), None));
            }
            shown.display.estimate(estimate);
        }
        RunEvent::Ends => shown.display.close(),
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

/// Draws charts and page, and prints the first lines of the answer; `seconds` it took, and whether few events were told.
fn publish(run: &Run, outcome: &str, common: &Common, (seconds, warned): (f64, bool)) -> Result<(), Failure> {
    let report = folder::publish(run)?;
    folder::say_names(run, common);
    let record = run.manifest();
    if let Some(few) = run_words::few_found(run, outcome).filter(|_| !warned) {
        common.say(&few);
    }
    if common.json {
        let rows = run_words::table_json(run.comparisons()?);
        let variance = run_words::variance_json(run);
        let folder = run.folder().map(forestall_study::ResultsFolder::path);
        let verdict = run_words::verdict(run)?;
        print(&format!(
            "{:#}",
            json!({"verdict": verdict, "folder": folder, "report": report, "comparisons": rows, "variance": variance})
        ));
    } else {
        print(&run_words::summary(run)?);
        if let Some(variance) = run_words::variance(run) {
            print(&variance);
        }
        print(&format!("{}", report.display()));
    }
    common.say(&format!(
        "{} replications of {} policy runs in {}; persons {}, leads {}, events {} per replication (baseline)",
        record.replications.done,
        record.arms.len(),
        span(seconds),
        run_words::baseline_mean(run, "persons_stored"),
        run_words::baseline_mean(run, "leads_received"),
        run_words::baseline_mean(run, "events"),
    ));
    Ok(())
}

fn ended(end: &RunEnd, common: &Common) -> Exit {
    let failures = end.failures;
    if let (true, Some(folder)) = (failures > 0, end.run.folder()) {
        fault(&run_words::failed(failures, end.first_failure.as_deref(), folder));
    }
    match end.stop {
        Stop::Interrupted => {
            common.say("stopped early; all finished replications are kept, and running the same command goes on");
            Exit::Stopped
        }
        Stop::NotPrecise => {
            common.say(run_words::NOT_PRECISE);
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

/// Reads `OUTCOME:rel=SHARE` or `OUTCOME:abs=WIDTH`, to be reached within so many replications.
///
/// # Errors
/// If it is neither.
pub fn goal(text: &str, most: Option<u64>) -> Result<PrecisionGoal, Failure> {
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
