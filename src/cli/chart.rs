//! `forestall chart`: redraws the charts of a finished run.

use std::path::PathBuf;

use clap::Args;

use forestall_study::Run;

use super::folder;
use super::options::Common;
use super::outcome::{Exit, Failure};
use super::terminal::print;

/// What `chart` takes.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The folder of a run
    #[arg(value_name = "RUN")]
    run: PathBuf,
    /// Draw the forest plot and the distribution of these outcomes too
    #[arg(long, value_name = "COLUMN", value_delimiter = ',')]
    outcomes: Vec<String>,
}

/// Redraws.
pub fn run(arguments: &Arguments, common: &Common) -> Result<Exit, Failure> {
    let run = Run::open(&arguments.run)?;
    let (_, paths) = folder::draw(&run, &arguments.outcomes)?;
    folder::say_names(&run, common);
    for path in paths {
        print(&path.display().to_string());
    }
    Ok(Exit::Done)
}
