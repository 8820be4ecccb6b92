//! Two worked examples of each subcommand, as its help ends with them.

use clap::Command;

/// A subcommand's path, and two examples: what is done, and the command.
type Examples = (&'static str, [(&'static str, &'static str); 2]);

/// The examples, by the path of the subcommand; `RUN` folders are named as `run` and `sweep plan` name them.
pub const EXAMPLES: [Examples; 32] = [
    (
        "",
        [
            ("the first answer, in seconds", "forestall run scenarios/quickstart.toml"),
            ("a scenario of your own, and whether it can answer its question", "forestall init my-scenario.toml"),
        ],
    ),
    (
        "run",
        [
            ("baseline and every policy of a scenario", "forestall run scenarios/quickstart.toml"),
            (
                "two policies, a value held, until the baseline's mean is known within 5 %",
                "forestall run my.toml --policies watch,share --set services.analysts=40 \
             --precision attacks_completed:rel=0.05 --max-replications 1000",
            ),
        ],
    ),
    (
        "check",
        [
            ("mistakes, warnings, resolved values, and what a run will take", "forestall check my-scenario.toml"),
            (
                "the same scenario with a value held, valid or not",
                "forestall check my-scenario.toml --set services.analysts=40 --brief",
            ),
        ],
    ),
    (
        "init",
        [
            ("a scenario to start from, and the schema beside it", "forestall init my-scenario.toml"),
            (
                "a copy of a shipped scenario with all files that it names",
                "forestall init --template europe-2014-2016 europe/my-europe.toml",
            ),
        ],
    ),
    (
        "schema",
        [
            ("for editors that complete names and mark mistakes", "forestall schema > forestall.schema.json"),
            ("which tables a scenario may hold", "forestall schema | jq '.properties | keys'"),
        ],
    ),
    (
        "verify",
        [
            ("all analytical solutions", "forestall verify"),
            ("one of them, with other values", "forestall verify erlang-a --set servers=5 --replications 200"),
        ],
    ),
    (
        "list",
        [
            (
                "every parameter of the services, with unit, default and evidence",
                "forestall list parameters --find services.",
            ),
            ("the result columns, for a script", "forestall list outcomes --json"),
        ],
    ),
    (
        "replay",
        [
            (
                "plots of one replication that end otherwise under a policy",
                "forestall replay output/quickstart-1a2b3c4d --replication 3 --policy watch",
            ),
            (
                "through which mechanisms each policy works, over all replications",
                "forestall replay output/quickstart-1a2b3c4d --summary",
            ),
        ],
    ),
    (
        "sweep",
        [
            (
                "64 points over two levers",
                "forestall sweep plan scenarios/quickstart.toml --design sobol --points 64 --lever services.analysts=10..60 \
             --lever services.case_officers=20..150",
            ),
            ("run them; stopped, the same command goes on", "forestall sweep run output/quickstart-sweep-1a2b3c4d5e6f"),
        ],
    ),
    (
        "sweep plan",
        [
            (
                "64 points over two levers, every policy at each",
                "forestall sweep plan scenarios/quickstart.toml --design sobol --points 64 --policies all \
             --lever services.analysts=10..60 --lever services.case_officers=20..150",
            ),
            (
                "points for a model of your own",
                "forestall sweep plan --problem problem.toml --design saltelli --points 256 --out design",
            ),
        ],
    ),
    (
        "sweep run",
        [
            ("everything that is missing, then merge", "forestall sweep run output/quickstart-sweep-1a2b3c4d5e6f"),
            (
                "one shard of twenty, for half an hour",
                "forestall sweep run output/quickstart-sweep-1a2b3c4d5e6f --shard 3/20 --deadline 30m",
            ),
        ],
    ),
    (
        "sweep status",
        [
            ("how far it is", "forestall sweep status output/quickstart-sweep-1a2b3c4d5e6f"),
            (
                "for a script, cut into twenty shards",
                "forestall sweep status output/quickstart-sweep-1a2b3c4d5e6f --shards 20 --json",
            ),
        ],
    ),
    (
        "sweep merge",
        [
            ("one table of all shards", "forestall sweep merge output/quickstart-sweep-1a2b3c4d5e6f"),
            (
                "the files that were written, for a script",
                "forestall sweep merge output/quickstart-sweep-1a2b3c4d5e6f --json",
            ),
        ],
    ),
    (
        "sweep submit",
        [
            (
                "hand it to Slurm and wait",
                "forestall sweep submit output/quickstart-sweep-1a2b3c4d5e6f --wait --time 120",
            ),
            (
                "write scripts for PBS only",
                "forestall sweep submit output/quickstart-sweep-1a2b3c4d5e6f --emit pbs --cpus 16",
            ),
        ],
    ),
    (
        "sensitivity",
        [
            (
                "which factors of a sweep the effect of a policy depends on",
                "forestall sensitivity output/quickstart-sweep-1a2b3c4d5e6f --outcome attacks_completed --method pawn \
             --policy watch --against baseline",
            ),
            (
                "Sobol indices of a model of your own",
                "forestall sensitivity --problem problem.toml --design design.csv --response response.csv --out indices",
            ),
        ],
    ),
    (
        "discover",
        [
            (
                "where among its factors a sweep has many attacks",
                "forestall discover output/quickstart-sweep-1a2b3c4d5e6f --outcome attacks_completed \
             --inside 'attacks_completed>=10' --out boxes",
            ),
            (
                "the same for any table",
                "forestall discover --table runs.csv --outcome y --inside 'y==1' --parameters a,b,c",
            ),
        ],
    ),
    (
        "robust",
        [
            (
                "which policy of a sweep is least regretted",
                "forestall robust output/quickstart-sweep-1a2b3c4d5e6f --outcome attacks_completed --threshold 5 --out robust",
            ),
            ("the same for any table", "forestall robust --table futures.csv --outcome share_foiled --better higher"),
        ],
    ),
    (
        "select",
        [
            (
                "the policy with fewest attacks, right with probability 0.95",
                "forestall select scenarios/quickstart.toml --zone 0.5",
            ),
            (
                "the cheapest of three within a budget of runs, with a page",
                "forestall select my.toml --outcome cost --zone 1e6 --policies a,b --procedure ocba --budget 3000 --out choice",
            ),
        ],
    ),
    (
        "compare",
        [
            (
                "two finished runs, by the folders that `run` named",
                "forestall compare output/quickstart-1a2b3c4d output/quickstart-5e6f7a8b",
            ),
            (
                "the same with tables and a page, and the verdict as JSON",
                "forestall compare output/quickstart-1a2b3c4d output/quickstart-5e6f7a8b --out both --json",
            ),
        ],
    ),
    (
        "decide",
        [
            (
                "a run, with what an attack prevented is worth, and a page",
                "forestall decide output/europe-2014-2016-1a2b3c4d --value-per-attack 50e6 --out decision",
            ),
            ("any table of draws", "forestall decide --table draws.csv --parameters a,b --benefit p1,p2,p3 --json"),
        ],
    ),
    (
        "score",
        [
            (
                "a run against what came, beside plain forecasts",
                "forestall score output/quickstart-1a2b3c4d --observed observed.csv --history history.csv --out scores",
            ),
            ("any table of draws", "forestall score --draws draws.csv --observed observed.csv --json"),
        ],
    ),
    (
        "calibrate",
        [
            (
                "fit the uncertain parameters to facts",
                "forestall calibrate my.toml --targets facts.toml --simulations 20000",
            ),
            (
                "one of 20 parts of a table, as a task of a cluster; the command without --shard then fits",
                "forestall calibrate my.toml --targets facts.toml --method regression --simulations 20000 --shard auto/20",
            ),
        ],
    ),
    (
        "rivals",
        [
            (
                "two fits of the same facts, the second under another rule, with a page",
                "forestall rivals output/my-calibration-1a2b3c4d output/my-calibration-5e6f7a8b --out rivals",
            ),
            (
                "names of your own, and other facts",
                "forestall rivals search=output/a-calibration-1a2b3c4d none=output/b-calibration-5e6f7a8b \
             --targets facts.toml --json",
            ),
        ],
    ),
    (
        "optimize",
        [
            (
                "how many of whom, within a budget in thousand euros a year",
                "forestall optimize scenarios/quickstart.toml --lever services.analysts=10..60 \
             --lever services.case_officers=20..150 --budget 40000",
            ),
            (
                "attacks and burden only, with a limit",
                "forestall optimize my.toml --lever 'services.analysts*=0.5..2' --objective attacks_completed \
             --objective held_without_plot --constraint 'cost <= 5e8' --simulations 8000",
            ),
        ],
    ),
    (
        "respond",
        [
            (
                "what the other side would do about each policy, within limits that you state",
                "forestall respond scenarios/quickstart.toml --freedom pathways.tie_share=0.1..0.6 \
             --freedom 'work.task_days*=0.5..1.5'",
            ),
            (
                "against the policies of a finished run, for its report",
                "forestall respond output/quickstart-1a2b3c4d5e6f --freedom place.online_abroad_share=0..0.5",
            ),
        ],
    ),
    (
        "explore",
        [
            ("levers as sliders, runs while you look", "forestall explore scenarios/quickstart.toml"),
            (
                "the points of a finished sweep, at an address of your choice",
                "forestall explore output/quickstart-sweep-1a2b3c4d5e6f --no-open --port 8080",
            ),
        ],
    ),
    (
        "chart",
        [
            ("all charts again", "forestall chart output/quickstart-1a2b3c4d"),
            (
                "and of two more outcomes",
                "forestall chart output/quickstart-1a2b3c4d --outcomes people_harmed,held_without_plot",
            ),
        ],
    ),
    (
        "report",
        [
            ("the page again, after an upgrade", "forestall report output/quickstart-1a2b3c4d"),
            ("open it (Linux)", "xdg-open \"$(forestall -q report output/quickstart-1a2b3c4d)\""),
        ],
    ),
    (
        "export",
        [
            ("every table as CSV beside the Parquet files", "forestall export output/quickstart-1a2b3c4d"),
            ("the format named, nothing said but the paths", "forestall -q export output/quickstart-1a2b3c4d --to csv"),
        ],
    ),
    (
        "completions",
        [
            (
                "for bash, from the next shell on",
                "forestall completions bash > ~/.local/share/bash-completion/completions/forestall",
            ),
            ("for fish", "forestall completions fish > ~/.config/fish/completions/forestall.fish"),
        ],
    ),
    (
        "man",
        [
            ("read the page of a subcommand", "forestall man sweep plan | man -l -"),
            ("write all pages where man finds them", "forestall man --out ~/.local/share/man/man1"),
        ],
    ),
    ("help", [("every subcommand", "forestall help"), ("one of them", "forestall help sweep plan")]),
];

/// Adds the examples to the help of every subcommand.
pub fn add(command: Command) -> Command {
    add_at(command, "")
}

fn add_at(command: Command, path: &str) -> Command {
    let mut command = command.mut_subcommands(|inner| {
        let path = if path.is_empty() { inner.get_name().to_owned() } else { format!("{path} {}", inner.get_name()) };
        add_at(inner, &path)
    });
    let Some((_, examples)) = EXAMPLES.iter().find(|(known, _)| *known == path) else { return command };
    let before = command.get_after_help().map_or_else(String::new, |text| format!("{text}\n\n"));
    let shown = examples.map(|(what, how)| format!("  # {what}\n  {}", broken(how)));
    command = command.after_help(format!("{before}Examples:\n{}", shown.join("\n")));
    command
}

/// Most signs of a line of an example.
const WIDEST: usize = 92;

/// A command over several lines where it is long, as a shell takes it.
fn broken(command: &str) -> String {
    let mut lines = vec![String::new()];
    for word in command.split(' ').filter(|word| !word.is_empty()) {
        let last = lines.last().map_or(0, |line| line.chars().count());
        if last > 0 && last + word.chars().count() + 3 > WIDEST {
            lines.push(format!("  {word}"));
        } else if let Some(line) = lines.last_mut() {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    lines.join(" \\\n  ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    /// Every path of a command and its subcommands.
    fn paths(command: &Command, path: &str, all: &mut Vec<String>) {
        all.push(path.to_owned());
        for inner in command.get_subcommands() {
            let path =
                if path.is_empty() { inner.get_name().to_owned() } else { format!("{path} {}", inner.get_name()) };
            paths(inner, &path, all);
        }
    }

    #[test]
    fn every_subcommand_has_two_examples_and_each_is_one_that_the_program_takes() {
        let mut all = Vec::new();
        paths(&crate::cli::Cli::command(), "", &mut all);
        for path in &all {
            assert_eq!(EXAMPLES.iter().filter(|(known, _)| known == path).count(), 1, "examples of `{path}`");
        }
        for (path, examples) in EXAMPLES {
            assert!(path == "help" || all.iter().any(|known| known == path), "there is no subcommand `{path}`");
            for (_, command) in examples {
                let from = command.find("forestall").unwrap_or(0);
                // What a shell does with the answer is none of ours.
                let own = command[from..].split([')', '|', '>']).next().unwrap_or_default();
                let own = if own.contains('\'') { &command[from..] } else { own };
                let words: Vec<String> = own.split_whitespace().map(|word| word.replace('\'', "")).collect();
                let words = joined(&words, own);
                let parsed = crate::cli::command().try_get_matches_from(&words);
                let shown = parsed.as_ref().err().map(ToString::to_string).unwrap_or_default();
                let help = parsed.as_ref().err().is_some_and(|error| !error.use_stderr());
                assert!(parsed.is_ok() || help, "{command}\n{shown}");
                assert!(path.is_empty() || own.contains(path), "`{command}` is no example of `{path}`");
                for word in words.iter().filter(|word| word.starts_with("scenarios/")) {
                    assert!(std::path::Path::new(word).exists(), "{command}");
                }
            }
        }
    }

    /// The words of a shell command in which single quotes hold blanks together.
    fn joined(words: &[String], command: &str) -> Vec<String> {
        if !command.contains('\'') {
            return words.to_vec();
        }
        let mut all = Vec::new();
        for (at, part) in command.split('\'').enumerate() {
            if at % 2 == 1 {
                all.push(part.to_owned());
            } else {
                all.extend(part.split_whitespace().map(str::to_owned));
            }
        }
        all
    }

    #[test]
    fn long_commands_are_broken_where_a_shell_allows_it() {
        let long = broken(&format!("forestall {}", "--flag value ".repeat(20)));
        assert!(long.lines().count() > 2 && long.lines().all(|line| line.chars().count() <= WIDEST + 2), "{long}");
        assert!(long.lines().rev().skip(1).all(|line| line.ends_with(" \\")), "{long}");
        assert_eq!(long.replace(" \\\n", " ").split_whitespace().count(), 41);
    }
}
