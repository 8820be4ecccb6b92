//! What a finished piece of work shows its readers: a run in, charts and the page out; nothing is written here.

mod calibration;
mod decision;
mod optimization;
mod run;
mod score;
mod words;

use crate::chart::ChartError;
use forestall_study::StudyError;

pub use calibration::calibration_charts;
pub use decision::{decision_charts, decision_page, decision_tables, decision_words};
pub use optimization::{front_policies, optimization_charts, reference_words};
pub use run::{charts, page, shown_by_name};
pub use score::{score_charts, score_page, score_words};
pub use words::{number, variance_words};

/// Why charts or page could not be made.
#[derive(Debug, thiserror::Error)]
pub enum AssemblyError {
    /// A chart could not be drawn.
    #[error(transparent)]
    Chart(#[from] ChartError),
    /// The run could not be read.
    #[error(transparent)]
    Study(#[from] StudyError),
}
