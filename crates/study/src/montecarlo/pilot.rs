//! A few timed runs: what many more of their kind will take in processor time and on disk.

use std::time::{Duration, Instant};

use cpu_time::ThreadTime;
use rayon::prelude::*;

use crate::results::{ResultsError, parquet_file};
use crate::stats::{mean, variance};
use forestall_model::{BASELINE, Table};

/// After this time no further round of timed pieces is begun.
const ENOUGH: Duration = Duration::from_secs(4);
/// Seconds of a piece from which on cold caches no longer show, and the first round counts as well.
const LONG: f64 = 0.25;
/// Pieces that are timed in any case, where there are so many.
const FEWEST: usize = 4;
/// Pieces that are timed at most.
const MOST: u64 = 4_096;
/// Pieces whose tables are kept, to tell their size: a run itself does not keep its tables in memory.
const KEPT: usize = 64;
/// Rows of a finished row group.
const GROUP: f64 = parquet_file::ROWS_PER_GROUP as f64;

/// What one timed piece of work took and gave.
#[derive(Clone, Debug, Default)]
pub(crate) struct Piece {
    /// Runs in the piece.
    pub(crate) runs: u64,
    /// Processor seconds of the piece.
    pub(crate) seconds: f64,
    /// Its tables, the same ones for each piece.
    pub(crate) tables: Vec<Table>,
}

impl Piece {
    /// Adds the tables of one run.
    pub(crate) fn add(&mut self, tables: impl IntoIterator<Item = Table>) {
        append(&mut self.tables, tables);
    }
}

/// Adds the rows of each table to those of its place.
fn append(whole: &mut Vec<Table>, tables: impl IntoIterator<Item = Table>) {
    for (place, table) in tables.into_iter().enumerate() {
        match whole.get_mut(place) {
            Some(whole) => whole.append_rows(&table, 0..table.rows()),
            None => whole.push(table),
        }
    }
}

/// Timed pieces of some work.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pilot {
    /// Runs and processor seconds of each piece that counts.
    timed: Vec<(u64, f64)>,
    /// The tables of the first pieces, those that only warmed up among them.
    tables: Vec<Table>,
    /// Pieces of which these are the tables.
    kept: usize,
    /// Runs in those pieces.
    runs: u64,
    /// Why the last piece that failed did.
    failure: Option<String>,
}

/// Processor seconds of this thread that `work` takes; what others do on the machine does not count.
pub(crate) fn timed<T>(work: impl FnOnce() -> T) -> (f64, T) {
    let began = ThreadTime::now();
    let found = work();
    (began.elapsed().as_secs_f64(), found)
}

/// Times pieces of work from the first of `all` on, on all threads at once as the work itself will be done: a core
/// that shares its memory with a busy one is slower.
pub(crate) fn pilot(all: u64, piece: impl Fn(u64) -> Result<Piece, String> + Sync) -> Pilot {
    let round = rayon::current_num_threads().max(FEWEST / 2) as u64;
    let began = Instant::now();
    let mut pilot = Pilot::default();
    let mut at = 0;
    let all = all.min(MOST);
    while at < all && (pilot.timed.len() < FEWEST || began.elapsed() < ENOUGH) {
        let turns: Vec<u64> = (at..all.min(at + round)).collect();
        let found: Vec<_> = turns.par_iter().with_max_len(1).map(|&i| piece(i)).collect();
        at += turns.len() as u64;
        for found in found {
            pilot.add(found);
        }
        if at == turns.len() as u64 && at < all && pilot.seconds() < LONG * pilot.timed.len() as f64 {
            pilot.timed.clear();
        }
    }
    pilot
}

impl Pilot {
    fn add(&mut self, found: Result<Piece, String>) {
        match found {
            Ok(piece) => {
                self.timed.push((piece.runs, piece.seconds));
                if self.kept < KEPT {
                    self.kept += 1;
                    self.runs += piece.runs;
                    append(&mut self.tables, piece.tables);
                }
            }
            Err(message) => self.failure = Some(message),
        }
    }

    fn seconds(&self) -> f64 {
        self.timed.iter().map(|piece| piece.1).sum()
    }

    /// Runs in the pieces that count.
    pub(crate) fn timed_runs(&self) -> u64 {
        self.timed.iter().map(|piece| piece.0).sum()
    }

    /// Processor seconds of one run; `None` if no piece succeeded.
    pub(crate) fn seconds_per_run(&self) -> Option<f64> {
        let runs = self.timed_runs();
        (runs > 0).then(|| self.seconds() / runs as f64)
    }

    /// The standard error of that between pieces; `None` from one piece.
    pub(crate) fn standard_error(&self) -> Option<f64> {
        let each: Vec<f64> = self.timed.iter().map(|(runs, seconds)| seconds / *runs as f64).collect();
        mean(&each)?;
        variance(&each).map(|v| libm::sqrt(v / each.len() as f64))
    }

    /// What the baseline has of an outcome in the kept pieces, and in how many replications; `None` where it is undefined
    /// in one of them.
    pub(crate) fn baseline(&self, outcome: &str) -> (Option<f64>, usize) {
        let Some(table) = self.tables.first() else { return (None, 0) };
        let arms = table.texts("arm");
        let rows: Vec<usize> =
            (0..table.rows()).filter(|&row| arms.is_some_and(|arms| arms[row] == BASELINE)).collect();
        let values = table.column(outcome);
        let total = rows.iter().map(|&row| values.and_then(|column| column.number(row))).sum();
        (total, rows.len())
    }

    /// Why no piece succeeded.
    pub(crate) fn failure(&self) -> Option<&str> {
        self.failure.as_deref()
    }

    /// Bytes of the parts and merged tables of `runs` runs in so many parts: a fixed cost a part and row group, and a
    /// cost a run.
    ///
    /// # Errors
    /// [`ResultsError`] if a table cannot be written.
    pub(crate) fn bytes(&self, runs: f64, parts: f64) -> Result<f64, ResultsError> {
        let mut total = 0.0;
        for table in &self.tables {
            let whole = parquet_file::to_bytes(table, parquet_file::ROWS_PER_GROUP)?.len() as f64;
            let fixed = parquet_file::to_bytes(&table.empty_like(), 1)?.len() as f64;
            let first = table.take(&(0..table.rows().min(1)).collect::<Vec<_>>());
            let one = parquet_file::to_bytes(&first, 1)?.len() as f64;
            // A run's rows beyond the first cost what the whole table costs beyond its first row.
            let slope = if table.rows() > 1 { (whole - one) / (table.rows() as f64 - 1.0) } else { one - fixed };
            let rows = table.rows() as f64 / self.runs.max(1) as f64 * runs;
            let group = (one - slope).max(0.0);
            total += parts * group + rows * slope;
            total += (rows / GROUP).ceil() * group + rows * slope;
        }
        Ok(total)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn piece(runs: u64, seconds: f64) -> Piece {
        Piece { runs, seconds, tables: Vec::new() }
    }

    #[test]
    fn a_run_takes_all_seconds_over_all_runs() {
        let mut pilot = Pilot::default();
        for found in [Ok(piece(2, 1.0)), Err("no".into()), Ok(piece(8, 9.0))] {
            pilot.add(found);
        }
        assert_eq!(pilot.seconds_per_run(), Some(1.0));
        assert_eq!((pilot.timed_runs(), pilot.failure()), (10, Some("no")));
        // Half a second and nine eighths a run: their standard error is half their distance.
        assert_eq!(pilot.standard_error(), Some(0.3125));
    }

    #[test]
    fn nothing_that_succeeded_is_no_estimate() {
        let pilot = pilot(3, |i| Err(format!("{i} fails")));
        assert_eq!((pilot.seconds_per_run(), pilot.standard_error()), (None, None));
        assert!(pilot.failure().is_some_and(|told| told.ends_with("fails")));
    }

    #[test]
    fn short_pieces_warm_up_first_and_long_ones_count_at_once() {
        let cold = |seconds: f64| {
            move |i: u64| {
                Ok(if i < rayon::current_num_threads().max(2) as u64 {
                    piece(1, 10.0 * seconds)
                } else {
                    piece(1, seconds)
                })
            }
        };
        let many = 4 * rayon::current_num_threads().max(2) as u64;
        assert!((pilot(many, cold(0.001)).seconds_per_run().unwrap() - 0.001).abs() < 1e-12);
        assert!(pilot(many, cold(1.0)).seconds_per_run().unwrap() > 1.5);
        // Where the first round is all there is, it must do.
        assert_eq!(pilot(1, cold(0.001)).seconds_per_run(), Some(0.01));
    }

    #[test]
    fn a_thread_that_waits_takes_no_processor_time() {
        let (seconds, ()) = timed(|| std::thread::sleep(Duration::from_millis(200)));
        assert!(seconds < 0.05, "{seconds}");
        let began = Instant::now();
        let (seconds, ()) = timed(|| while began.elapsed() < Duration::from_millis(200) {});
        assert!(seconds > 0.02, "{seconds}");
    }
}
