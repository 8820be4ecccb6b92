//! The event log of a run as a table.

use crate::results::RunKey;
use forestall_model::{Column, CountryId, Fact, Labels, MovementId, Table};

/// Facts as rows: one a fact, in the order in which they happened.
pub(crate) fn events_table(labels: &Labels, key: &RunKey, facts: &[Fact]) -> Table {
    use Column::{Integer, Number, Text};
    let mut table = Table::new();
    let rows = facts.len();
    let hex = |bits: u64| if bits == 0 { String::new() } else { format!("{bits:016x}") };
    table.push("arm", Text(vec![key.arm.clone(); rows]));
    table.push("draw", Integer(vec![Some(key.draw as i64); rows]));
    table.push("replication", Integer(vec![Some(key.replication as i64); rows]));
    table.push("day", Number(facts.iter().map(|f| Some(f.time)).collect()));
    table.push("fact", Text(facts.iter().map(|f| f.kind.name()).collect()));
    table.push("id", Text(facts.iter().map(|f| hex(f.id)).collect()));
    table.push("cause", Text(facts.iter().map(|f| hex(f.cause)).collect()));
    let country = |c: CountryId| labels.countries.get(usize::from(c)).cloned().unwrap_or_default();
    table.push("country", Text(facts.iter().map(|f| country(f.country)).collect()));
    let movement = |m: MovementId| labels.movements.get(usize::from(m)).cloned().unwrap_or_default();
    table.push("movement", Text(facts.iter().map(|f| movement(f.movement)).collect()));
    table.push("subject", Text(facts.iter().map(|f| hex(f.subject.bits())).collect()));
    table.push("plot", Text(facts.iter().map(|f| hex(f.plot.bits())).collect()));
    table.push("value", Number(facts.iter().map(|f| Some(f.value).filter(|v| v.is_finite())).collect()));
    table
}
