//! The little statistics that charts need: quantiles, means with a normal interval, equal-width bins.

/// The `q` quantile of sorted values; `None` without values.
///
/// Counts give the smallest count reached by at least `q` of the values, other numbers interpolate linearly.
pub(super) fn quantile(sorted: &[f64], q: f64) -> Option<f64> {
    let last = sorted.len().checked_sub(1)?;
    if sorted.iter().all(|v| v.fract() == 0.0) {
        // The small allowance keeps 0.05 × 20 from asking for a second value.
        let reached = (q.clamp(0.0, 1.0) * sorted.len() as f64 - 1e-9).ceil().max(1.0) as usize;
        return Some(sorted[reached - 1]);
    }
    let place = q.clamp(0.0, 1.0) * last as f64;
    let below = place.floor() as usize;
    let above = (below + 1).min(last);
    Some(sorted[below] + (sorted[above] - sorted[below]) * (place - below as f64))
}

/// The values in rising order.
pub(super) fn sorted(mut values: Vec<f64>) -> Vec<f64> {
    values.retain(|v| v.is_finite());
    values.sort_by(f64::total_cmp);
    values
}

/// A mean and, from two values on, its 95 % interval by the normal approximation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Mean {
    /// The mean.
    pub(super) value: f64,
    /// Interval ends; `None` with a single value.
    pub(super) interval: Option<(f64, f64)>,
}

/// The mean of `values`; `None` without values.
pub(super) fn mean(values: &[f64]) -> Option<Mean> {
    let n = values.len() as f64;
    if values.is_empty() {
        return None;
    }
    let value = values.iter().sum::<f64>() / n;
    let interval = (values.len() > 1).then(|| {
        let variance = values.iter().map(|v| (v - value).powi(2)).sum::<f64>() / (n - 1.0);
        let half = 1.959_964 * (variance / n).sqrt();
        (value - half, value + half)
    });
    Some(Mean { value, interval })
}

/// Equal-width bins.
pub(super) struct Bins {
    /// Lower edge of the first bin.
    pub(super) low: f64,
    /// Width of each bin.
    pub(super) width: f64,
}

impl Bins {
    /// Bins over all `values`: one a whole number where they are few counts, else about `most`.
    pub(super) fn over(values: &[f64], most: usize) -> Self {
        let low = values.iter().copied().fold(f64::INFINITY, f64::min);
        let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        // Zero is worth showing where it is not far away.
        let low = if low > 0.0 && low < high / 2.0 { 0.0 } else { low };
        if values.is_empty() {
            return Self { low: -0.5, width: 1.0 };
        }
        if values.iter().all(|v| v.fract() == 0.0) {
            let width = ((high - low + 1.0) / most as f64).ceil().max(1.0);
            return Self { low: low - 0.5, width };
        }
        let width = (high - low) / most as f64;
        if width > 0.0 { Self { low, width } } else { Self { low: low - 0.5, width: 1.0 } }
    }

    /// The share of `values` in each of the first `count` bins.
    pub(super) fn shares(&self, values: &[f64], count: usize) -> Vec<f64> {
        let mut shares = vec![0.0; count];
        for value in values {
            let bin = ((value - self.low) / self.width).floor().max(0.0) as usize;
            shares[bin.min(count - 1)] += 1.0 / values.len() as f64;
        }
        shares
    }

    /// How many bins reach `high`; at least five for counts, so that a lone value is one bar among empty places.
    pub(super) fn count(&self, high: f64) -> usize {
        let least = if self.of_counts() { 5 } else { 1 };
        // A value on the uppermost edge belongs to the last bin.
        (((high - self.low) / self.width).ceil() as usize).max(least)
    }

    /// Whether each bin is one whole number.
    pub(super) fn of_counts(&self) -> bool {
        self.width == 1.0 && self.low.fract().abs() == 0.5
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_interpolate() {
        let values = sorted(vec![0.4, 0.1, 0.3, 0.2]);
        assert_eq!(quantile(&values, 0.5), Some(0.25));
        assert_eq!(quantile(&values, 0.0), Some(0.1));
        assert_eq!(quantile(&values, 1.0), Some(0.4));
        assert_eq!(quantile(&[], 0.5), None);
    }

    #[test]
    fn quantiles_of_counts_are_counts() {
        let values = sorted(vec![4.0, 1.0, 3.0, 2.0]);
        assert_eq!(quantile(&values, 0.5), Some(2.0));
        assert_eq!(quantile(&values, 0.51), Some(3.0));
        assert_eq!(quantile(&values, 0.0), Some(1.0));
        assert_eq!(quantile(&values, 1.0), Some(4.0));
    }

    #[test]
    fn one_value_has_a_mean_but_no_interval() {
        assert_eq!(mean(&[2.0]), Some(Mean { value: 2.0, interval: None }));
        assert_eq!(mean(&[]), None);
    }

    #[test]
    fn bins_hold_every_value() {
        for values in [vec![0.0], vec![0.0, 1.0, 7.0], vec![0.1, 0.25, 0.9], vec![3.5, 3.5], vec![0.0, 1e6]] {
            let bins = Bins::over(&values, 30);
            let high = values.iter().copied().fold(0.0, f64::max);
            let shares = bins.shares(&values, bins.count(high));
            assert!((shares.iter().sum::<f64>() - 1.0).abs() < 1e-9);
            assert!(bins.count(high) <= 31, "{}", bins.count(high));
        }
    }
}
