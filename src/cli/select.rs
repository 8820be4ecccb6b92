//! `forestall select`: which policy is best, with a stated probability of being right.

use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use forestall_report::assembly::{self, Next};
use forestall_study::{SelectRequest, Selected, Study};

use super::folder::Folder;
use super::next::{self, quoted};
use super::options::{Common, ScenarioOptions};
use super::origin;
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
    let result = json(&found, arguments);
    let next = what_next(&found, arguments, common);
    let mut page = None;
    if let Some(folder) = Folder::asked_for(common) {
        folder.json("selection.json", &result)?;
        folder.table("selection.csv", &assembly::selection_table(&found))?;
        let origin = origin::of_plan(study.scenario());
        let charts = origin::onto(assembly::selection_charts(&found, &request)?, &origin);
        charts.iter().try_for_each(|chart| folder.chart(chart))?;
        let html = assembly::selection_page(&found, &request, &charts, &next, &common.provenance());
        page = Some(folder.page("selection.html", &html)?);
    }
    if common.json {
        print(&format!("{result:#}"));
    } else {
        print(&text(&found, arguments));
    }
    next::tell(common, page.as_deref(), "selection", &next);
    Ok(if found.stopped { Exit::NotPrecise } else { Exit::Done })
}

/// What to do now.
fn what_next(found: &Selected, arguments: &Arguments, common: &Common) -> Vec<Next> {
    let scenario = quoted(&arguments.scenario.scenario);
    let mut out = Vec::new();
    if found.stopped {
        let most = (4 * arguments.max_replications).to_string();
        out.push(Next {
            command: next::again(&without(common, "--max-replications"), &["--max-replications", &most]),
            does: "Go on with more replications until the choice is as sure as asked for".into(),
        });
    }
    if found.best != "baseline" {
        out.push(Next {
            command: format!("forestall run {scenario} --policies {}", next::word(&found.best)),
            does: "Run the chosen policy beside the baseline, with a report of what it costs and whom it burdens"
                .into(),
        });
    }
    out.push(Next {
        command: format!("forestall explore {scenario}"),
        does: "Move its levers and watch what they prevent, cost and displace".into(),
    });
    out
}

/// The command without a flag and its value.
fn without(common: &Common, flag: &str) -> Common {
    let mut out = common.clone();
    if let Some(at) = out.arguments.iter().position(|word| word == flag) {
        out.arguments.drain(at..(at + 2).min(out.arguments.len()));
    }
    out.arguments.retain(|word| !word.starts_with(&format!("{flag}=")));
    out
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
