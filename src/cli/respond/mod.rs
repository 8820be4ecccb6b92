//! `forestall respond`: what the other side would do about each policy, and what the policy is then worth.

mod words;

use clap::Args;

use forestall_model::Plan;
use forestall_report::assembly::{self, Next};
use forestall_study::{
    Monitor, RespondError, RespondEvent, RespondRequest, Responded, ResultsFolder, Study, atomic, spreadsheet,
};

use super::next::{self, quoted};
use super::options::{Common, PosteriorUse, ScenarioOptions};
use super::origin;
use super::outcome::{Exit, Failure};
use super::progress::Display;
use super::terminal::{print, span, verdict_first};
use super::threads::Threads;
use super::{folder, interrupt};

/// What `respond` takes.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    scenario: ScenarioOptions,
    /// What the other side may choose: `PATH=LOW..HIGH`, `PATH*=LOW..HIGH` (times), `PATH+=LOW..HIGH` (plus) or
    /// `PATH=a|b`; several times; the scenario's `[adversary]` if none
    #[arg(long = "freedom", value_name = "PATH=LOW..HIGH")]
    freedom: Vec<String>,
    /// What it wants much of, a sum of outcomes; `attacks_completed` if neither this nor the scenario says
    #[arg(long, value_name = "OUTCOME")]
    objective: Option<String>,
    /// First day of its choice; the scenario's start if not given
    #[arg(long, value_name = "DATE", value_parser = crate::cli::options::date)]
    from: Option<jiff::civil::Date>,
    /// Only these policies, by name; the baseline is always among them
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    policies: Option<Vec<String>>,
    /// Settings of the first race against each policy
    #[arg(long, value_name = "N", default_value_t = 32)]
    candidates: usize,
    /// Replications of the first look at a setting; those that stay are looked at again, twice as often each time
    #[arg(long, value_name = "N", default_value_t = 4)]
    replications: u64,
    /// Races against each policy, the later ones around what the earlier ones left
    #[arg(long, value_name = "N", default_value_t = 2)]
    rounds: u32,
    /// Replications of the final check of every policy against every answer, which no race has used
    #[arg(long, value_name = "N", default_value_t = 200)]
    final_replications: u64,
    /// Resamples behind the interval of the game's value
    #[arg(long, value_name = "N", default_value_t = 1_000)]
    resamples: usize,
    /// What to make of the posterior that the scenario names in [calibrated]
    #[arg(long, value_enum, default_value = "draws")]
    posterior: PosteriorUse,
    #[command(flatten)]
    threads: Threads,
}

/// Lets the other side answer.
pub fn run(arguments: &Arguments, common: &Common) -> Result<Exit, Failure> {
    let overrides = arguments.scenario.overrides(None, Some(arguments.posterior));
    let path = &arguments.scenario.scenario;
    // The folder of a finished run stands for its scenario, and gets what its report then shows.
    let of_run = if path.is_dir() { Some(ResultsFolder::open(path)?) } else { None };
    let file = of_run.as_ref().map_or_else(|| path.clone(), ResultsFolder::resolved_scenario);
    let study = Study::open(&file, overrides)?;
    arguments.threads.start(common);
    arguments.threads.fit(&study, study.policies().count())?;
    let stop = interrupt::flag("runs", interrupt::Sender::Person)?;
    let shown = Display::later(common.quiet);
    let monitor = Monitor { observe: &|event| tell(event, &study, &shown, common), cancel: &stop };
    let end = study.respond(&request(arguments, common), &monitor)?;
    let Some(mut found) = end.found else {
        common.say("stopped early; finished runs are kept, and running the same command goes on");
        return Ok(Exit::Stopped);
    };
    if end.runs > 0 {
        common.say(&format!("{} runs in {}", end.runs, span(end.seconds)));
    }
    publish(&mut found, (study.scenario(), of_run.as_ref()), arguments, common)
}

fn request(arguments: &Arguments, common: &Common) -> RespondRequest {
    RespondRequest {
        freedom: arguments.freedom.clone(),
        objective: arguments.objective.clone(),
        from: arguments.from,
        policies: arguments.policies.clone(),
        candidates: arguments.candidates,
        replications: arguments.replications,
        rounds: arguments.rounds,
        final_replications: arguments.final_replications,
        resamples: arguments.resamples,
        folder: common.out.clone(),
        provenance: common.provenance(),
    }
}

/// Shows what happens while the searches go on.
fn tell(event: RespondEvent, study: &Study, shown: &Display, common: &Common) {
    match event {
        RespondEvent::Accepted => common.warn(study.warnings()),
        RespondEvent::Begins(runs) => shown.begin(runs),
        RespondEvent::Progress(progress) => shown.show(progress),
        RespondEvent::Chosen(label, found) => common.say(&format!("against {label}: {}", words::chosen(&found))),
        RespondEvent::FinalCheck { behaviours, policies, replications } => common.say(&format!(
            "final check: {policies} policy runs against {behaviours} behaviours, {replications} fresh replications each"
        )),
        RespondEvent::Ends => shown.close(),
    }
}

/// Draws the chart, writes the page, and prints the words.
fn publish(
    found: &mut Responded,
    (plan, of_run): (&Plan, Option<&ResultsFolder>),
    arguments: &Arguments,
    common: &Common,
) -> Result<Exit, Failure> {
    let charts = origin::onto(assembly::response_charts(found)?, &origin::of_plan(plan));
    folder::write_charts(&found.folder, &charts)?;
    let next = what_next(found, of_run.is_some(), arguments, common);
    let html = assembly::response_page(found, &charts, &next, &common.provenance());
    let page = folder::write_page(&found.folder, "responses.html", &html)?;
    found.finish()?;
    if let Some(run) = of_run {
        atomic::write(&run.responses(), spreadsheet::to_text(&found.worth_table()).as_bytes())?;
    }
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
fn what_next(found: &Responded, of_run: bool, arguments: &Arguments, common: &Common) -> Vec<Next> {
    let scenario = quoted(&arguments.scenario.scenario);
    let mut out = Vec::new();
    if of_run {
        out.push(Next {
            command: format!("forestall report {scenario}"),
            does: "Write the run's report again, with what its policies are worth against a side that answers".into(),
        });
    }
    if !common.arguments.iter().any(|word| word.starts_with("--final-replications")) {
        let more = (4 * found.replications).to_string();
        out.push(Next {
            command: next::again(common, &["--final-replications", &more]),
            does: "Halve the intervals: what was run is kept".into(),
        });
    }
    out.push(Next {
        command: format!("cat {}", quoted(&found.folder.path().join("responses.csv"))),
        does: "Read what the other side chose against each policy".into(),
    });
    out
}

impl From<RespondError> for Failure {
    fn from(error: RespondError) -> Self {
        match error {
            RespondError::Search(error) => error.into(),
            RespondError::Study(error) => error.into(),
        }
    }
}
