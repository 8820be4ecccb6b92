//! Sobol indices of first, total and second order from Saltelli's design.
//!
//! With f centred on its mean and V the variance over the rows A and B (Saltelli et al. 2010; Jansen 1999):
//!
//! ```text
//! first  Sᵢ  = mean f(B) (f(AB⁽ⁱ⁾) − f(A)) ÷ V
//! total  Tᵢ  = mean (f(A) − f(AB⁽ⁱ⁾))² ÷ 2V
//! second Sᵢⱼ = mean (f(BA⁽ⁱ⁾) f(AB⁽ʲ⁾) − f(A) f(B)) ÷ V − Sᵢ − Sⱼ
//! ```
//!
//! Where all rows of a block share their random streams, A and B have nothing but these in common, so
//! cov(f(A), f(B)) ÷ V is the share of variance that chance alone explains.

use crate::design::{Design, Method};

use super::bootstrap::Resampling;
use super::error::AnalysisError;
use super::estimate::Estimate;
use super::response::Response;
use super::sensitivity::{ConvergenceStep, IndexRow, PairRow, Sensitivity, common_notes};
use super::tornado::Tornado;

/// Fewest blocks from which convergence is shown.
const LEAST_BLOCKS: usize = 16;
/// Fewer blocks than this call for a warning.
const FEW_BLOCKS: usize = 64;

/// Sobol indices.
///
/// # Errors
/// [`AnalysisError::Request`] where the design has no Saltelli blocks.
pub fn sobol(design: &Design, response: &Response, resampling: Resampling) -> Result<Sensitivity, AnalysisError> {
    let Method::Saltelli { second_order } = design.method() else {
        return Err(AnalysisError::request(format!(
            "Sobol indices need the blocks of --design saltelli, and this is a design of {}; use --method pawn or \
             delta, or plan a Saltelli design",
            design.method().name()
        )));
    };
    let groups = design.groups();
    let all = response.blocks(design.block_rows());
    let blocks: Vec<Vec<Vec<f64>>> = all.iter().filter(|copies| !copies.is_empty()).cloned().collect();
    let constant = response.is_constant();
    let shape = Shape { groups: groups.len(), second_order };
    let sums = if constant { Sums::empty(shape) } else { Sums::of(&blocks, shape) };
    let (indices, pairs, noise) = estimates(&sums, shape, resampling, &|g| groups[g].name.clone());
    let from_replicates = response.replicates() > 1;
    let noise = if from_replicates && !constant { response.noise_from_replicates() } else { noise };
    let noise_from = noise.estimate.map(|_| if from_replicates { "replicates" } else { "blocks" });
    let dropped = all.len() - blocks.len();
    let mut notes = common_notes(blocks.len(), dropped, response, "block", constant);
    if !from_replicates && !constant {
        notes.push(
            "the noise share is what the rows of a block have in common; chance drawn anew in every row cannot be \
             seen without replicates and then inflates the total indices"
                .to_owned(),
        );
    }
    if !constant && blocks.len() < FEW_BLOCKS {
        notes.push(format!("only {} blocks: intervals are rough below about {FEW_BLOCKS}", blocks.len()));
    }
    let found = Sensitivity {
        method: "sobol",
        outcome: response.name.clone(),
        design: design.id().to_owned(),
        blocks: blocks.len(),
        unit: "block",
        blocks_dropped: dropped,
        rows_failed: response.failed_rows(),
        noise,
        noise_from,
        convergence: convergence(&sums, shape, resampling, &indices),
        indices,
        pairs,
        tornado: Tornado::of(design, response),
        notes,
    };
    Ok(found.without_constant(&design.constant_groups()))
}

#[derive(Clone, Copy)]
struct Shape {
    groups: usize,
    second_order: bool,
}

impl Shape {
    fn pairs(self) -> usize {
        if self.second_order { self.groups * (self.groups - 1) / 2 } else { 0 }
    }

    /// Sums kept for each block: count, A + B, A² + B², AB, then first and total by group, then pairs.
    fn width(self) -> usize {
        4 + 2 * self.groups + self.pairs()
    }
}

/// The sums of each block over its replicates, from which every index of any resample follows.
struct Sums {
    blocks: Vec<f64>,
    count: usize,
}

impl Sums {
    fn empty(_shape: Shape) -> Self {
        Self { blocks: Vec::new(), count: 0 }
    }

    fn of(blocks: &[Vec<Vec<f64>>], shape: Shape) -> Self {
        let every: Vec<f64> = blocks.iter().flatten().flatten().copied().collect();
        // Centred, so that adding a constant to the response changes nothing.
        let centre = crate::stats::mean(&every).unwrap_or(0.0);
        let width = shape.width();
        let mut sums = vec![0.0; blocks.len() * width];
        for (copies, sums) in blocks.iter().zip(sums.chunks_mut(width)) {
            for copy in copies {
                let y: Vec<f64> = copy.iter().map(|y| y - centre).collect();
                add(&y, shape, sums);
            }
        }
        Self { blocks: sums, count: blocks.len() }
    }
}

/// Adds one replicate of one block.
fn add(y: &[f64], shape: Shape, sums: &mut [f64]) {
    let (a, b) = (y[0], y[y.len() - 1]);
    sums[0] += 1.0;
    sums[1] += a + b;
    sums[2] += a * a + b * b;
    sums[3] += a * b;
    let groups = shape.groups;
    for g in 0..groups {
        let mixed = y[1 + g];
        sums[4 + g] += b * (mixed - a);
        sums[4 + groups + g] += (a - mixed) * (a - mixed);
    }
    if shape.second_order {
        let mut place = 4 + 2 * groups;
        for i in 0..groups {
            for j in i + 1..groups {
                sums[place] += y[1 + groups + i] * y[1 + j] - a * b;
                place += 1;
            }
        }
    }
}

/// First by group, total by group, second by pair, noise; `None` where the variance is zero.
fn indices(total: &[f64], shape: Shape) -> Option<Vec<f64>> {
    let n = total[0];
    let mean = total[1] / (2.0 * n);
    let variance = total[2] / (2.0 * n) - mean * mean;
    if !(n > 0.0 && variance > 0.0) {
        return None;
    }
    let groups = shape.groups;
    let first = |g: usize| total[4 + g] / n / variance;
    let mut all: Vec<f64> = (0..groups).map(first).collect();
    all.extend((0..groups).map(|g| total[4 + groups + g] / (2.0 * n) / variance));
    let mut place = 4 + 2 * groups;
    if shape.second_order {
        for i in 0..groups {
            for j in i + 1..groups {
                all.push(total[place] / n / variance - first(i) - first(j));
                place += 1;
            }
        }
    }
    all.push((total[3] / n - mean * mean) / variance);
    Some(all)
}

/// The sums of the first `blocks` blocks, each counted so many times.
fn weighted(sums: &Sums, blocks: usize, shape: Shape, times: impl Fn(usize) -> f64) -> Vec<f64> {
    let mut total = vec![0.0; shape.width()];
    for (block, one) in sums.blocks.chunks(shape.width()).take(blocks).enumerate() {
        let weight = times(block);
        if weight > 0.0 {
            total.iter_mut().zip(one).for_each(|(t, x)| *t += weight * x);
        }
    }
    total
}

/// All indices of the first blocks with their intervals, in the order of [`indices`].
fn all_estimates(sums: &Sums, blocks: usize, shape: Shape, resampling: Resampling) -> Vec<Estimate> {
    let many = 2 * shape.groups + shape.pairs() + 1;
    let estimate = if blocks > 0 { indices(&weighted(sums, blocks, shape, |_| 1.0), shape) } else { None };
    let Some(estimate) = estimate else { return vec![Estimate::UNDEFINED; many] };
    let resamples = if blocks > 1 { resampling.resamples } else { 0 };
    let resampled = Resampling { resamples, ..resampling }
        .run(blocks, |times| indices(&weighted(sums, blocks, shape, |b| f64::from(times[b])), shape));
    let column = |k: usize| -> Vec<Option<f64>> { resampled.iter().map(|r| r.as_ref().map(|r| r[k])).collect() };
    (0..many).map(|k| Estimate::percentile(Some(estimate[k]), &column(k))).collect()
}

type Found = (Vec<IndexRow>, Vec<PairRow>, Estimate);

fn estimates(sums: &Sums, shape: Shape, resampling: Resampling, name: &dyn Fn(usize) -> String) -> Found {
    let all = all_estimates(sums, sums.count, shape, resampling);
    let groups = shape.groups;
    let rows = index_rows(&all, groups, name);
    let mut pairs = Vec::new();
    if shape.second_order {
        let names = (0..groups).flat_map(|i| (i + 1..groups).map(move |j| (i, j)));
        for ((i, j), second) in names.zip(&all[2 * groups..]) {
            pairs.push(PairRow { parameters: [name(i), name(j)], second: *second });
        }
    }
    let noise = all[all.len() - 1];
    // A share cannot be negative; chance can make its estimate so.
    let share = |v: Option<f64>| v.map(|v| v.clamp(0.0, 1.0));
    let noise = Estimate { estimate: share(noise.estimate), low: share(noise.low), high: share(noise.high) };
    (rows, pairs, noise)
}

fn index_rows(all: &[Estimate], groups: usize, name: &dyn Fn(usize) -> String) -> Vec<IndexRow> {
    (0..groups)
        .map(|g| IndexRow { parameter: name(g), values: vec![("first", all[g]), ("total", all[groups + g])] })
        .collect()
}

/// The indices of ever more blocks, doubling, up to all of them.
fn convergence(sums: &Sums, shape: Shape, resampling: Resampling, named: &[IndexRow]) -> Vec<ConvergenceStep> {
    let alone = Shape { second_order: false, ..shape };
    let mut sizes: Vec<usize> =
        std::iter::successors(Some(LEAST_BLOCKS), |n| Some(n * 2)).take_while(|n| *n < sums.count).collect();
    sizes.push(sums.count);
    let resampling = Resampling { resamples: resampling.resamples.min(400), ..resampling };
    let step = |&blocks: &usize| {
        // The pairs stand behind the first and total sums, so a view without them is a prefix of each block.
        let narrow = Sums { blocks: prefix(sums, shape, alone), count: sums.count };
        let all = all_estimates(&narrow, blocks, alone, resampling);
        ConvergenceStep { blocks, indices: index_rows(&all, shape.groups, &|g| named[g].parameter.clone()) }
    };
    if sums.count == 0 { Vec::new() } else { sizes.iter().map(step).collect() }
}

fn prefix(sums: &Sums, wide: Shape, narrow: Shape) -> Vec<f64> {
    sums.blocks.chunks(wide.width()).flat_map(|block| block[..narrow.width()].iter().copied()).collect()
}
