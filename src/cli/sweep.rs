//! `forestall sweep`: designs over uncertain parameters and levers.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use serde_json::json;

use crate::design::{Method, Problem, Request, Sidecar, plan};
use crate::engine::draw::SEED_LIMIT;
use crate::results::{atomic, csv};

use super::options::Common;
use super::outcome::{Exit, Failure, print};

/// What `sweep` takes.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Write the points of a design for a model of your own
    Plan(Plan),
}

/// Kinds of designs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// Every combination of evenly spaced values
    Grid,
    /// Latin hypercube
    Lhs,
    /// Owen-scrambled Sobol sequence
    Sobol,
    /// Trajectories for Morris screening
    Morris,
    /// Blocks for Sobol indices
    Saltelli,
}

/// What `sweep plan` takes.
#[derive(Debug, Args)]
struct Plan {
    /// The problem file: `[[parameters]]` with name, low, high, and group, a distribution or categories
    #[arg(long, value_name = "FILE")]
    problem: PathBuf,
    /// How the points are laid out
    #[arg(long, value_enum)]
    design: Kind,
    /// Points (lhs, sobol), blocks (saltelli), trajectories (morris) or levels (grid)
    #[arg(long, value_name = "N")]
    base: usize,
    /// Add the rows for second-order indices (saltelli)
    #[arg(long)]
    second_order: bool,
    /// Move the points apart (lhs)
    #[arg(long)]
    maximin: bool,
    /// Levels of the walk (morris), an even number
    #[arg(long, value_name = "N", default_value = "4")]
    levels: usize,
    /// Seed of all that is random in the design
    #[arg(long, value_name = "N", default_value = "1")]
    seed: u64,
}

/// Runs a subcommand of `sweep`.
pub fn run(arguments: &Arguments, common: &Common) -> Result<Exit, Failure> {
    let Command::Plan(plan) = &arguments.command;
    write_plan(plan, common)
}

/// Reads a problem file.
pub fn problem(path: &std::path::Path) -> Result<Problem, Failure> {
    let text = std::fs::read_to_string(path).map_err(|e| {
        Failure::usage(format!("cannot read {}: {e}; give a problem file by --problem", path.display()))
    })?;
    Ok(Problem::parse(&path.display().to_string(), &text)?)
}

fn method(plan: &Plan) -> Result<Method, Failure> {
    if plan.second_order && plan.design != Kind::Saltelli {
        return Err(Failure::usage("--second-order belongs to --design saltelli"));
    }
    if plan.maximin && plan.design != Kind::Lhs {
        return Err(Failure::usage("--maximin belongs to --design lhs"));
    }
    Ok(match plan.design {
        Kind::Grid => Method::Grid { levels: plan.base },
        Kind::Lhs => Method::Lhs { maximin: plan.maximin },
        Kind::Sobol => Method::Sobol,
        Kind::Morris => Method::Morris { levels: plan.levels },
        Kind::Saltelli => Method::Saltelli { second_order: plan.second_order },
    })
}

fn write_plan(arguments: &Plan, common: &Common) -> Result<Exit, Failure> {
    let method = method(arguments)?;
    if arguments.seed >= SEED_LIMIT {
        return Err(Failure::usage(format!("--seed is {}; it must be below {SEED_LIMIT}", arguments.seed)));
    }
    let problem = problem(&arguments.problem)?;
    let request = Request { method, base: arguments.base, seed: arguments.seed };
    let design = plan(&problem, &request)?;
    let powers = matches!(method, Method::Sobol | Method::Saltelli { .. });
    if powers && !arguments.base.is_power_of_two() {
        common.say(&format!(
            "warning: a Sobol sequence is balanced at powers of two; --base {} would be better than {}",
            arguments.base.next_power_of_two(),
            arguments.base
        ));
    }
    let sidecar = Sidecar::of(&design, &request);
    let (table, beside) = (common.out.join("design.csv"), common.out.join("design.json"));
    atomic::write(&table, csv::to_text(&design.table()).as_bytes())?;
    atomic::write(&beside, sidecar.write().as_bytes())?;
    if common.json {
        print(&format!(
            "{:#}",
            json!({"design": table, "sidecar": beside, "id": sidecar.id, "rows": sidecar.rows,
                   "block_rows": sidecar.block_rows, "parameters": sidecar.parameters})
        ));
    } else {
        print(&table.display().to_string());
    }
    let together = match design.block_rows() {
        1 => String::new(),
        size => format!("; rows {size} by {size} belong together: give them the same random streams"),
    };
    common.say(&format!(
        "{} rows of {} parameters, id {}{together}",
        design.rows(),
        design.factors().len(),
        &design.id()[..12]
    ));
    Ok(Exit::Done)
}
