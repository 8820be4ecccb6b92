//! Job scripts: an array of shards and the merge after it, for Slurm, PBS and Kubernetes.

use std::path::{Path, PathBuf};

use super::error::ClusterError;
use super::plan::SweepPlan;
use super::status::array_string;

/// Minutes of work that a shard is cut to.
pub const SHARD_MINUTES: f64 = 30.0;
/// Seconds between the warning and the end of a task's time.
const WARNING_SECONDS: u32 = 60;

/// Most signs of a job's name, which leaves a pod's name room for the number of its shard within 63.
const NAME: usize = 40;
/// Most pods of an indexed job.
const MOST_PODS: u64 = 100_000;

/// Schedulers that scripts can be written for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheduler {
    /// Slurm.
    Slurm,
    /// PBS Professional and `OpenPBS`.
    Pbs,
    /// Kubernetes, as an indexed job.
    Kubernetes,
}

/// What the scripts need to know.
#[derive(Clone, Debug)]
pub struct ClusterJob {
    /// Name of the sweep.
    pub name: String,
    /// Its folder, as every task sees it.
    pub folder: PathBuf,
    /// The program, as every task sees it.
    pub program: PathBuf,
    /// Into how many shards it is cut.
    pub shards: u64,
    /// Those that are to run.
    pub array: Vec<u64>,
    /// Cores a task.
    pub cpus: u64,
    /// Time limit of a task in minutes.
    pub minutes: u64,
    /// Most tasks at once; `None`: no limit of our own.
    pub throttle: Option<u64>,
    /// Lines that the user adds, such as `--account=abc`.
    pub options: Vec<String>,
    /// Container image, for Kubernetes.
    pub image: Option<String>,
}

/// How many shards fill half an hour each on so many cores, within what the scheduler takes.
pub fn shards_for(plan: &SweepPlan, cpus: u64, most: u64) -> u64 {
    let seconds = plan.estimate.map_or(0.0, |e| e.core_seconds);
    let wanted = (seconds / (SHARD_MINUTES * 60.0 * cpus.max(1) as f64)).ceil();
    (wanted.max(1.0) as u64).min(plan.chunks()).min(most.max(1))
}

/// The scripts: file name and text, the array first.
///
/// # Errors
/// [`ClusterError::Request`] where a path or text cannot stand in a script of this scheduler, or Kubernetes lacks an image
/// or takes no array of this size.
pub fn scripts(scheduler: Scheduler, job: &ClusterJob) -> Result<Vec<(String, String)>, ClusterError> {
    for path in [&job.folder, &job.program] {
        let text = path.to_str().ok_or_else(|| {
            ClusterError::request(format!("the path {} is no UTF-8 text and can stand in no script", path.display()))
        })?;
        one_line(text)?;
    }
    job.options.iter().try_for_each(|option| one_line(option))?;
    let folder = job.folder.to_string_lossy();
    let without = |signs: &[char], why: &str| match folder.chars().find(|c| signs.contains(c)) {
        None => Ok(()),
        Some(sign) => Err(ClusterError::request(format!("the path {folder} holds `{sign}`: {why}; rename the folder"))),
    };
    match scheduler {
        Scheduler::Slurm => {
            without(&['\\'], "Slurm replaces nothing in the name of a log that has one")?;
            Ok(vec![("array.slurm".into(), slurm(job)), ("merge.slurm".into(), slurm_merge(job))])
        }
        Scheduler::Pbs => {
            without(&[':'], "PBS takes what is before it for the name of a host")?;
            Ok(vec![("array.pbs".into(), pbs(job)), ("merge.pbs".into(), pbs_merge(job))])
        }
        Scheduler::Kubernetes => {
            without(&[':'], "Kubernetes mounts nothing there")?;
            kubernetes(job)
        }
    }
}

/// That a text has no line break or other control sign, which would end a directive.
fn one_line(text: &str) -> Result<(), ClusterError> {
    let bad = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    if text.contains(bad) {
        return Err(ClusterError::request(format!("{text:?} holds a line break or control sign; rename it")));
    }
    Ok(())
}

/// A text as one word of a shell.
pub fn quoted(text: &str) -> String {
    let simple = |c: char| c.is_ascii_alphanumeric() || "/._-+=:,@".contains(c);
    if !text.is_empty() && text.chars().all(simple) {
        text.into()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

fn shown(path: &Path) -> String {
    quoted(&path.display().to_string())
}

/// A file in a directive of Slurm: in double quotes, where a backslash takes a sign as it is and `#` would otherwise
/// begin a remark; `%` begins a pattern, which `pattern`, the file's own name, may hold.
fn directive(folder: &Path, pattern: &str) -> String {
    let text = folder.display().to_string().replace('%', "%%");
    format!("\"{}/{pattern}\"", text.replace('"', "\\\"").replace('#', "\\#"))
}

/// A job's name of at most `most` signs: small letters, digits and single signs `-` within, a letter first.
fn short(name: &str, most: usize) -> String {
    let safe: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).collect();
    let safe = safe.trim_matches('-').chars().take(most).collect::<String>();
    let safe = safe.trim_end_matches('-');
    // PBS takes only a letter first.
    let letter = safe.starts_with(|c: char| c.is_ascii_alphabetic());
    if letter {
        safe.into()
    } else {
        format!("sweep-{safe}").chars().take(most).collect::<String>().trim_end_matches('-').into()
    }
}

fn clock(minutes: u64) -> String {
    format!("{:02}:{:02}:00", minutes / 60, minutes % 60)
}

fn slurm(job: &ClusterJob) -> String {
    let throttle = job.throttle.map_or_else(String::new, |most| format!("%{most}"));
    let options: String = job.options.iter().map(|o| format!("#SBATCH {o}\n")).collect();
    format!(
        "#!/bin/bash\n#SBATCH --job-name={name}\n#SBATCH --array={array}{throttle}\n#SBATCH --nodes=1\n\
         #SBATCH --ntasks=1\n#SBATCH --cpus-per-task={cpus}\n#SBATCH --time={time}\n\
         #SBATCH --signal=B:TERM@{WARNING_SECONDS}\n#SBATCH --requeue\n#SBATCH --open-mode=append\n\
         #SBATCH --output={logs}\n{options}\
         # The signal reaches only the program that takes the shell's place.\n\
         exec {program} sweep run {folder} --shard auto/{shards} --threads {cpus} --requeue\n",
        name = short(&job.name, NAME),
        array = array_string(&job.array),
        cpus = job.cpus,
        time = clock(job.minutes),
        logs = directive(&job.folder.join("logs"), "array-%A_%a.log"),
        program = shown(&job.program),
        folder = shown(&job.folder),
        shards = job.shards,
    )
}

fn slurm_merge(job: &ClusterJob) -> String {
    let options: String = job.options.iter().map(|o| format!("#SBATCH {o}\n")).collect();
    format!(
        "#!/bin/bash\n#SBATCH --job-name={name}-merge\n#SBATCH --nodes=1\n#SBATCH --ntasks=1\n#SBATCH --cpus-per-task=1\n\
         #SBATCH --time={time}\n#SBATCH --requeue\n#SBATCH --open-mode=append\n\
         #SBATCH --output={logs}\n{options}exec {program} sweep merge {folder}\n",
        name = short(&job.name, NAME),
        time = clock(job.minutes),
        logs = directive(&job.folder.join("logs"), "merge-%j.log"),
        program = shown(&job.program),
        folder = shown(&job.folder),
    )
}

/// How PBS is told which shards to run, and how a task finds its own: the directive, a line of shell, the shard. An array
/// of PBS is one stretch of two numbers or more, so that other shards are looked up.
fn pbs_array(job: &ClusterJob) -> (String, String, String) {
    let throttle = job.throttle.map_or_else(String::new, |most| format!("%{most}"));
    let stretch = job.array.windows(2).all(|pair| pair[0] + 1 == pair[1]);
    match job.array.as_slice() {
        [one] => (String::new(), String::new(), one.to_string()),
        [first, .., last] if stretch => (format!("#PBS -J {first}-{last}{throttle}\n"), String::new(), "auto".into()),
        all => {
            let numbers: Vec<String> = all.iter().map(u64::to_string).collect();
            let last = numbers.len().saturating_sub(1);
            let line = format!("shards=({})\n", numbers.join(" "));
            (format!("#PBS -J 0-{last}{throttle}\n"), line, "\"${shards[$PBS_ARRAY_INDEX]}\"".into())
        }
    }
}

fn pbs(job: &ClusterJob) -> String {
    let (array, line, shard) = pbs_array(job);
    let options: String = job.options.iter().map(|o| format!("#PBS {o}\n")).collect();
    format!(
        "#!/bin/bash\n# Submit with: array=$(qsub array.pbs); qsub -W \"depend=afterany:$array\" merge.pbs\n#PBS -N {name}\n\
         {array}#PBS -l select=1:ncpus={cpus}\n#PBS -l walltime={time}\n#PBS -r y\n#PBS -j oe\n\
         #PBS -o {logs}\n{options}\
         # PBS gives no warning before the time limit, so the program stops by itself.\n\
         {line}exec {program} sweep run {folder} --shard {shard}/{shards} --threads {cpus} --deadline {deadline}m\n",
        name = short(&job.name, 15),
        cpus = job.cpus,
        time = clock(job.minutes),
        logs = quoted(&format!("{}/", job.folder.join("logs").display())),
        program = shown(&job.program),
        folder = shown(&job.folder),
        shards = job.shards,
        deadline = job.minutes.saturating_sub(2).max(1),
    )
}

fn pbs_merge(job: &ClusterJob) -> String {
    let options: String = job.options.iter().map(|o| format!("#PBS {o}\n")).collect();
    format!(
        "#!/bin/bash\n#PBS -N {name}-m\n#PBS -l select=1:ncpus=1\n#PBS -l walltime={time}\n#PBS -j oe\n#PBS -o {logs}\n\
         {options}exec {program} sweep merge {folder}\n",
        name = short(&job.name, 13),
        time = clock(job.minutes),
        logs = quoted(&format!("{}/", job.folder.join("logs").display())),
        program = shown(&job.program),
        folder = shown(&job.folder),
    )
}

fn kubernetes(job: &ClusterJob) -> Result<Vec<(String, String)>, ClusterError> {
    let Some(image) = &job.image else {
        return Err(ClusterError::request("--emit k8s needs --image NAME: a container image with the program in it"));
    };
    if image.trim().is_empty() || image.contains(|c: char| c.is_whitespace() || c.is_control()) {
        return Err(ClusterError::request(format!(
            "--image {image:?} is no name of an image, such as registry/forestall:1"
        )));
    }
    if job.shards > MOST_PODS {
        let asked = job.shards;
        return Err(ClusterError::request(format!(
            "Kubernetes takes at most {MOST_PODS} pods in a job; found {asked} shards"
        )));
    }
    // Text in JSON's quotes is text in YAML's.
    let text = |text: &str| serde_json::Value::String(text.to_owned()).to_string();
    // Kubernetes takes `$(NAME)` for a variable and `$$` for the sign itself.
    let words = |words: &[String]| words.iter().map(|w| text(&w.replace('$', "$$"))).collect::<Vec<_>>().join(", ");
    let folder = job.folder.display().to_string();
    let run: Vec<String> = ["sweep", "run", &folder, "--shard", &format!("auto/{}", job.shards), "--threads"]
        .map(str::to_owned)
        .into_iter()
        .chain([job.cpus.to_string()])
        .collect();
    let merge = ["sweep", "merge", &folder].map(str::to_owned);
    let parallel = job.throttle.unwrap_or(job.shards).min(job.shards);
    let pod = |arguments: String, cpus: u64| {
        format!(
            "      restartPolicy: OnFailure\n      terminationGracePeriodSeconds: {WARNING_SECONDS}\n      containers:\n      \
             - name: forestall\n        image: {image}\n        command: [\"forestall\"]\n        args: [{arguments}]\n        \
             resources: {{ requests: {{ cpu: \"{cpus}\" }} }}\n        volumeMounts:\n        - name: sweep\n          \
             mountPath: {folder}\n      volumes:\n      - name: sweep\n        persistentVolumeClaim: {{ claimName: \
             forestall-sweep }} # a claim that all pods can write to\n",
            image = text(image),
            folder = text(&folder),
        )
    };
    let name = short(&job.name, NAME);
    let array = format!(
        "apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: {name}\nspec:\n  completionMode: Indexed\n  completions: {}\n  \
         parallelism: {parallel}\n  backoffLimit: {}\n  template:\n    spec:\n{}",
        job.shards,
        6 * job.shards,
        pod(words(&run), job.cpus),
    );
    let merge = format!(
        "# Apply when the first job is complete: kubectl wait --for=condition=complete --timeout=-1s job/{name}\n\
         apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: {name}-merge\nspec:\n  template:\n    spec:\n{}",
        pod(words(&merge), 1),
    );
    Ok(vec![("array.yaml".into(), array), ("merge.yaml".into(), merge)])
}

#[cfg(test)]
mod tests {
    use super::super::pilot::SweepEstimate;
    use super::super::plan::tests::sample;
    use super::*;

    fn job() -> ClusterJob {
        ClusterJob {
            name: "Europe 2014".into(),
            folder: "/data/it's here/sweep".into(),
            program: "/opt/forestall".into(),
            shards: 20,
            array: vec![0, 1, 2, 7],
            cpus: 8,
            minutes: 90,
            throttle: Some(5),
            options: vec!["--account=abc".into()],
            image: Some("registry/forestall:1".into()),
        }
    }

    #[test]
    fn the_slurm_array_says_all_that_it_needs() {
        let all = scripts(Scheduler::Slurm, &job()).expect("written");
        let (array, merge) = (&all[0].1, &all[1].1);
        for line in [
            "#SBATCH --array=0-2,7%5",
            "#SBATCH --signal=B:TERM@60",
            "#SBATCH --requeue",
            "#SBATCH --open-mode=append",
            "#SBATCH --account=abc",
            "#SBATCH --time=01:30:00",
            "#SBATCH --output=\"/data/it's here/sweep/logs/array-%A_%a.log\"",
            "exec /opt/forestall sweep run '/data/it'\\''s here/sweep' --shard auto/20 --threads 8 --requeue",
        ] {
            assert!(array.lines().any(|l| l == line), "{line}\n{array}");
        }
        assert!(array.trim_end().lines().last().expect("a line").starts_with("exec "));
        assert!(merge.contains("sweep merge '/data/it'\\''s here/sweep'"));
    }

    #[test]
    fn other_schedulers_have_their_own_words() {
        let pbs = scripts(Scheduler::Pbs, &job()).expect("written");
        assert!(
            pbs[0].1.contains("#PBS -o '/data/it'\\''s here/sweep/logs/'\n") && pbs[0].1.contains("--deadline 88m")
        );
        let k8s = scripts(Scheduler::Kubernetes, &job()).expect("written");
        assert!(k8s[0].1.contains("\nkind: Job\n") && k8s[1].1.contains("\nkind: Job\n"));
        assert!(k8s[0].1.contains("completionMode: Indexed") && k8s[0].1.contains("completions: 20"));
        let error = scripts(Scheduler::Kubernetes, &ClusterJob { image: None, ..job() }).expect_err("no image");
        assert!(error.to_string().contains("--image"));
        assert!(scripts(Scheduler::Slurm, &ClusterJob { folder: "/a\nb".into(), ..job() }).is_err());
    }

    #[test]
    fn an_array_of_pbs_is_one_stretch() {
        let script = |array: &[u64]| {
            let job = ClusterJob { array: array.to_vec(), ..job() };
            scripts(Scheduler::Pbs, &job).expect("written").swap_remove(0).1
        };
        let stretch = script(&[3, 4, 5]);
        assert!(stretch.contains("\n#PBS -J 3-5%5\n") && stretch.contains(" --shard auto/20 "), "{stretch}");
        let gaps = script(&[0, 1, 2, 7]);
        assert!(gaps.contains("\n#PBS -J 0-3%5\n") && gaps.contains("\nshards=(0 1 2 7)\nexec "), "{gaps}");
        assert!(gaps.contains(" --shard \"${shards[$PBS_ARRAY_INDEX]}\"/20 "), "{gaps}");
        let one = script(&[7]);
        assert!(!one.contains("#PBS -J") && one.contains(" --shard 7/20 "), "{one}");
    }

    #[test]
    fn names_and_paths_that_a_scheduler_cannot_take_are_changed_or_refused() {
        for (name, most, short_name) in [
            ("Europe 2014", 40, "europe-2014"),
            ("2014", 40, "sweep-2014"),
            ("--", 40, "sweep"),
            ("\u{e9}t\u{e9}", 40, "t"),
            ("abcdefghijklmn-opq", 15, "abcdefghijklmn"),
        ] {
            assert_eq!(short(name, most), short_name);
        }
        let refused = |scheduler, folder: &str| {
            let error = scripts(scheduler, &ClusterJob { folder: folder.into(), ..job() }).expect_err("refused");
            assert!(error.to_string().contains("rename"), "{error}");
        };
        refused(Scheduler::Slurm, "/a\\b");
        refused(Scheduler::Pbs, "/a:b");
        refused(Scheduler::Kubernetes, "/a:b");
        let many = ClusterJob { shards: 100_001, ..job() };
        assert!(scripts(Scheduler::Kubernetes, &many).is_err() && scripts(Scheduler::Slurm, &many).is_ok());
    }

    #[test]
    fn shards_fill_half_an_hour_within_limits() {
        let estimate = |core_seconds| SweepEstimate {
            pilots: 4,
            seconds_per_run: 1.0,
            standard_error: None,
            threads: 2,
            core_seconds,
            bytes: 0.0,
        };
        let plan = |seconds| SweepPlan { estimate: Some(estimate(seconds)), ..sample(400, 4, 1, 4) };
        // 16 core-hours on 4 cores: 8 shards of half an hour.
        assert_eq!(shards_for(&plan(16.0 * 3_600.0), 4, 1_001), 8);
        assert_eq!(shards_for(&plan(1.0), 4, 1_001), 1);
        assert_eq!(shards_for(&plan(1e9), 4, 1_001), 100);
        assert_eq!(shards_for(&plan(1e9), 4, 31), 31);
    }
}
