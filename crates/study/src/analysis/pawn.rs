//! PAWN: how far the distribution of the response moves when one factor is held in a slice of its range.
//!
//! Pianosi and Wagener (2018): the Kolmogorov–Smirnov distance between the response in a slice and the
//! whole response, over slices of equal frequency; reported by its median, mean, smallest and largest. Each level of a
//! factor with few is a slice, and the last slice holds its upper end. A factor that does nothing still has a distance
//! by chance: the median of a shuffled factor.

use crate::design::{Design, Factor};
use crate::stats::{mean, quantile, variance};
use forestall_model::{Draws, Key};

use super::bootstrap::Resampling;
use super::error::AnalysisError;
use super::estimate::Estimate;
use super::given_data::{Data, MOST_LEVELS, levels};
use super::response::Response;
use super::sensitivity::{IndexRow, Sensitivity, common_notes};

/// Slices of a factor with more levels.
const SLICES: usize = MOST_LEVELS;
/// Resamples are costly here and only their spread is used.
const MOST_RESAMPLES: usize = 200;
/// Shuffled factors whose median distance is the threshold.
const SHUFFLES: usize = 20;
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
    let slices: Vec<Slices> = factors.iter().zip(&data.columns).map(|(f, values)| Slices::of(f, values)).collect();
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
        notes.extend(thresholds(&data, factors, &slices, &still, resampling.seed));
    }
    let noise = if constant { Estimate::UNDEFINED } else { response.noise_from_replicates() };
    let found = Sensitivity {
        method: "pawn",
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
    };
    Ok(found.without_constant(&still))
}

/// How a factor's range is cut.
struct Slices {
    /// The slice of each run.
    own: Vec<usize>,
    /// How many slices there are, empty ones too.
    count: usize,
    /// Whether each level is a slice.
    discrete: bool,
}

impl Slices {
    /// Categories and few levels by themselves, others in parts of equal frequency; equal values stay together.
    fn of(factor: &Factor, values: &[f64]) -> Self {
        if let Some(names) = factor.categories() {
            return Self { own: values.iter().map(|v| *v as usize).collect(), count: names.len(), discrete: true };
        }
        if let Some((own, count)) = levels(values, MOST_LEVELS) {
            return Self { own, count, discrete: true };
        }
        let mut sorted = values.to_vec();
        sorted.sort_by(f64::total_cmp);
        // Linear interpolation between order statistics, as everywhere else.
        let edges: Vec<f64> = (1..SLICES).filter_map(|s| quantile(&sorted, s as f64 / SLICES as f64)).collect();
        let own = values.iter().map(|v| edges.iter().filter(|edge| v >= *edge).count()).collect();
        Self { own, count: SLICES, discrete: false }
    }

    /// The share of runs that each slice has, in twentieths and rising order; empty ones left out.
    fn sizes(&self) -> Vec<usize> {
        let mut sizes = vec![0; self.count];
        self.own.iter().for_each(|s| sizes[*s] += 1);
        sizes.retain(|size| *size > 0);
        sizes.iter_mut().for_each(|size| *size = (40 * *size / self.own.len()).div_ceil(2));
        sizes.sort_unstable();
        sizes
    }
}

/// Median, mean, smallest, largest and coefficient of variation of the distances over slices.
fn statistics(data: &Data, slices: &Slices, times: Option<&[u32]>) -> [Option<f64>; 5] {
    let distances: Vec<f64> = distances(data, slices, times);
    let mean = mean(&distances);
    let spread = variance(&distances).map(|v| (v * (distances.len() - 1) as f64 / distances.len() as f64).sqrt());
    let extreme = |f: fn(f64, f64) -> f64| distances.iter().copied().reduce(f);
    let cv = spread.zip(mean).filter(|(_, m)| *m > 0.0).map(|(s, m)| s / m);
    [quantile(&distances, 0.5), mean, extreme(f64::min), extreme(f64::max), cv]
}

/// The Kolmogorov–Smirnov distance between each slice that is not empty and the whole.
fn distances(data: &Data, slices: &Slices, times: Option<&[u32]>) -> Vec<f64> {
    let Slices { own, count, .. } = slices;
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

/// The median of a factor that does nothing, in a sentence for each way in which factors are cut.
fn thresholds(data: &Data, factors: &[Factor], slices: &[Slices], still: &[bool], seed: u64) -> Vec<String> {
    let mut kinds: Vec<(Vec<usize>, usize, Vec<&str>)> = Vec::new();
    for (j, own) in slices.iter().enumerate().filter(|(j, _)| !still[*j]) {
        // Factors in slices of equal frequency are of one kind, whatever ties they have.
        let key = if own.discrete { own.sizes() } else { Vec::new() };
        match kinds.iter_mut().find(|kind| kind.0 == key) {
            Some(kind) => kind.2.push(&factors[j].name),
            None => kinds.push((key, j, vec![&factors[j].name])),
        }
    }
    kinds.sort_by_key(|kind| !kind.0.is_empty());
    let sentence = |(sizes, j, names): &(Vec<usize>, usize, Vec<&str>)| {
        let value = threshold(data, &slices[*j], seed);
        if sizes.is_empty() {
            return format!("a factor that does nothing would have a median of about {value:.3} here");
        }
        format!(
            "a factor with the {} levels of `{}` that does nothing would have a median of about {value:.3} here",
            sizes.len(),
            names.join("`, `")
        )
    };
    kinds.iter().map(sentence).collect()
}

/// The median over slices of a factor that was shuffled, averaged.
fn threshold(data: &Data, slices: &Slices, seed: u64) -> f64 {
    let draws = Draws::new(seed % forestall_model::SEED_LIMIT, 0);
    let of = |shuffle: usize| {
        let key = Key::root("shuffled factor").child(0, shuffle as u64);
        let place: Vec<f64> = (0..data.y.len()).map(|i| draws.uniform(key, 0, i as u32)).collect();
        let mut order: Vec<usize> = (0..place.len()).collect();
        order.sort_by(|&a, &b| place[a].total_cmp(&place[b]));
        // Sorted first, so that the order of the factor's own values plays no part.
        let mut own = slices.own.clone();
        own.sort_unstable();
        let mut shuffled = vec![0; own.len()];
        order.iter().zip(own).for_each(|(i, slice)| shuffled[*i] = slice);
        let shuffled = Slices { own: shuffled, ..*slices };
        statistics(data, &shuffled, None)[0].unwrap_or(0.0)
    };
    (0..SHUFFLES).map(of).sum::<f64>() / SHUFFLES as f64
}
