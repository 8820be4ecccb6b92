//! New candidates: a Latin hypercube to begin with, then crossover and mutation, all on ranks between 0 and 1.
//!
//! Simulated binary crossover (Deb and Agrawal 1995) and polynomial mutation (Deb and Goyal 1996), both bounded. Every
//! draw is addressed by the candidate's number, so that nothing hangs on the order of work.

use forestall_model::{Draws, Key};

/// Distribution index of the crossover: children near their parents.
const CROSSOVER_INDEX: f64 = 15.0;
/// Distribution index of the mutation.
const MUTATION_INDEX: f64 = 20.0;
/// Share of pairs that are crossed.
const CROSSED: f64 = 0.9;

/// Questions asked about a new candidate.
mod question {
    pub(super) const CROSSED: u16 = 0;
    pub(super) const SPREAD: u16 = 1;
    pub(super) const TAKES_PART: u16 = 2;
    pub(super) const SWAPPED: u16 = 3;
    pub(super) const MUTATED: u16 = 4;
    pub(super) const STEP: u16 = 5;
    pub(super) const ORDER: u16 = 6;
    pub(super) const PLACE: u16 = 7;
}

/// `count` points of which each has a stratum of every lever to itself.
pub(super) fn spread_out(draws: &Draws, key: Key, count: usize, levers: usize) -> Vec<Vec<f64>> {
    let mut points = vec![Vec::with_capacity(levers); count];
    for d in 0..levers as u16 {
        let of = |i: usize, asked: u16| draws.uniform(key.child(d, i as u64), asked, 0);
        let mut order: Vec<(f64, usize)> = (0..count).map(|i| (of(i, question::ORDER), i)).collect();
        order.sort_by(|a, b| a.0.total_cmp(&b.0));
        for (stratum, (_, i)) in order.into_iter().enumerate() {
            points[i].push((stratum as f64 + of(i, question::PLACE)) / count as f64);
        }
    }
    points
}

/// A point anywhere.
pub(super) fn anywhere(draws: &Draws, key: Key, levers: usize) -> Vec<f64> {
    (0..levers).map(|d| draws.uniform(key, question::PLACE, d as u32)).collect()
}

/// A child of two parents.
pub(super) fn child(draws: &Draws, key: Key, a: &[f64], b: &[f64]) -> Vec<f64> {
    let crossed = draws.chance(key, question::CROSSED, 0, CROSSED);
    let each = (0..a.len()).map(|d| {
        let at = d as u32;
        let rank = if crossed && draws.chance(key, question::TAKES_PART, at, 0.5) {
            cross(a[d], b[d], draws.uniform(key, question::SPREAD, at), draws.chance(key, question::SWAPPED, at, 0.5))
        } else {
            a[d]
        };
        let mutates = draws.chance(key, question::MUTATED, at, 1.0 / a.len() as f64);
        if mutates { mutate(rank, draws.uniform(key, question::STEP, at)) } else { rank }
    });
    each.collect()
}

/// One of the two children of bounded simulated binary crossover.
fn cross(a: f64, b: f64, u: f64, upper: bool) -> f64 {
    let (low, high) = (a.min(b), a.max(b));
    if high - low < 1e-12 {
        return a;
    }
    let power = 1.0 / (CROSSOVER_INDEX + 1.0);
    let room = if upper { 1.0 - high } else { low };
    let beta = 1.0 + 2.0 * room / (high - low);
    let alpha = 2.0 - libm::pow(beta, -(CROSSOVER_INDEX + 1.0));
    let stretch =
        if u <= 1.0 / alpha { libm::pow(u * alpha, power) } else { libm::pow(1.0 / (2.0 - u * alpha), power) };
    let half = 0.5 * stretch * (high - low);
    let middle = f64::midpoint(low, high);
    (if upper { middle + half } else { middle - half }).clamp(0.0, 1.0)
}

/// Bounded polynomial mutation.
fn mutate(x: f64, u: f64) -> f64 {
    let power = MUTATION_INDEX + 1.0;
    let step = if u < 0.5 {
        libm::pow(2.0 * u + (1.0 - 2.0 * u) * libm::pow(1.0 - x, power), 1.0 / power) - 1.0
    } else {
        1.0 - libm::pow(2.0 * (1.0 - u) + (2.0 * u - 1.0) * libm::pow(x, power), 1.0 / power)
    };
    (x + step).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_start_uses_every_stratum_once() {
        let points = spread_out(&Draws::new(3, 0), Key::root("start"), 30, 4);
        for d in 0..4 {
            let mut strata: Vec<usize> = points.iter().map(|p| (p[d] * 30.0) as usize).collect();
            strata.sort_unstable();
            assert_eq!(strata, (0..30).collect::<Vec<_>>());
        }
    }

    #[test]
    fn crossover_keeps_the_mean_of_parents_and_everything_stays_inside() {
        // Far from the bounds the two children lie evenly about the middle of their parents.
        for u in [0.05, 0.3, 0.5, 0.8] {
            assert!((cross(0.4, 0.6, u, true) + cross(0.4, 0.6, u, false) - 1.0).abs() < 1e-6);
        }
        assert!((cross(0.4, 0.6, 0.5, true) - 0.6).abs() < 1e-6, "the median child is a parent");
        let draws = Draws::new(4, 0);
        for i in 0..2000 {
            let key = Key::root("child").child(0, i);
            let [a, b] = [1, 2].map(|q| anywhere(&draws, key.child(q, 0), 5));
            let (a, b) = if i % 7 == 0 { (vec![0.0; 5], vec![1.0; 5]) } else { (a, b) };
            assert!(child(&draws, key, &a, &b).iter().all(|x| (0.0..=1.0).contains(x)));
        }
    }

    #[test]
    fn mutation_is_small_and_goes_both_ways() {
        assert_eq!(mutate(0.3, 0.5), 0.3);
        assert!(mutate(0.3, 0.2) < 0.3 && mutate(0.3, 0.8) > 0.3);
        // Nineteen in twenty steps are below 0.14 with index 20: (2 × 0.025)^(1/21) = 0.867.
        assert!((mutate(0.5, 0.025) - 0.5).abs() < 0.14);
    }
}
