//! `forestall optimize`: which settings of the levers none beats in attacks, cost and intrusion at once.

mod words;

use clap::Args;

use forestall_model::Plan;
use forestall_report::assembly::{self, Next};
use forestall_study::{
    Monitor, OptimizationError, OptimizeEvent, OptimizeRequest, Optimized, SearchGeneration, SearchKind, Study,
};

use super::next::{self, quoted};
use super::options::{Common, PosteriorUse, ScenarioOptions};
use super::origin;
use super::outcome::{Exit, Failure};
use super::progress::Display;
use super::terminal::{print, span, verdict_first};
use super::threads::Threads;
use super::{folder, interrupt};

/// What `optimize` takes.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    scenario: ScenarioOptions,
    /// A lever: `PATH=LOW..HIGH`, `PATH*=LOW..HIGH` (times), `PATH+=LOW..HIGH` (plus) or `PATH=a|b`; several times
    #[arg(long = "lever", value_name = "PATH=LOW..HIGH")]
    levers: Vec<String>,
    /// Most cost a year, in thousand euros
    #[arg(long, value_name = "COST")]
    budget: Option<f64>,
    /// An outcome to be minimised, or `max:OUTCOME`; several times; `attacks_completed`, `cost`, `intrusion` if none
    #[arg(long = "objective", value_name = "OUTCOME")]
    objectives: Vec<String>,
    /// A limit on an outcome, such as `'held_without_plot <= 500'`; several times
    #[arg(long = "constraint", value_name = "LIMIT")]
    constraints: Vec<String>,
    /// First day in force of what the levers set; the scenario's start if not given
    #[arg(long, value_name = "DATE", value_parser = crate::cli::options::date)]
    from: Option<jiff::civil::Date>,
    /// Runs of the search; random search gets as many; raise it to go on
    #[arg(long, value_name = "N", default_value_t = 4_000)]
    simulations: u64,
    /// Settings that stay from one generation to the next
    #[arg(long, value_name = "N", default_value_t = 24)]
    population: usize,
    /// Most generations
    #[arg(long, value_name = "N")]
    generations: Option<u32>,
    /// Replications of one look at a setting; those that stay are looked at again in every generation
    #[arg(long, value_name = "N", default_value_t = 4)]
    replications: u64,
    /// Replications of the final check, which no search has used
    #[arg(long, value_name = "N", default_value_t = 100)]
    final_replications: u64,
    /// Resamples behind chances and the intervals of hypervolumes
    #[arg(long, value_name = "N", default_value_t = 1_000)]
    resamples: usize,
    /// Leave random search out; it takes as many runs as the search
    #[arg(long)]
    without_random: bool,
    /// What to make of the posterior that the scenario names in [calibrated]
    #[arg(long, value_enum, default_value = "draws")]
    posterior: PosteriorUse,
    #[command(flatten)]
    threads: Threads,
}

/// Optimises.
pub fn run(arguments: &Arguments, common: &Common) -> Result<Exit, Failure> {
    let overrides = arguments.scenario.overrides(None, Some(arguments.posterior));
    let study = Study::open(&arguments.scenario.scenario, overrides)?;
    arguments.threads.start(common);
    arguments.threads.fit(&study, study.policies().count())?;
    let stop = interrupt::flag("runs", interrupt::Sender::Person)?;
    let shown = Display::later(common.quiet);
    let monitor = Monitor { observe: &|event| tell(event, &study, &shown, common), cancel: &stop };
    let end = study.optimize(&request(arguments, common), &monitor)?;
    let Some(mut found) = end.found else {
        common.say("stopped early; finished runs are kept, and running the same command goes on");
        return Ok(Exit::Stopped);
    };
    if end.runs > 0 {
        common.say(&format!("{} runs in {}", end.runs, span(end.seconds)));
    }
    publish(&mut found, study.scenario(), arguments, common)
}

fn request(arguments: &Arguments, common: &Common) -> OptimizeRequest {
    OptimizeRequest {
        levers: arguments.levers.clone(),
        budget: arguments.budget,
        objectives: arguments.objectives.clone(),
        constraints: arguments.constraints.clone(),
        from: arguments.from,
        simulations: arguments.simulations,
        population: arguments.population,
        generations: arguments.generations,
        replications: arguments.replications,
        final_replications: arguments.final_replications,
        resamples: arguments.resamples,
        random: !arguments.without_random,
        folder: common.out.clone(),
        provenance: common.provenance(),
    }
}

/// Shows what happens while the searches go on.
fn tell(event: OptimizeEvent, study: &Study, shown: &Display, common: &Common) {
    match event {
        OptimizeEvent::Accepted { budget } => {
            common.warn(study.warnings());
            if !budget {
                common.say("no budget is given: cost is an objective, and only the levers' ranges limit it");
            }
        }
        OptimizeEvent::Begins(runs) => shown.begin(runs),
        OptimizeEvent::Progress(progress) => shown.show(progress),
        OptimizeEvent::Generation(SearchKind::Evolved, generation) => common.say(&line("search", &generation)),
        OptimizeEvent::Generation(SearchKind::Random, generation) => common.say(&line("random search", &generation)),
        OptimizeEvent::FinalCheck { settings, replications } => {
            common.say(&format!("final check: {settings} settings, {replications} fresh replications each"));
        }
        OptimizeEvent::Ends => shown.close(),
    }
}

/// Draws the charts, writes the front as policies, and prints the words.
fn publish(found: &mut Optimized, plan: &Plan, arguments: &Arguments, common: &Common) -> Result<Exit, Failure> {
    let charts = origin::onto(assembly::optimization_charts(found)?, &origin::of_plan(plan));
    folder::write_charts(&found.folder, &charts)?;
    let next = what_next(found, arguments, common);
    let html = assembly::optimization_page(found, &charts, &next, &common.provenance());
    let page = folder::write_page(&found.folder, "optimization.html", &html)?;
    found.finish(&assembly::front_policies(found))?;
    if common.json {
        print(&format!("{:#}", verdict_first(words::first(found), words::json(found))));
    } else {
        print(&words::text(found));
    }
    next::tell(common, Some(&page), "", &next);
    let Some((count, reason)) = found.failed() else { return Ok(Exit::Done) };
    common.say(&format!("warning: {count} settings could not be simulated and were left behind; the first: {reason}"));
    Ok(Exit::SomeFailed)
}

/// What to do now.
fn what_next(found: &Optimized, arguments: &Arguments, common: &Common) -> Vec<Next> {
    let scenario = quoted(&arguments.scenario.scenario);
    let mut out = Vec::new();
    if !common.arguments.iter().any(|word| word.starts_with("--simulations")) {
        let most = (4 * arguments.simulations).to_string();
        out.push(Next {
            command: next::again(common, &["--simulations", &most]),
            does: "Let the search go on: what it has done is kept".into(),
        });
    }
    out.push(Next {
        command: format!("cat {}", quoted(&found.folder.path().join("policies.toml"))),
        does: "Read the front as policies, to be copied into a scenario and run with a report".into(),
    });
    out.push(Next {
        command: format!("forestall explore {scenario}"),
        does: "Move the levers yourself and watch what they prevent, cost and displace".into(),
    });
    out
}

impl From<OptimizationError> for Failure {
    fn from(error: OptimizationError) -> Self {
        match error {
            OptimizationError::Scenario(diagnostics) => Self::Scenario(diagnostics),
            OptimizationError::Results(error) => error.into(),
            error => Self::Other(Exit::Usage, error.into()),
        }
    }
}

/// One generation in a line.
fn line(word: &str, g: &SearchGeneration) -> String {
    format!(
        "{word}, generation {}: {} runs, {} of {} within the limits, {} on the front",
        g.number, g.runs, g.feasible, g.population, g.front
    )
}
