//! Scenario discovery against the EMA Workbench on the same tables, and against planted boxes.

use std::path::PathBuf;

use forestall_model::{Column, Draws, Key, Table};
use forestall_study::rooms::analysis::{CartOptions, Discovery, Predicate, PrimOptions, Sample, cart, discover};
use forestall_study::rooms::results::outside;
use serde_json::Value;

fn sample_of(table: &Table) -> Sample {
    Sample::from_table(table, "y", &Predicate::parse("y==1").expect("a condition"), None).expect("a sample")
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().expect("numbers").iter().map(|v| v.as_f64().expect("a number")).collect()
}

fn compare(found: &Discovery, expected: &Value, place: &str) {
    let path = &found.trade_off;
    for (name, get) in [
        ("coverage", (|s| s.coverage) as fn(&forestall_study::rooms::analysis::Step) -> f64),
        ("density", |s| s.density),
        ("mass", |s| s.mass),
        ("restricted", |s| s.restricted.len() as f64),
    ] {
        let theirs = numbers(&expected[name]);
        assert_eq!(path.len(), theirs.len(), "{place}: as many steps");
        for (i, (step, theirs)) in path.iter().zip(theirs).enumerate() {
            assert!((get(step) - theirs).abs() < 1e-12, "{place}: {name} of step {i}: {} and {theirs}", get(step));
        }
    }
    let last = path.last().expect("a box");
    let (low, high) = (numbers(&expected["low"]), numbers(&expected["high"]));
    for (j, limit) in last.region.limits.iter().enumerate() {
        let (own_low, own_high) = limit.range().expect("numbers");
        assert!((own_low - low[j]).abs() < 1e-12 && (own_high - high[j]).abs() < 1e-12, "{place}: {}", limit.parameter);
    }
    for (&j, own) in last.restricted.iter().zip(&last.quasi_p) {
        let theirs = numbers(&expected["quasi_p"][&last.region.limits[j].parameter]);
        for (own, theirs) in [own.0, own.1].into_iter().zip(theirs) {
            // They write −1 where a side has no limit.
            let own = own.unwrap_or(-1.0);
            assert!((own - theirs).abs() <= 1e-9 * theirs.abs().max(1e-30), "{place}: quasi-p {own} and {theirs}");
        }
    }
}

#[test]
fn boxes_agree_with_the_ema_workbench_step_by_step() {
    for name in ["planted", "curved"] {
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/prim");
        let table = outside::read(&folder.join(format!("{name}.csv")), None).expect("table");
        let text = std::fs::read_to_string(folder.join(format!("{name}.json"))).expect("fixture");
        let expected: Value = serde_json::from_str(&text).expect("JSON");
        let found = discover(&sample_of(&table), &PrimOptions { boxes: 1, ..PrimOptions::default() }).expect("boxes");
        compare(&found[0], &expected[0], name);
    }
}

/// Points of five factors in the unit cube and a setting, labelled by `inside`.
fn labelled(points: u32, noise: f64, inside: impl Fn(&[f64], bool) -> bool) -> Table {
    let draws = Draws::new(4, 0);
    let x = |j: u64, i: u32| draws.uniform(Key::root("x").child(0, j), 0, i);
    let open = |i: u32| x(7, i) < 0.5;
    let mut table = Table::new();
    for j in 0..5 {
        table.push(format!("x{}", j + 1), Column::Number((0..points).map(|i| Some(x(j, i))).collect()));
    }
    let words = (0..points).map(|i| if open(i) { "open".to_owned() } else { "shut".to_owned() });
    table.push("border", Column::Text(words.collect()));
    let label = |i: u32| {
        let point: Vec<f64> = (0..5).map(|j| x(j, i)).collect();
        Some(i64::from(inside(&point, open(i)) != (x(8, i) < noise)))
    };
    table.push("y", Column::Integer((0..points).map(label).collect()));
    table
}

#[test]
fn a_planted_box_is_found_with_its_limits_and_no_others() {
    let table = labelled(2000, 0.0, |x, open| x[1] > 0.3 && x[1] < 0.7 && x[3] < 0.5 && open);
    let found = discover(&sample_of(&table), &PrimOptions::default()).expect("boxes");
    assert_eq!(found.len(), 1, "what is left is no second box");
    let best = found[0].region();
    assert!(best.coverage > 0.9 && best.density > 0.9, "{} {}", best.coverage, best.density);
    let names: Vec<&str> = best.restricted.iter().map(|&j| best.region.limits[j].parameter.as_str()).collect();
    assert_eq!(names, ["x2", "x4", "border"]);
    let (low, high) = best.region.limits[1].range().expect("numbers");
    // A peel of 5 % of the points in a box of 10 % or more of them moves a limit by at most 0.02 a step.
    assert!((low - 0.3).abs() < 0.03 && (high - 0.7).abs() < 0.03, "{low} {high}");
    assert_eq!(best.region.limits[5].categories(), Some(vec!["open"]));
    for p in &best.quasi_p {
        assert!([p.0, p.1].into_iter().flatten().all(|p| p < 1e-6), "every limit of the planted box is needed");
    }
}

#[test]
fn two_planted_boxes_are_found_one_after_the_other() {
    let table = labelled(3000, 0.0, |x, _| (x[0] < 0.35 && x[1] < 0.5) || (x[0] > 0.7 && x[2] > 0.5));
    let found = discover(&sample_of(&table), &PrimOptions::default()).expect("boxes");
    assert_eq!(found.len(), 2);
    assert!(found.iter().map(|d| d.region().coverage).sum::<f64>() > 0.85);
}

#[test]
fn the_order_of_rows_moves_no_box_and_no_leaf() {
    let mut table = labelled(900, 0.05, |x, open| x[1] > 0.6 && x[3] < 0.5 && open);
    // Ties, which a limit must not part.
    let rounded: Vec<Option<f64>> =
        table.numbers_where("x1", |_| true).iter().map(|x| Some((x * 7.0).round())).collect();
    table.push("rounded", Column::Number(rounded));
    let all = |table: &Table| {
        let sample = sample_of(table);
        let boxes = discover(&sample, &PrimOptions::default()).expect("boxes");
        (boxes, cart(&sample, &CartOptions::default()))
    };
    let expected = all(&table);
    for step in [7, 11, 899] {
        let turned = table.take(&(0..900).map(|i| i * step % 900).collect::<Vec<_>>());
        assert!(all(&turned) == expected, "every {step}th row");
    }
}

#[test]
fn labels_without_a_pattern_give_limits_without_weight() {
    // A fifth of all points at random: what a search of many limits finds is chance, and a fresh sample shows it.
    let table = labelled(1500, 0.2, |_, _| false);
    let found = discover(&sample_of(&table), &PrimOptions::default()).expect("boxes");
    let best = found[0].region();
    assert!(best.density < 0.5, "no dense box: {}", best.density);
}

#[test]
fn a_tree_finds_the_same_box() {
    let table = labelled(2000, 0.0, |x, open| x[1] > 0.6 && x[3] < 0.5 && open);
    let leaves = cart(&sample_of(&table), &CartOptions::default());
    let best = &leaves[0];
    assert!(best.density > 0.95 && best.coverage > 0.95, "{best:?}");
    let mass: f64 = leaves.iter().map(|l| l.mass).sum();
    assert!((mass - 1.0).abs() < 1e-12, "leaves share all points");
    let covered: f64 = leaves.iter().map(|l| l.coverage).sum();
    assert!((covered - 1.0).abs() < 1e-12, "leaves share all cases of interest");
    assert!(leaves.iter().all(|l| l.mass >= 0.05));
}

#[test]
fn what_cannot_be_searched_is_told() {
    let told = |table: &Table, inside: &str| {
        let condition = Predicate::parse(inside).expect("a condition");
        Sample::from_table(table, "y", &condition, None).expect_err("refused").to_string()
    };
    let table = labelled(50, 0.0, |x, _| x[0] < 0.5);
    assert!(told(&table, "y==7").contains("none of 50 rows"));
    assert!(told(&table, "y>=0").contains("all 50 rows"));
    let sample = sample_of(&table);
    for peel in [0.0, 0.5, f64::NAN] {
        assert!(discover(&sample, &PrimOptions { peel, ..PrimOptions::default() }).is_err());
    }
    let mut gaps = table.clone();
    gaps.push("x6", Column::Number((0..50).map(|i| (i % 10 != 0).then_some(0.5)).collect()));
    assert_eq!(sample_of(&gaps).dropped, 5);
}
