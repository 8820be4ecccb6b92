//! Wald's sequential test of two Poisson rates: error shares and mean time, exactly.

/// The test of rate `background` against rate `plotter`: log odds start at 0, jump up by `ln(plotter ⁄ background)`
/// with each sign, and fall by `plotter − background` a day; it ends above `decide` or at `drop`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SequentialTest {
    /// Signs a day of somebody who plots.
    pub plotter: f64,
    /// Signs a day of anybody else; less.
    pub background: f64,
    /// Log odds above which it ends; above 0.
    pub decide: f64,
    /// Log odds at which it ends; below 0.
    pub drop: f64,
}

/// How the test ends for somebody.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Ends {
    /// Chance that it ends at the lower bound.
    pub dropped: f64,
    /// Mean days until it ends.
    pub days: f64,
}

/// Terms of a Taylor series: with a step of at most ¼ in units of the rate what is left out is below 10⁻³⁰.
const TERMS: usize = 24;
/// Most steps that are solved.
const MOST_STEPS: f64 = 4e6;

impl SequentialTest {
    /// How it ends for somebody who leaves `rate` signs a day; `None` where that would take too long to solve.
    ///
    /// With y the distance below the upper bound, a the jump, c the fall and r = rate ⁄ c, the chance to end at the
    /// lower bound is v(y) ⁄ v(Y), where v′(y) = r (v(y) − v(y − a)), v = 0 above the bound and 1 just below it
    /// (Dvoretzky, Kiefer and Wolfowitz 1953); the mean time is q(y) − q(Y) v(y) ⁄ v(Y), where
    /// q′(y) = r (q(y) − q(y − a)) − 1 ⁄ c and q(0) = 0. Both are solved by Taylor series in steps that divide a.
    pub(crate) fn ends(&self, rate: f64) -> Option<Ends> {
        let (jump, fall) = ((self.plotter / self.background).ln(), self.plotter - self.background);
        let (rate, all) = (rate / fall, self.decide - self.drop);
        let in_jump = (4.0 * rate * jump).ceil().max(1.0);
        let step = jump / in_jump;
        let steps = (all / step).floor();
        if steps.is_nan() || steps >= MOST_STEPS {
            return None;
        }
        let (lag, steps) = (in_jump as usize, steps as usize);
        let mut cells: Vec<[[f64; TERMS]; 2]> = Vec::with_capacity(steps + 1);
        let (mut start, mut at_start) = ([1.0, 0.0], [f64::NAN; 2]);
        let begin = (self.decide / step).floor() as usize;
        for cell in 0..=steps {
            let before = if cell >= lag { cells[cell - lag] } else { [[0.0; TERMS]; 2] };
            let mut series = [[0.0; TERMS]; 2];
            for (which, source) in [(0, 0.0), (1, -1.0 / fall)] {
                series[which][0] = start[which];
                for k in 0..TERMS - 1 {
                    let given = if k == 0 { source } else { 0.0 };
                    let change = rate * (series[which][k] - before[which][k]) + given;
                    series[which][k + 1] = change / (k + 1) as f64;
                }
            }
            let value = |t: f64| series.map(|s| s.iter().rev().fold(0.0, |sum, c| sum * t + c));
            if cell == begin {
                at_start = value(self.decide - cell as f64 * step);
            }
            start = if cell == steps { value(all - cell as f64 * step) } else { value(step) };
            cells.push(series);
        }
        let dropped = at_start[0] / start[0];
        Some(Ends { dropped, days: at_start[1] - start[1] * dropped })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The sum by which the equation for the chance is solved in closed form; it loses digits where y ⁄ a is large.
    fn by_sum(test: &SequentialTest, rate: f64) -> f64 {
        let (a, c) = ((test.plotter / test.background).ln(), test.plotter - test.background);
        let r = rate / c;
        let v = |y: f64| {
            let (mut sum, mut factorial) = (0.0, 1.0);
            for k in 0..=(y / a).floor() as i32 {
                let left = y - f64::from(k) * a;
                factorial *= f64::from(k.max(1));
                sum += (-r * left).powi(k) / factorial * (r * left).exp();
            }
            sum
        };
        v(test.decide) / v(test.decide - test.drop)
    }

    const TESTS: [SequentialTest; 4] = [
        SequentialTest { plotter: 0.2, background: 0.02, decide: 2.0, drop: -2.0 },
        SequentialTest { plotter: 0.3, background: 0.1, decide: 3.0, drop: -1.5 },
        SequentialTest { plotter: 5.0, background: 0.01, decide: 1.0, drop: -4.0 },
        SequentialTest { plotter: 0.02, background: 0.015, decide: 1.3, drop: -0.8 },
    ];

    #[test]
    fn the_chance_is_that_of_the_sum_in_closed_form() {
        for test in TESTS {
            for rate in [test.plotter, test.background] {
                let (ours, sum) = (test.ends(rate).expect("solved").dropped, by_sum(&test, rate));
                assert!((ours - sum).abs() < 1e-9, "{test:?} {rate}: {ours} {sum}");
            }
        }
    }

    #[test]
    fn likelihood_ratios_and_wald_s_identity_hold() {
        for test in TESTS {
            let ends = |rate| test.ends(rate).expect("solved");
            let (plots, other) = (ends(test.plotter), ends(test.background));
            // At the lower bound there is no overshoot: the chances there differ by the likelihood ratio itself.
            assert!((plots.dropped / other.dropped - test.drop.exp()).abs() < 1e-9, "{test:?}");
            // Overshoot is less than a jump: Wald's bounds on errors and on mean times.
            let (jump, fall) = ((test.plotter / test.background).ln(), test.plotter - test.background);
            let false_alarm = 1.0 - other.dropped;
            assert!(false_alarm <= (1.0 - plots.dropped) * (-test.decide).exp());
            assert!(false_alarm >= (1.0 - plots.dropped) * (-test.decide - jump).exp());
            for (ends, rate) in [(plots, test.plotter), (other, test.background)] {
                let gain = (rate * jump - fall) * ends.days;
                let least = (1.0 - ends.dropped) * test.decide + ends.dropped * test.drop;
                assert!(gain >= least - 1e-9 && gain <= least + (1.0 - ends.dropped) * jump + 1e-9, "{test:?} {rate}");
            }
        }
    }

    #[test]
    fn a_simulation_by_hand_agrees() {
        let test = TESTS[1];
        let (jump, fall) = ((test.plotter / test.background).ln(), test.plotter - test.background);
        let mut bits = 1u64;
        let mut unit = || {
            bits = bits.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (bits >> 11) as f64 / 9_007_199_254_740_992.0
        };
        for rate in [test.plotter, test.background] {
            let n = 200_000;
            let (mut dropped, mut days, mut squares) = (0.0, 0.0, 0.0);
            for _ in 0..n {
                let (mut odds, mut time) = (0.0, 0.0);
                loop {
                    let wait = -(1.0 - unit()).ln() / rate;
                    let reach = (odds - test.drop) / fall;
                    if wait >= reach {
                        time += reach;
                        dropped += 1.0;
                        break;
                    }
                    time += wait;
                    odds += jump - fall * wait;
                    if odds > test.decide {
                        break;
                    }
                }
                days += time;
                squares += time * time;
            }
            let exact = test.ends(rate).expect("solved");
            let (share, mean) = (dropped / f64::from(n), days / f64::from(n));
            let error = |variance: f64| (variance / f64::from(n)).sqrt();
            // Four standard errors: one false alarm in 16,000, the seed is fixed.
            assert!((share - exact.dropped).abs() < 4.0 * error(share * (1.0 - share)), "{share} {exact:?}");
            assert!((mean - exact.days).abs() < 4.0 * error(squares / f64::from(n) - mean * mean), "{mean} {exact:?}");
        }
    }
}
