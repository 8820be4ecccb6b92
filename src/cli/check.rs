//! `forestall check`: validates a scenario and prints what it resolves to.

use std::time::Instant;

use clap::Args;
use serde_json::json;

use forestall_model::model::replication::{Arm, simulate};
use forestall_model::outcome::Tally;
use forestall_model::scenario::LoadOptions;

use super::options::{Common, ScenarioOptions};
use super::outcome::{Exit, Failure, print};
use super::progress::span;
use super::source;

/// What `check` takes.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    scenario: ScenarioOptions,
    /// Replications of each arm, for the estimate
    #[arg(long, value_name = "N")]
    replications: Option<u64>,
    /// Validate only; print neither values nor an estimate
    #[arg(long)]
    brief: bool,
}

/// Bytes of results for one run and for one of its plots, as measured on the shipped scenarios.
const BYTES_PER_RUN: f64 = 9_000.0;

/// Checks a scenario.
pub fn run(arguments: &Arguments, common: &Common) -> Result<Exit, Failure> {
    let options = LoadOptions {
        sets: arguments.scenario.sets.clone(),
        seed: arguments.scenario.seed,
        replications: arguments.replications,
        until: arguments.scenario.until,
    };
    let plan = source::plan(&arguments.scenario.scenario, &options)?;
    for warning in &plan.warnings {
        common.say(warning.render(common.coloured()).trim_end());
    }
    let mut arms = vec![plan.arm(None)?];
    for policy in &plan.policies {
        arms.push(plan.arm(Some(&policy.name))?);
    }
    if arguments.brief {
        print(&format!("{}: valid, {} arms", plan.name, arms.len()));
        return Ok(Exit::Done);
    }
    // One replication of the baseline tells how long the rest will take on this machine.
    let arm = Arm::new(&arms[0]);
    let began = Instant::now();
    let mut tally = Tally::new(plan.countries.len(), arm.months());
    let outcome = simulate(&arm, 0, &mut tally);
    let seconds = began.elapsed().as_secs_f64();
    let runs = plan.replications * arms.len() as u64;
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let time = seconds * runs as f64 / cores as f64;
    let disk = BYTES_PER_RUN * runs as f64 * 2.0;
    if common.json {
        print(&format!(
            "{:#}",
            json!({"name": plan.name, "arms": arms.len(), "replications": plan.replications, "runs": runs,
                   "seconds": time, "cores": cores, "bytes": disk, "resolved": plan.resolved_toml()})
        ));
        return Ok(Exit::Done);
    }
    print(&plan.resolved_toml());
    common.say(&format!(
        "{}: valid. {} runs ({} arms × {} replications), about {} on {cores} cores and {:.0} MB of disk; one \
         replication has {} persons and {} events",
        plan.name,
        runs,
        arms.len(),
        plan.replications,
        span(time),
        disk / 1e6,
        outcome.persons_stored,
        outcome.events,
    ));
    Ok(Exit::Done)
}
