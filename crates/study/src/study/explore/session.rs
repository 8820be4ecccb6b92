//! Runs a setting beside the baseline, pair by pair, and tells what the pairs so far say.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::montecarlo::draws::REPLICATIONS_A_DRAW;
use crate::montecarlo::{Monitor, NamedArm, PosteriorDraws, replicate_together};
use forestall_model::{Arm, BASELINE, Plan, Policy};

use super::estimate::{ExploreEstimate, Pairs};
use super::glimpse::Glimpse;
use super::{ExploreError, ExploreSetting, Explorer, SETTING};

/// Most replications of a setting: what is kept of the baseline's runs stays small.
pub const MOST_REPLICATIONS: u64 = 2_000;
/// Pairs before the first estimate: of fewer the interval says next to nothing. With a posterior they are three draws.
const FEWEST: usize = 6;
/// Least time between two estimates that are told.
const PAUSE: Duration = Duration::from_millis(200);

/// How a setting ended.
#[derive(Clone, Debug, PartialEq)]
pub struct ExploreEnd {
    /// What all pairs say.
    pub estimate: ExploreEstimate,
    /// Whether it was stopped before all replications were there.
    pub stopped: bool,
    /// Why the first run that failed did.
    pub failure: Option<String>,
}

/// What one replication gives: the baseline's run, and the setting's if there is one.
type Pair = Result<Vec<Arc<Glimpse>>, String>;

/// Pairs as they come, and those that follow each other from the first on.
struct Gathered {
    pairs: Pairs,
    /// Pairs that wait for one before them.
    waiting: BTreeMap<u64, Pair>,
    next: u64,
    failures: u64,
    failure: Option<String>,
    told: Option<Instant>,
}

impl Explorer {
    /// Runs the baseline and a setting, at most so many replications, and tells after each few what the first ones say,
    /// until all are there or the monitor cancels.
    ///
    /// What is kept of the baseline's runs serves the settings that follow.
    ///
    /// # Errors
    /// As [`Explorer::check`]; [`ExploreError::Replications`].
    pub fn watch(
        &self,
        setting: &ExploreSetting,
        most: u64,
        monitor: &Monitor<ExploreEstimate>,
    ) -> Result<ExploreEnd, ExploreError> {
        if !(2..=MOST_REPLICATIONS).contains(&most) {
            return Err(ExploreError::Replications { asked: most, most: MOST_REPLICATIONS });
        }
        let plan = self.scenario();
        let policy = self.policy(&plan, setting)?;
        let own = match &policy {
            Some(policy) if plan.draws() == 0 => Some(arm(&plan, policy, 0).map_err(ExploreError::Scenario)?),
            _ => None,
        };
        let work = Work { explorer: self, plan: &plan, policy: policy.as_ref(), own, most };
        let gathered = Mutex::new(Gathered {
            pairs: Pairs::new(policy.is_some()),
            waiting: BTreeMap::new(),
            next: 0,
            failures: 0,
            failure: None,
            told: None,
        });
        let next = AtomicU64::new(0);
        rayon::broadcast(|_| {
            while !monitor.cancelled() {
                let replication = next.fetch_add(1, Ordering::Relaxed);
                if replication >= most {
                    break;
                }
                let pair = work.pair(replication);
                if let Some(estimate) = work.take(&mut lock(&gathered), replication, pair)
                    && !monitor.cancelled()
                {
                    monitor.tell(estimate);
                }
            }
        });
        let gathered = gathered.into_inner().unwrap_or_else(PoisonError::into_inner);
        Ok(ExploreEnd { estimate: work.estimate(&gathered), stopped: gathered.next < most, failure: gathered.failure })
    }

    /// What is kept of the baseline's run.
    fn seen(&self, replication: u64) -> Option<Arc<Glimpse>> {
        lock(&self.seen).get(&replication).cloned()
    }
}

/// The arm of a setting at a draw.
fn arm(plan: &Plan, policy: &Policy, draw: u64) -> Result<NamedArm, forestall_model::Diagnostics> {
    let scenario = plan.arm_under(policy, draw)?;
    Ok(NamedArm { name: SETTING.into(), arm: Arm::new(&scenario) })
}

/// One setting that is being run.
struct Work<'a> {
    explorer: &'a Explorer,
    plan: &'a Plan,
    policy: Option<&'a Policy>,
    /// The setting's arm, where every replication has the same values.
    own: Option<NamedArm>,
    most: u64,
}

impl Work<'_> {
    /// The runs of one replication; that of the baseline is computed once for all settings.
    fn pair(&self, replication: u64) -> Pair {
        let explorer = self.explorer;
        let draw = PosteriorDraws::of(self.plan.draws(), replication);
        let known = explorer.seen(replication);
        let base = match (&known, &explorer.baseline) {
            (None, None) => {
                let scenario = self.plan.arm_at_draw(None, draw).map_err(|errors| errors.to_string())?;
                Some(NamedArm { name: BASELINE.into(), arm: Arm::new(&scenario) })
            }
            _ => None,
        };
        let own = match (self.policy, &self.own) {
            (Some(policy), None) => Some(arm(self.plan, policy, draw).map_err(|errors| errors.to_string())?),
            _ => None,
        };
        let first = if known.is_none() { base.as_ref().or(explorer.baseline.as_ref()) } else { None };
        let second = own.as_ref().or(self.own.as_ref());
        let arms: Vec<&NamedArm> = first.into_iter().chain(second).collect();
        // Where the baseline is still to be run, both share their past.
        let computed = replicate_together(&arms, &explorer.labels, draw, replication, false);
        let mut runs: Vec<Arc<Glimpse>> = known.into_iter().collect();
        for found in computed {
            let glimpse = Arc::new(Glimpse::of(&found?.0, &explorer.labels));
            if runs.is_empty() {
                lock(&explorer.seen).insert(replication, glimpse.clone());
            }
            runs.push(glimpse);
        }
        Ok(runs)
    }

    /// Takes a pair; gives what is to be told now.
    fn take(&self, gathered: &mut Gathered, replication: u64, pair: Pair) -> Option<ExploreEstimate> {
        gathered.waiting.insert(replication, pair);
        let before = gathered.next;
        while let Some(pair) = gathered.waiting.remove(&gathered.next) {
            let draw = PosteriorDraws::of(self.plan.draws(), gathered.next);
            match pair {
                Ok(runs) => {
                    let runs: Vec<&Glimpse> = runs.iter().map(AsRef::as_ref).collect();
                    gathered.pairs.add((draw as i64, gathered.next as i64), &runs, &self.explorer.labels);
                }
                Err(message) => {
                    gathered.failures += 1;
                    gathered.failure.get_or_insert(message);
                }
            }
            gathered.next += 1;
        }
        let due = gathered.told.is_none_or(|told| told.elapsed() >= PAUSE) || gathered.next == self.most;
        if gathered.next == before || !due || gathered.pairs.len() < FEWEST {
            return None;
        }
        gathered.told = Some(Instant::now());
        Some(self.estimate(gathered))
    }

    fn estimate(&self, gathered: &Gathered) -> ExploreEstimate {
        let draws = gathered.next.div_ceil(REPLICATIONS_A_DRAW).min(self.plan.draws());
        ExploreEstimate { most: self.most, draws, failures: gathered.failures, ..gathered.pairs.estimate() }
    }
}

/// Whatever happened while it was held, what is kept is whole between two steps.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
