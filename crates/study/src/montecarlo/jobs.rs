//! What one thread does at a time: one replication of the arms that are still to be run.

use std::ops::Range;

use crate::results::{RunKey, RunSet};

use super::draws::PosteriorDraws;

/// One replication of some arms, which share their past.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Job {
    /// The replication.
    pub replication: u64,
    /// Its draw.
    pub draw: u64,
    /// The arms by position.
    pub arms: Vec<usize>,
}

impl Job {
    /// The names of its runs.
    pub(super) fn keys(&self, names: &[String]) -> Vec<RunKey> {
        let key = |&arm: &usize| RunKey { draw: self.draw, replication: self.replication, arm: names[arm].clone() };
        self.arms.iter().map(key).collect()
    }
}

/// The jobs that are not done, by replication.
///
/// Arms of one replication go together unless there are fewer replications than keep `threads` busy.
pub(super) fn plan(
    draws: Option<&PosteriorDraws>,
    names: &[String],
    replications: Range<u64>,
    done: &RunSet,
    threads: usize,
) -> Vec<Job> {
    let count = draws.map_or(0, |draws| draws.count);
    let whole: Vec<Job> = replications
        .map(|replication| {
            let draw = PosteriorDraws::of(count, replication);
            let key = |arm: usize| RunKey { draw, replication, arm: names[arm].clone() };
            let arms = (0..names.len()).filter(|&arm| !done.contains(&key(arm))).collect();
            Job { replication, draw, arms }
        })
        .filter(|job: &Job| !job.arms.is_empty())
        .collect();
    let pieces = pieces(whole.len(), threads);
    let split = |job: Job| {
        let size = job.arms.len().div_ceil(pieces).max(1);
        let part = |arms: &[usize]| Job { arms: arms.to_vec(), ..job.clone() };
        job.arms.chunks(size).map(part).collect::<Vec<_>>()
    };
    whole.into_iter().flat_map(split).collect()
}

/// Into how many pieces each group is cut: enough that no thread waits long for the last.
fn pieces(groups: usize, threads: usize) -> usize {
    (2 * threads).div_ceil(groups.max(1))
}

/// Neighbours that belong together, cut into pieces where there are too few groups for the threads.
pub(crate) fn together<T>(all: &[T], same: impl FnMut(&T, &T) -> bool) -> Vec<&[T]> {
    let groups: Vec<&[T]> = all.chunk_by(same).collect();
    let pieces = pieces(groups.len(), rayon::current_num_threads());
    groups.into_iter().flat_map(|group| group.chunks(group.len().div_ceil(pieces).max(1))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> Vec<String> {
        ["baseline", "a", "b", "c"].map(String::from).to_vec()
    }

    #[test]
    fn arms_of_one_replication_go_together_and_what_is_done_is_left_out() {
        let mut done = RunSet::default();
        done.insert("a", 0, 0..2);
        let jobs = plan(None, &names(), 0..40, &done, 2);
        assert_eq!(jobs.len(), 40);
        assert_eq!(jobs[1], Job { replication: 1, draw: 0, arms: vec![0, 2, 3] });
        assert_eq!(jobs[2].arms, [0, 1, 2, 3]);
        for name in names() {
            done.insert(&name, 0, 5..6);
        }
        assert_eq!(plan(None, &names(), 0..40, &done, 2).len(), 39);
    }

    #[test]
    fn many_threads_take_the_arms_of_few_replications_apart() {
        let arms = |threads| -> Vec<Vec<usize>> {
            plan(None, &names(), 0..2, &RunSet::default(), threads).into_iter().map(|job| job.arms).collect()
        };
        assert_eq!(arms(1), [[0, 1, 2, 3], [0, 1, 2, 3]]);
        assert_eq!(arms(2), [[0, 1], [2, 3], [0, 1], [2, 3]]);
        assert_eq!(arms(64).len(), 8);
    }
}
