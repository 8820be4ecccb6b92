//! Results of a program that computes otherwise are refused; those of one that computes the same are taken.

use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::cli::{Scratch, forestall, run_folder, small, text};

/// The parts of a run.
fn parts(folder: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = std::fs::read_dir(folder.join("parts"))
        .expect("parts")
        .map(|entry| entry.expect("entry").path())
        .filter(|path| path.extension().is_some_and(|e| e == "part"))
        .collect();
    found.sort();
    found
}

/// Rewrites a field of a part's header and makes the checksum right again: what another program would have written.
fn replant(part: &Path, field: &str, value: &str) {
    let bytes = std::fs::read(part).expect("part");
    let length = u64::from_le_bytes(bytes[8..16].try_into().expect("eight bytes")) as usize;
    let mut header: serde_json::Value = serde_json::from_slice(&bytes[16..16 + length]).expect("header");
    assert!(header.get(field).is_some(), "the header has no `{field}`");
    header[field] = value.into();
    let header = serde_json::to_vec(&header).expect("header");
    let mut content = bytes[..8].to_vec();
    content.extend((header.len() as u64).to_le_bytes());
    content.extend(&header);
    content.extend(&bytes[16 + length..bytes.len() - 32]);
    let sum = Sha256::digest(&content);
    content.extend(sum.as_slice());
    std::fs::write(part, content).expect("written");
}

/// Rewrites a field of the manifest.
fn replant_manifest(folder: &Path, field: &str, value: &str) {
    let path = folder.join("manifest.json");
    let text = std::fs::read_to_string(&path).expect("manifest");
    let mut manifest: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    assert!(manifest.get(field).is_some(), "the manifest has no `{field}`");
    manifest[field] = value.into();
    // As a record of another program, and not as a damaged one of this.
    manifest.as_object_mut().expect("an object").remove("checksum");
    std::fs::write(&path, format!("{manifest:#}")).expect("written");
}

/// A finished run of two replications, with its folder.
fn finished(name: &str) -> (Scratch, PathBuf) {
    let scratch = Scratch::new(name);
    scratch.file("small.toml", &small());
    let out = forestall(&scratch, &["run", "small.toml", "--replications", "2", "--policies", ""]);
    assert_eq!(out.status.code(), Some(0), "{}", text(&out.stderr));
    let folder = run_folder(&scratch, "output");
    (scratch, folder)
}

fn more(scratch: &Scratch) -> (Option<i32>, String) {
    let out = forestall(scratch, &["run", "small.toml", "--replications", "3", "--policies", ""]);
    (out.status.code(), text(&out.stderr))
}

#[test]
fn a_part_of_a_program_that_computes_otherwise_is_refused() {
    let (scratch, folder) = finished("program-part");
    let other = "0123456789abcdef".repeat(4);
    replant(&parts(&folder)[0], "program", &other);
    let before = std::fs::read(&parts(&folder)[0]).expect("part");
    let (code, said) = more(&scratch);
    assert_eq!(code, Some(5), "{said}");
    assert!(said.contains(".part") && said.contains("computes otherwise"), "{said}");
    assert!(said.contains("0123456789ab") && said.contains("--out"), "what was found, and what to do: {said}");
    assert_eq!(std::fs::read(&parts(&folder)[0]).expect("kept"), before, "nothing already computed is lost");
}

#[test]
fn a_part_of_another_program_that_computes_the_same_is_taken() {
    let (scratch, folder) = finished("program-same");
    let part = parts(&folder)[0].clone();
    replant(&part, "version", "9.9.9");
    replant_manifest(&folder, "version", "9.9.9");
    replant_manifest(&folder, "git_commit", "somebody else's");
    let before = std::fs::read(&part).expect("part");
    let (code, said) = more(&scratch);
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(std::fs::read(&part).expect("kept"), before);
    assert_eq!(parts(&folder).len(), 2, "only the new replication was computed");
}

#[test]
fn a_folder_of_a_program_that_computes_otherwise_is_refused() {
    let (scratch, folder) = finished("program-folder");
    replant_manifest(&folder, "program", &"fedcba9876543210".repeat(4));
    for part in parts(&folder) {
        std::fs::remove_file(part).expect("removed");
    }
    let (code, said) = more(&scratch);
    assert_eq!(code, Some(5), "{said}");
    assert!(said.contains("computes otherwise") && said.contains("fedcba987654"), "{said}");
    let out = forestall(&scratch, &["replay", &folder.display().to_string(), "--summary"]);
    assert_eq!(out.status.code(), Some(5), "{}", text(&out.stderr));
    assert!(text(&out.stderr).contains("computes otherwise"), "{}", text(&out.stderr));
}

#[test]
fn the_manifest_names_the_commit_of_the_build() {
    let inside = std::process::Command::new("git")
        .args(["rev-parse", "--verify", "HEAD"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .ok()
        .filter(|o| o.status.success() && Path::new(env!("CARGO_MANIFEST_DIR")).join(".git").exists());
    let (_scratch, folder) = finished("program-commit");
    let manifest: serde_json::Value =
        serde_json::from_slice(&std::fs::read(folder.join("manifest.json")).expect("manifest")).expect("JSON");
    let commit = manifest["git_commit"].as_str().map(str::to_owned);
    match (inside, std::env::var("FORESTALL_COMMIT")) {
        (_, Ok(named)) => assert_eq!(commit, Some(named)),
        (Some(head), _) => {
            let head = text(&head.stdout);
            let commit = commit.expect("a build from a clone names its commit");
            assert_eq!(commit.trim_end_matches("-changed"), head.trim());
        }
        (None, _) => assert_eq!(commit, None),
    }
}
