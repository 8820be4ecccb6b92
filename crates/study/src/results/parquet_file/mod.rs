//! Tables as Parquet files, written with the same bytes for the same rows and read a stretch at a time.

mod chunk;
mod reader;
mod writer;

use std::path::Path;

use super::error::ResultsError;
use forestall_model::Table;

pub use reader::{Pieces, TableReader, panic_is_expected};
pub use writer::TableWriter;

/// Rows in a row group of a finished file.
pub const ROWS_PER_GROUP: usize = 65_536;

/// The whole of `table` as the bytes of a Parquet file.
///
/// # Errors
/// [`ResultsError::Unsound`] if a number is not finite.
pub fn to_bytes(table: &Table, rows_per_group: usize) -> Result<Vec<u8>, ResultsError> {
    let mut writer = TableWriter::new(Vec::new(), table, rows_per_group, Path::new("memory"))?;
    writer.push(table, 0..table.rows())?;
    Ok(writer.finish()?.0)
}

/// Writes `table` to `path`, whole or not at all; returns the file's SHA-256 in hexadecimal.
///
/// # Errors
/// [`ResultsError::Io`], or [`ResultsError::Unsound`] if a number is not finite.
pub fn write(path: &Path, table: &Table) -> Result<String, ResultsError> {
    let file = super::atomic::AtomicFile::create(path)?;
    let mut writer = TableWriter::new(file, table, ROWS_PER_GROUP, path)?;
    writer.push(table, 0..table.rows())?;
    writer.finish()?.0.commit()
}

/// Reads the whole of `path`.
///
/// # Errors
/// [`ResultsError::Io`], or [`ResultsError::Corrupt`] if it is not such a file.
pub fn read(path: &Path) -> Result<Table, ResultsError> {
    TableReader::open(path)?.read_all()
}

#[cfg(test)]
mod tests {
    use super::*;
    use forestall_model::Column;

    #[test]
    fn a_panic_over_a_damaged_file_is_an_error_and_is_expected() {
        let told = reader::guarded::<()>(Path::new("a.parquet"), || {
            assert!(panic_is_expected());
            panic!("as the crate does");
        });
        assert!(told.is_err_and(|e| e.is_data_mismatch()) && !panic_is_expected());
    }

    pub(crate) fn sample(rows: usize) -> Table {
        let mut table = Table::new();
        let arm = |i: usize| ["baseline", "Überwachung 監視", ""][i % 3].to_owned();
        table.push("arm", Column::Text((0..rows).map(arm).collect()));
        table.push(
            "replication",
            Column::Integer((0..rows).map(|i| (!i.is_multiple_of(5)).then_some(i.cast_signed() as i64 - 7)).collect()),
        );
        let number =
            |i: usize| (!i.is_multiple_of(7)).then(|| if i.is_multiple_of(11) { -0.0 } else { 1.0 / (i as f64 + 0.5) });
        table.push("share", Column::Number((0..rows).map(number).collect()));
        table
    }

    fn back(content: &[u8]) -> Result<Table, ResultsError> {
        TableReader::from_bytes(content, Path::new("test"))?.read_all()
    }

    #[test]
    fn tables_survive_with_nulls_unicode_and_several_groups() {
        for rows in [0, 1, 2, 999, 1000, 2501] {
            let table = sample(rows);
            let bytes = to_bytes(&table, 1000).expect("sound");
            let reader = TableReader::from_bytes(&bytes, Path::new("test")).expect("own file");
            assert_eq!(reader.groups(), rows.div_ceil(1000));
            assert_eq!(reader.read_all().expect("own file"), table, "{rows} rows");
        }
    }

    #[test]
    fn extremes_keep_their_bits() {
        let mut table = Table::new();
        let numbers = [f64::MIN_POSITIVE / 8.0, f64::MAX, -0.0, 0.1 + 0.2];
        table.push("x", Column::Number(numbers.map(Some).to_vec()));
        table.push("i", Column::Integer(vec![Some(i64::MIN), Some(i64::MAX), None, Some(0)]));
        let found = back(&to_bytes(&table, 10).expect("sound")).expect("own file");
        let Some(Column::Number(found)) = found.column("x") else { panic!("a number column") };
        assert!(found.iter().zip(numbers).all(|(a, b)| a.expect("defined").to_bits() == b.to_bits()));
    }

    #[test]
    fn same_rows_same_bytes_however_they_arrive() {
        let table = sample(2500);
        let whole = to_bytes(&table, 1000).expect("sound");
        for piece in [1, 7, 999, 1000, 1001] {
            let mut writer = TableWriter::new(Vec::new(), &table, 1000, Path::new("test")).expect("memory");
            let mut from = 0;
            while from < table.rows() {
                let to = table.rows().min(from + piece);
                writer.push(&table, from..to).expect("sound");
                from = to;
            }
            assert_eq!(writer.finish().expect("memory").0, whole, "pieces of {piece}");
        }
        assert_ne!(to_bytes(&sample(2499), 1000).expect("sound"), whole);
    }

    #[test]
    fn columns_and_row_groups_are_read_alone() {
        let mut table = sample(2500);
        table.push("draw", Column::Integer((0..2500).map(|row| Some(row / 500)).collect()));
        let bytes = to_bytes(&table, 1000).expect("sound");
        let reader = || TableReader::from_bytes(&bytes, Path::new("test")).expect("own file");
        let read = |names: &[&str]| reader().only(names).read_all().expect("own file");
        assert_eq!(read(&["share", "nobody", "arm"]), table.select(&["share", "arm"]));
        assert_eq!(read(&[]).rows(), 0);
        // Draw 1 is in the first group only, 2 in the second, 3 in the second, 4 in the last, 5 nowhere.
        for (draw, rows) in [(1, 0..1000), (2, 1000..2000), (4, 2000..2500), (5, 0..0)] {
            let found = reader().with_value("draw", draw).read_all().expect("own file");
            assert_eq!(found, table.take(&rows.collect::<Vec<_>>()), "{draw}");
        }
        assert_eq!(reader().with_value("nobody", 1).groups(), 3);
    }

    #[test]
    fn a_number_that_is_not_finite_is_refused_by_name() {
        let mut table = Table::new();
        table.push("cost", Column::Number(vec![Some(f64::NAN)]));
        let error = to_bytes(&table, 10).expect_err("refused").to_string();
        assert!(error.contains("cost") && error.contains("NaN"), "{error}");
    }

    #[test]
    fn damaged_bytes_are_an_error_or_read_on() {
        let bytes = to_bytes(&sample(300), 100).expect("sound");
        for cut in 0..bytes.len() {
            assert!(matches!(back(&bytes[..cut]), Err(ResultsError::Corrupt { .. })), "cut at {cut}");
        }
        for place in 0..bytes.len() {
            for flip in [0x01, 0x55, 0x80, 0xff] {
                let mut damaged = bytes.clone();
                damaged[place] ^= flip;
                // Whether the damage shows depends on where it is; checksums of whole files find the rest.
                let _ = back(&damaged);
            }
        }
    }
}
