//! Weighted linear regression of many responses on the same columns, each with the penalty that predicts it best.
//!
//! Columns are centred and scaled; the penalty is a multiple of the unit matrix beside their correlations (ridge). It is
//! chosen for each response by generalised cross-validation (Golub, Heath and Wahba 1979), up to one that leaves the
//! mean alone, so that a response on which the columns have no bearing is not bent.

use libm::sqrt;

use crate::stats::matrix::Square;

/// Penalties tried, as multiples of the unit matrix beside correlations; the last one leaves hardly any slope.
const PENALTIES: [f64; 9] = [1e-4, 1e-3, 1e-2, 0.03, 0.1, 0.3, 1.0, 10.0, 1e4];
/// Columns that vary less than this, relative to their size, are constant.
const LEAST_SPREAD: f64 = 1e-9;

/// One response's regression.
pub(super) struct Line {
    mean: f64,
    slopes: Vec<f64>,
    /// Weighted mean square of what is left over.
    pub left: f64,
    /// Weighted variance of the response.
    pub whole: f64,
    /// Degrees of freedom that the line takes, the mean included.
    pub freedom: f64,
}

/// The columns, weighted, with the factors of their penalised correlations.
pub(super) struct Ridge {
    means: Vec<f64>,
    spreads: Vec<f64>,
    /// Rows of centred and scaled columns.
    rows: Vec<Vec<f64>>,
    weights: Vec<f64>,
    correlations: Square,
    factors: Vec<(Square, f64)>,
    /// (Sum of the weights)² over the sum of their squares.
    pub effective: f64,
}

impl Ridge {
    /// The columns of these rows under weights that sum to 1; `None` without two rows that count.
    pub(super) fn of(rows: &[&[f64]], weights: Vec<f64>) -> Option<Self> {
        let effective = 1.0 / weights.iter().map(|w| w * w).sum::<f64>();
        let k = rows.first()?.len();
        if !(effective.is_finite() && effective > 2.0) {
            return None;
        }
        let weighed = || rows.iter().zip(&weights);
        let means: Vec<f64> = (0..k).map(|j| weighed().map(|(r, w)| w * r[j]).sum()).collect();
        let spreads: Vec<f64> = (0..k)
            .map(|j| sqrt(weighed().map(|(r, w)| w * (r[j] - means[j]) * (r[j] - means[j])).sum::<f64>()))
            .map(|s| if s > LEAST_SPREAD { s } else { 0.0 })
            .collect();
        let scaled = |row: &&[f64]| scale(row, &means, &spreads);
        let rows: Vec<Vec<f64>> = rows.iter().map(scaled).collect();
        let mut correlations = Square::zero(k);
        for (row, w) in rows.iter().zip(&weights) {
            for i in 0..k {
                let part = w * row[i];
                let cells = &mut correlations.cells[i * k..=i * k + i];
                cells.iter_mut().zip(row).for_each(|(cell, x)| *cell += part * x);
            }
        }
        for i in 0..k {
            for j in 0..i {
                *correlations.cell(j, i) = correlations.at(i, j);
            }
        }
        let factor = |penalty: &f64| {
            let mut penalised = correlations.clone();
            (0..k).for_each(|i| *penalised.cell(i, i) += penalty);
            let factor = penalised.cholesky_or_near()?;
            let inverse = factor.inverse();
            let trace: f64 = (0..k)
                .flat_map(|i| (0..k).map(move |j| (i, j)))
                .map(|(i, j)| correlations.at(i, j) * inverse.at(j, i))
                .sum();
            Some((factor, 1.0 + trace))
        };
        let factors = PENALTIES.iter().map(factor).collect::<Option<Vec<_>>>()?;
        Some(Self { means, spreads, rows, weights, correlations, factors, effective })
    }

    /// The line of one response, one value a row.
    pub(super) fn line(&self, response: &[f64]) -> Line {
        let weighed = || response.iter().zip(&self.weights);
        let mean: f64 = weighed().map(|(y, w)| w * y).sum();
        let whole: f64 = weighed().map(|(y, w)| w * (y - mean) * (y - mean)).sum();
        let k = self.means.len();
        let mut joint = vec![0.0; k];
        for ((row, w), y) in self.rows.iter().zip(&self.weights).zip(response) {
            let part = w * (y - mean);
            joint.iter_mut().zip(row).for_each(|(sum, x)| *sum += part * x);
        }
        let fitted = |(factor, freedom): &(Square, f64)| {
            let slopes = factor.solve(&joint);
            let mut left = whole;
            for i in 0..k {
                let along: f64 = (0..k).map(|j| self.correlations.at(i, j) * slopes[j]).sum();
                left += slopes[i] * (along - 2.0 * joint[i]);
            }
            Line { mean, slopes, left: left.max(0.0), whole, freedom: *freedom }
        };
        let judged = |line: &Line| {
            let free = 1.0 - line.freedom / self.effective;
            if free > 0.0 { line.left / (free * free) } else { f64::INFINITY }
        };
        let mut lines = self.factors.iter().map(fitted);
        let first = lines.next().unwrap_or(Line { mean, slopes: vec![0.0; k], left: whole, whole, freedom: 1.0 });
        lines.fold(first, |best, line| if judged(&line) <= judged(&best) { line } else { best })
    }

    /// What a line says at row `i`.
    pub(super) fn at(&self, line: &Line, i: usize) -> f64 {
        line.mean + dot(&line.slopes, &self.rows[i])
    }

    /// What a line says at columns that are in no row.
    pub(super) fn beyond(&self, line: &Line, columns: &[f64]) -> f64 {
        line.mean + dot(&line.slopes, &scale(columns, &self.means, &self.spreads))
    }
}

fn scale(row: &[f64], means: &[f64], spreads: &[f64]) -> Vec<f64> {
    let one = |((x, mean), spread): ((&f64, &f64), &f64)| if *spread > 0.0 { (x - mean) / spread } else { 0.0 };
    row.iter().zip(means).zip(spreads).map(one).collect()
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use forestall_model::{Draws, Key};

    #[test]
    fn a_line_is_found_and_noise_is_left_alone() {
        let draws = Draws::new(3, 0);
        let normal = |i: u32, j: u16| draws.normal(Key::root("ridge"), j, i);
        let rows: Vec<Vec<f64>> = (0..400).map(|i| vec![normal(i, 0), 5.0 + 3.0 * normal(i, 1), 2.0]).collect();
        let views: Vec<&[f64]> = rows.iter().map(Vec::as_slice).collect();
        let ridge = Ridge::of(&views, vec![1.0 / 400.0; 400]).unwrap();
        let exact: Vec<f64> = rows.iter().map(|r| 1.0 + 2.0 * r[0] - 0.5 * r[1]).collect();
        let line = ridge.line(&exact);
        assert!((ridge.beyond(&line, &[1.0, 2.0, 9.0]) - 2.0).abs() < 0.01, "a constant column bears on nothing");
        assert!(line.left < 1e-4 * line.whole);
        let noise: Vec<f64> = (0..400).map(|i| normal(i, 9)).collect();
        let line = ridge.line(&noise);
        assert!(line.freedom < 4.0 && line.left > 0.95 * line.whole, "{} {}", line.freedom, line.left);
        assert!((ridge.at(&line, 7) - line.mean).abs() < 0.5);
    }

    #[test]
    fn nothing_comes_of_no_rows() {
        assert!(Ridge::of(&[], Vec::new()).is_none());
        assert!(Ridge::of(&[&[1.0]], vec![1.0]).is_none());
    }
}
