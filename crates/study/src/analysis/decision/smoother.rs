//! Regression on a basis with a penalty chosen by generalised cross validation: fitted values, values fitted without the row's
//! own part of the table, and their errors.

use super::basis::{Basis, Scale, levels, spline};
use super::sample::Sample;
use crate::stats::matrix::Square;
use crate::stats::{mean, variance};

/// Parts of the table that are left out in turn.
const PARTS: usize = 10;
/// Each degree of freedom counts this often, against fits that are too rough (Kim and Gu 2004).
const INFLATION: f64 = 1.4;
/// Tried penalties: powers of ten apart, as shares of the mean size of the penalised columns.
const PENALTIES: std::ops::RangeInclusive<i32> = -20..=8;
/// Most multiplications spent on errors of fitted values; beyond, only some rows have one.
const MOST_WORK: usize = 50_000_000;

/// What a regression gives for one response.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Smooth {
    /// Fitted values.
    pub(super) fitted: Vec<f64>,
    /// Fitted values from the other parts of the table.
    pub(super) others: Vec<f64>,
    /// Standard error of the fitted value in every `stride`-th row.
    pub(super) errors: Vec<f64>,
}

/// Fits of several responses on the same parameters.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Fits {
    pub(super) of: Vec<Smooth>,
    /// Rows between two with a standard error.
    pub(super) stride: usize,
}

/// Regresses each response on the parameters: means by level where these are discrete, else the better of two splines, or the
/// mean alone where no function of them predicts better.
pub(super) fn smooth(parameters: &[&[f64]], responses: &[Vec<f64>], sample: &Sample) -> Fits {
    let rows = responses.first().map_or(0, Vec::len);
    let bases: Vec<Basis> = levels(parameters).map_or_else(
        || [Scale::Plain, Scale::Ranks].into_iter().filter_map(|scale| spline(parameters, scale)).collect(),
        |basis| vec![basis],
    );
    let tables: Vec<Normal> = bases.iter().map(|basis| Normal::of(basis, responses, sample)).collect();
    let choices: Vec<Vec<Choice>> =
        bases.iter().zip(&tables).map(|(basis, table)| table.choose(basis, sample.effective)).collect();
    let width = bases.iter().map(|b| b.width).max().unwrap_or(1);
    let stride = (rows * width * width).div_ceil(MOST_WORK).max(1);
    let one = |(r, response): (usize, &Vec<f64>)| {
        let best = (0..bases.len()).min_by(|a, b| choices[*a][r].score.total_cmp(&choices[*b][r].score));
        // The mean as a model of its own: n RSS ÷ (n − inflation)².
        let alone = variance(response).unwrap_or(0.0) * (rows as f64 - 1.0) * sample.effective
            / ((sample.effective - INFLATION) * (sample.effective - INFLATION));
        match best {
            Some(b) if choices[b][r].score < alone => {
                tables[b].fit(&bases[b], r, response, choices[b][r].penalty, (stride, sample))
            }
            _ => {
                let basis = Basis::constant(rows);
                let table = Normal::of(&basis, std::slice::from_ref(response), sample);
                table.fit(&basis, 0, response, 0.0, (stride, sample))
            }
        }
    };
    Fits { of: responses.iter().enumerate().map(one).collect(), stride }
}

/// The part of the table that a family of rows is in: spread, so that a pattern in the order of rows is in no part alone.
fn part(row: usize) -> usize {
    ((row as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40) as usize % PARTS
}

struct Choice {
    penalty: f64,
    score: f64,
}

/// Sums of products over each part of the table.
struct Normal {
    whole: Square,
    parts: Vec<Square>,
    /// By response.
    right: Vec<Vec<f64>>,
    right_parts: Vec<Vec<Vec<f64>>>,
    squares: Vec<f64>,
}

impl Normal {
    fn of(basis: &Basis, responses: &[Vec<f64>], sample: &Sample) -> Self {
        let width = basis.width;
        let rows = basis.rows.len() / width;
        let mut parts = vec![Square::zero(width); PARTS];
        let mut right_parts = vec![vec![vec![0.0; width]; PARTS]; responses.len()];
        for i in 0..rows {
            let (row, part) = (basis.row(i), part(sample.family(i)));
            let table = &mut parts[part].cells;
            for (a, x) in row.iter().enumerate().filter(|(_, x)| **x != 0.0) {
                let line = &mut table[a * width..=a * width + a];
                line.iter_mut().zip(row).for_each(|(cell, y)| *cell += x * y);
            }
            for (sums, response) in right_parts.iter_mut().zip(responses) {
                sums[part].iter_mut().zip(row).for_each(|(sum, x)| *sum += x * response[i]);
            }
        }
        for table in &mut parts {
            for a in 0..width {
                for b in 0..a {
                    *table.cell(b, a) = table.at(a, b);
                }
            }
        }
        let mut whole = Square::zero(width);
        for table in &parts {
            whole.cells.iter_mut().zip(&table.cells).for_each(|(sum, x)| *sum += x);
        }
        let total = |sums: &Vec<Vec<f64>>| (0..width).map(|a| sums.iter().map(|s| s[a]).sum()).collect::<Vec<f64>>();
        Self {
            whole,
            right: right_parts.iter().map(total).collect(),
            squares: responses.iter().map(|y| y.iter().map(|v| v * v).sum()).collect(),
            parts,
            right_parts,
        }
    }

    /// The penalty of each size that is tried.
    fn penalties(&self, basis: &Basis) -> Vec<f64> {
        let columns = basis.width - basis.free;
        if columns == 0 {
            return vec![0.0];
        }
        let size = (basis.free..basis.width).map(|a| self.whole.at(a, a)).sum::<f64>() / columns as f64;
        PENALTIES.map(|power| size * libm::pow(10.0, 0.5 * f64::from(power))).collect()
    }

    fn penalised(table: &Square, free: usize, penalty: f64) -> Option<Square> {
        let mut table = table.clone();
        (free..table.size).for_each(|a| *table.cell(a, a) += penalty);
        table.cholesky_or_near()
    }

    /// For each response the penalty with the least score of generalised cross validation (Craven and Wahba 1979).
    fn choose(&self, basis: &Basis, n: f64) -> Vec<Choice> {
        let none = || Choice { penalty: 0.0, score: f64::INFINITY };
        let mut best: Vec<Choice> = self.right.iter().map(|_| none()).collect();
        for penalty in self.penalties(basis) {
            let Some(low) = Self::penalised(&self.whole, basis.free, penalty) else { continue };
            let freedom: f64 = low.inverse().cells.iter().zip(&self.whole.cells).map(|(a, b)| a * b).sum();
            let rest = n - INFLATION * freedom;
            for (response, known) in best.iter_mut().enumerate() {
                let beta = low.solve(&self.right[response]);
                let score = n * self.residual(response, &beta) / (rest * rest);
                // The smoother one of two that are alike: penalties rise.
                if rest > 0.0 && score <= known.score {
                    *known = Choice { penalty, score };
                }
            }
        }
        best
    }

    /// Sum of squares left by these coefficients.
    fn residual(&self, response: usize, beta: &[f64]) -> f64 {
        let along: f64 = beta.iter().zip(&self.right[response]).map(|(b, r)| b * r).sum();
        let width = beta.len();
        let squared: f64 =
            (0..width).map(|a| beta[a] * (0..width).map(|b| self.whole.at(a, b) * beta[b]).sum::<f64>()).sum();
        (self.squares[response] - 2.0 * along + squared).max(0.0)
    }

    fn fit(
        &self,
        basis: &Basis,
        r: usize,
        response: &[f64],
        penalty: f64,
        (stride, sample): (usize, &Sample),
    ) -> Smooth {
        let rows = response.len();
        let flat = || vec![mean(response).unwrap_or(0.0); rows];
        let Some(low) = Self::penalised(&self.whole, basis.free, penalty) else {
            return Smooth { fitted: flat(), others: flat(), errors: vec![0.0; rows.div_ceil(stride)] };
        };
        let beta = low.solve(&self.right[r]);
        let value = |beta: &[f64], i: usize| basis.row(i).iter().zip(beta).map(|(x, b)| x * b).sum::<f64>();
        let fitted: Vec<f64> = (0..rows).map(|i| value(&beta, i)).collect();
        let without: Vec<Vec<f64>> = (0..PARTS)
            .map(|p| {
                let mut table = self.whole.clone();
                table.cells.iter_mut().zip(&self.parts[p].cells).for_each(|(cell, x)| *cell -= x);
                let right: Vec<f64> = self.right[r].iter().zip(&self.right_parts[r][p]).map(|(a, b)| a - b).collect();
                Self::penalised(&table, basis.free, penalty).map_or_else(|| beta.clone(), |low| low.solve(&right))
            })
            .collect();
        let others: Vec<f64> = (0..rows).map(|i| value(&without[part(sample.family(i))], i)).collect();
        let inverse = low.inverse();
        let freedom: f64 = inverse.cells.iter().zip(&self.whole.cells).map(|(a, b)| a * b).sum();
        let left: f64 = fitted.iter().zip(response).map(|(f, y)| (y - f) * (y - f)).sum();
        // The table counts all rows of a family and the error only one: what the first divides by, the second multiplies.
        let noise = left / (sample.effective - freedom).max(1.0);
        let error = |i: usize| {
            let row = basis.row(i);
            let spread: f64 =
                (0..row.len()).map(|a| row[a] * (0..row.len()).map(|b| inverse.at(a, b) * row[b]).sum::<f64>()).sum();
            libm::sqrt((noise * spread).max(0.0))
        };
        Smooth { fitted, others, errors: (0..rows).step_by(stride).map(error).collect() }
    }
}
