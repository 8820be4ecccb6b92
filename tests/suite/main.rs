//! The integration tests, one binary.

mod architecture;
mod closed_form;
mod determinism;
mod mechanisms;
mod neutral;
mod shipped_scenarios;
mod worlds;
