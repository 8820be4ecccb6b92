//! Plots: how they start (M14), work (M15), keep secrets (M16), leave survivors (M17) and where (M18).

pub(crate) mod harm;
pub(crate) mod pathways;
pub(crate) mod place;
pub(crate) mod secrecy;
pub(crate) mod survivors;
pub(crate) mod work;
