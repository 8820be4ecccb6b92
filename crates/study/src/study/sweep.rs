//! A sweep: the points of a design over a scenario, planned, worked off here or on a cluster, merged.

use std::path::{Path, PathBuf};
use std::time::Instant;

use crate::cluster::scheduler::shards_for;
use crate::cluster::{
    self, ClusterError, Merged, Model, Outcomes, Points, Shard, SweepPlan, SweepRequest, SweepStatus, Worked,
};
use crate::design::{self, Design, DesignError, Problem};
use crate::montecarlo::Progress;
use crate::results::{SweepFolder, atomic, bounded};
use forestall_model::BASELINE;

use super::{Monitor, Overrides, Study};

/// What is swept, and how.
#[derive(Clone, Debug)]
pub struct SweepDesign {
    /// How the points are laid out.
    pub design: design::DesignRequest,
    /// Parameters to vary: `services.analysts=50..200`, `membership.pool_member=true|false`.
    pub levers: Vec<String>,
    /// Whether the scenario's uncertain parameters are factors too.
    pub uncertain: bool,
    /// Policies, replications, tables and shards.
    pub runs: SweepRequest,
    /// Whether a few runs are timed for an estimate.
    pub pilot: bool,
}

/// A sweep in its folder.
#[derive(Debug)]
pub struct Sweep {
    folder: SweepFolder,
    plan: SweepPlan,
}

impl Study {
    /// Lays out the points of a design over this scenario in a folder of its own in `out`; `warn` is told which policy
    /// cannot be run at the first point, and why.
    ///
    /// # Errors
    /// [`ClusterError`].
    pub fn sweep(
        &self,
        request: &SweepDesign,
        out: &Path,
        warn: &mut dyn FnMut(&str, &str),
    ) -> Result<Sweep, ClusterError> {
        let scenario = self.scenario();
        let mut runs = request.runs.clone();
        if runs.policy_factor && runs.policies.is_empty() {
            runs.policies = vec!["all".into()];
        }
        let categories: Option<Vec<String>> = runs.policy_factor.then(|| {
            let every = runs.policies == ["all"];
            let chosen = scenario.policies.iter().map(|p| &p.name).filter(|name| every || runs.policies.contains(name));
            std::iter::once(BASELINE.to_owned()).chain(chosen.cloned()).collect()
        });
        let problem = cluster::factors(scenario, request.uncertain, &request.levers, categories.as_deref())?;
        let laid = design::plan(&problem, &request.design)?;
        let plan = SweepPlan::new(scenario, &laid, &request.design, &runs)?;
        let mut points = Points::new(plan, scenario.clone(), problem, laid);
        // Building every arm at one point tells a wrong policy now and not after hours.
        for name in points.plan.arms.clone() {
            if let Err(message) = points.arm(0, &name) {
                warn(&name, &message);
            }
        }
        if request.pilot {
            points.plan.estimate = Some(cluster::pilot(&points.plan, &points)?);
            if runs.shards.is_none() {
                points.plan.shards = shards_for(&points.plan, 1, u64::MAX);
            }
        }
        let folder = SweepFolder::create(out, &points.plan.name, &points.plan.hash)?;
        cluster::write(&folder, &points)?;
        Ok(Sweep { folder, plan: points.plan })
    }
}

impl Sweep {
    /// Opens the folder of a sweep.
    ///
    /// # Errors
    /// [`ClusterError::Request`] if it is none.
    pub fn open(path: &Path) -> Result<Self, ClusterError> {
        if !path.join("plan.json").is_file() {
            return Err(ClusterError::Request(format!(
                "{} is no sweep: it has no plan.json; make one with `forestall sweep plan SCENARIO --design lhs --points 100`",
                path.display()
            )));
        }
        // Tasks of a cluster start elsewhere.
        let whole: PathBuf = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
        let folder = SweepFolder::open(&whole)?;
        let text = bounded::text(&folder.plan(), bounded::TEXT)
            .map_err(|e| ClusterError::Request(format!("cannot read {}: {e}", folder.plan().display())))?;
        Ok(Self { plan: SweepPlan::read(&text)?, folder })
    }

    /// The folder.
    pub fn folder(&self) -> &SweepFolder {
        &self.folder
    }

    /// The plan.
    pub fn plan(&self) -> &SweepPlan {
        &self.plan
    }

    /// Whether its shards are merged.
    pub fn is_merged(&self) -> bool {
        self.folder.manifest_path().exists()
    }

    /// Runs that a shard has in all.
    pub fn runs_of(&self, shard: Shard) -> u64 {
        shard.chunks(self.plan.chunks()).map(|chunk| self.plan.runs_of(self.plan.points_of(chunk))).sum()
    }

    /// Runs what is missing of a shard, until a moment if one is given.
    ///
    /// # Errors
    /// [`ClusterError`]; single runs that fail are counted instead.
    pub fn work(
        &self,
        shard: Shard,
        deadline: Option<Instant>,
        monitor: &Monitor<Progress>,
    ) -> Result<Worked, ClusterError> {
        let points = cluster::open(&self.folder, &|path: &Path| Study::read(&path.into(), &Overrides::default()))?;
        cluster::run(&points.plan, &self.folder, shard.chunks(points.plan.chunks()), &points, monitor, deadline)
    }

    /// How far it is, cut into so many shards, from its files alone.
    ///
    /// # Errors
    /// [`ClusterError`].
    pub fn status(&self, shards: u64) -> Result<SweepStatus, ClusterError> {
        cluster::status(&self.folder, &self.plan, shards)
    }

    /// Cuts it into so many shards from now on.
    ///
    /// # Errors
    /// [`ClusterError::Results`] if the plan cannot be written.
    pub fn cut(&mut self, shards: u64) -> Result<(), ClusterError> {
        self.plan.shards = shards;
        atomic::write(&self.folder.plan(), self.plan.write().as_bytes())?;
        Ok(())
    }

    /// Merges what the shards have left; `git_commit` is the commit of the program that merges, where known.
    ///
    /// # Errors
    /// [`ClusterError::Incomplete`] if runs are missing.
    pub fn merge(&self, git_commit: Option<String>) -> Result<Merged, ClusterError> {
        cluster::merge(&self.folder, &self.plan, git_commit)
    }

    /// Outcomes of the merged sweep beside its points.
    ///
    /// # Errors
    /// [`ClusterError::Incomplete`] where nothing is merged yet; [`ClusterError::Request`] for an unknown outcome;
    /// [`ClusterError::Mismatch`] where tables and plan do not belong together.
    pub fn outcomes(&self, wanted: &[&str]) -> Result<Outcomes, ClusterError> {
        cluster::outcomes(&self.folder, wanted)
    }
}

/// Reads a problem file: the factors of a model of the user's own.
///
/// # Errors
/// [`DesignError`].
pub fn read_problem(path: &Path) -> Result<Problem, DesignError> {
    let text = bounded::text(path, bounded::TEXT).map_err(|e| {
        DesignError::Request(format!("cannot read {}: {e}; give a problem file by --problem", path.display()))
    })?;
    Problem::parse(&path.display().to_string(), &text)
}

/// Lays out the points of a design for a model of the user's own.
///
/// # Errors
/// [`DesignError`].
pub fn design_points(problem_file: &Path, request: &design::DesignRequest) -> Result<Design, DesignError> {
    design::plan(&read_problem(problem_file)?, request)
}
