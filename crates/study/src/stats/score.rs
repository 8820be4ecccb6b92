//! Scores of a probabilistic forecast against what came: CRPS, logarithmic score, probability integral transform.
//!
//! All scores are losses: less is better. Gneiting and Raftery (2007), J. Am. Stat. Assoc. 102, 359–378.

use libm::{erfc, exp, expm1, lgamma, log, log1p, sqrt};

use super::quantile::quantile;
use super::special::normal_cdf;
use super::summary::{mean, sum_of, variance};

/// ln √(2π).
const LN_SQRT_TWO_PI: f64 = 0.918_938_533_204_672_8;
/// 1/√π.
const INVERSE_SQRT_PI: f64 = 0.564_189_583_547_756_3;
/// What a Poisson variable has beyond so many standard deviations, and so many counts, is below 1e-25.
const POISSON_REACH: f64 = 12.0;

/// Finite draws in ascending order; `None` if there is none or one is not finite.
fn sorted(draws: &[f64]) -> Option<Vec<f64>> {
    if draws.is_empty() || draws.iter().any(|x| !x.is_finite()) {
        return None;
    }
    let mut sorted = draws.to_vec();
    sorted.sort_by(f64::total_cmp);
    Some(sorted)
}

/// The continuous ranked probability score of the empirical distribution of `draws`: mean|x − y| − ½ mean|x − x′| over
/// all pairs, those of a draw with itself included; O(n log n).
///
/// `None` of no draws, or with a value that is not finite.
pub fn crps_of_draws(draws: &[f64], observed: f64) -> Option<f64> {
    let sorted = sorted(draws)?;
    if !observed.is_finite() {
        return None;
    }
    let n = sorted.len() as f64;
    // About the value observed, so that large levels cost no digits.
    let away = mean(&sorted.iter().map(|x| (x - observed).abs()).collect::<Vec<_>>())?;
    let weighted = sorted.iter().enumerate().map(|(i, x)| (2.0 * i as f64 + 1.0 - n) * (x - observed));
    // Rounding must not make a sharp and right forecast better than perfect.
    Some((away - sum_of(weighted) / (n * n)).max(0.0)).filter(|score| score.is_finite())
}

/// The CRPS of a normal forecast; that of its mean as a point where it has no spread.
pub fn crps_of_normal(mean: f64, sd: f64, observed: f64) -> f64 {
    if sd <= 0.0 {
        return (observed - mean).abs();
    }
    let z = (observed - mean) / sd;
    sd * (z * (2.0 * normal_cdf(z) - 1.0) + 2.0 * exp(-0.5 * z * z - LN_SQRT_TWO_PI) - INVERSE_SQRT_PI)
}

/// The CRPS of a Poisson forecast with this mean, as the integral of the squared distance of distribution functions.
pub fn crps_of_poisson(mean: f64, observed: f64) -> f64 {
    if mean <= 0.0 {
        return observed.abs();
    }
    let reach = POISSON_REACH * sqrt(mean) + POISSON_REACH;
    let first = (mean - reach).max(0.0).floor();
    let last = (mean + reach).ceil();
    let mut mass = exp(-poisson_log_score(mean, first).unwrap_or(f64::INFINITY));
    let (mut below, mut score, mut k) = (0.0, (first - observed).max(0.0), first);
    while k < last {
        below += mass;
        // The part of the stretch from k to k + 1 that lies before the value observed, and the part behind it.
        let before = (observed - k).clamp(0.0, 1.0);
        score += before * below * below + (1.0 - before) * (1.0 - below) * (1.0 - below);
        k += 1.0;
        mass *= mean / k;
    }
    score + (observed - last).max(0.0)
}

/// −ln of the mass that a Poisson forecast gives to a count; `None` of what is no count, or without a positive mean.
pub fn poisson_log_score(mean: f64, observed: f64) -> Option<f64> {
    let count = observed >= 0.0 && observed.fract() == 0.0 && observed.is_finite();
    (count && mean > 0.0).then(|| mean - observed * log(mean) + lgamma(observed + 1.0))
}

/// −ln of the density of a normal forecast; `None` where it has no spread.
pub fn normal_log_score(mean: f64, sd: f64, observed: f64) -> Option<f64> {
    let z = (observed - mean) / sd;
    (sd > 0.0).then(|| 0.5 * z * z + LN_SQRT_TWO_PI + log(sd))
}

/// Scott's bandwidth as R's `bw.nrd` has it: 1.06 min(s, IQR ÷ 1.34) n^(−1/5), s where the quartiles coincide.
///
/// `None` for fewer than two draws, where one is not finite, and where all are equal.
pub fn bandwidth(draws: &[f64]) -> Option<f64> {
    let spread = sqrt(variance(draws)?);
    let quartiles = (quantile(draws, 0.75)? - quantile(draws, 0.25)?) / 1.34;
    let size = if quartiles > 0.0 { spread.min(quartiles) } else { spread };
    (size > 0.0).then(|| 1.06 * size * libm::pow(draws.len() as f64, -0.2))
}

/// −ln of the density at `observed`: a Gaussian kernel of [`bandwidth`] on each draw.
///
/// `None` as [`bandwidth`], or with an observation that is not finite.
pub fn log_score_of_draws(draws: &[f64], observed: f64) -> Option<f64> {
    let wide = bandwidth(draws)?;
    let terms = draws.iter().map(|x| -normal_log_score(*x, wide, observed).unwrap_or(f64::INFINITY));
    Some(log(draws.len() as f64) - ln_sum(&terms.collect::<Vec<_>>())?)
}

/// −ln of the mass at the count `observed`: each draw's mass is a Gaussian of [`bandwidth`] over counts, what falls below
/// 0 being reflected where no draw is negative. Where all draws are equal, all mass is on their value.
///
/// `None` of no draws, where a value is no whole number, and where the mass is 0.
pub fn log_score_of_counts(draws: &[f64], observed: f64) -> Option<f64> {
    let whole = |x: f64| x.is_finite() && x.fract() == 0.0;
    if draws.is_empty() || !whole(observed) || !draws.iter().all(|x| whole(*x)) {
        return None;
    }
    let Some(wide) = bandwidth(draws) else {
        return draws.iter().all(|x| *x == observed).then_some(0.0);
    };
    let bounded = draws.iter().all(|x| *x >= 0.0);
    if bounded && observed < 0.0 {
        return None;
    }
    let mass = |k: f64, x: f64| ln_between((k - 0.5 - x) / wide, (k + 0.5 - x) / wide);
    let mut terms: Vec<f64> = draws.iter().map(|x| mass(observed, *x)).collect();
    if bounded {
        terms.extend(draws.iter().map(|x| mass(-observed - 1.0, *x)));
    }
    Some(log(draws.len() as f64) - ln_sum(&terms)?)
}

/// ln Σ exp of the terms; `None` where all are −∞.
fn ln_sum(terms: &[f64]) -> Option<f64> {
    let top = terms.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    top.is_finite().then(|| top + log(sum_of(terms.iter().map(|t| exp(t - top)))))
}

/// ln of the probability that a standard normal variable exceeds `z`, also where the probability is no double.
fn ln_above(z: f64) -> f64 {
    if z < 30.0 {
        return log(0.5 * erfc(z * std::f64::consts::FRAC_1_SQRT_2));
    }
    // The first terms of Mills' ratio; the next is below 1e-7 here.
    let s = 1.0 / (z * z);
    -0.5 * z * z - LN_SQRT_TWO_PI - log(z) + log1p(-s + 3.0 * s * s)
}

/// ln of the probability that a standard normal variable lies between `a` and `b`.
fn ln_between(a: f64, b: f64) -> f64 {
    // On the side of the upper tail, where differences keep their digits.
    let (a, b) = if a + b < 0.0 { (-b, -a) } else { (a, b) };
    let (above_a, above_b) = (ln_above(a), ln_above(b));
    above_a + log(-expm1(above_b - above_a))
}

/// Shares of the draws below the value observed, and at or below it: the ends of the step in which the probability
/// integral transform of a forecast of draws lies.
///
/// `None` as [`crps_of_draws`].
pub fn pit_of_draws(draws: &[f64], observed: f64) -> Option<(f64, f64)> {
    if draws.is_empty() || !observed.is_finite() || draws.iter().any(|x| !x.is_finite()) {
        return None;
    }
    let share = |count: usize| count as f64 / draws.len() as f64;
    let below = draws.iter().filter(|x| **x < observed).count();
    let reached = draws.iter().filter(|x| **x <= observed).count();
    Some((share(below), share(reached)))
}

/// The PIT histogram without randomisation: each step spread evenly over the bins that it covers (Czado, Gneiting and
/// Held 2009, Biometrics 65, 1254–1261). Shares of `bins` bins; `None` without a step.
pub fn pit_histogram(steps: &[(f64, f64)], bins: usize) -> Option<Vec<f64>> {
    if steps.is_empty() || bins == 0 {
        return None;
    }
    let reached = |(low, high): (f64, f64), u: f64| {
        if u >= high {
            1.0
        } else if u <= low {
            0.0
        } else {
            (u - low) / (high - low)
        }
    };
    let mean_at = |bin: usize| {
        let u = bin as f64 / bins as f64;
        // All is reached at 1, also by a step without width there; nothing is at 0.
        if bin == 0 {
            0.0
        } else if bin == bins {
            1.0
        } else {
            sum_of(steps.iter().map(|step| reached(*step, u))) / steps.len() as f64
        }
    };
    let levels: Vec<f64> = (0..=bins).map(mean_at).collect();
    Some(levels.windows(2).map(|w| (w[1] - w[0]).max(0.0)).collect())
}

/// Kolmogorov and Smirnov's distance of values from the uniform distribution on 0 to 1, and its probability where they
/// are uniform (Stephens' approximation, within 0.01 from five values on); `None` for fewer than five.
pub fn uniformity(values: &[f64]) -> Option<(f64, f64)> {
    let sorted = sorted(values)?;
    if sorted.len() < 5 || sorted.iter().any(|u| !(0.0..=1.0).contains(u)) {
        return None;
    }
    let n = sorted.len() as f64;
    let gap = |(i, u): (usize, &f64)| ((i as f64 + 1.0) / n - u).max(u - i as f64 / n);
    let distance = sorted.iter().enumerate().map(gap).fold(0.0, f64::max);
    let t = distance * (sqrt(n) + 0.12 + 0.11 / sqrt(n));
    // Below this all terms of the series matter and the probability is 1 to four digits.
    if t < 0.3 {
        return Some((distance, 1.0));
    }
    let terms = (1..=100).map(|j| {
        let (j, sign) = (f64::from(j), if j % 2 == 1 { 1.0 } else { -1.0 });
        2.0 * sign * exp(-2.0 * j * j * t * t)
    });
    Some((distance, terms.sum::<f64>().clamp(0.0, 1.0)))
}

#[cfg(test)]
mod tests {
    use super::super::test_draws::Draws;
    use super::*;

    #[test]
    fn the_fast_crps_is_the_definition() {
        let mut draws = Draws(11);
        for n in [1, 2, 7, 60] {
            let x: Vec<f64> = (0..n).map(|_| 1e6 + (3.0 * draws.normal()).round()).collect();
            let y = 1e6 + draws.normal();
            let away = x.iter().map(|x| (x - y).abs()).sum::<f64>() / f64::from(n);
            let apart: f64 = x.iter().flat_map(|a| x.iter().map(move |b| (a - b).abs())).sum();
            let plain = away - 0.5 * apart / f64::from(n * n);
            // Sums of 3,600 terms of size 10 in doubles.
            assert!((crps_of_draws(&x, y).unwrap() - plain).abs() < 1e-9, "{n}");
        }
        assert_eq!(crps_of_draws(&[3.0], 5.0), Some(2.0));
        assert_eq!(crps_of_draws(&[], 5.0), None);
        assert_eq!(crps_of_draws(&[1.0, f64::INFINITY], 5.0), None);
    }

    #[test]
    fn normal_and_poisson_scores_are_what_draws_come_to() {
        // Even quantiles in place of draws: the integral by the midpoint rule.
        let normal: Vec<f64> = (0..20_000)
            .map(|i| super::super::special::normal_quantile((f64::from(i) + 0.5) / 20_000.0).unwrap() * 2.0 + 1.0)
            .collect();
        for y in [-4.0, 1.0, 2.5] {
            let (exact, found) = (crps_of_normal(1.0, 2.0, y), crps_of_draws(&normal, y).unwrap());
            assert!((exact - found).abs() < 1e-4, "{y}: {exact} and {found}");
        }
        // By hand: all mass on 0 or more, F(k) of Poisson(1).
        let f: Vec<f64> = (0..30)
            .scan((exp(-1.0), 0.0), |s, k| {
                s.1 += s.0;
                s.0 /= f64::from(k) + 1.0;
                Some(s.1)
            })
            .collect();
        let plain: f64 = (0..30).map(|k| if k < 2 { f[k] * f[k] } else { (1.0 - f[k]) * (1.0 - f[k]) }).sum();
        assert!((crps_of_poisson(1.0, 2.0) - plain).abs() < 1e-12);
        // Between two counts, below all of them, and far beyond.
        let half = 0.5 * (f[0] * f[0] + (1.0 - f[0]) * (1.0 - f[0]))
            + (1..30).map(|k| (1.0 - f[k]) * (1.0 - f[k])).sum::<f64>();
        assert!((crps_of_poisson(1.0, 0.5) - half).abs() < 1e-12);
        assert!((crps_of_poisson(1.0, -3.0) - crps_of_poisson(1.0, 0.0) - 3.0).abs() < 1e-12);
        assert!((crps_of_poisson(1.0, 1e9) - crps_of_poisson(1.0, 1e8) - 9e8).abs() < 1e-3);
        assert!((crps_of_poisson(1e6, 1e6) / crps_of_normal(1e6, 1e3, 1e6) - 1.0).abs() < 1e-5);
    }

    #[test]
    fn the_mass_of_counts_is_one_and_follows_the_true_one() {
        let x: Vec<f64> = {
            let mut draws = Draws(5);
            let one = |draws: &mut Draws| {
                let (mut product, mut count) = (draws.uniform(), 0.0);
                while product > exp(-2.0) {
                    product *= draws.uniform();
                    count += 1.0;
                }
                count
            };
            (0..4000).map(|_| one(&mut draws)).collect()
        };
        let mass: f64 = (0..40).map(|k| exp(-log_score_of_counts(&x, f64::from(k)).unwrap())).sum();
        assert!((mass - 1.0).abs() < 1e-9, "{mass}");
        for k in 0..5 {
            let (found, exact) =
                (log_score_of_counts(&x, f64::from(k)).unwrap(), poisson_log_score(2.0, f64::from(k)).unwrap());
            // The share of a count near 0.1 in 4,000 draws is known to 5 %; smoothing with h = 0.27 adds little.
            assert!((found - exact).abs() < 0.2, "{k}: {found} and {exact}");
        }
        // Far in the tail a number, not infinity.
        assert!(log_score_of_counts(&x, 500.0).unwrap() > 1e4);
        assert_eq!(log_score_of_counts(&[3.0, 3.0], 3.0), Some(0.0));
        assert_eq!(log_score_of_counts(&[3.0, 3.0], 4.0), None);
        assert_eq!(log_score_of_draws(&[0.5, 0.5], 0.5), None);
    }

    #[test]
    fn tails_of_the_normal_join_without_a_step() {
        assert!((ln_above(30.0 - 1e-9) - ln_above(30.0)).abs() < 1e-6);
        assert!((exp(ln_between(-1.0, 2.0)) - (normal_cdf(2.0) - normal_cdf(-1.0))).abs() < 1e-14);
    }

    #[test]
    fn steps_of_counts_make_a_flat_histogram_where_the_forecast_is_right() {
        assert_eq!(pit_of_draws(&[1.0, 2.0, 2.0, 3.0], 2.0), Some((0.25, 0.75)));
        assert_eq!(pit_histogram(&[(0.25, 0.75)], 4), Some(vec![0.0, 0.5, 0.5, 0.0]));
        let all = [(0.0, 0.2), (0.2, 0.7), (0.7, 1.0)];
        let weighted: Vec<(f64, f64)> =
            all.iter().zip([2, 5, 3]).flat_map(|(step, times)| std::iter::repeat_n(*step, times)).collect();
        for share in pit_histogram(&weighted, 10).unwrap() {
            assert!((share - 0.1).abs() < 1e-12);
        }
        assert_eq!(pit_histogram(&[(1.0, 1.0)], 2), Some(vec![0.0, 1.0]));
    }

    #[test]
    fn uniform_values_pass_and_others_do_not() {
        let mut draws = Draws(9);
        let mut refused = 0;
        for _ in 0..1000 {
            let values: Vec<f64> = (0..20).map(|_| draws.uniform()).collect();
            refused += usize::from(uniformity(&values).unwrap().1 < 0.05);
        }
        assert!(super::super::test_draws::agrees(refused, 1000, 0.05), "{refused}");
        let high: Vec<f64> = (0..20).map(|i| 0.7 + 0.01 * f64::from(i)).collect();
        assert!(uniformity(&high).unwrap().1 < 1e-4);
        assert_eq!(uniformity(&[0.1, 0.2]), None);
    }
}
