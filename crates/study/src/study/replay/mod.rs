//! Replays: a run or a scenario whose replications can be simulated again, plot by plot, to see where lives diverge.

mod mechanisms;
mod plots;
mod stings;

use std::path::Path;

use crate::replay::ReplayFault;
use crate::results::{Manifest, RESULTS_VERSION, ResultsError, ResultsFolder, TableName, run_hash};
use forestall_model::{BASELINE, Diagnostics, Plan, Table, did_you_mean};

use super::{Overrides, Study, StudyError, label};

pub use mechanisms::{MechanismCount, PolicyMechanisms, ReplayEvent, ReplaySummary};
pub use plots::{DivergingPlots, PlotInBoth, Replayed, ToldPlot};
pub use stings::{Stings, StingsOfPolicy};

/// Why nothing could be replayed.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// What was asked for is not there.
    #[error("{0}")]
    Request(String),
    /// The folder does not hold what this program computes.
    #[error("{0}")]
    Mismatch(String),
    /// A replication could not be simulated.
    #[error("{0}")]
    Failed(String),
    /// The scenario is wrong, or its values leave their range.
    #[error("{0}")]
    Scenario(#[from] Diagnostics),
    /// The run could not be read.
    #[error(transparent)]
    Study(#[from] StudyError),
    /// Files.
    #[error(transparent)]
    Results(#[from] ResultsError),
}

impl From<ReplayFault> for ReplayError {
    fn from(fault: ReplayFault) -> Self {
        match fault {
            ReplayFault::Scenario(diagnostics) => Self::Scenario(diagnostics),
            ReplayFault::GivenUp(reason) => Self::Failed(reason),
        }
    }
}

/// A scenario with the replications and policies that can be replayed.
#[derive(Debug)]
pub struct Replay {
    plan: Plan,
    /// The folder with its record; `None` for a scenario file.
    folder: Option<(ResultsFolder, Manifest)>,
    replications: u64,
    policies: Vec<String>,
}

impl Replay {
    /// Opens the folder of a run, or a scenario file.
    ///
    /// # Errors
    /// [`ReplayError::Request`] if it is neither; [`ReplayError::Mismatch`] if another program made it.
    pub fn open(path: &Path) -> Result<Self, ReplayError> {
        if !path.exists() {
            return Err(ReplayError::Request(format!(
                "there is no file or folder {}; give the folder of a run (output/NAME-HASH) or a scenario file",
                path.display()
            )));
        }
        if path.is_file() {
            let plan = Study::read(&path.into(), &Overrides::default())?;
            let policies = plan.policies.iter().map(|p| p.name.clone()).collect();
            return Ok(Self { replications: plan.replications, policies, folder: None, plan });
        }
        if !path.join("manifest.json").exists() {
            return Err(ReplayError::Request(format!(
                "{} is no folder of a run: it has no manifest.json; a run's folder is called output/NAME-HASH",
                path.display()
            )));
        }
        let folder = ResultsFolder::open(path)?;
        let manifest = folder.manifest()?;
        if manifest.results_version != RESULTS_VERSION {
            let found = format!(
                "its results have version {}, this program makes version {RESULTS_VERSION}",
                manifest.results_version
            );
            return Err(foreign(path, &manifest, &found));
        }
        manifest.same_program(path)?;
        let plan = Study::read(&folder.resolved_scenario().as_path().into(), &Overrides::default())?;
        if run_hash(&plan.fingerprint_text(), plan.seed, RESULTS_VERSION) != manifest.hash {
            return Err(foreign(path, &manifest, "its resolved scenario does not have the hash in its manifest"));
        }
        let policies = manifest.arms.iter().filter(|a| *a != BASELINE).cloned().collect();
        Ok(Self { replications: manifest.replications.done, policies, folder: Some((folder, manifest)), plan })
    }

    /// The scenario.
    pub fn scenario(&self) -> &Plan {
        &self.plan
    }

    /// The policies in order.
    pub fn policies(&self) -> &[String] {
        &self.policies
    }

    /// The folder of the run; `None` for a scenario file.
    pub fn folder(&self) -> Option<&ResultsFolder> {
        self.folder.as_ref().map(|f| &f.0)
    }

    /// That a replication is there.
    ///
    /// # Errors
    /// [`ReplayError::Request`] with those that are.
    pub fn check_replication(&self, number: u64) -> Result<(), ReplayError> {
        let (what, all) = (if self.folder.is_some() { "run" } else { "scenario" }, self.replications);
        if number < all {
            return Ok(());
        }
        let have = if all == 0 { "no finished one".to_owned() } else { format!("0 to {}", all - 1) };
        Err(ReplayError::Request(format!("there is no replication {number}; the {what} has {have}")))
    }

    /// The positions of the policies that are meant: the one named, or all.
    ///
    /// # Errors
    /// [`ReplayError::Request`] with those that are there.
    pub fn chosen(&self, policy: Option<&str>) -> Result<Vec<usize>, ReplayError> {
        let Some(name) = policy else {
            return if self.policies.is_empty() {
                let message = "there is no policy to compare with the baseline; add one under [policies]";
                Err(ReplayError::Request(message.into()))
            } else {
                Ok((0..self.policies.len()).collect())
            };
        };
        if let Some(place) = self.policies.iter().position(|p| p == name) {
            return Ok(vec![place]);
        }
        let near = did_you_mean(name, self.policies.iter().map(String::as_str));
        let list = format!("there are: {}", self.policies.join(", "));
        let help = near.map_or_else(|| list.clone(), |near| format!("{near} {list}"));
        Err(ReplayError::Request(format!("no policy is called `{name}`; {help}")))
    }

    /// What readers see of a policy.
    pub fn label(&self, policy: &str) -> String {
        label(&self.plan, policy)
    }

    /// How the plots of a replication ended as the folder has it, in every arm; `None` without a folder.
    fn saved(&self, draw: u64, replication: u64) -> Result<Option<Table>, ReplayError> {
        let Some(folder) = self.folder() else { return Ok(None) };
        let number = i64::try_from(replication).unwrap_or(i64::MAX);
        let reader = folder.reader(TableName::Matched)?.with_value("replication", number);
        let reader = match i64::try_from(draw) {
            Ok(draw) => reader.with_value("draw", draw),
            Err(_) => reader,
        };
        let reader = reader.only(&["arm", "replication", "plot", "outcome"]);
        let mut saved = reader.columns().clone();
        for piece in reader.pieces() {
            let piece = piece?;
            let numbers = piece.integers("replication").unwrap_or(&[]);
            let mine: Vec<usize> = (0..numbers.len()).filter(|&row| numbers[row] == Some(number)).collect();
            saved.append_rows(&piece.take(&mine), 0..mine.len());
        }
        Ok(Some(saved))
    }
}

fn foreign(path: &Path, manifest: &Manifest, found: &str) -> ReplayError {
    ReplayError::Mismatch(format!(
        "{} cannot be replayed: {found}; it was made by forestall {}, this is {}; run the scenario again, or replay with \
         the program that made it",
        path.display(),
        manifest.version,
        env!("CARGO_PKG_VERSION")
    ))
}
