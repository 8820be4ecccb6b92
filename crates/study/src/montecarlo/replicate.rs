//! Runs: an arm, a replication, its rows; arms of one replication together, which share their past.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use forestall_model::{Arm, Fact, Labels, Overrun, Rows, RunName, Tally, simulate, simulate_together, tables};

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

/// Computes with runs of which nobody else asks whether they were given up: the reason if one was. A defect goes on as the
/// panic that it is.
pub(crate) fn unless_given_up<T>(compute: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(compute)).map_err(|cause| match cause.downcast::<Overrun>() {
        Ok(overrun) => overrun.0,
        Err(defect) => resume_unwind(defect),
    })
}

/// Turns a defect, or what the run outgrew, into its message.
fn caught<T>(compute: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(compute)).map_err(|cause| {
        let text = cause.downcast_ref::<&str>().map(ToString::to_string);
        let text = text.or_else(|| cause.downcast_ref::<Overrun>().map(|overrun| overrun.0.clone()));
        text.or_else(|| cause.downcast_ref::<String>().cloned()).unwrap_or_else(|| "unknown defect".into())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use forestall_model::{LoadOptions, Plan, load, registry};

    fn golden(sets: &[&str]) -> Plan {
        let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../assets/");
        let read = |name: &str| std::fs::read_to_string(format!("{root}{name}")).map_err(|e| e.to_string());
        let options = LoadOptions { sets: sets.iter().map(ToString::to_string).collect(), ..LoadOptions::default() };
        load(&registry(), "golden.toml", &read, &options).unwrap_or_else(|d| panic!("{d}"))
    }

    fn text(rows: &Rows) -> Vec<String> {
        [&rows.replications, &rows.monthly, &rows.by_country, &rows.matched].map(|t| format!("{t:?}")).to_vec()
    }

    #[test]
    fn what_a_run_outgrew_is_told_as_why_it_failed() {
        assert_eq!(
            caught(|| std::panic::panic_any(Overrun("day 3: too many".into()))),
            Err::<(), _>("day 3: too many".into())
        );
        assert_eq!(caught(|| panic!("day {}", 4)), Err::<(), _>("day 4".into()));
        assert_eq!(caught(|| 5), Ok(5));
        let overrun = || std::panic::panic_any(Overrun("day 3: too many".into()));
        assert_eq!(unless_given_up(overrun), Err::<(), _>("day 3: too many".into()));
        assert!(catch_unwind(|| unless_given_up(|| panic!("a defect"))).is_err(), "a defect is hidden");
    }

    #[test]
    fn a_defect_in_one_arm_stops_no_other() {
        // Nobody of the second movement ever plots in the quiet world.
        let quiet = golden(&[
            "movements.domestic.onset_scale=0",
            "movements.domestic.stock_scale=0",
            "pathways.sudden_per_million_per_year=0",
        ]);
        let (busy, labels) = (golden(&[]), Labels::of(&quiet));
        let arm = |plan: &Plan, name: &str| {
            let scenario = plan.arm(None).unwrap_or_else(|d| panic!("{d}"));
            NamedArm { name: name.into(), arm: Arm::new(&scenario) }
        };
        let (sound, broken, again) = (arm(&quiet, "sound"), arm(&busy, "broken"), arm(&quiet, "again"));
        let all = replicate_together(&[&sound, &broken, &again], &labels, 0, 1, false);
        assert!(all.iter().all(Result::is_ok), "with every label nothing is wrong");
        // A label too few: whatever has a plot of the second movement cannot be written down.
        let short = Labels { movements: labels.movements[..1].to_vec(), ..labels.clone() };
        let found = replicate_together(&[&sound, &broken, &again], &short, 0, 1, false);
        assert!(
            found[1].as_ref().is_err_and(|message| message.contains("index out of bounds")),
            "{:?}",
            found[1].is_ok()
        );
        for place in [0, 2] {
            let (rows, _) = found[place].as_ref().unwrap_or_else(|e| panic!("{place}: {e}"));
            let (whole, _) = all[place].as_ref().unwrap_or_else(|e| panic!("{place}: {e}"));
            assert_eq!(text(rows), text(whole));
        }
    }
}
