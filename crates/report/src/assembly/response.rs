//! Words, chart and page of what the other side would do about each policy, and what the policy is then worth.

use crate::chart::{self, Chart, ChartError, IntervalRow, IntervalWords, Mark, Measure};
use crate::report::{AnalysisPage, Part, analysis_page};
use forestall_study::rooms::stats::Paired;
use forestall_study::{PolicyWorth, Provenance, Responded};

use super::words::{Next, counted, origin, texts};
use forestall_model::Table;

fn mark(found: Option<&Paired>) -> Mark {
    let known = found.filter(|p| p.difference.is_finite());
    let interval = known.map(|p| (p.low, p.high)).filter(|(low, high)| low.is_finite() && high.is_finite());
    Mark { value: known.map(|p| p.difference), interval }
}

/// "1.2 [0.9, 1.5]"
fn words(found: Option<&Paired>) -> String {
    mark(found).words()
}

/// The sign that an interval leaves no doubt of: 1, −1, or 0.
fn sign(found: Option<&Paired>) -> i8 {
    found.map_or(0, |p| i8::from(p.low > 0.0) - i8::from(p.high < 0.0))
}

/// The policy that prevents most by one of its worths, with that worth.
fn most(found: &Responded, of: fn(&PolicyWorth) -> Option<&Paired>) -> Option<(&PolicyWorth, &Paired)> {
    let all = found.worths.iter().filter_map(|w| Some((w, of(w)?)));
    all.filter(|(_, p)| p.difference.is_finite()).max_by(|a, b| a.1.difference.total_cmp(&b.1.difference))
}

/// What was found, most important first: the first sentence is the answer.
pub fn response_of_policies_words(found: &Responded) -> Vec<String> {
    let mut out = Vec::new();
    let (fixed, responding) = (most(found, |w| w.fixed.as_ref()), most(found, |w| w.responding.as_ref()));
    match (fixed, responding) {
        (Some((one, p)), Some((other, q))) if one.policy == other.policy => out.push(format!(
            "{} prevents most both where the other side does what it does anyway ({} attacks) and where it answers its \
             best within its freedom ({}).",
            one.label,
            words(Some(p)),
            words(Some(q))
        )),
        (Some((one, p)), Some((other, q))) => out.push(format!(
            "Where the other side does what it does anyway, {} prevents most ({} attacks); where it answers its best within \
             its freedom, {} does ({}).",
            one.label,
            words(Some(p)),
            other.label,
            words(Some(q))
        )),
        _ => out.push("There is no policy to compare: what follows is the other side's answer to the baseline.".into()),
    }
    let less: Vec<&str> =
        found.worths.iter().filter(|w| sign(w.change.as_ref()) < 0).map(|w| w.label.as_str()).collect();
    let more: Vec<&str> =
        found.worths.iter().filter(|w| sign(w.change.as_ref()) > 0).map(|w| w.label.as_str()).collect();
    let told = |names: &[&str], word: &str| match names {
        [] => None,
        names => Some(format!("Worth {word} against a side that answers, beyond noise: {}.", names.join(", "))),
    };
    out.extend(told(&less, "less"));
    out.extend(told(&more, "more"));
    if less.is_empty() && more.is_empty() && !found.worths.is_empty() {
        out.push("For no policy do these replications show that its worth moves when the other side answers.".into());
    }
    if let Some(base) = found.exploited.first() {
        out.push(format!(
            "Without a policy, answering gains the other side {} {} a simulated history.",
            words(base.gain.as_ref()),
            wanted(found)
        ));
    }
    if let Some(game) = &found.game {
        let value = mark_of(game.solution.value, game.interval.map(|i| (i.low, i.high))).words();
        let taken: Vec<String> = (found.responses.iter().zip(&game.solution.rows))
            .filter(|(_, share)| **share > 0.005)
            .map(|(r, share)| format!("{} {:.2}", r.label, share))
            .collect();
        out.push(format!(
            "As a game between these policies and {}, the services can hold {} to {value} a simulated history, by: {}.",
            counted(found.behaviours.len(), "behaviour"),
            wanted(found),
            taken.join(", ")
        ));
    }
    let tried: usize = found.responses.iter().map(|r| r.found.tried).sum();
    out.push(format!(
        "{} tried against {}; then {} of every policy against every behaviour, which no race has used.",
        counted(tried, "setting"),
        counted(found.responses.len(), "policy run"),
        counted(found.replications as usize, "fresh replication")
    ));
    out
}

/// What the other side wants, in words.
fn wanted(found: &Responded) -> String {
    Measure::of(found.objective()).name
}

fn mark_of(value: f64, interval: Option<(f64, f64)>) -> Mark {
    Mark { value: Some(value), interval }
}

/// What each policy prevents against both.
///
/// # Errors
/// If the chart cannot be drawn.
pub fn response_charts(found: &Responded) -> Result<Vec<Chart>, ChartError> {
    let row = |w: &PolicyWorth| IntervalRow {
        label: w.label.clone(),
        marks: vec![mark(w.fixed.as_ref()), mark(w.responding.as_ref())],
        printed: format!("{} → {}", short(w.fixed.as_ref()), short(w.responding.as_ref())),
    };
    let rows: Vec<IntervalRow> = found.worths.iter().map(row).collect();
    let about = IntervalWords {
        name: "responding".into(),
        title: "Attacks prevented, against a side that answers".into(),
        subtitle: "Baseline minus policy, attacks per simulated history (lines: 95 % intervals)".into(),
        axis: "Attacks prevented per simulated history".into(),
        rows: "Policy".into(),
        series: vec!["the other side does what it does anyway".into(), "it answers its best within its freedom".into()],
        printed: "anyway → answering".into(),
        caption: format!(
            "Mean of paired differences over {}; answers chosen on one half of them and measured on the other.",
            counted(found.replications as usize, "fresh replication")
        ),
    };
    Ok(vec![chart::intervals(&rows, &about)?])
}

fn short(found: Option<&Paired>) -> String {
    found.map_or_else(|| "undefined".into(), |p| chart::short(p.difference))
}

/// The page.
pub fn response_page(found: &Responded, charts: &[Chart], next: &[Next], provenance: &Provenance) -> String {
    let mut worth = Table::new();
    worth.push("policy", texts(&found.worths, |w| w.label.clone()));
    worth.push("attacks prevented, as it is", texts(&found.worths, |w| words(w.fixed.as_ref())));
    worth.push("attacks prevented, answering", texts(&found.worths, |w| words(w.responding.as_ref())));
    worth.push("change", texts(&found.worths, |w| words(w.change.as_ref())));
    let mut gains = Table::new();
    gains.push("policy run", texts(&found.exploited, |e| e.label.clone()));
    gains.push("best answer", texts(&found.exploited, |e| behaviour(found, e.best)));
    gains.push(format!("gain in {}", found.objective()), texts(&found.exploited, |e| words(e.gain.as_ref())));
    let mut choices = Table::new();
    let shown: Vec<usize> = (0..found.behaviours.len()).collect();
    choices.push("behaviour", texts(&shown, |&i| behaviour(found, i)));
    for (lever, factor) in found.input.problem.factors.iter().enumerate() {
        let value = |i: usize| found.behaviours[i].values.get(lever).copied();
        let cell = |i: usize| value(i).map_or_else(|| "as it is".into(), |v| factor.text(v));
        choices.push(found.input.name(lever), texts(&shown, |&i| cell(i)));
    }
    analysis_page(&AnalysisPage {
        title: "Policies against a side that answers".into(),
        question: format!(
            "What would the other side do about each policy of {} within its freedom, and what is the policy then worth?",
            found.scenario
        ),
        findings: response_of_policies_words(found),
        charts: charts.iter().collect(),
        parts: vec![
            Part::new(
                "worth",
                "What each policy is worth",
                "Attacks prevented with 95 % intervals. When it answers, the other side answers the baseline too: each policy \
                 is held against the best that the other side can do without it.",
                "One row a policy",
                worth,
            ),
            Part::new(
                "gains",
                "What answering gains the other side",
                "Exploitability of each policy: the gain of the best behaviour found over what it does anyway. The behaviour is \
                 chosen on one half of the replications and measured on the other, so that no luck is in it.",
                "One row a policy run",
                gains,
            ),
            Part::new(
                "choices",
                "What the other side chose",
                "The values of its freedom in each behaviour that was found.",
                "One row a behaviour",
                choices,
            ),
        ],
        limits: vec![
            "The freedom is what the scenario states, and its limits are assumed: a wider freedom answers better."
                .into(),
            "The other side knows each policy and chooses once; it does not learn on the way and does not bargain."
                .into(),
            "A search finds good answers, not all of them: what answering gains is at least what is shown, within its \
             interval."
                .into(),
            "In the game only attacks count; cost, burden and rights are left out.".into(),
        ],
        next: next.to_vec(),
        provenance: origin(provenance),
    })
}

/// A behaviour in words.
fn behaviour(found: &Responded, place: usize) -> String {
    let name = found.behaviours[place].name.as_str();
    match name.strip_prefix("against-") {
        None => "as it is".into(),
        Some(policy) => {
            let label = found.responses.iter().find(|r| r.policy == policy).map_or(policy, |r| r.label.as_str());
            format!("found against {label}")
        }
    }
}
