//! What a column of an outside table is: numbers, names, or numbers with odd cells among them.

use std::collections::{BTreeMap, BTreeSet};

use forestall_model::Column;

use super::text::comma_number;

/// Cells that stand for a missing number, in any case.
const MISSING: [&str; 6] = ["", "na", "nan", "null", "none", "n/a"];
/// Words that stand for a missing number in other tools' tables; taken for odd cells beside numbers.
const GAPS: [&str; 7] = ["missing", "undefined", "n.a.", "n.a", "n.d.", "not available", "<na>"];
/// Names among which numbers stand have at most so many different numbers …
const MOST_NUMBERS: usize = 20;
/// … each so often on average, …
const LEAST_RETURNS: usize = 2;
/// … and at least one cell in so many is a word.
const WORDS_ONE_IN: usize = 20;

/// What a cell is.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Cell {
    Missing,
    /// A number; infinite ones too.
    Number(f64),
    Word,
}

/// A cell among numbers that is none.
#[derive(Debug, PartialEq)]
pub(super) struct Odd {
    /// Its row, from 0.
    pub row: usize,
    /// What would be right.
    pub fix: &'static str,
}

fn cell(text: &str, decimal_comma: bool) -> Cell {
    let lower = text.to_ascii_lowercase();
    match lower.as_str() {
        "true" => Cell::Number(1.0),
        "false" => Cell::Number(0.0),
        other if MISSING.contains(&other) => Cell::Missing,
        other => match other.parse::<f64>() {
            Ok(number) if number.is_nan() => Cell::Missing,
            Ok(number) => Cell::Number(number),
            Err(_) if decimal_comma => comma_number(other).map_or(Cell::Word, Cell::Number),
            Err(_) => Cell::Word,
        },
    }
}

/// The column that these cells are: whole numbers, numbers (infinite ones among them), or names.
///
/// # Errors
/// The first odd cell, where the column is one of numbers but for some.
pub(super) fn typed(texts: &[&str], decimal_comma: bool) -> Result<Column, Odd> {
    let whole: Option<Vec<Option<i64>>> = texts.iter().map(|t| t.parse::<i64>().ok().map(Some)).collect();
    if let Some(whole) = whole {
        return Ok(Column::Integer(whole));
    }
    let cells: Vec<Cell> = texts.iter().map(|text| cell(text, decimal_comma)).collect();
    if let Some(odd) = odd_cell(texts, &cells) {
        return Err(odd);
    }
    if cells.contains(&Cell::Word) {
        return Ok(names(texts));
    }
    let number = |cell: &Cell| if let Cell::Number(number) = cell { Some(*number) } else { None };
    Ok(Column::Number(cells.iter().map(number).collect()))
}

/// Two different cells that are the same number; `None` where there are none, and in columns of names.
pub(super) fn merged<'t>(texts: &[&'t str], column: &Column) -> Option<(&'t str, &'t str)> {
    if matches!(column, Column::Text(_)) {
        return None;
    }
    let mut first: BTreeMap<u64, &str> = BTreeMap::new();
    texts.iter().enumerate().find_map(|(row, text)| {
        let (number, text) = (column.number(row)?, text.trim());
        let known = *first.entry((number + 0.0).to_bits()).or_insert(text);
        // Words for true and false, and what lies beyond all numbers, are no names of anything else.
        let plain = |text: &str| text.starts_with(|c: char| c.is_ascii_digit()) && number.is_finite();
        (known != text && plain(known) && plain(text)).then_some((known, text))
    })
}

/// The cells as names, as they are.
pub(super) fn names(texts: &[&str]) -> Column {
    Column::Text(texts.iter().map(|text| (*text).to_owned()).collect())
}

/// The first word in a column of numbers; `None` where there is none, or where the cells are names.
///
/// Words beside numbers are names where a word is neither a gap nor a number in another notation, and either most
/// cells are words, or words are frequent and numbers few that come back.
fn odd_cell(texts: &[&str], cells: &[Cell]) -> Option<Odd> {
    let words: Vec<usize> = (0..cells.len()).filter(|&row| cells[row] == Cell::Word).collect();
    let numbers = cells.iter().filter(|c| matches!(c, Cell::Number(_))).count();
    let first = *words.first()?;
    let fix = |row: usize| notation(texts[row]);
    let all_odd = words.iter().all(|row| fix(*row).is_some());
    if numbers == 0 {
        // Percentages or decimal commas throughout: told where they are too many to be names.
        let different: BTreeSet<&str> = words.iter().map(|row| texts[*row]).collect();
        let measured = words.iter().all(|row| fix(*row).is_some_and(|fix| fix != LEAVE_EMPTY));
        let many = different.len() > MOST_NUMBERS;
        return (measured && many).then(|| Odd { row: first, fix: fix(first).unwrap_or(WRITE_NUMBERS) });
    }
    let values: BTreeSet<u64> =
        cells.iter().filter_map(|c| if let Cell::Number(x) = c { Some((x + 0.0).to_bits()) } else { None }).collect();
    let few = values.len() <= MOST_NUMBERS && values.len() * LEAST_RETURNS <= numbers;
    let frequent = words.len() * WORDS_ONE_IN >= numbers + words.len();
    if !all_odd && (words.len() > numbers || (few && frequent)) {
        return None;
    }
    Some(Odd { row: first, fix: fix(first).unwrap_or(WRITE_NUMBERS) })
}

const LEAVE_EMPTY: &str = "leave the cell of a missing value empty";
const WRITE_NUMBERS: &str = "write a number, or leave the cell of a missing value empty";

/// What would be right for a cell that is a gap, or a number in another notation; `None` for a word.
fn notation(text: &str) -> Option<&'static str> {
    let lower = text.to_lowercase();
    if lower.starts_with('#') || GAPS.contains(&lower.as_str()) || !lower.contains(char::is_alphanumeric) {
        return Some(LEAVE_EMPTY);
    }
    let number = |text: &str| text.parse::<f64>().is_ok_and(f64::is_finite);
    let digits = |text: &str| text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.'));
    let minus = lower.replace(['\u{2212}', '\u{2013}', '\u{2012}', '\u{fe63}', '\u{ff0d}'], "-");
    let narrow: String = minus
        .chars()
        .filter(|c| !matches!(c, '_' | '\'' | '\u{2019}' | ' ' | '\u{a0}' | '\u{202f}' | '\u{2009}'))
        .collect();
    if minus != lower && number(&minus) {
        return Some("write the minus sign as `-`");
    }
    if let Some(share) = narrow.strip_suffix('%') {
        let share = share.replace(',', ".");
        return number(&share).then_some("write a share such as 0.05 in place of a percentage");
    }
    let hexadecimal =
        narrow.strip_prefix("0x").map(|rest| !rest.is_empty() && rest.chars().all(|c| c.is_ascii_hexdigit()));
    if hexadecimal == Some(true) {
        return Some("write decimal digits in place of hexadecimal ones");
    }
    if !digits(&narrow) {
        let amount = narrow.trim_matches(['$', '€', '£', '¥']).replace(',', "");
        return (amount.len() < narrow.len() && number(&amount)).then_some("write the number without a sign of money");
    }
    if narrow.contains(',') && (number(&narrow.replace(',', "")) || number(&narrow.replace('.', "").replace(',', ".")))
    {
        return Some("write decimals with a point, and nothing between thousands");
    }
    if narrow.len() < minus.len() && number(&narrow) {
        return Some("write the digits without blanks or signs between them");
    }
    let amount = narrow.trim_end_matches(['$', '€', '£', '¥']);
    (amount.len() < narrow.len() && number(amount)).then_some("write the number without a sign of money")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `cells` repeated among `numbers` different numbers.
    fn among(numbers: usize, odd: &str) -> Result<Column, Odd> {
        let texts: Vec<String> = (0..numbers).map(|i| (i as f64 / 7.0).to_string()).chain([odd.to_owned()]).collect();
        typed(&texts.iter().map(String::as_str).collect::<Vec<_>>(), false)
    }

    #[test]
    fn an_odd_cell_among_numbers_is_found_with_what_would_be_right() {
        for (odd, words) in [
            ("#N/A", "empty"),
            ("-", "empty"),
            (".", "empty"),
            ("?", "empty"),
            ("missing", "empty"),
            ("5%", "percentage"),
            ("1 234", "blanks"),
            ("1\u{a0}234", "blanks"),
            ("1_000", "blanks"),
            ("0x1F", "hexadecimal"),
            ("\u{2212}0.5", "minus"),
            ("0,703", "point"),
            ("1,378", "point"),
            ("1.234,5", "point"),
            ("1,234.5", "point"),
            ("€5", "money"),
            ("5€", "money"),
            ("oops", "number"),
            ("12abc", "number"),
        ] {
            let found = among(300, odd).expect_err(odd);
            assert!(found.row == 300 && found.fix.contains(words), "{odd}: {found:?}");
        }
        assert!(among(9, "oops").is_err(), "in a short table too");
        // Gaps may be frequent.
        let half: Vec<&str> = (0..200).map(|i| if i % 2 == 0 { "-" } else { "0.25" }).collect();
        assert!(typed(&half, false).is_err());
    }

    #[test]
    fn missing_values_and_infinities_are_no_odd_cells() {
        let found = typed(&["1", "NA", "nan", "None", "n/a", "", "NULL", "inf", "-Infinity"], false).expect("numbers");
        let expected = [Some(1.0), None, None, None, None, None, None, Some(f64::INFINITY), Some(f64::NEG_INFINITY)];
        assert_eq!(found, Column::Number(expected.to_vec()));
        assert_eq!(typed(&["0,5", "1"], true).expect("numbers"), Column::Number(vec![Some(0.5), Some(1.0)]));
    }

    #[test]
    fn names_are_names_with_numbers_among_them_too() {
        let times = |names: &[&'static str], n: usize| -> Vec<&'static str> {
            (0..n * names.len()).map(|i| names[i % names.len()]).collect()
        };
        for names in [
            &["low", "medium", "high"][..],
            &["A1", "B2", "17"],
            &["1.1", "1.10", "2.0", "baseline"],
            &["1", "2", "3+"],
            &["0-10", "10-20", "20+"],
            &["1.1.0", "1.2"],
            &["5%", "10%"],
            &["-", "low", "1"],
        ] {
            for n in [4, 100] {
                assert!(matches!(typed(&times(names, n), false), Ok(Column::Text(_))), "{names:?}, {n} times");
            }
        }
        // Numbers and missing values alone are numbers.
        assert!(matches!(typed(&times(&["1.1", "1.10", "2.0", "NA"], 9), false), Ok(Column::Number(_))));
        assert!(matches!(typed(&times(&["01", "02"], 9), false), Ok(Column::Integer(_))));
    }

    #[test]
    fn measured_cells_in_another_notation_throughout_are_told() {
        let texts: Vec<String> = (0..60).map(|i| format!("0,{i:03}")).collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        assert!(typed(&texts, false).expect_err("decimal commas").fix.contains("point"));
        assert!(matches!(typed(&texts, true), Ok(Column::Number(_))));
    }
}
