//! Verification: closed forms of queueing and branching theory, checked against the model as it is run.
//!
//! A [`Case`] turns values of its keys into the text of a scenario. The text goes the way of every scenario:
//! reader, model, outcome columns, Monte Carlo. Beside it stands what theory says of the same values, from
//! [`terror_queue`], [`birth_death`] and [`branching`], which know nothing of the model. [`check`] compares the
//! two and says how small an error in a rate it could have seen.

pub(crate) mod birth_death;
pub(crate) mod branching;
mod case;
mod cases;
mod chain;
mod error;
mod judge;
mod measure;
mod run;
mod sequential;
pub(crate) mod terror_queue;

pub use case::{Case, Values};
pub use cases::CASES;
pub use error::VerificationError;
pub use judge::{FAMILY_ERROR, Finding, SMALLEST_ELASTICITY, comparisons, judge};
pub use run::{CaseReport, Effort, check, scenario, simulate};

/// The case called `name`.
///
/// # Errors
/// [`VerificationError::UnknownCase`], with the nearest known name.
pub fn case(name: &str) -> Result<&'static Case, VerificationError> {
    CASES.iter().copied().find(|c| c.name == name).ok_or_else(|| VerificationError::unknown_case(name))
}
