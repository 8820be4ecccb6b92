//! Sensitivity analyses against exact values and against SALib on the same tables.

use std::path::PathBuf;

use forestall_model::{Draws, Key};
use forestall_study::rooms::analysis::{Estimate, Resampling, Response, Sensitivity, delta, morris, pawn, sobol};
use forestall_study::rooms::design::{Design, DesignRequest, Factor, Method, Problem, plan};
use forestall_study::rooms::results::outside;
use serde_json::Value;

const PI: f64 = std::f64::consts::PI;

fn request(method: Method, base: usize) -> DesignRequest {
    DesignRequest { method, base, seed: 3 }
}

const FEW: Resampling = Resampling { resamples: 200, seed: 1 };

fn planned(factors: Vec<Factor>, method: Method, base: usize) -> Design {
    plan(&Problem::new(factors).expect("sound"), &request(method, base)).expect("planned")
}

/// The response of `f` at every point.
fn run(design: &Design, f: impl Fn(&[f64]) -> f64) -> Response {
    let point = |row: usize| -> Vec<f64> { (0..design.factors().len()).map(|j| design.column(j)[row]).collect() };
    Response::new(design, "y", (0..design.rows()).map(|row| Some(f(&point(row)))).collect()).expect("one value a row")
}

fn cube(count: usize, low: f64, high: f64) -> Vec<Factor> {
    (1..=count).map(|i| Factor::uniform(format!("x{i}"), low, high)).collect()
}

fn ishigami(x: &[f64]) -> f64 {
    x[0].sin() + 7.0 * x[1].sin().powi(2) + 0.1 * x[2].powi(4) * x[0].sin()
}

/// First and total indices of the Ishigami function with a = 7, b = 0.1 in closed form.
fn ishigami_exact() -> ([f64; 3], [f64; 3], f64) {
    let (a, b) = (7.0, 0.1);
    let v1 = 0.5 * (1.0 + b * PI.powi(4) / 5.0).powi(2);
    let v2 = a * a / 8.0;
    let v13 = b * b * PI.powi(8) * (1.0 / 18.0 - 1.0 / 50.0);
    let v = v1 + v2 + v13;
    ([v1 / v, v2 / v, 0.0], [(v1 + v13) / v, v2 / v, v13 / v], v13 / v)
}

fn of(found: &Sensitivity, row: usize, name: &str) -> Estimate {
    *found.indices[row].get(name).expect("an index")
}

fn estimate(found: &Sensitivity, row: usize, name: &str) -> f64 {
    of(found, row, name).estimate.expect("defined")
}

/// Within the interval's half-width, widened to four standard errors: a false alarm once in 16,000.
fn near(e: Estimate, exact: f64) -> bool {
    let (low, high) = (e.low.expect("low"), e.high.expect("high"));
    let error = (high - low) / 3.92;
    (e.estimate.expect("defined") - exact).abs() <= 4.0 * error + 1e-9
}

const SALTELLI: Method = Method::Saltelli { second_order: true };

#[test]
fn ishigami_indices_are_exact_within_their_intervals() {
    let design = planned(cube(3, -PI, PI), SALTELLI, 1024);
    let found = sobol(&design, &run(&design, ishigami), FEW).expect("Saltelli");
    let (first, total, second) = ishigami_exact();
    for i in 0..3 {
        assert!(near(of(&found, i, "first"), first[i]), "{found:?}");
        assert!(near(of(&found, i, "total"), total[i]), "{found:?}");
        // Scrambled points are far better than chance: 0.01 is a tenth of what chance would give.
        assert!((estimate(&found, i, "total") - total[i]).abs() < 0.02, "{i}");
    }
    let pair = |a: &str, b: &str| found.pairs.iter().find(|p| p.parameters == [a, b]).expect("a pair").second;
    assert!(near(pair("x1", "x3"), second) && near(pair("x1", "x2"), 0.0) && near(pair("x2", "x3"), 0.0));
    // The test can fail: the indices of another parameter are far outside.
    assert!(!near(of(&found, 0, "first"), first[1]) && !near(pair("x1", "x3"), 0.0));
    let last = found.convergence.last().expect("convergence");
    assert_eq!((last.blocks, last.indices.len()), (1024, 3));
    let width = |k: usize| {
        let e = found.convergence[k].indices[0].get("total").expect("total");
        e.high.expect("high") - e.low.expect("low")
    };
    assert!(width(found.convergence.len() - 1) < width(0) / 3.0, "intervals narrow with the size of the design");
}

#[test]
fn sobol_g_indices_are_exact_within_their_intervals() {
    let a = [0.0, 1.0, 4.5, 9.0, 99.0, 99.0];
    let design = planned(cube(6, 0.0, 1.0), SALTELLI, 1024);
    let g = |x: &[f64]| x.iter().zip(a).map(|(x, a)| ((4.0 * x - 2.0).abs() + a) / (1.0 + a)).product::<f64>();
    let found = sobol(&design, &run(&design, g), FEW).expect("Saltelli");
    let v: Vec<f64> = a.iter().map(|a| 1.0 / (3.0 * (1.0 + a).powi(2))).collect();
    let all: f64 = v.iter().map(|v| 1.0 + v).product::<f64>() - 1.0;
    for i in 0..6 {
        let others: f64 = (0..6).filter(|j| *j != i).map(|j| 1.0 + v[j]).product();
        assert!(near(of(&found, i, "first"), v[i] / all), "first of {i}");
        assert!(near(of(&found, i, "total"), v[i] * others / all), "total of {i}");
    }
}

#[test]
fn groups_have_the_indices_of_their_factors_together() {
    // y = x1 + 2 x2 + 3 x3 on equal ranges: shares 1, 4 and 9 of 14.
    let mut factors = cube(3, 0.0, 1.0);
    factors[0] = factors[0].clone().in_group("both");
    factors[2] = factors[2].clone().in_group("both");
    let design = planned(factors, Method::Saltelli { second_order: false }, 512);
    let found = sobol(&design, &run(&design, |x| x[0] + 2.0 * x[1] + 3.0 * x[2]), FEW).expect("Saltelli");
    assert_eq!(found.indices.iter().map(|r| r.parameter.as_str()).collect::<Vec<_>>(), ["both", "x2"]);
    for (row, exact) in [(0, 10.0 / 14.0), (1, 4.0 / 14.0)] {
        assert!(near(of(&found, row, "first"), exact) && near(of(&found, row, "total"), exact), "{found:?}");
    }
}

#[test]
fn normal_factors_and_categories_are_factors_like_others() {
    // Var(2 z) = 4 for standard normal z; codes 0, 1, 2 have variance 2/3, times 9.
    let normal = Factor::number("z", forestall_model::Distribution::Normal { mean: 5.0, sd: 1.0 });
    let category = Factor::category("policy", vec!["a".into(), "b".into(), "c".into()]);
    let design = planned(vec![normal, category], Method::Saltelli { second_order: false }, 1024);
    let found = sobol(&design, &run(&design, |x| 2.0 * x[0] + 3.0 * x[1]), FEW).expect("Saltelli");
    assert!(near(of(&found, 0, "first"), 0.4) && near(of(&found, 1, "total"), 0.6), "{found:?}");
}

#[test]
fn a_constant_added_changes_nothing_and_a_constant_has_no_index() {
    let design = planned(cube(3, -PI, PI), SALTELLI, 64);
    let plain = sobol(&design, &run(&design, ishigami), FEW).expect("Saltelli");
    let moved = sobol(&design, &run(&design, |x| ishigami(x) + 1e6), FEW).expect("Saltelli");
    for i in 0..3 {
        for name in ["first", "total"] {
            let apart = |f: fn(Estimate) -> Option<f64>| {
                (f(of(&plain, i, name)).expect("defined") - f(of(&moved, i, name)).expect("defined")).abs()
            };
            // 10⁶ leaves about ten digits of a response of size one.
            assert!(apart(|e| e.estimate) < 1e-8 && apart(|e| e.low) < 1e-8, "{name} of {i}");
        }
    }
    for value in [0.0, 0.1, -3e7] {
        let flat = sobol(&design, &run(&design, |_| value), FEW).expect("Saltelli");
        assert!(flat.indices.iter().all(|r| r.values.iter().all(|(_, e)| *e == Estimate::UNDEFINED)));
        assert_eq!((flat.noise, flat.json()["noise_share"].clone()), (Estimate::UNDEFINED, Value::Null));
        assert!(flat.notes.iter().any(|n| n.contains("does not vary")));
    }
}

#[test]
fn failed_rows_take_their_whole_block_and_nothing_else() {
    let design = planned(cube(3, -PI, PI), SALTELLI, 64);
    let size = design.block_rows();
    let whole = run(&design, ishigami);
    let values = |skip: &dyn Fn(usize) -> bool| -> Vec<Option<f64>> {
        (0..design.rows()).map(|r| if skip(r) { None } else { whole.row(r)[0] }).collect()
    };
    let one = Response::new(&design, "y", values(&|r| r == 5 * size + 3)).expect("rows");
    let block = Response::new(&design, "y", values(&|r| r / size == 5)).expect("rows");
    let (one, block) = (sobol(&design, &one, FEW).expect("ok"), sobol(&design, &block, FEW).expect("ok"));
    assert_eq!((one.blocks, one.blocks_dropped, one.rows_failed), (63, 1, 1));
    // Only the centre differs, by what the other rows of the block add to the mean.
    assert_eq!(one.indices.len(), block.indices.len());
    for i in 0..3 {
        assert!((estimate(&one, i, "total") - estimate(&block, i, "total")).abs() < 1e-12);
    }
    assert!(one.notes[0].contains("1 of 64 blocks left out"));
    let none = Response::new(&design, "y", vec![None; design.rows()]).expect("rows");
    assert_eq!(sobol(&design, &none, FEW).expect("ok").indices[0].values[0].1, Estimate::UNDEFINED);
}

/// Ishigami plus noise of equal variance; `stream` says which draw a row gets.
fn noisy(design: &Design, replicates: u32, stream: impl Fn(usize, u32) -> (u64, u32)) -> Response {
    let draws = Draws::new(5, 0);
    let key = Key::root("noise");
    let (a, b) = (7.0_f64, 0.1_f64);
    let variance = 0.5 * (1.0 + b * PI.powi(4) / 5.0).powi(2) + a * a / 8.0 + b * b * PI.powi(8) * 8.0 / 225.0;
    let value = |row: usize, r: u32| {
        let x: Vec<f64> = (0..3).map(|j| design.column(j)[row]).collect();
        let (child, occasion) = stream(row, r);
        Some(ishigami(&x) + variance.sqrt() * draws.normal(key.child(0, child), 0, occasion))
    };
    let rows = (0..design.rows()).map(|row| (0..replicates).map(|r| value(row, r)).collect()).collect();
    Response::with_replicates(design, "y", rows).expect("rows")
}

#[test]
fn streams_shared_in_a_block_keep_noise_out_of_the_indices() {
    let design = planned(cube(3, -PI, PI), Method::Saltelli { second_order: false }, 2048);
    let size = design.block_rows();
    let (_, total, _) = ishigami_exact();
    let shared = sobol(&design, &noisy(&design, 1, |row, r| ((row / size) as u64, r)), FEW).expect("ok");
    assert!(near(shared.noise, 0.5), "{:?}", shared.noise);
    for (i, total) in total.iter().enumerate() {
        assert!(near(of(&shared, i, "total"), total / 2.0), "{shared:?}");
    }
    // Noise of its own in each row: all factors look important, and replicates tell how much of it is noise.
    let own = |row: usize, r: u32| (row as u64 + 1_000_000, r);
    let single = sobol(&design, &noisy(&design, 1, own), FEW).expect("ok");
    assert!(!near(of(&single, 2, "total"), total[2] / 2.0) && estimate(&single, 2, "total") > 0.5);
    let twice = sobol(&design, &noisy(&design, 2, own), FEW).expect("ok");
    // 10,240 rows with two replicates know a variance to about 1.4 %; five of these.
    assert!((twice.noise.estimate.expect("replicates") - 0.5).abs() < 0.035, "{:?}", twice.noise);
    assert_eq!((twice.noise_from, single.noise_from), (Some("replicates"), Some("blocks")));
}

#[test]
fn the_intervals_cover_as_stated() {
    // Blocks of their own scrambling each, so that they are independent as the bootstrap takes them to be.
    let (trials, base) = (120_u64, 100);
    let exact = [1.0 / 14.0, 4.0 / 14.0, 9.0 / 14.0];
    let (mut covered, mut narrow) = (0, 0);
    let key = Key::root("coverage");
    for trial in 0..trials {
        let template = planned(cube(3, 0.0, 1.0), Method::Saltelli { second_order: false }, base);
        let draws = Draws::new(trial, 0);
        let size = template.block_rows();
        let mut table = forestall_model::Table::new();
        for j in 0..3_usize {
            let value = |row: usize| {
                let (block, place) = ((row / size) as u32, row % size);
                let from_b = place == size - 1 || place == j + 1;
                Some(draws.uniform(key.child(u16::from(from_b), j as u64), 0, block))
            };
            let column = forestall_model::Column::Number((0..template.rows()).map(value).collect());
            table.push(format!("x{}", j + 1), column);
        }
        let problem = Problem::new(cube(3, 0.0, 1.0)).expect("sound");
        let design = Design::from_table(&problem, &table).expect("a design");
        assert_eq!(design.method(), Method::Saltelli { second_order: false });
        let found = sobol(&design, &run(&design, |x| x[0] + 2.0 * x[1] + 3.0 * x[2]), FEW).expect("ok");
        for (i, exact) in exact.iter().enumerate() {
            let e = of(&found, i, "total");
            let (low, high, middle) = (e.low.expect("low"), e.high.expect("high"), e.estimate.expect("defined"));
            covered += u64::from(low <= *exact && *exact <= high);
            // A planted error: intervals of half the width.
            narrow += u64::from(f64::midpoint(low, middle) <= *exact && *exact <= f64::midpoint(high, middle));
        }
    }
    let share = covered as f64 / (3 * trials) as f64;
    // Percentile intervals of 100 blocks cover a little under 95 %. The three intervals of a trial hang together, so
    // the standard error is between 1.1 % and 2.0 %; three of the larger below 95 %, and never all but certain.
    assert!((0.89..0.995).contains(&share), "{share}");
    assert!((narrow as f64) < 0.89 * (3 * trials) as f64, "half the width is noticed");
}

/// Morris's exercise, Saltelli et al. (2004), *Sensitivity Analysis in Practice*, chapter 4: 20 factors. The
/// coefficients that the book draws at random, for factors 11 to 20, are zero here.
fn morris_function(x: &[f64]) -> f64 {
    let w: Vec<f64> = x
        .iter()
        .enumerate()
        .map(|(i, x)| if [2, 4, 6].contains(&i) { 2.0 * (1.1 * x / (x + 0.1) - 0.5) } else { 2.0 * (x - 0.5) })
        .collect();
    let mut y = (0..10).map(|i| 20.0 * w[i]).sum::<f64>();
    for i in 0..6 {
        for j in i + 1..6 {
            y -= 15.0 * w[i] * w[j];
            y -= (j + 1..5).map(|l| 10.0 * w[i] * w[j] * w[l]).sum::<f64>();
        }
    }
    for i in 0..4 {
        for j in i + 1..4 {
            for l in j + 1..4 {
                y += (l + 1..4).map(|s| 5.0 * w[i] * w[j] * w[l] * w[s]).sum::<f64>();
            }
        }
    }
    y
}

#[test]
fn the_book_exercise_separates_its_three_classes_of_factors() {
    let design = planned(cube(20, 0.0, 1.0), Method::Morris { levels: 4 }, 20);
    let found = morris(&design, &run(&design, morris_function), FEW).expect("trajectories");
    let at = |i: usize, name: &str| estimate(&found, i, name);
    // Factors 8 to 10 act linearly: the effect is exactly 2 · 20 = 40, without spread.
    for i in 7..10 {
        assert!((at(i, "mu_star") - 40.0).abs() < 1e-9 && at(i, "sigma") < 1e-9, "x{}", i + 1);
    }
    // Factors 11 to 20 do nothing here; in the book their effects are random and small.
    for i in 10..20 {
        assert!(at(i, "mu_star") < 1e-9, "x{}", i + 1);
    }
    // Factors 1 to 7 act strongly, and 1 to 6 not linearly.
    for i in 0..6 {
        assert!(at(i, "mu_star") > 20.0 && at(i, "sigma") > 10.0, "x{}", i + 1);
    }
    assert!(at(6, "mu_star") > 10.0);
}

#[test]
fn elementary_effects_of_a_linear_model_are_its_slopes_times_ranges() {
    let factors = vec![Factor::uniform("a", 0.0, 10.0), Factor::uniform("b", -1.0, 1.0)];
    let design = planned(factors, Method::Morris { levels: 4 }, 10);
    let found = morris(&design, &run(&design, |x| 3.0 * x[0] - 5.0 * x[1] + 7.0), FEW).expect("trajectories");
    for (row, exact) in [(0, 30.0), (1, -10.0_f64)] {
        assert!((estimate(&found, row, "mu") - exact).abs() < 1e-9);
        assert!((estimate(&found, row, "mu_star") - exact.abs()).abs() < 1e-9);
        assert!(estimate(&found, row, "sigma") < 1e-9);
    }
    let flat = morris(&design, &run(&design, |_| 2.0), FEW).expect("trajectories");
    assert_eq!(of(&flat, 0, "mu_star"), Estimate::UNDEFINED);
    let mut values: Vec<Option<f64>> = (0..design.rows()).map(|r| Some(design.column(0)[r])).collect();
    values[4] = Some(f64::NAN);
    let broken = Response::new(&design, "y", values).expect("rows");
    let found = morris(&design, &broken, FEW).expect("trajectories");
    assert_eq!((found.blocks, found.blocks_dropped), (9, 1));
    assert!((estimate(&found, 0, "mu") - 10.0).abs() < 1e-9);
}

#[test]
fn distribution_based_indices_find_what_matters() {
    let design = planned(cube(3, 0.0, 1.0), Method::Lhs { maximin: false }, 1000);
    let response = run(&design, |x| x[0] + 0.3 * x[1]);
    let few = Resampling { resamples: 40, seed: 1 };
    let by_pawn = pawn(&design, &response, few).expect("points");
    let by_delta = delta(&design, &response, few).expect("points");
    for (found, name) in [(&by_pawn, "median"), (&by_delta, "delta")] {
        let at = |i| estimate(found, i, name);
        assert!(at(0) > 2.0 * at(1) && at(1) > at(2), "{name}: {} {} {}", at(0), at(1), at(2));
        assert!(of(found, 0, name).low.expect("low") > of(found, 2, name).high.expect("high"));
    }
    // Six classes leave 1/36 of the variance of x1 inside them; the means of x2 add about 0.0005 by chance.
    let exact = (1.0 - 1.0 / 36.0) / 1.09;
    assert!((estimate(&by_delta, 0, "first") - exact).abs() < 0.005, "{}", estimate(&by_delta, 0, "first"));
    let moved = pawn(&design, &run(&design, |x| x[0] + 0.3 * x[1] + 1e3), few).expect("points");
    // Distances hang on the order alone.
    assert_eq!(estimate(&moved, 0, "median"), estimate(&by_pawn, 0, "median"));
    let flat = run(&design, |_| 1.0);
    assert_eq!(of(&pawn(&design, &flat, few).expect("points"), 0, "median"), Estimate::UNDEFINED);
    assert_eq!(of(&delta(&design, &flat, few).expect("points"), 0, "delta"), Estimate::UNDEFINED);
}

/// Half the mean area between N(0, 1 + s²) and N(x, s²) over standard normal x, by fine sums.
fn delta_of_two_normals(s: f64) -> f64 {
    let density = |y: f64, sd: f64| (-0.5 * (y / sd).powi(2)).exp() / (sd * (2.0 * PI).sqrt());
    let (step, reach) = (0.01, 6.0);
    let places = |reach: f64| (0..(2.0 * reach / step) as i32).map(move |i| -reach + (f64::from(i) + 0.5) * step);
    let area = |x: f64| {
        let apart = |y: f64| (density(y, (1.0 + s * s).sqrt()) - density(y - x, s)).abs();
        places(reach * (1.0 + s)).map(apart).sum::<f64>() * step
    };
    0.5 * places(reach).map(|x| density(x, 1.0) * area(x)).sum::<f64>() * step
}

#[test]
fn delta_of_two_normals_comes_near_its_exact_value() {
    let normal = |name: &str| Factor::number(name, forestall_model::Distribution::Normal { mean: 0.0, sd: 1.0 });
    let error = |points: usize, s: f64| {
        let design = planned(vec![normal("x1"), normal("x2")], Method::Sobol, points);
        let response = run(&design, |x| x[0] + s * x[1]);
        let found = delta(&design, &response, Resampling { resamples: 10, seed: 1 }).expect("points");
        estimate(&found, 0, "delta") - delta_of_two_normals(s)
    };
    for s in [1.0, 2.0] {
        let (few, many) = (error(256, s), error(8192, s));
        // The estimator is biased by its classes and kernels; the bias falls with the number of points.
        assert!(many.abs() < 0.02 && many.abs() < few.abs(), "s = {s}: {few} at 256 points, {many} at 8192");
    }
}

fn fixture(name: &str) -> (forestall_model::Table, Value) {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/salib");
    let text = std::fs::read_to_string(folder.join(format!("{name}.json"))).expect("fixture");
    let table = outside::read(&folder.join(format!("{name}.csv")), None).expect("table");
    (table, serde_json::from_str(&text).expect("JSON"))
}

fn four(groups: bool) -> Vec<Factor> {
    let all = [("a", 0.0, 1.0, "g1"), ("b", -1.0, 1.0, "g2"), ("c", 0.0, 2.0, "g1"), ("d", 5.0, 6.0, "g3")];
    all.into_iter()
        .map(|(name, low, high, group)| {
            let factor = Factor::uniform(name, low, high);
            if groups { factor.in_group(group) } else { factor }
        })
        .collect()
}

/// The largest difference to SALib's numbers.
fn apart(found: &Sensitivity, name: &str, expected: &Value) -> f64 {
    let expected: Vec<f64> =
        expected.as_array().expect("numbers").iter().map(|v| v.as_f64().expect("number")).collect();
    assert_eq!(expected.len(), found.indices.len());
    (0..expected.len()).map(|i| (estimate(found, i, name) - expected[i]).abs()).fold(0.0, f64::max)
}

#[test]
fn estimates_agree_with_salib_on_its_own_tables() {
    let cases = [
        ("sobol_second", cube(3, -PI, PI), SALTELLI, &["first", "total"][..]),
        ("sobol_groups", four(true), Method::Saltelli { second_order: false }, &["first", "total"]),
        ("morris", four(false), Method::Morris { levels: 4 }, &["mu", "mu_star", "sigma"]),
        ("morris_groups", four(true), Method::Morris { levels: 4 }, &["mu_star"]),
    ];
    for (name, factors, method, indices) in cases {
        let (table, expected) = fixture(name);
        let design = Design::from_table(&Problem::new(factors).expect("sound"), &table).expect("a design");
        assert_eq!(design.method(), method, "{name}: the structure is recognised");
        let response = Response::from_table(&design, &table, None).expect("a response");
        let found = if name.starts_with("sobol") { sobol } else { morris }(&design, &response, FEW).expect(name);
        for index in indices {
            // The same sums in another order: rounding alone, on numbers of order 1 to 10 with a constant of 100.
            assert!(apart(&found, index, &expected[*index]) < 1e-10, "{name}: {index}");
        }
        if let Some(second) = expected.get("second") {
            for (pair, value) in found.pairs.iter().zip(second.as_array().expect("numbers")) {
                assert!((pair.second.estimate.expect("second") - value.as_f64().expect("number")).abs() < 1e-10);
            }
        }
        if name == "morris_groups" {
            assert_eq!(of(&found, 0, "mu"), Estimate::UNDEFINED, "a group of several has no sign");
        }
    }
}

#[test]
fn given_data_estimates_agree_with_salib() {
    let (table, expected) = fixture("given_data");
    let design = Design::from_table(&Problem::new(cube(3, -PI, PI)).expect("sound"), &table).expect("a design");
    let response = Response::from_table(&design, &table, None).expect("a response");
    let by_pawn = pawn(&design, &response, Resampling { resamples: 0, seed: 1 }).expect("points");
    for (name, theirs) in
        [("median", "median"), ("mean", "mean"), ("minimum", "minimum"), ("maximum", "maximum"), ("cv", "CV")]
    {
        assert!(apart(&by_pawn, name, &expected[theirs]) < 1e-12, "{name}");
    }
    let by_delta = delta(&design, &response, Resampling { resamples: 0, seed: 1 }).expect("points");
    assert!(apart(&by_delta, "delta_raw", &expected["delta_raw"]) < 1e-10);
    assert!(apart(&by_delta, "first", &expected["first"]) < 1e-12);
}

#[test]
fn the_same_seed_gives_the_same_numbers_on_any_number_of_threads() {
    let design = planned(cube(3, -PI, PI), SALTELLI, 64);
    let response = run(&design, ishigami);
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("pool");
        pool.install(|| (sobol(&design, &response, FEW), delta(&design, &response, FEW)))
    };
    let (one, three) = (on(1), on(3));
    assert_eq!(one.0.expect("ok"), three.0.expect("ok"));
    assert_eq!(one.1.expect("ok"), three.1.expect("ok"));
}
