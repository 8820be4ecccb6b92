//! Files that a user hands on from a finished folder, held against the record that stands beside them.

use std::path::Path;

use sha2::{Digest, Sha256};

use super::atomic;
use super::bounded;
use super::manifest::Manifest;

/// Keys of a record of ours; one changed byte cannot hide both.
const OURS: [&str; 2] = ["\"results_version\"", "\"git_commit\""];

/// Holds the content of a file against the checksum in `manifest.json` beside it, if that is a record of ours and lists
/// the file.
///
/// # Errors
/// What is wrong, and what would be right.
pub(crate) fn check(path: &Path, content: &[u8]) -> Result<(), String> {
    let record = path.with_file_name("manifest.json");
    let (Some(name), Ok(text)) = (path.file_name(), bounded::bytes(&record, bounded::TEXT)) else { return Ok(()) };
    let shown = String::from_utf8_lossy(&text);
    if !OURS.iter().any(|key| shown.contains(key)) {
        return Ok(());
    }
    let record = record.display();
    let manifest = Manifest::parse(&text).map_err(|found| {
        format!("{record}, which holds its checksum, is damaged ({found}); restore it, or remove it to go without")
    })?;
    match manifest.files.get(&*name.to_string_lossy()) {
        Some(expected) if *expected != atomic::hexadecimal(&Sha256::digest(content)) => Err(format!(
            "its checksum is not the one in {record}: one of them has changed since; restore it, or remove {record} if the \
             change is meant"
        )),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::atomic::tests::Scratch;
    use super::super::manifest::tests::sample;
    use super::*;

    #[test]
    fn a_file_is_held_against_the_record_beside_it() {
        let scratch = Scratch::new("beside");
        let (draws, record) = (scratch.0.join("posterior.csv"), scratch.0.join("manifest.json"));
        let text = b"draw,services.analysts\n0,12\n";
        assert_eq!(check(&draws, text), Ok(()), "no record");
        let mut manifest = sample("abc");
        manifest.save(&record).expect("saved");
        assert_eq!(check(&draws, text), Ok(()), "not listed");
        manifest.files.insert("posterior.csv".into(), atomic::write(&draws, text).expect("written"));
        manifest.save(&record).expect("saved");
        assert_eq!(check(&draws, text), Ok(()));
        let error = check(&draws, b"draw,services.analysts\n0,13\n").expect_err("changed");
        assert!(error.contains("checksum") && error.contains("manifest.json"), "{error}");
        let whole = std::fs::read(&record).expect("read");
        for place in 0..whole.len() {
            let mut damaged = whole.clone();
            damaged[place] ^= 4;
            std::fs::write(&record, &damaged).expect("damaged");
            let same = Manifest::parse(&damaged).is_ok_and(|m| m == manifest);
            assert_eq!(check(&draws, text).is_ok(), same, "byte {place} of the record");
        }
        std::fs::write(&record, "{\"name\": \"a web page\"}").expect("written");
        assert_eq!(check(&draws, text), Ok(()), "a record of another program");
    }
}
