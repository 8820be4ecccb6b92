//! Words, charts and page of an optimization, and its front as policies of a scenario file.

use crate::chart::{self, Chart, ChartError};
use crate::report::{AnalysisPage, Part, analysis_page};
use forestall_model::{Column, Table};
use forestall_study::rooms::optimization::FrontStatus;
use forestall_study::rooms::stats::Interval;
use forestall_study::{FrontSetting, Optimized, Provenance, Volume};

use super::words::{Next, counted, numbers, origin, texts};

/// The reference point in words.
fn reference_words(found: &Optimized) -> String {
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

/// "1.2 [0.9, 1.5]" of a response; without an interval, or with one of no width, the mean alone.
pub fn response_words(found: Option<(f64, Option<Interval>)>) -> String {
    match found {
        None => "undefined".into(),
        Some((value, Some(i))) if i.low != i.high => {
            let all = chart::together(&[value, i.low, i.high]);
            format!("{} [{}, {}]", all[0], all[1], all[2])
        }
        Some((value, _)) => chart::short(value),
    }
}

/// What the search is worth beside its start and beside random search, one sentence each.
pub fn volume_words(found: &Optimized) -> Vec<String> {
    let shown = |v: Volume| format!("{:.3} [{:.3}, {:.3}]", v.value, v.interval.low, v.interval.high);
    let Some(volumes) = &found.volumes else { return Vec::new() };
    let verdict = |gain: Volume, other: &str| {
        if gain.interval.low > 0.0 {
            format!("the search is better than {other}")
        } else if gain.interval.high < 0.0 {
            format!("the search is worse than {other}")
        } else {
            format!("noise hides whether the search is better than {other}")
        }
    };
    let mut out = vec![format!("Hypervolume on fresh replications: {}.", shown(volumes.groups[1]))];
    for (which, other) in [(0, "the first generation"), (2, "random search with as many runs")] {
        if let (Some(volume), Some(gain)) = (volumes.groups.get(which), volumes.gains.get(which)) {
            let (own, gain, words) = (shown(*volume), shown(*gain), verdict(*gain, other));
            out.push(format!("{}: {own}; gain {gain}: {words}.", chart::capital(other)));
        }
    }
    out.push(reference_words(found));
    out
}

/// How near the settings come to limits that none meets, one sentence each.
pub fn missed_words(found: &Optimized) -> Vec<String> {
    let goals = found.goals();
    let mut out = Vec::new();
    for (place, limit) in found.input.problem.limits.iter().enumerate() {
        let values = found.judged.iter().filter_map(|j| Some(j.responses[goals + place]?.0));
        let best = values.min_by(|a, b| limit.missed_by(*a).total_cmp(&limit.missed_by(*b)));
        if let Some(best) = best {
            let side = if limit.at_most { "at most" } else { "at least" };
            let (name, asked) = (found.name(goals + place), chart::short(limit.value));
            out.push(format!(
                "{name}: {side} {asked} is asked for; the nearest that was found is {}",
                chart::short(best)
            ));
        }
    }
    out
}

/// What was found, most important first: the first sentence is the answer.
pub fn optimization_words(found: &Optimized) -> Vec<String> {
    let rows = found.front();
    let own: Vec<&FrontSetting> = rows.iter().filter(|r| r.judged.status == FrontStatus::Front).collect();
    let mut out = Vec::new();
    if own.is_empty() {
        out.push("No setting meets the limits: widen the levers’ ranges, or loosen the limits.".into());
        out.extend(missed_words(found).into_iter().map(|words| format!("{words}.")));
    } else {
        let ends = |i: usize| {
            let all: Vec<f64> = own.iter().filter_map(|r| r.judged.responses[i].map(|r| r.0)).collect();
            let (low, high) = all.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), x| (a.min(*x), b.max(*x)));
            let texts = chart::together(&[low, high]);
            if texts[0] == texts[1] {
                return format!("{} {}", found.name(i), texts[0]);
            }
            format!("{} from {} to {}", found.name(i), texts[0], texts[1])
        };
        let goals: Vec<String> = (0..found.goals()).map(ends).collect();
        let goals = goals.join(", ");
        out.push(match own.len() {
            1 => format!("One setting is on the front, beaten by none in all objectives at once: {goals}."),
            n => format!("{n} settings are on the front, none better than another in all objectives at once: {goals}."),
        });
        let base: Vec<String> =
            (0..found.goals()).map(|i| format!("{} {}", found.name(i), response_words(found.baseline(i)))).collect();
        out.push(format!("Without any lever: {}.", base.join(", ")));
    }
    out.push(format!(
        "{} of search, {} tried; then {} of each of {}, which no search has used.",
        counted(found.evolved.runs as usize, "run"),
        counted(found.evolved.candidates.len(), "setting"),
        counted(found.replications as usize, "fresh replication"),
        counted(found.finalists.len(), "finalist")
    ));
    let perhaps = rows.len() - own.len();
    if perhaps > 0 {
        out.push(format!("{perhaps} more may belong to the front: noise hides whether another one is better."));
    }
    out.extend(volume_words(found));
    out
}

/// The page of an optimization.
pub fn optimization_page(found: &Optimized, charts: &[Chart], next: &[Next], provenance: &Provenance) -> String {
    let rows = found.front();
    let mut outcomes = Table::new();
    outcomes.push("setting", texts(&rows, |r| r.name.clone()));
    for i in 0..found.goals() {
        outcomes.push(found.name(i), texts(&rows, |r| response_words(r.judged.responses[i])));
    }
    outcomes.push("probability of being on the front", numbers(&rows, |r| Some(r.judged.chance_front)));
    if !found.input.problem.limits.is_empty() {
        outcomes.push("limits met", texts(&rows, |r| r.judged.met.word().into()));
    }
    outcomes.push("found by", texts(&rows, |r| r.finalist.found_by().into()));
    let mut levers = Table::new();
    levers.push("setting", texts(&rows, |r| r.name.clone()));
    for (i, factor) in found.input.problem.factors.iter().enumerate() {
        levers.push(found.input.name(i), texts(&rows, |r| factor.text(r.finalist.values[i])));
    }
    analysis_page(&AnalysisPage {
        title: "Settings of the levers that none beats".into(),
        question: format!(
            "Which settings of the levers of {} are beaten by none in {} at once?",
            found.scenario,
            (0..found.goals()).map(|i| found.name(i).to_owned()).collect::<Vec<_>>().join(", ")
        ),
        findings: optimization_words(found),
        charts: charts.iter().collect(),
        parts: vec![
            Part::new(
                "outcomes",
                "What each setting brings",
                "Means of fresh replications with 95 % intervals: no winner’s luck is in them.",
                "The front, the best in the first objective first; then what may belong to it",
                outcomes,
            ),
            Part::new(
                "settings",
                "How the levers stand",
                "The folder’s policies.toml holds the front as policies of a scenario.",
                "One row a setting",
                levers,
            ),
        ],
        limits: vec![
            "The front is that of these levers within these ranges, under this model and these parameters.".into(),
            "A search finds good settings, not all of them: others may be as good.".into(),
            "Where two settings are as near as their intervals, which of them is on the front is chance.".into(),
            "What is no objective and no limit is not looked at: rights, trust and fear among it.".into(),
        ],
        next: next.to_vec(),
        provenance: origin(provenance),
    })
}
