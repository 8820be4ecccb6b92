//! `forestall check`: validates a scenario and prints what it resolves to.

use clap::Args;
use serde_json::json;

use forestall_study::{FEWEST_EVENTS, Study};

use super::options::{Common, ScenarioOptions};
use super::outcome::{Exit, Failure};
use super::terminal::{print, span};
use super::threads::Threads;
use super::{memory, run_words};

/// Seconds that `run` takes for tables, charts and report once all runs are done, as measured on shipped scenarios.
const END: f64 = 1.0;
/// Bytes of memory that it holds for them at most.
const PAGES: f64 = 50e6;
/// Bytes of charts, report and tables that do not grow with runs.
const FILES: f64 = 2e6;

/// People in one run above which no replication is timed: it would take half a minute or more.
const TIMED: f64 = 5e5;

/// What `check` takes.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    scenario: ScenarioOptions,
    /// Replications of each policy run, for the estimate
    #[arg(long, value_name = "N")]
    replications: Option<u64>,
    /// Validate only; print neither values nor an estimate
    #[arg(long)]
    brief: bool,
    #[command(flatten)]
    threads: Threads,
}

/// Checks a scenario.
pub fn run(arguments: &Arguments, common: &Common) -> Result<Exit, Failure> {
    let study = Study::open(&arguments.scenario.scenario, arguments.scenario.overrides(arguments.replications, None))?;
    common.warn(study.warnings());
    let arms = study.check()?;
    let scenario = study.scenario();
    arguments.threads.start(common);
    let crowded = arguments.threads.too_little(&study, study.policies().count());
    if let Some(reason) = &crowded {
        common.say(&format!("warning: {reason}"));
    }
    let verdict = verdict(&study, arms);
    if arguments.brief {
        if common.json {
            print(&format!("{:#}", json!({"verdict": verdict, "name": scenario.name, "arms": arms})));
        } else {
            print(&verdict);
        }
        return Ok(Exit::Done);
    }
    let asked = study.memory_need(rayon::current_num_threads(), study.policies().count());
    let need = asked.bytes;
    if crowded.is_none() && asked.people > TIMED {
        common.say(&format!(
            "note: no replication is timed, since one of about {:.1} million people by name takes minutes; about {:.1} GB of \
             memory on {} threads",
            asked.people / 1e6,
            need / 1e9,
            rayon::current_num_threads()
        ));
    }
    if crowded.is_some() || asked.people > TIMED {
        // Timed replications would not fit either, or take too long.
        if common.json {
            let resolved = scenario.resolved_toml();
            print(&format!(
                "{:#}",
                json!({"verdict": verdict, "name": scenario.name, "arms": arms, "replications": scenario.replications,
                       "memory": need,
                       "resolved": resolved})
            ));
        } else {
            print(&scenario.resolved_toml());
        }
        return Ok(Exit::Done);
    }
    let effort = study.effort()?;
    let few = effort.outcome_expected.zip(effort.outcome_at_most).filter(|(_, most)| *most < FEWEST_EVENTS);
    if let Some((expected, _)) = few {
        common.say(&run_words::few(study.outcome(), &format!("about {expected:.0}"), None));
    }
    // The timed replications ran as those of a run do, on as many threads.
    let memory = memory::peak().map(|peak| peak.max(PAGES).max(need));
    let bytes = effort.bytes + FILES;
    if common.json {
        print(&format!(
            "{:#}",
            json!({"verdict": verdict, "name": scenario.name, "arms": arms, "replications": scenario.replications,
                   "runs": effort.runs, "outcome": study.outcome(), "outcome_expected": effort.outcome_expected,
                   "enough_events": few.is_none(),
                   "seconds": effort.seconds + END,
                   "processor_seconds": effort.seconds_per_run * effort.runs as f64 + END, "threads": effort.threads, "timed_runs": effort.timed_runs,
                   "seconds_per_run": effort.seconds_per_run, "standard_error": effort.standard_error,
                   "memory": memory, "bytes": bytes, "resolved": scenario.resolved_toml()})
        ));
        return Ok(Exit::Done);
    }
    print(&scenario.resolved_toml());
    common.say(&format!(
        "{}: valid. {} runs ({arms} policy runs × {} replications), about {} on {} threads of this machine ({:.3} s of a \
         processor a run, in {} timed runs), {}{:.0} MB of disk; one replication has {} persons and {} events",
        scenario.name,
        effort.runs,
        scenario.replications,
        span(effort.seconds + END),
        effort.threads,
        effort.seconds_per_run,
        effort.timed_runs,
        memory.map_or_else(String::new, |bytes| format!("{:.0} MB of memory and ", bytes / 1e6)),
        bytes / 1e6,
        effort.persons,
        effort.events,
    ));
    Ok(Exit::Done)
}

/// Whether the scenario can be run, in a few words.
fn verdict(study: &Study, arms: usize) -> String {
    let warnings = match study.warnings().len() {
        0 => String::new(),
        1 => ", 1 warning".into(),
        n => format!(", {n} warnings"),
    };
    format!("{}: valid, {arms} policy runs{warnings}", study.scenario().name)
}
