//! `forestall check`: validates a scenario and prints what it resolves to.

use clap::Args;
use serde_json::json;

use forestall_study::Study;

use super::options::{Common, ScenarioOptions};
use super::outcome::{Exit, Failure};
use super::terminal::{print, span};

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
}

/// Checks a scenario.
pub fn run(arguments: &Arguments, common: &Common) -> Result<Exit, Failure> {
    let study = Study::open(&arguments.scenario.scenario, arguments.scenario.overrides(arguments.replications, None))?;
    common.warn(study.warnings());
    let arms = study.check()?;
    let scenario = study.scenario();
    if arguments.brief {
        print(&format!("{}: valid, {arms} policy runs", scenario.name));
        return Ok(Exit::Done);
    }
    // One replication of the baseline tells how long the rest will take on this machine.
    let effort = study.effort()?;
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let time = effort.seconds_per_run * effort.runs as f64 / cores as f64;
    if common.json {
        print(&format!(
            "{:#}",
            json!({"name": scenario.name, "arms": arms, "replications": scenario.replications, "runs": effort.runs,
                   "seconds": time, "cores": cores, "bytes": effort.bytes, "resolved": scenario.resolved_toml()})
        ));
        return Ok(Exit::Done);
    }
    print(&scenario.resolved_toml());
    common.say(&format!(
        "{}: valid. {} runs ({arms} policy runs × {} replications), about {} on {cores} cores and {:.0} MB of disk; one \
         replication has {} persons and {} events",
        scenario.name,
        effort.runs,
        scenario.replications,
        span(time),
        effort.bytes / 1e6,
        effort.persons,
        effort.events,
    ));
    Ok(Exit::Done)
}
