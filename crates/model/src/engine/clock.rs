//! Unit-rate Poisson clocks run at a hazard: one alone, or many that share an integrated hazard.
//!
//! A member has a keyed exponential threshold, and its event happens when the shared integrated
//! hazard times its own factor reaches it. Advancing the group is one addition however many wait in
//! it. When a factor changes, what is left of the threshold is rescaled, never drawn anew; when the
//! hazard's bits do not change, nothing moves.

use super::hazard::Hazard;
use super::heap::{Handle, IndexedHeap, Tie};

/// A single clock with its own hazard.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Countdown {
    anchor: f64,
    left: f64,
    hazard: Hazard,
}

impl Countdown {
    /// A clock started at `now` with an exponential threshold in units of integrated hazard.
    pub(crate) fn start(now: f64, threshold: f64, hazard: Hazard) -> Self {
        Self { anchor: now, left: threshold, hazard }
    }

    /// Runs the clock at another hazard from `now` on; returns whether anything changed.
    pub(crate) fn set(&mut self, now: f64, hazard: Hazard) -> bool {
        if self.hazard.same_bits(&hazard) {
            return false;
        }
        self.left = (self.left - self.hazard.integral(self.anchor, now)).max(0.0);
        self.anchor = now;
        self.hazard = hazard;
        true
    }

    /// When the clock will ring if nothing changes.
    #[inline]
    pub(crate) fn due(&self) -> f64 {
        self.hazard.reach(self.anchor, self.left)
    }

    /// The hazard that it runs at.
    pub(crate) fn hazard(&self) -> Hazard {
        self.hazard
    }
}

/// One member of a group.
#[derive(Clone, Copy, Debug)]
pub struct Member {
    /// Its stable name, which also orders ties.
    pub key: u64,
    /// The caller's own reference to it.
    pub payload: u32,
    /// The occasion of its draw, for ties and for the next draw's address.
    pub occasion: u32,
    factor: f64,
}

impl Tie for Member {
    fn tie(&self) -> (u16, u64, u32) {
        (0, self.key, self.occasion)
    }
}

/// The integrated hazard of a group, and when it reaches a threshold.
#[derive(Clone, Debug)]
pub(super) struct Advance {
    anchor: f64,
    reached: f64,
    hazard: Hazard,
    /// Whether the hazard is a constant, as most are.
    steady: bool,
    /// The threshold for which `due` was solved last, and the answer; both hold until the hazard changes.
    solved: Option<(f64, f64)>,
}

impl Advance {
    pub(super) fn new(now: f64) -> Self {
        Self { anchor: now, reached: 0.0, hazard: Hazard::ZERO, steady: true, solved: None }
    }

    #[inline]
    pub(super) fn integrated(&self, now: f64) -> f64 {
        let since =
            if self.steady { self.hazard.base * (now - self.anchor) } else { self.hazard.integral(self.anchor, now) };
        self.reached + since
    }

    pub(super) fn set_hazard(&mut self, now: f64, hazard: Hazard) -> bool {
        if self.hazard.same_bits(&hazard) {
            return false;
        }
        self.reached = self.integrated(now);
        self.anchor = now;
        self.hazard = hazard;
        self.steady = !hazard.decays();
        self.solved = None;
        true
    }

    pub(super) fn hazard(&self) -> Hazard {
        self.hazard
    }

    #[inline]
    pub(super) fn due(&mut self, at: f64) -> f64 {
        if self.steady && self.hazard.base > 0.0 {
            return self.anchor + (at - self.reached).max(0.0) / self.hazard.base;
        }
        match self.solved {
            Some((threshold, due)) if threshold == at => due,
            _ => {
                let due = self.hazard.reach(self.anchor, (at - self.reached).max(0.0));
                self.solved = Some((at, due));
                due
            }
        }
    }
}

/// A group of members that share one hazard up to a constant factor each.
#[derive(Clone, Debug)]
pub struct Clock {
    advance: Advance,
    waiting: IndexedHeap<Member>,
}

impl Clock {
    /// An empty group with no hazard, anchored at `now`.
    pub fn new(now: f64) -> Self {
        Self { advance: Advance::new(now), waiting: IndexedHeap::default() }
    }

    /// Runs the group at another hazard from `now` on; returns whether anything changed.
    pub fn set_hazard(&mut self, now: f64, hazard: Hazard) -> bool {
        self.advance.set_hazard(now, hazard)
    }

    /// Adds a member with a unit-mean threshold and a factor > 0 that multiplies the shared hazard.
    pub fn join(&mut self, now: f64, key: u64, payload: u32, occasion: u32, threshold: f64, factor: f64) -> Handle {
        debug_assert!(factor > 0.0);
        let at = self.advance.integrated(now) + threshold / factor;
        self.waiting.push(at, Member { key, payload, occasion, factor })
    }

    /// Takes a member out and returns what is left of its unit-mean threshold.
    pub fn leave(&mut self, now: f64, handle: Handle) -> Option<f64> {
        let (at, member) = self.waiting.remove(handle)?;
        Some(((at - self.advance.integrated(now)) * member.factor).max(0.0))
    }

    /// Changes a member's factor (> 0); what is left of its threshold stays the same. Returns whether the next
    /// to ring, or when it rings, may have changed.
    pub fn set_factor(&mut self, now: f64, handle: Handle, factor: f64) -> bool {
        debug_assert!(factor > 0.0);
        let Some((at, member)) = self.waiting.get(handle) else { return false };
        if member.factor.to_bits() == factor.to_bits() {
            return false;
        }
        let here = self.advance.integrated(now);
        let left = ((at - here) * member.factor).max(0.0);
        if let Some(entry) = self.waiting.get_mut(handle) {
            entry.factor = factor;
        }
        let before = self.waiting.nearest();
        self.waiting.update(handle, here + left / factor);
        before.is_none() || self.waiting.nearest() != before
    }

    /// When the next member's event happens if nothing changes; infinity if none ever does.
    pub fn due(&mut self) -> f64 {
        self.waiting.peek().map_or(f64::INFINITY, |(at, _)| self.advance.due(at))
    }

    /// Takes out the member whose event is due.
    pub fn ring(&mut self) -> Option<Member> {
        self.waiting.pop().map(|(_, member)| member)
    }

    /// The part of the hazard at `now` that is decaying, 0 to 1; 0 without a hazard.
    pub fn decaying_share(&self, now: f64) -> f64 {
        self.advance.hazard.decaying_share(now)
    }

    /// The hazard that the group shares.
    pub fn hazard(&self) -> Hazard {
        self.advance.hazard()
    }

    /// A member's factor.
    pub fn factor(&self, handle: Handle) -> Option<f64> {
        self.waiting.get(handle).map(|(_, member)| member.factor)
    }

    /// The occasion of a member's draw.
    pub fn occasion(&self, handle: Handle) -> Option<u32> {
        self.waiting.get(handle).map(|(_, member)| member.occasion)
    }

    /// How many members wait.
    pub fn len(&self) -> usize {
        self.waiting.len()
    }

    /// Whether nobody waits.
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::hazard::Term;

    #[test]
    fn a_thousand_idle_updates_change_nothing() {
        let hazard = Hazard::with(0.1, Term { amplitude: 0.3, decay: 0.01, reference: 2.0 });
        let mut clock = Clock::new(0.0);
        clock.set_hazard(3.0, hazard);
        let handle = clock.join(5.0, 1, 0, 0, 0.7, 2.0);
        let due = clock.due();
        for i in 0..1000 {
            clock.set_hazard(5.0 + f64::from(i) * 1e-4, hazard);
            clock.set_factor(5.0 + f64::from(i) * 1e-4, handle, 2.0);
        }
        assert_eq!(clock.due().to_bits(), due.to_bits());
    }

    #[test]
    fn a_bystander_moves_nobody() {
        let mut alone = Clock::new(0.0);
        let mut shared = Clock::new(0.0);
        for clock in [&mut alone, &mut shared] {
            clock.set_hazard(0.0, Hazard::constant(0.2));
        }
        alone.join(1.0, 1, 0, 0, 0.9, 1.5);
        shared.join(0.5, 2, 1, 0, 50.0, 1.0);
        shared.join(1.0, 1, 0, 0, 0.9, 1.5);
        assert_eq!(alone.due().to_bits(), shared.due().to_bits());
        alone.set_hazard(2.0, Hazard::constant(0.1));
        shared.set_hazard(2.0, Hazard::constant(0.1));
        assert_eq!(alone.due().to_bits(), shared.due().to_bits());
    }

    #[test]
    fn the_threshold_left_is_rescaled() {
        let mut clock = Clock::new(0.0);
        clock.set_hazard(0.0, Hazard::constant(0.1));
        let handle = clock.join(0.0, 1, 0, 0, 1.0, 1.0);
        clock.set_factor(5.0, handle, 2.0);
        // Half of the threshold is used up by day 5; the rest runs twice as fast.
        assert!((clock.due() - 7.5).abs() < 1e-12);
        assert!((clock.leave(6.0, handle).unwrap_or(f64::NAN) - 0.3).abs() < 1e-12);
    }

    #[test]
    fn a_countdown_follows_its_hazard() {
        let mut clock = Countdown::start(0.0, 1.0, Hazard::constant(0.1));
        assert!(!clock.set(1.0, Hazard::constant(0.1)));
        assert!(clock.set(5.0, Hazard::ZERO));
        assert_eq!(clock.due(), f64::INFINITY);
        assert!(clock.set(100.0, Hazard::constant(0.25)));
        assert!((clock.due() - 102.0).abs() < 1e-12);
    }
}
