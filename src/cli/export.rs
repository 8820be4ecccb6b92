//! `forestall export`: the tables of a finished run in another format.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use forestall_study::{ResultsFolder, TableName};

use super::options::Common;
use super::outcome::{Exit, Failure};
use super::terminal::print;

/// Formats.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Comma-separated values, beside the Parquet files
    Csv,
}

/// What `export` takes.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The folder of a run
    #[arg(value_name = "RUN")]
    run: PathBuf,
    /// Which format
    #[arg(long, value_enum, default_value = "csv")]
    to: Format,
}

/// Writes every table of the run.
pub fn run(arguments: &Arguments, _common: &Common) -> Result<Exit, Failure> {
    let Format::Csv = arguments.to;
    let folder = ResultsFolder::open(&arguments.run)?;
    for name in TableName::ALL {
        if let Some(path) = folder.export_csv(name)? {
            print(&path.display().to_string());
        }
    }
    Ok(Exit::Done)
}
