//! Measures that touch several mechanisms: emergency powers, prevention, costs; adaptation; observation (M31).

pub mod adaptation;
pub mod costs;
pub mod emergency;
pub mod observation;
pub mod prevention;
