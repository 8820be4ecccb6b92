//! Agreement of two rankings.

/// Kendall's τ of two rankings of the same things, given as the place in the second of each thing of the first, in the
/// first's order; `None` for fewer than two things. Places must differ.
///
/// Kendall (1938), Biometrika 30, 81–93.
pub fn kendall_tau(places: &[usize]) -> Option<f64> {
    let pairs = places.len() * places.len().saturating_sub(1) / 2;
    let later = |(i, here): (usize, &usize)| places[i + 1..].iter().filter(|p| *p > here).count();
    let agreeing: usize = places.iter().enumerate().map(later).sum();
    (pairs > 0).then(|| 2.0 * agreeing as f64 / pairs as f64 - 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agreement_of_known_rankings() {
        assert_eq!(kendall_tau(&[0, 1, 2, 3]), Some(1.0));
        assert_eq!(kendall_tau(&[3, 2, 1, 0]), Some(-1.0));
        // SciPy: kendalltau([0, 1, 2, 3, 4], [2, 0, 1, 4, 3]).statistic is 0.4.
        assert!((kendall_tau(&[2, 0, 1, 4, 3]).expect("defined") - 0.4).abs() < 1e-15);
        assert_eq!((kendall_tau(&[0]), kendall_tau(&[])), (None, None));
    }
}
