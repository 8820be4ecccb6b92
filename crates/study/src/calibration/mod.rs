//! Calibration: which values of the uncertain parameters agree with facts, by approximate Bayesian computation.
//!
//! [`Targets`] are facts with intervals; [`distance()`] says how far a simulation stands from them; [`fit()`] moves a
//! population of points towards a small distance (ABC-SMC); [`posterior`] says what was learnt about each
//! parameter. The simulation is a closure, so that toy cases and scenarios go through the same code. Before it,
//! [`screen()`] leaves out parameters that the distance does not hang on.

mod distance;
mod error;
mod kernel;
mod logit;
pub(crate) mod posterior;
mod prior;
mod regression;
mod ridge;
mod rivals;
mod screening;
mod smc;
mod state;
mod summary;
mod targets;
mod truths;

pub use distance::Combine;
pub(crate) use distance::distance;
pub use error::CalibrationError;
pub use posterior::{ParameterRow, PatternRow, Ridge};
pub(crate) use posterior::{parameters, patterns, resample, ridges};
pub use prior::factors;
pub(crate) use regression::{Reference, near_points, particles};
pub use rivals::{KnownModels, Weighed};
pub(crate) use rivals::{Table as RivalTable, weigh};
pub use screening::Screened;
pub(crate) use screening::screen;
pub(crate) use smc::{Answer, Evaluation, FitPoint, FitSettings, fit, prior_point};
pub use state::{FitEnd, FitGeneration, Particle, State};
pub(crate) use summary::standings;
pub(crate) use targets::Target;
pub use targets::Targets;
pub(crate) use truths::truths;
pub use truths::{TruthRow, Truths};

#[cfg(test)]
mod regression_tests;
#[cfg(test)]
mod rivals_tests;
#[cfg(test)]
mod toy_tests;
