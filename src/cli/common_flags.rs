//! Where the flags that every subcommand could take act: help shows them there alone, and elsewhere they are refused.

use clap::parser::ValueSource;
use clap::{ArgMatches, Command};

/// The subcommands in which a flag acts.
const ACTS: [(&str, &[&str]); 2] = [
    (
        "out",
        &[
            "run",
            "replay",
            "sweep plan",
            "sensitivity",
            "discover",
            "robust",
            "select",
            "compare",
            "decide",
            "score",
            "calibrate",
            "rivals",
            "optimize",
            "respond",
            "man",
        ],
    ),
    (
        "json",
        &[
            "run",
            "check",
            "verify",
            "list",
            "replay",
            "sweep plan",
            "sweep run",
            "sweep status",
            "sweep merge",
            "sweep submit",
            "sensitivity",
            "discover",
            "robust",
            "select",
            "compare",
            "decide",
            "score",
            "calibrate",
            "rivals",
            "optimize",
            "respond",
            "explore",
        ],
    ),
];

fn acts(flag: &str, path: &str) -> bool {
    ACTS.iter().filter(|(known, _)| *known == flag).all(|(_, paths)| paths.contains(&path))
}

/// Hides each flag from the help of subcommands in which it does nothing. The command must be built: before, these
/// flags stand at the top alone.
pub fn hide(command: Command, path: &str) -> Command {
    let leaf = command.get_subcommands().all(|inner| inner.get_name() == "help");
    let command = command.mut_args(|arg| {
        let hidden = if leaf || path.is_empty() { !acts(arg.get_id().as_str(), path) } else { false };
        if hidden { arg.hide(true) } else { arg }
    });
    command.mut_subcommands(|inner| {
        let name = inner.get_name().to_owned();
        let path = if path.is_empty() { name } else { format!("{path} {name}") };
        hide(inner, &path)
    })
}

/// A flag that was given and does nothing in this subcommand, with the subcommand's path.
pub fn idle(matches: &ArgMatches) -> Option<(&'static str, String)> {
    let (mut path, mut at) = (String::new(), matches);
    while let Some((name, inner)) = at.subcommand() {
        path = if path.is_empty() { name.to_owned() } else { format!("{path} {name}") };
        at = inner;
    }
    let given = |flag: &str| matches.value_source(flag) == Some(ValueSource::CommandLine);
    let flag = ACTS.iter().map(|(flag, _)| *flag).find(|flag| given(flag) && !acts(flag, &path))?;
    Some((flag, path))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The help of a subcommand.
    fn help(words: &[&str]) -> String {
        let all = ["forestall"].iter().chain(words).chain(&["--help"]);
        crate::cli::command().try_get_matches_from(all).expect_err("help is no match").to_string()
    }

    #[test]
    fn a_flag_is_shown_where_it_acts_and_refused_elsewhere() {
        for (words, shown, hidden) in [
            (&["run"][..], &["--out", "--json", "--quiet", "--replications"][..], &[][..]),
            (&["check"], &["--json", "--verbose"], &["--out"]),
            (&["schema"], &["--color"], &["--out", "--json"]),
            (&["sweep", "status"], &["--json"], &["--out"]),
            (&["man"], &["--out"], &["--json"]),
        ] {
            let text = help(words);
            assert!(shown.iter().all(|flag| text.contains(flag)), "{words:?}\n{text}");
            assert!(!hidden.iter().any(|flag| text.contains(flag)), "{words:?}\n{text}");
        }
        let found = |words: &[&str]| {
            let matches = crate::cli::command().try_get_matches_from(words).unwrap_or_else(|error| panic!("{error}"));
            idle(&matches)
        };
        assert_eq!(found(&["forestall", "run", "a.toml", "--out", "x", "--json"]), None);
        assert_eq!(found(&["forestall", "--out", "x", "schema"]), Some(("out", "schema".into())));
        assert_eq!(found(&["forestall", "sweep", "status", "x", "--out", "y"]), Some(("out", "sweep status".into())));
    }

    #[test]
    fn every_path_of_the_list_is_a_subcommand() {
        let command = crate::cli::command();
        for path in ACTS.iter().flat_map(|(_, paths)| paths.iter()) {
            let mut at = &command;
            for name in path.split(' ') {
                at = at.find_subcommand(name).unwrap_or_else(|| panic!("there is no {path}"));
            }
        }
    }
}
