//! Words and page of what sting cases would have come to without undercover personas.

use crate::chart::Chart;
use crate::report::{AnalysisPage, Part, analysis_page};
use forestall_model::Table;
use forestall_study::{Provenance, Stings};

use super::words::{Next, counted, number, numbers, origin, texts};

/// Cases of all policy runs together, and how many would have led to an attack: the first sentence is the answer, then
/// one a policy run.
pub fn sting_words(found: &Stings) -> Vec<String> {
    let sums = found.policies.iter().fold((0, 0), |(c, a), policy| (c + policy.cases, a + policy.cases_in_attack));
    let mut out = vec![format!("{} sting cases, {} of which would have led to an attack", sums.0, sums.1)];
    out.extend(found.policies.iter().map(|policy| {
        let over = counted(policy.replications as usize, "replication");
        format!(
            "{}: {} in {over}, {} of which would have led to an attack; the people in them would have plotted {} without \
             personas.",
            policy.label,
            counted(policy.cases as usize, "sting case"),
            policy.cases_in_attack,
            if policy.plots == 1 { "once".into() } else { format!("{} times", policy.plots) },
        )
    }));
    out
}

fn labels(found: &Stings) -> Table {
    let rows: Vec<_> =
        found.policies.iter().flat_map(|policy| policy.labels.iter().map(move |row| (policy, row))).collect();
    let mut table = Table::new();
    table.push("policy", texts(&rows, |r| r.0.label.clone()));
    table.push("without personas", texts(&rows, |r| r.1.label.meaning().into()));
    table.push("cases", numbers(&rows, |r| Some(r.1.counts.cases as f64)));
    table.push("a replication", numbers(&rows, |r| r.1.mean));
    table.push(
        "95 % interval",
        texts(&rows, |r| {
            r.1.interval.map_or_else(|| "undefined".into(), |i| format!("{} to {}", number(i.low), number(i.high)))
        }),
    );
    table.push("in a plot", numbers(&rows, |r| Some(r.1.counts.cases_in_plot as f64)));
    table.push("in an attack", numbers(&rows, |r| Some(r.1.counts.cases_in_attack as f64)));
    table.push("not decided", numbers(&rows, |r| Some(r.1.counts.undecided as f64)));
    table
}

/// The page.
pub fn sting_page(
    found: &Stings,
    only: Option<u64>,
    charts: &[Chart],
    next: &[Next],
    provenance: &Provenance,
) -> String {
    let of = only.map(|number| format!(", replication {number}")).unwrap_or_default();
    analysis_page(&AnalysisPage {
        title: format!("What sting cases would have come to{of}"),
        question: "Were the people in sting cases plotters, or did the case make them so: what would they have done \
                   had no undercover persona met them?"
            .into(),
        findings: sting_words(found),
        charts: charts.iter().collect(),
        parts: vec![Part::new(
            "cases",
            "What they would have done",
            "Each policy run with personas is replayed beside a shadow of itself without any, on the same random draws.",
            "Sting cases by what the same people do in the shadow",
            labels(found),
        )],
        limits: vec![
            "The shadow is what the model’s rules say of a world without personas; no record shows such a world."
                .into(),
            "Of those who would have come to nothing, the ones not decided still wait when the run ends: a longer run could \
             tell otherwise.".into(),
            "Every person here is invented.".into(),
        ],
        next: next.to_vec(),
        provenance: origin(provenance),
    })
}
