//! Options and draws of a finished run: its policies and baseline, attacks prevented and cost draw by draw.

use std::collections::BTreeMap;

use crate::analysis::decision::{DecisionInput, FEWEST, Half, Sample};
use crate::results::TableName;
use crate::stats::mean;
use forestall_model::{BASELINE, Operation, Policy, did_you_mean};

use super::analyses::AnalyseError;
use super::decide::DecideRequest;
use super::{Run, known_policy};

/// Costs are kept in thousand euros.
const EUROS: f64 = 1000.0;
/// A factor this near to 1 changes next to nothing.
const NEXT_TO_NOTHING: f64 = 1e-3;

/// The burden that is shown whatever is priced.
const DETAINED: &str = "held_without_plot";

/// Whether a policy is a null comparison: it changes next to nothing, so that small effects can be read beside it.
pub(super) fn is_null(policy: &Policy) -> bool {
    let mut set = policy.stages.iter().flat_map(|stage| &stage.set).peekable();
    let slight = |operation: Operation| match operation {
        Operation::Times(factor) => (factor - 1.0).abs() < NEXT_TO_NOTHING,
        Operation::Add(size) => size == 0.0,
        Operation::Set(_) => false,
    };
    policy.sharing.is_empty() && set.peek().is_some() && set.all(|assignment| slight(assignment.operation))
}

/// The options of a run with their draws.
///
/// Where the run takes draws of uncertain parameters a row is a draw: the mean over its replications. Else it is a
/// replication, and nothing is uncertain but chance.
pub(super) fn input(
    run: &Run,
    without: &[String],
    asked: &DecideRequest,
    notes: &mut Vec<String>,
) -> Result<DecisionInput, AnalyseError> {
    let plan = run.scenario();
    without.iter().try_for_each(|name| known_policy(plan, name))?;
    if asked.values.is_empty() {
        return Err(AnalyseError::Request(
            "attacks prevented and costs need a common measure; give the euros that one attack prevented is worth by \
             --value-per-attack"
                .into(),
        ));
    }
    let null = |name: &String| plan.policy(name).is_some_and(is_null);
    let arms = &run.manifest().arms;
    let left: Vec<&str> = arms.iter().filter(|name| null(name)).map(String::as_str).collect();
    if !left.is_empty() {
        notes.push(format!("no option, since they change next to nothing: {}", left.join(", ")));
    }
    let options: Vec<String> = arms.iter().filter(|name| !null(name) && !without.contains(name)).cloned().collect();
    if options.len() < 2 || !options.iter().any(|name| name == BASELINE) {
        return Err(AnalyseError::Request(
            "this run has no policy to choose; run the scenario with one policy or more beside the baseline".into(),
        ));
    }
    let burdens = burdens(asked)?;
    let mut wanted = vec!["arm", "draw", "replication", "attacks_completed", "cost"];
    wanted.extend(burdens.iter().map(|b| b.0));
    let rows = run.columns(TableName::Replications, &wanted, None)?;
    let number = |name: &str, row: usize| rows.column(name).and_then(|c| c.number(row));
    let names = rows.texts("arm").unwrap_or_default();
    // By draw and replication, then by option: attacks, euros with what burdens are priced at, and each burden.
    let mut all: BTreeMap<(i64, i64), Vec<Option<Vec<f64>>>> = BTreeMap::new();
    for (row, name) in names.iter().enumerate() {
        let Some(option) = options.iter().position(|o| o == name) else { continue };
        let Some((draw, replication)) = number("draw", row).zip(number("replication", row)) else { continue };
        let cell = all.entry((draw as i64, replication as i64)).or_insert_with(|| vec![None; options.len()]);
        let counts: Option<Vec<f64>> = burdens.iter().map(|b| number(b.0, row)).collect();
        let Some(((attacks, cost), counts)) = number("attacks_completed", row).zip(number("cost", row)).zip(counts)
        else {
            continue;
        };
        let priced: f64 = counts.iter().zip(&burdens).map(|(count, b)| count * b.1).sum();
        cell[option] = Some([attacks, EUROS * cost + priced].into_iter().chain(counts).collect());
    }
    let calibrated: Vec<_> =
        run.calibrated().into_iter().filter(|p| p.values.iter().any(|v| *v != p.values[0])).collect();
    let mut groups: BTreeMap<(i64, i64), Vec<Vec<Vec<f64>>>> = BTreeMap::new();
    let base = options.iter().position(|name| name == BASELINE).unwrap_or(0);
    for ((draw, replication), cells) in &all {
        // A replication that one option lacks is paired with nothing.
        let Some(cells) = cells.iter().cloned().collect::<Option<Vec<_>>>() else { continue };
        let key = if calibrated.is_empty() { (*draw, *replication) } else { (*draw, 0) };
        let own = &cells[base];
        let less = |cell: &Vec<f64>| cell.iter().zip(own).map(|(a, b)| a - b).collect();
        groups.entry(key).or_default().push(cells.iter().map(less).collect());
    }
    let replications: usize = groups.values().map(Vec::len).sum();
    if replications < FEWEST {
        return Err(AnalyseError::Request(format!(
            "the run has {replications} replications of all options; at least {FEWEST} are needed: run it again with more \
             --replications"
        )));
    }
    let count = options.len();
    let column = |option: usize, of: usize, sign: f64| -> Vec<f64> {
        // Adding zero turns −0 into 0.
        let value = |run: &Vec<Vec<f64>>| sign * run[option][of] + 0.0;
        groups.values().filter_map(|group| mean(&group.iter().map(value).collect::<Vec<_>>())).collect()
    };
    let each = |of: usize, sign: f64| (0..count).map(|d| column(d, of, sign)).collect::<Vec<_>>();
    // Every other replication of each draw: what the two halves share is the draw.
    let half = |odd: usize| {
        let column = |option: usize, of: usize, sign: f64| -> Vec<f64> {
            let values = |group: &Vec<Vec<Vec<f64>>>| -> Vec<f64> {
                group.iter().skip(odd).step_by(2).map(|run| sign * run[option][of] + 0.0).collect()
            };
            groups.values().filter_map(|group| mean(&values(group))).collect()
        };
        let each = |of: usize, sign: f64| (0..count).map(|d| column(d, of, sign)).collect::<Vec<_>>();
        Half { effects: each(0, -1.0), costs: each(1, 1.0), benefits: Vec::new() }
    };
    let repeated = !calibrated.is_empty() && groups.len() >= FEWEST && groups.values().all(|group| group.len() > 1);
    let mut found = DecisionInput {
        effects: each(0, -1.0),
        costs: each(1, 1.0),
        burdens: burdens.iter().enumerate().map(|(k, b)| (b.0.to_owned(), each(k + 2, 1.0))).collect(),
        noisy: true,
        halves: repeated.then(|| [half(0), half(1)]),
        options,
        ..DecisionInput::default()
    };
    if calibrated.is_empty() {
        notes.push(
            "the run has one set of parameter values: what more knowledge of them is worth cannot be told; probabilities \
             are those of the means over replications"
                .into(),
        );
    } else if groups.len() < FEWEST {
        notes.push(format!(
            "the run has {} draws of its parameters; from {FEWEST} on it is told what it is worth to know them",
            groups.len()
        ));
    } else {
        for parameter in calibrated {
            let values: Option<Vec<f64>> = groups
                .keys()
                .map(|(draw, _)| usize::try_from(*draw).ok().and_then(|d| parameter.values.get(d).copied()))
                .collect();
            if let Some(values) = values.filter(|v| v.iter().any(|x| *x != v[0])) {
                found.parameters.push(parameter.path);
                found.values.push(values);
            }
        }
        let sample = Sample::of_equal_rows(&found.values);
        if sample.repeats() && sample.effective < FEWEST as f64 {
            // Points of few whole numbers repeat because there are no others: their runs differ by chance alone.
            notes.push(format!(
                "the {} draws are {} different points only; each draw counts as one of its own",
                groups.len(),
                sample.distinct()
            ));
        } else if sample.repeats() {
            notes.push(format!(
                "the {} draws are {} different ones, as a posterior repeats its likelier points; what it is worth to know is \
                 told with the errors of {:.0} draws",
                groups.len(),
                sample.distinct(),
                sample.effective
            ));
            found.sample = Some(sample);
        }
    }
    Ok(found)
}

/// The burdens that are looked at with what one is priced at; 0 for the one that is only shown.
fn burdens(asked: &DecideRequest) -> Result<Vec<(&str, f64)>, AnalyseError> {
    let mut found: Vec<(&str, f64)> = Vec::new();
    for (name, value) in &asked.burdens {
        let known: Vec<&str> = forestall_model::columns().iter().map(|c| c.name).collect();
        if !known.contains(&name.as_str()) {
            let help = did_you_mean(name, known).unwrap_or_else(|| "`forestall list outcomes` names them all".into());
            return Err(AnalyseError::Request(format!("no outcome is called `{name}`; {help}")));
        }
        let taken = ["cost", "attacks_completed"].contains(&name.as_str()) || found.iter().any(|b| b.0 == name);
        if !value.is_finite() || taken {
            return Err(AnalyseError::Request(format!(
                "the burden `{name}` at {value} cannot be priced; give each column other than attacks and cost once, with a \
                 finite number of euros"
            )));
        }
        found.push((name, *value));
    }
    if !found.iter().any(|b| b.0 == DETAINED) {
        found.push((DETAINED, 0.0));
    }
    Ok(found)
}
