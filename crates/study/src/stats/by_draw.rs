//! Intervals of quantities of runs that share draws of uncertain parameters: the draws count as the sample.
//!
//! Runs of one draw are alike, so an interval over runs as if they were independent would be too narrow. Where all
//! runs have one draw, or none, the runs are the sample, and the results are those of the plain functions.

use std::collections::BTreeMap;

use super::interval::{Interval, MeanInterval, RatioInterval, mean_interval, ratio_of_means, upper_point};
use super::special::student_quantile;
use super::summary::mean;

/// The independent samples in rows that carry the number of their draw: the rows of each draw together where there are
/// several draws, in the order of their numbers; each row alone, in the order given, where there is one.
pub fn samples<T>(rows: impl IntoIterator<Item = (i64, T)>) -> Vec<Vec<T>> {
    let mut draws: BTreeMap<i64, Vec<T>> = BTreeMap::new();
    for (draw, row) in rows {
        draws.entry(draw).or_default().push(row);
    }
    if draws.len() > 1 {
        draws.into_values().collect()
    } else {
        draws.into_values().flatten().map(|row| vec![row]).collect()
    }
}

/// The mean of all values with its interval: Student's t over the draws' means, about the mean of all.
///
/// `n` counts the samples. `None` below two samples or where a value is not finite.
pub fn mean_by_draw(values: &[(i64, f64)], confidence: f64) -> Option<MeanInterval> {
    let all: Vec<f64> = values.iter().map(|v| v.1).collect();
    let centre = mean(&all)?;
    let means: Vec<f64> = samples(values.iter().copied()).iter().map(|sample| mean(sample)).collect::<Option<_>>()?;
    let mut found = mean_interval(&means, confidence)?;
    if values.iter().any(|(draw, _)| *draw != values[0].0) {
        let reach = found.half_width();
        found.mean = centre;
        (found.interval.low, found.interval.high) = (centre - reach, centre + reach);
    }
    Some(found)
}

/// The difference of means, second − first, of values of two runs that share nothing: Welch's interval (1947, Biometrika
/// 34, 28–35) over the samples that draws make.
///
/// `n` counts the samples of both. Where neither has any spread the interval is the difference itself. `None` below two
/// samples in one of them, or where a value is not finite.
pub fn difference_by_draw(first: &[(i64, f64)], second: &[(i64, f64)], confidence: f64) -> Option<MeanInterval> {
    let (a, b) = (mean_by_draw(first, confidence)?, mean_by_draw(second, confidence)?);
    let part = |m: &MeanInterval| m.standard_error * m.standard_error;
    let square = part(&a) + part(&b);
    let difference = b.mean - a.mean;
    let reach = if square > 0.0 {
        let share = |m: &MeanInterval| part(m) * part(m) / (m.n - 1) as f64;
        student_quantile(upper_point(confidence)?, square * square / (share(&a) + share(&b)))? * libm::sqrt(square)
    } else {
        0.0
    };
    Some(MeanInterval {
        n: a.n + b.n,
        mean: difference,
        standard_error: libm::sqrt(square),
        interval: Interval { low: difference - reach, high: difference + reach },
    })
}

/// The ratio of the sums of (draw, numerator, denominator) rows with Fieller's interval over samples.
///
/// `None` as [`ratio_of_means`].
pub fn ratio_by_draw(rows: &[(i64, f64, f64)], confidence: f64) -> Option<RatioInterval> {
    let samples = samples(rows.iter().map(|&(draw, top, bottom)| (draw, (top, bottom))));
    // Sums, not means: the ratio is then that of all rows whatever the sizes of the samples.
    let sum =
        |sample: &Vec<(f64, f64)>, of: fn(&(f64, f64)) -> f64| super::sum(&sample.iter().map(of).collect::<Vec<_>>());
    let tops: Vec<f64> = samples.iter().map(|s| sum(s, |x| x.0)).collect();
    let bottoms: Vec<f64> = samples.iter().map(|s| sum(s, |x| x.1)).collect();
    ratio_of_means(&tops, &bottoms, confidence)
}

#[cfg(test)]
mod tests {
    use super::super::test_draws::Draws;
    use super::*;

    /// How often intervals by draw, and those that take every run as independent, hold the true mean of 0.
    fn covered(trials: usize) -> (f64, f64) {
        let mut draws = Draws(23);
        let (mut by_draw, mut by_run) = (0.0, 0.0);
        for _ in 0..trials {
            let mut values = Vec::new();
            for draw in 0..30 {
                let shared = draws.normal();
                values.extend((0..2).map(|_| (draw, shared + 0.3 * draws.normal())));
            }
            let found = mean_by_draw(&values, 0.95).expect("defined");
            by_draw += f64::from(u8::from(found.interval.contains(0.0))) / trials as f64;
            let all: Vec<f64> = values.iter().map(|v| v.1).collect();
            let naive = mean_interval(&all, 0.95).expect("defined");
            by_run += f64::from(u8::from(naive.interval.contains(0.0))) / trials as f64;
        }
        (by_draw, by_run)
    }

    #[test]
    fn the_interval_covers_as_stated_where_runs_share_draws() {
        let (by_draw, by_run) = covered(3000);
        // Exact for normal values; 4 standard errors of a share of 0.95 in 3000 trials are 0.016.
        assert!((by_draw - 0.95).abs() < 0.016, "{by_draw}");
        assert!(by_run < 0.89, "the data do not need draws: {by_run}");
    }

    #[test]
    fn one_draw_gives_the_plain_interval_and_several_keep_the_mean_of_all() {
        let values = [3.0, 5.0, 1.0, 2.0, 7.0];
        let one: Vec<(i64, f64)> = values.iter().map(|v| (4, *v)).collect();
        assert_eq!(mean_by_draw(&one, 0.95), mean_interval(&values, 0.95));
        // Two runs of one draw and three of another: the mean of all is not the mean of the draws' means.
        let two: Vec<(i64, f64)> = values.iter().enumerate().map(|(i, v)| (i64::from(i > 1), *v)).collect();
        let found = mean_by_draw(&two, 0.95).expect("defined");
        assert_eq!((found.n, found.mean), (2, 3.6));
        assert!((0.5 * (found.interval.low + found.interval.high) - 3.6).abs() < 1e-12);
        assert_eq!(mean_by_draw(&[(0, 1.0)], 0.95), None);
    }

    #[test]
    fn the_difference_of_two_runs_is_welchs_over_their_samples() {
        // SciPy: ttest_ind(second, first, equal_var=False).confidence_interval(0.95).
        let (first, second) = ([3.0, 5.0, 1.0, 2.0, 7.0, 4.0], [2.5, 2.0, 3.5, 1.0]);
        let alone = |values: &[f64]| -> Vec<(i64, f64)> { values.iter().map(|v| (0, *v)).collect() };
        let found = difference_by_draw(&alone(&first), &alone(&second), 0.95).expect("defined");
        assert!((found.interval.low + 3.802_162_026_019_656).abs() < 1e-11, "{found:?}");
        assert!((found.interval.high - 0.968_828_692_686_322_8).abs() < 1e-11, "{found:?}");
        // The same values twice, as two replications of a draw each, are no more than once.
        let twice = |values: &[f64]| -> Vec<(i64, f64)> {
            values.iter().enumerate().flat_map(|(draw, v)| [(draw as i64, *v); 2]).collect()
        };
        let by_draw = difference_by_draw(&twice(&first), &twice(&second), 0.95).expect("defined");
        assert!((by_draw.interval.low - found.interval.low).abs() < 1e-12, "{by_draw:?}");
        let none = difference_by_draw(&alone(&[1.0, 1.0]), &alone(&[3.0, 3.0]), 0.95).expect("no spread");
        assert_eq!((none.mean, none.interval), (2.0, Interval { low: 2.0, high: 2.0 }));
        assert_eq!(difference_by_draw(&alone(&[1.0]), &alone(&second), 0.95), None);
    }

    #[test]
    fn a_ratio_is_of_all_rows_and_its_interval_of_draws() {
        let rows = [(0, 1.0, 4.0), (0, 3.0, 4.0), (1, 2.0, 4.0), (2, 0.0, 3.0), (2, 1.0, 5.0)];
        let found = ratio_by_draw(&rows, 0.95).expect("defined");
        assert_eq!(found.n, 3);
        // The ratio of two means of three: each division rounds once, so three units in the last place at most.
        assert!((found.ratio / (7.0 / 20.0) - 1.0).abs() <= 3.0 * f64::EPSILON, "{}", found.ratio);
        let plain: Vec<(i64, f64, f64)> = rows.iter().map(|r| (0, r.1, r.2)).collect();
        assert_eq!(ratio_by_draw(&plain, 0.95).expect("defined").n, 5);
    }
}
