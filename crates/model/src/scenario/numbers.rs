//! The numbers of named changes: what a path such as `changes.NAME.services.analysts` means.
//!
//! A dated change of the baseline is often as uncertain as a value of the first day. With a name, each number that it
//! sets, multiplies by or adds has a path, which `[uncertain]`, draws, designs and `--set` take like any other.

use super::address::{Reach, Target};
use super::diagnostic::Mark;
use super::parameter::Kind;
use super::plan::{Level, Operation, Origin, Stage};
use super::registry::Registry;

impl Operation {
    /// The number that it sets, multiplies by or adds.
    pub(super) fn number(self) -> f64 {
        match self {
            Self::Set(number) | Self::Times(number) | Self::Add(number) => number,
        }
    }

    /// The same operation with another number.
    pub(super) fn with(self, number: f64) -> Self {
        match self {
            Self::Set(_) => Self::Set(number),
            Self::Times(_) => Self::Times(number),
            Self::Add(_) => Self::Add(number),
        }
    }
}

/// Gives every number of a named change its position, and returns the numbers in order.
pub(super) fn place(registry: &Registry, changes: &mut [Stage]) -> Vec<f64> {
    let mut numbers = Vec::new();
    for assignment in changes.iter_mut().filter(|change| change.name.is_some()).flat_map(|change| &mut change.set) {
        let word = matches!(registry.parameter(assignment.target.slot).kind, Kind::Switch | Kind::Choice(_));
        assignment.number = (!word).then(|| {
            numbers.push(assignment.operation.number());
            numbers.len() - 1
        });
    }
    numbers
}

/// The paths of all numbers of named changes, without `changes.` in front.
pub(super) fn named(changes: &[Stage]) -> Vec<(String, Target)> {
    let mut all = Vec::new();
    for change in changes {
        let Some(name) = &change.name else { continue };
        for assignment in &change.set {
            let Some(index) = assignment.number else { continue };
            let relative = !matches!(assignment.operation, Operation::Set(_));
            let target = Target { slot: assignment.target.slot, reach: Reach::Change { index, relative } };
            all.push((format!("{name}.{}", assignment.path), target));
        }
    }
    all
}

/// Where the number at `index` stands.
pub(super) fn origin(changes: &[Stage], index: usize) -> Origin {
    let found = changes.iter().flat_map(|change| change.set.iter().map(move |a| (change, a)));
    let found = found.into_iter().find(|(_, a)| a.number == Some(index));
    Origin {
        level: Level::File,
        mark: found.map_or_else(Mark::default, |(_, a)| a.mark.clone()),
        evidence: None,
        note: found.map(|(change, _)| change.note.clone()).filter(|note| !note.is_empty()),
    }
}
