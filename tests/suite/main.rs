//! The integration tests, one binary.

mod architecture;
mod cli;
mod closed_form;
mod determinism;
mod golden;
mod mechanisms;
mod neutral;
mod worlds;
