//! The fully sequential procedure of Kim and Nelson, valid for arms that share random numbers.
//!
//! Kim and Nelson (2001), "A fully sequential procedure for indifference-zone selection in simulation", ACM TOMACS
//! 11(3), with c = 1. After n₀ replications of all arms, S²ᵢₗ is the variance of the difference of arms i and l.
//! With η = ½ [(2 α ⁄ (k − 1))^(−2 ⁄ (n₀ − 1)) − 1] and h² = 2 η (n₀ − 1), arm i goes at replication r if for some
//! l still in, X̄ᵢ > X̄ₗ + max(0, δ ⁄ (2 r) · (h² S²ᵢₗ ⁄ δ² − r)). With normal values the arm left is the best with
//! probability 1 − α or more if the best is better than every other by δ.

use super::{AnalysisError, Sampler, Selection, Values, checked};

/// What the procedure is told.
#[derive(Clone, Copy, Debug)]
pub(crate) struct KimNelson {
    /// Differences below this do not matter, in the outcome's unit.
    pub zone: f64,
    /// Probability of a correct choice.
    pub confidence: f64,
    /// n₀: replications of each arm before the first elimination.
    pub first: usize,
    /// Replications between two looks at the means; the result does not depend on it but for its last runs.
    pub batch: usize,
    /// The most replications of an arm.
    pub most: usize,
}

/// Selects the arm with the least mean.
///
/// # Errors
/// A wrong request, or a run without a number.
pub(crate) fn select_kim_nelson(
    arms: usize,
    options: &KimNelson,
    sample: &mut Sampler,
) -> Result<Selection, AnalysisError> {
    let KimNelson { zone, confidence, first, batch, most } = *options;
    checked(arms, zone, confidence, first)?;
    let others = (arms - 1) as f64;
    let freedom = (first - 1) as f64;
    let eta = 0.5 * (libm::pow(2.0 * (1.0 - confidence) / others, -2.0 / freedom) - 1.0);
    let h2 = 2.0 * eta * freedom;
    let mut values = Values::new(arms);
    let everyone: Vec<(usize, usize)> = (0..arms).map(|arm| (arm, first)).collect();
    values.extend(&everyone, sample)?;
    let spread: Vec<Vec<f64>> =
        (0..arms).map(|i| (0..arms).map(|l| values.difference_variance(i, l, first)).collect()).collect();
    // Beyond this replication the boundary is 0 for every pair, and the least mean decides.
    let end = spread.iter().flatten().map(|s| libm::floor(h2 * s / (zone * zone)) as usize).max().unwrap_or(0) + 1;
    let mut left: Vec<usize> = (0..arms).collect();
    let mut eliminated = vec![None; arms];
    let mut r = first;
    let mut stopped = false;
    while left.len() > 1 {
        let means: Vec<f64> = (0..arms).map(|a| values.mean(a, r.min(values.by_arm[a].len()))).collect();
        let boundary =
            |i: usize, l: usize| (zone / (2.0 * r as f64) * (h2 * spread[i][l] / (zone * zone) - r as f64)).max(0.0);
        let before = left.clone();
        left.retain(|&i| {
            let stays = before.iter().all(|&l| l == i || means[i] <= means[l] + boundary(i, l));
            if !stays {
                eliminated[i] = Some(r);
            }
            stays
        });
        if left.len() <= 1 || r >= end {
            break;
        }
        if r >= most {
            stopped = true;
            break;
        }
        r += 1;
        if values.by_arm[left[0]].len() < r {
            let to = (r + batch.max(1) - 1).min(most);
            let wanted: Vec<(usize, usize)> = left.iter().map(|&arm| (arm, to)).collect();
            values.extend(&wanted, sample)?;
        }
    }
    let best = values.least(&left);
    let mut answer = values.answer(best, &eliminated, zone, confidence);
    answer.probability = (!stopped).then_some(confidence);
    answer.stopped = stopped;
    Ok(answer)
}
