//! The tables of a merged sweep as input of an analysis.

use std::path::{Path, PathBuf};

use clap::Args;

use forestall_study::cluster::{Outcomes, outcomes};

use super::outcome::Failure;
use super::sweep;
use super::sweep_work::read_plan;

/// The outcome that is looked at where none is named.
pub const OUTCOME: &str = "attacks_completed";

/// Flags that choose a sweep's rows.
#[derive(Clone, Debug, Args)]
pub struct SweepInput {
    /// The folder of a merged sweep, in place of outside tables
    #[arg(value_name = "RUN")]
    pub run: Option<PathBuf>,
}

/// Reads outcomes of a merged sweep.
pub fn read(path: &Path, wanted: &[&str]) -> Result<Outcomes, Failure> {
    Ok(outcomes(&sweep::folder(path)?, wanted)?)
}

/// A flag that outside tables need and a sweep does not.
pub fn needed<'a, T>(value: Option<&'a T>, flag: &str) -> Result<&'a T, Failure> {
    value.ok_or_else(|| Failure::usage(format!("{flag} is missing; give it, or the folder of a merged sweep as RUN")))
}

/// Names of a sweep's factors.
pub fn factors(path: &Path) -> Result<Vec<String>, Failure> {
    Ok(read_plan(&sweep::folder(path)?)?.design.parameters)
}
