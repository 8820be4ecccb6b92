//! Two finished runs side by side: what differs in settings, in outcomes and in the effects of policies.

mod quantities;
mod settings;

use std::path::{Path, PathBuf};

use crate::results::{Manifest, ResultsFolder, Status};
use forestall_model::{BASELINE, SettingDifference};

use super::Run;
use super::analyses::AnalyseError;
use quantities::Both;
pub use quantities::BothRuns;

/// The outcome whose effects are read as attacks prevented.
const ATTACKS: &str = "attacks_completed";

/// One of the two runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ComparedRun {
    /// Its folder; empty for a run in memory.
    pub folder: PathBuf,
    /// Name of the scenario.
    pub name: String,
    /// First and last day of the outcomes.
    pub period: (String, String),
    /// Seed of all random numbers.
    pub seed: u64,
    /// Replications of every policy run.
    pub replications: u64,
    /// Draws of uncertain parameters that replications take in turn; 0 for none.
    pub draws: u64,
    /// The policies, the baseline first.
    pub policies: Vec<String>,
    /// Version of the meaning of results.
    pub results_version: u32,
    /// The hash that names the run.
    pub hash: String,
}

/// How replications of the two are held against each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pairing {
    /// Whether a difference is taken within a replication, on common random numbers, and not between two samples.
    pub paired: bool,
    /// Why so.
    pub why: String,
    /// Replications of the baseline that both have, where paired.
    pub pairs: usize,
}

/// What only one of the runs has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WithoutCounterpart {
    /// `policy` or `outcome`.
    pub kind: &'static str,
    /// Its name.
    pub name: String,
    /// The run that has it: 0 the first, 1 the second.
    pub run: usize,
}

/// Two runs side by side.
#[derive(Clone, Debug, PartialEq)]
pub struct Compared {
    /// The two.
    pub runs: [ComparedRun; 2],
    /// How they are held against each other.
    pub pairing: Pairing,
    /// Settings that are not the same.
    pub settings: Vec<SettingDifference>,
    /// Means of each outcome in each policy run that both have, the baseline first.
    pub outcomes: Vec<BothRuns>,
    /// The effect of each policy that both have, policy − baseline, on each outcome.
    pub effects: Vec<BothRuns>,
    /// What is left out, as only one of them has it.
    pub without_counterpart: Vec<WithoutCounterpart>,
    /// Whether every outcome is the same number in every replication that both have; `false` where runs are not paired.
    pub equal: bool,
    /// What a reader should know.
    pub notes: Vec<String>,
}

impl Compared {
    /// Whether neither settings nor numbers differ, and nothing is left out.
    pub fn nothing_differs(&self) -> bool {
        self.equal && self.settings.is_empty() && self.without_counterpart.is_empty()
    }

    /// The attacks that each policy prevents: baseline − policy, in both runs.
    pub fn attacks_prevented(&self) -> Vec<BothRuns> {
        self.effects.iter().filter(|row| row.outcome == ATTACKS).map(BothRuns::turned).collect()
    }

    /// The attacks carried out in each policy run that both have.
    pub fn attacks(&self) -> Vec<&BothRuns> {
        self.outcomes.iter().filter(|row| row.outcome == ATTACKS).collect()
    }
}

/// Compares the runs in two folders.
///
/// # Errors
/// [`AnalyseError::Unfinished`]; as [`Run::open`] where a folder holds no run or a damaged one.
pub fn compare(first: impl AsRef<Path>, second: impl AsRef<Path>) -> Result<Compared, AnalyseError> {
    let open = |path: &Path| {
        // What has not finished may have no tables to open.
        let record = ResultsFolder::open(path)?.manifest()?;
        finished(path, &record)?;
        Ok::<_, AnalyseError>(Run::open(path)?)
    };
    compare_runs(&open(first.as_ref())?, &open(second.as_ref())?)
}

/// Compares two runs; of their tables only that of replications is read, some columns at a time.
///
/// # Errors
/// [`AnalyseError::Unfinished`]; [`AnalyseError::Request`] where they share no outcome.
pub fn compare_runs(first: &Run, second: &Run) -> Result<Compared, AnalyseError> {
    let both = [first, second];
    for run in both {
        finished(run.folder().map_or(Path::new("a run in memory"), ResultsFolder::path), run.manifest())?;
    }
    let mut lone = Vec::new();
    let arms = shared(both.map(|run| run.manifest().arms.clone()), "policy", &mut lone);
    if !arms.iter().any(|arm| arm == BASELINE) {
        return Err(AnalyseError::Request("a run has no baseline; run it again with one".into()));
    }
    let (paired, why) = settings::pairing(first, second);
    let numbers = Both::read(both, paired)?.compare(&arms, &mut lone)?;
    if numbers.outcomes.is_empty() {
        return Err(AnalyseError::Request("the two runs share no outcome; run one of them again".into()));
    }
    let settings = settings::differences(first, second);
    let pairing = Pairing { paired, why, pairs: numbers.pairs };
    let mut found = Compared {
        runs: both.map(about),
        notes: Vec::new(),
        equal: paired && numbers.equal,
        pairing,
        settings,
        outcomes: numbers.outcomes,
        effects: numbers.effects,
        without_counterpart: lone,
    };
    found.notes = settings::notes(&found);
    Ok(found)
}

/// That a run has all its replications.
fn finished(path: &Path, record: &Manifest) -> Result<(), AnalyseError> {
    if record.status == Status::Complete {
        return Ok(());
    }
    let (done, asked) = (record.replications.done, record.replications.asked);
    Err(AnalyseError::Unfinished { path: path.to_path_buf(), done, asked })
}

/// The names that both have, in the order of the first; the others are put down as without counterpart.
fn shared([first, second]: [Vec<String>; 2], kind: &'static str, lone: &mut Vec<WithoutCounterpart>) -> Vec<String> {
    let only = |own: &[String], other: &[String], run: usize| {
        let left = own.iter().filter(|name| !other.contains(name)).cloned();
        left.map(|name| WithoutCounterpart { kind, name, run }).collect::<Vec<_>>()
    };
    lone.extend(only(&first, &second, 0));
    lone.extend(only(&second, &first, 1));
    first.into_iter().filter(|name| second.contains(name)).collect()
}

fn about(run: &Run) -> ComparedRun {
    let (record, plan) = (run.manifest(), run.scenario());
    ComparedRun {
        folder: run.folder().map(|folder| folder.path().to_path_buf()).unwrap_or_default(),
        name: plan.name.clone(),
        period: (plan.start.to_string(), plan.end.yesterday().unwrap_or(plan.end).to_string()),
        seed: record.seed,
        replications: record.replications.done,
        draws: plan.draws(),
        policies: record.arms.clone(),
        results_version: record.results_version,
        hash: record.hash.clone(),
    }
}
