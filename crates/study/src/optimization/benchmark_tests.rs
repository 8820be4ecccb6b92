//! The search on test problems with known fronts: ZDT1, ZDT3 (Zitzler, Deb and Thiele 2000), DTLZ2 (Deb et al. 2002).

use crate::design::Factor;
use forestall_model::{Draws, Key};

use super::dominance::{Standing, fronts};
use super::hypervolume::{Frame, hypervolume};
use super::*;

#[derive(Clone, Copy)]
struct Bench {
    name: &'static str,
    levers: usize,
    objectives: usize,
    value: fn(&[f64]) -> Vec<f64>,
    /// Distance of objectives from the exact front.
    off: fn(&[f64]) -> f64,
}

fn zdt_g(x: &[f64]) -> f64 {
    1.0 + 9.0 * x[1..].iter().sum::<f64>() / (x.len() - 1) as f64
}

fn zdt1(x: &[f64]) -> Vec<f64> {
    let g = zdt_g(x);
    vec![x[0], g * (1.0 - (x[0] / g).sqrt())]
}

fn zdt3(x: &[f64]) -> Vec<f64> {
    let g = zdt_g(x);
    let wave = x[0] / g * (10.0 * std::f64::consts::PI * x[0]).sin();
    vec![x[0], g * (1.0 - (x[0] / g).sqrt() - wave)]
}

fn dtlz2(x: &[f64]) -> Vec<f64> {
    let g: f64 = x[2..].iter().map(|v| (v - 0.5) * (v - 0.5)).sum();
    let (a, b) = (x[0] * std::f64::consts::FRAC_PI_2, x[1] * std::f64::consts::FRAC_PI_2);
    vec![(1.0 + g) * a.cos() * b.cos(), (1.0 + g) * a.cos() * b.sin(), (1.0 + g) * a.sin()]
}

/// Distance to the nearest of many points of an exact front.
fn nearest(f: &[f64], front: impl Iterator<Item = Vec<f64>>) -> f64 {
    let distance = |p: Vec<f64>| p.iter().zip(f).map(|(a, b)| (a - b) * (a - b)).sum::<f64>().sqrt();
    front.map(distance).fold(f64::INFINITY, f64::min)
}

fn grid() -> impl Iterator<Item = f64> {
    (0..=2000).map(|i| f64::from(i) / 2000.0)
}

const ZDT1: Bench = Bench {
    name: "ZDT1",
    levers: 10,
    objectives: 2,
    value: zdt1,
    off: |f| nearest(f, grid().map(|x| vec![x, 1.0 - x.sqrt()])),
};
/// The curve that holds the five pieces of the front.
const ZDT3: Bench = Bench {
    name: "ZDT3",
    levers: 10,
    objectives: 2,
    value: zdt3,
    off: |f| nearest(f, grid().map(|x| vec![x, 1.0 - x.sqrt() - x * (10.0 * std::f64::consts::PI * x).sin()])),
};
const DTLZ2: Bench = Bench {
    name: "DTLZ2",
    levers: 7,
    objectives: 3,
    value: dtlz2,
    off: |f| (f.iter().map(|v| v * v).sum::<f64>().sqrt() - 1.0).abs(),
};

fn problem(bench: &Bench) -> SearchProblem {
    let factors = (0..bench.levers).map(|d| Factor::uniform(format!("x{d}"), 0.0, 1.0)).collect();
    SearchProblem {
        factors,
        decimals: Vec::new(),
        goals: vec![Goal { maximise: false }; bench.objectives],
        limits: Vec::new(),
    }
}

/// The test problem with normal noise, half of its variance common to all candidates of a replication.
fn run(bench: Bench, noise: f64, seed: u64) -> impl Fn(&Ask) -> Outcome {
    let draws = Draws::new(seed, 7);
    move |ask: &Ask| {
        let mut own = Key::root("bench").child(1, ask.replication);
        for value in ask.values {
            own = own.child(2, value.to_bits() >> 16);
        }
        let common = Key::root("bench").child(3, ask.replication);
        let share = noise * std::f64::consts::FRAC_1_SQRT_2;
        // The reference stands in the middle.
        let middle = vec![0.5; bench.levers];
        let values = (bench.value)(if ask.values.is_empty() { &middle } else { ask.values });
        let part = |(d, value): (usize, &f64)| {
            let shift = share * (draws.normal(own, 0, d as u32) + draws.normal(common, 0, d as u32));
            Some(ResponsePart(value + shift, 1.0))
        };
        Ok(values.iter().enumerate().map(part).collect())
    }
}

fn settings(proposal: Proposal, population: usize, replications: u64, most_runs: u64, seed: u64) -> SearchSettings {
    SearchSettings { population, replications, most_runs, most_generations: u32::MAX, seed, look_again: true, proposal }
}

fn found(bench: &Bench, settings: &SearchSettings, noise: f64) -> Found {
    let one = run(*bench, noise, settings.seed);
    let mut runner = |asks: &[Ask]| Some(asks.iter().map(&one).collect());
    search(&problem(bench), settings, &mut runner, &mut |_| {}).unwrap().unwrap()
}

/// Exact objectives of the candidates that stayed and are on the front as the search sees it.
fn true_front(bench: &Bench, found: &Found) -> Vec<Vec<f64>> {
    let standings: Vec<Standing> = found.estimates.iter().map(|e| problem(bench).standing(e)).collect();
    let first = &fronts(&standings)[0];
    first.iter().map(|&i| (bench.value)(&found.candidates[found.population[i]].values)).collect()
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// Mean distance from the exact front, and hypervolume in the frame of the first generation.
fn quality(bench: &Bench, found: &Found) -> (f64, f64) {
    let front = true_front(bench, found);
    let off: Vec<f64> = front.iter().map(|f| (bench.off)(f)).collect();
    let first = found.candidates.iter().filter(|c| c.generation == 0);
    let frame = Frame::around(&first.map(|c| (bench.value)(&c.values)).collect::<Vec<_>>()).unwrap();
    (mean(&off), frame.share(&front))
}

#[test]
fn without_noise_the_front_is_met_and_random_search_is_beaten() {
    // 12,000 runs of one look: the distances are stated, far below the spread of the front, which is of size 1.
    for (bench, within) in [(ZDT1, 0.02), (ZDT3, 0.02), (DTLZ2, 0.03)] {
        let evolved = quality(&bench, &found(&bench, &settings(Proposal::Parents, 40, 1, 12_000, 1), 0.0));
        let random = quality(&bench, &found(&bench, &settings(Proposal::Anywhere, 40, 1, 12_000, 1), 0.0));
        println!("{}: evolved {evolved:?}, random {random:?}", bench.name);
        assert!(evolved.0 < within, "{}: {evolved:?}", bench.name);
        assert!(random.0 > within, "{}: the distance tells them apart: {random:?}", bench.name);
        assert!(evolved.1 > random.1, "{}: {evolved:?} against {random:?}", bench.name);
    }
}

#[test]
fn the_hypervolume_of_dtlz2_comes_near_that_of_a_regular_lattice() {
    // Thirty-six points in regular order on the exact front are what a population of forty can be measured by.
    let mut lattice = Vec::new();
    for i in 0..=7 {
        for j in 0..=7 - i {
            let corner = [f64::from(i), f64::from(j), f64::from(7 - i - j)];
            let length = corner.iter().map(|x| x * x).sum::<f64>().sqrt();
            lattice.push(corner.iter().map(|x| x / length).collect::<Vec<f64>>());
        }
    }
    let evolved = found(&DTLZ2, &settings(Proposal::Parents, 40, 1, 12_000, 2), 0.0);
    let volume = hypervolume(&true_front(&DTLZ2, &evolved), &[1.1; 3]);
    let regular = hypervolume(&lattice, &[1.1; 3]);
    let exact = 1.331 - std::f64::consts::PI / 6.0;
    println!("DTLZ2: volume {volume}, lattice {regular}, exact {exact}");
    assert_eq!(lattice.len(), 36);
    assert!(volume < exact && volume > 0.95 * regular, "{volume} against {regular}");
}

#[test]
fn with_noise_random_search_is_still_beaten() {
    // Noise of a tenth of the front's size in each replication. Five seeds: the mean is looked at, and each one.
    for (bench, within) in [(ZDT1, 0.15), (ZDT3, 0.2), (DTLZ2, 0.12)] {
        let mut all = Vec::new();
        for seed in 1..=5 {
            let evolved = quality(&bench, &found(&bench, &settings(Proposal::Parents, 24, 4, 12_000, seed), 0.1));
            let random = quality(&bench, &found(&bench, &settings(Proposal::Anywhere, 24, 4, 12_000, seed), 0.1));
            println!("{}, seed {seed}: evolved {evolved:?}, random {random:?}", bench.name);
            assert!(evolved.1 > random.1, "{}, seed {seed}: {evolved:?} against {random:?}", bench.name);
            all.push(evolved.0);
        }
        assert!(mean(&all) < within, "{}: {all:?}", bench.name);
    }
}

#[test]
fn limits_are_kept() {
    // ZDT1 with the second objective as a limit too: at most 0.3. All that stay keep it, though few began so.
    let limited = SearchProblem { limits: vec![OutcomeLimit { at_most: true, value: 0.3 }], ..problem(&ZDT1) };
    let one = run(ZDT1, 0.0, 1);
    let twice = |ask: &Ask| {
        one(ask).map(|mut r| {
            r.push(r[1]);
            r
        })
    };
    let mut runner = |asks: &[Ask]| Some(asks.iter().map(twice).collect());
    let settings = settings(Proposal::Parents, 20, 1, 6_000, 3);
    let found = search(&limited, &settings, &mut runner, &mut |_| {}).unwrap().unwrap();
    assert_eq!(found.generations[0].feasible, 0);
    assert_eq!(found.generations.last().unwrap().feasible, 20);
    assert!(found.estimates.iter().all(|e| e[1].unwrap() <= 0.3));
}

#[test]
fn the_budget_only_cuts_the_search_short_and_stopping_gives_nothing() {
    let short = found(&ZDT1, &settings(Proposal::Parents, 12, 2, 500, 4), 0.1);
    let long = found(&ZDT1, &settings(Proposal::Parents, 12, 2, 1_000, 4), 0.1);
    assert!(short.runs <= 500 && long.runs <= 1_000 && long.runs > short.runs);
    assert_eq!(short.generations[..], long.generations[..short.generations.len()]);
    let mut stopped = |_: &[Ask]| None;
    let settings = settings(Proposal::Parents, 12, 2, 500, 4);
    assert!(search(&problem(&ZDT1), &settings, &mut stopped, &mut |_| {}).unwrap().is_none());
}

#[test]
fn few_settings_are_searched_without_repeats() {
    let bench = Bench { levers: 2, ..ZDT1 };
    let levels = |name: &str| Factor::category(name, ["a", "b", "c"].map(String::from).to_vec());
    let coarse = SearchProblem { factors: vec![levels("p"), levels("q")], ..problem(&bench) };
    let mut runner = |asks: &[Ask]| {
        let scaled = |ask: &Ask| {
            let values: Vec<f64> = ask.values.iter().map(|v| v / 2.0).collect();
            Ok((bench.value)(if values.is_empty() { &[0.5, 0.5] } else { &values })
                .iter()
                .map(|v| Some(ResponsePart(*v, 1.0)))
                .collect())
        };
        Some(asks.iter().map(scaled).collect())
    };
    let found = search(&coarse, &settings(Proposal::Parents, 6, 1, 300, 5), &mut runner, &mut |_| {}).unwrap().unwrap();
    assert_eq!(found.candidates.len(), 9, "all nine settings, each once");
    let front: Vec<&[f64]> = found.population.iter().take(3).map(|&i| found.candidates[i].values.as_slice()).collect();
    assert!(front.iter().all(|v| v[1] == 0.0), "{front:?}");
}

#[test]
fn failures_are_left_behind_and_told_where_nothing_can_be_run() {
    let half = |ask: &Ask| {
        if ask.values.first().is_some_and(|x| *x > 0.5) { Err("no".to_owned()) } else { run(ZDT1, 0.0, 1)(ask) }
    };
    let mut runner = |asks: &[Ask]| Some(asks.iter().map(half).collect());
    let settings = settings(Proposal::Parents, 12, 1, 600, 6);
    let found = search(&problem(&ZDT1), &settings, &mut runner, &mut |_| {}).unwrap().unwrap();
    assert!(found.population.iter().all(|&i| found.candidates[i].values[0] <= 0.5));
    let mut never = |asks: &[Ask]| Some(asks.iter().map(|_| Err("broken".to_owned())).collect());
    let error = search(&problem(&ZDT1), &settings, &mut never, &mut |_| {}).unwrap_err();
    assert!(error.to_string().contains("broken"), "{error}");
    let few = SearchSettings { most_runs: 20, ..settings };
    assert!(
        search(&problem(&ZDT1), &few, &mut runner, &mut |_| {}).unwrap_err().to_string().contains("two generations")
    );
}
