//! Flags that every subcommand takes.

use std::io::IsTerminal;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use forestall_model::{Diagnostic, UsePosterior, visible, written_right};
use forestall_study::{Overrides, Provenance};

use super::terminal::tell;

/// Most warnings that are shown.
const MOST_WARNINGS: usize = 50;

/// Heading of the flags that act in every subcommand.
const EVERYWHERE: &str = "Options of every subcommand";

/// When to colour messages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Colour {
    /// On a terminal, unless `NO_COLOR` is set.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// Flags that every subcommand takes.
#[derive(Clone, Debug, Args)]
pub struct Common {
    /// Folder that receives results
    #[arg(long, global = true, value_name = "DIR", default_value = "output")]
    pub out: PathBuf,
    /// Whether the folder was named, and is not the default.
    #[arg(skip)]
    pub out_is_named: bool,
    /// The command line after the program's name.
    #[arg(skip)]
    pub arguments: Vec<String>,
    /// Print the answer as JSON on standard output, the verdict first
    #[arg(long, global = true)]
    pub json: bool,
    /// Colour messages
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto", help_heading = EVERYWHERE)]
    pub color: Colour,
    /// Print errors only
    #[arg(short, long, global = true, help_heading = EVERYWHERE)]
    pub quiet: bool,
    /// Say what is read and written, and what for
    #[arg(short, long, global = true, conflicts_with = "quiet", help_heading = EVERYWHERE)]
    pub verbose: bool,
}

impl Common {
    /// Whether to colour what goes to standard error.
    pub fn coloured(&self) -> bool {
        match self.color {
            Colour::Always => true,
            Colour::Never => false,
            Colour::Auto => std::env::var_os("NO_COLOR").is_none() && std::io::stderr().is_terminal(),
        }
    }

    /// Says something on standard error unless asked to be quiet.
    pub fn say(&self, text: &str) {
        if !self.quiet {
            tell(&visible(text));
        }
    }

    /// Says on standard error, where more was asked for, what is done and why.
    pub fn detail(&self, text: &str) {
        if self.verbose {
            tell(&visible(text));
        }
    }

    /// Says warnings about a scenario.
    pub fn warn(&self, warnings: &[Diagnostic]) {
        for warning in warnings.iter().take(MOST_WARNINGS) {
            if !self.quiet {
                tell(warning.render(self.coloured()).trim_end());
            }
        }
        if let Some(more) = warnings.len().checked_sub(MOST_WARNINGS).filter(|more| *more > 0) {
            self.say(&format!("… and {more} more warnings"));
        }
    }

    /// Where results of this command come from.
    pub fn provenance(&self) -> Provenance {
        Provenance { arguments: self.arguments.clone(), git_commit: git_commit() }
    }
}

/// Says on standard error what has failed, though not all of what was asked for: `-q` does not hush it.
pub fn fault(text: &str) {
    tell(&visible(text));
}

/// Commit of the program's source, where the build knows it.
pub fn git_commit() -> Option<String> {
    option_env!("FORESTALL_COMMIT").map(Into::into)
}

/// What to make of draws from a posterior.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum PosteriorUse {
    /// Each draw for two replications: results show random variation and parameter uncertainty apart
    #[default]
    Draws,
    /// The mean over draws for all replications
    Mean,
    /// Leave the posterior aside: the values of the files
    None,
}

impl PosteriorUse {
    /// The same as the scenario room calls it.
    pub fn chosen(self) -> UsePosterior {
        match self {
            Self::Draws => UsePosterior::Draws,
            Self::Mean => UsePosterior::Mean,
            Self::None => UsePosterior::None,
        }
    }
}

/// A date as the command line writes it.
///
/// # Errors
/// How a date is written, for anything else.
pub fn date(text: &str) -> Result<jiff::civil::Date, String> {
    let wrong = || {
        let hint = written_right(text).unwrap_or_else(|| "write it like 2015-12-31".into());
        format!("this is no date; {hint}")
    };
    text.trim().parse().map_err(|_| wrong())
}

/// Flags of the subcommands that read a scenario.
#[derive(Clone, Debug, Args)]
pub struct ScenarioOptions {
    /// The scenario file
    #[arg(value_name = "SCENARIO")]
    pub scenario: PathBuf,
    /// Set a parameter: `services.analysts=120`, `countries.FR.leads.committed_per_year=0.4`
    #[arg(long = "set", value_name = "PATH=VALUE")]
    pub sets: Vec<String>,
    /// Seed of all random numbers
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// Last day of the run, in place of the scenario's
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub until: Option<jiff::civil::Date>,
    /// Run under one of the scenario's `[alternatives]`; "" under none
    #[arg(long, value_name = "NAME")]
    pub alternative: Option<String>,
}

impl ScenarioOptions {
    /// What is laid over the scenario.
    pub fn overrides(&self, replications: Option<u64>, posterior: Option<PosteriorUse>) -> Overrides {
        Overrides {
            sets: self.sets.clone(),
            seed: self.seed,
            replications,
            until: self.until,
            alternative: self.alternative.clone(),
            posterior: posterior.map(PosteriorUse::chosen),
        }
    }
}

/// The flags that lay the same over a scenario.
pub fn flags(overrides: &Overrides) -> Vec<String> {
    let mut flags: Vec<String> = overrides.sets.iter().flat_map(|set| ["--set".to_owned(), set.clone()]).collect();
    let mut add = |flag: &str, value: Option<String>| {
        flags.extend(value.into_iter().flat_map(|value| [flag.to_owned(), value]));
    };
    add("--seed", overrides.seed.map(|seed| seed.to_string()));
    add("--until", overrides.until.map(|until| until.to_string()));
    add("--alternative", overrides.alternative.clone());
    add("--replications", overrides.replications.map(|n| n.to_string()));
    let posterior = match overrides.posterior {
        None | Some(UsePosterior::Draws) => None,
        Some(UsePosterior::Mean) => Some("mean".to_owned()),
        Some(UsePosterior::None) => Some("none".to_owned()),
    };
    add("--posterior", posterior);
    flags
}
