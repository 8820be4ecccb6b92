//! Which policy of a study is best, with a stated probability of being right.

use rayon::prelude::*;

use crate::analysis::AnalysisError;
use crate::analysis::selection::{
    Budget, KimNelson, Selection, SelectionJob, select_fixed, select_kim_nelson, select_within,
};
use crate::montecarlo::{NamedArm, replicate_together, together};
use forestall_model::{Labels, Rows, columns, did_you_mean};

use super::simulate::{arms, names};
use super::{Study, StudyError};

/// Replications between two looks of the sequential procedure; the same on every machine.
const BATCH: usize = 10;

/// How runs are given to policies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Procedure {
    /// Kim and Nelson: runs until the choice is right with the confidence asked for.
    KimNelson,
    /// So many runs in all, most of them for the policies in doubt.
    Budget(usize),
    /// The same number of replications for every policy, with intervals against the best of the others.
    Fixed,
}

/// What is selected by.
#[derive(Clone, Debug)]
pub struct SelectRequest {
    /// The policies beside the baseline, by name; all if not given.
    pub policies: Option<Vec<String>>,
    /// The outcome that decides.
    pub outcome: String,
    /// Whether more of it is better.
    pub most: bool,
    /// Differences below this do not matter.
    pub zone: f64,
    /// Probability of a correct choice.
    pub confidence: f64,
    /// How runs are given to policies.
    pub procedure: Procedure,
    /// Replications of each policy before the first decision.
    pub first: usize,
    /// The most replications of a policy; with [`Procedure::Fixed`] the number of each.
    pub max_replications: usize,
}

/// One policy in the outcome's own sign.
#[derive(Clone, Debug, PartialEq)]
pub struct PolicyStanding {
    /// Its name.
    pub name: String,
    /// Its replications.
    pub replications: usize,
    /// Their mean.
    pub mean: f64,
    /// Mean difference from the best over the replications that both have.
    pub difference: f64,
    /// Simultaneous limits of that difference.
    pub low: f64,
    /// The upper limit.
    pub high: f64,
    /// The replication after which it was found to be worse than another.
    pub eliminated_after: Option<usize>,
    /// Whether nothing shows it to be worse than the best by more than the zone.
    pub tied: bool,
    /// Limits against the best of the others, with [`Procedure::Fixed`].
    pub against_best: Option<(f64, f64)>,
}

/// What was selected.
#[derive(Clone, Debug, PartialEq)]
pub struct Selected {
    /// The best policy.
    pub best: String,
    /// The policies that cannot be told from it, in the order of the scenario.
    pub ties: Vec<String>,
    /// Every policy, the best first, then by how near it comes.
    pub policies: Vec<PolicyStanding>,
    /// Probability of a correct choice, if it was guaranteed or estimated.
    pub probability: Option<f64>,
    /// Runs in all.
    pub runs: usize,
    /// Whether the most replications allowed ended it before the procedure did.
    pub stopped: bool,
}

/// Why nothing was selected.
#[derive(Debug, thiserror::Error)]
pub enum SelectError {
    /// The study does not have what was asked for.
    #[error(transparent)]
    Study(#[from] StudyError),
    /// The procedure cannot be done so.
    #[error(transparent)]
    Analysis(#[from] AnalysisError),
}

impl Study {
    /// Selects among the baseline and policies; `observe` is told the number of runs done after each round.
    ///
    /// # Errors
    /// [`SelectError`].
    pub fn select(&self, request: &SelectRequest, observe: &mut dyn FnMut(usize)) -> Result<Selected, SelectError> {
        known_outcome(&request.outcome)?;
        let arms = arms(self.scenario(), &names(self.scenario(), request.policies.as_deref())?)?;
        let labels = Labels::of(self.scenario());
        let mut done = 0;
        let mut sample = |jobs: &[SelectionJob]| {
            let values = values(&arms, &labels, request, jobs)?;
            done += jobs.len();
            if !jobs.is_empty() {
                observe(done);
            }
            Ok(values)
        };
        let (zone, confidence, first) = (request.zone, request.confidence, request.first);
        let most = request.max_replications;
        let mut limits = Vec::new();
        let found = match request.procedure {
            Procedure::KimNelson => {
                let options = KimNelson { zone, confidence, first, batch: BATCH, most };
                select_kim_nelson(arms.len(), &options, &mut sample)?
            }
            Procedure::Budget(runs) => {
                let options = Budget { runs, first, step: BATCH * arms.len(), zone, confidence };
                select_within(arms.len(), &options, &mut sample)?
            }
            Procedure::Fixed => {
                let (found, against_best) = select_fixed(arms.len(), most, zone, confidence, &mut sample)?;
                limits = against_best;
                found
            }
        };
        let name = |i: usize| arms[i].name.clone();
        Ok(Selected {
            best: name(found.best),
            ties: found.ties().map(name).collect(),
            policies: standings(&arms, &found, &limits, request.most),
            probability: found.probability,
            runs: found.runs,
            stopped: found.stopped,
        })
    }
}

/// That an outcome is a column of the table of replications.
fn known_outcome(outcome: &str) -> Result<(), StudyError> {
    let names: Vec<&str> = columns::columns().iter().map(|c| c.name).collect();
    if names.contains(&outcome) {
        return Ok(());
    }
    let near = did_you_mean(outcome, names.iter().copied());
    let help = near.unwrap_or_else(|| "`forestall list` names all outcomes".into());
    Err(StudyError::UnknownOutcome { name: outcome.to_owned(), help })
}

/// Runs the jobs; the sign makes less better.
fn values(
    arms: &[NamedArm],
    labels: &Labels,
    request: &SelectRequest,
    jobs: &[SelectionJob],
) -> Result<Vec<f64>, AnalysisError> {
    let mut order: Vec<usize> = (0..jobs.len()).collect();
    order.sort_by_key(|&at| (jobs[at].replication, jobs[at].arm));
    let pieces = together(&order, |&a, &b| jobs[a].replication == jobs[b].replication);
    let piece = |piece: &&[usize]| -> Result<Vec<(usize, f64)>, AnalysisError> {
        let ready: Vec<&NamedArm> = piece.iter().map(|&at| &arms[jobs[at].arm]).collect();
        let replication = jobs[piece[0]].replication;
        let found = replicate_together(&ready, labels, 0, replication as u64, false);
        let value = |(&at, computed): (&usize, Result<(Rows, _), String>)| {
            let (rows, _) = computed.map_err(|message| {
                let arm = &arms[jobs[at].arm].name;
                AnalysisError::Mismatch(format!("replication {replication} of {arm} failed: {message}"))
            })?;
            let value = rows.replications.column(&request.outcome).and_then(|column| column.number(0));
            let value = value.unwrap_or(f64::NAN);
            Ok((at, if request.most { -value } else { value }))
        };
        piece.iter().zip(found).map(value).collect()
    };
    let found: Vec<Vec<(usize, f64)>> = pieces.par_iter().with_max_len(1).map(piece).collect::<Result<_, _>>()?;
    let mut values = vec![f64::NAN; jobs.len()];
    for (at, value) in found.into_iter().flatten() {
        values[at] = value;
    }
    Ok(values)
}

fn standings(arms: &[NamedArm], found: &Selection, limits: &[(f64, f64)], most: bool) -> Vec<PolicyStanding> {
    let turn = |low: f64, high: f64| if most { (-high, -low) } else { (low, high) };
    let sign = if most { -1.0 } else { 1.0 };
    let mut all: Vec<PolicyStanding> = found
        .candidates
        .iter()
        .enumerate()
        .map(|(i, c)| {
            let (low, high) = turn(c.low, c.high);
            PolicyStanding {
                name: arms[i].name.clone(),
                replications: c.n,
                mean: sign * c.mean,
                // Adding zero turns −0 into 0.
                difference: sign * c.difference + 0.0,
                low: low + 0.0,
                high: high + 0.0,
                eliminated_after: c.eliminated_after,
                tied: c.tied,
                against_best: limits.get(i).map(|l| turn(l.0, l.1)),
            }
        })
        .collect();
    let best = arms[found.best].name.as_str();
    let place = |r: &PolicyStanding| (r.name != best, sign * r.difference);
    all.sort_by(|a, b| place(a).0.cmp(&place(b).0).then(place(a).1.total_cmp(&place(b).1)));
    all
}
