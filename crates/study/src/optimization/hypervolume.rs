//! Hypervolume: the share of a box of outcomes that a set of points dominates.
//!
//! Zitzler and Thiele (1999). Exact, by slices along the last objective; quick enough for fronts of some hundred points
//! in up to five objectives.

use super::dominance::dominates;

/// The volume between `reference` and the points that dominate it; all objectives minimised.
///
/// Points that do not lie below the reference in every objective add nothing.
pub(super) fn hypervolume(points: &[Vec<f64>], reference: &[f64]) -> f64 {
    let inside = |p: &&Vec<f64>| p.iter().zip(reference).all(|(x, r)| x < r);
    let inside: Vec<&[f64]> = points.iter().filter(inside).map(Vec::as_slice).collect();
    slices(inside, reference)
}

fn slices(mut points: Vec<&[f64]>, reference: &[f64]) -> f64 {
    let last = reference.len() - 1;
    if last == 0 {
        return points.iter().map(|p| reference[0] - p[0]).fold(0.0, f64::max);
    }
    points.sort_by(|a, b| a[last].total_cmp(&b[last]));
    let mut volume = 0.0;
    // The points whose slab has begun, without those that another one covers.
    let mut begun: Vec<&[f64]> = Vec::new();
    for (i, point) in points.iter().enumerate() {
        let face = &point[..last];
        let covered = |by: &[f64]| dominates(by, face) || by == face;
        if !begun.iter().any(|by| covered(by)) {
            begun.retain(|other| !dominates(face, other));
            begun.push(face);
        }
        let top = points.get(i + 1).map_or(reference[last], |next| next[last]);
        if top > point[last] {
            volume += (top - point[last]) * slices(begun.clone(), &reference[..last]);
        }
    }
    volume
}

/// The box in which hypervolumes are measured; it stays the same from the first generation on.
#[derive(Clone, Debug, PartialEq)]
pub struct Frame {
    /// Best value of each objective in the first generation; minimised.
    pub ideal: Vec<f64>,
    /// Worst value plus a tenth of the range: nothing beyond it counts.
    pub reference: Vec<f64>,
}

impl Frame {
    /// The box around some points; `None` without any.
    pub fn around(points: &[Vec<f64>]) -> Option<Self> {
        let dimensions = points.first()?.len();
        let over = |d: usize, f: fn(f64, f64) -> f64, from: f64| points.iter().map(|p| p[d]).fold(from, f);
        let ideal: Vec<f64> = (0..dimensions).map(|d| over(d, f64::min, f64::INFINITY)).collect();
        let worst: Vec<f64> = (0..dimensions).map(|d| over(d, f64::max, f64::NEG_INFINITY)).collect();
        let tenth = |(low, high): (&f64, &f64)| {
            let range = if high > low { high - low } else { high.abs().max(1.0) };
            high + 0.1 * range
        };
        let reference = ideal.iter().zip(&worst).map(tenth).collect();
        Some(Self { ideal, reference })
    }

    /// The hypervolume as a share of the box; above 1 where points are better than the ideal of the first generation.
    pub fn share(&self, points: &[Vec<f64>]) -> f64 {
        let whole: f64 = self.ideal.iter().zip(&self.reference).map(|(a, b)| b - a).product();
        hypervolume(points, &self.reference) / whole
    }
}

#[cfg(test)]
mod tests {
    use super::super::dominance::tests::random;
    use super::*;

    /// The union of boxes by inclusion and exclusion over all subsets: exact, and slow.
    fn inclusion_exclusion(points: &[Vec<f64>], reference: &[f64]) -> f64 {
        (1_u32..1 << points.len())
            .map(|subset| {
                let chosen = |i: &usize| subset >> i & 1 == 1;
                let side = |d: usize| {
                    let corner =
                        (0..points.len()).filter(chosen).map(|i| points[i][d]).fold(f64::NEG_INFINITY, f64::max);
                    (reference[d] - corner).max(0.0)
                };
                let volume: f64 = (0..reference.len()).map(side).product();
                if subset.count_ones() % 2 == 1 { volume } else { -volume }
            })
            .sum()
    }

    #[test]
    fn volumes_agree_with_inclusion_and_exclusion() {
        for dimensions in 2..=4 {
            for case in 0..25 {
                let points: Vec<Vec<f64>> =
                    random(case, 2 + case as usize % 9, dimensions).into_iter().map(|s| s.objectives).collect();
                // Some points lie beyond the reference in one objective.
                let reference = vec![9.5; dimensions];
                let (found, exact) = (hypervolume(&points, &reference), inclusion_exclusion(&points, &reference));
                // Half-integers below 2⁵³ add without error.
                assert!((found - exact).abs() < 1e-9, "{dimensions} objectives, case {case}: {found} against {exact}");
            }
        }
    }

    #[test]
    fn hand_cases() {
        assert_eq!(hypervolume(&[vec![1.0, 3.0], vec![2.0, 2.0], vec![3.0, 1.0]], &[4.0, 4.0]), 6.0);
        assert_eq!(hypervolume(&[vec![0.0, 0.0, 0.0]], &[2.0, 3.0, 4.0]), 24.0);
        assert_eq!(hypervolume(&[vec![5.0, 0.0]], &[4.0, 4.0]), 0.0);
        assert_eq!(hypervolume(&[], &[4.0, 4.0]), 0.0);
    }

    #[test]
    fn the_frame_holds_its_points_and_measures_shares() {
        let frame = Frame::around(&[vec![0.0, 10.0], vec![10.0, 20.0]]).unwrap();
        assert_eq!((frame.ideal.clone(), frame.reference.clone()), (vec![0.0, 10.0], vec![11.0, 21.0]));
        assert_eq!(frame.share(&[vec![0.0, 10.0]]), 1.0);
        // Without any range the box is a tenth of the size.
        assert!((Frame::around(&[vec![5.0]]).unwrap().reference[0] - 5.5).abs() < 1e-12);
        assert_eq!(Frame::around(&[]), None);
    }
}
