//! Words, tables, charts and page of a decision.

use std::collections::BTreeMap;

use crate::chart::{self, Chart, ChartError};
use crate::report::{AnalysisPage, Part, analysis_page};
use forestall_model::{Column, Table};
use forestall_study::{Decided, Estimate, InformationRow, Provenance};

use super::words::{Next, numbers, origin, texts as text};

/// What stands between the options of a set.
const TOGETHER: &str = " + ";

/// The answer in words, most important first.
pub fn decision_words(found: &Decided) -> Vec<String> {
    let decision = &found.decision;
    let unit = found.unit;
    let chance = decision.options.iter().find(|o| o.option == decision.best).map_or(0.0, |o| o.probability_best);
    let at = found.value.map_or(String::new(), |v| match unit {
        "euros" => format!(", with one attack prevented worth {}", amount(v, unit)),
        _ => format!(", with a unit of effect worth {}", chart::short(v)),
    });
    let mut out = vec![format!(
        "{} is the best under what is known{at}: {} (probability {chance:.2}).",
        found.label(&decision.best),
        sureness(chance)
    )];
    let top = decision.evppi.iter().filter(|r| r.members.is_empty());
    let top = top.max_by(|a, b| a.value.estimate.unwrap_or(0.0).total_cmp(&b.value.estimate.unwrap_or(0.0)));
    match decision.evpi.estimate {
        None => out.push("What more knowledge is worth cannot be told: no parameter is uncertain here.".into()),
        Some(worth) if worth <= 0.0 => out.push(match decision.evpi.high {
            Some(most) if most > 0.0 => format!(
                "As far as {} draws tell, no knowledge of what is uncertain here would change the choice; to know all \
                 could be worth up to {}.",
                decision.draws,
                amount(most, unit)
            ),
            _ => "No knowledge of what is uncertain here would change the choice in any draw.".into(),
        }),
        Some(worth) => {
            out.push(format!(
                "To know all that is uncertain before choosing would be worth {} ({} to {}).",
                amount(worth, unit),
                chart::short(decision.evpi.low.unwrap_or(0.0)),
                chart::short(decision.evpi.high.unwrap_or(worth))
            ));
            if let Some((row, value)) = top.and_then(|r| r.value.estimate.map(|v| (r, v))) {
                let ends = format!(
                    "{} ({} to {})",
                    amount(value, unit),
                    chart::short(row.value.low.unwrap_or(0.0)),
                    chart::short(row.value.high.unwrap_or(value))
                );
                out.push(if sure(row) {
                    format!("Of single parameters {} is worth most to know: {ends}.", row.parameter)
                } else if value > 0.0 {
                    format!(
                        "As far as {} draws tell, no single parameter is surely worth something to know; the most may be \
                         {}: {ends}.",
                        decision.draws, row.parameter
                    )
                } else {
                    format!(
                        "As far as {} draws tell, no single parameter changes the choice by itself.",
                        decision.draws
                    )
                });
            }
        }
    }
    for study in &decision.evsi {
        out.push(format!(
            "{} measurements of {} (standard deviation {}) would be worth {}, before their own cost.",
            study.n,
            study.parameter,
            chart::short(study.sd),
            study.value.estimate.map_or_else(|| "an undefined amount".into(), |v| amount(v, unit))
        ));
    }
    // Of many parameters some seem to bear by chance: told in words is only what is surely worth something to know.
    let known =
        |name: &str| decision.evppi.iter().any(|row| row.members.is_empty() && row.parameter == name && sure(row));
    let tip = decision.tipping_points.iter().find(|t| t.low.is_some() && t.high.is_some() && known(&t.parameter));
    if let Some(tip) = tip {
        out.push(format!(
            "The choice changes from {} to {} where {} passes {}.",
            found.label(&tip.below),
            found.label(&tip.above),
            tip.parameter,
            chart::short(tip.value)
        ));
    }
    if let Some(set) = decision.portfolios.first() {
        let names: Vec<&str> = set.levers.iter().map(|name| found.label(name)).collect();
        let levers = if names.is_empty() { "no option".to_owned() } else { names.join(" with ") };
        out.push(format!("Within the budget the greatest expected effect comes from {levers}."));
    }
    out
}

/// Whether the interval of what a parameter is worth leaves 0 out.
fn sure(row: &InformationRow) -> bool {
    row.value.low.is_some_and(|low| low > 0.0)
}

fn sureness(probability: f64) -> &'static str {
    match probability {
        p if p >= 0.95 => "almost sure",
        p if p >= 0.8 => "fairly sure",
        p if p >= 0.6 => "more likely than not",
        _ => "far from sure",
    }
}

fn amount(value: f64, unit: &str) -> String {
    format!("{} {unit}", chart::short(value))
}

/// The tables of a decision with their names as files.
pub fn decision_tables(found: &Decided) -> Vec<(&'static str, Table)> {
    let d = &found.decision;
    let mut options = Table::new();
    options.push("option", text(&d.options, |o| o.option.clone()));
    options.push("net_benefit", numbers(&d.options, |o| o.net_benefit.estimate));
    options.push("low", numbers(&d.options, |o| o.net_benefit.low));
    options.push("high", numbers(&d.options, |o| o.net_benefit.high));
    options.push("effect", numbers(&d.options, |o| o.effect));
    options.push("cost", numbers(&d.options, |o| o.cost));
    for name in d.options.first().map_or(Vec::new(), |o| o.burdens.keys().cloned().collect::<Vec<_>>()) {
        options.push(name.clone(), numbers(&d.options, |o| o.burdens.get(&name).copied()));
    }
    options.push("probability_best", numbers(&d.options, |o| Some(o.probability_best)));

    let mut rows: Vec<(String, &str, String, Estimate)> =
        vec![("All that is uncertain".into(), "all", String::new(), d.evpi)];
    rows.extend(d.evppi.iter().map(|row| match row.members.len() {
        0 => (row.parameter.clone(), "parameter", String::new(), row.value),
        count => (format!("{} ({count} together)", row.parameter), "group", row.members.join(", "), row.value),
    }));
    rows.extend(d.evsi.iter().map(|s| {
        let of = format!("{} measurements with standard deviation {}", s.n, chart::short(s.sd));
        (format!("{} (study, n = {})", s.parameter, s.n), "study", of, s.value)
    }));
    let mut information = Table::new();
    information.push("what", text(&rows, |r| r.0.clone()));
    information.push("kind", text(&rows, |r| r.1.to_owned()));
    information.push("estimate", numbers(&rows, |r| r.3.estimate));
    information.push("low", numbers(&rows, |r| r.3.low));
    information.push("high", numbers(&rows, |r| r.3.high));
    information.push("of", text(&rows, |r| r.2.clone()));

    let mut tipping = Table::new();
    tipping.push("parameter", text(&d.tipping_points, |t| t.parameter.clone()));
    tipping.push("value", numbers(&d.tipping_points, |t| Some(t.value)));
    tipping.push("low", numbers(&d.tipping_points, |t| t.low));
    tipping.push("high", numbers(&d.tipping_points, |t| t.high));
    tipping.push("below", text(&d.tipping_points, |t| t.below.clone()));
    tipping.push("above", text(&d.tipping_points, |t| t.above.clone()));
    tipping.push("share_below", numbers(&d.tipping_points, |t| Some(t.share_below)));

    let points: Vec<(f64, String, f64, bool)> = d
        .acceptability
        .iter()
        .flat_map(|p| {
            let each = d.options.iter().zip(&p.probabilities);
            each.map(|(o, share)| (p.value, o.option.clone(), *share, o.option == p.best))
        })
        .collect();
    let mut acceptability = Table::new();
    acceptability.push("value", numbers(&points, |p| Some(p.0)));
    acceptability.push("option", text(&points, |p| p.1.clone()));
    acceptability.push("probability", numbers(&points, |p| Some(p.2)));
    acceptability.push("best", Column::Integer(points.iter().map(|p| Some(i64::from(p.3))).collect()));

    let mut sets = Table::new();
    sets.push("best_by", text(&d.portfolios, |p| p.rule.to_owned()));
    sets.push("options", text(&d.portfolios, |p| p.levers.join(TOGETHER)));
    sets.push("effect", numbers(&d.portfolios, |p| Some(p.effect)));
    sets.push("effect_low", numbers(&d.portfolios, |p| Some(p.effect_low)));
    sets.push("effect_worst", numbers(&d.portfolios, |p| Some(p.effect_worst)));
    sets.push("cost", numbers(&d.portfolios, |p| Some(p.cost)));
    sets.push("affordable", numbers(&d.portfolios, |p| Some(p.affordable)));
    sets.push("regret", numbers(&d.portfolios, |p| Some(p.regret)));
    let all = [
        ("options", options),
        ("information", information),
        ("tipping_points", tipping),
        ("acceptability", acceptability),
        ("portfolios", sets),
    ];
    all.into_iter().filter(|(_, table)| table.rows() > 0).collect()
}

/// Value of information, and where effects are valued acceptability and the cost-effectiveness plane.
///
/// # Errors
/// If a chart cannot be drawn.
pub fn decision_charts(found: &Decided) -> Result<Vec<Chart>, ChartError> {
    let tables = decision_tables(found);
    let table = |name: &str| tables.iter().find(|t| t.0 == name).map(|t| t.1.clone()).unwrap_or_default();
    let money = if found.unit == "euros" { "euros" } else { "units of cost" };
    let mut charts = vec![chart::information(&table("information"), found.unit)?];
    let first = found.decision.options.first().map_or("", |o| o.option.as_str());
    let reaches = reaches(&found.cloud);
    // What changes most comes first, so that it has a colour of its own; all others are held against the first option.
    let rank = |option: &str| (option != first, -reaches.get(option).copied().unwrap_or(0.0));
    if found.decision.acceptability.len() > 1 {
        charts.push(chart::acceptability(&labelled(found, &ordered(&table("acceptability"), "value", rank)), money)?);
    }
    if found.cloud.rows() > 0 {
        let cloud = labelled(found, &ordered(&found.cloud, "", rank));
        charts.push(chart::plane(&cloud, found.label(first), found.value, money)?);
    }
    Ok(charts)
}

/// The same table with options, and sets of them, as readers call them.
fn labelled(found: &Decided, table: &Table) -> Table {
    let mut out = Table::new();
    for (name, column) in table.columns() {
        let shown = match (name, column) {
            ("option" | "below" | "above", Column::Text(names)) => {
                Column::Text(names.iter().map(|name| found.label(name).to_owned()).collect())
            }
            ("options", Column::Text(sets)) => {
                let set =
                    |names: &String| names.split(TOGETHER).map(|n| found.label(n)).collect::<Vec<_>>().join(TOGETHER);
                Column::Text(sets.iter().map(set).collect())
            }
            _ => column.clone(),
        };
        out.push(name, shown);
    }
    out
}

/// The mean effect of each option, up or down.
fn reaches(cloud: &Table) -> BTreeMap<String, f64> {
    let (Some(options), Some(effects)) = (cloud.texts("option"), cloud.column("effect")) else {
        return BTreeMap::new();
    };
    let mut sums: BTreeMap<String, (f64, f64)> = BTreeMap::new();
    for (row, option) in options.iter().enumerate() {
        let sum = sums.entry(option.clone()).or_default();
        (sum.0, sum.1) = (sum.0 + effects.number(row).unwrap_or(0.0), sum.1 + 1.0);
    }
    sums.into_iter().map(|(option, (sum, n))| (option, (sum / n).abs())).collect()
}

/// The rows of a table by a column, if it is there, and by the rank of their option.
fn ordered(table: &Table, by: &str, rank: impl Fn(&str) -> (bool, f64)) -> Table {
    let Some(options) = table.texts("option") else { return table.clone() };
    let value = |row: usize| table.column(by).and_then(|column| column.number(row)).unwrap_or(0.0);
    let mut rows: Vec<usize> = (0..table.rows()).collect();
    rows.sort_by(|&a, &b| {
        let (left, right) = (rank(&options[a]), rank(&options[b]));
        value(a).total_cmp(&value(b)).then(left.0.cmp(&right.0)).then(left.1.total_cmp(&right.1))
    });
    table.take(&rows)
}

/// The page of a decision.
pub fn decision_page(found: &Decided, charts: &[Chart], next: &[Next], provenance: &Provenance) -> String {
    let mut parts: Vec<Part> = Vec::new();
    for (name, table) in decision_tables(found) {
        let (id, heading, lead, caption) = match name {
            "options" => (
                "options",
                "The options",
                "The option to choose is the one with the greatest expected net benefit; how sure that is, the last column \
                 says.",
                "Means over the draws with 95 % intervals of the mean net benefit",
            ),
            "information" => (
                "information",
                "What it is worth to know more",
                "A piece of knowledge is worth something only if it would change the choice.",
                "Expected gain over choosing now, with 95 % intervals",
            ),
            "tipping_points" => (
                "tipping-points",
                "Where the choice changes",
                "The value of a parameter at which another option comes to be expected the best, all else as uncertain as it \
                 is. From low to high the two cannot be told apart.",
                "One row a tipping point",
            ),
            "portfolios" => (
                "portfolios",
                "Sets of options within the budget",
                "Effects and costs of options are added: where options work against or with each other, run the set itself.",
                "The best set by mean effect, by effect in the worst draw, and by greatest regret",
            ),
            // The chart has these numbers.
            _ => continue,
        };
        parts.push(Part { id, heading, lead: lead.into(), caption: caption.into(), table: labelled(found, &table) });
    }
    analysis_page(&AnalysisPage {
        title: "Which option to choose".into(),
        question:
            "Which option is the best under what is known, how sure is that, and what would more knowledge be worth?"
                .into(),
        findings: decision_words(found).into_iter().chain(found.notes.iter().map(|n| format!("Note: {n}."))).collect(),
        charts: charts.iter().collect(),
        parts,
        limits: vec![
            "All values hold for these draws: what no parameter is uncertain about here counts as known.".into(),
            "The value put on an attack prevented is a judgement, not a result.".into(),
            "Only what enters the net benefit counts; rights, trust and fear do not unless they are priced.".into(),
            "Values of single parameters do not add up: two that matter only together are each worth little.".into(),
            "The value of a study is for one decision and one time, before the study’s own cost.".into(),
        ],
        next: next.to_vec(),
        provenance: origin(provenance),
    })
}
