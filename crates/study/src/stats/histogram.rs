//! Equal-width bins for one outcome, and the share of values in each.

/// Equal-width bins.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bins {
    /// Lower edge of the first bin.
    pub low: f64,
    /// Width of each bin.
    pub width: f64,
}

impl Bins {
    /// Bins over all `values`: one a whole number where they are few counts, else about `most`.
    pub fn over(values: &[f64], most: usize) -> Self {
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
    pub fn shares(&self, values: &[f64], count: usize) -> Vec<f64> {
        let mut shares = vec![0.0; count];
        for value in values {
            let bin = ((value - self.low) / self.width).floor().max(0.0) as usize;
            shares[bin.min(count - 1)] += 1.0 / values.len() as f64;
        }
        shares
    }

    /// How many bins reach `high`; at least five for counts, so that a lone value is one bar among empty places.
    pub fn count(&self, high: f64) -> usize {
        let least = if self.of_counts() { 5 } else { 1 };
        // A value on the uppermost edge belongs to the last bin.
        (((high - self.low) / self.width).ceil() as usize).max(least)
    }

    /// Whether each bin is one whole number.
    pub fn of_counts(&self) -> bool {
        self.width == 1.0 && self.low.fract().abs() == 0.5
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
