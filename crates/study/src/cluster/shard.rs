//! Shard i of n: which chunks it holds, and how a scheduler names it.

use std::ops::Range;

use super::error::ClusterError;

/// A part of a sweep that one task works on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    /// Which one, from 0.
    pub index: u64,
    /// Of how many.
    pub of: u64,
}

/// Variables that hold a task's number: name, first number, scheduler.
const VARIABLES: [(&str, u64, &str); 6] = [
    ("SLURM_ARRAY_TASK_ID", 0, "Slurm"),
    ("PBS_ARRAY_INDEX", 0, "PBS"),
    ("PBS_ARRAYID", 0, "Torque"),
    ("JOB_COMPLETION_INDEX", 0, "Kubernetes"),
    // These two count from 1.
    ("SGE_TASK_ID", 1, "Grid Engine"),
    ("LSB_JOBINDEX", 1, "LSF"),
];

impl Shard {
    /// The whole sweep.
    pub const WHOLE: Self = Self { index: 0, of: 1 };

    /// Reads `3/20` (shard 3 of 20, counted from 0) or `auto/20` (the number from the scheduler's variable).
    ///
    /// # Errors
    /// [`ClusterError::Request`] where it is neither, or the number is not below the count.
    pub fn parse(text: &str, variable: &dyn Fn(&str) -> Option<String>) -> Result<Self, ClusterError> {
        let wrong =
            || ClusterError::request(format!("--shard takes INDEX/COUNT from 0, or auto/COUNT; found `{text}`"));
        let (index, of) = text.split_once('/').ok_or_else(wrong)?;
        let of: u64 = of.trim().parse().map_err(|_| wrong())?;
        let index = match index.trim() {
            "auto" => index_from_environment(variable)?,
            number => number.parse().map_err(|_| wrong())?,
        };
        if index >= of {
            return Err(ClusterError::request(format!("there is no shard {index} of {of}; they count from 0")));
        }
        Ok(Self { index, of })
    }

    /// The chunks of this shard, out of so many.
    pub fn chunks(&self, chunks: u64) -> Range<u64> {
        let at = |i: u64| (u128::from(i) * u128::from(chunks) / u128::from(self.of.max(1))) as u64;
        at(self.index)..at(self.index + 1)
    }
}

/// The number of this task, from 0, as the scheduler tells it.
///
/// # Errors
/// [`ClusterError::Request`] where no scheduler does, or what it tells is no number.
pub(super) fn index_from_environment(variable: &dyn Fn(&str) -> Option<String>) -> Result<u64, ClusterError> {
    for (name, first, scheduler) in VARIABLES {
        // Grid Engine and LSF set theirs outside arrays too, to these words.
        let Some(text) = variable(name).filter(|t| !t.is_empty() && t != "undefined") else { continue };
        if name == "LSB_JOBINDEX" && text == "0" {
            continue;
        }
        let number = text.trim().parse::<u64>().ok().and_then(|n| n.checked_sub(first));
        return number.ok_or_else(|| {
            ClusterError::request(format!("{scheduler} says {name}={text}; expected a number from {first}"))
        });
    }
    let names: Vec<&str> = VARIABLES.iter().map(|v| v.0).collect();
    Err(ClusterError::request(format!(
        "--shard auto needs a task of an array, and none of {} is set; give --shard INDEX/COUNT",
        names.join(", ")
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shards_cover_every_chunk_once_and_evenly() {
        for (of, chunks) in [(1, 7), (3, 7), (20, 1000), (7, 7), (9, 7)] {
            let all: Vec<Range<u64>> = (0..of).map(|index| Shard { index, of }.chunks(chunks)).collect();
            let flat: Vec<u64> = all.iter().cloned().flatten().collect();
            assert_eq!(flat, (0..chunks).collect::<Vec<_>>());
            let sizes: Vec<u64> = all.iter().map(|r| r.end - r.start).collect();
            assert!(sizes.iter().max().expect("some") - sizes.iter().min().expect("some") <= 1);
        }
    }

    #[test]
    fn every_scheduler_names_the_task() {
        let auto = |name: &'static str, value: &'static str| {
            Shard::parse("auto/20", &move |asked| (asked == name).then(|| value.to_owned()))
        };
        for (name, value) in [
            ("SLURM_ARRAY_TASK_ID", "4"),
            ("PBS_ARRAY_INDEX", "4"),
            ("JOB_COMPLETION_INDEX", "4"),
            ("SGE_TASK_ID", "5"),
            ("LSB_JOBINDEX", "5"),
        ] {
            assert_eq!(auto(name, value).expect(name), Shard { index: 4, of: 20 });
        }
        assert!(auto("SGE_TASK_ID", "undefined").is_err());
        assert!(auto("SGE_TASK_ID", "0").is_err());
        assert!(auto("LSB_JOBINDEX", "0").is_err());
        assert!(auto("SLURM_ARRAY_TASK_ID", "20").expect_err("too large").to_string().contains("no shard 20"));
        assert!(auto("SLURM_ARRAY_TASK_ID", "x").is_err());
    }

    #[test]
    fn numbers_are_read_and_mistakes_told() {
        let none = |_: &str| None;
        assert_eq!(Shard::parse("3/20", &none).expect("sound"), Shard { index: 3, of: 20 });
        for bad in ["3", "20/20", "a/b", "-1/4", "0/0", "auto/4"] {
            assert!(Shard::parse(bad, &none).is_err(), "{bad}");
        }
    }
}
