//! The results folder: every path, the manifest, and the tables on disk.

pub mod table;
