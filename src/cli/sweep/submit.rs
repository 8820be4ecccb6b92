//! `forestall sweep submit`: hands a sweep to a cluster.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};
use serde_json::json;

use forestall_study::Sweep;
use forestall_study::scheduler::{ClusterJob, Scheduler, quoted, scripts, shards_for};
use forestall_study::{atomic, slurm};

use crate::cli::options::Common;
use crate::cli::outcome::{Exit, Failure};
use crate::cli::terminal::print;

/// Seconds between two questions to the scheduler.
const ASK_EVERY: Duration = Duration::from_secs(2);

/// For whom scripts are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Emit {
    /// Slurm
    Slurm,
    /// PBS Professional or `OpenPBS`
    Pbs,
    /// Kubernetes
    K8s,
}

/// What `sweep submit` takes.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The folder that `sweep plan` made, on a file system that all nodes see
    #[arg(value_name = "PLAN_DIR")]
    folder: PathBuf,
    /// Wait until the jobs have ended
    #[arg(long, conflicts_with = "emit")]
    wait: bool,
    /// Only write the scripts
    #[arg(long, value_enum)]
    emit: Option<Emit>,
    /// Cores a task; with Slurm, those of the smallest node if not given
    #[arg(long, value_name = "N")]
    cpus: Option<u64>,
    /// Time limit of a task in minutes
    #[arg(long, value_name = "MINUTES", default_value = "60")]
    time: u64,
    /// Shards; as many as fill half an hour on their cores if not given
    #[arg(long, value_name = "N")]
    shards: Option<u64>,
    /// Most tasks at once
    #[arg(long, value_name = "N")]
    throttle: Option<u64>,
    /// A further line for the scheduler, such as --option=--account=abc
    #[arg(long = "option", value_name = "TEXT", allow_hyphen_values = true)]
    options: Vec<String>,
    /// Container image (k8s)
    #[arg(long, value_name = "NAME")]
    image: Option<String>,
    /// The program as the nodes see it; this one if not given
    #[arg(long, value_name = "PATH")]
    program: Option<PathBuf>,
}

/// Submits a sweep.
pub fn run(arguments: &Arguments, common: &Common) -> Result<Exit, Failure> {
    for (name, value) in
        [("--cpus", arguments.cpus), ("--shards", arguments.shards), ("--throttle", arguments.throttle)]
    {
        if value == Some(0) {
            return Err(Failure::usage(format!("{name} is 0; give at least 1")));
        }
    }
    if arguments.time < 1 {
        return Err(Failure::usage("--time is 0; give at least 1 minute"));
    }
    let mut sweep = Sweep::open(&arguments.folder)?;
    // Scripts for elsewhere ask nothing of this machine.
    let limits = if arguments.emit.is_none() { Some(slurm::limits()?) } else { None };
    let cpus = match (arguments.cpus, limits) {
        (Some(cpus), _) => cpus,
        (None, Some(_)) => slurm::cores()?,
        (None, None) => 1,
    };
    let most = limits.map_or(u64::MAX, |l| l.max_array_size);
    if let Some(asked) = arguments.shards.filter(|n| *n > most) {
        return Err(Failure::usage(format!(
            "--shards is {asked}; this cluster takes arrays of at most {most} (MaxArraySize)"
        )));
    }
    let shards = arguments.shards.unwrap_or_else(|| shards_for(sweep.plan(), cpus, most)).min(sweep.plan().chunks());
    let told = sweep.status(shards)?;
    if let Some(path) = told.foreign.first() {
        let message = format!("{} belongs to another sweep; move it away first", path.display());
        return Err(Failure::Other(Exit::Data, anyhow::anyhow!(message)));
    }
    let mut array: Vec<u64> = (0..).zip(&told.shards).filter(|(_, s)| s.done < s.runs).map(|(i, _)| i).collect();
    if arguments.emit == Some(Emit::K8s) {
        // An indexed job always counts from 0 to its end; finished shards end at once.
        array = (0..shards).collect();
    }
    if array.is_empty() {
        common.say("every run is there; nothing to submit. Merge with `forestall sweep merge`");
        return Ok(Exit::Done);
    }
    sweep.cut(shards)?;
    let folder = sweep.folder();
    let job = ClusterJob {
        name: sweep.plan().name.clone(),
        folder: folder.path().to_path_buf(),
        program: program(arguments)?,
        shards,
        throttle: arguments.throttle.or_else(|| limits.and_then(|l| l.throttle(array.len() as u64))),
        array,
        cpus,
        minutes: arguments.time,
        options: arguments.options.clone(),
        image: arguments.image.clone(),
    };
    let scheduler = match arguments.emit {
        None | Some(Emit::Slurm) => Scheduler::Slurm,
        Some(Emit::Pbs) => Scheduler::Pbs,
        Some(Emit::K8s) => Scheduler::Kubernetes,
    };
    let mut files = Vec::new();
    for (name, text) in scripts(scheduler, &job)? {
        let path = folder.script(&name);
        atomic::write(&path, text.as_bytes())?;
        files.push(path);
    }
    if arguments.emit.is_some() {
        for path in &files {
            print(&path.display().to_string());
        }
        return Ok(Exit::Done);
    }
    hand_over(arguments, &sweep, &job, &files, common)
}

fn program(arguments: &Arguments) -> Result<PathBuf, Failure> {
    match &arguments.program {
        Some(path) => Ok(path.clone()),
        None => std::env::current_exe()
            .map_err(|e| Failure::usage(format!("cannot tell where this program is ({e}); name it by --program"))),
    }
}

fn hand_over(
    arguments: &Arguments,
    sweep: &Sweep,
    job: &ClusterJob,
    files: &[PathBuf],
    common: &Common,
) -> Result<Exit, Failure> {
    let [array, merge] = files else { return Err(Failure::usage("two scripts are needed")) };
    let jobs = slurm::submit(array, merge)?;
    let folder = sweep.folder();
    let verdict =
        format!("array {} of {} tasks is handed over, then merge {}", jobs.array, job.array.len(), jobs.merge);
    if common.json {
        print(&format!(
            "{:#}",
            json!({"verdict": verdict, "array": jobs.array, "merge": jobs.merge, "tasks": job.array.len(), "shards": job.shards,
                   "cpus": job.cpus, "throttle": job.throttle, "logs": folder.logs()})
        ));
    } else {
        print(&format!(
            "array {} ({} tasks, {} cores each), then merge {}; logs in {}",
            jobs.array,
            job.array.len(),
            job.cpus,
            jobs.merge,
            folder.logs().display()
        ));
    }
    if !arguments.wait {
        let word = quoted(&folder.path().display().to_string());
        common.say(&format!("how far it is: forestall sweep status {word}"));
        return Ok(Exit::Done);
    }
    let mut before = usize::MAX;
    loop {
        let left = slurm::left(&jobs)?;
        if left == 0 {
            break;
        }
        if left != before {
            common.say(&format!("{left} tasks wait or run"));
            before = left;
        }
        std::thread::sleep(ASK_EVERY);
    }
    let told = sweep.status(sweep.plan().shards)?;
    let settled = told.missing().is_empty();
    let merged = sweep.is_merged();
    common.say(&format!("{} of {} runs done, {} failed", told.done, told.runs, told.failures.len()));
    if !settled || !merged {
        common.say(&format!(
            "not complete; missing shards: --array={}. Submit again: only they run. The logs in {} say why",
            told.missing_array(),
            folder.logs().display()
        ));
        return Ok(Exit::Stopped);
    }
    Ok(if told.failures.is_empty() { Exit::Done } else { Exit::SomeFailed })
}
