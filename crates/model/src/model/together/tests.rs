//! Arms together leave what each leaves alone, whatever differs between them, and when.

use proptest::prelude::*;

use super::*;
use crate::model::kinds::fact::Fact;
use crate::model::registry;
use crate::model::replication::simulate;
use crate::model::test_world::{busy, change, slots};
use crate::scenario::resolved::{Scenario, Snapshot};

/// The busy world, cut short so that many arms can be run, with changes of parameters at some times.
fn arm(changes: &[(usize, f64)]) -> Arm {
    let registry = registry();
    let mut scenario: Scenario = busy();
    scenario.warm_up_days = 60.0;
    scenario.end = crate::engine::time::date_after(scenario.start, 90.0);
    let all = slots();
    let mut changes = changes.to_vec();
    changes.sort_by(|a, b| a.1.total_cmp(&b.1));
    for (which, time) in changes {
        let slot = all[which % all.len()];
        let mut values = (*scenario.snapshots[scenario.snapshots.len() - 1].values).clone();
        change(&mut values, slot, registry.tables()[slot.table].scope, registry.parameter(slot).kind);
        match scenario.snapshots.last_mut() {
            Some(last) if last.time >= time => last.values = values.into(),
            _ => scenario.snapshots.push(Snapshot { time, values: values.into() }),
        }
    }
    Arm::new(&scenario)
}

fn alone(arm: &Arm) -> (Vec<Fact>, Replication) {
    let mut facts = Vec::new();
    let outcome = simulate(arm, 3, &mut facts);
    (facts, outcome)
}

fn check(arms: &[Arm]) {
    let together = simulate_together(&arms.iter().collect::<Vec<_>>(), 3, &Vec::new());
    assert_eq!(together.len(), arms.len());
    for (i, (arm, shared)) in arms.iter().zip(&together).enumerate() {
        let own = alone(arm);
        assert!(own.0.len() > 1000, "little happened");
        assert!(own.0 == shared.0, "the facts of arm {i} are others");
        assert_eq!(own.1, shared.1, "arm {i}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Times before, at the edges of and after both the warm-up and the run; several changes an arm, some in common.
    #[test]
    fn an_arm_leaves_the_same_alone_or_beside_others(
        common in prop::collection::vec((0_usize..1000, prop::sample::select(vec![-20.0, 0.0, 30.0])), 0..2),
        own in prop::collection::vec(
            prop::collection::vec(
                (0_usize..1000, prop::sample::select(vec![-90.0, -60.0, -10.5, 0.0, 30.0, 31.0, 59.9, 90.0, 200.0])),
                0..3,
            ),
            2..5,
        ),
    ) {
        let arms: Vec<Arm> = own.iter().map(|own| arm(&[common.clone(), own.clone()].concat())).collect();
        check(&arms);
    }
}

/// Each parameter by itself: no process that runs in one arm only leaves a trace in the others.
#[test]
fn no_parameter_of_one_arm_is_felt_in_another() {
    let plain = arm(&[]);
    for chunk in (0..slots().len()).collect::<Vec<_>>().chunks(12) {
        let mut arms: Vec<Arm> = chunk.iter().map(|&slot| arm(&[(slot, 30.0)])).collect();
        arms.push(plain.clone());
        check(&arms);
    }
}

/// Processes off in one arm and on in another, from the first day and from later.
#[test]
fn a_process_of_one_arm_leaves_no_trace_in_another() {
    let registry = registry();
    let off = |names: &[(&str, &str)], later: bool| {
        let mut scenario = busy();
        scenario.warm_up_days = 60.0;
        scenario.end = crate::engine::time::date_after(scenario.start, 90.0);
        let busy = scenario.snapshots[0].values.clone();
        let mut values = (*busy).clone();
        for (table, name) in names {
            let slot = registry.slot(table, name).unwrap_or_else(|| panic!("{table}.{name}"));
            values.set_all(slot, 0.0);
        }
        scenario.snapshots[0].values = values.into();
        if later {
            scenario.snapshots.push(Snapshot { time: 10.0, values: busy });
        }
        Arm::new(&scenario)
    };
    let processes: [&[(&str, &str)]; 10] = [
        &[("pathways", "self_start_per_committed_per_year")],
        &[("pathways", "sudden_per_million_per_year")],
        &[("subjects", "review_per_year")],
        &[("detection", "background_per_year")],
        &[("detection", "search_per_team_per_day")],
        &[("leads", "false_per_million_per_year")],
        &[("leads", "sympathiser_per_year"), ("leads", "committed_per_year"), ("leads", "returnee_per_year")],
        &[("stings", "contact_per_persona_per_year")],
        &[("virtual_entrepreneurs", "contact_per_year")],
        &[("travel", "per_year")],
    ];
    for process in processes {
        let (never, later, always) = (off(process, false), off(process, true), off(&[], false));
        check(&[never, later, always]);
    }
}
