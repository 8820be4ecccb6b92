//! Simulated patterns on the scale on which a regression takes them: 0 is the fact.
//!
//! A count of one source is compared as it is: one simulated history shows a draw from the model's own law of counts, so
//! chance is in it once, and no interval is needed. Anscombe's root gives it about unit variance. What is known within
//! an interval only is simulated together with the error of knowing it, uniform over the interval: then accepting what
//! comes near the published value is exact for that error (Wilkinson 2013). Ends of the interval lie at -1 and 1; beyond
//! them the scale bends (arsinh), so that a wild history does not bend the regression.

use libm::{asinh, sqrt};

use forestall_model::{Draws, Key};

use super::state::Particle;
use super::targets::Target;

/// The decision of the keyed draws of errors.
const ERROR: u16 = 0;

/// Anscombe's root of a count, of about unit variance for a Poisson count.
fn root(count: f64) -> f64 {
    2.0 * sqrt(count.max(0.0) + 0.375)
}

/// Where a simulated value stands; `error` is that of knowing the fact, from -1 to 1, and does not touch a count.
pub(super) fn standing(target: &Target, value: f64, error: f64) -> f64 {
    if target.count {
        root(value) - root(target.value)
    } else {
        let side = if value >= target.value { target.high } else { target.low };
        asinh((value - target.value) / (side - target.value).abs() + error)
    }
}

/// One row a point, one column a target that is not held out, with the error of knowing each; the fact is 0 in all.
///
/// Points that lack a pattern that is fitted have no row; the numbers of those that have one come with the rows.
pub(crate) fn standings(targets: &[Target], points: &[Particle], seed: u64) -> (Vec<usize>, Vec<Vec<f64>>) {
    let draws = Draws::new(seed, 0);
    let root = Key::root("errors of facts");
    let fitted: Vec<(usize, &Target)> = targets.iter().enumerate().filter(|(_, t)| !t.held_out).collect();
    let row = |point: &Particle| {
        let key = root.child(0, point.number);
        let one = |(j, target): &(usize, &Target)| {
            let error = 2.0 * draws.uniform(key, ERROR, *j as u32) - 1.0;
            point.summaries.get(*j).copied().flatten().map(|value| standing(target, value, error))
        };
        fitted.iter().map(one).collect::<Option<Vec<f64>>>()
    };
    points.iter().enumerate().filter_map(|(i, point)| Some((i, row(point)?))).unzip()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fact_is_nothing_and_the_ends_of_its_interval_are_one() {
        let share = Target { low: 0.2, value: 0.5, high: 0.6, ..Target::example() };
        assert_eq!(standing(&share, 0.5, 0.0), 0.0);
        assert!((standing(&share, 0.2, 0.0) + asinh(1.0)).abs() < 1e-12);
        assert!((standing(&share, 0.6, 0.0) - asinh(1.0)).abs() < 1e-12);
        assert!((standing(&share, 0.6, -1.0)).abs() < 1e-12, "the error of knowing can bring it back to the fact");
        let count = Target { low: 3.0, value: 8.0, high: 15.0, count: true, ..Target::example() };
        assert_eq!(standing(&count, 8.0, 0.9), 0.0, "no error of knowing is laid on a count");
        // About a standard deviation of a Poisson count of mean 8.
        assert!((standing(&count, 8.0 + sqrt(8.0), 0.0) - 1.0).abs() < 0.1);
    }

    #[test]
    fn a_point_without_a_fitted_pattern_is_left_out_and_errors_hang_on_its_number() {
        let mut targets = vec![Target::example(), Target { held_out: true, ..Target::example() }];
        let point = |number, summaries: [Option<f64>; 2]| Particle {
            number,
            ranks: vec![0.5],
            weight: 1.0,
            distance: 0.0,
            summaries: summaries.to_vec(),
        };
        let points = [point(0, [Some(0.5), None]), point(1, [None, Some(0.5)]), point(2, [Some(0.5), Some(0.5)])];
        let (kept, rows) = standings(&targets, &points, 7);
        assert_eq!(kept, [0, 2]);
        assert_eq!(rows[0].len(), 1);
        assert_ne!(rows[0], rows[1]);
        assert_eq!(rows, standings(&targets, &points, 7).1);
        assert_eq!(standings(&targets, &points[2..], 7).1[0], rows[1], "whatever other points there are");
        targets[1].held_out = false;
        assert_eq!(standings(&targets, &points, 7).0, [2]);
    }
}
