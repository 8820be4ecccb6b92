//! Portfolios: which levers together, within a budget, over all draws; effects and costs of levers are added.

use serde::Serialize;

use crate::stats::{mean, quantile};

/// Most levers of which every set is looked at.
pub(crate) const MOST_LEVERS: usize = 16;
/// Most sums that a search may take.
pub(crate) const MOST_WORK: usize = 2_000_000_000;

/// A set of levers.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Portfolio {
    /// Why it is shown: `mean`, `worst` or `regret`.
    pub rule: &'static str,
    /// The levers.
    pub levers: Vec<String>,
    /// Mean of the summed effect.
    pub effect: f64,
    /// Its 5 % quantile over the draws.
    pub effect_low: f64,
    /// Its least value over the draws.
    pub effect_worst: f64,
    /// Mean of the summed cost.
    pub cost: f64,
    /// Share of the draws in which the cost is within the budget.
    pub affordable: f64,
    /// The greatest regret over the draws: effect behind the best admitted set of the same draw.
    pub regret: f64,
}

/// The name of a rule, and what it makes the most of.
type Rule = (&'static str, fn(&Portfolio) -> f64);

/// The sets within the budget that are the best by three rules: the greatest mean effect, the greatest effect in the worst
/// draw (Wald's maximin), and the least greatest regret (Savage). A set is admitted whose cost is within the budget in at
/// least `sure` of the draws. Every set is looked at. Of sets that tie, the one of least mean cost.
pub(crate) fn portfolios(
    levers: &[String],
    effects: &[Vec<f64>],
    costs: &[Vec<f64>],
    (budget, sure): (f64, f64),
) -> Vec<Portfolio> {
    let rows = effects.first().map_or(0, Vec::len);
    let summed = |columns: &[Vec<f64>], set: usize| -> Vec<f64> {
        let mut sums = vec![0.0; rows];
        for (_, column) in columns.iter().enumerate().filter(|(j, _)| set >> j & 1 == 1) {
            sums.iter_mut().zip(column).for_each(|(sum, x)| *sum += x);
        }
        sums
    };
    let affordable = |set: usize| {
        let within = summed(costs, set).iter().filter(|cost| **cost <= budget).count();
        within as f64 / rows.max(1) as f64
    };
    let admitted: Vec<usize> = (0..1_usize << levers.len()).filter(|set| affordable(*set) >= sure).collect();
    let mut top = vec![f64::NEG_INFINITY; rows];
    for set in &admitted {
        top.iter_mut().zip(summed(effects, *set)).for_each(|(best, effect)| *best = best.max(effect));
    }
    let row = |set: usize| {
        let effect = summed(effects, set);
        Portfolio {
            rule: "",
            levers: levers
                .iter()
                .enumerate()
                .filter(|(j, _)| set >> j & 1 == 1)
                .map(|(_, name)| name.clone())
                .collect(),
            effect: mean(&effect).unwrap_or(0.0),
            effect_low: quantile(&effect, 0.05).unwrap_or(0.0),
            effect_worst: effect.iter().copied().fold(f64::INFINITY, f64::min),
            cost: mean(&summed(costs, set)).unwrap_or(0.0),
            affordable: affordable(set),
            regret: top.iter().zip(&effect).map(|(best, own)| best - own).fold(0.0, f64::max),
        }
    };
    let rules: [Rule; 3] = [("mean", |p| p.effect), ("worst", |p| p.effect_worst), ("regret", |p| -p.regret)];
    let mut best: [Option<Portfolio>; 3] = [None, None, None];
    for set in admitted {
        let found = row(set);
        for (place, (_, key)) in best.iter_mut().zip(rules) {
            let better = place.as_ref().is_none_or(|known| {
                let (own, old) = (key(&found), key(known));
                own > old || (own == old && found.cost < known.cost)
            });
            if better {
                *place = Some(found.clone());
            }
        }
    }
    best.into_iter().zip(rules).filter_map(|(p, (rule, _))| p.map(|p| Portfolio { rule, ..p })).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_three_rules_choose_what_they_say() {
        let levers = ["a", "b", "c"].map(String::from);
        // a is the best on average, b is safe, c is dear.
        let effects = [vec![10.0, 0.0], vec![3.0, 3.0], vec![50.0, 50.0]];
        let costs = [vec![5.0, 5.0], vec![5.0, 5.0], vec![20.0, 20.0]];
        let found = portfolios(&levers, &effects, &costs, (5.0, 1.0));
        let of = |rule: &str| found.iter().find(|p| p.rule == rule).unwrap();
        assert_eq!((of("mean").levers.as_slice(), of("mean").effect), (["a".to_owned()].as_slice(), 5.0));
        assert_eq!(of("worst").levers, ["b"]);
        assert_eq!((of("regret").levers.as_slice(), of("regret").regret), (["a".to_owned()].as_slice(), 3.0));
        let both = portfolios(&levers, &effects, &costs, (10.0, 1.0));
        assert_eq!(both[0].levers, ["a", "b"]);
        // Costs that differ between draws: in half of them c is within the budget.
        let uncertain = [vec![5.0, 5.0], vec![5.0, 5.0], vec![4.0, 20.0]];
        assert_eq!(portfolios(&levers, &effects, &uncertain, (5.0, 0.5))[0].levers, ["c"]);
        assert_eq!(portfolios(&levers, &effects, &uncertain, (5.0, 1.0))[0].levers, ["a"]);
    }
}
