//! Progress on standard error: a bar with rate and time left on a terminal, one line a minute elsewhere.

use std::io::IsTerminal;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use forestall_study::montecarlo::Progress;

/// Shows how far the replications are.
pub struct Display {
    bar: Option<ProgressBar>,
    lines: Mutex<Option<Lines>>,
}

struct Lines {
    began: Instant,
    at_start: Option<u64>,
    last: Instant,
}

impl Display {
    /// A display for so many runs.
    pub fn new(all: u64, quiet: bool) -> Self {
        if quiet {
            return Self { bar: None, lines: Mutex::new(None) };
        }
        if std::io::stderr().is_terminal() {
            let bar = ProgressBar::new(all);
            let style = "{bar:36} {pos}/{len} replications × arms · {per_sec} · {eta} left";
            if let Ok(style) = ProgressStyle::with_template(style) {
                bar.set_style(style);
            }
            return Self { bar: Some(bar), lines: Mutex::new(None) };
        }
        let now = Instant::now();
        Self { bar: None, lines: Mutex::new(Some(Lines { began: now, at_start: None, last: now })) }
    }

    /// Takes in how far the work is.
    pub fn show(&self, progress: Progress) {
        if let Some(bar) = &self.bar {
            if bar.position() == 0 && progress.done > 1 {
                // Runs of an earlier session must not flatter the rate.
                bar.reset_eta();
            }
            bar.set_position(progress.done);
            return;
        }
        let Ok(mut guard) = self.lines.lock() else { return };
        let Some(lines) = guard.as_mut() else { return };
        let first = *lines.at_start.get_or_insert(progress.done.saturating_sub(1));
        if lines.last.elapsed() < Duration::from_secs(60) {
            return;
        }
        lines.last = Instant::now();
        let rate = (progress.done - first) as f64 / lines.began.elapsed().as_secs_f64();
        let left = (progress.all - progress.done) as f64 / rate.max(1e-9);
        eprintln!("{} of {} runs, {rate:.1} a second, {} left", progress.done, progress.all, span(left));
    }

    /// Takes the display away.
    pub fn close(&self) {
        if let Some(bar) = &self.bar {
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
