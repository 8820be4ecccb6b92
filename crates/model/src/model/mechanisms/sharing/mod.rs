//! Sharing: borders (M12), records and services outside (M26), notices (M27), the pool (M28), membership (M29), dots.

pub(crate) mod borders;
pub(crate) mod dots;
pub(crate) mod membership;
pub(crate) mod notices;
pub(crate) mod partners;
pub(crate) mod pool;
pub(crate) mod records;
