//! A table of a calibration in shards: the bytes of one process, two cuts of one table, damage, and what is refused.

use std::path::PathBuf;

use crate::calibration::{REGRESS, Scratch, scratch, text};

const SIZE: &str = "--simulations 400 --accept 0.3 --truths 50";

/// The folder of the fit in `out`, whose lock and shards may be all that it holds.
fn part(scratch: &Scratch, out: &str, name: &str) -> PathBuf {
    scratch.folder(out).join("shards").join(name)
}

#[test]
fn shards_of_a_table_give_the_fit_of_one_process() {
    let scratch = scratch("shards");
    let run = |more: &str, code: i32| {
        let done = scratch.forestall(&format!("{REGRESS} {SIZE} {more}"));
        assert_eq!(done.status.code(), Some(code), "{more}: {}", text(&done.stderr));
        text(&done.stdout)
    };
    run("--threads 2 --out one", 0);
    assert!(run("--shard 0/3 --out many", 0).contains("shard 0 of 3: 133 of 133 points are there, 133 simulated"));
    assert!(run("--shard 2/3 --out many --threads 1", 0).contains("134 of 134"));
    // The same once more finds all, and another cut what it has in common with the first: 0 to 132 of 0 to 199.
    assert!(run("--shard 0/3 --out many", 0).contains("133 of 133 points are there, 0 simulated"));
    assert!(run("--shard 0/2 --out many --json", 0).contains("\"there_before\": 133"));
    // Of the points 200 to 265, which no shard has, the fit simulates all.
    run("--out many", 0);
    for file in ["posterior.csv", "truths.csv", "patterns.csv", "particles.csv", "state.json"] {
        let read = |out: &str| std::fs::read_to_string(scratch.folder(out).join(file)).expect("a file of results");
        assert_eq!(read("one"), read("many"), "{file}");
    }
    // A damaged part is told by name, and nothing is made of it.
    run("--shard 1/3 --out torn", 0);
    let file = part(&scratch, "torn", "1-of-3.json");
    let whole = std::fs::read_to_string(&file).expect("a part");
    std::fs::write(&file, whole.replacen("Ok", "Oh", 1)).expect("written");
    let done = scratch.forestall(&format!("{REGRESS} {SIZE} --out torn"));
    assert!(!done.status.success() && text(&done.stderr).contains("1-of-3.json"), "{}", text(&done.stderr));
}

#[test]
fn shards_that_cannot_be_are_refused() {
    let scratch = scratch("no-shards");
    for (more, part) in [
        ("--shard 3/3", "there is no shard 3 of 3"),
        ("--shard three", "INDEX/COUNT from 0, or auto/COUNT"),
        ("--shard auto/3", "SLURM_ARRAY_TASK_ID"),
        ("--shard 0/3 --table somewhere", "leave out --shard, or --table"),
    ] {
        let done = scratch.forestall(&format!("{REGRESS} {SIZE} {more}"));
        assert_eq!(done.status.code(), Some(2), "{more}: {}", text(&done.stderr));
        assert!(text(&done.stderr).contains(part), "{more}: {}", text(&done.stderr));
    }
    let smc = REGRESS.replace("--method regression", "");
    let done = scratch.forestall(&format!("{smc} --shard 0/3"));
    assert!(text(&done.stderr).contains("add --method regression"), "{}", text(&done.stderr));
}
