//! The runs that methods for any design look at, in an order of their own, how factors are cut, and what is by chance.
//!
//! Nothing that is found may depend on the order of a table's rows: runs are sorted by their content before anything
//! is summed, cut or resampled, and a cut never parts equal values.

use crate::design::{Design, Factor};
use forestall_model::{Draws, Key};

use super::error::AnalysisError;
use super::estimate::Estimate;
use super::response::Response;
use super::sensitivity::{IndexRow, Sensitivity};
use super::tornado::Tornado;

/// A factor with at most so many different values has each of them as a class of its own.
pub(super) const MOST_LEVELS: usize = 10;
/// Fewest runs that an analysis of distributions makes sense with.
const LEAST_RUNS: usize = 2 * MOST_LEVELS;

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

/// The response of one run, and its point.
type Run = (f64, Vec<f64>);

impl Data {
    /// Rows of one block stay together, so that resampling respects what they have in common.
    pub(super) fn of(design: &Design, response: &Response) -> Result<Self, AnalysisError> {
        let (size, count) = (design.known_block_rows(), design.factors().len());
        let mut blocks: Vec<Vec<Run>> = Vec::new();
        let mut dropped = 0;
        for start in (0..design.rows()).step_by(size) {
            let mut runs: Vec<Run> = Vec::new();
            for row in start..start + size {
                // Adding zero makes −0 and 0 the same.
                let point: Vec<f64> = (0..count).map(|j| design.column(j)[row] + 0.0).collect();
                runs.extend(response.row(row).iter().copied().flatten().map(|y| (y + 0.0, point.clone())));
            }
            runs.sort_by(order);
            if runs.is_empty() { dropped += 1 } else { blocks.push(runs) }
        }
        blocks.sort_by(|a, b| {
            let first = a.iter().zip(b).map(|(a, b)| order(a, b)).find(|o| o.is_ne());
            first.unwrap_or_else(|| a.len().cmp(&b.len()))
        });
        let runs: usize = blocks.iter().map(Vec::len).sum();
        if runs < LEAST_RUNS {
            return Err(AnalysisError::request(format!(
                "{runs} runs have a value; distributions need at least {LEAST_RUNS}"
            )));
        }
        let of_block = |(b, runs): (usize, &Vec<Run>)| std::iter::repeat_n(b, runs.len());
        Ok(Self {
            y: blocks.iter().flatten().map(|run| run.0).collect(),
            columns: (0..count).map(|j| blocks.iter().flatten().map(|run| run.1[j]).collect()).collect(),
            block: blocks.iter().enumerate().flat_map(of_block).collect(),
            blocks: blocks.len(),
            dropped,
            unit: if size == 1 { "point" } else { "block" },
        })
    }

    /// What a method found in these runs, one row a factor; a factor with one value in all runs has no index.
    pub(super) fn found(
        &self,
        method: &'static str,
        (design, response): (&Design, &Response),
        indices: Vec<IndexRow>,
        notes: Vec<String>,
    ) -> Sensitivity {
        let noise = if response.is_constant() { Estimate::UNDEFINED } else { response.noise_from_replicates() };
        let found = Sensitivity {
            method,
            outcome: response.name.clone(),
            design: design.id().to_owned(),
            blocks: self.blocks,
            unit: self.unit,
            blocks_dropped: self.dropped,
            rows_failed: response.failed_rows(),
            noise,
            noise_from: noise.estimate.map(|_| "replicates"),
            indices,
            pairs: Vec::new(),
            convergence: Vec::new(),
            tornado: Tornado::of(design, response),
            notes,
        };
        found.without_constant(&self.constant())
    }

    /// Which factors have one value in all runs.
    pub(super) fn constant(&self) -> Vec<bool> {
        self.columns.iter().map(|values| values.iter().all(|v| *v == values[0])).collect()
    }
}

fn order(a: &Run, b: &Run) -> std::cmp::Ordering {
    let points = || a.1.iter().zip(&b.1).map(|(a, b)| a.total_cmp(b)).find(|o| o.is_ne());
    a.0.total_cmp(&b.0).then_with(|| points().unwrap_or(std::cmp::Ordering::Equal))
}

/// The level of each value, in rising order, and how many there are; `None` where there are more than `most`.
pub(super) fn levels(values: &[f64], most: usize) -> Option<(Vec<usize>, usize)> {
    let mut different: Vec<f64> = Vec::new();
    for value in values {
        if let Err(place) = different.binary_search_by(|v| v.total_cmp(value)) {
            if different.len() == most {
                return None;
            }
            different.insert(place, *value);
        }
    }
    let level = |v: &f64| different.binary_search_by(|d| d.total_cmp(v)).unwrap_or(0);
    Some((values.iter().map(level).collect(), different.len()))
}

/// The place of each value among the sorted ones, from 0; equal values share the middle of their places.
pub(super) fn mid_places(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
    let mut places = vec![0.0; values.len()];
    let mut from = 0;
    for equal in order.chunk_by(|&a, &b| values[a] == values[b]) {
        let middle = from as f64 + (equal.len() - 1) as f64 / 2.0;
        for &i in equal {
            places[i] = middle;
        }
        from += equal.len();
    }
    places
}

/// How a factor's range is cut into classes or slices.
pub(super) struct Cut {
    /// The part that each run falls in.
    pub(super) own: Vec<usize>,
    /// How many parts there are, empty ones too.
    pub(super) count: usize,
    /// Whether each level, or category, is a part of its own.
    pub(super) discrete: bool,
}

impl Cut {
    /// Categories and few levels by themselves; `None` where a factor has more than `most` values.
    pub(super) fn by_levels(factor: &Factor, values: &[f64], most: usize) -> Option<Self> {
        if let Some(names) = factor.categories() {
            let own = values.iter().map(|v| *v as usize).collect();
            return Some(Self { own, count: names.len(), discrete: true });
        }
        levels(values, most).map(|(own, count)| Self { own, count, discrete: true })
    }

    /// The share of runs that each part has, in twentieths and rising order; empty ones left out.
    fn sizes(&self) -> Vec<usize> {
        let mut sizes = vec![0; self.count];
        self.own.iter().for_each(|s| sizes[*s] += 1);
        sizes.retain(|size| *size > 0);
        for size in &mut sizes {
            *size = (40 * *size / self.own.len()).div_ceil(2);
        }
        sizes.sort_unstable();
        sizes
    }
}

/// Shuffled factors from which the value by chance is taken.
const SHUFFLES: u64 = 20;

/// What the statistics of these names are for a factor that does nothing: a sentence for each way in which `cuts` are
/// made. Factors that are `still` have no part.
pub(super) fn by_chance(
    (factors, cuts, still): (&[Factor], &[Cut], &[bool]),
    names: &[&str],
    seed: u64,
    statistics: impl Fn(&Cut) -> Vec<f64>,
) -> Vec<String> {
    let mut kinds: Vec<(Vec<usize>, usize, Vec<&str>)> = Vec::new();
    for (j, cut) in cuts.iter().enumerate().filter(|(j, _)| !still[*j]) {
        // Factors in parts of equal frequency are of one kind, whatever ties they have.
        let key = if cut.discrete { cut.sizes() } else { Vec::new() };
        match kinds.iter_mut().find(|kind| kind.0 == key) {
            Some(kind) => kind.2.push(&factors[j].name),
            None => kinds.push((key, j, vec![&factors[j].name])),
        }
    }
    kinds.sort_by_key(|kind| !kind.0.is_empty());
    let draws = Draws::new(seed % forestall_model::SEED_LIMIT, 0);
    let sentence = |(sizes, j, own): &(Vec<usize>, usize, Vec<&str>)| {
        let mut sums = vec![0.0; names.len()];
        for shuffle in 0..SHUFFLES {
            let found = statistics(&shuffled(&cuts[*j], &draws, shuffle));
            sums.iter_mut().zip(found).for_each(|(sum, value)| *sum += value);
        }
        let means = names.iter().zip(&sums);
        let values: Vec<String> =
            means.map(|(name, sum)| format!("a {name} of about {:.3}", sum / SHUFFLES as f64)).collect();
        let of = match own.as_slice() {
            _ if sizes.is_empty() => String::new(),
            [one] => format!(" with the {} levels of `{one}`", sizes.len()),
            [one, more @ ..] => format!(" with the {} levels of `{one}` (as {} more have)", sizes.len(), more.len()),
            [] => return String::new(),
        };
        format!("a factor{of} that does nothing would have {} here", values.join(" and "))
    };
    kinds.iter().map(sentence).collect()
}

/// The parts of a factor dealt to the runs anew.
fn shuffled(cut: &Cut, draws: &Draws, shuffle: u64) -> Cut {
    let key = Key::root("shuffled factor").child(0, shuffle);
    let place: Vec<f64> = (0..cut.own.len()).map(|i| draws.uniform(key, 0, i as u32)).collect();
    let mut order: Vec<usize> = (0..place.len()).collect();
    order.sort_by(|&a, &b| place[a].total_cmp(&place[b]));
    // Sorted first, so that the order of the factor's own values plays no part.
    let mut own = cut.own.clone();
    own.sort_unstable();
    let mut dealt = vec![0; own.len()];
    order.iter().zip(own).for_each(|(run, part)| dealt[*run] = part);
    Cut { own: dealt, ..*cut }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_counted_up_to_a_cap() {
        assert_eq!(levels(&[3.0, 1.0, 3.0, 2.0], 3), Some((vec![2, 0, 2, 1], 3)));
        assert_eq!(levels(&[3.0, 1.0, 3.0, 2.0], 2), None);
        assert_eq!(levels(&[], 2), Some((vec![], 0)));
        assert_eq!(mid_places(&[5.0, 1.0, 5.0, 5.0, 9.0]), [2.0, 0.0, 2.0, 2.0, 4.0]);
    }
}
