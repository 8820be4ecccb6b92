//! What a finished piece of work shows its readers: a run in, charts and the page out; nothing is written here.

mod calibration;
mod optimization;
mod run;
mod words;

use crate::chart::ChartError;
use forestall_study::StudyError;

pub use calibration::calibration_charts;
pub use optimization::{front_policies, optimization_charts, reference_words};
pub use run::{charts, page, shown_by_name};
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
