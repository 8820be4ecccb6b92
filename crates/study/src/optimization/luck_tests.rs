//! A planted lucky winner: all candidates are equal, noise is high, and only looking again tells.

use crate::design::Factor;
use forestall_model::{Draws, Key};

use super::*;

/// Noise of one replication; the truth is 0 in both objectives for every candidate.
const NOISE: f64 = 1.0;
const LOOK: u64 = 4;

fn problem() -> SearchProblem {
    let factors = vec![Factor::uniform("x", 0.0, 1.0), Factor::uniform("y", 0.0, 1.0)];
    SearchProblem { factors, decimals: Vec::new(), goals: vec![Goal { maximise: false }; 2], limits: Vec::new() }
}

fn one(seed: u64, ask: &Ask) -> RunResponse {
    let draws = Draws::new(seed, 3);
    let mut key = Key::root("luck").child(0, ask.replication);
    for value in ask.values {
        key = key.child(1, value.to_bits() >> 16);
    }
    (0..2).map(|d| Some(ResponsePart(NOISE * draws.normal(key, 0, d), 1.0))).collect()
}

fn searched(seed: u64, look_again: bool) -> Found {
    let settings = SearchSettings {
        population: 20,
        replications: LOOK,
        most_runs: 6_000,
        most_generations: u32::MAX,
        seed,
        look_again,
        proposal: Proposal::Parents,
    };
    let mut runner = |asks: &[Ask]| Some(asks.iter().map(|ask| Ok(one(seed, ask))).collect());
    search(&problem(), &settings, &mut runner, &mut |_| {}).unwrap().unwrap()
}

fn plain(values: impl Iterator<Item = f64>) -> f64 {
    let values: Vec<f64> = values.collect();
    values.iter().sum::<f64>() / values.len() as f64
}

/// The mean of what would be reported of those that stayed: the means that they were chosen by, or fresh ones.
fn reported(seed: u64, look_again: bool, fresh: bool) -> f64 {
    let found = searched(seed, look_again);
    let one = |&place: &usize| {
        let candidate = &found.candidates[place];
        if !fresh {
            return plain(candidate.runs.values().map(|run| run[0].unwrap().0));
        }
        let asks = (0..100).map(|r| Ask { values: &candidate.values, replication: (1 << 23) + r });
        plain(asks.map(|ask| self::one(seed, &ask)[0].unwrap().0))
    };
    plain(found.population.iter().map(one))
}

fn over_seeds(look_again: bool, fresh: bool) -> f64 {
    (1..=10).map(|seed| reported(seed, look_again, fresh)).sum::<f64>() / 10.0
}

/// Whether a reported mean is compatible with the truth, 0: 10 searches × 20 candidates × 100 replications, of each of
/// which the standard error is 1 ÷ √20,000 = 0.0071; four of these.
fn unbiased(mean: f64) -> bool {
    mean.abs() < 4.0 * NOISE / 20_000_f64.sqrt()
}

#[test]
fn the_fresh_verdict_is_not_biased_and_the_search_without_it_is() {
    let (fresh, not) = (over_seeds(true, true), over_seeds(false, false));
    println!("reported: {fresh} on fresh replications, {not} without looking again");
    assert!(unbiased(fresh), "{fresh}");
    assert!(!unbiased(not), "without fresh replications the same test must fail: {not}");
}

#[test]
fn looking_again_takes_most_of_the_luck_out_of_the_search_itself() {
    let (again, once) = (over_seeds(true, false), over_seeds(false, false));
    println!("in the search: {again} when looked at again, {once} when not");
    assert!(again.abs() < 0.6 * once.abs(), "{again} against {once}");
}
