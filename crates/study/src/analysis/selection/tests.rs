//! Coverage of the selection procedures by simulation, on arms whose means are known.

use super::budget::allocate;
use super::fixed::simultaneous_best;
use super::*;

/// A keyed normal: replication r has a part that all arms share.
fn value(world: u64, job: SelectionJob, means: &[f64], shared: f64) -> f64 {
    let key = |name: u64| forestall_model::Key::from_bits(name);
    let draws = forestall_model::Draws::new(world, job.replication as u64);
    let (common, own) = (draws.normal(key(1), 1, 0), draws.normal(key(2 + job.arm as u64), 1, 0));
    means[job.arm] + libm::sqrt(shared) * common + libm::sqrt(1.0 - shared) * own
}

/// How often the first arm, the best, is selected.
fn hits(worlds: u64, means: &[f64], shared: f64, select: impl Fn(usize, &mut Sampler) -> Selection) -> usize {
    (0..worlds)
        .filter(|&world| {
            let mut sample = |jobs: &[SelectionJob]| Ok(jobs.iter().map(|&j| value(world, j, means, shared)).collect());
            select(means.len(), &mut sample).best == 0
        })
        .count()
}

const SLIPPAGE: [f64; 5] = [0.0, 0.5, 0.5, 0.5, 0.5];

fn options() -> KimNelson {
    KimNelson { zone: 0.5, confidence: 0.9, first: 10, batch: 7, most: 10_000 }
}

#[test]
fn the_best_is_chosen_as_often_as_promised() {
    // The least favourable case: all others worse by just the zone. The promise is a lower limit, so only a
    // shortfall of 4 standard errors fails: 1 in 30,000 if the promise were met exactly.
    let worlds = 400;
    for shared in [0.0, 0.6] {
        let right = hits(worlds, &SLIPPAGE, shared, |k, s| select_kim_nelson(k, &options(), s).expect("valid"));
        let least = 0.9 - 4.0 * (0.9_f64 * 0.1 / worlds as f64).sqrt();
        assert!(right as f64 / worlds as f64 >= least, "{right} of {worlds}, shared {shared}");
    }
}

#[test]
fn a_procedure_that_stops_after_the_first_stage_breaks_the_promise() {
    let worlds = 400;
    let hasty = |k: usize, s: &mut Sampler| select_fixed(k, 5, 0.5, 0.9, s).expect("valid").0;
    let right = hits(worlds, &SLIPPAGE, 0.0, hasty);
    assert!((right as f64) < 0.75 * worlds as f64, "{right}: the coverage test could not fail");
}

#[test]
fn shared_numbers_save_runs() {
    let spent = |shared: f64| -> usize {
        (0..40)
            .map(|world| {
                let mut sample =
                    |jobs: &[SelectionJob]| Ok(jobs.iter().map(|&j| value(world, j, &SLIPPAGE, shared)).collect());
                select_kim_nelson(5, &options(), &mut sample).expect("valid").runs
            })
            .sum()
    };
    assert!(spent(0.8) * 2 < spent(0.0));
}

#[test]
fn intervals_against_the_best_cover_all_arms_at_once() {
    let (worlds, n) = (600_u64, 12);
    let means = [0.0, 0.1, 0.4, 1.0];
    let covered = |factor: f64| {
        (0..worlds)
            .filter(|&world| {
                let of =
                    |arm| (0..n).map(|r| value(world, SelectionJob { arm, replication: r }, &means, 0.5)).collect();
                let values: Vec<Vec<f64>> = (0..means.len()).map(of).collect();
                let limits = simultaneous_best(&values, 0.9).expect("enough");
                limits.iter().enumerate().all(|(i, &(low, high))| {
                    let least = (0..means.len()).filter(|&l| l != i).map(|l| means[l]).fold(f64::INFINITY, f64::min);
                    let truth = means[i] - least;
                    low * factor <= truth && truth <= high * factor || truth == 0.0
                })
            })
            .count() as f64
            / worlds as f64
    };
    // Bonferroni is conservative: only a shortfall fails, by 4 standard errors.
    assert!(covered(1.0) >= 0.9 - 4.0 * (0.09 / worlds as f64).sqrt(), "{}", covered(1.0));
    assert!(covered(0.4) < 0.8, "intervals of less than half the width would pass");
}

#[test]
fn a_budget_goes_to_the_arms_in_doubt() {
    // Chen et al.: three arms, distances 1 and 2, equal spread: N₂ ⁄ N₃ = 4, N₁ = √(N₂² + N₃²).
    let shares = allocate(&[0.0, 1.0, 2.0], &[3.0, 3.0, 3.0], 1e-9);
    assert!((shares[1] / shares[2] - 4.0).abs() < 1e-12);
    assert!((shares[0] - shares[1].hypot(shares[2])).abs() < 1e-12);
    let options = Budget { runs: 400, first: 10, step: 20, zone: 0.1, confidence: 0.9 };
    let means = [0.0, 0.3, 3.0, 3.0];
    let mut sample = |jobs: &[SelectionJob]| Ok(jobs.iter().map(|&j| value(1, j, &means, 0.0)).collect());
    let found = select_within(4, &options, &mut sample).expect("valid");
    assert_eq!(found.runs, 400);
    let n: Vec<usize> = found.candidates.iter().map(|c| c.n).collect();
    assert!(n[0] + n[1] > 10 * (n[2] + n[3]) / 2, "{n:?}");
    let right = hits(200, &means, 0.0, |k, s| select_within(k, &options, s).expect("valid"));
    let even = hits(200, &means, 0.0, |k, s| select_fixed(k, 100, 0.1, 0.9, s).expect("valid").0);
    assert!(right >= even, "{right} with the allocation, {even} with equal shares");
}

#[test]
fn equal_arms_are_called_tied_and_the_most_replications_end_it() {
    let means = [0.0, 0.0, 2.0];
    let mut sample = |jobs: &[SelectionJob]| Ok(jobs.iter().map(|&j| value(3, j, &means, 0.0)).collect());
    let few = KimNelson { zone: 0.2, most: 60, ..options() };
    let found = select_kim_nelson(3, &few, &mut sample).expect("valid");
    assert!(found.stopped && found.probability.is_none());
    assert_eq!(found.candidates.iter().map(|c| c.n).max(), Some(60));
    assert!(found.candidates[0].tied && found.candidates[1].tied && !found.candidates[2].tied);
    assert!(found.candidates[2].eliminated_after.is_some());
    assert_eq!(found.ties().count(), 1);
}

#[test]
fn wrong_requests_say_what_would_be_right() {
    let mut sample = |jobs: &[SelectionJob]| Ok(vec![0.0; jobs.len()]);
    let told = |arms, options: KimNelson, sample: &mut Sampler| {
        select_kim_nelson(arms, &options, sample).expect_err("wrong").to_string()
    };
    assert!(told(1, options(), &mut sample).contains("two arms"));
    assert!(told(3, KimNelson { zone: 0.0, ..options() }, &mut sample).contains("zone"));
    assert!(told(3, KimNelson { confidence: 0.3, ..options() }, &mut sample).contains("1 in 3"));
    let mut undefined = |jobs: &[SelectionJob]| Ok(vec![f64::NAN; jobs.len()]);
    assert!(told(3, options(), &mut undefined).contains("always defined"));
    let small = Budget { runs: 20, first: 10, step: 5, zone: 0.1, confidence: 0.9 };
    assert!(select_within(3, &small, &mut sample).expect_err("small").to_string().contains("at least 30"));
    // Values without any spread end at once, with every arm tied.
    let flat = select_kim_nelson(3, &options(), &mut sample).expect("valid");
    assert_eq!((flat.runs, flat.ties().count()), (30, 2));
}
