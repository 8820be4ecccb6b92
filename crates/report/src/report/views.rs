//! The comparisons as two readable tables: every outcome, and what people who never plotted bear beside cost.

use std::collections::BTreeMap;

use super::findings::{Comparison, verdict};
use super::grid::{Cell, Grid};
use crate::chart::Measure;

/// The outcomes of the second table, in order.
const BORNE: [&str; 6] = [
    "attacks_completed",
    "assessed_without_plot",
    "watched_without_plot",
    "searched_without_plot",
    "held_without_plot",
    "cost",
];

/// Why plots were not seen, by what was to blame.
const MISSED: [&str; 3] = ["chances_missed_for_staff", "chances_missed_between", "chances_missed_by_judgement"];

/// The difference with its interval.
fn with_interval(c: &Comparison) -> Cell {
    Cell::with_interval(c.difference, c.interval)
}

/// One row a policy and outcome.
pub(super) fn every_outcome(all: &[Comparison]) -> Grid {
    let heads = [
        "Policy",
        "Outcome",
        "Baseline",
        "Policy mean",
        "Difference [95 % interval]",
        "Reading",
        "Pairs",
        "Correlation",
        "Variance reduction",
    ];
    let row = |c: &Comparison| {
        vec![
            Cell::Text(c.label.clone()),
            Cell::Text(Measure::of(&c.outcome).heading()),
            Cell::short(c.baseline),
            Cell::short(c.under_policy),
            with_interval(c),
            Cell::Text(verdict(c).into()),
            Cell::short(c.n),
            Cell::short(c.correlation),
            Cell::short(c.variance_reduction),
        ]
    };
    Grid {
        id: "comparisons".into(),
        caption: "Every outcome, policy minus baseline, means per simulated history".into(),
        headings: heads.map(String::from).into(),
        rows: all.iter().map(row).collect(),
        filter: true,
    }
}

/// One row a policy: differences in attacks, in burdens on people who never plotted, and in cost.
///
/// Outcomes that no comparison has are left out; without any burden there is no table.
pub(super) fn burdens(all: &[Comparison]) -> Option<Grid> {
    let shown: Vec<&str> = BORNE.into_iter().filter(|o| all.iter().any(|c| c.outcome == *o)).collect();
    if !shown.iter().any(|o| o.ends_with("_without_plot")) {
        return None;
    }
    let mut order: Vec<&str> = Vec::new();
    let mut cells: BTreeMap<(&str, &str), &Comparison> = BTreeMap::new();
    for c in all {
        if !order.contains(&c.policy.as_str()) {
            order.push(&c.policy);
        }
        cells.insert((&c.policy, &c.outcome), c);
    }
    let label = |policy: &str| all.iter().find(|c| c.policy == policy).map_or("", |c| c.label.as_str());
    let rows = order
        .iter()
        .map(|policy| {
            let differences =
                shown.iter().map(|o| cells.get(&(*policy, *o)).map_or(Cell::short(None), |c| with_interval(c)));
            std::iter::once(Cell::Text(label(policy).to_owned())).chain(differences).collect()
        })
        .collect();
    let headings = std::iter::once("Policy".to_owned()).chain(shown.iter().map(|o| Measure::of(o).heading())).collect();
    Some(Grid {
        id: "burdens".into(),
        caption:
            "Difference from the baseline per simulated history, with 95 % intervals; a minus sign means fewer or less"
                .into(),
        headings,
        rows,
        filter: false,
    })
}

/// One row an arm: chances to see a plot that services missed, by reason, and the share that more staff would have taken.
pub(super) fn missed_chances(all: &[Comparison]) -> Option<Grid> {
    let of = |policy: &str, outcome: &str| all.iter().find(|c| c.policy == policy && c.outcome == outcome);
    let first = all.iter().find(|c| c.outcome == MISSED[0])?;
    let row = |label: &str, means: [Option<f64>; 3]| {
        let sum = means.iter().copied().sum::<Option<f64>>().filter(|sum| *sum > 0.0);
        let share = means[0].zip(sum).map(|(staff, sum)| staff / sum);
        std::iter::once(Cell::Text(label.to_owned()))
            .chain(means.map(Cell::short))
            .chain([Cell::short(share)])
            .collect()
    };
    let mut rows = vec![row("Baseline", MISSED.map(|o| of(&first.policy, o).and_then(|c| c.baseline)))];
    for c in all.iter().filter(|c| c.outcome == MISSED[0]) {
        rows.push(row(&c.label, MISSED.map(|o| of(&c.policy, o).and_then(|c| c.under_policy))));
    }
    let headings = ["Arm", "For lack of staff", "Between services", "By judgement", "Share for lack of staff"];
    Some(Grid {
        id: "missed".into(),
        caption: "Chances to see a plot that were missed, means per simulated history".into(),
        headings: headings.map(String::from).into(),
        rows,
        filter: false,
    })
}
