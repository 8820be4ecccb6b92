//! Interrupts: the first asks to stop after the work under way, the second leaves at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use anyhow::Context;

use super::outcome::Failure;

/// A flag that the first interrupt sets; `work` names in the plural what is finished before the stop.
pub fn flag(work: &'static str) -> Result<Arc<AtomicBool>, Failure> {
    let stop = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&stop);
    let presses = AtomicU32::new(0);
    ctrlc::set_handler(move || {
        flag.store(true, Ordering::Relaxed);
        if presses.fetch_add(1, Ordering::Relaxed) == 0 {
            eprintln!("\nstopping after the {work} under way; press again to leave at once");
        } else {
            std::process::exit(130);
        }
    })
    .context("cannot listen for interrupts")?;
    Ok(stop)
}
