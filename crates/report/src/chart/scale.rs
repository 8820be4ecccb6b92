//! Straight-line scales from values to pixels, with round tick values.

use super::number;

/// A linear map from a value range to a pixel range.
#[derive(Clone, Debug)]
pub(super) struct Scale {
    low: f64,
    high: f64,
    start: f64,
    end: f64,
    step: f64,
}

/// The round number (1, 2 or 5 times a power of ten) that cuts `span` into about `count` parts.
fn round_step(span: f64, count: f64) -> f64 {
    let raw = span / count;
    let power = 10f64.powf(raw.log10().floor());
    let factor = [1.0, 2.0, 5.0, 10.0].into_iter().find(|f| f * power >= raw * 0.999).unwrap_or(10.0);
    factor * power
}

impl Scale {
    /// A scale whose ends are round numbers around `values`; without any spread it spans one unit.
    pub(super) fn round(values: impl IntoIterator<Item = f64>, count: f64) -> Self {
        let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
        for value in values.into_iter().filter(|v| v.is_finite()) {
            low = low.min(value);
            high = high.max(value);
        }
        if low > high {
            (low, high) = (0.0, 1.0);
        }
        if high - low < 1e-12 * high.abs().max(1e-12) {
            if low == 0.0 {
                high = 1.0;
            } else {
                let half = low.abs() / 2.0;
                (low, high) = (low - half, high + half);
            }
        }
        let step = round_step(high - low, count);
        let low = (low / step + 1e-9).floor() * step;
        let high = (high / step - 1e-9).ceil() * step;
        Self { low, high, start: 0.0, end: 1.0, step }
    }

    /// A scale for shares: round ends around `values`, at least a fifth apart lest small wobbles look large,
    /// never beyond 0 and 1.
    pub(super) fn share(values: impl IntoIterator<Item = f64>) -> Self {
        let values: Vec<f64> = values.into_iter().collect();
        let low = values.iter().copied().fold(f64::INFINITY, f64::min);
        let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let (low, high) = if low > high { (0.0, 1.0) } else { (low, high) };
        let widen = ((0.2 - (high - low)) / 2.0).max(0.0);
        let scale = Self::round([low - widen, high + widen], 5.0);
        Self { low: scale.low.max(0.0), high: scale.high.min(1.0), ..scale }
    }

    /// A scale with these exact ends, ticks at round numbers between.
    pub(super) fn exact(low: f64, high: f64, count: f64) -> Self {
        let high = if high > low { high } else { low + 1.0 };
        Self { low, high, start: 0.0, end: 1.0, step: round_step(high - low, count) }
    }

    /// The same scale drawn from pixel `start` to pixel `end`.
    pub(super) fn onto(mut self, start: f64, end: f64) -> Self {
        (self.start, self.end) = (start, end);
        self
    }

    /// The pixel of a value.
    pub(super) fn at(&self, value: f64) -> f64 {
        self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)
    }

    /// The value at a pixel.
    pub(super) fn value(&self, pixel: f64) -> f64 {
        self.low + (pixel - self.start) / (self.end - self.start) * (self.high - self.low)
    }

    /// Tick values and their labels.
    pub(super) fn ticks(&self) -> Vec<(f64, String)> {
        let first = (self.low / self.step - 1e-9).ceil() as i64;
        let last = (self.high / self.step + 1e-9).floor() as i64;
        let values: Vec<f64> = (first..=last).map(|i| i as f64 * self.step).collect();
        let labels = number::ticks(&values, self.step);
        values.into_iter().zip(labels).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_and_ticks_are_round() {
        let scale = Scale::round([0.3, 9.2], 5.0);
        assert_eq!((scale.low, scale.high), (0.0, 10.0));
        let labels: Vec<String> = scale.ticks().into_iter().map(|(_, l)| l).collect();
        assert_eq!(labels, ["0", "2", "4", "6", "8", "10"]);
    }

    #[test]
    fn a_single_value_still_gives_a_usable_range() {
        for value in [0.0, -3.0, 1e-9, 5e12] {
            let scale = Scale::round([value], 5.0).onto(0.0, 100.0);
            let pixel = scale.at(value);
            assert!((0.0..=100.0).contains(&pixel), "{value} fell on {pixel}");
            assert!(scale.ticks().len() >= 2);
        }
    }

    #[test]
    fn shares_stay_between_nothing_and_all() {
        let scale = Scale::share([0.97, 1.0]);
        assert!(scale.low < 0.97 && scale.high == 1.0);
        assert_eq!(Scale::share([0.0]).low, 0.0);
    }
}
