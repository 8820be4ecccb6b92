//! The name of one replication of one arm, and the fixed order of such runs.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::error::ResultsError;
use forestall_model::Table;

/// One replication of one arm under one draw of the uncertain parameters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RunKey {
    /// Number of the draw, from 0; 0 where nothing is drawn.
    pub draw: u64,
    /// Number of the replication, from 0.
    pub replication: u64,
    /// Policy name, or `baseline`.
    pub arm: String,
}

impl RunKey {
    /// The keys of every arm in `arms` for the given replications of one draw, in order.
    pub fn grid(arms: &[String], draw: u64, replications: Range<u64>) -> Vec<Self> {
        replications
            .flat_map(|replication| arms.iter().map(move |arm| Self { draw, replication, arm: arm.clone() }))
            .collect()
    }
}

/// Where a run stands in the results: by draw, then replication, then arm in the order of the arms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    pub draw: i64,
    pub replication: i64,
    pub arm: usize,
}

/// The order of arms; runs of other arms have no place.
#[derive(Clone, Debug)]
pub(crate) struct ArmOrder(BTreeMap<String, usize>);

impl ArmOrder {
    pub(super) fn new(arms: &[String]) -> Self {
        Self(arms.iter().enumerate().map(|(rank, arm)| (arm.clone(), rank)).collect())
    }

    pub(super) fn place(&self, key: &RunKey) -> Option<Place> {
        let (draw, replication) = (i64::try_from(key.draw).ok()?, i64::try_from(key.replication).ok()?);
        Some(Place { draw, replication, arm: *self.0.get(&key.arm)? })
    }

    /// The place of each row by its columns `draw`, `replication` and `arm`; `None` for other arms.
    pub(super) fn places(&self, table: &Table, path: &Path) -> Result<Vec<Option<Place>>, ResultsError> {
        let keys = KeyColumns::of(table).map_err(|found| ResultsError::corrupt(path, found))?;
        let place = |(row, arm): (usize, &String)| {
            let rank = self.0.get(arm).copied();
            rank.map(|arm| Place { draw: keys.draws[row], replication: keys.replications[row], arm })
        };
        Ok(keys.arms.iter().enumerate().map(place).collect())
    }
}

/// The three columns that say to which run a row belongs.
pub(crate) struct KeyColumns<'a> {
    pub arms: &'a [String],
    pub draws: Vec<i64>,
    pub replications: Vec<i64>,
}

impl<'a> KeyColumns<'a> {
    /// The key columns of `table`; in words what is wrong, where one is missing or has an undefined value.
    pub(super) fn of(table: &'a Table) -> Result<Self, String> {
        let whole = |name: &str| -> Result<Vec<i64>, String> {
            let values = table.integers(name).ok_or_else(|| format!("it has no integer column `{name}`"))?;
            values.iter().copied().collect::<Option<_>>().ok_or_else(|| format!("column `{name}` has undefined values"))
        };
        let arms = table.texts("arm").ok_or("it has no text column `arm`")?;
        Ok(Self { arms, draws: whole("draw")?, replications: whole("replication")? })
    }
}

/// A set of runs kept as stretches of replications, so that it grows with the gaps and not with the runs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RunSet {
    /// Arm, then draw, then the first replication of each stretch with the one after its last.
    stretches: BTreeMap<String, BTreeMap<u64, BTreeMap<u64, u64>>>,
}

impl RunSet {
    /// Whether `run` is in the set.
    pub fn contains(&self, run: &RunKey) -> bool {
        let stretches = self.stretches.get(&run.arm).and_then(|draws| draws.get(&run.draw));
        let before = stretches.and_then(|s| s.range(..=run.replication).next_back());
        before.is_some_and(|(_, &end)| run.replication < end)
    }

    /// The number of runs.
    pub fn len(&self) -> u64 {
        let stretches = self.stretches.values().flat_map(BTreeMap::values).flatten();
        stretches.map(|(first, end)| end - first).sum()
    }

    /// The arms that have a run, by name.
    pub fn arms(&self) -> impl Iterator<Item = &str> {
        self.stretches.keys().map(String::as_str)
    }

    /// The number after the last replication of any arm; 0 where there is none.
    pub fn replications(&self) -> u64 {
        let ends = self.stretches.values().flat_map(BTreeMap::values).flat_map(BTreeMap::values);
        ends.copied().max().unwrap_or(0)
    }

    /// Whether there is no run.
    pub fn is_empty(&self) -> bool {
        self.stretches.is_empty()
    }

    /// The runs, by arm name, draw and replication.
    pub fn iter(&self) -> impl Iterator<Item = RunKey> + '_ {
        self.stretches.iter().flat_map(|(arm, draws)| {
            draws.iter().flat_map(move |(&draw, stretches)| {
                let replications = stretches.iter().flat_map(|(&first, &end)| first..end);
                replications.map(move |replication| RunKey { draw, replication, arm: arm.clone() })
            })
        })
    }

    /// Adds the replications in `range`, joining the stretches that it touches.
    pub(crate) fn insert(&mut self, arm: &str, draw: u64, range: Range<u64>) {
        if range.is_empty() {
            return;
        }
        let draws = self.stretches.entry(arm.to_owned()).or_default();
        let stretches = draws.entry(draw).or_default();
        let Range { mut start, mut end } = range;
        while let Some((&first, &past)) = stretches.range(..=end).next_back().filter(|(_, past)| **past >= start) {
            stretches.remove(&first);
            start = start.min(first);
            end = end.max(past);
        }
        stretches.insert(start, end);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn stretches_hold_what_a_plain_set_holds(ranges in prop::collection::vec((0_u64..2, 0_u64..40, 0_u64..9), 0..25)) {
            let (mut set, mut plain) = (RunSet::default(), BTreeSet::new());
            for (draw, first, count) in ranges {
                set.insert("baseline", draw, first..first + count);
                plain.extend((first..first + count).map(|replication| (draw, replication)));
            }
            let key = |draw, replication| RunKey { draw, replication, arm: "baseline".into() };
            for draw in 0..3 {
                for replication in 0..60 {
                    prop_assert_eq!(set.contains(&key(draw, replication)), plain.contains(&(draw, replication)));
                }
            }
            prop_assert_eq!(set.len(), plain.len() as u64);
            prop_assert_eq!(set.is_empty(), plain.is_empty());
            prop_assert_eq!(set.replications(), plain.iter().map(|&(_, r)| r + 1).max().unwrap_or(0));
            prop_assert_eq!(set.arms().count(), usize::from(!plain.is_empty()));
            prop_assert_eq!(set.iter().collect::<Vec<_>>(), plain.iter().map(|&(d, r)| key(d, r)).collect::<Vec<_>>());
        }
    }
}
