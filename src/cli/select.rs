//! `forestall select`: which policy is best, with a stated probability of being right.

use clap::{Args, ValueEnum};
use rayon::prelude::*;
use serde_json::{Value, json};

use forestall_model::outcome::tables::Labels;
use forestall_model::scenario::LoadOptions;
use forestall_study::analysis::AnalysisError;
use forestall_study::analysis::selection::{
    Budget, Job, KimNelson, Selection, select_fixed, select_kim_nelson, select_within,
};
use forestall_study::montecarlo::{ArmName, replicate};

use super::options::{self, Common, ScenarioOptions};
use super::outcome::{Exit, Failure, print};
use super::run::arms;
use super::source;

/// How runs are given to arms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Procedure {
    /// Kim and Nelson: runs until the choice is right with the confidence asked for
    Kn,
    /// A fixed budget of runs, most of it for the arms in doubt
    Ocba,
    /// The same number of replications for every arm, with intervals against the best of the others
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
    /// How runs are given to arms
    #[arg(long, value_enum, default_value = "kn")]
    procedure: Procedure,
    /// Replications of each arm before the first decision
    #[arg(long, value_name = "N", default_value_t = 20)]
    first: usize,
    /// Runs in all, with `--procedure ocba`
    #[arg(long, value_name = "N", required_if_eq("procedure", "ocba"))]
    budget: Option<usize>,
    /// The most replications of an arm; with `--procedure fixed` the number of each
    #[arg(long, value_name = "N", default_value_t = 1_000)]
    max_replications: usize,
    /// Only these policies, by name; the baseline is always among the arms
    #[arg(long, value_name = "A,B", value_delimiter = ',')]
    policies: Option<Vec<String>>,
    /// Threads; all cores if not given
    #[arg(long, value_name = "N")]
    threads: Option<usize>,
}

/// Replications between two looks of the sequential procedure; the same on every machine.
const BATCH: usize = 10;

/// Selects among a scenario's policies.
pub fn run(arguments: &Arguments, common: &Common) -> Result<Exit, Failure> {
    let options = LoadOptions {
        sets: arguments.scenario.sets.clone(),
        seed: arguments.scenario.seed,
        replications: None,
        until: arguments.scenario.until,
    };
    let plan = source::plan(&arguments.scenario.scenario, &options)?;
    known(&arguments.outcome)?;
    let arms = arms(&plan, arguments.policies.as_deref())?;
    let labels = Labels::of(&plan);
    options::use_threads(arguments.threads);
    let mut done = 0;
    let mut sample = |jobs: &[Job]| {
        let values = values(&arms, &labels, arguments, jobs)?;
        done += jobs.len();
        if !jobs.is_empty() {
            common.say(&format!("{done} runs done"));
        }
        Ok(values)
    };
    let (zone, confidence, first) = (arguments.zone, arguments.confidence, arguments.first);
    let most = arguments.max_replications;
    let mut limits = Vec::new();
    let found = match arguments.procedure {
        Procedure::Kn => {
            let options = KimNelson { zone, confidence, first, batch: BATCH, most };
            select_kim_nelson(arms.len(), &options, &mut sample)?
        }
        Procedure::Ocba => {
            let runs = arguments.budget.unwrap_or_default();
            let options = Budget { runs, first, step: BATCH * arms.len(), zone, confidence };
            select_within(arms.len(), &options, &mut sample)?
        }
        Procedure::Fixed => {
            let (found, against_best) = select_fixed(arms.len(), most, zone, confidence, &mut sample)?;
            limits = against_best;
            found
        }
    };
    let rows = rows(&arms, &found, &limits, arguments.most);
    if common.json {
        print(&format!("{:#}", json(&arms, &found, &rows, arguments)));
    } else {
        print(&text(&arms, &found, &rows, arguments));
    }
    Ok(if found.stopped { Exit::NotPrecise } else { Exit::Done })
}

fn known(outcome: &str) -> Result<(), Failure> {
    let names: Vec<&str> = forestall_model::outcome::columns::columns().iter().map(|c| c.name).collect();
    if names.contains(&outcome) {
        return Ok(());
    }
    let near = forestall_model::scenario::nearest::did_you_mean(outcome, names.iter().copied());
    let help = near.unwrap_or_else(|| "`forestall list` names all outcomes".into());
    Err(Failure::usage(format!("no outcome is called `{outcome}`; {help}")))
}

/// Runs the jobs; the sign makes less better.
fn values(arms: &[ArmName], labels: &Labels, arguments: &Arguments, jobs: &[Job]) -> Result<Vec<f64>, AnalysisError> {
    let one = |job: &Job| {
        let arm = &arms[job.arm];
        let (rows, _) = replicate(arm, labels, job.replication as u64, false).map_err(|message| {
            AnalysisError::Mismatch(format!("replication {} of {} failed: {message}", job.replication, arm.name))
        })?;
        let value =
            rows.replications.column(&arguments.outcome).and_then(|column| column.number(0)).unwrap_or(f64::NAN);
        Ok(if arguments.most { -value } else { value })
    };
    jobs.par_iter().map(one).collect()
}

/// One arm in the outcome's own sign.
struct Row {
    name: String,
    n: usize,
    mean: f64,
    difference: f64,
    low: f64,
    high: f64,
    eliminated_after: Option<usize>,
    tied: bool,
    against_best: Option<(f64, f64)>,
}

fn rows(arms: &[ArmName], found: &Selection, limits: &[(f64, f64)], most: bool) -> Vec<Row> {
    let turn = |low: f64, high: f64| if most { (-high, -low) } else { (low, high) };
    let sign = if most { -1.0 } else { 1.0 };
    let mut rows: Vec<Row> = found
        .candidates
        .iter()
        .enumerate()
        .map(|(i, c)| {
            let (low, high) = turn(c.low, c.high);
            Row {
                name: arms[i].name.clone(),
                n: c.n,
                mean: sign * c.mean,
                // Adding zero turns −0 into 0.
                difference: sign * c.difference + 0.0,
                low: low + 0.0,
                high: high + 0.0,
                eliminated_after: c.eliminated_after,
                tied: c.tied,
                against_best: limits.get(i).map(|l| turn(l.0, l.1)),
            }
        })
        .collect();
    let best = arms[found.best].name.as_str();
    let place = |r: &Row| (r.name != best, sign * r.difference);
    rows.sort_by(|a, b| place(a).0.cmp(&place(b).0).then(place(a).1.total_cmp(&place(b).1)));
    rows
}

fn json(arms: &[ArmName], found: &Selection, rows: &[Row], arguments: &Arguments) -> Value {
    let probability = found.probability;
    let candidates: Vec<Value> = rows
        .iter()
        .map(|r| {
            json!({
                "arm": r.name, "replications": r.n, "mean": r.mean, "difference": r.difference,
                "low": finite(r.low), "high": finite(r.high), "eliminated_after": r.eliminated_after,
                "tied": r.tied, "against_best": r.against_best.map(|(low, high)| json!({"low": low, "high": high})),
            })
        })
        .collect();
    json!({
        "best": arms[found.best].name,
        "ties": found.ties().map(|i| arms[i].name.clone()).collect::<Vec<_>>(),
        "procedure": arguments.procedure.to_possible_value().map(|v| v.get_name().to_owned()),
        "outcome": arguments.outcome, "zone": arguments.zone, "confidence": arguments.confidence,
        "probability_correct": probability, "runs": found.runs, "stopped_early": found.stopped,
        "arms": candidates,
    })
}

fn finite(x: f64) -> Option<f64> {
    x.is_finite().then_some(x)
}

fn text(arms: &[ArmName], found: &Selection, rows: &[Row], arguments: &Arguments) -> String {
    let best = &arms[found.best].name;
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
        (Procedure::Ocba, Some(p)) if p <= 1.0 / arms.len() as f64 => {
            "The budget does not tell the arms apart\n".into()
        }
        (Procedure::Ocba, Some(p)) => format!("Estimated probability of a correct choice: {p:.3} or more\n"),
        _ => String::new(),
    };
    let ties: Vec<&str> = found.ties().map(|i| arms[i].name.as_str()).collect();
    if !ties.is_empty() {
        out += &format!("Not shown to be worse by more than {}: {}\n", arguments.zone, ties.join(", "));
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
        let line =
            format!("{:width$}  {:>5}  {:>9.3}  {:>10.3}  {limits:>20}  {gone}", r.name, r.n, r.mean, r.difference);
        out += line.trim_end();
        out.push('\n');
    }
    out += &format!(
        "\nLimits: {} % for all differences together, over the replications that both arms have.\n",
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
