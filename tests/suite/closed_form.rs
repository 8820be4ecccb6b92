//! The model against closed forms, with all other mechanisms neutral and through the reader that users have.
//!
//! Tolerances are standard errors measured between independent replications. With k = 4 and about ten
//! comparisons the chance of a false alarm is below 1 in 1,000, and the seeds are fixed; that a wrong
//! parameter is caught is shown beside each case.

use crate::worlds::{outcome, rows, shipped, try_plan};

/// Mean and standard error over replications of one outcome under the baseline.
fn measured(text: &str, sets: &[String], replications: u64, columns: &[&str]) -> Vec<(f64, f64)> {
    let plan = try_plan(text, sets).unwrap_or_else(|d| panic!("{d}"));
    let all: Vec<Vec<f64>> = (0..replications)
        .map(|r| {
            let rows = rows(&plan, None, r);
            columns.iter().map(|c| outcome(&rows, c)).collect()
        })
        .collect();
    (0..columns.len())
        .map(|i| {
            let values: Vec<f64> = all.iter().map(|v| v[i]).collect();
            let n = values.len() as f64;
            let mean = values.iter().sum::<f64>() / n;
            let variance = values.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (n - 1.0);
            (mean, (variance / n).sqrt())
        })
        .collect()
}

fn agree(what: &str, (mean, error): (f64, f64), expected: f64, k: f64) {
    assert!(
        (mean - expected).abs() < k * error,
        "{what}: expected {expected:.4}, simulated {mean:.4} with standard error {error:.4}"
    );
}

/// Stationary means of Kaplan's terror queue (Operations Research 58(4), 2010), by solving its Markov
/// chain: x undetected, y detected; arrival, attack μx, detection δx(f − y), interdiction ρy.
pub fn terror_queue(arrival: f64, attack: f64, agents: usize, detection: f64, interdiction: f64) -> (f64, f64, f64) {
    let fluid = arrival / attack;
    let most = (fluid + 12.0 * fluid.sqrt() + 40.0) as usize;
    let width = agents + 1;
    let mut p = vec![1.0 / (most * width) as f64; most * width];
    // Gauss–Seidel on the balance equations; the chain is small.
    for sweep in 0..200_000 {
        let mut change = 0.0_f64;
        for x in 0..most {
            for y in 0..=agents {
                let at = |x: usize, y: usize| p[x * width + y];
                let (fx, fy) = (x as f64, y as f64);
                let free = (agents - y) as f64;
                let mut inflow = 0.0;
                if x > 0 {
                    inflow += arrival * at(x - 1, y);
                }
                if x + 1 < most {
                    inflow += attack * (fx + 1.0) * at(x + 1, y);
                    if y > 0 {
                        inflow += detection * (fx + 1.0) * (free + 1.0) * at(x + 1, y - 1);
                    }
                }
                if y < agents {
                    inflow += interdiction * (fy + 1.0) * at(x, y + 1);
                }
                let out =
                    if x + 1 < most { arrival } else { 0.0 } + attack * fx + detection * fx * free + interdiction * fy;
                let new = inflow / out;
                change = change.max((new - p[x * width + y]).abs());
                p[x * width + y] = new;
            }
        }
        let total: f64 = p.iter().sum();
        for q in &mut p {
            *q /= total;
        }
        if change < 1e-14 && sweep > 50 {
            break;
        }
    }
    let mut means = (0.0, 0.0);
    for x in 0..most {
        for y in 0..=agents {
            means.0 += x as f64 * p[x * width + y];
            means.1 += y as f64 * p[x * width + y];
        }
    }
    (means.0, means.1, interdiction * means.1 / arrival)
}

#[test]
fn the_solver_reproduces_published_check_values() {
    for ((arrival, attack, agents, detection, interdiction), expected) in [
        ((1.0 / 3.0, 0.2 / 9.0, 10, 0.8 / 82.8, 1.0 / 3.0), (3.0042, 0.7997, 0.7997)),
        ((1.0, 0.1, 5, 0.05, 0.25), (4.3332, 2.2667, 0.5667)),
    ] {
        let (x, y, share) = terror_queue(arrival, attack, agents, detection, interdiction);
        assert!((x - expected.0).abs() < 1e-4 && (y - expected.1).abs() < 1e-4 && (share - expected.2).abs() < 1e-4);
    }
}

fn queue_sets(arrival: f64, attack: f64, agents: usize, detection: f64, interdiction: f64) -> Vec<String> {
    vec![
        format!("pathways.sudden_per_million_per_year={:?}", arrival * 365.25),
        format!("work.task_days={:?}", 1.0 / attack),
        format!("services.surveillance_officers={agents}"),
        format!("detection.search_per_team_per_day={detection:?}"),
        format!("intervention.execute_per_day={interdiction:?}"),
    ]
}

/// The model's terror queue: means of undetected and detected plots, and the share prevented.
fn simulate_queue(sets: &[String], replications: u64) -> [(f64, f64); 3] {
    let columns = ["plots_in_progress_mean", "teams_busy_mean", "foiled_share"];
    let all = measured(&shipped("terror-queue"), sets, replications, &columns);
    [all[0], all[1], all[2]]
}

#[test]
fn the_model_is_the_terror_queue() {
    for (arrival, attack, agents, detection, interdiction) in
        [(1.0 / 3.0, 0.2 / 9.0, 10_usize, 0.8 / 82.8, 1.0 / 3.0), (1.0, 0.1, 5, 0.05, 0.25), (0.7, 0.05, 2, 0.02, 0.1)]
    {
        let (x, y, share) = terror_queue(arrival, attack, agents, detection, interdiction);
        let found = simulate_queue(&queue_sets(arrival, attack, agents, detection, interdiction), 24);
        agree("plots in progress", found[0], x + y, 4.0);
        agree("detected plots", found[1], y, 4.0);
        agree("prevented share", found[2], share, 4.0);
    }
}

#[test]
fn a_wrong_detection_rate_would_be_caught() {
    let (_, _, share) = terror_queue(1.0, 0.1, 5, 0.05, 0.25);
    let found = simulate_queue(&queue_sets(1.0, 0.1, 5, 0.05 * 1.15, 0.25), 24);
    assert!((found[2].0 - share).abs() > 4.0 * found[2].1, "15 % more detection went unseen");
}

/// Erlang-A by its birth–death chain: abandonment share, mean queue, busy servers, share that waits.
fn erlang_a(arrival: f64, service: f64, servers: usize, patience: f64) -> [f64; 4] {
    let most = 20_000;
    let mut weights = vec![1.0_f64];
    for i in 1..most {
        let busy = i.min(servers) as f64;
        let waiting = i.saturating_sub(servers) as f64;
        let next = weights[i - 1] * arrival / (busy * service + waiting * patience);
        if next < 1e-300 {
            break;
        }
        weights.push(next);
    }
    let total: f64 = weights.iter().sum();
    let mean = |f: &dyn Fn(usize) -> f64| weights.iter().enumerate().map(|(i, w)| f(i) * w / total).sum::<f64>();
    let queue = mean(&|i| i.saturating_sub(servers) as f64);
    [patience * queue / arrival, queue, mean(&|i| i.min(servers) as f64), mean(&|i| f64::from(u8::from(i >= servers)))]
}

#[test]
fn erlang_a_matches_published_check_values() {
    let found = erlang_a(1.0, 0.25, 5, 0.1);
    for (value, expected) in found.iter().zip([0.0704, 0.7044, 3.7182, 0.4285]) {
        assert!((value - expected).abs() < 1e-4);
    }
}

#[test]
fn the_triage_queue_is_erlang_a() {
    for (arrival, service, servers, patience) in [(1.0, 0.25, 5_usize, 0.1), (3.0, 0.5, 4, 0.2), (0.8, 1.0, 1, 0.5)] {
        let expected = erlang_a(arrival, service, servers, patience);
        let sets = vec![
            format!("leads.false_per_million_per_year={:?}", arrival * 365.25),
            format!("triage.assessments_per_analyst_per_day={service:?}"),
            format!("services.analysts={servers}"),
            format!("triage.stale_per_day={patience:?}"),
        ];
        let columns =
            ["leads_stale", "leads_received", "triage_queue_mean", "analysts_busy_mean", "leads_waited_share"];
        let plan_text = shipped("erlang-a");
        let found = measured(&plan_text, &sets, 24, &columns);
        let stale = found[0].0 / found[1].0;
        // The share's error from the count's: arrivals are many, so their own spread adds little.
        agree("abandoned", (stale, found[0].1 / found[1].0), expected[0], 4.0);
        agree("queue", found[2], expected[1], 4.0);
        agree("busy", found[3], expected[2], 4.0);
        agree("waits", found[4], expected[3], 4.0);
    }
}

#[test]
fn onset_without_peers_is_poisson() {
    // Mean and variance of a Poisson count agree; their ratio over n runs has standard error √(2 / n).
    let text = shipped("terror-queue");
    let sets = vec![
        "onset.spontaneous_per_million_per_year=50".to_string(),
        "pathways.sudden_per_million_per_year=0".to_string(),
    ];
    let plan = try_plan(&text, &sets).unwrap_or_else(|d| panic!("{d}"));
    let counts: Vec<f64> = (0..200).map(|r| outcome(&rows(&plan, None, r), "residents_radicalised")).collect();
    let n = counts.len() as f64;
    let mean = counts.iter().sum::<f64>() / n;
    let variance = counts.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (n - 1.0);
    let years = plan.arm(None).expect("arm").days() / 365.25;
    agree("onsets", (mean, (variance / n).sqrt()), 50.0 * years, 4.0);
    assert!((variance / mean - 1.0).abs() < 4.0 * (2.0 / n).sqrt(), "variance over mean {}", variance / mean);
}

#[test]
fn undisturbed_plot_life_is_gamma() {
    // Two tasks: life is gamma of shape 2, mean 2 × task days, variance 2 × task days².
    let sets = vec!["work.tasks_inspired=2".to_string(), "detection.search_per_team_per_day=0".to_string()];
    let plan = try_plan(&shipped("terror-queue"), &sets).unwrap_or_else(|d| panic!("{d}"));
    let days = plan.arm(None).expect("arm").days();
    let mut lives = Vec::new();
    for r in 0..3 {
        let (_, run) = crate::worlds::facts(&plan, None, r);
        // Only plots that had ten mean lives to end, or short lives would be preferred.
        lives.extend(
            run.plots.iter().filter(|p| p.started > 0.0 && p.started < days - 900.0).map(|p| p.ended - p.started),
        );
    }
    let n = lives.len() as f64;
    let task = 45.0;
    let mean = lives.iter().sum::<f64>() / n;
    let variance = lives.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (n - 1.0);
    agree("mean life", (mean, (variance / n).sqrt()), 2.0 * task, 4.0);
    // A gamma of shape 2 has kurtosis 6, so the variance's standard error is var √((6 − 1) / n).
    let error = 2.0 * task * task * (5.0 / n).sqrt();
    agree("variance of life", (variance, error), 2.0 * task * task, 4.0);
}
