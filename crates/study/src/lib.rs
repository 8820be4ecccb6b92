//! Studies of the model: open a scenario, run it, compare policies, and ask further questions.
//!
//! ```
//! use forestall_study::{Monitor, Overrides, RunRequest, Study};
//!
//! // A scenario file, cut down to four replications of three months.
//! let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../scenarios/quickstart.toml");
//! let overrides = Overrides { replications: Some(4), until: Some("2015-03-31".parse()?), ..Overrides::default() };
//! let study = Study::open(file, overrides)?;
//! let policies: Vec<&str> = study.policies().collect();
//!
//! // The baseline and every policy, in memory: all on the same random numbers.
//! let run = study.run(&RunRequest::default(), &Monitor::none())?.run;
//!
//! // One row a replication and policy.
//! let rows = run.replications();
//! assert_eq!(rows.rows(), 4 * (1 + policies.len()));
//! let attacks = rows.numbers_where("attacks_completed", |_| true);
//! assert_eq!(attacks.len(), rows.rows());
//!
//! // One row a policy and outcome: the paired difference from the baseline with its interval.
//! let comparisons = run.comparisons()?;
//! let label = comparisons.texts("label").ok_or("no label")?;
//! let low = comparisons.column("ci_low").ok_or("no interval")?;
//! println!("{}: from {:?}", label[0], low.number(0));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! With [`RunRequest::folder`] the same run is kept on disk, goes on where it was stopped, and is opened again by
//! [`Run::open`]. [`Study::sweep`], [`Study::select`], [`Study::calibrate`] and [`Study::optimize`] are asked in the same
//! way: a request, a [`Monitor`] that watches and cancels, an answer, and one error type an area. Work is done on the
//! threads of the [`rayon`] pool in which a call is made. Nothing here prints, exits or reads the command line.
//!
//! What is behind the door, for the other crates of the house and for its tests, is in [`rooms`].

#![cfg_attr(not(test), deny(clippy::print_stdout, clippy::print_stderr))]
#![warn(unreachable_pub)]

mod analysis;
mod calibration;
mod cluster;
mod design;
#[cfg(any(test, feature = "fuzz"))]
pub mod fuzzing;
mod montecarlo;
mod optimization;
mod replay;
mod results;
pub mod rooms;
mod stats;
mod study;
mod verification;

pub use forestall_model::UsePosterior;

pub use analysis::{
    AcceptabilityPoint, AnalysisError, Better, CaseAxis, Cases, Decision, Discovery, Estimate, Group, InformationRow,
    Leaf, Limit, OptionRow, PlainRow, PlainSummary, PolicyRow, Portfolio, PrimOptions, ROBUSTNESS_COLUMNS, Region,
    Resampling, Robustness, RobustnessOptions, Sample, ScoreKind, ScoreRow, ScoreSummary, Sensitivity, Step,
    StudyDesign, StudyRow, TippingPoint, Tornado, TornadoEnd, TornadoRow,
};
pub use calibration::{
    CalibrationError, Combine, FitEnd, FitGeneration, KnownModels, ParameterRow, Particle, PatternRow, Ridge, Screened,
    State, TruthRow, Truths, Weighed,
};
pub use cluster::{
    ClusterError, Merged, Outcomes, Shard, SweepEstimate, SweepPlan, SweepRequest, SweepStatus, TABLES, Worked,
    scheduler, slurm,
};
pub use design::{Design, DesignError, DesignRequest, Factor, Method, Problem, Sidecar};
pub use montecarlo::{MonteCarloError, Progress, Split, Stop};
pub use optimization::{
    BestResponse, Candidate, Found, FrontStatus, Goal, Judged, MatrixGame, Met, OptimizationError, OutcomeLimit,
    ResponsePart, RunResponse, SearchGeneration, SearchProblem, Volume, Volumes,
};
pub use replay::narrative;
pub use replay::sting_counts::Counts;
pub use results::{
    Batch, Manifest, READ, RejectedPart, ResultsError, ResultsFolder, TableName, WROTE, atomic, csv, parquet_file,
    spreadsheet,
};
pub use stats::{Interval, Precision, TwoLevel};
pub use study::*;
pub use verification::{Case, CaseReport, FAMILY_ERROR, Finding, SMALLEST_ELASTICITY, VerificationError, comparisons};
