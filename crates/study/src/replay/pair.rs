//! The same plot in both arms: how it ends in each, and which plots end otherwise.

use std::collections::BTreeMap;

use forestall_model::{Ending, Key, PlotRecord};

use super::log::{Log, Side};

/// One plot in both arms; at least one of the records is there.
#[derive(Clone, Debug, PartialEq)]
pub struct Pair {
    /// Its name.
    pub plot: Key,
    /// As it is in the baseline.
    pub baseline: Option<PlotRecord>,
    /// As it is under the policy.
    pub policy: Option<PlotRecord>,
}

impl Pair {
    /// The record of an arm.
    pub fn record(&self, side: Side) -> Option<&PlotRecord> {
        match side {
            Side::Baseline => self.baseline.as_ref(),
            Side::Policy => self.policy.as_ref(),
        }
    }

    /// Either record, the baseline's first.
    pub fn any(&self) -> Option<&PlotRecord> {
        self.baseline.as_ref().or(self.policy.as_ref())
    }

    /// Whether the attack is completed in this arm.
    pub fn completed(&self, side: Side) -> bool {
        self.record(side).is_some_and(|p| p.ending == Ending::Completed)
    }

    /// Completed in the baseline, not under the policy.
    pub fn averted(&self) -> bool {
        self.completed(Side::Baseline) && !self.completed(Side::Policy)
    }

    /// Completed under the policy, not in the baseline.
    pub fn induced(&self) -> bool {
        self.completed(Side::Policy) && !self.completed(Side::Baseline)
    }

    /// Whether the plot ends otherwise in the two arms, or is there in one only.
    pub fn ends_otherwise(&self) -> bool {
        self.record(Side::Baseline).map(|p| p.ending) != self.record(Side::Policy).map(|p| p.ending)
    }

    /// `averted`, `induced` or `other`.
    pub fn effect(&self) -> &'static str {
        if self.averted() {
            "averted"
        } else if self.induced() {
            "induced"
        } else {
            "other"
        }
    }
}

/// Every plot of either arm, sting cases apart, by key.
pub fn all(baseline: &Log, policy: &Log) -> Vec<Pair> {
    let mut found: BTreeMap<Key, Pair> = BTreeMap::new();
    for (side, log) in [(Side::Baseline, baseline), (Side::Policy, policy)] {
        for record in log.plots().iter().filter(|p| !p.sting) {
            let pair =
                found.entry(record.key).or_insert_with(|| Pair { plot: record.key, baseline: None, policy: None });
            match side {
                Side::Baseline => pair.baseline = Some(record.clone()),
                Side::Policy => pair.policy = Some(record.clone()),
            }
        }
    }
    found.into_values().collect()
}

/// The plots that end otherwise: averted attacks, then induced ones, then the rest, each by time of the first end.
pub fn pairs(baseline: &Log, policy: &Log) -> Vec<Pair> {
    let mut found: Vec<Pair> = all(baseline, policy).into_iter().filter(Pair::ends_otherwise).collect();
    let rank = |p: &Pair| ["averted", "induced", "other"].iter().position(|e| *e == p.effect());
    let end =
        |p: &Pair| Side::BOTH.into_iter().filter_map(|s| p.record(s)).map(|r| r.ended).fold(f64::INFINITY, f64::min);
    found.sort_by(|a, b| rank(a).cmp(&rank(b)).then(end(a).total_cmp(&end(b))).then(a.plot.cmp(&b.plot)));
    found
}
