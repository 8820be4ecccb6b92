//! Files that appear under their name whole or not at all.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use sha2::{Digest, Sha256};

use super::bounded;
use super::error::ResultsError;

/// Distinguishes the temporary names of files written by one process.
static NEXT: AtomicU64 = AtomicU64::new(0);
const MARK: &str = ".unfinished-";
/// Under this target of the `log` facade every file that has been written is told.
pub const WROTE: &str = "forestall::wrote";
/// Folders in which this process has written, each free of what dead writers left from then on.
static CLEANED: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

/// A file being written under a temporary name in its folder; dropped without [`Self::commit`] it vanishes.
#[derive(Debug)]
pub struct AtomicFile {
    file: File,
    temporary: PathBuf,
    path: PathBuf,
    digest: Sha256,
    committed: bool,
}

impl AtomicFile {
    /// Begins to write what will become `path`; missing folders are made. What dead writers left half-written in the
    /// folder is removed when the process first writes there.
    ///
    /// # Errors
    /// [`ResultsError::Io`] if the folder or file cannot be made.
    pub fn create(path: &Path) -> Result<Self, ResultsError> {
        let folder = folder_of(path);
        fs::create_dir_all(folder).map_err(|e| ResultsError::io("make folder", folder, e))?;
        clean_once(folder);
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let temporary = folder.join(format!(".{name}{MARK}{}-{}-{number}", super::lock::host(), std::process::id()));
        let file = File::create(&temporary).map_err(|e| ResultsError::io("write", &temporary, e))?;
        Ok(Self { file, temporary, path: path.to_path_buf(), digest: Sha256::new(), committed: false })
    }

    /// Puts the file in place, replacing an older one; returns the SHA-256 of its content in hexadecimal.
    ///
    /// The content reaches the disk before the name does, so that not even a power cut shows half a file.
    ///
    /// # Errors
    /// [`ResultsError::Io`] if the disk or the rename refuses; the older file is then still in place.
    pub fn commit(mut self) -> Result<String, ResultsError> {
        self.file.sync_all().map_err(|e| ResultsError::io("write", &self.path, e))?;
        fs::rename(&self.temporary, &self.path).map_err(|e| ResultsError::io("rename to", &self.path, e))?;
        self.committed = true;
        log::info!(target: WROTE, "{}", self.path.display());
        // Not every file system lets a folder be synced; the rename is atomic all the same.
        if let Ok(folder) = File::open(folder_of(&self.path)) {
            let _ = folder.sync_all();
        }
        Ok(hexadecimal(&std::mem::take(&mut self.digest).finalize()))
    }
}

impl Write for AtomicFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.digest.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Drop for AtomicFile {
    fn drop(&mut self) {
        if !self.committed {
            let _ = fs::remove_file(&self.temporary);
        }
    }
}

/// Removes what dead writers left in a folder, the first time that this process writes there.
fn clean_once(folder: &Path) {
    let mut cleaned = CLEANED.lock().unwrap_or_else(PoisonError::into_inner);
    if cleaned.insert(folder.to_path_buf()) {
        // A file with this process's number is of an earlier one that had the same number, as in containers. What cannot
        // be removed does no harm.
        let _ = remove_left(folder, std::process::id());
    }
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Writes `content` to `path` whole or not at all; returns its SHA-256 in hexadecimal.
///
/// # Errors
/// [`ResultsError::Io`]; an older file is then still in place.
pub fn write(path: &Path, content: &[u8]) -> Result<String, ResultsError> {
    let mut file = AtomicFile::create(path)?;
    file.write_all(content).map_err(|e| ResultsError::io("write", path, e))?;
    file.commit()
}

/// Removes what killed writers left in `folder`; call it only while no other process writes there.
///
/// # Errors
/// [`ResultsError::Io`] if the folder cannot be read or a file not removed; a missing folder is clean.
pub fn remove_unfinished(folder: &Path) -> Result<(), ResultsError> {
    let entries = match fs::read_dir(folder) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(()),
        other => other.map_err(|e| ResultsError::io("read folder", folder, e))?,
    };
    for entry in entries {
        let entry = entry.map_err(|e| ResultsError::io("read folder", folder, e))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with('.') && name.contains(MARK) {
            fs::remove_file(entry.path()).map_err(|e| ResultsError::io("remove", &entry.path(), e))?;
        }
    }
    Ok(())
}

/// Removes what processes of this machine left in `folder` that run no more; others may be writing there.
///
/// # Errors
/// [`ResultsError::Io`] if the folder cannot be read; a missing folder is clean.
pub fn remove_abandoned(folder: &Path) -> Result<(), ResultsError> {
    remove_left(folder, 0)
}

/// The same, where the process `dead` counts as one that runs no more.
fn remove_left(folder: &Path, dead: u32) -> Result<(), ResultsError> {
    let entries = match fs::read_dir(folder) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(()),
        other => other.map_err(|e| ResultsError::io("read folder", folder, e))?,
    };
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let writer = name.split_once(MARK).filter(|_| name.starts_with('.')).map(|(_, writer)| writer);
        let mut words = writer.unwrap_or_default().split('-');
        if let (Some(host), Some(process)) = (words.next(), words.next())
            && (process == dead.to_string() && host == super::lock::host()
                || !super::lock::may_be_alive(&format!("{process} {host}")))
        {
            // Another process may have removed it at the same time.
            let _ = fs::remove_file(entry.path());
        }
    }
    Ok(())
}

/// The SHA-256 of a file's content in hexadecimal, read in pieces.
///
/// # Errors
/// [`ResultsError::Io`] if the file cannot be read.
pub fn checksum(path: &Path) -> Result<String, ResultsError> {
    let mut file = bounded::open(path, bounded::OWN).map_err(|e| ResultsError::io("open", path, e))?;
    let mut digest = Sha256::new();
    let mut piece = vec![0_u8; 1 << 16];
    loop {
        match io::Read::read(&mut file, &mut piece) {
            Ok(0) => return Ok(hexadecimal(&digest.finalize())),
            Ok(read) => digest.update(&piece[..read]),
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(ResultsError::io("read", path, e)),
        }
    }
}

pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |value: u8| char::from(DIGITS[usize::from(value)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// An empty folder of its own for one test, removed at the end.
    pub(crate) struct Scratch(pub PathBuf);

    impl Scratch {
        pub(crate) fn new(name: &str) -> Self {
            let number = NEXT.fetch_add(1, Ordering::Relaxed);
            let folder = std::env::temp_dir().join(format!("forestall-{name}-{}-{number}", std::process::id()));
            fs::create_dir_all(&folder).expect("temporary folder");
            Self(folder)
        }
    }

    impl Drop for Scratch {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn content_and_checksum_agree() {
        let scratch = Scratch::new("atomic");
        let path = scratch.0.join("deep/er/file.txt");
        let found = write(&path, b"abc").expect("written");
        // FIPS 180-2, appendix B.1.
        assert_eq!(found, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!(checksum(&path).expect("read"), found);
    }

    #[test]
    fn stopped_before_the_rename_the_old_content_stays() {
        let scratch = Scratch::new("atomic");
        let path = scratch.0.join("file.txt");
        write(&path, b"old").expect("written");
        let mut file = AtomicFile::create(&path).expect("begun");
        file.write_all(b"new and only half").expect("written");
        // As after a kill: no destructor runs, the temporary file stays behind.
        std::mem::forget(file);
        assert_eq!(fs::read(&path).expect("read"), b"old");
        assert_eq!(fs::read_dir(&scratch.0).expect("read").count(), 2);
        remove_unfinished(&scratch.0).expect("removed");
        assert_eq!(fs::read_dir(&scratch.0).expect("read").count(), 1);
        assert_eq!(fs::read(&path).expect("read"), b"old");
    }

    #[test]
    fn only_what_dead_writers_left_is_abandoned() {
        let scratch = Scratch::new("atomic");
        let host = super::super::lock::host();
        let name = |host: &str, process: u32| scratch.0.join(format!(".a.part{MARK}{host}-{process}-0"));
        // Above the largest process number that Linux gives out.
        let dead = name(&host, 4_194_999);
        let others = [name(&host, std::process::id()), name("elsewhere", 4_194_999), scratch.0.join("a.part")];
        for path in others.iter().chain([&dead]) {
            fs::write(path, b"x").expect("written");
        }
        remove_abandoned(&scratch.0).expect("removed");
        assert!(others.iter().all(|path| path.exists()));
        assert_eq!(dead.exists(), !Path::new("/proc/self").exists());
    }

    #[test]
    fn the_first_write_into_a_folder_removes_what_the_dead_left_there() {
        let scratch = Scratch::new("atomic");
        let name = |process: u32, number: u32| {
            scratch.0.join(format!(".a.svg{MARK}{}-{process}-{number}", super::super::lock::host()))
        };
        let (dead, earlier) = (name(4_194_999, 0), name(std::process::id(), 4_000_000));
        for path in [&dead, &earlier] {
            fs::write(path, b"x").expect("written");
        }
        write(&scratch.0.join("b.svg"), b"whole").expect("written");
        assert!(!earlier.exists() && dead.exists() != Path::new("/proc/self").exists());
        // Later ones may be of another thread of this process.
        fs::write(&earlier, b"x").expect("written");
        write(&scratch.0.join("b.svg"), b"whole").expect("written");
        assert!(earlier.exists());
    }

    #[test]
    fn dropped_it_leaves_nothing() {
        let scratch = Scratch::new("atomic");
        drop(AtomicFile::create(&scratch.0.join("file.txt")).expect("begun"));
        assert_eq!(fs::read_dir(&scratch.0).expect("read").count(), 0);
    }

    #[test]
    fn a_refusal_names_the_path() {
        let scratch = Scratch::new("atomic");
        let blocker = scratch.0.join("blocker");
        write(&blocker, b"a file, not a folder").expect("written");
        let error = write(&blocker.join("file.txt"), b"x").expect_err("a file cannot hold a file");
        assert!(matches!(error, ResultsError::Io { .. }) && error.to_string().contains("blocker"), "{error}");
    }

    #[test]
    fn a_full_disk_is_reported_as_such() {
        // Linux has a device that is always full; elsewhere the mapping is tested in `error`.
        if let Ok(mut full) = fs::OpenOptions::new().write(true).open("/dev/full") {
            let source = full.write_all(b"x").expect_err("always full");
            let error = ResultsError::io("write", Path::new("results/monthly.parquet"), source);
            assert!(error.to_string().contains("free some space"), "{error}");
        }
    }
}
