//! Sharing: records (M26), notices (M27), the pooled database (M28), membership and pairs (M29), dots not connected.

pub mod dots;
pub mod membership;
pub mod notices;
pub mod pool;
pub mod records;
