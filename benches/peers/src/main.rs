//! The job `contagion_queue` three times: in the engine's primitives, as a loop written by hand, and in ixa.

mod agree;
mod by_engine;
mod by_ixa;
mod by_loop;
mod job;

use std::hint::black_box;
use std::process::ExitCode;
use std::time::Instant;

use job::{Answer, Job};

/// One way to do the job: its name, and a run by seed and replication.
type Way = (&'static str, fn(Job, u64, u64) -> Answer);

const WAYS: [Way; 3] = [("engine", by_engine::run), ("loop", by_loop::run), ("ixa", by_ixa::run)];
const OFFICERS: usize = 20;
/// Runs of one count or time: people differ by a twentieth from run to run, and work goes with them.
const RUNS: u64 = 8;
const USAGE: &str = "usage: check | count engine|loop|ixa RESIDENTS | time RESIDENTS";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        ["check"] => agree::check(&WAYS),
        ["count", way, residents] => residents_of(residents).and_then(|n| count(way, n)),
        ["time", residents] => residents_of(residents).map(time),
        _ => Err(USAGE.to_string()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

fn residents_of(text: &str) -> Result<u32, String> {
    let wrong = || format!("`{text}` is no number of residents: a multiple of {} is", job::NEIGHBOURHOOD);
    text.parse().ok().filter(|&n| n > 0 && n % job::NEIGHBOURHOOD == 0).ok_or_else(wrong)
}

/// What is counted: the symbol is what the counter looks for, so it must stay a function of its own.
#[inline(never)]
fn measured(run: fn(Job, u64, u64) -> Answer, job: Job) -> u64 {
    (0..RUNS).map(|replication| run(job, 1, replication).radicalised).sum()
}

/// To be run under a counter of instructions; prints the people who became sympathisers, to divide by.
fn count(way: &str, residents: u32) -> Result<(), String> {
    let (_, run) = WAYS.iter().find(|w| w.0 == way).ok_or_else(|| USAGE.to_string())?;
    println!("{way}: {}", black_box(measured(*run, Job::year(residents, OFFICERS))));
    Ok(())
}

/// Times the ways in turn, so that a busy moment of the machine falls on all of them, and prints the least of nine.
fn time(residents: u32) {
    let job = Job::year(residents, OFFICERS);
    let mut least = [f64::INFINITY; 3];
    for _ in 0..9 {
        for (least, (_, run)) in least.iter_mut().zip(WAYS) {
            let began = Instant::now();
            let people = black_box(measured(run, job));
            *least = least.min(began.elapsed().as_secs_f64() / people as f64);
        }
    }
    for (seconds, (name, _)) in least.iter().zip(WAYS) {
        println!("{name}: {:.0} ns a sympathiser, {:.2} times the loop", seconds * 1e9, seconds / least[1]);
    }
}
