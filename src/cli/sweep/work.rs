//! `forestall sweep run`, `status` and `merge`.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use clap::Args;
use serde_json::json;

use forestall_study::{Monitor, Overrides, Shard, Study, Sweep, SweepPlan, SweepStatus, Worked, slurm};

use crate::cli::interrupt::{self, Sender};
use crate::cli::options::{self, Common};
use crate::cli::outcome::{Exit, Failure};
use crate::cli::progress::Display;
use crate::cli::terminal::{print, span, verdict_first};
use crate::cli::threads::Threads;

/// What `sweep run` takes.
#[derive(Debug, Args)]
pub struct RunArguments {
    /// The folder that `sweep plan` made
    #[arg(value_name = "PLAN_DIR")]
    folder: PathBuf,
    /// Only this shard, counted from 0: `3/20`; `auto/20` takes the number from the scheduler's variable
    #[arg(long, value_name = "I/N")]
    shard: Option<String>,
    /// Stop after this time, such as 25m, 2h or 90s; what is done is kept
    #[arg(long, value_name = "TIME", value_parser = length)]
    deadline: Option<Duration>,
    #[command(flatten)]
    threads: Threads,
    /// When stopped as a Slurm task, go back into the queue
    #[arg(long)]
    requeue: bool,
    /// Do not merge at the end
    #[arg(long)]
    no_merge: bool,
}

/// What `sweep status` takes.
#[derive(Debug, Args)]
pub struct StatusArguments {
    /// The folder that `sweep plan` made
    #[arg(value_name = "PLAN_DIR")]
    folder: PathBuf,
    /// Into how many shards it is cut; as planned or submitted if not given
    #[arg(long, value_name = "N")]
    shards: Option<u64>,
}

/// What `sweep merge` takes.
#[derive(Debug, Args)]
pub struct MergeArguments {
    /// The folder that `sweep plan` made
    #[arg(value_name = "PLAN_DIR")]
    folder: PathBuf,
}

/// A length of time: a number with s, m or h.
fn length(text: &str) -> Result<Duration, String> {
    let wrong = || format!("`{text}` is no length of time; give 90s, 25m or 2h");
    let (number, unit) = text.split_at(text.trim_end_matches(char::is_alphabetic).len());
    let seconds = match unit {
        "s" | "" => 1.0,
        "m" | "min" => 60.0,
        "h" => 3_600.0,
        _ => return Err(wrong()),
    };
    let number: f64 = number.trim().parse().map_err(|_| wrong())?;
    Duration::try_from_secs_f64(number * seconds).map_err(|_| wrong())
}

/// Runs what is missing.
pub fn run(arguments: &RunArguments, common: &Common) -> Result<Exit, Failure> {
    let began = Instant::now();
    let shard = match &arguments.shard {
        None => Shard::WHOLE,
        Some(text) => Shard::parse(text, &|name| std::env::var(name).ok())?,
    };
    let scheduled = arguments.requeue || arguments.shard.is_some();
    let stop = interrupt::flag("runs", if scheduled { Sender::Scheduler } else { Sender::Person })?;
    let sweep = Sweep::open(&arguments.folder)?;
    arguments.threads.start(common);
    let study = Study::open(sweep.folder().scenario(), Overrides::default())?;
    arguments.threads.fit(&study, study.policies().count())?;
    let of = sweep.runs_of(shard);
    let display = Display::new(of, common.quiet);
    let show = |progress| display.show(progress);
    let deadline = arguments.deadline.map(|length| began + length);
    let worked = sweep.work(shard, deadline, &Monitor { observe: &show, cancel: &stop });
    display.close();
    let worked = worked?;
    for part in &worked.rejected {
        let (path, reason) = (part.path.display(), &part.reason);
        common.say(&format!("warning: {path} was damaged ({reason}); its runs were computed again"));
    }
    let which =
        arguments.shard.as_ref().map_or_else(String::new, |_| format!("shard {} of {}: ", shard.index, shard.of));
    common.say(&format!(
        "{which}{} of {of} runs were there, {} computed in {}, {} failed",
        worked.found,
        worked.computed,
        span(began.elapsed().as_secs_f64()),
        worked.failed
    ));
    if !worked.finished {
        return stopped(arguments, &worked, common);
    }
    if arguments.shard.is_none() && !arguments.no_merge {
        return merge_sweep(&sweep, common);
    }
    if worked.failed > 0 {
        common.say("failed runs are listed when the sweep is merged; running again tries them alone");
        return Ok(Exit::SomeFailed);
    }
    Ok(Exit::Done)
}

/// Leaves early; as a Slurm task, after going back into the queue.
fn stopped(arguments: &RunArguments, worked: &Worked, common: &Common) -> Result<Exit, Failure> {
    common.say("stopped early; all finished runs are kept, and running the same command goes on");
    if let Some(job) = std::env::var("SLURM_JOB_ID").ok().filter(|_| arguments.requeue) {
        if worked.computed == 0 {
            common.say(
                "no run was finished in the time of this task, so it is not queued again; submit with a longer --time",
            );
        } else if slurm::requeue(&job)? {
            common.say(&format!("job {job} goes back into the queue"));
        }
    }
    Ok(Exit::Stopped)
}

/// Merges what the shards have left.
pub fn merge(arguments: &MergeArguments, common: &Common) -> Result<Exit, Failure> {
    merge_sweep(&Sweep::open(&arguments.folder)?, common)
}

fn merge_sweep(sweep: &Sweep, common: &Common) -> Result<Exit, Failure> {
    let (folder, plan, merged) = (sweep.folder(), sweep.plan(), sweep.merge(options::git_commit())?);
    let verdict = format!("{} of {} runs merged", merged.rows, plan.runs());
    if common.json {
        print(&format!(
            "{:#}",
            json!({"verdict": verdict, "folder": folder.path(), "runs": plan.runs(), "rows": merged.rows, "failures": merged.failures,
                   "files": merged.files})
        ));
    } else {
        for name in merged.files.keys().filter(|name| name.ends_with(".parquet")) {
            print(&folder.path().join(name).display().to_string());
        }
    }
    common.say(&verdict);
    if merged.failures > 0 {
        let (runs, are, them) =
            if merged.failures == 1 { ("run", "it is", "it") } else { ("runs", "they are", "them") };
        options::fault(&format!(
            "{} {runs} failed; {are} listed in {}, and `forestall sweep run` tries {them} alone",
            merged.failures,
            folder.failures().display()
        ));
        return Ok(Exit::SomeFailed);
    }
    Ok(Exit::Done)
}

/// Says how far a sweep is.
pub fn status(arguments: &StatusArguments, common: &Common) -> Result<Exit, Failure> {
    let sweep = Sweep::open(&arguments.folder)?;
    if arguments.shards == Some(0) {
        return Err(Failure::usage("--shards is 0; give at least 1"));
    }
    let told = sweep.status(arguments.shards.unwrap_or(sweep.plan().shards))?;
    if common.json {
        let text = text(sweep.plan(), &told, sweep.is_merged());
        let verdict = text.lines().next().unwrap_or_default();
        print(&format!("{:#}", verdict_first(verdict, json_of(&sweep, &told))));
    } else {
        print(&text(sweep.plan(), &told, sweep.is_merged()));
    }
    Ok(Exit::Done)
}

fn json_of(sweep: &Sweep, told: &SweepStatus) -> serde_json::Value {
    let (plan, merged) = (sweep.plan(), sweep.is_merged());
    json!({
        "folder": sweep.folder().path(), "name": plan.name, "hash": plan.hash, "runs": told.runs, "done": told.done,
        "failed": told.failures.len(), "missing": told.missing_array(), "merged": merged,
        "foreign": told.foreign, "damaged": told.damaged,
        "shards": told.shards.iter().map(|s| json!({"runs": s.runs, "done": s.done, "failed": s.failed})).collect::<Vec<_>>(),
    })
}

/// The status for people.
fn text(plan: &SweepPlan, told: &SweepStatus, merged: bool) -> String {
    let missing = told.missing();
    let complete = told.shards.len() - missing.len();
    let mut out = format!(
        "{}: {} of {} runs done, {} failed; {complete} of {} shards complete; {}\n",
        plan.name,
        told.done,
        told.runs,
        told.failures.len(),
        told.shards.len(),
        if merged { "merged" } else { "not merged" }
    );
    if !missing.is_empty() {
        out += &format!("missing shards: --array={}\n", told.missing_array());
    }
    for path in &told.foreign {
        out += &format!("of another design, seed or version: {}\n", path.display());
    }
    for path in &told.damaged {
        out += &format!("damaged, will be computed again: {}\n", path.display());
    }
    for failure in told.failures.iter().take(5) {
        let run = &failure.run;
        out +=
            &format!("failed: point {}, {}, replication {}: {}\n", run.draw, run.arm, run.replication, failure.message);
    }
    if told.failures.len() > 5 {
        out += &format!("… and {} more\n", told.failures.len() - 5);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_time_are_read() {
        let seconds = |text: &str| length(text).map(|d| d.as_secs_f64());
        assert_eq!(seconds("90s"), Ok(90.0));
        assert_eq!(seconds("25m"), Ok(1_500.0));
        assert_eq!(seconds("1.5h"), Ok(5_400.0));
        for bad in ["", "m", "-3m", "3d", "nan"] {
            assert!(length(bad).is_err(), "{bad}");
        }
    }
}
