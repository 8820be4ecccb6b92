//! A forecast of draws held against what came, quantity by quantity, beside plain forecasts.

mod plain;
mod summary;

pub(crate) use plain::{PlainForecast, Series, from_history};
pub use summary::{PlainSummary, ScoreSummary};

use std::collections::BTreeSet;

use crate::stats::{crps_of_draws, log_score_of_counts, log_score_of_draws, pit_of_draws, quantile};
use forestall_model::{Column, Table};
use serde::Serialize;

/// How a density is made of draws for the logarithmic score.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ScoreKind {
    /// Counts where all draws and the observation are whole numbers from 0 on, else a density.
    #[default]
    Guess,
    /// A mass on whole numbers.
    Counts,
    /// A density on the line.
    Continuous,
}

/// One quantity: its draws, what came, and what others forecast.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Quantity {
    /// Its name.
    pub name: String,
    /// What came; `None` where it is not known.
    pub observed: Option<f64>,
    /// The range of a fact, of which `observed` is the middle.
    pub fact: Option<(f64, f64)>,
    /// The draws that are defined.
    pub draws: Vec<f64>,
    /// Draws that are not.
    pub undefined: usize,
    /// Other forecasts.
    pub plain: Vec<PlainForecast>,
}

/// One quantity with its scores; what cannot be told is `None`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ScoreRow {
    /// The quantity.
    pub quantity: String,
    /// What came.
    pub observed: Option<f64>,
    /// The range of a fact, where a targets file gives one; what came is then its middle.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fact: Option<(f64, f64)>,
    /// Draws that the scores rest on.
    pub draws: usize,
    /// Draws left out, since the quantity is undefined there.
    pub undefined: usize,
    /// Mean of the draws.
    pub mean: Option<f64>,
    /// 5 % quantile of the draws.
    pub low: Option<f64>,
    /// 95 % quantile of the draws.
    pub high: Option<f64>,
    /// Continuous ranked probability score, a loss.
    pub crps: Option<f64>,
    /// −ln of mass or density, a loss.
    pub log_score: Option<f64>,
    /// Whether the logarithmic score is of a mass on counts.
    pub counts: bool,
    /// The middle of the step in which the probability integral transform lies.
    pub pit: Option<f64>,
    /// Share of draws below the observation: the step's lower end.
    pub pit_low: Option<f64>,
    /// Share of draws at or below it: the step's upper end.
    pub pit_high: Option<f64>,
    /// Whether the observation lies from the 5 % to the 95 % quantile.
    pub inside_90: Option<bool>,
    /// Other forecasts with their scores.
    pub naive: Vec<PlainRow>,
}

/// Another forecast of one quantity with its scores.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PlainRow {
    /// Whose it is: a column of the observed table, or a method.
    pub forecast: String,
    /// The point, or the distribution's mean.
    pub mean: Option<f64>,
    /// Its CRPS; of a point the absolute error.
    pub crps: Option<f64>,
    /// Its logarithmic score; `None` of a point.
    pub log_score: Option<f64>,
    /// 1 − CRPS of the draws ÷ its CRPS; above 0 where the draws are better.
    pub skill: Option<f64>,
}

/// Scores quantities.
pub(crate) fn score(quantities: &[Quantity], kind: ScoreKind) -> Vec<ScoreRow> {
    quantities.iter().map(|quantity| row(quantity, kind)).collect()
}

fn row(quantity: &Quantity, kind: ScoreKind) -> ScoreRow {
    let Quantity { name, observed, fact, draws, undefined, plain } = quantity;
    let count = |x: &f64| *x >= 0.0 && x.fract() == 0.0;
    let counts = match kind {
        ScoreKind::Counts => true,
        ScoreKind::Continuous => false,
        ScoreKind::Guess => draws.iter().chain(observed).all(count),
    };
    let crps = observed.and_then(|y| crps_of_draws(draws, y));
    let log_score =
        observed.and_then(|y| if counts { log_score_of_counts(draws, y) } else { log_score_of_draws(draws, y) });
    let step = observed.and_then(|y| pit_of_draws(draws, y));
    let (low, high) = (quantile(draws, 0.05), quantile(draws, 0.95));
    let naive = |forecast: &PlainForecast| {
        let scored = observed.map(|y| forecast.scores(y));
        let own = scored.map(|s| s.0);
        PlainRow {
            forecast: forecast.name.clone(),
            mean: forecast.mean(),
            crps: own,
            log_score: scored.and_then(|s| s.1),
            skill: crps.zip(own).and_then(|(crps, own)| (own > 0.0).then(|| 1.0 - crps / own)),
        }
    };
    ScoreRow {
        quantity: name.clone(),
        observed: *observed,
        fact: *fact,
        draws: draws.len(),
        undefined: *undefined,
        mean: crate::stats::mean(draws),
        low,
        high,
        crps,
        log_score,
        counts,
        pit: step.map(|s| f64::midpoint(s.0, s.1)),
        pit_low: step.map(|s| s.0),
        pit_high: step.map(|s| s.1),
        inside_90: observed.zip(low.zip(high)).map(|(y, (low, high))| low <= y && y <= high),
        naive: plain.iter().map(naive).collect(),
    }
}

/// The rows as a table, with the CRPS of each other forecast in a column.
pub(crate) fn table(rows: &[ScoreRow]) -> Table {
    let mut out = Table::new();
    let numbers = |f: &dyn Fn(&ScoreRow) -> Option<f64>| Column::Number(rows.iter().map(f).collect());
    out.push("quantity", Column::Text(rows.iter().map(|r| r.quantity.clone()).collect()));
    out.push("observed", numbers(&|r| r.observed));
    out.push("draws", Column::Integer(rows.iter().map(|r| Some(r.draws as i64)).collect()));
    out.push("mean", numbers(&|r| r.mean));
    out.push("low", numbers(&|r| r.low));
    out.push("high", numbers(&|r| r.high));
    out.push("crps", numbers(&|r| r.crps));
    out.push("log_score", numbers(&|r| r.log_score));
    out.push("pit", numbers(&|r| r.pit));
    out.push("pit_low", numbers(&|r| r.pit_low));
    out.push("pit_high", numbers(&|r| r.pit_high));
    let inside = |r: &ScoreRow| r.inside_90.map_or(String::new(), |yes| if yes { "yes" } else { "no" }.to_owned());
    out.push("inside_90", Column::Text(rows.iter().map(inside).collect()));
    for name in names(rows) {
        let of = |r: &ScoreRow| r.naive.iter().find(|p| p.forecast == name).and_then(|p| p.crps);
        out.push(format!("crps of {name}"), numbers(&of));
    }
    out
}

/// The other forecasts, in the order in which they come.
fn names(rows: &[ScoreRow]) -> Vec<String> {
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    let all = rows.iter().flat_map(|r| &r.naive).map(|p| p.forecast.as_str());
    all.filter(|name| seen.insert(name)).map(str::to_owned).collect()
}
