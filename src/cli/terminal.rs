//! The terminal: columns, numbers, lengths of time, progress, and data on standard output.

use std::io::{IsTerminal, Write};
use std::sync::{Mutex, OnceLock};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use forestall_model::visible;
use forestall_study::{Estimate, Progress, ReplayEvent};

/// Why data could not be written to standard output, once that has happened.
static LOST: OnceLock<String> = OnceLock::new();

/// Prints data on standard output; a reader that has gone away is no error. What a full disk or the like has cost is
/// told at the end by [`lost`].
pub fn print(text: &str) {
    let mut out = std::io::stdout().lock();
    let line_end = if text.ends_with('\n') { "" } else { "\n" };
    let written = out
        .write_all(visible(text).as_bytes())
        .and_then(|()| out.write_all(line_end.as_bytes()))
        .and_then(|()| out.flush());
    keep(written);
}

/// Prints what the parser of the command line has to say: help and version on standard output, mistakes on the other.
pub fn print_parsed(error: &clap::Error) {
    let written = error.print().and_then(|()| std::io::stdout().flush());
    if !error.use_stderr() {
        keep(written);
    }
}

fn keep(written: std::io::Result<()>) {
    if let Err(error) = written
        && error.kind() != std::io::ErrorKind::BrokenPipe
    {
        let _ = LOST.set(error.to_string());
    }
}

/// Why data have been lost on standard output; `None` as long as all could be written or nobody read on.
pub fn lost() -> Option<&'static str> {
    LOST.get().map(String::as_str)
}

/// Says a line on standard error. Where that is closed or full nothing can be said, and nothing else is lost.
pub fn tell(line: &str) {
    let mut out = std::io::stderr().lock();
    let _ = out.write_all(format!("{line}\n").as_bytes());
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
                tell(&format!("{} of {} runs, {rate:.1} a second, {} left", progress.done, progress.all, span(left)));
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
