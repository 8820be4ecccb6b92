//! PAWN: how far the distribution of the response moves when one factor is held in a slice of its range.
//!
//! Pianosi and Wagener (2018): the Kolmogorov–Smirnov distance between the response in a slice and the
//! whole response, over slices of equal frequency; reported by its median, mean, smallest and largest. A factor
//! that does nothing still has a distance by chance: `threshold` is the median of a shuffled factor.

use crate::design::Design;
use crate::stats::{mean, quantile, variance};
use forestall_model::{Draws, Key};

use super::bootstrap::Resampling;
use super::error::AnalysisError;
use super::estimate::Estimate;
use super::response::Response;
use super::sensitivity::{IndexRow, Sensitivity, common_notes};

/// Slices of a numeric factor; a category is a slice of its own.
const SLICES: usize = 10;
/// Resamples are costly here and only their spread is used.
const MOST_RESAMPLES: usize = 200;
/// Shuffled factors whose median distance is the threshold.
const SHUFFLES: usize = 20;
/// Names of the statistics over slices.
const NAMES: [&str; 5] = ["median", "mean", "minimum", "maximum", "cv"];

/// PAWN indices of each factor, from any design.
///
/// # Errors
/// [`AnalysisError::Request`] where there are fewer than two points a slice.
pub fn pawn(design: &Design, response: &Response, resampling: Resampling) -> Result<Sensitivity, AnalysisError> {
    let data = Data::of(design, response)?;
    let constant = response.is_constant();
    let factors = design.factors();
    let codes = |j: usize| factors[j].categories().map(<[String]>::len);
    let slices: Vec<Vec<Option<usize>>> = (0..factors.len()).map(|j| slices(&data.columns[j], codes(j))).collect();
    let counts = |j: usize| codes(j).unwrap_or(SLICES);
    let found = |j: usize, times: Option<&[u32]>| -> [Option<f64>; 5] {
        if constant { [None; 5] } else { statistics(&data, &slices[j], counts(j), times) }
    };
    let resamples = if constant { 0 } else { resampling.resamples.min(MOST_RESAMPLES) };
    let resampled: Vec<Vec<[Option<f64>; 5]>> = Resampling { resamples, ..resampling }
        .run(data.blocks, |times| (0..factors.len()).map(|j| found(j, Some(times))).collect());
    let row = |j: usize| {
        let at = found(j, None);
        let one = |k: usize| {
            let column: Vec<Option<f64>> = resampled.iter().map(|r| r[j][k]).collect();
            (NAMES[k], Estimate::normal(at[k], &column, 0.0))
        };
        IndexRow { parameter: factors[j].name.clone(), values: (0..5).map(one).collect() }
    };
    let dropped = data.dropped;
    let mut notes = common_notes(data.blocks, dropped, response.failed_rows(), data.unit, constant);
    if !constant {
        let threshold = threshold(&data, resampling.seed);
        notes.push(format!("a factor that does nothing would have a median of about {threshold:.3} here"));
    }
    let noise = if constant { Estimate::UNDEFINED } else { response.noise_from_replicates() };
    Ok(Sensitivity {
        method: "pawn",
        outcome: response.name.clone(),
        design: design.id().to_owned(),
        blocks: data.blocks,
        unit: data.unit,
        blocks_dropped: dropped,
        rows_failed: response.failed_rows(),
        noise,
        noise_from: noise.estimate.map(|_| "replicates"),
        indices: (0..factors.len()).map(row).collect(),
        pairs: Vec::new(),
        convergence: Vec::new(),
        notes,
    })
}

/// The runs that have a value, each with its block.
pub(super) struct Data {
    /// The response.
    pub(super) y: Vec<f64>,
    /// Each factor's values at the same runs.
    pub(super) columns: Vec<Vec<f64>>,
    /// Which block each run belongs to.
    pub(super) block: Vec<usize>,
    /// How many blocks there are.
    pub(super) blocks: usize,
    /// How many blocks had no run with a value.
    pub(super) dropped: usize,
    /// What a block is.
    pub(super) unit: &'static str,
}

/// Fewest runs that an analysis of distributions makes sense with.
const LEAST_RUNS: usize = 2 * SLICES;

impl Data {
    /// Rows of one block stay together, so that resampling respects what they have in common.
    pub(super) fn of(design: &Design, response: &Response) -> Result<Self, AnalysisError> {
        let size = design.block_rows();
        let mut data = Self {
            y: Vec::new(),
            columns: vec![Vec::new(); design.factors().len()],
            block: Vec::new(),
            blocks: 0,
            dropped: 0,
            unit: if size == 1 { "point" } else { "block" },
        };
        for start in (0..design.rows()).step_by(size) {
            let before = data.y.len();
            for row in start..start + size {
                for value in response.row(row).iter().copied().flatten() {
                    data.y.push(value);
                    data.block.push(data.blocks);
                    data.columns.iter_mut().enumerate().for_each(|(j, column)| column.push(design.column(j)[row]));
                }
            }
            if data.y.len() > before { data.blocks += 1 } else { data.dropped += 1 }
        }
        if data.y.len() < LEAST_RUNS {
            return Err(AnalysisError::request(format!(
                "{} runs have a value; distributions need at least {LEAST_RUNS}",
                data.y.len()
            )));
        }
        Ok(data)
    }
}

/// The slice of each run; the single largest value is in none, as in the reference implementation.
fn slices(values: &[f64], categories: Option<usize>) -> Vec<Option<usize>> {
    if categories.is_some() {
        return values.iter().map(|v| Some(*v as usize)).collect();
    }
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    // Linear interpolation between order statistics, as everywhere else.
    let edge = |s: usize| quantile(&sorted, s as f64 / SLICES as f64).unwrap_or(f64::INFINITY);
    let edges: Vec<f64> = (0..=SLICES).map(edge).collect();
    values.iter().map(|v| (0..SLICES).find(|&s| *v >= edges[s] && *v < edges[s + 1])).collect()
}

/// Median, mean, smallest, largest and coefficient of variation of the distances over slices.
fn statistics(data: &Data, slice: &[Option<usize>], slices: usize, times: Option<&[u32]>) -> [Option<f64>; 5] {
    let distances: Vec<f64> = distances(data, slice, slices, times);
    let mean = mean(&distances);
    let spread = variance(&distances).map(|v| (v * (distances.len() - 1) as f64 / distances.len() as f64).sqrt());
    let extreme = |f: fn(f64, f64) -> f64| distances.iter().copied().reduce(f);
    let cv = spread.zip(mean).filter(|(_, m)| *m > 0.0).map(|(s, m)| s / m);
    [quantile(&distances, 0.5), mean, extreme(f64::min), extreme(f64::max), cv]
}

/// The Kolmogorov–Smirnov distance between each slice that is not empty and the whole.
fn distances(data: &Data, slice: &[Option<usize>], slices: usize, times: Option<&[u32]>) -> Vec<f64> {
    let mut order: Vec<usize> = (0..data.y.len()).collect();
    order.sort_by(|&a, &b| data.y[a].total_cmp(&data.y[b]));
    let weight = |i: usize| times.map_or(1.0, |times| f64::from(times[data.block[i]]));
    let (mut whole, mut inside) = (0.0, vec![0.0; slices]);
    for (i, own) in slice.iter().enumerate() {
        whole += weight(i);
        if let Some(s) = *own {
            inside[s] += weight(i);
        }
    }
    let (mut below, mut below_inside, mut largest) = (0.0, vec![0.0; slices], vec![0.0_f64; slices]);
    let mut at = 0;
    while at < order.len() {
        let value = data.y[order[at]];
        // Equal values enter together: the distance is taken where both functions are right-continuous.
        while at < order.len() && data.y[order[at]] == value {
            below += weight(order[at]);
            if let Some(s) = slice[order[at]] {
                below_inside[s] += weight(order[at]);
            }
            at += 1;
        }
        for s in 0..slices {
            if inside[s] > 0.0 {
                largest[s] = largest[s].max((below_inside[s] / inside[s] - below / whole).abs());
            }
        }
    }
    (0..slices).filter(|&s| inside[s] > 0.0).map(|s| largest[s]).collect()
}

/// The median over slices of factors that were shuffled, averaged.
fn threshold(data: &Data, seed: u64) -> f64 {
    let draws = Draws::new(seed % forestall_model::SEED_LIMIT, 0);
    let of = |shuffle: usize| {
        let key = Key::root("shuffled factor").child(0, shuffle as u64);
        let values: Vec<f64> = (0..data.y.len()).map(|i| draws.uniform(key, 0, i as u32)).collect();
        statistics(data, &slices(&values, None), SLICES, None)[0].unwrap_or(0.0)
    };
    (0..SHUFFLES).map(of).sum::<f64>() / SHUFFLES as f64
}
