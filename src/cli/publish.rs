//! Charts and report of a run, from its saved tables alone.

use std::path::{Path, PathBuf};

use anyhow::Context;

use forestall_model::scenario::{LoadOptions, Plan};
use forestall_model::table::{Column, Table};
use forestall_report::chart::{self, Chart, Measure};
use forestall_report::report::{Doubted, ReportInput, doubts, findings, html};
use forestall_study::montecarlo::pattern::{Expression, Tables};
use forestall_study::montecarlo::{Split, comparisons, split, substitution};
use forestall_study::results::{Manifest, ResultsFolder, TableName, atomic, csv};
use forestall_study::stats::TwoLevel;

use super::outcome::Failure;
use super::{source, substituted, thresholds, trust};

/// Pixels per unit of the drawing in PNG files.
const PNG_SCALE: f64 = 2.0;

/// The saved tables of a run with its scenario.
pub struct Saved {
    folder: ResultsFolder,
    manifest: Manifest,
    plan: Plan,
    replications: Table,
    monthly: Table,
    by_country: Table,
    matched: Table,
}

impl Saved {
    /// Opens a finished (or interrupted) run.
    ///
    /// # Errors
    /// If a file is missing or damaged.
    pub fn open(path: &Path) -> Result<Self, Failure> {
        Self::read(ResultsFolder::open(path)?)
    }

    /// Reads the tables of a run.
    ///
    /// # Errors
    /// If a file is missing or damaged.
    pub fn read(folder: ResultsFolder) -> Result<Self, Failure> {
        let manifest = folder.manifest()?;
        let plan = source::plan(&folder.resolved_scenario(), &LoadOptions::default())?;
        let read = |name| folder.read(name);
        Ok(Self {
            replications: read(TableName::Replications)?,
            monthly: read(TableName::Monthly)?,
            by_country: read(TableName::ByCountry)?,
            matched: read(TableName::Matched)?,
            manifest,
            plan,
            folder,
        })
    }

    /// The arms with their labels and finished replications.
    fn arms(&self) -> Vec<chart::Arm> {
        self.manifest
            .arms
            .iter()
            .map(|name| chart::Arm {
                name: name.clone(),
                label: self.label(name),
                replications: self
                    .replications
                    .column("arm")
                    .map_or(0, |c| (0..c.len()).filter(|&row| c.text(row) == *name).count()),
            })
            .collect()
    }

    fn label(&self, name: &str) -> String {
        if name == chart::BASELINE {
            return "Baseline".into();
        }
        self.plan.policy(name).map_or_else(|| name.to_string(), |p| p.label.clone())
    }

    /// The comparisons of every policy with the baseline.
    pub fn comparisons(&self) -> Table {
        let labels: Vec<(String, String)> =
            self.manifest.arms.iter().map(|name| (name.clone(), self.label(name))).collect();
        comparisons(&self.replications, &self.matched, &labels)
    }

    /// How many of the baseline's plots each policy's arm has too, by the month in which they begin.
    pub fn twin_share(&self) -> Table {
        let months = forestall_model::engine::time::month_starts(self.plan.start, self.plan.end);
        let (mut days, dates): (Vec<f64>, Vec<String>) = months.iter().map(|(d, m)| (*d, m.to_string())).unzip();
        days.push(forestall_model::engine::time::days_between(self.plan.start, self.plan.end));
        forestall_study::montecarlo::twin_share(
            &self.matched,
            chart::BASELINE,
            self.manifest.arms.get(1..).unwrap_or(&[]),
            &days,
            &dates,
        )
    }

    /// What the other side does instead under each policy.
    pub fn substitution(&self) -> Table {
        let labels: Vec<(String, String)> =
            self.manifest.arms.iter().map(|name| (name.clone(), self.label(name))).collect();
        substitution(&self.replications, &self.matched, &labels, &substituted::response(&self.plan))
    }

    /// The saved counts of mechanisms, if a replay has counted all replications that are there.
    fn mechanisms(&self) -> Result<Option<Table>, Failure> {
        let path = self.folder.mechanisms();
        if !path.exists() {
            return Ok(None);
        }
        let table = forestall_study::results::outside::read(&path, None)?;
        let counted = table.column("replications").map(|c| (0..c.len()).map(|row| c.number(row)).collect::<Vec<_>>());
        let whole = Some(self.manifest.replications.done as f64);
        Ok(counted.is_some_and(|c| c.iter().all(|n| *n == whole)).then_some(table))
    }

    /// The saved labels of sting cases, if a replay has labelled all replications that are there.
    fn stings(&self) -> Result<Option<Table>, Failure> {
        let path = self.folder.stings();
        if !path.exists() {
            return Ok(None);
        }
        let table = forestall_study::results::outside::read(&path, None)?;
        let (Some(names), Some(counted)) = (table.column("policy"), table.column("replications")) else {
            return Ok(None);
        };
        let arms = self.arms();
        let whole = |row: usize| {
            let arm = arms.iter().find(|a| a.name == names.text(row));
            arm.is_some_and(|a| counted.number(row) == Some(a.replications as f64))
        };
        Ok((0..table.rows()).all(whole).then_some(table))
    }

    /// The folder.
    pub fn folder(&self) -> &ResultsFolder {
        &self.folder
    }

    fn period(&self) -> String {
        let last = self.plan.end.yesterday().unwrap_or(self.plan.end);
        format!("{} to {last}", self.plan.start)
    }

    /// How far the baseline stands from the facts that the scenario names.
    pub fn fit(&self) -> Table {
        let tables = Tables { replications: &self.replications, monthly: &self.monthly, by_country: &self.by_country };
        let mut columns: [Vec<String>; 6] = Default::default();
        for row in &self.plan.fit {
            let found = Expression::parse(&row.outcome).ok().and_then(|e| e.evaluate(&tables, chart::BASELINE));
            let (simulated, range, verdict) = match found {
                None => ("undefined".to_string(), String::new(), "no data".to_string()),
                Some(found) => {
                    let inside = found.mean >= row.low && found.mean <= row.high;
                    (
                        number(found.mean),
                        format!("{} to {}", number(found.low), number(found.high)),
                        if inside { "hit".into() } else { "miss".into() },
                    )
                }
            };
            let cells = [
                row.pattern.clone(),
                row.fact.clone(),
                format!("{} to {}", number(row.low), number(row.high)),
                simulated,
                range,
                verdict,
            ];
            for (column, cell) in columns.iter_mut().zip(cells) {
                column.push(cell);
            }
        }
        let names = ["pattern", "fact", "range aimed at", "simulated mean", "90 % of runs", "verdict"];
        let mut table = Table::new();
        for (name, values) in names.into_iter().zip(columns) {
            table.push(name, Column::Text(values));
        }
        table
    }

    /// The variance of an outcome by chance and by ignorance, of the baseline and of each policy's difference from
    /// it, with labels; empty where all runs have the same values.
    pub fn variance(&self, outcome: &str) -> Vec<(String, Split)> {
        let rows = split(&self.replications, &self.manifest.arms, outcome);
        let label = |arm: &str| match self.label(arm) {
            label if arm == chart::BASELINE => label,
            label => format!("{label} − baseline"),
        };
        rows.into_iter().map(|row| (label(&row.arm), row)).collect()
    }

    /// What a careful reader would hold against the run, with its answers.
    ///
    /// # Errors
    /// If runs for doubts stand beside this one and cannot be read.
    pub fn trust(&self) -> Result<Table, Failure> {
        let comparisons = self.comparisons();
        Ok(doubts(&Doubted {
            replications: Some(&self.replications),
            comparisons: Some(&comparisons),
            arms: self.manifest.arms.clone(),
            drawn: trust::drawn(&self.plan),
            answered: trust::answered(&self.folder)?,
        }))
    }

    /// What the report says about chance and ignorance.
    fn limits(&self) -> Vec<String> {
        let rows = self.variance("attacks_completed");
        let Some(draws) = rows.iter().find_map(|r| r.1.variance.map(|v| v.draws)) else {
            return vec![
                "Parameters marked “assumed” were set by hand, not fitted. The intervals show chance between runs only, \
                 not ignorance about parameters."
                    .into(),
            ];
        };
        let parts: Vec<String> =
            rows.iter().map(|(label, row)| format!("{label}: {}", split_words(row.variance.as_ref()))).collect();
        vec![
            format!(
                "Runs take {draws} draws from the posterior of a calibration, two replications each or more; intervals \
                 hold both chance and what the calibration does not know. Variance of attacks completed: {}.",
                parts.join("; ")
            ),
            "The posterior covers the calibrated parameters alone; those marked “assumed” and not calibrated stay at one \
             value."
                .into(),
        ]
    }

    fn parameters(&self) -> Table {
        let rows = self.plan.parameter_rows();
        let mut table = Table::new();
        let text =
            |f: &dyn Fn(&forestall_model::scenario::ValueRow) -> String| Column::Text(rows.iter().map(f).collect());
        table.push("parameter", text(&|r| r.path.clone()));
        table.push("value", text(&|r| r.value.clone()));
        table.push("unit", text(&|r| r.unit.clone()));
        table.push("evidence", text(&|r| r.evidence.clone()));
        table.push("origin", text(&|r| r.origin.clone()));
        table
    }

    fn provenance(&self) -> Vec<(String, String)> {
        let m = &self.manifest;
        let pair = |a: &str, b: String| (a.to_string(), b);
        vec![
            pair("Program", format!("forestall {}", m.version)),
            pair("Commit", m.git_commit.clone().unwrap_or_else(|| "not known".into())),
            pair("Command", format!("forestall {}", m.arguments.join(" "))),
            pair("Seed", m.seed.to_string()),
            pair("Replications of each arm", m.replications.done.to_string()),
            pair("Hash of scenario, seed and results version", m.hash.clone()),
            pair("Started", m.started.clone()),
            pair("Finished", m.finished.clone().unwrap_or_else(|| "not finished".into())),
            pair("Persons stored per replication (mean, baseline)", self.baseline_mean("persons_stored")),
            pair("Events per replication (mean, baseline)", self.baseline_mean("events")),
            pair("Leads per replication (mean, baseline)", self.baseline_mean("leads_received")),
        ]
    }

    /// A baseline mean as people read it.
    pub fn baseline_mean(&self, column: &str) -> String {
        let arms = self.replications.column("arm");
        let keep = |row: usize| arms.is_some_and(|a| a.text(row) == chart::BASELINE);
        forestall_study::stats::mean(&self.replications.numbers_where(column, keep)).map_or("undefined".into(), number)
    }
}

/// Chance and ignorance in words.
pub fn split_words(variance: Option<&TwoLevel>) -> String {
    match variance.map(|v| (v, v.ignorance_share)) {
        None => "undefined".into(),
        Some((_, None)) => "no variance".into(),
        Some((v, Some(share))) => format!(
            "{} = {} chance + {} ignorance ({:.0} % ignorance)",
            number(v.chance_variance + v.ignorance_variance),
            number(v.chance_variance),
            number(v.ignorance_variance),
            100.0 * share
        ),
    }
}

/// A number with as many digits as a reader can use.
pub fn number(x: f64) -> String {
    let size = x.abs();
    if size >= 100.0 || x == libm::trunc(x) {
        let digits = format!("{size:.0}");
        let mut out = String::new();
        for (i, digit) in digits.chars().enumerate() {
            if i > 0 && (digits.len() - i) % 3 == 0 {
                out.push(',');
            }
            out.push(digit);
        }
        if x < 0.0 { format!("−{out}") } else { out }
    } else if size >= 10.0 {
        format!("{x:.1}")
    } else {
        format!("{x:.2}")
    }
}

/// Draws every chart, writes each as SVG and PNG with its data, and returns them with the paths.
///
/// # Errors
/// If a chart cannot be drawn or written.
pub fn draw(saved: &Saved, more: &[String]) -> Result<(Vec<Chart>, Vec<PathBuf>), Failure> {
    let arms = saved.arms();
    let baseline = &arms[..1.min(arms.len())];
    let comparisons = saved.comparisons();
    let of = Measure::of;
    let mut charts = Vec::new();
    if arms.len() > 1 {
        charts.push(chart::forest(&comparisons, &of("attacks_completed"))?);
    }
    charts.push(chart::distribution(&saved.replications, &of("attacks_completed"), &arms)?);
    charts.push(chart::pathway_outcome(&saved.matched, baseline)?);
    charts.push(chart::fan(&saved.monthly, &of("attacks_completed"), baseline)?);
    charts.push(chart::fan(&saved.monthly, &of("plots_foiled"), baseline)?);
    charts.push(chart::fan(&saved.monthly, &of("fighters_abroad"), baseline)?);
    charts.push(chart::services(&saved.monthly, &arms)?);
    charts.push(chart::share_over_time(&saved.monthly, &arms)?);
    if saved.plan.countries.len() > 1 {
        charts.push(chart::countries(&saved.by_country, baseline)?);
    }
    if arms.len() > 1 {
        charts.push(chart::harm_cost(&comparisons)?);
        charts.push(chart::forest(&comparisons, &of("held_without_plot"))?);
    }
    if let Some((points, setting)) = thresholds::curve(&saved.plan, &arms, &saved.replications) {
        charts.push(chart::roc(&points, setting)?);
    }
    if let Some(counts) = saved.mechanisms()? {
        charts.push(chart::mechanisms(&counts, saved.manifest.replications.done)?);
    }
    if let Some(labelled) = saved.stings()? {
        charts.push(chart::stings(&labelled)?);
    }
    for outcome in more {
        if saved.replications.column(outcome).is_none() {
            return Err(Failure::usage(format!(
                "no outcome is called `{outcome}`; `forestall list outcomes` names them all"
            )));
        }
        charts.push(chart::forest(&comparisons, &of(outcome))?);
        charts.push(chart::distribution(&saved.replications, &of(outcome), &arms)?);
    }
    let mut paths = Vec::new();
    for drawn in &charts {
        let name: &str = &drawn.name;
        let svg = saved.folder.chart(name, "svg");
        if let Some(parent) = svg.parent() {
            std::fs::create_dir_all(parent).with_context(|| format!("cannot make {}", parent.display()))?;
        }
        atomic::write(&svg, drawn.svg.as_bytes())?;
        atomic::write(&saved.folder.chart(name, "png"), &chart::png(drawn, PNG_SCALE)?)?;
        atomic::write(&saved.folder.chart(name, "csv"), csv::to_text(&drawn.data).as_bytes())?;
        paths.push(svg);
    }
    Ok((charts, paths))
}

/// Writes `report.html`.
///
/// # Errors
/// If it cannot be written.
pub fn report(saved: &Saved, charts: &[Chart]) -> Result<PathBuf, Failure> {
    let comparisons = saved.comparisons();
    let input = ReportInput {
        title: saved.plan.name.clone(),
        question: saved.plan.question.clone(),
        findings: findings(&comparisons, &saved.period()),
        charts: charts.iter().collect(),
        comparisons,
        fit: saved.fit(),
        trust: saved.trust()?,
        substitution: substituted::at_every_strength(saved)?,
        parameters: saved.parameters(),
        provenance: saved.provenance(),
        limits: saved.limits(),
    };
    let path = saved.folder.report();
    atomic::write(&path, html(&input).as_bytes())?;
    Ok(path)
}
