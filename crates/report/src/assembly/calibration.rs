//! Words, charts and page of a calibration.

use crate::chart::{self, Chart, ChartError};
use crate::report::{AnalysisPage, Part, analysis_page};
use forestall_model::{Column, Table};
use forestall_study::{Calibration, Provenance, TruthRow, Truths};

use super::words::{Next, counted, names, number, numbers, origin, texts};

/// Prior and posterior of each parameter, each pattern beside its fact, and ranks of known truths where there are some.
///
/// # Errors
/// If a chart cannot be drawn.
pub fn calibration_charts(found: &Calibration) -> Result<Vec<Chart>, ChartError> {
    let effective = found.state.generations.last().map_or(0.0, |g| g.effective);
    let sample = format!("{} particles, effective sample size {effective:.0}.", found.state.particles.len());
    let checked = format!("{} draws from the posterior, one replication each, on fresh streams.", found.checked);
    let mut charts = vec![
        chart::posterior(&found.parameter_table(), &found.rank_table(), &sample)?,
        chart::predictive(&found.pattern_table(), &checked)?,
    ];
    if let Some(truths) = &found.truths {
        let sample = format!("{} truths from the prior, each fitted as if it were the record.", truths.count);
        charts.push(chart::ranks(&found.truth_table(), &sample)?);
    }
    Ok(charts)
}

/// What the facts have taught, most important first: the first sentence is the answer.
pub fn calibration_words(found: &Calibration) -> Vec<String> {
    let within = |held_out: bool| {
        let own: Vec<_> = found.patterns.iter().filter(|row| row.held_out == held_out).collect();
        (own.iter().filter(|row| row.hit() == Some(true)).count(), own.len())
    };
    let (hits, all) = within(false);
    let of = |verdict: &str| -> Vec<String> {
        let own = found.parameters.iter().filter(|row| row.verdict() == verdict);
        own.map(|row| row.parameter.clone()).collect()
    };
    let (known, unknown) = (of("identified"), of("unidentified"));
    let mut out = vec![format!(
        "With the values that agree best, the model’s median is within the target range of {hits} of {}; {} of {} narrowed \
         by them to less than half.",
        counted(all, "fact"),
        known.len(),
        counted(found.parameters.len(), "parameter")
    )];
    let (hits, held) = within(true);
    if held > 0 {
        out.push(format!(
            "Of {} kept out of the fit, {hits} {} met.",
            counted(held, "fact"),
            if hits == 1 { "is" } else { "are" }
        ));
    }
    let missed: Vec<String> =
        found.patterns.iter().filter(|row| row.hit() == Some(false)).map(|row| row.pattern.clone()).collect();
    let told: Vec<_> = found.patterns.iter().filter(|row| row.inside_90().is_some()).collect();
    let inside = told.iter().filter(|row| row.inside_90() == Some(true)).count();
    if !told.is_empty() {
        out.push(format!(
            "{inside} of {} published values lie in the central 90 % of what single histories show.",
            told.len()
        ));
    }
    if !missed.is_empty() {
        out.push(format!("Outside their range: {}.", names(&missed)));
    }
    if !known.is_empty() {
        out.push(format!("Constrained by the facts: {}.", names(&known)));
    }
    if !unknown.is_empty() {
        out.push(format!("Not constrained by the data: {}.", names(&unknown)));
    }
    for pair in &found.ridges {
        out.push(format!(
            "{} and {} are known together only (correlation {:.2}).",
            pair.parameters[0], pair.parameters[1], pair.correlation
        ));
    }
    if let Some(screened) = &found.screened {
        let fixed: Vec<String> = screened.iter().filter(|s| !s.kept).map(|s| s.parameter.clone()).collect();
        out.push(format!("Left at the scenario’s value after screening: {}.", names(&fixed)));
    }
    out.extend(found.truths.iter().flat_map(Truths::words));
    out.push(chart::capital(&format!("{}.", found.end_words().trim_end_matches('.'))));
    out
}

/// How the method fares on known truths, one row a parameter; empty where it was tried on none.
fn known_truths(found: &Calibration) -> Table {
    let rows = found.truths.as_ref().map_or(&[][..], |truths| &truths.rows);
    let whole = |of: &dyn Fn(&TruthRow) -> usize| Column::Integer(rows.iter().map(|r| Some(of(r) as i64)).collect());
    let mut table = Table::new();
    table.push("parameter", texts(rows, |r| r.parameter.clone()));
    table.push("explained share", numbers(rows, |r| Some(r.explained)));
    table.push("truths", whole(&|r| r.ranks.iter().sum()));
    table.push("inside 50 %", whole(&|r| r.inside_50));
    table.push("inside 90 %", whole(&|r| r.inside_90));
    table.push("probability", numbers(rows, |r| Some(r.probability)));
    table
}

/// The page of a calibration.
pub fn calibration_page(found: &Calibration, charts: &[Chart], next: &[Next], provenance: &Provenance) -> String {
    let range = |low: f64, high: f64| format!("{} to {}", number(low), number(high));
    let mut parameters = Table::new();
    let rows = &found.parameters;
    parameters.push("parameter", texts(rows, |r| r.parameter.clone()));
    parameters.push("prior 90 %", texts(rows, |r| range(r.prior.0, r.prior.1)));
    parameters.push("posterior 90 %", texts(rows, |r| range(r.posterior.0, r.posterior.1)));
    parameters.push("median", numbers(rows, |r| Some(r.median)));
    parameters.push("width of the prior’s", numbers(rows, |r| r.width_ratio));
    parameters.push("verdict", texts(rows, |r| r.verdict().into()));
    let mut patterns = Table::new();
    let rows = &found.patterns;
    patterns.push("pattern", texts(rows, |r| r.pattern.clone()));
    patterns.push("fact", texts(rows, |r| r.fact.clone()));
    patterns.push("target range", texts(rows, |r| range(r.interval.0, r.interval.1)));
    patterns
        .push("simulated 90 %", texts(rows, |r| r.simulated.map_or_else(|| "undefined".into(), |q| range(q[0], q[2]))));
    patterns.push("median", numbers(rows, |r| r.simulated.map(|q| q[1])));
    patterns.push("published", numbers(rows, |r| r.published));
    patterns.push("PIT", numbers(rows, |r| r.pit));
    let verdict = |hit: Option<bool>| hit.map_or("undefined", |hit| if hit { "within" } else { "outside" });
    patterns.push("verdict", texts(rows, |r| verdict(r.hit()).into()));
    patterns.push("in the fit", texts(rows, |r| if r.held_out { "kept out" } else { "yes" }.into()));
    let mut generations = Table::new();
    let rows = &found.state.generations;
    let whole = |f: &dyn Fn(&forestall_study::FitGeneration) -> u64| {
        Column::Integer(rows.iter().map(|g| Some(f(g) as i64)).collect())
    };
    generations.push("generation", whole(&|g| u64::from(g.number)));
    generations.push("tolerance", numbers(rows, |g| g.tolerance));
    generations.push("tried", whole(&|g| g.tried));
    generations.push("accepted", whole(&|g| g.accepted));
    generations.push("effective sample", numbers(rows, |g| Some(g.effective)));
    generations.push("median distance", numbers(rows, |g| Some(g.median_distance)));
    analysis_page(&AnalysisPage {
        title: "Which values agree with the facts".into(),
        question:
            "Which values of the uncertain parameters let the model show what is on record, and which facts does it \
                   miss all the same?"
                .into(),
        findings: calibration_words(found),
        charts: charts.iter().collect(),
        parts: vec![
            Part::new(
                "patterns",
                "Every fact",
                "Replications from draws of the posterior, on random numbers that the fit has not seen.",
                "Within: the median of the simulated values lies in the target range. PIT: share of them below the published value",
                patterns,
            ),
            Part::new(
                "parameters",
                "Every parameter",
                "A parameter whose interval stays as wide as its prior’s is not constrained by these facts.",
                "Intervals hold 90 %",
                parameters,
            ),
            Part::new(
                "truths",
                "Known truths",
                "Points of the table, each fitted as if its own history were the record: is a posterior as wide as it \
                 should be?",
                "Truths inside their central intervals, and how probable ranks as uneven are where the method is right",
                known_truths(found),
            ),
            Part::new("generations", "How the fit went", "", "One row a generation", generations),
        ],
        limits: vec![
            "Agreement with these facts does not make the rules right: other rules might agree as well.".into(),
            "The posterior covers the free parameters alone; all others stay at one value.".into(),
            "Facts on foiled plots come from what became public; plots that nobody noticed are in no record.".into(),
            if found.truths.is_some() {
                "Known truths show the method right on average over the prior, not at these facts."
            } else {
                "The posterior of ABC is wider than the exact one, by the tolerance that is left."
            }
            .into(),
        ],
        next: next.to_vec(),
        provenance: origin(provenance),
    })
}
