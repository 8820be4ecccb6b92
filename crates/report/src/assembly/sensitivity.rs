//! Words, charts and page of a sensitivity analysis.

use crate::chart::{self, Chart, ChartError, Measure};
use crate::report::{AnalysisPage, Part, analysis_page};
use forestall_model::Table;
use forestall_study::{Estimate, Provenance, Sensitivity};

use super::words::{Next, counted, names, origin, texts, with_interval};

/// The index by which parameters are ranked, and what it is called.
fn ranking(found: &Sensitivity) -> (&'static str, &'static str) {
    match found.method {
        "sobol" => ("total", "total index"),
        "morris" => ("mu_star", "μ*"),
        "pawn" => ("median", "median distance"),
        "prcc" => ("prcc", "partial rank correlation"),
        _ => ("delta", "δ"),
    }
}

/// What the response depends on, most important first: the first sentence is the answer.
pub fn sensitivity_words(found: &Sensitivity) -> Vec<String> {
    let (by, name) = ranking(found);
    let outcome = Measure::of(&found.outcome).name;
    let ranked = found.ranked(by);
    let defined: Vec<_> =
        ranked.iter().filter_map(|row| Some((row, row.get(by).filter(|e| e.estimate.is_some())?))).collect();
    let mut out = Vec::new();
    match defined.as_slice() {
        [] => out.push(format!("What decides about {outcome} cannot be told: no index is defined.")),
        [(first, e), rest @ ..] => {
            let second = rest
                .first()
                .map_or(String::new(), |(row, e)| format!(", and next {} ({})", row.parameter, with_interval(e)));
            out.push(format!(
                "Of {}, {} matters most for {outcome} ({name} {}){second}.",
                counted(found.indices.len(), "parameter"),
                first.parameter,
                with_interval(e)
            ));
        }
    }
    let below = |e: &Estimate| by == "prcc" && e.high.is_some_and(|high| high < 0.0);
    let reaches_0 = |e: &Estimate| e.low.is_some_and(|low| low <= 0.0) && !below(e);
    let silent = defined.iter().filter(|(_, e)| reaches_0(e)).count();
    if silent > 0 {
        out.push(format!("For {silent} of them the 95 % interval reaches 0: nothing shows that they matter."));
    }
    let mut pairs: Vec<_> = found.pairs.iter().filter(|p| p.second.low.is_some_and(|low| low > 0.0)).collect();
    pairs.sort_by(|a, b| b.second.estimate.partial_cmp(&a.second.estimate).unwrap_or(std::cmp::Ordering::Equal));
    if let Some(pair) = pairs.first() {
        out.push(format!(
            "{} and {} act together beyond what each does alone: second-order index {}.",
            pair.parameters[0],
            pair.parameters[1],
            with_interval(&pair.second)
        ));
    }
    if found.noise.estimate.is_some() {
        out.push(format!("Share of the variance of single runs that is chance: {}.", with_interval(&found.noise)));
    }
    out.push(format!("Resting on {}", found.sample()));
    out
}

/// The indices, as the method draws them, and the mean where each parameter is low and where it is high.
///
/// # Errors
/// If the chart cannot be drawn.
pub fn sensitivity_charts(found: &Sensitivity) -> Result<Vec<Chart>, ChartError> {
    let drawn = match found.method {
        "morris" => chart::morris(&found.table(), &found.outcome, &found.sample())?,
        _ => chart::sensitivity(&found.table(), &found.outcome, &found.sample())?,
    };
    let ends = &found.tornado;
    let tornado = chart::tornado(&ends.table(), &found.outcome, (ends.mean, ends.parts), &ends_sample(found))?;
    Ok(vec![drawn, tornado])
}

/// On how much the means at the ends rest, in a sentence or two.
fn ends_sample(found: &Sensitivity) -> String {
    let ends = &found.tornado;
    let mut out = format!(
        "{}; of a parameter with few levels an end is its outermost level. Intervals: Student’s t over {}s.",
        counted(ends.runs, "run"),
        ends.unit
    );
    if !ends.left_out.is_empty() {
        out += &format!(" Without two ends, and not shown: {}.", names(&ends.left_out));
    }
    out
}

/// The page of a sensitivity analysis.
pub fn sensitivity_page(found: &Sensitivity, charts: &[Chart], next: &[Next], provenance: &Provenance) -> String {
    let rows = found.ranked(ranking(found).0);
    let mut indices = Table::new();
    indices.push("parameter", texts(&rows, |row| row.parameter.clone()));
    let values = found.indices.first().map(|r| r.values.as_slice()).unwrap_or_default();
    for (name, _) in values {
        indices.push(*name, texts(&rows, |row| row.get(name).map_or_else(String::new, with_interval)));
    }
    let mut pairs = Table::new();
    pairs.push("first", texts(&found.pairs, |p| p.parameters[0].clone()));
    pairs.push("second", texts(&found.pairs, |p| p.parameters[1].clone()));
    pairs.push("second-order index", texts(&found.pairs, |p| with_interval(&p.second)));
    let own = match found.method {
        "sobol" => {
            "First-order: the share of variance that goes away once the parameter is known. Total: the share that \
                    stays while it alone is not known. What total exceeds first by, it does together with others."
        }
        "morris" => {
            "μ* is the mean size of what a step of the parameter changes, σ how much that differs from place to \
                     place. It ranks parameters; it is no share of variance."
        }
        "pawn" => {
            "The distance between the distribution of the response and that with the parameter held, from 0 to 1."
        }
        "prcc" => {
            "Partial rank correlation: how closely the response follows the parameter once what all others do is \
             taken out, from −1 to 1. Src: standard deviations of the response a standard deviation of the parameter. \
             Effect: how far the mean response moves from one end of the parameter’s range to the other, in the unit \
             of the outcome."
        }
        _ => "δ is the mean shift of the response’s density once the parameter is known, from 0 to 1.",
    };
    analysis_page(&AnalysisPage {
        title: format!("What decides about {}", Measure::of(&found.outcome).name),
        question: format!(
            "Which uncertain parameters decide about {}, and which could be anything without changing it?",
            Measure::of(&found.outcome).name
        ),
        findings: sensitivity_words(found)
            .into_iter()
            .chain(found.notes.iter().map(|n| format!("Note: {n}.")))
            .collect(),
        charts: charts.iter().collect(),
        parts: vec![
            Part {
                id: "indices",
                heading: "Every parameter",
                lead: own.into(),
                caption: "The most important first, with 95 % intervals".into(),
                table: indices,
            },
            Part {
                id: "pairs",
                heading: "Two parameters together",
                lead: String::new(),
                caption: "What two do together beyond what each does alone, with 95 % intervals".into(),
                table: pairs,
            },
        ],
        limits: vec![
            "Indices hold for the ranges of this design: wider ranges give a parameter more weight.".into(),
            "The mean at two ends is blind to what happens between them, and to what parameters do together.".into(),
            "What no parameter of the design varies counts as known here.".into(),
            "A parameter without influence on this outcome may decide about another.".into(),
            "Intervals show the noise of the design and of chance in runs, not whether the model is right.".into(),
        ],
        next: next.to_vec(),
        provenance: origin(provenance),
    })
}
