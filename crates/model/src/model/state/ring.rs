//! Those active in a neighbourhood, on a ring ordered by key: a newcomer takes a place and moves nobody else's.

use crate::engine::key::Key;

use super::ids::PersonId;

/// People ordered by key.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ring {
    // A few dozen people in most neighbourhoods: one short list is faster than a tree.
    seats: Vec<(Key, PersonId)>,
}

impl Ring {
    /// How many people are active.
    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.seats.len()
    }

    /// Whether nobody is.
    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        self.seats.is_empty()
    }

    /// The first seat at or after one. Keys are spread evenly, so that a seat stands about where its key says:
    /// from there a step or two lead to it, through less memory than a search by halves.
    #[inline]
    fn at_or_after(&self, seat: (Key, PersonId)) -> usize {
        let seats = &self.seats;
        let mut at = ((u128::from(seat.0.bits()) * seats.len() as u128) >> 64) as usize;
        while at > 0 && seats[at - 1] >= seat {
            at -= 1;
        }
        while at < seats.len() && seats[at] < seat {
            at += 1;
        }
        at
    }

    /// Adds a person.
    #[inline]
    pub(crate) fn insert(&mut self, key: Key, id: PersonId) {
        let at = self.at_or_after((key, id));
        self.seats.insert(at, (key, id));
    }

    /// Takes a person out.
    #[inline]
    pub(crate) fn remove(&mut self, key: Key, id: PersonId) {
        let at = self.at_or_after((key, id));
        if self.seats.get(at) == Some(&(key, id)) {
            self.seats.remove(at);
        }
    }

    /// Everybody once round the ring, from the first at or after `key`.
    #[inline]
    pub(crate) fn from(&self, key: Key) -> impl Iterator<Item = (Key, PersonId)> + Clone + '_ {
        let at = self.at_or_after((key, PersonId(0)));
        self.seats[at..].iter().chain(&self.seats[..at]).copied()
    }
}

#[cfg(test)]
mod tests {
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
}
