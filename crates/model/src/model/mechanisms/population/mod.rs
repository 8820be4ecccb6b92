//! Residents and radicalisation: M1 to M5, and the world on the first day (M30).

pub mod countries;
pub mod grievance;
pub mod movements;
pub mod onset;
pub mod peers;
pub mod stages;
pub mod start;
