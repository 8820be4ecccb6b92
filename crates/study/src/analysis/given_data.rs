//! The runs that methods for any design look at, in an order of their own, and the levels of discrete factors.
//!
//! Nothing that is found may depend on the order of a table's rows: runs are sorted by their content before anything
//! is summed, cut or resampled, and a cut never parts equal values.

use crate::design::Design;

use super::error::AnalysisError;
use super::response::Response;

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
        let (size, count) = (design.block_rows(), design.factors().len());
        let mut blocks: Vec<Vec<Run>> = Vec::new();
        let mut dropped = 0;
        for start in (0..design.rows()).step_by(size) {
            let mut runs: Vec<Run> = Vec::new();
            for row in start..start + size {
                // Adding zero makes −0 and 0 the same.
                let point: Vec<f64> = (0..count).map(|j| design.column(j)[row] + 0.0).collect();
                runs.extend(response.row(row).iter().copied().flatten().map(|y| (y + 0.0, point.clone())));
            }
            runs.sort_by(|a, b| order(a, b));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_counted_up_to_a_cap() {
        assert_eq!(levels(&[3.0, 1.0, 3.0, 2.0], 3), Some((vec![2, 0, 2, 1], 3)));
        assert_eq!(levels(&[3.0, 1.0, 3.0, 2.0], 2), None);
        assert_eq!(levels(&[], 2), Some((vec![], 0)));
    }
}
