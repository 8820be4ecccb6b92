//! What an optimization leaves behind: the front, tables, charts, policies, and the words about them.

use serde_json::{Value, json};

use crate::chart::{self, Chart};
use crate::optimization::{Candidate, Found, Judged, Response, Status as Standing, Volume, Volumes, estimate};
use crate::results::{Manifest, ResultsFolder, Status, atomic, csv, manifest};
use crate::scenario::Plan;
use crate::stats::{Interval, mean_interval};
use crate::table::{Column, Table};

use super::drawing::{columns, number};
use super::optimize_input::Input;
use super::options::Common;
use super::outcome::{Exit, Failure, print};

/// Pixels per unit of the drawing in PNG files.
const PNG_SCALE: f64 = 2.0;
/// Confidence of all intervals.
const CONFIDENCE: f64 = 0.95;

/// A setting that stayed in a search.
pub struct Finalist {
    /// The values of the levers.
    pub values: Vec<f64>,
    /// Whether it was in the first generation, stayed in the search, stayed in random search.
    pub groups: [bool; 3],
    /// What the search in which it stayed took its responses for.
    pub seen: Option<Vec<Option<f64>>>,
}

impl Finalist {
    fn found_by(&self) -> &'static str {
        match self.groups {
            [_, true, true] => "both",
            [_, true, false] => "search",
            [_, false, true] => "random",
            _ => "start",
        }
    }
}

/// All that was found.
pub struct Report<'a> {
    /// The scenario.
    pub plan: &'a Plan,
    /// What was asked for.
    pub input: &'a Input,
    /// The search.
    pub evolved: Found,
    /// Random search, unless left out.
    pub random: Option<Found>,
    /// All settings that were checked.
    pub finalists: Vec<Finalist>,
    /// What the fresh replications say of each.
    pub judged: Vec<Judged>,
    /// The fresh replications of each.
    pub fresh: Vec<Vec<Response>>,
    /// The fresh replications of the scenario without any lever.
    pub baseline: Vec<Response>,
    /// Hypervolumes of the first generation, of the search and of random search.
    pub volumes: Option<Volumes>,
    /// Fresh replications of each.
    pub replications: u64,
}

/// One setting of the front, or one that may belong to it.
struct Row<'r> {
    name: String,
    finalist: &'r Finalist,
    judged: &'r Judged,
    /// Paired difference from the scenario without levers, for each objective that is no ratio.
    against: Vec<Option<(f64, Interval)>>,
}

impl Report<'_> {
    fn goals(&self) -> usize {
        self.input.problem.goals.len()
    }

    fn name(&self, response: usize) -> &str {
        &self.input.asked[response].name
    }

    /// The front in the order of the first objective, best first; then what may belong to it.
    fn rows(&self) -> Vec<Row<'_>> {
        let goal = self.input.problem.goals[0];
        let first = |i: usize| self.judged[i].responses[0].map_or(f64::INFINITY, |r| goal.minimised(r.0));
        let mut rows = Vec::new();
        for (status, word) in [(Standing::Front, "front"), (Standing::Perhaps, "perhaps")] {
            let mut own: Vec<usize> = (0..self.judged.len()).filter(|&i| self.judged[i].status == status).collect();
            own.sort_by(|&a, &b| first(a).total_cmp(&first(b)).then(a.cmp(&b)));
            for i in own {
                let name = format!("{word}-{:02}", rows.len() + 1);
                let (finalist, judged) = (&self.finalists[i], &self.judged[i]);
                rows.push(Row { name, finalist, judged, against: self.against(i) });
            }
        }
        rows
    }

    fn against(&self, i: usize) -> Vec<Option<(f64, Interval)>> {
        let difference = |response: usize| {
            let pairs = self.fresh[i].iter().zip(&self.baseline).filter_map(|(own, base)| {
                let (own, base) = (own.get(response).copied()??, base.get(response).copied()??);
                Some((own.1 == 1.0 && base.1 == 1.0).then_some(own.0 - base.0))
            });
            let differences: Vec<f64> = pairs.collect::<Option<_>>()?;
            mean_interval(&differences, CONFIDENCE).map(|m| (m.mean, m.interval))
        };
        (0..self.goals()).map(difference).collect()
    }

    fn baseline(&self, response: usize) -> Option<(f64, Option<Interval>)> {
        let parts: Vec<_> = self.baseline.iter().map(|run| run.get(response).copied().flatten()).collect();
        estimate(&parts)
    }

    /// How much better the front's settings looked in the search that found them than they are, by objective.
    fn luck(&self, rows: &[Row]) -> Vec<Option<f64>> {
        let one = |response: usize| {
            let shift = |row: &Row| {
                let (fresh, seen) = (row.judged.responses[response]?.0, row.finalist.seen.as_ref()?[response]?);
                // Rounding of sums is no luck.
                Some(if (fresh - seen).abs() <= 1e-9 * fresh.abs() { 0.0 } else { fresh - seen })
            };
            let shifts: Vec<f64> = rows.iter().filter_map(shift).collect();
            crate::stats::mean(&shifts)
        };
        (0..self.goals()).map(one).collect()
    }

    fn failed(&self) -> Option<(usize, &str)> {
        let all = std::iter::once(&self.evolved).chain(&self.random);
        let failed: Vec<&Candidate> = all.flat_map(|f| &f.candidates).filter(|c| c.failed.is_some()).collect();
        failed.first().map(|c| (failed.len(), c.failed.as_deref().unwrap_or_default()))
    }
}

/// Writes everything and prints the words.
pub fn publish(
    report: &Report,
    folder: &ResultsFolder,
    mut record: Manifest,
    common: &Common,
) -> Result<Exit, Failure> {
    let rows = report.rows();
    let tables = [
        ("front.csv", front_table(report, &rows)),
        ("candidates.csv", candidate_table(report)),
        ("hypervolume.csv", volume_table(report)),
    ];
    record.files.clear();
    for (name, table) in &tables {
        let sum = atomic::write(&folder.path().join(name), csv::to_text(table).as_bytes())?;
        record.files.insert((*name).into(), sum);
    }
    let policies = policies(report, &rows);
    let sum = atomic::write(&folder.path().join("policies.toml"), policies.as_bytes())?;
    record.files.insert("policies.toml".into(), sum);
    for chart in charts(report, &rows, &tables[2].1)? {
        draw(folder, &chart)?;
    }
    record.status = Status::Complete;
    record.finished = Some(manifest::now());
    record.save(&folder.manifest_path())?;
    if common.json {
        print(&format!("{:#}", in_json(report, &rows, folder)));
    } else {
        print(&text(report, &rows, folder));
    }
    let Some((count, reason)) = report.failed() else { return Ok(Exit::Done) };
    common.say(&format!("warning: {count} settings could not be simulated and were left behind; the first: {reason}"));
    Ok(Exit::SomeFailed)
}

fn draw(folder: &ResultsFolder, chart: &Chart) -> Result<(), Failure> {
    atomic::write(&folder.chart(&chart.name, "svg"), chart.svg.as_bytes())?;
    atomic::write(&folder.chart(&chart.name, "png"), &chart::png(chart, PNG_SCALE)?)?;
    atomic::write(&folder.chart(&chart.name, "csv"), csv::to_text(&chart.data).as_bytes())?;
    Ok(())
}

fn texts<T>(rows: &[T], f: impl Fn(&T) -> String) -> Column {
    Column::Text(rows.iter().map(f).collect())
}

fn numbers<T>(rows: &[T], f: impl Fn(&T) -> Option<f64>) -> Column {
    Column::Number(rows.iter().map(|row| f(row).filter(|x| x.is_finite())).collect())
}

/// The columns of levers, in words where they are categories.
fn lever_columns<T>(table: &mut Table, report: &Report, rows: &[T], values: impl Fn(&T) -> &[f64]) {
    for (i, factor) in report.input.problem.factors.iter().enumerate() {
        let column = if factor.categories().is_some() {
            texts(rows, |row| factor.text(values(row)[i]))
        } else {
            numbers(rows, |row| Some(values(row)[i]))
        };
        table.push(report.input.name(i), column);
    }
}

/// The columns of responses with their intervals; limits are named so, as an objective may have the same expression.
fn response_columns(table: &mut Table, report: &Report, rows: &[Row]) {
    for response in 0..report.input.asked.len() {
        let limit = if response < report.goals() { "" } else { "limited: " };
        let name = format!("{limit}{}", report.name(response));
        let interval = |row: &Row| row.judged.responses[response].and_then(|r| r.1);
        table.push(name.clone(), numbers(rows, |row| row.judged.responses[response].map(|r| r.0)));
        table.push(format!("{name}_low"), numbers(rows, |row| interval(row).map(|i| i.low)));
        table.push(format!("{name}_high"), numbers(rows, |row| interval(row).map(|i| i.high)));
    }
}

fn front_table(report: &Report, rows: &[Row]) -> Table {
    let mut table = Table::new();
    table.push("name", texts(rows, |r| r.name.clone()));
    table.push("status", texts(rows, |r| r.judged.status.word().into()));
    table.push("found_by", texts(rows, |r| r.finalist.found_by().into()));
    table.push("chance_front", numbers(rows, |r| Some(r.judged.chance_front)));
    table.push("chance_feasible", numbers(rows, |r| Some(r.judged.chance_feasible)));
    table.push("limits_met", texts(rows, |r| r.judged.met.word().into()));
    lever_columns(&mut table, report, rows, |row| &row.finalist.values);
    response_columns(&mut table, report, rows);
    for response in 0..report.goals() {
        let name = report.name(response);
        let of = |row: &Row| row.against[response];
        table.push(format!("{name}_minus_baseline"), numbers(rows, |row| of(row).map(|d| d.0)));
        table.push(format!("{name}_minus_baseline_low"), numbers(rows, |row| of(row).map(|d| d.1.low)));
        table.push(format!("{name}_minus_baseline_high"), numbers(rows, |row| of(row).map(|d| d.1.high)));
    }
    table
}

fn candidate_table(report: &Report) -> Table {
    struct Line<'l> {
        by: &'static str,
        candidate: &'l Candidate,
        stayed: bool,
        judged: Option<&'l Judged>,
    }
    let mut lines = Vec::new();
    for (by, found) in [("search", Some(&report.evolved)), ("random", report.random.as_ref())] {
        let Some(found) = found else { continue };
        for (place, candidate) in found.candidates.iter().enumerate() {
            let judged = report.finalists.iter().position(|f| f.values == candidate.values).map(|i| &report.judged[i]);
            lines.push(Line { by, candidate, stayed: found.population.contains(&place), judged });
        }
    }
    let mut table = Table::new();
    table.push("found_by", texts(&lines, |l| l.by.into()));
    let whole = |f: &dyn Fn(&Line) -> i64| Column::Integer(lines.iter().map(|l| Some(f(l))).collect());
    table.push("generation", whole(&|l| i64::from(l.candidate.generation)));
    table.push("replications", whole(&|l| l.candidate.runs.len() as i64));
    table.push("stayed", texts(&lines, |l| if l.stayed { "yes" } else { "no" }.into()));
    table.push("status", texts(&lines, |l| l.judged.map_or_else(String::new, |j| j.status.word().into())));
    lever_columns(&mut table, report, &lines, |line| &line.candidate.values);
    for response in 0..report.input.asked.len() {
        let limit = if response < report.goals() { "" } else { "limited: " };
        let name = format!("{limit}{}", report.name(response));
        let seen = |line: &Line| {
            let parts: Vec<_> = line.candidate.runs.values().map(|run| run.get(response).copied().flatten()).collect();
            estimate(&parts).map(|e| e.0)
        };
        table.push(format!("{name}_in_search"), numbers(&lines, seen));
        table.push(format!("{name}_fresh"), numbers(&lines, |l| l.judged?.responses[response].map(|r| r.0)));
    }
    table
}

fn volume_table(report: &Report) -> Table {
    let mut lines = Vec::new();
    let Some(volumes) = &report.volumes else { return volume_columns(&[]) };
    let searches = [("optimize", Some(&report.evolved)), ("random", report.random.as_ref())];
    for (by, found) in searches {
        let generations = found.into_iter().flat_map(|f| &f.generations);
        lines.extend(generations.map(|g| VolumeLine {
            stage: "search",
            by,
            generation: g.number,
            runs: g.runs,
            volume: volumes.frame.share(&g.outcomes),
            interval: None,
        }));
    }
    let start = ("start", Some(&report.evolved));
    for ((by, found), volume) in [start].into_iter().chain(searches).zip(&volumes.groups) {
        let generations = found.map(|f| f.generations.as_slice()).unwrap_or_default();
        let Some(at) = (if by == "start" { generations.first() } else { generations.last() }) else { continue };
        let (volume, interval) = (volume.value, Some(volume.interval));
        lines.push(VolumeLine { stage: "fresh", by, generation: at.number, runs: at.runs, volume, interval });
    }
    volume_columns(&lines)
}

/// One line of hypervolume.csv.
struct VolumeLine {
    stage: &'static str,
    by: &'static str,
    generation: u32,
    runs: u64,
    volume: f64,
    interval: Option<Interval>,
}

fn volume_columns(lines: &[VolumeLine]) -> Table {
    let mut table = Table::new();
    table.push("stage", texts(lines, |l| l.stage.into()));
    table.push("by", texts(lines, |l| l.by.into()));
    table.push("generation", Column::Integer(lines.iter().map(|l| Some(i64::from(l.generation))).collect()));
    table.push("runs", Column::Integer(lines.iter().map(|l| Some(l.runs as i64)).collect()));
    table.push("hypervolume", numbers(lines, |l| Some(l.volume)));
    table.push("low", numbers(lines, |l| l.interval.map(|i| i.low)));
    table.push("high", numbers(lines, |l| l.interval.map(|i| i.high)));
    table
}

/// The reference point, as values that users know: that of the fresh baseline and the box together.
fn reference_point(report: &Report) -> Option<Vec<f64>> {
    let volumes = report.volumes.as_ref()?;
    let each = volumes.frame.reference.iter().zip(&volumes.baseline).zip(&report.input.problem.goals);
    Some(each.map(|((from, base), goal)| goal.minimised(from + base)).collect())
}

/// The reference point in words.
fn reference(report: &Report) -> String {
    let Some(point) = reference_point(report) else { return String::new() };
    let one = |(i, value): (usize, f64)| format!("{} {}", report.name(i), chart::short(value));
    let parts: Vec<String> = point.into_iter().enumerate().map(one).collect();
    format!("Reference point: {}.", parts.join(", "))
}

fn charts(report: &Report, rows: &[Row], volumes: &Table) -> Result<Vec<Chart>, Failure> {
    let objectives: Vec<String> = (0..report.goals()).map(|i| report.name(i).to_owned()).collect();
    let mut shown = Table::new();
    let names = rows.iter().map(|r| r.name.clone()).chain(["baseline".to_owned()]);
    shown.push("name", Column::Text(names.clone().collect()));
    let status = rows.iter().map(|r| r.judged.status.word().to_owned()).chain(["baseline".to_owned()]);
    shown.push("status", Column::Text(status.collect()));
    for (i, objective) in objectives.iter().enumerate() {
        let all = || rows.iter().map(|r| r.judged.responses[i]).chain([report.baseline(i)]);
        let interval = |f: fn(Interval) -> f64| Column::Number(all().map(|r| r.and_then(|r| r.1).map(f)).collect());
        shown.push(objective.clone(), Column::Number(all().map(|r| r.map(|r| r.0)).collect()));
        shown.push(format!("{objective}_low"), interval(|x| x.low));
        shown.push(format!("{objective}_high"), interval(|x| x.high));
    }
    let sample = format!("Means of {} fresh replications.", report.replications);
    let own: Vec<&Row> = rows.iter().filter(|r| r.judged.status == Standing::Front).collect();
    let mut along = Table::new();
    along.push("name", texts(&own, |r| r.name.clone()));
    let mut levers = Vec::new();
    for (i, factor) in report.input.problem.factors.iter().enumerate() {
        let column = report.input.name(i);
        let end = |rank: f64| {
            let value = report.input.problem.value(i, rank);
            (value, if factor.categories().is_some() { factor.text(value) } else { chart::short(value) })
        };
        along.push(column.clone(), numbers(&own, |r| Some(r.finalist.values[i])));
        levers.push(chart::Lever { column, low: end(0.0), high: end(1.0) });
    }
    for (i, objective) in objectives.iter().enumerate() {
        along.push(objective.clone(), numbers(&own, |r| r.judged.responses[i].map(|r| r.0)));
    }
    Ok(vec![
        chart::pareto(&shown, &objectives, &sample)?,
        chart::levers(&along, &levers, &objectives, &sample)?,
        chart::convergence(volumes, &reference(report))?,
    ])
}

/// The front as policies of a scenario file.
fn policies(report: &Report, rows: &[Row]) -> String {
    let mut out = format!(
        "# The front that `optimize` found for the scenario {}: settings that none beats in all objectives at once.\n\
         # To run them, copy the tables into a scenario, or let a scenario extend this file: write\n\
         # extends = \"…/policies.toml\" at its top, with the path from the scenario's folder.\n\
         schema_version = 1\n",
        report.plan.name
    );
    for row in rows.iter().filter(|r| r.judged.status == Standing::Front) {
        let found = |i: usize| {
            let value = row.judged.responses[i].map_or_else(|| "undefined".into(), |r| chart::short(r.0));
            format!("{} {value}", report.name(i))
        };
        let outcomes: Vec<String> = (0..report.goals()).map(found).collect();
        out += &format!(
            "\n[policies.{}]\nlabel = \"{}\"\ndescription = {:?}\n{}\n[policies.{}.set]\n",
            row.name,
            row.name.replace("front-", "Front "),
            format!("{} in {} fresh replications.", outcomes.join(", "), report.replications),
            report.input.dates(),
            row.name
        );
        for (i, value) in row.finalist.values.iter().enumerate() {
            out += &report.input.written(i, *value);
            out.push('\n');
        }
    }
    out
}

fn with_interval(found: Option<(f64, Option<Interval>)>) -> String {
    match found {
        None => "undefined".into(),
        Some((value, None)) => chart::short(value),
        Some((value, Some(i))) => {
            if i.low == i.high {
                return chart::short(value);
            }
            let all = chart::together(&[value, i.low, i.high]);
            format!("{} [{}, {}]", all[0], all[1], all[2])
        }
    }
}

fn text(report: &Report, rows: &[Row], folder: &ResultsFolder) -> String {
    let front = rows.iter().filter(|r| r.judged.status == Standing::Front).count();
    let generations = report.evolved.generations.len();
    let mut out = format!(
        "{front} settings are on the front: none of the {} that were checked meets the limits and is better in all \
         objectives at once.\n{} runs of search in {generations} generations, {} settings tried; then {} fresh \
         replications of each finalist.\n\n",
        report.finalists.len(),
        report.evolved.runs,
        report.evolved.candidates.len(),
        report.replications
    );
    if rows.is_empty() {
        out += "No setting meets the limits: widen the levers' ranges, or loosen the limits.\n";
        out += &missed(report);
        out.push('\n');
    } else {
        let own: Vec<&Row> = rows.iter().filter(|r| r.judged.status == Standing::Front).collect();
        out += &columns(&outcome_lines(report, &own));
        out.push('\n');
        out += &columns(&lever_lines(report, &own));
        out.push('\n');
        out += "Brackets: 95 % intervals of the mean. Chance: probability of being on the front, by resampling replications.\n";
        let perhaps = rows.len() - front;
        if perhaps > 0 {
            out += &format!(
                "{perhaps} more may belong to the front (in front.csv): noise hides whether another one is better.\n"
            );
        }
        let undecided = rows.iter().filter(|r| r.judged.met.word() == "undecided").count();
        if undecided > 0 {
            out += &format!(
                "For {undecided} of them the interval of a limited outcome holds its limit (limits: undecided).\n"
            );
        }
        let random = rows.iter().filter(|r| r.finalist.found_by() == "random").count();
        if random > 0 {
            out += &format!("{random} of these were found by random search alone.\n");
        }
        let luck = report.luck(rows);
        let shown: Vec<String> = (0..report.goals())
            .filter_map(|i| Some(format!("{} {}", report.name(i), number(Some(luck[i]?)))))
            .collect();
        out += &format!("Fresh minus what the search saw, mean over these: {}.\n", shown.join(", "));
    }
    out += &format!("\n{}", volume_words(report));
    out += &format!("\n{}\npolicies.toml there holds the front as policies of a scenario.\n", folder.path().display());
    out
}

/// The front's outcomes, one line a setting, and the scenario without levers.
fn outcome_lines(report: &Report, rows: &[&Row]) -> Vec<Vec<String>> {
    let limited = !report.input.problem.limits.is_empty();
    let mut head = vec!["setting".to_owned()];
    head.extend((0..report.goals()).map(|i| report.name(i).to_owned()));
    head.push("chance".into());
    head.extend(limited.then(|| "limits".to_owned()));
    let mut lines = vec![head];
    for row in rows {
        let mut line = vec![row.name.clone()];
        line.extend((0..report.goals()).map(|i| with_interval(row.judged.responses[i])));
        line.push(format!("{:.2}", row.judged.chance_front));
        line.extend(limited.then(|| row.judged.met.word().to_owned()));
        lines.push(line);
    }
    let mut base = vec!["baseline".to_owned()];
    base.extend((0..report.goals()).map(|i| with_interval(report.baseline(i))));
    lines.push(base);
    lines
}

/// The front's levers, one line a lever, so that long names do no harm.
fn lever_lines(report: &Report, rows: &[&Row]) -> Vec<Vec<String>> {
    let mut lines = vec![vec!["lever".to_owned()]];
    lines[0].extend(rows.iter().map(|row| row.name.trim_start_matches("front-").to_owned()));
    for (i, factor) in report.input.problem.factors.iter().enumerate() {
        let mut line = vec![report.input.name(i)];
        line.extend(rows.iter().map(|row| factor.text(row.finalist.values[i])));
        lines.push(line);
    }
    lines
}

fn volume_words(report: &Report) -> String {
    let shown = |v: Volume| format!("{:.3} [{:.3}, {:.3}]", v.value, v.interval.low, v.interval.high);
    let Some(volumes) = &report.volumes else { return String::new() };
    let verdict = |gain: Volume, other: &str| {
        if gain.interval.low > 0.0 {
            format!("the search is better than {other}")
        } else if gain.interval.high < 0.0 {
            format!("the search is worse than {other}")
        } else {
            format!("noise hides whether the search is better than {other}")
        }
    };
    let mut out = format!("Hypervolume on fresh replications: {}.\n", shown(volumes.groups[1]));
    for (which, other) in [(0, "the first generation"), (2, "random search with as many runs")] {
        if let (Some(volume), Some(gain)) = (volumes.groups.get(which), volumes.gains.get(which)) {
            let (own, gain, words) = (shown(*volume), shown(*gain), verdict(*gain, other));
            out += &format!("{}: {own}; gain {gain}: {words}.\n", chart::capital(other));
        }
    }
    format!("{out}{}\n", reference(report))
}

/// How near the settings come to limits that none meets, in words.
fn missed(report: &Report) -> String {
    let goals = report.goals();
    let mut out = String::new();
    for (place, limit) in report.input.problem.limits.iter().enumerate() {
        let found = report.judged.iter().filter_map(|j| Some(j.responses[goals + place]?.0));
        let best = found.min_by(|a, b| limit.missed_by(*a).total_cmp(&limit.missed_by(*b)));
        if let Some(best) = best {
            let side = if limit.at_most { "at most" } else { "at least" };
            let (name, asked) = (report.name(goals + place), chart::short(limit.value));
            out +=
                &format!("{name}: {side} {asked} is asked for; the nearest that was found is {}\n", chart::short(best));
        }
    }
    out
}

fn in_json(report: &Report, rows: &[Row], folder: &ResultsFolder) -> Value {
    let interval = |i: Option<Interval>| i.map(|i| json!([i.low, i.high]));
    let response = |r: Option<(f64, Option<Interval>)>| r.map(|r| json!({"mean": r.0, "interval": interval(r.1)}));
    let setting = |row: &Row| {
        let levers: serde_json::Map<String, Value> = (report.input.problem.factors.iter().enumerate())
            .map(|(i, factor)| {
                let value = row.finalist.values[i];
                let shown = if factor.categories().is_some() { json!(factor.text(value)) } else { json!(value) };
                (report.input.name(i), shown)
            })
            .collect();
        let goals = report.goals();
        let named = |from: usize, to: usize| -> serde_json::Map<String, Value> {
            (from..to).map(|i| (report.name(i).to_owned(), json!(response(row.judged.responses[i])))).collect()
        };
        let against: serde_json::Map<String, Value> = (0..goals)
            .map(|i| {
                let found = row.against[i].map(|d| json!({"mean": d.0, "interval": interval(Some(d.1))}));
                (report.name(i).to_owned(), json!(found))
            })
            .collect();
        json!({
            "name": row.name, "status": row.judged.status.word(), "found_by": row.finalist.found_by(),
            "levers": levers, "objectives": named(0, goals), "limits": named(goals, report.input.asked.len()),
            "minus_baseline": against, "chance_front": row.judged.chance_front,
            "chance_feasible": row.judged.chance_feasible, "limits_met": row.judged.met.word(),
        })
    };
    let volume = |v: Volume| json!({"value": v.value, "interval": interval(Some(v.interval))});
    let volumes = report.volumes.as_ref().map(|v| {
        let with = |which: usize| {
            let found = v.groups.get(which).zip(v.gains.get(which));
            found.map(|(own, gain)| json!({"volume": volume(*own), "gain_of_search": volume(*gain)}))
        };
        json!({"search": volume(v.groups[1]), "start": with(0), "random": with(2)})
    });
    let baseline: serde_json::Map<String, Value> =
        (0..report.goals()).map(|i| (report.name(i).to_owned(), json!(response(report.baseline(i))))).collect();
    json!({
        "folder": folder.path(), "settings": rows.iter().map(setting).collect::<Vec<_>>(), "baseline": baseline,
        "hypervolume": volumes, "reference_point": reference_point(report), "runs": report.evolved.runs,
        "generations": report.evolved.generations.len(), "settings_tried": report.evolved.candidates.len(),
        "fresh_replications": report.replications, "fresh_minus_seen": report.luck(rows),
    })
}
