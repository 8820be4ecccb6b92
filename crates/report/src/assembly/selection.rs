//! Words, tables, chart and page of a choice among policies with a stated probability of being right.

use crate::chart::{self, Chart, ChartError, IntervalRow, IntervalWords, Mark, Measure};
use crate::report::{AnalysisPage, Part, analysis_page};
use forestall_model::{Column, Table};
use forestall_study::{Procedure, Provenance, SelectRequest, Selected};

use super::words::{Next, counted, names, numbers, origin, texts};

/// What was selected, most important first: the first sentence is the answer.
pub fn selection_words(found: &Selected, asked: &SelectRequest) -> Vec<String> {
    let direction = if asked.most { "greatest" } else { "least" };
    let measure = Measure::of(&asked.outcome);
    let mut out = vec![if found.stopped {
        format!(
            "Not decided with {} replications a policy: so far {} has the {direction} mean of {}.",
            asked.max_replications, found.best, measure.name
        )
    } else {
        format!(
            "{} has the {direction} mean of {}{}{}.",
            found.best,
            measure.name,
            sureness(found, asked),
            match found.ties.len() {
                0 => String::new(),
                n => format!(
                    ", but {} {} not shown to be worse by more than {}",
                    names(&found.ties),
                    if n == 1 { "is" } else { "are" },
                    chart::short(asked.zone)
                ),
            }
        )
    }];
    if found.stopped && !found.ties.is_empty() {
        out.push(format!("Not shown to be worse by more than {}: {}.", chart::short(asked.zone), names(&found.ties)));
    }
    out.push(format!("{} in all, of {}.", counted(found.runs, "run"), counted(found.policies.len(), "policy run")));
    out
}

fn sureness(found: &Selected, asked: &SelectRequest) -> String {
    match (asked.procedure, found.probability) {
        (Procedure::KimNelson, Some(p)) => format!(
            "; if it is better than all others by {}, this choice is right with probability {p} or more",
            chart::short(asked.zone)
        ),
        (Procedure::Budget(_), Some(p)) if p <= 1.0 / found.policies.len() as f64 => {
            ", but the budget does not tell the policies apart".into()
        }
        (Procedure::Budget(_), Some(p)) => format!("; the estimated probability that this is right is {p:.3} or more"),
        _ => String::new(),
    }
}

/// One row a policy run.
pub fn selection_table(found: &Selected) -> Table {
    let rows = &found.policies;
    let whole = |f: &dyn Fn(&forestall_study::PolicyStanding) -> Option<usize>| {
        Column::Integer(rows.iter().map(|row| f(row).map(|n| n as i64)).collect())
    };
    let mut table = Table::new();
    table.push("policy", texts(rows, |r| r.name.clone()));
    table.push("replications", whole(&|r| Some(r.replications)));
    table.push("mean", numbers(rows, |r| Some(r.mean)));
    table.push("minus_best", numbers(rows, |r| Some(r.difference)));
    table.push("low", numbers(rows, |r| Some(r.low)));
    table.push("high", numbers(rows, |r| Some(r.high)));
    table.push("tied", texts(rows, |r| if r.tied { "yes" } else { "no" }.into()));
    table.push("eliminated_after", whole(&|r| r.eliminated_after));
    if rows.iter().any(|r| r.against_best.is_some()) {
        table.push("against_best_low", numbers(rows, |r| r.against_best.map(|a| a.0)));
        table.push("against_best_high", numbers(rows, |r| r.against_best.map(|a| a.1)));
    }
    table
}

/// Each policy beside the best.
///
/// # Errors
/// If the chart cannot be drawn.
pub fn selection_charts(found: &Selected, asked: &SelectRequest) -> Result<Vec<Chart>, ChartError> {
    let measure = Measure::of(&asked.outcome);
    let rows: Vec<IntervalRow> = found
        .policies
        .iter()
        .filter(|row| row.name != found.best)
        .map(|row| {
            let interval = Some((row.low, row.high)).filter(|i| i.0.is_finite() && i.1.is_finite());
            let mark = Mark { value: Some(row.difference), interval };
            IntervalRow { label: row.name.clone(), marks: vec![mark], printed: mark.words() }
        })
        .collect();
    let unit = if measure.unit.is_empty() { String::new() } else { format!(" ({})", measure.unit) };
    let words = IntervalWords {
        name: "selection".into(),
        title: format!("{} of each policy, minus that of {}", measure.heading(), found.best),
        subtitle: format!("Means over the replications that both have{unit}"),
        axis: format!("{} minus that of {}", measure.heading(), found.best),
        rows: "Policy".into(),
        series: Vec::new(),
        printed: "Minus best [limits]".into(),
        caption: format!(
            "Limits hold for all differences together, with {} % confidence. Policies that were ruled out have fewer \
             replications.",
            100.0 * asked.confidence
        ),
    };
    Ok(vec![chart::intervals(&rows, &words)?])
}

/// The page of a selection.
pub fn selection_page(
    found: &Selected,
    asked: &SelectRequest,
    charts: &[Chart],
    next: &[Next],
    provenance: &Provenance,
) -> String {
    analysis_page(&AnalysisPage {
        title: "The best policy, with a stated probability of being right".into(),
        question: format!(
            "Which policy has the {} mean of {}?",
            if asked.most { "greatest" } else { "least" },
            Measure::of(&asked.outcome).name
        ),
        findings: selection_words(found, asked),
        charts: charts.iter().collect(),
        parts: vec![Part {
            id: "policies",
            heading: "Every policy",
            lead:
                "Differences are paired on common random numbers. A policy that is shown to be worse gets no more runs."
                    .into(),
            caption: "The best first, then by how near it comes".into(),
            table: selection_table(found),
        }],
        limits: vec![
            "The best of these policies in this outcome alone: cost and burden are not in it.".into(),
            format!(
                "Differences below {} do not matter here; among policies as near as that any may be chosen.",
                chart::short(asked.zone)
            ),
            "The probability is of chance between runs under this model and these parameters.".into(),
            "The mean of the chosen policy is a little too good, as it was chosen for it.".into(),
        ],
        next: next.to_vec(),
        provenance: origin(provenance),
    })
}
