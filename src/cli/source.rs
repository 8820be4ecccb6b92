//! Scenario files and tables that the user names, read for the subcommands.

use std::path::Path;

use forestall_model::model::registry;
use forestall_model::scenario::{LoadOptions, Plan, load};
use forestall_model::table::Table;
use forestall_study::results::outside;

use super::outcome::Failure;

/// Loads a scenario file.
pub fn plan(path: &Path, options: &LoadOptions) -> Result<Plan, Failure> {
    let read = |name: &str| std::fs::read_to_string(name).map_err(|error| error.to_string());
    Ok(load(&registry(), &path.to_string_lossy(), &read, options)?)
}

/// Reads a table that the user names; one that is not there is a mistake in the call.
pub fn table(path: &Path, names: Option<&[String]>) -> Result<Table, Failure> {
    if !path.exists() {
        return Err(Failure::usage(format!("there is no file {}; check the spelling of the path", path.display())));
    }
    Ok(outside::read(path, names)?)
}
