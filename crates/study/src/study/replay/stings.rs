//! What each sting case would have come to without undercover personas.

use std::collections::{BTreeMap, BTreeSet};

use crate::replay::ReplayArms;
use crate::replay::sting_counts::{self, Found, Row, Run as StingRun};
use crate::replay::stings::{has_personas, without_personas};
use crate::replay::summary::Watch;
use crate::results::{ResultsFolder, TableName, atomic, spreadsheet};
use crate::study::{Monitor, Run};
use forestall_model::{BASELINE, Table};

use super::mechanisms::{ReplayEvent, finished};
use super::{Replay, ReplayError};

/// What the sting cases of one policy, or of the baseline, would have come to.
#[derive(Clone, Debug, PartialEq)]
pub struct StingsOfPolicy {
    /// The policy.
    pub policy: String,
    /// Its name for readers.
    pub label: String,
    /// Replications that were replayed.
    pub replications: u64,
    /// Sting cases.
    pub cases: u64,
    /// Cases that would have led to an attack.
    pub cases_in_attack: u64,
    /// Plots of these people.
    pub plots: u64,
    /// One row a label.
    pub labels: Vec<Row>,
}

/// The labelled sting cases of a run or a scenario.
#[derive(Debug)]
pub struct Stings {
    /// Policy by policy, the baseline first, where they have personas.
    pub policies: Vec<StingsOfPolicy>,
    /// The same as rows of a table.
    pub table: Table,
    /// The run with the labels in its folder, where all its replications were replayed.
    pub run: Option<Run>,
}

impl Replay {
    /// Replays every policy that has personas, or the one named, beside its shadow without them: all replications or
    /// only one; `None` if cancelled.
    ///
    /// # Errors
    /// [`ReplayError::Mismatch`] if the sting cases are not those that the folder holds.
    pub fn stings(
        &self,
        policy: Option<&str>,
        only: Option<u64>,
        monitor: &Monitor<ReplayEvent>,
    ) -> Result<Option<Stings>, ReplayError> {
        if let Some(number) = only {
            self.check_replication(number)?;
        }
        let cast = ReplayArms::new(&self.plan, &self.policies)?;
        let numbers: Vec<u64> = only.map_or_else(|| (0..self.replications).collect(), |number| vec![number]);
        let arms = self.with_personas(&cast, policy, &numbers)?;
        let columns = ["arm", "replication", "sting_cases"];
        let read = |folder: &ResultsFolder| folder.reader(TableName::Replications)?.only(&columns).read_all();
        let saved = self.folder().map(read).transpose()?;
        let done = saved.as_ref().map(finished);
        let there =
            |run: &StingRun| done.as_ref().is_none_or(|d| d.contains(&(self.names(run.policy).0, run.replication)));
        let all =
            numbers.iter().flat_map(|&replication| arms.iter().map(move |&policy| StingRun { policy, replication }));
        let todo: Vec<StingRun> = all.filter(there).collect();
        let shadow_plan = without_personas(&self.plan).map_err(ReplayError::Request)?;
        let shadow = ReplayArms::new(&shadow_plan, &self.policies)?;
        monitor.tell(ReplayEvent::Begins(todo.len() as u64));
        let show = |progress| monitor.tell(ReplayEvent::Progress(progress));
        let found = sting_counts::replay(&cast, &shadow, &todo, &Watch { progress: &show, stop: monitor.cancel });
        monitor.tell(ReplayEvent::Ends);
        let Some(found) = found.map_err(ReplayError::Failed)? else { return Ok(None) };
        if let Some(saved) = &saved {
            self.check_stings(saved, &found)?;
        }
        let rows = sting_counts::rows(&found, &arms);
        let table = sting_counts::table(&rows, &|policy| self.names(policy));
        let mut run = None;
        if let (Some(folder), None) = (self.folder(), only) {
            atomic::write(&folder.stings(), spreadsheet::to_text(&table).as_bytes())?;
            run = Some(Run::open(folder.path())?);
        }
        let policies = arms.iter().map(|&arm| self.of_policy(&rows, arm)).collect();
        Ok(Some(Stings { policies, table, run }))
    }

    /// Name and label of the baseline or of a policy.
    fn names(&self, policy: Option<usize>) -> (String, String) {
        let name = policy.map_or(BASELINE, |place| &self.policies[place]);
        (name.to_owned(), self.label(name))
    }

    /// The baseline and policies that are meant and have personas.
    fn with_personas(
        &self,
        cast: &ReplayArms,
        wanted: Option<&str>,
        numbers: &[u64],
    ) -> Result<Vec<Option<usize>>, ReplayError> {
        let draws: BTreeSet<u64> = numbers.iter().map(|&number| cast.draw(number)).collect();
        let mut with = Vec::new();
        for policy in std::iter::once(None).chain((0..self.policies.len()).map(Some)) {
            for &draw in &draws {
                if cast.holds(policy, draw, |scenario| has_personas(&self.plan, scenario))? {
                    with.push(policy);
                    break;
                }
            }
        }
        let names: Vec<String> = with.iter().map(|&policy| self.names(policy).0).collect();
        if with.is_empty() {
            return Err(ReplayError::Request(
                "no arm has undercover personas, so there is no sting case to label; set services.undercover_personas \
                 above 0 in the scenario or in a policy, and run it"
                    .into(),
            ));
        }
        let wanted = match wanted {
            None => return Ok(with),
            Some(BASELINE) => None,
            Some(policy) => self.chosen(Some(policy))?.first().copied(),
        };
        if with.contains(&wanted) {
            return Ok(vec![wanted]);
        }
        Err(ReplayError::Request(format!(
            "`{}` has no undercover personas, so there is no sting case to label; arms that have some: {}",
            self.names(wanted).0,
            names.join(", ")
        )))
    }

    /// The replay must give the sting cases that the folder holds.
    fn check_stings(&self, saved: &Table, found: &[Found]) -> Result<(), ReplayError> {
        let (Some(arms), Some(numbers), Some(cases)) =
            (saved.column("arm"), saved.column("replication"), saved.column("sting_cases"))
        else {
            return Ok(());
        };
        let number = |row: usize| Some(((arms.text(row), numbers.number(row)? as u64), cases.number(row)? as usize));
        let held: BTreeMap<(String, u64), usize> = (0..saved.rows()).filter_map(number).collect();
        for one in found {
            let (arm, replication) = (self.names(one.run.policy).0, one.run.replication);
            let there = held.get(&(arm.clone(), replication)).copied();
            if there != Some(one.cases.len()) {
                return Err(ReplayError::Mismatch(format!(
                    "replication {replication} of {arm} does not come out as the folder holds it: {} sting cases now, {} \
                     there; the folder was made by another version of the program; run the scenario again",
                    one.cases.len(),
                    there.map_or_else(|| "none".to_owned(), |n| n.to_string())
                )));
            }
        }
        Ok(())
    }

    fn of_policy(&self, rows: &[Row], arm: Option<usize>) -> StingsOfPolicy {
        let labels: Vec<Row> = rows.iter().filter(|r| r.policy == arm).cloned().collect();
        let (policy, label) = self.names(arm);
        StingsOfPolicy {
            policy,
            label,
            replications: labels.first().map_or(0, |r| r.replications),
            cases: labels.iter().map(|r| r.counts.cases).sum(),
            cases_in_attack: labels.iter().map(|r| r.counts.cases_in_attack).sum(),
            plots: labels.iter().map(|r| r.counts.plots.iter().sum::<u64>()).sum(),
            labels,
        }
    }
}
