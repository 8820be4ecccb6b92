//! What policies are worth against a side that answers: the table that `respond` leaves in a run's folder.

use super::grid::{Cell, Grid};
use forestall_model::Table;

/// The table with the words around it; `None` where the other side was not asked.
pub(super) fn section(table: &Table) -> Option<String> {
    let number = |name: &str, row: usize| table.column(name).and_then(|c| c.number(row));
    let cell = |name: &str, row: usize| {
        let interval = number(&format!("{name}_low"), row).zip(number(&format!("{name}_high"), row));
        Cell::with_interval(number(name, row), interval)
    };
    if table.rows() == 0 {
        return None;
    }
    let label = table.column("label")?;
    let rows = (0..table.rows()).map(|row| {
        vec![
            Cell::Text(label.text(row)),
            cell("prevented_as_it_is", row),
            cell("prevented_responding", row),
            cell("change", row),
        ]
    });
    let grid = Grid {
        id: "responses-table".into(),
        caption: "Attacks prevented, with 95 % intervals, on replications of their own".into(),
        headings: ["Policy", "As it is", "Answering", "Change"].map(String::from).to_vec(),
        rows: rows.collect(),
        filter: false,
    };
    Some(format!(
        "<p>Each policy where the other side does what it does anyway, and where it chooses what is best for it against that \
         policy within the freedom that the scenario states, as it then also does against the baseline. The freedom is \
         assumed. See <code>forestall respond</code>.</p>\n{}",
        grid.html()
    ))
}
