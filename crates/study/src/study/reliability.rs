//! Whether belief is what it says: of files believed at a chance, how many are of somebody who plots.

use crate::results::TableName;
use crate::stats::clopper_pearson;
use forestall_model::{BASELINE, Column, Table};

use super::{Run, StudyError};

/// What one bin of believed chances adds up to.
#[derive(Clone, Copy, Default)]
struct Bin {
    to: f64,
    files: u64,
    believed: f64,
    plotting: u64,
}

impl Run {
    /// By believed chance, of the files that are open at the end of the baseline's replications: how many there are
    /// (`files`), their mean chance (`believed`), the share of them of people in a plot (`share`) and its exact 95 %
    /// interval (`low`, `high`; Clopper and Pearson), as if files of one history were independent. Bins without files
    /// are left out.
    ///
    /// # Errors
    /// If the file is missing or damaged.
    pub fn reliability(&self) -> Result<Table, StudyError> {
        let columns = ["chance_from", "chance_to", "files", "believed", "plotting"];
        let rows = self.columns(TableName::Beliefs, &columns, Some(BASELINE))?;
        let number = |name: &str, row: usize| rows.column(name).and_then(|c| c.number(row)).unwrap_or(0.0);
        let mut bins: Vec<(f64, Bin)> = Vec::new();
        for row in 0..rows.rows() {
            let from = number("chance_from", row);
            let place = bins.iter().position(|(known, _)| *known == from).unwrap_or_else(|| {
                bins.push((from, Bin { to: number("chance_to", row), ..Bin::default() }));
                bins.len() - 1
            });
            let bin = &mut bins[place].1;
            bin.files += number("files", row) as u64;
            bin.believed += number("believed", row);
            bin.plotting += number("plotting", row) as u64;
        }
        bins.retain(|(_, bin)| bin.files > 0);
        bins.sort_by(|a, b| a.0.total_cmp(&b.0));
        let column = |of: &dyn Fn(&(f64, Bin)) -> Option<f64>| Column::Number(bins.iter().map(of).collect());
        let end = |bin: &Bin, high: bool| {
            let interval = clopper_pearson(bin.plotting, bin.files, 0.95)?;
            Some(if high { interval.high } else { interval.low })
        };
        let mut table = Table::new();
        table.push("chance_from", column(&|(from, _)| Some(*from)));
        table.push("chance_to", column(&|(_, bin)| Some(bin.to)));
        table.push("files", Column::Integer(bins.iter().map(|(_, bin)| Some(bin.files as i64)).collect()));
        table.push("believed", column(&|(_, bin)| Some(bin.believed / bin.files as f64)));
        table.push("share", column(&|(_, bin)| Some(bin.plotting as f64 / bin.files as f64)));
        table.push("low", column(&|(_, bin)| end(bin, false)));
        table.push("high", column(&|(_, bin)| end(bin, true)));
        Ok(table)
    }
}
