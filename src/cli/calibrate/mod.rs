//! `forestall calibrate`: which values of the uncertain parameters agree with a file of facts.

mod words;

pub use words::{generation_line, text};

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use forestall_model::Plan;
use forestall_report::assembly::{self, Next};
use forestall_study::{
    Calibration, CalibrationError, CalibrationEvent, CalibrationOutcome, CalibrationRequest, Combine, FitMethod,
    Monitor, Provenance, Shard, Study,
};

use super::next::{self, quoted};
use super::options::{Common, PosteriorUse, ScenarioOptions};
use super::origin;
use super::outcome::{Exit, Failure};
use super::progress::Display;
use super::terminal::{print, span, verdict_first};
use super::threads::Threads;
use super::{folder, interrupt};

/// How patterns become one distance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Distance {
    /// Weighted sum over patterns
    Sum,
    /// The worst pattern
    Max,
}

/// How the posterior is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Method {
    /// Generations of particles under a falling tolerance (ABC-SMC)
    Smc,
    /// One table of points from the prior, adjusted by regression, and tried on known truths
    Regression,
}

/// What `calibrate` takes.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    scenario: ScenarioOptions,
    /// The facts: `[[targets]]` with pattern, fact, outcome, low, high
    #[arg(long, value_name = "FILE")]
    targets: PathBuf,
    /// How the posterior is found
    #[arg(long, value_enum, default_value = "smc")]
    method: Method,
    /// Particles of each generation (smc)
    #[arg(long, value_name = "N", default_value = "300")]
    particles: usize,
    /// Replications of each point; their mean is compared with the facts [default: 2; regression: 1]
    #[arg(long, value_name = "N")]
    replications: Option<u64>,
    /// Share of the table that is near the facts (regression)
    #[arg(long, value_name = "SHARE", default_value = "0.1")]
    accept: f64,
    /// Points of the table that are tried as known truths (regression)
    #[arg(long, value_name = "N", default_value = "200")]
    truths: usize,
    /// Take the points and histories of this finished fit of the same scenario, held against the facts of --targets
    /// (regression)
    #[arg(long, value_name = "FOLDER")]
    table: Option<PathBuf>,
    /// Most runs in all, with regression the points of the table; raise it to go on
    #[arg(long, value_name = "N", default_value = "20000")]
    simulations: u64,
    /// The next tolerance is this quantile of the accepted distances
    #[arg(long, value_name = "SHARE", default_value = "0.5")]
    quantile: f64,
    /// Stop where a smaller share of points is accepted
    #[arg(long, value_name = "SHARE", default_value = "0.03")]
    least_acceptance: f64,
    /// Stop where every particle is within this distance; 0 asks for every fact
    #[arg(long, value_name = "DISTANCE", default_value = "0")]
    goal: f64,
    /// How the distances of patterns become one
    #[arg(long, value_enum, default_value = "sum")]
    distance: Distance,
    /// Most free parameters; with more, Morris screening leaves out the weakest
    #[arg(long, value_name = "N", default_value = "10")]
    most_parameters: usize,
    /// Stays free, however weak the screening finds it; may be repeated
    #[arg(long, value_name = "PARAMETER")]
    keep: Vec<String>,
    /// Trajectories of the screening
    #[arg(long, value_name = "N", default_value = "8")]
    trajectories: usize,
    /// Draws written for `[calibrated]`
    #[arg(long, value_name = "N", default_value = "100")]
    draws: usize,
    /// Simulate only this part of the table, counted from 0: `3/20`; `auto/20` takes the number from the scheduler's
    /// variable; the command without it then fits (regression)
    #[arg(long, value_name = "I/N")]
    shard: Option<String>,
    #[command(flatten)]
    threads: Threads,
}

/// Calibrates.
pub fn run(arguments: &Arguments, common: &Common) -> Result<Exit, Failure> {
    let overrides = arguments.scenario.overrides(None, Some(PosteriorUse::None));
    let study = Study::open(&arguments.scenario.scenario, overrides)?;
    common.warn(study.warnings());
    common.warn(&study.ineffective_priors());
    arguments.threads.start(common);
    arguments.threads.fit(&study, 0)?;
    let sender = if arguments.shard.is_some() { interrupt::Sender::Scheduler } else { interrupt::Sender::Person };
    let stop = interrupt::flag("batch", sender)?;
    let shown = Display::later(common.quiet);
    let monitor = Monitor { observe: &|event| tell(&event, &shown, common), cancel: &stop };
    if let Some(text) = &arguments.shard {
        return simulate(&study, text, arguments, &monitor, common);
    }
    let end = study.calibrate(&request(arguments, common), &monitor)?;
    let exit = match &end.outcome {
        CalibrationOutcome::StoppedInFit => {
            common.say("stopped early; finished batches are kept, and running the same command goes on");
            return Ok(Exit::Stopped);
        }
        CalibrationOutcome::StoppedInCheck => {
            common.say("stopped early; the fit is kept, and running the same command goes on");
            Exit::Stopped
        }
        CalibrationOutcome::Complete(found) => {
            publish(found, study.scenario(), arguments, common)?;
            Exit::Done
        }
    };
    if end.runs > 0 {
        let per_run = end.seconds * rayon::current_num_threads() as f64 / end.runs as f64;
        common.say(&format!("{} runs in {}, {per_run:.2} s of one thread a run", end.runs, span(end.seconds)));
    }
    Ok(exit)
}

/// Simulates one shard of the table, and says how far it is.
fn simulate(
    study: &Study,
    text: &str,
    arguments: &Arguments,
    monitor: &Monitor<CalibrationEvent>,
    common: &Common,
) -> Result<Exit, Failure> {
    let shard = Shard::parse(text, &|name| std::env::var(name).ok())?;
    let found = study.calibrate_shard(&request(arguments, common), shard, monitor)?;
    let complete = found.done == found.of;
    let verdict = format!(
        "shard {} of {}: {} of {} points are there, {} simulated in {}",
        shard.index,
        shard.of,
        found.done,
        found.of,
        found.done - found.found,
        span(found.seconds)
    );
    if common.json {
        let value = json!({"shard": shard.index, "of_shards": shard.of, "points": found.of, "there_before": found.found,
            "done": found.done, "complete": complete});
        print(&format!("{:#}", verdict_first(verdict, value)));
    } else {
        print(&format!("{verdict}\n"));
    }
    if complete {
        common.say("once all shards are there, the same command without --shard fits");
        return Ok(Exit::Done);
    }
    common.say("stopped early; finished batches are kept, and running the same command goes on");
    Ok(Exit::Stopped)
}

fn request(arguments: &Arguments, common: &Common) -> CalibrationRequest {
    CalibrationRequest {
        targets: arguments.targets.clone(),
        table: arguments.table.clone(),
        method: match arguments.method {
            Method::Smc => FitMethod::Generations,
            Method::Regression => FitMethod::Regression { accept: arguments.accept, truths: arguments.truths },
        },
        particles: arguments.particles,
        replications: arguments.replications.unwrap_or(if arguments.method == Method::Smc { 2 } else { 1 }),
        simulations: arguments.simulations,
        quantile: arguments.quantile,
        least_acceptance: arguments.least_acceptance,
        goal: arguments.goal,
        combine: match arguments.distance {
            Distance::Sum => Combine::Sum,
            Distance::Max => Combine::Maximum,
        },
        most_parameters: arguments.most_parameters,
        keep: arguments.keep.clone(),
        trajectories: arguments.trajectories,
        draws: arguments.draws,
        folder: common.out.clone(),
        provenance: common.provenance(),
    }
}

/// Shows what happens while the fit goes on.
fn tell(event: &CalibrationEvent, shown: &Display, common: &Common) {
    match event {
        CalibrationEvent::Screening { of, most } => {
            common.say(&format!("screening {of} parameters for the {most} that matter most"));
        }
        CalibrationEvent::Begins(runs) => shown.begin(*runs),
        CalibrationEvent::Generation(generation) => common.say(&words::generation_line(generation)),
        CalibrationEvent::Progress(progress) => shown.show(*progress),
        CalibrationEvent::Ends => shown.close(),
    }
}

/// Draws the charts, and prints the tables.
fn publish(found: &Calibration, plan: &Plan, arguments: &Arguments, common: &Common) -> Result<(), Failure> {
    let (page, next) = write_page(found, (&arguments.scenario.scenario, plan), &common.provenance())?;
    if common.json {
        print(&format!("{:#}", json(found)));
    } else {
        print(&words::text(found));
    }
    next::tell(common, Some(&page), "", &next);
    Ok(())
}

/// The answer for scripts, the verdict first.
pub fn json(found: &Calibration) -> Value {
    verdict_first(found.end_words(), words::json(found))
}

/// Draws the charts of a calibration of this scenario and writes its page into its folder; gives the page's path and what
/// to do next.
///
/// # Errors
/// If a chart cannot be drawn or a file cannot be written.
pub fn write_page(
    found: &Calibration,
    (scenario, plan): (&Path, &Plan),
    provenance: &Provenance,
) -> Result<(PathBuf, Vec<Next>), Failure> {
    let charts = origin::onto(assembly::calibration_charts(found)?, &origin::of_plan(plan));
    folder::write_charts(&found.folder, &charts)?;
    let next = what_next(found, scenario);
    let html = assembly::calibration_page(found, &charts, &next, provenance);
    Ok((folder::write_page(&found.folder, "calibration.html", &html)?, next))
}

/// The command that runs a scenario on draws of a posterior.
pub fn on_posterior(scenario: &Path, draws: &Path) -> String {
    let lines = [
        "schema_version = 1".to_owned(),
        format!("extends = \"{}\"", scenario.display()),
        "[calibrated]".into(),
        format!("draws = \"{}\"", draws.display()),
        "replaces_file = true".into(),
    ];
    let lines: Vec<String> = lines.iter().map(|line| next::word(line)).collect();
    format!("printf '%s\\n' {} > calibrated.toml && forestall run calibrated.toml", lines.join(" "))
}

/// What to do now.
fn what_next(found: &Calibration, scenario: &Path) -> Vec<Next> {
    let mut out = vec![Next {
        command: on_posterior(scenario, &found.draws()),
        does:
            "Run the scenario on the posterior, so that results show random variation and parameter uncertainty apart"
                .into(),
    }];
    if found.parameters.iter().any(|row| row.verdict() == "unidentified") {
        out.push(Next {
            command: format!("forestall sweep plan {} --design sobol --points 256", quoted(scenario)),
            does: "Plan a sweep to find whether anything depends on what the data do not constrain".into(),
        });
    }
    out
}

impl From<CalibrationError> for Failure {
    fn from(error: CalibrationError) -> Self {
        match error {
            CalibrationError::Targets(diagnostics) => Self::Targets(diagnostics),
            CalibrationError::Design(error) => error.into(),
            CalibrationError::Analysis(error) => error.into(),
            CalibrationError::Results(error) => error.into(),
            error => Self::Other(Exit::Usage, error.into()),
        }
    }
}
