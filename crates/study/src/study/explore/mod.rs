//! Exploring a scenario: a setting of levers beside the baseline, run pair by pair while somebody looks.
//!
//! An [`Explorer`] runs what [`Study::run`] would: the same seed, the same draws of the posterior, all arms of a
//! replication on the same random numbers. Estimates are over the first replications in order, so that which run ends
//! first decides nothing, and equal those of a run of as many replications.

mod error;
mod estimate;
mod glimpse;
mod levers;
mod save;
mod session;
mod sweep;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use crate::montecarlo::NamedArm;
use forestall_model::{Arm, Assignment, BASELINE, Labels, Mark, Plan, Policy, Stage, did_you_mean};

use super::{Origin, Overrides, Study};
use glimpse::Glimpse;

pub use glimpse::SHOWN as EXPLORED_OUTCOMES;

pub use error::ExploreError;
pub use estimate::{Change, Distribution, ExploreEstimate, Month, OutcomeEstimate, Spread};
pub use levers::{Act, ExploreLever, LeverGroup};
pub use save::{SaveRequest, Saved};
pub use session::{ExploreEnd, MOST_REPLICATIONS};
pub use sweep::{Nearby, SweepExplorer, SweepFactor, SweepSetting};

/// The name of the arm that a setting makes.
const SETTING: &str = "setting";

/// Where levers stand, perhaps on top of a policy of the scenario.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ExploreSetting {
    /// The policy on which the levers act.
    pub policy: Option<String>,
    /// Paths of levers that were moved, with their values.
    pub levers: Vec<(String, f64)>,
}

impl ExploreSetting {
    /// Whether nothing is moved: the baseline.
    pub fn is_baseline(&self) -> bool {
        self.policy.is_none() && self.levers.is_empty()
    }
}

/// A policy of the scenario as an explorer shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct ExplorePolicy {
    /// Its name.
    pub name: String,
    /// Its label.
    pub label: String,
    /// What it is, in words.
    pub description: String,
    /// Where the levers stand under it; `None` where it does more than levers can say, such as dates and ramps.
    pub levers: Option<Vec<(String, f64)>>,
}

/// A scenario that is open for exploring.
#[derive(Debug)]
pub struct Explorer {
    file: Option<PathBuf>,
    overrides: Overrides,
    plan: RwLock<Arc<Plan>>,
    labels: Labels,
    levers: Vec<ExploreLever>,
    frame: Stage,
    /// The baseline, where every replication has the same values.
    baseline: Option<NamedArm>,
    /// What is kept of the baseline's runs, by replication.
    seen: Mutex<BTreeMap<u64, Arc<Glimpse>>>,
}

impl Study {
    /// Opens the scenario for exploring.
    ///
    /// # Errors
    /// [`ExploreError::Scenario`] where the baseline cannot be made.
    pub fn explore(&self) -> Result<Explorer, ExploreError> {
        let plan = self.scenario();
        let file = match &self.origin {
            Origin::File(path) | Origin::Edited(path, _) => Some(path.clone()),
            Origin::Text(_) => None,
        };
        let baseline = match plan.draws() {
            0 => Some(NamedArm { name: BASELINE.into(), arm: Arm::new(&plan.arm(None)?) }),
            _ => None,
        };
        Ok(Explorer {
            file,
            overrides: self.overrides.clone(),
            labels: Labels::of(plan),
            levers: levers::levers(plan)?,
            frame: levers::frame(plan),
            baseline,
            seen: Mutex::default(),
            plan: RwLock::new(Arc::new(plan.clone())),
        })
    }
}

impl Explorer {
    /// The scenario with the policies saved so far.
    pub fn scenario(&self) -> Arc<Plan> {
        self.plan.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The file that the scenario was opened from.
    pub fn file(&self) -> Option<&std::path::Path> {
        self.file.as_deref()
    }

    /// What can be moved.
    pub fn levers(&self) -> &[ExploreLever] {
        &self.levers
    }

    /// First day on which a setting is in force.
    pub fn from(&self) -> jiff::civil::Date {
        self.frame.from
    }

    /// The policies of the scenario.
    pub fn policies(&self) -> Vec<ExplorePolicy> {
        let shown = |policy: &Policy| ExplorePolicy {
            name: policy.name.clone(),
            label: policy.label.clone(),
            description: policy.description.clone(),
            levers: levers::standing(policy, &self.levers, &self.frame),
        };
        self.scenario().policies.iter().map(shown).collect()
    }

    /// Checks a setting.
    ///
    /// # Errors
    /// An unknown policy or lever, a lever named twice, or a value out of range.
    pub fn check(&self, setting: &ExploreSetting) -> Result<(), ExploreError> {
        self.policy(&self.scenario(), setting).map(|_| ())
    }

    /// The policy that a setting makes; `None` for the baseline.
    fn policy(&self, plan: &Plan, setting: &ExploreSetting) -> Result<Option<Policy>, ExploreError> {
        if setting.is_baseline() {
            return Ok(None);
        }
        let mut policy = match &setting.policy {
            Some(name) => plan.policy(name).cloned().ok_or_else(|| unknown_policy(plan, name))?,
            None => Policy {
                name: SETTING.into(),
                label: SETTING.into(),
                description: String::new(),
                stages: Vec::new(),
                sharing: Vec::new(),
                mark: Mark::default(),
            },
        };
        let mut set = Vec::new();
        for (path, value) in &setting.levers {
            let lever = self.levers.iter().find(|lever| lever.path == *path).ok_or_else(|| self.unknown_lever(path))?;
            lever.admit(*value)?;
            if set.iter().any(|other: &Assignment| other.path == *path) {
                return Err(ExploreError::Twice(path.clone()));
            }
            let mark = Mark { file: format!("lever {path}"), ..Mark::default() };
            set.push(Assignment {
                path: path.clone(),
                target: lever.target(),
                operation: lever.operation(*value),
                mark,
                number: None,
            });
        }
        // Neither the order in which levers were moved nor that in which a file lists them may decide anything: as
        // when a file is read, what is said of one country acts on what is said of all.
        set.sort_by(|a, b| a.path.cmp(&b.path));
        set.sort_by_key(|a| a.target.is_particular());
        if !set.is_empty() {
            policy.stages.push(Stage { set, ..self.frame.clone() });
        }
        plan.arm_under(&policy, 0)?;
        Ok(Some(policy))
    }

    fn unknown_lever(&self, path: &str) -> ExploreError {
        let near = did_you_mean(path, self.levers.iter().map(|lever| lever.path.as_str()));
        let help = near.unwrap_or_else(|| "`forestall list parameters` names all".into());
        ExploreError::UnknownLever { name: path.to_owned(), help }
    }
}

fn unknown_policy(plan: &Plan, name: &str) -> ExploreError {
    let near = did_you_mean(name, plan.policies.iter().map(|policy| policy.name.as_str()));
    let all: Vec<&str> = plan.policies.iter().map(|policy| policy.name.as_str()).collect();
    ExploreError::UnknownPolicy {
        name: name.to_owned(),
        help: near.unwrap_or_else(|| format!("the scenario has: {}", all.join(", "))),
    }
}
