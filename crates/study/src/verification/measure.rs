//! Readings of one replication's rows, each a part and its whole.

use std::ops::Deref;

use forestall_model::{Fact, Rows, Table};

/// What one replication leaves.
pub(super) struct Reading {
    /// Its rows.
    pub(super) rows: Rows,
    /// Its facts, where the case asks for them.
    pub(super) facts: Vec<Fact>,
    /// Days counted.
    pub(super) days: f64,
}

impl Deref for Reading {
    type Target = Rows;

    fn deref(&self) -> &Rows {
        &self.rows
    }
}

pub(super) type Pair = (f64, f64);

fn cell(table: &Table, name: &str, row: usize) -> f64 {
    table.column(name).and_then(|c| c.number(row)).unwrap_or(f64::NAN)
}

/// One outcome of the replication.
pub(super) fn outcome(rows: &Rows, name: &str) -> f64 {
    cell(&rows.replications, name, 0)
}

/// A mean over time, weighted by time.
pub(super) fn over_time(reading: &Reading, x: f64) -> Pair {
    (x * reading.days, reading.days)
}

/// An outcome that is a mean over time.
pub(super) fn mean(reading: &Reading, name: &str) -> Pair {
    over_time(reading, outcome(reading, name))
}

/// One number over another, totals over totals.
pub(super) fn share(part: f64, whole: f64) -> Pair {
    (part, whole)
}

/// A monthly column.
pub(super) fn monthly(rows: &Rows, name: &str) -> Vec<f64> {
    (0..rows.monthly.rows()).map(|row| cell(&rows.monthly, name, row)).collect()
}

/// The mean of what stands at the ends of months.
pub(super) fn month_ends(rows: &Rows, name: &str, of: fn(f64) -> f64) -> f64 {
    let all = monthly(rows, name);
    all.iter().map(|&x| of(x)).sum::<f64>() / all.len() as f64
}

/// The last of a monthly column.
pub(super) fn at_end(rows: &Rows, name: &str) -> f64 {
    monthly(rows, name).last().copied().unwrap_or(f64::NAN)
}

/// Sum over countries of something of an outcome, and their number.
pub(super) fn countries(rows: &Rows, name: &str, of: fn(f64) -> f64) -> Pair {
    let n = rows.by_country.rows();
    let sum = (0..n).map(|row| of(cell(&rows.by_country, name, row))).sum();
    (sum, n as f64)
}

/// Sum of something of the lives of plots that began in the first `days` counted, and their number.
pub(super) fn lives(rows: &Rows, days: f64, of: fn(f64) -> f64) -> Pair {
    let table = &rows.matched;
    let (mut sum, mut count) = (0.0, 0.0);
    for row in 0..table.rows() {
        let began = cell(table, "start_day", row);
        if began >= 0.0 && began < days {
            // A plot still open after all that time has no life to state; that must not pass unseen.
            sum += of(cell(table, "end_day", row) - began);
            count += 1.0;
        }
    }
    (sum, count)
}
