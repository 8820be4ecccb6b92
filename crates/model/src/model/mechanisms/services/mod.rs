//! Security services: staff, leads (M19), triage (M20), files and watching (M21), detection (M22),
//! intervention (M23), aftermath (M24) and intrusion (M25).

pub(crate) mod aftermath;
pub(crate) mod detection;
pub(crate) mod effort;
pub(crate) mod intervention;
pub(crate) mod intrusion;
pub(crate) mod investigations;
pub(crate) mod leads;
pub(crate) mod linking;
pub(crate) mod missed;
pub(crate) mod staff;
pub(crate) mod subjects;
pub(crate) mod surveillance;
pub(crate) mod triage;
