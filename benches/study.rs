//! Benches of many replications: threads, a sweep beside the same runs without one, and its merge.

use std::hint::black_box;
use std::path::{Path, PathBuf};

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use forestall_study::rooms::cluster::{Shard, SweepRequest};
use forestall_study::rooms::design::{DesignRequest, Method};
use forestall_study::rooms::results::TableName;
use forestall_study::{Monitor, Overrides, RunRequest, Study, Sweep, SweepDesign};

/// Runs of each bench: enough for both threads to be busy to the end.
const RUNS: u64 = 64;

fn study() -> Study {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/quickstart.toml");
    let overrides = Overrides { replications: Some(RUNS), ..Overrides::default() };
    Study::open(path, overrides).unwrap_or_else(|e| panic!("quickstart does not load: {e}"))
}

fn on(threads: usize) -> rayon::ThreadPool {
    rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap_or_else(|e| panic!("{e}"))
}

/// The baseline alone, in memory.
fn baseline(study: &Study) -> usize {
    let request = RunRequest { policies: Some(Vec::new()), ..RunRequest::default() };
    let end = study.run(&request, &Monitor::none()).unwrap_or_else(|e| panic!("{e}"));
    end.run.replications().rows()
}

fn threads(c: &mut Criterion) {
    let study = study();
    for threads in [1, 2] {
        let pool = on(threads);
        c.bench_function(&format!("threads/{RUNS} replications on {threads}"), |b| {
            b.iter(|| pool.install(|| black_box(baseline(&study))));
        });
    }
}

fn folder(name: &str) -> PathBuf {
    std::env::temp_dir().join(format!("forestall-bench-{}-{name}", std::process::id()))
}

/// A sweep of so many points with one run each, in a new folder.
fn planned(study: &Study, out: &Path) -> Sweep {
    let _ = std::fs::remove_dir_all(out);
    let request = SweepDesign {
        design: DesignRequest { method: Method::Lhs { maximin: false }, base: RUNS as usize, seed: 1 },
        levers: vec!["services.analysts=19..21".into()],
        uncertain: false,
        runs: SweepRequest {
            policies: Vec::new(),
            policy_factor: false,
            replications: 1,
            tables: vec![TableName::Replications],
            shards: Some(1),
        },
        pilot: false,
    };
    study.sweep(&request, out, &mut |policy, why| panic!("{policy}: {why}")).unwrap_or_else(|e| panic!("{e}"))
}

fn work(sweep: &Sweep) -> u64 {
    let whole = Shard { index: 0, of: 1 };
    sweep.work(whole, None, &Monitor::none()).unwrap_or_else(|e| panic!("{e}")).computed
}

/// To be read beside `threads/… on 1`: what points, parts and their files cost.
fn sweep(c: &mut Criterion) {
    let (study, out, pool) = (study(), folder("sweep"), on(1));
    c.bench_function(&format!("sweep/{RUNS} points, one run each"), |b| {
        b.iter_batched(|| planned(&study, &out), |sweep| pool.install(|| work(&sweep)), BatchSize::PerIteration);
    });
    let done = planned(&study, &out);
    assert_eq!(work(&done), RUNS);
    c.bench_function(&format!("merge/{RUNS} points"), |b| {
        b.iter(|| done.merge(None).unwrap_or_else(|e| panic!("{e}")));
    });
    let _ = std::fs::remove_dir_all(out);
}

criterion_group! { name = benches; config = Criterion::default().sample_size(10); targets = threads, sweep }
criterion_main!(benches);
