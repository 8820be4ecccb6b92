//! `forestall rivals`: which of several rules, each fitted, is the record likelier to come from?

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::{Value, json};

use forestall_report::assembly::{self, Next};
use forestall_study::{Rivals, RivalsRequest};

use super::calibrate;
use super::folder::Folder;
use super::next;
use super::options::Common;
use super::origin;
use super::outcome::{Exit, Failure};
use super::terminal::{columns, number, print, verdict_first};

/// What `rivals` takes.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Folders of finished fits by `calibrate --method regression`, each of another rule; NAME=FOLDER gives one a name
    #[arg(value_name = "FIT", required = true, num_args = 2..)]
    fits: Vec<String>,
    /// The facts to weigh them by; those of the first fit if not given
    #[arg(long, value_name = "FILE")]
    targets: Option<PathBuf>,
    /// Share of all points that is near the facts
    #[arg(long, value_name = "SHARE", default_value = "0.25")]
    accept: f64,
    /// Points of each fit that are taken for the record, to check the method
    #[arg(long, value_name = "N", default_value = "100")]
    truths: usize,
}

/// Weighs rivals.
pub fn run(arguments: &Arguments, common: &Common) -> Result<Exit, Failure> {
    let request = RivalsRequest {
        fits: arguments.fits.iter().map(|text| fit(text)).collect(),
        targets: arguments.targets.clone(),
        accept: arguments.accept,
        truths: arguments.truths,
    };
    let found = forestall_study::rivals(&request)?;
    let words = assembly::rival_words(&found);
    let next = what_next(&found);
    let mut page = None;
    if let Some(folder) = Folder::asked_for(common) {
        folder.table("rivals.csv", &found.table())?;
        folder.table("known.csv", &found.known_table())?;
        folder.json("rivals.json", &json(&found, &words))?;
        let origin = origin::of_folders(&request.fits.iter().map(|fit| fit.1.as_path()).collect::<Vec<_>>(), common);
        let charts = origin::onto(assembly::rival_charts(&found)?, &origin);
        charts.iter().try_for_each(|chart| folder.chart(chart))?;
        let html = assembly::rival_page(&found, &charts, &next, &common.provenance());
        page = Some(folder.page("rivals.html", &html)?);
    }
    if common.json {
        print(&format!("{:#}", json(&found, &words)));
    } else {
        print(&format!("{}\n\n{}", words.join("\n"), text(&found)));
    }
    next::tell(common, page.as_deref(), "rivals", &next);
    Ok(Exit::Done)
}

/// A folder, perhaps with a name: what stands there is a folder whatever its name holds.
fn fit(text: &str) -> (Option<String>, PathBuf) {
    match text.split_once('=') {
        Some((name, folder)) if !name.is_empty() && !Path::new(text).exists() => (Some(name.into()), folder.into()),
        _ => (None, text.into()),
    }
}

/// The rivals for people.
fn text(found: &Rivals) -> String {
    let mut rows = vec![["rival", "points", "probability", "95 %"].map(str::to_owned).to_vec()];
    for row in &found.rows {
        rows.push(vec![
            row.name.clone(),
            row.points.to_string(),
            number(Some(row.probability)),
            format!("{} to {}", number(Some(row.interval.0)), number(Some(row.interval.1))),
        ]);
    }
    columns(&rows)
}

/// The answer for scripts, the verdict first.
fn json(found: &Rivals, words: &[String]) -> Value {
    let rows: Vec<Value> = found
        .rows
        .iter()
        .map(|r| {
            json!({"rival": r.name, "folder": r.folder, "points": r.points, "left_out": r.left_out,
                   "probability": r.probability, "low": r.interval.0, "high": r.interval.1})
        })
        .collect();
    let known = json!({"tried_each": found.known.tried, "right": found.known.right, "score": found.known.score, "score_error": found.known.score_error,
                       "score_if_nothing_told": found.known.blind, "probabilities_hold": found.known.held,
                       "given": found.known.given});
    let verdict = words.first().cloned().unwrap_or_default();
    let best = found.best().map(|b| b.name.clone());
    verdict_first(
        verdict,
        json!({"best": best, "rivals": rows, "facts": found.facts, "near": found.near, "known": known}),
    )
}

/// What to do now.
fn what_next(found: &Rivals) -> Vec<Next> {
    let Some(best) = found.best() else { return Vec::new() };
    let (scenario, draws) = (best.folder.join("scenario.resolved.toml"), best.folder.join("posterior.csv"));
    vec![Next {
        command: calibrate::on_posterior(&scenario, &draws),
        does: "Run the likeliest rival on its own posterior, and see what its policies do".into(),
    }]
}
