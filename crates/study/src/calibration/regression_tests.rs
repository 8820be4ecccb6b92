//! Posteriors of toy cases by regression against known ones, ranks of known truths, and planted faults.

use forestall_model::{Draws, Key};

use super::regression::{Adjusted, Reference};
use super::truths::{Truths, ranks, rows, truths};
use crate::stats::normal_cdf;
use crate::stats::special::{incomplete_beta, normal_quantile};

/// Uniform and normal draws of row `i`.
struct Chance(Draws);

impl Chance {
    fn new(seed: u64) -> Self {
        Self(Draws::new(seed, 0))
    }

    fn uniform(&self, i: usize, which: u16) -> f64 {
        self.0.uniform(Key::root("table"), which, i as u32)
    }

    fn normal(&self, i: usize, which: u16) -> f64 {
        self.0.normal(Key::root("table"), which, i as u32)
    }
}

fn reference(ranks: &[Vec<f64>], patterns: Vec<Vec<f64>>, share: f64) -> Reference {
    let views: Vec<&[f64]> = ranks.iter().map(Vec::as_slice).collect();
    Reference::new(&views, patterns, share).unwrap()
}

/// Two normal parameters, a third that nothing shows; patterns z₁ + e/2, z₁ + z₂ + e/2 and noise.
fn linear(n: usize, seed: u64) -> (Vec<Vec<f64>>, Vec<Vec<f64>>) {
    let chance = Chance::new(seed);
    (0..n)
        .map(|i| {
            let z = [chance.normal(i, 0), chance.normal(i, 1), chance.normal(i, 2)];
            let e = [chance.normal(i, 3), chance.normal(i, 4), chance.normal(i, 5)];
            let seen = vec![z[0] + e[0] / 2.0, z[0] + z[1] + e[1] / 2.0, e[2]];
            (z.iter().map(|z| normal_cdf(*z)).collect::<Vec<f64>>(), seen)
        })
        .unzip()
}

fn moments(found: &Adjusted, i: usize, j: usize) -> (f64, f64, f64) {
    let score = |ranks: &[f64], k: usize| normal_quantile(ranks[k]).unwrap();
    let mean = |k: usize| found.points.iter().map(|(_, w, r)| w * score(r, k)).sum::<f64>();
    let (a, b) = (mean(i), mean(j));
    let joint = found.points.iter().map(|(_, w, r)| w * (score(r, i) - a) * (score(r, j) - b)).sum::<f64>();
    let effective = 1.0 / found.points.iter().map(|(_, w, _)| w * w).sum::<f64>();
    (a, joint, effective)
}

#[test]
fn a_linear_normal_posterior_is_the_known_one() {
    let (ranks, patterns) = linear(8000, 1);
    let table = reference(&ranks, patterns, 0.2);
    assert_eq!(table.telling().collect::<Vec<_>>(), [0, 1]);
    let found = table.posterior(&[0.8, -0.3, 0.4], None).unwrap();
    // Precision I + 4 AᵀA with A = [[1, 0], [1, 1]]: [[9, 4], [4, 5]], determinant 29; mean = its inverse · 4 Aᵀ y.
    let (right0, right1) = (4.0 * (0.8 - 0.3), 4.0 * -0.3);
    let expected = [(5.0 * right0 - 4.0 * right1) / 29.0, (9.0 * right1 - 4.0 * right0) / 29.0, 0.0];
    let variances = [[5.0 / 29.0, -4.0 / 29.0, 0.0], [-4.0 / 29.0, 9.0 / 29.0, 0.0], [0.0, 0.0, 1.0]];
    for i in 0..3 {
        let (mean, variance, effective) = moments(&found, i, i);
        // A mean of so many points, and a regression on four coefficients beside it: five standard errors, doubled.
        let error = 10.0 * (variances[i][i] / effective).sqrt();
        assert!((mean - expected[i]).abs() < error, "mean {i}: {mean} against {}", expected[i]);
        for j in 0..3 {
            let (_, joint, _) = moments(&found, i, j);
            let size = variances[i][i] * variances[j][j] + variances[i][j] * variances[i][j];
            let error = 5.0 * (size / effective).sqrt();
            assert!((joint - variances[i][j]).abs() < error, "{i} {j}: {joint} against {}", variances[i][j]);
        }
        assert!(variance > 0.0);
    }
    // Planted fault: the same points not adjusted are too wide by many standard errors.
    let raw: Vec<(usize, f64, Vec<f64>)> = found.points.iter().map(|(i, w, _)| (*i, *w, ranks[*i].clone())).collect();
    let (_, variance, effective) = moments(&Adjusted { points: raw, radius: found.radius }, 0, 0);
    assert!(variance - 5.0 / 29.0 > 5.0 * (5.0 / 29.0) * (2.0 / effective).sqrt(), "{variance}");
}

/// Successes in 20 trials, as counts stand.
fn binomial(n: usize, seed: u64) -> (Vec<Vec<f64>>, Vec<Vec<f64>>) {
    let chance = Chance::new(seed);
    (0..n)
        .map(|i| {
            let p = chance.uniform(i, 0);
            let hits = (0..20).filter(|k| chance.uniform(i, 1 + k) < p).count() as f64;
            (vec![p], vec![2.0 * (hits + 0.375).sqrt()])
        })
        .unzip()
}

#[test]
fn seven_of_twenty_with_a_flat_prior_is_beta_8_14() {
    let (ranks, patterns) = binomial(40_000, 2);
    let table = reference(&ranks, patterns, 0.04);
    let gap = |hits: f64| {
        let found = table.posterior(&[2.0 * (hits + 0.375_f64).sqrt()], None).unwrap();
        let effective = 1.0 / found.points.iter().map(|(_, w, _)| w * w).sum::<f64>();
        (1..10)
            .map(|i| {
                let x = f64::from(i) * 0.07;
                let expected = incomplete_beta(8.0, 14.0, x).unwrap();
                let share: f64 = found.points.iter().filter(|p| p.2[0] <= x).map(|p| p.1).sum();
                (share - expected).abs() / (expected * (1.0 - expected) / effective).sqrt()
            })
            .fold(0.0, f64::max)
    };
    // Nine correlated comparisons: the largest stays below 4 standard errors in all but 1 of 2,000.
    assert!(gap(7.0) < 4.0, "{} standard errors from Beta(8, 14)", gap(7.0));
    assert!(gap(8.0) > 4.0, "a planted error is found");
}

/// A rate that two counts show, a share that a count and the second count show, and one that nothing shows.
fn counts(n: usize, seed: u64, more_noise: f64) -> (Vec<Vec<f64>>, Vec<Vec<f64>>) {
    let chance = Chance::new(seed);
    let poisson = |i: usize, which: u16, mean: f64| {
        let (mut count, mut sum) = (0_u16, 0.0);
        loop {
            sum -= chance.uniform(i, which + count).ln();
            if sum > mean {
                return f64::from(count);
            }
            count += 1;
        }
    };
    (0..n)
        .map(|i| {
            let u = [chance.uniform(i, 0), chance.uniform(i, 1), chance.uniform(i, 2)];
            let rate = 12.0 * (0.8 * normal_quantile(u[0]).unwrap()).exp();
            let seen = [poisson(i, 100, rate), poisson(i, 1000, rate * u[1]), poisson(i, 4000, 30.0 * u[1])];
            let noise = |k: u16| more_noise * chance.normal(i, 50 + k);
            let stand = |(k, count): (usize, &f64)| 2.0 * (count + 0.375).sqrt() + noise(k as u16);
            (u.to_vec(), seen.iter().enumerate().map(stand).collect())
        })
        .unzip()
}

fn names() -> Vec<String> {
    ["rate", "share", "idle"].map(String::from).to_vec()
}

fn tried(all: &[Vec<f64>]) -> Truths {
    Truths { rows: rows(&names(), &[0.0; 3], all), count: all.len(), as_far: 0.0 }
}

#[test]
fn ranks_of_known_truths_are_even() {
    let (ranks, patterns) = counts(6000, 3, 0.0);
    let table = reference(&ranks, patterns, 0.1);
    let radius = table.posterior(&[7.0, 5.0, 8.0], None).unwrap().radius;
    let found = truths(&table, &names(), 400, radius);
    assert_eq!(found.count, 400);
    assert!(found.even(), "{found:?}");
    assert!(found.rows[0].explained > 0.5 && found.rows[2].explained < 0.01, "{found:?}");
    let (half, most) = found.inside();
    // Of 1,200 rows, of which those of one truth go together: three standard errors of 400.
    assert!((half - 0.5).abs() < 3.0 * (0.25_f64 / 400.0).sqrt() && (most - 0.9).abs() < 0.045, "{half} {most}");
    assert!(found.as_far > 0.02, "an ordinary record is no surprise");
    let strange = table.posterior(&[25.0, 0.0, 20.0], None).unwrap().radius;
    assert!(truths(&table, &names(), 400, strange).as_far < 0.01, "one that no truth gives is");
}

#[test]
fn planted_faults_make_ranks_of_known_truths_uneven() {
    let (known, clean) = counts(6000, 3, 0.0);
    let table = reference(&known, clean.clone(), 0.1);
    // Left unadjusted, near points are as wide as the kernel.
    let wide = reference(&known, clean, 0.4);
    let raw = ranks(&wide, 400, &|record, row| {
        let found = wide.posterior(record, Some(row))?;
        Some(found.points.into_iter().map(|(i, w, _)| (w, known[i].clone())).collect())
    });
    assert!(tried(&raw).probability() < 1e-3, "{:?}", tried(&raw));
    // Noise counted twice: the table has chance once more than the records.
    let noisy = reference(&known, counts(6000, 3, 1.5).1, 0.1);
    let twice = ranks(&table, 400, &|record, row| {
        let found = noisy.posterior(record, Some(row))?;
        Some(found.points.into_iter().map(|(_, w, ranks)| (w, ranks)).collect())
    });
    assert!(tried(&twice).probability() < 1e-3, "{:?}", tried(&twice));
    // Chance left out: the posterior of a record that is taken for the model's mean.
    let narrow = ranks(&table, 400, &|record, row| {
        let found = table.posterior(record, Some(row))?;
        let middle = |j: usize| found.points.iter().map(|(_, w, r)| w * r[j]).sum::<f64>();
        let middles: Vec<f64> = (0..3).map(middle).collect();
        let nearer = |ranks: &[f64]| ranks.iter().zip(&middles).map(|(r, m)| m + (r - m) / 2.0).collect();
        Some(found.points.iter().map(|(_, w, ranks)| (*w, nearer(ranks))).collect())
    });
    assert!(tried(&narrow).probability() < 1e-3, "{:?}", tried(&narrow));
}

#[test]
fn too_few_points_are_refused() {
    let (ranks, patterns) = linear(60, 1);
    let views: Vec<&[f64]> = ranks.iter().map(Vec::as_slice).collect();
    let error = Reference::new(&views, patterns, 0.1).err().unwrap().to_string();
    assert!(error.contains("60 points give 6 near ones") && error.contains("it takes 15"), "{error}");
}
