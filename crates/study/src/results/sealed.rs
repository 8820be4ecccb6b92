//! Files that say their own checksum, so that what goes on from them notices a single changed byte.
//!
//! A state is one line of JSON, `{"sha256":"…","content":…}`, with the checksum of the bytes of the content. Records that
//! people read, such as `manifest.json` and `plan.json`, keep their form and have a field for [`sum`] instead.

use std::io;
use std::path::Path;

use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use super::atomic;
use super::bounded;
use super::error::ResultsError;

const BEFORE: &str = "{\"sha256\":\"";
const BETWEEN: &str = "\",\"content\":";
const AFTER: &str = "}\n";
/// Hexadecimal digits of a SHA-256.
const DIGITS: usize = 64;

/// The checksum of a value, by its compact JSON.
pub(crate) fn sum<T: Serialize>(value: &T) -> String {
    // Structs of numbers, texts and lists always become JSON.
    atomic::hexadecimal(&Sha256::digest(serde_json::to_vec(value).unwrap_or_default()))
}

/// Writes a state, whole or not at all.
///
/// # Errors
/// [`ResultsError::Io`].
pub(crate) fn write<T: Serialize>(path: &Path, state: &T) -> Result<(), ResultsError> {
    let content = serde_json::to_vec(state).map_err(|e| ResultsError::unsound(path, e.to_string()))?;
    let sum = atomic::hexadecimal(&Sha256::digest(&content));
    let text = [BEFORE.as_bytes(), sum.as_bytes(), BETWEEN.as_bytes(), &content, AFTER.as_bytes()].concat();
    atomic::write(path, &text).map(|_| ())
}

/// Reads a state; `None` where there is none yet. One without a checksum, as older versions left it, is read too.
///
/// # Errors
/// [`ResultsError::Corrupt`] where a byte is not what was written, [`ResultsError::Io`].
pub(crate) fn read<T: DeserializeOwned>(path: &Path) -> Result<Option<T>, ResultsError> {
    let text = match bounded::bytes(path, bounded::TABLE) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
        other => other.map_err(|e| ResultsError::io("read", path, e))?,
    };
    parse(&text).map(Some).map_err(|found| ResultsError::Corrupt {
        path: path.to_path_buf(),
        found,
        fix: "restore the file, or remove the folder and run again".into(),
    })
}

/// The state in a text, or what is wrong with it.
pub(crate) fn parse<T: DeserializeOwned>(text: &[u8]) -> Result<T, String> {
    let content = match text.strip_prefix(BEFORE.as_bytes()) {
        None => text,
        Some(rest) => {
            let wrong = || String::from("its checksum does not match its content");
            let (sum, rest) = rest.split_at_checked(DIGITS).ok_or_else(wrong)?;
            let rest = rest.strip_prefix(BETWEEN.as_bytes()).ok_or_else(wrong)?;
            let content = rest.strip_suffix(AFTER.as_bytes()).ok_or_else(wrong)?;
            if atomic::hexadecimal(&Sha256::digest(content)).as_bytes() != sum {
                return Err(wrong());
            }
            content
        }
    };
    serde_json::from_slice(content).map_err(|e| e.to_string())
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::super::atomic::tests::Scratch;
    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct State {
        numbers: Vec<f64>,
        note: Option<String>,
    }

    fn state() -> State {
        State { numbers: vec![0.1, -2.5e-300, 1.0 / 3.0], note: Some("a \"b\"".into()) }
    }

    #[test]
    fn what_is_written_is_read() {
        let scratch = Scratch::new("sealed");
        let path = scratch.0.join("state.json");
        assert_eq!(read::<State>(&path).expect("nothing there"), None);
        write(&path, &state()).expect("written");
        assert_eq!(read::<State>(&path).expect("read"), Some(state()));
        let json: serde_json::Value = serde_json::from_slice(&std::fs::read(&path).expect("read")).expect("JSON");
        assert!(json["content"]["numbers"].is_array());
    }

    #[test]
    fn a_state_of_an_older_version_is_read() {
        let text = serde_json::to_vec(&state()).expect("JSON");
        assert_eq!(parse::<State>(&text), Ok(state()));
    }

    #[test]
    fn every_changed_or_missing_byte_is_noticed() {
        let scratch = Scratch::new("sealed");
        let path = scratch.0.join("state.json");
        write(&path, &state()).expect("written");
        let whole = std::fs::read(&path).expect("read");
        for place in 0..whole.len() {
            for flip in [1_u8, 2, 16, 32, 128] {
                let mut text = whole.clone();
                text[place] ^= flip;
                assert!(parse::<State>(&text).is_err(), "byte {place} changed by {flip} went unnoticed");
            }
            assert!(parse::<State>(&whole[..place]).is_err(), "cut at {place} went unnoticed");
        }
        std::fs::write(&path, &whole[1..]).expect("damaged");
        let error = read::<State>(&path).expect_err("damaged");
        assert!(error.is_data_mismatch() && error.to_string().contains("state.json"), "{error}");
    }
}
