//! `forestall calibrate`: which values of the uncertain parameters agree with a file of facts.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use clap::{Args, ValueEnum};
use serde::{Deserialize, Serialize};

use forestall_model::engine::time::date_after;
use forestall_model::scenario::nearest::did_you_mean;
use forestall_model::scenario::plan::Operation;
use forestall_model::scenario::posterior::UsePosterior;
use forestall_model::scenario::{BASELINE, Diagnostic, LoadOptions, Plan};
use forestall_study::calibration::{
    self, Answer, CalibrationError, Combine, End, Evaluation, Point, Screened, Settings, State,
};
use forestall_study::calibration::{Targets, distance, factors, fit, screen};
use forestall_study::design::Factor;
use forestall_study::montecarlo::Progress;
use forestall_study::montecarlo::pattern::Known;
use forestall_study::results::{Manifest, RESULTS_VERSION, ResultsError, ResultsFolder, Status, atomic, run_hash};

use super::calibrated::{self, Fitted};
use super::options::{self, Common, ScenarioOptions};
use super::outcome::{Exit, Failure};
use super::simulated::Patterns;
use super::terminal::{Display, span};
use super::{interrupt, source};

/// Points evaluated together; an interruption loses at most these.
const BATCH: usize = 32;

/// How patterns become one distance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Distance {
    /// Weighted sum over patterns
    Sum,
    /// The worst pattern
    Max,
}

/// What `calibrate` takes.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    scenario: ScenarioOptions,
    /// The facts: `[[targets]]` with pattern, fact, outcome, low, high
    #[arg(long, value_name = "FILE")]
    targets: PathBuf,
    /// Particles of each generation
    #[arg(long, value_name = "N", default_value = "300")]
    particles: usize,
    /// Replications of each point; their mean is compared with the facts
    #[arg(long, value_name = "N", default_value = "2")]
    replications: u64,
    /// Most runs in all; raise it to go on
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
    /// Threads; all cores if not given
    #[arg(long, value_name = "N")]
    threads: Option<usize>,
}

/// What is kept between sessions.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    /// Each parameter's effect and whether it stays free; `None` before or without screening.
    screened: Option<Vec<(String, Option<f64>, bool)>>,
    state: State,
}

/// Calibrates.
pub fn run(arguments: &Arguments, common: &Common) -> Result<Exit, Failure> {
    let options = LoadOptions {
        sets: arguments.scenario.sets.clone(),
        seed: arguments.scenario.seed,
        until: arguments.scenario.until,
        ..LoadOptions::default()
    };
    let mut plan = source::plan(&arguments.scenario.scenario, &options)?;
    plan.use_posterior(UsePosterior::None);
    for warning in plan.warnings.iter().chain(&ineffective(&plan)) {
        common.say(warning.render(common.coloured()).trim_end());
    }
    check(arguments)?;
    let text = std::fs::read_to_string(&arguments.targets).map_err(|e| {
        Failure::usage(format!("cannot read {}: {e}; give a file of facts by --targets", arguments.targets.display()))
    })?;
    let targets = Targets::parse(&arguments.targets.display().to_string(), &text, &known(&plan))?;
    let all = factors(&plan);
    check_kept(arguments, &all)?;
    options::use_threads(arguments.threads);
    let hash = hash(arguments, &plan, &text);
    let folder = ResultsFolder::create_or_open(&common.out, &format!("{}-calibration", plan.name), &hash)?;
    let mut record = begin(arguments, &plan, &folder, &hash, &text)?;
    let stop = interrupt::flag("batch", interrupt::Sender::Person)?;
    let job = Job {
        arguments,
        common,
        patterns: Patterns::new(&plan, &targets.0),
        targets: &targets,
        path: folder.path().join("state.json"),
        stop: &stop,
        runs: AtomicU64::new(0),
    };
    let began = std::time::Instant::now();
    let (kept, free) = job.go(&all)?;
    record.replications.done = kept.state.tried_in_all() * arguments.replications;
    if kept.state.end.is_none() {
        record.status = Status::Interrupted;
        record.save(&folder.manifest_path())?;
        common.say("stopped early; finished batches are kept, and running the same command goes on");
        return Ok(Exit::Stopped);
    }
    let runs = job.runs.load(Ordering::Relaxed);
    let seconds = began.elapsed().as_secs_f64();
    let screened = kept.screened.as_ref().map(|rows| rows.iter().map(row_of).collect::<Vec<Screened>>());
    let fitted = Fitted { plan: &plan, targets: &targets, free: &free, screened, state: &kept.state };
    let exit = calibrated::publish(&fitted, &job.patterns, arguments.draws, &folder, record, common, &stop)?;
    if runs > 0 {
        common.say(&format!("{runs} runs in {}, {:.2} s of one thread a run", span(seconds), per_run(seconds, runs)));
    }
    Ok(exit)
}

fn per_run(seconds: f64, runs: u64) -> f64 {
    seconds * rayon::current_num_threads() as f64 / runs as f64
}

fn row_of(row: &(String, Option<f64>, bool)) -> Screened {
    Screened { parameter: row.0.clone(), mu_star: row.1, kept: row.2 }
}

fn check(arguments: &Arguments) -> Result<(), Failure> {
    if arguments.replications == 0 || arguments.draws == 0 || arguments.most_parameters == 0 {
        return Err(Failure::usage("--replications, --draws and --most-parameters must be at least 1"));
    }
    if arguments.keep.len() > arguments.most_parameters {
        return Err(Failure::usage(format!(
            "--keep names {} parameters, and --most-parameters allows {}",
            arguments.keep.len(),
            arguments.most_parameters
        )));
    }
    let first = arguments.particles as u64 * arguments.replications;
    if arguments.simulations < first {
        return Err(Failure::usage(format!(
            "--simulations {} is too few: the first generation alone takes {first} runs ({} particles of {} replications)",
            arguments.simulations, arguments.particles, arguments.replications
        )));
    }
    Ok(())
}

/// That what `--keep` names is uncertain.
fn check_kept(arguments: &Arguments, all: &[Factor]) -> Result<(), Failure> {
    let names = || all.iter().map(|f| f.name.as_str());
    match arguments.keep.iter().find(|k| !names().any(|n| n == *k)) {
        None => Ok(()),
        Some(unknown) => {
            let near = did_you_mean(unknown, names()).unwrap_or_else(|| "`[uncertain]` names them all".into());
            Err(Failure::usage(format!("--keep {unknown}: the scenario has no such uncertain parameter; {near}")))
        }
    }
}

/// What the expressions of targets may name.
fn known(plan: &Plan) -> Known {
    let countries = plan.countries.iter().map(|c| c.code.clone()).collect();
    let last = date_after(plan.end, -1.0).year();
    Known { countries, years: (plan.start.year()..=last).map(|y| y.to_string()).collect() }
}

/// Warnings about priors that a later level sets again, so that they act for a part of the run or not at all.
fn ineffective(plan: &Plan) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for u in &plan.uncertain {
        if let Some(held) = plan.held.iter().find(|h| h.target.overlaps(&u.target)) {
            let message = format!("`{}` is uncertain but held at {}: its prior has no effect", u.path, held.value);
            found.push(Diagnostic::at(&u.mark, message).as_warning());
        }
        let changes = plan.changes.iter().flat_map(|stage| stage.set.iter().map(move |a| (stage, a)));
        for (stage, change) in changes {
            if change.target.overlaps(&u.target) && matches!(change.operation, Operation::Set(_)) {
                let message = format!("`{}` is uncertain, but a change sets it from {}", u.path, stage.from);
                let help = format!("its prior acts before that only; {}:{}", change.mark.file, change.mark.line);
                found.push(Diagnostic::at(&u.mark, message).help(help).as_warning());
                break;
            }
        }
    }
    found
}

/// What alters the posterior: scenario, targets and settings, but not the budget, which only cuts it short.
fn hash(arguments: &Arguments, plan: &Plan, targets: &str) -> String {
    let settings = format!(
        "{} {} {} {} {} {} {} {}",
        arguments.particles,
        arguments.replications,
        arguments.quantile,
        arguments.least_acceptance,
        arguments.goal,
        combine(arguments).name(),
        arguments.most_parameters,
        arguments.trajectories
    );
    let keep: String = arguments.keep.iter().map(|k| format!(" keep {k}")).collect();
    run_hash(&format!("{}calibration {settings}{keep}\n{targets}", plan.fingerprint_text()), plan.seed, RESULTS_VERSION)
}

fn combine(arguments: &Arguments) -> Combine {
    match arguments.distance {
        Distance::Sum => Combine::Sum,
        Distance::Max => Combine::Maximum,
    }
}

fn begin(
    arguments: &Arguments,
    plan: &Plan,
    folder: &ResultsFolder,
    hash: &str,
    targets: &str,
) -> Result<Manifest, Failure> {
    let record = Manifest::begin(&plan.name, plan.seed, hash, vec![BASELINE.into()], arguments.simulations);
    atomic::write(&folder.resolved_scenario(), plan.resolved_toml().as_bytes())?;
    atomic::write(&folder.path().join("targets.toml"), targets.as_bytes())?;
    record.save(&folder.manifest_path())?;
    Ok(record)
}

/// One session of a calibration.
struct Job<'a> {
    arguments: &'a Arguments,
    common: &'a Common,
    patterns: Patterns<'a>,
    targets: &'a Targets,
    path: PathBuf,
    stop: &'a AtomicBool,
    runs: AtomicU64,
}

impl Job<'_> {
    /// Screens if need be, fits, and gives back what is kept with the free parameters.
    fn go(&self, all: &[Factor]) -> Result<(Kept, Vec<Factor>), Failure> {
        let mut kept = load(&self.path)?;
        let most = self.arguments.most_parameters;
        if all.len() > most && kept.screened.is_none() {
            self.common.say(&format!("screening {} parameters for the {most} that matter most", all.len()));
            let evaluate = |point: &Point| self.evaluate(all, point);
            let seed = self.patterns.plan().seed;
            let Some(found) = screen(all, self.arguments.trajectories, most, &self.arguments.keep, seed, &evaluate)?
            else {
                return Ok((kept, Vec::new()));
            };
            kept.screened = Some(found.into_iter().map(|s| (s.parameter, s.mu_star, s.kept)).collect());
            save(&self.path, &kept)?;
        }
        let free: Vec<Factor> = match &kept.screened {
            None => all.to_vec(),
            Some(rows) => all.iter().filter(|f| rows.iter().any(|r| r.2 && r.0 == f.name)).cloned().collect(),
        };
        let mut state = std::mem::take(&mut kept.state);
        let most_points = self.arguments.simulations / self.arguments.replications;
        if state.end == Some(End::Spent) && state.tried_in_all() < most_points {
            state.end = None;
        }
        // Begun after the screening, which must not spoil the rate.
        let display = Display::new(self.arguments.simulations, self.common.quiet);
        let evaluate = |point: &Point| self.evaluate(&free, point);
        let mut told = state.generations.len();
        let mut failed = None;
        let mut observe = |state: &State| {
            let snapshot = Kept { screened: kept.screened.clone(), state: state.clone() };
            if let Err(error) = save(&self.path, &snapshot) {
                failed = Some(error);
                return ControlFlow::Break(());
            }
            for generation in state.generations.iter().skip(told) {
                self.common.say(&calibrated::generation_line(generation));
            }
            told = state.generations.len();
            let done = state.tried_in_all() * self.arguments.replications;
            let all = self.arguments.simulations.max(done);
            display.show(Progress { done, all });
            if self.stop.load(Ordering::Relaxed) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        let ended = fit(&free, &self.settings(most_points), state, &evaluate, &mut observe);
        display.close();
        let state = ended?;
        if let Some(error) = failed {
            return Err(error.into());
        }
        Ok((Kept { screened: kept.screened, state }, free))
    }

    fn settings(&self, most_points: u64) -> Settings {
        Settings {
            particles: self.arguments.particles,
            quantile: self.arguments.quantile,
            least_acceptance: self.arguments.least_acceptance,
            goal: self.arguments.goal,
            most_points,
            batch: BATCH,
            seed: self.patterns.plan().seed,
        }
    }

    fn evaluate(&self, factors: &[Factor], point: &Point) -> Answer {
        if self.stop.load(Ordering::Relaxed) {
            return Answer::Stopped;
        }
        let named: Vec<(&str, f64)> =
            factors.iter().map(|f| f.name.as_str()).zip(point.values.iter().copied()).collect();
        let copies = self.arguments.replications;
        let simulated = self.patterns.at(&named, super::simulated::stream(point, copies), copies);
        self.runs.fetch_add(copies, Ordering::Relaxed);
        match simulated {
            Err(reason) => Answer::Failed(reason),
            Ok(summaries) => match distance(&self.targets.0, &summaries, combine(self.arguments)) {
                Some(distance) => Answer::Done(Evaluation { distance, summaries }),
                None => Answer::Failed(self.undefined(&summaries)),
            },
        }
    }

    fn undefined(&self, summaries: &[Option<f64>]) -> String {
        let pattern = self.targets.0.iter().zip(summaries).find(|(t, s)| s.is_none() && !t.held_out);
        pattern.map_or_else(|| "no distance".into(), |(t, _)| format!("`{}` is undefined", t.pattern))
    }
}

fn load(path: &Path) -> Result<Kept, Failure> {
    let text = match std::fs::read(path) {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(Kept::default()),
        Err(e) => return Err(Failure::usage(format!("cannot read {}: {e}", path.display()))),
        Ok(text) => text,
    };
    serde_json::from_slice(&text).map_err(|e| {
        let (path, found) = (path.to_path_buf(), e.to_string());
        ResultsError::Corrupt { path, found, fix: "remove the folder and run again".into() }.into()
    })
}

fn save(path: &Path, kept: &Kept) -> Result<(), ResultsError> {
    // Numbers, texts and lists always become JSON.
    let text = serde_json::to_vec(kept).unwrap_or_default();
    atomic::write(path, &text).map(|_| ())
}

impl From<CalibrationError> for Failure {
    fn from(error: CalibrationError) -> Self {
        match error {
            CalibrationError::Targets(diagnostics) => Self::Targets(diagnostics),
            CalibrationError::Design(error) => error.into(),
            CalibrationError::Analysis(error) => error.into(),
            error => Self::Other(Exit::Usage, error.into()),
        }
    }
}

/// The fit's end in words, for text and JSON.
pub(super) fn end_words(state: &State) -> String {
    state.end.as_ref().map_or_else(|| "not ended".into(), calibration::End::words)
}
