//! Tornado, scatter of cases and grid of countries on awkward inputs, held to what all charts are.

use super::layout_tests::check;
use super::{BoxWorth, Chart, example};
use forestall_model::{Column, Table};
use forestall_study::{CaseAxis, Cases};

const LONG: &str = "_of_an_uncommonly_long_and_winding_mechanism_per_year";

/// Ends of `count` parameters, the third a category.
fn ends(count: usize, long: bool, factor: f64, undefined: bool) -> Table {
    let mut noise = example::Noise::new(count as u64 + 5);
    let tail = if long { LONG } else { "" };
    let rows = 2 * count;
    let mut number = |by: f64| {
        let value = |i: usize, x: f64| (!undefined || !i.is_multiple_of(3)).then_some(factor * (x + by));
        Column::Number((0..rows).map(|i| value(i, noise.next())).collect())
    };
    let mut table = Table::new();
    table.push("parameter", Column::Text((0..rows).map(|i| format!("table.parameter_{}{tail}", i / 2)).collect()));
    table.push("end", Column::Text((0..rows).map(|i| ["low", "high"][i % 2].to_owned()).collect()));
    table.push("from", number(0.0));
    table.push("to", number(1.0));
    let category = |i: usize| if i / 2 == 2 { format!("category {i}{tail}") } else { String::new() };
    table.push("category", Column::Text((0..rows).map(category).collect()));
    for (name, by) in [("difference", -0.5), ("low", -2.0), ("high", 1.0)] {
        table.push(name, number(by));
    }
    table
}

#[test]
fn tornadoes_keep_their_texts_apart() {
    for (count, long, factor, undefined) in [
        (4, false, 1.0, false),
        (60, true, 1.0, false),
        (3, true, 4e7, true),
        (5, false, 3e-6, false),
        (1, false, 0.0, false),
        (1, false, 1e19, false),
    ] {
        for (mean, outcome) in [(4.0 * factor, "attacks_completed"), (-factor, "a_long_outcome_of_a_model"), (0.0, "y")]
        {
            let chart = super::tornado(&ends(count, long, factor, undefined), outcome, (Some(mean), 10), "60 runs.");
            assert!(check(&chart.unwrap(), &format!("{count} parameters")) > 6);
        }
    }
    let empty = super::tornado(&Table::new(), "y", (Some(1.0), 5), "").unwrap();
    assert!(empty.svg.contains(">No data</text>"));
    check(&empty, "empty");
}

/// An axis of `points` values, of names where `names` is above 0.
fn axis(points: usize, names: usize, long: bool, factor: f64, seed: u64) -> CaseAxis {
    let mut noise = example::Noise::new(seed);
    let tail = if long { LONG } else { "" };
    let number = |x: f64| if names > 0 { (x * names as f64).floor() } else { factor * x };
    let values = (0..points).map(|_| number(noise.next())).collect();
    let categories = (0..names).map(|k| (format!("category {k}{tail}"), k % 3 != 1)).collect();
    let range = (names == 0).then_some((0.2 * factor, 0.7 * factor));
    CaseAxis { parameter: format!("table.parameter{tail}"), values, range, categories }
}

fn scatter(axes: Vec<CaseAxis>, points: usize, limited: usize) -> Chart {
    let of_interest: Vec<bool> = (0..points).map(|i| i % 3 == 0).collect();
    let cases = Cases { in_box: (0..points).map(|i| i % 4 == 0).collect(), of_interest, axes, limited };
    let units = vec!["plots per million residents per year".to_owned(); 2];
    super::cases(&cases, 3, BoxWorth { coverage: 0.5, density: 0.25 }, &units).unwrap()
}

#[test]
fn scatters_of_cases_keep_their_texts_apart() {
    for (points, long, factor) in
        [(60, false, 1.0), (9000, true, 1.0), (1, true, 4e7), (12, false, 3e-6), (5, false, 0.0), (7, false, 1e19)]
    {
        for names in [[0, 0], [0, 2], [3, 0], [50, 50]] {
            let [x, y] = [names[0], names[1]].map(|n| axis(points, n, long, factor, n as u64 + 1));
            for axes in [vec![x.clone(), y], vec![x]] {
                assert!(check(&scatter(axes, points, 4), &format!("{points} points, {names:?}")) > 5);
            }
        }
    }
    let none = scatter(Vec::new(), 3, 0);
    assert!(none.svg.contains(">No data</text>"));
    check(&none, "no limit");
}

#[test]
fn of_very_many_points_some_are_drawn_and_all_are_told() {
    let chart = scatter(vec![axis(9000, 0, false, 1.0, 1), axis(9000, 0, false, 1.0, 2)], 9000, 2);
    assert!(chart.caption.contains("One point in 3 is drawn"), "{}", chart.caption);
    assert_eq!(chart.data.rows(), 9000);
    assert!(chart.svg.matches("<circle").count() < 2 * 4000);
}

#[test]
fn grids_of_countries_keep_their_texts_apart() {
    let invented: Vec<String> = (0..30).map(|i| format!("C{i:02}")).collect();
    let long: Vec<String> = (0..7).map(|i| format!("{i}-{LONG}")).collect();
    let europe =
        "FR DE UK BE NL ES SE DK AT IT PT IE FI NO PL CZ HU RO BG GR HR SI SK LT LV EE LU MT CY TR US CH IS RU";
    let borrowed = |all: &'static str| -> Vec<String> { all.split(' ').map(str::to_owned).collect() };
    for codes in [borrowed("AA BB"), borrowed("FR"), borrowed("FR AA UK GB"), borrowed(europe), invented, long] {
        let codes: Vec<&str> = codes.iter().map(String::as_str).collect();
        for factor in [1.0, 0.0, 4e7, 3e-6, 1e-14, 123.4] {
            let table = example::country_rates(&codes, factor);
            for policy in
                [None, Some("Pooled watch lists & <shared> staff of all countries from January 2016 on, twice")]
            {
                let chart = super::country_grid(&table, policy, "40 replications.").unwrap();
                assert!(check(&chart, &format!("{} countries, {factor}", codes.len())) > 4);
            }
        }
    }
    let nothing = example::country_rates(&["TR"], 1.0);
    for table in [Table::new(), nothing] {
        let chart = super::country_grid(&table, None, "").unwrap();
        assert!(chart.svg.contains(">No data</text>"));
        check(&chart, "empty");
    }
}
