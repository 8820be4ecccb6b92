//! `forestall discover`: where in the space of its factors does an outcome happen?

use std::path::PathBuf;

use clap::Args;
use serde_json::{Value, json};

use forestall_report::assembly::{self, Next};
use forestall_study::{
    AnalyseError, Discovered, Discovery, DiscoveryInput, DiscoveryRequest, Limit, PrimOptions, Region, Sample, Step,
};

use super::folder::Folder;
use super::next::{self, quoted};
use super::options::Common;
use super::origin;
use super::outcome::{Exit, Failure};
use super::sweep::{SweepInput, needed};
use super::terminal::{columns, number, print, verdict_first};

/// A restriction whose quasi-p is above this may be chance.
const DOUBTFUL: f64 = 0.05;

/// What `discover` takes.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    input: SweepInput,
    /// Only this policy of a sweep; the baseline if not given
    #[arg(long, value_name = "POLICY", requires = "run")]
    policy: Option<String>,
    /// The table: one row a run, with factors and outcome
    #[arg(long, value_name = "FILE", conflicts_with = "run")]
    table: Option<PathBuf>,
    /// Column of the outcome
    #[arg(long, value_name = "COLUMN")]
    outcome: String,
    /// Which rows are of interest: `y==1`, `attacks_completed>=10 && cost<5e6`
    #[arg(long, value_name = "CONDITION")]
    inside: String,
    /// Columns to look at; all but those of outcome and condition if nothing is named
    #[arg(long, value_name = "COLUMN", value_delimiter = ',')]
    parameters: Vec<String>,
    /// Columns whose cells are names, though they look like numbers
    #[arg(long, value_name = "COLUMN", value_delimiter = ',', conflicts_with = "run")]
    categories: Vec<String>,
    /// Share of points peeled off in one step
    #[arg(long, value_name = "SHARE", default_value = "0.05")]
    peel: f64,
    /// Share of points pasted in one step
    #[arg(long, value_name = "SHARE", default_value = "0.05")]
    paste: f64,
    /// Smallest share of all points in a box
    #[arg(long, value_name = "SHARE", default_value = "0.05")]
    mass: f64,
    /// Most boxes
    #[arg(long, value_name = "N", default_value = "3")]
    boxes: usize,
    /// Take this step of the first box's trade-off in place of the balanced one
    #[arg(long, value_name = "N")]
    step: Option<usize>,
}

/// Finds boxes.
pub fn run(arguments: &Arguments, common: &Common) -> Result<Exit, Failure> {
    let input = match &arguments.input.run {
        Some(folder) => DiscoveryInput::Sweep { folder: folder.clone(), policy: arguments.policy.clone() },
        None => DiscoveryInput::Table(needed(arguments.table.as_ref(), "--table")?),
    };
    let request = DiscoveryRequest {
        input,
        outcome: arguments.outcome.clone(),
        inside: arguments.inside.clone(),
        parameters: arguments.parameters.clone(),
        categories: arguments.categories.clone(),
        prim: PrimOptions {
            peel: arguments.peel,
            paste: arguments.paste,
            least_mass: arguments.mass,
            boxes: if arguments.step.is_some() { 1 } else { arguments.boxes },
        },
        step: arguments.step,
    };
    let all = forestall_study::discover(&request).map_err(in_flags)?;
    let Discovered { sample, boxes: found, tree, notes } = &all;
    let result = json!({
        "outcome": arguments.outcome,
        "inside": arguments.inside,
        "rows": sample.len(),
        "rows_dropped": sample.dropped,
        "rows_infinite": sample.infinite,
        "left_out": sample.left_out.iter().map(|(name, reason)| json!({"column": name, "reason": reason})).collect::<Vec<_>>(),
        "of_interest": sample.of_interest(),
        "boxes": found.iter().map(|d| box_json(d.region())).collect::<Vec<_>>(),
        "trade_off": found.iter().map(trade_off).collect::<Vec<_>>(),
        "cart": tree.iter().map(|l| json!({
            "coverage": l.coverage, "density": l.density, "mass": l.mass,
            "limits": limits(&l.region, &l.restricted, None),
        })).collect::<Vec<_>>(),
    });
    let next = what_next(found, arguments, common);
    let mut page = None;
    if let Some(folder) = Folder::asked_for(common) {
        folder.json("discovery.json", &result)?;
        for (i, discovery) in found.iter().enumerate() {
            folder.table(&format!("trade_off_{}.csv", i + 1), &discovery.table())?;
            folder.table(&format!("box_{}.csv", i + 1), &discovery.limits_table(sample))?;
        }
        let origin = origin::of_folders(&arguments.input.run.iter().map(PathBuf::as_path).collect::<Vec<_>>(), common);
        let charts = origin::onto(assembly::discovery_charts(&all)?, &origin);
        charts.iter().try_for_each(|chart| folder.chart(chart))?;
        let asked = (arguments.outcome.as_str(), arguments.inside.as_str());
        page = Some(
            folder
                .page("discovery.html", &assembly::discovery_page(&all, asked, &charts, &next, &common.provenance()))?,
        );
    }
    if common.json {
        print(&format!("{:#}", verdict_first(verdict(sample, found), result)));
    } else {
        print(&text(sample, found));
    }
    tell(sample, notes, common);
    next::tell(common, page.as_deref(), "discovery", &next);
    Ok(Exit::Done)
}

/// What to do now.
fn what_next(found: &[Discovery], arguments: &Arguments, common: &Common) -> Vec<Next> {
    let mut out = Vec::new();
    let other = found.first().and_then(|d| match d.chosen {
        0 => (d.trade_off.len() > 1).then_some(1),
        chosen => Some(chosen - 1),
    });
    if let (None, Some(step)) = (arguments.step, other) {
        out.push(Next {
            command: next::again(common, &["--step", &step.to_string()]),
            does: "Take another step of the first box’s trade-off: fewer cases, or less dense ones".into(),
        });
    }
    if let Some(folder) = &arguments.input.run {
        out.push(Next {
            command: format!(
                "forestall robust {} --outcome {} --out robustness",
                quoted(folder),
                next::word(&arguments.outcome)
            ),
            does: "Ask which policy is least regretted over the same parameters, if the sweep ran several".into(),
        });
    }
    out
}

/// What a reader must know of the rows and columns.
fn tell(sample: &Sample, notes: &[String], common: &Common) {
    if sample.dropped > 0 {
        common.say(&format!("note: {} rows left out: a value in them is undefined", sample.dropped));
    }
    if sample.infinite > 0 {
        common.say(&format!("note: {} rows left out: a value in them is infinite", sample.infinite));
    }
    for note in notes {
        common.say(&format!("note: {note}; where the cells are names, say so by --categories COLUMN"));
    }
    for (name, reason) in &sample.left_out {
        common.say(&format!("note: column `{name}` left out: it {reason}"));
    }
}

/// An error in the words of this command's flags.
fn in_flags(error: AnalyseError) -> Failure {
    match error {
        AnalyseError::NoStep { step, last } => {
            Failure::usage(format!("--step is {step}; the trade-off has steps 0 to {last}"))
        }
        error => error.into(),
    }
}

fn limit_json(limit: &Limit, quasi_p: Option<(Option<f64>, Option<f64>)>) -> Value {
    let range = limit.range();
    let mut value = json!({
        "parameter": limit.parameter,
        "low": range.map(|r| r.0),
        "high": range.map(|r| r.1),
    });
    if let Some(categories) = limit.categories() {
        value["categories"] = json!(categories);
    }
    if let Some((low, high)) = quasi_p {
        value["quasi_p"] = json!({"low": low, "high": high});
    }
    value
}

fn limits(region: &Region, restricted: &[usize], step: Option<&Step>) -> Vec<Value> {
    let one = |(k, &j): (usize, &usize)| limit_json(&region.limits[j], step.map(|s| s.quasi_p[k]));
    restricted.iter().enumerate().map(one).collect()
}

fn box_json(step: &Step) -> Value {
    json!({
        "coverage": step.coverage, "density": step.density, "mass": step.mass, "points": step.points,
        "limits": limits(&step.region, &step.restricted, Some(step)),
    })
}

fn trade_off(discovery: &Discovery) -> Value {
    json!({"chosen": discovery.chosen, "steps": discovery.trade_off.iter().map(box_json).collect::<Vec<_>>()})
}

/// How well the first box tells the rows of interest from the others.
fn verdict(sample: &Sample, found: &[Discovery]) -> String {
    let all = format!("{} of {} rows are of interest", sample.of_interest(), sample.len());
    let Some(step) = found.first().map(Discovery::region) else { return format!("{all}; no box was found") };
    format!("{all}; the first box holds {:.3} of them, and {:.3} of its rows are", step.coverage, step.density)
}

/// The boxes for people.
fn text(sample: &Sample, found: &[Discovery]) -> String {
    let share = sample.of_interest() as f64 / sample.len() as f64;
    let mut out = format!("{} of {} rows are of interest ({share:.3})\n", sample.of_interest(), sample.len());
    for (i, discovery) in found.iter().enumerate() {
        let step = discovery.region();
        out += &format!(
            "\nbox {}: coverage {:.3}, density {:.3}, mass {:.3} (step {} of {})\n",
            i + 1,
            step.coverage,
            step.density,
            step.mass,
            discovery.chosen,
            discovery.trade_off.len() - 1
        );
        if step.restricted.is_empty() {
            out += "  no limit: nothing tells the rows of interest from the others\n";
        }
        let mut rows =
            vec![["", "parameter", "low", "high", "quasi-p low", "quasi-p high", ""].map(str::to_owned).to_vec()];
        for (&j, (p_low, p_high)) in step.restricted.iter().zip(&step.quasi_p) {
            let limit = &step.region.limits[j];
            let side = |p: Option<f64>, end: Option<f64>| if p.is_some() { number(end) } else { "–".to_owned() };
            let p = |p: Option<f64>| p.map_or_else(|| "–".to_owned(), |p| number(Some(p)));
            let (low, high) = match limit.categories() {
                Some(names) => (names.join(", "), String::new()),
                None => (side(*p_low, limit.range().map(|r| r.0)), side(*p_high, limit.range().map(|r| r.1))),
            };
            let doubtful = [p_low, p_high].into_iter().flatten().any(|p| *p > DOUBTFUL);
            let mark = if doubtful { "may be chance" } else { "" };
            rows.push(vec![String::new(), limit.parameter.clone(), low, high, p(*p_low), p(*p_high), mark.to_owned()]);
        }
        if rows.len() > 1 {
            out += &columns(&rows);
        }
    }
    out
}
