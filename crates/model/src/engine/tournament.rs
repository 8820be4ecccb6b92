//! The least of a fixed number of times that change often: a tournament among them.
//!
//! Each entry plays against its neighbour, the winners against one another, up to the root. When one time changes, only
//! the games on its way to the root are played again; there are no entries to move about and no handles to follow.

use super::order::{number, sortable};

/// A time for each of a fixed number of entries.
#[derive(Clone, Debug)]
pub(crate) struct Tournament {
    /// The games, the root at 1; the entries themselves from `entries` on.
    games: Vec<u64>,
    entries: usize,
}

impl Tournament {
    /// So many entries, none of which has a time.
    pub(crate) fn new(entries: usize) -> Self {
        let entries = entries.next_power_of_two();
        Self { games: vec![sortable(f64::INFINITY); 2 * entries], entries }
    }

    /// Gives an entry another time; infinity stands for none.
    #[inline]
    pub(crate) fn set(&mut self, entry: usize, time: f64) {
        debug_assert!(!time.is_nan());
        let mut at = self.entries + entry;
        let mut won = sortable(time);
        while self.games[at] != won {
            self.games[at] = won;
            if at == 1 {
                return;
            }
            won = won.min(self.games[at ^ 1]);
            at /= 2;
        }
    }

    /// The least time.
    #[inline]
    pub(crate) fn least(&self) -> f64 {
        number(self.games[1])
    }

    /// The entry that has it; of several the first.
    #[inline]
    pub(crate) fn first(&self) -> usize {
        let mut at = 1;
        while at < self.entries {
            at *= 2;
            at += usize::from(self.games[at] != self.games[1]);
        }
        at - self.entries
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Against a plain list, ties included.
        #[test]
        fn the_first_of_the_least_is_known(
            entries in 1_usize..40,
            steps in prop::collection::vec((any::<prop::sample::Index>(), 0_u8..10), 0..200),
        ) {
            let mut tournament = Tournament::new(entries);
            let mut plain = vec![f64::INFINITY; entries];
            for (entry, time) in steps {
                let entry = entry.index(entries);
                let time = if time == 9 { f64::INFINITY } else { f64::from(time) - 4.0 };
                tournament.set(entry, time);
                plain[entry] = time;
                let least = plain.iter().copied().fold(f64::INFINITY, f64::min);
                prop_assert_eq!(tournament.least(), least);
                if least.is_finite() {
                    prop_assert_eq!(Some(tournament.first()), plain.iter().position(|t| *t == least));
                }
            }
        }
    }
}
