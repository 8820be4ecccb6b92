//! `forestall robust`: which policy is least regretted across uncertain futures?

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use serde_json::{Map, Value, json};

use forestall_report::assembly::{self, Next};
use forestall_study::{
    AnalysisError, Better, ROBUSTNESS_COLUMNS, Resampling, Robustness, RobustnessInput, RobustnessOptions,
};

use super::folder::Folder;
use super::next::{self, quoted};
use super::options::Common;
use super::origin;
use super::outcome::{Exit, Failure};
use super::sweep::{SweepInput, needed};
use super::terminal::{cell, columns, print, verdict_first};

/// Which way is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Direction {
    /// Fewer attacks, less cost
    Lower,
    /// More, such as a share foiled
    Higher,
}

/// What `robust` takes.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    input: SweepInput,
    /// The table: one row a policy and future
    #[arg(long, value_name = "FILE", conflicts_with = "run")]
    table: Option<PathBuf>,
    /// Column of the outcome
    #[arg(long, value_name = "COLUMN")]
    outcome: String,
    /// Column of the policies
    #[arg(long, value_name = "COLUMN", default_value = "policy", conflicts_with = "run")]
    policy: String,
    /// Column of the futures
    #[arg(long, value_name = "COLUMN", default_value = "future", conflicts_with = "run")]
    future: String,
    /// Which way is better
    #[arg(long, value_enum, default_value = "lower")]
    better: Direction,
    /// The value of the outcome that is good enough
    #[arg(long, value_name = "VALUE", allow_hyphen_values = true)]
    threshold: Option<f64>,
    /// Resamples of futures for the intervals
    #[arg(long, value_name = "N", default_value = "1000")]
    resamples: usize,
    /// Seed of the resampling
    #[arg(long, value_name = "N", default_value = "1")]
    seed: u64,
}

/// Compares policies.
pub fn run(arguments: &Arguments, common: &Common) -> Result<Exit, Failure> {
    let input = match &arguments.input.run {
        Some(folder) => RobustnessInput::Sweep(folder.clone()),
        None => RobustnessInput::Table(needed(arguments.table.as_ref(), "--table")?),
    };
    if arguments.threshold.is_some_and(|t| !t.is_finite()) {
        return Err(AnalysisError::Request("--threshold must be a finite number".into()).into());
    }
    let options = RobustnessOptions {
        policy: arguments.policy.clone(),
        future: if arguments.input.run.is_some() { "point".into() } else { arguments.future.clone() },
        outcome: arguments.outcome.clone(),
        better: if arguments.better == Direction::Lower { Better::Lower } else { Better::Higher },
        threshold: arguments.threshold,
        resampling: Resampling { resamples: arguments.resamples, seed: arguments.seed },
    };
    let found = forestall_study::robust(&input, &options)?;
    let result = json_of(&found, &options);
    let next = what_next(&found, arguments, common);
    let mut page = None;
    if let Some(folder) = Folder::asked_for(common) {
        folder.table("robustness.csv", &found.table())?;
        folder.table("regret.csv", &found.regret_table())?;
        folder.json("robustness.json", &result)?;
        let origin = origin::of_folders(&arguments.input.run.iter().map(PathBuf::as_path).collect::<Vec<_>>(), common);
        let charts = origin::onto(assembly::robustness_charts(&found, &options)?, &origin);
        charts.iter().try_for_each(|chart| folder.chart(chart))?;
        let html = assembly::robustness_page(&found, &options, &charts, &next, &common.provenance());
        page = Some(folder.page("robustness.html", &html)?);
    }
    if common.json {
        let least = found.rows.first().map_or("no policy", |row| row.policy.as_str());
        let verdict = format!("{least} is least regretted over {} futures", found.futures.len());
        print(&format!("{:#}", verdict_first(verdict, result)));
    } else {
        print(&text(&found, options.threshold.is_some()));
    }
    if found.dropped > 0 {
        common.say(&format!("note: {} futures left out: a policy has no value there", found.dropped));
    }
    if found.infinite > 0 {
        common.say(&format!("note: of these, {} have an infinite value", found.infinite));
    }
    next::tell(common, page.as_deref(), "robustness", &next);
    Ok(Exit::Done)
}

/// What to do now.
fn what_next(found: &Robustness, arguments: &Arguments, common: &Common) -> Vec<Next> {
    let mut out = Vec::new();
    let middle = found.rows.first().and_then(|row| row.mean.estimate);
    if let (None, Some(mean)) = (arguments.threshold, middle) {
        out.push(Next {
            command: next::again(common, &["--threshold", &format!("{mean:.3}")]),
            does: "Ask also how often each policy is good enough; put your own threshold".into(),
        });
    }
    if let (Some(folder), Some(best)) = (&arguments.input.run, found.rows.first()) {
        let outcome = next::word(&arguments.outcome);
        out.push(Next {
            command: format!(
                "forestall sensitivity {} --policy {} --outcome {outcome} --method pawn --out sensitivity",
                quoted(folder),
                next::word(&best.policy)
            ),
            does: format!("Find what {} depends on under {}", arguments.outcome, best.policy),
        });
    }
    out
}

fn json_of(found: &Robustness, options: &RobustnessOptions) -> Value {
    let row = |row: &forestall_study::PolicyRow| {
        let mut map = Map::new();
        map.insert("policy".into(), json!(row.policy));
        for (name, get) in ROBUSTNESS_COLUMNS {
            map.insert(name.into(), json!(get(row)));
        }
        Value::Object(map)
    };
    json!({
        "outcome": options.outcome,
        "better": if options.better == Better::Lower { "lower" } else { "higher" },
        "threshold": options.threshold,
        "futures": found.futures.len(),
        "futures_dropped": found.dropped,
        "futures_infinite": found.infinite,
        "policies": found.rows.iter().map(row).collect::<Vec<_>>(),
    })
}

/// The policies for people, the least regretted first.
fn text(found: &Robustness, satisficing: bool) -> String {
    let shown: Vec<_> = ROBUSTNESS_COLUMNS
        .into_iter()
        .filter(|(name, _)| satisficing || !matches!(*name, "satisficing" | "shortfall"))
        .collect();
    let mut rows = vec![std::iter::once("policy").chain(shown.iter().map(|c| c.0)).map(str::to_owned).collect()];
    for row in &found.rows {
        rows.push(std::iter::once(row.policy.clone()).chain(shown.iter().map(|(_, get)| cell(&get(row)))).collect());
    }
    format!(
        "{} policies in {} futures; the least regretted first\n\n{}",
        found.policies.len(),
        found.futures.len(),
        columns(&rows)
    )
}
