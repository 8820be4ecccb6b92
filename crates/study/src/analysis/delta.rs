//! Borgonovo's δ: half the expected area between the density of the response and its density given one factor.
//!
//! Borgonovo (2007), by the given-data estimator of Plischke, Borgonovo and Smith (2013): classes of equal frequency,
//! Gaussian kernels of Silverman's width on 100 points, and the bias taken off by resampling. Beside it the
//! first-order index by the variance of class means. Equal values of a factor are never parted: a factor with few
//! different values has each as a class, others are cut by their mid-ranks. A response with few different values has
//! shares in place of densities.

use rayon::prelude::*;

use crate::design::{Design, Factor};
use crate::stats::mean;

use super::bootstrap::Resampling;
use super::error::AnalysisError;
use super::estimate::Estimate;
use super::given_data::{Cut, Data, MOST_LEVELS, by_chance, levels, mid_places};
use super::response::Response;
use super::sensitivity::{IndexRow, Sensitivity, common_notes};

/// Points at which densities are compared.
const GRID: usize = 100;
/// Resamples are costly here and only their mean and spread are used.
const MOST_RESAMPLES: usize = 100;
/// A response with at most so many different values has shares in place of a density.
const MOST_OUTCOMES: usize = 20;
/// Fewest runs a level, on average, with which levels are classes and values have shares.
const LEAST_RUNS_A_LEVEL: usize = 4;

/// δ and first-order indices of each factor, from any design.
///
/// # Errors
/// [`AnalysisError::Request`] where there are too few points.
pub fn delta(design: &Design, response: &Response, resampling: Resampling) -> Result<Sensitivity, AnalysisError> {
    let data = Data::of(design, response)?;
    let constant = response.is_constant();
    let factors = design.factors();
    let (grid, still) = (grid(&data.y), data.constant());
    let classes: Vec<Cut> = factors.iter().zip(&data.columns).map(|(f, values)| classes(f, values)).collect();
    let few = levels(&data.y, MOST_OUTCOMES).is_some_and(|(_, different)| enough(different, data.y.len()));
    let measure = |cut: &Cut, runs: &[usize], y: &[f64], whole: Option<&Vec<f64>>| {
        let parts = members(y, runs.iter().map(|&i| cut.own[i]));
        let distance = if few { Some(shares_apart(y, &parts)) } else { None };
        [distance.or_else(|| Some(area(y, &parts, whole?, &grid))), first(y, &parts)]
    };
    let one = |runs: &[usize]| -> Vec<[Option<f64>; 2]> {
        let y: Vec<f64> = runs.iter().map(|&i| data.y[i]).collect();
        let whole = if few { None } else { density(&y, &grid) };
        classes.par_iter().map(|cut| measure(cut, runs, &y, whole.as_ref())).collect()
    };
    let all: Vec<usize> = (0..data.y.len()).collect();
    let found = if constant { vec![[None; 2]; factors.len()] } else { one(&all) };
    let resamples = if constant { 0 } else { resampling.resamples.min(MOST_RESAMPLES) };
    let resampled = Resampling { resamples, ..resampling }.run(data.blocks, |times| {
        one(&all.iter().flat_map(|&i| std::iter::repeat_n(i, times[data.block[i]] as usize)).collect::<Vec<_>>())
    });
    let row = |j: usize| {
        let column = |k: usize| -> Vec<Option<f64>> { resampled.iter().map(|r| r[j][k]).collect() };
        let [raw, first] = found[j];
        let repeated: Vec<f64> = column(0).into_iter().flatten().collect();
        // Plischke et al. (2013): twice the estimate less the mean of the resampled ones.
        let corrected = raw.map(|raw| mean(&repeated).map_or(raw, |m| (2.0 * raw - m).clamp(0.0, 1.0)));
        let values = vec![
            ("delta", Estimate::normal(corrected, &column(0), SHARE)),
            ("delta_raw", Estimate::bare(raw)),
            ("first", Estimate::normal(first, &column(1), SHARE)),
        ];
        IndexRow { parameter: factors[j].name.clone(), values }
    };
    let mut notes = common_notes(data.blocks, data.dropped, response, data.unit, constant);
    if !constant {
        let whole = density(&data.y, &grid);
        let both = |cut: &Cut| measure(cut, &all, &data.y, whole.as_ref()).map(|v| v.unwrap_or(0.0)).to_vec();
        notes.extend(by_chance((factors, &classes, &still), &["delta_raw", "first"], resampling.seed, both));
    }
    Ok(data.found("delta", (design, response), (0..factors.len()).map(row).collect(), notes))
}

/// Where both indices lie.
const SHARE: std::ops::RangeInclusive<f64> = 0.0..=1.0;

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

/// Whether so many different values come back often enough to be taken one by one.
fn enough(different: usize, runs: usize) -> bool {
    different * LEAST_RUNS_A_LEVEL <= runs
}

/// Categories and few levels by themselves, others by mid-ranks cut into equal parts.
fn classes(factor: &Factor, values: &[f64]) -> Cut {
    let (n, count) = (values.len(), class_count(values.len()));
    let levels = Cut::by_levels(factor, values, count.max(MOST_LEVELS));
    if let Some(cut) = levels.filter(|cut| factor.categories().is_some() || enough(cut.count, n)) {
        return cut;
    }
    // Class c holds ranks from 1 in (c n/M, (c + 1) n/M].
    let above = |place: f64, c: usize| place + 1.0 > (c + 1) as f64 * n as f64 / count as f64;
    let class = |place: &f64| (0..count - 1).find(|c| !above(*place, *c)).unwrap_or(count - 1);
    Cut { own: mid_places(values).iter().map(class).collect(), count, discrete: false }
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

/// The responses of each class that has any.
fn members(y: &[f64], classes: impl Iterator<Item = usize>) -> Vec<Vec<f64>> {
    let mut parts: Vec<Vec<f64>> = Vec::new();
    for (y, class) in y.iter().zip(classes) {
        if class >= parts.len() {
            parts.resize(class + 1, Vec::new());
        }
        parts[class].push(*y);
    }
    parts.retain(|part| !part.is_empty());
    parts
}

/// Half the area between the density and that of each class, weighted by its runs; 0 to 1.
fn area(y: &[f64], parts: &[Vec<f64>], whole: &[f64], grid: &[f64]) -> f64 {
    let step = |i: usize| grid[i + 1] - grid[i];
    let half_area = |part: &Vec<f64>| -> f64 {
        let low = part.iter().copied().fold(f64::INFINITY, f64::min);
        let high = part.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let own = if high - low < step(0) { None } else { density(part, grid) };
        // A class between two points of the grid is a point mass: apart is all that lies elsewhere.
        let Some(own) = own else {
            return y.iter().filter(|y| !(low..=high).contains(*y)).count() as f64 / y.len() as f64;
        };
        let apart = |i: usize| (whole[i] - own[i]).abs();
        let area: f64 = (0..GRID - 1).map(|i| f64::midpoint(apart(i), apart(i + 1)) * step(i)).sum();
        (area / 2.0).min(1.0)
    };
    parts.iter().map(|part| part.len() as f64 / y.len() as f64 * half_area(part)).sum::<f64>().min(1.0)
}

/// δ of a response with few values: half the sum of what shares differ by, weighted by the runs of each class; 0 to 1.
fn shares_apart(y: &[f64], parts: &[Vec<f64>]) -> f64 {
    let share = |runs: &[f64], value: f64| runs.iter().filter(|y| **y == value).count() as f64 / runs.len() as f64;
    let mut values = y.to_vec();
    values.sort_by(f64::total_cmp);
    values.dedup();
    let of = |part: &Vec<f64>| {
        let apart: f64 = values.iter().map(|v| (share(part, *v) - share(y, *v)).abs()).sum();
        part.len() as f64 / y.len() as f64 * apart / 2.0
    };
    parts.iter().map(of).sum::<f64>().min(1.0)
}

/// The variance of class means over the variance; 0 to 1.
fn first(y: &[f64], parts: &[Vec<f64>]) -> Option<f64> {
    let n = y.len() as f64;
    let centre = mean(y)?;
    let variance = y.iter().map(|y| (y - centre).powi(2)).sum::<f64>() / n;
    let between: f64 = parts
        .iter()
        .map(|part| {
            let own = part.iter().sum::<f64>() / part.len() as f64;
            part.len() as f64 / n * (own - centre).powi(2)
        })
        .sum();
    if variance > 0.0 { Some((between / variance).min(1.0)) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn classes_of(values: &[f64]) -> Vec<usize> {
        classes(&Factor::uniform("x", 0.0, 1.0), values).own
    }

    #[test]
    fn a_class_never_parts_equal_values() {
        // Half of the values are one tie, the others all different.
        let values: Vec<f64> = (0..200).map(|i| if i % 2 == 0 { 0.0 } else { f64::from(i) }).collect();
        let found = classes_of(&values);
        let tied: Vec<usize> = (0..200).step_by(2).map(|i| found[i]).collect();
        assert!(tied.iter().all(|c| *c == tied[0]), "{tied:?}");
        assert!((0..200).filter(|i| i % 2 == 1).all(|i| found[i] > tied[0]), "no other value shares the class");
        // Without ties: equal numbers in each class.
        let plain = classes_of(&(0..200).map(f64::from).collect::<Vec<_>>());
        let sizes: Vec<usize> = (0..class_count(200)).map(|c| plain.iter().filter(|p| **p == c).count()).collect();
        assert_eq!((sizes.iter().sum::<usize>(), sizes.len()), (200, 4));
        assert!(sizes.iter().all(|s| *s == 50), "{sizes:?}");
    }

    #[test]
    fn few_levels_are_classes_and_few_runs_a_level_are_not() {
        let levels = |count: usize, n: usize| -> Vec<f64> { (0..n).map(|i| (i % count) as f64).collect() };
        assert_eq!(classes_of(&levels(7, 70))[..7], [0, 1, 2, 3, 4, 5, 6]);
        assert!(classes_of(&levels(10, 20)).iter().all(|c| *c < class_count(20)));
    }
}
