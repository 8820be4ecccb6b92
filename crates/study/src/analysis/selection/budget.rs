//! Optimal computing budget allocation: the arms that could still be the best get most of a fixed budget.
//!
//! Chen, Lin, Yücesan and Chick (2000), "Simulation budget allocation for further enhancing the efficiency of
//! ordinal optimization", Discrete Event Dynamic Systems 10. With δᵢ the mean's distance from the best mean and σᵢ
//! the standard deviation: Nᵢ ∝ (σᵢ ⁄ δᵢ)² for all but the best, and for the best N = σ √(Σ Nᵢ² ⁄ σᵢ²). The
//! probability of a correct choice is estimated by Bonferroni: 1 − Σ Φ(−δᵢ ⁄ s.e. of the difference), pair by pair
//! on the replications that both arms have. The allocation itself takes arms as independent, as in the source.

use crate::stats::{normal_cdf, variance};

use super::{AnalysisError, Sampler, Selection, Values, checked};

/// What the procedure is told.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Budget {
    /// Runs in all.
    pub runs: usize,
    /// Replications of each arm before the first allocation.
    pub first: usize,
    /// Runs that one allocation gives out.
    pub step: usize,
    /// Differences below this do not matter; it also keeps two equal arms from taking the whole budget.
    pub zone: f64,
    /// Confidence of the differences reported.
    pub confidence: f64,
}

/// Shares of a budget, from means and standard deviations; distances below the zone count as the zone.
pub(super) fn allocate(means: &[f64], deviations: &[f64], zone: f64) -> Vec<f64> {
    let best = (1..means.len()).fold(0, |b, i| if means[i] < means[b] { i } else { b });
    let floor = deviations.iter().copied().fold(0.0, f64::max).max(f64::MIN_POSITIVE) * 1e-6;
    let sigma = |i: usize| deviations[i].max(floor);
    let mut shares: Vec<f64> = (0..means.len())
        .map(|i| if i == best { 0.0 } else { libm::pow(sigma(i) / (means[i] - means[best]).max(zone), 2.0) })
        .collect();
    let squares: f64 = shares.iter().enumerate().map(|(i, s)| s * s / (sigma(i) * sigma(i))).sum();
    shares[best] = sigma(best) * libm::sqrt(squares);
    let sum: f64 = shares.iter().sum();
    shares.iter().map(|s| s / sum).collect()
}

/// Selects the arm with the least mean within a budget of runs.
///
/// # Errors
/// A budget too small for the first stage, a wrong request, or a run without a number.
pub(crate) fn select_within(arms: usize, options: &Budget, sample: &mut Sampler) -> Result<Selection, AnalysisError> {
    let Budget { runs, first, step, zone, confidence } = *options;
    checked(arms, zone, confidence, first)?;
    if runs < arms * first {
        return Err(AnalysisError::request(format!(
            "a budget of {runs} runs does not reach {first} replications of {arms} arms; give at least {}",
            arms * first
        )));
    }
    let mut values = Values::new(arms);
    let mut wanted: Vec<(usize, usize)> = (0..arms).map(|arm| (arm, first)).collect();
    loop {
        values.extend(&wanted, sample)?;
        let spent = values.runs();
        if spent >= runs {
            break;
        }
        let total = (spent + step.max(1)).min(runs);
        let means: Vec<f64> = (0..arms).map(|a| values.mean(a, values.by_arm[a].len())).collect();
        let deviations: Vec<f64> = values.by_arm.iter().map(|v| libm::sqrt(variance(v).unwrap_or(0.0))).collect();
        let shares = allocate(&means, &deviations, zone);
        // What an arm has it keeps; the rest goes where most is missing.
        let mut have: Vec<usize> = values.by_arm.iter().map(Vec::len).collect();
        for _ in spent..total {
            let missing = |a: usize| shares[a] * total as f64 - have[a] as f64;
            let most = (1..arms).fold(0, |m, a| if missing(a) > missing(m) { a } else { m });
            have[most] += 1;
        }
        wanted = have.into_iter().enumerate().collect();
    }
    let best = values.least(&(0..arms).collect::<Vec<_>>());
    let mut answer = values.answer(best, &vec![None; arms], zone, confidence);
    let wrong: f64 = (0..arms)
        .filter(|&a| a != best)
        .map(|a| {
            let n = values.by_arm[a].len().min(values.by_arm[best].len());
            let error = libm::sqrt(values.difference_variance(a, best, n) / n as f64);
            let distance = values.mean(a, n) - values.mean(best, n);
            if error > 0.0 { normal_cdf(-distance / error) } else { 0.0 }
        })
        .sum();
    answer.probability = Some(f64::max(1.0 - wrong, 0.0));
    Ok(answer)
}
