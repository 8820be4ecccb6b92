//! The tables of a run by their names: kept row by row, worked out from the rows, or left in the folder by other commands.

use std::collections::BTreeSet;

use crate::results::{TableName, spreadsheet};
use forestall_model::{Table, did_you_mean};

use super::{Run, StudyError};

/// Tables that are worked out from the rows, by their names as files; the endings of plots have no file.
const DERIVED: [&str; 6] = ["comparisons", "endings", "foiled_by_start", "plot_lives", "substitution", "twin_share"];

/// The table that is kept row by row under a name.
fn kept(name: &str) -> Option<TableName> {
    TableName::ALL.into_iter().find(|table| table.name() == name)
}

impl Run {
    /// The names of all tables that the run has, as [`Self::table`] takes them: those that are kept row by row, those that
    /// are worked out from the rows, then what commands have left in the folder as comma-separated text, in order.
    pub fn table_names(&self) -> Vec<String> {
        let mut names: Vec<String> = TableName::ALL.iter().map(|table| table.name().to_owned()).collect();
        names.extend(DERIVED.map(str::to_owned));
        let files = self.folder().and_then(|folder| std::fs::read_dir(folder.results()).ok());
        let stem = |path: std::path::PathBuf| {
            let text = path.extension().is_some_and(|e| e == "csv");
            path.file_stem().filter(|_| text).and_then(|stem| stem.to_str()).map(str::to_owned)
        };
        let found: BTreeSet<String> = files.into_iter().flatten().flatten().filter_map(|f| stem(f.path())).collect();
        let more: Vec<String> = found.into_iter().filter(|name| !names.contains(name)).collect();
        names.extend(more);
        names
    }

    /// A table by its name, whole.
    ///
    /// # Errors
    /// [`StudyError::UnknownTable`]; if a file is missing or damaged.
    pub fn table(&self, name: &str) -> Result<Table, StudyError> {
        let mut whole: Option<Table> = None;
        self.each_piece(name, &mut |piece| {
            match &mut whole {
                None => whole = Some(piece.clone()),
                Some(whole) => whole.append_rows(piece, 0..piece.rows()),
            }
            Ok(())
        })?;
        Ok(whole.unwrap_or_default())
    }

    /// Shows a table, with all its columns, a stretch of rows at a time; the first stretch may have no rows. Of a table that
    /// is kept in the folder row by row memory holds one stretch.
    ///
    /// # Errors
    /// As [`Self::table`], and what `see` returns.
    pub fn each_piece(
        &self,
        name: &str,
        see: &mut dyn FnMut(&Table) -> Result<(), StudyError>,
    ) -> Result<(), StudyError> {
        if let Some(table) = kept(name) {
            return self.each_whole_stretch(table, see);
        }
        match name {
            "comparisons" => see(self.comparisons()?),
            "endings" => see(self.endings()?),
            "foiled_by_start" => see(self.foiled_by_start()?),
            "plot_lives" => see(self.plot_lives()?),
            "substitution" => see(self.displacement()?),
            "twin_share" => see(self.twin_share()?),
            left => {
                let names = self.table_names();
                let folder = self.folder().filter(|_| names.iter().any(|known| known == left));
                let Some(folder) = folder else {
                    let near = did_you_mean(left, names.iter().map(String::as_str));
                    let all = names.join(", ");
                    let help = near.map_or(format!("the run has: {all}"), |near| format!("{near} The run has: {all}"));
                    return Err(StudyError::UnknownTable { name: left.to_owned(), help });
                };
                see(&spreadsheet::read(&folder.results().join(format!("{left}.csv")))?)
            }
        }
    }
}
