//! What `replay` reads: a results folder of this version, or a scenario file.

use std::path::Path;

use forestall_model::scenario::nearest::did_you_mean;
use forestall_model::scenario::{LoadOptions, Plan};
use forestall_model::table::Table;
use forestall_report::chart::BASELINE;
use forestall_study::results::{Manifest, RESULTS_VERSION, ResultsFolder, TableName, run_hash};

use super::outcome::{Exit, Failure};
use super::source;

/// A scenario with the replications and policies that can be replayed.
pub struct Source {
    pub plan: Plan,
    /// The folder with its manifest; `None` for a scenario file.
    pub folder: Option<(ResultsFolder, Manifest)>,
    /// Replications from 0 below this one.
    pub replications: u64,
    /// Policies in order.
    pub policies: Vec<String>,
}

/// Opens a results folder or a scenario file.
pub fn open(path: &Path) -> Result<Source, Failure> {
    if !path.exists() {
        return Err(Failure::usage(format!(
            "there is no file or folder {}; give the folder of a run (output/NAME-HASH) or a scenario file",
            path.display()
        )));
    }
    if path.is_file() {
        let plan = source::plan(path, &LoadOptions::default())?;
        let policies = plan.policies.iter().map(|p| p.name.clone()).collect();
        return Ok(Source { replications: plan.replications, policies, folder: None, plan });
    }
    if !path.join("manifest.json").exists() {
        return Err(Failure::usage(format!(
            "{} is no folder of a run: it has no manifest.json; a run's folder is called output/NAME-HASH",
            path.display()
        )));
    }
    let folder = ResultsFolder::open(path)?;
    let manifest = folder.manifest()?;
    if manifest.results_version != RESULTS_VERSION {
        return Err(foreign(
            path,
            &manifest,
            &format!(
                "its results have version {}, this program makes version {RESULTS_VERSION}",
                manifest.results_version
            ),
        ));
    }
    manifest.same_program(path)?;
    let plan = source::plan(&folder.resolved_scenario(), &LoadOptions::default())?;
    if run_hash(&plan.fingerprint_text(), plan.seed, RESULTS_VERSION) != manifest.hash {
        return Err(foreign(path, &manifest, "its resolved scenario does not have the hash in its manifest"));
    }
    let policies = manifest.arms.iter().filter(|a| *a != BASELINE).cloned().collect();
    Ok(Source { replications: manifest.replications.done, policies, folder: Some((folder, manifest)), plan })
}

fn foreign(path: &Path, manifest: &Manifest, found: &str) -> Failure {
    Failure::Other(
        Exit::Data,
        anyhow::anyhow!(
            "{} cannot be replayed: {found}; it was made by forestall {}, this is {}; run the scenario again, or replay with \
             the program that made it",
            path.display(),
            manifest.version,
            env!("CARGO_PKG_VERSION")
        ),
    )
}

impl Source {
    /// Checks the number of a replication.
    pub fn replication(&self, number: u64) -> Result<(), Failure> {
        let (what, all) = (if self.folder.is_some() { "run" } else { "scenario" }, self.replications);
        if number < all {
            return Ok(());
        }
        let have = if all == 0 { "no finished one".to_owned() } else { format!("0 to {}", all - 1) };
        Err(Failure::usage(format!("there is no replication {number}; the {what} has {have}")))
    }

    /// The positions of the policies that are meant: the one named, or all.
    pub fn chosen(&self, policy: Option<&str>) -> Result<Vec<usize>, Failure> {
        let Some(name) = policy else {
            return if self.policies.is_empty() {
                Err(Failure::usage("there is no policy to compare with the baseline; add one under [policies]"))
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
        Err(Failure::usage(format!("no policy is called `{name}`; {help}")))
    }

    /// What readers see of a policy.
    pub fn label(&self, policy: &str) -> String {
        self.plan.policy(policy).map_or_else(|| policy.to_owned(), |p| p.label.clone())
    }

    /// The saved rows of plots, if there is a folder.
    pub fn matched(&self) -> Result<Option<Table>, Failure> {
        self.folder.as_ref().map(|(folder, _)| Ok(folder.read(TableName::Matched)?)).transpose()
    }
}
