//! `forestall verify`: closed forms beside what the model gives, with a verdict.

use clap::Args;
use serde_json::{Value, json};

use forestall_study::{
    Case, CaseReport, FAMILY_ERROR, Finding, SMALLEST_ELASTICITY, VerificationError, VerifyRequest, comparisons, verify,
};

use super::options::Common;
use super::outcome::{Exit, Failure};
use super::terminal::print;
use super::terminal::span;

/// What `verify` takes.
#[derive(Debug, Args)]
#[command(after_help = "Exit code: 0 if all agree, 5 if any does not. Every case is a scenario and goes the way of \
                        `run`. --set needs a case; its keys are those of the case.")]
pub struct Arguments {
    /// One case; all if none is named
    #[arg(value_name = "CASE")]
    case: Option<String>,
    /// Set a key of the case: `agents=5`
    #[arg(long = "set", value_name = "KEY=VALUE", requires = "case")]
    sets: Vec<String>,
    /// Replications; as many as show a wrong rate of 5 % if not given
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(2..=100_000))]
    replications: Option<u64>,
    /// Seed of all random numbers
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// List the cases with their keys and quantities, without running them
    #[arg(long)]
    list: bool,
    /// Print the case's scenario, which `run` takes beside the shipped scenarios, without running it
    #[arg(long, requires = "case", conflicts_with = "list")]
    scenario: bool,
}

impl From<VerificationError> for Failure {
    fn from(error: VerificationError) -> Self {
        let exit = if matches!(error, VerificationError::Replication { .. }) { Exit::SomeFailed } else { Exit::Usage };
        Self::Other(exit, error.into())
    }
}

/// Checks one case or all.
pub fn run(arguments: &Arguments, common: &Common) -> Result<Exit, Failure> {
    let request = VerifyRequest {
        case: arguments.case.clone(),
        sets: arguments.sets.clone(),
        replications: arguments.replications,
        seed: arguments.seed,
    };
    if arguments.list {
        list(&request.cases()?, common);
        return Ok(Exit::Done);
    }
    if arguments.scenario {
        request.scenarios()?.iter().for_each(|text| print(text));
        return Ok(Exit::Done);
    }
    let began = std::time::Instant::now();
    let mut data = Vec::new();
    let (mut compared, mut failed) = (0, 0);
    verify(&request, &mut |case, report| {
        compared += report.findings.len();
        failed += report.findings.iter().filter(|f| !f.passed).count();
        if common.json {
            data.extend((0..report.findings.len()).map(|i| row(report, i)));
        } else {
            print(&text(case, report));
        }
    })?;
    if common.json {
        print(&format!("{:#}", Value::from(data)));
    } else {
        print(&format!("{}\n", closing(compared, failed)));
    }
    common.say(&format!("{compared} comparisons in {}", span(began.elapsed().as_secs_f64())));
    Ok(if failed == 0 { Exit::Done } else { Exit::Data })
}

fn closing(compared: usize, failed: usize) -> String {
    let verdict = match failed {
        0 => format!("All {compared} quantities agree."),
        1 => format!("1 of {compared} quantities DISAGREES."),
        _ => format!("{failed} of {compared} quantities DISAGREE."),
    };
    format!(
        "{verdict}\nLimits of |z|: over the {} comparisons of the shipped cases the chance of any false alarm is {} %\n\
         (Šidák, Student's law).",
        comparisons(),
        FAMILY_ERROR * 100.0
    )
}

/// One finding as scripts read it.
fn row(report: &CaseReport, i: usize) -> Value {
    let f = &report.findings[i];
    let seen: serde_json::Map<String, Value> =
        rates(report).map(|(name, at)| (name.to_owned(), json!(report.visible[at]))).collect();
    json!({
        "case": report.case,
        "quantity": f.quantity,
        "expected": f.expected,
        "simulated": f.simulated,
        "standard_error": f.standard_error,
        "z": f.z,
        "passed": f.passed,
        "limit": f.limit,
        "replications": report.replications,
        "values": report.values.pairs().map(|(k, v)| (k.to_owned(), json!(v))).collect::<serde_json::Map<_, _>>(),
        "smallest_error_seen": seen,
    })
}

/// Keys that are no counts, with their positions.
fn rates(report: &CaseReport) -> impl Iterator<Item = (&'static str, usize)> {
    let touched = |at: usize| report.elasticities[at].iter().any(Option::is_some);
    report.values.pairs().enumerate().filter(move |(at, _)| touched(*at)).map(|(at, (name, _))| (name, at))
}

fn text(case: &Case, report: &CaseReport) -> String {
    let values: Vec<String> = report.values.pairs().map(|(k, v)| format!("{k} = {}", number(v))).collect();
    let mut out = format!("{}: {}\n", case.name, case.question);
    for line in wrap(&values, ", ") {
        out += &format!("  {line}\n");
    }
    out += &format!("  {} replications of {} days\n", report.replications, report.days);
    out +=
        &format!("  {:22} {:>11} {:>11} {:>10} {:>7} {:>6}\n", "", "expected", "simulated", "std. error", "z", "limit");
    for f in &report.findings {
        out += &line(f);
    }
    let seen: Vec<String> = rates(report)
        .filter_map(|(name, at)| {
            let error = report.visible[at]?;
            let weak = report.elasticities[at].iter().flatten().all(|e| e.abs() < SMALLEST_ELASTICITY);
            let note = if weak { " (little depends on it)" } else { "" };
            Some(format!("{name} {:.2} %{note}", error * 100.0))
        })
        .collect();
    if !seen.is_empty() {
        out += "  smallest error that would show, 999 times in 1,000:\n";
        for line in wrap(&seen, ", ") {
            out += &format!("    {line}\n");
        }
    }
    out
}

fn line(f: &Finding) -> String {
    let shown = |x: Option<f64>| x.map_or_else(|| "undefined".into(), number);
    let (z, limit) = match f.z {
        Some(z) => (format!("{z:.2}"), format!("{:.2}", f.limit)),
        None => ("exact".into(), "-".into()),
    };
    let verdict = if f.passed { "agrees" } else { "DISAGREES" };
    format!(
        "  {:22} {:>11} {:>11} {:>10} {z:>7} {limit:>6}  {verdict}\n",
        f.quantity,
        number(f.expected),
        shown(f.simulated),
        f.standard_error.filter(|_| f.z.is_some()).map_or_else(|| "-".into(), |e| format!("{e:.2e}")),
    )
}

/// Five significant digits, without an exponent where that is shorter.
fn number(x: f64) -> String {
    if x == 0.0 || (x.fract() == 0.0 && x.abs() < 1e9) {
        return format!("{x:.0}");
    }
    let places = 4 - x.abs().log10().floor() as i32;
    if (0..=9).contains(&places) { format!("{x:.*}", places as usize) } else { format!("{x:.4e}") }
}

/// Pieces in lines that fit a terminal.
fn wrap(pieces: &[String], between: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    for piece in pieces {
        let last = lines.last_mut().map_or(0, |l| l.chars().count());
        if last > 0 && last + piece.chars().count() > 92 {
            lines.push(String::new());
        }
        if let Some(line) = lines.last_mut() {
            if !line.is_empty() {
                line.push_str(between);
            }
            line.push_str(piece);
        }
    }
    lines
}

fn list(cases: &[&'static Case], common: &Common) {
    if common.json {
        let data: Vec<Value> = cases.iter().map(|c| describe(c)).collect();
        print(&format!("{:#}", Value::from(data)));
        return;
    }
    for c in cases {
        let mut out = format!("{}: {}\n  after {}\n  keys\n", c.name, c.question, c.source);
        for k in c.keys {
            out += &format!("    {:24} {:>10}  {}\n", k.name, number(k.default), k.meaning);
        }
        out += "  quantities\n";
        for q in c.quantities {
            out += &format!("    {:24} {}\n", q.name, q.meaning);
        }
        print(&format!("{out}\n"));
    }
}

fn describe(c: &Case) -> Value {
    let keys: Vec<Value> = c
        .keys
        .iter()
        .map(|k| {
            json!({"name": k.name, "default": k.default, "low": k.low, "high": k.high, "whole": k.whole,
                   "meaning": k.meaning})
        })
        .collect();
    let quantities: Vec<Value> =
        c.quantities.iter().map(|q| json!({"name": q.name, "meaning": q.meaning, "exact": q.exact})).collect();
    json!({"case": c.name, "question": c.question, "source": c.source, "keys": keys, "quantities": quantities})
}
