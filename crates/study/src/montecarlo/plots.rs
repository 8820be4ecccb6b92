//! The plots of a run, one replication after another, from rows that come in stretches.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

use crate::results::ResultsError;
use crate::results::parquet_file::TableReader;
use forestall_model::{Column, Table};

/// Draw and replication.
pub(crate) type RunId = (i64, i64);

/// The columns of the table of plots that are read here.
const COLUMNS: [&str; 9] =
    ["arm", "draw", "replication", "plot", "pathway", "target_country", "outcome", "start_day", "end_day"];

/// One plot of one arm.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plot<'a> {
    pub arm: &'a str,
    /// Its name, the same in all arms.
    pub key: &'a str,
    pub pathway: &'a str,
    pub target: &'a str,
    pub outcome: &'a str,
    pub start_day: Option<f64>,
    pub end_day: Option<f64>,
}

impl Plot<'_> {
    /// Whether it ended in an attack carried out.
    pub(super) fn completed(&self) -> bool {
        self.outcome == "completed"
    }

    /// Whether undercover personas made it.
    pub(super) fn sting(&self) -> bool {
        self.pathway == "sting"
    }
}

/// What is told of each replication: its plots in all arms.
pub(crate) type See<'a> = dyn FnMut(RunId, &[Plot]) + 'a;

/// Cuts stretches of rows, which end anywhere, into whole replications.
#[derive(Default)]
pub(crate) struct Cutter {
    /// Rows of a replication that may go on in the next stretch.
    held: Option<Table>,
    last: Option<RunId>,
}

impl Cutter {
    /// Takes the next rows and tells of every replication that they end. Rows without a draw or replication, and tables
    /// without the columns, are passed over.
    ///
    /// # Errors
    /// In words, if the rows are not in the order of draw and replication.
    pub(crate) fn push(&mut self, piece: &Table, see: &mut See) -> Result<(), &'static str> {
        let table = match self.held.take() {
            None => Cow::Borrowed(piece),
            Some(mut held) => {
                held.append_rows(piece, 0..piece.rows());
                Cow::Owned(held)
            }
        };
        let whole = self.tell(&table, false, see)?;
        if whole < table.rows() {
            let mut held = table.empty_like();
            held.append_rows(&table, whole..table.rows());
            self.held = Some(held);
        }
        Ok(())
    }

    /// Tells of the last replication.
    ///
    /// # Errors
    /// As [`Self::push`].
    pub(crate) fn end(mut self, see: &mut See) -> Result<(), &'static str> {
        match self.held.take() {
            Some(held) => self.tell(&held, true, see).map(|_| ()),
            None => Ok(()),
        }
    }

    /// Tells of the replications in `table`, of the last one only if it is `whole`; gives the row where that begins.
    fn tell(&mut self, table: &Table, whole: bool, see: &mut See) -> Result<usize, &'static str> {
        let Some(view) = View::of(table) else { return Ok(table.rows()) };
        let mut from = 0;
        for to in 1..=table.rows() {
            if to < table.rows() && view.run(to) == view.run(from) {
                continue;
            }
            if to == table.rows() && !whole {
                break;
            }
            if let Some(run) = view.run(from) {
                if self.last.replace(run).is_some_and(|last| last >= run) {
                    return Err("its rows are out of order");
                }
                see(run, &view.plots(from..to));
            }
            from = to;
        }
        Ok(from)
    }
}

/// Tells of the replications of a file of plots, a stretch of it in memory.
///
/// # Errors
/// [`ResultsError::Corrupt`] if it does not decode or is out of order.
pub(crate) fn each_replication(plots: TableReader, see: &mut See) -> Result<(), ResultsError> {
    let label = plots.label().to_path_buf();
    let corrupt = |found| ResultsError::corrupt(&label, found);
    let mut cutter = Cutter::default();
    for piece in plots.only(&COLUMNS).pieces() {
        cutter.push(&piece?, see).map_err(corrupt)?;
    }
    cutter.end(see).map_err(corrupt)
}

/// The columns of a table of plots.
struct View<'a> {
    texts: [&'a [String]; 5],
    runs: [&'a Column; 2],
    days: [&'a Column; 2],
}

impl<'a> View<'a> {
    fn of(table: &'a Table) -> Option<Self> {
        let [arm, draw, replication, plot, pathway, target, outcome, start, end] = COLUMNS;
        Some(Self {
            texts: [
                table.texts(arm)?,
                table.texts(plot)?,
                table.texts(pathway)?,
                table.texts(target)?,
                table.texts(outcome)?,
            ],
            runs: [table.column(draw)?, table.column(replication)?],
            days: [table.column(start)?, table.column(end)?],
        })
    }

    fn run(&self, row: usize) -> Option<RunId> {
        let [draw, replication] = self.runs;
        Some((draw.number(row)? as i64, replication.number(row)? as i64))
    }

    fn plot(&self, row: usize) -> Plot<'a> {
        let [arm, key, pathway, target, outcome] = self.texts.map(|column| column[row].as_str());
        let [start_day, end_day] = self.days.map(|column| column.number(row));
        Plot { arm, key, pathway, target, outcome, start_day, end_day }
    }

    fn plots(&self, rows: Range<usize>) -> Vec<Plot<'a>> {
        rows.map(|row| self.plot(row)).collect()
    }
}

/// Plots counted by arm, pathway and outcome.
#[derive(Clone, Debug, Default)]
pub(crate) struct Endings(BTreeMap<[String; 3], i64>);

impl Endings {
    /// Counts the plots of a replication.
    pub(crate) fn add(&mut self, plots: &[Plot]) {
        for plot in plots {
            let key = [plot.arm, plot.pathway, plot.outcome].map(str::to_owned);
            *self.0.entry(key).or_default() += 1;
        }
    }

    /// One row an arm, pathway and outcome that occurs: `arm`, `pathway`, `outcome`, `plots`.
    pub(crate) fn table(&self) -> Table {
        let mut table = Table::new();
        for (place, name) in ["arm", "pathway", "outcome"].into_iter().enumerate() {
            table.push(name, Column::Text(self.0.keys().map(|key| key[place].clone()).collect()));
        }
        table.push("plots", Column::Integer(self.0.values().copied().map(Some).collect()));
        table
    }
}
