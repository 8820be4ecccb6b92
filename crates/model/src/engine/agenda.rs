//! The agenda: what will happen next.
//!
//! Events come out by time; events of equal time come out by (kind, entity, occasion), never by the
//! order in which they were put in. Scheduling, moving, cancelling and taking the next are O(log n).

use super::heap::{Handle, IndexedHeap, Tie};

/// The queue of future events of type `E`.
#[derive(Clone, Debug)]
pub struct Agenda<E> {
    heap: IndexedHeap<E>,
}

impl<E: Tie + Copy> Default for Agenda<E> {
    fn default() -> Self {
        Self { heap: IndexedHeap::default() }
    }
}

impl<E: Tie + Copy> Agenda<E> {
    /// Schedules `event` at `time` (days). An event at infinity is accepted and never comes out before others.
    #[inline]
    pub fn schedule(&mut self, time: f64, event: E) -> Handle {
        self.heap.push(time, event)
    }

    /// Moves an event; nothing happens if it has come out or was cancelled.
    pub fn reschedule(&mut self, handle: Handle, time: f64) {
        self.heap.update(handle, time);
    }

    /// Moves an event unless it is already booked for that very time.
    #[inline]
    pub fn move_to(&mut self, handle: Handle, time: f64) {
        if self.heap.get(handle).is_some_and(|(booked, _)| booked != time) {
            self.heap.update(handle, time);
        }
    }

    /// Cancels an event and returns it, if it was still to come.
    pub fn cancel(&mut self, handle: Handle) -> Option<E> {
        self.heap.remove(handle).map(|(_, event)| event)
    }

    /// Whether the event is still to come.
    #[inline]
    pub fn pending(&self, handle: Handle) -> bool {
        self.heap.contains(handle)
    }

    /// The time of the next event.
    #[inline]
    pub fn next_time(&mut self) -> Option<f64> {
        self.heap.peek().map(|(time, _)| time)
    }

    /// The next event with its time.
    #[inline]
    pub fn peek(&mut self) -> Option<(f64, E)> {
        self.heap.peek()
    }

    /// Takes the next event.
    #[inline]
    pub fn take_next(&mut self) -> Option<(f64, E)> {
        self.heap.pop()
    }

    /// How many events are to come.
    pub fn len(&self) -> usize {
        self.heap.len()
    }

    /// Whether nothing is to come.
    pub fn is_empty(&self) -> bool {
        self.heap.is_empty()
    }
}
