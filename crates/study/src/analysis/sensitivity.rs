//! The result of a sensitivity analysis, whatever the method: rows of named estimates, a table and JSON.

use serde_json::{Map, Value, json};

use forestall_model::{Column, Table};

use super::estimate::Estimate;
use super::response::Response;
use super::tornado::Tornado;

/// The indices of one factor or group.
#[derive(Clone, Debug, PartialEq)]
pub struct IndexRow {
    /// The factor's or group's name.
    pub parameter: String,
    /// Named indices in a fixed order, the same for every row.
    pub values: Vec<(&'static str, Estimate)>,
}

impl IndexRow {
    /// The index called `name`.
    pub fn get(&self, name: &str) -> Option<&Estimate> {
        self.values.iter().find(|(n, _)| *n == name).map(|(_, e)| e)
    }
}

/// The second-order index of two factors or groups.
#[derive(Clone, Debug, PartialEq)]
pub struct PairRow {
    /// Their names.
    pub parameters: [String; 2],
    /// What they do together beyond what each does alone.
    pub second: Estimate,
}

/// The indices from the first blocks of a design alone.
#[derive(Clone, Debug, PartialEq)]
pub struct ConvergenceStep {
    /// How many blocks, trajectories or points.
    pub blocks: usize,
    /// The indices.
    pub indices: Vec<IndexRow>,
}

/// What an analysis found.
#[derive(Clone, Debug, PartialEq)]
pub struct Sensitivity {
    /// `sobol`, `morris`, `pawn`, `delta` or `prcc`.
    pub method: &'static str,
    /// Name of the outcome.
    pub outcome: String,
    /// Id of the design.
    pub design: String,
    /// Blocks, trajectories or points that were used.
    pub blocks: usize,
    /// What a block is: `block`, `trajectory` or `point`.
    pub unit: &'static str,
    /// Blocks left out because a run in them failed.
    pub blocks_dropped: usize,
    /// Rows without a value.
    pub rows_failed: usize,
    /// Share of the variance of single runs that is chance; 0 to 1.
    pub noise: Estimate,
    /// Where the share of noise is from: `replicates`, `blocks`, or unknown.
    pub noise_from: Option<&'static str>,
    /// One row a factor or group.
    pub indices: Vec<IndexRow>,
    /// Second-order indices; empty where the design has none.
    pub pairs: Vec<PairRow>,
    /// The indices against the size of the design.
    pub convergence: Vec<ConvergenceStep>,
    /// The mean response at both ends of each factor.
    pub tornado: Tornado,
    /// What a reader must know.
    pub notes: Vec<String>,
}

fn estimate(e: &Estimate) -> Value {
    json!({"estimate": e.estimate, "low": e.low, "high": e.high})
}

fn rows(indices: &[IndexRow]) -> Vec<Value> {
    let row = |row: &IndexRow| {
        let mut map = Map::new();
        map.insert("parameter".into(), json!(row.parameter));
        row.values.iter().for_each(|(name, e)| {
            map.insert((*name).to_owned(), estimate(e));
        });
        Value::Object(map)
    };
    indices.iter().map(row).collect()
}

impl Sensitivity {
    /// The result as scripts read it; an undefined number is null.
    pub fn json(&self) -> Value {
        let pairs: Vec<Value> =
            self.pairs.iter().map(|p| json!({"parameters": p.parameters, "second": estimate(&p.second)})).collect();
        let convergence: Vec<Value> =
            self.convergence.iter().map(|s| json!({"blocks": s.blocks, "indices": rows(&s.indices)})).collect();
        json!({
            "method": self.method,
            "outcome": self.outcome,
            "design": self.design,
            "unit": self.unit,
            "blocks": self.blocks,
            "blocks_dropped": self.blocks_dropped,
            "rows_failed": self.rows_failed,
            "noise_share": self.noise.estimate,
            "noise": {"estimate": self.noise.estimate, "low": self.noise.low, "high": self.noise.high,
                      "from": self.noise_from},
            "indices": rows(&self.indices),
            "second_order": pairs,
            "convergence": convergence,
            "tornado": self.tornado.json(),
            "notes": self.notes,
        })
    }

    /// One line an index: `parameter, with, index, estimate, low, high`; `with` names the other of a pair.
    pub fn table(&self) -> Table {
        let mut lines: Vec<(String, String, String, Estimate)> = Vec::new();
        for row in &self.indices {
            for (name, e) in &row.values {
                lines.push((row.parameter.clone(), String::new(), (*name).to_owned(), *e));
            }
        }
        for pair in &self.pairs {
            let [a, b] = pair.parameters.clone();
            lines.push((a, b, "second".into(), pair.second));
        }
        lines.push((String::new(), String::new(), "noise_share".into(), self.noise));
        let mut table = Table::new();
        table.push("parameter", Column::Text(lines.iter().map(|l| l.0.clone()).collect()));
        table.push("with", Column::Text(lines.iter().map(|l| l.1.clone()).collect()));
        table.push("index", Column::Text(lines.iter().map(|l| l.2.clone()).collect()));
        let number = |f: fn(&Estimate) -> Option<f64>| Column::Number(lines.iter().map(|l| f(&l.3)).collect());
        table.push("estimate", number(|e| e.estimate));
        table.push("low", number(|e| e.low));
        table.push("high", number(|e| e.high));
        table
    }

    /// One line an index and size of design: `blocks, parameter, index, estimate, low, high`.
    pub fn convergence_table(&self) -> Table {
        let mut lines: Vec<(usize, &str, &str, Estimate)> = Vec::new();
        for step in &self.convergence {
            for row in &step.indices {
                lines.extend(row.values.iter().map(|(name, e)| (step.blocks, row.parameter.as_str(), *name, *e)));
            }
        }
        let mut table = Table::new();
        table.push("blocks", Column::Integer(lines.iter().map(|l| Some(l.0 as i64)).collect()));
        table.push("parameter", Column::Text(lines.iter().map(|l| l.1.to_owned()).collect()));
        table.push("index", Column::Text(lines.iter().map(|l| l.2.to_owned()).collect()));
        let number = |f: fn(&Estimate) -> Option<f64>| Column::Number(lines.iter().map(|l| f(&l.3)).collect());
        table.push("estimate", number(|e| e.estimate));
        table.push("low", number(|e| e.low));
        table.push("high", number(|e| e.high));
        table
    }

    /// On how much the result rests, in a sentence.
    pub fn sample(&self) -> String {
        let dropped =
            if self.blocks_dropped > 0 { format!(", {} left out", self.blocks_dropped) } else { String::new() };
        let intervals = match self.method {
            "prcc" => "Fisher’s z for partial correlations, robust standard errors for slopes".to_owned(),
            _ => format!("intervals by resampling whole {}", plural(self.unit, 2)),
        };
        format!("{} {}{dropped}; {intervals}.", self.blocks, plural(self.unit, self.blocks))
    }

    /// The rows with the largest `index` first, undefined ones last; a partial correlation has its sign from the direction
    /// of the effect, all others only from chance.
    pub fn ranked(&self, index: &str) -> Vec<&IndexRow> {
        let mut rows: Vec<&IndexRow> = self.indices.iter().collect();
        let size = |value: f64| if index == "prcc" { value.abs() } else { value };
        let key = |r: &IndexRow| r.get(index).and_then(|e| e.estimate).map_or(f64::NEG_INFINITY, size);
        rows.sort_by(|a, b| key(b).total_cmp(&key(a)));
        rows
    }

    /// The same without an index of a factor or group that has one value in all runs, by its place; a note names them.
    #[must_use]
    pub(super) fn without_constant(mut self, constant: &[bool]) -> Self {
        let is = |name: &str| self.indices.iter().zip(constant).any(|(row, yes)| *yes && row.parameter == name);
        let names: Vec<String> = self.indices.iter().map(|r| r.parameter.clone()).filter(|name| is(name)).collect();
        if names.is_empty() {
            return self;
        }
        let rows = self.convergence.iter_mut().flat_map(|step| step.indices.iter_mut()).chain(self.indices.iter_mut());
        for row in rows.filter(|row| names.contains(&row.parameter)) {
            row.values.iter_mut().for_each(|(_, estimate)| *estimate = Estimate::UNDEFINED);
        }
        for pair in self.pairs.iter_mut().filter(|pair| pair.parameters.iter().any(|name| names.contains(name))) {
            pair.second = Estimate::UNDEFINED;
        }
        let subject = if names.len() == 1 { "does not vary: it has" } else { "do not vary: they have" };
        self.notes.push(format!("`{}` {subject} no index", names.join("`, `")));
        self
    }
}

/// Notes that every method gives: dropped blocks, infinite values, a constant response.
pub(super) fn common_notes(
    blocks: usize,
    dropped: usize,
    response: &Response,
    unit: &str,
    constant: bool,
) -> Vec<String> {
    let mut notes = Vec::new();
    if dropped > 0 {
        notes.push(format!(
            "{dropped} of {} {} left out: {} rows of the response have no value",
            blocks + dropped,
            plural(unit, blocks + dropped),
            response.failed_rows()
        ));
    }
    if response.infinite > 0 {
        notes.push(format!(
            "{} values of the response are infinite; they are left out as those of failed runs are",
            response.infinite
        ));
    }
    if constant {
        notes.push("the response does not vary: every index is undefined".to_owned());
    }
    notes
}

/// "blocks", "trajectories", "points".
pub(super) fn plural(unit: &str, count: usize) -> String {
    match (count, unit) {
        (1, unit) => unit.to_owned(),
        (_, "trajectory") => "trajectories".to_owned(),
        (_, unit) => format!("{unit}s"),
    }
}
