//! `forestall decide`: which option to choose under what is known, and what it is worth to know more.

use std::path::PathBuf;

use clap::Args;
use serde_json::{Value, json as value};

use forestall_report::assembly::{self, Next, with_interval};
use forestall_report::chart;
use forestall_study::{
    AcceptabilityPoint, DecideRequest, Decided, DecisionSource, Estimate, Group, StudyDesign, TableColumns,
};

use super::folder::Folder;
use super::next::{self, quoted};
use super::options::Common;
use super::origin;
use super::outcome::{Exit, Failure};
use super::terminal::{columns, print};

/// What `decide` takes.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The folder of a finished run: its policies and its baseline are the options
    #[arg(value_name = "RUN", conflicts_with = "table", required_unless_present = "table")]
    run: Option<PathBuf>,
    /// The table: one row a draw
    #[arg(long, value_name = "FILE")]
    table: Option<PathBuf>,
    /// Columns of uncertain parameters
    #[arg(long, value_name = "COLUMN", value_delimiter = ',', requires = "table")]
    parameters: Vec<String>,
    /// Columns of net benefits, one an option
    #[arg(long, value_name = "COLUMN", value_delimiter = ',', requires = "table")]
    benefit: Vec<String>,
    /// Columns of effects such as attacks prevented, one an option
    #[arg(long, value_name = "COLUMN", value_delimiter = ',', requires = "table")]
    effect: Vec<String>,
    /// Columns of costs, one an option, in the order of the effects
    #[arg(long, value_name = "COLUMN", value_delimiter = ',', requires = "table")]
    cost: Vec<String>,
    /// Names of the options, in place of their columns'
    #[arg(long, value_name = "NAME", value_delimiter = ',', requires = "table")]
    options: Vec<String>,
    /// Parameters that would be known together: `--group staff=a,b`
    #[arg(long, value_name = "NAME=A,B", value_parser = group)]
    group: Vec<Group>,
    /// A study of a parameter by n measurements, each with this standard deviation: `--study a,n=50,sd=2`
    #[arg(long, value_name = "PARAMETER,n=N,sd=X", value_parser = study)]
    study: Vec<StudyDesign>,
    /// What one attack prevented (a unit of effect) is worth, of a run in euros; the first is the one at which more
    /// knowledge is valued, several are the values of the curves
    #[arg(long, value_name = "VALUE", value_delimiter = ',')]
    value_per_attack: Vec<f64>,
    /// An outcome of the run that counts as cost, with the euros that one of it is priced at:
    /// `--burden held_without_plot=20000`
    #[arg(long, value_name = "COLUMN=EUROS", value_parser = burden, requires = "run")]
    burden: Vec<(String, f64)>,
    /// Budget for a set of options whose effects and costs are added
    #[arg(long, value_name = "COST")]
    budget: Option<f64>,
    /// Share of the draws in which the set's cost must be within the budget
    #[arg(long, value_name = "SHARE", default_value = "1", requires = "budget")]
    sure: f64,
    /// Policies of the run that are no options
    #[arg(long, value_name = "A,B", value_delimiter = ',', requires = "run")]
    without: Vec<String>,
    /// Seed of the studies' results
    #[arg(long, value_name = "N", default_value = "1")]
    seed: u64,
}

/// `NAME=A,B`.
fn group(text: &str) -> Result<Group, String> {
    let (name, members) = text.split_once('=').ok_or("write NAME=A,B")?;
    let members: Vec<String> = members.split(',').map(|m| m.trim().to_owned()).filter(|m| !m.is_empty()).collect();
    let name = name.trim().to_owned();
    if name.is_empty() || members.is_empty() { Err("write NAME=A,B".into()) } else { Ok(Group { name, members }) }
}

/// `COLUMN=EUROS`.
fn burden(text: &str) -> Result<(String, f64), String> {
    let wrong = || "write COLUMN=EUROS, such as held_without_plot=20000".to_owned();
    let (name, value) = text.split_once('=').ok_or_else(wrong)?;
    Ok((name.trim().to_owned(), value.trim().parse().map_err(|_| wrong())?))
}

/// `PARAMETER,n=N,sd=X`, also with `parameter=` before the name.
fn study(text: &str) -> Result<StudyDesign, String> {
    let wrong = || "write PARAMETER,n=N,sd=X, such as a,n=50,sd=2".to_owned();
    let (mut parameter, mut n, mut sd) = (None, None, None);
    for part in text.split(',').map(str::trim) {
        match part.split_once('=') {
            Some(("n", value)) => n = Some(value.trim().parse().map_err(|_| wrong())?),
            Some(("sd", value)) => sd = Some(value.trim().parse().map_err(|_| wrong())?),
            Some(("parameter", value)) => parameter = Some(value.to_owned()),
            None if parameter.is_none() && !part.is_empty() => parameter = Some(part.to_owned()),
            _ => return Err(wrong()),
        }
    }
    match (parameter, n, sd) {
        (Some(parameter), Some(n), Some(sd)) => Ok(StudyDesign { parameter, n, sd }),
        _ => Err(wrong()),
    }
}

/// Decides.
pub fn run(arguments: &Arguments, common: &Common) -> Result<Exit, Failure> {
    let source = match (&arguments.run, &arguments.table) {
        (Some(folder), _) => DecisionSource::Run { folder: folder.clone(), without: arguments.without.clone() },
        (None, Some(path)) => DecisionSource::Table(TableColumns {
            path: path.clone(),
            parameters: arguments.parameters.clone(),
            benefits: arguments.benefit.clone(),
            effects: arguments.effect.clone(),
            costs: arguments.cost.clone(),
            options: arguments.options.clone(),
        }),
        (None, None) => return Err(Failure::usage("--table is missing; give it, or the folder of a run as RUN")),
    };
    let request = DecideRequest {
        source,
        groups: arguments.group.clone(),
        studies: arguments.study.clone(),
        values: arguments.value_per_attack.clone(),
        budget: arguments.budget.map(|budget| (budget, arguments.sure)),
        burdens: arguments.burden.clone(),
        seed: arguments.seed,
    };
    let found = forestall_study::decide(&request)?;
    let result = json(&found);
    let next = what_next(&found, arguments, common);
    let mut page = None;
    if let Some(folder) = Folder::asked_for(common) {
        folder.json("decision.json", &result)?;
        for (name, table) in assembly::decision_tables(&found) {
            folder.table(&format!("{name}.csv"), &table)?;
        }
        let origin = origin::of_folders(&arguments.run.iter().map(PathBuf::as_path).collect::<Vec<_>>(), common);
        let charts = origin::onto(assembly::decision_charts(&found)?, &origin);
        charts.iter().try_for_each(|chart| folder.chart(chart))?;
        let html = assembly::decision_page(&found, &charts, &next, &common.provenance());
        page = Some(folder.page("decision.html", &html)?);
    }
    if common.json {
        print(&format!("{result:#}"));
    } else {
        print(&text(&found));
    }
    found.notes.iter().for_each(|note| common.say(&format!("note: {note}")));
    next::tell(common, page.as_deref(), "decision", &next);
    Ok(Exit::Done)
}

/// The answer for scripts.
pub fn json(found: &Decided) -> Value {
    let decision = &found.decision;
    let best: serde_json::Map<String, Value> =
        decision.options.iter().map(|o| (o.option.clone(), value!(o.probability_best))).collect();
    let point = |p: &AcceptabilityPoint| {
        let each: serde_json::Map<String, Value> =
            decision.options.iter().zip(&p.probabilities).map(|(o, share)| (o.option.clone(), value!(share))).collect();
        value!({"value": p.value, "best": p.best, "probability": p.probability, "probability_best": each, "evpi": p.evpi})
    };
    value!({
        "verdict": assembly::decision_words(found).first(),
        "best": decision.best,
        "evpi": decision.evpi,
        "evppi": decision.evppi,
        "probability_best": best,
        "evsi": decision.evsi,
        "tipping_points": decision.tipping_points,
        "options": decision.options,
        "draws": decision.draws,
        "value_per_attack": found.value,
        "acceptability": decision.acceptability.iter().map(point).collect::<Vec<_>>(),
        "portfolios": decision.portfolios,
    })
}

/// The answer for people: in words, then its tables.
pub fn text(found: &Decided) -> String {
    let decision = &found.decision;
    let optional = |x: Option<f64>| x.map_or_else(|| "–".to_owned(), chart::short);
    let burdens: Vec<String> =
        decision.options.first().map_or(Vec::new(), |o| o.burdens.keys().cloned().collect::<Vec<_>>());
    let head = ["option", "net benefit", "effect", "cost"].map(str::to_owned).into_iter();
    let mut rows: Vec<Vec<String>> =
        vec![head.chain(burdens.iter().cloned()).chain(["best with probability".to_owned()]).collect()];
    rows.extend(decision.options.iter().map(|o| {
        let first = [o.option.clone(), with_interval(&o.net_benefit), optional(o.effect), optional(o.cost)].into_iter();
        let beside = burdens.iter().map(|name| optional(o.burdens.get(name).copied()));
        first.chain(beside).chain([format!("{:.2}", o.probability_best)]).collect()
    }));
    let mut out = format!("{}\n\n{}", assembly::decision_words(found).join("\n"), columns(&rows));
    if !decision.evppi.is_empty() {
        let mut ranked: Vec<_> = decision.evppi.iter().collect();
        ranked.sort_by(|a, b| b.value.estimate.partial_cmp(&a.value.estimate).unwrap_or(std::cmp::Ordering::Equal));
        let mut rows = vec![vec!["to know".to_owned(), "is worth".to_owned()]];
        rows.extend(ranked.iter().map(|r| {
            let of = if r.members.is_empty() { String::new() } else { format!(" ({})", r.members.join(", ")) };
            vec![format!("{}{of}", r.parameter), with_interval(&r.value)]
        }));
        out += &format!("\n{}", columns(&rows));
    }
    if !decision.evsi.is_empty() {
        let mut rows = vec![vec!["a study of".to_owned(), "n".to_owned(), "sd".to_owned(), "is worth".to_owned()]];
        rows.extend(
            decision
                .evsi
                .iter()
                .map(|s| vec![s.parameter.clone(), s.n.to_string(), chart::short(s.sd), with_interval(&s.value)]),
        );
        out += &format!("\n{}", columns(&rows));
    }
    if !decision.tipping_points.is_empty() {
        let mut rows = vec![["the choice changes where", "is", "from", "to"].map(str::to_owned).to_vec()];
        rows.extend(decision.tipping_points.iter().map(|t| {
            let at = Estimate { estimate: Some(t.value), low: t.low, high: t.high };
            vec![t.parameter.clone(), with_interval(&at), t.below.clone(), t.above.clone()]
        }));
        out += &format!("\n{}", columns(&rows));
    }
    if !decision.portfolios.is_empty() {
        let head = ["set of options", "best by", "effect", "5 %", "worst", "cost", "within budget"];
        let mut rows = vec![head.map(str::to_owned).to_vec()];
        rows.extend(decision.portfolios.iter().map(|p| {
            let set = if p.levers.is_empty() { "none".to_owned() } else { p.levers.join(" + ") };
            let [effect, low, worst, cost] = [p.effect, p.effect_low, p.effect_worst, p.cost].map(chart::short);
            vec![set, p.rule.to_owned(), effect, low, worst, cost, format!("{:.2}", p.affordable)]
        }));
        out += &format!("\n{}", columns(&rows));
    }
    out
}

/// What to do now.
fn what_next(found: &Decided, arguments: &Arguments, common: &Common) -> Vec<Next> {
    let mut out = Vec::new();
    if let Some(folder) = &arguments.run {
        let run = quoted(folder);
        out.push(Next {
            command: format!("forestall replay {run} --summary"),
            does: "Say through which mechanism each option prevents and adds attacks".into(),
        });
        out.push(Next {
            command: format!("forestall report {run}"),
            does: "Write the report of the run again: what it asks of people who never plotted, and its caveats".into(),
        });
    }
    let single = found.decision.evppi.iter().filter(|row| row.members.is_empty());
    let top = single.max_by(|a, b| a.value.estimate.unwrap_or(0.0).total_cmp(&b.value.estimate.unwrap_or(0.0)));
    if let Some(row) = top.filter(|row| row.value.estimate.is_some_and(|v| v > 0.0)) {
        let study = format!("{},n=50,sd=1", row.parameter);
        out.push(Next {
            command: next::again(common, &["--study", &study]),
            does: format!("Ask what a study of {} would be worth; put its own n and standard deviation", row.parameter),
        });
    }
    out
}
