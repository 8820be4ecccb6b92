//! Interrupts: the first asks to stop after the work under way, the second leaves at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Context;

use super::outcome::Failure;
use super::terminal::tell;

/// Who sends interrupts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sender {
    /// Somebody at a terminal, who means it when asking twice.
    Person,
    /// A scheduler, which signals more than once, and sends what cannot be caught when it has lost patience.
    Scheduler,
}

/// A flag that the first interrupt sets; `work` names what is finished before the stop.
pub fn flag(work: &'static str, sender: Sender) -> Result<Arc<AtomicBool>, Failure> {
    let stop = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&stop);
    ctrlc::set_handler(move || match (flag.swap(true, Ordering::Relaxed), sender) {
        (false, sender) => {
            let next = match sender {
                Sender::Person => "press again to leave at once",
                Sender::Scheduler => "what is done is kept",
            };
            tell(&format!("\nstopping after the {work} under way; {next}"));
        }
        (true, Sender::Person) => std::process::exit(130),
        (true, Sender::Scheduler) => {}
    })
    .context("cannot listen for interrupts")?;
    Ok(stop)
}
