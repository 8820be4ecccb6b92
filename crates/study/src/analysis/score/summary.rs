//! What all scored quantities say together: mean scores, coverage, and whether the PIT is uniform.

use serde::Serialize;

use super::{ScoreRow, names};
use crate::stats::{mean, pit_histogram, uniformity, wilson};

/// Bins of the PIT histogram.
const BINS: usize = 10;

/// All quantities together.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ScoreSummary {
    /// Quantities with a score.
    pub quantities: usize,
    /// Their mean CRPS; of quantities of one unit only does it say anything.
    pub mean_crps: Option<f64>,
    /// Their mean logarithmic score, and of how many.
    pub mean_log_score: Option<f64>,
    /// Quantities with a logarithmic score.
    pub with_log_score: usize,
    /// Quantities whose observation lies in the central 90 %.
    pub inside_90: usize,
    /// Share of these, with Wilson's 95 % interval.
    pub coverage: Option<f64>,
    /// The interval's ends.
    pub coverage_interval: Option<(f64, f64)>,
    /// Shares of ten bins of the PIT, each step spread over the bins that it covers.
    pub pit_histogram: Option<Vec<f64>>,
    /// Kolmogorov and Smirnov's distance of the middles of the steps from uniform.
    pub pit_distance: Option<f64>,
    /// Its probability where the forecast is right; too large where steps are wide.
    pub pit_p: Option<f64>,
    /// Each other forecast over the quantities that it has.
    pub naive: Vec<PlainSummary>,
}

/// Another forecast over the quantities that it has.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PlainSummary {
    /// Whose it is.
    pub forecast: String,
    /// Quantities that both have.
    pub quantities: usize,
    /// Its mean CRPS over these.
    pub mean_crps: Option<f64>,
    /// The mean CRPS of the draws over the same.
    pub own_crps: Option<f64>,
    /// 1 − ratio of the two.
    pub skill: Option<f64>,
    /// Its mean logarithmic score.
    pub mean_log_score: Option<f64>,
}

impl ScoreSummary {
    /// Of these rows.
    pub fn of(rows: &[ScoreRow]) -> Self {
        let crps: Vec<f64> = rows.iter().filter_map(|r| r.crps).collect();
        let logs: Vec<f64> = rows.iter().filter_map(|r| r.log_score).collect();
        let inside: Vec<bool> = rows.iter().filter_map(|r| r.inside_90).collect();
        let hits = inside.iter().filter(|x| **x).count();
        let steps: Vec<(f64, f64)> = rows.iter().filter_map(|r| r.pit_low.zip(r.pit_high)).collect();
        let middles: Vec<f64> = rows.iter().filter_map(|r| r.pit).collect();
        let tested = uniformity(&middles);
        Self {
            quantities: crps.len(),
            mean_crps: mean(&crps),
            mean_log_score: mean(&logs),
            with_log_score: logs.len(),
            inside_90: hits,
            coverage: (!inside.is_empty()).then(|| hits as f64 / inside.len() as f64),
            coverage_interval: wilson(hits as u64, inside.len() as u64, 0.95).map(|i| (i.low, i.high)),
            pit_histogram: pit_histogram(&steps, BINS),
            pit_distance: tested.map(|t| t.0),
            pit_p: tested.map(|t| t.1),
            naive: names(rows).into_iter().map(|name| plain(rows, name)).collect(),
        }
    }
}

fn plain(rows: &[ScoreRow], name: String) -> PlainSummary {
    let found = |r: &ScoreRow| r.naive.iter().find(|p| p.forecast == name).cloned();
    let both: Vec<(f64, f64)> = rows.iter().filter_map(|r| found(r).and_then(|p| p.crps).zip(r.crps)).collect();
    let logs: Vec<f64> = rows.iter().filter_map(|r| found(r).and_then(|p| p.log_score)).collect();
    let theirs = mean(&both.iter().map(|b| b.0).collect::<Vec<_>>());
    let own = mean(&both.iter().map(|b| b.1).collect::<Vec<_>>());
    PlainSummary {
        forecast: name,
        quantities: both.len(),
        mean_crps: theirs,
        own_crps: own,
        skill: own.zip(theirs).and_then(|(own, theirs)| (theirs > 0.0).then(|| 1.0 - own / theirs)),
        mean_log_score: mean(&logs),
    }
}
