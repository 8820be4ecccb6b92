//! Tables of responses: what policies are worth, what the other side chose, payoffs, mixtures.

use crate::stats::{Paired, mean, mean_by_draw, mean_interval};
use crate::study::optimize::tables::{numbers, texts};
use forestall_model::{Column, Table};

use super::found::{Payoffs, Responded};

/// Confidence of all intervals.
const CONFIDENCE: f64 = 0.95;

/// A paired difference as three columns.
fn difference<'r>(table: &mut Table, name: &str, rows: impl Iterator<Item = Option<&'r Paired>>) {
    let rows: Vec<Option<&Paired>> = rows.collect();
    table.push(name, numbers(&rows, |row| row.map(|p| p.difference)));
    table.push(format!("{name}_low"), numbers(&rows, |row| row.map(|p| p.low)));
    table.push(format!("{name}_high"), numbers(&rows, |row| row.map(|p| p.high)));
}

/// worth.csv: one row a policy.
pub(super) fn worth(found: &Responded) -> Table {
    let rows = &found.worths;
    let mut table = Table::new();
    table.push("policy", texts(rows, |w| w.policy.clone()));
    table.push("label", texts(rows, |w| w.label.clone()));
    let n = found.replications as i64;
    table.push("replications", Column::Integer(rows.iter().map(|_| Some(n)).collect()));
    difference(&mut table, "prevented_as_it_is", rows.iter().map(|w| w.fixed.as_ref()));
    difference(&mut table, "prevented_responding", rows.iter().map(|w| w.responding.as_ref()));
    difference(&mut table, "change", rows.iter().map(|w| w.change.as_ref()));
    table
}

/// responses.csv: one row a policy run, with the response that the races found and what answering gains.
pub(super) fn responses(found: &Responded) -> Table {
    let rows: Vec<usize> = (0..found.responses.len()).collect();
    let mut table = Table::new();
    table.push("policy", texts(&rows, |&i| found.responses[i].policy.clone()));
    table.push("label", texts(&rows, |&i| found.responses[i].label.clone()));
    table.push(
        "settings_tried",
        Column::Integer(rows.iter().map(|&i| Some(found.responses[i].found.tried as i64)).collect()),
    );
    table.push("gain_seen_in_races", numbers(&rows, |&i| Some(found.responses[i].found.seen)));
    table.push("best_behaviour", texts(&rows, |&i| found.behaviours[found.exploited[i].best].name.clone()));
    difference(&mut table, "gain", found.exploited.iter().map(|e| e.gain.as_ref()));
    for (lever, factor) in found.input.problem.factors.iter().enumerate() {
        let value = |i: usize| found.responses[i].found.values.get(lever).copied();
        let column = if factor.categories().is_some() {
            texts(&rows, |&i| value(i).map(|v| factor.text(v)).unwrap_or_default())
        } else {
            numbers(&rows, |&i| value(i))
        };
        table.push(found.input.name(lever), column);
    }
    table
}

/// One outcome of all replications.
type Of = fn(&Payoffs) -> &Vec<Option<f64>>;

/// payoffs.csv: one row a policy run and behaviour.
pub(super) fn payoffs(found: &Responded) -> Table {
    let columns = found.behaviours.len();
    let rows: Vec<(usize, usize)> =
        (0..found.payoffs.len()).flat_map(|row| (0..columns).map(move |column| (row, column))).collect();
    let cell = |&(row, column): &(usize, usize)| &found.payoffs[row][column];
    let mut table = Table::new();
    table.push("policy", texts(&rows, |&(row, _)| found.responses[row].policy.clone()));
    table.push("behaviour", texts(&rows, |&(_, column)| found.behaviours[column].name.clone()));
    let mut outcomes: Vec<(&str, Of)> = vec![(found.objective(), |p| &p.wanted)];
    if found.input.asked.len() > 1 {
        outcomes.push((found.input.asked[1].name.as_str(), |p| &p.attacks));
    }
    for (name, of) in outcomes {
        let known = |p: &Payoffs| -> Vec<(i64, f64)> {
            p.draws.iter().zip(of(p)).filter_map(|(draw, x)| Some((*draw, (*x)?))).collect()
        };
        let values = |p: &Payoffs| known(p).into_iter().map(|(_, x)| x).collect::<Vec<f64>>();
        let interval = |p: &Payoffs| {
            mean_by_draw(&known(p), CONFIDENCE).or_else(|| mean_interval(&values(p), CONFIDENCE)).map(|m| m.interval)
        };
        table.push(name, numbers(&rows, |at| mean(&values(cell(at)))));
        table.push(format!("{name}_low"), numbers(&rows, |at| interval(cell(at)).map(|i| i.low)));
        table.push(format!("{name}_high"), numbers(&rows, |at| interval(cell(at)).map(|i| i.high)));
    }
    table
}

/// mixtures.csv: the solution of the game between policies and behaviours.
pub(super) fn mixtures(found: &Responded) -> Table {
    let mut rows: Vec<(&str, String, f64)> = Vec::new();
    if let Some(game) = &found.game {
        let policies = found.responses.iter().map(|r| r.policy.clone()).zip(&game.solution.rows);
        rows.extend(policies.map(|(name, share)| ("services", name, *share)));
        let behaviours = found.behaviours.iter().map(|b| b.name.clone()).zip(&game.solution.columns);
        rows.extend(behaviours.map(|(name, share)| ("other side", name, *share)));
    }
    let mut table = Table::new();
    table.push("side", texts(&rows, |r| r.0.into()));
    table.push("choice", texts(&rows, |r| r.1.clone()));
    table.push("probability", numbers(&rows, |r| Some(r.2)));
    table
}
