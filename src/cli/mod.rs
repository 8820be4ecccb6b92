//! The command line: one file a subcommand.

pub mod answers;
mod calibrate;
mod chart;
mod check;
mod common_flags;
mod compare;
mod complete;
mod decide;
mod discover;
mod examples;
mod explore;
mod export;
mod folder;
mod init;
mod interrupt;
mod list;
mod memory;
mod near_flags;
mod next;
mod optimize;
mod options;
mod origin;
mod outcome;
mod progress;
mod replay;
mod report;
mod respond;
mod rivals;
mod robust;
mod run;
mod run_words;
mod schema;
mod score;
mod select;
mod sensitivity;
mod sweep;
mod templates;
mod terminal;
mod threads;
mod verbose;
mod verify;

use std::ffi::OsString;

use clap::parser::ValueSource;
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

pub use outcome::{Exit, Failure};

/// Which security policy prevents how many attack plots, at what cost?
#[derive(Debug, Parser)]
#[command(name = "forestall", version, max_term_width = 100)]
#[command(after_help = "Aggregate, defensive policy research. Plots are abstract work processes; the program knows \
                        nothing about weapons, methods or targets and must not be used to score individuals.")]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    common: options::Common,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Simulate the baseline and every policy of a scenario, paired; write tables, charts and a report
    Run(run::Arguments),
    /// Validate a scenario; print its resolved values with their origin
    Check(check::Arguments),
    /// Write a commented scenario to start from
    Init(init::Arguments),
    /// Print the JSON Schema of the scenario file
    Schema,
    /// Check the model against analytical solutions of queueing and branching theory
    Verify(verify::Arguments),
    /// List mechanisms, parameters, outcomes and templates
    List(list::Arguments),
    /// Simulate one replication again and tell why a plot ended otherwise under a policy
    Replay(replay::Arguments),
    /// Plan and run designs over uncertain parameters and levers, here or on a cluster
    Sweep(sweep::Arguments),
    /// Find which parameters a response depends on
    Sensitivity(sensitivity::Arguments),
    /// Find where among its factors an outcome happens
    Discover(discover::Arguments),
    /// Compare policies across uncertain futures
    Robust(robust::Arguments),
    /// Find the best policy, with a stated probability of being right
    Select(select::Arguments),
    /// Compare two finished runs: what differs in settings, in outcomes and in what policies prevent
    Compare(compare::Arguments),
    /// Say which option to choose under what is known, and what it is worth to know more
    Decide(decide::Arguments),
    /// Score a forecast against what came, beside plain forecasts
    Score(score::Arguments),
    /// Find which values of the uncertain parameters agree with a file of facts
    Calibrate(calibrate::Arguments),
    /// Weigh rival rules, each fitted: which is the record likelier to come from?
    Rivals(rivals::Arguments),
    /// Find the settings of levers that none beats in attacks, cost and intrusion at once
    Optimize(optimize::Arguments),
    /// Let the other side answer each policy within stated limits, and say what the policy is then worth
    Respond(respond::Arguments),
    /// Open a local page: move levers and see what they prevent, cost and displace while runs go on
    Explore(explore::Arguments),
    /// Redraw the charts of a finished run, without simulating
    Chart(chart::Arguments),
    /// Rewrite the report of a finished run, without simulating
    Report(report::Arguments),
    /// Write the tables of a finished run in another format
    Export(export::Arguments),
    /// Print a completion script for a shell
    Completions(complete::Shell),
    /// Print the manual page of the program or of a subcommand, or write all of them
    Man(complete::Manual),
}

/// The command line as it is parsed and shown: with examples, and each flag where it acts.
fn command() -> clap::Command {
    let mut command = examples::add(Cli::command());
    command.build();
    common_flags::hide(below_zero(command), "")
}

/// Lets every value be a number below 0, so that the command says what is wrong with it, and not that it is no flag.
fn below_zero(command: clap::Command) -> clap::Command {
    let valued = |arg: clap::Arg| {
        let takes = arg.get_action().takes_values() && !arg.is_positional();
        if takes { arg.allow_negative_numbers(true) } else { arg }
    };
    command.mut_args(valued).mut_subcommands(below_zero)
}

/// Runs the program and says with which code to leave.
pub fn main() -> Exit {
    main_with(std::env::args_os())
}

/// Runs the program with these words in place of the command line, the program's name first.
pub fn main_with(words: impl IntoIterator<Item = OsString>) -> Exit {
    hush_expected_panics();
    outcome::with_losses(run(&words.into_iter().collect::<Vec<_>>()))
}

/// From here on nothing is printed where a crate panics over a damaged file, or where a run outgrows memory: both are
/// told as errors.
pub fn hush_expected_panics() {
    let told = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let overrun = panic.payload().is::<forestall_model::Overrun>();
        if !overrun && !forestall_study::parquet_file::panic_is_expected() {
            told(panic);
        }
    }));
}

fn run(words: &[OsString]) -> Exit {
    let arguments: Vec<String> = words.iter().skip(1).map(|word| word.to_string_lossy().to_string()).collect();
    let mut idle = None;
    let parsed = command().try_get_matches_from(words).and_then(|matches| {
        let mut cli = Cli::from_arg_matches(&matches).map_err(|error| error.format(&mut Cli::command()))?;
        idle = common_flags::idle(&matches);
        cli.common.out_is_named = matches.value_source("out") == Some(ValueSource::CommandLine);
        cli.common.arguments.clone_from(&arguments);
        Ok(cli)
    });
    let cli = match parsed {
        Ok(cli) => cli,
        Err(error) => {
            let error = near_flags::advise(error, &command(), &arguments);
            // Help and version are answers, not errors.
            terminal::print_parsed(&error);
            return if error.use_stderr() { Exit::Usage } else { Exit::Done };
        }
    };
    let common = cli.common;
    if let Some((flag, path)) = idle {
        return Failure::usage(format!("--{flag} does nothing in `{path}`; leave it out")).tell(&common);
    }
    if common.verbose {
        verbose::listen();
    }
    let result = match cli.command {
        Command::Run(arguments) => run::run(&arguments, &common),
        Command::Check(arguments) => check::run(&arguments, &common),
        Command::Init(arguments) => init::run(&arguments, &common),
        Command::Schema => schema::run(),
        Command::Verify(arguments) => verify::run(&arguments, &common),
        Command::List(arguments) => list::run(&arguments, &common),
        Command::Replay(arguments) => replay::run(&arguments, &common),
        Command::Sweep(arguments) => sweep::run(&arguments, &common),
        Command::Sensitivity(arguments) => sensitivity::run(&arguments, &common),
        Command::Discover(arguments) => discover::run(&arguments, &common),
        Command::Select(arguments) => select::run(&arguments, &common),
        Command::Robust(arguments) => robust::run(&arguments, &common),
        Command::Compare(arguments) => compare::run(&arguments, &common),
        Command::Decide(arguments) => decide::run(&arguments, &common),
        Command::Score(arguments) => score::run(&arguments, &common),
        Command::Calibrate(arguments) => calibrate::run(&arguments, &common),
        Command::Rivals(arguments) => rivals::run(&arguments, &common),
        Command::Optimize(arguments) => optimize::run(&arguments, &common),
        Command::Respond(arguments) => respond::run(&arguments, &common),
        Command::Explore(arguments) => explore::run(&arguments, &common),
        Command::Chart(arguments) => chart::run(&arguments, &common),
        Command::Report(arguments) => report::run(&arguments, &common),
        Command::Export(arguments) => export::run(&arguments, &common),
        Command::Completions(shell) => complete::completions(&shell, &mut command()),
        Command::Man(arguments) => complete::man(&arguments, command(), &common),
    };
    result.unwrap_or_else(|failure| failure.tell(&common))
}
