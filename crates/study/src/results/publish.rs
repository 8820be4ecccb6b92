//! Writes what readers look at into the folder of a run: charts and the page.

use std::path::PathBuf;

use super::error::ResultsError;
use super::folder::ResultsFolder;
use super::{atomic, csv};
use forestall_model::Table;

impl ResultsFolder {
    /// Writes a chart as SVG and PNG with its data as CSV, and gives the path of the SVG.
    ///
    /// # Errors
    /// [`ResultsError::Io`].
    pub fn write_chart(&self, name: &str, svg: &str, png: &[u8], data: &Table) -> Result<PathBuf, ResultsError> {
        let path = self.chart(name, "svg");
        atomic::write(&path, svg.as_bytes())?;
        atomic::write(&self.chart(name, "png"), png)?;
        atomic::write(&self.chart(name, "csv"), csv::to_text(data).as_bytes())?;
        Ok(path)
    }

    /// Writes the page of a run, and gives its path.
    ///
    /// # Errors
    /// [`ResultsError::Io`].
    pub fn write_report(&self, page: &str) -> Result<PathBuf, ResultsError> {
        let path = self.report();
        atomic::write(&path, page.as_bytes())?;
        Ok(path)
    }
}
