//! Two plain models of a yearly series, fitted by maximum likelihood: a local level and a Poisson INGARCH(1,1).

use libm::{exp, log, sqrt};

use super::score::poisson_log_score;
use super::summary::mean;

/// Fewest values from which a model with two variances or three rates is fitted.
pub const FEWEST: usize = 4;

/// A local level: y = μ + ε, and μ moves by η from one value to the next; both normal.
///
/// Durbin and Koopman (2012), *Time Series Analysis by State Space Methods*, chapter 2; the level before the first value
/// is not known at all (diffuse).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LocalLevel {
    /// Variance of ε.
    pub noise: f64,
    /// Variance of η.
    pub movement: f64,
    /// The level after the last value, and its variance.
    pub level: (f64, f64),
    /// ln of the likelihood of all values but the first.
    pub log_likelihood: f64,
}

impl LocalLevel {
    /// The fit; `None` below [`FEWEST`] values, where one is not finite, and where all are equal.
    pub fn fit(values: &[f64]) -> Option<Self> {
        if values.len() < FEWEST || values.iter().any(|v| !v.is_finite()) || values.iter().all(|v| *v == values[0]) {
            return None;
        }
        // The share of the movement in both variances, from none to all of it: the likelihood may have two tops.
        let at = |share: f64| Self::at(values, share);
        let steps = 200;
        let best = (0..=steps)
            .map(|i| f64::from(i) / f64::from(steps))
            .max_by(|a, b| at(*a).log_likelihood.total_cmp(&at(*b).log_likelihood))?;
        let wide = 1.0 / f64::from(steps);
        let share = golden((best - wide).max(0.0), (best + wide).min(1.0), &|share| -at(share).log_likelihood);
        // An end of the range is a top that a search inside never reaches.
        let found = [share, 0.0, 1.0].map(at);
        found.into_iter().reduce(|a, b| if b.log_likelihood > a.log_likelihood { b } else { a })
    }

    /// The filter with this share of the movement; the size of both variances is the best for it.
    fn at(values: &[f64], share: f64) -> Self {
        let (noise, movement) = (1.0 - share, share);
        let (mut level, mut variance) = (values[0], noise);
        let (mut squares, mut logs) = (0.0, 0.0);
        for value in &values[1..] {
            variance += movement;
            let spread = variance + noise;
            let error = value - level;
            squares += error * error / spread;
            logs += log(spread);
            let gain = variance / spread;
            level += gain * error;
            variance *= 1.0 - gain;
        }
        let n = (values.len() - 1) as f64;
        let size = squares / n;
        let log_likelihood = -0.5 * (n * (log(2.0 * std::f64::consts::PI * size) + 1.0) + logs);
        Self { noise: noise * size, movement: movement * size, level: (level, variance * size), log_likelihood }
    }

    /// Mean and standard deviation of the value `steps` after the last.
    pub fn forecast(&self, steps: u32) -> (f64, f64) {
        (self.level.0, sqrt(self.level.1 + f64::from(steps) * self.movement + self.noise))
    }
}

/// The least of a function on a stretch on which it has one valley.
fn golden(mut low: f64, mut high: f64, f: &dyn Fn(f64) -> f64) -> f64 {
    const RATIO: f64 = 0.618_033_988_749_894_9;
    let (mut a, mut b) = (high - RATIO * (high - low), low + RATIO * (high - low));
    let (mut at_a, mut at_b) = (f(a), f(b));
    for _ in 0..60 {
        if at_a < at_b {
            (high, b, at_b) = (b, a, at_a);
            a = high - RATIO * (high - low);
            at_a = f(a);
        } else {
            (low, a, at_a) = (a, b, at_b);
            b = low + RATIO * (high - low);
            at_b = f(b);
        }
    }
    f64::midpoint(low, high)
}

/// A Poisson INGARCH(1,1): each count is Poisson with mean λ = ω + α × last count + β × last mean.
///
/// Ferland, Latour and Oraichi (2006), J. Time Ser. Anal. 27, 923–942. The first mean is that of the series.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ingarch {
    /// ω, above 0.
    pub omega: f64,
    /// α, from 0.
    pub alpha: f64,
    /// β, from 0; α + β is below 1.
    pub beta: f64,
    /// Mean of the count after the last.
    pub next: f64,
    /// ln of the likelihood.
    pub log_likelihood: f64,
}

impl Ingarch {
    /// The fit; `None` below [`FEWEST`] values, where one is no count, and where all are 0.
    pub fn fit(values: &[f64]) -> Option<Self> {
        let count = |v: &f64| v.is_finite() && *v >= 0.0 && v.fract() == 0.0;
        let level = mean(values)?;
        if values.len() < FEWEST || !values.iter().all(count) || level <= 0.0 {
            return None;
        }
        let cost = |point: &[f64; 3]| -Self::at(values, point, level).log_likelihood;
        // ln of ω ÷ mean, logit of α + β, logit of α's part in it: from several starts, as valleys may be several.
        let mut best: Option<([f64; 3], f64)> = None;
        for memory in [-3.0, 0.0, 2.0] {
            for part in [-2.0, 0.0, 2.0] {
                let start = [-log(1.0 + exp(memory)), memory, part];
                let found = nelder_mead(start, &cost);
                if best.is_none_or(|b| found.1 < b.1) {
                    best = Some(found);
                }
            }
        }
        best.map(|b| Self::at(values, &b.0, level))
    }

    fn at(values: &[f64], point: &[f64; 3], level: f64) -> Self {
        let logistic = |x: f64| 1.0 / (1.0 + exp(-x.clamp(-30.0, 30.0)));
        let (memory, part) = (0.999 * logistic(point[1]), logistic(point[2]));
        let (omega, alpha, beta) = (level * exp(point[0].clamp(-20.0, 3.0)), memory * part, memory * (1.0 - part));
        let (mut next, mut log_likelihood) = (level, 0.0);
        for value in values {
            log_likelihood -= poisson_log_score(next, *value).unwrap_or(f64::INFINITY);
            next = omega + alpha * value + beta * next;
        }
        Self { omega, alpha, beta, next, log_likelihood }
    }
}

/// The least of a function of three numbers near a start, and where (Nelder and Mead 1965).
fn nelder_mead(start: [f64; 3], f: &dyn Fn(&[f64; 3]) -> f64) -> ([f64; 3], f64) {
    let mut corners: Vec<([f64; 3], f64)> = (0..4)
        .map(|i| {
            let mut at = start;
            if i > 0 {
                at[i - 1] += 1.0;
            }
            (at, f(&at))
        })
        .collect();
    for _ in 0..600 {
        corners.sort_by(|a, b| a.1.total_cmp(&b.1));
        if corners[3].1 - corners[0].1 < 1e-12 {
            break;
        }
        let middle: [f64; 3] = std::array::from_fn(|j| corners[..3].iter().map(|c| c.0[j]).sum::<f64>() / 3.0);
        let along = |t: f64| {
            let at: [f64; 3] = std::array::from_fn(|j| middle[j] + t * (corners[3].0[j] - middle[j]));
            (at, f(&at))
        };
        let reflected = along(-1.0);
        let taken = if reflected.1 < corners[0].1 {
            let further = along(-2.0);
            Some(if further.1 < reflected.1 { further } else { reflected })
        } else if reflected.1 < corners[2].1 {
            Some(reflected)
        } else {
            let nearer = along(if reflected.1 < corners[3].1 { -0.5 } else { 0.5 });
            (nearer.1 < corners[3].1.min(reflected.1)).then_some(nearer)
        };
        if let Some(taken) = taken {
            corners[3] = taken;
        } else {
            let best = corners[0].0;
            for corner in &mut corners[1..] {
                let at: [f64; 3] = std::array::from_fn(|j| f64::midpoint(best[j], corner.0[j]));
                *corner = (at, f(&at));
            }
        }
    }
    corners.sort_by(|a, b| a.1.total_cmp(&b.1));
    corners[0]
}

#[cfg(test)]
mod tests {
    use super::super::test_draws::Draws;
    use super::*;

    #[test]
    fn a_moving_level_and_its_noise_are_found_again() {
        let mut draws = Draws(3);
        let (mut level, mut values) = (10.0, Vec::new());
        for _ in 0..4000 {
            level += 0.5 * draws.normal();
            values.push(level + draws.normal());
        }
        let found = LocalLevel::fit(&values).unwrap();
        // Standard errors of the two standard deviations at 4,000 values: below 0.025; four of them.
        assert!((found.noise.sqrt() - 1.0).abs() < 0.1, "{found:?}");
        assert!((found.movement.sqrt() - 0.5).abs() < 0.1, "{found:?}");
        assert!(found.forecast(3).1 > found.forecast(1).1);
    }

    #[test]
    fn ends_of_the_range_are_reached() {
        // Alternating values have no movement, a straight climb no noise.
        let noise = LocalLevel::fit(&[1.0, -1.0, 1.0, -1.0, 1.0, -1.0]).unwrap();
        assert_eq!(noise.movement, 0.0);
        let climb: Vec<f64> = (0..12).map(f64::from).collect();
        let climb = LocalLevel::fit(&climb).unwrap();
        assert!(climb.noise < 1e-6 * climb.movement && (climb.forecast(1).0 - 11.0).abs() < 1e-4, "{climb:?}");
        assert_eq!(LocalLevel::fit(&[1.0, 1.0, 1.0, 1.0, 1.0]), None);
        assert_eq!(LocalLevel::fit(&[1.0, 2.0, 3.0]), None);
    }

    #[test]
    fn rates_of_an_ingarch_are_found_again() {
        let mut draws = Draws(17);
        let mut poisson = |mean: f64| {
            let (mut product, mut count) = (draws.uniform(), 0.0);
            while product > exp(-mean) {
                product *= draws.uniform();
                count += 1.0;
            }
            count
        };
        let (mut mean, mut values) = (10.0, Vec::new());
        for _ in 0..4000 {
            let value = poisson(mean);
            values.push(value);
            mean = 2.0 + 0.5 * value + 0.3 * mean;
        }
        let found = Ingarch::fit(&values).unwrap();
        // At 4,000 counts the standard errors of α and β are about 0.015 and 0.025; four of them.
        assert!((found.alpha - 0.5).abs() < 0.06 && (found.beta - 0.3).abs() < 0.1, "{found:?}");
        assert!((found.omega / (1.0 - found.alpha - found.beta) - 10.0).abs() < 1.0, "{found:?}");
    }

    #[test]
    fn no_fit_beats_the_one_returned() {
        let values = [2.0, 0.0, 3.0, 5.0, 4.0, 8.0, 6.0, 9.0];
        let found = Ingarch::fit(&values).unwrap();
        let likelihood = |omega: f64, alpha: f64, beta: f64| {
            let (mut next, mut sum) = (37.0 / 8.0, 0.0);
            for value in values {
                sum -= poisson_log_score(next, value).unwrap();
                next = omega + alpha * value + beta * next;
            }
            sum
        };
        let mut best = f64::NEG_INFINITY;
        for i in 1..60 {
            for j in 0..40 {
                for k in 0..(40 - j) {
                    best = best.max(likelihood(f64::from(i) * 0.1, f64::from(j) * 0.025, f64::from(k) * 0.025));
                }
            }
        }
        assert!(found.log_likelihood > best - 1e-6, "{} and {best}", found.log_likelihood);
        assert_eq!(Ingarch::fit(&[0.0; 6]), None);
        assert_eq!(Ingarch::fit(&[0.5, 1.0, 2.0, 3.0]), None);
    }
}
