//! Quantities over time: means of what is followed, and reactions that decay.

use crate::engine::hazard::Term;

/// A quantity followed as a mean over time.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct TimeMean {
    value: f64,
    since: f64,
    sum: f64,
    from: f64,
}

impl TimeMean {
    pub(crate) fn set(&mut self, now: f64, value: f64) {
        self.sum += self.value * (now - self.since);
        self.since = now;
        self.value = value;
    }

    /// The mean since the last call (or the start), and a new beginning.
    pub(crate) fn take(&mut self, now: f64) -> f64 {
        self.set(now, self.value);
        let span = now - self.from;
        let mean = if span > 0.0 { self.sum / span } else { self.value };
        self.sum = 0.0;
        self.from = now;
        mean
    }

    pub(crate) fn begin(&mut self, now: f64) {
        self.since = now;
        self.from = now;
        self.sum = 0.0;
    }
}

/// A decaying reaction to events: `amplitude · exp(−(t − reference) / memory)`.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Reaction {
    pub(crate) amplitude: f64,
    pub(crate) reference: f64,
}

impl Reaction {
    pub(crate) fn at(&self, now: f64, memory_days: f64) -> f64 {
        if self.amplitude == 0.0 { 0.0 } else { self.amplitude * libm::exp(-(now - self.reference) / memory_days) }
    }

    pub(crate) fn kick(&mut self, now: f64, memory_days: f64, amount: f64) {
        self.amplitude = self.at(now, memory_days) + amount;
        self.reference = now;
    }

    pub(crate) fn term(&self, scale: f64, memory_days: f64) -> Term {
        if self.amplitude * scale == 0.0 {
            return Term::ZERO;
        }
        Term { amplitude: self.amplitude * scale, decay: 1.0 / memory_days, reference: self.reference }
    }
}
