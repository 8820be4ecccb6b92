//! The natural logarithm of a number in (0, 1), for thresholds: most of a run's logarithms are of this kind.
//!
//! The number is 2^k · m with m in [1, 2); m stands next to one of 129 points of a table, and the rest of its
//! logarithm is a short series. Only products and sums in a fixed order: the same bits on every machine. The
//! error stays below three units in the last place of the larger of 1 and the result, about the spacing of the
//! numbers whose logarithm is taken; next to 1, where the result is small, the point is 1 itself and nothing is
//! lost.

use core::f64::consts::LN_2;

const POINTS: usize = 128;

/// 1 ⁄ c and ln c for each point c = 1 + i ⁄ 128, the logarithm being that of the rounded 1 ⁄ c.
static TABLE: [(f64, f64); POINTS + 1] = table();

const fn table() -> [(f64, f64); POINTS + 1] {
    let mut table = [(1.0, 0.0); POINTS + 1];
    let mut i = 1;
    while i < POINTS {
        let inverse = 1.0 / (1.0 + i as f64 / POINTS as f64);
        table[i] = (inverse, -logarithm(inverse));
        i += 1;
    }
    table[POINTS] = (0.5, LN_2);
    table
}

/// ln x for x in (½, 1), by the series of the inverse hyperbolic tangent; for the table only.
const fn logarithm(x: f64) -> f64 {
    let ratio = (x - 1.0) / (x + 1.0);
    let square = ratio * ratio;
    let mut sum = 0.0;
    // The ratio is at most ⅓: 3⁻⁴⁰ is beyond the last bit. Small parts first.
    let mut power = 39;
    while power > 1 {
        sum = (sum + 1.0 / power as f64) * square;
        power -= 2;
    }
    2.0 * (ratio + ratio * sum)
}

/// ln u for u in (0, 1), not subnormal.
#[inline]
pub(super) fn ln_unit(u: f64) -> f64 {
    debug_assert!(u.is_normal() && u > 0.0 && u < 1.0);
    let bits = u.to_bits();
    let exponent = (bits >> 52) as i64 - 1023;
    let fraction = bits & ((1 << 52) - 1);
    let mantissa = f64::from_bits(fraction | 1023 << 52);
    let point = ((fraction + (1 << 44)) >> 45) as usize;
    let (inverse, logarithm) = TABLE[point];
    let rest = mantissa * inverse - 1.0;
    let series =
        rest * (1.0 + rest * (-0.5 + rest * (1.0 / 3.0 + rest * (-0.25 + rest * (0.2 + rest * (-1.0 / 6.0))))));
    exponent as f64 * LN_2 + logarithm + series
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Against the library's logarithm, everywhere and next to the ends and the table's points.
    #[test]
    fn agrees_with_the_library() {
        let near = |x: f64| (-300_i64..300).map(move |ulps| f64::from_bits((x.to_bits() as i64 + ulps) as u64));
        let spread = (1..400_000_u64).map(|i| i as f64 / 400_000.0);
        let points = (0..=128).flat_map(|i| near(0.5 * (1.0 + f64::from(i) / 128.0)));
        let halves = (0..=128).flat_map(|i| near(0.5 * (1.0 + (f64::from(i) + 0.5) / 128.0)));
        let small = (1..=52).flat_map(|k| near(libm::exp2(-f64::from(k))));
        for u in spread.chain(points).chain(halves).chain(small).filter(|&u| u < 1.0) {
            let (ours, theirs) = (ln_unit(u), libm::log(u));
            let scale = theirs.abs().max(1.0);
            assert!((ours - theirs).abs() <= 7e-16 * scale, "{u:e}: {ours:e} for {theirs:e}");
            assert!(ours < 0.0);
            if u > 0.9981 {
                assert!((ours / theirs - 1.0).abs() < 4e-16, "{u:e}: {ours:e} for {theirs:e}");
            }
        }
    }

    #[test]
    fn rises_with_its_argument() {
        let mut last = f64::NEG_INFINITY;
        for i in 1..2_000_000_u64 {
            let next = ln_unit(i as f64 / 2_000_000.0);
            assert!(next > last);
            last = next;
        }
    }
}
