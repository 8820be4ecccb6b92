//! How far work is, on one line at any width: runs done, rate, time left, the estimate so far with its interval.

use std::io::IsTerminal;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use console::Term;

use forestall_model::visible;
use forestall_study::{Progress, ReplayEvent, RunEstimate, Spread};

use super::terminal::{show_line, span, tell};

/// Time between two lines where standard error is no terminal.
const LINES: Duration = Duration::from_secs(60);
/// Time between two lines on a terminal: nobody reads faster.
const SHOWN: Duration = Duration::from_millis(80);
/// Columns where the terminal does not say its width.
const COLUMNS: usize = 80;
/// Columns left free at the end: terminals show `^C` there, and would begin another line for it.
const FREE: usize = 3;
/// Cells of the bar, where there is room for one.
const BAR: usize = 20;

/// Shows how far runs are, from the moment at which it is known how many there are.
pub struct Display {
    quiet: bool,
    shown: Mutex<Option<Shown>>,
}

/// What is shown at present.
struct Shown {
    terminal: bool,
    line: ProgressLine,
    last: Option<Instant>,
}

/// The line that tells how far work is.
pub struct ProgressLine {
    state: State,
    began: Instant,
}

impl ProgressLine {
    /// Of work that begins now with so many runs.
    pub fn new(all: u64) -> Self {
        Self { state: State { all, ..State::default() }, began: Instant::now() }
    }

    /// Takes in how far the work is.
    pub fn show(&mut self, progress: Progress) {
        self.state.done = progress.done;
        self.state.all = progress.all;
        self.state.at_start.get_or_insert(progress.done);
    }

    /// Takes in what the runs so far say.
    pub fn estimate(&mut self, estimate: RunEstimate) {
        self.state.estimate = Some(estimate);
    }

    /// The fullest line that fits into so many columns, with a bar if there is room for one and it is wanted.
    pub fn text(&mut self, columns: usize, bar: bool) -> String {
        self.state.seconds = self.began.elapsed().as_secs_f64();
        line(&self.state, columns, bar)
    }
}

/// What a line is made of.
#[derive(Clone, Debug, Default)]
struct State {
    done: u64,
    all: u64,
    /// Runs that were there when this session began: they must not flatter the rate.
    at_start: Option<u64>,
    seconds: f64,
    estimate: Option<RunEstimate>,
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

    fn lock(&self) -> MutexGuard<'_, Option<Shown>> {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins anew with so many runs.
    pub fn begin(&self, all: u64) {
        if self.quiet {
            return;
        }
        let terminal = std::io::stderr().is_terminal();
        let last = (!terminal).then(Instant::now);
        *self.lock() = Some(Shown { terminal, line: ProgressLine::new(all), last });
    }

    /// Takes in how far the work is.
    pub fn show(&self, progress: Progress) {
        if let Some(shown) = self.lock().as_mut() {
            shown.line.show(progress);
            shown.draw();
        }
    }

    /// Takes in what the runs so far say.
    pub fn estimate(&self, estimate: RunEstimate) {
        if let Some(shown) = self.lock().as_mut() {
            shown.line.estimate(estimate);
            shown.draw();
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
        if self.lock().take().is_some_and(|shown| shown.terminal) {
            show_line(None);
        }
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        // Work that ended in an error has not said so.
        self.close();
    }
}

impl Shown {
    fn draw(&mut self) {
        let every = if self.terminal { SHOWN } else { LINES };
        if self.last.is_some_and(|last| last.elapsed() < every) {
            return;
        }
        self.last = Some(Instant::now());
        if self.terminal {
            let columns = Term::stderr().size_checked().map_or(COLUMNS, |(_, columns)| usize::from(columns));
            show_line(Some(self.line.text(columns.saturating_sub(FREE), true)));
        } else {
            tell(&self.line.text(usize::MAX, false));
        }
    }
}

/// The fullest line that fits into so many columns.
fn line(state: &State, columns: usize, bar: bool) -> String {
    let rate = (state.done - state.at_start.unwrap_or(state.done)) as f64 / state.seconds.max(1e-9);
    let left = (state.all.saturating_sub(state.done)) as f64 / rate;
    let known = rate > 0.0 && left.is_finite();
    let speed = if known { format!("{}/s", short(rate)) } else { "…/s".into() };
    let time = if known { span(left) } else { "…".into() };
    let runs = format!("{}/{} runs", state.done, state.all);
    let middle = state.estimate.as_ref().and_then(|found| Some((found, found.baseline?)));
    let what = |found: &RunEstimate| match found.outcome.as_str() {
        "attacks_completed" => "attacks".to_owned(),
        other => visible(&other.replace('_', " ")).to_string(),
    };
    let baseline = middle.map(|(found, spread)| format!("baseline {} {}", interval(spread), what(found)));
    let brief = middle.map(|(_, spread)| interval(spread));
    let leading = state.estimate.as_ref().and_then(|found| {
        let (label, spread) = found.leading.as_ref()?;
        let verb = if found.outcome == "attacks_completed" { "prevents" } else { "takes away" };
        Some(format!("{} {verb} {}", visible(label), interval(*spread)))
    });
    let join =
        |parts: &[Option<&String>]| parts.iter().flatten().map(|part| part.as_str()).collect::<Vec<_>>().join(" · ");
    let in_words = format!("{time} left");
    let full = join(&[Some(&runs), Some(&speed), Some(&in_words), baseline.as_ref(), leading.as_ref()]);
    let bare = format!("{}/{}", state.done, state.all);
    let forms = [
        if bar { format!("{} {full}", drawn(state)) } else { String::new() },
        full,
        join(&[Some(&runs), Some(&speed), Some(&in_words), baseline.as_ref()]),
        join(&[Some(&runs), Some(&speed), Some(&in_words), brief.as_ref()]),
        join(&[Some(&bare), Some(&speed), Some(&time), brief.as_ref()]),
        join(&[Some(&bare), Some(&speed), Some(&time)]),
        join(&[Some(&bare), Some(&time)]),
    ];
    forms.into_iter().find(|form| !form.is_empty() && wide(form) <= columns).unwrap_or(bare)
}

/// "21.0 [20.1, 21.9]".
fn interval(spread: Spread) -> String {
    format!("{} [{}, {}]", short(spread.mean), short(spread.low), short(spread.high))
}

/// A number with the digits that a glance takes in.
fn short(value: f64) -> String {
    match value.abs() {
        size if size >= 1e5 => format!("{value:.1e}"),
        size if size >= 100.0 => format!("{value:.0}"),
        size if size >= 10.0 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

fn drawn(state: &State) -> String {
    let full = (BAR as u64 * state.done / state.all.max(1)) as usize;
    format!("{}{}", "█".repeat(full.min(BAR)), "░".repeat(BAR - full.min(BAR)))
}

/// Columns that a text takes; signs of East Asian scripts and pictures take two.
fn wide(text: &str) -> usize {
    text.chars().map(|c| if c < '\u{1100}' || ('\u{2000}'..'\u{2e80}').contains(&c) { 1 } else { 2 }).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state() -> State {
        let spread = |mean, low, high| Spread { mean, low, high };
        let estimate = RunEstimate {
            n: 50,
            outcome: "attacks_completed".into(),
            baseline: Some(spread(20.98, 20.11, 21.85)),
            leading: Some(("Strikes on recruiters ×3".into(), spread(4.0, 3.45, 4.54))),
            events_at_most: None,
        };
        State { done: 600, all: 2_200, at_start: Some(100), seconds: 20.0, estimate: Some(estimate) }
    }

    #[test]
    fn runs_rate_time_left_and_estimate_stand_on_a_line_of_sixty_columns() {
        let found = line(&state(), 60 - FREE, true);
        assert_eq!(found, "600/2200 runs · 25.0/s · 64 s left · 21.0 [20.1, 21.9]");
        assert!(wide(&found) <= 60 - FREE);
    }

    #[test]
    fn wider_lines_say_more_and_none_is_wider_than_asked() {
        let mut before = 0;
        for columns in 1..200 {
            let found = line(&state(), columns, true);
            assert!(wide(&found) <= columns.max(8), "{columns}: {found}");
            assert!(wide(&found) >= before, "{columns}: {found}");
            before = wide(&found);
        }
        let whole = line(&state(), 200, true);
        assert!(whole.starts_with("█████░░░") && whole.contains("baseline 21.0 [20.1, 21.9] attacks"), "{whole}");
        assert!(whole.ends_with("Strikes on recruiters ×3 prevents 4.00 [3.45, 4.54]"), "{whole}");
    }

    #[test]
    fn runs_of_an_earlier_session_do_not_flatter_the_rate() {
        let resumed = State { done: 100, all: 200, at_start: Some(100), seconds: 5.0, estimate: None };
        assert_eq!(line(&resumed, 80, false), "100/200 runs · …/s · … left");
        let going = State { done: 110, ..resumed };
        assert_eq!(line(&going, 80, false), "110/200 runs · 2.00/s · 45 s left");
    }
}
