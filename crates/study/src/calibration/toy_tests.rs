//! Toy cases with known posteriors, stalling, resuming, and independence of threads.

use std::ops::ControlFlow;

use super::smc::{Answer, Evaluation, FitPoint, FitSettings, fit};
use super::state::{FitEnd, Particle, State};
use crate::design::Factor;
use crate::stats::special::incomplete_beta;
use forestall_model::{Draws, Key};

const SETTINGS: FitSettings = FitSettings {
    particles: 2000,
    quantile: 0.5,
    least_acceptance: 0.002,
    goal: 0.0,
    most_points: 20_000_000,
    batch: 512,
    seed: 11,
};

fn key(point: &FitPoint) -> Key {
    Key::root("toy").child(0, point.serial)
}

/// Successes in 20 trials at the point's chance, against `seen` successes.
fn binomial(seen: f64) -> impl Fn(&FitPoint) -> Answer + Sync {
    move |point| {
        let draws = Draws::new(5, 0);
        let hits = (0..20).filter(|i| draws.uniform(key(point), 0, *i) < point.values[0]).count() as f64;
        Answer::Done(Evaluation { distance: (hits - seen).abs(), summaries: vec![Some(hits)] })
    }
}

/// Half N(θ, 1) and half N(θ, 1/100), observed at 0 (Sisson, Fan and Tanaka 2007, section 3).
fn mixture(point: &FitPoint) -> Answer {
    let draws = Draws::new(6, 0);
    let sd = if draws.uniform(key(point), 0, 0) < 0.5 { 1.0 } else { 0.1 };
    let seen = point.values[0] + sd * draws.normal(key(point), 1, 0);
    Answer::Done(Evaluation { distance: seen.abs(), summaries: vec![Some(seen)] })
}

fn run(factors: &[Factor], settings: &FitSettings, evaluate: &(dyn Fn(&FitPoint) -> Answer + Sync)) -> State {
    fit(factors, settings, State::default(), evaluate, &mut |_| ControlFlow::Continue(())).unwrap()
}

/// Weighted mean, variance and fourth central moment, with the effective sample size.
fn moments(particles: &[Particle], factor: &Factor) -> (f64, f64, f64, f64) {
    let values: Vec<(f64, f64)> = particles.iter().map(|p| (factor.value(p.ranks[0]), p.weight)).collect();
    let mean = values.iter().map(|(v, w)| v * w).sum::<f64>();
    let central = |power: i32| values.iter().map(|(v, w)| (v - mean).powi(power) * w).sum::<f64>();
    let effective = 1.0 / values.iter().map(|(_, w)| w * w).sum::<f64>();
    (mean, central(2), central(4), effective)
}

/// Largest gap, in standard errors, between the weighted distribution and Beta(a, b) at nine points.
fn worst_gap(particles: &[Particle], a: f64, b: f64) -> f64 {
    let effective = 1.0 / particles.iter().map(|p| p.weight * p.weight).sum::<f64>();
    (1..10)
        .map(|i| {
            let x = f64::from(i) * 0.07;
            let expected = incomplete_beta(a, b, x).unwrap();
            let found: f64 = particles.iter().filter(|p| p.ranks[0] <= x).map(|p| p.weight).sum();
            (found - expected).abs() / (expected * (1.0 - expected) / effective).sqrt()
        })
        .fold(0.0, f64::max)
}

#[test]
fn seven_of_twenty_with_a_flat_prior_is_beta_8_14() {
    let factors = [Factor::uniform("p", 0.0, 1.0)];
    let found = run(&factors, &SETTINGS, &binomial(7.0));
    assert_eq!(found.end, Some(FitEnd::Reached));
    assert!(found.particles.iter().all(|p| p.distance == 0.0));
    // Nine correlated comparisons: the largest stays below 4 standard errors in all but 1 of 2,000 fits.
    let gap = worst_gap(&found.particles, 8.0, 14.0);
    assert!(gap < 4.0, "{gap} standard errors from Beta(8, 14)");
    let (_, variance, fourth, effective) = moments(&found.particles, &factors[0]);
    let expected = 8.0 * 14.0 / (22.0 * 22.0 * 23.0);
    let error = ((fourth - variance * variance) / effective).sqrt();
    assert!((variance - expected).abs() < 4.0 * error, "{variance} against {expected}, standard error {error}");
    // Planted errors: eight seen instead of seven, and weights left out, which narrows the posterior.
    let other = run(&factors, &SETTINGS, &binomial(8.0));
    assert!(worst_gap(&other.particles, 8.0, 14.0) > 4.0);
    let n = found.particles.len() as f64;
    let unweighted: Vec<Particle> = found.particles.iter().map(|p| Particle { weight: 1.0 / n, ..p.clone() }).collect();
    assert!((moments(&unweighted, &factors[0]).1 - expected).abs() > 4.0 * error);
}

#[test]
fn the_two_scale_normal_mixture_has_its_known_variance() {
    let factors = [Factor::uniform("theta", -10.0, 10.0)];
    let settings = FitSettings { goal: 0.05, ..SETTINGS };
    let found = run(&factors, &settings, &mixture);
    assert_eq!(found.end, Some(FitEnd::Reached));
    let (mean, variance, fourth, effective) = moments(&found.particles, &factors[0]);
    // Variance (1 + 1/100) / 2, and the tolerance adds a uniform of half width 0.05: 0.05² / 3.
    let expected = 0.505 + 0.05 * 0.05 / 3.0;
    let error = ((fourth - variance * variance) / effective).sqrt();
    assert!((variance - expected).abs() < 4.0 * error, "{variance} against {expected}, standard error {error}");
    assert!(mean.abs() < 4.0 * (variance / effective).sqrt(), "{mean}");
    // Planted error: without weights the wide half is missed.
    let n = found.particles.len() as f64;
    let unweighted: Vec<Particle> = found.particles.iter().map(|p| Particle { weight: 1.0 / n, ..p.clone() }).collect();
    assert!((moments(&unweighted, &factors[0]).1 - expected).abs() > 4.0 * error);
}

const SMALL: FitSettings = FitSettings { particles: 100, least_acceptance: 0.02, batch: 32, ..SETTINGS };

#[test]
fn a_target_out_of_reach_stalls_or_settles_with_a_clear_word() {
    let factors = [Factor::uniform("p", 0.0, 1.0)];
    // Chance alone brings the distance down: ever fewer points are accepted.
    let noisy = |point: &FitPoint| {
        let distance = Draws::new(7, 0).uniform(key(point), 0, 0);
        Answer::Done(Evaluation { distance, summaries: Vec::new() })
    };
    let found = run(&factors, &SMALL, &noisy);
    assert!(matches!(found.end, Some(FitEnd::Stalled { .. })), "{:?}", found.end);
    assert!(found.end.as_ref().unwrap().words().starts_with("stalled: at tolerance"));
    // The last whole generation is what stands.
    assert_eq!(found.particles.len(), 100);
    assert!(found.tried <= SMALL.patience() + SMALL.batch as u64);
    // A distance that cannot go below 3.
    let bound = |point: &FitPoint| Answer::Done(Evaluation { distance: 3.0 + point.values[0], summaries: Vec::new() });
    let found = run(&factors, &SMALL, &bound);
    assert!(matches!(found.end, Some(FitEnd::Settled { .. })), "{:?}", found.end);
    assert!(found.end.unwrap().words().starts_with("settled: the tolerance stands at 3.0"));
}

#[test]
fn a_budget_is_kept_and_can_be_raised() {
    let factors = [Factor::uniform("p", 0.0, 1.0)];
    let short = FitSettings { most_points: 300, ..SMALL };
    let found = run(&factors, &short, &binomial(7.0));
    assert_eq!(found.end, Some(FitEnd::Spent));
    assert!(found.tried_in_all() < 300 + 32);
    let again = State { end: None, ..found };
    let longer = fit(&factors, &SMALL, again, &binomial(7.0), &mut |_| ControlFlow::Continue(())).unwrap();
    assert_eq!(longer, run(&factors, &SMALL, &binomial(7.0)));
}

#[test]
fn an_interrupted_fit_goes_on_to_the_same_bytes() {
    let factors = [Factor::uniform("p", 0.0, 1.0), Factor::uniform("q", 0.0, 1.0)];
    let whole = serde_json::to_string(&run(&factors, &SMALL, &binomial(7.0))).unwrap();
    let mut text = serde_json::to_string(&State::default()).unwrap();
    let mut sessions = 0;
    loop {
        let state: State = serde_json::from_str(&text).unwrap();
        if state.end.is_some() {
            break;
        }
        sessions += 1;
        // Every session is cut after its third batch, within or between generations.
        let mut batches = 0;
        let mut observe = |_: &State| {
            batches += 1;
            if batches == 3 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        let state = fit(&factors, &SMALL, state, &binomial(7.0), &mut observe).unwrap();
        text = serde_json::to_string(&state).unwrap();
    }
    assert!(sessions > 3, "{sessions}");
    assert_eq!(text, whole);
}

#[test]
fn a_stop_within_a_batch_leaves_the_state_as_it_was() {
    let factors = [Factor::uniform("p", 0.0, 1.0)];
    let toy = binomial(7.0);
    let stopping = |point: &FitPoint| if point.serial == 170 { Answer::Stopped } else { toy(point) };
    let cut = run(&factors, &SMALL, &stopping);
    assert_eq!(cut.end, None);
    let whole = fit(&factors, &SMALL, cut, &toy, &mut |_| ControlFlow::Continue(())).unwrap();
    assert_eq!(whole, run(&factors, &SMALL, &toy));
}

#[test]
fn threads_and_batches_change_nothing() {
    let factors = [Factor::uniform("p", 0.0, 1.0)];
    let on = |threads: usize, batch: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let settings = FitSettings { batch, ..SMALL };
        pool.install(|| run(&factors, &settings, &binomial(7.0)))
    };
    let one = on(1, 32);
    assert_eq!(one, on(3, 32));
    assert_eq!(one, on(2, 7));
    let other = run(&factors, &FitSettings { seed: 12, ..SMALL }, &binomial(7.0));
    assert_ne!(one.particles, other.particles);
}

#[test]
fn points_that_fail_are_rejected_and_a_prior_of_failures_is_refused() {
    let factors = [Factor::uniform("p", 0.0, 1.0)];
    let toy = binomial(7.0);
    let half = |point: &FitPoint| {
        if point.values[0] > 0.5 { Answer::Failed("no attack, so no share of attackers".into()) } else { toy(point) }
    };
    let found = run(&factors, &SMALL, &half);
    assert!(found.generations[0].failed > 0);
    assert!(found.particles.iter().all(|p| p.ranks[0] <= 0.5));
    let never = |_: &FitPoint| Answer::Failed("no attack, so no share of attackers".into());
    let error = fit(&factors, &SMALL, State::default(), &never, &mut |_| ControlFlow::Continue(())).unwrap_err();
    assert!(error.to_string().contains("no attack"), "{error}");
}

#[test]
fn impossible_settings_are_refused() {
    let factors = [Factor::uniform("p", 0.0, 1.0)];
    let refuse = |factors: &[Factor], settings: FitSettings| {
        let answer = |_: &FitPoint| Answer::Stopped;
        fit(factors, &settings, State::default(), &answer, &mut |_| ControlFlow::Continue(())).unwrap_err().to_string()
    };
    assert!(refuse(&[], SMALL).contains("[uncertain]"));
    assert!(refuse(&factors, FitSettings { particles: 1, ..SMALL }).contains("at least 2"));
    assert!(refuse(&factors, FitSettings { quantile: 1.0, ..SMALL }).contains("quantile"));
    assert!(refuse(&factors, FitSettings { least_acceptance: 0.0, ..SMALL }).contains("acceptance"));
    assert!(refuse(&factors, FitSettings { goal: f64::NAN, ..SMALL }).contains("tolerance"));
}

#[test]
fn the_evidence_is_the_mass_of_the_prior_that_is_accepted() {
    // Under a flat prior on the chance every number of successes from 0 to 20 has chance 1/21. Under a prior on the
    // upper half, seven successes have twice the part of that which lies above 1/2.
    let upper = 2.0 * (1.0 - incomplete_beta(8.0, 14.0, 0.5).unwrap()) / 21.0;
    for (low, exact) in [(0.0, 1.0 / 21.0), (0.5, upper)] {
        let found = run(&[Factor::uniform("p", low, 1.0)], &SETTINGS, &binomial(7.0));
        assert_eq!(found.generations[0].evidence, 1.0);
        for generation in &found.generations[1..] {
            let (tolerance, evidence) = (generation.tolerance.unwrap(), generation.evidence);
            let counted = (0..=20).filter(|k| (f64::from(*k) - 7.0).abs() <= tolerance).count();
            // Weights spread as the effective size says; 20,000 steps give the share inside the prior.
            let error = (1.0 / generation.effective + 1.0 / 20_000.0).sqrt();
            let close = |expected: f64| ((evidence / expected) - 1.0).abs() < 4.0 * error;
            if low == 0.0 {
                assert!(close(counted as f64 / 21.0), "{evidence} at tolerance {tolerance}, standard error {error}");
            } else if tolerance == 0.0 {
                assert!(close(exact), "{evidence} against {exact}, standard error {error}");
            }
        }
        let last = found.generations.last().unwrap();
        assert_eq!(last.tolerance, Some(0.0));
        // A planted error: without the share inside the prior, or without weights, it is off by far more.
        assert!((last.acceptance() / exact - 1.0).abs() > 0.2);
    }
}
