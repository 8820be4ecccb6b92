//! A ramp: how a dated change takes its effect in steps.

use jiff::civil::Date;

use crate::engine::time::days_between;

/// The days of a dated change: in force from the first to the last, with its full effect after the ramp.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Ramp {
    /// First time in force, in days from the scenario's start.
    pub from: f64,
    /// First time no longer in force.
    pub until: f64,
    /// Time until the full effect.
    days: u32,
    /// Time between steps.
    step_days: u32,
}

impl Ramp {
    /// A ramp between two days; without a first day it is in force from before the warm-up.
    pub(super) fn new(start: Date, from: Option<Date>, until: Option<Date>, days: u32, step_days: u32) -> Self {
        Self {
            from: from.map_or(f64::NEG_INFINITY, |first| days_between(start, first)),
            until: until.map_or(f64::INFINITY, |last| days_between(start, last) + 1.0),
            days,
            step_days: step_days.max(1),
        }
    }

    /// How many steps it has.
    pub(super) fn steps(days: u32, step_days: u32) -> u32 {
        days.div_ceil(step_days.max(1)).max(1)
    }

    /// The times at which the effect changes.
    pub(super) fn times(&self) -> Vec<f64> {
        let step = f64::from(self.step_days);
        let steps = Self::steps(self.days, self.step_days);
        let mut times: Vec<f64> = (0..steps).map(|k| self.from + f64::from(k) * step).collect();
        times.retain(|t| *t < self.until);
        times.push(self.until);
        times
    }

    /// The share of the whole effect at a time; `None` where it is not in force.
    pub(super) fn fraction(&self, time: f64) -> Option<f64> {
        if time < self.from || time >= self.until {
            return None;
        }
        if self.from == f64::NEG_INFINITY {
            return Some(1.0);
        }
        let passed = libm::floor((time - self.from) / f64::from(self.step_days)) + 1.0;
        let steps = f64::from(Self::steps(self.days, self.step_days));
        Some(passed.min(steps) / steps)
    }
}
