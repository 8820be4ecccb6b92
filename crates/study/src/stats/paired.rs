//! Differences between a policy and the baseline over replications that share their random numbers.

use super::interval::{mean_interval, upper_point};
use super::special::student_quantile;
use super::summary::{mean, sum_of, variance};

/// The paired difference policy − baseline of one outcome, in the outcome's unit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Paired {
    /// Number of pairs.
    pub n: usize,
    /// Mean under the baseline.
    pub baseline_mean: f64,
    /// Mean under the policy.
    pub policy_mean: f64,
    /// Mean of policy − baseline.
    pub difference: f64,
    /// Standard error of the difference.
    pub standard_error: f64,
    /// Lower limit of the Student interval of the difference.
    pub low: f64,
    /// Upper limit.
    pub high: f64,
    /// Correlation between the arms, from −1 to 1; `None` where an arm has no spread.
    pub correlation: Option<f64>,
    /// How many times more replications independent arms would need for the same precision:
    /// (var baseline + var policy) / var difference; `None` where the difference has no spread.
    pub variance_reduction: Option<f64>,
}

/// Compares paired values; `None` below two pairs, with unequal lengths, or with a value that is not finite.
///
/// Differences that are all exactly 0 give the interval [0, 0].
pub fn paired(baseline: &[f64], policy: &[f64], confidence: f64) -> Option<Paired> {
    if baseline.len() != policy.len() {
        return None;
    }
    let differences: Vec<f64> = baseline.iter().zip(policy).map(|(b, p)| p - b).collect();
    let found = mean_interval(&differences, confidence)?;
    let (baseline_mean, policy_mean) = (mean(baseline)?, mean(policy)?);
    let (baseline_variance, policy_variance) = (variance(baseline)?, variance(policy)?);
    let products = baseline.iter().zip(policy).map(|(b, p)| (b - baseline_mean) * (p - policy_mean));
    let covariance = sum_of(products) / (found.n - 1) as f64;
    let spread = libm::sqrt(baseline_variance) * libm::sqrt(policy_variance);
    let difference_variance = variance(&differences)?;
    Some(Paired {
        n: found.n,
        baseline_mean,
        policy_mean,
        difference: found.mean,
        standard_error: found.standard_error,
        low: found.interval.low,
        high: found.interval.high,
        correlation: (spread > 0.0).then(|| (covariance / spread).clamp(-1.0, 1.0)),
        variance_reduction: (difference_variance > 0.0)
            .then(|| (baseline_variance + policy_variance) / difference_variance)
            .filter(|factor| factor.is_finite()),
    })
}

/// Chance and ignorance apart: replications nested in draws from what is believed of the parameters.
///
/// One-way random-effects model: value = mean + effect of the draw + chance. Searle, Casella and
/// `McCulloch` (1992), Variance Components, chapter 3.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TwoLevel {
    /// Number of draws.
    pub draws: usize,
    /// Number of values over all draws.
    pub n: usize,
    /// Mean over draws of the draw's mean, each draw counted once.
    pub mean: f64,
    /// Variance by chance: between replications of one draw.
    pub chance_variance: f64,
    /// Variance by ignorance: between the true means of draws; at least 0.
    pub ignorance_variance: f64,
    /// Whether the estimate of the ignorance variance was negative and set to 0.
    pub ignorance_truncated: bool,
    /// Ignorance over the sum of both variances, from 0 to 1; `None` where neither has any.
    pub ignorance_share: Option<f64>,
    /// Standard error of the mean, over draws.
    pub standard_error: f64,
    /// Lower limit of the Student interval of the mean, over draws.
    pub low: f64,
    /// Upper limit.
    pub high: f64,
}

/// Splits the variance of `groups` (one slice of replications a draw) into chance and ignorance.
///
/// `None` below two draws, with a draw of fewer than two replications, or with a value that is not finite.
pub fn two_level<S: AsRef<[f64]>>(groups: &[S], confidence: f64) -> Option<TwoLevel> {
    let point = upper_point(confidence)?;
    let draws = groups.len();
    if draws < 2 || groups.iter().any(|g| g.as_ref().len() < 2) {
        return None;
    }
    let sizes: Vec<f64> = groups.iter().map(|g| g.as_ref().len() as f64).collect();
    let means: Vec<f64> = groups.iter().map(|g| mean(g.as_ref())).collect::<Option<_>>()?;
    let within: Vec<f64> = groups.iter().map(|g| variance(g.as_ref())).collect::<Option<_>>()?;
    let n = sum_of(sizes.iter().copied());
    let grand = sum_of(means.iter().zip(&sizes).map(|(m, size)| m * size)) / n;
    let between_squares = sum_of(means.iter().zip(&sizes).map(|(m, size)| size * (m - grand) * (m - grand)));
    let chance_variance = sum_of(within.iter().zip(&sizes).map(|(v, size)| v * (size - 1.0))) / (n - draws as f64);
    let typical_size = (n - sum_of(sizes.iter().map(|s| s * s)) / n) / (draws - 1) as f64;
    let estimate = (between_squares / (draws - 1) as f64 - chance_variance) / typical_size;
    let ignorance_variance = estimate.max(0.0);
    let whole = chance_variance + ignorance_variance;
    let centre = mean(&means)?;
    let standard_error = libm::sqrt(variance(&means)? / draws as f64);
    let reach = student_quantile(point, (draws - 1) as f64)? * standard_error;
    whole.is_finite().then_some(TwoLevel {
        draws,
        n: n as usize,
        mean: centre,
        chance_variance,
        ignorance_variance,
        ignorance_truncated: estimate < 0.0,
        ignorance_share: (whole > 0.0).then(|| ignorance_variance / whole),
        standard_error,
        low: centre - reach,
        high: centre + reach,
    })
}

#[cfg(test)]
mod tests {
    use super::super::test_draws::{Draws, agrees};
    use super::*;

    #[test]
    fn a_policy_that_changes_nothing_differs_by_exactly_zero() {
        let values = [3.0, 0.1, 7.3, 2.0];
        let found = paired(&values, &values, 0.95).expect("defined");
        assert_eq!((found.difference, found.low, found.high, found.standard_error), (0.0, 0.0, 0.0, 0.0));
        assert_eq!(found.variance_reduction, None);
        assert!((found.correlation.expect("spread") - 1.0).abs() < 1e-12);
        assert_eq!(paired(&[1.0, 1.0], &[2.0, 2.0], 0.95).expect("defined").correlation, None);
    }

    #[test]
    fn known_small_sample() {
        let found = paired(&[1.0, 2.0, 3.0, 4.0], &[2.0, 2.0, 5.0, 5.0], 0.95).expect("defined");
        assert_eq!((found.difference, found.baseline_mean, found.policy_mean), (1.0, 2.5, 3.5));
        // Differences 1, 0, 2, 1: variance 2/3, standard error sqrt(1/6), t(3) = 3.182446305283708.
        assert!((found.standard_error - libm::sqrt(1.0 / 6.0)).abs() < 1e-15);
        assert!((found.high - (1.0 + 3.182_446_305_283_708 * libm::sqrt(1.0 / 6.0))).abs() < 1e-12);
        assert!((found.variance_reduction.expect("spread") - (5.0 / 3.0 + 3.0) / (2.0 / 3.0)).abs() < 1e-12);
    }

    #[test]
    fn undefined_is_none() {
        assert_eq!(paired(&[1.0], &[2.0], 0.95), None);
        assert_eq!(paired(&[1.0, 2.0], &[2.0], 0.95), None);
        assert_eq!(paired(&[1.0, f64::NAN], &[2.0, 1.0], 0.95), None);
        assert_eq!(two_level(&[vec![1.0, 2.0]], 0.95), None);
        assert_eq!(two_level(&[vec![1.0, 2.0], vec![1.0]], 0.95), None);
    }

    #[test]
    fn pairing_covers_and_reports_the_gain() {
        let mut draws = Draws(11);
        let (mut covered, mut factors) = (0, Vec::new());
        for _ in 0..4000 {
            let shared: Vec<f64> = (0..30).map(|_| 3.0 * draws.normal()).collect();
            let baseline: Vec<f64> = shared.iter().map(|s| s + draws.normal()).collect();
            let policy: Vec<f64> = shared.iter().map(|s| s - 2.0 + draws.normal()).collect();
            let found = paired(&baseline, &policy, 0.95).expect("defined");
            covered += usize::from(found.low <= -2.0 && -2.0 <= found.high);
            factors.push(found.variance_reduction.expect("spread"));
        }
        assert!(agrees(covered, 4000, 0.95), "{covered}");
        // True factor (10 + 10) / 2 = 10; the ratio's mean is biased up by about 2 / 29, within 1.
        assert!((mean(&factors).expect("defined") - 10.0).abs() < 1.0);
    }

    /// Mean estimates over 2000 experiments with the given true ignorance variance and chance variance 4,
    /// and how many intervals hold the true mean 1.
    fn nested(ignorance: f64) -> (f64, f64, f64, usize, usize) {
        let mut draws = Draws(12);
        let (mut chance, mut between, mut covered, mut truncated) = (Vec::new(), Vec::new(), 0, 0);
        for _ in 0..2000 {
            let groups: Vec<Vec<f64>> = (0..20)
                .map(|_| {
                    let centre = 1.0 + libm::sqrt(ignorance) * draws.normal();
                    (0..3).map(|_| centre + 2.0 * draws.normal()).collect()
                })
                .collect();
            let found = two_level(&groups, 0.95).expect("defined");
            chance.push(found.chance_variance);
            between.push(found.ignorance_variance);
            covered += usize::from(found.low <= 1.0 && 1.0 <= found.high);
            truncated += usize::from(found.ignorance_truncated);
        }
        let standard_error = libm::sqrt(variance(&between).expect("spread") / 2000.0);
        (mean(&chance).expect("some"), mean(&between).expect("some"), standard_error, covered, truncated)
    }

    #[test]
    fn chance_and_ignorance_are_told_apart() {
        let (chance, ignorance, standard_error, covered, truncated) = nested(9.0);
        // Chance variance: 40 degrees of freedom, so its mean has standard error 4·sqrt(2/40/2000) = 0.02.
        assert!((chance - 4.0).abs() < 4.0 * 0.02, "{chance}");
        assert!((ignorance - 9.0).abs() < 4.0 * standard_error, "{ignorance} ± {standard_error}");
        assert!(agrees(covered, 2000, 0.95), "{covered}");
        assert_eq!(truncated, 0);
        // The same check rejects a wrong truth.
        assert!((nested(8.0).1 - 9.0).abs() > 4.0 * standard_error);
    }

    #[test]
    fn without_ignorance_the_estimate_is_truncated_and_says_so() {
        let (_, _, _, _, truncated) = nested(0.0);
        // P(F(19, 40) < 1) = 0.5187: about half of the estimates are negative.
        assert!(agrees(truncated, 2000, 0.518_7), "{truncated}");
    }
}
