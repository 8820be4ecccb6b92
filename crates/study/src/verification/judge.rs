//! The verdict on a case, with all comparisons accounted for, and the smallest error that it could have seen.

use crate::stats::special::student_quantile;

use super::run::{Samples, expected};
use super::{CASES, Case, Values, VerificationError};

/// Chance that any comparison of the shipped cases fails although model and theory agree.
pub const FAMILY_ERROR: f64 = 0.01;
/// Standard normal quantile of the power stated: an error of the smallest size is seen 999 times in 1,000.
pub(super) const SEEN: f64 = 3.090_232_306_167_813;
/// From this elasticity on, an error of 5 % in a rate must be seen.
pub const SMALLEST_ELASTICITY: f64 = 0.3;
/// Step of numerical derivatives, as a share of the key.
const STEP: f64 = 1e-3;

/// How one quantity came out.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// The quantity.
    pub quantity: &'static str,
    /// What theory says.
    pub expected: f64,
    /// What the model gives; `None` if there was nothing to measure it by.
    pub simulated: Option<f64>,
    /// Its standard error between replications.
    pub standard_error: Option<f64>,
    /// Their difference in standard errors; `None` where all replications agree exactly.
    pub z: Option<f64>,
    /// How far z may be from 0.
    pub limit: f64,
    /// Whether the two agree.
    pub passed: bool,
}

/// The number of comparisons that the family-wise error is spread over: all that are subject to chance in the
/// shipped cases, however many of them are run.
pub fn comparisons() -> usize {
    CASES.iter().flat_map(|c| c.quantities).filter(|q| !q.exact).count()
}

/// |z| that a single comparison may reach among all (Šidák 1967), by Student's law over `n` replications.
pub(super) fn limit(n: usize) -> f64 {
    let one = -libm::expm1(libm::log1p(-FAMILY_ERROR) / comparisons() as f64);
    student_quantile(1.0 - 0.5 * one, n.saturating_sub(1).max(1) as f64).unwrap_or(f64::INFINITY)
}

/// Compares what was simulated with what theory says of `values`.
///
/// # Errors
/// Where theory has no answer.
pub fn judge(case: &Case, values: &Values, samples: &Samples) -> Result<Vec<Finding>, VerificationError> {
    let theory = expected(case, values)?;
    Ok(case
        .quantities
        .iter()
        .zip(theory)
        .enumerate()
        .filter(|(_, (_, expected))| !expected.is_nan())
        .map(|(i, (quantity, expected))| {
            let (pairs, limit) = (&samples.pairs[i], limit(samples.pairs[i].len()));
            let (simulated, error) = ratio(pairs);
            let gap = simulated.map(|s| s - expected);
            // A spread that is only rounding is none: what was seen never changed.
            let spread = error.zip(simulated).filter(|(e, s)| *e > 1e-12 * s.abs() && !quantity.exact).map(|p| p.0);
            let z = gap.zip(spread).map(|(g, e)| g / e);
            let equal = || {
                let enough = gap.is_some_and(|g| g.abs() <= 1e-9 * expected.abs());
                // Nothing seen of what is hardly ever to be seen: fewer than eight plots, leads or days were due
                // (e^−8 is about the error of one comparison).
                let whole = pairs.iter().map(|p| p.1).sum::<f64>();
                enough || (!quantity.exact && gap.is_some_and(|g| g.abs() * whole < 8.0))
            };
            let passed = z.map_or_else(equal, |z| z.abs() <= limit);
            Finding { quantity: quantity.name, expected, simulated, standard_error: error, z, limit, passed }
        })
        .collect())
}

/// The ratio of sums and its standard error by linearisation, over independent replications.
fn ratio(pairs: &[(f64, f64)]) -> (Option<f64>, Option<f64>) {
    let n = pairs.len() as f64;
    let (part, whole) = pairs.iter().fold((0.0, 0.0), |s, p| (s.0 + p.0, s.1 + p.1));
    let ratio = part / whole;
    if !ratio.is_finite() || n < 2.0 {
        return (None, None);
    }
    let squares: f64 = pairs.iter().map(|(a, b)| (a - ratio * b).powi(2)).sum();
    (Some(ratio), Some((squares / (n - 1.0) * n).sqrt() / whole.abs()))
}

/// Elasticity of every quantity that theory states to every key that is no count: the derivative of its logarithm by the key's,
/// `None` where a quantity or a key is 0, and for identities.
///
/// # Errors
/// Where theory has no answer next to these values.
pub(super) fn elasticities(case: &Case, values: &Values) -> Result<Vec<Vec<Option<f64>>>, VerificationError> {
    let here = expected(case, values)?;
    let mut all = Vec::new();
    for (at, key) in case.keys.iter().enumerate() {
        if key.whole || values.get(key.name) == 0.0 {
            all.push(vec![None; here.iter().filter(|x| !x.is_nan()).count()]);
            continue;
        }
        let (more, less) =
            (expected(case, &values.scaled(at, 1.0 + STEP))?, expected(case, &values.scaled(at, 1.0 - STEP))?);
        let one = |i: usize| (more[i] - less[i]) / (2.0 * STEP * here[i]);
        let stated = (0..here.len()).filter(|&i| !here[i].is_nan());
        all.push(stated.map(|i| Some(one(i)).filter(|e| e.is_finite() && !case.quantities[i].exact)).collect());
    }
    Ok(all)
}

/// For every key the smallest relative error that some quantity would have shown with the power of [`SEEN`]; `None`
/// for counts, for keys that are 0, and where nothing depends on the key.
pub(super) fn visible_errors(elasticities: &[Vec<Option<f64>>], findings: &[Finding]) -> Vec<Option<f64>> {
    let seen_by = |elasticity: Option<f64>, finding: &Finding| -> Option<f64> {
        let relative = finding.standard_error? / finding.expected.abs();
        let size = (finding.limit + SEEN) * relative / elasticity?.abs();
        (size.is_finite() && size > 0.0).then_some(size)
    };
    elasticities
        .iter()
        .map(|of_key| of_key.iter().zip(findings).filter_map(|(e, f)| seen_by(*e, f)).min_by(f64::total_cmp))
        .collect()
}
