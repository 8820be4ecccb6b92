//! `forestall completions` and `forestall man`.

use anyhow::Context;
use clap::{Args, Command};

use super::outcome::{Exit, Failure};
use super::terminal::print;

/// Which shell.
#[derive(Debug, Args)]
pub struct Shell {
    /// The shell that will read the script
    #[arg(value_enum)]
    shell: clap_complete::Shell,
}

/// Prints a completion script.
pub fn completions(shell: &Shell, command: &mut Command) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell.shell, command, "forestall", &mut script);
    print(&String::from_utf8_lossy(&script));
    Ok(Exit::Done)
}

/// Prints the manual page.
pub fn man(command: Command) -> Result<Exit, Failure> {
    let mut page = Vec::new();
    clap_mangen::Man::new(command).render(&mut page).context("cannot write the manual page")?;
    print(&String::from_utf8_lossy(&page));
    Ok(Exit::Done)
}
