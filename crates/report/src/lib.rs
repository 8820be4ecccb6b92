//! What a reader sees: tables to charts, charts to a page.

#![cfg_attr(not(test), deny(clippy::print_stdout, clippy::print_stderr))]

pub mod assembly;
pub mod chart;
mod report;
