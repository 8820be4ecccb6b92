//! Writes what readers look at into the folder of a run: charts, the page, tables as text.

use std::io::BufWriter;
use std::path::PathBuf;

use super::atomic::AtomicFile;
use super::error::ResultsError;
use super::folder::{ResultsFolder, TableName};
use super::{atomic, csv, spreadsheet};
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
        atomic::write(&self.chart(name, "csv"), spreadsheet::to_text(data).as_bytes())?;
        Ok(path)
    }

    /// Writes a table of `results/` as comma-separated text beside it, a stretch of rows at a time, and gives the path;
    /// `None` where the run has no such table.
    ///
    /// # Errors
    /// [`ResultsError::Corrupt`] if the table is damaged, [`ResultsError::Io`].
    pub fn export_csv(&self, name: TableName) -> Result<Option<PathBuf>, ResultsError> {
        let path = self.table(name);
        if !path.exists() {
            return Ok(None);
        }
        let reader = self.reader(name)?;
        let target = path.with_extension("csv");
        let written = |e| ResultsError::io("write", &target, e);
        let mut file = BufWriter::new(AtomicFile::create(&target)?);
        csv::write_header(reader.columns(), &mut file).map_err(written)?;
        for piece in reader.pieces() {
            csv::write_rows(&spreadsheet::guarded(&piece?), &mut file).map_err(written)?;
        }
        file.into_inner().map_err(|e| written(e.into_error()))?.commit()?;
        Ok(Some(target))
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
