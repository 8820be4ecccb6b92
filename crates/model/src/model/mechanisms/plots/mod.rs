//! Plots: how they start (M14), work (M15), keep secrets (M16), leave survivors (M17) and where (M18).

pub mod harm;
pub mod pathways;
pub mod place;
pub mod secrecy;
pub mod survivors;
pub mod work;
