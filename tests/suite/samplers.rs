//! A second opinion on our samplers: those of `rand_distr`, fed by the same keyed stream, must draw from the same law.
//!
//! `rand_distr` does not draw the model's numbers: it takes logarithms and powers from `num-traits`, which uses the
//! system's mathematics as soon as any crate of the build asks for its `std` (docs/dependencies.md).

use forestall_model::{Draws, Key};
use rand_distr::{Distribution, Exp1, Gamma, Poisson, StandardNormal};

/// Values a sample.
const SIZE: u32 = 200_000;
/// Critical value of the two-sample Kolmogorov–Smirnov statistic times √(n/2): a false alarm in 10⁻⁶ of comparisons,
/// from 2 exp(−2 x²); seeds are fixed.
const CRITICAL: f64 = 2.694;

/// The greatest distance between two empirical distributions of equal size, in units of √(2/n).
fn distance(mut one: Vec<f64>, mut other: Vec<f64>) -> f64 {
    one.sort_by(f64::total_cmp);
    other.sort_by(f64::total_cmp);
    let n = one.len() as f64;
    let share = |sorted: &[f64], x: f64| sorted.partition_point(|v| *v <= x) as f64 / n;
    let greatest = one.iter().chain(&other).map(|&x| (share(&one, x) - share(&other, x)).abs()).fold(0.0, f64::max);
    greatest * (n / 2.0).sqrt()
}

/// Our values: one address a value.
fn ours(draw: impl Fn(&Draws, Key, u32) -> f64) -> Vec<f64> {
    let (draws, key) = (Draws::new(20_150_101, 0), Key::root("ours"));
    (0..SIZE).map(|i| draw(&draws, key, i)).collect()
}

/// Theirs, each from a stream at an address of its own.
fn theirs(law: &impl Distribution<f64>) -> Vec<f64> {
    let (draws, key) = (Draws::new(20_150_101, 0), Key::root("theirs"));
    (0..SIZE).map(|i| law.sample(&mut draws.stream(key, 2, i))).collect()
}

fn gamma(shape: f64) -> Gamma<f64> {
    Gamma::new(shape, 1.0).expect("a shape above 0")
}

#[test]
fn gammas_have_the_law_of_rand_distr() {
    for shape in [0.2, 0.9, 1.0, 1.5, 4.0, 60.0] {
        let found = distance(ours(|d, key, i| d.gamma(key, 1, i, shape)), theirs(&gamma(shape)));
        assert!(found < CRITICAL, "shape {shape}: {found}");
    }
}

#[test]
fn poisson_counts_have_the_law_of_rand_distr() {
    // Both sides of the place where a large mean is cut into parts.
    for mean in [0.05, 0.7, 5.0, 29.9, 30.1, 90.0, 400.0] {
        let law = Poisson::new(mean).expect("a mean above 0");
        let found = distance(ours(|d, key, i| d.poisson(key, 1, i, mean) as f64), theirs(&law));
        assert!(found < CRITICAL, "mean {mean}: {found}");
    }
}

#[test]
fn normals_and_exponentials_have_the_law_of_rand_distr() {
    let found = distance(ours(|d, key, i| d.normal(key, 1, i)), theirs(&StandardNormal));
    assert!(found < CRITICAL, "normal: {found}");
    let found = distance(ours(|d, key, i| d.exponential(key, 1, i)), theirs(&Exp1));
    assert!(found < CRITICAL, "exponential: {found}");
}

#[test]
fn a_sampler_that_is_five_per_cent_off_would_be_seen() {
    let off = [
        ("gamma", distance(ours(|d, key, i| d.gamma(key, 1, i, 4.0)), theirs(&gamma(4.2)))),
        (
            "Poisson",
            distance(
                ours(|d, key, i| d.poisson(key, 1, i, 30.1) as f64),
                theirs(&Poisson::new(1.05 * 30.1).expect("a mean above 0")),
            ),
        ),
        ("exponential", distance(ours(|d, key, i| 1.05 * d.exponential(key, 1, i)), theirs(&Exp1))),
        ("normal", distance(ours(|d, key, i| 1.05 * d.normal(key, 1, i)), theirs(&StandardNormal))),
    ];
    for (name, found) in off {
        assert!(found > CRITICAL, "{name}: {found}");
    }
}
