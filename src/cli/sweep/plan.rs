//! `forestall sweep plan`: lays out the points of a design.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use serde_json::json;

use forestall_model::SEED_LIMIT;
use forestall_study::{
    Design, DesignRequest, Method, Overrides, Sidecar, Study, Sweep, SweepDesign, SweepEstimate, SweepRequest, TABLES,
    TableName, atomic, csv,
};

use forestall_study::scheduler::quoted;

use crate::cli::memory;
use crate::cli::options::Common;
use crate::cli::outcome::{Exit, Failure};
use crate::cli::terminal::{print, span};

/// Seed of the design where nothing else is said.
const DESIGN_SEED: u64 = 1;

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
pub struct Arguments {
    /// The scenario to vary; or give a model of your own by --problem
    #[arg(value_name = "SCENARIO", required_unless_present = "problem")]
    scenario: Option<PathBuf>,
    /// The problem file: `[[parameters]]` with name, low, high, and group, a distribution or categories
    #[arg(long, value_name = "FILE", conflicts_with_all = ["scenario", "lever", "policies", "policy_factor", "tables"])]
    problem: Option<PathBuf>,
    /// How the points are laid out
    #[arg(long, value_enum)]
    design: Kind,
    /// Points (lhs, sobol), blocks (saltelli), trajectories (morris) or levels (grid)
    #[arg(long, value_name = "N", visible_alias = "points")]
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
    /// Seed of all that is random in the design and, with a scenario, in the simulation
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Vary a parameter: `services.analysts=50..200`, `membership.pool_member=true|false`
    #[arg(long, value_name = "PATH=LEVELS")]
    lever: Vec<String>,
    /// Leave the scenario's [uncertain] parameters at their values
    #[arg(long)]
    no_uncertain: bool,
    /// Policies to run beside the baseline at every point; `all` for each
    #[arg(long, value_name = "A,B", value_delimiter = ',')]
    policies: Vec<String>,
    /// Make the policy a factor: each point runs one of baseline and policies
    #[arg(long)]
    policy_factor: bool,
    /// Replications of each policy at each point
    #[arg(long, value_name = "N", default_value = "1")]
    replications: u64,
    /// Shards for a cluster; as many as fill half an hour each if not given
    #[arg(long, value_name = "N")]
    shards: Option<u64>,
    /// Tables to keep: `replications`, `monthly`, `by_country`, `matched`
    #[arg(long, value_name = "A,B", value_delimiter = ',', default_value = "replications")]
    tables: Vec<String>,
    /// Set a parameter at all points
    #[arg(long = "set", value_name = "PATH=VALUE")]
    sets: Vec<String>,
    /// Last day of the run, in place of the scenario's
    #[arg(long, value_name = "DATE", value_parser = crate::cli::options::date)]
    until: Option<jiff::civil::Date>,
    /// Do not time runs; the plan then has no estimate
    #[arg(long)]
    no_pilot: bool,
}

/// Plans a design.
pub fn run(arguments: &Arguments, common: &Common) -> Result<Exit, Failure> {
    if let Some(seed) = arguments.seed.filter(|seed| *seed >= SEED_LIMIT) {
        return Err(Failure::usage(format!("--seed is {seed}; it must be below {SEED_LIMIT}")));
    }
    let method = method(arguments)?;
    let request = DesignRequest { method, base: arguments.base, seed: arguments.seed.unwrap_or(DESIGN_SEED) };
    let powers = matches!(method, Method::Sobol | Method::Saltelli { .. });
    if powers && !arguments.base.is_power_of_two() {
        common.say(&format!(
            "warning: a Sobol sequence is balanced at powers of two; {} would be better than {}",
            arguments.base.next_power_of_two(),
            arguments.base
        ));
    }
    match (&arguments.problem, &arguments.scenario) {
        (Some(path), _) => write_design(&forestall_study::design_points(path, &request)?, &request, common),
        (None, Some(path)) => write_sweep(arguments, path, &request, common),
        (None, None) => Err(Failure::usage("name a scenario, or a problem file by --problem")),
    }
}

fn method(plan: &Arguments) -> Result<Method, Failure> {
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

/// A design for a model of the user's own.
fn write_design(design: &Design, request: &DesignRequest, common: &Common) -> Result<Exit, Failure> {
    let sidecar = Sidecar::of(design, request);
    let (table, beside) = (common.out.join("design.csv"), common.out.join("design.json"));
    atomic::write(&table, csv::to_text(&design.table()).as_bytes())?;
    atomic::write(&beside, sidecar.write().as_bytes())?;
    if common.json {
        print(&format!(
            "{:#}",
            json!({"verdict": format!("{} rows of {} parameters", design.rows(), design.factors().len()),
                   "design": table, "sidecar": beside, "id": sidecar.id, "rows": sidecar.rows,
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

/// The tables that the user names.
fn tables(names: &[String]) -> Result<Vec<TableName>, Failure> {
    let known = TABLES.map(TableName::name);
    let mut tables = vec![TableName::Replications];
    for name in names.iter().map(|name| name.trim()) {
        let found = TABLES.into_iter().find(|table| table.name() == name);
        tables.push(found.ok_or_else(|| {
            Failure::usage(format!("--tables: there is no table `{name}`; expected {}", known.join(", ")))
        })?);
    }
    Ok(tables)
}

/// A sweep over a scenario.
fn write_sweep(
    arguments: &Arguments,
    path: &std::path::Path,
    request: &DesignRequest,
    common: &Common,
) -> Result<Exit, Failure> {
    let overrides = Overrides {
        sets: arguments.sets.clone(),
        seed: arguments.seed,
        until: arguments.until,
        ..Overrides::default()
    };
    let study = Study::open(path, overrides)?;
    common.warn(study.warnings());
    if let Some(reason) = memory::too_little(&study, study.policies().count(), None).filter(|_| !arguments.no_pilot) {
        return Err(Failure::usage(format!("{reason}; plan with --no-pilot for a larger machine")));
    }
    let wish = SweepDesign {
        design: *request,
        levers: arguments.lever.clone(),
        uncertain: !arguments.no_uncertain,
        runs: SweepRequest {
            policies: arguments.policies.iter().map(|name| name.trim().to_owned()).collect(),
            policy_factor: arguments.policy_factor,
            replications: arguments.replications,
            tables: tables(&arguments.tables)?,
            shards: arguments.shards,
        },
        pilot: !arguments.no_pilot,
    };
    let mut warn = |name: &str, message: &str| {
        common.say(&format!("warning: `{name}` cannot be run at the first point: {message}"));
    };
    tell(&study.sweep(&wish, &common.out, &mut warn)?, common);
    Ok(Exit::Done)
}

fn tell(sweep: &Sweep, common: &Common) {
    let (folder, plan) = (sweep.folder(), sweep.plan());
    let arms = if plan.policy_factor {
        "1 policy run".into()
    } else {
        format!("{} policy run{}", plan.arms.len(), s(plan.arms_a_point()))
    };
    let verdict = format!(
        "{} points of {} factors × {arms} × {} replication{} = {} runs",
        plan.points(),
        plan.design.parameters.len(),
        plan.replications,
        s(plan.replications),
        plan.runs()
    );
    if common.json {
        print(&format!(
            "{:#}",
            json!({"verdict": verdict, "folder": folder.path(), "plan": folder.plan(), "design": folder.design(), "id": plan.design.id,
                   "hash": plan.hash, "points": plan.points(), "arms": plan.arms, "replications": plan.replications,
                   "runs": plan.runs(), "shards": plan.shards, "estimate": plan.estimate})
        ));
    } else {
        print(&folder.path().display().to_string());
    }
    common.say(&verdict);
    if let Some(estimate) = &plan.estimate {
        common.say(&words(estimate));
    }
    common.say(&format!(
        "next: forestall sweep run {0}    (or on a cluster: forestall sweep submit {0})",
        quoted(&folder.path().display().to_string())
    ));
}

fn s(count: u64) -> &'static str {
    if count == 1 { "" } else { "s" }
}

/// The estimate for people.
fn words(estimate: &SweepEstimate) -> String {
    let time = |core: f64| span(core / estimate.threads as f64);
    let range = estimate.standard_error.map_or_else(String::new, |error| {
        let half = 1.96 * error / estimate.seconds_per_run;
        let (low, high) =
            (time(estimate.core_seconds * (1.0 - half).max(0.0)), time(estimate.core_seconds * (1.0 + half)));
        format!(" ({low} to {high})")
    });
    format!(
        "about {}{range} on {} threads, {:.3} s a run in {} timed runs; about {:.1} MB of disk",
        time(estimate.core_seconds),
        estimate.threads,
        estimate.seconds_per_run,
        estimate.pilots,
        estimate.bytes / 1e6,
    )
}
