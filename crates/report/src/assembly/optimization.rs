//! Charts of an optimization, and its front as policies of a scenario file.

use crate::chart::{self, Chart, ChartError};
use forestall_model::{Column, Table};
use forestall_study::rooms::optimization::FrontStatus;
use forestall_study::rooms::stats::Interval;
use forestall_study::{FrontSetting, Optimized};

/// The reference point in words.
pub fn reference_words(found: &Optimized) -> String {
    let Some(point) = found.reference_point() else { return String::new() };
    let one = |(i, value): (usize, f64)| format!("{} {}", found.name(i), chart::short(value));
    let parts: Vec<String> = point.into_iter().enumerate().map(one).collect();
    format!("Reference point: {}.", parts.join(", "))
}

/// The front in the space of objectives, the levers along it, and how the searches converged.
///
/// # Errors
/// If a chart cannot be drawn.
pub fn optimization_charts(found: &Optimized) -> Result<Vec<Chart>, ChartError> {
    let rows = &found.front();
    let objectives: Vec<String> = (0..found.goals()).map(|i| found.name(i).to_owned()).collect();
    let mut shown = Table::new();
    let names = rows.iter().map(|r| r.name.clone()).chain(["baseline".to_owned()]);
    shown.push("name", Column::Text(names.clone().collect()));
    let status = rows.iter().map(|r| r.judged.status.word().to_owned()).chain(["baseline".to_owned()]);
    shown.push("status", Column::Text(status.collect()));
    for (i, objective) in objectives.iter().enumerate() {
        let all = || rows.iter().map(|r| r.judged.responses[i]).chain([found.baseline(i)]);
        let interval = |f: fn(Interval) -> f64| Column::Number(all().map(|r| r.and_then(|r| r.1).map(f)).collect());
        shown.push(objective.clone(), Column::Number(all().map(|r| r.map(|r| r.0)).collect()));
        shown.push(format!("{objective}_low"), interval(|x| x.low));
        shown.push(format!("{objective}_high"), interval(|x| x.high));
    }
    let sample = format!("Means of {} fresh replications.", found.replications);
    let own: Vec<&FrontSetting> = rows.iter().filter(|r| r.judged.status == FrontStatus::Front).collect();
    let mut along = Table::new();
    along.push("name", texts(&own, |r| r.name.clone()));
    let mut levers = Vec::new();
    for (i, factor) in found.input.problem.factors.iter().enumerate() {
        let column = found.input.name(i);
        let end = |rank: f64| {
            let value = found.input.problem.value(i, rank);
            (value, if factor.categories().is_some() { factor.text(value) } else { chart::short(value) })
        };
        along.push(column.clone(), numbers(&own, |r| Some(r.finalist.values[i])));
        levers.push(chart::Lever { column, low: end(0.0), high: end(1.0) });
    }
    for (i, objective) in objectives.iter().enumerate() {
        along.push(objective.clone(), numbers(&own, |r| r.judged.responses[i].map(|r| r.0)));
    }
    Ok(vec![
        chart::pareto(&shown, &objectives, &sample)?,
        chart::levers(&along, &levers, &objectives, &sample)?,
        chart::convergence(&found.volume_table(), &reference_words(found))?,
    ])
}

/// The front as policies of a scenario file.
pub fn front_policies(found: &Optimized) -> String {
    let rows = found.front();
    let mut out = format!(
        "# The front that `optimize` found for the scenario {}: settings that none beats in all objectives at once.\n\
         # To run them, copy the tables into a scenario, or let a scenario extend this file: write\n\
         # extends = \"…/policies.toml\" at its top, with the path from the scenario's folder.\n\
         schema_version = 1\n",
        found.scenario
    );
    for row in rows.iter().filter(|r| r.judged.status == FrontStatus::Front) {
        let outcome = |i: usize| {
            let value = row.judged.responses[i].map_or_else(|| "undefined".into(), |r| chart::short(r.0));
            format!("{} {value}", found.name(i))
        };
        let outcomes: Vec<String> = (0..found.goals()).map(outcome).collect();
        out += &format!(
            "\n[policies.{}]\nlabel = \"{}\"\ndescription = {:?}\n{}\n[policies.{}.set]\n",
            row.name,
            row.name.replace("front-", "Front "),
            format!("{} in {} fresh replications.", outcomes.join(", "), found.replications),
            found.input.dates(),
            row.name
        );
        for (i, value) in row.finalist.values.iter().enumerate() {
            out += &found.input.written(i, *value);
            out.push('\n');
        }
    }
    out
}

/// A column of words.
fn texts<T>(rows: &[T], f: impl Fn(&T) -> String) -> Column {
    Column::Text(rows.iter().map(f).collect())
}

/// A column of numbers; what is not finite is undefined.
fn numbers<T>(rows: &[T], f: impl Fn(&T) -> Option<f64>) -> Column {
    Column::Number(rows.iter().map(|row| f(row).filter(|x| x.is_finite())).collect())
}
