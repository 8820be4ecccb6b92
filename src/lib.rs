//! forestall: which security policy prevents how many attack plots, at what price?
//!
//! The crate simulates whole countries person by person and compares policies
//! by paired Monte Carlo. Data flows one way through the rooms below.

pub mod cli;

pub use forestall_model::{engine, model, outcome, parameters, scenario, table};
pub use forestall_report::{chart, report};
pub use forestall_study::{
    analysis, calibration, cluster, design, montecarlo, optimization, replay, results, stats, study, verification,
};
