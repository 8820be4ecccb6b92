//! Quantiles, quantile bands over time, and the empirical distribution function.

/// The values in ascending order; `None` if there is none or one is not finite.
fn sorted(values: &[f64]) -> Option<Vec<f64>> {
    if values.is_empty() || values.iter().any(|x| !x.is_finite()) {
        return None;
    }
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    Some(sorted)
}

/// The quantile of type 7 (linear between order statistics; the default of R and `numpy`).
///
/// `None` of nothing, with a value that is not finite, or unless `0 ≤ probability ≤ 1`.
/// Hyndman and Fan (1996), American Statistician 50, 361–365.
pub fn quantile(values: &[f64], probability: f64) -> Option<f64> {
    of_sorted(&sorted(values)?, probability)
}

fn of_sorted(sorted: &[f64], probability: f64) -> Option<f64> {
    if !(0.0..=1.0).contains(&probability) {
        return None;
    }
    let place = (sorted.len() - 1) as f64 * probability;
    let below = place.floor() as usize;
    let above = (below + 1).min(sorted.len() - 1);
    let (low, high) = (sorted[below], sorted[above]);
    // Written as a weighted mean, so that equal neighbours give exactly their value.
    Some(if low == high { low } else { low + (high - low) * (place - below as f64) })
}

/// A quantile that a reader can take for a value that was reached: of counts, the smallest count reached by at least
/// `probability` of the values (type 1); of other numbers, [`quantile`].
///
/// `None` as [`quantile`].
pub fn attained_quantile(values: &[f64], probability: f64) -> Option<f64> {
    let sorted = sorted(values)?;
    if !(0.0..=1.0).contains(&probability) || sorted.iter().any(|v| v.fract() != 0.0) {
        return of_sorted(&sorted, probability);
    }
    // The small allowance keeps 0.05 × 20 from asking for a second value.
    let reached = (probability * sorted.len() as f64 - 1e-9).ceil().max(1.0) as usize;
    Some(sorted[reached - 1])
}

/// Where the outcome itself falls: median and the limits of the central `share` of the values.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Band {
    /// Lower limit: quantile (1 − share) / 2.
    pub low: f64,
    /// Median.
    pub median: f64,
    /// Upper limit: quantile (1 + share) / 2.
    pub high: f64,
}

/// The band that holds the central `share` (from 0 to 1) of `values`; `None` where undefined.
pub fn band(values: &[f64], share: f64) -> Option<Band> {
    if !(0.0..=1.0).contains(&share) {
        return None;
    }
    let sorted = sorted(values)?;
    Some(Band {
        low: of_sorted(&sorted, 0.5 * (1.0 - share))?,
        median: of_sorted(&sorted, 0.5)?,
        high: of_sorted(&sorted, 0.5 * (1.0 + share))?,
    })
}

/// One band a time step, from the values that all replications have at that step.
pub fn bands<S: AsRef<[f64]>>(steps: &[S], share: f64) -> Vec<Option<Band>> {
    steps.iter().map(|values| band(values.as_ref(), share)).collect()
}

/// The empirical distribution function of a sample: a step up at every distinct value.
#[derive(Clone, Debug, PartialEq)]
pub struct Ecdf {
    steps: Vec<(f64, f64)>,
}

impl Ecdf {
    /// The distribution of `values`; `None` of nothing or where a value is not finite.
    pub fn new(values: &[f64]) -> Option<Self> {
        let sorted = sorted(values)?;
        let mut steps: Vec<(f64, f64)> = Vec::new();
        for (index, &value) in sorted.iter().enumerate() {
            let share = (index + 1) as f64 / sorted.len() as f64;
            match steps.last_mut() {
                Some(last) if last.0 == value => last.1 = share,
                _ => steps.push((value, share)),
            }
        }
        Some(Self { steps })
    }

    /// Each distinct value with the share of the sample at or below it, ascending.
    pub fn steps(&self) -> &[(f64, f64)] {
        &self.steps
    }

    /// The share of the sample at or below `x`.
    pub fn at(&self, x: f64) -> f64 {
        let reached = self.steps.partition_point(|step| step.0 <= x);
        reached.checked_sub(1).map_or(0.0, |index| self.steps[index].1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_match_numpy() {
        let values = [16.0, 1.0, 4.0, 2.0, 8.0];
        for (probability, expected) in [(0.1, 1.4), (0.5, 4.0), (0.9, 12.8), (0.0, 1.0), (1.0, 16.0)] {
            let found = quantile(&values, probability).expect("defined");
            assert!((found - expected).abs() < 1e-14, "{probability}: {found}");
        }
        assert_eq!(quantile(&[3.0], 0.37), Some(3.0));
    }

    #[test]
    fn attained_quantiles_of_counts_are_counts_and_others_interpolate() {
        let counts = [4.0, 1.0, 3.0, 2.0];
        for (probability, expected) in [(0.5, 2.0), (0.51, 3.0), (0.0, 1.0), (1.0, 4.0)] {
            assert_eq!(attained_quantile(&counts, probability), Some(expected));
        }
        let values = [0.4, 0.1, 0.3, 0.2];
        for (probability, expected) in [(0.5, 0.25), (0.0, 0.1), (1.0, 0.4)] {
            assert_eq!(attained_quantile(&values, probability), Some(expected));
        }
        assert_eq!(attained_quantile(&[], 0.5), None);
    }

    #[test]
    fn band_is_ordered_and_undefined_where_it_must_be() {
        let found = band(&[5.0, 1.0, 3.0], 0.9).expect("defined");
        assert!(found.low < found.median && found.median < found.high);
        assert_eq!(band(&[], 0.9), None);
        assert_eq!(band(&[1.0], 1.5), None);
        assert_eq!(quantile(&[1.0, f64::NAN], 0.5), None);
        assert_eq!(bands(&[vec![1.0], vec![]], 0.5).iter().filter(|b| b.is_none()).count(), 1);
    }

    #[test]
    fn distribution_function_steps_at_distinct_values() {
        let found = Ecdf::new(&[2.0, 1.0, 2.0, 4.0]).expect("defined");
        assert_eq!(found.steps(), &[(1.0, 0.25), (2.0, 0.75), (4.0, 1.0)]);
        assert_eq!((found.at(0.9), found.at(2.0), found.at(3.9), found.at(9.0)), (0.0, 0.75, 0.75, 1.0));
        assert_eq!(Ecdf::new(&[]), None);
    }
}
