//! Paired comparisons of every policy with the baseline, and the matched view of attacks.

use std::collections::BTreeMap;

use crate::stats::{Paired, mean_by_draw, paired};
use forestall_model::{Column, Table, columns};

/// Level of every interval in the comparisons.
pub const CONFIDENCE: f64 = 0.95;

/// One row a policy and outcome: paired on draw and replication, undefined pairs left out.
///
/// `labels` gives each arm's label in order, the baseline first. `attacks_averted` and
/// `attacks_induced` are per-replication counts from the matched view, compared with zero.
pub(crate) fn comparisons(replications: &Table, matched: &Table, labels: &[(String, String)]) -> Table {
    let mut rows = Rows::default();
    let index = by_arm(replications);
    let Some((baseline, _)) = labels.first() else { return rows.table() };
    let Some(base) = index.get(baseline.as_str()) else { return rows.table() };
    let averted = matched_counts(matched, baseline);
    for (policy, label) in &labels[1..] {
        let Some(arm) = index.get(policy.as_str()) else { continue };
        for column in columns() {
            let Some(values) = replications.column(column.name) else { continue };
            let pairs: Vec<(i64, f64, f64)> = base
                .iter()
                .filter_map(|(key, &row)| Some((key.0, values.number(row)?, values.number(*arm.get(key)?)?)))
                .collect();
            rows.push(policy, label, column.name, &pairs);
        }
        let empty = BTreeMap::new();
        let counts = averted.get(policy).unwrap_or(&empty);
        let runs = base.keys().filter(|key| arm.contains_key(*key));
        let of = |part: fn(&Matched) -> f64| -> Vec<(i64, f64, f64)> {
            runs.clone().map(|key| (key.0, 0.0, counts.get(key).map_or(0.0, part))).collect()
        };
        rows.push(policy, label, "attacks_averted", &of(|m| m.averted));
        rows.push(policy, label, "attacks_induced", &of(|m| m.induced));
    }
    rows.table()
}

/// Draw and replication.
pub(super) type RunId = (i64, i64);

pub(super) fn by_arm(table: &Table) -> BTreeMap<String, BTreeMap<RunId, usize>> {
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
    /// Completed in both.
    pub both: f64,
}

/// The matched view: for each policy and run, attacks averted, induced and in both.
pub(crate) fn matched_counts(matched: &Table, baseline: &str) -> BTreeMap<String, BTreeMap<(i64, i64), Matched>> {
    use std::collections::BTreeSet;
    let mut attacks: BTreeMap<String, BTreeMap<RunId, BTreeSet<String>>> = BTreeMap::new();
    if let (Some(arms), Some(draws), Some(numbers), Some(plots), Some(outcomes)) = (
        matched.column("arm"),
        matched.column("draw"),
        matched.column("replication"),
        matched.column("plot"),
        matched.column("outcome"),
    ) {
        for row in 0..matched.rows() {
            if outcomes.text(row) == "completed"
                && let (Some(draw), Some(number)) = (draws.number(row), numbers.number(row))
            {
                let run = (draw as i64, number as i64);
                attacks.entry(arms.text(row)).or_default().entry(run).or_default().insert(plots.text(row));
            }
        }
    }
    let none = BTreeMap::new();
    let nothing = BTreeSet::new();
    let base = attacks.get(baseline).unwrap_or(&none);
    let mut out: BTreeMap<String, BTreeMap<RunId, Matched>> = BTreeMap::new();
    let arms: BTreeSet<String> = (0..matched.rows()).filter_map(|r| matched.column("arm").map(|c| c.text(r))).collect();
    for arm in arms.into_iter().filter(|a| a != baseline) {
        let theirs = attacks.get(&arm).unwrap_or(&none);
        let runs: BTreeSet<RunId> = base.keys().chain(theirs.keys()).copied().collect();
        let counts = runs.into_iter().map(|run| {
            let (b, p) = (base.get(&run).unwrap_or(&nothing), theirs.get(&run).unwrap_or(&nothing));
            let count = Matched {
                averted: b.difference(p).count() as f64,
                induced: p.difference(b).count() as f64,
                both: b.intersection(p).count() as f64,
            };
            (run, count)
        });
        out.insert(arm.clone(), counts.collect());
    }
    out
}

/// The paired difference of (draw, baseline, policy) rows, with the interval that fits runs which share draws.
pub(super) fn difference(pairs: &[(i64, f64, f64)]) -> Option<Paired> {
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
