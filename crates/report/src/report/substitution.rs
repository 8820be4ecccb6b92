//! What the other side does instead, as two readable tables: by pathway, and by place and time.

use std::collections::BTreeMap;

use super::grid::{Cell, Grid};
use crate::chart::{capital, counted};
use forestall_model::Table;
use forestall_study::rooms::montecarlo::substitution::ALL;

/// Pathways as tables name them and as readers do, with the sum of all.
const PATHWAYS: [(&str, &str); 5] = [
    ("inspired", "inspired"),
    ("networked", "networked"),
    ("online_directed", "directed online"),
    ("dispatched", "dispatched"),
    (ALL, "all"),
];

/// A number with its interval and what it counts.
#[derive(Clone, Copy, Default)]
struct Value {
    middle: Option<f64>,
    interval: Option<(f64, f64)>,
    n: Option<f64>,
}

impl Value {
    fn cell(self) -> Cell {
        Cell::with_interval(self.middle, self.interval)
    }

    /// Days to a hundredth: an attack moved by minutes has not moved.
    fn days(self) -> Cell {
        let round = |days: f64| libm::round(100.0 * days) / 100.0 + 0.0;
        Cell::with_interval(self.middle.map(round), self.interval.map(|(a, b)| (round(a), round(b))))
    }

    /// A share in percent.
    fn percent(self) -> Cell {
        Cell::with_interval(self.middle.map(|v| 100.0 * v), self.interval.map(|(a, b)| (100.0 * a, 100.0 * b)))
    }
}

/// One policy under one setting of the other side's answers.
struct Block {
    label: String,
    response: String,
    /// By measure and group.
    values: BTreeMap<(String, String), Value>,
}

impl Block {
    fn at(&self, measure: &str, group: &str) -> Value {
        self.values.get(&(measure.to_owned(), group.to_owned())).copied().unwrap_or_default()
    }

    /// The only group of a measure, with its value.
    fn only(&self, measure: &str) -> Option<(&str, Value)> {
        self.values.iter().find(|((m, _), _)| m == measure).map(|((_, group), value)| (group.as_str(), *value))
    }
}

/// Both tables with the words around them; `None` where no policy is compared.
pub(super) fn section(table: &Table) -> Option<String> {
    let blocks = blocks(table);
    if blocks.is_empty() {
        return None;
    }
    Some(format!(
        "<p>Plots that a policy hinders can come another way, elsewhere or at another time. Both tables compare each policy \
         with the baseline, run by run on common random numbers; a minus sign means fewer. “Adaptation” is how strongly the adversary \
         adapts (adaptation.response); rows marked “trust” come from further runs at that setting. Attacks removed and added \
         depend on how runs are paired, their difference does not.</p>\n{}<p>The country is the target where \
         attacks moved most, picked after the fact: its interval is right for a country named beforehand, and too narrow \
         for one picked. “In both” counts attacks that the same plot completes under the baseline and the policy, over all runs; “days later” is \
         the median by which they come later under the policy, and the last columns say how many come a day or more earlier \
         or later.</p>\n{}",
        by_pathway(&blocks).html(),
        by_place_and_time(&blocks).html()
    ))
}

fn blocks(table: &Table) -> Vec<Block> {
    let names = ["policy", "label", "measure", "group", "response", "n", "value", "ci_low", "ci_high"];
    let columns: Option<Vec<_>> = names.iter().map(|name| table.column(name)).collect();
    let Some([policy, label, measure, group, response, n, value, low, high]) = columns.as_deref() else {
        return Vec::new();
    };
    let mut order: Vec<(String, String)> = Vec::new();
    let mut blocks: Vec<Block> = Vec::new();
    for row in 0..table.rows() {
        let name = (policy.text(row), response.text(row));
        let place = order.iter().position(|o| *o == name).unwrap_or_else(|| {
            blocks.push(Block { label: label.text(row), response: name.1.clone(), values: BTreeMap::new() });
            order.push(name);
            order.len() - 1
        });
        let number =
            Value { middle: value.number(row), interval: low.number(row).zip(high.number(row)), n: n.number(row) };
        blocks[place].values.insert((measure.text(row), group.text(row)), number);
    }
    // The settings of one policy stand together, in the order in which they came.
    let mut policies: Vec<&str> = Vec::new();
    for (name, _) in &order {
        if !policies.contains(&name.as_str()) {
            policies.push(name);
        }
    }
    let place = |name: &str| policies.iter().position(|p| *p == name);
    let mut places: Vec<usize> = (0..blocks.len()).collect();
    places.sort_by_key(|&i| place(&order[i].0));
    let mut slots: Vec<Option<Block>> = blocks.into_iter().map(Some).collect();
    places.into_iter().filter_map(|i| slots[i].take()).collect()
}

fn by_pathway(blocks: &[Block]) -> Grid {
    let headings =
        ["Policy", "Adaptation", "Pathway", "Plots started, change", "Attacks carried out, change", "Removed", "Added"];
    let row = |block: &Block, (name, words): (&str, &str)| {
        let mut cells = [block.label.as_str(), &block.response, words].map(|t| Cell::Text(t.to_owned())).to_vec();
        let measures = ["plots_started", "attacks_completed", "attacks_averted", "attacks_induced"];
        cells.extend(measures.map(|measure| block.at(measure, name).cell()));
        cells
    };
    let runs = blocks.iter().filter_map(|b| b.at("plots_started", ALL).n).fold(f64::INFINITY, f64::min);
    let runs = if runs.is_finite() { counted(runs as usize, "pair") } else { "no pair".into() };
    Grid {
        id: "substitution-pathways".into(),
        caption: format!("By pathway: means per simulated history with 95 % intervals, over {runs} of runs or more"),
        headings: headings.map(String::from).into(),
        rows: blocks.iter().flat_map(|b| PATHWAYS.map(|pathway| row(b, pathway))).collect(),
        filter: true,
    }
}

fn by_place_and_time(blocks: &[Block]) -> Grid {
    let headings = [
        "Policy",
        "Adaptation",
        "Country",
        "Attacks there",
        "Elsewhere",
        "In both",
        "Days later",
        "Earlier, %",
        "Later, %",
    ];
    let row = |block: &Block| {
        let (country, there) = block.only("attacks_completed_most").unwrap_or(("none moved", Value::default()));
        let elsewhere = block.only("attacks_completed_elsewhere").map_or_else(Value::default, |e| e.1);
        // Where no country moved, the change is 0 everywhere and not undefined.
        let all = block.at("attacks_completed", ALL);
        let (there, elsewhere) = if country == "none moved" { (all, all) } else { (there, elsewhere) };
        let shift = block.at("shift_days", ALL);
        vec![
            Cell::Text(block.label.clone()),
            Cell::Text(block.response.clone()),
            Cell::Text(capital(country)),
            there.cell(),
            elsewhere.cell(),
            Cell::short(shift.n),
            shift.days(),
            block.at("earlier_share", ALL).percent(),
            block.at("later_share", ALL).percent(),
        ]
    };
    Grid {
        id: "substitution-places".into(),
        caption: "By place and time: changes per simulated history, median and shares, with 95 % intervals".into(),
        headings: headings.map(String::from).into(),
        rows: blocks.iter().map(row).collect(),
        filter: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use forestall_model::Column;

    fn table(rows: &[(&str, &str, &str, &str, f64)]) -> Table {
        let mut t = Table::new();
        let text = |f: fn(&(&str, &str, &str, &str, f64)) -> String| Column::Text(rows.iter().map(f).collect());
        t.push("policy", text(|r| r.0.into()));
        t.push("label", text(|r| format!("Policy <{}>", r.0)));
        t.push("measure", text(|r| r.2.into()));
        t.push("group", text(|r| r.3.into()));
        t.push("response", text(|r| r.1.into()));
        t.push("n", Column::Integer(vec![Some(40); rows.len()]));
        for (name, by) in [("value", 0.0), ("ci_low", -0.5), ("ci_high", 0.5)] {
            t.push(name, Column::Number(rows.iter().map(|r| Some(r.4 + by)).collect()));
        }
        t
    }

    #[test]
    fn settings_of_one_policy_stand_together_and_labels_are_escaped() {
        let html = section(&table(&[
            ("a", "middle", "plots_started", "inspired", -2.0),
            ("b", "middle", "plots_started", "inspired", 3.0),
            ("a", "off (trust)", "plots_started", "inspired", -4.0),
            ("a", "middle", "attacks_completed_most", "FR", -7.0),
            ("a", "middle", "shift_days", ALL, 11.0),
            ("a", "middle", "later_share", ALL, 0.25),
        ]))
        .expect("a section");
        let at = |text: &str| html.find(text).unwrap_or_else(|| panic!("no {text} in {html}"));
        assert!(at("-2") < at("−4") || at("−2.0 [−2.5, −1.5]") < at("−4.0 [−4.5, −3.5]"));
        assert!(at("−4.0 [−4.5, −3.5]") < at("3.0 [2.5, 3.5]"), "policy b stands last");
        assert!(html.contains("Policy &lt;a&gt;") && !html.contains("<a>"));
        assert!(html.contains(">FR<") && html.contains("−7.0 [−7.5, −6.5]"));
        assert!(html.contains("11.0 [10.5, 11.5]") && html.contains("25 [−25, 75]"), "{html}");
        assert!(html.contains("None moved"), "policy b names no country");
    }

    #[test]
    fn no_policy_no_section() {
        assert!(section(&Table::new()).is_none());
        assert!(section(&table(&[])).is_none());
    }
}
