//! Compares the policies of a scenario through the front door, watching while the run goes on.
//!
//! `cargo run --release --example compare_policies [SCENARIO]`

use std::error::Error;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use forestall::{Monitor, Overrides, RunEvent, RunRequest, Study};

/// Replications after which this example has seen enough.
const ENOUGH: u64 = 20;

fn main() -> Result<(), Box<dyn Error>> {
    let file = std::env::args().nth(1).unwrap_or_else(|| "scenarios/quickstart.toml".into());
    let study = Study::open(&file, Overrides { replications: Some(40), ..Overrides::default() })?;
    println!("{}", study.scenario().question);

    // Rows come in as batches end: here the sum of attacks under the baseline, and a stop when that is enough.
    let (cancel, seen) = (AtomicBool::new(false), Mutex::new((0, 0.0)));
    let observe = |event: RunEvent| {
        let RunEvent::Batch(batch) = event else { return };
        let Some((_, rows)) = batch.tables.first() else { return };
        let Ok(mut seen) = seen.lock() else { return };
        let baseline = |row: usize| rows.texts("arm").is_some_and(|arms| arms[row] == "baseline");
        for attacks in rows.numbers_where("attacks_completed", baseline) {
            *seen = (seen.0 + 1, seen.1 + attacks);
        }
        println!("after {} replications: {:.2} attacks in a simulated history", seen.0, seen.1 / seen.0 as f64);
        if seen.0 >= ENOUGH {
            cancel.store(true, Ordering::Relaxed);
        }
    };
    let end = study.run(&RunRequest::default(), &Monitor { observe: &observe, cancel: &cancel })?;

    // What has finished is a whole run: rows, comparisons, everything.
    let comparisons = end.run.comparisons()?;
    let number = |name: &str, row: usize| comparisons.column(name).and_then(|c| c.number(row));
    for row in 0..comparisons.rows() {
        let text = |name: &str| comparisons.column(name).map(|c| c.text(row)).unwrap_or_default();
        if text("outcome") != "attacks_completed" {
            continue;
        }
        match (number("difference", row), number("ci_low", row), number("ci_high", row)) {
            (Some(d), Some(low), Some(high)) => println!("{}: {d:+.2} attacks [{low:+.2}, {high:+.2}]", text("label")),
            _ => println!("{}: undefined", text("label")),
        }
    }
    Ok(())
}
