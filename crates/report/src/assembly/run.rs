//! Charts and page of a run, from its tables alone.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::chart::{self, Chart, Measure, Setting};
use crate::report::{
    AdaptationRun, Brief, BriefPolicy, Checked, Drawn, REPLICATION_COLUMNS, ReportInput, findings, html,
    robustness_checks,
};
use forestall_model::{BASELINE, Column, Policy, Table, ValueRow};
use forestall_study::{Run, RunPolicy, StudyError, TableName, ThresholdScale};

use super::AssemblyError;
use super::words::{number, variance_words};

/// Whether a chart over years has one year alone, in which no course can be seen.
fn of_one_year(chart: &Chart) -> bool {
    let years = chart.data.integers("year").unwrap_or_default();
    years.first().is_some_and(|first| years.iter().all(|year| year == first))
}

/// Draws every chart of a run; of `more` outcomes the forest plot and the distribution too.
///
/// # Errors
/// If a chart cannot be drawn, or an outcome is not known.
pub fn charts(run: &Run, more: &[String]) -> Result<Vec<Chart>, AssemblyError> {
    let arms = arms(run);
    let baseline = &arms[..1.min(arms.len())];
    let comparisons = &drawn(run, run.comparisons()?, "label");
    let of = Measure::of;
    let mut charts = Vec::new();
    if arms.len() > 1 {
        charts.push(chart::forest(comparisons, &of("attacks_completed"))?);
    }
    let runs = |outcome: &str| run.columns(TableName::Replications, &["arm", outcome], None);
    charts.push(chart::distribution(&runs("attacks_completed")?, &of("attacks_completed"), &arms)?);
    charts.push(chart::pipeline(&run.columns(TableName::Replications, &chart::PIPELINE_COLUMNS, None)?, &arms)?);
    charts.push(chart::pathway_outcome(run.endings()?, baseline)?);
    charts.push(chart::plot_lives(run.plot_lives()?, BASELINE)?);
    for outcome in ["attacks_completed", "plots_foiled", "fighters_abroad"] {
        let columns = ["arm", "month", "month_start", outcome];
        let monthly = run.columns(TableName::Monthly, &columns, Some(BASELINE))?;
        // Of a few events a month only the sum shows anything; the number abroad is one of each moment.
        let course = if outcome == "fighters_abroad" { chart::fan } else { chart::cumulative };
        charts.push(course(&monthly, &of(outcome), baseline)?);
    }
    let monthly = |columns: &[&str]| run.columns(TableName::Monthly, columns, None);
    charts.push(chart::services(&monthly(&chart::SERVICES_COLUMNS)?, &arms)?);
    let by_year = [
        chart::share_over_time(&monthly(&chart::SHARE_COLUMNS)?, &arms)?,
        chart::share_by_start(run.foiled_by_start()?, &arms)?,
    ];
    charts.extend(by_year.into_iter().filter(|chart| !of_one_year(chart)));
    if run.scenario().countries.len() > 1 {
        let by_country = run.columns(TableName::ByCountry, &chart::COUNTRIES_COLUMNS, Some(BASELINE))?;
        let names: Vec<_> = country_names(run).into_iter().filter(|(_, name)| chart::drawable(name)).collect();
        charts.push(chart::countries(&by_country, baseline, &names)?);
        charts.push(country_grid(run)?);
    }
    charts.push(chart::reliability(&run.reliability()?)?);
    if arms.len() > 1 {
        charts.push(chart::harm_cost(comparisons)?);
        charts.push(chart::forest(comparisons, &of("held_without_plot"))?);
    }
    if let Some(curve) = run.thresholds() {
        let setting = match curve.scale {
            ThresholdScale::Threshold => Setting::Threshold,
            ThresholdScale::Shift => Setting::Shift,
        };
        charts.push(chart::roc(&curve.points, setting)?);
    }
    let ladders = run.ladders();
    if ladders.rows() > 0 {
        charts.push(chart::ladder(&ladders, comparisons, &of("attacks_completed"))?);
        charts.push(chart::ladder(&ladders, comparisons, &of("foiled_share"))?);
    }
    if let Some(counts) = run.mechanisms()? {
        charts.push(chart::mechanisms(&drawn(run, &counts, "label"), run.manifest().replications.done)?);
    }
    if let Some(labelled) = run.stings()? {
        charts.push(chart::stings(&drawn(run, &labelled, "policy_label"))?);
    }
    for outcome in more {
        let runs = runs(outcome)?;
        if runs.column(outcome).is_none() {
            let help = "`forestall list outcomes` names them all".into();
            return Err(StudyError::UnknownOutcome { name: outcome.clone(), help }.into());
        }
        charts.push(chart::forest(comparisons, &of(outcome))?);
        charts.push(chart::distribution(&runs, &of(outcome), &arms)?);
    }
    let origin = format!("Scenario {}, {}.", run.scenario().name, period(run));
    Ok(charts.into_iter().map(|chart| chart.with_origin(&origin)).collect())
}

/// Rates by country under the baseline, and what the policy prevents that prevents most.
fn country_grid(run: &Run) -> Result<Chart, AssemblyError> {
    let policy = most_preventing(run)?;
    let rates = run.country_rates(policy.as_ref().map(|p| p.name.as_str()))?;
    let label = policy.map(|p| if chart::drawable(&p.label) { p.label } else { p.name });
    let several = run.policies().len() > 2 && label.is_some();
    let sample = format!(
        "{}.{} Intervals: Student’s t over replications, or over draws of the parameters where runs share them.",
        chart::counted(run.manifest().replications.done as usize, "replication"),
        if several { " Shown is the policy that prevents most attacks here." } else { "" }
    );
    Ok(chart::country_grid(&rates, label.as_deref(), &sample)?)
}

/// Codes and names of the countries.
fn country_names(run: &Run) -> Vec<(String, String)> {
    run.scenario().countries.iter().map(|c| (c.code.clone(), c.name.clone())).collect()
}

/// The policy under which fewest attacks are carried out, null comparisons aside.
fn most_preventing(run: &Run) -> Result<Option<RunPolicy>, StudyError> {
    let table = run.comparisons()?;
    let (Some(policies), Some(outcomes)) = (table.texts("policy"), table.texts("outcome")) else { return Ok(None) };
    let difference = |name: &str| {
        let row = (0..table.rows()).find(|&row| policies[row] == name && outcomes[row] == "attacks_completed")?;
        table.column("difference")?.number(row)
    };
    let known = run.policies().into_iter().filter(|p| p.name != BASELINE && !p.null);
    let known = known.filter_map(|p| Some((difference(&p.name)?, p)));
    Ok(known.min_by(|a, b| a.0.total_cmp(&b.0)).map(|found| found.1))
}

/// The page of a run with these charts.
///
/// # Errors
/// If the run or others that stand beside it cannot be read.
pub fn page(run: &Run, charts: &[Chart]) -> Result<String, AssemblyError> {
    let comparisons = run.comparisons()?;
    let fit = fit(run)?;
    let input = ReportInput {
        title: if run.scenario().question.is_empty() { &run.scenario().name } else { &run.scenario().question }.clone(),
        brief: brief(run, &fit),
        findings: findings(comparisons, &period(run)),
        charts: charts.iter().collect(),
        comparisons: comparisons.clone(),
        by_country: if run.scenario().countries.len() > 1 { run.country_effects()? } else { Table::new() },
        countries: country_names(run),
        fit,
        alternatives: run.under_alternatives()?,
        responses: run.responses()?.unwrap_or_default(),
        robustness: robustness(run)?,
        substitution: run.displacement_at_every_strength()?,
        parameters: parameter_table(&run.parameters()),
        provenance: provenance(run),
        limits: limits(run),
    };
    Ok(html(&input))
}

/// What the first page needs beside the comparisons.
fn brief(run: &Run, fit: &Table) -> Brief {
    let (plan, parameters) = (run.scenario(), run.parameters());
    let policy = |p: &RunPolicy| BriefPolicy {
        name: p.name.clone(),
        what: plan.policy(&p.name).map(|policy| explained(policy, plan.start)).unwrap_or_default(),
        null: p.null,
    };
    let verdicts = fit.texts("verdict").unwrap_or_default();
    let patterns = fit.texts("pattern").unwrap_or_default();
    // A pattern that goes on from the one above, as "… in 2014" does, is named with it.
    let mut above = "";
    let mut outside = Vec::new();
    for (pattern, verdict) in patterns.iter().zip(verdicts) {
        let rest = pattern.strip_prefix('…');
        let whole = rest.map_or_else(|| pattern.clone(), |rest| format!("{above}{rest}"));
        above = if rest.is_none() { pattern } else { above };
        if verdict != "hit" {
            outside.push(whole);
        }
    }
    let assumed = parameters.iter().filter(|row| row.evidence.starts_with("assumed")).count();
    let histories = run.manifest().replications.done;
    let plural = if histories == 1 { "history" } else { "histories" };
    Brief {
        about: format!(
            "Scenario {}, {}: {histories} simulated {plural} under the baseline and each policy.",
            plan.name,
            period(run)
        ),
        policies: run.policies().iter().filter(|p| p.name != BASELINE).map(policy).collect(),
        baseline: run.baseline_mean("attacks_completed"),
        outside,
        patterns: patterns.len(),
        assumed: (assumed, parameters.len()),
    }
}

/// A policy in a sentence: its description, or what it sets, and from when.
fn explained(policy: &Policy, start: Date) -> String {
    let mut paths: Vec<&str> = policy.stages.iter().flat_map(|s| &s.set).map(|a| a.path.as_str()).collect();
    paths.dedup();
    let what = match policy.description.trim() {
        "" if paths.is_empty() => "Changes what passes between countries.".to_owned(),
        "" => format!("Sets {}.", paths.join(", ")),
        text => text.to_owned(),
    };
    let from = policy.stages.iter().map(|s| s.from).chain(policy.sharing.iter().filter_map(|s| s.from)).min();
    // Most descriptions say it already.
    match from.filter(|from| *from > start && !what.contains(&from.year().to_string())) {
        Some(from) => format!("{} From {from}.", what.trim_end()),
        None => what,
    }
}

/// The policy runs of charts: the baseline, then policies by how much they change attacks, either way, so that colours
/// go to those that matter and the grey of many to those that do not.
fn arms(run: &Run) -> Vec<chart::Arm> {
    let one = |p: forestall_study::RunPolicy| {
        let label = if chart::drawable(&p.label) { p.label } else { p.name.clone() };
        chart::Arm { name: p.name, label, replications: p.replications }
    };
    let mut arms: Vec<chart::Arm> = run.policies().into_iter().map(one).collect();
    let changes = run.comparisons().map(changes).unwrap_or_default();
    let change = |arm: &chart::Arm| changes.get(&arm.name).copied().unwrap_or(0.0);
    arms.sort_by(|a, b| (b.name == BASELINE).cmp(&(a.name == BASELINE)).then(change(b).total_cmp(&change(a))));
    arms
}

/// By how much each policy changes attacks completed, up or down.
fn changes(comparisons: &Table) -> BTreeMap<String, f64> {
    let (Some(policies), Some(outcomes), Some(differences)) =
        (comparisons.texts("policy"), comparisons.texts("outcome"), comparisons.column("difference"))
    else {
        return BTreeMap::new();
    };
    let attacks = (0..comparisons.rows()).filter(|&row| outcomes[row] == "attacks_completed");
    attacks.filter_map(|row| Some((policies[row].clone(), differences.number(row)?.abs()))).collect()
}

/// The policies that charts show by their name in the scenario, since the typeface of charts cannot draw their label.
pub fn shown_by_name(run: &Run) -> Vec<String> {
    run.policies().into_iter().filter(|p| !chart::drawable(&p.label)).map(|p| p.name).collect()
}

/// A table for charts, with names in place of the labels in `column` that cannot be drawn.
fn drawn(run: &Run, table: &Table, column: &str) -> Table {
    let names: BTreeMap<String, String> =
        run.policies().into_iter().filter(|p| !chart::drawable(&p.label)).map(|p| (p.label, p.name)).collect();
    let policy = table.texts("policy").unwrap_or_default();
    let shown = |(row, label): (usize, &String)| match names.get(label) {
        // Two policies may have one label; the row knows which it is.
        Some(name) => policy.get(row).unwrap_or(name).clone(),
        None => label.clone(),
    };
    let mut out = Table::new();
    for (name, values) in table.columns() {
        let values = match values {
            Column::Text(labels) if name == column => Column::Text(labels.iter().enumerate().map(shown).collect()),
            other => other.clone(),
        };
        out.push(name, values);
    }
    out
}

fn period(run: &Run) -> String {
    let (start, end) = (run.scenario().start, run.scenario().end);
    let last = end.yesterday().unwrap_or(end);
    format!("{start} to {last}")
}

/// The baseline beside the facts that the scenario names, in words.
fn fit(run: &Run) -> Result<Table, StudyError> {
    let mut columns: [Vec<String>; 6] = Default::default();
    for row in run.fit()? {
        let (simulated, range) = match &row.simulated {
            None => ("undefined".to_string(), String::new()),
            Some(found) => (number(found.mean), format!("{} to {}", number(found.low), number(found.high))),
        };
        let verdict = row.within().map_or("no data", |within| if within { "hit" } else { "miss" });
        let target = format!("{} to {}", number(row.target.0), number(row.target.1));
        let cells = [row.pattern, row.fact, target, simulated, range, verdict.into()];
        for (column, cell) in columns.iter_mut().zip(cells) {
            column.push(cell);
        }
    }
    let names = ["pattern", "fact", "range aimed at", "simulated mean", "90 % of runs", "verdict"];
    let mut table = Table::new();
    for (name, values) in names.into_iter().zip(columns) {
        table.push(name, Column::Text(values));
    }
    Ok(table)
}

/// What a careful reader would hold against the run, with its answers.
fn robustness(run: &Run) -> Result<Table, AssemblyError> {
    let drawn = run.calibrated().into_iter();
    let answered = run.at_strengths()?.into_iter();
    let runs = run.columns(TableName::Replications, &REPLICATION_COLUMNS, None)?;
    Ok(robustness_checks(&Checked {
        replications: Some(&runs),
        comparisons: Some(run.comparisons()?),
        arms: run.manifest().arms.clone(),
        drawn: drawn.map(|p| Drawn { path: p.path, values: p.values, unconstrained: p.unconstrained }).collect(),
        answered: answered.map(|r| AdaptationRun { response: r.strength, comparisons: r.comparisons }).collect(),
    }))
}

/// What the page says about random variation and parameter uncertainty.
fn limits(run: &Run) -> Vec<String> {
    let rows = run.variance("attacks_completed");
    let Some(draws) = rows.iter().find_map(|r| r.1.variance.map(|v| v.draws)) else {
        return vec![
            "Parameters marked “assumed” were set by hand, not fitted. The intervals show random variation between runs only, \
             not parameter uncertainty."
                .into(),
        ];
    };
    let parts: Vec<String> =
        rows.iter().map(|(label, row)| format!("{label}: {}", variance_words(row.variance.as_ref()))).collect();
    vec![
        format!(
            "Runs take {draws} draws from the posterior of a calibration, two replications each or more; intervals \
             hold both random variation and parameter uncertainty. Variance of attacks completed: {}.",
            parts.join("; ")
        ),
        "The posterior covers the calibrated parameters alone; those marked “assumed” and not calibrated stay at one \
         value."
            .into(),
    ]
}

/// Parameters with value, unit, evidence and origin.
pub fn parameter_table(rows: &[ValueRow]) -> Table {
    let mut table = Table::new();
    let text = |f: &dyn Fn(&ValueRow) -> String| Column::Text(rows.iter().map(f).collect());
    table.push("parameter", text(&|r| r.path.clone()));
    table.push("value", text(&|r| r.value.clone()));
    table.push("unit", text(&|r| r.unit.clone()));
    table.push("evidence", text(&|r| r.evidence.clone()));
    table.push("origin", text(&|r| r.origin.clone()));
    table
}

fn provenance(run: &Run) -> Vec<(String, String)> {
    let m = run.manifest();
    let pair = |a: &str, b: String| (a.to_string(), b);
    let mean = |column: &str| run.baseline_mean(column).map_or("undefined".into(), number);
    vec![
        pair("Program", format!("forestall {}", m.version)),
        pair("Commit", m.git_commit.clone().unwrap_or_else(|| "not known".into())),
        pair("Command", format!("forestall {}", m.arguments.join(" "))),
        pair("Seed", m.seed.to_string()),
        pair("Replications of each policy run", m.replications.done.to_string()),
        pair("Hash of scenario, seed and results version", m.hash.clone()),
        pair("Started", m.started.clone()),
        pair("Finished", m.finished.clone().unwrap_or_else(|| "not finished".into())),
        pair("Persons stored per replication (mean, baseline)", mean("persons_stored")),
        pair("Events per replication (mean, baseline)", mean("events")),
        pair("Leads per replication (mean, baseline)", mean("leads_received")),
    ]
}
