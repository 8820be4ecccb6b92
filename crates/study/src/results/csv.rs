//! Tables as comma-separated text (RFC 4180 quoting, one line feed a row) and back.

use std::fmt::{self, Write as _};
use std::io::{self, Write};

use forestall_model::{Column, Table};

/// Writes `table` with a header; an undefined value is an empty field, a number its shortest exact form.
///
/// # Errors
/// Those of `sink`.
pub fn write(table: &Table, sink: &mut dyn Write) -> io::Result<()> {
    write_header(table, sink)?;
    write_rows(table, sink)
}

/// The names of the columns, the first line.
///
/// # Errors
/// Those of `sink`.
pub fn write_header(table: &Table, sink: &mut dyn Write) -> io::Result<()> {
    write_line(sink, &mut String::new(), table.columns(), |line, name, _| push_text(line, name))
}

/// The rows alone, for a table that comes in stretches.
///
/// # Errors
/// Those of `sink`.
pub fn write_rows(table: &Table, sink: &mut dyn Write) -> io::Result<()> {
    let mut line = String::new();
    for row in 0..table.rows() {
        write_line(sink, &mut line, table.columns(), |line, _, column| push_field(line, column, row))?;
    }
    Ok(())
}

/// [`write()`] into a string.
pub fn to_text(table: &Table) -> String {
    let mut bytes = Vec::new();
    // Writing to memory cannot fail.
    let _ = write(table, &mut bytes);
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Writes one line into `sink`, by way of `line`: what `push` adds for each column.
fn write_line<'t>(
    sink: &mut dyn Write,
    line: &mut String,
    columns: impl Iterator<Item = (&'t str, &'t Column)>,
    push: impl Fn(&mut String, &str, &Column),
) -> io::Result<()> {
    line.clear();
    let mut count = 0;
    for (name, column) in columns {
        if count > 0 {
            line.push(',');
        }
        push(line, name, column);
        count += 1;
    }
    // A lone empty field must not look like an empty line, which readers skip.
    if count == 1 && line.is_empty() {
        line.push_str("\"\"");
    }
    line.push('\n');
    sink.write_all(line.as_bytes())
}

/// A value as a field.
fn push_field(line: &mut String, column: &Column, row: usize) {
    // Writing to a string cannot fail.
    let _ = match column {
        Column::Text(values) => {
            push_text(line, &values[row]);
            Ok(())
        }
        Column::Integer(values) => values[row].map_or(Ok(()), |number| write!(line, "{number}")),
        Column::Number(values) => values[row].map_or(Ok(()), |number| push_shortest(line, number)),
    };
}

/// The fewest digits that read back as the same number; with an exponent where plain digits would be many.
fn push_shortest(line: &mut String, number: f64) -> fmt::Result {
    let size = number.abs();
    if size != 0.0 && !(1e-5..1e16).contains(&size) { write!(line, "{number:e}") } else { write!(line, "{number}") }
}

/// A text as a field, quoted where it must be.
fn push_text(line: &mut String, text: &str) {
    if text.contains([',', '"', '\n', '\r']) {
        line.push('"');
        line.push_str(&text.replace('"', "\"\""));
        line.push('"');
    } else {
        line.push_str(text);
    }
}

/// The records of comma-separated text, header first; lines may end in LF or CRLF.
///
/// # Errors
/// In words, with the record's number from 1, where a quoted field does not end or is followed by other text.
pub fn parse(text: &str) -> Result<Vec<Vec<String>>, String> {
    parse_separated(text, ',')
}

/// [`parse`] of fields between which `separator` stands, as spreadsheets of some countries write them.
///
/// # Errors
/// Those of [`parse`].
pub fn parse_separated(text: &str, separator: char) -> Result<Vec<Vec<String>>, String> {
    let mut records = Vec::new();
    let mut record: Vec<String> = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (value, after) =
            next_field(rest, separator).map_err(|found| format!("record {}: {found}", records.len() + 1))?;
        record.push(value);
        if let Some(more) = after.strip_prefix(separator) {
            rest = more;
            if rest.is_empty() {
                record.push(String::new());
            }
        } else {
            records.push(std::mem::take(&mut record));
            rest = after.strip_prefix("\r\n").or_else(|| after.strip_prefix('\n')).unwrap_or(after);
        }
    }
    if !record.is_empty() {
        records.push(record);
    }
    Ok(records)
}

/// The field at the start of `text` and what follows it: a separator, a line end or nothing.
fn next_field(text: &str, separator: char) -> Result<(String, &str), String> {
    let Some(mut rest) = text.strip_prefix('"') else {
        let end = text.find([separator, '\n']).unwrap_or(text.len());
        let end = if text[end..].starts_with('\n') && text[..end].ends_with('\r') { end - 1 } else { end };
        return Ok((text[..end].to_owned(), &text[end..]));
    };
    let mut value = String::new();
    loop {
        let quote = rest.find('"').ok_or("a quoted field does not end")?;
        value.push_str(&rest[..quote]);
        rest = &rest[quote + 1..];
        if let Some(more) = rest.strip_prefix('"') {
            value.push('"');
            rest = more;
        } else if rest.is_empty() || rest.starts_with([separator, '\n']) || rest.starts_with("\r\n") {
            return Ok((value, rest));
        } else {
            return Err("text follows a closing quote".into());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn quotes_nulls_and_numbers() {
        let mut table = Table::new();
        table.push("arm", Column::Text(vec!["a,b".into(), "say \"no\"".into(), "Zoë\n2".into()]));
        table.push("count", Column::Integer(vec![Some(-3), None, Some(i64::MAX)]));
        table.push("share", Column::Number(vec![Some(0.1), Some(1e300), None]));
        let expected = "arm,count,share\n\"a,b\",-3,0.1\n\"say \"\"no\"\"\",,1e300\n\"Zoë\n2\",9223372036854775807,\n";
        assert_eq!(to_text(&table), expected);
    }

    #[test]
    fn both_line_ends_are_read() {
        let expected = vec![vec!["a".to_owned(), String::new()], vec!["1".into(), "2".into()]];
        assert_eq!(parse("a,\r\n1,2\r\n"), Ok(expected.clone()));
        assert_eq!(parse("a,\n1,2"), Ok(expected));
        assert_eq!(parse(""), Ok(Vec::new()));
        assert!(parse("a\n\"b").expect_err("open quote").contains("record 2"));
        assert!(parse("\"a\"b").is_err());
    }

    proptest! {
        #[test]
        fn any_text_and_number_survive(rows in prop::collection::vec((".*", prop::num::f64::NORMAL), 1..20)) {
            let mut table = Table::new();
            table.push("text", Column::Text(rows.iter().map(|r| r.0.clone()).collect()));
            table.push("number", Column::Number(rows.iter().map(|r| Some(r.1)).collect()));
            let records = parse(&to_text(&table)).expect("own output");
            prop_assert_eq!(records.len(), rows.len() + 1);
            for (record, row) in records[1..].iter().zip(&rows) {
                prop_assert_eq!(&record[0], &row.0);
                prop_assert_eq!(record[1].parse::<f64>().expect("number"), row.1);
            }
        }
    }
}
