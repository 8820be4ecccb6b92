//! The kinds: what can happen, what can be stated, what chance is asked, which clocks run, what is kept of parameters;
//! one table each.

pub(crate) mod clock;
pub(crate) mod decision;
pub(crate) mod dependence;
pub(crate) mod event;
pub(crate) mod fact;
pub(crate) mod kept;
pub(crate) mod mechanism;
