//! Selection of the best policy: with a stated probability of being right, or with the most from a budget.
//!
//! The least mean is best here; a caller for whom more is better changes the sign of the values. Replication r of
//! every arm shares its random numbers, so arms are compared pair by pair.

mod budget;
mod fixed;
mod kim_nelson;

use crate::stats::{mean, student_quantile, variance};

use super::AnalysisError;

pub(crate) use budget::{Budget, select_within};
pub(crate) use fixed::select_fixed;
pub(crate) use kim_nelson::{KimNelson, select_kim_nelson};

/// Values of the replications asked for, one each, in the order of the request.
pub(crate) type Sampler<'a> = dyn FnMut(&[SelectionJob]) -> Result<Vec<f64>, AnalysisError> + 'a;

/// One run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SelectionJob {
    /// The arm by position.
    pub arm: usize,
    /// The replication.
    pub replication: usize,
}

/// How one arm fared.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct SelectionCandidate {
    /// Replications run.
    pub n: usize,
    /// Their mean.
    pub mean: f64,
    /// The replication after which it was found to be worse than another; `None` if it stayed to the end.
    pub eliminated_after: Option<usize>,
    /// Mean of (this − selected) over the replications that both have; 0 for the selected one.
    pub difference: f64,
    /// Simultaneous limits of that difference, over all arms together (Bonferroni, Student).
    pub low: f64,
    /// The upper limit.
    pub high: f64,
    /// Whether nothing shows it to be worse than the selected one by more than the indifference zone.
    pub tied: bool,
}

/// The answer.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Selection {
    /// The arm selected, by position.
    pub best: usize,
    /// All arms.
    pub candidates: Vec<SelectionCandidate>,
    /// The probability of a correct choice, if it was guaranteed or estimated.
    pub probability: Option<f64>,
    /// Runs in all.
    pub runs: usize,
    /// Whether the most replications allowed ended it before the procedure did.
    pub stopped: bool,
}

impl Selection {
    /// The arms that cannot be told from the selected one within the zone, itself left out.
    pub(crate) fn ties(&self) -> impl Iterator<Item = usize> + '_ {
        let best = self.best;
        self.candidates.iter().enumerate().filter(move |(i, c)| c.tied && *i != best).map(|(i, _)| i)
    }
}

/// The values so far, by arm.
#[derive(Clone, Debug)]
struct Values {
    by_arm: Vec<Vec<f64>>,
}

impl Values {
    fn new(arms: usize) -> Self {
        Self { by_arm: vec![Vec::new(); arms] }
    }

    /// Runs each of these arms up to so many replications.
    fn extend(&mut self, wanted: &[(usize, usize)], sample: &mut Sampler) -> Result<(), AnalysisError> {
        let jobs: Vec<SelectionJob> = wanted
            .iter()
            .flat_map(|&(arm, n)| (self.by_arm[arm].len()..n).map(move |replication| SelectionJob { arm, replication }))
            .collect();
        let values = sample(&jobs)?;
        if values.len() != jobs.len() {
            return Err(AnalysisError::mismatch(format!("{} runs were asked for, {} came", jobs.len(), values.len())));
        }
        for (job, value) in jobs.iter().zip(values) {
            if !value.is_finite() {
                return Err(AnalysisError::mismatch(format!(
                    "replication {} gives no number; choose an outcome that is always defined",
                    job.replication
                )));
            }
            self.by_arm[job.arm].push(value);
        }
        Ok(())
    }

    fn mean(&self, arm: usize, n: usize) -> f64 {
        mean(&self.by_arm[arm][..n]).unwrap_or(f64::NAN)
    }

    fn runs(&self) -> usize {
        self.by_arm.iter().map(Vec::len).sum()
    }

    /// Variance of the difference of two arms over their first n replications.
    fn difference_variance(&self, a: usize, b: usize, n: usize) -> f64 {
        let differences: Vec<f64> = self.by_arm[a][..n].iter().zip(&self.by_arm[b]).map(|(x, y)| x - y).collect();
        variance(&differences).unwrap_or(0.0)
    }

    /// The arm with the least mean; of equals, the first. Where arms have different numbers of replications, each
    /// is compared with the longest on the replications that both have: the shared part of chance drops out.
    fn least(&self, among: &[usize]) -> usize {
        let longest =
            among.iter().fold(among[0], |l, &a| if self.by_arm[a].len() > self.by_arm[l].len() { a } else { l });
        let beside = |a: usize| {
            let n = self.by_arm[a].len();
            self.mean(a, n) - self.mean(longest, n)
        };
        let means: Vec<f64> = among.iter().map(|&a| beside(a)).collect();
        let at = (1..among.len()).fold(0, |best, i| if means[i] < means[best] { i } else { best });
        among[at]
    }

    /// The answer with the selected arm's differences to all others.
    fn answer(&self, best: usize, eliminated: &[Option<usize>], zone: f64, confidence: f64) -> Selection {
        let others = self.by_arm.len().saturating_sub(1).max(1) as f64;
        let candidates = (0..self.by_arm.len())
            .map(|arm| {
                let n = self.by_arm[arm].len();
                let common = n.min(self.by_arm[best].len());
                let difference = self.mean(arm, common) - self.mean(best, common);
                let point = student_quantile(1.0 - (1.0 - confidence) / (2.0 * others), common as f64 - 1.0);
                let half = point.unwrap_or(f64::INFINITY)
                    * libm::sqrt(self.difference_variance(arm, best, common) / common as f64);
                let (difference, half) = if arm == best { (0.0, 0.0) } else { (difference, half) };
                SelectionCandidate {
                    n,
                    mean: self.mean(arm, n),
                    eliminated_after: eliminated[arm],
                    difference,
                    low: difference - half,
                    high: difference + half,
                    tied: difference - half <= zone,
                }
            })
            .collect();
        Selection { best, candidates, probability: None, runs: self.runs(), stopped: false }
    }
}

/// What every procedure needs: two arms, a zone > 0, a confidence that chance alone does not give.
fn checked(arms: usize, zone: f64, confidence: f64, first: usize) -> Result<(), AnalysisError> {
    if arms < 2 {
        return Err(AnalysisError::request("a selection needs at least two arms"));
    }
    if !(zone > 0.0 && zone.is_finite()) {
        return Err(AnalysisError::request(format!("the indifference zone must be above 0; found {zone}")));
    }
    if !(confidence > 1.0 / arms as f64 && confidence < 1.0) {
        return Err(AnalysisError::request(format!(
            "the confidence must lie between 1 in {arms} (chance alone) and 1; found {confidence}"
        )));
    }
    if first < 5 {
        return Err(AnalysisError::request(format!("a first stage needs at least 5 replications; found {first}")));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
