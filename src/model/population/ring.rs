//! Those active in a neighbourhood, on a ring ordered by key: a newcomer takes a place and moves nobody else's.

use crate::engine::key::Key;

/// People ordered by key.
#[derive(Clone, Debug, Default)]
pub struct Ring {
    // A few dozen people in most neighbourhoods: one short list is faster than a tree.
    seats: Vec<(Key, u32)>,
}

impl Ring {
    /// How many people are active.
    pub(crate) fn len(&self) -> usize {
        self.seats.len()
    }

    /// Whether nobody is.
    pub(crate) fn is_empty(&self) -> bool {
        self.seats.is_empty()
    }

    /// Adds a person.
    pub(crate) fn insert(&mut self, key: Key, id: u32) {
        let at = self.seats.partition_point(|seat| *seat < (key, id));
        self.seats.insert(at, (key, id));
    }

    /// Takes a person out.
    pub(crate) fn remove(&mut self, key: Key, id: u32) {
        if let Ok(at) = self.seats.binary_search(&(key, id)) {
            self.seats.remove(at);
        }
    }

    /// Everybody once round the ring, from the first at or after `key`.
    pub(crate) fn from(&self, key: Key) -> impl Iterator<Item = (Key, u32)> + '_ {
        let at = self.seats.partition_point(|seat| seat.0 < key);
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
            ring.insert(Key::from_bits(bits), id as u32);
        }
        let round = |ring: &Ring, from| ring.from(Key::from_bits(from)).map(|s| s.1).collect::<Vec<_>>();
        assert_eq!(round(&ring, 20), [3, 2, 0, 1]);
        assert_eq!(round(&ring, 51), [1, 3, 2, 0]);
        ring.remove(Key::from_bits(30), 2);
        ring.remove(Key::from_bits(30), 2);
        assert_eq!(round(&ring, 21), [0, 1, 3]);
        assert_eq!(ring.len(), 3);
        assert!(Ring::default().is_empty());
    }
}
