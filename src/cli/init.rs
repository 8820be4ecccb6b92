//! `forestall init`: a scenario to start from, with the schema and all files that it names beside it.

use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Args;

use forestall_model::{did_you_mean, registry};
use forestall_study::{atomic, scheduler::quoted};

use super::options::Common;
use super::outcome::{Exit, Failure};
use super::templates::{self, Copied, MINIMAL, SCHEMA};
use super::terminal::print;

/// What `init` takes.
#[derive(Debug, Args)]
pub struct Arguments {
    /// File to write; standard output if none is given
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    /// Which template: a shipped scenario, copied with all that it names; see `forestall list templates`
    #[arg(long, value_name = "NAME", default_value = MINIMAL)]
    template: String,
    /// Overwrite existing files
    #[arg(long)]
    force: bool,
}

/// Writes the template.
pub fn run(arguments: &Arguments, common: &Common) -> Result<Exit, Failure> {
    let name = arguments.template.trim_end_matches(".toml").trim_start_matches("scenarios/");
    let found = if name == MINIMAL {
        Some(Copied { text: forestall_model::minimal(&registry()), beside: Vec::new() })
    } else {
        templates::copied(name)
    };
    let found = found.ok_or_else(|| unknown(name))?;
    match &arguments.file {
        None => {
            print(&found.text);
            if let Some((first, _)) = found.beside.first() {
                let more = found.beside.len() - 1;
                common.say(&format!("it names {first} and {more} more files; give a FILE to get them too"));
            }
        }
        Some(file) => write(file, &found, arguments.force, common)?,
    }
    Ok(Exit::Done)
}

fn unknown(name: &str) -> Failure {
    let known = templates::all();
    let names = || known.iter().map(|template| template.0.as_str());
    let all = || format!("there are {}", names().collect::<Vec<_>>().join(", "));
    let help = did_you_mean(name, names()).unwrap_or_else(all);
    Failure::usage(format!("no template is called `{name}`; {help}"))
}

/// Writes scenario, schema and all other files, or nothing where one of them would replace something else.
fn write(file: &Path, found: &Copied, force: bool, common: &Common) -> Result<(), Failure> {
    let folder = file.parent().unwrap_or(Path::new(""));
    if file.exists() && !force {
        return Err(Failure::usage(format!("{} exists; give --force to overwrite it", file.display())));
    }
    let mut others = Vec::new();
    for (path, text) in &found.beside {
        let path = folder.join(path);
        if path == file {
            let message = format!("the template names a file {} of its own; give yours another name", path.display());
            return Err(Failure::usage(message));
        }
        match std::fs::read_to_string(&path) {
            Ok(there) if there == *text => {}
            Ok(_) if !force => {
                let message = format!(
                    "{} exists and is not the file that the template names; choose another folder, or give --force to \
                     overwrite it",
                    path.display()
                );
                return Err(Failure::usage(message));
            }
            _ => others.push((path, text)),
        }
    }
    let schema = folder.join(SCHEMA);
    let text = format!("{:#}\n", forestall_model::json_schema(&registry()));
    // One of another version is ours as well, and would mark what is right today as wrong.
    let foreign = std::fs::read_to_string(&schema).is_ok_and(|there| !there.contains("\"forestall scenario\""));
    for (path, text) in &others {
        atomic::write(path, text.as_bytes())?;
    }
    if foreign && !force {
        common.say(&format!(
            "warning: {} is something else and was left; editors will not find the schema",
            schema.display()
        ));
    } else {
        atomic::write(&schema, text.as_bytes())?;
    }
    atomic::write(file, found.text.as_bytes()).with_context(|| format!("cannot write {}", file.display()))?;
    let word = quoted(&file.display().to_string());
    let more = match others.len() {
        0 => String::new(),
        1 => ", one file that it names".into(),
        n => format!(", {n} files that it names"),
    };
    common.say(&format!("wrote {}{more} and {}", file.display(), schema.display()));
    common.say(&format!("next: forestall check {word}    then: forestall run {word}"));
    Ok(())
}
