//! An indexed four-ary min-heap: entries can be moved or taken out by handle, and ties have a fixed order.

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

#[derive(Clone, Debug)]
struct Slot<V> {
    value: V,
    position: u32,
    generation: u32,
}

const ABSENT: u32 = u32::MAX;

/// The heap. Push, move, remove and pop take O(log n); peek takes O(1).
#[derive(Clone, Debug)]
pub struct IndexedHeap<V> {
    order: Vec<(f64, u32)>,
    slots: Vec<Slot<V>>,
    free: Vec<u32>,
}

impl<V> Default for IndexedHeap<V> {
    fn default() -> Self {
        Self { order: Vec::new(), slots: Vec::new(), free: Vec::new() }
    }
}

impl<V: Tie + Copy> IndexedHeap<V> {
    /// How many entries wait.
    pub fn len(&self) -> usize {
        self.order.len()
    }

    /// Whether no entry waits.
    pub fn is_empty(&self) -> bool {
        self.order.is_empty()
    }

    /// Adds an entry.
    pub fn push(&mut self, priority: f64, value: V) -> Handle {
        debug_assert!(!priority.is_nan());
        let position = self.order.len() as u32;
        let slot = if let Some(slot) = self.free.pop() {
            let entry = &mut self.slots[slot as usize];
            entry.value = value;
            entry.position = position;
            slot
        } else {
            self.slots.push(Slot { value, position, generation: 0 });
            (self.slots.len() - 1) as u32
        };
        self.order.push((priority, slot));
        self.sift_up(position as usize);
        Handle { slot, generation: self.slots[slot as usize].generation }
    }

    /// Whether `handle` still refers to an entry.
    pub fn contains(&self, handle: Handle) -> bool {
        self.slots.get(handle.slot as usize).is_some_and(|s| s.generation == handle.generation && s.position != ABSENT)
    }

    /// The entry behind `handle`.
    pub fn get(&self, handle: Handle) -> Option<(f64, V)> {
        self.contains(handle).then(|| {
            let slot = &self.slots[handle.slot as usize];
            (self.order[slot.position as usize].0, slot.value)
        })
    }

    /// The value behind `handle`, to change; what its tie depends on must stay as it is.
    pub fn get_mut(&mut self, handle: Handle) -> Option<&mut V> {
        self.contains(handle).then(|| &mut self.slots[handle.slot as usize].value)
    }

    /// Moves an entry to another priority; nothing happens if it has left.
    pub fn update(&mut self, handle: Handle, priority: f64) {
        debug_assert!(!priority.is_nan());
        if !self.contains(handle) {
            return;
        }
        let position = self.slots[handle.slot as usize].position as usize;
        let before = self.order[position].0;
        self.order[position].0 = priority;
        if priority < before {
            self.sift_up(position);
        } else {
            self.sift_down(position);
        }
    }

    /// Takes an entry out.
    pub fn remove(&mut self, handle: Handle) -> Option<(f64, V)> {
        let entry = self.get(handle)?;
        self.take_at(self.slots[handle.slot as usize].position as usize);
        Some(entry)
    }

    /// The first entry.
    pub fn peek(&self) -> Option<(f64, V)> {
        self.order.first().map(|&(priority, slot)| (priority, self.slots[slot as usize].value))
    }

    /// Takes the first entry out.
    pub fn pop(&mut self) -> Option<(f64, V)> {
        let first = self.peek()?;
        self.take_at(0);
        Some(first)
    }

    fn take_at(&mut self, position: usize) {
        let slot = self.order[position].1 as usize;
        self.slots[slot].position = ABSENT;
        self.slots[slot].generation = self.slots[slot].generation.wrapping_add(1);
        self.free.push(slot as u32);
        let last = self.order.len() - 1;
        if position == last {
            self.order.pop();
            return;
        }
        self.order.swap_remove(position);
        self.slots[self.order[position].1 as usize].position = position as u32;
        if position > 0 && self.before(position, (position - 1) / 4) {
            self.sift_up(position);
        } else {
            self.sift_down(position);
        }
    }

    #[inline]
    fn before(&self, a: usize, b: usize) -> bool {
        self.precedes(self.order[a], self.order[b])
    }

    /// Puts an entry at a position; whoever stood there has been moved.
    #[inline]
    fn place(&mut self, position: usize, entry: (f64, u32)) {
        self.order[position] = entry;
        self.slots[entry.1 as usize].position = position as u32;
    }

    #[inline]
    fn precedes(&self, left: (f64, u32), right: (f64, u32)) -> bool {
        if left.0 != right.0 {
            return left.0 < right.0;
        }
        self.slots[left.1 as usize].value.tie() < self.slots[right.1 as usize].value.tie()
    }

    fn sift_up(&mut self, mut position: usize) {
        let entry = self.order[position];
        while position > 0 {
            let parent = (position - 1) / 4;
            let above = self.order[parent];
            if !self.precedes(entry, above) {
                break;
            }
            self.place(position, above);
            position = parent;
        }
        self.place(position, entry);
    }

    fn sift_down(&mut self, mut position: usize) {
        let entry = self.order[position];
        let len = self.order.len();
        loop {
            let first = position * 4 + 1;
            if first >= len {
                break;
            }
            let (mut smallest, mut least) = (first, self.order[first]);
            for child in first + 1..(first + 4).min(len) {
                let other = self.order[child];
                if self.precedes(other, least) {
                    (smallest, least) = (child, other);
                }
            }
            if !self.precedes(least, entry) {
                break;
            }
            self.place(position, least);
            position = smallest;
        }
        self.place(position, entry);
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
