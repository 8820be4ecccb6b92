//! What is to be optimised: levers, objectives and limits, and how estimates become a standing.

use crate::design::Factor;

use super::dominance::Standing;
use super::error::OptimizationError;

/// One objective.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Goal {
    /// More is better.
    pub maximise: bool,
}

impl Goal {
    /// The value as it is minimised.
    pub fn minimised(self, value: f64) -> f64 {
        if self.maximise { -value } else { value }
    }
}

/// One limit on an outcome.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OutcomeLimit {
    /// The limit is a ceiling; otherwise a floor.
    pub at_most: bool,
    /// The limit.
    pub value: f64,
}

impl OutcomeLimit {
    /// By how much a value misses the limit, as a share of the limit (of 1 where that is 0); at most 0 if it is met.
    pub fn missed_by(self, value: f64) -> f64 {
        let excess = if self.at_most { value - self.value } else { self.value - value };
        excess / if self.value == 0.0 { 1.0 } else { self.value.abs() }
    }
}

/// Levers, objectives and limits; responses of a run come in the order objectives, limits.
#[derive(Clone, Debug)]
pub struct SearchProblem {
    /// The levers.
    pub factors: Vec<Factor>,
    /// Digits after the point that a lever's values keep; `None` keeps all. Empty: all levers keep all.
    pub decimals: Vec<Option<usize>>,
    /// The objectives.
    pub goals: Vec<Goal>,
    /// The limits.
    pub limits: Vec<OutcomeLimit>,
}

/// Fewest and most objectives.
const OBJECTIVES: std::ops::RangeInclusive<usize> = 2..=5;

impl SearchProblem {
    /// Checks that there is something to search.
    pub(super) fn check(&self) -> Result<(), OptimizationError> {
        if self.factors.is_empty() {
            return Err(OptimizationError::request("there is no lever to set"));
        }
        if !OBJECTIVES.contains(&self.goals.len()) {
            return Err(OptimizationError::request(format!(
                "a front needs {} to {} objectives; found {}; make a limit of what is no objective",
                OBJECTIVES.start(),
                OBJECTIVES.end(),
                self.goals.len()
            )));
        }
        Ok(())
    }

    /// The value of a lever at a rank, with as many digits as it keeps, never beyond its range.
    pub fn value(&self, lever: usize, rank: f64) -> f64 {
        let factor = &self.factors[lever];
        let exact = factor.value(rank);
        let Some(decimals) = self.decimals.get(lever).copied().flatten() else { return exact };
        let (low, high) = (factor.value(0.0), factor.value(1.0));
        // The text is the number that a scenario file will hold; it always reads back.
        format!("{exact:.decimals$}").parse().unwrap_or(exact).clamp(low, high)
    }

    /// How many responses a run has.
    pub fn responses(&self) -> usize {
        self.goals.len() + self.limits.len()
    }

    /// How a candidate stands with these estimates of its responses; one that is undefined puts it behind all others.
    pub fn standing(&self, estimates: &[Option<f64>]) -> Standing {
        let (goals, limits) = estimates.split_at(self.goals.len());
        let objectives =
            goals.iter().zip(&self.goals).map(|(e, g)| e.map_or(f64::INFINITY, |v| g.minimised(v))).collect();
        let missed = limits.iter().zip(&self.limits).map(|(e, l)| e.map_or(f64::INFINITY, |v| l.missed_by(v).max(0.0)));
        let undefined = goals.iter().any(Option::is_none);
        let violation = if undefined { f64::INFINITY } else { missed.sum() };
        Standing { objectives, violation }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn estimates_become_standings() {
        let problem = SearchProblem {
            factors: vec![Factor::uniform("x", 0.0, 1.0)],
            decimals: vec![Some(2)],
            goals: vec![Goal { maximise: false }, Goal { maximise: true }],
            limits: vec![OutcomeLimit { at_most: true, value: 10.0 }, OutcomeLimit { at_most: false, value: 0.0 }],
        };
        assert_eq!((problem.value(0, 0.123_456), problem.value(0, 1.0)), (0.12, 1.0));
        let stands = |e: [Option<f64>; 4]| problem.standing(&e);
        let good = stands([Some(1.0), Some(2.0), Some(10.0), Some(0.0)]);
        assert_eq!((good.objectives.as_slice(), good.violation), ([1.0, -2.0].as_slice(), 0.0));
        assert_eq!(stands([Some(1.0), Some(2.0), Some(15.0), Some(-2.0)]).violation, 2.5);
        assert!(stands([Some(1.0), None, Some(1.0), Some(1.0)]).violation.is_infinite());
        assert!(stands([Some(1.0), Some(1.0), None, Some(1.0)]).violation.is_infinite());
    }
}
