//! The front door: in memory as on disk, cancelled and open.

use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use forestall::{Monitor, Overrides, Run, RunEvent, RunRequest, Stop, Study, TableName, UsePosterior};

/// A scratch folder that goes when the test ends.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("forestall-front-door-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        Self(path)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn study(file: &str, replications: u64, until: &str) -> Study {
    let until = Some(until.parse().expect("a date"));
    let overrides = Overrides { replications: Some(replications), until, ..Overrides::default() };
    Study::open(file, overrides).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn a_run_in_memory_has_the_tables_of_a_run_in_a_folder() {
    let scratch = Scratch::new("memory");
    // With two draws from a posterior five replications stand on disk in another order than that in which they are run.
    let drawn = "schema_version = 1\nextends = \"scenarios/quickstart.toml\"\n[scenario]\nname = \"drawn\"\n\
                 [calibrated]\nreplaces_file = true\n[calibrated.draws]\n\"peers.introductions_per_year\" = [0.1, 0.3]\n";
    let until = Some("2015-02-28".parse().expect("a date"));
    let overrides = Overrides { replications: Some(5), until, ..Overrides::default() };
    let drawn = Study::from_text(drawn, overrides).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(drawn.scenario().draws(), 2);
    for (file, study) in [("quickstart", study("scenarios/quickstart.toml", 5, "2015-02-28")), ("drawn", drawn)] {
        let policies = Some(study.policies().take(1).map(str::to_owned).collect());
        let request = RunRequest { policies, events: vec![1], ..RunRequest::default() };
        let memory = study.run(&request, &Monitor::none()).expect("run").run;
        let folder = Some(scratch.0.clone());
        let disk = study.run(&RunRequest { folder, ..request }, &Monitor::none()).expect("run").run;
        assert!(memory.folder().is_none() && disk.folder().is_some());
        for run in [&memory, &disk] {
            assert_eq!((run.replications().rows(), run.manifest().replications.done), (10, 5), "{file}");
        }
        assert_eq!(memory.replications(), disk.replications(), "{file}");
        for read in [Run::monthly, Run::by_country, Run::matched, Run::events] {
            let (memory, disk) = (read(&memory).expect("there"), read(&disk).expect("there"));
            assert!(memory.rows() > 0);
            assert_eq!(memory, disk, "{file}");
        }
        let columns = ["plots_foiled", "month", "nothing"];
        for policy in [None, Some("baseline"), Some("nobody")] {
            let read = |run: &Run| run.columns(TableName::Monthly, &columns, policy).expect("there");
            assert_eq!(read(&memory), read(&disk), "{file} {policy:?}");
            assert_eq!(read(&disk).columns().map(|(name, _)| name).collect::<Vec<_>>(), columns[..2]);
        }
        let again = Run::open(disk.folder().expect("folder").path()).expect("opened");
        for read in [Run::comparisons, Run::twin_share, Run::displacement, Run::endings, Run::foiled_by_start] {
            let expected = read(&memory).expect("there");
            assert!(expected.rows() > 0);
            assert_eq!(read(&disk).expect("there"), expected, "{file}");
            assert_eq!(read(&again).expect("there"), expected, "{file}");
        }
        let effects = memory.country_effects().expect("there");
        for run in [&disk, &again] {
            assert_eq!(run.country_effects().expect("there"), effects, "{file}");
        }
        // A plot and a lead belong to one country: what countries differ by adds up to what the whole differs by.
        for outcome in ["plots_started", "leads_received"] {
            let differences = |table: &forestall_model::Table| {
                let outcomes = table.texts("outcome").expect("outcomes");
                table.numbers_where("difference", |row| outcomes[row] == outcome)
            };
            let (by_country, whole) = (differences(&effects), differences(memory.comparisons().expect("there")));
            assert_eq!((by_country.len(), whole.len()), (2, 1), "{file}");
            assert!((by_country.iter().sum::<f64>() - whole[0]).abs() < 1e-9, "{file}: {by_country:?} {whole:?}");
        }
    }
}

#[test]
fn a_damaged_table_is_told_when_it_is_read() {
    let scratch = Scratch::new("damaged");
    let policies = Some(vec!["share".to_owned()]);
    let request = RunRequest { policies, folder: Some(scratch.0.clone()), ..RunRequest::default() };
    let run = study("scenarios/quickstart.toml", 2, "2015-01-31").run(&request, &Monitor::none()).expect("run").run;
    let folder = run.folder().expect("folder").path().to_owned();
    let damage = |name: TableName| {
        let path = folder.join("results").join(name.file_name());
        let mut content = std::fs::read(&path).expect("read");
        content[7] ^= 1;
        std::fs::write(&path, content).expect("written");
    };
    damage(TableName::Matched);
    let opened = Run::open(&folder).expect("the plots are not read yet");
    assert!(opened.monthly().expect("whole").rows() > 0);
    for error in [opened.comparisons().expect_err("damaged"), opened.matched().expect_err("damaged")] {
        assert!(error.to_string().contains("matched.parquet") && error.to_string().contains("checksum"), "{error}");
    }
    damage(TableName::Replications);
    assert!(Run::open(&folder).expect_err("damaged").to_string().contains("replications.parquet"));
}

#[test]
fn a_run_that_is_cancelled_keeps_what_has_finished_and_shows_it_on_the_way() {
    let study = study("scenarios/quickstart.toml", 40, "2015-01-31");
    let (cancel, seen) = (AtomicBool::new(false), Mutex::new(0));
    let observe = |event: RunEvent| {
        if let RunEvent::Batch(batch) = event {
            *seen.lock().expect("one at a time") += batch.runs.len();
            cancel.store(true, Ordering::Relaxed);
        }
    };
    let end = study.run(&RunRequest::default(), &Monitor { observe: &observe, cancel: &cancel }).expect("run");
    assert_eq!((end.stop, end.failures), (Stop::Interrupted, 0));
    assert_eq!(end.run.replications().rows(), *seen.lock().expect("done"));
    // The first batch, and what was under way when it was there; nothing is begun after that.
    let done = end.run.manifest().replications.done;
    assert!((10..40).contains(&done), "{done}");
    let arms = study.policies().count() as u64 + 1;
    assert!(end.run.replications().rows() as u64 >= done * arms);
    assert!(end.run.comparisons().expect("there").rows() > 0);
}

#[test]
fn tables_have_names_and_a_run_that_is_kept_lets_others_in() {
    let scratch = Scratch::new("names");
    let study = study("scenarios/quickstart.toml", 2, "2015-01-31");
    let request = RunRequest { policies: Some(vec!["share".to_owned()]), ..RunRequest::default() };
    let memory = study.run(&request, &Monitor::none()).expect("run").run;
    let request = RunRequest { folder: Some(scratch.0.clone()), ..request };
    let disk = study.run(&request, &Monitor::none()).expect("run").run;
    let folder = disk.folder().expect("folder").path().to_owned();
    assert_eq!(disk.table("monthly").expect("there"), disk.monthly().expect("there"));
    assert_eq!(&disk.table("substitution").expect("there"), disk.displacement().expect("there"));
    for name in memory.table_names() {
        assert_eq!(memory.table(&name).expect("there"), disk.table(&name).expect("there"), "{name}");
    }
    // What another command leaves there has a name too; the first stretch tells the columns of a table without rows.
    std::fs::write(folder.join("results/partings.csv"), "policy,days\nshare,3\n").expect("written");
    assert!(
        disk.table_names().contains(&"partings".to_owned()) && !memory.table_names().contains(&"partings".to_owned())
    );
    assert_eq!(disk.table("partings").expect("there").texts("policy"), Some(&["share".to_owned()][..]));
    let told = disk.table("montly").expect_err("no such table").to_string();
    assert!(told.contains("did you mean `monthly`? The run has: replications, monthly"), "{told}");
    // The run holds its folder, and once it is unlocked the same request goes on.
    assert!(study.run(&request, &Monitor::none()).expect_err("held").to_string().contains("is being written by"));
    let disk = disk.unlocked();
    assert_eq!(study.run(&request, &Monitor::none()).expect("run").run.replications(), disk.replications());
}

#[test]
fn one_replication_is_the_row_of_the_run() {
    let study = study("scenarios/quickstart.toml", 2, "2015-01-31");
    let run = study.run(&RunRequest::default(), &Monitor::none()).expect("run").run;
    let policy = study.policies().next().expect("a policy").to_owned();
    let alone = study.replicate(Some(&policy), 1).expect("replication");
    let names = run.replications().texts("arm").expect("arms");
    let rows: Vec<usize> = (0..names.len()).filter(|&row| names[row] == policy).collect();
    assert_eq!(run.replications().take(&rows[1..]), alone.replications);
    assert!(study.replicate(Some("nobody"), 0).expect_err("no such policy").to_string().contains("nobody"));
}

#[test]
fn a_scenario_is_opened_from_text_and_its_mistakes_are_all_told() {
    let text = std::fs::read_to_string("scenarios/quickstart.toml").expect("shipped");
    let file = Study::open("scenarios/quickstart.toml", Overrides::default()).expect("sound");
    let own = Study::from_text(&text, Overrides { posterior: Some(UsePosterior::None), ..Overrides::default() });
    assert_eq!(own.expect("sound").scenario().fingerprint_text(), file.scenario().fingerprint_text());
    let wrong = text.replace("residents", "residence");
    let error = Study::from_text(&wrong, Overrides::default()).expect_err("wrong").to_string();
    assert!(error.matches("residence").count() >= 2, "{error}");
}
