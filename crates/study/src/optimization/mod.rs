//! Optimization: which settings of the levers are best for several objectives at once, when each is seen through noise.
//!
//! [`search()`] moves a population by NSGA-II (Deb, Pratap, Agarwal and Meyarivan 2002) and looks at survivors again on
//! fresh replications, so that none lives on by luck; [`judge()`] decides on replications that no search has used.
//! The simulation is a closure, so that test problems and scenarios go through the same code.

mod belief;
mod crowding;
mod dominance;
mod error;
mod hypervolume;
mod matrix_game;
mod noise;
mod problem;
mod response;
mod search;
mod variation;
mod verdict;

pub use error::OptimizationError;
pub use matrix_game::MatrixGame;
pub(crate) use matrix_game::solve as solve_game;
pub use noise::{ResponsePart, RunResponse};
pub use problem::{Goal, OutcomeLimit, SearchProblem};
pub use response::BestResponse;
pub(crate) use response::{ResponseSettings, best_response, check_response};
pub(crate) use search::{Ask, Outcome, Proposal, SearchSettings, check_search, search};
pub use search::{Candidate, Found, SearchGeneration};
pub use verdict::{FrontStatus, Judged, Met, Volume, Volumes};
pub(crate) use verdict::{estimate, judge, volumes};

#[cfg(test)]
mod benchmark_tests;
#[cfg(test)]
mod luck_tests;
