//! Calibration: which values of the uncertain parameters agree with facts, by approximate Bayesian computation.
//!
//! [`Targets`] are facts with intervals; [`distance()`] says how far a simulation stands from them; [`fit()`] moves a
//! population of points towards a small distance (ABC-SMC); [`posterior`] says what was learnt about each
//! parameter. The simulation is a closure, so that toy cases and scenarios go through the same code. Before it,
//! [`screen()`] leaves out parameters that the distance does not hang on.

mod distance;
mod error;
mod kernel;
pub mod posterior;
mod prior;
mod screening;
mod smc;
mod state;
mod targets;

pub use distance::{Combine, distance};
pub use error::CalibrationError;
pub use posterior::{ParameterRow, PatternRow, Ridge, parameters, patterns, resample, ridges};
pub use prior::factors;
pub use screening::{Screened, screen};
pub use smc::{Answer, Evaluation, FitPoint, FitSettings, fit};
pub use state::{End, FitGeneration, Particle, State};
pub use targets::{Target, Targets};

#[cfg(test)]
mod toy_tests;
