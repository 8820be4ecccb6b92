//! Location and spread of one sample: compensated sum, mean, variance, skewness.

/// The compensated (Neumaier) sum of `values` in the order given; 0 of nothing.
///
/// The error does not grow with the number of values (Neumaier 1974, ZAMM 54, 39–51).
pub fn sum(values: &[f64]) -> f64 {
    sum_of(values.iter().copied())
}

pub(crate) fn sum_of(values: impl Iterator<Item = f64>) -> f64 {
    let mut total = 0.0_f64;
    let mut lost = 0.0_f64;
    for value in values {
        let next = total + value;
        lost += if total.abs() >= value.abs() { (total - next) + value } else { (value - next) + total };
        total = next;
    }
    total + lost
}

/// The mean; `None` of nothing or where a value is not finite.
pub fn mean(values: &[f64]) -> Option<f64> {
    let first = *values.first()?;
    // Equal values have exactly that mean: n·x/n can miss it by a rounding, and a policy that
    // changes nothing must show a difference of exactly 0 with a spread of exactly 0.
    if values.iter().all(|&x| x == first) {
        return first.is_finite().then_some(first);
    }
    let mean = sum(values) / values.len() as f64;
    mean.is_finite().then_some(mean)
}

/// The sample variance (divisor n − 1); `None` below two values or where a value is not finite.
pub fn variance(values: &[f64]) -> Option<f64> {
    if values.len() < 2 {
        return None;
    }
    let mean = mean(values)?;
    let squares = sum_of(values.iter().map(|x| (x - mean) * (x - mean)));
    let variance = squares / (values.len() - 1) as f64;
    variance.is_finite().then_some(variance)
}

/// One sample in figures, in the sample's own unit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Summary {
    /// Number of values.
    pub n: usize,
    /// Arithmetic mean.
    pub mean: f64,
    /// Sample variance (divisor n − 1); `None` below two values.
    pub variance: Option<f64>,
    /// Square root of the variance.
    pub standard_deviation: Option<f64>,
    /// Standard error of the mean.
    pub standard_error: Option<f64>,
    /// Adjusted Fisher–Pearson skewness G1; `None` below three values or without spread.
    pub skewness: Option<f64>,
    /// Smallest value.
    pub minimum: f64,
    /// Largest value.
    pub maximum: f64,
}

/// Summarises `values`; `None` of nothing or where a value is not finite.
pub fn summary(values: &[f64]) -> Option<Summary> {
    let mean = mean(values)?;
    let n = values.len();
    let variance = variance(values);
    Some(Summary {
        n,
        mean,
        variance,
        standard_deviation: variance.map(libm::sqrt),
        standard_error: variance.map(|v| libm::sqrt(v / n as f64)),
        skewness: skewness(values, mean),
        minimum: values.iter().copied().fold(f64::INFINITY, f64::min),
        maximum: values.iter().copied().fold(f64::NEG_INFINITY, f64::max),
    })
}

fn skewness(values: &[f64], mean: f64) -> Option<f64> {
    if values.len() < 3 {
        return None;
    }
    let n = values.len() as f64;
    let second = sum_of(values.iter().map(|x| (x - mean) * (x - mean))) / n;
    let third = sum_of(values.iter().map(|x| (x - mean) * (x - mean) * (x - mean))) / n;
    let skewness = third / (second * libm::sqrt(second)) * libm::sqrt(n * (n - 1.0)) / (n - 2.0);
    skewness.is_finite().then_some(skewness)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sum_keeps_what_plain_addition_loses() {
        let values = [1.0, 1e100, 1.0, -1e100];
        assert_eq!(sum(&values), 2.0);
        assert_eq!(values.iter().sum::<f64>(), 0.0);
    }

    #[test]
    fn figures_of_a_known_sample() {
        // SciPy: numpy.var(x, ddof=1) and scipy.stats.skew(x, bias=False).
        let found = summary(&[1.0, 2.0, 4.0, 8.0, 16.0]).expect("defined");
        assert_eq!(found.mean, 6.2);
        assert!((found.variance.expect("n > 1") - 37.2).abs() < 1e-13);
        assert!((found.skewness.expect("n > 2") - 1.325_314_709_813_404_6).abs() < 1e-13);
        assert_eq!((found.minimum, found.maximum, found.n), (1.0, 16.0, 5));
    }

    #[test]
    fn variance_survives_a_large_offset() {
        let values = [1e9 + 4.0, 1e9 + 7.0, 1e9 + 13.0, 1e9 + 16.0];
        assert_eq!(variance(&values), Some(30.0));
    }

    #[test]
    fn equal_values_have_no_spread() {
        let values = [0.1; 7];
        assert_eq!(mean(&values), Some(0.1));
        assert_eq!(variance(&values), Some(0.0));
        assert_eq!(summary(&values).expect("defined").skewness, None);
    }

    #[test]
    fn undefined_is_none() {
        assert_eq!(mean(&[]), None);
        assert_eq!(variance(&[1.0]), None);
        assert_eq!(mean(&[1.0, f64::NAN]), None);
        assert_eq!(mean(&[f64::INFINITY, f64::INFINITY]), None);
        assert_eq!(summary(&[1.0, f64::NEG_INFINITY]), None);
    }
}
