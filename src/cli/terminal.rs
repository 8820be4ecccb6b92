//! The terminal: columns, numbers, lengths of time, and data on standard output.

use std::io::Write;
use std::sync::{Mutex, OnceLock, PoisonError};

use console::Term;
use serde_json::Value;

use forestall_model::visible;
use forestall_study::Estimate;

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

/// The line of progress that is shown at present, on a terminal.
static SHOWN: Mutex<Option<String>> = Mutex::new(None);

/// Shows a line of progress in place of the one before, or none from here on. It does not fill the terminal's last
/// columns: what the terminal itself shows there, such as `^C`, would break the line.
pub fn show_line(line: Option<String>) {
    let mut shown = SHOWN.lock().unwrap_or_else(PoisonError::into_inner);
    let terminal = Term::stderr();
    if shown.is_some() {
        let _ = terminal.clear_line();
    }
    *shown = line;
    if let Some(line) = shown.as_deref() {
        let _ = terminal.write_str(line);
    }
}

/// Says a line on standard error, above the line of progress. Where that is closed or full nothing can be said, and
/// nothing else is lost.
pub fn tell(line: &str) {
    let shown = SHOWN.lock().unwrap_or_else(PoisonError::into_inner);
    if shown.is_some() {
        let _ = Term::stderr().clear_line();
    }
    let _ = std::io::stderr().lock().write_all(format!("{line}\n").as_bytes());
    if let Some(line) = shown.as_deref() {
        let _ = Term::stderr().write_str(line);
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

/// An answer for scripts with its verdict before all else.
pub fn verdict_first(verdict: impl Into<Value>, answer: Value) -> Value {
    let mut whole = serde_json::Map::from_iter([("verdict".to_owned(), verdict.into())]);
    match answer {
        Value::Object(rest) => whole.extend(rest),
        other => drop(whole.insert("answer".into(), other)),
    }
    Value::Object(whole)
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
