//! Probabilities of toy models against exact ones, and planted faults.

use libm::{exp, log};

use forestall_model::{Draws, Key};

use super::rivals::{Table, Weighed, held, weigh};

/// Points of normal models of these means and deviations, seen from a record at `fact`, beside a column of noise.
fn normals(models: &[(f64, f64)], sizes: &[usize], fact: f64, seed: u64) -> Vec<Table> {
    let draws = Draws::new(seed, 0);
    let one = |((k, (mean, deviation)), size): ((usize, &(f64, f64)), &usize)| {
        let key = Key::root("rivals").child(0, k as u64);
        let point = |i: u32| vec![mean + deviation * draws.normal(key, 0, i) - fact, draws.normal(key, 1, i)];
        Table { numbers: (0..*size as u64).collect(), patterns: (0..*size as u32).map(point).collect() }
    };
    models.iter().enumerate().zip(sizes).map(one).collect()
}

/// What Bayes says of them at the record.
fn exact(models: &[(f64, f64)], fact: f64) -> Vec<f64> {
    let density = |(mean, deviation): &(f64, f64)| {
        let z = (fact - mean) / deviation;
        exp(-0.5 * z * z) / deviation
    };
    let all: Vec<f64> = models.iter().map(density).collect();
    let whole: f64 = all.iter().sum();
    all.iter().map(|d| d / whole).collect()
}

/// Four standard errors of the jackknife, which covers the noise of the tables.
fn close(found: &Weighed, expected: &[f64]) {
    let logit = |p: f64| log(p / (1.0 - p));
    for ((p, low, high), right) in found.probabilities.iter().zip(expected) {
        let error = (logit(*high) - logit(*low)) / (2.0 * 1.96);
        assert!((logit(*p) - logit(*right)).abs() < 4.0 * error + 0.02, "{found:?} against {expected:?}");
    }
}

#[test]
fn probabilities_are_those_of_bayes_and_hold_on_known_models() {
    let two = [(0.0, 1.0), (1.0, 1.0)];
    for (fact, seed) in [(1.2, 1), (-0.7, 2), (0.5, 3)] {
        let found = weigh(&normals(&two, &[1500, 1500], fact, seed), 0.25, 300).unwrap();
        close(&found, &exact(&two, fact));
        // One test in a thousand would fail by chance.
        assert!(found.known.held > 1e-3 && found.known.tells(), "{found:?}");
    }
    let three = [(0.0, 1.0), (0.0, 2.0), (1.5, 1.0)];
    for (fact, seed) in [(0.8, 4), (-2.5, 5)] {
        let found = weigh(&normals(&three, &[1500; 3], fact, seed), 0.25, 100).unwrap();
        close(&found, &exact(&three, fact));
        let sum: f64 = found.probabilities.iter().map(|p| p.0).sum();
        assert!((sum - 1.0).abs() < 1e-9);
    }
}

#[test]
fn a_larger_table_makes_no_model_likelier() {
    let two = [(0.0, 1.0), (1.0, 1.0)];
    let found = weigh(&normals(&two, &[3000, 600], 1.2, 6), 0.25, 50).unwrap();
    close(&found, &exact(&two, 1.2));
}

#[test]
fn nothing_tells_one_model_from_itself_though_its_points_have_twins() {
    let table = || normals(&[(0.0, 1.0)], &[1000], 0.4, 7).remove(0);
    let found = weigh(&[table(), table()], 0.25, 200).unwrap();
    close(&found, &[0.5, 0.5]);
    assert!(!found.known.tells(), "{found:?}");
    // Were a twin left in, it would lie at distance 0 from its truth and speak for the wrong model.
    assert!(found.known.held > 1e-3);
}

#[test]
fn probabilities_that_promise_too_much_are_found() {
    let draws = Draws::new(8, 0);
    let judged = |sharper: f64| -> Vec<(usize, Vec<f64>)> {
        let one = |i: u32| {
            let z = draws.normal(Key::root("odds"), 0, i);
            let share = |x: f64| 1.0 / (1.0 + exp(-x));
            let truth = usize::from(draws.uniform(Key::root("truth"), 1, i) < share(z));
            (truth, vec![share(-sharper * z), share(sharper * z)])
        };
        (0..500).map(one).collect()
    };
    assert!(held(&judged(1.0)) > 1e-3);
    assert!(held(&judged(2.0)) < 1e-4, "planted fault: odds counted twice");
}

#[test]
fn too_little_to_weigh_is_refused() {
    let two = [(0.0, 1.0), (1.0, 1.0)];
    assert!(weigh(&normals(&two[..1], &[100], 0.0, 9), 0.5, 10).is_err());
    let error = weigh(&normals(&two, &[50, 50], 0.0, 9), 0.25, 10).unwrap_err().to_string();
    assert!(error.contains("raise --accept"), "{error}");
}
