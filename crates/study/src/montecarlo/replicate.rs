//! Runs: an arm, a replication, its rows; arms of one replication together, which share their past.

use std::panic::{AssertUnwindSafe, catch_unwind};

use forestall_model::{Arm, Fact, Labels, Rows, RunName, Tally, simulate, simulate_together, tables};

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
    caught(|| {
        let mut tally = tally(labels, &arm.arm, log);
        let outcome = simulate(&arm.arm, replication, &mut tally);
        let run = RunName { arm: &arm.name, draw: draw as i64, replication: replication as i64 };
        let rows = tables(&run, labels, &arm.arm, &tally, &outcome);
        (rows, tally.into_log())
    })
}

/// What a run gives: its rows, and its facts if they were asked for; or the message of a defect that stopped it.
pub(crate) type Computed = Result<(Rows, Vec<Fact>), String>;

/// Computes one replication of several arms that stand at one draw of the parameters, in the order of the arms.
///
/// They share their past up to their first difference. Each gives what it gives alone ([`replicate_draw`]); if a
/// defect stops one of them, each is computed by itself, so that it stops no other.
pub(crate) fn replicate_together(
    arms: &[&NamedArm],
    labels: &Labels,
    draw: u64,
    replication: u64,
    log: bool,
) -> Vec<Computed> {
    let alone = |arm: &&NamedArm| replicate_draw(arm, labels, draw, replication, log);
    let Some(first) = arms.first().filter(|_| arms.len() > 1) else { return arms.iter().map(alone).collect() };
    let together = caught(|| {
        let ready: Vec<&Arm> = arms.iter().map(|arm| &arm.arm).collect();
        let found = simulate_together(&ready, replication, &tally(labels, &first.arm, log));
        let rows = |(arm, (tally, outcome)): (&&NamedArm, (Tally, _))| {
            let run = RunName { arm: &arm.name, draw: draw as i64, replication: replication as i64 };
            (tables(&run, labels, &arm.arm, &tally, &outcome), tally.into_log())
        };
        arms.iter().zip(found).map(rows).collect::<Vec<_>>()
    });
    match together {
        Ok(found) => found.into_iter().map(Ok).collect(),
        Err(_) => arms.iter().map(alone).collect(),
    }
}

fn tally(labels: &Labels, arm: &Arm, log: bool) -> Tally {
    let tally = Tally::new(labels.countries.len(), arm.months());
    if log { tally.with_log() } else { tally }
}

/// Turns a defect into its message.
fn caught<T>(compute: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(compute)).map_err(|cause| {
        let text = cause.downcast_ref::<&str>().map(ToString::to_string);
        text.or_else(|| cause.downcast_ref::<String>().cloned()).unwrap_or_else(|| "unknown defect".into())
    })
}
