//! Statistics of simulated outcomes: intervals, paired differences, quantiles; no simulation.
//!
//! Every function takes plain slices, sums in the order given with compensation, and uses `libm` for
//! transcendental functions, so equal input gives equal bytes on every machine. An undefined
//! quantity is `None`, never 0 and never a NaN; a non-finite input makes the result undefined.

pub mod by_draw;
pub mod clustered;
pub mod histogram;
pub mod interval;
pub(crate) mod matrix;
pub mod paired;
pub mod quantile;
pub mod rank;
pub mod regression;
pub mod running;
pub mod score;
pub mod sequential;
pub mod series;
pub mod special;
pub mod summary;
pub mod unpaired;

#[cfg(test)]
mod test_draws;

pub use by_draw::{difference_by_draw, mean_by_draw, ratio_by_draw, samples};
pub use clustered::{ClusteredMedian, clustered_median, clustered_share};
pub use histogram::Bins;
pub use interval::{
    Interval, MeanInterval, RatioInterval, clopper_pearson, mean_interval, quantile_interval, ratio_of_means, wilson,
};
pub use paired::{Paired, TwoLevel, paired, two_level};
pub use quantile::{Band, Ecdf, attained_quantile, band, bands, quantile};
pub use rank::kendall_tau;
pub use regression::{Explained, explained};
pub use running::{RunningDifference, RunningPairs};
pub use score::{
    bandwidth, crps_of_draws, crps_of_normal, crps_of_poisson, log_score_of_counts, log_score_of_draws,
    normal_log_score, pit_histogram, pit_of_draws, poisson_log_score, uniformity,
};
pub use sequential::{Precision, StoppingRule, Verdict};
pub use series::{Ingarch, LocalLevel};
pub use special::{normal_cdf, student_quantile};
pub use summary::{Summary, mean, sum, summary, variance};
pub use unpaired::difference_of_independent;
