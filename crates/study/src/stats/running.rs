//! A paired difference with its interval from running moments: pairs pass once, and none is kept.

use super::interval::{Interval, student_reach};

/// Sum, mean and squares about the mean of values that pass by (Welford 1962, Technometrics 4, 419–420).
#[derive(Clone, Copy, Debug, Default)]
struct Moments {
    n: usize,
    /// The compensated sum in two parts.
    total: f64,
    lost: f64,
    middle: f64,
    squares: f64,
}

impl Moments {
    fn add(&mut self, value: f64) {
        self.n += 1;
        let next = self.total + value;
        self.lost +=
            if self.total.abs() >= value.abs() { (self.total - next) + value } else { (value - next) + self.total };
        self.total = next;
        let away = value - self.middle;
        self.middle += away / self.n as f64;
        self.squares += away * (value - self.middle);
    }

    /// The mean of one value or more.
    fn mean(&self) -> f64 {
        // Equal values have exactly that mean, which the sum by its number can miss by a rounding.
        if self.squares == 0.0 { self.middle } else { (self.total + self.lost) / self.n as f64 }
    }

    fn variance(&self) -> f64 {
        self.squares / (self.n - 1) as f64
    }
}

/// Pairs of baseline and policy, in runs of which those of one draw of uncertain parameters come one after another.
///
/// The interval is that of [`mean_by_draw`](super::mean_by_draw): over the draws where there are several, else over runs.
#[derive(Clone, Copy, Debug, Default)]
pub struct RunningPairs {
    baseline: Moments,
    policy: Moments,
    differences: Moments,
    /// Of the draws that are complete, each by its mean.
    draws: Moments,
    /// The draw that goes on.
    draw: i64,
    of_draw: Moments,
}

/// What is known of a paired difference, policy − baseline, in the outcome's unit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RunningDifference {
    /// Mean under the baseline.
    pub baseline_mean: f64,
    /// Mean under the policy.
    pub policy_mean: f64,
    /// Mean of policy − baseline.
    pub difference: f64,
    /// The interval of the difference.
    pub interval: Interval,
}

impl RunningPairs {
    /// Adds the pair of a run.
    pub fn add(&mut self, draw: i64, baseline: f64, policy: f64) {
        if self.of_draw.n > 0 && draw != self.draw {
            self.draws.add(self.of_draw.mean());
            self.of_draw = Moments::default();
        }
        self.draw = draw;
        let difference = policy - baseline;
        self.baseline.add(baseline);
        self.policy.add(policy);
        self.differences.add(difference);
        self.of_draw.add(difference);
    }

    /// How many pairs there are.
    pub fn n(&self) -> usize {
        self.differences.n
    }

    /// The difference; `None` below two pairs or where a value is not finite.
    pub fn difference(&self, confidence: f64) -> Option<RunningDifference> {
        if self.n() < 2 {
            return None;
        }
        let sample = if self.draws.n == 0 {
            self.differences
        } else {
            let mut draws = self.draws;
            draws.add(self.of_draw.mean());
            draws
        };
        let difference = self.differences.mean();
        let reach = student_reach(sample.variance(), sample.n, confidence)?;
        let found = RunningDifference {
            baseline_mean: self.baseline.mean(),
            policy_mean: self.policy.mean(),
            difference,
            interval: Interval { low: difference - reach, high: difference + reach },
        };
        (found.baseline_mean.is_finite() && found.policy_mean.is_finite() && reach.is_finite()).then_some(found)
    }
}

#[cfg(test)]
mod tests {
    use super::super::test_draws::Draws;
    use super::super::{mean, mean_by_draw, paired};
    use super::*;

    fn run(pairs: &[(i64, f64, f64)]) -> Option<RunningDifference> {
        let mut running = RunningPairs::default();
        for &(draw, baseline, policy) in pairs {
            running.add(draw, baseline, policy);
        }
        assert_eq!(running.n(), pairs.len());
        running.difference(0.95)
    }

    #[test]
    fn passing_once_gives_what_all_pairs_together_give() {
        let mut draws = Draws(31);
        for runs_of_a_draw in [1, 2, 3, 60] {
            let mut pairs = Vec::new();
            for run in 0..60 {
                let shared = 1e4 + draws.normal();
                pairs.push((run / runs_of_a_draw, shared + draws.normal(), shared - 0.5 + draws.normal()));
            }
            let found = run(&pairs).expect("defined");
            let (base, other): (Vec<f64>, Vec<f64>) = pairs.iter().map(|p| (p.1, p.2)).unzip();
            let differences: Vec<(i64, f64)> = pairs.iter().map(|p| (p.0, p.2 - p.1)).collect();
            let whole = paired(&base, &other, 0.95).expect("defined");
            let by_draw = mean_by_draw(&differences, 0.95).expect("defined");
            assert_eq!((found.baseline_mean, found.policy_mean), (mean(&base).unwrap(), mean(&other).unwrap()));
            assert_eq!(found.difference, whole.difference);
            // Squares of differences of about 1 that are taken from values of about 10⁴: 10⁻¹⁶ · 10⁴, and some room.
            let near = |a: f64, b: f64| (a - b).abs() < 1e-10;
            assert!(near(found.interval.low, by_draw.interval.low), "{found:?} {by_draw:?}");
            assert!(near(found.interval.high, by_draw.interval.high), "{found:?} {by_draw:?}");
        }
    }

    #[test]
    fn a_sample_by_hand() {
        // Differences 1, 0, 2, 1: variance 2/3, standard error sqrt(1/6), t(3) = 3.182446305283708.
        let one = run(&[(0, 1.0, 2.0), (0, 2.0, 2.0), (0, 3.0, 5.0), (0, 4.0, 5.0)]).expect("defined");
        assert_eq!((one.difference, one.baseline_mean, one.policy_mean), (1.0, 2.5, 3.5));
        assert!((one.interval.high - (1.0 + 3.182_446_305_283_708 * libm::sqrt(1.0 / 6.0))).abs() < 1e-12);
        // Two draws with means 0.5 and 1.5: standard error 0.5, t(1) = 12.706204736174694.
        let two = run(&[(0, 1.0, 2.0), (0, 2.0, 2.0), (3, 3.0, 5.0), (3, 4.0, 5.0)]).expect("defined");
        assert_eq!(two.difference, 1.0);
        assert!((two.interval.low - (1.0 - 0.5 * 12.706_204_736_174_694)).abs() < 1e-9, "{two:?}");
    }

    #[test]
    fn nothing_that_differs_has_an_interval_of_zero_and_too_little_has_none() {
        let same = run(&[(0, 0.1, 0.1), (0, 0.1, 0.1), (1, 0.1, 0.1)]).expect("defined");
        assert_eq!((same.baseline_mean, same.difference, same.interval), (0.1, 0.0, Interval { low: 0.0, high: 0.0 }));
        assert_eq!(run(&[]), None);
        assert_eq!(run(&[(0, 1.0, 2.0)]), None);
        assert_eq!(run(&[(0, 1.0, f64::NAN), (0, 1.0, 2.0)]), None);
    }
}
