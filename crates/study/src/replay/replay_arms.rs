//! The arms of a scenario made ready for replay, at the draw that each replication takes.

use std::borrow::Cow;
use std::sync::Arc;

use crate::montecarlo::{PosteriorDraws, unless_given_up};
use forestall_model::{Arm, Diagnostics, Plan, Scenario};

use super::levers::Levers;
use super::log::{Log, Twins};

/// Why a replication cannot be replayed.
#[derive(Debug, thiserror::Error)]
pub enum ReplayFault {
    /// Values at the draw leave their range.
    #[error("{0}")]
    Scenario(#[from] Diagnostics),
    /// A run was given up, and why.
    #[error("{0}")]
    GivenUp(String),
}

/// One arm: its values over time, and the same read for simulation.
#[derive(Clone)]
struct Ready {
    scenario: Scenario,
    arm: Arm,
}

/// The baseline and some policies of one scenario.
pub struct ReplayArms<'p> {
    plan: &'p Plan,
    policies: Vec<String>,
    /// The baseline and the policies, where all replications have the same values.
    ready: Option<(Ready, Vec<Ready>)>,
}

impl<'p> ReplayArms<'p> {
    /// Makes the baseline and these policies ready.
    ///
    /// # Errors
    /// Where an arm's values leave their range.
    pub fn new(plan: &'p Plan, policies: &[String]) -> Result<Self, Diagnostics> {
        let mut arms = Self { plan, policies: policies.to_vec(), ready: None };
        if plan.draws() == 0 {
            let baseline = arms.make(None, 0)?;
            let others: Result<Vec<Ready>, Diagnostics> = policies.iter().map(|p| arms.make(Some(p), 0)).collect();
            arms.ready = Some((baseline, others?));
        }
        Ok(arms)
    }

    /// The policies in order.
    pub fn policies(&self) -> &[String] {
        &self.policies
    }

    /// The draw that a replication takes; 0 without a posterior.
    pub fn draw(&self, replication: u64) -> u64 {
        PosteriorDraws::of(self.plan.draws(), replication)
    }

    fn make(&self, policy: Option<&str>, draw: u64) -> Result<Ready, Diagnostics> {
        let plan = self.plan;
        let scenario = if plan.draws() == 0 { plan.arm(policy) } else { plan.arm_at_draw(policy, draw) }?;
        Ok(Ready { arm: Arm::new(&scenario), scenario })
    }

    fn baseline(&self, draw: u64) -> Result<Cow<'_, Ready>, Diagnostics> {
        match &self.ready {
            Some((baseline, _)) => Ok(Cow::Borrowed(baseline)),
            None => Ok(Cow::Owned(self.make(None, draw)?)),
        }
    }

    fn policy(&self, index: usize, draw: u64) -> Result<Cow<'_, Ready>, Diagnostics> {
        match &self.ready {
            Some((_, all)) => Ok(Cow::Borrowed(&all[index])),
            None => Ok(Cow::Owned(self.make(Some(&self.policies[index]), draw)?)),
        }
    }

    /// The baseline, or the policy at a position.
    fn arm(&self, policy: Option<usize>, draw: u64) -> Result<Cow<'_, Ready>, Diagnostics> {
        policy.map_or_else(|| self.baseline(draw), |index| self.policy(index, draw))
    }

    /// Replays the baseline, or the policy at a position; `each` also keeps what happens to counted leads.
    ///
    /// # Errors
    /// Where the values at the draw leave their range, or the run is given up.
    pub fn log(&self, policy: Option<usize>, replication: u64, each: bool) -> Result<Log, ReplayFault> {
        let ready = self.arm(policy, self.draw(replication))?;
        unless_given_up(|| Log::simulate(&ready.arm, replication, each)).map_err(ReplayFault::GivenUp)
    }

    /// Whether a test holds of the values of the baseline, or of the policy at a position, at a draw.
    ///
    /// # Errors
    /// Where the values at the draw leave their range.
    pub fn holds(
        &self,
        policy: Option<usize>,
        draw: u64,
        test: impl Fn(&Scenario) -> bool,
    ) -> Result<bool, Diagnostics> {
        Ok(test(&self.arm(policy, draw)?.scenario))
    }

    /// Replays the baseline and the policies at these positions, which share their past, and hands over each policy
    /// beside the baseline with its place in `policies`; one after the other, so that not all logs are there at once.
    ///
    /// # Errors
    /// Where an arm's values at the draw leave their range, or a run is given up.
    pub fn twins(
        &self,
        policies: &[usize],
        replication: u64,
        each: bool,
        mut done: impl FnMut(usize, Twins),
    ) -> Result<(), ReplayFault> {
        let draw = self.draw(replication);
        let base = self.baseline(draw)?;
        let others: Vec<Cow<'_, Ready>> =
            policies.iter().map(|&index| self.policy(index, draw)).collect::<Result<_, _>>()?;
        let arms: Vec<&Arm> = std::iter::once(&base).chain(&others).map(|ready| &ready.arm).collect();
        let mut baseline = None;
        let all = || {
            Log::simulate_each(&arms, replication, each, |arm, log| match (arm.checked_sub(1), &baseline) {
                (None, _) => baseline = Some(Arc::new(log)),
                (Some(place), Some(baseline)) => {
                    let levers =
                        Levers::new(&self.plan.registry, base.scenario.clone(), others[place].scenario.clone());
                    done(place, Twins::new(Arc::clone(baseline), Arc::new(log), levers));
                }
                (Some(_), None) => unreachable!("the first arm is done first"),
            });
        };
        unless_given_up(all).map_err(ReplayFault::GivenUp)
    }
}
