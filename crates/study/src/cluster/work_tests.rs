//! Tests of running, resuming and merging, with a stand-in for the simulation.

use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64};

use super::super::plan::tests::sample;
use super::super::status::array_string;
use super::super::{merge, status};
use super::*;
use crate::results::atomic::tests::Scratch;
use forestall_model::Column;

/// Gives one row a run; fails where it is told to, and stops the work after so many runs.
#[derive(Default)]
pub(super) struct Stub {
    pub failing: Vec<u64>,
    pub runs: AtomicU64,
    pub stop_after: Option<u64>,
    pub stop: AtomicBool,
}

impl Model for Stub {
    type Arm = String;

    fn arms(&self, _: u64) -> Vec<String> {
        vec!["baseline".into(), "more".into()]
    }

    fn arm(&self, _: u64, name: &str) -> Result<String, String> {
        Ok(name.to_owned())
    }

    fn run(&self, arm: &String, key: &RunKey) -> Result<Vec<(TableName, Table)>, String> {
        let count = self.runs.fetch_add(1, Ordering::Relaxed) + 1;
        if self.stop_after.is_some_and(|most| count >= most) {
            self.stop.store(true, Ordering::Relaxed);
        }
        if self.failing.contains(&key.draw) {
            return Err("as told".into());
        }
        let mut table = Table::new();
        table.push("arm", Column::Text(vec![arm.clone()]));
        table.push("draw", Column::Integer(vec![Some(key.draw as i64)]));
        table.push("replication", Column::Integer(vec![Some(key.replication as i64)]));
        table.push("y", Column::Number(vec![Some(key.draw as f64 / 3.0 + key.replication as f64)]));
        Ok(vec![(TableName::Replications, table)])
    }
}

fn work(folder: &SweepFolder, plan: &SweepPlan, chunks: Range<u64>, stub: &Stub) -> Worked {
    let monitor = Monitor { observe: &|_| {}, cancel: &stub.stop };
    run(plan, folder, chunks, stub, &monitor, None).expect("worked")
}

fn planned(scratch: &Scratch, name: &str, plan: &SweepPlan) -> SweepFolder {
    let folder = SweepFolder::create(&scratch.0.join(name), &plan.name, &plan.hash).expect("made");
    atomic::write(&folder.plan(), plan.write().as_bytes()).expect("written");
    folder
}

fn bytes(folder: &SweepFolder) -> Vec<u8> {
    std::fs::read(folder.table(TableName::Replications)).expect("merged")
}

#[test]
fn shards_stops_and_copies_change_no_byte_and_run_nothing_twice() {
    let scratch = Scratch::new("sweep");
    let plan = sample(60, 4, 3, 8);
    let whole = planned(&scratch, "whole", &plan);
    work(&whole, &plan, 0..plan.chunks(), &Stub::default());
    merge(&whole, &plan, None).expect("complete");

    let cut = planned(&scratch, "cut", &plan);
    let mut computed = 0;
    loop {
        let stub = Stub { stop_after: Some(7), ..Stub::default() };
        let worked = work(&cut, &plan, 0..plan.chunks(), &stub);
        assert_eq!(worked.found, computed);
        computed += worked.computed;
        if worked.finished {
            break;
        }
    }
    // Each run was computed once, although the work was stopped dozens of times.
    assert_eq!(computed, plan.runs());
    // Another copy of a shard that knows nothing of the first.
    let copy = planned(&scratch, "copy", &plan);
    work(&copy, &plan, 2..5, &Stub::default());
    for chunk in 2..5 {
        for part in std::fs::read_dir(copy.chunk(chunk)).expect("read").flatten() {
            std::fs::copy(part.path(), cut.chunk(chunk).join(part.file_name())).expect("copied");
        }
    }
    let merged = merge(&cut, &plan, None).expect("complete");
    assert_eq!(merged.rows, plan.runs());
    assert!(bytes(&cut) == bytes(&whole), "merged tables differ");
}

#[test]
fn failed_runs_are_listed_kept_out_and_retried_alone() {
    let scratch = Scratch::new("sweep");
    let plan = sample(20, 4, 2, 4);
    let folder = planned(&scratch, "a", &plan);
    let worked = work(&folder, &plan, 0..plan.chunks(), &Stub { failing: vec![3, 11], ..Stub::default() });
    assert_eq!((worked.computed, worked.failed), (80 - 8, 8));
    let merged = merge(&folder, &plan, None).expect("every run was tried");
    assert_eq!((merged.rows, merged.failures), (72, 8));
    let listed = std::fs::read_to_string(folder.failures()).expect("written");
    assert!(listed.lines().count() == 9 && listed.contains("as told"), "{listed}");
    let again = Stub::default();
    work(&folder, &plan, 0..plan.chunks(), &again);
    assert_eq!(again.runs.load(Ordering::Relaxed), 8);
    let merged = merge(&folder, &plan, None).expect("complete");
    assert_eq!((merged.rows, merged.failures), (80, 0));
    let clean = planned(&scratch, "b", &plan);
    work(&clean, &plan, 0..plan.chunks(), &Stub::default());
    merge(&clean, &plan, None).expect("complete");
    assert!(bytes(&clean) == bytes(&folder), "a retried run left a trace");
}

#[test]
fn what_is_missing_is_told_as_an_array() {
    let scratch = Scratch::new("sweep");
    let plan = sample(24, 4, 1, 4);
    let folder = planned(&scratch, "a", &plan);
    work(&folder, &plan, 0..2, &Stub::default());
    work(&folder, &plan, 4..5, &Stub::default());
    let told = status(&folder, &plan, 6).expect("status");
    assert_eq!((told.runs, told.done, told.missing_array().as_str()), (48, 24, "2-3,5"));
    // Shards of two chunks: the last is half done.
    assert_eq!(status(&folder, &plan, 3).expect("status").missing_array(), "1-2");
    let error = merge(&folder, &plan, None).expect_err("incomplete");
    assert!(
        error.to_string().contains("24 of 48 runs are missing") && error.to_string().contains("--array="),
        "{error}"
    );
    assert!(!folder.table(TableName::Replications).exists());
}

#[test]
fn array_strings_are_short() {
    assert_eq!(array_string(&[]), "");
    assert_eq!(array_string(&[0]), "0");
    assert_eq!(array_string(&[0, 1, 2, 5, 7, 8]), "0-2,5,7-8");
}

#[test]
fn parts_of_another_design_and_damaged_parts_are_found() {
    let scratch = Scratch::new("sweep");
    let (plan, other) = (sample(8, 4, 1, 4), SweepPlan { hash: "f".repeat(64), ..sample(8, 4, 1, 4) });
    let folder = planned(&scratch, "a", &plan);
    let stale = planned(&scratch, "b", &other);
    work(&folder, &plan, 0..2, &Stub::default());
    work(&stale, &other, 0..1, &Stub::default());
    let part = |folder: &SweepFolder| {
        let mut files = std::fs::read_dir(folder.chunk(0)).expect("read").flatten().map(|e| e.path());
        files.next().expect("a part")
    };
    let foreign = folder.chunk(0).join("stale.part");
    std::fs::copy(part(&stale), &foreign).expect("copied");
    assert!(merge(&folder, &plan, None).expect_err("stale").is_data_mismatch());
    let told = status(&folder, &plan, 2).expect("status");
    assert_eq!((told.foreign.as_slice(), told.missing_array().as_str()), (&[foreign.clone()][..], "0"));
    std::fs::remove_file(&foreign).expect("removed");
    damage(&part(&folder));
    assert_eq!(status(&folder, &plan, 2).expect("status").missing_array(), "0");
    let worked = work(&folder, &plan, 0..2, &Stub::default());
    assert!(worked.rejected.len() == 1 && worked.computed > 0);
    merge(&folder, &plan, None).expect("whole again");
}

fn damage(path: &Path) {
    let mut content = std::fs::read(path).expect("read");
    let middle = content.len() / 2;
    content[middle] ^= 1;
    std::fs::write(path, content).expect("written");
}
