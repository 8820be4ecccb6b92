//! `forestall sensitivity`: which parameters a response hangs on.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use serde_json::Value;

use forestall_report::assembly::{self, Next};
use forestall_study::{
    AnalyseError, Estimate, Resampling, Sensitivity, SensitivityInput, SensitivityMethod, SensitivityRequest,
};

use super::folder::Folder;
use super::next::{self, quoted};
use super::options::Common;
use super::origin;
use super::outcome::{Exit, Failure};
use super::sweep::{SweepInput, needed};
use super::terminal::{cell, columns, print, verdict_first};

/// Methods.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// First, total and second-order indices, from a Saltelli design
    Sobol,
    /// μ, μ* and σ of elementary effects, from Morris trajectories
    Morris,
    /// Distances between distribution functions, from any design
    Pawn,
    /// Borgonovo's δ, from any design
    Delta,
    /// Partial rank correlations and slopes, from any design of points drawn on their own: for many parameters
    Prcc,
}

/// What `sensitivity` takes.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    input: SweepInput,
    /// The policy of a sweep that is looked at; the baseline if not given
    #[arg(long, value_name = "POLICY", requires = "run")]
    policy: Option<String>,
    /// Look at the paired difference from this policy of a sweep: --policy pool --against baseline
    #[arg(long, value_name = "POLICY", requires = "policy")]
    against: Option<String>,
    /// The problem file of the design
    #[arg(long, value_name = "FILE", conflicts_with = "run")]
    problem: Option<PathBuf>,
    /// The table of points; `design.json` beside it is checked if it is there
    #[arg(long, value_name = "FILE", conflicts_with = "run")]
    design: Option<PathBuf>,
    /// The table of the response: one row a point in the design's order, or with columns `row` and `replicate`
    #[arg(long, value_name = "FILE", conflicts_with = "run")]
    response: Option<PathBuf>,
    /// Column of the response, where it has several
    #[arg(long, value_name = "COLUMN")]
    outcome: Option<String>,
    /// Which indices
    #[arg(long, value_enum, default_value = "sobol")]
    method: Kind,
    /// Resamples for the intervals; 0 for none
    #[arg(long, value_name = "N", default_value = "1000")]
    resamples: usize,
    /// Seed of the resampling
    #[arg(long, value_name = "N", default_value = "1")]
    seed: u64,
}

/// Analyses a response.
pub fn run(arguments: &Arguments, common: &Common) -> Result<Exit, Failure> {
    let input = match &arguments.input.run {
        Some(folder) => SensitivityInput::Sweep {
            folder: folder.clone(),
            policy: arguments.policy.clone(),
            against: arguments.against.clone(),
        },
        None => SensitivityInput::Tables {
            problem: needed(arguments.problem.as_ref(), "--problem")?,
            design: needed(arguments.design.as_ref(), "--design")?,
            response: needed(arguments.response.as_ref(), "--response")?,
        },
    };
    let request = SensitivityRequest {
        input,
        outcome: arguments.outcome.clone(),
        method: match arguments.method {
            Kind::Sobol => SensitivityMethod::Sobol,
            Kind::Morris => SensitivityMethod::Morris,
            Kind::Pawn => SensitivityMethod::Pawn,
            Kind::Delta => SensitivityMethod::Delta,
            Kind::Prcc => SensitivityMethod::Prcc,
        },
        resampling: Resampling { resamples: arguments.resamples, seed: arguments.seed },
    };
    let found = forestall_study::sensitivity(&request).map_err(in_flags)?;
    let next = what_next(&found, arguments, common);
    let mut page = None;
    if let Some(folder) = Folder::asked_for(common) {
        folder.table("sensitivity.csv", &found.table())?;
        folder.json("sensitivity.json", &found.json())?;
        if !found.convergence.is_empty() {
            folder.table("convergence.csv", &found.convergence_table())?;
        }
        let origin = origin::of_folders(&arguments.input.run.iter().map(PathBuf::as_path).collect::<Vec<_>>(), common);
        let charts = origin::onto(assembly::sensitivity_charts(&found)?, &origin);
        charts.iter().try_for_each(|chart| folder.chart(chart))?;
        let html = assembly::sensitivity_page(&found, &charts, &next, &common.provenance());
        page = Some(folder.page("sensitivity.html", &html)?);
    }
    if common.json {
        print(&format!("{:#}", json(&found)));
    } else {
        print(&text(&found));
    }
    for note in &found.notes {
        common.say(&format!("note: {note}"));
    }
    next::tell(common, page.as_deref(), "sensitivity", &next);
    Ok(Exit::Done)
}

/// What to do now.
fn what_next(found: &Sensitivity, arguments: &Arguments, common: &Common) -> Vec<Next> {
    let mut out = Vec::new();
    if let Some(folder) = &arguments.input.run {
        let (run, outcome) = (quoted(folder), next::word(&found.outcome));
        if arguments.against.is_none() {
            let policy = arguments.policy.as_ref().map(|p| format!(" --policy {}", next::word(p))).unwrap_or_default();
            let inside = next::word(&format!("{}>=1", found.outcome));
            out.push(Next {
                command: format!(
                    "forestall discover {run} --outcome {outcome} --inside {inside}{policy} --out discovery"
                ),
                does: "Find where among these parameters many happen; put your own threshold".into(),
            });
        }
        out.push(Next {
            command: format!("forestall robust {run} --outcome {outcome} --out robustness"),
            does: "Ask which policy is least regretted over these parameters, if the sweep ran several".into(),
        });
    }
    if found.method == "sobol" {
        let mut again = common.clone();
        again.arguments = with_method(&common.arguments, "pawn");
        out.push(Next {
            command: next::again(&again, &[]),
            does: "Ask by another measure: distances between distributions, from the same design".into(),
        });
    }
    out
}

/// The arguments with another method.
fn with_method(arguments: &[String], method: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let mut given = arguments.iter();
    while let Some(word) = given.next() {
        if word == "--method" {
            given.next();
        } else if !word.starts_with("--method=") {
            out.push(word.clone());
        }
    }
    out.extend(["--method".to_owned(), method.to_owned()]);
    out
}

/// An error in the words of this command's flags.
fn in_flags(error: AnalyseError) -> Failure {
    match error {
        AnalyseError::SamePolicy => {
            Failure::usage("--against names the same policy as --policy; the difference would be 0 everywhere")
        }
        error => error.into(),
    }
}

/// The index by which parameters are ranked.
fn main_index(found: &Sensitivity) -> &'static str {
    match found.method {
        "sobol" => "total",
        "morris" => "mu_star",
        "pawn" => "median",
        "prcc" => "prcc",
        _ => "delta",
    }
}

/// The answer for scripts, the verdict first.
pub fn json(found: &Sensitivity) -> Value {
    verdict_first(verdict(found), found.json())
}

/// What the response depends on most.
pub fn verdict(found: &Sensitivity) -> String {
    let by = main_index(found);
    let first = found.ranked(by).first().map(|row| {
        let index = row.values.iter().find(|value| value.0 == by);
        format!("{}: {by} {}", row.parameter, index.map_or_else(|| "undefined".into(), |value| cell(&value.1)))
    });
    format!("{} depends most on {}", found.outcome, first.unwrap_or_else(|| "nothing".into()))
}

/// The result for people.
pub fn text(found: &Sensitivity) -> String {
    let names: Vec<&str> = found.indices.first().map(|r| r.values.iter().map(|v| v.0).collect()).unwrap_or_default();
    let by = main_index(found);
    let mut rows = vec![std::iter::once("parameter").chain(names.iter().copied()).map(str::to_owned).collect()];
    for row in found.ranked(by) {
        rows.push(std::iter::once(row.parameter.clone()).chain(row.values.iter().map(|v| cell(&v.1))).collect());
    }
    let mut out = columns(&rows);
    if !found.pairs.is_empty() {
        let mut pairs = vec![vec!["pair".to_owned(), "second".to_owned()]];
        let mut ranked: Vec<_> = found.pairs.iter().collect();
        ranked.sort_by(|a, b| b.second.estimate.partial_cmp(&a.second.estimate).unwrap_or(std::cmp::Ordering::Equal));
        pairs.extend(ranked.into_iter().map(|p| vec![p.parameters.join(" × "), cell(&p.second)]));
        out += &format!("\n{}", columns(&pairs));
    }
    let noise = match (found.noise, found.noise_from) {
        (Estimate { estimate: None, .. }, _) => "undefined".to_owned(),
        (noise, Some("replicates")) => format!("{} (from replicates)", cell(&noise)),
        (noise, _) => format!("{} (common to the rows of a block)", cell(&noise)),
    };
    out += &format!("\nshare of variance that is noise: {noise}\n");
    out
}
