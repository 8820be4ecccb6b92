//! Reads scenario files from disk for the scenario room, which knows no file system.

use std::path::Path;

use crate::model::registry;
use crate::scenario::{LoadOptions, Plan, load};

use super::outcome::Failure;

/// Loads a scenario file.
pub fn plan(path: &Path, options: &LoadOptions) -> Result<Plan, Failure> {
    let read = |name: &str| std::fs::read_to_string(name).map_err(|error| error.to_string());
    Ok(load(&registry(), &path.to_string_lossy(), &read, options)?)
}
