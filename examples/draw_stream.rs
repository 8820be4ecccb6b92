//! Writes the words that the model draws, in its own order or over a grid of addresses, for a battery of tests.
//!
//! `cargo run --release --features record --example draw_stream -- model scenarios/quickstart.toml | dieharder -a -g 200`
//!
//! - `model SCENARIO [FUTURES]`: runs replications of the baseline, notes every address in the order of the calls, and
//!   writes the words drawn there. Each list of addresses is then used under FUTURES − 1 more replication numbers
//!   too (default 1: only what was really drawn), to have more data than the model makes in the time.
//!   Each address is written once in a replication, when it is first drawn: an answer read again is no new draw.
//! - `repeats SCENARIO`: prints which decisions read an address again, and how often, in one replication.
//! - `grid`: entities 1, 2, 3, …, four decisions, four occasions, replications 0, 1, 2, …: keys with as little
//!   difference as can be.
//! - `keys`: the names of entities, children 0, 1, 2, … of one parent, as raw words.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufWriter, Write};

use forestall_model::{Address, Arm, Draws, Fact, FactSink, Key, LoadOptions, load, record, registry, simulate};

/// Facts are not needed here.
struct Nowhere;

impl FactSink for Nowhere {
    fn take(&mut self, _: &Fact) {}
}

/// The words that a list of draws gives; a sampler's later draws use both words of a block.
fn words(draws: &Draws, addresses: &[(Address, u16)], out: &mut impl Write) -> std::io::Result<()> {
    for &(at, part) in addresses {
        let [first, second] = draws.bits(at, part);
        out.write_all(&first.to_le_bytes())?;
        if part > 0 {
            out.write_all(&second.to_le_bytes())?;
        }
    }
    Ok(())
}

/// The baseline of a scenario, and its seed.
fn arm(path: &str) -> Result<(Arm, u64), Box<dyn std::error::Error>> {
    let read = |name: &str| std::fs::read_to_string(name).map_err(|error| error.to_string());
    let plan = load(&registry(), path, &read, &LoadOptions::default()).map_err(|d| d.to_string())?;
    Ok((Arm::new(&plan.arm(None).map_err(|d| d.to_string())?), plan.seed))
}

fn model(path: &str, futures: u64, out: &mut impl Write) -> Result<(), Box<dyn std::error::Error>> {
    let (arm, seed) = arm(path)?;
    for replication in 0.. {
        simulate(&arm, replication, &mut Nowhere);
        let addresses = once(record::take());
        for future in 0..futures {
            words(&Draws::new(seed, replication * futures + future), &addresses, out)?;
            // Asking for bits notes them too.
            record::take();
        }
    }
    Ok(())
}

/// The addresses without those that came before.
fn once(all: Vec<(Address, u16)>) -> Vec<(Address, u16)> {
    let mut seen = BTreeSet::new();
    let name = |(at, part): &(Address, u16)| (at.entity, at.decision, at.occasion, *part);
    all.into_iter().filter(|a| seen.insert(name(a))).collect()
}

/// Reads and addresses by decision, in one replication.
fn repeats(path: &str, out: &mut impl Write) -> Result<(), Box<dyn std::error::Error>> {
    let arm = arm(path)?.0;
    simulate(&arm, 0, &mut Nowhere);
    let all = record::take();
    let mut reads: BTreeMap<u16, (u64, u64)> = BTreeMap::new();
    for (at, _) in &all {
        reads.entry(at.decision).or_default().0 += 1;
    }
    for (at, _) in once(all) {
        reads.entry(at.decision).or_default().1 += 1;
    }
    for (decision, (reads, addresses)) in reads {
        writeln!(out, "decision {decision:3}: {reads:9} reads of {addresses:9} addresses")?;
    }
    Ok(())
}

fn grid(out: &mut impl Write) -> std::io::Result<()> {
    for replication in 0.. {
        let draws = Draws::new(1, replication);
        for entity in 1..=65_536 {
            for decision in 1..=4 {
                for occasion in 0..4 {
                    words(&draws, &[(Address { entity: Key::from_bits(entity), decision, occasion }, 0)], out)?;
                }
            }
            record::take();
        }
    }
    Ok(())
}

fn keys(out: &mut impl Write) -> std::io::Result<()> {
    let parent = Key::root("parent");
    (0..).try_for_each(|i| out.write_all(&parent.child(1, i).bits().to_le_bytes()))
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let out = &mut BufWriter::with_capacity(1 << 20, std::io::stdout().lock());
    let done = match arguments.first().map(String::as_str) {
        Some("model") if arguments.len() >= 2 => {
            let futures = arguments.get(2).map_or(Ok(1), |n| n.parse());
            futures.map_err(Into::into).and_then(|n| model(&arguments[1], n, out))
        }
        Some("repeats") if arguments.len() >= 2 => repeats(&arguments[1], out),
        Some("grid") => grid(out).map_err(Into::into),
        Some("keys") => keys(out).map_err(Into::into),
        _ => Err("give `model SCENARIO [FUTURES]`, `repeats SCENARIO`, `grid` or `keys`".into()),
    };
    // A battery that has seen enough closes the pipe; that is the usual end.
    if let Err(error) = done
        && error.downcast_ref::<std::io::Error>().is_none_or(|e| e.kind() != std::io::ErrorKind::BrokenPipe)
    {
        eprintln!("error: {error}");
        std::process::exit(2);
    }
}
