//! The perturbation kernel: a normal step with twice the weighted covariance of the particles.
//!
//! Beaumont, Cornuet, Marin and Robert (2009), "Adaptive approximate Bayesian computation", take twice the weighted
//! variance, which minimises the Kullback-Leibler distance between target and proposal; Filippi et al. (2013)
//! carry it over to the whole covariance, so that steps follow ridges. Points are ranks under the prior, so the
//! prior is 1 on the unit cube and 0 outside.

use forestall_model::{Draws, Key};

use std::f64::consts::TAU;

use super::state::Particle;

/// Proposals that fall outside the prior before the ancestor itself is taken; never met in practice.
const MOST_ATTEMPTS: u32 = 10_000;
/// Steps by which the share inside the prior is estimated; its relative error stays near one in a hundred.
const INSIDE_DRAWS: u32 = 20_000;
/// Least variance of a step, so that a population that agrees on one value can still move.
const LEAST_VARIANCE: f64 = 1e-10;

/// Decisions of the keyed draws.
const ANCESTOR: u16 = 1;
const STEP: u16 = 2;

/// Weighted particles with the factor of their kernel's covariance.
pub(super) struct Kernel<'a> {
    particles: &'a [Particle],
    /// Sum of the weights up to and including each particle.
    cumulative: Vec<f64>,
    /// Lower triangle L of the covariance L·Lᵀ, row by row.
    factor: Vec<Vec<f64>>,
}

/// The weighted covariance of the particles' ranks.
pub(super) fn covariance(particles: &[Particle]) -> Vec<Vec<f64>> {
    let d = particles.first().map_or(0, |p| p.ranks.len());
    let whole: f64 = particles.iter().map(|p| p.weight).sum();
    let mean: Vec<f64> = (0..d).map(|j| particles.iter().map(|p| p.weight * p.ranks[j]).sum::<f64>() / whole).collect();
    let entry = |i: usize, j: usize| {
        particles.iter().map(|p| p.weight * (p.ranks[i] - mean[i]) * (p.ranks[j] - mean[j])).sum::<f64>() / whole
    };
    (0..d).map(|i| (0..d).map(|j| entry(i, j)).collect()).collect()
}

/// The lower Cholesky factor; directions without spread get the least variance.
fn cholesky(mut matrix: Vec<Vec<f64>>) -> Vec<Vec<f64>> {
    let d = matrix.len();
    for j in 0..d {
        for k in 0..j {
            for i in j..d {
                matrix[i][j] -= matrix[i][k] * matrix[j][k];
            }
        }
        let pivot = libm::sqrt(matrix[j][j].max(LEAST_VARIANCE));
        for row in matrix.iter_mut().skip(j) {
            row[j] /= pivot;
        }
        matrix[j][j] = pivot;
        for row in matrix.iter_mut().take(j) {
            row[j] = 0.0;
        }
    }
    matrix
}

impl<'a> Kernel<'a> {
    /// The kernel of a population with positive weights.
    pub(super) fn of(particles: &'a [Particle]) -> Self {
        let mut sum = 0.0;
        let add = |p: &Particle| {
            sum += p.weight;
            sum
        };
        let cumulative = particles.iter().map(add).collect();
        let mut matrix = covariance(particles);
        matrix.iter_mut().flatten().for_each(|entry| *entry *= 2.0);
        Self { particles, cumulative, factor: cholesky(matrix) }
    }

    /// A proposal: an ancestor by weight and a step, both drawn anew until the point lies inside the prior.
    ///
    /// Drawing the ancestor anew too keeps the density of proposals proportional to the mixture inside the prior.
    pub(super) fn propose(&self, draws: &Draws, key: Key) -> Vec<f64> {
        let d = self.factor.len();
        let whole = self.cumulative.last().copied().unwrap_or(0.0);
        let ancestor = |attempt: u32| {
            let place = draws.uniform(key, ANCESTOR, attempt) * whole;
            let at = self.cumulative.partition_point(|sum| *sum < place).min(self.particles.len() - 1);
            &self.particles[at].ranks
        };
        for attempt in 0..MOST_ATTEMPTS {
            let normals: Vec<f64> = (0..d).map(|j| draws.normal(key, STEP, attempt * d as u32 + j as u32)).collect();
            let step = |i: usize| (0..=i).map(|k| self.factor[i][k] * normals[k]).sum::<f64>();
            let from = ancestor(attempt);
            let to: Vec<f64> = (0..d).map(|i| from[i] + step(i)).collect();
            if to.iter().all(|rank| (0.0..=1.0).contains(rank)) {
                return to;
            }
        }
        ancestor(0).clone()
    }

    /// The share of steps that end inside the prior, by simulation.
    pub(super) fn inside(&self, draws: &Draws, key: Key) -> f64 {
        let d = self.factor.len();
        let whole = self.cumulative.last().copied().unwrap_or(0.0);
        let mut hits = 0;
        for k in 0..INSIDE_DRAWS {
            let place = draws.uniform(key, ANCESTOR, k) * whole;
            let at = self.cumulative.partition_point(|sum| *sum < place).min(self.particles.len() - 1);
            let normals: Vec<f64> = (0..d).map(|j| draws.normal(key, STEP, k * d as u32 + j as u32)).collect();
            let to =
                |i: usize| self.particles[at].ranks[i] + (0..=i).map(|j| self.factor[i][j] * normals[j]).sum::<f64>();
            hits += u32::from((0..d).all(|i| (0.0..=1.0).contains(&to(i))));
        }
        f64::from(hits) / f64::from(INSIDE_DRAWS)
    }

    /// What [`Self::density`] leaves out: multiplied by this, it integrates to 1 over the whole space.
    pub(super) fn constant(&self) -> f64 {
        let whole = self.cumulative.last().copied().unwrap_or(0.0);
        let spread: f64 = (0..self.factor.len()).map(|i| self.factor[i][i] * libm::sqrt(TAU)).product();
        1.0 / (whole * spread)
    }

    /// The density of proposals at `ranks`, up to a constant that is the same for all points.
    pub(super) fn density(&self, ranks: &[f64]) -> f64 {
        let mut solved = vec![0.0; ranks.len()];
        let mut sum = 0.0;
        for particle in self.particles {
            let mut square = 0.0;
            for i in 0..ranks.len() {
                let known: f64 = (0..i).map(|k| self.factor[i][k] * solved[k]).sum();
                solved[i] = (ranks[i] - particle.ranks[i] - known) / self.factor[i][i];
                square += solved[i] * solved[i];
            }
            sum += particle.weight * libm::exp(-0.5 * square);
        }
        sum
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn particle(ranks: &[f64], weight: f64) -> Particle {
        Particle { number: 0, ranks: ranks.to_vec(), weight, distance: 0.0, summaries: Vec::new() }
    }

    #[test]
    fn the_factor_gives_back_the_matrix() {
        let matrix = vec![vec![4.0, 2.0, 0.6], vec![2.0, 5.0, 1.5], vec![0.6, 1.5, 3.0]];
        let l = cholesky(matrix.clone());
        for i in 0..3 {
            for j in 0..3 {
                let back: f64 = (0..3).map(|k| l[i][k] * l[j][k]).sum();
                assert!((back - matrix[i][j]).abs() < 1e-12, "{i} {j}: {back}");
            }
        }
    }

    #[test]
    fn covariance_is_weighted() {
        // Weights 3:1 on 0 and 1: mean 1/4, variance 3/16.
        let found = covariance(&[particle(&[0.0], 3.0), particle(&[1.0], 1.0)]);
        assert!((found[0][0] - 3.0 / 16.0).abs() < 1e-15);
    }

    #[test]
    fn proposals_follow_the_density_and_stay_inside_the_prior() {
        let particles = [particle(&[0.1, 0.2], 1.0), particle(&[0.7, 0.9], 3.0), particle(&[0.4, 0.3], 2.0)];
        let kernel = Kernel::of(&particles);
        let draws = Draws::new(5, 0);
        let points: Vec<Vec<f64>> =
            (0..40_000).map(|k| kernel.propose(&draws, Key::root("test").child(0, k))).collect();
        assert!(points.iter().flatten().all(|r| (0.0..=1.0).contains(r)));
        // Mass of each quarter against the density summed over a fine grid; standard error at most 0.0025.
        let cells = 100;
        let mut mass = [0.0; 4];
        for a in 0..cells {
            for b in 0..cells {
                let at = [(f64::from(a) + 0.5) / f64::from(cells), (f64::from(b) + 0.5) / f64::from(cells)];
                mass[usize::from(at[0] > 0.5) * 2 + usize::from(at[1] > 0.5)] += kernel.density(&at);
            }
        }
        let whole: f64 = mass.iter().sum();
        for (quarter, expected) in mass.iter().enumerate() {
            let hits = points.iter().filter(|p| usize::from(p[0] > 0.5) * 2 + usize::from(p[1] > 0.5) == quarter);
            let found = hits.count() as f64 / points.len() as f64;
            assert!((found - expected / whole).abs() < 4.0 * 0.0025, "{quarter}: {found} against {}", expected / whole);
        }
    }
}
