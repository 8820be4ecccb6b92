//! The merged tables of a sweep as the analyses take them: outcomes beside the points that gave them.

use std::collections::BTreeMap;

use crate::design::{Design, Problem};
use crate::results::{ResultsFolder, SweepFolder, TableName};
use forestall_model::{Column, Table};

use super::error::ClusterError;
use super::plan::SweepPlan;
use super::points::{read_design, read_plan};

/// Outcomes of a merged sweep, run by run.
#[derive(Debug)]
pub struct Outcomes {
    /// The plan.
    pub plan: SweepPlan,
    /// The factors.
    pub problem: Problem,
    /// The design.
    pub design: Design,
    /// `arm`, `point`, `replicate` and the outcomes asked for, one row a run.
    pub rows: Table,
}

/// Reads these outcomes of a merged sweep.
///
/// # Errors
/// [`ClusterError::Incomplete`] where nothing is merged yet, [`ClusterError::Request`] for an unknown outcome, and
/// [`ClusterError::Mismatch`] where tables and plan do not belong together.
pub(crate) fn outcomes(folder: &SweepFolder, wanted: &[&str]) -> Result<Outcomes, ClusterError> {
    let plan = read_plan(folder)?;
    if !folder.manifest_path().exists() {
        return Err(ClusterError::Request(format!(
            "nothing is merged in {0} yet; run `forestall sweep run {0}`, then `forestall sweep merge {0}`",
            folder.path().display()
        )));
    }
    let saved = ResultsFolder::open(folder.path())?;
    if saved.manifest()?.hash != plan.hash {
        return Err(ClusterError::Mismatch(format!(
            "{} was merged from another plan than plan.json; merge again",
            folder.path().display()
        )));
    }
    saved.verify()?;
    let (problem, design) = read_design(folder, &plan)?;
    for name in wanted {
        if !forestall_model::columns().iter().any(|column| column.name == *name) {
            let known: Vec<&str> = forestall_model::columns().iter().map(|c| c.name).collect();
            let near = forestall_model::did_you_mean(name, known.iter().copied());
            let help = near.unwrap_or_else(|| "`forestall list outcomes` names them all".into());
            return Err(ClusterError::Request(format!("no outcome is called `{name}`; {help}")));
        }
    }
    let columns: Vec<&str> = ["arm", "point", "replicate"].into_iter().chain(wanted.iter().copied()).collect();
    let rows = folder.read_columns(TableName::Replications, &columns)?;
    Ok(Outcomes { plan, problem, design, rows })
}

impl Outcomes {
    /// The arm that an analysis of single points is about: the one named, the only one, or the baseline. `None` where
    /// the policy is a factor, so that every point has its own.
    ///
    /// # Errors
    /// [`ClusterError::Request`] for an arm that the sweep does not have.
    pub fn arm(&self, named: Option<&str>) -> Result<Option<String>, ClusterError> {
        match named {
            Some(_) if self.plan.policy_factor => {
                Err(ClusterError::request("the policy is a factor of this design; leave --policy out"))
            }
            Some(name) if self.plan.arms.iter().any(|arm| arm == name) => Ok(Some(name.to_owned())),
            Some(name) => {
                let arms = self.plan.arms.join(", ");
                Err(ClusterError::request(format!("the sweep did not run `{name}`; it has: {arms}")))
            }
            None if self.plan.policy_factor => Ok(None),
            None => Ok(self.plan.arms.first().cloned()),
        }
    }

    /// The response for sensitivity analysis: `row`, `replicate` and the outcome under one arm; with `against`, the
    /// paired difference arm − against.
    pub fn response(&self, outcome: &str, arm: Option<&str>, against: Option<&str>) -> Table {
        let mut values: BTreeMap<(i64, i64), [Option<f64>; 2]> = BTreeMap::new();
        let whole = |name: &str, row: usize| self.rows.integers(name).and_then(|v| v[row]).unwrap_or(0);
        for row in 0..self.rows.rows() {
            let name = self.rows.texts("arm").map_or("", |arms| arms[row].as_str());
            let side = match (arm, against) {
                (None, _) => 0,
                (Some(arm), _) if arm == name => 0,
                (_, Some(against)) if against == name => 1,
                _ => continue,
            };
            let value = self.rows.column(outcome).and_then(|column| column.number(row));
            values.entry((whole("point", row), whole("replicate", row))).or_default()[side] = value;
        }
        let difference = |pair: &[Option<f64>; 2]| match against {
            None => pair[0],
            Some(_) => pair[0].zip(pair[1]).map(|(a, b)| a - b),
        };
        let mut table = Table::new();
        table.push("row", Column::Integer(values.keys().map(|key| Some(key.0)).collect()));
        table.push("replicate", Column::Integer(values.keys().map(|key| Some(key.1)).collect()));
        table.push(outcome, Column::Number(values.values().map(difference).collect()));
        table
    }

    /// One row a point and arm: `point`, `policy` (where it is no factor), the factors, and the means of the outcomes
    /// over replicates; undefined where no replicate has a value.
    pub fn means(&self) -> Table {
        let names: Vec<&str> =
            self.rows.columns().map(|c| c.0).filter(|n| !["arm", "point", "replicate"].contains(n)).collect();
        let mut sums: BTreeMap<(usize, usize), Vec<(f64, u32)>> = BTreeMap::new();
        for row in 0..self.rows.rows() {
            let point = self.rows.integers("point").and_then(|v| v[row]).unwrap_or(0) as usize;
            let name = self.rows.texts("arm").map_or("", |arms| arms[row].as_str());
            let arm = self.plan.arms.iter().position(|known| known == name).unwrap_or(0);
            let sums = sums.entry((point, arm)).or_insert_with(|| vec![(0.0, 0); names.len()]);
            for (sum, name) in sums.iter_mut().zip(&names) {
                if let Some(value) = self.rows.column(name).and_then(|column| column.number(row)) {
                    *sum = (sum.0 + value, sum.1 + 1);
                }
            }
        }
        let mut table = Table::new();
        table.push("point", Column::Integer(sums.keys().map(|key| Some(key.0 as i64)).collect()));
        if !self.plan.policy_factor {
            table.push("policy", Column::Text(sums.keys().map(|key| self.plan.arms[key.1].clone()).collect()));
        }
        let points: Vec<usize> = sums.keys().map(|key| key.0).collect();
        for (name, column) in self.design.table().take(&points).columns() {
            table.push(name, column.clone());
        }
        for (place, name) in names.iter().enumerate() {
            let mean = |s: &Vec<(f64, u32)>| (s[place].1 > 0).then(|| s[place].0 / f64::from(s[place].1));
            table.push(*name, Column::Number(sums.values().map(mean).collect()));
        }
        table
    }
}
