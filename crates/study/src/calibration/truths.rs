//! Is the method right? Truths that are known, seen through their own simulations, against what it says of them.
//!
//! Simulation-based calibration (Cook, Gelman and Rubin 2006; Talts et al. 2018): draw a truth from the prior, simulate
//! it, fit to the simulation as if it were the record. Over many truths the share of the posterior below the truth is
//! uniform if and only if posteriors are as wide as they should be, on average over the prior. Heaped at both ends: too
//! narrow. Heaped in the middle: too wide. Rows of a table are such truths already.

use rayon::prelude::*;

use crate::stats::{normal_cdf, uniformity};

use super::regression::Reference;

/// Bins of the histogram of ranks.
const BINS: usize = 20;

/// One parameter's ranks of known truths.
#[derive(Clone, Debug, PartialEq)]
pub struct TruthRow {
    /// Its path.
    pub parameter: String,
    /// Share of its variance under the prior that the patterns explain.
    pub explained: f64,
    /// Truths by the share of the posterior below them, in equal bins from 0 to 1.
    pub ranks: Vec<usize>,
    /// Truths inside the central 50 % of their posteriors.
    pub inside_50: usize,
    /// Truths inside the central 90 %.
    pub inside_90: usize,
    /// How probable ranks as uneven are where the method is right (Kolmogorov and Smirnov).
    pub probability: f64,
}

/// How the method fares on truths that are known.
#[derive(Clone, Debug, PartialEq)]
pub struct Truths {
    /// One row a free parameter.
    pub rows: Vec<TruthRow>,
    /// Truths tried.
    pub count: usize,
    /// Share of the truths whose record lies as far from the nearest points as the facts do, or farther: small where
    /// nothing in the prior looks like the facts.
    pub as_far: f64,
}

impl Truths {
    /// The least probability of all parameters, after Holm and Bonferroni for having looked at all of them.
    pub fn probability(&self) -> f64 {
        let least = self.rows.iter().map(|r| r.probability).fold(1.0, f64::min);
        (least * self.rows.len() as f64).min(1.0)
    }

    /// Whether the ranks are as even as chance makes them, at one in a hundred over all parameters.
    pub fn even(&self) -> bool {
        self.probability() >= 0.01
    }

    /// How the method fares, in sentences.
    pub fn words(&self) -> Vec<String> {
        if self.count == 0 {
            return vec!["The method was tried on no known truth (--truths).".into()];
        }
        let (half, most) = self.inside();
        let verdict = if self.even() {
            "no sign that it is too wide or too narrow"
        } else {
            "NOT as wide as it should be: see truths.csv and the chart of ranks"
        };
        vec![
            format!(
                "Tried on {} known truths: {:.0} % inside their central 50 %, {:.0} % inside their central 90 %; least \
                 probability of ranks as uneven over all parameters {:.2}: {verdict}.",
                self.count,
                100.0 * half,
                100.0 * most,
                self.probability()
            ),
            format!("As far from the nearest points as the facts: {:.0} % of these truths.", 100.0 * self.as_far),
        ]
    }

    /// Shares of all truths of all parameters inside their central 50 % and 90 %.
    pub fn inside(&self) -> (f64, f64) {
        let all = (self.count * self.rows.len()).max(1) as f64;
        let sum = |of: fn(&TruthRow) -> usize| self.rows.iter().map(of).sum::<usize>() as f64 / all;
        (sum(|r| r.inside_50), sum(|r| r.inside_90))
    }
}

/// A posterior as weights and ranks of its points.
type Weighed = Vec<(f64, Vec<f64>)>;

/// The shares of the posterior below the truth, one row a truth, one column a parameter; `posterior` is what the method
/// makes of the record of a row, with this row left out.
pub(super) fn ranks(
    table: &Reference,
    count: usize,
    posterior: &(dyn Fn(&[f64], usize) -> Option<Weighed> + Sync),
) -> Vec<Vec<f64>> {
    let one = |row: usize| {
        let posterior = posterior(table.patterns(row), row)?;
        let truth: Vec<f64> = table.scores(row).iter().map(|z| normal_cdf(*z)).collect();
        let below = |j: usize| posterior.iter().filter(|(_, ranks)| ranks[j] < truth[j]).map(|(w, _)| w).sum::<f64>();
        Some((0..truth.len()).map(|j| below(j).clamp(0.0, 1.0)).collect::<Vec<f64>>())
    };
    (0..count.min(table.rows())).into_par_iter().filter_map(one).collect()
}

/// Tries the table's first `count` points as truths; `radius` is the distance at the facts.
pub(crate) fn truths(table: &Reference, names: &[String], count: usize, radius: f64) -> Truths {
    let plain = |record: &[f64], row: usize| {
        let found = table.posterior(record, Some(row))?;
        Some(found.points.into_iter().map(|(_, w, ranks)| (w, ranks)).collect())
    };
    let all = ranks(table, count, &plain);
    let radii: Vec<f64> = (0..count.min(table.rows()))
        .into_par_iter()
        .filter_map(|row| table.radius(table.patterns(row), Some(row)))
        .collect();
    let far = radii.iter().filter(|r| **r >= radius).count();
    Truths {
        rows: rows(names, &table.explained, &all),
        count: all.len(),
        as_far: far as f64 / radii.len().max(1) as f64,
    }
}

/// The ranks of all truths, parameter by parameter.
pub(super) fn rows(names: &[String], explained: &[f64], all: &[Vec<f64>]) -> Vec<TruthRow> {
    let row = |(j, name): (usize, &String)| {
        let shares: Vec<f64> = all.iter().map(|ranks| ranks[j]).collect();
        let mut bins = vec![0; BINS];
        for share in &shares {
            bins[((share * BINS as f64) as usize).min(BINS - 1)] += 1;
        }
        let inside = |tail: f64| shares.iter().filter(|u| **u > tail && **u < 1.0 - tail).count();
        TruthRow {
            parameter: name.clone(),
            explained: explained[j],
            ranks: bins,
            inside_50: inside(0.25),
            inside_90: inside(0.05),
            probability: uniformity(&shares).map_or(1.0, |(_, p)| p),
        }
    };
    names.iter().enumerate().map(row).collect()
}
