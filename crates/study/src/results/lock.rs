//! The lock that keeps two processes from writing one results folder.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};

use super::error::ResultsError;

/// Held while a process writes; let go when dropped or when the process dies, however it dies.
///
/// The operating system's advisory lock decides, so a dead holder never blocks and a process
/// number that was given out again never misleads. The number inside the file is there for the message, and
/// decides only on file systems without such locks.
#[derive(Debug)]
pub struct Lock {
    file: File,
}

impl Lock {
    /// Takes the lock of `folder`.
    ///
    /// # Errors
    /// [`ResultsError::Busy`] if another live process holds it, [`ResultsError::Io`] if the lock file cannot be made.
    pub fn take(folder: &Path) -> Result<Self, ResultsError> {
        let path = lock_path(folder);
        let io = |e| ResultsError::io("lock", &path, e);
        let mut file =
            OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path).map_err(io)?;
        let mut holder = String::new();
        let _ = file.read_to_string(&mut holder);
        let busy = || ResultsError::Busy { path: folder.to_path_buf(), holder: describe(&holder) };
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => return Err(busy()),
            Err(TryLockError::Error(_)) if may_be_alive(&holder) => return Err(busy()),
            Ok(()) | Err(TryLockError::Error(_)) => {}
        }
        file.set_len(0).map_err(io)?;
        file.rewind().map_err(io)?;
        write!(file, "{} {}", std::process::id(), host()).map_err(io)?;
        Ok(Self { file })
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // The file itself stays: removing it could remove the lock of a process that has just opened it.
        let _ = self.file.set_len(0);
        let _ = self.file.unlock();
    }
}

fn lock_path(folder: &Path) -> PathBuf {
    folder.join(".lock")
}

fn describe(holder: &str) -> String {
    match holder.split_once(' ') {
        Some((process, host)) => format!("process {process} on {host}"),
        None => "unknown".into(),
    }
}

/// Whether the process that the lock file names may still run; a process of another machine may.
pub(super) fn may_be_alive(holder: &str) -> bool {
    let Some((process, machine)) = holder.split_once(' ') else { return false };
    let processes = Path::new("/proc");
    machine != host() || !processes.join("self").exists() || runs(&processes.join(process))
}

/// Whether the process of this folder in `/proc` runs: one that has ended stays there until its parent has noticed, which
/// in a container may be never.
fn runs(process: &Path) -> bool {
    let Ok(told) = std::fs::read_to_string(process.join("stat")) else { return process.exists() };
    // The state stands after the program's name, which is in parentheses and may hold some itself.
    let state = told.rsplit(')').next().and_then(|rest| rest.trim_start().chars().next());
    !matches!(state, Some('Z' | 'X'))
}

/// The machine's name, as far as it can be told; only for lock files and temporary names.
pub(crate) fn host() -> String {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").ok().or_else(|| std::env::var("HOSTNAME").ok());
    let name: String = name.unwrap_or_default().trim().chars().filter(char::is_ascii_alphanumeric).collect();
    if name.is_empty() { "localhost".into() } else { name }
}

#[cfg(test)]
mod tests {
    use super::super::atomic::tests::Scratch;
    use super::*;

    #[test]
    fn a_second_writer_is_refused_until_the_first_ends() {
        let scratch = Scratch::new("lock");
        let first = Lock::take(&scratch.0).expect("free");
        let error = Lock::take(&scratch.0).expect_err("held");
        assert!(error.to_string().contains(&format!("process {}", std::process::id())), "{error}");
        drop(first);
        Lock::take(&scratch.0).expect("free again");
    }

    #[test]
    fn the_lock_of_a_dead_process_is_taken_over() {
        let scratch = Scratch::new("lock");
        std::fs::write(lock_path(&scratch.0), format!("4194999 {}", host())).expect("written");
        Lock::take(&scratch.0).expect("nobody holds it");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_process_that_has_ended_and_was_not_waited_for_is_dead() {
        let mut child = std::process::Command::new("true").spawn().expect("started");
        let folder = Path::new("/proc").join(child.id().to_string());
        let holder = format!("{} {}", child.id(), host());
        for _ in 0..200 {
            if !runs(&folder) {
                break;
            }
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        assert!(folder.exists() && !may_be_alive(&holder), "ended, and still in the list of processes");
        child.wait().expect("waited for");
    }

    #[test]
    fn without_system_locks_the_process_number_decides() {
        assert!(!may_be_alive(""));
        assert!(may_be_alive("1 some-other-machine"));
        assert!(may_be_alive(&format!("{} {}", std::process::id(), host())));
        // Above the largest process number that Linux gives out.
        assert_eq!(may_be_alive(&format!("4194999 {}", host())), !Path::new("/proc/self").exists());
    }
}
