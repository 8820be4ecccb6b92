//! The model of forestall: the engine, the scenario file, the rules, and the row of results of one replication.

#![deny(clippy::wildcard_enum_match_arm)]

pub mod engine;
pub mod model;
pub mod outcome;
pub mod scenario;
pub mod table;
