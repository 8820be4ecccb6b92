//! `forestall sweep`: designs over uncertain parameters and levers, run on one machine or a cluster.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use forestall_model::model::registry;
use forestall_model::scenario::{LoadOptions, load};
use forestall_study::cluster::{self, Points};
use forestall_study::design::Problem;
use forestall_study::results::SweepFolder;

use super::options::Common;
use super::outcome::{Exit, Failure};
use super::{sweep_plan, sweep_submit, sweep_work};

/// What `sweep` takes.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Lay out the points of a design over a scenario, or for a model of your own
    Plan(Box<sweep_plan::Arguments>),
    /// Run what is missing; without --shard, merge at the end
    Run(sweep_work::RunArguments),
    /// Say how far a sweep is, from its files alone
    Status(sweep_work::StatusArguments),
    /// Merge finished shards into results/*.parquet
    Merge(sweep_work::MergeArguments),
    /// Hand the missing shards and a merge to Slurm, or write job scripts
    Submit(sweep_submit::Arguments),
}

/// Runs a subcommand of `sweep`.
pub fn run(arguments: &Arguments, common: &Common) -> Result<Exit, Failure> {
    match &arguments.command {
        Command::Plan(arguments) => sweep_plan::run(arguments, common),
        Command::Run(arguments) => sweep_work::run(arguments, common),
        Command::Status(arguments) => sweep_work::status(arguments, common),
        Command::Merge(arguments) => sweep_work::merge(arguments, common),
        Command::Submit(arguments) => sweep_submit::run(arguments, common),
    }
}

/// Reads a problem file.
pub fn problem(path: &Path) -> Result<Problem, Failure> {
    let text = std::fs::read_to_string(path).map_err(|e| {
        Failure::usage(format!("cannot read {}: {e}; give a problem file by --problem", path.display()))
    })?;
    Ok(Problem::parse(&path.display().to_string(), &text)?)
}

/// The folder of a sweep that the user names.
pub fn folder(path: &Path) -> Result<SweepFolder, Failure> {
    if !path.join("plan.json").is_file() {
        return Err(Failure::usage(format!(
            "{} is no sweep: it has no plan.json; make one with `forestall sweep plan SCENARIO --design lhs --points 100`",
            path.display()
        )));
    }
    // Tasks of a cluster start elsewhere.
    let whole: PathBuf = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    Ok(SweepFolder::open(&whole)?)
}

/// All of a sweep, ready to run.
pub fn points(folder: &SweepFolder) -> Result<Points, Failure> {
    let read = |name: &str| std::fs::read_to_string(name).map_err(|error| error.to_string());
    let options = LoadOptions::default();
    let load = |path: &Path| load(&registry(), &path.to_string_lossy(), &read, &options);
    Ok(cluster::open(folder, &load)?)
}
