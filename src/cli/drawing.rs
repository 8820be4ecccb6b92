//! Results beside the terminal: a folder of tables and charts, and columns of text.

use std::path::PathBuf;

use serde_json::Value;

use forestall_model::table::Table;
use forestall_report::chart::{self, Chart};
use forestall_study::analysis::Estimate;
use forestall_study::results::{atomic, csv};

use super::options::Common;
use super::outcome::Failure;

/// Pixels per unit of the drawing in PNG files.
const PNG_SCALE: f64 = 2.0;

/// A folder that the user named by `--out`.
pub struct Folder(PathBuf);

impl Folder {
    /// The folder, if one was named.
    pub fn asked_for(common: &Common) -> Option<Self> {
        // A default is no wish: an analysis only writes where it was told to.
        let named = std::env::args().any(|a| a == "--out" || a.starts_with("--out="));
        named.then(|| Self(common.out.clone()))
    }

    /// Writes a table.
    pub fn table(&self, name: &str, table: &Table) -> Result<(), Failure> {
        atomic::write(&self.0.join(name), csv::to_text(table).as_bytes())?;
        Ok(())
    }

    /// Writes JSON.
    pub fn json(&self, name: &str, value: &Value) -> Result<(), Failure> {
        atomic::write(&self.0.join(name), format!("{value:#}\n").as_bytes())?;
        Ok(())
    }

    /// Writes a chart as SVG, PNG and CSV.
    pub fn chart(&self, chart: &Chart) -> Result<(), Failure> {
        let stem = self.0.join("charts").join(&chart.name);
        atomic::write(&stem.with_extension("svg"), chart.svg.as_bytes())?;
        atomic::write(&stem.with_extension("png"), &chart::png(chart, PNG_SCALE)?)?;
        atomic::write(&stem.with_extension("csv"), csv::to_text(&chart.data).as_bytes())?;
        Ok(())
    }
}

/// A number as a terminal shows it.
pub fn number(value: Option<f64>) -> String {
    match value {
        None => "undefined".into(),
        // Adding zero turns −0 into 0.
        Some(v) if v == 0.0 || (1e-3..1e5).contains(&v.abs()) => format!("{:.3}", v + 0.0),
        Some(v) => format!("{v:.2e}"),
    }
}

/// "0.31 [0.28, 0.34]".
pub fn cell(e: &Estimate) -> String {
    match (e.estimate, e.low, e.high) {
        (Some(_), Some(_), Some(_)) => format!("{} [{}, {}]", number(e.estimate), number(e.low), number(e.high)),
        _ => number(e.estimate),
    }
}

/// Rows of cells set in columns, two blanks apart; the first row is the heading.
pub fn columns(rows: &[Vec<String>]) -> String {
    let width = |j: usize| rows.iter().map(|r| r.get(j).map_or(0, |c| c.chars().count())).max().unwrap_or(0);
    let widths: Vec<usize> = (0..rows.first().map_or(0, Vec::len)).map(width).collect();
    let mut out = String::new();
    for row in rows {
        let line: Vec<String> = row.iter().zip(&widths).map(|(c, w)| format!("{c:<w$}")).collect();
        out += line.join("  ").trim_end();
        out.push('\n');
    }
    out
}
