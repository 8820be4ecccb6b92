//! What a reader sees: tables to charts, charts to a page.

pub mod assembly;
pub mod chart;
mod report;
