//! Files that users name, read within bounds: regular files only, of a stated size, as UTF-8 where text is meant.

use std::fs::{File, Metadata};
use std::io::{self, ErrorKind, Read};
use std::path::Path;

/// Under this target of the `log` facade every file that is read is told; nothing is printed unless a program listens.
pub const READ: &str = "forestall::read";
/// Most bytes of a text that people write: a scenario and what it names, a problem, a file of facts, a plan.
pub(crate) const TEXT: u64 = 64 << 20;
/// Most bytes of a table as text.
pub(crate) const TABLE: u64 = 1 << 30;
/// Most bytes of a file that the program itself has written: as many as it wrote.
pub(crate) const OWN: u64 = u64::MAX >> 1;

/// Opens a regular file of at most `most` bytes. A folder, a device, a pipe and a socket are refused before they are
/// opened, so that none is waited for.
///
/// # Errors
/// What the file is instead, its size, or the system's own reason.
pub(crate) fn open(path: &Path, most: u64) -> io::Result<File> {
    check(&std::fs::metadata(path)?, most)?;
    let file = File::open(path)?;
    // The name may mean another file by now.
    check(&file.metadata()?, most)?;
    log::info!(target: READ, "{}", path.display());
    Ok(file)
}

/// The bytes of a regular file of at most `most`.
///
/// # Errors
/// Those of [`open`], and what reading meets.
pub(crate) fn bytes(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    let file = open(path, most)?;
    let length = file.metadata()?.len();
    let mut content = Vec::new();
    if length == 0 {
        // Files that the system makes up on reading have no size either, and some never end.
        return Ok(content);
    }
    content.try_reserve_exact(usize::try_from(length).unwrap_or(usize::MAX)).map_err(|_| too_large(length, most))?;
    // It may grow while it is read.
    file.take(most + 1).read_to_end(&mut content)?;
    if content.len() as u64 > most {
        return Err(too_large(content.len() as u64, most));
    }
    Ok(content)
}

/// The text of a regular file of at most `most` bytes; a byte order mark stays.
///
/// # Errors
/// Those of [`bytes`], and where the first byte stands that is no UTF-8.
pub(crate) fn text(path: &Path, most: u64) -> io::Result<String> {
    String::from_utf8(bytes(path, most)?).map_err(|error| {
        let sound = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = sound.split(|byte| *byte == b'\n').count();
        invalid(format!("it is no text in UTF-8 (line {line}); save it as UTF-8"))
    })
}

fn check(found: &Metadata, most: u64) -> io::Result<()> {
    if !found.is_file() {
        return Err(invalid(format!("it is {}, no regular file; name a file", kind(found))));
    }
    if found.len() > most { Err(too_large(found.len(), most)) } else { Ok(()) }
}

fn kind(found: &Metadata) -> &'static str {
    if found.is_dir() {
        return "a folder";
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        let kind = found.file_type();
        if kind.is_fifo() {
            return "a pipe";
        }
        if kind.is_socket() {
            return "a socket";
        }
        if kind.is_char_device() || kind.is_block_device() {
            return "a device";
        }
    }
    "something else"
}

fn too_large(found: u64, most: u64) -> io::Error {
    invalid(format!("it has {found} bytes; at most {most} are read"))
}

fn invalid(reason: String) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, reason)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    /// A folder of its own, removed at the end.
    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let path = std::env::temp_dir().join(format!("forestall-bounded-{}-{name}", std::process::id()));
            std::fs::create_dir_all(&path).expect("made");
            Self(path)
        }

        fn file(&self, name: &str, content: &[u8]) -> PathBuf {
            let path = self.0.join(name);
            std::fs::write(&path, content).expect("written");
            path
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }

    fn told(path: &Path, most: u64) -> String {
        text(path, most).expect_err("refused").to_string()
    }

    #[test]
    fn a_file_within_its_bounds_is_read() {
        let folder = Folder::new("within");
        assert_eq!(text(&folder.file("a", "étude\n".as_bytes()), 7).expect("read"), "étude\n");
        assert_eq!(text(&folder.file("b", b""), 7).expect("read"), "");
    }

    #[test]
    fn size_and_encoding_are_told() {
        let folder = Folder::new("told");
        assert_eq!(told(&folder.file("a", b"12345678"), 7), "it has 8 bytes; at most 7 are read");
        assert!(told(&folder.file("b", b"x\ny\n\xff\n"), 7).contains("no text in UTF-8 (line 3)"));
        // A size that the disk does not hold is refused before memory is asked for.
        let sparse = folder.0.join("sparse");
        File::create(&sparse).expect("made").set_len(1 << 40).expect("sparse");
        assert!(told(&sparse, TABLE).contains("it has 1099511627776 bytes"));
    }

    #[test]
    fn a_missing_file_keeps_the_words_of_the_system() {
        let folder = Folder::new("missing");
        assert_eq!(bytes(&folder.0.join("no"), 7).expect_err("refused").kind(), ErrorKind::NotFound);
    }

    #[cfg(unix)]
    #[test]
    fn what_is_no_regular_file_is_named_and_not_waited_for() {
        let folder = Folder::new("kinds");
        assert!(told(&folder.0, 7).contains("it is a folder, no regular file"));
        assert!(told(Path::new("/dev/zero"), 7).contains("it is a device"));
        let socket = folder.0.join("socket");
        let _listener = std::os::unix::net::UnixListener::bind(&socket).expect("bound");
        assert!(told(&socket, 7).contains("it is a socket"));
        let pipe = folder.0.join("pipe");
        if std::process::Command::new("mkfifo").arg(&pipe).status().is_ok_and(|s| s.success()) {
            assert!(told(&pipe, 7).contains("it is a pipe"));
            let link = folder.0.join("link");
            std::os::unix::fs::symlink(&pipe, &link).expect("linked");
            assert!(told(&link, 7).contains("it is a pipe"), "links are followed");
        }
    }
}
