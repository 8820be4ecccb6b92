//! forestall: which security policy prevents how many attack plots, at what cost?
//!
//! Simulates whole countries person by person and compares policies on common random numbers. This crate is the front
//! door: [`Study`] opens a scenario and runs it, [`Run`] is what a run leaves; [`charts`] and [`page`] show it.
//!
//! ```
//! use forestall::{Monitor, Overrides, RunRequest, Study};
//!
//! let file = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios/quickstart.toml");
//! let overrides = Overrides { replications: Some(2), until: Some("2015-03-31".parse()?), ..Overrides::default() };
//! let study = Study::open(file, overrides)?;
//! let run = study.run(&RunRequest::default(), &Monitor::none())?.run;
//! for row in 0..run.replications().rows() {
//!     let policy = &run.replications().texts("arm").ok_or("no policy")?[row];
//!     let attacks = run.replications().column("attacks_completed").and_then(|c| c.number(row));
//!     println!("{policy}: {attacks:?}");
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The crates behind it: `forestall_model` (engine, scenario, rules, one row of results), `forestall_study` (many runs,
//! statistics, analyses, results on disk) and `forestall_report` (charts and page).

#![cfg_attr(not(test), deny(clippy::print_stdout, clippy::print_stderr))]

pub mod cli;

pub use forestall_report::assembly::{charts, page};
pub use forestall_study::{
    Calibration, CalibrationEnd, CalibrationEvent, CalibrationOutcome, CalibrationRequest, Compared, DecideRequest,
    Decided, FitMethod, Monitor, OptimizeEnd, OptimizeEvent, OptimizeRequest, Optimized, Overrides, PrecisionGoal,
    Progress, Provenance, Replay, Replayed, Run, RunEnd, RunEvent, RunPolicy, RunRequest, ScoreRequest, Scored,
    SelectRequest, Selected, Stop, Study, StudyError, Sweep, SweepDesign, TableName, UsePosterior, VerifyRequest,
    compare, compare_runs, decide, discover, robust, score, sensitivity, verify,
};
