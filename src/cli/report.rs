//! `forestall report`: rewrites the report of a finished run.

use std::path::PathBuf;

use clap::Args;

use super::options::Common;
use super::outcome::{Exit, Failure, print};
use super::publish;

/// What `report` takes.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The folder of a run
    #[arg(value_name = "RUN")]
    run: PathBuf,
}

/// Rewrites the report.
pub fn run(arguments: &Arguments, _common: &Common) -> Result<Exit, Failure> {
    let saved = publish::Saved::open(&arguments.run)?;
    let (charts, _) = publish::draw(&saved, &[])?;
    print(&publish::report(&saved, &charts)?.display().to_string());
    Ok(Exit::Done)
}
