//! `forestall score`: how good was a forecast, now that it is known what came?

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use serde_json::json;

use forestall_report::assembly::{self, Next};
use forestall_report::chart;
use forestall_study::{ForecastInput, ScoreKind, ScoreRequest, Scored};

use super::folder::Folder;
use super::next::{self, quoted};
use super::options::Common;
use super::origin;
use super::outcome::{Exit, Failure};
use super::terminal::{columns, number, print};

/// How a density is made of draws.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// Counts where draws and observation are whole numbers from 0 on
    Guess,
    /// A mass on whole numbers
    Counts,
    /// A density on the line
    Continuous,
}

/// What `score` takes.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The folder of a finished run, whose replications are the draws
    #[arg(value_name = "RUN", conflicts_with = "draws", required_unless_present = "draws")]
    run: Option<PathBuf>,
    /// The table of draws: one column a quantity, one row a draw
    #[arg(long, value_name = "FILE")]
    draws: Option<PathBuf>,
    /// What came: a table with columns quantity and observed, each further column a naive forecast; for a run also the
    /// targets file of a calibration
    #[arg(long, value_name = "FILE")]
    observed: PathBuf,
    /// Earlier values, for plain forecasts beside: columns year and count, and quantity if they are of several
    #[arg(long, value_name = "FILE")]
    history: Option<PathBuf>,
    /// The policy of the run; the baseline if not given
    #[arg(long, value_name = "POLICY", requires = "run")]
    policy: Option<String>,
    /// How the logarithmic score makes a density of draws
    #[arg(long, value_enum, default_value = "guess")]
    kind: Kind,
}

/// Scores a forecast.
pub fn run(arguments: &Arguments, common: &Common) -> Result<Exit, Failure> {
    let forecast = match (&arguments.run, &arguments.draws) {
        (Some(folder), _) => ForecastInput::Run { folder: folder.clone(), policy: arguments.policy.clone() },
        (None, Some(draws)) => ForecastInput::Draws(draws.clone()),
        (None, None) => return Err(Failure::usage("--draws is missing; give it, or the folder of a run as RUN")),
    };
    let request = ScoreRequest {
        forecast,
        observed: arguments.observed.clone(),
        history: arguments.history.clone(),
        kind: match arguments.kind {
            Kind::Guess => ScoreKind::Guess,
            Kind::Counts => ScoreKind::Counts,
            Kind::Continuous => ScoreKind::Continuous,
        },
    };
    let found = forestall_study::score(&request)?;
    let words = assembly::score_words(&found);
    let next = what_next(arguments, common);
    let mut page = None;
    if let Some(folder) = Folder::asked_for(common) {
        folder.table("scores.csv", &found.table())?;
        folder.json("scores.json", &json!({"rows": found.rows, "summary": found.summary}))?;
        let origin = origin::of_folders(&arguments.run.iter().map(PathBuf::as_path).collect::<Vec<_>>(), common);
        let charts = origin::onto(assembly::score_charts(&found)?, &origin);
        charts.iter().try_for_each(|chart| folder.chart(chart))?;
        let html = assembly::score_page(&found, &charts, &next, &common.provenance());
        page = Some(folder.page("scores.html", &html)?);
    }
    if common.json {
        print(&format!("{:#}", json!(found.rows)));
    } else {
        print(&format!("{}\n\n{}", words.join("\n"), text(&found)));
    }
    found.notes.iter().for_each(|note| common.say(&format!("note: {note}")));
    next::tell(common, page.as_deref(), "scores", &next);
    Ok(Exit::Done)
}

/// The scores for people.
fn text(found: &Scored) -> String {
    let head = ["quantity", "observed", "forecast", "90 %", "CRPS", "log score", "PIT", "inside"];
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    for row in &found.rows {
        let inside = row.inside_90.map_or("undefined", |yes| if yes { "yes" } else { "no" });
        rows.push(vec![
            row.quantity.clone(),
            number(row.observed),
            number(row.mean),
            format!("{} to {}", number(row.low), number(row.high)),
            number(row.crps),
            number(row.log_score),
            number(row.pit),
            inside.to_owned(),
        ]);
    }
    let mut out = columns(&rows);
    if !found.summary.naive.is_empty() {
        let head = ["beside", "quantities", "its mean CRPS", "the draws'", "skill of the draws", "its log score"];
        let mut rows = vec![head.map(str::to_owned).to_vec()];
        for plain in &found.summary.naive {
            rows.push(vec![
                plain.forecast.clone(),
                chart::short(plain.quantities as f64),
                number(plain.mean_crps),
                number(plain.own_crps),
                number(plain.skill),
                plain.mean_log_score.map_or_else(|| "–".to_owned(), |x| number(Some(x))),
            ]);
        }
        out += &format!("\n{}", columns(&rows));
    }
    out
}

/// What to do now.
fn what_next(arguments: &Arguments, common: &Common) -> Vec<Next> {
    let mut out = Vec::new();
    if arguments.history.is_none() {
        out.push(Next {
            command: next::again(common, &["--history", "history.csv"]),
            does: "Hold the forecast against plain ones, made from a series of earlier values (columns year, count)"
                .into(),
        });
    }
    if let Some(folder) = &arguments.run {
        out.push(Next {
            command: format!("forestall report {}", quoted(folder)),
            does: "Write the report of the run again, with its own validation against facts".into(),
        });
    }
    out
}
