//! Words and page of policies across uncertain futures.

use crate::chart::{self, Chart, ChartError, Measure};
use crate::report::{AnalysisPage, Part, analysis_page};
use forestall_model::Table;
use forestall_study::{Better, Provenance, ROBUSTNESS_COLUMNS, Robustness, RobustnessOptions};

use super::words::{Next, counted, names, origin, texts, with_interval};

/// Which policy is least regretted, most important first: the first sentence is the answer.
pub fn robustness_words(found: &Robustness, options: &RobustnessOptions) -> Vec<String> {
    let Some(best) = found.rows.first() else { return vec!["There is no policy to compare.".into()] };
    let level = found.rows.iter().filter(|row| row.regret_max.estimate == best.regret_max.estimate).count();
    let equal: Vec<String> = found.rows[..level].iter().map(|row| row.policy.clone()).collect();
    let outcome = Measure::of(&options.outcome).name;
    let (verb, it) = if level == 1 { ("is", "it misses") } else { ("are", "each misses") };
    let mut out = vec![format!(
        "{} {verb} the least regretted in {}: in the worst of them {it} the best policy of that future by {} \
         ({outcome}, {} is better).",
        names(&equal),
        counted(found.futures.len(), "future"),
        with_interval(&best.regret_max),
        if options.better == Better::Lower { "less" } else { "more" }
    )];
    if let Some(next) = found.rows.get(level) {
        out.push(format!("Next comes {}, with {}.", next.policy, with_interval(&next.regret_max)));
    }
    let most = |of: fn(&forestall_study::PolicyRow) -> Option<f64>| {
        found
            .rows
            .iter()
            .filter_map(|row| Some((row, of(row)?)))
            .max_by(|a, b| a.1.total_cmp(&b.1))
            .map(|found| found.0)
    };
    if let Some(often) = most(|row| row.best_share.estimate) {
        out.push(format!(
            "{} is most often the best: in a share of {} of the futures.",
            often.policy,
            with_interval(&often.best_share)
        ));
    }
    if let (Some(threshold), Some(row)) = (options.threshold, most(|row| row.satisficing.estimate)) {
        out.push(format!(
            "{} most often meets the threshold of {}: in a share of {} of the futures.",
            row.policy,
            chart::short(threshold),
            with_interval(&row.satisficing)
        ));
    }
    if found.dropped > 0 {
        out.push(format!(
            "Note: {} left out, as a policy has no value there ({} of them an infinite one).",
            counted(found.dropped, "future"),
            found.infinite
        ));
    }
    out
}

/// The regret of every policy in every future.
///
/// # Errors
/// If the chart cannot be drawn.
pub fn robustness_charts(found: &Robustness, options: &RobustnessOptions) -> Result<Vec<Chart>, ChartError> {
    Ok(vec![chart::regret(&found.regret_table(), &options.outcome)?])
}

/// The page of policies across futures.
pub fn robustness_page(
    found: &Robustness,
    options: &RobustnessOptions,
    charts: &[Chart],
    next: &[Next],
    provenance: &Provenance,
) -> String {
    let mut table = Table::new();
    table.push("policy", texts(&found.rows, |row| row.policy.clone()));
    for (name, of) in ROBUSTNESS_COLUMNS {
        if options.threshold.is_some() || !matches!(name, "satisficing" | "shortfall") {
            table.push(name, texts(&found.rows, |row| with_interval(&of(row))));
        }
    }
    analysis_page(&AnalysisPage {
        title: "Which policy stands in uncertain futures".into(),
        question: format!("Which policy is least regretted in {}, whatever the uncertain parameters are?", Measure::of(&options.outcome).name),
        findings: robustness_words(found, options),
        charts: charts.iter().collect(),
        parts: vec![Part {
            id: "policies",
            heading: "Every policy",
            lead: "Regret is the distance to the best policy of the same future. A largest regret is that of the futures that \
                   were looked at and has no interval."
                .into(),
            caption: "The least regretted first, with 95 % intervals by resampling futures".into(),
            table,
        }],
        limits: vec![
            "Futures are the points of a design: how likely each is, is not asked.".into(),
            "A policy is held against those that are here; one that is not might be regretted less.".into(),
            "One outcome decides here. What a policy costs and whom it burdens is another question.".into(),
            "Each future has few replications: part of the largest regret is chance.".into(),
        ],
        next: next.to_vec(),
        provenance: origin(provenance),
    })
}
