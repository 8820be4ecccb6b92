//! Attacks by country as rates by residents and year, and what a policy prevents of them.

use std::collections::BTreeMap;

use crate::montecarlo::{CONFIDENCE, RUN, paired_difference};
use crate::stats::{mean, mean_by_draw};
use forestall_model::{Column, DAYS_PER_YEAR, Plan, Table, days_between};

/// The outcome.
const ATTACKS: &str = "attacks_completed";
/// What is read of the table by country.
pub(super) const COLUMNS: [&str; 5] = [RUN[0], RUN[1], RUN[2], "country", ATTACKS];
/// Residents that a rate is of.
const MILLION: f64 = 1e6;

/// Attacks by country, draw and replication.
type Counts = BTreeMap<String, BTreeMap<(i64, i64), f64>>;

/// A mean with the ends of its interval, if there is one.
type Rate = (Option<f64>, Option<(f64, f64)>);

/// One row a country of the scenario: `country`, `name`, `residents`, attacks carried out per million residents and
/// year under the baseline (`rate`), and what the policy prevents of them (`prevented`), each with `_low` and `_high`.
///
/// Undefined are rates of transit partners, which have no plots by construction, and of a policy that is not there.
pub(super) fn table(plan: &Plan, baseline: &Table, policy: Option<&Table>) -> Table {
    let (base, other) = (counts(baseline), policy.map(counts));
    let years = days_between(plan.start, plan.end) / DAYS_PER_YEAR;
    let places = places(plan);
    let of = |code: &str, place: &Place| -> [Rate; 2] {
        let scale = place.residents / MILLION * years;
        let Some(own) = base.get(code).filter(|_| scale > 0.0 && !place.partner) else { return [(None, None); 2] };
        let prevented = other.as_ref().and_then(|o| o.get(code)).map_or((None, None), |o| prevented(own, o, scale));
        [rate(own, scale), prevented]
    };
    let rates: Vec<[Rate; 2]> = plan.countries.iter().zip(&places).map(|(c, place)| of(&c.code, place)).collect();
    let mut out = Table::new();
    out.push("country", Column::Text(plan.countries.iter().map(|c| c.code.clone()).collect()));
    out.push("name", Column::Text(plan.countries.iter().map(|c| c.name.clone()).collect()));
    out.push("residents", Column::Number(places.iter().map(|p| Some(p.residents)).collect()));
    for (k, name) in ["rate", "prevented"].into_iter().enumerate() {
        let number = |f: fn(&Rate) -> Option<f64>| Column::Number(rates.iter().map(|r| f(&r[k])).collect());
        out.push(name, number(|r| r.0));
        out.push(format!("{name}_low"), number(|r| r.1.map(|i| i.0)));
        out.push(format!("{name}_high"), number(|r| r.1.map(|i| i.1)));
    }
    out
}

/// What a rate is taken by.
struct Place {
    residents: f64,
    partner: bool,
}

/// Residents on the first day, and who has no plots.
fn places(plan: &Plan) -> Vec<Place> {
    let slot = |name: &str| plan.registry.slot("countries", name);
    // Values held on the command line stand in the arm, not among the scenario's own.
    let values = plan.arm(None).map_or_else(|_| plan.base.clone(), |arm| arm.initial().clone());
    let of = |c: usize, name: &str| slot(name).map_or(0.0, |at| values.countries[c][at.table][at.parameter]);
    let place = |c: usize| Place { residents: of(c, "residents"), partner: of(c, "transit_partner") > 0.0 };
    (0..plan.countries.len()).map(place).collect()
}

fn counts(table: &Table) -> Counts {
    let mut out = Counts::new();
    let (Some(country), Some(attacks)) = (table.texts("country"), table.column(ATTACKS)) else { return out };
    let whole = |name: &str, row: usize| table.integers(name).and_then(|all| all[row]).unwrap_or(0);
    for (row, code) in country.iter().enumerate() {
        let Some(value) = attacks.number(row).filter(|v| v.is_finite()) else { continue };
        let run = (whole("draw", row), whole("replication", row));
        out.entry(code.clone()).or_default().insert(run, value);
    }
    out
}

fn rate(own: &BTreeMap<(i64, i64), f64>, scale: f64) -> Rate {
    let values: Vec<(i64, f64)> = own.iter().map(|(run, value)| (run.0, value / scale)).collect();
    let middle = mean(&values.iter().map(|v| v.1).collect::<Vec<_>>());
    // A mean of counts is not below 0, and neither is what is compatible with it.
    let ends = mean_by_draw(&values, CONFIDENCE).map(|m| (m.interval.low.max(0.0), m.interval.high));
    (middle, ends)
}

/// Baseline − policy over the runs that both have.
fn prevented(own: &BTreeMap<(i64, i64), f64>, other: &BTreeMap<(i64, i64), f64>, scale: f64) -> Rate {
    let pairs: Vec<(i64, f64, f64)> =
        own.iter().filter_map(|(run, a)| Some((run.0, a / scale, other.get(run)? / scale))).collect();
    let middle = mean(&pairs.iter().map(|p| p.1 - p.2).collect::<Vec<_>>());
    (middle, paired_difference(&pairs).map(|found| (-found.high + 0.0, -found.low + 0.0)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::study::{Overrides, Study};

    const WORLD: &str = "schema_version = 1\n[scenario]\nname = \"small\"\nquestion = \"Why?\"\nstart = 2015-01-01\n\
                         end = 2016-12-31\nseed = 3\nreplications = 2\n\
                         [[countries]]\ncode = \"FR\"\nname = \"France\"\nresidents = 2_000_000\n\
                         [[countries]]\ncode = \"TR\"\nname = \"Turkey\"\ntransit_partner = true\n\
                         [[movements]]\ncode = \"m\"\nname = \"Movement\"\n";

    fn rows(arm: &str, attacks: &[f64]) -> Table {
        let n = attacks.len();
        let mut table = Table::new();
        table.push("arm", Column::Text(vec![arm.to_owned(); 2 * n]));
        table.push("draw", Column::Integer(vec![Some(0); 2 * n]));
        table.push("replication", Column::Integer((0..2 * n).map(|i| Some((i / 2) as i64)).collect()));
        let codes = ["FR", "TR"].map(str::to_owned);
        table.push("country", Column::Text((0..2 * n).map(|i| codes[i % 2].clone()).collect()));
        table.push(
            ATTACKS,
            Column::Number((0..2 * n).map(|i| Some(if i % 2 == 0 { attacks[i / 2] } else { 0.0 })).collect()),
        );
        table
    }

    #[test]
    fn rates_are_of_residents_and_years_and_a_transit_partner_has_none() {
        let plan = Study::from_text(WORLD, Overrides::default()).expect("a scenario").plan;
        let found = table(&plan, &rows("baseline", &[4.0, 8.0]), Some(&rows("p", &[4.0, 4.0])));
        let at = |name: &str, row: usize| found.column(name).and_then(|c| c.number(row));
        let years = 731.0 / DAYS_PER_YEAR;
        // A mean of 6 attacks by 2 million residents; 2 of them prevented, with an interval that holds 0.
        assert!((at("rate", 0).expect("defined") - 3.0 / years).abs() < 1e-12);
        assert!((at("prevented", 0).expect("defined") - 1.0 / years).abs() < 1e-12);
        assert!(at("prevented_low", 0).is_some_and(|low| low < 0.0) && at("rate_low", 0) == Some(0.0));
        assert_eq!((at("residents", 0), at("rate", 1), at("prevented", 1)), (Some(2e6), None, None));
        let alone = table(&plan, &rows("baseline", &[4.0]), None);
        assert_eq!(alone.column("prevented").and_then(|c| c.number(0)), None);
        assert_eq!(alone.column("rate_low").and_then(|c| c.number(0)), None, "one run has no interval");
    }
}
