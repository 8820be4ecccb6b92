//! Through which mechanism each policy averts and induces attacks, over all replications of a run.

use std::collections::{BTreeMap, BTreeSet};

use crate::montecarlo::{Attacks, Progress, each_replication};
use crate::replay::summary::{Case, Watch, cases_table, counts_table, replay};
use crate::replay::{Mechanism, ReplayArms};
use crate::results::{TableName, atomic, spreadsheet};
use crate::study::{Monitor, Run};
use forestall_model::{BASELINE, Column, Table};

use super::{Replay, ReplayError};

/// Attacks averted and induced through one mechanism.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MechanismCount {
    /// The mechanism.
    pub mechanism: Mechanism,
    /// Attacks averted.
    pub averted: u64,
    /// Attacks induced.
    pub induced: u64,
}

/// What one policy averts and induces.
#[derive(Clone, Debug, PartialEq)]
pub struct PolicyMechanisms {
    /// The policy.
    pub policy: String,
    /// Its name for readers.
    pub label: String,
    /// By mechanism, most first.
    pub mechanisms: Vec<MechanismCount>,
    /// The share of the baseline's plots that the policy has too, over all months.
    pub twin_share: Option<f64>,
    /// Chains of causes that reach what the policy changed.
    pub reaching: usize,
    /// All chains.
    pub chains: usize,
}

/// What a run's policies avert and induce.
#[derive(Debug)]
pub struct ReplaySummary {
    /// Policy by policy.
    pub policies: Vec<PolicyMechanisms>,
    /// Replications of each.
    pub replications: u64,
    /// The run, with the counts in its folder.
    pub run: Run,
}

impl Replay {
    /// Replays every replication in which an attack is averted or induced, and writes what was found into the run's
    /// folder; `None` if cancelled.
    ///
    /// # Errors
    /// [`ReplayError::Mismatch`] if the counts are not those that the folder holds.
    pub fn mechanisms(
        &self,
        chosen: &[usize],
        monitor: &Monitor<ReplayEvent>,
    ) -> Result<Option<ReplaySummary>, ReplayError> {
        let Some((folder, manifest)) = &self.folder else {
            return Err(ReplayError::Request(
                "--summary needs the folder of a run; for a scenario file: forestall run it first, then replay the folder"
                    .into(),
            ));
        };
        let finished = finished(&folder.reader(TableName::Replications)?.only(&["arm", "replication"]).read_all()?);
        let arms: Vec<String> = std::iter::once(BASELINE.to_owned()).chain(self.policies.iter().cloned()).collect();
        let mut attacks = Attacks::new(&arms);
        each_replication(folder.reader(TableName::Matched)?, &mut |run, plots| attacks.add(run, plots))?;
        let (todo, expected) = self.todo(chosen, &attacks, &finished);
        let cast = ReplayArms::new(&self.plan, &self.policies)?;
        monitor.tell(ReplayEvent::Begins(todo.len() as u64));
        let show = |progress| monitor.tell(ReplayEvent::Progress(progress));
        let found = replay(&cast, &todo, &Watch { progress: &show, stop: monitor.cancel });
        monitor.tell(ReplayEvent::Ends);
        let Some(cases) = found.map_err(ReplayError::Failed)? else { return Ok(None) };
        for (name, (averted, induced)) in &expected {
            let count = |a: bool| cases.iter().filter(|c| c.policy == **name && c.averted == a).count() as u64;
            if (count(true), count(false)) != (*averted, *induced) {
                return Err(ReplayError::Mismatch(format!(
                    "the replay of {name} averts {} and induces {} attacks, the folder holds {averted} and {induced}; it was \
                     made by another version of the program; run the scenario again",
                    count(true),
                    count(false)
                )));
            }
        }
        let labels: Vec<(String, String)> =
            chosen.iter().map(|&p| (self.policies[p].clone(), self.label(&self.policies[p]))).collect();
        let replications = manifest.replications.done;
        atomic::write(&folder.partings(), spreadsheet::to_text(&cases_table(&cases)).as_bytes())?;
        let counts = counts_table(&cases, &labels, replications);
        atomic::write(&folder.mechanisms(), spreadsheet::to_text(&counts).as_bytes())?;
        let run = Run::open(folder.path())?;
        atomic::write(&folder.twin_share(), spreadsheet::to_text(run.twin_share()?).as_bytes())?;
        let share = run.twin_share()?;
        let policies = labels.into_iter().map(|(policy, label)| of_policy(&cases, policy, label, share)).collect();
        Ok(Some(ReplaySummary { policies, replications, run }))
    }

    /// The replications with the policies that avert or induce an attack in them, and how many each averts and induces
    /// in all.
    fn todo(&self, chosen: &[usize], attacks: &Attacks, finished: &BTreeSet<(String, u64)>) -> (Todo, Expected<'_>) {
        let both =
            |policy: &str, run: u64| [BASELINE, policy].iter().all(|a| finished.contains(&((*a).to_owned(), run)));
        let mut todo: BTreeMap<u64, Vec<usize>> = BTreeMap::new();
        let mut expected = Expected::new();
        for &place in chosen {
            let name = self.policies[place].as_str();
            let (averted, induced) = expected.entry(name).or_default();
            // A run that failed in one arm has no twin to compare with.
            for (run, found) in attacks.of(name).into_iter().flatten().filter(|(run, _)| both(name, run.1 as u64)) {
                *averted += found.averted as u64;
                *induced += found.induced as u64;
                if found.averted + found.induced > 0.0 {
                    todo.entry(run.1 as u64).or_default().push(place);
                }
            }
        }
        (todo.into_iter().collect(), expected)
    }
}

/// Replications, each with the positions of policies.
type Todo = Vec<(u64, Vec<usize>)>;
/// Attacks averted and induced by policy.
type Expected<'a> = BTreeMap<&'a str, (u64, u64)>;

/// What happens while replications are simulated again.
#[derive(Clone, Copy, Debug)]
pub enum ReplayEvent {
    /// So many replications begin.
    Begins(u64),
    /// A replication has ended.
    Progress(Progress),
    /// The replications have ended.
    Ends,
}

/// The runs that finished, by arm and replication.
pub(super) fn finished(replications: &Table) -> BTreeSet<(String, u64)> {
    let (Some(arms), Some(numbers)) = (replications.column("arm"), replications.column("replication")) else {
        return BTreeSet::new();
    };
    (0..replications.rows()).filter_map(|row| Some((arms.text(row), numbers.number(row)? as u64))).collect()
}

fn of_policy(cases: &[Case], policy: String, label: String, share: &Table) -> PolicyMechanisms {
    let mine: Vec<&Case> = cases.iter().filter(|c| c.policy == policy).collect();
    let distinct: BTreeSet<Mechanism> = mine.iter().map(|c| c.mechanism).collect();
    let count =
        |m: Mechanism, averted: bool| mine.iter().filter(|c| c.mechanism == m && c.averted == averted).count() as u64;
    let mut mechanisms: Vec<MechanismCount> = distinct
        .into_iter()
        .map(|m| MechanismCount { mechanism: m, averted: count(m, true), induced: count(m, false) })
        .collect();
    mechanisms.sort_by_key(|r| (std::cmp::Reverse(r.averted + r.induced), r.mechanism));
    PolicyMechanisms {
        mechanisms,
        twin_share: twins_overall(share, &policy),
        reaching: mine.iter().filter(|c| c.reaches_policy).count(),
        chains: mine.len(),
        policy,
        label,
    }
}

/// The twin share of a policy over all months.
fn twins_overall(share: &Table, policy: &str) -> Option<f64> {
    let (names, plots, twins) = (share.column("arm")?, share.column("plots")?, share.column("twins")?);
    let sum = |column: &Column| {
        (0..names.len()).filter(|&row| names.text(row) == policy).filter_map(|row| column.number(row)).sum::<f64>()
    };
    let all = sum(plots);
    (all > 0.0).then(|| sum(twins) / all)
}
