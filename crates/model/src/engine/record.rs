//! Keeps the addresses of draws in the order in which a thread makes them (feature `record`, for tests only).

use std::cell::RefCell;

use super::draw::Address;

thread_local! {
    static SEEN: RefCell<Vec<(Address, u16)>> = const { RefCell::new(Vec::new()) };
}

/// Takes note of a draw.
pub(super) fn note(at: Address, part: u16) {
    SEEN.with_borrow_mut(|seen| seen.push((at, part)));
}

/// The addresses noted on this thread since the last call.
pub fn take() -> Vec<(Address, u16)> {
    SEEN.with_borrow_mut(std::mem::take)
}
