//! What is believed of a candidate: its own mean, drawn towards what its levers lead one to expect.
//!
//! The model of Fay and Herriot (1979): a candidate's true value is a surface over the levers plus a deviation of its own
//! with variance τ²; its mean over n replications adds noise with variance σ² ÷ n. The surface is linear, with squares
//! where there are candidates enough, fitted to all candidates by weighted least squares; τ² is where the weighted squares
//! of residuals come to their degrees of freedom (Paule and Mandel 1982). With little noise a belief is the mean itself.
//! With much of it a candidate that was lucky in four replications does not beat one that was good in forty, and what
//! all runs say together of a lever is not lost.

use super::noise::{Estimator, Runs};

/// Candidates that the surface is fitted to, the latest; earlier ones lie farther from where the search is.
const MOST_FITTED: usize = 400;
/// Candidates for each coefficient from which squares are fitted too.
const FOR_SQUARES: usize = 10;
/// Halvings of the range of τ², on its logarithm: to a thousandth and better.
const STEPS: usize = 16;
/// τ² below this share of the plain variance of residuals counts as none.
const LEAST: f64 = 1e-4;

/// A fitted surface with its variances.
pub(super) struct Belief {
    coefficients: Vec<f64>,
    squares: bool,
    /// Variance of one replication around its candidate's mean.
    within: f64,
    /// Variance of candidates around the surface.
    between: f64,
}

/// One candidate as the fit sees it.
struct Point {
    terms: Vec<f64>,
    estimate: f64,
    replications: f64,
}

fn terms(ranks: &[f64], squares: bool) -> Vec<f64> {
    let linear = std::iter::once(1.0).chain(ranks.iter().map(|r| r - 0.5));
    let curved = ranks.iter().filter(|_| squares).map(|r| (r - 0.5) * (r - 0.5));
    linear.chain(curved).collect()
}

fn product(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

/// Least squares with these weights; `None` where the equations have no solution.
fn fit(points: &[Point], weights: &[f64]) -> Option<Vec<f64>> {
    let p = points.first()?.terms.len();
    let mut matrix = vec![vec![0.0; p]; p];
    let mut right = vec![0.0; p];
    for (point, weight) in points.iter().zip(weights) {
        for i in 0..p {
            right[i] += weight * point.terms[i] * point.estimate;
            for (entry, other) in matrix[i].iter_mut().zip(&point.terms).take(i + 1) {
                *entry += weight * point.terms[i] * other;
            }
        }
    }
    let trace: f64 = (0..p).map(|i| matrix[i][i]).sum();
    for (i, row) in matrix.iter_mut().enumerate() {
        // A lever that all candidates set alike would leave the equations without a solution.
        row[i] += 1e-9 * trace;
    }
    solve(matrix, right)
}

/// Solves symmetric equations, given by their lower half, by Cholesky's decomposition.
fn solve(mut l: Vec<Vec<f64>>, mut x: Vec<f64>) -> Option<Vec<f64>> {
    let p = x.len();
    for i in 0..p {
        for j in 0..=i {
            let sum = l[i][j] - product(&l[i][..j], &l[j][..j]);
            if i != j {
                l[i][j] = sum / l[j][j];
            } else if sum > 0.0 && sum.is_finite() {
                l[i][i] = sum.sqrt();
            } else {
                return None;
            }
        }
    }
    for i in 0..p {
        x[i] = (x[i] - product(&l[i][..i], &x[..i])) / l[i][i];
    }
    for i in (0..p).rev() {
        let above: f64 = (i + 1..p).map(|k| l[k][i] * x[k]).sum();
        x[i] = (x[i] - above) / l[i][i];
    }
    Some(x)
}

impl Belief {
    /// Fits one response to candidates, given by their ranks and runs; `None` for ratios and where too little is known.
    pub(super) fn fitted(estimator: &Estimator, candidates: &[(&[f64], &Runs)], response: usize) -> Option<Self> {
        let latest = &candidates[candidates.len().saturating_sub(MOST_FITTED)..];
        let levers = latest.first()?.0.len();
        let squares = latest.len() >= FOR_SQUARES * (2 * levers + 1);
        let (mut scatter, mut freedom) = (0.0, 0.0);
        let mut points = Vec::new();
        for (ranks, runs) in latest {
            let Some(estimate) = estimator.estimate(runs, response) else { continue };
            let (sum, replications) = estimator.scatter(runs, response)?;
            scatter += sum;
            freedom += replications as f64 - 1.0;
            points.push(Point { terms: terms(ranks, squares), estimate, replications: replications as f64 });
        }
        let left = points.len() as f64 - points.first()?.terms.len() as f64;
        if freedom < 1.0 || left < 2.0 {
            return None;
        }
        let within = scatter / freedom;
        if within <= 0.0 {
            return None;
        }
        // The weighted sum of squares falls as τ² rises; at the plain variance of residuals it is at most its freedom.
        let at = |between: f64| {
            let weights: Vec<f64> = points.iter().map(|p| 1.0 / (between + within / p.replications)).collect();
            let coefficients = fit(&points, &weights)?;
            let residual = |p: &Point| p.estimate - product(&p.terms, &coefficients);
            let sum: f64 = points.iter().zip(&weights).map(|(p, w)| w * residual(p) * residual(p)).sum();
            Some((coefficients, sum))
        };
        let plain = fit(&points, &vec![1.0; points.len()])?;
        let residual = |p: &Point| p.estimate - product(&p.terms, &plain);
        let most = points.iter().map(|p| residual(p) * residual(p)).sum::<f64>() / left;
        let (mut low, mut high) = (LEAST * most, most);
        let between = if most <= 0.0 || at(low)?.1 <= left {
            0.0
        } else {
            for _ in 0..STEPS {
                let middle = (low * high).sqrt();
                if at(middle)?.1 > left { low = middle } else { high = middle }
            }
            high
        };
        let coefficients = at(between)?.0;
        Some(Self { coefficients, squares, within, between })
    }

    /// What is believed of a candidate with this estimate.
    pub(super) fn of(&self, ranks: &[f64], estimate: f64, replications: usize) -> f64 {
        let expected = product(&terms(ranks, self.squares), &self.coefficients);
        let noise = self.within / replications.max(1) as f64;
        expected + (estimate - expected) * self.between / (self.between + noise)
    }
}

#[cfg(test)]
mod tests {
    use super::super::noise::ResponsePart;
    use super::*;
    use forestall_model::{Draws, Key};

    /// Candidates on 2 + 3 x with own deviations and noise; truth and runs of each.
    fn world(own: f64, noise: f64) -> Vec<(Vec<f64>, f64, Runs)> {
        let draws = Draws::new(6, 0);
        let key = |c: u64| Key::root("belief").child(0, c);
        let one = |c: u64| {
            let ranks = vec![draws.uniform(key(c), 0, 0), draws.uniform(key(c), 1, 0)];
            let truth = 2.0 + 3.0 * ranks[0] + own * draws.normal(key(c), 2, 0);
            let n = if c.is_multiple_of(2) { 4 } else { 40 };
            let run = |r: u64| (r, vec![Some(ResponsePart(truth + noise * draws.normal(key(c), 3, r as u32), 1.0))]);
            (ranks, truth, (0..n).map(run).collect())
        };
        (0..300).map(one).collect()
    }

    fn errors(world: &[(Vec<f64>, f64, Runs)]) -> (Belief, f64, f64) {
        let none = Runs::new();
        let estimator = Estimator::new(&none, &world.iter().map(|w| &w.2), 1);
        let candidates: Vec<(&[f64], &Runs)> = world.iter().map(|w| (w.0.as_slice(), &w.2)).collect();
        let belief = Belief::fitted(&estimator, &candidates, 0).unwrap();
        let (mut plain, mut believed) = (0.0, 0.0);
        for (ranks, truth, runs) in world {
            let mean = estimator.estimates(runs)[0].unwrap();
            plain += (mean - truth) * (mean - truth) / world.len() as f64;
            let belief = belief.of(ranks, mean, runs.len());
            believed += (belief - truth) * (belief - truth) / world.len() as f64;
        }
        (belief, plain, believed)
    }

    #[test]
    fn surface_and_variances_are_found() {
        let (belief, plain, believed) = errors(&world(0.5, 2.0));
        // τ² = 0.25 beside noise of 1 and 0.1: known to a third or so from 300 candidates. σ² = 4 to 2 % from 6,300 runs.
        assert!((belief.between - 0.25).abs() < 0.12 && (belief.within - 4.0).abs() < 0.35, "{}", belief.between);
        assert!((belief.coefficients[1] - 3.0).abs() < 0.6, "{:?}", belief.coefficients);
        // Theory: plain (1 + 0.1) ÷ 2; believed (0.2 + 0.071) ÷ 2, a quarter.
        assert!(believed < 0.35 * plain, "{believed} against {plain}");
    }

    #[test]
    fn without_deviations_only_the_surface_counts_and_without_noise_it_does_not() {
        let (_, plain, believed) = errors(&world(0.0, 2.0));
        assert!(believed < 0.1 * plain, "{believed} against {plain}");
        let (_, plain, believed) = errors(&world(1.0, 0.01));
        assert!((believed / plain - 1.0).abs() < 0.01, "{believed} against {plain}");
    }

    #[test]
    fn equations_are_solved_and_hopeless_ones_refused() {
        let found = solve(vec![vec![4.0], vec![2.0, 3.0]], vec![10.0, 8.0]).unwrap();
        // 4 x + 2 y = 10, 2 x + 3 y = 8.
        assert!((found[0] - 1.75).abs() < 1e-12 && (found[1] - 1.5).abs() < 1e-12, "{found:?}");
        assert_eq!(solve(vec![vec![0.0]], vec![1.0]), None);
    }
}
