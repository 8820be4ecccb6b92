//! Words, chart and page of rival rules weighed by facts.

use crate::chart::{self, Chart, ChartError, IntervalRow, IntervalWords, Mark};
use crate::report::{AnalysisPage, Part, analysis_page};
use forestall_study::{Provenance, Rivals};

use super::words::{Next, counted, names, number, origin};

/// Below this probability of being as far off, probabilities do not hold what they promise.
const UNHELD: f64 = 0.01;
/// Odds that are called weak, as Kass and Raftery (1995) do.
const WEAK: f64 = 3.0;

/// What the facts say of the rivals, most important first.
pub fn rival_words(found: &Rivals) -> Vec<String> {
    let mut ordered: Vec<_> = found.rows.iter().collect();
    ordered.sort_by(|a, b| b.probability.total_cmp(&a.probability));
    let [best, next, ..] = ordered.as_slice() else { return Vec::new() };
    let odds = best.probability / next.probability.max(1e-12);
    let strength = if odds < WEAK {
        "the facts do not tell it from the next"
    } else if best.interval.0 < next.interval.1 {
        "the tables are too small to be sure of that"
    } else {
        "the facts speak for it"
    };
    let mut out = vec![format!(
        "Likeliest of {}: “{}”, with probability {:.2} [{:.2}, {:.2}], {} times that of “{}”: {strength}.",
        counted(found.rows.len(), "rival"),
        best.name,
        best.probability,
        best.interval.0,
        best.interval.1,
        number(odds),
        next.name
    )];
    let unlikely: Vec<String> = ordered
        .iter()
        .skip(1)
        .filter(|row| row.interval.1 < best.probability / 10.0)
        .map(|row| format!("“{}”", row.name))
        .collect();
    if !unlikely.is_empty() {
        out.push(format!("At least ten times less likely: {}.", unlikely.join(", ")));
    }
    let known = &found.known;
    if known.tried > 0 {
        out.push(format!(
            "Where the rule is known, {:.0} % of histories are given to it ({:.0} % by guessing); {}.",
            100.0 * known.right,
            100.0 / found.rows.len() as f64,
            if known.tells() {
                "so such facts tell some of these rules apart"
            } else {
                "so such facts do not tell these rules apart"
            }
        ));
        let own = |(k, row): (usize, &forestall_study::RivalRow)| format!("“{}” {:.2}", row.name, known.given[k][k]);
        let each: Vec<String> = found.rows.iter().enumerate().map(own).collect();
        out.push(format!("Mean probability that each gets where it made the history: {}.", names(&each)));
        out.push(if known.held < UNHELD {
            format!(
                "Probabilities do NOT hold what they promise on known rules (p = {:.3}): read them as an order alone.",
                known.held
            )
        } else {
            format!("Nothing shows that probabilities promise more or less than they hold (p = {:.2}).", known.held)
        });
    }
    out
}

/// The probabilities with their intervals.
///
/// # Errors
/// If the chart cannot be drawn.
pub fn rival_charts(found: &Rivals) -> Result<Vec<Chart>, ChartError> {
    let row = |r: &forestall_study::RivalRow| {
        let mark = Mark { value: Some(r.probability), interval: Some(r.interval) };
        IntervalRow { label: r.name.clone(), marks: vec![mark], printed: mark.words() }
    };
    let mut ordered: Vec<_> = found.rows.iter().collect();
    ordered.sort_by(|a, b| b.probability.total_cmp(&a.probability));
    let rows: Vec<IntervalRow> = ordered.into_iter().map(row).collect();
    let words = IntervalWords {
        name: "rivals".into(),
        title: "How probable each rule is after the facts".into(),
        subtitle: "All were equally probable before (lines: 95 % intervals, from the size of the tables)".into(),
        axis: "Probability".into(),
        rows: "Rule".into(),
        series: vec!["probability".into()],
        printed: "Probability".into(),
        caption: format!(
            "{}, {} near them. A wide line: too few points to say.",
            counted(found.facts, "fact"),
            counted(found.near, "point")
        ),
    };
    Ok(vec![chart::intervals(&rows, &words)?])
}

/// The page.
pub fn rival_page(found: &Rivals, charts: &[Chart], next: &[Next], provenance: &Provenance) -> String {
    analysis_page(&AnalysisPage {
        title: "Which rule the facts speak for".into(),
        question:
            "Several rules could be behind the record, each with values that agree with it best: which of them is it \
                   likelier to come from?"
                .into(),
        findings: rival_words(found),
        charts: charts.iter().collect(),
        parts: vec![
            Part::new(
                "rivals",
                "Every rule",
                "All were equally probable before the facts, whatever the sizes of their tables.",
                "Probability with its 95 % interval, by a jackknife over ten parts of the tables",
                found.table(),
            ),
            Part::new(
                "known",
                "Known rules",
                "Simulated histories, each taken for the record with its like left out.",
                "Row: the rule that made the histories; columns: the mean probability that each rule was given",
                found.known_table(),
            ),
        ],
        limits: vec![
            "The likeliest of these rules is not the right one: rules that nobody wrote down are not among them."
                .into(),
            "A probability hangs on the priors: a rule with wider ones spreads itself thinner.".into(),
            "Rules that differ in what no fact shows stay as probable as they were.".into(),
        ],
        next: next.to_vec(),
        provenance: origin(provenance),
    })
}
