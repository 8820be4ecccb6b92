//! Tables that users bring: separated text with or without a header, typed by what is in it.

mod cells;
mod text;

use std::collections::BTreeSet;
use std::path::Path;

use super::bounded;
use super::error::ResultsError;
use forestall_model::{Column, Table};
use text::Records;

/// What is known of a table before it is read.
#[derive(Clone, Copy, Debug, Default)]
pub struct Reading<'r> {
    /// Columns that may be there. Where the first record names all of them it is the header; where there is no header
    /// and they are as many as the columns, they are its names.
    pub known: &'r [String],
    /// Columns of names, whose cells are text as written.
    pub names: &'r [String],
    /// Columns that are looked at; odd cells in others are no error. All, if not given.
    pub used: Option<&'r [String]>,
    /// Whether rows stand for themselves, in any order: an index without a name may then count them in another order, as
    /// that of a table which was sorted or cut does.
    pub alone: bool,
    /// What a user can do besides about an odd cell, such as a flag of the command.
    pub advice: &'r str,
}

/// Reads a table from a file. Without a header, the columns are called `names` if there are as many, otherwise
/// `y` (one column) or `column 1`, `column 2`, …
///
/// # Errors
/// Those of [`read_as`].
pub fn read(path: &Path, names: Option<&[String]>) -> Result<Table, ResultsError> {
    read_as(path, &Reading { known: names.unwrap_or_default(), ..Reading::default() })
}

/// Reads a table that this program wrote: no cell of it is odd, and columns of these `names` hold text.
///
/// # Errors
/// Those of [`read_as`].
pub(crate) fn read_own(path: &Path, names: &[String]) -> Result<Table, ResultsError> {
    read_as(path, &Reading { used: Some(&[]), names, ..Reading::default() })
}

/// Reads a table from a file in UTF-8, or UTF-16 with its mark; commas, semicolons or tabs separate, and beside
/// semicolons numbers may have a decimal comma.
///
/// A column is one of numbers (true and false are 1 and 0, some words are missing), or of text. Undefined is `None`;
/// infinite numbers stay, so that whoever reads the column can tell them apart. A column without a name that counts
/// the rows is left out.
///
/// # Errors
/// [`ResultsError::Io`] where the file cannot be read, [`ResultsError::Corrupt`] where it is no table, or a column of
/// numbers has a cell that is none.
pub fn read_as(path: &Path, reading: &Reading<'_>) -> Result<Table, ResultsError> {
    read_noting(path, reading).map(|(table, _)| table)
}

/// [`read_as`], with notes on cells that differ and are read as one number, as names of versions would be.
///
/// # Errors
/// Those of [`read_as`].
pub fn read_noting(path: &Path, reading: &Reading<'_>) -> Result<(Table, Vec<String>), ResultsError> {
    let mut notes = Vec::new();
    let bytes = bounded::bytes(path, bounded::TABLE).map_err(|e| ResultsError::io("read", path, e))?;
    let table = text::decode(&bytes).and_then(|text| parse_noting(&text, reading, &mut notes));
    let told = |(found, fix)| ResultsError::Corrupt { path: path.to_path_buf(), found, fix };
    table.map(|table| (table, notes)).map_err(told)
}

/// What was found and what would be right.
pub(crate) type Flaw = (String, String);

/// Reads a table from text.
#[cfg(test)]
pub(crate) fn parse(text: &str, reading: &Reading<'_>) -> Result<Table, Flaw> {
    parse_noting(text, reading, &mut Vec::new())
}

/// [`parse`], with notes on what it takes for one and the same.
fn parse_noting(text: &str, reading: &Reading<'_>, notes: &mut Vec<String>) -> Result<Table, Flaw> {
    let Records { header, rows, semicolons } = text::records(text, reading.known)?;
    let mut table = Table::new();
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    for (j, name) in header.iter().enumerate() {
        let raw: Vec<&str> = rows.iter().map(|record| record[j].as_str()).collect();
        if is_nameless(name) && !reading.known.contains(name) {
            nameless(name, j, &raw, reading.alone)?;
            continue;
        }
        if !seen.insert(name) {
            return Err((format!("two columns are called `{}`", shown(name)), "rename one".into()));
        }
        let column =
            if reading.names.contains(name) { cells::names(&raw) } else { typed(name, &raw, semicolons, reading)? };
        if let Some((one, other)) = cells::merged(&raw, &column) {
            notes.push(format!("`{}` and `{}` of column `{}` are one number", shown(one), shown(other), shown(name)));
        }
        table.push(name, column);
    }
    Ok(table)
}

fn typed(name: &String, raw: &[&str], semicolons: bool, reading: &Reading<'_>) -> Result<Column, Flaw> {
    let texts: Vec<&str> = raw.iter().map(|text| text.trim()).collect();
    match cells::typed(&texts, semicolons && text::uses_commas(&texts)) {
        Ok(column) => Ok(column),
        Err(_) if reading.used.is_some_and(|used| !used.contains(name)) => Ok(cells::names(&texts)),
        Err(odd) => {
            let found = format!(
                "row {} of column `{}` is `{}`, and the column is one of numbers",
                odd.row + 1,
                shown(name),
                shown(texts[odd.row])
            );
            Err((found, format!("{}{}", odd.fix, reading.advice)))
        }
    }
}

/// A cell as a message shows it: on one line, and short.
pub(crate) fn shown(cell: &str) -> String {
    const MOST: usize = 40;
    let escaped: String = cell.chars().take(MOST).flat_map(char::escape_debug).collect();
    if cell.chars().count() > MOST { format!("{escaped}…") } else { escaped }
}

/// Whether a column has no name; pandas calls such a one `Unnamed: 0`.
fn is_nameless(name: &str) -> bool {
    let counted = |rest: &str| !rest.is_empty() && rest.chars().all(|c| c.is_ascii_digit() || c == '.');
    name.trim().is_empty() || name.strip_prefix("Unnamed: ").is_some_and(counted)
}

/// Whether each cell is a whole number that no other is.
fn numbers_each(cells: &[&str]) -> bool {
    let all: Option<BTreeSet<u64>> = cells.iter().map(|cell| cell.trim().parse().ok()).collect();
    all.is_some_and(|all| all.len() == cells.len())
}

/// Lets a column without a name pass if it counts the rows, from 0 or from 1; where rows stand alone, if it holds the
/// number of each in another order, or of some.
fn nameless(name: &str, place: usize, cells: &[&str], alone: bool) -> Result<(), Flaw> {
    let counts = |from: usize| {
        cells.iter().enumerate().all(|(row, cell)| cell.trim().parse::<f64>().is_ok_and(|n| n == (row + from) as f64))
    };
    if counts(0) || counts(1) || alone && numbers_each(cells) {
        return Ok(());
    }
    let called = if name.is_empty() { "has no name".to_owned() } else { format!("is called `{name}`") };
    let found = format!("column {} {called}, and it does not count the rows from 0 or 1 in their order", place + 1);
    let fix = "name it, or remove it; in a response, a column `row` holds the number of the point from 0";
    Err((found, fix.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(text: &str) -> Table {
        parse(text, &Reading::default()).expect("a table")
    }

    #[test]
    fn columns_are_typed_by_their_fields() {
        let read = table("n,x,name,flag\n1,0.5,a,True\n2,nan,b,False\n3,inf,,true\n");
        assert_eq!(read.column("n"), Some(&Column::Integer(vec![Some(1), Some(2), Some(3)])));
        assert_eq!(read.column("x"), Some(&Column::Number(vec![Some(0.5), None, Some(f64::INFINITY)])));
        assert_eq!(read.column("name"), Some(&Column::Text(vec!["a".into(), "b".into(), String::new()])));
        assert_eq!(read.column("flag"), Some(&Column::Number(vec![Some(1.0), Some(0.0), Some(1.0)])));
    }

    #[test]
    fn tables_of_other_tools_are_read() {
        assert_eq!(table("1.5\n2.5\n").column("y"), Some(&Column::Number(vec![Some(1.5), Some(2.5)])));
        let names = vec!["a".to_owned(), "b".to_owned()];
        let named = Reading { known: &names, ..Reading::default() };
        assert!(parse("1,2\n3,4\n", &named).expect("a table").column("b").is_some());
        assert_eq!(table("# a,b\n1,2\n").rows(), 1);
        assert_eq!(table("\u{feff}a,b\r\n1,2\r\n").rows(), 1);
        // A failed run of a single-column response is an empty line.
        let gap = table("y\n1.5\n\n2.5\n");
        assert_eq!(gap.column("y"), Some(&Column::Number(vec![Some(1.5), None, Some(2.5)])));
    }

    #[test]
    fn what_is_no_table_is_told() {
        let told = |text: &str| parse(text, &Reading::default()).expect_err("refused").0;
        assert!(told("").contains("empty"));
        assert!(told("a,b\n1\n").contains("record 2 has 1 fields"));
        assert!(told("a,a\n1,2\n").contains("two columns"));
        assert!(told("a\n\"b").contains("does not end"));
    }

    #[test]
    fn an_odd_cell_is_told_with_its_place() {
        let mut text = "a,b\n".to_owned();
        (0..300).for_each(|i| text += &format!("{},x\n", f64::from(i) / 7.0));
        text += "#N/A\u{7},y\n";
        let flaw = parse(&text, &Reading { advice: ", or else", ..Reading::default() }).expect_err("refused");
        assert!(
            flaw.0.starts_with("row 301 of column `a` is `#N/A\\u{7}`") && flaw.1.ends_with("empty, or else"),
            "{flaw:?}"
        );
        let used = ["b".to_owned()];
        let unused = parse(&text, &Reading { used: Some(&used), ..Reading::default() }).expect("a table");
        assert_eq!(unused.column("a").map(Column::kind), Some("text"));
        assert_eq!(shown(&"ab\n".repeat(30)).chars().count(), 54);
    }

    #[test]
    fn a_column_that_counts_the_rows_has_no_part() {
        for text in [
            "\"\",a\n\"1\",5\n\"2\",6\n",
            ",a\n0,5\n1,6\n",
            "Unnamed: 0,a\n0,5\n1,6\n",
            "Unnamed: 0.1,Unnamed: 0,a\n0,0,5\n1,1,6\n",
            "a,\n5,1\n6,2\n",
        ] {
            let read = table(text);
            assert_eq!(read.columns().map(|c| c.0).collect::<Vec<_>>(), ["a"], "{text}");
        }
        let told = |text: &str| parse(text, &Reading::default()).expect_err("refused");
        for text in [",a\n1,5\n0,6\n", ",a\nx,5\ny,6\n", "a,b,\n1,2,\n3,4,\n", "Unnamed: 0,a\n3,5\n9,6\n"] {
            assert!(told(text).0.contains("does not count the rows") && told(text).1.contains("name it"), "{text}");
        }
        let alone = Reading { alone: true, ..Reading::default() };
        for text in [",a\n1,5\n0,6\n", "Unnamed: 0,a\n3,5\n9,6\n"] {
            let read = parse(text, &alone).expect("sorted or cut");
            assert_eq!(read.columns().map(|c| c.0).collect::<Vec<_>>(), ["a"], "{text}");
        }
        for text in [",a\nx,5\ny,6\n", ",a\n3,5\n3,6\n", ",a\n0.5,5\n1.5,6\n"] {
            assert!(parse(text, &alone).is_err(), "{text}");
        }
        let known = vec!["Unnamed: 0".to_owned()];
        let own = parse("Unnamed: 0,a\n3,5\n9,6\n", &Reading { known: &known, ..Reading::default() });
        assert_eq!(own.expect("a table").columns().count(), 2);
    }

    #[test]
    fn tables_of_european_spreadsheets_are_read() {
        let numbers = |text: &str, name: &str| -> Vec<f64> {
            let table = table(text);
            let column = table.column(name).expect("a column").clone();
            (0..column.len()).filter_map(|row| column.number(row)).collect()
        };
        assert_eq!(numbers("a;b\r\n0,703;1\r\n1,378;2\r\n", "a"), [0.703, 1.378]);
        assert_eq!(numbers("a\tb\n0.5\t1\n", "b"), [1.0]);
        assert_eq!(numbers("sep=;\r\na;b\r\n0,5;1\r\n", "a"), [0.5]);
        assert_eq!(numbers("0,5;1,5\n2,5;3,5\n", "column 2"), [1.5, 3.5]);
        assert_eq!(numbers("a;b\n0.5;\"x,y\"\n", "a"), [0.5]);
        // Each column by itself: names of versions have a point.
        assert_eq!(numbers("a;v\n0,5;1.1\n", "a"), [0.5]);
        // NumPy's own separator is a blank.
        assert_eq!(numbers("5e-1 1.5\n2.5 3.5\n", "column 2"), [1.5, 3.5]);
        assert_eq!(numbers("# a b\n0.5 1.5\n", "b"), [1.5]);
        // Commas beside points are thousands, or nobody knows.
        let mixed: String = (0..50).map(|i| format!("{i}.5;{i}\n")).collect();
        assert!(
            parse(&format!("a;b\n{mixed}1,378;3\n"), &Reading::default()).expect_err("refused").0.contains("1,378")
        );
    }

    #[test]
    fn different_cells_that_are_one_number_are_noted() {
        let noted = |text: &str| -> Vec<String> {
            let mut notes = Vec::new();
            parse_noting(text, &Reading::default(), &mut notes).expect("a table");
            notes
        };
        assert_eq!(noted("p,x\n1.1,5\n2.0,6\n1.10,7\n"), ["`1.1` and `1.10` of column `p` are one number"]);
        assert_eq!(noted("id\n10000000000000000001\n10000000000000000002\n").len(), 1);
        assert_eq!(noted("p,x\n1.1,0\n2.0,1\n1.1,0\n,true\n,True\n"), [""; 0]);
    }

    #[test]
    fn encodings_are_told_apart() {
        let wide =
            |unit: fn(u16) -> [u8; 2]| -> Vec<u8> { "\u{feff}a,ß\n1,2\n".encode_utf16().flat_map(unit).collect() };
        for bytes in [wide(u16::to_le_bytes), wide(u16::to_be_bytes), "\u{feff}a,ß\r\n1,2".as_bytes().to_vec()] {
            assert_eq!(
                table(&text::decode(&bytes).expect("text")).columns().map(|c| c.0).collect::<Vec<_>>(),
                ["a", "ß"]
            );
        }
        assert_eq!(table(&text::decode(b"a,b\r1,2\r").expect("text")).rows(), 1);
        let told = |bytes: &[u8]| text::decode(bytes).expect_err("refused").0;
        assert!(told(b"a\n\xe9\n").contains("line 2 holds the byte 0xE9"));
        assert!(told(b"a\n1\x00\n").contains("line 2 holds a NUL byte"));
        assert!(told(b"\xff\xfea").contains("UTF-16"));
    }

    #[test]
    fn names_are_read_as_written_and_headers_by_what_is_known() {
        let names = ["p".to_owned()];
        let read =
            parse("p,y\n01,1\n NA,2\n1.10,3\n", &Reading { names: &names, ..Reading::default() }).expect("a table");
        assert_eq!(read.texts("p").expect("text"), ["01", " NA", "1.10"]);
        let known = ["1".to_owned(), "2".to_owned()];
        let read = parse("2,1\n0.5,0.25\n", &Reading { known: &known, ..Reading::default() }).expect("a table");
        assert_eq!((read.rows(), read.column("1").and_then(|c| c.number(0))), (1, Some(0.25)));
        for known in ["#a", "a;b", "sep=;", "nan", " x"] {
            let header = [known.to_owned()];
            let read =
                parse(&format!("{known}\n1\n"), &Reading { known: &header, ..Reading::default() }).expect("a table");
            assert_eq!((read.rows(), read.column(known).is_some()), (1, true), "{known}");
        }
    }
}
