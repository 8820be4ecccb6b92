//! The corpus of the fuzzer, and each of its inputs changed at random, through every reader.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::{ENTRIES, Entry};

/// What a reader may take on a busy machine.
const LIMIT: Duration = Duration::from_secs(10);

/// Words that turn up in inputs; a mutation that puts one in gets further than a random byte.
const WORDS: [&str; 28] = [
    "nan",
    "inf",
    "-inf",
    "1e308",
    "-1e308",
    "-0",
    "0",
    "true",
    "false",
    "none",
    "\"",
    "'",
    "[",
    "]",
    "{",
    "}",
    "=",
    ",",
    "\n",
    "\u{feff}",
    "\u{202e}",
    "[[changes]]\n",
    "from = 9999-12-31\n",
    "extends = \"base.toml\"\n",
    "replications = 18446744073709551615\n",
    "countries.AA.",
    "\u{0}",
    "1_000",
];

fn corpus(name: &str) -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus").join(name);
    let mut all: Vec<(String, Vec<u8>)> = std::fs::read_dir(&folder)
        .unwrap_or_else(|e| panic!("{}: {e}", folder.display()))
        .map(|entry| entry.expect("entry").path())
        .map(|path| (path.display().to_string(), std::fs::read(&path).expect("read")))
        .collect();
    all.sort();
    assert!(!all.is_empty(), "{} has no input", folder.display());
    all
}

/// Calls a reader and tells what it did wrong, with the input.
fn call((name, read): Entry, input: &[u8], from: &str) {
    let began = Instant::now();
    let done = catch_unwind(AssertUnwindSafe(|| read(input)));
    let shown = String::from_utf8_lossy(input);
    assert!(done.is_ok(), "`{name}` panics on a change of {from}:\n{shown}");
    assert!(began.elapsed() < LIMIT, "`{name}` takes {:?} on a change of {from}:\n{shown}", began.elapsed());
}

/// One change of an input.
#[derive(Clone, Debug)]
enum Change {
    Flip(usize, u8),
    Cut(usize, usize),
    Repeat(usize, usize, usize),
    Word(usize, usize),
    Splice(usize, usize),
}

fn change() -> impl Strategy<Value = Change> {
    let place = 0_usize..100_000;
    prop_oneof![
        (place.clone(), 0_u8..8).prop_map(|(at, bit)| Change::Flip(at, bit)),
        (place.clone(), 1_usize..200).prop_map(|(at, length)| Change::Cut(at, length)),
        (place.clone(), 1_usize..60, 1_usize..40).prop_map(|(at, length, times)| Change::Repeat(at, length, times)),
        (place.clone(), 0_usize..WORDS.len()).prop_map(|(at, which)| Change::Word(at, which)),
        (place.clone(), place).prop_map(|(at, from)| Change::Splice(at, from)),
    ]
}

fn changed(mut input: Vec<u8>, other: &[u8], changes: &[Change]) -> Vec<u8> {
    for change in changes {
        let place = |at: usize| at % (input.len() + 1);
        match *change {
            Change::Flip(at, bit) => {
                let at = place(at);
                if let Some(byte) = input.get_mut(at) {
                    *byte ^= 1 << bit;
                }
            }
            Change::Cut(at, length) => {
                let at = place(at);
                input.drain(at..(at + length).min(input.len()));
            }
            Change::Repeat(at, length, times) => {
                let at = place(at);
                let piece = input[at..(at + length).min(input.len())].repeat(times);
                input.splice(at..at, piece);
            }
            Change::Word(at, which) => {
                let at = place(at);
                input.splice(at..at, WORDS[which].bytes());
            }
            Change::Splice(at, from) => {
                let at = place(at);
                let from = from % (other.len() + 1);
                input.truncate(at);
                input.extend(&other[from..]);
            }
        }
    }
    input
}

#[test]
fn every_input_of_the_corpus_is_read() {
    for entry in ENTRIES {
        for (from, input) in corpus(entry.0) {
            call(entry, &input, &from);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), max_shrink_iters: 400, ..ProptestConfig::default() })]

    #[test]
    fn no_reader_panics_or_hangs(
        which in 0..ENTRIES.len(),
        first in any::<prop::sample::Index>(),
        second in any::<prop::sample::Index>(),
        changes in prop::collection::vec(change(), 1..6),
    ) {
        let entry = ENTRIES[which];
        let all = corpus(entry.0);
        let ((from, input), (_, other)) = (first.get(&all), second.get(&all));
        call(entry, &changed(input.clone(), other, &changes), from);
    }
}

/// Inputs that are tried; more of them by `FORESTALL_CASES`.
fn cases() -> u32 {
    std::env::var("FORESTALL_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(2_000)
}
