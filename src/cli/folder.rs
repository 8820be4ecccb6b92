//! What a command leaves in a folder: an analysis where `--out` names one, and charts and page of a run.

use std::path::PathBuf;

use serde_json::Value;

use forestall_model::Table;
use forestall_report::assembly;
use forestall_report::chart::{self, Chart};
use forestall_study::{ResultsFolder, Run, atomic, spreadsheet};

use super::options::Common;
use super::outcome::Failure;

/// Pixels per unit of the drawing in PNG files.
const PNG_SCALE: f64 = 2.0;

/// A folder that the user named by `--out`.
pub struct Folder(PathBuf);

impl Folder {
    /// The folder, if one was named: a default is no wish, and an analysis only writes where it was told to.
    pub fn asked_for(common: &Common) -> Option<Self> {
        common.out_is_named.then(|| Self(common.out.clone()))
    }

    /// Writes a table.
    pub fn table(&self, name: &str, table: &Table) -> Result<(), Failure> {
        atomic::write(&self.0.join(name), spreadsheet::to_text(table).as_bytes())?;
        Ok(())
    }

    /// Writes JSON.
    pub fn json(&self, name: &str, value: &Value) -> Result<(), Failure> {
        atomic::write(&self.0.join(name), format!("{value:#}\n").as_bytes())?;
        Ok(())
    }

    /// Writes a page, and gives its path.
    pub fn page(&self, name: &str, html: &str) -> Result<PathBuf, Failure> {
        let path = self.0.join(name);
        atomic::write(&path, html.as_bytes())?;
        Ok(path)
    }

    /// Writes a chart as SVG, PNG and CSV.
    pub fn chart(&self, chart: &Chart) -> Result<(), Failure> {
        let stem = self.0.join("charts").join(&chart.name);
        atomic::write(&stem.with_extension("svg"), chart.svg.as_bytes())?;
        atomic::write(&stem.with_extension("png"), &chart::png(chart, PNG_SCALE)?)?;
        atomic::write(&stem.with_extension("csv"), spreadsheet::to_text(&chart.data).as_bytes())?;
        Ok(())
    }
}

/// Writes charts into the folder of a run, and gives their paths.
pub fn write_charts(folder: &ResultsFolder, charts: &[Chart]) -> Result<Vec<PathBuf>, Failure> {
    let one =
        |drawn: &Chart| Ok(folder.write_chart(&drawn.name, &drawn.svg, &chart::png(drawn, PNG_SCALE)?, &drawn.data)?);
    charts.iter().map(one).collect()
}

/// Writes the page of an analysis into its folder, and gives its path.
pub fn write_page(folder: &ResultsFolder, name: &str, html: &str) -> Result<PathBuf, Failure> {
    let path = folder.path().join(name);
    atomic::write(&path, html.as_bytes())?;
    Ok(path)
}

/// Draws the charts of a run, and those of more outcomes, into its folder; gives them with their paths.
pub fn draw(run: &Run, more: &[String]) -> Result<(Vec<Chart>, Vec<PathBuf>), Failure> {
    let charts = assembly::charts(run, more)?;
    let paths = run.folder().map_or(Ok(Vec::new()), |folder| write_charts(folder, &charts))?;
    Ok((charts, paths))
}

/// Says once which policies charts show by name, since their labels cannot be drawn.
pub fn say_names(run: &Run, common: &Common) {
    let names = assembly::shown_by_name(run);
    if !names.is_empty() {
        common.say(&format!(
            "charts name these policies as the scenario file does, since their typeface lacks signs of the labels: {}",
            names.join(", ")
        ));
    }
}

/// Draws the charts of a run and writes its page into its folder; gives the page's path, which is empty for a run in
/// memory.
///
/// # Errors
/// If a table is damaged, a chart cannot be drawn or a file cannot be written.
pub fn publish(run: &Run) -> Result<PathBuf, Failure> {
    let (charts, _) = draw(run, &[])?;
    let page = assembly::page(run, &charts)?;
    Ok(run.folder().map_or(Ok(PathBuf::new()), |folder| folder.write_report(&page))?)
}
