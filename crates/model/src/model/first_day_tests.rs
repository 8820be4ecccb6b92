//! What tables say is read on the first simulated day alone: set later it changes nothing, and from the first day it does.

use crate::model::kinds::fact::Fact;
use crate::model::registry;
use crate::model::replication::{Arm, simulate};
use crate::model::test_world::{busy, change, slots};
use crate::scenario::registry::{ReadUntil, Slot};
use crate::scenario::resolved::{Scenario, Snapshot};

/// Of the first movement that holds territory nobody asks for its scale against itself.
const UNREAD: &str = "movements.fighters_scale";

/// The busy world with plots of every pathway under way on the first day.
fn world() -> Scenario {
    let mut scenario = busy();
    let mut values = (*scenario.snapshots[0].values).clone();
    for pathway in ["inspired", "networked", "online_directed", "dispatched"] {
        values.set_all(registry().slot("plots_at_start", pathway).unwrap(), 3.0);
    }
    scenario.snapshots[0].values = values.into();
    scenario
}

/// The busy world in which one parameter is other from a time on.
fn changed(scenario: &Scenario, slot: Slot, time: f64) -> Scenario {
    let registry = registry();
    let mut scenario = scenario.clone();
    let mut values = (*scenario.snapshots[0].values).clone();
    change(&mut values, slot, registry.tables()[slot.table].scope, registry.parameter(slot).kind);
    if time > scenario.snapshots[0].time {
        scenario.snapshots.push(Snapshot { time, values: values.into() });
    } else {
        scenario.snapshots[0].values = values.into();
    }
    scenario
}

fn facts(scenario: &Scenario) -> Vec<Fact> {
    let mut facts = Vec::new();
    simulate(&Arm::new(scenario), 0, &mut facts);
    facts
}

#[test]
fn what_is_read_on_the_first_day_alone_is_read_then_and_never_after() {
    let scenario = world();
    let plain = facts(&scenario);
    let first = scenario.snapshots[0].time;
    // A change to the same values: facts count events, and the change is one.
    let unchanged_at = |time: f64| {
        let mut same = scenario.clone();
        same.snapshots.push(Snapshot { time, values: scenario.snapshots[0].values.clone() });
        facts(&same)
    };
    let (simulated, counted) = (first + 1.0, 1.0);
    let unchanged = [unchanged_at(simulated), unchanged_at(counted)];
    let registry = registry();
    let (mut wrong, mut unread) = (Vec::new(), Vec::new());
    for slot in slots() {
        let name = format!("{}.{}", registry.tables()[slot.table].name, registry.parameter(slot).name);
        let nothing = |later: f64, which: usize| facts(&changed(&scenario, slot, later)) == unchanged[which];
        if let Some(until) = registry.read_until(slot) {
            if !match until {
                ReadUntil::FirstSimulated => nothing(simulated, 0),
                ReadUntil::FirstCounted => nothing(counted, 1),
            } {
                wrong.push(format!("{name} is read after the first day"));
            }
            if name != UNREAD && facts(&changed(&scenario, slot, first)) == plain {
                wrong.push(format!("{name} is not read on the first day either"));
            }
        } else if nothing(simulated, 0) && facts(&changed(&scenario, slot, first)) != plain {
            unread.push(name);
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(unread.is_empty(), "read on the first day alone, and no table says so: {unread:#?}");
}
