//! Outcomes: facts are counted into one row a replication and arm, and into months, countries and plots.
//!
//! [`mod@columns`] is the only list of result columns; [`tally`] counts facts; [`mod@tables`] writes rows.

pub mod columns;
pub(crate) mod tables;
pub(crate) mod tally;

pub use columns::columns;
pub use tally::Tally;
