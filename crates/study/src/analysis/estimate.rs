//! An estimate with its interval, either of which may be undefined.

use std::ops::RangeInclusive;

use serde::Serialize;

use crate::stats::{quantile, variance};

/// Two-sided 95 % of a normal variable.
const Z: f64 = 1.959_963_984_540_054;

/// An estimate with a 95 % interval; undefined parts are `None` and become null.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Estimate {
    /// The estimate.
    pub estimate: Option<f64>,
    /// The interval's lower end.
    pub low: Option<f64>,
    /// The interval's upper end.
    pub high: Option<f64>,
}

impl Estimate {
    /// Nothing is known.
    pub const UNDEFINED: Self = Self { estimate: None, low: None, high: None };

    /// A number without an interval.
    pub fn bare(value: Option<f64>) -> Self {
        Self { estimate: value.filter(|v| v.is_finite()), low: None, high: None }
    }

    /// The percentile interval of resampled values.
    pub fn percentile(value: Option<f64>, resampled: &[Option<f64>]) -> Self {
        let values: Vec<f64> = resampled.iter().copied().flatten().filter(|v| v.is_finite()).collect();
        let enough = value.is_some() && values.len() * 2 > resampled.len();
        let at = |p| if enough { quantile(&values, p) } else { None };
        Self { low: at(0.025), high: at(0.975), ..Self::bare(value) }
    }

    /// Plus and minus 1.96 standard deviations of resampled values, within `range`.
    ///
    /// For distances between distributions, which resampling makes larger: their percentiles would lie too high.
    pub fn normal(value: Option<f64>, resampled: &[Option<f64>], range: RangeInclusive<f64>) -> Self {
        let values: Vec<f64> = resampled.iter().copied().flatten().filter(|v| v.is_finite()).collect();
        let spread = variance(&values).map(f64::sqrt);
        let end = |sign: f64| Some((value? + sign * Z * spread?).clamp(*range.start(), *range.end()));
        Self { low: end(-1.0), high: end(1.0), ..Self::bare(value) }
    }
}
