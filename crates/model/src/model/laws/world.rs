//! Small worlds drawn at random: the busy one with other values, from other days on, under any regime of sharing.

use crate::model::registry;
use crate::model::replication::Arm;
use crate::model::test_world::{busy, slots};
use crate::scenario::parameter::{Kind, Scope};
use crate::scenario::registry::Slot;
use crate::scenario::resolved::{Scenario, Snapshot, Values};

/// A value of a kind: its bounds, nothing, or around the present one.
fn value(kind: Kind, now: f64, how: u32) -> f64 {
    let (low, high) = kind.bounds();
    let around = if now == 0.0 { 1.0 } else { now };
    let tried = match (how % 6, kind) {
        (0, _) => low,
        (1, Kind::Share | Kind::Switch | Kind::Choice(_)) => high,
        (1, _) => 4.0 * around,
        (2, _) => 0.0,
        (3, _) => 0.3 * around,
        (4, _) => 2.0 * around,
        _ => around + 1.0,
    };
    let whole = matches!(kind, Kind::Count(..) | Kind::Switch | Kind::Choice(_));
    let tried = if whole { libm::round(tried) } else { tried };
    // A bound stands for "never" in some kinds and for "at once" in others: both are allowed.
    tried.clamp(low, high)
}

/// Sets one parameter, in one country or in all, to another value.
fn set(values: &mut Values, slot: Slot, how: u32, place: usize) {
    let registry = registry();
    let (scope, kind) = (registry.tables()[slot.table].scope, registry.parameter(slot).kind);
    let Slot { table, parameter } = slot;
    let at = |now: f64| value(kind, now, how);
    match scope {
        Scope::World => {
            let cell = &mut values.world[table][parameter];
            *cell = at(*cell);
        }
        Scope::Country | Scope::CountryEntry => {
            let many = values.countries.len();
            for (c, country) in values.countries.iter_mut().enumerate() {
                if place >= many || c == place {
                    let cell = &mut country[table][parameter];
                    *cell = at(*cell);
                }
            }
        }
        Scope::MovementEntry => {
            let cell = &mut values.movements[0][parameter];
            *cell = at(*cell);
        }
        Scope::LanguageEntry => {
            let cell = &mut values.languages[0][parameter];
            *cell = at(*cell);
        }
    }
}

/// What reaches whom: members of the pool, one bit a country, and shares of what is pooled, issued and read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Regime {
    pub(super) members: u8,
    pub(super) pooled: f64,
    pub(super) issued: f64,
    pub(super) read: f64,
}

impl Regime {
    fn lay(self, values: &mut Values) {
        let registry = registry();
        let slot = |table: &str, name: &str| registry.slot(table, name).unwrap_or_else(|| panic!("{table}.{name}"));
        for (table, name, value) in [
            ("pooled_database", "contribution_share", self.pooled),
            ("pooled_database", "lag_days", 2.0),
            ("notices", "issue_share", self.issued),
            ("notices", "issue_delay_days", 2.0),
            ("notices", "read_share", self.read),
            ("services", "border_inspections_per_month", 600.0),
        ] {
            values.set_all(slot(table, name), value);
        }
        let member = slot("membership", "pool_member");
        for (c, country) in values.countries.iter_mut().enumerate() {
            country[member.table][member.parameter] = f64::from(self.members >> c & 1);
        }
    }
}

/// One change: of which parameter, how, where, when.
pub(super) type Change = (usize, u32, usize, f64);

/// The busy world made small, with these values from these days on.
pub(super) fn world(regime: Option<Regime>, changes: &[Change]) -> Arm {
    let registry = registry();
    let mut scenario: Scenario = busy();
    scenario.warm_up_days = 40.0;
    scenario.end = crate::engine::time::date_after(scenario.start, 80.0);
    let mut values = (*scenario.snapshots[0].values).clone();
    let small = [
        ("sympathisers", 150.0),
        ("committed", 60.0),
        ("fighters_abroad", 40.0),
        ("returnees", 15.0),
        ("open_cases", 40.0),
        ("closed_cases", 40.0),
    ];
    for (name, number) in small {
        values.set_all(registry.slot("start", name).unwrap_or_else(|| panic!("{name}")), number);
    }
    if let Some(regime) = regime {
        regime.lay(&mut values);
    }
    let all = slots();
    let mut changes = changes.to_vec();
    changes.sort_by(|a, b| a.3.total_cmp(&b.3));
    let mut snapshots: Vec<Snapshot> =
        vec![Snapshot { time: scenario.snapshots[0].time, values: values.clone().into() }];
    for (which, how, place, time) in changes {
        let slot = all[which % all.len()];
        let info = &registry.tables()[slot.table];
        // The number of residents is what it is; a billion of them would fill the test's memory and show nothing more.
        if info.name == "countries" || (info.name == "start" && how % 6 == 1) {
            continue;
        }
        set(&mut values, slot, how, place);
        match snapshots.last_mut() {
            Some(last) if last.time >= time => last.values = values.clone().into(),
            _ => snapshots.push(Snapshot { time, values: values.clone().into() }),
        }
    }
    scenario.snapshots = snapshots;
    Arm::new(&scenario)
}
