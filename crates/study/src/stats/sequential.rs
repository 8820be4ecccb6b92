//! When to stop adding replications: a precision target checked at fixed batch ends, coverage kept.
//!
//! Looking again and again at an ordinary 95 % interval and stopping when it pleases covers far less
//! often than 95 %. Here every look uses a repeated confidence interval (Jennison and Turnbull 1989,
//! JRSS B 51, 305–361) with Pocock's constant (Pocock 1977, Biometrika 64, 191–199): the level of each
//! look is such that all looks together hold the true mean with the stated confidence. So the
//! interval at the end is right whatever made the run stop. The constant comes from the recursion of
//! Armitage, `McPherson` and Rowe (1969, JRSS A 132, 235–244); Student quantiles at that level
//! replace normal ones (Jennison and Turnbull 2000, section 4.4).

use super::by_draw::mean_by_draw;
use super::interval::MeanInterval;
use super::special::{normal_cdf, normal_quantile};
use super::summary::sum_of;

/// The half-width that the interval of a mean must not exceed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Precision {
    /// Share of the absolute mean, above 0.
    Relative(f64),
    /// In the outcome's unit, above 0.
    Absolute(f64),
}

/// The rule: look at the end of every batch, stop at the first look that is precise enough.
#[derive(Clone, Debug, PartialEq)]
pub struct StoppingRule {
    precision: Precision,
    confidence_each_look: f64,
    batch: usize,
    maximum: usize,
}

/// What a look found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Verdict {
    /// Not precise enough: go on to this number of replications.
    Continue {
        /// Replications at the next look.
        until: usize,
    },
    /// Precise enough; the interval holds the mean with the stated confidence.
    Reached(MeanInterval),
    /// The maximum is used up and the target missed; the interval still has the stated confidence,
    /// and is `None` where it is undefined.
    Exhausted(Option<MeanInterval>),
}

impl StoppingRule {
    /// The smallest batch: below it the mean of a skewed outcome is not near normal.
    pub const MIN_BATCH: usize = 10;
    /// The largest number of looks; more cost precision and gain nothing.
    pub const MAX_LOOKS: usize = 100;

    /// A rule that looks every `batch` replications up to `maximum`.
    ///
    /// `None` unless the target is above 0, `0 < confidence < 1`, `batch` is at least
    /// [`Self::MIN_BATCH`], `maximum` at least `batch`, and there are at most [`Self::MAX_LOOKS`] looks.
    pub fn new(precision: Precision, confidence: f64, batch: usize, maximum: usize) -> Option<Self> {
        let (Precision::Relative(target) | Precision::Absolute(target)) = precision;
        let sound = target.is_finite() && target > 0.0 && batch >= Self::MIN_BATCH && maximum >= batch;
        let looks = if sound { maximum.div_ceil(batch) } else { return None };
        if looks > Self::MAX_LOOKS {
            return None;
        }
        let constant = pocock_constant(looks, confidence)?;
        let confidence_each_look = 1.0 - 2.0 * normal_cdf(-constant);
        Some(Self { precision, confidence_each_look, batch, maximum })
    }

    /// Replications at the first look that comes after `done` replications; the maximum at the latest.
    pub fn next_look(&self, done: usize) -> usize {
        ((done / self.batch + 1) * self.batch).min(self.maximum)
    }

    /// The confidence level of a single look, higher than that of the whole rule.
    pub fn confidence_each_look(&self) -> f64 {
        self.confidence_each_look
    }

    /// Judges the replications so far; call it at the looks that [`Self::next_look`] names.
    pub fn judge(&self, values: &[f64]) -> Verdict {
        self.judge_by_draw(&values.iter().map(|value| (0, *value)).collect::<Vec<_>>())
    }

    /// The same for replications that share draws of uncertain parameters, each value with its draw: the draws are the
    /// sample. A posterior of few draws then has a precision that no number of replications goes beyond.
    pub fn judge_by_draw(&self, values: &[(i64, f64)]) -> Verdict {
        let found = mean_by_draw(values, self.confidence_each_look);
        let target = |mean: f64| match self.precision {
            Precision::Relative(share) => share * mean.abs(),
            Precision::Absolute(width) => width,
        };
        match found {
            // Without any spread so far, an event too rare to have been seen would pass for certainty.
            Some(interval) if interval.standard_error > 0.0 && interval.half_width() <= target(interval.mean) => {
                Verdict::Reached(interval)
            }
            other if values.len() >= self.maximum => Verdict::Exhausted(other),
            _ => Verdict::Continue { until: self.next_look(values.len()) },
        }
    }
}

/// Half of the number of Simpson intervals; at 64 the constant is right to about 1e-7.
const HALF_GRID: usize = 64;

/// The c for which a normal random walk S keeps |S| ≤ c·√k at all of `looks` steps with chance `confidence`.
///
/// `None` unless `looks ≥ 1` and `0 < confidence < 1`.
fn pocock_constant(looks: usize, confidence: f64) -> Option<f64> {
    if looks == 0 || !(confidence > 0.0 && confidence < 1.0) {
        return None;
    }
    // The answer lies between the level of a single look and Bonferroni's.
    let tail = 0.5 * (1.0 - confidence);
    let mut low = normal_quantile(1.0 - tail)?;
    let mut high = -normal_quantile(tail / looks as f64)?;
    for _ in 0..40 {
        if high - low < 1e-7 {
            break;
        }
        let middle = 0.5 * (low + high);
        if stay_probability(looks, middle) < confidence {
            low = middle;
        } else {
            high = middle;
        }
    }
    Some(0.5 * (low + high))
}

/// The chance that |S| ≤ bound·√k for every k from 1 to `looks`.
fn stay_probability(looks: usize, bound: f64) -> f64 {
    let points = 2 * HALF_GRID;
    let normal_density = |x: f64| libm::exp(-0.5 * x * x) * 0.398_942_280_401_432_7;
    let place = |limit: f64, i: usize| limit * (i as f64 / HALF_GRID as f64 - 1.0);
    let simpson = |limit: f64, i: usize| {
        let weight = if i == 0 || i == points {
            1.0
        } else if i % 2 == 1 {
            4.0
        } else {
            2.0
        };
        weight * limit / (3.0 * HALF_GRID as f64)
    };
    if looks == 1 {
        return 1.0 - 2.0 * normal_cdf(-bound);
    }
    let mut limit = bound;
    let mut density: Vec<f64> = (0..=points).map(|i| normal_density(place(limit, i))).collect();
    for look in 2..looks {
        let next_limit = bound * libm::sqrt(look as f64);
        density = (0..=points)
            .map(|j| {
                let x = place(next_limit, j);
                // Steps beyond 8 standard deviations weigh less than 1e-14; leaving them out saves most of the time.
                let near = (0..=points).filter(|&i| (x - place(limit, i)).abs() < 8.0);
                sum_of(near.map(|i| simpson(limit, i) * density[i] * normal_density(x - place(limit, i))))
            })
            .collect();
        limit = next_limit;
    }
    let last = bound * libm::sqrt(looks as f64);
    sum_of((0..=points).map(|i| {
        let x = place(limit, i);
        simpson(limit, i) * density[i] * (normal_cdf(last - x) - normal_cdf(-last - x))
    }))
}

#[cfg(test)]
mod tests {
    use super::super::interval::mean_interval;
    use super::super::test_draws::{Draws, agrees};
    use super::*;

    #[test]
    fn constants_match_pocock() {
        // Jennison and Turnbull (2000), table 2.1, two-sided 5 %: given to three decimals.
        for (looks, expected) in [(1, 1.960), (2, 2.178), (3, 2.289), (5, 2.413), (10, 2.555), (20, 2.672)] {
            let found = pocock_constant(looks, 0.95).expect("defined");
            assert!((found - expected).abs() < 6e-4, "{looks}: {found}");
        }
        // Table 2.1, two-sided 10 % and 1 %.
        assert!((pocock_constant(5, 0.90).expect("defined") - 2.122).abs() < 6e-4);
        assert!((pocock_constant(5, 0.99).expect("defined") - 2.986).abs() < 6e-4);
    }

    /// How often a run of ten batches of 40 has every look's interval hold the true mean 0: the
    /// worst case, a user who stops when the interval misses it.
    fn always_covered(confidence_each_look: f64, trials: usize) -> usize {
        let mut draws = Draws(21);
        (0..trials)
            .filter(|_| {
                let mut values = Vec::new();
                (0..10).all(|_| {
                    values.extend((0..40).map(|_| draws.normal()));
                    mean_interval(&values, confidence_each_look).expect("defined").interval.contains(0.0)
                })
            })
            .count()
    }

    #[test]
    fn all_looks_together_cover_as_stated() {
        let rule = StoppingRule::new(Precision::Absolute(0.1), 0.95, 40, 400).expect("sound");
        assert!(agrees(always_covered(rule.confidence_each_look(), 4000), 4000, 0.95));
    }

    #[test]
    fn unadjusted_looks_cover_too_rarely() {
        // Armitage, McPherson and Rowe: ten looks at 5 % miss in 19.3 % of runs.
        let covered = always_covered(0.95, 4000);
        assert!(!agrees(covered, 4000, 0.95) && agrees(covered, 4000, 1.0 - 0.193), "{covered}");
    }

    #[test]
    fn the_interval_at_the_stop_covers_at_least_as_stated() {
        let rule = StoppingRule::new(Precision::Relative(0.15), 0.95, 20, 1000).expect("sound");
        let mut draws = Draws(22);
        let (trials, mut covered, mut reached) = (2000, 0, 0);
        for _ in 0..trials {
            let mut values: Vec<f64> = Vec::new();
            let mut until = rule.next_look(0);
            let last = loop {
                values.resize_with(until, || 2.0 * draws.exponential());
                match rule.judge(&values) {
                    Verdict::Continue { until: next } => until = next,
                    Verdict::Reached(found) => {
                        reached += 1;
                        break Some(found);
                    }
                    Verdict::Exhausted(found) => break found,
                }
            };
            covered += usize::from(last.expect("spread").interval.contains(2.0));
        }
        // One-sided: stopping by width alone is not the worst case, so coverage exceeds 95 %.
        let standard_error = libm::sqrt(0.95 * 0.05 / f64::from(trials));
        assert!(covered as f64 / f64::from(trials) > 0.95 - 4.0 * standard_error, "{covered}");
        assert!(reached > trials * 9 / 10, "{reached}");
    }

    #[test]
    fn many_looks_match_a_finer_grid() {
        // The same recursion in NumPy with 601 points a look gives 2.87467.
        let found = pocock_constant(100, 0.95).expect("defined");
        assert!((found - 2.874_67).abs() < 1e-4, "{found}");
    }

    #[test]
    fn looks_are_at_fixed_batch_ends() {
        let rule = StoppingRule::new(Precision::Absolute(0.1), 0.95, 20, 50).expect("sound");
        assert_eq!([0, 19, 20, 40, 50].map(|done| rule.next_look(done)), [20, 20, 40, 50, 50]);
    }

    #[test]
    fn no_spread_is_no_precision() {
        let rule = StoppingRule::new(Precision::Relative(0.05), 0.95, 20, 40).expect("sound");
        assert_eq!(rule.judge(&[0.0; 20]), Verdict::Continue { until: 40 });
        assert!(matches!(rule.judge(&[0.0; 40]), Verdict::Exhausted(Some(_))));
    }

    #[test]
    fn unsound_rules_are_refused() {
        let absolute = Precision::Absolute(1.0);
        assert_eq!(StoppingRule::new(Precision::Relative(0.0), 0.95, 20, 100), None);
        assert_eq!(StoppingRule::new(Precision::Relative(f64::NAN), 0.95, 20, 100), None);
        assert_eq!(StoppingRule::new(absolute, 1.0, 20, 100), None);
        assert_eq!(StoppingRule::new(absolute, 0.95, 5, 100), None);
        assert_eq!(StoppingRule::new(absolute, 0.95, 20, 10), None);
        assert_eq!(StoppingRule::new(absolute, 0.95, 10, 10_000), None);
    }
}
