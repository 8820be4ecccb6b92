//! `forestall completions` and `forestall man`.

use anyhow::Context;
use clap::{Args, Command};

use forestall_study::atomic;

use super::options::Common;
use super::outcome::{Exit, Failure};
use super::terminal::print;

/// Which shell.
#[derive(Debug, Args)]
pub struct Shell {
    /// The shell that will read the script
    #[arg(value_enum)]
    shell: clap_complete::Shell,
}

/// What `man` takes.
#[derive(Debug, Args)]
#[command(after_help = "With --out the pages of the program and of every subcommand are written into that folder.")]
pub struct Manual {
    /// The subcommand, such as `run` or `sweep plan`; the program itself if none is named
    #[arg(value_name = "SUBCOMMAND", num_args = 0..=2)]
    path: Vec<String>,
}

/// Prints a completion script.
pub fn completions(shell: &Shell, command: &mut Command) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell.shell, command, "forestall", &mut script);
    print(&String::from_utf8_lossy(&script));
    Ok(Exit::Done)
}

/// Prints a manual page, or writes all.
pub fn man(arguments: &Manual, command: Command, common: &Common) -> Result<Exit, Failure> {
    let mut at = command;
    for name in &arguments.path {
        let known: Vec<String> = at.get_subcommands().map(|inner| inner.get_name().to_owned()).collect();
        let inner = at.find_subcommand(name).cloned();
        at = inner.ok_or_else(|| {
            let known = if known.is_empty() { "none".into() } else { known.join(", ") };
            Failure::usage(format!("there is no subcommand `{name}`; there are: {known}"))
        })?;
    }
    if !common.out_is_named {
        print(&String::from_utf8_lossy(&page(at)?));
        return Ok(Exit::Done);
    }
    let mut pages = Vec::new();
    gather(&at, &mut pages);
    for one in pages {
        let path = common.out.join(format!("{}.1", one.get_display_name().unwrap_or_else(|| one.get_name())));
        atomic::write(&path, &page(one)?)?;
        print(&path.display().to_string());
    }
    Ok(Exit::Done)
}

/// A command and all that are below it, but for `help`.
fn gather(command: &Command, pages: &mut Vec<Command>) {
    pages.push(command.clone());
    let inner = command.get_subcommands().filter(|inner| inner.get_name() != "help" && !inner.is_hide_set());
    for inner in inner {
        gather(inner, pages);
    }
}

fn page(command: Command) -> Result<Vec<u8>, Failure> {
    let mut page = Vec::new();
    clap_mangen::Man::new(command).render(&mut page).context("cannot write the manual page")?;
    Ok(page)
}
