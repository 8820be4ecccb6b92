//! Tells the program from which commit it is built, so that manifests can name it.

use std::process::Command;

fn main() {
    for place in ["src", "crates", "Cargo.toml", "Cargo.lock", "build.rs"] {
        println!("cargo:rerun-if-changed={place}");
    }
    println!("cargo:rerun-if-env-changed=FORESTALL_COMMIT");
    // A packager who builds without the repository can name the commit.
    if std::env::var_os("FORESTALL_COMMIT").is_some() {
        return;
    }
    let Some(commit) = git(&["rev-parse", "--verify", "HEAD"]) else { return };
    // A commit moves one of these files; none of them is touched by anything else.
    for name in ["HEAD", "logs/HEAD", "packed-refs"] {
        if let Some(path) = git(&["rev-parse", "--git-path", name])
            && std::path::Path::new(&path).exists()
        {
            println!("cargo:rerun-if-changed={path}");
        }
    }
    let sources = ["status", "--porcelain", "--untracked-files=no", "--", "src", "crates", "Cargo.toml", "Cargo.lock"];
    let changed = git(&sources).is_some_and(|text| !text.is_empty());
    println!("cargo:rustc-env=FORESTALL_COMMIT={commit}{}", if changed { "-changed" } else { "" });
}

/// What git answers; nothing where there is no git or no repository of this project.
fn git(arguments: &[&str]) -> Option<String> {
    let root = std::env::var("CARGO_MANIFEST_DIR").ok()?;
    // A copy of the sources inside some other repository must not name that one's commit.
    if !std::path::Path::new(&root).join(".git").exists() {
        return None;
    }
    let output = Command::new("git").args(arguments).current_dir(&root).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
