//! Nested uniform (Owen) scrambling of a Sobol sequence by hash, to 53 bits.
//!
//! Owen (1995): each binary digit is flipped by a fair coin that belongs to the digits before it. The
//! coin is the first bit of Philox2x64-10 at (digits before, dimension) under the seed, so no tree is stored,
//! any coordinate can be had alone, and two digits share a coin exactly if all digits before agree.

use forestall_model::philox2x64;

use super::sobol::Sobol;

/// Digits that are scrambled: as many as a number in [0, 1) has.
const DIGITS: u32 = 53;

/// A Sobol sequence, each dimension scrambled independently under a seed.
#[derive(Clone, Debug)]
pub(super) struct ScrambledSobol {
    sobol: Sobol,
    key: u64,
}

impl ScrambledSobol {
    /// The sequence in `dimensions` dimensions under `seed`; `None` above [`super::MOST_DIMENSIONS`].
    pub(super) fn new(dimensions: usize, seed: u64) -> Option<Self> {
        // Seeds 1 and 2 should not be related keys.
        let key = philox2x64([seed, 0x0053_6f62_6f6c], 0x4f77_656e)[0];
        Sobol::new(dimensions).map(|sobol| Self { sobol, key })
    }

    /// Coordinate `dimension` of point `index`, in [0, 1) on a grid of 2⁻⁵³.
    ///
    /// # Panics
    /// If `dimension` is outside the sequence: a defect of the caller.
    pub(super) fn at(&self, index: u64, dimension: usize) -> f64 {
        let digits = self.scramble(self.sobol.word(index, dimension) >> (64 - DIGITS), dimension);
        digits as f64 / (1_u64 << DIGITS) as f64
    }

    /// Flips each digit by the coin of the digits before it.
    fn scramble(&self, digits: u64, dimension: usize) -> u64 {
        let mut flips = 0;
        for place in 0..DIGITS {
            // A leading one tells the empty prefix from the prefix 0, 0 from 00, and so on.
            let before = 1 << place | digits >> (DIGITS - place);
            let coin = philox2x64([before, dimension as u64], self.key)[0] >> 63;
            flips |= coin << (DIGITS - 1 - place);
        }
        digits ^ flips
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scrambling_keeps_the_net_and_moves_the_points() {
        let points = ScrambledSobol::new(1500, 7).expect("in the table");
        for dimension in [0, 1, 2, 700, 1499] {
            let mut seen = [false; 128];
            for index in 0..128 {
                let x = points.at(index, dimension);
                assert!((0.0..1.0).contains(&x));
                assert!(!std::mem::replace(&mut seen[(x * 128.0) as usize], true), "dimension {dimension}");
            }
        }
        // Dimensions 1 and 2 are a (0, m, 2)-net: every elementary box of 64 points holds one of them.
        for (wide, high) in [(64, 1), (16, 4), (8, 8), (2, 32)] {
            let mut seen = [false; 64];
            for index in 0..64 {
                let column = (points.at(index, 0) * f64::from(wide)) as usize;
                let row = (points.at(index, 1) * f64::from(high)) as usize;
                assert!(!std::mem::replace(&mut seen[column * high as usize + row], true));
            }
        }
        let other = ScrambledSobol::new(1500, 8).expect("in the table");
        assert!((0..64).all(|i| points.at(i, 3) != other.at(i, 3)));
    }

    #[test]
    fn each_coordinate_is_uniform_over_seeds() {
        // One fixed point under many seeds: mean 1/2 and variance 1/12, within 5 standard errors.
        let n = 4000_u64;
        let values: Vec<f64> = (0..n).map(|seed| ScrambledSobol::new(4, seed).expect("small").at(5, 3)).collect();
        let mean = values.iter().sum::<f64>() / n as f64;
        let spread = values.iter().map(|x| (x - 0.5).powi(2)).sum::<f64>() / n as f64;
        assert!((mean - 0.5).abs() < 5.0 * (1.0 / 12.0 / n as f64).sqrt(), "{mean}");
        // The fourth central moment of a uniform is 1/80, so the square has variance 1/80 − 1/144 = 1/180.
        assert!((spread - 1.0 / 12.0).abs() < 5.0 * (1.0 / 180.0 / n as f64).sqrt(), "{spread}");
        // The unscrambled point would fail both.
        let plain = Sobol::new(4).expect("small").word(5, 3) as f64 / 2f64.powi(64);
        assert!((plain - 0.5).abs() > 5.0 * (1.0 / 12.0 / n as f64).sqrt());
    }

    #[test]
    fn the_error_of_a_smooth_mean_falls_faster_than_that_of_chance() {
        // Owen (1997): about n^(−3/2) for smooth integrands, against n^(−1/2) by chance.
        let exact = (1f64.exp() - 1.0).powi(5);
        let root_mean_square = |n: u64, at: &dyn Fn(u64, u64, usize) -> f64| {
            let seeds = 40;
            let errors = (0..seeds).map(|seed| {
                let product = |i: u64| (0..5).map(|d| at(seed, i, d).exp()).product::<f64>();
                ((0..n).map(product).sum::<f64>() / n as f64 / exact - 1.0).powi(2)
            });
            (errors.sum::<f64>() / seeds as f64).sqrt()
        };
        let all: Vec<ScrambledSobol> = (0..40).map(|seed| ScrambledSobol::new(5, seed).expect("small")).collect();
        let scrambled = |seed: u64, i: u64, d: usize| all[seed as usize].at(i, d);
        let chance = |seed: u64, i: u64, d: usize| philox2x64([i, d as u64], seed)[0] as f64 / 2f64.powi(64);
        let ratio = |at: &dyn Fn(u64, u64, usize) -> f64| root_mean_square(64, at) / root_mean_square(1024, at);
        // By chance the ratio is 4; 40 seeds give each root mean square within about 11 %, so the ratio within 16 %.
        assert!(ratio(&scrambled) > 10.0 && ratio(&chance) < 10.0, "{} {}", ratio(&scrambled), ratio(&chance));
    }
}
