//! A small generator for the coverage tests of this room, independent of the engine's draws.

use super::special::normal_quantile;

/// `SplitMix64`: passes `BigCrush`, ten lines, any seed will do.
pub(super) struct Draws(pub u64);

impl Draws {
    pub(super) fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// Uniform on the open interval from 0 to 1.
    pub(super) fn uniform(&mut self) -> f64 {
        ((self.bits() >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
    }

    pub(super) fn normal(&mut self) -> f64 {
        normal_quantile(self.uniform()).expect("open unit interval")
    }

    pub(super) fn exponential(&mut self) -> f64 {
        -libm::log(self.uniform())
    }
}

/// Whether a share of `hits` among `trials` is compatible with `expected`, at 4 standard errors:
/// with fixed seeds the draw is one of about 16,000 that a right method would fail on.
pub(super) fn agrees(hits: usize, trials: usize, expected: f64) -> bool {
    let standard_error = (expected * (1.0 - expected) / trials as f64).sqrt();
    ((hits as f64 / trials as f64) - expected).abs() <= 4.0 * standard_error
}
