//! The terminal: columns, numbers, lengths of time, progress, and data on standard output.

use std::io::IsTerminal;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use forestall_study::{Estimate, Progress, ReplayEvent};

/// Prints data on standard output; a reader that has gone away is no error.
pub fn print(text: &str) {
    use std::io::Write;
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(text.as_bytes());
    if !text.ends_with('\n') {
        let _ = out.write_all(b"\n");
    }
}

/// A number as a terminal shows it.
pub fn number(value: Option<f64>) -> String {
    match value {
        None => "undefined".into(),
        // Adding zero turns −0 into 0.
        Some(v) if v == 0.0 || (1e-3..1e5).contains(&v.abs()) => format!("{:.3}", v + 0.0),
        Some(v) => format!("{v:.2e}"),
    }
}

/// "0.31 [0.28, 0.34]".
pub fn cell(e: &Estimate) -> String {
    match (e.estimate, e.low, e.high) {
        (Some(_), Some(_), Some(_)) => format!("{} [{}, {}]", number(e.estimate), number(e.low), number(e.high)),
        _ => number(e.estimate),
    }
}

/// Rows of cells set in columns, two blanks apart; the first row is the heading.
pub fn columns(rows: &[Vec<String>]) -> String {
    let width = |j: usize| rows.iter().map(|r| r.get(j).map_or(0, |c| c.chars().count())).max().unwrap_or(0);
    let widths: Vec<usize> = (0..rows.first().map_or(0, Vec::len)).map(width).collect();
    let mut out = String::new();
    for row in rows {
        let line: Vec<String> = row.iter().zip(&widths).map(|(c, w)| format!("{c:<w$}")).collect();
        out += line.join("  ").trim_end();
        out.push('\n');
    }
    out
}

/// Shows how far runs are, from the moment at which it is known how many there are.
pub struct Display {
    quiet: bool,
    shown: Mutex<Option<Shown>>,
}

/// What is shown at present.
enum Shown {
    Bar(ProgressBar),
    Lines { began: Instant, at_start: Option<u64>, last: Instant },
}

impl Display {
    /// A display for so many runs.
    pub fn new(all: u64, quiet: bool) -> Self {
        let display = Self::later(quiet);
        display.begin(all);
        display
    }

    /// A display that shows nothing before it is told to begin.
    pub fn later(quiet: bool) -> Self {
        Self { quiet, shown: Mutex::new(None) }
    }

    /// Begins anew with so many runs.
    pub fn begin(&self, all: u64) {
        let Ok(mut shown) = self.shown.lock() else { return };
        if self.quiet {
            return;
        }
        *shown = Some(if std::io::stderr().is_terminal() {
            let bar = ProgressBar::new(all);
            let style = "{bar:36} {pos}/{len} replications × policy runs · {per_sec} · {eta} left";
            if let Ok(style) = ProgressStyle::with_template(style) {
                bar.set_style(style);
            }
            Shown::Bar(bar)
        } else {
            let now = Instant::now();
            Shown::Lines { began: now, at_start: None, last: now }
        });
    }

    /// Takes in how far the work is.
    pub fn show(&self, progress: Progress) {
        let Ok(mut shown) = self.shown.lock() else { return };
        match shown.as_mut() {
            None => {}
            Some(Shown::Bar(bar)) => {
                if bar.position() == 0 && progress.done > 1 {
                    // Runs of an earlier session must not flatter the rate.
                    bar.reset_eta();
                }
                bar.set_position(progress.done);
            }
            Some(Shown::Lines { began, at_start, last }) => {
                let first = *at_start.get_or_insert(progress.done.saturating_sub(1));
                if last.elapsed() < Duration::from_secs(60) {
                    return;
                }
                *last = Instant::now();
                let rate = (progress.done - first) as f64 / began.elapsed().as_secs_f64();
                let left = (progress.all - progress.done) as f64 / rate.max(1e-9);
                eprintln!("{} of {} runs, {rate:.1} a second, {} left", progress.done, progress.all, span(left));
            }
        }
    }

    /// Follows a replay.
    pub fn replay(&self, event: ReplayEvent) {
        match event {
            ReplayEvent::Begins(all) => self.begin(all),
            ReplayEvent::Progress(progress) => self.show(progress),
            ReplayEvent::Ends => self.close(),
        }
    }

    /// Takes the display away.
    pub fn close(&self) {
        let Ok(mut shown) = self.shown.lock() else { return };
        if let Some(Shown::Bar(bar)) = shown.take() {
            bar.finish_and_clear();
        }
    }
}

/// A length of time in words that people read at a glance.
pub fn span(seconds: f64) -> String {
    if seconds < 90.0 {
        format!("{seconds:.0} s")
    } else if seconds < 5_400.0 {
        format!("{:.0} min", seconds / 60.0)
    } else {
        format!("{:.1} h", seconds / 3_600.0)
    }
}
