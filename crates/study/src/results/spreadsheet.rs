//! Tables that people open in a spreadsheet: no text in them is taken for a formula, and all reads back as it was.
//!
//! The rule: a text, in a cell or a heading, that begins with `=`, `+`, `-`, `@`, a tab, a line end or `'` gets a `'`
//! in front. Numbers stay as they are. What reads them takes one `'` away again. Tables that programs read, such as
//! designs and draws, are not written so.

use std::path::Path;

use super::error::ResultsError;
use super::{csv, outside};
use forestall_model::{Column, Table};

/// How texts begin that a spreadsheet would compute, and the sign that guards them.
const GUARDED: [char; 8] = ['=', '+', '-', '@', '\t', '\r', '\n', '\''];

/// Columns of names, whose cells are text whatever they look like.
const NAMES: [&str; 8] = ["policy", "label", "arm", "outcome", "strength", "pathway", "mechanism", "country"];

fn guard(text: &str) -> String {
    if text.starts_with(GUARDED) { format!("'{text}") } else { text.to_owned() }
}

fn bare(text: &str) -> String {
    text.strip_prefix('\'').unwrap_or(text).to_owned()
}

fn mapped(table: &Table, change: fn(&str) -> String) -> Table {
    let mut out = Table::new();
    for (name, column) in table.columns() {
        let column = match column {
            Column::Text(values) => Column::Text(values.iter().map(|text| change(text)).collect()),
            Column::Integer(_) | Column::Number(_) => column.clone(),
        };
        out.push(change(name), column);
    }
    out
}

/// The table with every text guarded.
pub fn guarded(table: &Table) -> Table {
    mapped(table, guard)
}

/// The table as comma-separated text for a spreadsheet.
pub fn to_text(table: &Table) -> String {
    csv::to_text(&guarded(table))
}

/// Reads a table that was written by [`to_text`].
///
/// # Errors
/// Those of [`outside::read_own`].
pub(crate) fn read(path: &Path) -> Result<Table, ResultsError> {
    outside::read_own(path, &NAMES.map(str::to_owned)).map(|table| mapped(&table, bare))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_taken_for_a_formula_and_all_reads_back() {
        let labels = ["=1+1", "+49 30", "-2", "@SUM(A1)", "\tx", "'quoted'", "''", "Analysts +50 %", "", "a=b"];
        let mut table = Table::new();
        table.push("label", Column::Text(labels.map(str::to_owned).to_vec()));
        table.push("-x", Column::Number((0..10).map(|i| Some(-f64::from(i) - 0.5)).collect()));
        let text = to_text(&table);
        assert!(text.starts_with("label,'-x\n'=1+1,-0.5\n'+49 30,-1.5\n'-2,"), "{text}");
        for cell in csv::parse(&text).expect("own output").iter().map(|record| &record[0]) {
            assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{cell}");
        }
        assert_eq!(mapped(&guarded(&table), bare), table);
        let path = std::env::temp_dir().join(format!("forestall-spreadsheet-{}.csv", std::process::id()));
        std::fs::write(&path, &text).expect("written");
        let back = read(&path).expect("read");
        std::fs::remove_file(&path).expect("removed");
        // The reader of outside tables trims fields; all else comes back.
        assert_eq!(
            back.texts("label").map(|l| (l[0].clone(), l[5].clone(), l[7].clone())),
            Some(("=1+1".into(), "'quoted'".into(), "Analysts +50 %".into()))
        );
        assert_eq!(back.column("-x"), table.column("-x"));
    }
}
