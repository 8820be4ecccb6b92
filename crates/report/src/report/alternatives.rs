//! How each effect moves with the rules: the same policies under the scenario's alternatives, as two tables.

use super::grid::{Cell, Grid};
use forestall_model::Table;

/// The run itself among the alternatives.
const AS_RUN: &str = "as-run";
/// The run itself without its pairing, which is no rule.
const UNPAIRED: &str = "not-paired";
/// From here on a sign is told, and below its counterpart the other one.
const SURE: f64 = 0.9;

/// One policy under one alternative.
struct Effect {
    alternative: String,
    label: String,
    policy: String,
    policy_label: String,
    prevented: Option<f64>,
    interval: Option<(f64, f64)>,
    probability: Option<f64>,
}

/// Both tables with the words around them; `None` where no alternative was run.
pub(super) fn section(table: &Table) -> Option<String> {
    let effects = effects(table);
    if effects.is_empty() {
        return None;
    }
    let mut others: Vec<&str> =
        effects.iter().map(|e| e.alternative.as_str()).filter(|a| ![AS_RUN, UNPAIRED].contains(a)).collect();
    others.dedup();
    Some(format!(
        "<p>The same policies, with {} other defensible rules or values in turn, on the same random numbers, and once more \
         with the runs taken as independent. “Prevents” is the probability that the effect under that rule prevents attacks at \
         all, from chance between runs alone; from .9 on a sign is told. The mean weights all of them and the run itself alike: \
         it says how far the sign hangs on what was tried, and is no probability that a rule is right.</p>\n{}<details><summary>Every policy under every \
         alternative</summary>\n{}</details>\n",
        others.len(),
        moves(&effects).html(),
        each(&effects).html()
    ))
}

fn effects(table: &Table) -> Vec<Effect> {
    let names =
        ["alternative", "label", "policy", "policy_label", "attacks_prevented", "low", "high", "probability_prevents"];
    let columns: Option<Vec<_>> = names.iter().map(|name| table.column(name)).collect();
    let Some([alternative, label, policy, policy_label, prevented, low, high, probability]) = columns.as_deref() else {
        return Vec::new();
    };
    (0..table.rows())
        .map(|row| Effect {
            alternative: alternative.text(row),
            label: label.text(row),
            policy: policy.text(row),
            policy_label: policy_label.text(row),
            prevented: prevented.number(row),
            interval: low.number(row).zip(high.number(row)),
            probability: probability.number(row),
        })
        .collect()
}

fn share(value: Option<f64>) -> Cell {
    // A probability from a few dozen runs is never certain.
    let words = |p: f64| match p {
        p if p > 0.995 => "> .99".to_owned(),
        p if p < 0.005 => "< .01".to_owned(),
        p => format!("{p:.2}").replacen("0.", ".", 1),
    };
    Cell::Number(value, value.map_or_else(|| "no difference".into(), words))
}

/// An effect and the rule under which it is so, as words that may break into lines.
fn named(effect: &Effect) -> Cell {
    match Cell::with_interval(effect.prevented, effect.interval) {
        Cell::Number(_, text) if effect.alternative == AS_RUN => Cell::Text(format!("{text}, as run")),
        Cell::Number(_, text) => Cell::Text(format!("{text}, {}", effect.label)),
        cell @ Cell::Text(_) => cell,
    }
}

/// One row a policy: as run, the least and the most that any rule gives it, how sure its sign is.
fn moves(effects: &[Effect]) -> Grid {
    let as_run: Vec<&Effect> = effects.iter().filter(|e| e.alternative == AS_RUN).collect();
    let rows = as_run.iter().map(|own| {
        let mut all: Vec<&Effect> =
            effects.iter().filter(|e| e.policy == own.policy && e.prevented.is_some()).collect();
        all.sort_by(|a, b| a.prevented.unwrap_or(0.0).total_cmp(&b.prevented.unwrap_or(0.0)));
        let end = |e: Option<&&Effect>| e.map_or(Cell::short(None), |e| named(e));
        let told: Vec<f64> = all.iter().filter_map(|e| e.probability).collect();
        let mean = (!told.is_empty()).then(|| told.iter().sum::<f64>() / told.len() as f64);
        vec![
            Cell::Text(own.policy_label.clone()),
            Cell::with_interval(own.prevented, own.interval),
            share(own.probability),
            end(all.first()),
            end(all.last()),
            share(mean),
            Cell::Text(verdict(&told)),
        ]
    });
    Grid {
        id: "moves".into(),
        caption: "Attacks prevented, as run and under the rules that give least and most, with 95 % intervals".into(),
        headings: ["Policy", "As run", "Prevents, as run", "Least", "Most", "Prevents, mean over rules", "Sign"]
            .map(String::from)
            .to_vec(),
        rows: rows.collect(),
        filter: false,
    }
}

/// Whether the sign is one under all rules, turns, or is not told.
fn verdict(told: &[f64]) -> String {
    let count = |test: fn(f64) -> bool| told.iter().filter(|p| test(**p)).count();
    let (prevents, brings) = (count(|p| p >= SURE), count(|p| p <= 1.0 - SURE));
    let all = told.len();
    match (prevents, brings) {
        (0, 0) => "not told under any rule".into(),
        (p, 0) if p == all => "prevents under every rule".into(),
        (0, b) if b == all => "brings more under every rule".into(),
        (p, 0) => format!("prevents under {p} of {all}, else not told"),
        (0, b) => format!("brings more under {b} of {all}, else not told"),
        (p, b) => format!("turns: prevents under {p}, brings more under {b} of {all}"),
    }
}

/// One row a policy and alternative.
fn each(effects: &[Effect]) -> Grid {
    let row = |e: &Effect| {
        vec![
            Cell::Text(e.policy_label.clone()),
            Cell::Text(e.label.clone()),
            Cell::with_interval(e.prevented, e.interval),
            share(e.probability),
        ]
    };
    Grid {
        id: "under-each-rule".into(),
        caption: "Attacks prevented by each policy under each rule, with 95 % intervals".into(),
        headings: ["Policy", "Rule", "Attacks prevented", "Prevents"].map(String::from).to_vec(),
        rows: effects.iter().map(row).collect(),
        filter: true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use forestall_model::Column;

    fn table() -> Table {
        let mut table = Table::new();
        let rows = [
            ("as-run", "As run", "p", 2.0, Some(0.99)),
            ("as-run", "As run", "q", 0.0, None),
            ("a", "Rule A", "p", -1.0, Some(0.02)),
            ("a", "Rule A", "q", 0.1, Some(0.6)),
            ("b", "Rule B", "p", 5.0, Some(0.999)),
        ];
        let text = |f: &dyn Fn(usize) -> &'static str| Column::Text((0..rows.len()).map(|i| f(i).to_owned()).collect());
        table.push("alternative", text(&|i| rows[i].0));
        table.push("label", text(&|i| rows[i].1));
        table.push("policy", text(&|i| rows[i].2));
        table.push("policy_label", text(&|i| rows[i].2));
        let number = |f: &dyn Fn(usize) -> Option<f64>| Column::Number((0..rows.len()).map(f).collect());
        table.push("attacks_prevented", number(&|i| Some(rows[i].3)));
        table.push("low", number(&|i| Some(rows[i].3 - 1.0)));
        table.push("high", number(&|i| Some(rows[i].3 + 1.0)));
        table.push("probability_prevents", number(&|i| rows[i].4));
        table
    }

    #[test]
    fn a_sign_that_turns_is_said_to_turn() {
        let html = section(&table()).expect("there are alternatives");
        assert!(html.contains("with 2 other defensible rules"), "{html}");
        assert!(html.contains("turns: prevents under 2, brings more under 1 of 3"), "{html}");
        assert!(html.contains("−1 [−2, 0], Rule A"), "{html}");
        assert!(html.contains("5 [4, 6], Rule B"), "{html}");
        assert!(html.contains("not told under any rule"), "{html}");
        assert!(section(&Table::new()).is_none());
    }
}
