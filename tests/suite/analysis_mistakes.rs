//! What commands about runs, sweeps and tables say of mistakes, kept beside: `FORESTALL_BLESS=1` writes it anew.

use std::fmt::Write as _;

use crate::cli::{Scratch, small};
use crate::docs::hold;
use crate::help_pages::{golden, said};

/// The command lines: RUN and SWEEP stand for the folders of a run of four replications and of a sweep that has not run.
const COMMANDS: [&str; 47] = [
    "sweep plan small.toml --design lhs --points 0 --lever services.analysts=1..5",
    "sweep plan small.toml --design lhs --points -3 --lever services.analysts=1..5",
    "sweep plan small.toml --design lhs --points 3 --lever services.analysts=5..1",
    "sweep plan small.toml --design lhs --points 3 --lever services.analyst=1..5",
    "sweep plan small.toml --design lhs --points 3 --lever services.analysts=1..x",
    "sweep plan small.toml --design lhs --points 3 --lever work.completion_log_odds=1..1e99",
    "sweep plan small.toml --design lhs --points 3",
    "sweep plan small.toml --design latin --points 3 --lever services.analysts=1..5",
    "sweep run SWEEP --shard 3/2",
    "sweep run SWEEP --shard 0",
    "sweep run RUN",
    "sweep status nowhere",
    "sweep merge SWEEP",
    "sweep submit nowhere",
    "discover SWEEP --outcome attacks_completed --inside x>2",
    "discover SWEEP --outcome attacks_completed --inside y>2",
    "robust SWEEP --outcome attacks_completed",
    "robust SWEEP",
    "sensitivity SWEEP --method sobol",
    "sensitivity SWEEP --method pwan",
    "decide RUN --value-per-attack 50e6",
    "decide RUN --value-per-attack many",
    "decide RUN --value-per-attack -50e6",
    "decide nowhere",
    "decide --table words.csv --parameters a --benefit p,q",
    "decide --table few.csv --parameters b --benefit p,q",
    "decide --table few.csv --parameters a --benefit p",
    "decide --table few.csv --parameters a --benefit p,q",
    "decide --table nowhere.csv --parameters a --benefit p,q",
    "score --draws draws.csv --observed seen.csv",
    "score --draws few.csv --observed observed.csv",
    "score --draws draws.csv --observed observed.csv --kind normal",
    "score --draws notes.txt --observed observed.csv",
    "compare RUN nowhere",
    "compare RUN SWEEP",
    "replay RUN --replication 99",
    "replay RUN --replication 1 --policy noting",
    "replay RUN --replication 1 --policy nothing --plot 999999",
    "optimize small.toml",
    "optimize small.toml --lever services.analysts*=2..0.5",
    "optimize small.toml --lever services.analysts*=0.5..2 --objective attacks",
    "optimize small.toml --lever services.analysts*=0.5..2 --budget -4",
    "respond small.toml",
    "respond small.toml --freedom pathways.tie_share=0.9..0.1",
    "rivals RUN RUN",
    "select small.toml --zone -1",
    "explore small.toml --no-open --port 70000",
];

#[test]
fn every_mistake_about_runs_and_tables_is_told_as_it_is_kept() {
    let scratch = Scratch::new("analysis-mistakes");
    scratch.file("small.toml", &small());
    scratch.file("notes.txt", "nothing of the kind\n");
    scratch.file("words.csv", "a,p,q\n1,2,3\n2,3,x\n3,1,1\n");
    scratch.file("few.csv", "a,p,q\n1,2,3\n2,3,1\n3,1,1\n");
    scratch.file("draws.csv", "z\n1\n2\n3\n4\n");
    scratch.file("observed.csv", "quantity,observed\nz,3\n");
    scratch.file("seen.csv", "quantity,seen\nz,3\n");
    let folder = |line: &str| {
        let (code, shown, told) = said(&scratch, &line.split(' ').collect::<Vec<_>>());
        assert_eq!(code, Some(0), "{line}: {told}");
        let path = shown.lines().last().expect("the folder is named").trim_end_matches("/report.html").to_owned();
        assert!(scratch.0.join(&path).is_dir(), "{path}");
        path
    };
    let sweep = folder("-q sweep plan small.toml --design lhs --points 3 --lever services.analysts=1..5 --out s");
    let run = folder("-q run small.toml --replications 4 --out r");
    let mut all = String::new();
    for line in COMMANDS {
        let words: Vec<String> = line
            .split(' ')
            .map(|word| match word {
                "RUN" => run.clone(),
                "SWEEP" => sweep.clone(),
                other => other.to_owned(),
            })
            .collect();
        let (code, _, told) = said(&scratch, &words.iter().map(String::as_str).collect::<Vec<_>>());
        assert!(code.is_some_and(|code| (1..=5).contains(&code) || code == 75), "{line}: {code:?} {told}");
        assert!(!told.contains("panicked") && told.contains("error"), "{line}: {told}");
        // The same on every machine, and after a parameter is added: names of folders end in a hash.
        let here = scratch.0.canonicalize().expect("the scratch folder");
        let told = told.replace(&format!("{}/", here.display()), "").replace(&format!("{}/", scratch.0.display()), "");
        let told = told.replace(&run, "RUN").replace(&sweep, "SWEEP");
        let _ = writeln!(all, "## forestall {line}: exit code {}\n\n{}\n", code.unwrap_or(-1), told.trim_end());
    }
    hold(&golden("mistakes-analyses.txt"), &all);
}
