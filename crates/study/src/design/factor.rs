//! One uncertain factor or lever: its distribution or its categories, and the way between ranks and values.

use crate::stats::special::{incomplete_beta, incomplete_beta_inverse, normal_cdf, normal_quantile};
use forestall_model::Distribution;

/// Share cut from each tail of an unbounded distribution where a design needs its ends (grid, Morris).
pub(super) const TAIL: f64 = 0.005;

/// What values a factor can have.
#[derive(Clone, Debug, PartialEq)]
pub enum Levels {
    /// Numbers with a distribution, cut to `least..=most` (infinite: not cut).
    Number {
        /// The distribution before the cut.
        distribution: Distribution,
        /// Smallest value that is let in.
        least: f64,
        /// Largest value that is let in.
        most: f64,
        /// Whether values are whole numbers, such as a count of officers: the distribution then reaches half a unit
        /// beyond its first and last whole number, and is rounded, so that a uniform one has all equally likely.
        whole: bool,
    },
    /// Names, all equally likely: policies, settings, rival rules. Their codes are 0, 1, 2, …
    Category(Vec<String>),
}

/// One dimension of a design.
#[derive(Clone, Debug, PartialEq)]
pub struct Factor {
    /// Name, the same as in the design's table.
    pub name: String,
    /// Factors of one group move together.
    pub group: Option<String>,
    /// What values it can have.
    pub levels: Levels,
}

impl Factor {
    /// A factor equally likely anywhere between two bounds.
    pub fn uniform(name: impl Into<String>, low: f64, high: f64) -> Self {
        Self::number(name, Distribution::Uniform { low, high })
    }

    /// A numeric factor without a cut.
    pub fn number(name: impl Into<String>, distribution: Distribution) -> Self {
        let (least, most) = (f64::NEG_INFINITY, f64::INFINITY);
        Self { name: name.into(), group: None, levels: Levels::Number { distribution, least, most, whole: false } }
    }

    /// A factor with named categories.
    pub fn category(name: impl Into<String>, names: Vec<String>) -> Self {
        Self { name: name.into(), group: None, levels: Levels::Category(names) }
    }

    /// The same factor in a group.
    #[must_use]
    pub fn in_group(mut self, group: impl Into<String>) -> Self {
        self.group = Some(group.into());
        self
    }

    /// The names of the categories; `None` for numbers.
    pub fn categories(&self) -> Option<&[String]> {
        if let Levels::Category(names) = &self.levels { Some(names) } else { None }
    }

    /// The value (or the code of the category) below which the share `rank` of the distribution lies.
    ///
    /// `rank` is in [0, 1]; the ends of an unbounded distribution give its most extreme finite doubles' ranks.
    pub fn value(&self, rank: f64) -> f64 {
        match &self.levels {
            Levels::Category(names) => ((rank * names.len() as f64) as usize).min(names.len().max(1) - 1) as f64,
            Levels::Number { distribution, least, most, whole: false } => {
                let (from, to) = (cdf(distribution, *least), cdf(distribution, *most));
                quantile(distribution, from + rank * (to - from)).clamp(*least, *most)
            }
            Levels::Number { distribution, least, most, whole: true } => {
                let cells = Cells::of(distribution, *least, *most);
                let (from, to) = cells.mass();
                // Cells are half open, [k − ½, k + ½), so that each has its full share of the ranks; adding zero
                // turns −0 into 0.
                let value = libm::floor(quantile(&cells.distribution, from + rank * (to - from)) + 0.5) + 0.0;
                value.max(cells.first).min(cells.last)
            }
        }
    }

    /// The share of the distribution below `value`, the inverse of [`Self::value`]; codes and whole numbers give the
    /// middle of their ranks.
    pub fn rank(&self, value: f64) -> f64 {
        let between = |(from, to): (f64, f64), at: f64| if to > from { (at - from) / (to - from) } else { 0.5 };
        match &self.levels {
            Levels::Category(names) => (value + 0.5) / names.len() as f64,
            Levels::Number { distribution, least, most, whole: false } => {
                between((cdf(distribution, *least), cdf(distribution, *most)), cdf(distribution, value))
            }
            Levels::Number { distribution, least, most, whole: true } => {
                let cells = Cells::of(distribution, *least, *most);
                let (from, to) = cells.mass();
                let at = |x: f64| cdf(&cells.distribution, x).clamp(from, to);
                between((from, to), f64::midpoint(at(value - 0.5), at(value + 0.5)))
            }
        }
    }

    /// Whether both ends of the distribution are finite.
    pub fn bounded(&self) -> bool {
        match &self.levels {
            Levels::Category(_) => true,
            Levels::Number { distribution, least, most, .. } => match distribution {
                Distribution::Normal { .. } => least.is_finite() && most.is_finite(),
                Distribution::Lognormal { .. } => most.is_finite(),
                _ => true,
            },
        }
    }

    /// The ranks of the ends of a walk; unbounded tails are cut, whole numbers begin and end in their middle.
    fn ends(&self) -> (f64, f64) {
        let ends = if self.bounded() { (0.0, 1.0) } else { (TAIL, 1.0 - TAIL) };
        match self.levels {
            Levels::Number { whole: true, .. } => (self.rank(self.value(ends.0)), self.rank(self.value(ends.1))),
            _ => ends,
        }
    }

    /// The rank of place `share` of a walk from one end to the other.
    pub(super) fn rank_of_share(&self, share: f64) -> f64 {
        let (from, to) = self.ends();
        from + share * (to - from)
    }

    /// Where a rank lies on the walk from one end to the other, 0 to 1.
    pub fn share_of_rank(&self, rank: f64) -> f64 {
        let (from, to) = self.ends();
        if to > from { (rank - from) / (to - from) } else { 0.5 }
    }

    /// Whether a cell names the category of this code, as written or as another tool writes it again: without the
    /// blanks at its ends, `True` for `true`, `1.0` for `1`, or empty where the name stands for a missing value.
    pub fn is_called(&self, code: f64, cell: &str) -> bool {
        let name = self.text(code);
        if name == cell || name.trim() == cell.trim() {
            return true;
        }
        let (name, cell) = (name.trim().to_ascii_lowercase(), cell.trim().to_ascii_lowercase());
        let flag = |text: &str| matches!(text, "true" | "false");
        let number = |text: &str| text.parse::<f64>().ok().filter(|x| x.is_finite());
        let gap = |text: &str| matches!(text, "" | "na" | "nan" | "null" | "none" | "n/a");
        (flag(&name) && name == cell)
            || number(&name).is_some_and(|x| number(&cell) == Some(x))
            || (gap(&name) && gap(&cell))
    }

    /// The width of a range with both ends; `None` for categories and where one end is open.
    pub(super) fn width(&self) -> Option<f64> {
        let Levels::Number { distribution, .. } = &self.levels else { return None };
        match *distribution {
            Distribution::Uniform { low, high }
            | Distribution::Triangular { low, high, .. }
            | Distribution::Beta { low, high, .. } => Some(high - low),
            Distribution::Normal { .. } | Distribution::Lognormal { .. } => None,
        }
    }

    /// The share of the distribution that the cut leaves; 1 for categories.
    pub(super) fn mass(&self) -> f64 {
        let Levels::Number { distribution, least, most, .. } = &self.levels else { return 1.0 };
        cdf(distribution, *most) - cdf(distribution, *least)
    }

    /// First and last whole number, infinite where nothing ends them; `None` where values need not be whole.
    pub(super) fn whole_ends(&self) -> Option<(f64, f64)> {
        let Levels::Number { distribution, least, most, whole: true } = &self.levels else { return None };
        let cells = Cells::of(distribution, *least, *most);
        Some((cells.first, cells.last))
    }

    /// A value as a table writes it.
    pub fn text(&self, value: f64) -> String {
        match &self.levels {
            Levels::Category(names) => names.get(value as usize).cloned().unwrap_or_default(),
            Levels::Number { .. } => value.to_string(),
        }
    }

    /// What the factor's values are, in words.
    pub fn describe(&self) -> String {
        match &self.levels {
            Levels::Category(names) => format!("one of {}", names.join(", ")),
            Levels::Number { distribution, .. } => match distribution {
                Distribution::Uniform { low, high } => format!("uniform from {low} to {high}"),
                Distribution::Normal { mean, sd } => format!("normal with mean {mean} and sd {sd}"),
                Distribution::Lognormal { median, sigma } => format!("log-normal with median {median}, sigma {sigma}"),
                Distribution::Triangular { low, mode, high } => format!("triangular {low}, {mode}, {high}"),
                Distribution::Beta { a, b, low, high } => format!("beta({a}, {b}) from {low} to {high}"),
            },
        }
    }
}

/// Whole numbers as cells of a continuous distribution, each reaching half a unit to both sides.
struct Cells {
    /// The distribution, its own ends moved to those of the outermost cells.
    distribution: Distribution,
    /// First and last whole number; infinite where nothing ends the distribution.
    first: f64,
    last: f64,
}

impl Cells {
    fn of(distribution: &Distribution, least: f64, most: f64) -> Self {
        let outer = |low: f64, high: f64| (libm::ceil(low) - 0.5, libm::floor(high) + 0.5);
        let (own, distribution) = match *distribution {
            Distribution::Uniform { low, high } => {
                let ends = outer(low, high);
                (ends, Distribution::Uniform { low: ends.0, high: ends.1 })
            }
            Distribution::Triangular { low, mode, high } => {
                let ends = outer(low, high);
                let mode = mode.max(ends.0).min(ends.1);
                (ends, Distribution::Triangular { low: ends.0, mode, high: ends.1 })
            }
            Distribution::Beta { a, b, low, high } => {
                let ends = outer(low, high);
                (ends, Distribution::Beta { a, b, low: ends.0, high: ends.1 })
            }
            Distribution::Normal { .. } => ((f64::NEG_INFINITY, f64::INFINITY), *distribution),
            Distribution::Lognormal { .. } => ((-0.5, f64::INFINITY), *distribution),
        };
        let first = libm::ceil(least).max(own.0 + 0.5) + 0.0;
        Self { distribution, first, last: libm::floor(most).min(own.1 - 0.5) + 0.0 }
    }

    /// The shares of the distribution below the first and below the end of the last cell.
    fn mass(&self) -> (f64, f64) {
        (cdf(&self.distribution, self.first - 0.5), cdf(&self.distribution, self.last + 0.5))
    }
}

/// Ranks kept this far from 0, and below 1 by the last digit, have finite normal quantiles.
const EDGE: f64 = 1.0 / 18_014_398_509_481_984.0;

fn standard_normal(rank: f64) -> f64 {
    // Clamped into (0, 1), so there is always a quantile.
    normal_quantile(rank.clamp(EDGE, 1.0 - f64::EPSILON / 2.0)).unwrap_or(0.0)
}

/// The value below which the share `p` of the distribution lies.
fn quantile(distribution: &Distribution, p: f64) -> f64 {
    match *distribution {
        Distribution::Uniform { low, high } => low + p * (high - low),
        Distribution::Normal { mean, sd } => mean + sd * standard_normal(p),
        Distribution::Lognormal { median, sigma } => median * libm::exp(sigma * standard_normal(p)),
        Distribution::Triangular { low, mode, high } => {
            let below = (mode - low) / (high - low);
            if p < below {
                low + libm::sqrt(p * (high - low) * (mode - low))
            } else {
                high - libm::sqrt((1.0 - p) * (high - low) * (high - mode))
            }
        }
        Distribution::Beta { a, b, low, high } => {
            low + (high - low) * incomplete_beta_inverse(a, b, p.clamp(0.0, 1.0)).unwrap_or(0.5)
        }
    }
}

/// The share of the distribution at or below `x`.
fn cdf(distribution: &Distribution, x: f64) -> f64 {
    match *distribution {
        Distribution::Uniform { low, high } => ((x - low) / (high - low)).clamp(0.0, 1.0),
        Distribution::Normal { mean, sd } => normal_cdf((x - mean) / sd),
        Distribution::Lognormal { median, sigma } => {
            if x > 0.0 {
                normal_cdf(libm::log(x / median) / sigma)
            } else {
                0.0
            }
        }
        Distribution::Triangular { low, mode, high } => {
            let x = x.clamp(low, high);
            if x < mode {
                (x - low) * (x - low) / ((high - low) * (mode - low))
            } else if high > mode {
                1.0 - (high - x) * (high - x) / ((high - low) * (high - mode))
            } else {
                1.0
            }
        }
        Distribution::Beta { a, b, low, high } => {
            incomplete_beta(a, b, ((x - low) / (high - low)).clamp(0.0, 1.0)).unwrap_or(0.5)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> Vec<Factor> {
        [
            Distribution::Uniform { low: -2.0, high: 5.0 },
            Distribution::Normal { mean: 3.0, sd: 2.0 },
            Distribution::Lognormal { median: 0.4, sigma: 0.7 },
            Distribution::Triangular { low: 0.0, mode: 0.2, high: 1.0 },
            Distribution::Triangular { low: 0.0, mode: 0.0, high: 1.0 },
            Distribution::Triangular { low: 0.0, mode: 1.0, high: 1.0 },
            Distribution::Beta { a: 2.0, b: 5.0, low: 1.0, high: 3.0 },
        ]
        .map(|d| Factor::number("x", d))
        .into()
    }

    #[test]
    fn values_and_ranks_are_inverse() {
        for factor in all() {
            for rank in [1e-6, 0.01, 0.3, 0.5, 0.77, 0.999] {
                let back = factor.rank(factor.value(rank));
                assert!((back - rank).abs() < 1e-9, "{factor:?}: {rank} became {back}");
            }
            assert!(factor.value(0.0).is_finite() && factor.value(1.0).is_finite());
            assert!(factor.value(0.0) < factor.value(0.001) && factor.value(0.999) < factor.value(1.0));
        }
    }

    /// Medians and 90 % quantiles by SciPy 1.17 (`stats.norm`, `lognorm`, `triang`, `beta`).
    #[test]
    fn quantiles_agree_with_an_outside_library() {
        let expected = [
            (1, 0.9, 5.563_103_131_089_201),
            (2, 0.9, 0.980_978_598_172_244_4),
            (3, 0.5, 0.367_544_467_966_324_1),
            (6, 0.5, 1.528_899_966_591_32),
            (6, 0.9, 2.020_632_613_102_983_5),
        ];
        for (i, rank, value) in expected {
            let found = all()[i].value(rank);
            assert!((found - value).abs() < 1e-9, "{i}: {found} against {value}");
        }
    }

    #[test]
    fn a_cut_distribution_stays_inside_and_keeps_its_shape() {
        let distribution = Distribution::Normal { mean: 0.0, sd: 1.0 };
        let levels = Levels::Number { distribution, least: 0.0, most: 1.0, whole: false };
        let factor = Factor { name: "x".into(), group: None, levels };
        assert_eq!(factor.value(0.0), 0.0);
        assert_eq!(factor.value(1.0), 1.0);
        // Half of the mass between Φ(0) and Φ(1).
        let middle = normal_quantile(0.5 + (normal_cdf(1.0) - 0.5) / 2.0).unwrap();
        assert!((factor.value(0.5) - middle).abs() < 1e-12);
    }

    fn whole(distribution: Distribution, least: f64, most: f64) -> Factor {
        Factor { name: "n".into(), group: None, levels: Levels::Number { distribution, least, most, whole: true } }
    }

    #[test]
    fn whole_numbers_of_a_range_are_equally_likely() {
        let free = (f64::NEG_INFINITY, f64::INFINITY);
        for (low, high) in [(0.0, 3.0), (-3.0, 0.0), (-0.4, 3.9), (5.0, 7.0), (-1.0, 0.0)] {
            let factor = whole(Distribution::Uniform { low, high }, free.0, free.1);
            let (first, last) = (low.ceil(), high.floor());
            let count = (last - first) as usize + 1;
            // Ranks at the edges of cells too.
            let ranks = 240;
            let mut seen = vec![0; count];
            for i in 0..ranks {
                seen[(factor.value(f64::from(i) / f64::from(ranks)) - first) as usize] += 1;
            }
            assert!(seen.iter().all(|n| *n == ranks / count as i32), "{low}..{high}: {seen:?}");
            assert_eq!((factor.value(0.0), factor.value(1.0)), (first, last));
            assert!(factor.value(0.0).is_sign_positive() || first < 0.0);
            for k in 0..count {
                let (value, middle) = (first + k as f64, (k as f64 + 0.5) / count as f64);
                assert!((factor.rank(value) - middle).abs() < 1e-12 && factor.value(middle) == value);
                // A walk meets its whole numbers at even distances.
                let share = k as f64 / (count - 1) as f64;
                assert!((factor.share_of_rank(factor.rank(value)) - share).abs() < 1e-12);
                assert_eq!(factor.value(factor.rank_of_share(share)), value);
            }
        }
    }

    #[test]
    fn whole_numbers_of_other_distributions_have_the_mass_of_their_cells() {
        let normal = whole(Distribution::Normal { mean: 0.0, sd: 1.0 }, 0.0, f64::INFINITY);
        let zeros = (0..100_000).filter(|i| normal.value((f64::from(*i) + 0.5) / 1e5) == 0.0).count();
        // Φ(½) − Φ(−½) of what lies above −½.
        let expected = (normal_cdf(0.5) - normal_cdf(-0.5)) / (1.0 - normal_cdf(-0.5));
        assert!((zeros as f64 / 1e5 - expected).abs() < 1e-4, "{zeros}");
        let flat = whole(Distribution::Beta { a: 1.0, b: 1.0, low: 0.0, high: 3.0 }, 0.0, 3.0);
        let counts: Vec<usize> = (0..4)
            .map(|k| (0..400).filter(|i| flat.value((f64::from(*i) + 0.5) / 400.0) == f64::from(k)).count())
            .collect();
        assert_eq!(counts, [100; 4]);
        let shape = whole(Distribution::Triangular { low: 0.0, mode: 0.0, high: 4.0 }, 1.0, 3.0);
        assert_eq!((shape.value(0.0), shape.value(1.0)), (1.0, 3.0));
    }

    #[test]
    fn counts_are_whole_and_categories_equally_likely() {
        let distribution = Distribution::Uniform { low: 0.0, high: 10.0 };
        let levels = Levels::Number { distribution, least: 0.0, most: 10.0, whole: true };
        let count = Factor { name: "n".into(), group: None, levels };
        assert!((0..100).all(|i| count.value(f64::from(i) / 100.0).fract() == 0.0));
        let policy = Factor::category("policy", vec!["a".into(), "b".into(), "c".into()]);
        let codes: Vec<f64> = (0..6).map(|i| policy.value(f64::from(i) / 6.0)).collect();
        assert_eq!(codes, [0.0, 0.0, 1.0, 1.0, 2.0, 2.0]);
        assert_eq!(policy.value(1.0), 2.0);
        assert_eq!(policy.text(1.0), "b");
    }
}
