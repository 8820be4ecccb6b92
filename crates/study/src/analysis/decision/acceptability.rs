//! Which option is the best at each value put on an attack prevented: acceptability curves, their frontier, and EVPI.
//!
//! Fenwick, Claxton and Sculpher (2001), Health Econ. 10, 779–787; Barton, Briggs and Fenwick (2008), Value Health 11, 886–897.

use serde::Serialize;

use super::information::{best, probability_best};
use crate::analysis::Estimate;

/// What holds at one value of an attack prevented.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AcceptabilityPoint {
    /// The value put on one attack prevented.
    pub value: f64,
    /// The option with the greatest expected net benefit: the frontier.
    pub best: String,
    /// Its probability of being the best.
    pub probability: f64,
    /// Each option's probability of being the best, in the options' order.
    pub probabilities: Vec<f64>,
    /// Expected value of perfect information.
    pub evpi: Estimate,
}

/// Net benefits at a value put on a unit of effect.
pub(crate) fn benefits(effects: &[Vec<f64>], costs: &[Vec<f64>], value: f64) -> Vec<Vec<f64>> {
    let one = |(effect, cost): (&Vec<f64>, &Vec<f64>)| effect.iter().zip(cost).map(|(e, c)| value * e - c).collect();
    effects.iter().zip(costs).map(one).collect()
}

/// The curves over these values; `known` gives what could be known of net benefits at a value, draw by draw, and what it
/// is worth to know it.
pub(crate) fn curves(
    options: &[String],
    values: &[f64],
    known: impl Fn(f64) -> (Vec<Vec<f64>>, Estimate),
) -> Vec<AcceptabilityPoint> {
    let point = |value: &f64| {
        let (benefits, evpi) = known(*value);
        let (top, probabilities) = (best(&benefits), probability_best(&benefits));
        AcceptabilityPoint {
            value: *value,
            best: options[top].clone(),
            probability: probabilities[top],
            probabilities,
            evpi,
        }
    };
    values.iter().map(point).collect()
}

#[cfg(test)]
mod tests {
    use super::super::information::perfect;
    use super::super::sample::Sample;
    use super::*;

    #[test]
    fn the_frontier_turns_where_the_costs_are_worth_it() {
        // One saves 2 for 10, in one of two draws 3: worth it from 5 on.
        let options = ["none".to_owned(), "one".to_owned()];
        let effects = [vec![0.0, 0.0], vec![1.0, 3.0]];
        let costs = [vec![0.0, 0.0], vec![10.0, 10.0]];
        let found = curves(&options, &[0.0, 4.0, 6.0, 20.0], |value| {
            let benefits = benefits(&effects, &costs, value);
            let evpi = perfect(&benefits, &Sample::single(benefits[0].len()));
            (benefits, evpi)
        });
        assert_eq!(found.iter().map(|p| p.best.as_str()).collect::<Vec<_>>(), ["none", "none", "one", "one"]);
        assert_eq!(found.iter().map(|p| p.probability).collect::<Vec<_>>(), [1.0, 0.5, 0.5, 1.0]);
        assert_eq!(found[1].evpi.estimate, Some(1.0));
        assert_eq!(found[2].evpi.estimate, Some(2.0));
    }
}
