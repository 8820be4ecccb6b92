//! `forestall select`: which policy is best, with a stated probability of being right.

use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use forestall_model::{Column, Table};
use forestall_study::{PolicyStanding, SelectRequest, Selected, Study};

use super::folder::Folder;
use super::options::{Common, ScenarioOptions};
use super::outcome::{Exit, Failure};
use super::terminal::print;
use super::threads::Threads;

/// How runs are given to policies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Procedure {
    /// Kim and Nelson: runs until the choice is right with the confidence asked for
    Kn,
    /// A fixed budget of runs, most of it for the policies in doubt
    Ocba,
    /// The same number of replications for every policy, with intervals against the best of the others
    Fixed,
}

/// What `select` takes.
#[derive(Debug, Args)]
#[command(after_help = "Exit code: 4 if --max-replications ended it before the confidence was reached.")]
pub struct Arguments {
    #[command(flatten)]
    scenario: ScenarioOptions,
    /// The outcome that decides, a column of replications.parquet
    #[arg(long, value_name = "COLUMN", default_value = "attacks_completed")]
    outcome: String,
    /// More of the outcome is better
    #[arg(long)]
    most: bool,
    /// Differences below this do not matter, in the outcome's unit
    #[arg(long, value_name = "X")]
    zone: f64,
    /// Probability of a correct choice
    #[arg(long, value_name = "P", default_value_t = 0.95)]
    confidence: f64,
    /// How runs are given to policies
    #[arg(long, value_enum, default_value = "kn")]
    procedure: Procedure,
    /// Replications of each policy before the first decision
    #[arg(long, value_name = "N", default_value_t = 20)]
    first: usize,
    /// Runs in all, with `--procedure ocba`
    #[arg(long, value_name = "N", required_if_eq("procedure", "ocba"))]
    budget: Option<usize>,
    /// The most replications of a policy; with `--procedure fixed` the number of each
    #[arg(long, value_name = "N", default_value_t = 1_000)]
    max_replications: usize,
    /// Only these policies, by name; the baseline is always among them
    #[arg(long, value_name = "A,B", value_delimiter = ',')]
    policies: Option<Vec<String>>,
    #[command(flatten)]
    threads: Threads,
}

/// Selects among a scenario's policies.
pub fn run(arguments: &Arguments, common: &Common) -> Result<Exit, Failure> {
    let study = Study::open(&arguments.scenario.scenario, arguments.scenario.overrides(None, None))?;
    common.warn(study.warnings());
    arguments.threads.start(common);
    arguments.threads.fit(&study, study.policies().count())?;
    let request = SelectRequest {
        policies: arguments.policies.clone(),
        outcome: arguments.outcome.clone(),
        most: arguments.most,
        zone: arguments.zone,
        confidence: arguments.confidence,
        procedure: match arguments.procedure {
            Procedure::Kn => forestall_study::Procedure::KimNelson,
            Procedure::Ocba => forestall_study::Procedure::Budget(arguments.budget.unwrap_or_default()),
            Procedure::Fixed => forestall_study::Procedure::Fixed,
        },
        first: arguments.first,
        max_replications: arguments.max_replications,
    };
    let found = study.select(&request, &mut |done| common.say(&format!("{done} runs done")))?;
    let answer = json(&found, arguments);
    if let Some(folder) = Folder::asked_for(common) {
        folder.table("selection.csv", &table(&found))?;
        folder.json("selection.json", &answer)?;
    }
    if common.json {
        print(&format!("{answer:#}"));
    } else {
        print(&text(&found, arguments));
    }
    Ok(if found.stopped { Exit::NotPrecise } else { Exit::Done })
}

fn json(found: &Selected, arguments: &Arguments) -> Value {
    let candidates: Vec<Value> = found
        .policies
        .iter()
        .map(|r| {
            json!({
                "arm": r.name, "replications": r.replications, "mean": r.mean, "difference": r.difference,
                "low": finite(r.low), "high": finite(r.high), "eliminated_after": r.eliminated_after,
                "tied": r.tied, "against_best": r.against_best.map(|(low, high)| json!({"low": low, "high": high})),
            })
        })
        .collect();
    json!({
        "verdict": text(found, arguments).lines().take_while(|line| !line.is_empty()).collect::<Vec<_>>().join(". "),
        "best": found.best,
        "ties": found.ties,
        "procedure": arguments.procedure.to_possible_value().map(|v| v.get_name().to_owned()),
        "outcome": arguments.outcome, "zone": arguments.zone, "confidence": arguments.confidence,
        "probability_correct": found.probability, "runs": found.runs, "stopped_early": found.stopped,
        "arms": candidates,
    })
}

/// One row a policy, the best first.
fn table(found: &Selected) -> Table {
    let rows = &found.policies;
    let number = |of: fn(&PolicyStanding) -> f64| Column::Number(rows.iter().map(|r| finite(of(r))).collect());
    let whole = |of: fn(&PolicyStanding) -> Option<usize>| {
        Column::Integer(rows.iter().map(|r| of(r).map(|n| n as i64)).collect())
    };
    let mut table = Table::new();
    table.push("arm", Column::Text(rows.iter().map(|r| r.name.clone()).collect()));
    table.push("best", Column::Integer(rows.iter().map(|r| Some(i64::from(r.name == found.best))).collect()));
    table.push("replications", whole(|r| Some(r.replications)));
    table.push("mean", number(|r| r.mean));
    table.push("difference", number(|r| r.difference));
    table.push("low", number(|r| r.low));
    table.push("high", number(|r| r.high));
    table.push("tied", Column::Integer(rows.iter().map(|r| Some(i64::from(r.tied))).collect()));
    table.push("eliminated_after", whole(|r| r.eliminated_after));
    table.push("against_best_low", number(|r| r.against_best.map_or(f64::NAN, |limits| limits.0)));
    table.push("against_best_high", number(|r| r.against_best.map_or(f64::NAN, |limits| limits.1)));
    table
}

fn finite(x: f64) -> Option<f64> {
    x.is_finite().then_some(x)
}

fn text(found: &Selected, arguments: &Arguments) -> String {
    let (best, rows) = (&found.best, &found.policies);
    let direction = if arguments.most { "greatest" } else { "least" };
    let mut out = format!("{best} has the {direction} mean of {} ({} runs)\n", arguments.outcome, found.runs);
    out += &match (arguments.procedure, found.probability) {
        (_, _) if found.stopped => {
            format!("Not decided: raise --max-replications (now {})\n", arguments.max_replications)
        }
        (Procedure::Kn, Some(p)) => format!(
            "If it is better than all others by {}, this choice is right with probability {p} or more\n",
            arguments.zone
        ),
        (Procedure::Ocba, Some(p)) if p <= 1.0 / rows.len() as f64 => {
            "The budget does not tell the policies apart\n".into()
        }
        (Procedure::Ocba, Some(p)) => format!("Estimated probability of a correct choice: {p:.3} or more\n"),
        _ => String::new(),
    };
    if !found.ties.is_empty() {
        out += &format!("Not shown to be worse by more than {}: {}\n", arguments.zone, found.ties.join(", "));
    }
    let width = rows.iter().map(|r| r.name.len()).max().unwrap_or(0).max(4);
    out += &format!(
        "\n{:width$}  {:>5}  {:>9}  {:>10}  {:>20}  out after\n",
        "arm", "runs", "mean", "minus best", "limits"
    );
    for r in rows {
        let limits = if r.name == *best {
            String::new()
        } else if r.low.is_finite() {
            format!("{:.3} to {:.3}", r.low, r.high)
        } else {
            "undefined".into()
        };
        let gone = r.eliminated_after.map(|n| n.to_string()).unwrap_or_default();
        let line = format!(
            "{:width$}  {:>5}  {:>9.3}  {:>10.3}  {limits:>20}  {gone}",
            r.name, r.replications, r.mean, r.difference
        );
        out += line.trim_end();
        out.push('\n');
    }
    out += &format!(
        "\nLimits: {} % for all differences together, over the replications that both have.\n",
        arguments.confidence * 100.0
    );
    if arguments.procedure == Procedure::Fixed {
        out += "Against the best of the others (0 as a limit decides):\n";
        for r in rows {
            if let Some((low, high)) = r.against_best {
                out += &format!("{:width$}  {low:.3} to {high:.3}\n", r.name);
            }
        }
    }
    out
}
