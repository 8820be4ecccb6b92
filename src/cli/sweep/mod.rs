//! `forestall sweep`: designs over uncertain parameters and levers, run on one machine or a cluster.

mod plan;
mod submit;
mod work;

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::options::Common;
use super::outcome::{Exit, Failure};

/// What `sweep` takes.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Lay out the points of a design over a scenario, or for a model of your own
    Plan(Box<plan::Arguments>),
    /// Run what is missing; without --shard, merge at the end
    Run(work::RunArguments),
    /// Say how far a sweep is, from its files alone
    Status(work::StatusArguments),
    /// Merge finished shards into results/*.parquet
    Merge(work::MergeArguments),
    /// Hand the missing shards and a merge to Slurm, or write job scripts
    Submit(submit::Arguments),
}

/// Runs a subcommand of `sweep`.
pub fn run(arguments: &Arguments, common: &Common) -> Result<Exit, Failure> {
    match &arguments.command {
        Command::Plan(arguments) => plan::run(arguments, common),
        Command::Run(arguments) => work::run(arguments, common),
        Command::Status(arguments) => work::status(arguments, common),
        Command::Merge(arguments) => work::merge(arguments, common),
        Command::Submit(arguments) => submit::run(arguments, common),
    }
}

/// Flags of the analyses that take a sweep or outside tables.
#[derive(Clone, Debug, Args)]
pub struct SweepInput {
    /// The folder of a merged sweep, in place of outside tables
    #[arg(value_name = "RUN")]
    pub run: Option<PathBuf>,
}

/// A flag that outside tables need and a sweep does not.
pub fn needed<T: Clone>(value: Option<&T>, flag: &str) -> Result<T, Failure> {
    let missing = || Failure::usage(format!("{flag} is missing; give it, or the folder of a merged sweep as RUN"));
    value.cloned().ok_or_else(missing)
}
