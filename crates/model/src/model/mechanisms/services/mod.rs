//! Security services: staff, leads (M19), triage (M20), files and watching (M21), detection (M22),
//! intervention (M23), aftermath (M24) and intrusion (M25).

pub mod aftermath;
pub mod detection;
pub mod intervention;
pub mod intrusion;
pub mod investigations;
pub mod leads;
pub mod missed;
pub mod staff;
pub mod subjects;
pub mod surveillance;
pub mod triage;
