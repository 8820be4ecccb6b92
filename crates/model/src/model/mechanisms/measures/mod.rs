//! Measures that touch several mechanisms: emergency powers, prevention, costs; adaptation; observation (M31).

pub(crate) mod adaptation;
pub(crate) mod costs;
pub(crate) mod emergency;
pub(crate) mod observation;
pub(crate) mod prevention;
