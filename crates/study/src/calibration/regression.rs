//! Approximate Bayesian computation by regression: one table of points from the prior, and from it the posterior.
//!
//! 1. *What tells* (Fearnhead and Prangle 2012): each parameter's expected value given the patterns, by regression over
//!    the whole table. Points are near the facts where these expected values are; parameters of which the patterns
//!    tell nothing have no say in it.
//! 2. *Near*: the nearest share of the table, weighted by Epanechnikov's kernel.
//! 3. *Adjusted* (Beaumont, Zhang and Balding 2002; with unequal spread Blum and François 2010): among these a local
//!    regression says what each point would be if its patterns were the facts.
//!
//! Parameters are taken as the normal scores of their ranks under the prior, so that no adjusted value leaves it. The
//! same table serves any observation: what it makes of truths that are known is the check of the method
//! ([`super::truths`]).

use libm::{exp, log, sqrt};

use crate::stats::normal_cdf;
use crate::stats::special::normal_quantile;

use super::error::CalibrationError;
use super::ridge::{Line, Ridge};
use super::state::Particle;

/// A parameter tells where its expected value explains this share of its variance beyond chance.
const LEAST_TOLD: f64 = 0.01;
/// How many standard errors of that share under no bearing at all.
const BEYOND_CHANCE: f64 = 3.0;
/// Most by which the spread at the facts may differ from that at a point.
const MOST_STRETCH: f64 = 5.0;
/// Least of a squared deviation, so that its logarithm is finite.
const LEAST_SQUARE: f64 = 1e-9;
/// Ranks lie at least so far from 0 and 1.
const LEAST_RANK: f64 = 1e-9;
/// Rows for each column of the local regression, at least.
const ROWS_A_COLUMN: f64 = 3.0;

/// A table of points from the prior with the patterns of each, ready for any observation.
pub(crate) struct Reference {
    /// Normal scores of the ranks, one row a point.
    scores: Vec<Vec<f64>>,
    /// Where the patterns stand, one row a point.
    patterns: Vec<Vec<f64>>,
    /// What the patterns tell of each parameter, one row a point, of the parameters that they tell of.
    told: Vec<Vec<f64>>,
    columns: Ridge,
    lines: Vec<(usize, Line)>,
    /// Of each parameter: the share of its variance that the patterns explain over the whole table.
    pub explained: Vec<f64>,
    /// Points that are near.
    near: usize,
}

/// What an observation made of the table.
pub(crate) struct Adjusted {
    /// Row in the table, weight, and adjusted ranks of each near point; the weights sum to 1.
    pub points: Vec<(usize, f64, Vec<f64>)>,
    /// The distance within which they lie.
    pub radius: f64,
}

/// How many of so many points will be near.
///
/// # Errors
/// If they are too few for a local regression on so many patterns.
pub(crate) fn near_points(rows: usize, width: usize, share: f64) -> Result<usize, CalibrationError> {
    let near = libm::round(share * rows as f64) as usize;
    let least = libm::ceil(ROWS_A_COLUMN * (width + 2) as f64) as usize;
    if near < least {
        return Err(CalibrationError::request(format!(
            "{rows} points give {near} near ones, too few for a regression on {width} patterns: it takes {least}; \
             raise --simulations or --accept"
        )));
    }
    Ok(near)
}

impl Reference {
    /// A table of particles' ranks and where their patterns stand; the nearest `share` will be near.
    ///
    /// # Errors
    /// If the table has too few points for a local regression on so many patterns.
    pub(crate) fn new(ranks: &[&[f64]], patterns: Vec<Vec<f64>>, share: f64) -> Result<Self, CalibrationError> {
        let (rows, width) = (patterns.len(), patterns.first().map_or(0, Vec::len));
        let near = near_points(rows, width, share)?;
        let score = |r: &f64| normal_quantile(r.clamp(LEAST_RANK, 1.0 - LEAST_RANK)).unwrap_or(0.0);
        let scores: Vec<Vec<f64>> = ranks.iter().map(|row| row.iter().map(score).collect()).collect();
        let bent: Vec<Vec<f64>> = patterns.iter().map(|row| bent(row)).collect();
        let views: Vec<&[f64]> = bent.iter().map(Vec::as_slice).collect();
        let even = vec![1.0 / rows as f64; rows];
        let columns = Ridge::of(&views, even).ok_or_else(|| CalibrationError::request("the table has no points"))?;
        let parameters = scores.first().map_or(0, Vec::len);
        let (mut lines, mut explained) = (Vec::new(), Vec::new());
        for j in 0..parameters {
            let response: Vec<f64> = scores.iter().map(|row| row[j]).collect();
            let line = columns.line(&response);
            let (n, p) = (rows as f64, line.freedom);
            let share =
                if line.whole > 0.0 { 1.0 - line.left / line.whole * (n - 1.0) / (n - p).max(1.0) } else { 0.0 };
            explained.push(share.max(0.0));
            if share > LEAST_TOLD.max(BEYOND_CHANCE * sqrt(2.0 * p) / n) {
                lines.push((j, line));
            }
        }
        let told = (0..rows).map(|i| lines.iter().map(|(_, line)| columns.at(line, i)).collect()).collect();
        Ok(Self { scores, patterns, told, columns, lines, explained, near })
    }

    /// Points in the table.
    pub(crate) fn rows(&self) -> usize {
        self.scores.len()
    }

    /// Parameters of which the patterns tell.
    pub(crate) fn telling(&self) -> impl Iterator<Item = usize> {
        self.lines.iter().map(|(j, _)| *j)
    }

    /// The normal scores of a row's parameters.
    pub(super) fn scores(&self, row: usize) -> &[f64] {
        &self.scores[row]
    }

    /// Where a row's patterns stand.
    pub(super) fn patterns(&self, row: usize) -> &[f64] {
        &self.patterns[row]
    }

    /// The posterior at an observation; `without` leaves a row out, which is then the truth behind it.
    pub(crate) fn posterior(&self, observed: &[f64], without: Option<usize>) -> Option<Adjusted> {
        let near = self.near(observed, without);
        let radius = near.last()?.1;
        let kernel = |d: f64| if radius > 0.0 { 1.0 - (d / radius) * (d / radius) } else { 1.0 };
        let raw: Vec<f64> = near.iter().map(|(_, d)| kernel(*d)).collect();
        let whole: f64 = raw.iter().sum();
        let weights: Vec<f64> = raw.iter().map(|w| w / whole).collect();
        let views: Vec<&[f64]> = near.iter().map(|(i, _)| self.patterns[*i].as_slice()).collect();
        let ridge = Ridge::of(&views, weights.clone())?;
        let mut ranks: Vec<Vec<f64>> = vec![Vec::new(); near.len()];
        for j in 0..self.explained.len() {
            let response: Vec<f64> = near.iter().map(|(i, _)| self.scores[*i][j]).collect();
            for (rank, score) in ranks.iter_mut().zip(adjust(&ridge, &response, observed)) {
                rank.push(normal_cdf(score));
            }
        }
        let points = near.iter().zip(weights).zip(ranks).map(|(((i, _), w), ranks)| (*i, w, ranks)).collect();
        Some(Adjusted { points, radius })
    }

    /// The distance within which the near points of an observation lie.
    pub(super) fn radius(&self, observed: &[f64], without: Option<usize>) -> Option<f64> {
        Some(self.near(observed, without).last()?.1)
    }

    /// The nearest rows and their distances, the nearest first; all of them where the patterns tell of no parameter.
    fn near(&self, observed: &[f64], without: Option<usize>) -> Vec<(usize, f64)> {
        let bent = bent(observed);
        let fact: Vec<f64> = self.lines.iter().map(|(_, line)| self.columns.beyond(line, &bent)).collect();
        let distance = |i: usize| sqrt(self.told[i].iter().zip(&fact).map(|(a, b)| (a - b) * (a - b)).sum::<f64>());
        let rows = (0..self.rows()).filter(|i| Some(*i) != without);
        let mut all: Vec<(usize, f64)> = rows.map(|i| (i, distance(i))).collect();
        if self.lines.is_empty() {
            return all;
        }
        all.sort_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0)));
        // The first one outside is the radius, at which the kernel is 0.
        all.truncate(self.near + 1);
        all
    }
}

/// The columns of the regression over the whole table: patterns and their squares.
fn bent(row: &[f64]) -> Vec<f64> {
    row.iter().copied().chain(row.iter().map(|x| x * x)).collect()
}

/// What each row's response would be if its columns were the observed ones.
fn adjust(ridge: &Ridge, response: &[f64], observed: &[f64]) -> Vec<f64> {
    let line = ridge.line(response);
    // The line fits the rows better than it would fit others.
    let fitted_away = 1.0 / sqrt((1.0 - line.freedom / ridge.effective).max(0.1));
    let left: Vec<f64> = (0..response.len()).map(|i| response[i] - ridge.at(&line, i)).collect();
    let squares: Vec<f64> = left.iter().map(|e| log((e * e).max(LEAST_SQUARE))).collect();
    let spread = ridge.line(&squares);
    let (at_fact, spread_at_fact) = (ridge.beyond(&line, observed), ridge.beyond(&spread, observed));
    let stretch = |i: usize| exp((spread_at_fact - ridge.at(&spread, i)) / 2.0).clamp(1.0 / MOST_STRETCH, MOST_STRETCH);
    left.iter().enumerate().map(|(i, e)| at_fact + e * fitted_away * stretch(i)).collect()
}

/// The near points as particles.
pub(crate) fn particles(adjusted: &Adjusted, table: &[&Particle]) -> Vec<Particle> {
    let one = |(row, weight, ranks): &(usize, f64, Vec<f64>)| Particle {
        weight: *weight,
        ranks: ranks.clone(),
        ..table[*row].clone()
    };
    adjusted.points.iter().filter(|p| p.1 > 0.0).map(one).collect()
}
