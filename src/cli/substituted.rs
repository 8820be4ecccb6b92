//! What the other side does instead, in a run and in the runs for doubts that stand beside it.

use forestall_model::scenario::Plan;
use forestall_model::table::Table;

use super::outcome::Failure;
use super::publish::Saved;
use super::trust;

/// How strongly the other side answers on the first counted day, in the scenario's word.
pub(super) fn response(plan: &Plan) -> String {
    let word = || {
        let slot = plan.registry.slot("adaptation", "response")?;
        let arm = plan.arm(None).ok()?;
        let first = arm.snapshots.iter().rev().find(|s| s.time <= 0.0)?;
        Some(plan.registry.parameter(slot).kind.write(first.values.world[slot.table][slot.parameter]))
    };
    word().map(|w| w.trim_matches('"').to_owned()).unwrap_or_default()
}

/// The rows of the run itself, then those of its runs at other strengths of the other side's answers.
pub(super) fn at_every_strength(saved: &Saved) -> Result<Table, Failure> {
    let mut table = saved.substitution();
    for answered in trust::answered(saved.folder())? {
        if table.column_difference(&answered.substitution).is_none() {
            table.append_rows(&answered.substitution, 0..answered.substitution.rows());
        }
    }
    Ok(table)
}
