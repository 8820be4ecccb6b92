//! Estimates from few noisy replications, by a control variate: what the reference arm did on the same draws.
//!
//! Candidates have had different numbers of replications. The reference has had all of them, so it tells whether those
//! of a candidate were easy or hard: the candidate's mean is moved by λ times the difference between the reference's
//! mean over all replications and over the candidate's own. λ is the regression within candidates, pooled over them, at
//! least 0 and at most 1. Where candidates have the same replications it moves all alike and decides nothing.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// One outcome of one replication as a ratio; a plain outcome has the bottom 1.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ResponsePart(
    /// Numerator.
    pub f64,
    /// Denominator.
    pub f64,
);

/// All outcomes of one replication; `None` where undefined.
pub type RunResponse = Vec<Option<ResponsePart>>;

/// The replications of one candidate by number.
pub(super) type Runs = BTreeMap<u64, RunResponse>;

/// Estimates of the candidates of one pool.
pub(super) struct Estimator<'a> {
    reference: &'a Runs,
    /// For each response: λ of numerator and denominator, and the reference's means over all replications.
    controls: Vec<[Control; 2]>,
}

#[derive(Clone, Copy, Default)]
struct Control {
    lambda: f64,
    mean: f64,
}

fn side(part: ResponsePart, which: usize) -> f64 {
    if which == 0 { part.0 } else { part.1 }
}

/// A candidate's numerators or denominators beside the reference's, where both are defined.
fn pairs(runs: &Runs, reference: &Runs, response: usize, which: usize) -> Vec<(f64, f64)> {
    runs.iter()
        .filter_map(|(number, own)| {
            let other = reference.get(number)?.get(response).copied().flatten()?;
            Some((side(own.get(response).copied().flatten()?, which), side(other, which)))
        })
        .collect()
}

fn means(pairs: &[(f64, f64)]) -> (f64, f64) {
    let n = pairs.len().max(1) as f64;
    let sums = pairs.iter().fold((0.0, 0.0), |s, p| (s.0 + p.0, s.1 + p.1));
    (sums.0 / n, sums.1 / n)
}

impl<'a> Estimator<'a> {
    /// Estimates for the candidates of `pool`, each with so many `responses`.
    pub(super) fn new<'p>(
        reference: &'a Runs,
        pool: &(impl Iterator<Item = &'p Runs> + Clone),
        responses: usize,
    ) -> Self {
        let control = |response: usize, which: usize| {
            let (mut products, mut squares) = (0.0, 0.0);
            for runs in pool.clone() {
                let pairs = pairs(runs, reference, response, which);
                let (own, other) = means(&pairs);
                for (y, x) in pairs {
                    products += (y - own) * (x - other);
                    squares += (x - other) * (x - other);
                }
            }
            let lambda = if squares > 0.0 { (products / squares).clamp(0.0, 1.0) } else { 0.0 };
            let all: Vec<(f64, f64)> = pairs(reference, reference, response, which);
            Control { lambda, mean: means(&all).0 }
        };
        let controls = (0..responses).map(|r| [control(r, 0), control(r, 1)]).collect();
        Self { reference, controls }
    }

    /// Sum of squares of a candidate's replications around its mean, what the reference explains taken out, and how many
    /// replications there are; `None` for ratios and where the response is undefined.
    pub(super) fn scatter(&self, runs: &Runs, response: usize) -> Option<(f64, usize)> {
        let lambda = self.controls[response][0].lambda;
        let cleared = |(number, own): (&u64, &RunResponse)| {
            let part = own.get(response).copied().flatten()?;
            let other = self.reference.get(number).and_then(|r| r.get(response).copied().flatten());
            Some((part.1 == 1.0).then_some(part.0 - lambda * other.map_or(0.0, |o| o.0)))
        };
        let values: Vec<f64> = runs.iter().filter_map(cleared).collect::<Option<_>>()?;
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        (!values.is_empty()).then(|| (values.iter().map(|v| (v - mean) * (v - mean)).sum(), values.len()))
    }

    /// What the reference itself comes to over all its replications.
    pub(super) fn reference(&self) -> Vec<Option<f64>> {
        self.estimates(self.reference)
    }

    /// The estimate of each response of a candidate; `None` where it is undefined in every replication.
    pub(super) fn estimates(&self, runs: &Runs) -> Vec<Option<f64>> {
        (0..self.controls.len()).map(|response| self.estimate(runs, response)).collect()
    }

    /// The estimate of one response.
    pub(super) fn estimate(&self, runs: &Runs, response: usize) -> Option<f64> {
        let own: Vec<ResponsePart> = runs.values().filter_map(|r| r.get(response).copied().flatten()).collect();
        if own.is_empty() {
            return None;
        }
        let moved = |which: usize| {
            let mean = own.iter().map(|p| side(*p, which)).sum::<f64>() / own.len() as f64;
            let control = self.controls[response][which];
            let pairs = pairs(runs, self.reference, response, which);
            if pairs.is_empty() { mean } else { mean - control.lambda * (means(&pairs).1 - control.mean) }
        };
        let value = moved(0) / moved(1);
        value.is_finite().then_some(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::variance;

    fn runs(values: impl Iterator<Item = (u64, f64)>) -> Runs {
        values.map(|(number, value)| (number, vec![Some(ResponsePart(value, 1.0))])).collect()
    }

    #[test]
    fn equal_replications_leave_the_plain_mean_and_undefined_stays_so() {
        let reference = runs([(0, 1.0), (1, 3.0)].into_iter());
        let own = runs([(0, 2.0), (1, 4.0)].into_iter());
        let estimator = Estimator::new(&reference, &[&own].into_iter(), 1);
        assert_eq!(estimator.estimates(&own), [Some(3.0)]);
        let none: Runs = [(0, vec![None])].into();
        assert_eq!(estimator.estimates(&none), [None]);
        let ratio: Runs = [(0, vec![Some(ResponsePart(1.0, 4.0))]), (1, vec![Some(ResponsePart(2.0, 2.0))])].into();
        assert_eq!(Estimator::new(&Runs::new(), &[&ratio].into_iter(), 1).estimates(&ratio), [Some(0.5)]);
    }

    #[test]
    fn a_hard_replication_is_allowed_for() {
        // What the candidate does is what the reference does plus 10; its own replications are the hard ones.
        let level = |r: u64| r as f64 * r as f64;
        let reference = runs((0..10).map(|r| (r, level(r))));
        let own = runs((6..10).map(|r| (r, level(r) + 10.0)));
        let estimator = Estimator::new(&reference, &[&own].into_iter(), 1);
        let mean = (0..10).map(level).sum::<f64>() / 10.0;
        assert!((estimator.estimates(&own)[0].unwrap() - mean - 10.0).abs() < 1e-9);
    }

    #[test]
    fn the_control_lowers_the_variance_and_does_not_bias() {
        use forestall_model::{Draws, Key};
        let key = Key::root("noise");
        let (mut plain, mut controlled) = (Vec::new(), Vec::new());
        for trial in 0..400 {
            let draws = Draws::new(5, trial);
            let common = |r: u64| draws.normal(key.child(0, r), 0, 0);
            let noise = |r: u64, c: u16| draws.normal(key.child(1, r), c, 0);
            let reference = runs((0..40).map(|r| (r, common(r) + 0.5 * noise(r, 99))));
            let pool: Vec<Runs> = (0..10).map(|c| runs((0..40).map(|r| (r, common(r) + 0.5 * noise(r, c))))).collect();
            let short = runs((0..4).map(|r| (r, common(r) + 0.5 * noise(r, 50))));
            let estimator = Estimator::new(&reference, &pool.iter(), 1);
            controlled.push(estimator.estimates(&short)[0].unwrap());
            plain.push((0..4).map(|r| common(r) + 0.5 * noise(r, 50)).sum::<f64>() / 4.0);
        }
        let (with, without) = (variance(&controlled).unwrap(), variance(&plain).unwrap());
        // Theory: plain (1 + ¼) ÷ 4 = 0.31; with λ = 0.8 about 0.31 × 0.36 + what 40 replications leave, near 0.14.
        assert!(with < 0.6 * without, "{with} against {without}");
        let mean = controlled.iter().sum::<f64>() / 400.0;
        // Standard error √(with ÷ 400); four of them.
        assert!(mean.abs() < 4.0 * (with / 400.0).sqrt(), "{mean}");
    }
}
