//! How far a fit has come: all that is needed to go on with it.

use serde::{Deserialize, Serialize};

/// One accepted point.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Particle {
    /// Its number among the points of its generation.
    pub number: u64,
    /// Where it lies, as ranks under the prior, one a parameter, from 0 to 1.
    pub ranks: Vec<f64>,
    /// Its weight; the weights of a finished generation sum to 1.
    pub weight: f64,
    /// Its distance from the targets.
    pub distance: f64,
    /// The simulated patterns; `None` where undefined.
    pub summaries: Vec<Option<f64>>,
}

/// A finished generation in numbers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FitGeneration {
    /// Number from 0.
    pub number: u32,
    /// Largest distance that was accepted; `None` in the first, which accepts all.
    pub tolerance: Option<f64>,
    /// Points tried until the last accepted one.
    pub tried: u64,
    /// Of these, points that gave no distance.
    pub failed: u64,
    /// Points accepted.
    pub accepted: u64,
    /// Effective sample size of the weights, (Σw)² ÷ Σw².
    pub effective: f64,
    /// Median distance of the accepted points.
    pub median_distance: f64,
    /// Estimate of the prior's mass within the tolerance: the chance that a point of the prior is accepted.
    ///
    /// Fits of rival models to the same facts at one tolerance compare by it.
    pub evidence: f64,
}

impl FitGeneration {
    /// Accepted over tried.
    pub fn acceptance(&self) -> f64 {
        self.accepted as f64 / self.tried as f64
    }
}

/// Why a fit ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum FitEnd {
    /// The tolerance asked for was reached.
    Reached,
    /// Too few points are accepted to go on.
    Stalled {
        /// The tolerance at which acceptance stalled.
        tolerance: f64,
        /// Points tried there.
        tried: u64,
        /// Points accepted there.
        accepted: u64,
    },
    /// The tolerance hardly falls any more.
    Settled {
        /// The last tolerance.
        tolerance: f64,
    },
    /// As many points as allowed were tried.
    Spent,
    /// A table of points from the prior was adjusted to the facts by regression.
    Adjusted {
        /// Points in the table.
        points: u64,
        /// Points near the facts.
        near: u64,
        /// Parameters of which the patterns tell.
        telling: u64,
    },
}

impl FitEnd {
    /// The end in one sentence.
    pub fn words(&self) -> String {
        match self {
            Self::Reached => "reached: every accepted point is within the tolerance asked for".into(),
            Self::Stalled { tolerance, tried, accepted } => format!(
                "stalled: at tolerance {tolerance:.3} only {accepted} of {tried} points were accepted; the posterior is \
                 that of the generation before"
            ),
            Self::Settled { tolerance } => format!(
                "settled: the tolerance stands at {tolerance:.3} and hardly falls; the facts left outside cannot be \
                 met together under this prior"
            ),
            Self::Adjusted { points, near, telling } => format!(
                "adjusted: of {points} points of the prior the {near} nearest ones, by regression; the patterns tell of \
                 {telling} parameters"
            ),
            Self::Spent => "spent: as many points as allowed were tried; raise --simulations to go on".into(),
        }
    }
}

/// The whole state of a fit.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct State {
    /// Finished generations in numbers.
    pub generations: Vec<FitGeneration>,
    /// The particles of the last finished generation.
    pub particles: Vec<Particle>,
    /// Points accepted so far in the generation under way.
    pub accepted: Vec<Particle>,
    /// Points tried so far in the generation under way.
    pub tried: u64,
    /// Of these, points that gave no distance.
    pub failed: u64,
    /// The reason of the first point that gave no distance.
    pub first_failure: Option<String>,
    /// Largest distance accepted in the generation under way; `None` accepts all.
    pub tolerance: Option<f64>,
    /// Why the fit ended; `None` while it can go on.
    pub end: Option<FitEnd>,
}

impl State {
    /// Points tried in finished generations.
    pub fn tried_before(&self) -> u64 {
        self.generations.iter().map(|g| g.tried).sum()
    }

    /// Points tried in all.
    pub fn tried_in_all(&self) -> u64 {
        self.tried_before() + self.tried
    }
}
