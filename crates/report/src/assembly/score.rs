//! Words, charts and page of a scored forecast.

use crate::chart::{self, Chart, ChartError};
use crate::report::{AnalysisPage, Part, analysis_page};
use forestall_model::{Column, Table};
use forestall_study::{PlainSummary, Provenance, Scored};

use super::words::{Next, number, origin};

/// What the scores say, most important first.
pub fn score_words(found: &Scored) -> Vec<String> {
    let all = &found.summary;
    let Some(crps) = all.mean_crps else {
        return vec!["Nothing could be scored: no quantity has both draws and an observation.".into()];
    };
    let counted = |n: usize| if n == 1 { "1 quantity".to_owned() } else { format!("{n} quantities") };
    let mut out = vec![format!(
        "{} of {} observed values lie in the central 90 % of their forecasts{}.",
        all.inside_90,
        all.quantities,
        all.coverage_interval
            .map(|(low, high)| format!(
                " (share {:.2}, 95 % interval {low:.2} to {high:.2})",
                all.coverage.unwrap_or(0.0)
            ))
            .unwrap_or_default()
    )];
    out.push(format!(
        "Mean CRPS {} over {}{}.",
        number(crps),
        counted(all.quantities),
        all.mean_log_score.map_or_else(
            || ", no logarithmic score is defined".to_owned(),
            |log| format!(
                ", mean logarithmic score (−ln density) {} over {}",
                number(log),
                counted(all.with_log_score)
            )
        )
    ));
    if let Some(best) = nearest(&all.naive) {
        let skill = best.skill.unwrap_or(0.0);
        let (share, word) = (100.0 * skill.abs(), if skill >= 0.0 { "better" } else { "worse" });
        out.push(format!(
            "By CRPS the forecast is {share:.0} % {word} than “{}”, the best of the plain forecasts beside it.",
            best.forecast
        ));
    }
    out.push(match all.pit_p {
        None => "Too few observations to test whether forecasts are as wide as they should be (five are needed).".into(),
        Some(p) if p < 0.05 => {
            format!("The observations do not fall evenly over their forecasts (Kolmogorov–Smirnov, p = {p:.3}).")
        }
        Some(p) => format!(
            "Nothing shows that the forecasts are too narrow, too wide or askew (Kolmogorov–Smirnov, p = {p:.2}); with few \
             observations much would not show."
        ),
    });
    out
}

/// The plain forecast against which the draws do least well.
fn nearest(all: &[PlainSummary]) -> Option<&PlainSummary> {
    let defined = all.iter().filter(|p| p.skill.is_some());
    defined.min_by(|a, b| a.skill.unwrap_or(0.0).total_cmp(&b.skill.unwrap_or(0.0)))
}

/// Forecasts beside observations, and the histogram of the PIT.
///
/// # Errors
/// If a chart cannot be drawn.
pub fn score_charts(found: &Scored) -> Result<Vec<Chart>, ChartError> {
    let test = found.summary.pit_p.map_or(String::new(), |p| format!("Test of evenness: p = {p:.2}."));
    let shares = found.summary.pit_histogram.clone().unwrap_or_default();
    Ok(vec![chart::forecasts(&found.table())?, chart::pit(&shares, found.summary.quantities, &test)?])
}

/// The page of a scored forecast.
pub fn score_page(found: &Scored, charts: &[Chart], next: &[Next], provenance: &Provenance) -> String {
    let plain = &found.summary.naive;
    let mut beside = Table::new();
    let numbers = |f: &dyn Fn(&PlainSummary) -> Option<f64>| Column::Number(plain.iter().map(f).collect());
    beside.push("forecast", Column::Text(plain.iter().map(|p| p.forecast.clone()).collect()));
    beside.push("quantities", Column::Integer(plain.iter().map(|p| Some(p.quantities as i64)).collect()));
    beside.push("mean CRPS", numbers(&|p| p.mean_crps));
    beside.push("mean CRPS of the draws", numbers(&|p| p.own_crps));
    beside.push("skill of the draws", numbers(&|p| p.skill));
    beside.push("mean logarithmic score", numbers(&|p| p.mean_log_score));
    analysis_page(&AnalysisPage {
        title: "How good the forecast was".into(),
        question: "How far were the forecasts from what came, and were they as sure as they had a right to be?".into(),
        findings: score_words(found).into_iter().chain(found.notes.iter().map(|n| format!("Note: {n}."))).collect(),
        charts: charts.iter().collect(),
        parts: vec![
            Part {
                id: "scores",
                heading: "Every quantity scored",
                lead: "All scores are losses: less is better. CRPS is in the quantity’s own unit.".into(),
                caption: "One row a quantity; low and high are the 5 % and 95 % quantiles of the draws".into(),
                table: found.table(),
            },
            Part {
                id: "plain",
                heading: "Beside plain forecasts",
                lead: "Skill above 0: the draws have the smaller CRPS. A point’s CRPS is its absolute error.".into(),
                caption: "Means over the quantities that both forecast".into(),
                table: beside,
            },
        ],
        limits: vec![
            "A score says how good this forecast was in these quantities, not how good the next one will be.".into(),
            "Quantities of one run are not independent: coverage and the test of evenness are less sure than they look."
                .into(),
            "A mean CRPS over quantities of different units or sizes is that of the largest.".into(),
            "The logarithmic score of draws rests on a smoothed density; in its tails it is a rule, not knowledge.".into(),
        ],
        next: next.to_vec(),
        provenance: origin(provenance),
    })
}
