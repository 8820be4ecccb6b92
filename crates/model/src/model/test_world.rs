//! The busy world of tests, and any change of its parameters.

use crate::scenario::parameter::{Kind, Scope, TableInfo};
use crate::scenario::registry::Slot;
use crate::scenario::resolved::{Scenario, Values};
use crate::scenario::{LoadOptions, load};

use super::registry;

/// Everything happens in it.
pub(super) fn busy() -> Scenario {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../assets/");
    let read = |name: &str| std::fs::read_to_string(format!("{root}{name}")).map_err(|e| e.to_string());
    let plan = load(&registry(), "golden.toml", &read, &LoadOptions::default()).unwrap_or_else(|d| panic!("{d}"));
    plan.arm(None).unwrap_or_else(|d| panic!("{d}"))
}

/// Another value that the kind admits.
fn other(kind: Kind, value: f64) -> f64 {
    let (low, high) = kind.bounds();
    let candidates = [1.5 * value, value + 1.0, 0.5 * value, low, high, 0.5 * (low + high)];
    candidates.into_iter().find(|&x| x != value && kind.admits(x)).unwrap_or_else(|| panic!("{kind:?} beside {value}"))
}

/// Sets one parameter of one place to another value; the first country, movement or language stands for all.
pub(super) fn change(values: &mut Values, slot: Slot, scope: Scope, kind: Kind) {
    let Slot { table, parameter } = slot;
    let number = match scope {
        Scope::World => &mut values.world[table][parameter],
        Scope::Country | Scope::CountryEntry => &mut values.countries[0][table][parameter],
        Scope::MovementEntry => &mut values.movements[0][parameter],
        Scope::LanguageEntry => &mut values.languages[0][parameter],
    };
    *number = other(kind, *number);
}

/// Every parameter.
pub(super) fn slots() -> Vec<Slot> {
    let registry = registry();
    let of = |(table, info): (usize, &TableInfo)| {
        (0..info.parameters.len()).map(move |parameter| Slot { table, parameter }).collect::<Vec<_>>()
    };
    registry.tables().iter().enumerate().flat_map(of).collect()
}
