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
    let counted: Vec<(f64, f64)> = clusters.iter().map(|c| (hits(c), c.len() as f64)).collect();
    error_of_share(&counted, sum_of(counted.iter().map(|c| c.0)) / size, size)
}

/// The same of a share of so many, from what counts and how many there are in each cluster.
fn error_of_share(clusters: &[(f64, f64)], share: f64, size: f64) -> f64 {
    let squares = clusters.iter().map(|(hits, all)| {
        let residual = hits - share * all;
        residual * residual
    });
    let number = clusters.len() as f64;
    libm::sqrt(number / (number - 1.0) * sum_of(squares)) / size
}

/// A share over clusters, each with what counts and how many there are, and its interval by Student's quantile.
///
/// Clusters are independent of each other; what is in one need not be. The limits stay within 0 and 1; none with fewer
/// than two clusters, or where nothing is.
pub fn clustered_share(clusters: &[(f64, f64)], confidence: f64) -> Option<(f64, Interval)> {
    let size = sum_of(clusters.iter().map(|c| c.1));
    if clusters.len() < 2 || size <= 0.0 {
        return None;
    }
    let share = sum_of(clusters.iter().map(|c| c.0)) / size;
    let quantile = student_quantile(upper_point(confidence)?, (clusters.len() - 1) as f64)?;
    let reach = quantile * error_of_share(clusters, share, size);
    Some((share, Interval { low: (share - reach).max(0.0), high: (share + reach).min(1.0) }))
}

#[cfg(test)]
mod tests {
    use super::super::quantile_interval;
    use super::super::test_draws::{Draws, agrees};
    use super::*;

    #[test]
    fn a_share_has_the_interval_of_its_clusters() {
        // By hand: residuals 1 − 2 · ½, 3 − 4 · ½, 0 − 2 · ½ are 0, 1, −1; the error is √(3/2 · 2) ⁄ 8.
        let (share, found) = clustered_share(&[(1.0, 2.0), (3.0, 4.0), (0.0, 2.0)], 0.95).unwrap();
        let reach = student_quantile(0.975, 2.0).unwrap() * 3.0_f64.sqrt() / 8.0;
        assert_eq!(share, 0.5);
        assert!(
            (found.low - (0.5 - reach).max(0.0)).abs() < 1e-12 && (found.high - (0.5 + reach).min(1.0)).abs() < 1e-12
        );
        assert_eq!(clustered_share(&[(1.0, 2.0)], 0.95), None);
        assert_eq!(clustered_share(&[(0.0, 0.0), (0.0, 0.0)], 0.95), None);
        // Shares that are all the same are known: three halves.
        let (_, sure) = clustered_share(&[(1.0, 2.0); 3], 0.95).unwrap();
        assert_eq!((sure.low, sure.high), (0.5, 0.5));
    }

    /// How often the shares' intervals hold the truth where clusters have chances of their own.
    #[test]
    fn intervals_of_shares_hold_what_they_promise() {
        let mut draws = Draws(5);
        let (mut clustered, mut naive) = (0, 0);
        for _ in 0..1_000 {
            let clusters: Vec<(f64, f64)> = (0..50)
                .map(|_| {
                    let (chance, size) = (0.2 + 0.6 * draws.uniform(), 5 + (draws.uniform() * 20.0) as usize);
                    ((0..size).filter(|_| draws.uniform() < chance).count() as f64, size as f64)
                })
                .collect();
            let (share, interval) = clustered_share(&clusters, 0.95).unwrap();
            clustered += usize::from(interval.contains(0.5));
            let size: f64 = clusters.iter().map(|c| c.1).sum();
            naive += usize::from((share - 0.5).abs() <= 1.96 * (share * (1.0 - share) / size).sqrt());
        }
        assert!(agrees(clustered, 1_000, 0.95), "{clustered}");
        assert!(!agrees(naive, 1_000, 0.95), "plots taken as independent pass too: {naive}");
    }

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
