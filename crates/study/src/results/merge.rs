//! Merging sorted tables into one, a stretch of rows at a time, in the fixed order of runs.

use std::io::Write;
use std::path::{Path, PathBuf};

use super::error::ResultsError;
use super::parquet_file::{Pieces, TableReader, TableWriter};
use super::run_key::{ArmOrder, Place};
use forestall_model::Table;

/// A table to merge: rows sorted by draw and replication, opened only when its turn comes.
pub(crate) struct Source {
    /// No row of it stands before this place.
    pub first: Place,
    pub path: PathBuf,
    pub start: u64,
    pub length: u64,
}

/// The unread rest of an open source, a stretch of it in memory.
struct Cursor {
    pieces: Pieces,
    ended: bool,
    /// Rows of a draw and replication that may go on in the next piece.
    held_back: Table,
    rows: Table,
    places: Vec<Place>,
    at: usize,
    last: Option<Place>,
}

impl Cursor {
    fn open(source: &Source, order: &ArmOrder) -> Result<Self, ResultsError> {
        let pieces = TableReader::open_section(&source.path, source.start, source.length)?.pieces();
        let empty = pieces.columns().empty_like();
        let mut cursor =
            Self { pieces, ended: false, held_back: empty.clone(), rows: empty, places: Vec::new(), at: 0, last: None };
        cursor.fill(order)?;
        Ok(cursor)
    }

    fn place(&self) -> Option<Place> {
        self.places.get(self.at).copied()
    }

    /// Reads on until there is a row with a place, or no row is left.
    ///
    /// The arms of a replication may have been stored in another order than the one asked for, so each
    /// stretch ends where a replication ends and is sorted anew.
    fn fill(&mut self, order: &ArmOrder) -> Result<(), ResultsError> {
        while self.at >= self.places.len() && !self.ended {
            let Some(stretch) = self.next_whole()? else { continue };
            let placed = order.places(&stretch, self.pieces.label())?;
            let mut sorted: Vec<(Place, usize)> =
                placed.iter().enumerate().filter_map(|(row, place)| place.map(|p| (p, row))).collect();
            sorted.sort_unstable();
            if sorted.first().is_some_and(|first| self.last > Some(first.0)) {
                return Err(ResultsError::corrupt(self.pieces.label(), "its rows are out of order"));
            }
            self.last = sorted.last().map(|entry| entry.0).or(self.last);
            let as_stored =
                sorted.len() == stretch.rows() && sorted.iter().enumerate().all(|(at, entry)| at == entry.1);
            self.rows =
                if as_stored { stretch } else { stretch.take(&sorted.iter().map(|entry| entry.1).collect::<Vec<_>>()) };
            self.places = sorted.into_iter().map(|entry| entry.0).collect();
            self.at = 0;
        }
        Ok(())
    }

    /// Reads one piece more; the draws and replications that are whole with it, if any is. Nothing is copied while a
    /// long one, as an event log has, comes in piece by piece.
    fn next_whole(&mut self) -> Result<Option<Table>, ResultsError> {
        let Some(mut piece) = self.pieces.next().transpose()? else {
            self.ended = true;
            return Ok(Some(std::mem::replace(&mut self.held_back, self.pieces.columns().empty_like())));
        };
        let last = piece.split_off(last_run_start(&piece));
        let goes_on = piece.rows() == 0
            && last
                .rows()
                .checked_sub(1)
                .zip(self.held_back.rows().checked_sub(1))
                .is_some_and(|(row, held)| run_at(&last, row) == run_at(&self.held_back, held));
        if goes_on || self.held_back.rows() == 0 && piece.rows() == 0 {
            self.held_back.append(last);
            return Ok(None);
        }
        let mut whole = std::mem::replace(&mut self.held_back, last);
        whole.append(piece);
        Ok(Some(whole))
    }

    /// The number of the rows in memory that stand before `limit`, from the current one on.
    fn before(&self, limit: Option<Place>) -> usize {
        let rest = &self.places[self.at..];
        limit.map_or(rest.len(), |limit| rest.partition_point(|place| *place < limit))
    }

    /// Takes the rows of the run at the current place.
    fn take_run(&mut self, order: &ArmOrder) -> Result<Table, ResultsError> {
        let Some(place) = self.place() else { return Ok(self.rows.empty_like()) };
        let count = self.places[self.at..].partition_point(|p| *p <= place);
        let run = self.rows.take(&(self.at..self.at + count).collect::<Vec<_>>());
        self.at += count;
        self.fill(order)?;
        Ok(run)
    }
}

/// The row at which the last draw and replication of `table` begins; 0 if it holds only one.
fn last_run_start(table: &Table) -> usize {
    let Some(last) = table.rows().checked_sub(1) else { return 0 };
    (0..last).rev().find(|&row| run_at(table, row) != run_at(table, last)).map_or(0, |row| row + 1)
}

/// The draw and the replication of a row.
fn run_at(table: &Table, row: usize) -> (Option<i64>, Option<i64>) {
    let value = |name: &str| table.integers(name).and_then(|values| values[row]);
    (value("draw"), value("replication"))
}

/// Writes the rows of all sources in the order of draw, replication and arm.
///
/// Rows of arms outside `order` are left out. A run that is in several sources is written once;
/// where its copies differ, that is an error. Memory holds a stretch of every source that overlaps the
/// current place, so it grows with the overlap of the parts and not with their number.
pub(crate) fn merge<W: Write + Send>(
    mut sources: Vec<Source>,
    order: &ArmOrder,
    writer: &mut TableWriter<W>,
) -> Result<(), ResultsError> {
    sources.sort_by(|a, b| (a.first, &a.path).cmp(&(b.first, &b.path)));
    let mut waiting = sources.into_iter().peekable();
    let mut open: Vec<Cursor> = Vec::new();
    loop {
        open.retain(|cursor| cursor.place().is_some());
        let mut least = open.iter().filter_map(Cursor::place).min();
        while let Some(source) = waiting.next_if(|source| least.is_none_or(|least| source.first <= least)) {
            let cursor = Cursor::open(&source, order)?;
            least = least.into_iter().chain(cursor.place()).min();
            open.push(cursor);
        }
        let Some(least) = least else { break };
        let holders: Vec<usize> = (0..open.len()).filter(|&i| open[i].place() == Some(least)).collect();
        if let [only] = holders[..] {
            let others = open.iter().enumerate().filter(|(i, _)| *i != only).filter_map(|(_, c)| c.place());
            let limit = others.chain(waiting.peek().map(|source| source.first)).min();
            let cursor = &mut open[only];
            let count = cursor.before(limit);
            writer.push(&cursor.rows, cursor.at..cursor.at + count)?;
            cursor.at += count;
            cursor.fill(order)?;
        } else if let [first, ref copies @ ..] = holders[..] {
            let run = open[first].take_run(order)?;
            for &copy in copies {
                if open[copy].take_run(order)? != run {
                    return Err(disagreement(open[copy].pieces.label(), open[first].pieces.label(), least));
                }
            }
            writer.push(&run, 0..run.rows())?;
        }
    }
    Ok(())
}

fn disagreement(path: &Path, other: &Path, place: Place) -> ResultsError {
    let (draw, replication, other) = (place.draw, place.replication, other.display());
    ResultsError::corrupt(path, format!("draw {draw}, replication {replication} differs from the same run in {other}"))
}
