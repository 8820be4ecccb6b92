//! The kinds: what can happen, what can be stated, what chance is asked, which clocks run, what is kept of parameters;
//! one table each.

pub(crate) mod clock;
pub mod decision;
pub mod dependence;
pub mod event;
pub mod fact;
pub(crate) mod kept;
pub mod mechanism;
