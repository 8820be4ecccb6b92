//! An indexed four-ary min-heap with a list of far entries: entries can be moved or taken out by handle, and
//! ties have a fixed order.

use super::order::{number, sortable};

/// What decides between two entries of equal priority: never the order of insertion.
pub trait Tie {
    /// (kind, entity, occasion), compared in this order.
    fn tie(&self) -> (u16, u64, u32);
}

/// A reference to one entry; after the entry has left the heap it refers to nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Handle {
    slot: u32,
    generation: u32,
}

impl Handle {
    /// A handle that never refers to an entry.
    pub const NONE: Self = Self { slot: u32::MAX, generation: u32::MAX };
}

/// Where an entry stands. Kept apart from the values: moving an entry writes here and nowhere else, and the
/// small list stays in the cache.
#[derive(Clone, Copy, Debug)]
struct Mark {
    position: u32,
    generation: u32,
}

const ABSENT: u32 = u32::MAX;
/// Set in the position of an entry of the far list.
const FAR: u32 = 1 << 31;

/// A refill sorts in one in so many of the far entries, but at least [`FEWEST`]: few enough for a small heap,
/// enough to make searches of the far list rare.
const PART: usize = 4;
const FEWEST: usize = 32;

/// The heap. Most entries of a large group wait for something that comes late or never: those beyond a
/// limit stand in an unordered list, where coming and going take O(1), and the nearest of them are sorted
/// only when all nearer ones are gone. Among the near ones push, move, remove and pop take O(log n). What
/// comes out, and in which order, does not depend on the limit.
#[derive(Clone, Debug)]
pub(crate) struct IndexedHeap<V> {
    near: Vec<(u64, u32)>,
    far: Vec<(u64, u32)>,
    limit: u64,
    marks: Vec<Mark>,
    values: Vec<V>,
    free: Vec<u32>,
}

impl<V> Default for IndexedHeap<V> {
    fn default() -> Self {
        Self { near: Vec::new(), far: Vec::new(), limit: 0, marks: Vec::new(), values: Vec::new(), free: Vec::new() }
    }
}

impl<V: Tie + Copy> IndexedHeap<V> {
    /// How many entries wait.
    pub(crate) fn len(&self) -> usize {
        self.near.len() + self.far.len()
    }

    /// Whether no entry waits.
    pub(crate) fn is_empty(&self) -> bool {
        self.near.is_empty() && self.far.is_empty()
    }

    /// Adds an entry.
    pub(crate) fn push(&mut self, priority: f64, value: V) -> Handle {
        debug_assert!(!priority.is_nan());
        let slot = if let Some(slot) = self.free.pop() {
            self.values[slot as usize] = value;
            slot
        } else {
            self.values.push(value);
            self.marks.push(Mark { position: ABSENT, generation: 0 });
            (self.marks.len() - 1) as u32
        };
        self.seat(sortable(priority), slot);
        Handle { slot, generation: self.marks[slot as usize].generation }
    }

    /// Whether `handle` still refers to an entry.
    pub(crate) fn contains(&self, handle: Handle) -> bool {
        self.marks.get(handle.slot as usize).is_some_and(|m| m.generation == handle.generation && m.position != ABSENT)
    }

    /// The entry behind `handle`.
    pub(crate) fn get(&self, handle: Handle) -> Option<(f64, V)> {
        self.contains(handle).then(|| {
            let slot = handle.slot as usize;
            let position = self.marks[slot].position;
            let list = if position & FAR == 0 { &self.near } else { &self.far };
            (number(list[(position & !FAR) as usize].0), self.values[slot])
        })
    }

    /// The value behind `handle`, to change; what its tie depends on must stay as it is.
    pub(crate) fn get_mut(&mut self, handle: Handle) -> Option<&mut V> {
        self.contains(handle).then(|| &mut self.values[handle.slot as usize])
    }

    /// Moves an entry to another priority; nothing happens if it has left.
    pub(crate) fn update(&mut self, handle: Handle, priority: f64) {
        debug_assert!(!priority.is_nan());
        if !self.contains(handle) {
            return;
        }
        let priority = sortable(priority);
        let position = self.marks[handle.slot as usize].position;
        if position & FAR == 0 && priority <= self.limit {
            let position = position as usize;
            let before = self.near[position].0;
            self.near[position].0 = priority;
            if priority < before {
                self.sift_up(position);
            } else {
                self.sift_down(position);
            }
        } else {
            self.unseat(position);
            self.seat(priority, handle.slot);
        }
    }

    /// Takes an entry out.
    pub(crate) fn remove(&mut self, handle: Handle) -> Option<(f64, V)> {
        let entry = self.get(handle)?;
        self.take(handle.slot);
        Some(entry)
    }

    /// The first entry.
    #[inline]
    pub(crate) fn peek(&mut self) -> Option<(f64, V)> {
        if self.near.is_empty() {
            self.refill();
        }
        self.near.first().map(|&(priority, slot)| (number(priority), self.values[slot as usize]))
    }

    /// The priority and slot of the first entry, if it is known without a search among the far ones.
    #[inline]
    pub(super) fn nearest(&self) -> Option<(u64, u32)> {
        self.near.first().copied()
    }

    /// Takes the first entry out.
    pub(crate) fn pop(&mut self) -> Option<(f64, V)> {
        let first = self.peek()?;
        self.take(self.near[0].1);
        Some(first)
    }

    fn take(&mut self, slot: u32) {
        let mark = &mut self.marks[slot as usize];
        let position = mark.position;
        *mark = Mark { position: ABSENT, generation: mark.generation.wrapping_add(1) };
        self.free.push(slot);
        self.unseat(position);
    }

    fn seat(&mut self, priority: u64, slot: u32) {
        if priority > self.limit {
            self.marks[slot as usize].position = self.far.len() as u32 | FAR;
            self.far.push((priority, slot));
        } else {
            self.near.push((priority, slot));
            self.sift_up(self.near.len() - 1);
        }
    }

    fn unseat(&mut self, position: u32) {
        let at = (position & !FAR) as usize;
        if position & FAR == 0 {
            self.near.swap_remove(at);
            if at == self.near.len() {
                return;
            }
            if at > 0 && self.precedes(self.near[at], self.near[(at - 1) / 4]) {
                self.sift_up(at);
            } else {
                self.sift_down(at);
            }
        } else {
            self.far.swap_remove(at);
            if let Some(&(_, slot)) = self.far.get(at) {
                self.marks[slot as usize].position = position;
            }
        }
    }

    /// Sorts in the nearest of the far entries.
    #[cold]
    fn refill(&mut self) {
        let wanted = (self.far.len() / PART).max(FEWEST);
        self.limit = if wanted < self.far.len() {
            let mut priorities: Vec<u64> = self.far.iter().map(|e| e.0).collect();
            *priorities.select_nth_unstable(wanted).1
        } else {
            self.far.iter().map(|e| e.0).max().unwrap_or(0)
        };
        let mut at = 0;
        while at < self.far.len() {
            let entry = self.far[at];
            if entry.0 <= self.limit {
                self.far.swap_remove(at);
                self.near.push(entry);
                self.sift_up(self.near.len() - 1);
            } else {
                self.marks[entry.1 as usize].position = at as u32 | FAR;
                at += 1;
            }
        }
    }

    /// Puts an entry at a position among the near; whoever stood there has been moved.
    #[inline]
    fn place(&mut self, position: usize, entry: (u64, u32)) {
        self.near[position] = entry;
        self.marks[entry.1 as usize].position = position as u32;
    }

    #[inline]
    fn precedes(&self, left: (u64, u32), right: (u64, u32)) -> bool {
        if left.0 == right.0 {
            return self.ties_before(left.1, right.1);
        }
        left.0 < right.0
    }

    #[cold]
    #[inline(never)]
    fn ties_before(&self, left: u32, right: u32) -> bool {
        self.values[left as usize].tie() < self.values[right as usize].tie()
    }

    fn sift_up(&mut self, mut position: usize) {
        let entry = self.near[position];
        while position > 0 {
            let parent = (position - 1) / 4;
            let above = self.near[parent];
            if !self.precedes(entry, above) {
                break;
            }
            self.place(position, above);
            position = parent;
        }
        self.place(position, entry);
    }

    fn sift_down(&mut self, mut position: usize) {
        let entry = self.near[position];
        loop {
            let first = position * 4 + 1;
            let smallest = match self.near.get(first..first + 4) {
                Some(&[a, b, c, d]) => first + self.smallest_of_four([a, b, c, d]),
                _ if first < self.near.len() => self.smallest_from(first),
                _ => break,
            };
            let least = self.near[smallest];
            if !self.precedes(least, entry) {
                break;
            }
            self.place(position, least);
            position = smallest;
        }
        self.place(position, entry);
    }

    /// Which of four comes first, without a branch on which is least: it cannot be foretold. Ties are rare.
    #[inline]
    fn smallest_of_four(&self, of: [(u64, u32); 4]) -> usize {
        let left = usize::from(of[1].0 < of[0].0);
        let right = 2 + usize::from(of[3].0 < of[2].0);
        let best = left + (right - left) * usize::from(of[right].0 < of[left].0);
        let tied = of[1].0 == of[0].0 || of[3].0 == of[2].0 || of[right].0 == of[left].0;
        if tied { self.first_of(&of) } else { best }
    }

    #[cold]
    #[inline(never)]
    fn smallest_from(&self, first: usize) -> usize {
        first + self.first_of(&self.near[first..])
    }

    fn first_of(&self, entries: &[(u64, u32)]) -> usize {
        (1..entries.len()).fold(0, |least, i| if self.precedes(entries[i], entries[least]) { i } else { least })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[derive(Clone, Copy, Debug, PartialEq)]
    struct Item(u64);

    impl Tie for Item {
        fn tie(&self) -> (u16, u64, u32) {
            (0, self.0, 0)
        }
    }

    proptest! {
        /// Against a sorted list, through any mixture of pushes, moves, removals and pops.
        #[test]
        fn behaves_as_a_sorted_list(steps in prop::collection::vec((0_u8..4, 0_u8..20, any::<prop::sample::Index>()), 0..200)) {
            let mut heap = IndexedHeap::default();
            let mut plain: Vec<(f64, u64, Handle)> = Vec::new();
            let mut next = 0;
            for (what, priority, which) in steps {
                let priority = f64::from(priority);
                match what {
                    0 => {
                        let handle = heap.push(priority, Item(next));
                        plain.push((priority, next, handle));
                        next += 1;
                    }
                    1 if !plain.is_empty() => {
                        let i = which.index(plain.len());
                        plain[i].0 = priority;
                        heap.update(plain[i].2, priority);
                    }
                    2 if !plain.is_empty() => {
                        let (p, k, h) = plain.swap_remove(which.index(plain.len()));
                        prop_assert_eq!(heap.remove(h), Some((p, Item(k))));
                        prop_assert!(!heap.contains(h));
                    }
                    _ => {
                        plain.sort_by(|a, b| (a.0, a.1).partial_cmp(&(b.0, b.1)).unwrap());
                        let expected = if plain.is_empty() { None } else { Some(plain.remove(0)) };
                        prop_assert_eq!(heap.pop(), expected.map(|(p, k, _)| (p, Item(k))));
                    }
                }
                prop_assert_eq!(heap.len(), plain.len());
            }
        }
    }
}
