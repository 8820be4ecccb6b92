//! A group clock with lazy deletion: members are never taken out, their owner knows who still waits.
//!
//! Most people leave a state before most of its clocks would ring for them. To take each of them out of each
//! clock would touch memory that nothing else needs. Here a member brings a ticket; when the clock rings, the
//! owner compares it with the ticket that the person holds now and passes over a ring that is out of date.
//! Coming costs O(1) unless the threshold is near, going costs nothing.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::clock::Advance;
use super::hazard::Hazard;
use super::order::{number, sortable};

/// A refill sorts in one in so many of the far members, but at least [`FEWEST`].
const PART: usize = 2;
const FEWEST: usize = 32;

/// One member: the sortable bits of the integrated hazard at which it rings, who it is, and its ticket.
type Member = (u64, u32, u32);

/// The group.
#[derive(Clone, Debug)]
pub struct LazyClock {
    advance: Advance,
    /// The near ones of the last refill, the next one at the end.
    near: Vec<Member>,
    /// Those who have come since and stand as near.
    late: BinaryHeap<Reverse<Member>>,
    far: Vec<Member>,
    limit: u64,
}

impl LazyClock {
    /// An empty group with no hazard, anchored at `now`.
    pub fn new(now: f64) -> Self {
        Self { advance: Advance::new(now), near: Vec::new(), late: BinaryHeap::new(), far: Vec::new(), limit: 0 }
    }

    /// Runs the group at another hazard from `now` on; returns whether anything changed.
    pub fn set_hazard(&mut self, now: f64, hazard: Hazard) -> bool {
        self.advance.set_hazard(now, hazard)
    }

    /// The hazard that the group shares.
    pub fn hazard(&self) -> Hazard {
        self.advance.hazard()
    }

    /// Makes room for so many more members.
    pub fn reserve(&mut self, more: usize) {
        self.far.reserve(more);
    }

    /// Adds a member with a unit-mean threshold and a factor > 0 that multiplies the shared hazard; returns
    /// whether it may be the next to ring.
    #[inline]
    pub fn join(&mut self, now: f64, who: u32, ticket: u32, threshold: f64, factor: f64) -> bool {
        debug_assert!(factor > 0.0);
        let at = sortable(self.advance.integrated(now) + threshold / factor);
        let next = self.first().is_none_or(|first| at < first);
        if at > self.limit {
            self.far.push((at, who, ticket));
        } else {
            self.late.push(Reverse((at, who, ticket)));
        }
        next
    }

    /// The least threshold among the near.
    #[inline]
    fn first(&self) -> Option<u64> {
        match (self.near.last(), self.late.peek()) {
            (Some(near), Some(late)) => Some(near.0.min(late.0.0)),
            (near, late) => near.map(|m| m.0).or(late.map(|m| m.0.0)),
        }
    }

    /// When the next member rings, present or gone, if nothing changes; infinity if none ever does.
    #[inline]
    pub fn due(&mut self) -> f64 {
        if self.near.is_empty() && self.late.is_empty() {
            self.refill();
        }
        let Some(first) = self.first() else { return f64::INFINITY };
        self.advance.due(number(first))
    }

    /// Takes out a member whose threshold is the least; of several, any.
    #[inline]
    fn pop(&mut self) -> Option<Member> {
        match (self.near.last(), self.late.peek()) {
            (Some(near), Some(Reverse(late))) if late.0 < near.0 => self.late.pop().map(|m| m.0),
            (Some(_), _) => self.near.pop(),
            (None, _) => self.late.pop().map(|m| m.0),
        }
    }

    /// Takes out the member whose event is due: who, and with which ticket. Of members with the very same
    /// threshold the one with the smallest key comes first, whoever came first.
    pub fn ring(&mut self, key: impl Fn(u32) -> u64) -> Option<(u32, u32)> {
        let mut first = self.pop()?;
        let mut others = Vec::new();
        while self.first() == Some(first.0) {
            let Some(other) = self.pop() else { break };
            let later = if key(other.1) < key(first.1) { std::mem::replace(&mut first, other) } else { other };
            others.push(later);
        }
        self.late.extend(others.into_iter().map(Reverse));
        Some((first.1, first.2))
    }

    /// Sorts in the nearest of the far members.
    #[cold]
    fn refill(&mut self) {
        if self.far.is_empty() {
            return;
        }
        let wanted = (self.far.len() / PART).max(FEWEST);
        let last = self.far.len().saturating_sub(1);
        // Members at the limit itself go together, so that equal thresholds meet.
        self.limit = self.far.select_nth_unstable(wanted.min(last)).1.0;
        let limit = self.limit;
        let near = &mut self.near;
        self.far.retain(|&member| {
            let here = member.0 <= limit;
            if here {
                near.push(member);
            }
            !here
        });
        self.near.sort_unstable_by_key(|&member| Reverse(member));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn constant(rate: f64) -> LazyClock {
        let mut clock = LazyClock::new(0.0);
        clock.set_hazard(0.0, Hazard::constant(rate));
        clock
    }

    proptest! {
        /// Against a sorted list, whatever comes late.
        #[test]
        fn rings_in_the_order_of_thresholds(first in prop::collection::vec(0_u16..500, 1..200),
                                            later in prop::collection::vec((0_u16..500, 1_u8..4), 0..100)) {
            let mut clock = constant(1.0);
            let mut plain: Vec<(u16, u64, u32)> = Vec::new();
            // Keys run against the order of coming.
            let key = |who: u32| u64::from(1_000 - who);
            for (i, &t) in first.iter().enumerate() {
                clock.join(0.0, i as u32, 7, f64::from(t), 1.0);
                plain.push((t, key(i as u32), i as u32));
            }
            let mut later = later.into_iter();
            let mut next = first.len() as u32;
            while !plain.is_empty() {
                plain.sort_unstable();
                let (t, _, who) = plain.remove(0);
                prop_assert_eq!(clock.due(), f64::from(t));
                prop_assert_eq!(clock.ring(key), Some((who, 7)));
                if let Some((more, factor)) = later.next() {
                    clock.join(0.0, next, 7, f64::from(more) * f64::from(factor), f64::from(factor));
                    plain.push((more, key(next), next));
                    next += 1;
                }
            }
            prop_assert_eq!(clock.due(), f64::INFINITY);
        }
    }

    #[test]
    fn follows_its_hazard() {
        let mut clock = constant(0.1);
        clock.join(0.0, 1, 0, 1.0, 2.0);
        assert!((clock.due() - 5.0).abs() < 1e-12);
        assert!(clock.set_hazard(2.0, Hazard::ZERO));
        assert_eq!(clock.due(), f64::INFINITY);
        assert!(clock.set_hazard(10.0, Hazard::constant(0.3)));
        assert!((clock.due() - 11.0).abs() < 1e-12);
        let due = clock.due();
        for i in 0..1000 {
            assert!(!clock.set_hazard(10.0 + f64::from(i) * 1e-4, Hazard::constant(0.3)));
        }
        assert_eq!(clock.due().to_bits(), due.to_bits());
    }
}
