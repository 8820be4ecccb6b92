//! The median of values that come in clusters, such as all plots of one replication.

use super::interval::{Interval, upper_point};
use super::special::student_quantile;
use super::summary::sum_of;

/// A median with its interval, in the unit of the values.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ClusteredMedian {
    /// Number of values over all clusters.
    pub n: usize,
    /// The median.
    pub median: f64,
    /// Limits; `None` where there are too few values or clusters for an interval.
    pub interval: Option<Interval>,
}

/// The median of all values; clusters are independent of each other, the values within one need not be.
///
/// `None` without values or with one that is not finite. Limits are values themselves: the quantiles at ½ ± t·s, where s
/// is the standard error of the share of values below the median, by clusters (Woodruff 1952, JASA 47, 635–646). Ties at
/// the median can be counted below it or above; the larger standard error of the two is taken.
pub fn clustered_median(clusters: &[Vec<f64>], confidence: f64) -> Option<ClusteredMedian> {
    let mut sorted: Vec<f64> = clusters.iter().flatten().copied().collect();
    if sorted.iter().any(|x| !x.is_finite()) {
        return None;
    }
    sorted.sort_by(f64::total_cmp);
    let n = sorted.len();
    let median = super::quantile(&sorted, 0.5)?;
    Some(ClusteredMedian { n, median, interval: interval(clusters, &sorted, median, confidence) })
}

fn interval(clusters: &[Vec<f64>], sorted: &[f64], median: f64, confidence: f64) -> Option<Interval> {
    if clusters.len() < 2 {
        return None;
    }
    let size = sorted.len() as f64;
    let below = standard_error(clusters, size, |x| x < median);
    let at_most = standard_error(clusters, size, |x| x <= median);
    let reach = student_quantile(upper_point(confidence)?, (clusters.len() - 1) as f64)? * below.max(at_most);
    let low = libm::floor(size * (0.5 - reach));
    let high = libm::ceil(size * (0.5 + reach)) - 1.0;
    if low < 0.0 || high >= size {
        return None;
    }
    // An even number of values without spread has both middle values between the limits.
    Some(Interval { low: sorted[low as usize].min(median), high: sorted[high as usize].max(median) })
}

/// Standard error of the share of values for which `counts` holds: the ratio estimator over clusters.
fn standard_error(clusters: &[Vec<f64>], size: f64, counts: impl Fn(f64) -> bool) -> f64 {
    let hits = |cluster: &Vec<f64>| cluster.iter().filter(|x| counts(**x)).count() as f64;
    let share = sum_of(clusters.iter().map(hits)) / size;
    let squares = clusters.iter().map(|c| {
        let residual = hits(c) - share * c.len() as f64;
        residual * residual
    });
    let number = clusters.len() as f64;
    libm::sqrt(number / (number - 1.0) * sum_of(squares)) / size
}

#[cfg(test)]
mod tests {
    use super::super::quantile_interval;
    use super::super::test_draws::Draws;
    use super::*;

    /// How often the intervals by clusters, and those that take all values as independent, hold the true median of 0.
    fn covered(trials: usize) -> (f64, f64) {
        let mut draws = Draws(11);
        let (mut clustered, mut naive) = (0.0, 0.0);
        for _ in 0..trials {
            let clusters: Vec<Vec<f64>> = (0..60)
                .map(|_| {
                    let shared = draws.normal();
                    (0..8).map(|_| shared + draws.normal()).collect()
                })
                .collect();
            let found = clustered_median(&clusters, 0.95).and_then(|m| m.interval).expect("defined");
            clustered += f64::from(u8::from(found.contains(0.0))) / trials as f64;
            let all: Vec<f64> = clusters.into_iter().flatten().collect();
            naive +=
                f64::from(u8::from(quantile_interval(&all, 0.5, 0.95).expect("defined").contains(0.0))) / trials as f64;
        }
        (clustered, naive)
    }

    #[test]
    fn the_interval_covers_as_stated_where_values_within_a_cluster_are_alike() {
        let (clustered, naive) = covered(2000);
        // The interval is right for many clusters; with 60, one point is allowed, and 4 standard errors of 0.5 points.
        assert!((clustered - 0.95).abs() < 0.03, "{clustered}");
        assert!(naive < 0.85, "the data do not need clusters: {naive}");
    }

    #[test]
    fn independent_values_give_the_order_statistics() {
        let clusters: Vec<Vec<f64>> = (0..50).map(|i| vec![f64::from(i)]).collect();
        let found = clustered_median(&clusters, 0.95).expect("defined");
        assert_eq!((found.n, found.median), (50, 24.5));
        assert_eq!(found.interval, Some(Interval { low: 17.0, high: 32.0 }));
    }

    #[test]
    fn ties_narrow_the_interval_and_too_little_leaves_none() {
        let mut clusters = vec![vec![0.0, 0.0, 0.0, 4.0]; 30];
        clusters.push(vec![-3.0]);
        let found = clustered_median(&clusters, 0.95).expect("defined");
        assert_eq!((found.median, found.interval), (0.0, Some(Interval { low: 0.0, high: 0.0 })));
        assert_eq!(clustered_median(&[], 0.95), None);
        assert_eq!(clustered_median(&[vec![f64::NAN]], 0.95), None);
        assert_eq!(clustered_median(&[vec![1.0, 2.0]], 0.95).expect("defined").interval, None);
        assert_eq!(clustered_median(&[vec![1.0], vec![], vec![2.0]], 0.95).expect("defined").interval, None);
    }
}
