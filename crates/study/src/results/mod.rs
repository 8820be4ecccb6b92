//! The results folder: every path, the manifest, and the tables on disk.
//!
//! A run writes finished replications as parts ([`checkpoint::Store`]), each whole or absent, and at the
//! end merges them into `results/*.parquet` in one fixed order. Killed at any moment it loses
//! at most the batch in hand, and the merged bytes do not depend on how the parts were cut.

pub mod atomic;
pub mod checkpoint;
pub mod csv;
pub mod error;
pub mod failures;
pub mod folder;
pub mod lock;
pub mod manifest;
mod merge;
pub mod outside;
pub mod parquet_file;
mod part;
mod publish;
mod run_key;
pub mod sweep_folder;
pub use forestall_model::table;

pub use checkpoint::{Batch, FinishedTable, RejectedPart, Store};
pub use error::ResultsError;
pub use failures::Failure;
pub use folder::{ResultsFolder, TableName};
pub use manifest::{Manifest, Replications, Status, run_hash};
pub use run_key::{RunKey, RunSet};
pub use sweep_folder::SweepFolder;
pub use table::{Column, Table};

/// Version of the meaning of `results/*`; raised whenever the same scenario and seed give other rows.
pub const RESULTS_VERSION: u32 = 1;
