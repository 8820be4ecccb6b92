//! How far a simulation stands from facts that are intervals.
//!
//! Inside its interval a pattern agrees, and nothing more can be learnt from it: distance 0. Outside, the distance
//! to the nearer end is counted in half widths of the interval. The half width is how well the fact itself is
//! known, so a fact known within a factor of two pulls less than one known within a tenth; a scale taken
//! from the simulations (such as their median absolute deviation) would instead let a pattern that the prior
//! scatters widely count for little, however well it is known.

use super::targets::Target;

/// How the distances of several patterns become one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Combine {
    /// Weighted sum: every pattern pulls, even where another one cannot be reached.
    #[default]
    Sum,
    /// The largest weighted one: a small tolerance bounds every pattern, but one out of reach hides all others.
    Maximum,
}

impl Combine {
    /// The name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sum => "sum",
            Self::Maximum => "max",
        }
    }
}

/// Half widths from `value` to the interval, 0 inside.
pub(super) fn excess(value: f64, low: f64, high: f64) -> f64 {
    let half = (high - low) / 2.0;
    (low - value).max(value - high).max(0.0) / half
}

/// The distance of simulated patterns from their targets, held-out ones left aside; `None` where one is undefined.
pub(crate) fn distance(targets: &[Target], simulated: &[Option<f64>], combine: Combine) -> Option<f64> {
    let mut whole = 0.0;
    for (target, value) in targets.iter().zip(simulated).filter(|(target, _)| !target.held_out) {
        let one = target.weight * excess((*value)?, target.low, target.high);
        whole = match combine {
            Combine::Sum => whole + one,
            Combine::Maximum => f64::max(whole, one),
        };
    }
    Some(whole).filter(|d| d.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(low: f64, high: f64, weight: f64) -> Target {
        Target { low, high, weight, ..Target::example() }
    }

    #[test]
    fn nothing_inside_and_half_widths_outside() {
        assert_eq!(excess(12.0, 10.0, 14.0), 0.0);
        assert_eq!(excess(10.0, 10.0, 14.0), 0.0);
        assert_eq!(excess(6.0, 10.0, 14.0), 2.0);
        assert_eq!(excess(15.0, 10.0, 14.0), 0.5);
    }

    #[test]
    fn sums_and_maxima_are_weighted_and_leave_out_what_is_held_out() {
        let mut targets = vec![target(0.0, 2.0, 1.0), target(0.0, 2.0, 3.0), target(0.0, 2.0, 100.0)];
        targets[2].held_out = true;
        let simulated = [Some(4.0), Some(3.0), Some(50.0)];
        assert_eq!(distance(&targets, &simulated, Combine::Sum), Some(2.0 + 3.0));
        assert_eq!(distance(&targets, &simulated, Combine::Maximum), Some(3.0));
        assert_eq!(distance(&targets, &[Some(4.0), None, Some(1.0)], Combine::Sum), None);
        // An undefined held-out pattern is nobody's distance.
        assert_eq!(distance(&targets, &[Some(1.0), Some(1.0), None], Combine::Sum), Some(0.0));
    }
}
