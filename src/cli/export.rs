//! `forestall export`: the tables of a finished run in another format.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use forestall_study::{ResultsFolder, TableName, atomic, csv};

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
        let path = folder.table(name);
        if !path.exists() {
            continue;
        }
        let table = folder.read(name)?;
        let target = path.with_extension("csv");
        atomic::write(&target, csv::to_text(&table).as_bytes())?;
        print(&target.display().to_string());
    }
    Ok(Exit::Done)
}
