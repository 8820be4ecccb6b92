//! The event engine: time, agenda, clocks and keyed draws; it knows no domain word.
//!
//! - [`draw`]: a draw is a pure function of (seed, replication, entity, decision, occasion).
//! - [`key`]: 64-bit names of entities, made from the parent's name, never from an array index.
//! - [`hazard`]: hazards that are a constant plus decaying exponentials, integrated exactly.
//! - [`clock`]: unit-rate Poisson clocks run at a hazard, alone ([`clock::Countdown`]) or in groups
//!   that share one integrated hazard ([`clock::Clock`]).
//! - [`lazy_clock`]: the same for a group whose members are forgotten rather than taken out.
//! - [`agenda`]: what happens next, with a documented order of ties.
//! - [`tournament`]: the least of a fixed number of times that change often.
//! - [`time`]: days from the start, and calendar dates at the edge.

pub(crate) mod agenda;
pub(crate) mod clock;
pub(crate) mod draw;
pub(crate) mod hazard;
pub(crate) mod heap;
pub(crate) mod key;
pub(crate) mod lazy_clock;
mod ln;
pub(crate) mod order;
#[cfg(feature = "record")]
pub mod record;
pub(crate) mod time;
pub(crate) mod tournament;
