//! The kinds: what can happen, what can be stated, what chance is asked, which clocks run; one table each.

pub(crate) mod clock;
pub mod decision;
pub mod dependence;
pub mod event;
pub mod fact;
pub mod mechanism;
