//! Residents and radicalisation: M1 to M5, and the world on the first day (M30).

pub(crate) mod countries;
pub(crate) mod grievance;
pub(crate) mod in_progress;
pub(crate) mod movements;
pub(crate) mod onset;
pub(crate) mod peers;
pub(crate) mod stages;
pub(crate) mod start;
