//! `forestall list`: mechanisms, parameters, outcomes and templates.

use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use forestall_model::{ParameterRow, columns, parameter_rows, registry};

use super::options::Common;
use super::outcome::{Exit, Failure};
use super::templates;
use super::terminal::print;

/// What `list` can show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum What {
    /// Mechanisms with what they do
    Mechanisms,
    /// Parameters with unit, default, range and evidence
    Parameters,
    /// Result columns with unit and meaning
    Outcomes,
    /// Templates for `init`
    Templates,
}

/// What `list` takes.
#[derive(Debug, Args)]
pub struct Arguments {
    /// What to list; everything if nothing is named
    #[arg(value_enum)]
    what: Option<What>,
    /// Only rows that contain this text
    #[arg(long, value_name = "TEXT")]
    find: Option<String>,
}

/// Prints the lists.
pub fn run(arguments: &Arguments, common: &Common) -> Result<Exit, Failure> {
    let wanted = |what: What| arguments.what.is_none_or(|w| w == what);
    let keep = |text: &str| arguments.find.as_ref().is_none_or(|f| text.to_lowercase().contains(&f.to_lowercase()));
    let registry = registry();
    let mut out = String::new();
    let mut data = serde_json::Map::new();
    if wanted(What::Mechanisms) {
        let list: Vec<_> =
            registry.tables().iter().filter(|t| keep(&format!("{} {} {}", t.mechanism, t.name, t.meaning))).collect();
        heading(&mut out, "Mechanisms");
        for t in &list {
            out += &format!("{:8} {:24} {}\n", t.mechanism, t.name, t.meaning.trim());
        }
        let values =
            list.iter().map(|t| json!({"mechanism": t.mechanism, "table": t.name, "meaning": t.meaning.trim()}));
        data.insert("mechanisms".into(), values.collect());
    }
    if wanted(What::Parameters) {
        let list: Vec<ParameterRow> = parameter_rows(&registry)
            .into_iter()
            .filter(|r| keep(&format!("{}.{} {} {}", r.table, r.parameter, r.meaning, r.evidence)))
            .collect();
        heading(&mut out, "Parameters (table.parameter = default, unit, allowed, evidence)");
        for r in &list {
            out += &format!("{}.{} = {}\n", r.table, r.parameter, r.default);
            out += &format!("    {} | {} | {}\n    {}\n", r.unit, r.range, r.evidence, r.meaning);
        }
        data.insert("parameters".into(), list.iter().map(parameter_json).collect());
    }
    if wanted(What::Outcomes) {
        heading(&mut out, "Outcomes (columns of results/replications.parquet)");
        let list: Vec<_> = columns().iter().filter(|c| keep(&format!("{} {}", c.name, c.meaning))).collect();
        for c in &list {
            out += &format!("{:32} {:16} {}\n", c.name, c.unit, c.meaning);
        }
        let values = list.iter().map(|c| json!({"name": c.name, "unit": c.unit, "meaning": c.meaning}));
        data.insert("outcomes".into(), values.collect());
    }
    if wanted(What::Templates) {
        heading(&mut out, "Templates (forestall init --template NAME FILE)");
        let list: Vec<_> = templates::all().into_iter().filter(|t| keep(&format!("{} {}", t.0, t.1))).collect();
        for (name, about) in &list {
            out += &format!("{name:32} {about}\n");
        }
        data.insert("templates".into(), list.iter().map(|t| Value::from(t.0.as_str())).collect());
    }
    print(&if common.json { format!("{:#}", Value::Object(data)) } else { out });
    Ok(Exit::Done)
}

fn heading(out: &mut String, title: &str) {
    if !out.is_empty() {
        out.push('\n');
    }
    out.push_str(title);
    out.push_str("\n\n");
}

fn parameter_json(r: &ParameterRow) -> Value {
    json!({
        "path": format!("{}.{}", r.table, r.parameter),
        "mechanism": r.mechanism,
        "unit": r.unit,
        "default": r.default,
        "allowed": r.range,
        "evidence": r.evidence,
        "meaning": r.meaning,
    })
}
