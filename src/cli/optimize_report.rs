//! What an optimization leaves behind: the front, charts and policies; tables and words are in files of their own.

use forestall_model::scenario::Plan;
use forestall_model::table::{Column, Table};
use forestall_report::chart::{self, Chart};
use forestall_study::optimization::{Candidate, Found, Judged, Response, Status as Standing, Volumes, estimate};
use forestall_study::results::{Manifest, ResultsFolder, Status, atomic, csv, manifest};
use forestall_study::stats::{Interval, mean_interval};

use super::optimize_input::Input;
use super::optimize_tables::{numbers, texts};
use super::options::Common;
use super::outcome::{Exit, Failure};
use super::terminal::print;
use super::{optimize_tables, optimize_words};

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
    /// Which search found it, in a word.
    pub fn found_by(&self) -> &'static str {
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
pub struct Row<'r> {
    /// Its name: status and number.
    pub name: String,
    /// The setting.
    pub finalist: &'r Finalist,
    /// The verdict.
    pub judged: &'r Judged,
    /// Paired difference from the scenario without levers, for each objective that is no ratio.
    pub against: Vec<Option<(f64, Interval)>>,
}

impl Report<'_> {
    /// How many objectives there are.
    pub fn goals(&self) -> usize {
        self.input.problem.goals.len()
    }

    /// The name of a response.
    pub fn name(&self, response: usize) -> &str {
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

    /// A response of the scenario without any lever.
    pub fn baseline(&self, response: usize) -> Option<(f64, Option<Interval>)> {
        let parts: Vec<_> = self.baseline.iter().map(|run| run.get(response).copied().flatten()).collect();
        estimate(&parts)
    }

    /// How much better the front's settings looked in the search that found them than they are, by objective.
    pub fn luck(&self, rows: &[Row]) -> Vec<Option<f64>> {
        let one = |response: usize| {
            let shift = |row: &Row| {
                let (fresh, seen) = (row.judged.responses[response]?.0, row.finalist.seen.as_ref()?[response]?);
                // Rounding of sums is no luck.
                Some(if (fresh - seen).abs() <= 1e-9 * fresh.abs() { 0.0 } else { fresh - seen })
            };
            let shifts: Vec<f64> = rows.iter().filter_map(shift).collect();
            forestall_study::stats::mean(&shifts)
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
        ("front.csv", optimize_tables::front(report, &rows)),
        ("candidates.csv", optimize_tables::candidates(report)),
        ("hypervolume.csv", optimize_tables::volumes(report)),
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
        print(&format!("{:#}", optimize_words::in_json(report, &rows, folder)));
    } else {
        print(&optimize_words::text(report, &rows, folder));
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

/// The reference point, as values that users know: that of the fresh baseline and the box together.
pub fn reference_point(report: &Report) -> Option<Vec<f64>> {
    let volumes = report.volumes.as_ref()?;
    let each = volumes.frame.reference.iter().zip(&volumes.baseline).zip(&report.input.problem.goals);
    Some(each.map(|((from, base), goal)| goal.minimised(from + base)).collect())
}

/// The reference point in words.
pub fn reference(report: &Report) -> String {
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
