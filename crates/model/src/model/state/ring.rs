//! Those active in a neighbourhood, on a ring ordered by key: a newcomer takes a place and moves nobody else's.

use crate::engine::key::Key;

use super::ids::PersonId;

/// Somebody's place on the ring.
type Seat = (Key, PersonId);

/// Seats in one list on average, where a ring has many.
const ROOM: usize = 64;
/// Seats from which on a ring is cut into lists.
const MANY: usize = 8 * ROOM;

/// People ordered by key.
///
/// A few dozen people are active in most neighbourhoods: one short list is faster than a tree. Where many are, stretches
/// of the ring have lists of their own, so that a place costs the same however many there are.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ring {
    /// All seats, while they are few.
    few: Vec<Seat>,
    /// Lists of equal stretches of keys, a power of two of them, once there are many; empty before.
    many: Vec<Vec<Seat>>,
    /// Seats in `many`.
    count: usize,
}

impl Ring {
    /// How many people are active.
    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.few.len() + self.count
    }

    /// Whether nobody is.
    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Adds a person.
    #[inline]
    pub(crate) fn insert(&mut self, key: Key, id: PersonId) {
        if self.many.is_empty() && self.few.len() < MANY {
            let at = at_or_after(&self.few, (key, id), key.bits());
            self.few.insert(at, (key, id));
        } else {
            self.insert_among_many((key, id));
        }
    }

    #[cold]
    fn insert_among_many(&mut self, seat: Seat) {
        if self.len() >= 2 * ROOM * self.many.len() {
            self.cut();
        }
        let (stretch, within) = self.stretch(seat.0);
        let list = &mut self.many[stretch];
        let at = at_or_after(list, seat, within);
        list.insert(at, seat);
        self.count += 1;
    }

    /// Takes a person out.
    #[inline]
    pub(crate) fn remove(&mut self, key: Key, id: PersonId) {
        if self.many.is_empty() {
            let at = at_or_after(&self.few, (key, id), key.bits());
            if self.few.get(at) == Some(&(key, id)) {
                self.few.remove(at);
            }
        } else {
            self.remove_among_many((key, id));
        }
    }

    #[cold]
    fn remove_among_many(&mut self, seat: Seat) {
        let (stretch, within) = self.stretch(seat.0);
        let list = &mut self.many[stretch];
        let at = at_or_after(list, seat, within);
        if list.get(at) == Some(&seat) {
            list.remove(at);
            self.count -= 1;
        }
    }

    /// Everybody once round the ring, from the first at or after `key`.
    #[inline]
    pub(crate) fn from(&self, key: Key) -> Round<'_> {
        if self.many.is_empty() {
            let at = at_or_after(&self.few, (key, PersonId(0)), key.bits());
            return Round { here: self.few[at..].iter(), last: self.few[..at].iter(), lists: &[], next: 0, left: 0 };
        }
        self.round_among_many(key)
    }

    #[cold]
    fn round_among_many(&self, key: Key) -> Round<'_> {
        let (stretch, within) = self.stretch(key);
        let list = &self.many[stretch];
        let at = at_or_after(list, (key, PersonId(0)), within);
        let left = self.many.len() - 1;
        Round { here: list[at..].iter(), last: list[..at].iter(), lists: &self.many, next: stretch + 1, left }
    }

    /// The list in which a key has its place, and where in its stretch the key stands, as a share of 2⁶⁴.
    fn stretch(&self, key: Key) -> (usize, u64) {
        let place = u128::from(key.bits()) * self.many.len() as u128;
        ((place >> 64) as usize, place as u64)
    }

    /// Cuts the ring into lists of `ROOM` seats on average.
    fn cut(&mut self) {
        let all: Vec<Seat> = self.few.drain(..).chain(self.many.drain(..).flatten()).collect();
        self.few = Vec::new();
        self.count = all.len();
        self.many = vec![Vec::new(); (all.len() / ROOM).next_power_of_two()];
        for seat in all {
            let stretch = self.stretch(seat.0).0;
            self.many[stretch].push(seat);
        }
    }
}

/// Once round a ring.
#[derive(Clone, Debug)]
pub(crate) struct Round<'r> {
    here: std::slice::Iter<'r, Seat>,
    /// The seats before the first, in the first list.
    last: std::slice::Iter<'r, Seat>,
    lists: &'r [Vec<Seat>],
    /// The list that comes next, and how many are still to come before the round ends in the first.
    next: usize,
    left: usize,
}

impl Iterator for Round<'_> {
    type Item = Seat;

    #[inline]
    fn next(&mut self) -> Option<Seat> {
        match self.here.next() {
            Some(seat) => Some(*seat),
            None => self.go_on(),
        }
    }
}

impl Round<'_> {
    fn go_on(&mut self) -> Option<Seat> {
        while self.left > 0 {
            self.left -= 1;
            self.here = self.lists[self.next % self.lists.len()].iter();
            self.next += 1;
            if let Some(seat) = self.here.next() {
                return Some(*seat);
            }
        }
        self.here = std::mem::take(&mut self.last);
        self.here.next().copied()
    }
}

/// The first place in a list at or after a seat; `within` is where its key stands among the keys of the list, as a share
/// of 2⁶⁴.
///
/// Keys are spread evenly, so that a seat stands about where its key says: from there a step or two lead to it, through
/// less memory than a search by halves.
#[inline]
fn at_or_after(seats: &[Seat], seat: Seat, within: u64) -> usize {
    let mut at = ((u128::from(within) * seats.len() as u128) >> 64) as usize;
    while at > 0 && seats[at - 1] >= seat {
        at -= 1;
    }
    while at < seats.len() && seats[at] < seat {
        at += 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_ring_goes_round_and_forgets_who_left() {
        let mut ring = Ring::default();
        for (id, bits) in [50, 10, 30, 20].into_iter().enumerate() {
            ring.insert(Key::from_bits(bits), PersonId(id as u32));
        }
        let round = |ring: &Ring, from| ring.from(Key::from_bits(from)).map(|s| s.1.0).collect::<Vec<_>>();
        assert_eq!(round(&ring, 20), [3, 2, 0, 1]);
        assert_eq!(round(&ring, 51), [1, 3, 2, 0]);
        ring.remove(Key::from_bits(30), PersonId(2));
        ring.remove(Key::from_bits(30), PersonId(2));
        assert_eq!(round(&ring, 21), [0, 1, 3]);
        assert_eq!(ring.len(), 3);
        assert!(Ring::default().is_empty());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        /// Few and many, evenly spread keys and crowded ones.
        #[test]
        fn it_holds_what_a_tree_holds(
            count in prop::sample::select(vec![5_u64, 500, 3_000]),
            crowded in any::<bool>(),
            leave in 0_u64..4,
            looks in prop::collection::vec(any::<u64>(), 8),
        ) {
            let key = |i: u64| {
                let spread = i.wrapping_mul(0x9E37_79B9_7F4A_7C15);
                Key::from_bits(if crowded { spread >> 40 } else { spread })
            };
            let (mut ring, mut tree) = (Ring::default(), BTreeSet::new());
            for i in 0..count {
                ring.insert(key(i), PersonId(i as u32));
                tree.insert((key(i), PersonId(i as u32)));
                if leave > 0 && i % (leave + 1) == 0 {
                    let other = i / 2;
                    ring.remove(key(other), PersonId(other as u32));
                    tree.remove(&(key(other), PersonId(other as u32)));
                }
            }
            prop_assert_eq!((ring.len(), ring.is_empty()), (tree.len(), tree.is_empty()));
            for bits in looks.into_iter().chain([0, u64::MAX]) {
                let from = (Key::from_bits(bits), PersonId(0));
                let expected: Vec<_> = tree.range(from..).chain(tree.range(..from)).copied().collect();
                prop_assert_eq!(ring.from(from.0).collect::<Vec<_>>(), expected);
            }
        }
    }
}
