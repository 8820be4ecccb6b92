//! `forestall report`: rewrites the report of a finished run.

use std::path::PathBuf;

use clap::Args;

use forestall_study::Run;

use super::folder;
use super::options::Common;
use super::outcome::{Exit, Failure};
use super::terminal::print;

/// What `report` takes.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The folder of a run
    #[arg(value_name = "RUN")]
    run: PathBuf,
}

/// Rewrites the report.
pub fn run(arguments: &Arguments, common: &Common) -> Result<Exit, Failure> {
    let run = Run::open(&arguments.run)?;
    let page = folder::publish(&run)?;
    folder::say_names(&run, common);
    print(&page.display().to_string());
    Ok(Exit::Done)
}
