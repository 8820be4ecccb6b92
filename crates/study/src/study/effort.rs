//! What running a scenario takes on this machine: time, events and disk, from a few timed replications of all policies.

use std::num::NonZero;

use crate::montecarlo::batches::BATCH;
use crate::montecarlo::draws::REPLICATIONS_A_DRAW;
use crate::montecarlo::pilot::{Piece, pilot, timed};
use crate::montecarlo::{NamedArm, PosteriorDraws, replicate_together, unless_given_up};
use forestall_model::{Arm, BASELINE, Labels, Tally, simulate};

use super::outlook::at_most;
use super::simulate::names;
use super::{Study, StudyError};

/// What running a scenario takes on this machine, from timed replications of the baseline and all policies.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RunEffort {
    /// Runs in all: replications of the baseline and each policy.
    pub runs: u64,
    /// Runs that were timed.
    pub timed_runs: u64,
    /// Processor seconds of one run, on average over the baseline and all policies.
    pub seconds_per_run: f64,
    /// Its standard error between replications; `None` from one replication.
    pub standard_error: Option<f64>,
    /// Threads of the pool in which this was measured.
    pub threads: u64,
    /// Seconds until all runs are done on that many threads, if the machine does nothing else.
    pub seconds: f64,
    /// Bytes of the tables and of the parts from which they are merged.
    pub bytes: f64,
    /// Persons stored in the first replication of the baseline.
    pub persons: u64,
    /// Events of that replication.
    pub events: u64,
    /// What all replications of the baseline will have of the scenario's [outcome](Study::outcome), by those that were
    /// timed; `None` where it is undefined.
    pub outcome_expected: Option<f64>,
    /// Upper limit of that, were it a count.
    pub outcome_at_most: Option<f64>,
}

impl Study {
    /// What running this scenario takes here: runs some replications of the baseline and all policies together, on all
    /// threads at once, as a run does. Processor time counts, so that other work on the machine does not.
    ///
    /// # Errors
    /// Values out of range; the last failure if no replication could be run.
    pub fn effort(&self) -> Result<RunEffort, StudyError> {
        let plan = self.scenario();
        let names = names(plan, None)?;
        let arm = Arm::new(&plan.arm(None)?);
        let first = unless_given_up(|| simulate(&arm, 0, &mut Tally::new(plan.countries.len(), arm.months())));
        let failed = |message| StudyError::Replication { policy: BASELINE.to_owned(), replication: 0, message };
        let first = first.map_err(failed)?;
        let pilot = pilot(plan.replications, |i| self.piece(&names, spread(i, plan.replications)));
        let Some(seconds_per_run) = pilot.seconds_per_run() else {
            return Err(failed(pilot.failure().unwrap_or("there is no replication").to_owned()));
        };
        let runs = plan.replications * names.len() as u64;
        let (total, replications) = pilot.baseline(self.outcome());
        let share = plan.replications as f64 / replications.max(1) as f64;
        let threads = rayon::current_num_threads();
        let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
        Ok(RunEffort {
            runs,
            timed_runs: pilot.timed_runs(),
            seconds_per_run,
            standard_error: pilot.standard_error(),
            threads: threads as u64,
            seconds: wall(seconds_per_run, plan.replications, names.len() as u64, threads.min(cores) as u64),
            bytes: pilot.bytes(runs as f64, plan.replications.div_ceil(BATCH) as f64)?,
            persons: first.persons_stored,
            events: first.events,
            outcome_expected: total.map(|total| total * share),
            outcome_at_most: total.filter(|total| *total >= 0.0).map(|total| at_most(total) * share),
        })
    }

    /// One replication of all arms, which share their past, as a run computes it.
    fn piece(&self, names: &[String], replication: u64) -> Result<Piece, String> {
        let plan = self.scenario();
        let draw = PosteriorDraws::of(plan.draws(), replication);
        let (making, arms) = timed(|| names.iter().map(|name| self.named(name, draw)).collect::<Result<Vec<_>, _>>());
        let arms = arms?;
        let labels = Labels::of(plan);
        let (running, found) =
            timed(|| replicate_together(&arms.iter().collect::<Vec<_>>(), &labels, draw, replication, false));
        let mut piece =
            Piece { runs: names.len() as u64, seconds: running + making / sharing(plan), tables: Vec::new() };
        for rows in found {
            let rows = rows?.0;
            piece.add([rows.replications, rows.monthly, rows.by_country, rows.matched]);
        }
        Ok(piece)
    }

    fn named(&self, name: &str, draw: u64) -> Result<NamedArm, String> {
        let (plan, policy) = (self.scenario(), Some(name).filter(|name| *name != BASELINE));
        let scenario = if plan.draws() == 0 { plan.arm(policy) } else { plan.arm_at_draw(policy, draw) };
        scenario.map(|s| NamedArm { name: name.to_owned(), arm: Arm::new(&s) }).map_err(|errors| errors.to_string())
    }
}

/// The replications for which an arm is made once.
fn sharing(plan: &forestall_model::Plan) -> f64 {
    if plan.draws() == 0 { plan.replications.max(1) as f64 } else { REPLICATIONS_A_DRAW as f64 }
}

/// The replication that is timed as the `i`-th: far from the others, since neighbours stand at one draw.
fn spread(i: u64, replications: u64) -> u64 {
    // Multiples of the golden ratio spread evenly however many there are.
    let share = (i as f64 * 0.618_033_988_749_894_9).fract();
    ((share * replications as f64) as u64).min(replications.saturating_sub(1))
}

/// Seconds until all runs are done on so many cores. Where there are fewer replications than cores, arms are taken apart.
fn wall(seconds_per_run: f64, replications: u64, arms: u64, cores: u64) -> f64 {
    let runs = replications * arms;
    seconds_per_run * runs as f64 / cores.min(runs).max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_share_the_cores() {
        assert_eq!(wall(0.5, 200, 11, 2), 550.0);
        assert_eq!(wall(0.5, 200, 11, 1), 1_100.0);
        // One replication of three arms keeps three of eight cores busy.
        assert_eq!(wall(0.5, 1, 3, 8), 0.5);
        assert_eq!(wall(0.5, 0, 3, 8), 0.0);
    }

    #[test]
    fn timed_replications_stand_apart_and_within_the_run() {
        let four: Vec<u64> = (0..4).map(|i| spread(i, 200)).collect();
        assert_eq!(four, [0, 123, 47, 170]);
        assert!((0..50).all(|i| spread(i, 1) == 0 && spread(i, 7) < 7));
        assert_eq!(spread(3, 0), 0);
    }

    const TEXT: &str = include_str!("../../../../scenarios/quickstart.toml");

    /// The rows of what was timed make the estimate of disk: twice the runs take about twice the bytes of their rows.
    #[test]
    fn an_estimate_covers_all_policies() {
        let study = |replications| {
            let overrides = crate::Overrides { replications: Some(replications), ..crate::Overrides::default() };
            Study::from_text(TEXT, overrides).unwrap_or_else(|e| panic!("{e}"))
        };
        let (one, many) = (study(8).effort().unwrap(), study(800).effort().unwrap());
        let arms = study(8).policies().count() as u64 + 1;
        assert_eq!((one.runs, many.runs), (8 * arms, 800 * arms));
        assert!(one.timed_runs >= 4 * arms && one.timed_runs % arms == 0, "{one:?}");
        assert!(many.seconds_per_run > 0.0 && many.standard_error.is_some_and(|e| e < many.seconds_per_run));
        assert!(many.bytes > 20.0 * one.bytes && many.bytes < 100.0 * one.bytes, "{one:?} {many:?}");
        assert!(many.events > 0 && many.persons > 0);
        // The timed replications are the same where as many are timed; a hundred times as many have more of anything.
        let (few, much) = (one.outcome_expected.unwrap(), many.outcome_expected.unwrap());
        assert!(few > 0.0 && much > 20.0 * few && one.outcome_at_most.unwrap() > few, "{one:?} {many:?}");
    }
}
