//! Paired comparisons of every policy with the baseline, and the matched view of attacks.

use std::collections::{BTreeMap, BTreeSet};

use crate::stats::{Paired, mean_by_draw, paired};
use forestall_model::{Column, Table, columns};

use super::plots::{Plot, RunId};

/// Level of every interval in the comparisons.
pub const CONFIDENCE: f64 = 0.95;

/// Outcomes whose values are in memory at a time.
const AT_A_TIME: usize = 16;

/// One row a policy and outcome: paired on draw and replication, undefined pairs left out.
///
/// `read` gives columns of the table of replications. `labels` gives each arm's label in order, the baseline first.
/// `attacks_averted` and `attacks_induced` are per-replication counts from the matched view, compared with zero.
///
/// # Errors
/// Those of `read`.
pub(crate) fn comparisons<E>(
    read: impl Fn(&[&str]) -> Result<Table, E>,
    attacks: &Attacks,
    labels: &[(String, String)],
) -> Result<Table, E> {
    let index = by_arm(&read(&RUN)?);
    let base = labels.first().and_then(|(baseline, _)| index.get(baseline.as_str()));
    let policies = labels.get(1..).unwrap_or(&[]).iter();
    let arms = policies.filter_map(|(policy, label)| Some((policy, label, index.get(policy.as_str())?)));
    let mut found: Vec<_> = arms.map(|arm| (arm, Rows::default())).collect();
    let Some(base) = base else { return Ok(Rows::default().table()) };
    let outcomes: Vec<&str> = columns().iter().map(|column| column.name).collect();
    for some in outcomes.chunks(AT_A_TIME) {
        let table = read(some)?;
        for (outcome, values) in table.columns() {
            for ((policy, label, arm), rows) in &mut found {
                let pair =
                    |(key, row): (&RunId, &usize)| Some((key.0, values.number(*row)?, values.number(*arm.get(key)?)?));
                rows.push(policy, label, outcome, &base.iter().filter_map(pair).collect::<Vec<_>>());
            }
        }
    }
    let mut all = Rows::default();
    for ((policy, label, arm), mut rows) in found {
        let counts = attacks.of(policy);
        let runs = base.keys().filter(|key| arm.contains_key(*key));
        let of = |part: fn(&Matched) -> f64| -> Vec<(i64, f64, f64)> {
            runs.clone().map(|key| (key.0, 0.0, counts.and_then(|c| c.get(key)).map_or(0.0, part))).collect()
        };
        rows.push(policy, label, "attacks_averted", &of(|m| m.averted));
        rows.push(policy, label, "attacks_induced", &of(|m| m.induced));
        all.append(rows);
    }
    Ok(all.table())
}

/// The columns that say to which run a row belongs.
pub(crate) const RUN: [&str; 3] = ["arm", "draw", "replication"];

/// Where in a table of replications the row of each run is, by arm.
pub(crate) fn by_arm(table: &Table) -> BTreeMap<String, BTreeMap<RunId, usize>> {
    let mut index: BTreeMap<String, BTreeMap<RunId, usize>> = BTreeMap::new();
    if let (Some(arms), Some(draws), Some(numbers)) =
        (table.column("arm"), table.column("draw"), table.column("replication"))
    {
        for row in 0..table.rows() {
            if let (Some(draw), Some(number)) = (draws.number(row), numbers.number(row)) {
                index.entry(arms.text(row)).or_default().insert((draw as i64, number as i64), row);
            }
        }
    }
    index
}

/// Attacks of one replication, matched by plot between the baseline and a policy.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Matched {
    /// Completed in the baseline, not under the policy.
    pub averted: f64,
    /// Completed under the policy, not in the baseline.
    pub induced: f64,
}

/// The matched view: for each policy, attacks averted and induced in the runs that have some.
#[derive(Clone, Debug)]
pub(crate) struct Attacks {
    /// The arms, the baseline first.
    arms: Vec<String>,
    counts: BTreeMap<String, BTreeMap<RunId, Matched>>,
}

impl Attacks {
    /// Nothing yet, for these arms, the baseline first.
    pub(crate) fn new(arms: &[String]) -> Self {
        Self { arms: arms.to_vec(), counts: BTreeMap::new() }
    }

    /// Adds the plots of a replication.
    pub(crate) fn add(&mut self, run: RunId, plots: &[Plot]) {
        let mut completed: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for plot in plots.iter().filter(|plot| plot.completed()) {
            completed.entry(plot.arm).or_default().insert(plot.key);
        }
        let none = BTreeSet::new();
        let of = |arm: &String| completed.get(arm.as_str()).unwrap_or(&none);
        let [baseline, policies @ ..] = self.arms.as_slice() else { return };
        let base = of(baseline);
        for policy in policies {
            let theirs = of(policy);
            let count = Matched {
                averted: base.difference(theirs).count() as f64,
                induced: theirs.difference(base).count() as f64,
            };
            if count != Matched::default() {
                self.counts.entry(policy.clone()).or_default().insert(run, count);
            }
        }
    }

    /// The runs in which a policy averts or induces an attack, with how many; `None` where it never does.
    pub(crate) fn of(&self, policy: &str) -> Option<&BTreeMap<RunId, Matched>> {
        self.counts.get(policy)
    }
}

/// The paired difference of (draw, baseline, policy) rows, with the interval that fits runs which share draws.
pub(crate) fn difference(pairs: &[(i64, f64, f64)]) -> Option<Paired> {
    let (base, other): (Vec<f64>, Vec<f64>) = pairs.iter().map(|p| (p.1, p.2)).unzip();
    let mut found = paired(&base, &other, CONFIDENCE)?;
    let differences: Vec<(i64, f64)> = pairs.iter().map(|(draw, base, other)| (*draw, other - base)).collect();
    if let Some(by_draw) = mean_by_draw(&differences, CONFIDENCE) {
        (found.low, found.high) = (by_draw.interval.low, by_draw.interval.high);
    }
    Some(found)
}

/// The columns of `comparisons.csv`, filled row by row.
#[derive(Default)]
struct Rows {
    policy: Vec<String>,
    label: Vec<String>,
    outcome: Vec<String>,
    n: Vec<Option<i64>>,
    numbers: [Vec<Option<f64>>; 7],
}

impl Rows {
    fn push(&mut self, policy: &str, label: &str, outcome: &str, pairs: &[(i64, f64, f64)]) {
        let p = difference(pairs);
        self.policy.push(policy.into());
        self.label.push(label.into());
        self.outcome.push(outcome.into());
        self.n.push(Some(pairs.len() as i64));
        let cell = |f: fn(&Paired) -> Option<f64>| p.as_ref().and_then(f).filter(|x| x.is_finite());
        let cells = [
            cell(|p| Some(p.baseline_mean)),
            cell(|p| Some(p.policy_mean)),
            cell(|p| Some(p.difference)),
            cell(|p| Some(p.low)),
            cell(|p| Some(p.high)),
            cell(|p| p.correlation),
            cell(|p| p.variance_reduction),
        ];
        for (column, value) in self.numbers.iter_mut().zip(cells) {
            column.push(value);
        }
    }

    fn append(&mut self, more: Self) {
        self.policy.extend(more.policy);
        self.label.extend(more.label);
        self.outcome.extend(more.outcome);
        self.n.extend(more.n);
        for (column, more) in self.numbers.iter_mut().zip(more.numbers) {
            column.extend(more);
        }
    }

    fn table(self) -> Table {
        let mut table = Table::new();
        table.push("policy", Column::Text(self.policy));
        table.push("label", Column::Text(self.label));
        table.push("outcome", Column::Text(self.outcome));
        table.push("n", Column::Integer(self.n));
        let names =
            ["baseline_mean", "policy_mean", "difference", "ci_low", "ci_high", "correlation", "variance_reduction"];
        for (name, values) in names.into_iter().zip(self.numbers) {
            table.push(name, Column::Number(values));
        }
        table
    }
}
