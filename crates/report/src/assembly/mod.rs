//! What a finished piece of work shows its readers: a run in, charts and the page out; nothing is written here.

mod calibration;
mod comparison;
mod decision;
mod discovery;
mod optimization;
mod replay;
mod response;
mod rivals;
mod robustness;
mod run;
mod score;
mod selection;
mod sensitivity;
mod stings;
mod words;

use crate::chart::ChartError;
use forestall_study::StudyError;

pub use calibration::{calibration_charts, calibration_page, calibration_words};
pub use comparison::{comparison_charts, comparison_page, comparison_tables, comparison_words};
pub use decision::{decision_charts, decision_page, decision_tables, decision_words};
pub use discovery::{discovery_charts, discovery_page, discovery_words};
pub use optimization::{
    front_policies, missed_words, optimization_charts, optimization_page, optimization_words, response_words,
    volume_words,
};
pub use replay::{diverging_page, diverging_words, end_words, told_charts, told_page, told_words};
pub use response::{response_charts, response_of_policies_words, response_page};
pub use rivals::{rival_charts, rival_page, rival_words};
pub use robustness::{robustness_charts, robustness_page, robustness_words};
pub use run::{charts, page, parameter_table, shown_by_name};
pub use score::{score_charts, score_page, score_words};
pub use selection::{selection_charts, selection_page, selection_table, selection_words};
pub use sensitivity::{sensitivity_charts, sensitivity_page, sensitivity_words};
pub use stings::{sting_page, sting_words};
pub use words::{Next, number, variance_words, with_interval};

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
