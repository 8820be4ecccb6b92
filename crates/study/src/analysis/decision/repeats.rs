//! What of the spread over draws is parameters and what is chance, where each draw was run more than once.
//!
//! The mean of a draw's replications holds chance. A regression on many parameters cannot tell chance from what they do
//! and shrinks both away, so that knowing everything seems to be worth nothing. Two halves of a draw's replications share
//! nothing but the draw: their covariance over draws is the variance of what parameters do (one-way random effects). Each
//! option's spread over draws is scaled to that, about its own mean.

use libm::sqrt;

use super::super::estimate::Estimate;
use super::acceptability::benefits as benefits_at;
use super::information::{best, perfect, perfect_within};
use super::sample::Sample;
use crate::stats::{mean, variance};

/// Standard errors to either side of a 95 % interval.
const Z: f64 = 1.96;

/// Means over one half of each draw's replications: effects, costs and net benefits by option.
#[derive(Clone, Debug, Default)]
pub(crate) struct Half {
    pub(crate) effects: Vec<Vec<f64>>,
    pub(crate) costs: Vec<Vec<f64>>,
    pub(crate) benefits: Vec<Vec<f64>>,
}

impl Half {
    /// The same at a value put on a unit of effect; only net benefits.
    pub(super) fn at(&self, value: f64) -> Self {
        Self { benefits: benefits_at(&self.effects, &self.costs, value), ..Self::default() }
    }
}

/// The covariance of two lists.
fn covariance(a: &[f64], b: &[f64]) -> Option<f64> {
    let (x, y) = (mean(a)?, mean(b)?);
    let products: Vec<f64> = a.iter().zip(b).map(|(a, b)| (a - x) * (b - y)).collect();
    Some(products.iter().sum::<f64>() / (a.len() as f64 - 1.0))
}

/// The part of the variance of means that parameters make; `errors` standard errors above what is estimated.
fn part(means: &[f64], [a, b]: [&[f64]; 2], (errors, sample): (f64, &Sample)) -> f64 {
    let (Some(whole), Some(shared)) = (variance(means), covariance(a, b)) else { return 0.0 };
    let (Some(first), Some(second)) = (variance(a), variance(b)) else { return 0.0 };
    if whole <= 0.0 {
        return 0.0;
    }
    // The variance of a covariance of two normal lists.
    let error = sqrt((first * second + shared * shared) / (sample.effective - 1.0));
    ((shared + errors * error) / whole).clamp(0.0, 1.0)
}

/// Columns with their spread about their own means scaled to what parameters make of it.
fn known(columns: &[Vec<f64>], halves: [&[Vec<f64>]; 2], errors: (f64, &Sample)) -> Vec<Vec<f64>> {
    let one = |(d, column): (usize, &Vec<f64>)| {
        let scale = sqrt(part(column, [&halves[0][d], &halves[1][d]], errors));
        let centre = mean(column).unwrap_or(0.0);
        column.iter().map(|x| centre + scale * (x - centre)).collect()
    };
    columns.iter().enumerate().map(one).collect()
}

/// Net benefits less those of the best option, scaled in the same way; of it zeros.
pub(super) fn benefits(all: &[Vec<f64>], halves: &[Half; 2], errors: f64, sample: &Sample) -> Vec<Vec<f64>> {
    let reference = best(all);
    let less = |columns: &[Vec<f64>]| -> Vec<Vec<f64>> {
        let base = &columns[reference];
        columns.iter().map(|column| column.iter().zip(base).map(|(x, b)| x - b).collect()).collect()
    };
    let [one, other] = halves.each_ref().map(|half| less(&half.benefits));
    known(&less(all), [&one, &other], (errors, sample))
}

/// The expected value of knowing all that draws differ in, with an interval that holds the error of the scale and of the
/// means.
pub(super) fn value(all: &[Vec<f64>], halves: &[Half; 2], sample: &Sample) -> Estimate {
    let reference = best(all);
    let noise = |(column, scaled): (&Vec<f64>, &Vec<f64>)| {
        let difference: Vec<f64> = column.iter().zip(&all[reference]).map(|(x, b)| x - b).collect();
        (variance(&difference).unwrap_or(0.0) - variance(scaled).unwrap_or(0.0)).max(0.0)
    };
    let scaled = benefits(all, halves, 0.0, sample);
    // Half of the error of the means that is chance: the worth of knowing changes by half of what a mean near it does.
    let extra = 0.5 * sqrt(all.iter().zip(&scaled).map(noise).fold(0.0, f64::max) / sample.effective);
    let middle = perfect_within(&scaled, extra, sample);
    let end = |errors: f64| perfect(&benefits(all, halves, errors, sample), sample);
    let (low, high) = (end(-Z), end(Z));
    // The error of the means and that of the scale are not of one kind: squares add.
    let end = |own: Option<f64>, other: Option<f64>, sign: f64| {
        let centre = middle.estimate?;
        let (means, scale) = (own? - centre, other? - centre);
        Some((centre + sign * sqrt(means * means + scale * scale)).max(0.0))
    };
    Estimate {
        estimate: middle.estimate,
        low: end(middle.low, low.estimate, -1.0),
        high: end(middle.high, high.estimate, 1.0),
    }
}
