//! Differences between two independent samples.

use super::interval::{Interval, upper_point};
use super::special::student_quantile;
use super::summary::{mean, variance};

/// The interval of the difference of means, second − first, of independent samples whose variances may differ.
///
/// `None` below two values in a sample, with a value that is not finite, or where neither sample has any spread. Welch
/// (1947), Biometrika 34, 28–35.
pub fn difference_of_independent(first: &[f64], second: &[f64], confidence: f64) -> Option<Interval> {
    let point = upper_point(confidence)?;
    let part = |values: &[f64]| variance(values).map(|v| v / values.len() as f64);
    let (a, b) = (part(first)?, part(second)?);
    let square = a + b;
    let freedom = square * square / (a * a / (first.len() - 1) as f64 + b * b / (second.len() - 1) as f64);
    let reach = student_quantile(point, freedom).filter(|_| square > 0.0)? * libm::sqrt(square);
    let centre = mean(second)? - mean(first)?;
    Some(Interval { low: centre - reach, high: centre + reach })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_matches_scipy() {
        // SciPy: ttest_ind(second, first, equal_var=False).confidence_interval(level).
        let (first, second) = ([3.0, 5.0, 1.0, 2.0, 7.0, 4.0], [2.5, 2.0, 3.5, 1.0]);
        for (level, low, high) in [
            (0.95, -3.802_162_026_019_656, 0.968_828_692_686_322_8),
            (0.8, -2.854_521_171_263_701, 0.021_187_837_930_368_048),
        ] {
            let found = difference_of_independent(&first, &second, level).expect("defined");
            assert!((found.low - low).abs() < 1e-11 && (found.high - high).abs() < 1e-11, "{found:?}");
        }
        assert_eq!(difference_of_independent(&[1.0], &second, 0.95), None);
        assert_eq!(difference_of_independent(&[1.0, 1.0], &[2.0, 2.0], 0.95), None);
    }
}
