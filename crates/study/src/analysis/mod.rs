//! Analyses of designs and tables: sensitivity, scenario discovery, robustness; scores of forecasts; the selection of the
//! best, and what it is worth to know more.
//!
//! A [`Response`] is tied to a [`Design`](crate::design::Design) and refused where it does not belong to it.
//! Intervals come from resampling whole blocks of the design. Undefined is `None`, never 0.

mod bootstrap;
mod cart;
mod cases;
pub(crate) mod decision;
mod delta;
mod error;
mod estimate;
mod given_data;
#[cfg(test)]
mod given_data_tests;
mod morris;
mod pawn;
mod prcc;
#[cfg(test)]
mod prcc_tests;
mod predicate;
mod prim;
mod regions;
mod response;
mod robust;
pub(crate) mod score;
pub(crate) mod selection;
mod sensitivity;
mod sobol;
mod tornado;

pub use bootstrap::Resampling;
pub use cart::{CartOptions, Leaf, cart};
pub use cases::{CaseAxis, Cases};
pub use decision::{
    AcceptabilityPoint, Decision, Group, InformationRow, OptionRow, Portfolio, StudyDesign, StudyRow, TippingPoint,
};
pub use delta::delta;
pub use error::AnalysisError;
pub use estimate::Estimate;
pub use morris::morris;
pub use pawn::pawn;
pub use prcc::prcc;
pub use predicate::Predicate;
pub use prim::{Discovery, PrimOptions, Step, discover};
pub use regions::{Limit, Region, Sample};
pub use response::Response;
pub(crate) use robust::robust;
pub use robust::{Better, COLUMNS as ROBUSTNESS_COLUMNS, PolicyRow, Robustness, RobustnessOptions};
pub use score::{PlainRow, PlainSummary, ScoreKind, ScoreRow, ScoreSummary};
pub use sensitivity::Sensitivity;
pub use sobol::sobol;
pub use tornado::{Tornado, TornadoEnd, TornadoRow};
