//! The model of forestall: the engine, the scenario file, the rules, and the row of results of one replication.
//!
//! ```
//! use forestall_model::{Arm, Labels, LoadOptions, RunName, Tally, load, registry, simulate, tables};
//!
//! // From a file to a scenario: overlays, changes and policies are resolved and checked.
//! let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../scenarios/quickstart.toml");
//! let read = |name: &str| std::fs::read_to_string(name).map_err(|e| e.to_string());
//! let plan = load(&registry(), file, &read, &LoadOptions::default())?;
//!
//! // One arm, one replication: facts are counted as they happen.
//! let arm = Arm::new(&plan.arm(None)?);
//! let mut tally = Tally::new(plan.countries.len(), arm.months());
//! let replication = simulate(&arm, 0, &mut tally);
//!
//! // The row of results.
//! let run = RunName { arm: "baseline", draw: 0, replication: 0 };
//! let rows = tables(&run, &Labels::of(&plan), &arm, &tally, &replication);
//! assert_eq!(rows.replications.rows(), 1);
//! # Ok::<(), forestall_model::Diagnostics>(())
//! ```
//!
//! No threads, no files, no printing: the caller reads files and runs replications in parallel.

#![cfg_attr(not(test), deny(clippy::print_stdout, clippy::print_stderr))]
#![deny(clippy::wildcard_enum_match_arm)]
#![warn(unreachable_pub)]

mod engine;
mod model;
mod outcome;
mod scenario;
mod table;

// Tables of parameters are declared as `crate::parameters!`.
use scenario::parameter::parameters;

// The engine: draws at addresses, clocks, agenda, time.
pub use engine::agenda::Agenda;
pub use engine::clock::Clock;
pub use engine::draw::{Address, Draws, REPLICATION_LIMIT, SEED_LIMIT, philox2x64};
pub use engine::hazard::{Hazard, Term};
pub use engine::heap::Tie;
pub use engine::key::Key;
pub use engine::lazy_clock::LazyClock;
#[cfg(feature = "record")]
pub use engine::record;
pub use engine::time::{DAYS_PER_YEAR, date_after, days_between, month_starts};

// Scenario files: from text to checked values, and their mistakes.
pub use scenario::address::{PathError, Target};
pub use scenario::adversary::Adversary;
pub use scenario::contrast::{Lone, lone};
pub use scenario::describe::{ParameterRow, parameter_rows};
pub use scenario::diagnostic::Mark;
pub use scenario::differences::SettingDifference;
pub use scenario::near_miss::written_right;
pub use scenario::nearest::did_you_mean;
pub use scenario::optimize::{Line, Optimize};
pub use scenario::pairs::Pair;
pub use scenario::parameter::{Kind, Parameter, Scope, TableInfo};
pub use scenario::plan::{Assignment, Distribution, FitRow, Held, LEAST_MASS, Operation, Policy, Stage, Uncertain};
pub use scenario::posterior::{DrawnParameter, UsePosterior};
pub use scenario::registry::{Registry, Slot};
pub use scenario::resolved::{Scenario, Values};
pub use scenario::schema::json_schema;
pub use scenario::source::Source;
pub use scenario::template::minimal;
pub use scenario::visible::visible;
pub use scenario::{BASELINE, Diagnostic, Diagnostics, LoadOptions, Plan, ValueRow, load};

// The rules: an arm of a scenario, one replication, what happened in it.
pub use model::kinds::dependence::{Condition, PARKED_FILES, SHARING, Where, Whose};
pub use model::kinds::fact::{Class, Fact, FactId, FactKind, FactSink, Note, Payload, Value, in_order};
pub use model::kinds::mechanism::{Family, Mechanism};
pub use model::record::{BeliefRecord, DeskRecord, FileRecord, PlotRecord, Replication};
pub use model::replication::{Arm, simulate_with_bystander};
pub use model::state::{
    Channel, CountryId, Ending, FileStatus, Found, MissedChances, MovementId, Pathway, Stage as PlotStage,
};
pub use model::{Overrun, registry, simulate, simulate_each, simulate_together};

// Outcomes: facts to one row of results.
pub use outcome::tables::{Labels, Rows, RunName, monthly_columns, tables};
pub use outcome::{Tally, columns};

// The shape that files, charts and JSON share.
pub use table::{Column, Table};
