//! Every command that a document shows is one: its subcommand and all its flags exist.

use std::collections::BTreeSet;
use std::process::Command;

use crate::docs::{read, root};

/// The commands in the shell blocks of a text, each whole, without comments.
fn commands(text: &str) -> Vec<String> {
    let (mut found, mut shell, mut open) = (Vec::new(), false, String::new());
    for line in text.lines() {
        if let Some(language) = line.trim_start().strip_prefix("```") {
            shell = !shell && matches!(language.trim(), "sh" | "bash");
            continue;
        }
        if !shell {
            continue;
        }
        let bare = line.split(" #").next().unwrap_or_default().trim_end();
        let bare = if open.is_empty() { bare.trim_start() } else { bare };
        if let Some(part) = bare.strip_suffix('\\') {
            open += part;
            continue;
        }
        let whole = std::mem::take(&mut open) + bare;
        let start = ["cargo run --release -- ", "forestall "]
            .into_iter()
            .find_map(|begin| whole.strip_prefix(begin).map(str::to_owned));
        found.extend(start);
    }
    found
}

/// The words of a command, as a shell splits them; what a variable holds is any number.
fn words(command: &str) -> Vec<String> {
    let (mut all, mut word, mut quoted, mut begun) = (Vec::new(), String::new(), None, false);
    let mut letters = command.chars().peekable();
    while let Some(letter) = letters.next() {
        match (letter, quoted) {
            (c, Some(q)) if c == q => quoted = None,
            ('"' | '\'', None) => (quoted, begun) = (Some(letter), true),
            ('$', None | Some('"')) => {
                while letters.next_if(|c| c.is_alphanumeric() || *c == '_').is_some() {}
                word.push('1');
                begun = true;
            }
            (' ', None) if begun => {
                all.push(std::mem::take(&mut word));
                begun = false;
            }
            (' ', None) => {}
            (c, _) => {
                word.push(c);
                begun = true;
            }
        }
    }
    if begun {
        all.push(word);
    }
    // What follows these is for the shell.
    let end = all.iter().position(|w| matches!(w.as_str(), "|" | ">" | "2>" | "&&" | ";" | "&")).unwrap_or(all.len());
    all.truncate(end);
    all
}

#[test]
fn every_command_shown_is_one() {
    let mut pages = vec![root().join("README.md"), root().join("CONTRIBUTING.md")];
    for folder in ["docs", "docs/mechanisms"] {
        let entries = std::fs::read_dir(root().join(folder)).expect("a folder");
        pages.extend(entries.map(|e| e.expect("entry").path()).filter(|p| p.extension().is_some_and(|e| e == "md")));
    }
    let mut all: BTreeSet<(String, String)> = BTreeSet::new();
    for page in &pages {
        let name = page.strip_prefix(root()).unwrap_or(page).display().to_string();
        all.extend(commands(&read(page)).into_iter().map(|command| (name.clone(), command)));
    }
    assert!(all.len() > 60, "{} commands were found", all.len());
    let mut wrong = Vec::new();
    for (page, command) in &all {
        // Asked for help at the end, the program reads all that comes before it first.
        let done = Command::new(env!("CARGO_BIN_EXE_forestall"))
            .args(words(command))
            .arg("--help")
            .output()
            .expect("program runs");
        if !done.status.success() {
            let told = String::from_utf8_lossy(&done.stderr).to_string();
            wrong.push(format!("{page}: forestall {command}\n    {}", told.lines().next().unwrap_or_default()));
        }
    }
    assert!(wrong.is_empty(), "commands that the program does not know:\n{}", wrong.join("\n"));
}

#[test]
fn commands_are_found_and_split_as_a_shell_does() {
    let text = "```sh\nforestall run a.toml --set \"x=1 2\" \\\n  --policies ''   # why\nfor i in 1; do\n  forestall list $i\n\
                done\n```\n\n```toml\nforestall = 1\n```\n";
    assert_eq!(commands(text), ["run a.toml --set \"x=1 2\"   --policies ''", "list $i"]);
    assert_eq!(
        words("run a.toml --set \"x=1 2\"   --policies ''"),
        ["run", "a.toml", "--set", "x=1 2", "--policies", ""]
    );
    assert_eq!(words("list --set a=$i | head"), ["list", "--set", "a=1"]);
    let done =
        Command::new(env!("CARGO_BIN_EXE_forestall")).args(["run", "a.toml", "--replikations", "3", "--help"]).output();
    assert!(!done.expect("program runs").status.success(), "an unknown flag is seen");
}
