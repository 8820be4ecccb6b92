//! Tables that users bring: comma-separated text with or without a header, typed by what is in it.

use std::path::Path;

use super::csv;
use super::error::ResultsError;
use forestall_model::{Column, Table};

/// Fields that stand for a missing value, in any case.
const MISSING: [&str; 6] = ["", "na", "nan", "null", "none", "n/a"];

/// Reads a table from a file. Without a header, the columns are called `names` if there are as many, otherwise
/// `y` (one column) or `column 1`, `column 2`, …
///
/// A column is text unless every field is a number, true or false, or missing; infinite and missing ones are undefined.
///
/// # Errors
/// [`ResultsError::Io`] where the file cannot be read, [`ResultsError::Corrupt`] where it is no table.
pub fn read(path: &Path, names: Option<&[String]>) -> Result<Table, ResultsError> {
    let bytes = super::bounded::bytes(path, super::bounded::TABLE).map_err(|e| ResultsError::io("read", path, e))?;
    let text = String::from_utf8(bytes).map_err(|_| wrong(path, "it is no UTF-8 text", "save it as CSV in UTF-8"))?;
    parse(&text, names).map_err(|(found, fix)| wrong(path, &found, &fix))
}

fn wrong(path: &Path, found: &str, fix: &str) -> ResultsError {
    ResultsError::Corrupt { path: path.to_path_buf(), found: found.to_owned(), fix: fix.to_owned() }
}

/// What was found and what would be right.
type Flaw = (String, String);

fn parse(text: &str, names: Option<&[String]>) -> Result<Table, Flaw> {
    let text = text.trim_start_matches('\u{feff}');
    // NumPy marks its header as a comment.
    let text = text.strip_prefix("# ").or_else(|| text.strip_prefix('#')).unwrap_or(text);
    let mut records = csv::parse(text).map_err(|found| (found, "mend the quotes".to_owned()))?;
    // An empty line is a missing value in a table of one column, and nothing at all in a wider one.
    if records.first().is_some_and(|first| first.len() > 1) {
        records.retain(|record| record.len() > 1 || !record[0].trim().is_empty());
    }
    let Some(first) = records.first() else {
        return Err(("it is empty".into(), "give a header and at least one row".into()));
    };
    let width = first.len();
    let headless = first.iter().all(|field| field.trim().parse::<f64>().is_ok());
    if let Some(line) = records.iter().position(|record| record.len() != width) {
        let found = format!("record {} has {} fields and the first has {width}", line + 1, records[line].len());
        return Err((found, "give every row the same fields, separated by commas".into()));
    }
    let header: Vec<String> = match names {
        _ if !headless => first.iter().map(|name| name.trim().to_owned()).collect(),
        Some(names) if names.len() == width => names.to_vec(),
        _ if width == 1 => vec!["y".to_owned()],
        _ => (1..=width).map(|i| format!("column {i}")).collect(),
    };
    if let Some(twice) = (1..width).find(|&i| header[..i].contains(&header[i])) {
        return Err((format!("two columns are called `{}`", header[twice]), "rename one".into()));
    }
    let body = if headless { &records[..] } else { &records[1..] };
    let mut table = Table::new();
    for (j, name) in header.into_iter().enumerate() {
        table.push(name, typed(body.iter().map(|record| record[j].trim())));
    }
    Ok(table)
}

/// A field that is text.
struct IsText;

/// A field as a number; `None` where it is missing or infinite.
fn number(field: &str) -> Result<Option<f64>, IsText> {
    let lower = field.to_ascii_lowercase();
    match lower.as_str() {
        "true" => Ok(Some(1.0)),
        "false" => Ok(Some(0.0)),
        other if MISSING.contains(&other) => Ok(None),
        other => other.parse::<f64>().map(|x| Some(x).filter(|x| x.is_finite())).map_err(|_| IsText),
    }
}

fn typed<'t>(fields: impl Iterator<Item = &'t str> + Clone) -> Column {
    let whole: Option<Vec<Option<i64>>> = fields.clone().map(|f| f.parse::<i64>().ok().map(Some)).collect();
    if let Some(whole) = whole {
        return Column::Integer(whole);
    }
    let numbers: Result<Vec<Option<f64>>, IsText> = fields.clone().map(number).collect();
    numbers.map_or_else(|IsText| Column::Text(fields.map(str::to_owned).collect()), Column::Number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(text: &str) -> Table {
        parse(text, None).expect("a table")
    }

    #[test]
    fn columns_are_typed_by_their_fields() {
        let read = table("n,x,name,flag\n1,0.5,a,True\n2,nan,b,False\n3,inf,,true\n");
        assert_eq!(read.column("n"), Some(&Column::Integer(vec![Some(1), Some(2), Some(3)])));
        assert_eq!(read.column("x"), Some(&Column::Number(vec![Some(0.5), None, None])));
        assert_eq!(read.column("name"), Some(&Column::Text(vec!["a".into(), "b".into(), String::new()])));
        assert_eq!(read.column("flag"), Some(&Column::Number(vec![Some(1.0), Some(0.0), Some(1.0)])));
    }

    #[test]
    fn tables_of_other_tools_are_read() {
        assert_eq!(table("1.5\n2.5\n").column("y"), Some(&Column::Number(vec![Some(1.5), Some(2.5)])));
        let names = vec!["a".to_owned(), "b".to_owned()];
        assert!(parse("1,2\n3,4\n", Some(&names)).expect("a table").column("b").is_some());
        assert_eq!(table("# a,b\n1,2\n").rows(), 1);
        assert_eq!(table("\u{feff}a,b\r\n1,2\r\n").rows(), 1);
        // A failed run of a single-column response is an empty line.
        let gap = table("y\n1.5\n\n2.5\n");
        assert_eq!(gap.column("y"), Some(&Column::Number(vec![Some(1.5), None, Some(2.5)])));
    }

    #[test]
    fn what_is_no_table_is_told() {
        let told = |text: &str| parse(text, None).expect_err("refused").0;
        assert!(told("").contains("empty"));
        assert!(told("a,b\n1\n").contains("record 2 has 1 fields"));
        assert!(told("a,a\n1,2\n").contains("two columns"));
        assert!(told("a\n\"b").contains("does not end"));
    }
}
