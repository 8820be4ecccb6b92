//! The answer of a run in words and numbers: for a terminal, and for scripts.

use serde_json::{Value, json};

use forestall_model::{Column, Table};
use forestall_report::assembly::{number, variance_words};
use forestall_study::{FEWEST_EVENTS, RejectedPart, ResultsFolder, Run, StudyError};

/// The outcome that the first lines are about.
const ATTACKS: &str = "attacks_completed";

/// That there are too few events to answer a question about them; `found` of them are expected, or there in so many
/// replications.
pub fn few(outcome: &str, found: &str, replications: Option<u64>) -> String {
    let there = replications.map_or_else(
        || format!("{found} of {outcome} expected in all replications of the baseline"),
        |n| format!("{found} of {outcome} in all {n} replications of the baseline"),
    );
    format!(
        "warning: the question is hardly answered: {there}, and with fewer than about 10 intervals stay wide. Ask for more \
         --replications, a longer time, or an outcome that happens more often"
    )
}

/// What [`few`] says of a run that has too few events, if it has.
pub fn few_found(run: &Run, outcome: &str) -> Option<String> {
    let done = run.manifest().replications.done;
    let found = run.baseline_mean(outcome)? * done as f64;
    (0.0..FEWEST_EVENTS).contains(&found).then(|| few(outcome, &format!("{found:.0}"), Some(done)))
}

/// That there are no alternatives to run.
pub const NO_ALTERNATIVES: &str = "--robust needs alternatives to run, and the scenario has none: write `[alternatives.NAME]` \
                                   with `set = { … }`, what is otherwise in that world";

/// That the precision asked for was not reached.
pub const NOT_PRECISE: &str = "the precision asked for was not reached; raise --max-replications";

/// That a stored part was damaged.
pub fn rejected(part: &RejectedPart) -> String {
    format!("warning: {} was damaged ({}); its runs are computed again", part.path.display(), part.reason)
}

/// That the folder holds more than was asked for.
pub fn extended(replications: u64, arms: usize) -> String {
    format!(
        "the folder of this run holds more than is asked for, and nothing of it is taken away: all numbers are of \
         {replications} replications of {arms} policy runs; for fewer choose another folder by --out"
    )
}

/// That single runs have failed, and why the first one did.
pub fn failed(failures: usize, first: Option<&str>, folder: &ResultsFolder) -> String {
    let first = first.map(|reason| format!("; the first: {reason}")).unwrap_or_default();
    let runs = if failures == 1 { "run" } else { "runs" };
    format!("{failures} {runs} failed; they are listed in {}{first}", folder.failures().display())
}

/// The mean of a column under the baseline.
pub fn baseline_mean(run: &Run, column: &str) -> String {
    run.baseline_mean(column).map_or("undefined".into(), number)
}

/// What a policy prevents, with its interval.
struct Prevented {
    policy: String,
    label: String,
    n: Option<f64>,
    /// Mean and limits; `None` where they are undefined.
    spread: Option<(f64, f64, f64)>,
}

/// What each policy prevents, in the order of the scenario.
fn prevented(run: &Run) -> Result<Vec<Prevented>, StudyError> {
    let comparisons = run.comparisons()?;
    let cell = |name: &str, row: usize| comparisons.column(name).and_then(|c| c.number(row));
    let text = |name: &str, row: usize| comparisons.column(name).map(|c| c.text(row)).unwrap_or_default();
    let rows = (0..comparisons.rows()).filter(|&row| text("outcome", row) == ATTACKS);
    let one = |row: usize| {
        let known = (cell("difference", row), cell("ci_low", row), cell("ci_high", row));
        // What is prevented is the difference turned round; adding zero turns −0 into 0.
        let spread = match known {
            (Some(d), Some(low), Some(high)) => Some((-d + 0.0, -high + 0.0, -low + 0.0)),
            _ => None,
        };
        Prevented { policy: text("policy", row), label: text("label", row), n: cell("n", row), spread }
    };
    Ok(rows.map(one).collect())
}

/// One sentence that answers the question as far as the intervals do.
fn sentence(run: &Run, all: &[Prevented]) -> String {
    let of = format!("{} attacks completed in a simulated history", baseline_mean(run, ATTACKS));
    let known = all.iter().filter_map(|p| Some((p, p.spread?)));
    let Some((best, (mean, low, high))) = known.max_by(|a, b| a.1.0.total_cmp(&b.1.0)) else {
        return format!("Baseline: {of}");
    };
    let much = format!("{mean:.2} [{low:.2}, {high:.2}] of {of}");
    if low > 0.0 {
        format!("{} prevents most: {much}", best.label)
    } else {
        format!("No policy is shown to prevent attacks; {} comes to {much}", best.label)
    }
}

/// The first lines of the answer, for a terminal.
///
/// # Errors
/// If a table of the run is missing or damaged.
pub fn summary(run: &Run) -> Result<String, StudyError> {
    let all = prevented(run)?;
    let n = run.manifest().replications.done;
    let mut out = format!("{}\n\n", sentence(run, &all));
    out += &format!("Attacks completed, baseline: {} (mean of {n} replications)\n", baseline_mean(run, ATTACKS));
    for one in &all {
        let line = one
            .spread
            .map_or("undefined".into(), |(mean, low, high)| format!("{mean:7.2} prevented  [{low:.2}, {high:.2}]"));
        out += &format!("  {:28} {line}\n", one.label);
    }
    Ok(out)
}

/// The answer for scripts, before all numbers.
///
/// # Errors
/// As [`summary`].
pub fn verdict(run: &Run) -> Result<Value, StudyError> {
    let all = prevented(run)?;
    let policies: Vec<Value> = all
        .iter()
        .map(|one| {
            let (mean, low, high) = one.spread.map_or((None, None, None), |s| (Some(s.0), Some(s.1), Some(s.2)));
            json!({"policy": one.policy, "label": one.label, "prevented": mean, "ci_low": low, "ci_high": high, "n": one.n.map(|n| n as u64)})
        })
        .collect();
    Ok(json!({
        "sentence": sentence(run, &all), "question": run.scenario().question, "outcome": ATTACKS,
        "replications": run.manifest().replications.done, "baseline": run.baseline_mean(ATTACKS), "policies": policies,
    }))
}

/// A table as a list of objects.
pub fn table_json(table: &Table) -> Value {
    let cell = |column: &Column, row: usize| match column {
        Column::Text(v) => json!(v[row]),
        Column::Integer(v) => json!(v[row]),
        Column::Number(v) => json!(v[row]),
    };
    (0..table.rows())
        .map(|row| {
            let fields = table.columns().map(|(name, column)| (name.to_string(), cell(column, row)));
            Value::Object(fields.collect())
        })
        .collect()
}

/// Random variation and parameter uncertainty of attacks completed, where runs have taken draws.
pub fn variance(run: &Run) -> Option<String> {
    let rows = run.variance(ATTACKS);
    if rows.is_empty() {
        return None;
    }
    let mut out = String::from(
        "\nVariance of attacks completed, random variation (within draws) and parameter uncertainty (between draws)\n",
    );
    for (label, split) in &rows {
        out += &format!("  {label:28} {}\n", variance_words(split.variance.as_ref()));
    }
    Some(out)
}

/// The same for scripts.
pub fn variance_json(run: &Run) -> Value {
    let rows = run.variance(ATTACKS);
    rows.iter()
        .map(|(_, split)| {
            let v = split.variance;
            json!({
                "arm": split.arm,
                "outcome": ATTACKS,
                "draws": v.map(|v| v.draws),
                "chance_variance": v.map(|v| v.chance_variance),
                "ignorance_variance": v.map(|v| v.ignorance_variance),
                "ignorance_share": v.and_then(|v| v.ignorance_share),
            })
        })
        .collect()
}
