//! Resampling of whole blocks: how often each block is drawn in each resample.

use rayon::prelude::*;

use forestall_model::{Draws, Key};

/// How many resamples, under which seed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resampling {
    /// Number of resamples; 0 gives estimates without intervals.
    pub resamples: usize,
    /// Seed of the draws.
    pub seed: u64,
}

impl Default for Resampling {
    fn default() -> Self {
        Self { resamples: 1000, seed: 1 }
    }
}

impl Resampling {
    /// `statistic` of each resample of `blocks` blocks, in order, on all threads; it is given the number of
    /// times that each block was drawn.
    pub(super) fn run<T: Send>(self, blocks: usize, statistic: impl Fn(&[u32]) -> T + Sync) -> Vec<T> {
        let draws = Draws::new(self.seed % forestall_model::SEED_LIMIT, 0);
        let root = Key::root("bootstrap");
        (0..self.resamples)
            .into_par_iter()
            .map(|resample| {
                let key = root.child(0, resample as u64);
                let mut times = vec![0_u32; blocks];
                for i in 0..blocks {
                    let block = (draws.uniform(key, 0, i as u32) * blocks as f64) as usize;
                    times[block.min(blocks - 1)] += 1;
                }
                statistic(&times)
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_spread_of_a_resampled_mean_is_its_standard_error() {
        let values: Vec<f64> = (0..200).map(|i| f64::from(i * 37 % 101)).collect();
        let means = Resampling { resamples: 4000, seed: 3 }
            .run(200, |times| times.iter().zip(&values).map(|(t, v)| f64::from(*t) * v).sum::<f64>() / 200.0);
        let found = crate::stats::variance(&means).unwrap().sqrt();
        // Divisor n, as resampling has it.
        let expected = (crate::stats::variance(&values).unwrap() * 199.0 / 200.0 / 200.0).sqrt();
        // The standard deviation of 4,000 values is known to 1/√8000 = 1.1 %; five of these.
        assert!((found / expected - 1.0).abs() < 0.056, "{found} against {expected}");
    }
}
