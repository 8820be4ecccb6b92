//! Studies of the model: many replications, statistics, designs, analyses, results on disk.

pub mod analysis;
pub mod calibration;
pub mod cluster;
pub mod design;
pub mod montecarlo;
pub mod optimization;
pub mod replay;
pub mod results;
pub mod stats;
pub mod study;
pub mod verification;
