//! Stable 64-bit names of entities.

use super::draw::philox2x64;

/// The name of an entity: a function of its parent's name, the decision that made it and a counter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(u64);

/// Names must not depend on seed or replication, so their mixing has a fixed generator key.
const NAMING: u64 = 0x666F_7265_7374_616C;

impl Key {
    /// The key of no entity.
    pub const NONE: Self = Self(0);

    /// The key of a top-level entity with a public name, such as a country code.
    pub fn root(name: &str) -> Self {
        let mut state = [NAMING, name.len() as u64];
        for chunk in name.as_bytes().chunks(8) {
            let mut word = [0_u8; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            state = philox2x64([state[0] ^ u64::from_le_bytes(word), state[1]], NAMING);
        }
        Self(state[0])
    }

    /// The key of the `counter`-th entity that this one makes by `decision`.
    #[inline]
    #[must_use]
    pub fn child(self, decision: u16, counter: u64) -> Self {
        let what = u64::from(decision) << 48 ^ counter;
        Self(philox2x64([self.0, what], NAMING)[0])
    }

    /// The key as a word.
    #[inline]
    pub fn bits(self) -> u64 {
        self.0
    }

    /// The key from a word, as read back from a file.
    pub fn from_bits(bits: u64) -> Self {
        Self(bits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_differ_by_parent_decision_and_counter() {
        let mut seen = std::collections::BTreeSet::new();
        for name in ["FR", "DE", "BE", "a name longer than eight bytes", "a name longer than eight bytes!"] {
            let root = Key::root(name);
            assert!(seen.insert(root));
            for decision in 0..20 {
                for counter in 0..200 {
                    assert!(seen.insert(root.child(decision, counter)));
                }
            }
        }
    }
}
