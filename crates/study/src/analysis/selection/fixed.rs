//! The same number of replications for every arm, and simultaneous intervals for each arm against the best of the
//! others (multiple comparisons with the best).
//!
//! Hsu (1984), "Constrained simultaneous confidence intervals for multiple comparisons with the best", Annals of
//! Statistics 12(3). With shared random numbers the differences have any covariance, so the half width of each pair
//! is Bonferroni's: t(1 − α ⁄ (k − 1)) S ⁄ √n over the k − 1 pairs that contain the best.

use crate::stats::student_quantile;

use super::{AnalysisError, Sampler, Selection, Values, checked};

/// The limits of each arm's mean minus the least mean of the others: (lower ≤ 0, upper ≥ 0). An upper limit of 0
/// says that the arm is the best; a lower limit of 0 that it is not better than some other arm.
///
/// `values` holds one slice of replications an arm, all of one length. `None` below two replications or two arms.
pub(super) fn simultaneous_best(values: &[Vec<f64>], confidence: f64) -> Option<Vec<(f64, f64)>> {
    let n = values.first()?.len();
    if n < 2 || values.len() < 2 || values.iter().any(|v| v.len() != n) {
        return None;
    }
    let all = Values { by_arm: values.to_vec() };
    let arms = values.len();
    let point = student_quantile(1.0 - (1.0 - confidence) / (arms - 1) as f64, n as f64 - 1.0)?;
    let limits = (0..arms).map(|i| {
        let pairs = (0..arms).filter(|&l| l != i).map(|l| {
            let half = point * libm::sqrt(all.difference_variance(i, l, n) / n as f64);
            let difference = all.mean(i, n) - all.mean(l, n);
            (difference - half, difference + half)
        });
        // Against the best of the others: the greatest of the differences.
        let (low, high) =
            pairs.fold((f64::NEG_INFINITY, f64::NEG_INFINITY), |(a, b), (low, high)| (a.max(low), b.max(high)));
        (low.min(0.0), high.max(0.0))
    });
    Some(limits.collect())
}

/// Selects the arm with the least mean of `n` replications each. No probability is promised.
///
/// # Errors
/// A wrong request, or a run without a number.
pub(crate) fn select_fixed(
    arms: usize,
    n: usize,
    zone: f64,
    confidence: f64,
    sample: &mut Sampler,
) -> Result<(Selection, Vec<(f64, f64)>), AnalysisError> {
    checked(arms, zone, confidence, n)?;
    let mut values = Values::new(arms);
    let everyone: Vec<(usize, usize)> = (0..arms).map(|arm| (arm, n)).collect();
    values.extend(&everyone, sample)?;
    let best = values.least(&(0..arms).collect::<Vec<_>>());
    let limits = simultaneous_best(&values.by_arm, confidence).unwrap_or_default();
    Ok((values.answer(best, &vec![None; arms], zone, confidence), limits))
}
