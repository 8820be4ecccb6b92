//! Slurm itself: its limits, submitting, waiting, and requeueing a task that ran out of time.

use std::io::ErrorKind;
use std::path::Path;
use std::process::Command;

use super::error::ClusterError;

/// What a cluster's configuration allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// One above the largest number of a task.
    pub max_array_size: u64,
    /// Jobs that the controller keeps at once.
    pub max_job_count: u64,
}

impl Limits {
    /// Most tasks of one array at once, which leaves the controller room for others.
    pub fn throttle(&self, tasks: u64) -> Option<u64> {
        let most = (self.max_job_count / 10).max(1);
        (tasks > most).then_some(most)
    }
}

/// The jobs of one submission.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Submitted {
    /// The array.
    pub array: String,
    /// The merge after it.
    pub merge: String,
}

fn call(program: &str, arguments: &[&str]) -> Result<String, ClusterError> {
    let shown = || format!("{program} {}", arguments.join(" "));
    let output = Command::new(program).args(arguments).output().map_err(|e| match e.kind() {
        ErrorKind::NotFound => ClusterError::Scheduler(format!(
            "there is no `{program}` on this machine; log in to the cluster, write scripts only with --emit slurm, or use `forestall sweep run` here"
        )),
        _ => ClusterError::Scheduler(format!("`{}` cannot be started: {e}", shown())),
    })?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    if output.status.success() {
        return Ok(text(&output.stdout));
    }
    Err(ClusterError::Scheduler(format!("`{}` failed: {}", shown(), text(&output.stderr))))
}

/// Reads the limits from `scontrol show config`.
///
/// # Errors
/// [`ClusterError::Scheduler`] where Slurm is not there.
pub fn limits() -> Result<Limits, ClusterError> {
    Ok(parse_limits(&call("scontrol", &["show", "config"])?))
}

/// Slurm's own defaults stand in for what is not said.
fn parse_limits(text: &str) -> Limits {
    let value = |name: &str, otherwise: u64| {
        let line = text.lines().filter_map(|line| line.split_once('=')).find(|(key, _)| key.trim() == name);
        line.and_then(|(_, value)| value.trim().parse().ok()).unwrap_or(otherwise)
    };
    Limits { max_array_size: value("MaxArraySize", 1_001), max_job_count: value("MaxJobCount", 10_000) }
}

/// The fewest cores of any node, which a task can have wherever it runs.
///
/// # Errors
/// [`ClusterError::Scheduler`] where Slurm is not there.
pub fn cores() -> Result<u64, ClusterError> {
    let text = call("sinfo", &["-h", "-o", "%c"])?;
    let least = text.lines().filter_map(|line| line.trim().trim_end_matches('+').parse::<u64>().ok()).min();
    Ok(least.unwrap_or(1).max(1))
}

/// Submits the array and the merge after it.
///
/// The merge waits for the array's end, however it ends, and checks itself whether all is there: a merge that waited
/// for success would wait for ever after a failure.
///
/// # Errors
/// [`ClusterError::Scheduler`] with Slurm's own words.
pub fn submit(array: &Path, merge: &Path) -> Result<Submitted, ClusterError> {
    let number = |text: String| text.split(';').next().unwrap_or_default().to_owned();
    let array = number(call("sbatch", &["--parsable", &array.to_string_lossy()])?);
    let dependency = format!("--dependency=afterany:{array}");
    let merge = number(call("sbatch", &["--parsable", &dependency, &merge.to_string_lossy()])?);
    Ok(Submitted { array, merge })
}

/// How many tasks of these jobs wait or run; jobs that Slurm has forgotten count as ended.
///
/// # Errors
/// [`ClusterError::Scheduler`] where Slurm is not there.
pub fn left(jobs: &Submitted) -> Result<usize, ClusterError> {
    match call("squeue", &["-h", "-r", "-o", "%i", "-j", &format!("{},{}", jobs.array, jobs.merge)]) {
        Ok(text) => Ok(text.lines().filter(|line| !line.trim().is_empty()).count()),
        Err(ClusterError::Scheduler(text)) if text.contains("Invalid job id") => Ok(0),
        Err(other) => Err(other),
    }
}

/// Puts this task back into the queue, if it is a task that Slurm is not already ending; whether it did.
///
/// # Errors
/// [`ClusterError::Scheduler`] with Slurm's own words.
pub fn requeue(job: &str) -> Result<bool, ClusterError> {
    // A task that a user cancels gets the same signal, and must not come back.
    if !call("scontrol", &["show", "job", "-o", job])?.contains("JobState=RUNNING") {
        return Ok(false);
    }
    call("scontrol", &["requeue", job]).map(|_| true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_read_and_defaults_stand_in() {
        let text = "Configuration data as of 2026\nMaxArraySize            = 501\nMaxJobCount = 2000\n";
        let limits = parse_limits(text);
        assert_eq!(limits, Limits { max_array_size: 501, max_job_count: 2_000 });
        assert_eq!((limits.throttle(200), limits.throttle(201)), (None, Some(200)));
        assert_eq!(parse_limits("").max_array_size, 1_001);
    }
}
