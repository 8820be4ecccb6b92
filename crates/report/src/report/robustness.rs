//! Robustness checks: what a careful reader would hold against a run, and what the run itself answers.

use std::collections::BTreeMap;

use super::findings::{Comparison, comparisons};
use crate::chart::together;
use forestall_model::{Column, Table};
use forestall_study::rooms::montecarlo::robustness::{effect_by_draw, share_explained, without_pairing};
use forestall_study::rooms::montecarlo::split;
use forestall_study::rooms::stats::kendall_tau;

/// The outcome that policies are ranked by.
const ATTACKS: &str = "attacks_completed";
/// The columns of the table of replications that the checks read.
pub const REPLICATION_COLUMNS: [&str; 5] = ["arm", "draw", "replication", ATTACKS, super::branching::AFTER];
/// The same as the public record shows it.
const PUBLISHED: &str = "observed_launched";

/// A calibrated parameter with its value in each draw.
#[derive(Clone, Debug, PartialEq)]
pub struct Drawn {
    /// Its path.
    pub path: String,
    /// Its value by number of the draw.
    pub values: Vec<f64>,
    /// Whether the facts left it about as wide as the prior; `None` where no prior is known.
    pub unconstrained: Option<bool>,
}

/// The same policies under another strength of the other side's answers.
#[derive(Clone, Debug)]
pub struct AdaptationRun {
    /// The setting: off, middle or high.
    pub response: String,
    /// Its comparisons.
    pub comparisons: Table,
}

/// What the table is made from.
#[derive(Clone, Debug, Default)]
pub struct Checked<'a> {
    /// One row a replication and arm.
    pub replications: Option<&'a Table>,
    /// One row a policy and outcome.
    pub comparisons: Option<&'a Table>,
    /// Names of the arms, the baseline first.
    pub arms: Vec<String>,
    /// The calibrated parameters; empty where all runs have the same values.
    pub drawn: Vec<Drawn>,
    /// Runs with the other side's answers off, middle and high; empty where there are none.
    pub answered: Vec<AdaptationRun>,
}

/// One check a row: the question, the answer, and what the answer rests on.
///
/// Empty where no policy is compared.
pub fn robustness_checks(of: &Checked) -> Table {
    let all = of.comparisons.map(comparisons).unwrap_or_default();
    let attacks = ranked(&all, ATTACKS);
    let mut rows: Vec<[String; 3]> = Vec::new();
    if !attacks.is_empty() {
        rows.push(unconstrained(of, &attacks));
        rows.push(pairing(of, &attacks));
        rows.push(codings(&all, &attacks));
        rows.push(adaptation(of, &attacks));
        rows.push(unit_costs(&all, &attacks));
        rows.push(harm(&all, &attacks));
        rows.push(super::branching::row(of.replications));
    }
    let mut table = Table::new();
    for (place, name) in ["check", "answer", "rests on"].into_iter().enumerate() {
        table.push(name, Column::Text(rows.iter().map(|row| row[place].clone()).collect()));
    }
    table
}

fn row(check: &str, answer: String, basis: &str) -> [String; 3] {
    [check.into(), answer, basis.into()]
}

/// The policies by one outcome, the greatest reduction first.
fn ranked<'a>(all: &'a [Comparison], outcome: &str) -> Vec<&'a Comparison> {
    let mut found: Vec<&Comparison> = all.iter().filter(|c| c.outcome == outcome && c.difference.is_some()).collect();
    found.sort_by(|a, b| effect(a).total_cmp(&effect(b)));
    found
}

fn effect(c: &Comparison) -> f64 {
    c.difference.unwrap_or(f64::NAN)
}

/// Whether the interval leaves zero out.
fn shown(c: &Comparison) -> bool {
    c.interval.is_some_and(|(low, high)| low > 0.0 || high < 0.0)
}

fn order(ranking: &[&Comparison]) -> String {
    ranking.iter().map(|c| c.label.as_str()).collect::<Vec<_>>().join(" › ")
}

/// Kendall's τ between two rankings of the same policies; `None` for fewer than two.
fn agreement(one: &[&Comparison], other: &[&Comparison]) -> Option<f64> {
    let place: BTreeMap<&str, usize> = other.iter().enumerate().map(|(i, c)| (c.policy.as_str(), i)).collect();
    let places: Vec<usize> = one.iter().filter_map(|c| place.get(c.policy.as_str()).copied()).collect();
    kendall_tau(&places)
}

/// A share with a larger standard error than this says nothing, and is not stated.
const LARGEST_ERROR: f64 = 0.25;

/// More parameters than this are not all named in a cell, but the first few and how many more there are.
const MOST_NAMED: usize = 8;
const FIRST_NAMED: usize = 5;

/// How much of what is unknown about each effect goes with parameters that the facts did not narrow.
fn unconstrained(of: &Checked, attacks: &[&Comparison]) -> [String; 3] {
    let check = "How much of each effect depends on parameters that the data do not constrain?";
    let basis = "linear regression of each draw's mean effect on the draws' values, corrected for their number";
    let Some(replications) = of.replications.filter(|_| !of.drawn.is_empty()) else {
        let answer = "Not told: parameters stand at one value each, and the intervals hold random variation alone. Calibrate the \
                      scenario and run it on the draws (see the guide).";
        return row(check, answer.into(), "no posterior in this run");
    };
    let wide: Vec<&Drawn> = of.drawn.iter().filter(|d| d.unconstrained == Some(true)).collect();
    if of.drawn.iter().all(|d| d.unconstrained.is_none()) {
        let answer = "Not told: the scenario names no priors ([uncertain]) to compare the draws with.";
        return row(check, answer.into(), "draws without priors");
    }
    if wide.is_empty() {
        return row(check, "The data constrain every calibrated parameter.".into(), basis);
    }
    let values: Vec<&[f64]> = wide.iter().map(|d| d.values.as_slice()).collect();
    let splits = split(replications, &of.arms, ATTACKS);
    let (mut told, mut untold, mut chance) = (Vec::new(), Vec::new(), Vec::new());
    for c in attacks {
        let variance = splits.iter().find(|s| s.arm == c.policy).and_then(|s| s.variance);
        let effects = effect_by_draw(replications, &c.policy, ATTACKS);
        let found = variance.filter(|v| v.ignorance_variance > 0.0).and_then(|v| {
            let of_all = v.ignorance_share?;
            Some((share_explained(&effects, &values, &v)?, 100.0 * of_all))
        });
        match found {
            Some(((share, error), of_all)) if error <= LARGEST_ERROR => {
                told.push(format!("{} {:.0} ± {:.0} % of {of_all:.0} %", c.label, 100.0 * share, 100.0 * error));
            }
            Some((_, of_all)) => untold.push(format!("{} {of_all:.0} %", c.label)),
            None => chance.push(c.label.as_str()),
        }
    }
    let named = if wide.len() > MOST_NAMED { FIRST_NAMED } else { wide.len() };
    let names: Vec<&str> = wide.iter().take(named).map(|d| d.path.as_str()).collect();
    let more = if wide.len() > named { format!(" and {} more", wide.len() - named) } else { String::new() };
    let (count, all, names) = (wide.len(), of.drawn.len(), names.join(", "));
    let mut answer = format!("The data do not constrain {count} of {all} parameters ({names}{more}).");
    if !told.is_empty() {
        answer += &format!(
            " Of the variance of the effect that is parameter (epistemic) uncertainty, the part that goes with them, with one \
             standard error, and how much of all variance parameter uncertainty is: {}.",
            told.join("; ")
        );
    }
    if !untold.is_empty() {
        answer += &format!(
            " These draws are too few to tell what goes with so many (`--replications` takes more); of all variance parameter \
             uncertainty is: {}.",
            untold.join("; ")
        );
    }
    if !chance.is_empty() {
        answer += &format!(" Cannot be told from random variation: {}.", chance.join(", "));
    }
    row(check, answer, basis)
}

/// What is left of the comparison without the common random numbers.
fn pairing(of: &Checked, attacks: &[&Comparison]) -> [String; 3] {
    let check = "Would the comparison come out the same with runs paired in another way?";
    let basis = "the same runs taken as independent samples (Welch's interval); where they share draws, the draws";
    let mut lost = Vec::new();
    let (mut keyed, mut apart) = (0, 0);
    for c in attacks.iter().filter(|c| shown(c)) {
        keyed += 1;
        let interval = of.replications.and_then(|table| without_pairing(table, &c.policy, ATTACKS));
        if interval.is_some_and(|i| !i.contains(0.0)) {
            apart += 1;
        } else {
            lost.push(c.label.clone());
        }
    }
    let wide = if lost.is_empty() { String::new() } else { format!(" (no longer: {})", lost.join(", ")) };
    let answer = format!(
        "Differences and their ranking do not depend on the pairing; their intervals do. {keyed} of {} policies show an effect \
         with common random numbers, {apart} with the runs taken as independent{wide}. The split into attacks removed and added \
         depends on the pairing wholly: pairing other runs would count every attack of the baseline as removed.",
        attacks.len()
    );
    row(check, answer, basis)
}

/// The ranking by what happens beside the ranking by what is published.
fn codings(all: &[Comparison], attacks: &[&Comparison]) -> [String; 3] {
    let check = "Is the ranking the same under the published coding of plots?";
    let basis = "completed attacks, against attempts as the observation model publishes them";
    let published = ranked(all, PUBLISHED);
    let Some(tau) = agreement(attacks, &published) else {
        return row(check, "One policy alone has no ranking.".into(), basis);
    };
    let same = if tau == 1.0 { "Yes." } else { "Not wholly." };
    let turned: Vec<&str> = published
        .iter()
        .filter(|p| {
            let truth = attacks.iter().find(|c| c.policy == p.policy);
            truth.is_some_and(|c| shown(c) && shown(p) && effect(c).signum() != effect(p).signum())
        })
        .map(|c| c.label.as_str())
        .collect();
    let turned = if turned.is_empty() {
        "No policy that shows an effect under both changes its sign.".to_owned()
    } else {
        format!("Sign turned: {}.", turned.join(", "))
    };
    let answer = format!(
        "{same} What happens: {}. What is published: {}. Agreement of the orders (Kendall's τ): {tau:.2}. {turned}",
        order(attacks),
        order(&published)
    );
    row(check, answer, basis)
}

/// The ranking under each strength of the other side's answers.
fn adaptation(of: &Checked, attacks: &[&Comparison]) -> [String; 3] {
    let check = "Does the ranking hold if the adversary adapts less, or more?";
    if of.answered.is_empty() {
        let answer =
            "Not run. `forestall run SCENARIO --trust` runs every policy with the adaptation off, middle and high.";
        return row(check, answer.into(), "nothing yet");
    }
    let mut parts = Vec::new();
    let mut turned: Vec<String> = Vec::new();
    for answered in &of.answered {
        let theirs = comparisons(&answered.comparisons);
        let ranking = ranked(&theirs, ATTACKS);
        let tau = agreement(attacks, &ranking).map_or("undefined".into(), |t| format!("{t:.2}"));
        let best = ranking.first().map_or(String::new(), |c| format!(", best {} {}", c.label, prevented(c)));
        parts.push(format!("{}: {}{best} (τ {tau})", answered.response, order(&ranking)));
        for c in &ranking {
            let here = attacks.iter().find(|a| a.policy == c.policy);
            if here.is_some_and(|a| shown(a) && shown(c) && effect(a).signum() != effect(c).signum()) {
                turned.push(format!("{} ({})", c.label, answered.response));
            }
        }
    }
    let turned =
        if turned.is_empty() { "No effect turns its sign".into() } else { format!("Turned: {}", turned.join(", ")) };
    let basis = "as many replications as `--trust` asks for, on common random numbers; adaptation.response";
    row(check, format!("{}. {turned}.", parts.join(". ")), basis)
}

/// "1.7 prevented [1.4, 2.0]".
fn prevented(c: &Comparison) -> String {
    let Some((low, high)) = c.interval else { return together(&[-effect(c)])[0].clone() };
    let n = together(&[-effect(c) + 0.0, -high + 0.0, -low + 0.0]);
    format!("{} prevented [{}, {}]", n[0], n[1], n[2])
}

/// Costs an attack prevented, and how far the unit cost of the best may rise before the next overtakes it.
fn unit_costs(all: &[Comparison], attacks: &[&Comparison]) -> [String; 3] {
    let check = "At which unit cost does the ranking by value for money flip?";
    let basis = "mean extra cost over mean attacks prevented, of policies that show a reduction; costs are assumed";
    let cost = |c: &Comparison| all.iter().find(|o| o.policy == c.policy && o.outcome == "cost").map(effect);
    let useful: Vec<(&Comparison, f64)> = attacks
        .iter()
        .filter(|c| shown(c) && effect(c) < 0.0)
        .filter_map(|c| Some((*c, cost(c).filter(|x| x.is_finite())?)))
        .collect();
    if useful.is_empty() {
        return row(check, "No policy shows fewer attacks, so there is nothing to weigh.".into(), basis);
    }
    let free: Vec<&str> = useful.iter().filter(|(_, cost)| *cost <= 0.0).map(|(c, _)| c.label.as_str()).collect();
    let mut priced: Vec<(&str, f64)> =
        useful.iter().filter(|(_, cost)| *cost > 0.0).map(|(c, cost)| (c.label.as_str(), cost / -effect(c))).collect();
    priced.sort_by(|a, b| a.1.total_cmp(&b.1));
    let mut parts = Vec::new();
    if !free.is_empty() {
        parts.push(format!(
            "No dearer than the baseline whatever the unit costs of other policies: {}.",
            free.join(", ")
        ));
    }
    let millions: Vec<f64> = priced.iter().map(|p| p.1 / 1000.0).collect();
    let list: Vec<String> =
        priced.iter().zip(together(&millions)).map(|((label, _), n)| format!("{label} {n}")).collect();
    if !list.is_empty() {
        parts.push(format!("Million euros an attack prevented: {}.", list.join(", ")));
    }
    for pair in priced.windows(2) {
        let factor = pair[1].1 / pair[0].1;
        parts.push(format!("{} stays ahead of {} until its extra cost is × {factor:.2}.", pair[0].0, pair[1].0));
    }
    row(check, parts.join(" "), basis)
}

/// Why harm does not rank the policies.
fn harm(all: &[Comparison], attacks: &[&Comparison]) -> [String; 3] {
    let check = "Why are policies not ranked by people harmed?";
    let basis = "harm an attack has a heavy tail whose shape is assumed; a few attacks make most of it";
    let harmed = ranked(all, "people_harmed");
    let count = |ranking: &[&Comparison]| ranking.iter().filter(|c| shown(c)).count();
    let tau = agreement(attacks, &harmed).map_or("undefined".into(), |t| format!("{t:.2}"));
    let widths = harmed.iter().find_map(|c| {
        let attack = attacks.iter().find(|a| a.policy == c.policy)?;
        Some((relative_width(attack)?, relative_width(c)?, c.label.clone()))
    });
    let widths = widths.map_or(String::new(), |(a, h, label)| {
        format!(
            " The interval of the first of them, {label}, reaches ±{a:.0} % by attacks and ±{h:.0} % by people harmed."
        )
    });
    let answer = format!(
        "The shape of the tail is assumed, and with it how much a prevented attack spares. {} of {} policies show an effect \
         on attacks, {} on people harmed. Ranked by people harmed: {} (τ with the ranking by attacks {tau}).{widths}",
        count(attacks),
        attacks.len(),
        count(&harmed),
        order(&harmed)
    );
    row(check, answer, basis)
}

/// Half the width of the interval in percent of the difference; `None` without an interval or a difference.
fn relative_width(c: &Comparison) -> Option<f64> {
    let (low, high) = c.interval?;
    (effect(c) != 0.0).then(|| 50.0 * (high - low) / effect(c).abs())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::BASELINE;

    /// Policy, outcome, difference and half the width of its interval.
    fn compared(rows: &[(&str, &str, f64, f64)]) -> Table {
        let mut table = Table::new();
        let text = |f: fn(&(&str, &str, f64, f64)) -> String| Column::Text(rows.iter().map(f).collect());
        let number = |f: fn(&(&str, &str, f64, f64)) -> f64| Column::Number(rows.iter().map(|r| Some(f(r))).collect());
        table.push("policy", text(|r| r.0.into()));
        table.push("label", text(|r| r.0.to_uppercase()));
        table.push("outcome", text(|r| r.1.into()));
        table.push("difference", number(|r| r.2));
        table.push("ci_low", number(|r| r.2 - r.3));
        table.push("ci_high", number(|r| r.2 + r.3));
        table
    }

    fn runs(rows: &[(&str, i64, i64, f64)]) -> Table {
        let mut t = Table::new();
        t.push("arm", Column::Text(rows.iter().map(|r| r.0.into()).collect()));
        t.push("draw", Column::Integer(rows.iter().map(|r| Some(r.1)).collect()));
        t.push("replication", Column::Integer(rows.iter().map(|r| Some(r.2)).collect()));
        t.push(ATTACKS, Column::Number(rows.iter().map(|r| Some(r.3)).collect()));
        t
    }

    fn answers(of: &Checked) -> Vec<String> {
        let table = robustness_checks(of);
        (0..table.rows()).map(|row| table.column("answer").unwrap().text(row)).collect()
    }

    const ROWS: [(&str, &str, f64, f64); 8] = [
        ("a", ATTACKS, -3.0, 1.0),
        ("b", ATTACKS, -1.0, 0.5),
        ("a", PUBLISHED, -1.0, 0.5),
        ("b", PUBLISHED, -2.0, 0.5),
        ("a", "cost", 600.0, 1.0),
        ("b", "cost", 100.0, 1.0),
        ("a", "people_harmed", 10.0, 50.0),
        ("b", "people_harmed", -5.0, 50.0),
    ];

    #[test]
    fn without_policies_there_is_nothing_to_check() {
        assert_eq!(robustness_checks(&Checked::default()).rows(), 0);
    }

    #[test]
    fn each_check_has_an_answer_of_its_own() {
        let table = compared(&ROWS);
        let found = answers(&Checked { comparisons: Some(&table), ..Checked::default() });
        assert!(found[0].starts_with("Not told") && found[3].starts_with("Not run"), "{found:?}");
        assert!(found[2].contains("Not wholly. What happens: A › B. What is published: B › A."), "{}", found[2]);
        assert!(found[2].contains("τ): -1.00"), "{}", found[2]);
        // 200 an attack for A and 100 for B: B stays ahead until its cost doubles.
        assert!(found[4].contains("B stays ahead of A until its extra cost is × 2.00"), "{}", found[4]);
        assert!(found[5].contains("2 of 2 policies show an effect on attacks, 0 on people harmed"), "{}", found[5]);
    }

    #[test]
    fn independent_runs_lose_what_only_pairs_show() {
        let table = compared(&[("a", ATTACKS, -1.0, 0.0)]);
        let mut rows = Vec::new();
        for run in 0..10 {
            let level = 10.0 * run as f64;
            rows.push((BASELINE, 0, run, level));
            rows.push(("a", 0, run, level - 1.0));
        }
        let replications = runs(&rows);
        let of = Checked { replications: Some(&replications), comparisons: Some(&table), ..Checked::default() };
        let found = answers(&of);
        assert!(found[1].contains("1 of 1 policies show an effect with common random numbers, 0 with"), "{}", found[1]);
        assert!(found[1].contains("no longer: A"), "{}", found[1]);
    }

    #[test]
    fn uncertainty_is_laid_on_the_parameter_that_makes_it() {
        // The effect follows one parameter and not the other; two replications a draw with little chance.
        let (mut rows, mut guilty, mut idle) = (Vec::new(), Vec::new(), Vec::new());
        for draw in 0..30_i64 {
            let x = ((draw * 7) % 30) as f64;
            guilty.push(x);
            idle.push(((draw * 11) % 30) as f64);
            for copy in 0..2 {
                let run = 2 * draw + copy;
                rows.push((BASELINE, draw, run, 100.0));
                rows.push(("a", draw, run, 100.0 - x + 0.2 * copy as f64));
            }
        }
        let replications = runs(&rows);
        let table = compared(&[("a", ATTACKS, -14.5, 1.0)]);
        let found = |drawn: &[Drawn]| {
            let of = Checked {
                replications: Some(&replications),
                comparisons: Some(&table),
                arms: vec![BASELINE.into(), "a".into()],
                drawn: drawn.to_vec(),
                ..Checked::default()
            };
            answers(&of)[0].clone()
        };
        let share = |wide: [bool; 2]| {
            let drawn = [("x.guilty", &guilty, wide[0]), ("x.idle", &idle, wide[1])];
            found(&drawn.map(|(path, values, wide)| Drawn {
                path: path.into(),
                values: values.clone(),
                unconstrained: Some(wide),
            }))
        };
        assert!(
            share([true, false])
                .contains("The data do not constrain 1 of 2 parameters (x.guilty). Of the variance of the effect"),
            "{}",
            share([true, false])
        );
        assert!(share([true, false]).contains("A 100 ± 0 % of 100 %"), "{}", share([true, false]));
        assert!(
            share([false, true]).contains("(x.idle). Of the") && share([false, true]).contains("is: A 0 ±"),
            "{}",
            share([false, true])
        );
        assert!(share([false, false]).starts_with("The data constrain"));

        // 30 draws say nothing about 25 parameters of which none matters much, and nine names are too many for a cell.
        let mut drawn: Vec<Drawn> = (0..25)
            .map(|i| Drawn {
                path: format!("x.p{i}"),
                values: (0..30).map(|draw| f64::from((draw * (i + 1) * 7 + i * i) % 31)).collect(),
                unconstrained: Some(true),
            })
            .collect();
        assert!(found(&drawn).contains("(x.p0, x.p1, x.p2, x.p3, x.p4 and 20 more)"), "{}", found(&drawn));
        assert!(found(&drawn).contains("too few to tell what goes with so many"), "{}", found(&drawn));
        drawn.truncate(9);
        assert!(found(&drawn).contains("x.p4 and 4 more)"), "{}", found(&drawn));
    }

    #[test]
    fn a_turned_sign_under_other_answers_is_named() {
        let table = compared(&ROWS);
        let high = compared(&[("a", ATTACKS, 2.0, 1.0), ("b", ATTACKS, -1.0, 0.5)]);
        let of = Checked {
            comparisons: Some(&table),
            answered: vec![AdaptationRun { response: "high".into(), comparisons: high }],
            ..Checked::default()
        };
        let found = answers(&of);
        assert!(found[3].contains("high: B › A, best B"), "{}", found[3]);
        assert!(found[3].contains("Turned: A (high)"), "{}", found[3]);
    }
}
