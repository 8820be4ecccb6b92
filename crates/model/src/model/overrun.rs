//! Why a run ends early for what the scenario asks, not for a defect.

/// A run that outgrows what memory can be hoped to hold panics with this: other runs go on, and who computes the run
/// tells the reason as that of a failed run.
#[derive(Debug)]
pub struct Overrun(pub String);

#[cfg(test)]
mod tests {
    use super::Overrun;
    use crate::model::registry;
    use crate::model::replication::{Arm, simulate};
    use crate::model::test_world::busy;
    use std::panic::{AssertUnwindSafe, catch_unwind};

    /// What a run of the busy world says where each active person introduces so many a year.
    fn told(introductions: f64) -> Result<(), String> {
        let mut scenario = busy();
        let mut values = (*scenario.snapshots[0].values).clone();
        let set = |values: &mut crate::scenario::resolved::Values, table: &str, name: &str, number: f64| {
            values.set_all(registry().slot(table, name).unwrap(), number);
        };
        set(&mut values, "countries", "residents", 50e6);
        set(&mut values, "peers", "introductions_per_year", introductions);
        scenario.snapshots = vec![scenario.snapshots[0].clone()];
        scenario.snapshots[0].values = values.into();
        let run = || simulate(&Arm::new(&scenario), 0, &mut Vec::new());
        catch_unwind(AssertUnwindSafe(run)).map(|_| ()).map_err(|cause| cause.downcast::<Overrun>().unwrap().0)
    }

    #[test]
    fn people_who_join_faster_than_they_leave_end_the_run_with_a_reason() {
        let reason = told(80.0).unwrap_err();
        assert!(reason.starts_with("day ") && reason.contains("peers.introductions_per_year"), "{reason}");
        assert_eq!(told(0.1), Ok(()));
    }
}
