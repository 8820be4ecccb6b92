//! Sharing: records (M26), notices (M27), the pooled database (M28), membership and pairs (M29), dots not connected.

pub(crate) mod dots;
pub(crate) mod membership;
pub(crate) mod notices;
pub(crate) mod pool;
pub(crate) mod records;
