//! Holds the answers of all ways against each other, in standard errors.

use crate::Way;
use crate::job::{Answer, Job};

/// Largest difference of two means, in standard errors of the difference. There are 54 comparisons below, so that right
/// programs with other seeds would be refused once in three hundred times; with these seeds the verdict never changes.
const LIMIT: f64 = 4.0;

/// Names, means and standard errors of the counts.
type Means = [(&'static str, f64, f64); 6];

fn means(run: fn(Job, u64, u64) -> Answer, job: Job, seed: u64, runs: u64) -> Means {
    let answers: Vec<_> = (0..runs).map(|replication| run(job, seed, replication).counts()).collect();
    let n = runs as f64;
    std::array::from_fn(|i| {
        let mean = answers.iter().map(|a| a[i].1 as f64).sum::<f64>() / n;
        let variance = answers.iter().map(|a| (a[i].1 as f64 - mean).powi(2)).sum::<f64>() / (n - 1.0);
        (answers[0][i].0, mean, (variance / n).sqrt())
    })
}

/// The count that differs most, and by how many standard errors.
fn furthest(one: &Means, other: &Means) -> (&'static str, f64) {
    let apart = one.iter().zip(other).map(|(a, b)| {
        let difference = (a.1 - b.1).abs();
        // Counts that never vary must be equal.
        (a.0, if difference > 0.0 { difference / a.2.hypot(b.2) } else { 0.0 })
    });
    apart.fold(("none", 0.0), |most, next| if next.1 > most.1 { next } else { most })
}

fn show(job: Job, runs: u64, all: &[(&str, Means)]) {
    println!("{} residents, {} officers, {runs} runs each", job.residents, job.officers);
    for (name, means) in all {
        let counts: Vec<String> = means.iter().map(|(what, mean, se)| format!("{what} {mean:.2} ± {se:.2}")).collect();
        println!("  {name:<6} {}", counts.join(", "));
    }
}

/// Runs all ways at three settings and compares every two of them; then sees that a wrong job would be told.
///
/// # Errors
/// The first two ways that differ, or a wrong job that was not told apart.
pub(crate) fn check(ways: &[Way; 3]) -> Result<(), String> {
    // Idle officers; the size at which instructions are counted; so few officers that plots wait.
    for (job, runs) in [(Job::year(100_000, 20), 400), (Job::year(1_000_000, 20), 100), (Job::year(1_000_000, 4), 100)]
    {
        // Other seeds for each way: two of them use one generator, and must not answer with one chance.
        let seeds = 1_u64..;
        let all = seeds.zip(ways).map(|(seed, way)| (way.0, means(way.1, job, seed, runs))).collect::<Vec<_>>();
        show(job, runs, &all);
        for (i, one) in all.iter().enumerate() {
            for other in &all[..i] {
                let (what, apart) = furthest(&one.1, &other.1);
                if apart > LIMIT {
                    return Err(format!("{} and {}: {what} differ by {apart:.1} standard errors", other.0, one.0));
                }
            }
        }
    }
    planted(ways)
}

/// A tenth more contacts, or one officer more where plots wait, must be told apart in each way.
fn planted(ways: &[Way; 3]) -> Result<(), String> {
    let right = Job::year(1_000_000, 4);
    for (what, wrong) in [("contacts", Job { contact: 0.011, ..right }), ("officers", Job { officers: 5, ..right })] {
        for (seed, way) in (1_u64..).zip(ways) {
            let (_, apart) = furthest(&means(way.1, right, seed, 100), &means(way.1, wrong, seed + 10, 100));
            if apart <= LIMIT {
                return Err(format!("{}: wrong {what} are not told apart ({apart:.1} standard errors)", way.0));
            }
            println!("{}: wrong {what} differ by {apart:.1} standard errors, as they should", way.0);
        }
    }
    Ok(())
}
