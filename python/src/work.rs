//! Long work beside Python: its threads are the work's own, the lock is free, and a signal is seen within a moment.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use forestall::cli::Failure;
use forestall::cli::answers::threads_within;
use pyo3::prelude::*;

use crate::errors::raised;

/// Time between two looks at signals and events.
const LOOK: Duration = Duration::from_millis(50);

/// What work says and hears.
pub struct Watch<'a, E> {
    /// Takes an event.
    pub tell: &'a (dyn Fn(E) + Sync),
    /// Set when the work is to stop.
    pub cancel: &'a AtomicBool,
}

enum Told<E, T> {
    Event(E),
    Done(Result<T, Failure>),
}

/// What came within one look.
struct Look<E, T> {
    receiver: Receiver<Told<E, T>>,
    events: Vec<E>,
    done: Option<Result<T, Failure>>,
    lost: bool,
}

/// Waits for events without the lock until a look is over or the work is done.
fn look<E: Send, T: Send>(py: Python<'_>, receiver: Receiver<Told<E, T>>) -> Look<E, T> {
    py.detach(move || {
        let mut found = Look { receiver, events: Vec::new(), done: None, lost: false };
        let end = Instant::now() + LOOK;
        loop {
            match found.receiver.recv_timeout(end.saturating_duration_since(Instant::now())) {
                Ok(Told::Event(event)) => found.events.push(event),
                Ok(Told::Done(result)) => {
                    found.done = Some(result);
                    return found;
                }
                Err(RecvTimeoutError::Timeout) => return found,
                Err(RecvTimeoutError::Disconnected) => {
                    found.lost = true;
                    return found;
                }
            }
        }
    })
}

/// Threads for one piece of work. They end with it, so that a process that forks afterwards inherits none.
fn pool(threads: Option<usize>) -> Result<rayon::ThreadPool, Failure> {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    if threads == Some(0) {
        return Err(Failure::usage(format!("threads are a whole number from 1 to {}", usize::MAX)));
    }
    // 0 lets the pool choose: all cores.
    let builder = rayon::ThreadPoolBuilder::new().num_threads(threads.map_or(0, |asked| threads_within(asked, cores)));
    builder.build().map_err(|error| Failure::usage(format!("threads cannot be started: {error}")))
}

/// Does work on so many threads, shows its events, and looks at signals meanwhile.
///
/// The first interrupt, or an error of `show`, stops the work after what is under way, and is raised when it has
/// ended. A second interrupt is raised at once; the work under way then ends by itself.
///
/// # Errors
/// The failure of the work, what a signal raises, what `show` raises.
pub fn attend<E: Send + 'static, T: Send + 'static>(
    py: Python<'_>,
    threads: Option<usize>,
    work: impl FnOnce(&Watch<'_, E>) -> Result<T, Failure> + Send + 'static,
    show: impl FnMut(Python<'_>, Vec<E>) -> PyResult<()>,
) -> PyResult<T> {
    beside(py, threads, work, show, true)
}

/// [`attend`], for work that `hears` that it is to stop, or does not.
fn beside<E: Send + 'static, T: Send + 'static>(
    py: Python<'_>,
    threads: Option<usize>,
    work: impl FnOnce(&Watch<'_, E>) -> Result<T, Failure> + Send + 'static,
    mut show: impl FnMut(Python<'_>, Vec<E>) -> PyResult<()>,
    hears: bool,
) -> PyResult<T> {
    let (sender, mut receiver) = channel();
    let stop = Arc::new(AtomicBool::new(false));
    let cancel = Arc::clone(&stop);
    let run = move || {
        let events = sender.clone();
        // Who has left at a second interrupt hears nothing more.
        let tell = move |event: E| drop(events.send(Told::Event(event)));
        let done = pool(threads).and_then(|pool| pool.install(|| work(&Watch { tell: &tell, cancel: &cancel })));
        drop(sender.send(Told::Done(done)));
    };
    let named = std::thread::Builder::new().name("forestall".into());
    named.spawn(run).map_err(|error| raised(py, Failure::usage(format!("threads cannot be started: {error}"))))?;
    let mut caught: Option<PyErr> = None;
    loop {
        let found = look(py, receiver);
        receiver = found.receiver;
        if let Some(first) = caught.take() {
            if py.check_signals().is_err() {
                return Err(first);
            }
            caught = Some(first);
        } else if let Err(error) = show(py, found.events).and_then(|()| py.check_signals()) {
            if !hears {
                return Err(error);
            }
            stop.store(true, Ordering::Relaxed);
            caught = Some(error);
        }
        match (found.done, caught.is_some()) {
            (Some(Ok(result)), false) => return Ok(result),
            (Some(Err(failure)), false) => return Err(raised(py, failure)),
            (None, _) if !found.lost => {}
            _ => {
                let defect = || raised(py, Failure::usage("a defect of the program stopped the work"));
                return Err(caught.unwrap_or_else(defect));
            }
        }
    }
}

/// Does work that tells no events and does not hear that it is to stop: an interrupt is raised at once, and the work
/// ends by itself.
///
/// # Errors
/// As [`attend`].
pub fn quietly<T: Send + 'static>(
    py: Python<'_>,
    threads: Option<usize>,
    work: impl FnOnce() -> Result<T, Failure> + Send + 'static,
) -> PyResult<T> {
    beside(py, threads, move |_: &Watch<'_, ()>| work(), |_, _| Ok(()), false)
}
