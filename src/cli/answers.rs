//! What commands say and write, for a caller that has done their work through the library: the same words, the same JSON.

pub use super::calibrate::{
    generation_line, json as calibration_json, text as calibration_text, write_page as write_calibration_page,
};
pub use super::check::Checked;
pub use super::compare::{json as comparison_json, text as comparison_text};
pub use super::decide::{json as decision_json, text as decision_text};
pub use super::explore::ExplorePage;
pub use super::folder::publish;
pub use super::memory::{size as memory_size, too_little as too_little_memory};
pub use super::options::{date, flags, git_commit};
pub use super::progress::ProgressLine;
pub use super::run::goal as precision_goal;
pub use super::run_words::{
    NO_ALTERNATIVES, NOT_PRECISE, extended as extended_words, failed as failed_words, few as few_words, few_found,
    rejected as rejected_words, summary, table_json, verdict,
};
pub use super::sensitivity::{json as sensitivity_json, text as sensitivity_text, verdict as sensitivity_verdict};
pub use super::threads::within as threads_within;
