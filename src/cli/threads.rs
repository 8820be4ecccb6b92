//! `--threads`: how many threads a command works on, within what the machine can bear.

use std::num::NonZero;

use clap::Args;

use forestall_study::Study;

use super::memory;
use super::options::Common;
use super::outcome::Failure;

/// Threads beyond so many times the cores gain nothing and take memory; very many make the machine unusable.
const PER_CORE: usize = 4;

/// The flags of subcommands that work on several threads.
#[derive(Clone, Copy, Debug, Args)]
pub struct Threads {
    /// Threads; all cores if not given
    #[arg(long = "threads", value_name = "N", value_parser = from_one)]
    asked: Option<usize>,
    /// Memory to work within, such as 8G, in place of what the system says is free
    #[arg(long, value_name = "SIZE", value_parser = memory::size)]
    memory: Option<f64>,
}

impl Threads {
    /// Works on so many threads from here on; on all cores if not given.
    pub fn start(self, common: &Common) {
        let Some(asked) = self.asked else { return };
        let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
        let threads = within(asked, cores);
        if threads < asked {
            common.say(&format!(
                "--threads {asked} is more than {PER_CORE} times the {cores} cores of this machine: {threads} are used"
            ));
        }
        // The pool can be built once only; a second call in one process keeps the first.
        let _ = rayon::ThreadPoolBuilder::new().num_threads(threads).build_global();
    }
}

impl Threads {
    /// Refuses a scenario that needs more memory on these threads, with so many policies, than there is.
    ///
    /// # Errors
    /// What it needs and what there is.
    pub fn fit(self, study: &Study, policies: usize) -> Result<(), Failure> {
        memory::too_little(study, policies, self.memory).map_or(Ok(()), |reason| Err(Failure::usage(reason)))
    }

    /// Bytes to work within, in place of what the system says is free.
    pub fn memory(self) -> Option<f64> {
        self.memory
    }
}

/// What is used of a number of threads on so many cores.
pub fn within(asked: usize, cores: usize) -> usize {
    asked.min(PER_CORE.saturating_mul(cores))
}

fn from_one(text: &str) -> Result<usize, String> {
    let found: Option<NonZero<usize>> = text.parse().ok();
    found.map(NonZero::get).ok_or_else(|| format!("threads are a whole number from 1 to {}", usize::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_is_used_up_to_four_times_the_cores() {
        assert_eq!([1, 7, 8, 9, usize::MAX].map(|asked| within(asked, 2)), [1, 7, 8, 8, 8]);
        assert_eq!(within(usize::MAX, usize::MAX), usize::MAX);
    }

    #[test]
    fn only_whole_numbers_from_one_are_read() {
        assert_eq!(from_one("12"), Ok(12));
        for wrong in ["0", "-1", "two", "1.5", "", "99999999999999999999999999"] {
            assert!(from_one(wrong).is_err_and(|told| told.contains("whole number from 1")), "{wrong}");
        }
    }
}
