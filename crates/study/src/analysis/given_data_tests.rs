//! Indices from given data on ties, levels, constants and shuffled rows.

use forestall_model::{Column, Draws, Key, Table};

use super::{Estimate, Resampling, Response, Sensitivity, delta, morris, pawn, sobol};
use crate::design::{Design, DesignRequest, Factor, Method, Problem, plan};

const FEW: Resampling = Resampling { resamples: 60, seed: 1 };

fn uniform(what: u64, i: usize) -> f64 {
    Draws::new(8, 0).uniform(Key::root("given data").child(0, what), 0, i as u32)
}

/// A design of these columns, in ranges that hold them, and a response.
fn given(columns: &[(&str, Vec<f64>)], y: &[f64]) -> (Design, Response) {
    let mut table = Table::new();
    for (name, values) in columns {
        table.push(*name, Column::Number(values.iter().map(|v| Some(*v)).collect()));
    }
    let factors = columns.iter().map(|(name, _)| Factor::uniform(*name, -10.0, 10.0)).collect();
    let design = Design::from_table(&Problem::new(factors).expect("sound"), &table).expect("a design");
    let response = Response::new(&design, "y", y.iter().map(|y| Some(*y)).collect()).expect("rows");
    (design, response)
}

fn of(found: &Sensitivity, row: usize, name: &str) -> Estimate {
    *found.indices[row].get(name).expect("an index")
}

fn estimate(found: &Sensitivity, row: usize, name: &str) -> f64 {
    of(found, row, name).estimate.expect("defined")
}

/// A driver, a switch that does nothing, a rounded value with many ties, and a value that is mostly 0.
fn table(n: usize) -> (Vec<(&'static str, Vec<f64>)>, Vec<f64>) {
    let driver: Vec<f64> = (0..n).map(|i| (i as f64 + 0.5) / n as f64).collect();
    let columns = vec![
        ("driver", driver.clone()),
        ("switch", (0..n).map(|i| f64::from(u8::from(uniform(1, i) < 0.5))).collect()),
        ("rounded", (0..n).map(|i| (uniform(2, i) * 30.0).floor()).collect()),
        ("mostly_0", (0..n).map(|i| if uniform(3, i) < 0.7 { 0.0 } else { uniform(4, i) }).collect()),
    ];
    (columns, (0..n).map(|i| driver[i].powi(2) + 0.01 * uniform(5, i)).collect())
}

fn shuffled(columns: &[(&'static str, Vec<f64>)], y: &[f64], by: u64) -> (Vec<(&'static str, Vec<f64>)>, Vec<f64>) {
    let mut order: Vec<usize> = (0..y.len()).collect();
    order.sort_by(|&a, &b| uniform(by, a).total_cmp(&uniform(by, b)));
    let taken = |values: &[f64]| order.iter().map(|&i| values[i]).collect::<Vec<f64>>();
    (columns.iter().map(|(name, values)| (*name, taken(values))).collect(), taken(y))
}

#[test]
fn the_order_of_rows_changes_nothing() {
    let (columns, y) = table(500);
    let (design, response) = given(&columns, &y);
    for method in [delta, pawn] {
        let sorted = method(&design, &response, FEW).expect("ok");
        for by in 20..23 {
            let (columns, y) = shuffled(&columns, &y, by);
            let (design, response) = given(&columns, &y);
            let other = method(&design, &response, FEW).expect("ok");
            assert_eq!((&sorted.indices, &sorted.notes), (&other.indices, &other.notes));
        }
    }
}

#[test]
fn structure_that_the_order_of_rows_shows_plays_no_part() {
    // Pairs of rows of one factor, and a table in Saltelli's order, look like blocks only while they stand so.
    let one: Vec<f64> = (0..60).map(|i| uniform(17, i)).collect();
    let problem = Problem::new(vec![Factor::uniform("a", 0.0, 1.0), Factor::uniform("b", 0.0, 1.0)]).unwrap();
    let blocks = plan(&problem, &DesignRequest { method: Method::Saltelli { second_order: false }, base: 16, seed: 1 });
    let blocks = blocks.unwrap();
    for columns in [vec![("a", one)], vec![("a", blocks.column(0).to_vec()), ("b", blocks.column(1).to_vec())]] {
        let y: Vec<f64> = (0..columns[0].1.len()).map(|i| columns[0].1[i] + 0.1 * uniform(18, i)).collect();
        let (other, moved) = shuffled(&columns, &y, 19);
        for method in [delta, pawn] {
            let run = |columns: &[(&str, Vec<f64>)], y: &[f64]| {
                let (design, response) = given(columns, y);
                method(&design, &response, FEW).expect("ok").indices
            };
            assert_eq!(run(&columns, &y), run(&other, &moved));
        }
    }
    // A design that is known to have blocks is resampled by them.
    let response = Response::new(&blocks, "y", blocks.column(0).iter().map(|a| Some(*a)).collect()).unwrap();
    assert_eq!(pawn(&blocks, &response, FEW).unwrap().blocks, 16);
}

#[test]
fn inert_factors_with_ties_have_no_index_to_speak_of_in_rows_sorted_by_the_driver() {
    let (columns, y) = table(500);
    let (design, response) = given(&columns, &y);
    let found = delta(&design, &response, FEW).expect("ok");
    assert!(estimate(&found, 0, "delta") > 0.6 && estimate(&found, 0, "first") > 0.9, "{found:?}");
    for row in 1..4 {
        // Five classes of 500 runs explain 4/500 of the variance by chance; four standard errors are twice as much.
        assert!(estimate(&found, row, "delta") < 0.06 && estimate(&found, row, "first") < 0.03, "{row}: {found:?}");
    }
}

#[test]
fn a_constant_factor_has_no_index_by_any_method() {
    let (mut columns, y) = table(200);
    columns.push(("fixed", vec![5.0; 200]));
    let (design, response) = given(&columns, &y);
    for method in [delta, pawn] {
        let found = method(&design, &response, FEW).expect("ok");
        assert!(found.indices[4].values.iter().all(|(_, e)| *e == Estimate::UNDEFINED), "{found:?}");
        assert!(found.notes.iter().any(|n| n.contains("`fixed` does not vary")), "{:?}", found.notes);
        assert!(found.indices[..4].iter().all(|r| r.values[0].1.estimate.is_some()));
    }
    // The same in blocks and trajectories, whose points were set by hand.
    let structured = |method: Method| {
        let problem = Problem::new(vec![Factor::uniform("x", 0.0, 1.0), Factor::uniform("fixed", 4.0, 6.0)]).unwrap();
        let planned = plan(&problem, &DesignRequest { method, base: 32, seed: 1 }).unwrap();
        let mut table = Table::new();
        table.push("x", planned.table().column("x").unwrap().clone());
        table.push("fixed", Column::Number(vec![Some(5.0); planned.rows()]));
        let design = Design::from_table(&problem, &table).unwrap().made_by(method);
        let y = design.column(0).iter().map(|x| Some(*x)).collect();
        let response = Response::new(&design, "y", y).unwrap();
        (design, response)
    };
    let (design, response) = structured(Method::Saltelli { second_order: true });
    let found = sobol(&design, &response, FEW).expect("ok");
    assert!((of(&found, 1, "total"), of(&found, 1, "first")) == (Estimate::UNDEFINED, Estimate::UNDEFINED));
    assert!(found.pairs[0].second == Estimate::UNDEFINED && estimate(&found, 0, "total") > 0.9);
    let (design, response) = structured(Method::Morris { levels: 4 });
    let found = morris(&design, &response, FEW).expect("ok");
    assert_eq!(of(&found, 1, "mu_star"), Estimate::UNDEFINED);
    assert!((estimate(&found, 0, "mu") - 1.0).abs() < 1e-9);
}

#[test]
fn a_grid_gives_its_driver_all_and_the_others_nothing() {
    // Seven switches in the order of a grid; the first alone decides.
    let columns: Vec<(&str, Vec<f64>)> = ["a", "b", "c", "d", "e", "f", "g"]
        .into_iter()
        .enumerate()
        .map(|(j, name)| (name, (0..128_usize).map(|i| (i >> (6 - j) & 1) as f64).collect()))
        .collect();
    let y: Vec<f64> = columns[0].1.iter().map(|a| 100.0 + 40.0 * a).collect();
    let (design, response) = given(&columns, &y);
    let found = delta(&design, &response, FEW).expect("ok");
    // Two equally likely outcomes, each certain given the driver: δ is exactly a half, and the first-order index 1.
    let driver = (estimate(&found, 0, "delta_raw"), estimate(&found, 0, "first"));
    assert!((driver.0 - 0.5).abs() < 1e-12 && (driver.1 - 1.0).abs() < 1e-12, "{driver:?}");
    for name in ["delta", "delta_raw", "first"] {
        assert!((1..7).all(|j| estimate(&found, j, name) < 1e-12), "{name}: {found:?}");
    }
    let found = pawn(&design, &response, FEW).expect("ok");
    assert!(estimate(&found, 0, "median") == 0.5 && (1..7).all(|j| estimate(&found, j, "median") < 1e-12));
}

#[test]
fn intervals_stay_where_indices_lie() {
    let (columns, y) = table(60);
    let (design, response) = given(&columns, &y);
    for (method, names) in [(delta as fn(&_, &_, _) -> _, &["delta", "first"][..]), (pawn, &["median", "maximum"])] {
        let found: Sensitivity = Result::<_, super::AnalysisError>::expect(method(&design, &response, FEW), "ok");
        for (row, name) in (0..4).flat_map(|row| names.iter().map(move |name| (row, name))) {
            let e = of(&found, row, name);
            let (low, middle, high) = (e.low.unwrap(), e.estimate.unwrap(), e.high.unwrap());
            assert!(0.0 <= low && low <= middle && middle <= high && high <= 1.0, "{name}: {e:?}");
        }
    }
}

#[test]
fn a_class_that_hardly_varies_lies_apart_from_the_rest_and_no_further() {
    // Ten levels, each with a response of its own up to the last digits: δ is 1 − 1/10.
    let n = 400;
    let level: Vec<f64> = (0..n).map(|i| (i % 10) as f64).collect();
    for noise in [0.0, 1e-12, 1e-5] {
        let y: Vec<f64> = (0..n).map(|i| level[i] + noise * uniform(6, i)).collect();
        let (design, response) =
            given(&[("level", level.clone()), ("other", (0..n).map(|i| uniform(7, i)).collect())], &y);
        let found = delta(&design, &response, FEW).expect("ok");
        assert!((estimate(&found, 0, "delta_raw") - 0.9).abs() < 1e-9, "{noise}: {found:?}");
    }
}

#[test]
fn a_switch_has_the_same_distances_as_a_number_and_as_a_category() {
    let n = 600;
    let on: Vec<usize> = (0..n).map(|i| usize::from(i % 10 == 3)).collect();
    let dummy: Vec<f64> = (0..n).map(|i| uniform(9, i)).collect();
    let y: Vec<Option<f64>> = (0..n).map(|i| Some(10.0 * on[i] as f64 + uniform(10, i))).collect();
    let with = |factor: Factor, column: Column| {
        let mut table = Table::new();
        table.push("switch", column);
        table.push("dummy", Column::Number(dummy.iter().map(|v| Some(*v)).collect()));
        let problem = Problem::new(vec![factor, Factor::uniform("dummy", 0.0, 1.0)]).unwrap();
        let design = Design::from_table(&problem, &table).unwrap();
        let response = Response::new(&design, "y", y.clone()).unwrap();
        (pawn(&design, &response, FEW).unwrap(), delta(&design, &response, FEW).unwrap())
    };
    let numbers = Column::Integer(on.iter().map(|v| Some(*v as i64)).collect());
    let words = Column::Text(on.iter().map(|v| ["off", "on"][*v].to_owned()).collect());
    let number = with(Factor::uniform("switch", 0.0, 1.0), numbers);
    let category = with(Factor::category("switch", vec!["off".into(), "on".into()]), words);
    assert_eq!((&number.0.indices, &number.1.indices), (&category.0.indices, &category.1.indices));
    let median = estimate(&number.0, 0, "median");
    assert!((median - 0.5).abs() < 1e-9 && (estimate(&number.0, 0, "maximum") - 0.9).abs() < 1e-9);
    // Its level by chance is told beside that of the others, and it lies above.
    assert!(number.0.notes.iter().any(|n| n.contains("2 levels of `switch`")), "{:?}", number.0.notes);
}

#[test]
fn the_last_slice_holds_every_run_at_the_upper_end() {
    // Thirty levels are cut into slices; the driver acts at its top level alone.
    let n = 600;
    let level: Vec<f64> = (0..n).map(|i| (i % 30) as f64).collect();
    let y: Vec<f64> = (0..n).map(|i| uniform(11, i) + if level[i] > 28.5 { 10.0 } else { 0.0 }).collect();
    let (design, response) = given(&[("level", level), ("x", (0..n).map(|i| uniform(12, i)).collect())], &y);
    let found = pawn(&design, &response, FEW).expect("ok");
    // A third of the last slice is at the top, where 1 in 30 of all is.
    assert!(estimate(&found, 0, "maximum") > 0.29, "{found:?}");
}

#[test]
fn a_value_that_most_runs_share_is_a_slice_of_its_own_at_either_end() {
    let n = 600;
    for sign in [1.0, -1.0] {
        let mostly: Vec<f64> = (0..n).map(|i| sign * (uniform(13, i) - 0.8).max(0.0)).collect();
        let y: Vec<f64> = (0..n).map(|i| uniform(14, i) + if mostly[i] == 0.0 { 0.0 } else { 10.0 }).collect();
        let (design, response) = given(&[("mostly", mostly), ("x", (0..n).map(|i| uniform(15, i)).collect())], &y);
        let found = pawn(&design, &response, FEW).expect("ok");
        assert!(estimate(&found, 0, "maximum") > 0.75, "{found:?}");
        assert!(estimate(&delta(&design, &response, FEW).expect("ok"), 0, "first") > 0.9);
    }
}

#[test]
fn what_delta_is_by_chance_is_told() {
    // Two clusters of responses, which kernels of classes smooth otherwise than those of the whole.
    let switch: Vec<f64> = (0..128).map(|i| f64::from(i % 2)).collect();
    let inert: Vec<f64> = (0..128).map(|i| f64::from(i / 2 % 2)).collect();
    let y: Vec<f64> = (0..128).map(|i| 10.0 * switch[i] + uniform(16, i)).collect();
    let (design, response) = given(&[("switch", switch), ("inert", inert)], &y);
    let found = delta(&design, &response, FEW).expect("ok");
    let note = found.notes.iter().find(|n| n.contains("2 levels of `switch` (as 1 more have)")).expect("a note");
    let told: f64 =
        note.split("about ").nth(1).and_then(|rest| rest.split(' ').next()?.parse().ok()).expect("a number");
    assert!((estimate(&found, 1, "delta_raw") - told).abs() < 0.03 && told > 0.02, "{told}: {found:?}");
}

#[test]
fn infinite_values_are_told_apart_from_missing_ones() {
    let (columns, mut y) = table(100);
    (y[3], y[4], y[5]) = (f64::INFINITY, f64::NEG_INFINITY, f64::NAN);
    let (design, response) = given(&columns, &y);
    let found = delta(&design, &response, FEW).expect("ok");
    assert!(found.notes.iter().any(|n| n.contains("2 values of the response are infinite")), "{:?}", found.notes);
    assert_eq!(found.rows_failed, 3);
}
