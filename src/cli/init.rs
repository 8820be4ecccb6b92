//! `forestall init`: a commented scenario to start from.

use std::path::PathBuf;

use anyhow::Context;
use clap::Args;

use forestall_model::visible;
use forestall_study::scheduler::quoted;

use super::outcome::{Exit, Failure};
use super::terminal::{print, tell};

/// What `init` takes.
#[derive(Debug, Args)]
pub struct Arguments {
    /// File to write; standard output if none is given
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    /// Which template, see `forestall list templates`
    #[arg(long, value_name = "NAME", default_value = "minimal")]
    template: String,
    /// Overwrite an existing file
    #[arg(long)]
    force: bool,
}

/// The scenarios that come with the program, by name.
pub const TEMPLATES: [(&str, &str); 15] = [
    ("minimal", ""),
    ("quickstart", include_str!("../../scenarios/quickstart.toml")),
    ("europe-hand-set", include_str!("../../scenarios/europe-hand-set.toml")),
    ("united-states-hand-set", include_str!("../../scenarios/united-states-hand-set.toml")),
    ("cross-border-cell", include_str!("../../scenarios/cross-border-cell.toml")),
    ("territory-collapse", include_str!("../../scenarios/territory-collapse.toml")),
    ("command-versus-influence", include_str!("../../scenarios/command-versus-influence.toml")),
    ("two-organisations", include_str!("../../scenarios/two-organisations.toml")),
    ("virtual-entrepreneurs", include_str!("../../scenarios/virtual-entrepreneurs.toml")),
    ("travel-bans", include_str!("../../scenarios/travel-bans.toml")),
    ("pool-or-watchers", include_str!("../../scenarios/pool-or-watchers.toml")),
    ("announced-tightening", include_str!("../../scenarios/announced-tightening.toml")),
    ("published-record", include_str!("../../scenarios/published-record.toml")),
    ("terror-queue", include_str!("../../scenarios/terror-queue.toml")),
    ("erlang-a", include_str!("../../scenarios/erlang-a.toml")),
];

/// Writes the template.
pub fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let Some((name, text)) = TEMPLATES.iter().find(|(name, _)| *name == arguments.template) else {
        let known: Vec<&str> = TEMPLATES.iter().map(|t| t.0).collect();
        return Err(Failure::usage(format!(
            "no template is called `{}`; there are {}",
            arguments.template,
            known.join(", ")
        )));
    };
    let text =
        if *name == "minimal" { forestall_model::minimal(&forestall_model::registry()) } else { (*text).to_string() };
    match &arguments.file {
        None => print(&text),
        Some(file) if file.exists() && !arguments.force => {
            return Err(Failure::usage(format!("{} exists; give --force to overwrite it", file.display())));
        }
        Some(file) => {
            std::fs::write(file, text).with_context(|| format!("cannot write {}", file.display()))?;
            let word = quoted(&file.display().to_string());
            tell(&visible(&format!("wrote {}; try: forestall check {word}", file.display())));
        }
    }
    Ok(Exit::Done)
}
