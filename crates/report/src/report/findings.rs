//! Findings in plain language, written from the comparisons and never saying more than their intervals do.

use crate::chart::{Better, Measure, counted, together};
use forestall_model::Table;

/// A paired difference, policy − baseline, with its interval.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Comparison {
    /// The policy's name in the tables.
    pub(super) policy: String,
    /// The policy's name for readers.
    pub(super) label: String,
    /// The outcome column.
    pub(super) outcome: String,
    /// Paired replications.
    pub(super) n: Option<f64>,
    /// Mean under the baseline.
    pub(super) baseline: Option<f64>,
    /// Mean under the policy.
    pub(super) under_policy: Option<f64>,
    /// Policy − baseline.
    pub(super) difference: Option<f64>,
    /// The ends of the 95 % interval of the difference.
    pub(super) interval: Option<(f64, f64)>,
    /// Correlation of the pairs.
    pub(super) correlation: Option<f64>,
    /// Variance without pairing ÷ variance with pairing.
    pub(super) variance_reduction: Option<f64>,
}

/// Every row of a comparisons table; columns it lacks are undefined.
pub(super) fn comparisons(table: &Table) -> Vec<Comparison> {
    let text = |name: &str, row: usize| table.column(name).map(|c| c.text(row));
    let number = |name: &str, row: usize| table.column(name).and_then(|c| c.number(row)).filter(|v| v.is_finite());
    (0..table.rows())
        .map(|row| {
            let policy = text("policy", row).unwrap_or_default();
            Comparison {
                label: text("label", row).filter(|l| !l.is_empty()).unwrap_or_else(|| policy.clone()),
                policy,
                outcome: text("outcome", row).unwrap_or_default(),
                n: number("n", row),
                baseline: number("baseline_mean", row),
                under_policy: number("policy_mean", row),
                difference: number("difference", row),
                interval: number("ci_low", row).zip(number("ci_high", row)),
                correlation: number("correlation", row),
                variance_reduction: number("variance_reduction", row),
            }
        })
        .collect()
}

/// One finding a policy on attacks carried out, then on cost; `period` completes "over …", e.g. "2014 to 2016".
///
/// Where the interval includes zero the sentence says that no difference could be shown.
pub fn findings(table: &Table, period: &str) -> Vec<String> {
    let all = comparisons(table);
    let of = |outcome: &str| all.iter().filter(|c| c.outcome == outcome).cloned().collect::<Vec<_>>();
    let mut attacks = of("attacks_completed");
    let effect = |c: &Comparison| c.difference.unwrap_or(f64::INFINITY);
    attacks.sort_by(|a, b| effect(a).total_cmp(&effect(b)));
    let costs = of("cost");
    let mut sentences = Vec::new();
    if attacks.len() > 1 {
        sentences.push(overview(&attacks));
    }
    for attack in &attacks {
        let mut sentence = sentence(attack, period);
        if let Some(cost) = costs.iter().find(|c| c.policy == attack.policy) {
            sentence.push(' ');
            sentence.push_str(&cost_sentence(cost));
        }
        sentences.push(sentence);
    }
    sentences
}

fn overview(attacks: &[Comparison]) -> String {
    let fewer = attacks.iter().filter(|c| c.interval.is_some_and(|(_, high)| high < 0.0)).count();
    let more = attacks.iter().filter(|c| c.interval.is_some_and(|(low, _)| low > 0.0)).count();
    let rest = attacks.len() - fewer - more;
    let parts = [
        (fewer, "lowered the mean number of attacks"),
        (more, "raised the mean number of attacks"),
        (rest, "showed no difference"),
    ];
    let parts: Vec<String> = parts.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{n} {what}")).collect();
    format!("Of {} policies, {}.", attacks.len(), parts.join("; "))
}

/// "Under X, 3.2 fewer attacks …"
fn sentence(c: &Comparison, period: &str) -> String {
    let (Some(difference), label) = (c.difference, &c.label) else {
        return format!("Under {}, the difference in attacks is undefined: no pair of runs has both.", c.label);
    };
    let runs = c.n.map_or(String::new(), |n| format!(", {}", counted(n as usize, "pair") + " of runs"));
    let Some((low, high)) = c.interval else {
        let n = together(&[difference.abs()]);
        return format!(
            "Under {label}, {} {} attacks in a simulated history of {period} than under the baseline{runs}; with so few runs there is no \
             interval, so no difference could be shown.",
            n[0],
            direction(difference)
        );
    };
    let n = together(&[difference.abs(), low.abs(), high.abs()]);
    if low <= 0.0 && high >= 0.0 {
        return format!(
            "Under {label}, no difference in attacks could be shown over {period}: the mean difference is {} {}, and its 95 % \
             interval reaches from {} fewer to {} more{runs}.",
            n[0],
            direction(difference),
            n[1],
            n[2]
        );
    }
    let (near, far) = if difference < 0.0 { (&n[2], &n[1]) } else { (&n[1], &n[2]) };
    let means = c.under_policy.zip(c.baseline).map_or(String::new(), |(policy, baseline)| {
        let n = together(&[policy, baseline]);
        format!(": {} instead of {}", n[0], n[1])
    });
    format!(
        "Under {label}, {} {} attacks in a simulated history of {period} than under the baseline (95 % interval {near} to {far}{runs}){means}.",
        n[0],
        direction(difference)
    )
}

fn direction(difference: f64) -> &'static str {
    if difference <= 0.0 { "fewer" } else { "more" }
}

fn cost_sentence(c: &Comparison) -> String {
    let (Some(difference), Some((low, high))) = (c.difference, c.interval) else {
        return "Its difference in cost is undefined.".into();
    };
    if low <= 0.0 && high >= 0.0 && (low, high) != (0.0, 0.0) {
        return "No difference in cost could be shown.".into();
    }
    if difference == 0.0 {
        return "It costs the same.".into();
    }
    let n = together(&[difference.abs(), low.abs().min(high.abs()), low.abs().max(high.abs())]);
    let word = if difference > 0.0 { "more" } else { "less" };
    if n[1] == n[2] {
        return format!("It costs {} thousand euros {word} in a simulated history.", n[0]);
    }
    format!("It costs {} thousand euros {word} in a simulated history ({} to {}).", n[0], n[1], n[2])
}

/// "better", "worse" or what cannot be said, for one comparison.
pub(super) fn verdict(c: &Comparison) -> &'static str {
    let Some((low, high)) = c.interval else { return "undefined" };
    let better = Measure::of(&c.outcome).better;
    match (low > 0.0, high < 0.0, better) {
        (true, _, Better::Lower) | (_, true, Better::Higher) => "worse",
        (true, _, Better::Higher) | (_, true, Better::Lower) => "better",
        (true, _, Better::Neither) => "more",
        (_, true, Better::Neither) => "less",
        _ => "no difference shown",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::example;

    #[test]
    fn fewer_attacks_read_as_fewer_with_the_interval_in_rising_order() {
        let text = findings(&example::comparisons(&[("p", -3.0)]), "2014 to 2016").join(" ");
        assert!(text.contains("3 fewer attacks in a simulated history of 2014 to 2016"), "{text}");
        assert!(text.contains("95 % interval 2 to 4"), "{text}");
        assert!(text.contains("7 instead of 10"), "{text}");
    }

    #[test]
    fn an_interval_with_zero_is_no_difference() {
        let text = findings(&example::comparisons(&[("p", -0.5)]), "a year").join(" ");
        assert!(text.contains("no difference in attacks could be shown"), "{text}");
        assert!(text.contains("from 1.5 fewer to 0.5 more"), "{text}");
    }

    #[test]
    fn more_attacks_read_as_more_and_stand_last() {
        let all = findings(&example::comparisons(&[("bad", 3.0), ("good", -3.0)]), "a year");
        assert!(all[0].starts_with("Of 2 policies, 1 lowered"), "{all:?}");
        assert!(all[1].contains("good") && all[2].contains("3 more attacks"), "{all:?}");
    }

    #[test]
    fn verdicts_follow_the_direction_that_is_better() {
        let of = |outcome: &str, difference: f64| {
            let table = example::with_outcome(&example::comparisons(&[("p", difference)]), outcome);
            verdict(&comparisons(&table)[0])
        };
        assert_eq!(of("attacks_completed", -3.0), "better");
        assert_eq!(of("attacks_completed", 3.0), "worse");
        assert_eq!(of("foiled_share", 3.0), "better");
        assert_eq!(of("arrests", 3.0), "more");
        assert_eq!(of("cost", 0.2), "no difference shown");
    }
}
