//! The name of one replication of one arm, and the fixed order of such runs.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::error::ResultsError;
use super::table::Table;

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
    pub fn new(arms: &[String]) -> Self {
        Self(arms.iter().enumerate().map(|(rank, arm)| (arm.clone(), rank)).collect())
    }

    pub fn place(&self, key: &RunKey) -> Option<Place> {
        let (draw, replication) = (i64::try_from(key.draw).ok()?, i64::try_from(key.replication).ok()?);
        Some(Place { draw, replication, arm: *self.0.get(&key.arm)? })
    }

    /// The place of each row by its columns `draw`, `replication` and `arm`; `None` for other arms.
    pub fn places(&self, table: &Table, path: &Path) -> Result<Vec<Option<Place>>, ResultsError> {
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
    pub fn of(table: &'a Table) -> Result<Self, String> {
        let whole = |name: &str| -> Result<Vec<i64>, String> {
            let values = table.integers(name).ok_or_else(|| format!("it has no integer column `{name}`"))?;
            values.iter().copied().collect::<Option<_>>().ok_or_else(|| format!("column `{name}` has undefined values"))
        };
        let arms = table.texts("arm").ok_or("it has no text column `arm`")?;
        Ok(Self { arms, draws: whole("draw")?, replications: whole("replication")? })
    }
}
