//! The integration tests, one binary.

mod architecture;
mod closed_form;
mod determinism;
mod docs;
mod neutral;
mod worlds;
