//! Words, charts and pages of a replay: which plots end otherwise, and why one of them does.

use crate::chart::{self, Chart, ChartError, TwinWords};
use crate::report::{AnalysisPage, Part, analysis_page};
use forestall_model::Table;
use forestall_study::narrative::{End, Lever, Line, Narrative};
use forestall_study::{DivergingPlots, Provenance, ToldPlot};

use super::words::{Next, counted, origin, texts};

/// How a plot ends, in a few words.
pub fn end_words(end: Option<&End>) -> String {
    match end.map(|end| (end, &end.end, &end.foiled_by, end.channel)) {
        None => "no such plot".into(),
        Some((_, None, ..)) => "in progress".into(),
        Some((end, Some(date), Some(by), Some(channel))) => {
            format!("{} {date} by {by} ({})", end.outcome, channel.replace('_', " "))
        }
        Some((end, Some(date), ..)) => format!("{} {date}", end.outcome),
    }
}

/// What the policy does to the attack.
pub fn effect_words(told: &Narrative) -> &'static str {
    match told.effect {
        "averted" => "an attack removed",
        "induced" => "an attack added",
        _ if told.why.is_some() => "another end",
        _ => "the same end",
    }
}

/// What ends otherwise in a replication, most important first: the first sentence is the answer, then one a policy.
pub fn diverging_words(found: &[DivergingPlots], replication: u64) -> Vec<String> {
    let count = |policy: &DivergingPlots, effect: &str| policy.plots.iter().filter(|p| p.effect == effect).count();
    let one = |policy: &DivergingPlots| {
        let all = policy.plots.len() + policy.alike;
        let verb = if policy.plots.len() == 1 { "ends" } else { "end" };
        format!(
            "Under {}, {} of {} {verb} otherwise than in the baseline of replication {replication}: {} removed, {} added.",
            policy.label,
            policy.plots.len(),
            counted(all, "plot"),
            counted(count(policy, "averted"), "attack"),
            count(policy, "induced")
        )
    };
    let changed = found.iter().filter(|policy| !policy.plots.is_empty()).count();
    let most = found.iter().max_by_key(|policy| policy.plots.len()).filter(|_| changed > 0);
    let answer = match (found, most) {
        ([], _) => "There is no policy to compare.".to_owned(),
        ([only], None) => {
            format!("Under {} no plot of replication {replication} ends otherwise than in the baseline.", only.label)
        }
        ([only], Some(_)) => one(only),
        (all, None) => {
            format!("Under none of {} policies does a plot of replication {replication} end otherwise.", all.len())
        }
        (all, Some(most)) => format!(
            "Under {changed} of {} policies plots of replication {replication} end otherwise; most under {}, {} of {}.",
            all.len(),
            most.label,
            most.plots.len(),
            counted(most.plots.len() + most.alike, "plot")
        ),
    };
    let each = if found.len() > 1 { found } else { &[] };
    std::iter::once(answer).chain(each.iter().map(one)).collect()
}

fn levers(rows: &[(String, &Lever)]) -> Table {
    let mut table = Table::new();
    table.push("policy", texts(rows, |r| r.0.clone()));
    table.push("parameter", texts(rows, |r| r.1.parameter.clone()));
    table.push("baseline", texts(rows, |r| r.1.baseline.clone()));
    table.push("under the policy", texts(rows, |r| r.1.policy.clone()));
    table.push("from", texts(rows, |r| r.1.since.clone().unwrap_or_else(|| "the first simulated day".into())));
    table
}

/// What no replay can tell.
fn limits(more: &str) -> Vec<String> {
    vec![
        more.into(),
        "One replication is one of many possible histories: what a policy does on the whole, its report says.".into(),
        "The chain of causes is that of the model’s rules; it is no account of any real case.".into(),
        "Every person and plot here is invented.".into(),
    ]
}

/// The page of the plots that end otherwise in a replication.
pub fn diverging_page(found: &[DivergingPlots], replication: u64, next: &[Next], provenance: &Provenance) -> String {
    let rows: Vec<_> = found.iter().flat_map(|policy| policy.plots.iter().map(move |plot| (policy, plot))).collect();
    let mut plots = Table::new();
    plots.push("policy", texts(&rows, |r| r.0.label.clone()));
    plots.push("plot", texts(&rows, |r| r.1.plot.clone()));
    let effect = |effect: &str| match effect {
        "averted" => "attack removed",
        "induced" => "attack added",
        _ => "another end",
    };
    plots.push("effect", texts(&rows, |r| effect(r.1.effect).into()));
    plots.push("country", texts(&rows, |r| r.1.country.clone().unwrap_or_default()));
    plots.push("pathway", texts(&rows, |r| r.1.pathway.unwrap_or_default().replace('_', " ")));
    plots.push("baseline", texts(&rows, |r| end_words(r.1.baseline.as_ref())));
    plots.push("under the policy", texts(&rows, |r| end_words(r.1.policy.as_ref())));
    plots.push("mechanism", texts(&rows, |r| r.1.mechanism.into()));
    let changed: Vec<(String, &Lever)> =
        found.iter().flat_map(|policy| policy.levers.iter().map(|lever| (policy.label.clone(), lever))).collect();
    analysis_page(&AnalysisPage {
        title: format!("Which plots end otherwise in replication {replication}"),
        question: "Which plots of one simulated history end otherwise under a policy, and through which mechanism?"
            .into(),
        findings: diverging_words(found, replication),
        charts: Vec::new(),
        parts: vec![
            Part {
                id: "plots",
                heading: "The plots that end otherwise",
                lead:
                    "A plot has the same name in every policy run. The mechanism is that of the divergence, from which \
                       the two lives of the plot differ."
                        .into(),
                caption: "Attacks removed and added first".into(),
                table: plots,
            },
            Part {
                id: "levers",
                heading: "What the policies change",
                lead: String::new(),
                caption: "Parameters that a policy changes, and from when".into(),
                table: levers(&changed),
            },
        ],
        limits: limits("Plots that end alike are not listed, though their lives may differ."),
        next: next.to_vec(),
        provenance: origin(provenance),
    })
}

/// The two lives of a plot.
///
/// # Errors
/// If the chart cannot be drawn.
pub fn told_charts(found: &ToldPlot, replication: u64) -> Result<Vec<Chart>, ChartError> {
    let told = &found.told;
    let words = TwinWords {
        title: format!("Plot {} in replication {replication}: {}", told.plot, effect_words(told)),
        caption: told.why.as_ref().map_or_else(
            || "The plot ends alike in both.".to_owned(),
            |why| format!("Mechanism: {}. {} The dashed line is where the two lives part.", why.mechanism, why.meaning),
        ),
        policy: found.label.clone(),
    };
    Ok(vec![chart::twin_lives(&found.picture, &words)?])
}

/// Why a plot ends otherwise, most important first: the first sentence is the answer.
pub fn told_words(found: &ToldPlot) -> Vec<String> {
    let told = &found.told;
    let mut out = vec![format!(
        "{}: in the baseline the plot is {}, under {} it is {}.",
        chart::capital(effect_words(told)),
        end_words(told.baseline.as_ref()),
        found.label,
        end_words(told.policy.as_ref())
    )];
    let Some(why) = &told.why else { return out };
    let only = |line: &Line| match line.arm {
        "both" => "in both",
        "baseline" => "in the baseline only",
        _ => "under the policy only",
    };
    out.push(format!("Mechanism: {}. {}", why.mechanism, why.meaning));
    out.push(format!(
        "Where the two lives diverge: {}, {}, {}.",
        why.divergence.date,
        why.divergence.words,
        only(&why.divergence)
    ));
    if let Some(first) = why.first_difference.as_ref().filter(|first| first.id != why.divergence.id) {
        out.push(format!(
            "First difference, whether or not it matters: {}, {}, {}.",
            first.date,
            first.words,
            only(first)
        ));
    }
    out.push(if why.reaches_policy {
        "The chain of causes reaches what the policy changed.".into()
    } else {
        "The log keeps no closer link from the divergence to what the policy changed.".into()
    });
    out
}

fn lines(all: &[Line]) -> Table {
    let arm = |arm: &str| match arm {
        "both" => "both",
        "baseline" => "baseline only",
        _ => "policy only",
    };
    let mut table = Table::new();
    table.push("date", texts(all, |l| l.date.clone()));
    table.push("in", texts(all, |l| arm(l.arm).into()));
    table.push("what happens", texts(all, |l| l.words.clone()));
    table.push("fact", texts(all, |l| l.fact.clone()));
    table
}

/// The page of one plot’s life under two policies.
pub fn told_page(
    found: &ToldPlot,
    replication: u64,
    charts: &[Chart],
    next: &[Next],
    provenance: &Provenance,
) -> String {
    let (told, why) = (&found.told, found.told.why.as_ref());
    let changed: Vec<(String, &Lever)> =
        why.map_or(&[][..], |why| &why.levers).iter().map(|lever| (found.label.clone(), lever)).collect();
    analysis_page(&AnalysisPage {
        title: format!("Plot {} in replication {replication}", told.plot),
        question: format!(
            "{} this {} plot end otherwise under {} than in the baseline?",
            if why.is_some() { "Why does" } else { "Does" },
            told.pathway.replace('_', " "),
            found.label
        ),
        findings: told_words(found),
        charts: charts.iter().collect(),
        parts: vec![
            Part {
                id: "causes",
                heading: "Causes, from the end back",
                lead: String::new(),
                caption: "Each row is caused by the one below it".into(),
                table: lines(why.map_or(&[], |why| &why.chain)),
            },
            Part {
                id: "life",
                heading: "The plot’s life",
                lead: String::new(),
                caption: "Facts about the plot and its people, in order".into(),
                table: lines(&told.life),
            },
            Part {
                id: "levers",
                heading: "What the policy changes",
                lead: String::new(),
                caption: "Parameters that the policy changes, and from when".into(),
                table: levers(&changed),
            },
        ],
        limits: limits("The chain follows one cause a fact; others may have been needed as well."),
        next: next.to_vec(),
        provenance: origin(provenance),
    })
}
