//! The front door: open a scenario, run it, open what was run, and ask it.
//!
//! Nothing here prints, exits, or reads the command line. Work is done on the threads of the pool in which a call is made.

mod adaptation;
mod alternatives;
mod analyses;
mod calibrate;
mod compare;
mod country_rates;
mod decide;
mod decide_run;
mod effort;
mod error;
mod explore;
mod files;
mod ladders;
mod memory;
mod optimize;
mod outlook;
mod patterns;
mod reliability;
mod replay;
mod respond;
mod rows;
mod run;
mod score;
mod select;
mod shelf;
mod simulate;
mod sweep;
mod tables;
mod thresholds;
mod verify;

use std::path::{Path, PathBuf};

use crate::montecarlo::{NamedArm, PosteriorDraws, replicate_draw};
use forestall_model::{
    Arm, BASELINE, Diagnostic, Diagnostics, Labels, LoadOptions, Plan, Rows, UsePosterior, ValueRow, did_you_mean,
    load, registry,
};

#[cfg(any(test, feature = "fuzz"))]
pub(crate) use calibrate::{readable_calibration, readable_shard};
#[cfg(any(test, feature = "fuzz"))]
pub(crate) use optimize::readable_optimization;

pub use crate::montecarlo::Monitor;
pub use crate::results::Provenance;
use crate::results::{RESULTS_VERSION, run_hash};
pub use adaptation::{AtStrength, CalibratedParameter};
pub use analyses::{
    AnalyseError, DEFAULT_OUTCOME, Discovered, DiscoveryInput, DiscoveryRequest, RobustnessInput, SensitivityInput,
    SensitivityMethod, SensitivityRequest, discover, robust, sensitivity,
};
pub use calibrate::{
    Calibration, CalibrationEnd, CalibrationEvent, CalibrationOutcome, CalibrationRequest, CalibrationShard, FitMethod,
    RivalRow, Rivals, RivalsRequest, rivals,
};
pub use compare::{BothRuns, Compared, ComparedRun, Pairing, WithoutCounterpart, compare, compare_runs};
pub use decide::{DecideRequest, Decided, DecisionSource, TableColumns, decide};
pub use effort::RunEffort;
pub use error::StudyError;
pub use explore::{
    Act, Change, Distribution, EXPLORED_OUTCOMES, ExploreEnd, ExploreError, ExploreEstimate, ExploreLever,
    ExplorePolicy, ExploreSetting, Explorer, LeverGroup, MOST_REPLICATIONS, Month, Nearby, OutcomeEstimate,
    SaveRequest, Saved, Spread, SweepExplorer, SweepFactor, SweepSetting,
};
use files::Files;
pub use memory::MemoryNeed;
pub use optimize::{
    Asked, Finalist, FrontSetting, Lever, OptimizeEnd, OptimizeEvent, OptimizeInput, OptimizeRequest, Optimized,
    SearchKind,
};
pub use outlook::{FEWEST_EVENTS, RunEstimate};
pub use replay::{
    DivergingPlots, MechanismCount, PlotInBoth, PolicyMechanisms, Replay, ReplayError, ReplayEvent, ReplaySummary,
    Replayed, Stings, StingsOfPolicy, ToldPlot,
};
pub use respond::{
    Behaviour, Exploited, GameEstimate, Payoffs, PolicyWorth, RespondEnd, RespondError, RespondEvent, RespondRequest,
    Responded, ResponseOfPolicy,
};
pub use run::{FitToFact, Run, RunPolicy};
pub use score::{ForecastInput, ScoreRequest, Scored, score};
pub use select::{PolicyStanding, Procedure, SelectError, SelectRequest, Selected};
pub use simulate::{PrecisionGoal, RunEnd, RunEvent, RunRequest};
pub use sweep::{Sweep, SweepDesign, design_points, read_problem};
pub use thresholds::{ThresholdCurve, ThresholdScale};
pub use verify::{VerifyRequest, verify};

/// What a scenario given as text is called in messages.
const TEXT: &str = "scenario";

/// What a caller lays over a scenario file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Overrides {
    /// Values held over the whole time: `path=VALUE`, or `path!=VALUE` above changes and policies.
    pub sets: Vec<String>,
    /// Another seed.
    pub seed: Option<u64>,
    /// Another number of replications.
    pub replications: Option<u64>,
    /// Another last day, not after the scenario's own.
    pub until: Option<jiff::civil::Date>,
    /// One of the scenario's alternatives, by name; an empty name takes none.
    pub alternative: Option<String>,
    /// What is made of the posterior that the scenario names; each draw in turn if not given.
    pub posterior: Option<UsePosterior>,
}

impl Overrides {
    fn options(&self) -> LoadOptions {
        LoadOptions {
            sets: self.sets.clone(),
            seed: self.seed,
            replications: self.replications,
            until: self.until,
            alternative: self.alternative.clone(),
        }
    }
}

/// Where a scenario comes from.
#[derive(Clone, Debug)]
pub(crate) enum Origin {
    File(PathBuf),
    Text(String),
    /// A file with this text in place of its own.
    Edited(PathBuf, String),
}

impl From<&Path> for Origin {
    fn from(path: &Path) -> Self {
        Self::File(path.to_path_buf())
    }
}

/// A scenario that is open: checked, and ready to run.
#[derive(Clone, Debug)]
pub struct Study {
    origin: Origin,
    overrides: Overrides,
    plan: Plan,
}

impl Study {
    /// Opens a scenario file.
    ///
    /// # Errors
    /// [`StudyError::Scenario`] with all that is wrong in it, its places and advice.
    pub fn open(path: impl AsRef<Path>, overrides: Overrides) -> Result<Self, StudyError> {
        Self::load(Origin::File(path.as_ref().to_path_buf()), overrides)
    }

    /// Opens a scenario given as text; files that it names are looked for from the current folder.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn from_text(text: &str, overrides: Overrides) -> Result<Self, StudyError> {
        Self::load(Origin::Text(text.to_owned()), overrides)
    }

    fn load(origin: Origin, overrides: Overrides) -> Result<Self, StudyError> {
        Ok(Self { plan: Self::read(&origin, &overrides)?, origin, overrides })
    }

    /// Reads and checks a scenario.
    pub(crate) fn read(origin: &Origin, overrides: &Overrides) -> Result<Plan, Diagnostics> {
        let files = Files::default();
        let (name, text) = match origin {
            Origin::File(path) => (path.to_string_lossy(), None),
            Origin::Text(text) => (TEXT.into(), Some(text)),
            Origin::Edited(path, text) => (path.to_string_lossy(), Some(text)),
        };
        let read = |file: &str| match text {
            Some(text) if file == name => Ok(text.clone()),
            _ => files.read(file),
        };
        let told = |found: &mut Vec<Diagnostic>| found.extend(files.outside(&name, text.is_none()));
        let mut plan = load(&registry(), &name, &read, &overrides.options()).map_err(|mut all| {
            told(&mut all.0);
            all
        })?;
        told(&mut plan.warnings);
        if let Some(how) = overrides.posterior {
            plan.use_posterior(how);
        }
        Ok(plan)
    }

    /// The same scenario with these overrides in place of the present ones.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn with(&self, overrides: Overrides) -> Result<Self, StudyError> {
        Self::load(self.origin.clone(), overrides)
    }

    /// What is laid over the scenario.
    pub fn overrides(&self) -> &Overrides {
        &self.overrides
    }

    /// The scenario, checked and resolved.
    pub fn scenario(&self) -> &Plan {
        &self.plan
    }

    /// The hash of scenario, seed and version of results, as results folders and manifests have it: whatever alters
    /// results alters it, but for the program itself.
    pub fn hash(&self) -> String {
        run_hash(&self.plan.fingerprint_text(), self.plan.seed, RESULTS_VERSION)
    }

    /// The names of the policies in order; the baseline is not among them.
    pub fn policies(&self) -> impl Iterator<Item = &str> {
        self.plan.policies.iter().map(|policy| policy.name.as_str())
    }

    /// The outcome that the scenario is about: the first that it names, or attacks completed.
    pub fn outcome(&self) -> &str {
        outlook::outcome(&self.plan)
    }

    /// What looks wrong in the scenario and stops no run.
    pub fn warnings(&self) -> &[Diagnostic] {
        &self.plan.warnings
    }

    /// Every parameter with value, unit, evidence and origin.
    pub fn parameters(&self) -> Vec<ValueRow> {
        self.plan.parameter_rows()
    }

    /// Runs one replication of the baseline, or of a policy, and gives its rows.
    ///
    /// The same replication of two policies meets the same chance, so that their rows can be compared pair by pair.
    ///
    /// # Errors
    /// [`StudyError::UnknownPolicy`]; [`StudyError::Scenario`] where values leave their range;
    /// [`StudyError::Replication`].
    pub fn replicate(&self, policy: Option<&str>, replication: u64) -> Result<Rows, StudyError> {
        if let Some(name) = policy {
            known_policy(&self.plan, name)?;
        }
        let draw = PosteriorDraws::of(self.plan.draws(), replication);
        let scenario =
            if self.plan.draws() == 0 { self.plan.arm(policy)? } else { self.plan.arm_at_draw(policy, draw)? };
        let name = policy.unwrap_or(BASELINE).to_owned();
        let arm = NamedArm { name: name.clone(), arm: Arm::new(&scenario) };
        replicate_draw(&arm, &Labels::of(&self.plan), draw, replication, false)
            .map(|found| found.0)
            .map_err(|message| StudyError::Replication { policy: name, replication, message })
    }

    /// Makes the baseline and every policy, so that values out of range are told, and says how many there are.
    ///
    /// # Errors
    /// Values out of range.
    pub fn check(&self) -> Result<usize, Diagnostics> {
        // Loading has built them all once; only with held values, or without the posterior, can they differ.
        if self.plan.held.is_empty() && self.overrides.posterior != Some(UsePosterior::None) {
            return Ok(self.plan.policies.len() + 1);
        }
        self.plan.arm(None)?;
        self.policies().try_for_each(|name| self.plan.arm(Some(name)).map(|_| ()))?;
        Ok(self.plan.policies.len() + 1)
    }
}

/// That a policy exists.
pub(crate) fn known_policy(plan: &Plan, name: &str) -> Result<(), StudyError> {
    if plan.policy(name).is_some() {
        return Ok(());
    }
    let all: Vec<&str> = plan.policies.iter().map(|p| p.name.as_str()).collect();
    let near = did_you_mean(name, all.iter().copied());
    let help = near.unwrap_or_else(|| format!("the scenario has: {}", all.join(", ")));
    Err(StudyError::UnknownPolicy { name: name.to_owned(), help })
}

/// What readers see of a policy, or of the baseline.
pub(crate) fn label(plan: &Plan, name: &str) -> String {
    if name == BASELINE {
        return "Baseline".into();
    }
    plan.policy(name).map_or_else(|| name.to_string(), |p| p.label.clone())
}
