//! Latin hypercubes: each factor's range is cut into as many equal ranks as there are points, each used once.
//!
//! `McKay`, Beckman and Conover (1979); the maximin option exchanges ranks until the criterion φ₁₅ of Morris and
//! Mitchell (1995), a smooth stand-in for the smallest distance between points, falls no more.

use forestall_model::{Draws, Key};

/// Exchanges tried for the maximin option, at most; and multiplications spent on them, about.
const MOST_EXCHANGES: usize = 20_000;
const EFFORT: usize = 400_000_000;

/// The ranks of all rows, row after row.
pub(super) fn ranks(seed: u64, points: usize, factors: usize, maximin: bool) -> Vec<f64> {
    let draws = Draws::new(seed, 0);
    let root = Key::root("latin hypercube");
    let mut strata: Vec<Vec<usize>> =
        (0..factors).map(|d| permutation(&draws, root.child(0, d as u64), points)).collect();
    if maximin && points > 2 {
        spread(&draws, root, &mut strata);
    }
    let mut all = Vec::with_capacity(points * factors);
    for row in 0..points {
        for (d, column) in strata.iter().enumerate() {
            let inside = draws.uniform(root.child(1, d as u64), 0, row as u32);
            all.push((column[row] as f64 + inside) / points as f64);
        }
    }
    all
}

/// A random order of `0..count` (Fisher and Yates).
pub(super) fn permutation(draws: &Draws, key: Key, count: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..count).collect();
    for i in (1..count).rev() {
        let j = (draws.uniform(key, 1, i as u32) * (i + 1) as f64) as usize;
        order.swap(i, j.min(i));
    }
    order
}

/// What a pair of points at this squared distance adds to the criterion.
fn cost(squared: f64) -> f64 {
    // φ₁₅ without its root: distance to the power −15.
    1.0 / (squared.powi(7) * squared.sqrt()).max(f64::MIN_POSITIVE)
}

/// Exchanges strata of single factors between points while that spreads the points.
fn spread(draws: &Draws, root: Key, strata: &mut [Vec<usize>]) {
    let (points, factors) = (strata[0].len(), strata.len());
    let exchanges = (EFFORT / (points * factors * 4)).min(MOST_EXCHANGES);
    let key = root.child(2, 0);
    let whole =
        |t: u32, part: u16, below: usize| ((draws.uniform(key, part, t) * below as f64) as usize).min(below - 1);
    for t in 0..exchanges as u32 {
        let d = whole(t, 1, factors);
        let (a, b) = (whole(t, 2, points), whole(t, 3, points));
        if a == b {
            continue;
        }
        let row_cost = |strata: &[Vec<usize>]| -> f64 {
            let apart = |i: usize, j: usize| -> f64 {
                strata.iter().map(|c| (c[i] as f64 - c[j] as f64) / points as f64).map(|x| x * x).sum()
            };
            (0..points).filter(|&k| k != a && k != b).map(|k| cost(apart(a, k)) + cost(apart(b, k))).sum()
        };
        let before = row_cost(strata);
        strata[d].swap(a, b);
        if row_cost(strata) >= before {
            strata[d].swap(a, b);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn smallest_distance(ranks: &[f64], factors: usize) -> f64 {
        let points: Vec<&[f64]> = ranks.chunks(factors).collect();
        let mut least = f64::INFINITY;
        for (i, a) in points.iter().enumerate() {
            for b in &points[..i] {
                least = least.min(a.iter().zip(*b).map(|(x, y)| (x - y).powi(2)).sum::<f64>().sqrt());
            }
        }
        least
    }

    #[test]
    fn each_stratum_of_each_factor_is_used_once() {
        for maximin in [false, true] {
            let ranks = ranks(3, 40, 5, maximin);
            for d in 0..5 {
                let mut seen = [false; 40];
                for row in 0..40 {
                    let stratum = (ranks[row * 5 + d] * 40.0) as usize;
                    assert!(!std::mem::replace(&mut seen[stratum], true));
                }
            }
        }
    }

    #[test]
    fn maximin_spreads_the_points() {
        for seed in 0..5 {
            let (plain, wide) = (ranks(seed, 30, 3, false), ranks(seed, 30, 3, true));
            let (before, after) = (smallest_distance(&plain, 3), smallest_distance(&wide, 3));
            assert!(after > 1.3 * before, "{before} became {after}");
        }
    }
}
