//! Who is better: dominance, dominance under constraints, and sorting into fronts.
//!
//! Deb, Pratap, Agarwal and Meyarivan (2002), IEEE Transactions on Evolutionary Computation 6(2): a feasible candidate
//! beats one that is not; of two that are not, the lesser violation wins; of two feasible ones, dominance decides.

/// How a candidate stands in selection.
#[derive(Clone, Debug, PartialEq)]
pub struct Standing {
    /// The objectives, all to be minimised.
    pub objectives: Vec<f64>,
    /// By how much limits are missed, in shares of the limits; 0 is feasible, infinite cannot be had at all.
    pub violation: f64,
}

impl Standing {
    /// Whether all limits are met.
    pub fn feasible(&self) -> bool {
        self.violation <= 0.0
    }

    /// Whether this one is better than the other under the constraints.
    pub fn beats(&self, other: &Self) -> bool {
        match (self.feasible(), other.feasible()) {
            (true, true) => dominates(&self.objectives, &other.objectives),
            (false, false) => self.violation < other.violation,
            (feasible, _) => feasible,
        }
    }
}

/// Whether `a` is nowhere worse than `b` and better somewhere; all minimised.
pub(super) fn dominates(a: &[f64], b: &[f64]) -> bool {
    let nowhere_worse = a.iter().zip(b).all(|(x, y)| x <= y);
    nowhere_worse && a.iter().zip(b).any(|(x, y)| x < y)
}

/// Positions sorted into fronts: the first is beaten by none, the second only by the first, and so on.
pub(super) fn fronts(all: &[Standing]) -> Vec<Vec<usize>> {
    let mut beaten_by = vec![0_usize; all.len()];
    let mut beats: Vec<Vec<usize>> = vec![Vec::new(); all.len()];
    for i in 0..all.len() {
        for j in i + 1..all.len() {
            let (better, worse) = match (all[i].beats(&all[j]), all[j].beats(&all[i])) {
                (true, false) => (i, j),
                (false, true) => (j, i),
                _ => continue,
            };
            beats[better].push(worse);
            beaten_by[worse] += 1;
        }
    }
    let mut sorted = Vec::new();
    let mut front: Vec<usize> = (0..all.len()).filter(|&i| beaten_by[i] == 0).collect();
    while !front.is_empty() {
        let mut next = Vec::new();
        for &i in &front {
            for &j in &beats[i] {
                beaten_by[j] -= 1;
                if beaten_by[j] == 0 {
                    next.push(j);
                }
            }
        }
        next.sort_unstable();
        sorted.push(std::mem::replace(&mut front, next));
    }
    sorted
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use forestall_model::{Draws, Key};

    pub(crate) fn free(objectives: &[f64]) -> Standing {
        Standing { objectives: objectives.to_vec(), violation: 0.0 }
    }

    /// Points on a coarse grid, so that ties occur, one in four of them not feasible.
    pub(crate) fn random(replication: u64, count: usize, dimensions: usize) -> Vec<Standing> {
        let draws = Draws::new(11, replication);
        let at = |i: usize, d: usize| draws.uniform(Key::root("points").child(0, i as u64), d as u16, 0);
        let one = |i: usize| {
            let objectives = (0..dimensions).map(|d| libm::floor(at(i, d) * 12.0)).collect();
            let violation = if at(i, 90) < 0.25 { libm::ceil(at(i, 91) * 4.0) } else { 0.0 };
            Standing { objectives, violation }
        };
        (0..count).map(one).collect()
    }

    #[test]
    fn a_hand_case_is_sorted_as_by_hand() {
        // Front 1: (1,5), (2,3), (4,1); front 2: (2,5), (4,3); front 3: (5,5); then the infeasible by violation.
        let mut all: Vec<Standing> =
            [[1.0, 5.0], [2.0, 3.0], [2.0, 5.0], [4.0, 1.0], [4.0, 3.0], [5.0, 5.0], [0.0, 0.0], [0.0, 0.0]]
                .iter()
                .map(|p| free(p))
                .collect();
        (all[6].violation, all[7].violation) = (2.0, 0.5);
        assert_eq!(fronts(&all), [vec![0, 1, 3], vec![2, 4], vec![5], vec![7], vec![6]]);
        assert!(dominates(&[1.0, 1.0], &[1.0, 2.0]) && !dominates(&[1.0, 1.0], &[1.0, 1.0]));
    }

    #[test]
    fn sorting_agrees_with_peeling_by_brute_force() {
        for case in 0..40 {
            let all = random(case, 5 + case as usize * 2, 2 + case as usize % 3);
            let mut left: Vec<usize> = (0..all.len()).collect();
            let mut peeled = Vec::new();
            while !left.is_empty() {
                let best: Vec<usize> =
                    left.iter().copied().filter(|&i| !left.iter().any(|&j| all[j].beats(&all[i]))).collect();
                left.retain(|i| !best.contains(i));
                peeled.push(best);
            }
            assert_eq!(fronts(&all), peeled, "case {case}");
        }
    }
}
