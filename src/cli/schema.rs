//! `forestall schema`: the JSON Schema of the scenario file.

use anyhow::Context;

use forestall_model::registry;

use super::outcome::{Exit, Failure};
use super::terminal::print;

/// Prints the schema.
pub fn run() -> Result<Exit, Failure> {
    let schema = forestall_model::json_schema(&registry());
    print(&serde_json::to_string_pretty(&schema).context("cannot write the schema")?);
    Ok(Exit::Done)
}
