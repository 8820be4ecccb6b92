//! PAWN: how far the distribution of the response moves when one factor is held in a slice of its range.
//!
//! Pianosi and Wagener (2018): the Kolmogorov–Smirnov distance between the response in a slice and the
//! whole response, over slices of equal frequency; reported by its median, mean, smallest and largest. Each level of a
//! factor with few is a slice, and the last slice holds its upper end. A factor that does nothing still has a distance
//! by chance: the median of a shuffled factor.

use crate::design::{Design, Factor};
use crate::stats::{mean, quantile, variance};

use super::bootstrap::Resampling;
use super::error::AnalysisError;
use super::estimate::Estimate;
use super::given_data::{Cut, Data, MOST_LEVELS, by_chance, mid_places};
use super::response::Response;
use super::sensitivity::{IndexRow, Sensitivity, common_notes};

/// Slices of a factor with more levels.
const SLICES: usize = MOST_LEVELS;
/// Resamples are costly here and only their spread is used.
const MOST_RESAMPLES: usize = 200;
/// Names of the statistics over slices, and the largest value that each can have.
const NAMES: [(&str, f64); 5] =
    [("median", 1.0), ("mean", 1.0), ("minimum", 1.0), ("maximum", 1.0), ("cv", f64::INFINITY)];

/// PAWN indices of each factor, from any design.
///
/// # Errors
/// [`AnalysisError::Request`] where there are fewer than two points a slice.
pub fn pawn(design: &Design, response: &Response, resampling: Resampling) -> Result<Sensitivity, AnalysisError> {
    let data = Data::of(design, response)?;
    let constant = response.is_constant();
    let factors = design.factors();
    let slices: Vec<Cut> = factors.iter().zip(&data.columns).map(|(f, values)| slices(f, values)).collect();
    let found = |j: usize, times: Option<&[u32]>| -> [Option<f64>; 5] {
        if constant { [None; 5] } else { statistics(&data, &slices[j], times) }
    };
    let resamples = if constant { 0 } else { resampling.resamples.min(MOST_RESAMPLES) };
    let resampled: Vec<Vec<[Option<f64>; 5]>> = Resampling { resamples, ..resampling }
        .run(data.blocks, |times| (0..factors.len()).map(|j| found(j, Some(times))).collect());
    let row = |j: usize| {
        let at = found(j, None);
        let one = |(k, (name, most)): (usize, (&'static str, f64))| {
            let column: Vec<Option<f64>> = resampled.iter().map(|r| r[j][k]).collect();
            (name, Estimate::normal(at[k], &column, 0.0..=most))
        };
        IndexRow { parameter: factors[j].name.clone(), values: NAMES.into_iter().enumerate().map(one).collect() }
    };
    let mut notes = common_notes(data.blocks, data.dropped, response, data.unit, constant);
    let still = data.constant();
    if !constant {
        let median = |cut: &Cut| vec![statistics(&data, cut, None)[0].unwrap_or(0.0)];
        notes.extend(by_chance((factors, &slices, &still), &["median"], resampling.seed, median));
    }
    Ok(data.found("pawn", (design, response), (0..factors.len()).map(row).collect(), notes))
}

/// Categories and few levels by themselves, others in slices of equal frequency by the middle of equal values' places.
fn slices(factor: &Factor, values: &[f64]) -> Cut {
    if let Some(cut) = Cut::by_levels(factor, values, MOST_LEVELS) {
        return cut;
    }
    let last = (values.len() - 1) as f64;
    // Slice s begins at the quantile s/10 of type 7; the last holds its upper end.
    let slice = |place: &f64| ((place * SLICES as f64 / last) as usize).min(SLICES - 1);
    Cut { own: mid_places(values).iter().map(slice).collect(), count: SLICES, discrete: false }
}

/// Median, mean, smallest, largest and coefficient of variation of the distances over slices.
fn statistics(data: &Data, slices: &Cut, times: Option<&[u32]>) -> [Option<f64>; 5] {
    let distances: Vec<f64> = distances(data, slices, times);
    let mean = mean(&distances);
    let spread = variance(&distances).map(|v| (v * (distances.len() - 1) as f64 / distances.len() as f64).sqrt());
    let extreme = |f: fn(f64, f64) -> f64| distances.iter().copied().reduce(f);
    let cv = spread.zip(mean).filter(|(_, m)| *m > 0.0).map(|(s, m)| s / m);
    [quantile(&distances, 0.5), mean, extreme(f64::min), extreme(f64::max), cv]
}

/// The Kolmogorov–Smirnov distance between each slice that is not empty and the whole.
fn distances(data: &Data, slices: &Cut, times: Option<&[u32]>) -> Vec<f64> {
    let Cut { own, count, .. } = slices;
    let mut order: Vec<usize> = (0..data.y.len()).collect();
    order.sort_by(|&a, &b| data.y[a].total_cmp(&data.y[b]));
    let weight = |i: usize| times.map_or(1.0, |times| f64::from(times[data.block[i]]));
    let (mut whole, mut inside) = (0.0, vec![0.0; *count]);
    for (i, slice) in own.iter().enumerate() {
        whole += weight(i);
        inside[*slice] += weight(i);
    }
    let (mut below, mut below_inside, mut largest) = (0.0, vec![0.0; *count], vec![0.0_f64; *count]);
    let mut at = 0;
    while at < order.len() {
        let value = data.y[order[at]];
        // Equal values enter together: the distance is taken where both functions are right-continuous.
        while at < order.len() && data.y[order[at]] == value {
            below += weight(order[at]);
            below_inside[own[order[at]]] += weight(order[at]);
            at += 1;
        }
        for s in 0..*count {
            if inside[s] > 0.0 {
                largest[s] = largest[s].max((below_inside[s] / inside[s] - below / whole).abs());
            }
        }
    }
    (0..*count).filter(|&s| inside[s] > 0.0).map(|s| largest[s]).collect()
}
