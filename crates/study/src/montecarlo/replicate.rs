//! One run: an arm, a replication, its rows.

use std::panic::{AssertUnwindSafe, catch_unwind};

use forestall_model::{Arm, Fact, Labels, Rows, RunName, Tally, simulate, tables};

/// An arm with its name.
#[derive(Clone, Debug)]
pub struct NamedArm {
    /// Policy name, or `baseline`.
    pub name: String,
    /// The arm, ready to run.
    pub arm: Arm,
}

/// Computes one run; its facts too if they are asked for.
///
/// # Errors
/// The message of a defect that stopped this run; other runs are not affected.
pub fn replicate(arm: &NamedArm, labels: &Labels, replication: u64, log: bool) -> Result<(Rows, Vec<Fact>), String> {
    replicate_draw(arm, labels, 0, replication, log)
}

/// Computes one run of an arm that stands at one draw of the parameters.
///
/// # Errors
/// As [`replicate`].
pub fn replicate_draw(
    arm: &NamedArm,
    labels: &Labels,
    draw: u64,
    replication: u64,
    log: bool,
) -> Result<(Rows, Vec<Fact>), String> {
    let computed = catch_unwind(AssertUnwindSafe(|| {
        let mut tally = Tally::new(labels.countries.len(), arm.arm.months());
        if log {
            tally = tally.with_log();
        }
        let outcome = simulate(&arm.arm, replication, &mut tally);
        let run = RunName { arm: &arm.name, draw: draw as i64, replication: replication as i64 };
        let rows = tables(&run, labels, &arm.arm, &tally, &outcome);
        (rows, tally.into_log())
    }));
    computed.map_err(|cause| {
        let text = cause.downcast_ref::<&str>().map(ToString::to_string);
        text.or_else(|| cause.downcast_ref::<String>().cloned()).unwrap_or_else(|| "unknown defect".into())
    })
}
