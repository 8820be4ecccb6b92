//! Reading tables the way charts need them: by arm, by month, by name, with missing columns named.

use std::collections::BTreeMap;

use super::ChartError;
use forestall_model::{Column, Table};

/// Column `column` of a table with rows.
pub(super) fn column<'t>(table: &'t Table, chart: &str, column: &str) -> Result<&'t Column, ChartError> {
    table.column(column).ok_or_else(|| ChartError::MissingColumn { chart: chart.to_owned(), column: column.to_owned() })
}

/// The rows of each value of a text column.
pub(super) fn by_text(column: &Column) -> BTreeMap<String, Vec<usize>> {
    let mut groups: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    let mut add = |key: &str, row: usize| {
        if let Some(rows) = groups.get_mut(key) {
            rows.push(row);
        } else {
            groups.insert(key.to_owned(), vec![row]);
        }
    };
    if let Column::Text(values) = column {
        values.iter().enumerate().for_each(|(row, key)| add(key, row));
    } else {
        (0..column.len()).for_each(|row| add(&column.text(row), row));
    }
    groups
}

/// The number in row `row`, where it is defined.
pub(super) fn finite(column: &Column, row: usize) -> Option<f64> {
    column.number(row).filter(|v| v.is_finite())
}

/// The defined numbers of `column` in `rows`.
pub(super) fn numbers(column: &Column, rows: &[usize]) -> Vec<f64> {
    rows.iter().filter_map(|&row| finite(column, row)).collect()
}

/// The months of a run and one series' values in each, over all replications.
pub(super) struct Months {
    /// First day of each month, `YYYY-MM-DD`, in order.
    pub(super) starts: Vec<String>,
    /// Values of the replications in each month.
    pub(super) values: Vec<Vec<f64>>,
}

/// Series `series` of the rows of one arm in a monthly table.
pub(super) fn months(table: &Table, chart: &str, series: &str, rows: &[usize]) -> Result<Months, ChartError> {
    let (month, start) = (column(table, chart, "month")?, column(table, chart, "month_start")?);
    let values = column(table, chart, series)?;
    let mut cells: BTreeMap<i64, (String, Vec<f64>)> = BTreeMap::new();
    for &row in rows {
        let Some(number) = month.number(row) else { continue };
        let cell = cells.entry(number as i64).or_insert_with(|| (start.text(row), Vec::new()));
        cell.1.extend(finite(values, row));
    }
    let (starts, values) = cells.into_values().unzip();
    Ok(Months { starts, values })
}

/// Year and month (1–12) of a `YYYY-MM-DD` text.
pub(super) fn year_month(date: &str) -> Option<(i64, u32)> {
    let mut parts = date.split('-');
    let year = parts.next()?.parse().ok()?;
    let month = parts.next()?.parse().ok().filter(|m| (1..=12).contains(m))?;
    Some((year, month))
}
