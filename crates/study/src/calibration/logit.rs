//! Multinomial logistic regression with a ridge penalty: how probable each class is where the columns stand.
//!
//! Each class has a line of its own, and all share one penalty on slopes of centred and scaled columns. The likelihood is
//! climbed by Böhning's bound (1992): no step can overshoot, so nothing need be tuned and nothing diverges, also where
//! classes part without overlap.

use libm::{exp, fabs, log, sqrt};

use crate::stats::matrix::Square;

/// Columns that vary less than this are constant.
const LEAST_SPREAD: f64 = 1e-9;
/// Steps at most; the bound is climbed slowly where the penalty is small.
const MOST_STEPS: usize = 400;
/// The climb ends where a step gains less than this, in log-likelihood a row.
const LEAST_GAIN: f64 = 1e-7;

/// Rows with columns, classes and weights.
pub(super) struct Cases<'a> {
    /// Columns, one row a case.
    pub rows: &'a [&'a [f64]],
    /// The class of each case, from 0.
    pub classes: &'a [usize],
    /// Weights, which sum to 1.
    pub weights: &'a [f64],
    /// How many classes there are.
    pub count: usize,
}

/// A fitted regression.
#[derive(Clone, Debug)]
pub(super) struct Logit {
    means: Vec<f64>,
    spreads: Vec<f64>,
    /// One line a class: the constant first, then slopes of the scaled columns.
    lines: Vec<Vec<f64>>,
}

impl Logit {
    /// The most probable regression under a penalty on squared slopes; `None` without rows.
    pub(super) fn fit(cases: &Cases<'_>, penalty: f64) -> Option<Self> {
        let width = cases.rows.first()?.len();
        let weighed = || cases.rows.iter().zip(cases.weights);
        let mean = |j: usize| weighed().map(|(row, w)| w * row[j]).sum::<f64>();
        let means: Vec<f64> = (0..width).map(mean).collect();
        let spread = |j: usize| sqrt(weighed().map(|(row, w)| w * (row[j] - means[j]) * (row[j] - means[j])).sum());
        let spreads: Vec<f64> = (0..width).map(spread).map(|s| if s > LEAST_SPREAD { s } else { 0.0 }).collect();
        let scaled: Vec<Vec<f64>> = cases.rows.iter().map(|row| scale(row, &means, &spreads)).collect();
        let factor = bound(&scaled, cases.weights, penalty).cholesky_or_near()?;
        let mut lines = vec![vec![0.0; width + 1]; cases.count];
        let mut reached = f64::NEG_INFINITY;
        for _ in 0..MOST_STEPS {
            let (value, slopes) = climb(&scaled, cases, &lines, penalty);
            if value - reached < LEAST_GAIN {
                break;
            }
            reached = value;
            for (line, slope) in lines.iter_mut().zip(&slopes) {
                line.iter_mut().zip(factor.solve(slope)).for_each(|(b, step)| *b += step);
            }
        }
        Some(Self { means, spreads, lines })
    }

    /// Logarithms of the classes' probabilities where the columns stand.
    pub(super) fn log_probabilities(&self, columns: &[f64]) -> Vec<f64> {
        let row = scale(columns, &self.means, &self.spreads);
        log_shares(self.lines.iter().map(|line| dot(line, &row)).collect())
    }
}

/// The columns of a row, centred and scaled, after a constant.
fn scale(row: &[f64], means: &[f64], spreads: &[f64]) -> Vec<f64> {
    let one = |((x, mean), spread): ((&f64, &f64), &f64)| if *spread > 0.0 { (x - mean) / spread } else { 0.0 };
    std::iter::once(1.0).chain(row.iter().zip(means).zip(spreads).map(one)).collect()
}

/// The bound of the curvature of one class' line: half the weighted squares of the columns, and the penalty on slopes.
fn bound(rows: &[Vec<f64>], weights: &[f64], penalty: f64) -> Square {
    let width = rows.first().map_or(0, Vec::len);
    let mut out = Square::zero(width);
    for (row, w) in rows.iter().zip(weights) {
        for i in 0..width {
            let part = 0.5 * w * row[i];
            let cells = &mut out.cells[i * width..=i * width + i];
            cells.iter_mut().zip(row).for_each(|(cell, x)| *cell += part * x);
        }
    }
    for i in 0..width {
        for j in 0..i {
            *out.cell(j, i) = out.at(i, j);
        }
        // The constant has no penalty.
        *out.cell(i, i) += if i == 0 { 0.0 } else { penalty };
    }
    out
}

/// The penalised log-likelihood, and its slope for each class' line.
fn climb(rows: &[Vec<f64>], cases: &Cases<'_>, lines: &[Vec<f64>], penalty: f64) -> (f64, Vec<Vec<f64>>) {
    let squares: f64 = lines.iter().flat_map(|line| line.iter().skip(1)).map(|b| b * b).sum();
    let mut value = -0.5 * penalty * squares;
    let mut slopes: Vec<Vec<f64>> = lines
        .iter()
        .map(|line| std::iter::once(0.0).chain(line.iter().skip(1).map(|b| -penalty * b)).collect())
        .collect();
    for ((row, class), w) in rows.iter().zip(cases.classes).zip(cases.weights) {
        let shares = log_shares(lines.iter().map(|line| dot(line, row)).collect());
        value += w * shares[*class];
        for (k, slope) in slopes.iter_mut().enumerate() {
            let part = w * (f64::from(u8::from(k == *class)) - exp(shares[k]));
            slope.iter_mut().zip(row).for_each(|(sum, x)| *sum += part * x);
        }
    }
    (value, slopes)
}

/// Heights above one another as logarithms of shares that sum to 1.
pub(super) fn log_shares(heights: Vec<f64>) -> Vec<f64> {
    let top = heights.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let whole = top + log(heights.iter().map(|h| exp(h - top)).sum::<f64>());
    heights.into_iter().map(|h| if fabs(whole) < f64::INFINITY { h - whole } else { h }).collect()
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fit(rows: &[Vec<f64>], classes: &[usize], count: usize, penalty: f64) -> Logit {
        let views: Vec<&[f64]> = rows.iter().map(Vec::as_slice).collect();
        let weights = vec![1.0 / rows.len() as f64; rows.len()];
        Logit::fit(&Cases { rows: &views, classes, weights: &weights, count }, penalty).unwrap()
    }

    #[test]
    fn two_groups_and_a_yes_or_no_give_the_known_odds() {
        // Of column 0: three of ten are of class 1; of column 1: eight of ten.
        let rows: Vec<Vec<f64>> = (0..20).map(|i| vec![f64::from(i / 10)]).collect();
        let classes: Vec<usize> = (0..20).map(|i| usize::from(i % 10 < [3, 8][i / 10])).collect();
        let found = fit(&rows, &classes, 2, 1e-9);
        for (x, share) in [(0.0, 0.3), (1.0, 0.8)] {
            let p = exp(found.log_probabilities(&[x])[1]);
            assert!((p - share).abs() < 2e-3, "{p} against {share}");
        }
    }

    #[test]
    fn a_heavy_penalty_leaves_the_shares_and_parted_classes_stay_finite() {
        let rows: Vec<Vec<f64>> = (0..30).map(|i| vec![f64::from(i / 10), 4.0]).collect();
        let classes: Vec<usize> = (0..30).map(|i| i / 10).collect();
        let even = fit(&rows, &classes, 3, 1e6).log_probabilities(&[2.0, 4.0]);
        assert!(even.iter().all(|p| (exp(*p) - 1.0 / 3.0).abs() < 1e-3), "{even:?}");
        let parted = fit(&rows, &classes, 3, 1e-6).log_probabilities(&[2.0, 4.0]);
        assert!(parted.iter().all(|p| p.is_finite()) && exp(parted[2]) > 0.9, "{parted:?}");
    }
}
