//! forestall: which security policy prevents how many attack plots, at what price?
//!
//! The crate simulates whole countries person by person and compares policies
//! by paired Monte Carlo. Data flows one way through the rooms below.

pub mod analysis;
pub mod calibration;
pub mod chart;
pub mod cli;
pub mod cluster;
pub mod design;
pub mod engine;
pub mod model;
pub mod montecarlo;
pub mod optimization;
pub mod outcome;
pub mod replay;
pub mod report;
pub mod results;
pub mod scenario;
pub mod stats;
pub mod table;
pub mod verification;
