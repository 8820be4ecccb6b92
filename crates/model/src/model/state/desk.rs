//! The analysts' desk of one service: the queue of leads, and the counted false leads at work.

use std::collections::BinaryHeap;

use crate::engine::clock::Countdown;
use crate::engine::hazard::Hazard;
use crate::engine::heap::Handle;

use super::ids::LeadId;
use super::over_time::TimeMean;

/// The analysts' desk of one service.
#[derive(Clone, Debug, Default)]
pub(crate) struct Desk {
    pub(crate) queue: BinaryHeap<Waiting>,
    pub(crate) busy: u32,
    /// Analysts on duty under the parameters in force.
    pub(crate) analysts: u32,
    /// ln(π ⁄ (1 − π)) under the parameters in force.
    pub(crate) prior_log_odds: f64,
    pub(crate) cohort: Cohort,
    /// Waiting leads that the world outside the desk depends on.
    pub(crate) pressing: u32,
    /// Running sting cases; they bind officers, not analysts.
    pub(crate) stings: u32,
    pub(crate) analyst_use: TimeMean,
    /// Sum of waiting times from day 0 on, for the mean queue by Little's law.
    pub(crate) waited_days: f64,
    pub(crate) served_waits: f64,
    pub(crate) served: u32,
}

impl Desk {
    /// So many analysts more, or fewer, are at work from now on.
    #[inline]
    pub(crate) fn set_busy(&mut self, now: f64, change: i32) {
        self.busy = self.busy.saturating_add_signed(change);
        self.analyst_use.set(now, f64::from(self.busy));
    }

    /// A lead has waited up to a moment, when it was taken up or not.
    #[inline]
    pub(crate) fn note_wait(&mut self, arrival: f64, until: f64, served: bool) {
        self.waited_days += (until - arrival.max(0.0)).max(0.0);
        if served && until >= 0.0 {
            self.served += 1;
            self.served_waits += until - arrival;
        }
    }

    /// A lead joins the queue.
    #[inline]
    pub(crate) fn put(&mut self, waiting: Waiting) {
        self.pressing += u32::from(waiting.presses);
        self.queue.push(waiting);
    }

    /// The best lead that waits leaves the queue.
    #[inline]
    pub(crate) fn take(&mut self) -> Option<Waiting> {
        let first = self.queue.pop()?;
        self.pressing -= u32::from(first.presses);
        Some(first)
    }
}

/// A lead in the queue; a counted one has no entry anywhere else.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Waiting {
    pub(crate) priority: f64,
    pub(crate) arrival: f64,
    pub(crate) deadline: f64,
    pub(crate) lead: LeadId,
    /// Whether anything but this desk depends on when it is taken up.
    pub(crate) presses: bool,
    pub(crate) order: u64,
}

impl PartialEq for Waiting {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}
impl Eq for Waiting {}
impl PartialOrd for Waiting {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Waiting {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.priority
            .total_cmp(&other.priority)
            .then(other.arrival.total_cmp(&self.arrival))
            .then(other.order.cmp(&self.order))
    }
}

/// What a desk knows of its counted leads.
#[derive(Clone, Debug)]
pub(crate) struct Cohort {
    /// False leads without consequence that have arrived; also the name of the next one.
    pub(crate) arrived: u32,
    pub(crate) clock: Countdown,
    pub(crate) seeded: bool,
    /// When the next one arrives.
    pub(crate) due: f64,
    /// The stream of those that will open a file.
    pub(crate) opening: Countdown,
    pub(crate) opening_at: Handle,
    pub(crate) opened: u32,
    pub(crate) assessment: Assessment,
    pub(crate) told: Told,
}

impl Default for Cohort {
    fn default() -> Self {
        Self {
            arrived: 0,
            clock: Countdown::start(0.0, 1.0, Hazard::ZERO),
            seeded: false,
            due: f64::INFINITY,
            opening: Countdown::start(0.0, 1.0, Hazard::ZERO),
            opening_at: Handle::NONE,
            opened: 0,
            assessment: Assessment::default(),
            told: Told::default(),
        }
    }
}

impl Cohort {
    /// Books the next arrival.
    #[inline]
    pub(crate) fn book(&mut self, from: f64, threshold: f64, hazard: Hazard) {
        self.clock = Countdown::start(from, threshold, hazard);
        self.due = self.clock.due();
    }
}

/// The analysts at work on leads that will come to nothing, and when the first of them is free.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Assessment {
    pub(crate) busy: u32,
    /// Assessments finished; also the name of the next threshold.
    pub(crate) finished: u32,
    pub(crate) anchor: f64,
    pub(crate) left: f64,
    pub(crate) per_day: f64,
    pub(crate) due: f64,
}

impl Default for Assessment {
    fn default() -> Self {
        Self { busy: 0, finished: 0, anchor: 0.0, left: f64::NAN, per_day: 0.0, due: f64::INFINITY }
    }
}

impl Assessment {
    /// So many analysts at work from now on, each at this rate; what is left of the threshold stays.
    pub(crate) fn set(&mut self, now: f64, busy: u32, rate: f64) {
        if busy == self.busy && f64::from(busy) * rate == self.per_day {
            return;
        }
        self.left = (self.left - self.per_day * (now - self.anchor)).max(0.0);
        self.anchor = now;
        self.busy = busy;
        self.per_day = f64::from(busy) * rate;
        self.due = if self.per_day > 0.0 { now + self.left / self.per_day } else { f64::INFINITY };
    }

    /// The first is done: a new threshold for the next.
    pub(crate) fn done(&mut self, now: f64, rate: f64, threshold: f64) {
        self.finished += 1;
        (self.left, self.anchor, self.per_day) = (threshold, now, 0.0);
        self.due = f64::INFINITY;
        self.set(now, self.busy - 1, rate);
    }
}

/// Facts of the present month that are still to be told.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Told {
    pub(crate) received: Sum,
    pub(crate) waited: Sum,
    pub(crate) assessed: Sum,
}

/// A number of equal facts, with the sum of their values and the time of the last.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Sum {
    pub(crate) number: u32,
    pub(crate) value: f64,
    pub(crate) last: f64,
}

impl Sum {
    pub(crate) fn add(&mut self, time: f64, value: f64) {
        self.number += 1;
        self.value += value;
        self.last = time;
    }
}

/// The hazards of the two streams of false leads.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FalseLeads {
    /// False leads that will come to nothing.
    pub(crate) idle: Hazard,
    /// False leads that will open a file on a resident.
    pub(crate) opening: Hazard,
}
