//! Near misses on the command line: flags as people write them elsewhere, each with the one that is meant.

use clap::Command;
use clap::error::{ContextKind, ContextValue, ErrorKind};

/// Flags of other programs, with ours.
const MEANT: [(&str, &str); 10] = [
    ("--runs", "--replications"),
    ("--n", "--replications"),
    ("--iterations", "--replications"),
    ("--jobs", "--threads"),
    ("--cores", "--threads"),
    ("--cpus", "--threads"),
    ("--dir", "--out"),
    ("--format", "--json"),
    ("--silent", "--quiet"),
    ("--param", "--set"),
];

/// An error over an unknown flag that says which one is meant, where that is known better than by likeness of letters.
pub fn advise(error: clap::Error, command: &Command, arguments: &[String]) -> clap::Error {
    let ErrorKind::UnknownArgument = error.kind() else { return error };
    let Some(ContextValue::String(flag)) = error.get(ContextKind::InvalidArg) else { return error };
    let at = named(command, arguments);
    let Some(meant) = meant(flag, &flags(at)) else { return error };
    // The parser's own error would show a usage with the flag that it takes for the likeliest.
    let mut told = clap::Error::new(ErrorKind::UnknownArgument).with_cmd(at);
    told.insert(ContextKind::InvalidArg, ContextValue::String(flag.clone()));
    told.insert(ContextKind::SuggestedArg, ContextValue::String(meant));
    told.insert(ContextKind::Usage, ContextValue::StyledStr(at.clone().render_usage()));
    told
}

/// The subcommand that the arguments name.
fn named<'c>(command: &'c Command, arguments: &[String]) -> &'c Command {
    arguments.iter().fold(command, |at, word| at.find_subcommand(word).unwrap_or(at))
}

/// The long flags that a subcommand shows.
fn flags(command: &Command) -> Vec<String> {
    let shown = command.get_arguments().filter(|arg| !arg.is_hide_set());
    shown.filter_map(|arg| arg.get_long()).map(|long| format!("--{long}")).collect()
}

/// The flag that is meant: one that begins in the same way, or does what the name says elsewhere.
fn meant(flag: &str, known: &[String]) -> Option<String> {
    let flag = flag.split('=').next().unwrap_or_default().to_lowercase();
    let stem = flag.strip_suffix('s').unwrap_or(&flag);
    let begins = |long: &&String| stem.len() >= 5 && long.starts_with(stem);
    let elsewhere = || MEANT.iter().find(|(other, _)| *other == flag).map(|(_, own)| (*own).to_owned());
    known.iter().find(begins).cloned().or_else(|| elsewhere().filter(|own| known.contains(own)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_of_other_programs_lead_to_ours() {
        let told = |words: &[&str]| {
            let all: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
            let command = crate::cli::command();
            let error = command.clone().try_get_matches_from(&all).expect_err("no such flag");
            advise(error, &command, &all[1..]).to_string()
        };
        for (words, flag) in [
            (&["forestall", "run", "a.toml", "--reps", "20"][..], "--replications"),
            (&["forestall", "run", "a.toml", "--rep=20"], "--replications"),
            (&["forestall", "run", "a.toml", "--runs", "20"], "--replications"),
            (&["forestall", "run", "a.toml", "--jobs", "2"], "--threads"),
            (&["forestall", "run", "a.toml", "--policy", "a"], "--policies"),
            (&["forestall", "sweep", "plan", "a.toml", "--reps", "3"], "--replications"),
            (&["forestall", "select", "a.toml", "--conf", "0.9"], "--confidence"),
        ] {
            let text = told(words);
            assert!(text.contains(&format!("a similar argument exists: '{flag}'")), "{words:?}\n{text}");
        }
        assert!(!told(&["forestall", "schema", "--runs", "3"]).contains("similar"));
    }
}
