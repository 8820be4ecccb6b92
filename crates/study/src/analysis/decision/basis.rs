//! Columns on which net benefits are regressed: levels of discrete parameters, or a smoothing spline in one or several.
//!
//! The spline is the radial one with |r|³ and a linear part that is not penalised (Duchon 1977): the cubic smoothing spline in
//! one dimension, on centres at quantiles; among rows in several.

use std::collections::BTreeMap;

use libm::sqrt;

use crate::stats::matrix::Square;
use crate::stats::special::normal_quantile;
use crate::stats::{mean, variance};

/// At most so many different values are levels, …
const MOST_LEVELS: usize = 12;
/// … each with so many rows on average.
const ROWS_A_LEVEL: usize = 8;

/// How a parameter enters a spline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scale {
    /// As it is, less its mean, over its standard deviation.
    Plain,
    /// By normal scores of its ranks: for long tails.
    Ranks,
}

/// The columns, row by row, and how many of the first are not penalised; the penalty of the others is the sum of squares of
/// their coefficients.
#[derive(Clone, Debug)]
pub(super) struct Basis {
    pub(super) rows: Vec<f64>,
    pub(super) width: usize,
    pub(super) free: usize,
}

impl Basis {
    /// One row.
    pub(super) fn row(&self, i: usize) -> &[f64] {
        &self.rows[i * self.width..(i + 1) * self.width]
    }

    /// The mean alone.
    pub(super) fn constant(rows: usize) -> Self {
        Self { rows: vec![1.0; rows], width: 1, free: 1 }
    }
}

/// A column of means for each level where all parameters are discrete; `None` where they are not.
pub(super) fn levels(parameters: &[&[f64]]) -> Option<Basis> {
    let rows = parameters.first()?.len();
    let mut places: BTreeMap<Vec<u64>, usize> = BTreeMap::new();
    let mut own = Vec::with_capacity(rows);
    for i in 0..rows {
        let key: Vec<u64> = parameters.iter().map(|p| (p[i] + 0.0).to_bits()).collect();
        let next = places.len();
        own.push(*places.entry(key).or_insert(next));
        if places.len() > MOST_LEVELS {
            return None;
        }
    }
    let width = places.len();
    if width * ROWS_A_LEVEL > rows {
        return None;
    }
    let mut cells = vec![0.0; rows * width];
    own.iter().enumerate().for_each(|(i, level)| cells[i * width + level] = 1.0);
    Some(Basis { rows: cells, width, free: width })
}

/// The spline in these parameters; `None` where they are too alike for one.
pub(super) fn spline(parameters: &[&[f64]], scale: Scale) -> Option<Basis> {
    let scaled: Vec<Vec<f64>> = parameters.iter().map(|p| scaled(p, scale)).collect::<Option<_>>()?;
    let (dimension, rows) = (scaled.len(), scaled.first()?.len());
    let centres = centres(&scaled, rows);
    let (count, free) = (centres.len(), dimension + 1);
    let linear = |rows: usize| -> Basis {
        let cells = (0..rows).flat_map(|i| std::iter::once(1.0).chain(scaled.iter().map(move |s| s[i]))).collect();
        Basis { rows: cells, width: free, free }
    };
    if count < free + 2 {
        return Some(linear(rows));
    }
    let kernel = |a: &[f64], b: &[f64]| {
        let squared: f64 = a.iter().zip(b).map(|(x, y)| (x - y) * (x - y)).sum();
        squared * sqrt(squared)
    };
    let Some(turn) = penalised(&centres, free, &kernel) else { return Some(linear(rows)) };
    let width = free + turn.len();
    let mut cells = Vec::with_capacity(rows * width);
    let (mut point, mut away) = (vec![0.0; dimension], vec![0.0; count]);
    for i in 0..rows {
        cells.push(1.0);
        for (place, column) in point.iter_mut().zip(&scaled) {
            *place = column[i];
            cells.push(column[i]);
        }
        for (place, centre) in away.iter_mut().zip(&centres) {
            *place = kernel(&point, centre);
        }
        cells.extend(turn.iter().map(|column| column.iter().zip(&away).map(|(w, e)| w * e).sum::<f64>()));
    }
    Some(Basis { rows: cells, width, free })
}

/// The weights of kernels in each penalised column: orthogonal to linear functions at the centres, of unit penalty.
fn penalised(centres: &[Vec<f64>], free: usize, kernel: &dyn Fn(&[f64], &[f64]) -> f64) -> Option<Vec<Vec<f64>>> {
    let count = centres.len();
    let mut known: Vec<Vec<f64>> = Vec::new();
    let start = (0..free).map(|j| centres.iter().map(|c| if j == 0 { 1.0 } else { c[j - 1] }).collect::<Vec<f64>>());
    let units = (0..count).map(|j| (0..count).map(|i| f64::from(u8::from(i == j))).collect::<Vec<f64>>());
    for (place, mut column) in start.chain(units).enumerate() {
        // Twice, so that rounding does not let directions lean on each other.
        for _ in 0..2 {
            for other in &known {
                let along: f64 = column.iter().zip(other).map(|(a, b)| a * b).sum();
                column.iter_mut().zip(other).for_each(|(a, b)| *a -= along * b);
            }
        }
        let size = sqrt(column.iter().map(|x| x * x).sum());
        if size < 1e-6 {
            // A linear function that is constant over the centres cannot be told from the mean.
            if place < free {
                return None;
            }
            continue;
        }
        for x in &mut column {
            *x /= size;
        }
        known.push(column);
    }
    let outside = &known[free..];
    let between: Vec<Vec<f64>> =
        centres.iter().map(|a| centres.iter().map(|b| kernel(a, b)).collect::<Vec<f64>>()).collect();
    let turned: Vec<Vec<f64>> = outside
        .iter()
        .map(|z| between.iter().map(|row| row.iter().zip(z).map(|(e, w)| e * w).sum::<f64>()).collect())
        .collect();
    let mut penalty = Square::zero(outside.len());
    for (i, z) in outside.iter().enumerate() {
        for (j, column) in turned.iter().enumerate() {
            *penalty.cell(i, j) = z.iter().zip(column).map(|(z, e)| z * e).sum();
        }
    }
    let low = penalty.cholesky_or_near()?;
    // Column j of Z L⁻ᵀ.
    let column = |j: usize| {
        let mut unit = vec![0.0; outside.len()];
        unit[j] = 1.0;
        let weights = low.backward(&unit);
        (0..count).map(|i| outside.iter().zip(&weights).map(|(z, w)| z[i] * w).sum::<f64>()).collect::<Vec<f64>>()
    };
    Some((0..outside.len()).map(column).collect())
}

/// A parameter on the scale of the spline; `None` where it does not vary.
fn scaled(values: &[f64], scale: Scale) -> Option<Vec<f64>> {
    let (middle, spread) = (mean(values)?, sqrt(variance(values)?));
    if spread <= 0.0 {
        return None;
    }
    if scale == Scale::Plain {
        return Some(values.iter().map(|v| (v - middle) / spread).collect());
    }
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|a, b| values[*a].total_cmp(&values[*b]));
    let mut out = vec![0.0; values.len()];
    let mut from = 0;
    while from < order.len() {
        let mut to = from + 1;
        while to < order.len() && values[order[to]] == values[order[from]] {
            to += 1;
        }
        // Equal values share the middle of their ranks.
        let share = f64::midpoint(from as f64, to as f64) / order.len() as f64;
        let score = normal_quantile(share)?;
        order[from..to].iter().for_each(|i| out[*i] = score);
        from = to;
    }
    Some(out)
}

/// Centres: quantiles of one parameter, rows at even distances of several; no two are the same.
fn centres(scaled: &[Vec<f64>], rows: usize) -> Vec<Vec<f64>> {
    let dimension = scaled.len();
    let mut centres: Vec<Vec<f64>> = if dimension == 1 {
        let count = (rows / 15).clamp(5, 20);
        let mut sorted = scaled[0].clone();
        sorted.sort_by(f64::total_cmp);
        (0..count).map(|j| vec![sorted[(2 * j + 1) * rows / (2 * count)]]).collect()
    } else {
        let count = (rows / 8).clamp(dimension + 4, (30 + 15 * dimension).min(100));
        (0..count).map(|j| (2 * j + 1) * rows / (2 * count)).map(|i| scaled.iter().map(|s| s[i]).collect()).collect()
    };
    centres.sort_by(|a, b| {
        a.iter().zip(b).map(|(x, y)| x.total_cmp(y)).find(|o| o.is_ne()).unwrap_or(std::cmp::Ordering::Equal)
    });
    centres.dedup();
    centres
}
