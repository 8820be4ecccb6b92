//! Plain forecasts beside which a model's must stand: points of others, and what a series says of its own next value.

use crate::stats::{
    Ingarch, LocalLevel, crps_of_draws, crps_of_normal, crps_of_poisson, log_score_of_counts, mean, normal_log_score,
    poisson_log_score,
};
use forestall_model::{Draws, Key};

/// Paths of an INGARCH that is looked more than one value ahead.
const PATHS: u32 = 10_000;

/// A plain forecast of one quantity.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct PlainForecast {
    /// Whose it is.
    pub(crate) name: String,
    /// What it says.
    law: Law,
}

#[derive(Clone, Debug, PartialEq)]
enum Law {
    Point(f64),
    Normal { mean: f64, sd: f64 },
    Poisson(f64),
    Counts(Vec<f64>),
}

impl PlainForecast {
    /// One number.
    pub(crate) fn point(name: impl Into<String>, value: f64) -> Self {
        Self { name: name.into(), law: Law::Point(value) }
    }

    /// The point, or the distribution's mean.
    pub(super) fn mean(&self) -> Option<f64> {
        match &self.law {
            Law::Point(mean) | Law::Normal { mean, .. } | Law::Poisson(mean) => Some(*mean),
            Law::Counts(draws) => mean(draws),
        }
    }

    /// CRPS and logarithmic score of what came.
    pub(super) fn scores(&self, observed: f64) -> (f64, Option<f64>) {
        match &self.law {
            Law::Point(value) => ((observed - value).abs(), None),
            Law::Normal { mean, sd } => (crps_of_normal(*mean, *sd, observed), normal_log_score(*mean, *sd, observed)),
            Law::Poisson(mean) => (crps_of_poisson(*mean, observed), poisson_log_score(*mean, observed)),
            Law::Counts(draws) => {
                (crps_of_draws(draws, observed).unwrap_or(f64::NAN), log_score_of_counts(draws, observed))
            }
        }
    }
}

/// A yearly series without gaps.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Series {
    /// The year of the first value.
    pub(crate) first: i64,
    /// The values.
    pub(crate) values: Vec<f64>,
}

impl Series {
    /// The year after the last value.
    pub(crate) fn next(&self) -> i64 {
        self.first + self.values.len() as i64
    }

    /// Only what was known before `year`.
    #[must_use]
    pub(crate) fn before(&self, year: i64) -> Self {
        let known = usize::try_from(year - self.first).unwrap_or(0).min(self.values.len());
        Self { first: self.first, values: self.values[..known].to_vec() }
    }
}

/// What a series says of its value in `year`: as last, the mean of the last three, a local level, an INGARCH(1,1). A model
/// that cannot be fitted is left out.
pub(crate) fn from_history(series: &Series, year: i64) -> Vec<PlainForecast> {
    let known = series.before(year);
    let values = &known.values;
    let steps = u32::try_from(year - known.next() + 1).unwrap_or(1).max(1);
    let mut out = Vec::new();
    let named = |name: &str, law: Law| PlainForecast { name: name.to_owned(), law };
    if let Some(last) = values.last() {
        out.push(PlainForecast::point("last year", *last));
    }
    if let Some(mean) = values.len().checked_sub(3).and_then(|from| mean(&values[from..])) {
        out.push(PlainForecast::point("mean of three", mean));
    }
    if let Some(fit) = LocalLevel::fit(values) {
        let (mean, sd) = fit.forecast(steps);
        out.push(named("local level", Law::Normal { mean, sd }));
    }
    if let Some(fit) = Ingarch::fit(values) {
        let law = if steps == 1 { Law::Poisson(fit.next) } else { Law::Counts(paths(&fit, steps)) };
        out.push(named("INGARCH", law));
    }
    out
}

/// Counts `steps` values ahead, on a fixed seed.
fn paths(fit: &Ingarch, steps: u32) -> Vec<f64> {
    let draws = Draws::new(1, 0);
    let root = Key::root("ingarch");
    let one = |path: u32| {
        let key = root.child(0, u64::from(path));
        let (mut next, mut count) = (fit.next, 0.0);
        for step in 0..steps {
            count = draws.poisson(key, 0, step, next) as f64;
            next = fit.omega + fit.alpha * count + fit.beta * next;
        }
        count
    };
    (0..PATHS).map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series() -> Series {
        Series { first: 2004, values: vec![2.0, 0.0, 3.0, 5.0, 4.0, 8.0, 6.0, 9.0] }
    }

    #[test]
    fn only_what_was_known_is_used() {
        let found = from_history(&series(), 2008);
        let means: Vec<f64> = found.iter().take(2).filter_map(PlainForecast::mean).collect();
        assert_eq!(means, [5.0, 8.0 / 3.0]);
        assert_eq!(
            found.iter().map(|f| f.name.as_str()).collect::<Vec<_>>(),
            ["last year", "mean of three", "local level", "INGARCH"]
        );
        assert!(from_history(&series(), 2004).is_empty());
        assert_eq!(from_history(&series(), 2006).len(), 1);
    }

    #[test]
    fn further_ahead_is_wider_and_has_the_same_long_mean() {
        let near = &from_history(&series(), 2012)[3];
        let far = &from_history(&series(), 2015)[3];
        let fit = Ingarch::fit(&series().values).unwrap();
        let mut expected = fit.next;
        for _ in 0..3 {
            expected = fit.omega + (fit.alpha + fit.beta) * expected;
        }
        let Law::Counts(draws) = &far.law else { panic!("paths") };
        let error = (crate::stats::variance(draws).unwrap() / draws.len() as f64).sqrt();
        assert!((far.mean().unwrap() - expected).abs() < 4.0 * error, "{:?} and {expected}", far.mean());
        assert!(matches!(near.law, Law::Poisson(_)));
    }
}
