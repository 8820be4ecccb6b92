//! Runs of an optimization: simulated in parallel, kept as they finish, looked up when the same command goes on.
//!
//! The file holds finished runs and nothing of the search: the search is done anew from its beginning, and gets what has
//! been run before without a simulation. So it does not matter where it was stopped.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::montecarlo::Monitor;
use crate::montecarlo::pattern::{Tables, calendar_years};
use crate::montecarlo::{NamedArm, PosteriorDraws, Progress, replicate_together, together};
use crate::optimization::{Ask, OptimizationError, Outcome, ResponsePart, RunResponse};
use crate::results::{ResultsError, sealed};
use forestall_model::{Arm, BASELINE, Labels, Plan, Rows};

use super::OptimizeEvent;
use super::input::{Asked, Input};

/// Most settings whose runs of one replication are done together, sharing their past.
const TOGETHER: usize = 8;
/// Groups of them between two looks at the clock and at interrupts, for each thread.
const GROUPS: usize = 4;
/// Least time between two writes of the file.
const PAUSE: Duration = Duration::from_secs(2);

/// One setting's finished runs as the file holds them.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    values: Vec<f64>,
    done: Vec<(u64, RunResponse)>,
    failed: Vec<(u64, String)>,
}

/// Whether a text is a file of finished runs.
#[cfg(any(test, feature = "fuzz"))]
pub(crate) fn readable(text: &[u8]) -> bool {
    sealed::parse::<Vec<Kept>>(text).is_ok()
}

/// Finished runs by the bits of the settings' values, then by replication.
type Finished = BTreeMap<Vec<u64>, BTreeMap<u64, Outcome>>;

fn bits(values: &[f64]) -> Vec<u64> {
    values.iter().map(|v| v.to_bits()).collect()
}

/// Does runs for a search.
pub(in crate::study) struct Runs<'a> {
    plan: &'a Plan,
    input: &'a Input,
    labels: Labels,
    path: PathBuf,
    finished: Finished,
    unsaved: bool,
    saved: Instant,
    monitor: &'a Monitor<'a, OptimizeEvent>,
    all: u64,
    /// Runs handed out so far, simulated or looked up.
    served: u64,
    /// Runs simulated in this session.
    pub simulated: u64,
    /// Why the file could not be written.
    broken: Option<ResultsError>,
}

impl<'a> Runs<'a> {
    /// Opens the file of finished runs, if there is one; `all` is how many runs are expected.
    pub(in crate::study) fn open(
        plan: &'a Plan,
        input: &'a Input,
        path: PathBuf,
        monitor: &'a Monitor<'a, OptimizeEvent>,
        all: u64,
    ) -> Result<Self, OptimizationError> {
        let outcomes = |k: Kept| {
            let failed = k.failed.into_iter().map(|(n, why)| (n, Err(why)));
            (bits(&k.values), k.done.into_iter().map(|(n, r)| (n, Ok(r))).chain(failed).collect())
        };
        let kept: Vec<Kept> = sealed::read(&path)?.unwrap_or_default();
        let finished: Finished = kept.into_iter().map(outcomes).collect();
        Ok(Self {
            plan,
            input,
            labels: Labels::of(plan),
            path,
            finished,
            unsaved: false,
            saved: Instant::now(),
            monitor,
            all,
            served: 0,
            simulated: 0,
            broken: None,
        })
    }

    /// Does the runs asked for; `None` if interrupted, or if the file cannot be written.
    pub(in crate::study) fn run(&mut self, asks: &[Ask]) -> Option<Vec<Outcome>> {
        let mut missing: Vec<&Ask> = asks.iter().filter(|ask| self.found(ask).is_none()).collect();
        missing.sort_by_key(|ask| ask.replication);
        let of_one = together(&missing, |a, b| a.replication == b.replication);
        let groups: Vec<&[&Ask]> = of_one.into_iter().flat_map(|asks| asks.chunks(TOGETHER)).collect();
        let missing: u64 = groups.iter().map(|group| group.len() as u64).sum();
        let mut done = self.served + asks.len() as u64 - missing;
        self.served += asks.len() as u64;
        for batch in groups.chunks(GROUPS * rayon::current_num_threads()) {
            if self.monitor.cancelled() {
                self.save();
                return None;
            }
            let outcomes: Vec<Vec<Outcome>> =
                batch.par_iter().with_max_len(1).map(|group| self.simulate(group)).collect();
            for (group, outcomes) in batch.iter().zip(outcomes) {
                for (ask, outcome) in group.iter().zip(outcomes) {
                    self.finished.entry(bits(ask.values)).or_default().insert(ask.replication, outcome);
                    self.simulated += 1;
                    done += 1;
                }
            }
            self.unsaved = true;
            self.monitor.tell(OptimizeEvent::Progress(Progress { done, all: self.all.max(done) }));
            if self.saved.elapsed() >= PAUSE && !self.save() {
                return None;
            }
        }
        asks.iter().map(|ask| self.found(ask).cloned()).collect()
    }

    fn found(&self, ask: &Ask) -> Option<&Outcome> {
        self.finished.get(&bits(ask.values))?.get(&ask.replication)
    }

    /// Writes the file, if there is something new; false if that failed.
    fn save(&mut self) -> bool {
        if !self.unsaved {
            return true;
        }
        let kept = |(values, runs): (&Vec<u64>, &BTreeMap<u64, Outcome>)| Kept {
            values: values.iter().map(|b| f64::from_bits(*b)).collect(),
            done: runs.iter().filter_map(|(n, o)| Some((*n, o.clone().ok()?))).collect(),
            failed: runs.iter().filter_map(|(n, o)| Some((*n, o.clone().err()?))).collect(),
        };
        let all: Vec<Kept> = self.finished.iter().map(kept).collect();
        match sealed::write(&self.path, &all) {
            Ok(()) => {
                self.unsaved = false;
                self.saved = Instant::now();
                true
            }
            Err(error) => {
                self.broken = Some(error);
                false
            }
        }
    }

    /// Writes what is not written yet; why not, if that failed now or before.
    pub(in crate::study) fn close(mut self) -> Result<(), ResultsError> {
        self.save();
        self.broken.map_or(Ok(()), Err)
    }

    /// Runs of one replication.
    fn simulate(&self, group: &[&Ask]) -> Vec<Outcome> {
        let Some(replication) = group.first().map(|ask| ask.replication) else { return Vec::new() };
        let draw = PosteriorDraws::of(self.plan.draws(), replication);
        let arms: Vec<Result<NamedArm, String>> = group.iter().map(|ask| self.arm(ask.values, draw)).collect();
        let ready: Vec<&NamedArm> = arms.iter().flatten().collect();
        let mut found = replicate_together(&ready, &self.labels, draw, replication, false).into_iter();
        let mut outcome = |arm: &Result<NamedArm, String>| match arm {
            Ok(_) => self.response(&found.next().unwrap_or_else(|| Err("no run was computed".into()))?.0),
            Err(why) => Err(why.clone()),
        };
        arms.iter().map(&mut outcome).collect()
    }

    fn arm(&self, values: &[f64], draw: u64) -> Result<NamedArm, String> {
        let scenario = if values.is_empty() {
            self.plan.arm_at_draw(self.input.base(), draw)
        } else {
            self.plan.arm_under(&self.input.policy("setting", values), draw)
        };
        let scenario = scenario.map_err(|errors| errors.to_string())?;
        Ok(NamedArm { name: BASELINE.into(), arm: Arm::new(&scenario) })
    }

    /// What is asked of the rows of one run.
    fn response(&self, rows: &Rows) -> Outcome {
        let years = calendar_years(self.plan.start, self.plan.end);
        let tables = Tables {
            replications: &rows.replications,
            monthly: &rows.monthly,
            by_country: &rows.by_country,
            plots: &rows.matched,
            years: &years,
        };
        let part = |asked: &Asked| {
            let (top, bottom) = asked.expression.parts(&tables, BASELINE)?.first().copied().flatten()?;
            let part = ResponsePart(top / asked.divisor, bottom);
            (part.0.is_finite() && part.1.is_finite()).then_some(part)
        };
        Ok(self.input.asked.iter().map(part).collect())
    }
}
