//! Tests of the parts: interruption, damage, and the same bytes however a run was cut.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::super::atomic::tests::Scratch;
use super::super::parquet_file;
use super::*;
use forestall_model::Column;

const RUN: &str = "a-run";

fn arms() -> Vec<String> {
    ["baseline", "zeal", "analysts"].map(str::to_owned).to_vec()
}

/// Two tables for the given runs: one row a run, and a run-dependent number of rows (at times none).
fn batch(runs: &[RunKey]) -> Batch {
    let key_columns = |rows: &[&RunKey]| {
        let mut table = Table::new();
        table.push("arm", Column::Text(rows.iter().map(|r| r.arm.clone()).collect()));
        table.push("draw", Column::Integer(rows.iter().map(|r| Some(r.draw.cast_signed())).collect()));
        table.push("replication", Column::Integer(rows.iter().map(|r| Some(r.replication.cast_signed())).collect()));
        table
    };
    let value = |r: &RunKey| r.draw as f64 * 100.0 + r.replication as f64 + r.arm.len() as f64 / 64.0;
    let single: Vec<&RunKey> = runs.iter().collect();
    let mut replications = key_columns(&single);
    let number = |r: &&RunKey| (!r.replication.is_multiple_of(3)).then(|| value(r));
    replications.push("cost", Column::Number(single.iter().map(number).collect()));
    let several: Vec<(&RunKey, i64)> =
        runs.iter().flat_map(|r| (0..(r.replication % 4).cast_signed()).map(move |plot| (r, plot))).collect();
    let mut matched = key_columns(&several.iter().map(|(r, _)| *r).collect::<Vec<_>>());
    matched.push("plot", Column::Integer(several.iter().map(|(_, plot)| Some(*plot)).collect()));
    let tables = vec![(TableName::Replications, replications), (TableName::Matched, matched)];
    Batch { runs: runs.to_vec(), tables, failures: Vec::new() }
}

fn all_runs() -> Vec<RunKey> {
    (0..3).flat_map(|draw| RunKey::grid(&arms(), draw, 0..8)).collect()
}

fn finished_bytes(store: &Store, folder: &Path) -> Vec<Vec<u8>> {
    let finished = store.finish(folder, &arms()).expect("sound parts");
    finished.iter().map(|table| fs::read(&table.path).expect("written")).collect()
}

/// The final files from one part that holds everything.
fn reference() -> Vec<Vec<u8>> {
    let scratch = Scratch::new("reference");
    let mut store = Store::open(&scratch.0.join("parts"), RUN).expect("new");
    store.add(&batch(&all_runs())).expect("kept");
    finished_bytes(&store, &scratch.0.join("results"))
}

#[test]
fn rows_come_out_by_draw_replication_and_arm_order() {
    let scratch = Scratch::new("order");
    let mut store = Store::open(&scratch.0.join("parts"), RUN).expect("new");
    let mut runs = all_runs();
    runs.reverse();
    store.add(&batch(&runs)).expect("kept");
    let finished = store.finish(&scratch.0, &arms()).expect("sound");
    let table = parquet_file::read(&finished[0].path).expect("own file");
    let expected = batch(&all_runs()).tables.remove(0).1;
    assert_eq!(table, expected);
    assert_eq!(finished[0].rows, 72);
    assert_eq!(atomic::checksum(&finished[0].path).expect("read"), finished[0].sha256);
    assert_eq!(fs::read_to_string(scratch.0.join("failures.csv")).expect("read"), "arm,draw,replication,message\n");
}

#[test]
fn an_interrupted_run_goes_on_and_ends_in_the_same_bytes() {
    let scratch = Scratch::new("resume");
    let parts = scratch.0.join("parts");
    let runs = all_runs();
    let mut store = Store::open(&parts, RUN).expect("new");
    store.add(&batch(&runs[..20])).expect("kept");
    drop(store);
    let mut store = Store::open(&parts, RUN).expect("old");
    assert_eq!(store.done().len(), 20);
    let rest: Vec<RunKey> = runs.into_iter().filter(|run| !store.done().contains(run)).collect();
    store.add(&batch(&rest)).expect("kept");
    assert_eq!(finished_bytes(&store, &scratch.0), reference());
}

#[test]
fn damaged_parts_are_reported_removed_and_computed_anew() {
    let scratch = Scratch::new("damage");
    let parts = scratch.0.join("parts");
    let runs = all_runs();
    let mut store = Store::open(&parts, RUN).expect("new");
    runs.chunks(18).for_each(|runs| store.add(&batch(runs)).expect("kept"));
    let files = part_files(&parts).expect("read");
    assert_eq!(files.len(), 4);
    let content = fs::read(&files[0]).expect("read");
    fs::write(&files[0], &content[..content.len() / 2]).expect("written");
    fs::write(&files[1], b"").expect("written");
    let mut content = fs::read(&files[2]).expect("read");
    let middle = content.len() / 2;
    content[middle] ^= 1;
    fs::write(&files[2], &content).expect("written");
    let mut store = Store::open(&parts, RUN).expect("old");
    assert_eq!(store.rejected().len(), 3);
    assert!(store.rejected().iter().all(|rejected| !rejected.path.exists()));
    assert_eq!(store.done().len(), 18);
    let rest: Vec<RunKey> = runs.into_iter().filter(|run| !store.done().contains(run)).collect();
    store.add(&batch(&rest)).expect("kept");
    assert_eq!(finished_bytes(&store, &scratch.0), reference());
}

#[test]
fn any_single_damaged_byte_is_found() {
    let scratch = Scratch::new("byte");
    let mut store = Store::open(&scratch.0, RUN).expect("new");
    store.add(&batch(&all_runs()[..4])).expect("kept");
    let path = part_files(&scratch.0).expect("read").remove(0);
    let content = fs::read(&path).expect("read");
    for place in 0..content.len() {
        let mut damaged = content.clone();
        damaged[place] ^= 0x10;
        fs::write(&path, &damaged).expect("written");
        assert!(matches!(Part::open(&path, RUN), Err(ResultsError::Corrupt { .. })), "byte {place}");
    }
}

#[test]
fn parts_of_another_run_are_refused_and_left_alone() {
    let scratch = Scratch::new("other");
    let mut store = Store::open(&scratch.0, "another-run").expect("new");
    store.add(&batch(&all_runs())).expect("kept");
    assert!(matches!(Store::open(&scratch.0, RUN), Err(ResultsError::OtherRun { .. })));
    assert_eq!(part_files(&scratch.0).expect("read").len(), 1);
}

#[test]
fn copies_that_disagree_are_an_error() {
    let scratch = Scratch::new("disagree");
    let mut store = Store::open(&scratch.0.join("parts"), RUN).expect("new");
    let runs = &all_runs()[..6];
    store.add(&batch(runs)).expect("kept");
    let mut other = batch(&runs[..3]);
    let mut table = other.tables.remove(0).1.take(&[0, 1, 2]);
    let mut changed = Table::new();
    for (name, column) in table.columns() {
        let column = if name == "cost" { Column::Number(vec![Some(-1.0); 3]) } else { column.clone() };
        changed.push(name, column);
    }
    table = changed;
    other.tables.insert(0, (TableName::Replications, table));
    store.add(&other).expect("kept");
    let error = store.finish(&scratch.0, &arms()).expect_err("two truths");
    assert!(error.is_data_mismatch() && error.to_string().contains("differs from the same run"), "{error}");
    assert!(!scratch.0.join("replications.parquet").exists());
}

#[test]
fn failed_runs_are_listed_until_they_succeed() {
    let scratch = Scratch::new("failures");
    let mut store = Store::open(&scratch.0.join("parts"), RUN).expect("new");
    let mut runs = all_runs();
    let lost = runs.remove(4);
    let mut first = batch(&runs);
    first.failures.push(Failure { run: lost.clone(), message: "queue, overflow".into() });
    store.add(&first).expect("kept");
    let store_again = Store::open(&scratch.0.join("parts"), RUN).expect("old");
    assert!(!store_again.done().contains(&lost));
    store_again.finish(&scratch.0, &arms()).expect("sound");
    let text = fs::read_to_string(scratch.0.join("failures.csv")).expect("read");
    assert_eq!(text, "arm,draw,replication,message\nzeal,0,1,\"queue, overflow\"\n");
    store.add(&batch(&[lost])).expect("kept");
    assert_eq!(store.failures(), Vec::new());
    assert_eq!(finished_bytes(&store, &scratch.0), reference());
}

#[test]
fn unsound_batches_are_refused_whole() {
    let scratch = Scratch::new("unsound");
    let mut store = Store::open(&scratch.0, RUN).expect("new");
    let mut unnamed = batch(&all_runs());
    unnamed.runs.pop();
    assert!(store.add(&unnamed).expect_err("a row too many").to_string().contains("not in the batch"));
    let mut keyless = Table::new();
    keyless.push("arm", Column::Text(vec!["baseline".into()]));
    let keyless = Batch { tables: vec![(TableName::Monthly, keyless)], ..Batch::default() };
    assert!(store.add(&keyless).expect_err("no key").to_string().contains("draw"));
    assert!(store.done().is_empty() && part_files(&scratch.0).expect("read").is_empty());
}

#[test]
fn other_arms_are_left_out_and_kept() {
    let scratch = Scratch::new("arms");
    let mut store = Store::open(&scratch.0.join("parts"), RUN).expect("new");
    store.add(&batch(&all_runs())).expect("kept");
    let some = ["analysts".to_owned(), "baseline".to_owned()];
    let finished = store.finish(&scratch.0, &some).expect("sound");
    let table = parquet_file::read(&finished[0].path).expect("own file");
    assert_eq!(table.rows(), 48);
    assert_eq!(table.texts("arm").expect("text")[..2], some);
    assert_eq!(finished_bytes(&store, &scratch.0), reference());
}

/// As an event log has: each run is longer than what is read at a time, whether in one part or each run in its own.
#[test]
fn long_runs_come_out_in_order_however_they_were_kept() {
    let runs = RunKey::grid(&arms(), 0, 0..3);
    let long = |runs: &[RunKey]| {
        let rows: Vec<(&RunKey, i64)> = runs.iter().flat_map(|run| (0..9_001).map(move |row| (run, row))).collect();
        let mut table = Table::new();
        table.push("arm", Column::Text(rows.iter().map(|(run, _)| run.arm.clone()).collect()));
        table.push("draw", Column::Integer(rows.iter().map(|(run, _)| Some(run.draw.cast_signed())).collect()));
        let replication = |run: &RunKey| Some(run.replication.cast_signed());
        table.push("replication", Column::Integer(rows.iter().map(|(run, _)| replication(run)).collect()));
        table.push("row", Column::Integer(rows.iter().map(|(_, row)| Some(*row)).collect()));
        Batch { runs: runs.to_vec(), tables: vec![(TableName::Events, table)], failures: Vec::new() }
    };
    let mut backwards = runs.clone();
    backwards.reverse();
    let ways: [Vec<&[RunKey]>; 3] = [vec![&runs], vec![&backwards], runs.chunks(1).collect()];
    let bytes = ways.map(|parts| {
        let scratch = Scratch::new("long-runs");
        let mut store = Store::open(&scratch.0.join("parts"), RUN).expect("new");
        for runs in parts {
            store.add(&long(runs)).expect("kept");
        }
        let finished = store.finish(&scratch.0, &arms()).expect("sound");
        let table = parquet_file::read(&finished[0].path).expect("own file");
        assert!(table == long(&runs).tables.remove(0).1, "rows are missing or out of order");
        fs::read(&finished[0].path).expect("written")
    });
    assert!(bytes[0] == bytes[1] && bytes[0] == bytes[2]);
}

#[test]
fn long_parts_merge_over_many_row_groups() {
    let scratch = Scratch::new("long");
    let arms = arms();
    let mut store = Store::open(&scratch.0.join("parts"), RUN).expect("new");
    // 30,000 rows in each of three interleaved parts: more than one row group of a part and of the final file.
    for third in 0..3 {
        let replications = (0..10_000).filter(|replication| replication % 3 == third);
        let runs: Vec<RunKey> = replications.flat_map(|r| RunKey::grid(&arms, 0, r..r + 1)).collect();
        store.add(&batch(&runs)).expect("kept");
    }
    let finished = store.finish(&scratch.0, &arms).expect("sound");
    let expected = batch(&RunKey::grid(&arms, 0, 0..10_000));
    for (table, (_, expected)) in finished.iter().zip(expected.tables) {
        assert_eq!(parquet_file::read(&table.path).expect("own file"), expected);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn bytes_do_not_depend_on_how_the_runs_were_cut(
        order in Just(all_runs()).prop_shuffle(),
        cuts in prop::collection::vec(1_usize..30, 1..12),
        repeats in prop::collection::vec(0_usize..72, 0..10),
    ) {
        let scratch = Scratch::new("cuts");
        let mut store = Store::open(&scratch.0.join("parts"), RUN).expect("new");
        let mut rest = &order[..];
        for cut in cuts.iter().cycle() {
            let (now, later) = rest.split_at((*cut).min(rest.len()));
            store.add(&batch(now)).expect("kept");
            rest = later;
            if rest.is_empty() {
                break;
            }
        }
        // Runs computed twice, as by a cluster that started a shard again.
        let twice: Vec<RunKey> = repeats.iter().map(|&i| order[i].clone()).collect::<BTreeSet<_>>().into_iter().collect();
        store.add(&batch(&twice)).expect("kept");
        let store = Store::open(&scratch.0.join("parts"), RUN).expect("old");
        prop_assert_eq!(finished_bytes(&store, &scratch.0), reference());
    }
}
