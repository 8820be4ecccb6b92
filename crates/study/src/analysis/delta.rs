//! Borgonovo's δ: half the expected area between the density of the response and its density given one factor.
//!
//! Borgonovo (2007), by the given-data estimator of Plischke, Borgonovo and Smith (2013): classes of equal frequency,
//! Gaussian kernels of Silverman's width on 100 points, and the bias taken off by resampling. Beside it the
//! first-order index by the variance of class means.

use rayon::prelude::*;

use crate::design::Design;
use crate::stats::mean;

use super::bootstrap::Resampling;
use super::error::AnalysisError;
use super::estimate::Estimate;
use super::pawn::Data;
use super::response::Response;
use super::sensitivity::{IndexRow, Sensitivity, common_notes};

/// Points at which densities are compared.
const GRID: usize = 100;
/// Resamples are costly here and only their mean and spread are used.
const MOST_RESAMPLES: usize = 100;

/// δ and first-order indices of each factor, from any design.
///
/// # Errors
/// [`AnalysisError::Request`] where there are too few points.
pub fn delta(design: &Design, response: &Response, resampling: Resampling) -> Result<Sensitivity, AnalysisError> {
    let data = Data::of(design, response)?;
    let constant = response.is_constant();
    let factors = design.factors();
    let grid = grid(&data.y);
    let classes: Vec<Vec<usize>> =
        (0..factors.len()).map(|j| classes(&data.columns[j], factors[j].categories().is_some())).collect();
    let all: Vec<usize> = (0..data.y.len()).collect();
    let one = |runs: &[usize], classes: &[Vec<usize>]| -> Vec<[Option<f64>; 2]> {
        let y: Vec<f64> = runs.iter().map(|&i| data.y[i]).collect();
        let whole = density(&y, &grid);
        let of = |classes: &Vec<usize>| [whole.as_ref().and_then(|w| area(&y, classes, w, &grid)), first(&y, classes)];
        classes.par_iter().map(of).collect()
    };
    let found = if constant { vec![[None; 2]; factors.len()] } else { one(&all, &classes) };
    let resamples = if constant { 0 } else { resampling.resamples.min(MOST_RESAMPLES) };
    let resampled = Resampling { resamples, ..resampling }.run(data.blocks, |times| {
        let runs: Vec<usize> =
            all.iter().flat_map(|&i| std::iter::repeat_n(i, times[data.block[i]] as usize)).collect();
        // Each resample is cut anew into classes of equal frequency.
        let cut = |j: usize| {
            let values: Vec<f64> = runs.iter().map(|&i| data.columns[j][i]).collect();
            self::classes(&values, factors[j].categories().is_some())
        };
        one(&runs, &(0..factors.len()).map(cut).collect::<Vec<_>>())
    });
    let row = |j: usize| {
        let column = |k: usize| -> Vec<Option<f64>> { resampled.iter().map(|r| r[j][k]).collect() };
        let (raw, first) = (found[j][0], found[j][1]);
        let repeated: Vec<f64> = column(0).into_iter().flatten().collect();
        // Plischke et al. (2013): twice the estimate less the mean of the resampled ones.
        let corrected = raw.map(|raw| mean(&repeated).map_or(raw, |m| (2.0 * raw - m).clamp(0.0, 1.0)));
        let values = vec![
            ("delta", Estimate::normal(corrected, &column(0), 0.0)),
            ("delta_raw", Estimate::bare(raw)),
            ("first", Estimate::normal(first, &column(1), 0.0)),
        ];
        IndexRow { parameter: factors[j].name.clone(), values }
    };
    let notes = common_notes(data.blocks, data.dropped, response.failed_rows(), data.unit, constant);
    let noise = if constant { Estimate::UNDEFINED } else { response.noise_from_replicates() };
    Ok(Sensitivity {
        method: "delta",
        outcome: response.name.clone(),
        design: design.id().to_owned(),
        blocks: data.blocks,
        unit: data.unit,
        blocks_dropped: data.dropped,
        rows_failed: response.failed_rows(),
        noise,
        noise_from: noise.estimate.map(|_| "replicates"),
        indices: (0..factors.len()).map(row).collect(),
        pairs: Vec::new(),
        convergence: Vec::new(),
        notes,
    })
}

/// Evenly spaced points from the smallest to the largest response.
fn grid(y: &[f64]) -> Vec<f64> {
    let low = y.iter().copied().fold(f64::INFINITY, f64::min);
    let high = y.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    (0..GRID).map(|i| low + (high - low) * i as f64 / (GRID - 1) as f64).collect()
}

/// How many classes so many runs are cut into (Plischke et al. 2013, as in `SALib`).
fn class_count(runs: usize) -> usize {
    let n = runs as f64;
    let exponent = 2.0 / (7.0 + libm::tanh((1500.0 - n) / 500.0));
    (libm::ceil(libm::pow(n, exponent)) as usize).min(48)
}

/// The class of each run: ranks cut into equal parts, or the category.
fn classes(values: &[f64], category: bool) -> Vec<usize> {
    if category {
        return values.iter().map(|v| *v as usize).collect();
    }
    let (n, count) = (values.len(), class_count(values.len()));
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
    let mut class = vec![0; n];
    let mut current = 0;
    for (rank, &i) in order.iter().enumerate() {
        // Ranks from 1; class c holds those in (c n/M, (c + 1) n/M].
        while (rank + 1) as f64 > (current + 1) as f64 * n as f64 / count as f64 && current + 1 < count {
            current += 1;
        }
        class[i] = current;
    }
    class
}

/// The kernel density of `y` on `grid`; `None` where `y` does not vary.
fn density(y: &[f64], grid: &[f64]) -> Option<Vec<f64>> {
    let n = y.len() as f64;
    let spread = crate::stats::variance(y).filter(|v| *v > 0.0)?.sqrt();
    let width = spread * libm::pow(n * 3.0 / 4.0, -0.2);
    let scale = 1.0 / (n * width * (2.0 * std::f64::consts::PI).sqrt());
    // Beyond nine widths a kernel adds less than the last digit.
    let kernel = |z: f64| if z.abs() > 9.0 { 0.0 } else { libm::exp(-0.5 * z * z) };
    let at = |g: &f64| y.iter().map(|v| kernel((g - v) / width)).sum::<f64>() * scale;
    Some(grid.iter().map(at).collect())
}

fn members(y: &[f64], classes: &[usize]) -> Vec<Vec<f64>> {
    let count = classes.iter().max().map_or(0, |m| m + 1);
    let mut parts = vec![Vec::new(); count];
    y.iter().zip(classes).for_each(|(y, c)| parts[*c].push(*y));
    parts.into_iter().filter(|p| !p.is_empty()).collect()
}

/// Half the area between the density and that of each class, weighted by its runs.
fn area(y: &[f64], classes: &[usize], whole: &[f64], grid: &[f64]) -> Option<f64> {
    let total = y.len() as f64;
    let step = |i: usize| grid[i + 1] - grid[i];
    let of = |part: &Vec<f64>| {
        // A class that does not vary is a point mass: nothing of its density lies where the other's does.
        let own = density(part, grid);
        let apart = |i: usize| own.as_ref().map_or(whole[i], |own| (whole[i] - own[i]).abs());
        let area: f64 = (0..GRID - 1).map(|i| f64::midpoint(apart(i), apart(i + 1)) * step(i)).sum();
        part.len() as f64 / (2.0 * total) * area
    };
    Some(members(y, classes).iter().map(of).sum())
}

/// The variance of class means over the variance.
fn first(y: &[f64], classes: &[usize]) -> Option<f64> {
    let n = y.len() as f64;
    let centre = mean(y)?;
    let variance = y.iter().map(|y| (y - centre).powi(2)).sum::<f64>() / n;
    let between: f64 = members(y, classes)
        .iter()
        .map(|part| {
            let own = part.iter().sum::<f64>() / part.len() as f64;
            part.len() as f64 / n * (own - centre).powi(2)
        })
        .sum();
    if variance > 0.0 { Some(between / variance) } else { None }
}
