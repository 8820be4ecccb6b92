//! What it is worth to know more: of everything (EVPI), of some parameters (EVPPI), of a study that measures one (EVSI).
//!
//! Raiffa and Schlaifer (1961); by regression after Strong, Oakley and Brennan (2014), Med. Decis. Making 34, 311–326, and
//! Strong, Oakley, Brennan and Breeze (2015), Med. Decis. Making 35, 570–583.

use libm::sqrt;

use super::sample::Sample;
use super::smoother::{Fits, smooth};
use crate::analysis::Estimate;
use crate::stats::{mean, normal_cdf, variance};
use forestall_model::{Draws, Key};

/// Two-sided 95 % of a normal variable.
const Z: f64 = 1.959_963_984_540_054;
/// 1/√(2π).
const INVERSE_SQRT_TWO_PI: f64 = 0.398_942_280_401_432_7;
/// How many standard errors of a fitted value the upper limit lets an option look better everywhere.
const BAND: f64 = 1.0;

/// Net benefits: one list an option, one value a draw.
pub(crate) type Benefits = [Vec<f64>];

/// The option with the greatest mean; the first of those that tie.
pub(crate) fn best(benefits: &Benefits) -> usize {
    let means: Vec<f64> = benefits.iter().map(|b| mean(b).unwrap_or(f64::NEG_INFINITY)).collect();
    (0..means.len()).rev().max_by(|a, b| means[*a].total_cmp(&means[*b])).unwrap_or(0)
}

/// The share of draws in which each option is the best; those that tie share it.
pub(crate) fn probability_best(benefits: &Benefits) -> Vec<f64> {
    let rows = benefits.first().map_or(0, Vec::len);
    let mut shares = vec![0.0; benefits.len()];
    for i in 0..rows {
        let top = benefits.iter().map(|b| b[i]).fold(f64::NEG_INFINITY, f64::max);
        let ties = benefits.iter().filter(|b| b[i] == top).count() as f64;
        for (share, benefit) in shares.iter_mut().zip(benefits) {
            *share += if benefit[i] == top { 1.0 / ties } else { 0.0 };
        }
    }
    shares.iter().map(|s| s / rows.max(1) as f64).collect()
}

/// The mean of what is gained in each draw over an option, with the interval of the least such mean over all options: which
/// option is the best without knowing more is itself estimated.
///
/// The best of estimated means is too high on average, and the gain over it too low, most where options tie: by 0.4 standard
/// errors of the difference of two. The estimate stays the usual one; the upper limit has that bias ([`optimism`]) added, but
/// for the share in which a gain no larger than the error bears the same bias itself.
fn gain(benefits: &Benefits, reached: &[f64], extra: f64, n: f64) -> Estimate {
    let mut found = (f64::INFINITY, f64::INFINITY, f64::INFINITY);
    for benefit in benefits {
        let gains: Vec<f64> = reached.iter().zip(benefit).map(|(a, b)| a - b).collect();
        let (Some(centre), Some(spread)) = (mean(&gains), variance(&gains)) else { return Estimate::UNDEFINED };
        let error = Z * sqrt(spread / n + extra * extra);
        found = (found.0.min(centre), found.1.min(centre - error), found.2.min(centre + error));
    }
    let centre = found.0.max(0.0);
    let (bias, error) = optimism(benefits, n);
    let added = if centre > 0.0 { bias * centre * centre / (centre * centre + error * error) } else { 0.0 };
    let end = |x: f64| Some(x.max(0.0));
    Estimate { estimate: Some(centre), low: end(found.1), high: end(found.2 + added) }
}

/// By how much the greatest of the estimated means is above the mean of the option that is the best, as far as the closest
/// rival makes it: E max(0, δ + e) with the estimated difference δ ≤ 0 and its normal error e (the bias of the parametric
/// bootstrap). With it the standard error of that difference.
fn optimism(benefits: &Benefits, n: f64) -> (f64, f64) {
    let base = &benefits[best(benefits)];
    let rival = |benefit: &Vec<f64>| {
        let lead: Vec<f64> = benefit.iter().zip(base).map(|(a, b)| a - b).collect();
        let (centre, spread) = mean(&lead).zip(variance(&lead)).unwrap_or((0.0, 0.0));
        let error = sqrt(spread / n);
        if error <= 0.0 {
            return (0.0, 0.0);
        }
        let z = centre / error;
        (error * (libm::exp(-0.5 * z * z) * INVERSE_SQRT_TWO_PI + z * normal_cdf(z)), error)
    };
    benefits.iter().map(rival).fold((0.0, 0.0), |a, b| if b.0 > a.0 { b } else { a })
}

/// Expected value of perfect information: the mean of the best of each draw, less the best of the means.
pub(crate) fn perfect(benefits: &Benefits, sample: &Sample) -> Estimate {
    perfect_within(benefits, 0.0, sample)
}

/// The same with a further standard error.
pub(super) fn perfect_within(benefits: &Benefits, extra: f64, sample: &Sample) -> Estimate {
    let rows = benefits.first().map_or(0, Vec::len);
    let top = |i: usize| benefits.iter().map(|b| b[i]).fold(f64::NEG_INFINITY, f64::max);
    gain(benefits, &(0..rows).map(top).collect::<Vec<f64>>(), extra, sample.effective)
}

/// Regressions of each option's net benefit, less that of the best, on parameters.
#[derive(Clone, Debug)]
pub(crate) struct Conditional {
    /// The option that the others are held against.
    pub(crate) reference: usize,
    /// Differences from it, by option; the reference's own is left out.
    differences: Vec<Vec<f64>>,
    fits: Fits,
    /// Independent rows.
    effective: f64,
}

impl Conditional {
    /// Regresses on these parameters together.
    pub(crate) fn on(parameters: &[&[f64]], benefits: &Benefits, sample: &Sample) -> Self {
        let reference = best(benefits);
        let base = &benefits[reference];
        let others = benefits.iter().enumerate().filter(|(d, _)| *d != reference);
        let differences: Vec<Vec<f64>> =
            others.map(|(_, b)| b.iter().zip(base).map(|(x, y)| x - y).collect()).collect();
        let fits = smooth(parameters, &differences, sample);
        Self { reference, differences, fits, effective: sample.effective }
    }

    /// The place among the fits of an option; `None` of the reference.
    fn place(&self, option: usize) -> Option<usize> {
        match option.cmp(&self.reference) {
            std::cmp::Ordering::Less => Some(option),
            std::cmp::Ordering::Equal => None,
            std::cmp::Ordering::Greater => Some(option - 1),
        }
    }

    /// Expected net benefit of an option over the reference in one row, given the parameters.
    pub(crate) fn fitted(&self, option: usize, row: usize) -> f64 {
        self.place(option).map_or(0.0, |p| self.fits.of[p].fitted[row])
    }

    /// The standard error of the difference of two options' expectations in a row; `None` where it was not worked out.
    pub(crate) fn error(&self, one: usize, other: usize, row: usize) -> Option<f64> {
        let of = |option: usize| match self.place(option) {
            None => Some(0.0),
            Some(p) if row.is_multiple_of(self.fits.stride) => {
                self.fits.of[p].errors.get(row / self.fits.stride).copied()
            }
            Some(_) => None,
        };
        // Errors of two options are not independent; the sum is an upper limit.
        Some(of(one)? + of(other)?)
    }

    /// The option expected to be the best in a row, by the fits of all rows or of the other parts of the table.
    fn choice(&self, row: usize, others: bool) -> Option<usize> {
        let value = |p: &usize| if others { self.fits.of[*p].others[row] } else { self.fits.of[*p].fitted[row] };
        (0..self.fits.of.len()).filter(|p| value(p) > 0.0).max_by(|a, b| value(a).total_cmp(&value(b)))
    }

    /// Expected value of partial perfect information.
    ///
    /// The estimate is the middle of two: the mean of the greatest fitted value, which is too high where fits are noisy, and
    /// the mean of what the choice by the other parts' fits brings in the rows left out, which is too low by as much. Its
    /// standard error is that of the mean over rows of what the choice brings: the efficient one (no other error is of its
    /// order), with half the distance of the two estimates beside.
    pub(crate) fn value(&self, benefits: &Benefits) -> Estimate {
        let base = &benefits[self.reference];
        let rows = base.len();
        let fitted: Vec<f64> =
            (0..rows).map(|i| self.choice(i, false).map_or(0.0, |p| self.fits.of[p].fitted[i])).collect();
        let brought = |others: bool| -> Vec<f64> {
            (0..rows).map(|i| self.choice(i, others).map_or(0.0, |p| self.differences[p][i])).collect()
        };
        let (own, held) = (brought(false), brought(true));
        let (Some(plug), Some(out), Some(inside)) = (mean(&fitted), mean(&held), mean(&own)) else {
            return Estimate::UNDEFINED;
        };
        let centre = f64::midpoint(plug, out);
        let reached: Vec<f64> = own.iter().zip(base).map(|(gain, b)| gain + b + centre - inside).collect();
        let mut found = gain(benefits, &reached, 0.5 * (plug - out).abs(), self.effective);
        // Where no fitted choice changes, nothing varies: the upper limit is what options could be worth within errors.
        let stride = self.fits.stride;
        let could = |k: usize| {
            let values = self.fits.of.iter().map(|s| s.fitted[k * stride] + BAND * s.errors[k]);
            values.fold(0.0, f64::max)
        };
        let band = mean(&(0..rows.div_ceil(stride)).map(could).collect::<Vec<f64>>()).unwrap_or(0.0);
        found.high = found.high.map(|high| high.max(band));
        found
    }
}

/// Keeps a part from being worth more than the whole.
pub(crate) fn within(part: Estimate, whole: Estimate) -> Estimate {
    let cut = |x: Option<f64>, most: Option<f64>| x.zip(most).map(|(x, most)| x.min(most)).or(x);
    let estimate = cut(part.estimate, whole.estimate);
    let most = whole.high.zip(estimate).map(|(a, b)| a.max(b));
    Estimate { estimate, low: cut(part.low, estimate), high: cut(part.high, most) }
}

/// A study: so many independent normal measurements of a parameter.
#[derive(Clone, Debug, PartialEq)]
pub struct StudyDesign {
    /// The parameter measured.
    pub parameter: String,
    /// Measurements.
    pub n: u64,
    /// Standard deviation of one measurement about the parameter's value.
    pub sd: f64,
}

/// The mean that the study would find in each draw, one result a draw.
pub(crate) fn results(values: &[f64], study: &StudyDesign, seed: u64) -> Vec<f64> {
    let draws = Draws::new(seed % forestall_model::SEED_LIMIT, 0);
    let key = Key::root("study");
    let error = study.sd / sqrt(study.n as f64);
    values.iter().enumerate().map(|(i, v)| v + error * draws.normal(key.child(0, i as u64), 0, 0)).collect()
}
