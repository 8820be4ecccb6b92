//! How a caller watches work that takes long, and stops it.

use std::sync::atomic::{AtomicBool, Ordering};

/// Nobody sets this.
static NEVER: AtomicBool = AtomicBool::new(false);

/// Watches work of which events of kind `E` are told, and can stop it.
///
/// Events may come from any thread of the pool that the work is done in.
pub struct Monitor<'a, E> {
    /// Called with each event.
    pub observe: &'a (dyn Fn(E) + Sync),
    /// Set to stop after the runs under way; what is done is kept.
    pub cancel: &'a AtomicBool,
}

impl<E> Monitor<'_, E> {
    /// Watches nothing and never stops.
    pub fn none() -> Self {
        Self { observe: &|_| (), cancel: &NEVER }
    }

    /// Tells an event.
    pub(crate) fn tell(&self, event: E) {
        (self.observe)(event);
    }

    /// Whether the work is to stop.
    pub(crate) fn cancelled(&self) -> bool {
        self.cancel.load(Ordering::Relaxed)
    }
}
