//! Confidence intervals for one quantity: mean, share, ratio of means, quantile.

use super::special::{binomial_cdf, incomplete_beta_inverse, normal_quantile, student_quantile};
use super::summary::{mean, sum_of, variance};

/// Limits of a two-sided interval, in the unit of the quantity.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// Lower limit.
    pub low: f64,
    /// Upper limit.
    pub high: f64,
}

impl Interval {
    /// Whether `x` lies between the limits, limits included.
    pub fn contains(&self, x: f64) -> bool {
        self.low <= x && x <= self.high
    }
}

/// A mean with its Student interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MeanInterval {
    /// Number of values.
    pub n: usize,
    /// Arithmetic mean.
    pub mean: f64,
    /// Standard error of the mean.
    pub standard_error: f64,
    /// Limits of the interval of the mean.
    pub interval: Interval,
}

impl MeanInterval {
    /// Half of the interval's width.
    pub fn half_width(&self) -> f64 {
        0.5 * (self.interval.high - self.interval.low)
    }
}

/// Upper-tail probability point of a two-sided interval; `None` unless `0 < confidence < 1`.
pub(crate) fn upper_point(confidence: f64) -> Option<f64> {
    (confidence > 0.0 && confidence < 1.0).then_some(0.5 + 0.5 * confidence)
}

/// The mean with Student's t interval; `None` below two values or where a value is not finite.
///
/// Exact for normal values, and for means of many replications by the central limit theorem.
pub fn mean_interval(values: &[f64], confidence: f64) -> Option<MeanInterval> {
    let variance = variance(values)?;
    let mean = mean(values)?;
    let n = values.len();
    let standard_error = libm::sqrt(variance / n as f64);
    let reach = student_reach(variance, n, confidence)?;
    Some(MeanInterval { n, mean, standard_error, interval: Interval { low: mean - reach, high: mean + reach } })
}

/// Half the width of Student's interval of a mean, from the sample variance of so many values, two or more.
pub(super) fn student_reach(variance: f64, n: usize, confidence: f64) -> Option<f64> {
    let point = upper_point(confidence)?;
    Some(student_quantile(point, (n - 1) as f64)? * libm::sqrt(variance / n as f64))
}

/// Wilson's score interval for a share; `None` without trials or with more successes than trials.
///
/// Wilson (1927), JASA 22, 209–212. Its coverage is near the nominal level on average; use
/// [`clopper_pearson`] where it must never be below.
pub fn wilson(successes: u64, trials: u64, confidence: f64) -> Option<Interval> {
    if trials == 0 || successes > trials {
        return None;
    }
    let z = normal_quantile(upper_point(confidence)?)?;
    let n = trials as f64;
    let share = successes as f64 / n;
    let scale = 1.0 + z * z / n;
    let centre = (share + z * z / (2.0 * n)) / scale;
    let reach = z / scale * libm::sqrt(share * (1.0 - share) / n + z * z / (4.0 * n * n));
    Some(Interval {
        low: if successes == 0 { 0.0 } else { (centre - reach).max(0.0) },
        high: if successes == trials { 1.0 } else { (centre + reach).min(1.0) },
    })
}

/// The exact interval for a share; `None` without trials or with more successes than trials.
///
/// Clopper and Pearson (1934), Biometrika 26, 404–413: covers at least as often as stated.
pub fn clopper_pearson(successes: u64, trials: u64, confidence: f64) -> Option<Interval> {
    if trials == 0 || successes > trials {
        return None;
    }
    let point = upper_point(confidence)?;
    let (hits, misses) = (successes as f64, (trials - successes) as f64);
    Some(Interval {
        low: if successes == 0 { 0.0 } else { incomplete_beta_inverse(hits, misses + 1.0, 1.0 - point)? },
        high: if successes == trials { 1.0 } else { incomplete_beta_inverse(hits + 1.0, misses, point)? },
    })
}

/// A ratio of two means with Fieller's interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RatioInterval {
    /// Number of pairs.
    pub n: usize,
    /// Mean of the numerators over mean of the denominators.
    pub ratio: f64,
    /// Limits; `None` where the denominator's own interval reaches 0, since every ratio is then
    /// compatible with the data or only an unbounded set is.
    pub interval: Option<Interval>,
}

/// The ratio of the means of paired values (such as foiled and all ended plots of each replication).
///
/// `None` below two pairs, with unequal lengths, with a value that is not finite, or where the mean of the
/// denominators is 0. Fieller (1954), JRSS B 16, 175–185.
pub fn ratio_of_means(numerators: &[f64], denominators: &[f64], confidence: f64) -> Option<RatioInterval> {
    if numerators.len() != denominators.len() {
        return None;
    }
    let n = numerators.len();
    let (top, bottom) = (mean(numerators)?, mean(denominators)?);
    let (top_variance, bottom_variance) = (variance(numerators)?, variance(denominators)?);
    let products = numerators.iter().zip(denominators).map(|(x, y)| (x - top) * (y - bottom));
    let covariance = sum_of(products) / (n - 1) as f64;
    let t = student_quantile(upper_point(confidence)?, (n - 1) as f64)?;
    let ratio = top / bottom;
    if !ratio.is_finite() {
        return None;
    }
    let weight = t * t / n as f64;
    let g = weight * bottom_variance / (bottom * bottom);
    let interval = (g < 1.0).then(|| {
        // Roots of (top − ρ·bottom)² = weight·(s_tt − 2ρ·s_tb + ρ²·s_bb).
        let square = bottom * bottom - weight * bottom_variance;
        let half = top * bottom - weight * covariance;
        let rest = top * top - weight * top_variance;
        let root = libm::sqrt((half * half - square * rest).max(0.0));
        Interval { low: (half - root) / square, high: (half + root) / square }
    });
    Some(RatioInterval { n, ratio, interval })
}

/// A distribution-free interval for the quantile at `probability`: two of the values themselves.
///
/// Covers at least as often as stated, whatever the distribution (Conover 1999, section 3.2). `None` where there
/// are too few values for such an interval, or one is not finite.
pub fn quantile_interval(values: &[f64], probability: f64, confidence: f64) -> Option<Interval> {
    if !(probability > 0.0 && probability < 1.0) || values.iter().any(|x| !x.is_finite()) {
        return None;
    }
    let tail = 1.0 - upper_point(confidence)?;
    let n = values.len();
    let at_most = |count: usize| binomial_cdf(count as u64, n as u64, probability).unwrap_or(1.0);
    // With B values below the quantile: x(l) is above it with chance P(B ≤ l − 1), x(u) is below
    // it with chance P(B ≥ u); both must stay within one tail.
    let below = first_where(n, |count| at_most(count) > tail);
    let above = first_where(n, |count| at_most(count) >= 1.0 - tail) + 1;
    if below == 0 || above > n {
        return None;
    }
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    Some(Interval { low: sorted[below - 1], high: sorted[above - 1] })
}

/// The least count from 0 to `n` for which the monotone condition holds.
fn first_where(n: usize, holds: impl Fn(usize) -> bool) -> usize {
    let (mut low, mut high) = (0, n);
    while low < high {
        let middle = low + (high - low) / 2;
        if holds(middle) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    low
}

#[cfg(test)]
mod tests {
    use super::super::test_draws::{Draws, agrees};
    use super::*;

    fn assert_interval(found: Option<Interval>, low: f64, high: f64) {
        let found = found.expect("defined");
        assert!((found.low - low).abs() < 1e-12 && (found.high - high).abs() < 1e-12, "{found:?}");
    }

    #[test]
    fn shares_match_scipy() {
        assert_interval(clopper_pearson(3, 10, 0.95), 0.066_739_511_177_734_47, 0.652_452_850_060_008);
        assert_interval(clopper_pearson(0, 200, 0.95), 0.0, 0.018_275_340_355_148_807);
        assert_interval(clopper_pearson(200, 200, 0.95), 0.981_724_659_644_851_2, 1.0);
        assert_interval(clopper_pearson(7, 1000, 0.95), 0.002_818_858_759_618_013_5, 0.014_369_194_979_269_567);
        assert_interval(wilson(3, 10, 0.95), 0.107_791_267_406_301_02, 0.603_221_852_538_854_6);
        assert_interval(wilson(0, 200, 0.95), 0.0, 0.018_845_326_377_266_575);
        assert_interval(wilson(7, 1000, 0.95), 0.003_394_868_400_990_764_6, 0.014_378_315_465_766_588);
        assert_eq!(wilson(0, 0, 0.95), None);
        assert_eq!(clopper_pearson(3, 2, 0.95), None);
    }

    /// The share of `trials` samples of 12 normal values whose interval holds the true mean of 3.
    fn covered(confidence: f64, trials: usize) -> usize {
        let mut draws = Draws(1);
        (0..trials)
            .filter(|_| {
                let values: Vec<f64> = (0..12).map(|_| 3.0 + 2.0 * draws.normal()).collect();
                mean_interval(&values, confidence).expect("defined").interval.contains(3.0)
            })
            .count()
    }

    #[test]
    fn mean_interval_covers_as_stated() {
        assert!(agrees(covered(0.95, 10_000), 10_000, 0.95));
    }

    #[test]
    fn the_coverage_check_rejects_a_wrong_level() {
        assert!(!agrees(covered(0.93, 10_000), 10_000, 0.95));
    }

    #[test]
    fn exact_share_interval_covers_at_least_as_stated() {
        // Exact sum over all outcomes, so no sampling error: 40 trials, rare shares.
        for share in [0.01, 0.05, 0.2, 0.5] {
            let covered: f64 = (0..=40_u64)
                .filter(|&k| clopper_pearson(k, 40, 0.95).expect("defined").contains(share))
                .map(|k| {
                    let below = if k == 0 { 0.0 } else { binomial_cdf(k - 1, 40, share).expect("defined") };
                    binomial_cdf(k, 40, share).expect("defined") - below
                })
                .sum();
            assert!(covered >= 0.95, "share {share}: {covered}");
        }
    }

    #[test]
    fn ratio_interval_covers_as_stated() {
        let mut draws = Draws(3);
        let covered = (0..4000)
            .filter(|_| {
                let bottom: Vec<f64> = (0..60).map(|_| 10.0 + 3.0 * draws.normal()).collect();
                let top: Vec<f64> = bottom.iter().map(|b| 0.4 * b + draws.normal()).collect();
                let found = ratio_of_means(&top, &bottom, 0.9).expect("defined");
                found.interval.expect("denominator far from 0").contains(0.4)
            })
            .count();
        assert!(agrees(covered, 4000, 0.9), "{covered}");
    }

    #[test]
    fn ratio_is_undefined_where_the_denominator_may_be_zero() {
        let top = [1.0, 2.0, 1.5, 0.5];
        assert_eq!(ratio_of_means(&top, &[1.0, -1.0, 1.0, -1.0], 0.95), None);
        assert_eq!(ratio_of_means(&top, &[5.0, -4.0, 3.0, -3.0], 0.95).expect("ratio exists").interval, None);
        assert_eq!(ratio_of_means(&top, &[1.0], 0.95), None);
        let exact = ratio_of_means(&[2.0, 2.0], &[4.0, 4.0], 0.95).expect("defined");
        assert_eq!(exact.interval, Some(Interval { low: 0.5, high: 0.5 }));
    }

    #[test]
    fn quantile_interval_covers_at_least_as_stated() {
        let mut draws = Draws(4);
        let median = std::f64::consts::LN_2;
        let trials = 4000;
        let covered = (0..trials)
            .filter(|_| {
                let values: Vec<f64> = (0..50).map(|_| draws.exponential()).collect();
                quantile_interval(&values, 0.5, 0.95).expect("defined").contains(median)
            })
            .count();
        // Order statistics 18 and 33 of 50 cover the median with chance P(18 ≤ B ≤ 32), B ~ Bin(50, ½).
        let exact = binomial_cdf(32, 50, 0.5).expect("defined") - binomial_cdf(17, 50, 0.5).expect("defined");
        assert!(exact >= 0.95 && agrees(covered, trials, exact), "{covered} of {trials}, exact {exact}");
    }

    #[test]
    fn too_few_values_leave_a_quantile_without_interval() {
        let values: Vec<f64> = (0..50).map(f64::from).collect();
        assert_eq!(quantile_interval(&values, 0.99, 0.95), None);
        assert_eq!(quantile_interval(&values, 0.5, 0.95), Some(Interval { low: 17.0, high: 32.0 }));
        assert_eq!(mean_interval(&[1.0], 0.95), None);
        assert_eq!(mean_interval(&[1.0, 2.0], 1.0), None);
    }
}
