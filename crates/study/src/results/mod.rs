//! The results folder: every path, the manifest, and the tables on disk.
//!
//! A run writes finished replications as parts ([`checkpoint::Store`]), each whole or absent, and at the
//! end merges them into `results/*.parquet` in one fixed order. Killed at any moment it loses
//! at most the batch in hand, and the merged bytes do not depend on how the parts were cut.

pub mod atomic;
pub(crate) mod beside;
pub(crate) mod bounded;
pub(crate) mod checkpoint;
pub mod csv;
pub(crate) mod error;
pub(crate) mod failures;
pub(crate) mod folder;
pub(crate) mod lock;
pub(crate) mod manifest;
mod merge;
pub mod outside;
pub mod parquet_file;
mod part;
mod program;
mod publish;
mod run_key;
pub(crate) mod sealed;
pub mod spreadsheet;
pub(crate) mod sweep_folder;

pub use atomic::WROTE;
pub use bounded::READ;
pub use checkpoint::{Batch, RejectedPart, Store};
pub use error::ResultsError;
pub(crate) use failures::Failure;
pub(crate) use folder::folder_name;
pub use folder::{ResultsFolder, TableName};
pub(crate) use manifest::run_hash;
pub use manifest::{Manifest, Provenance};
pub(crate) use manifest::{Replications, Status};
pub use run_key::RunKey;
pub(crate) use run_key::RunSet;
pub use sweep_folder::SweepFolder;

/// Version of the meaning of `results/*`; raised whenever the same scenario and seed give other rows. A test holds it
/// against the golden results; what a forgotten rise would let through, the digest of what the program computes stops.
pub const RESULTS_VERSION: u32 = 4;

/// What this program computes, as a digest: every part, plan and manifest names it.
pub(crate) fn program_digest() -> &'static str {
    program::digest()
}
