//! From the bytes of a file to records: encoding, separator, and whether there is a header.

use super::super::csv;
use super::Flaw;

/// Separators that are looked for, the usual one first.
const SEPARATORS: [char; 3] = [',', ';', '\t'];

/// The records of a file, its header first.
pub(super) struct Records {
    /// Names of the columns.
    pub header: Vec<String>,
    /// The fields of each row, as many as names.
    pub rows: Vec<Vec<String>>,
    /// Whether semicolons stand between fields, beside which numbers may have a decimal comma.
    pub semicolons: bool,
}

/// The text of a file in UTF-8, or in UTF-16 with its mark.
pub(super) fn decode(bytes: &[u8]) -> Result<String, Flaw> {
    let save = "save it as CSV in UTF-8";
    let wide = |rest: &[u8], unit: fn([u8; 2]) -> u16| {
        let units = rest.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
        let text: Result<String, _> = char::decode_utf16(units).collect();
        text.ok().filter(|_| rest.len().is_multiple_of(2))
    };
    let text = match bytes {
        [0xff, 0xfe, rest @ ..] => wide(rest, u16::from_le_bytes).ok_or(("it is damaged UTF-16".into(), save.into())),
        [0xfe, 0xff, rest @ ..] => wide(rest, u16::from_be_bytes).ok_or(("it is damaged UTF-16".into(), save.into())),
        _ => String::from_utf8(bytes.to_vec()).map_err(|error| {
            let at = error.utf8_error().valid_up_to();
            let line = bytes[..at].split(|b| *b == b'\n').count();
            (format!("line {line} holds the byte 0x{:02X}, which is no UTF-8 text", bytes[at]), save.into())
        }),
    }?;
    if let Some(at) = text.find('\0') {
        let line = text[..at].matches('\n').count() + 1;
        return Err((
            format!("line {line} holds a NUL byte, so it is no text, or UTF-16 without its mark"),
            save.into(),
        ));
    }
    // Old spreadsheets end lines by a carriage return alone.
    Ok(if text.contains('\n') { text } else { text.replace('\r', "\n") })
}

/// Cuts a text into records. `known` are names of columns that may be there: where the first record holds all of
/// them, it is the header, whatever they look like; where there is no header, they name the columns.
pub(super) fn records(text: &str, known: &[String]) -> Result<Records, Flaw> {
    let text = text.trim_start_matches('\u{feff}');
    let plain = split(text, ',');
    let as_known = |records: &[Vec<String>]| {
        !known.is_empty() && records.first().is_some_and(|first| known.iter().all(|name| first.contains(name)))
    };
    if let Ok(records) = &plain
        && as_known(records)
    {
        return shaped(plain?, known, ',', true);
    }
    // Excel's own line that names the separator.
    let (text, named) = match text.strip_prefix("sep=").and_then(|rest| rest.split_once('\n')) {
        Some((sign, rest)) if sign.trim_end_matches('\r').chars().count() == 1 => (rest, sign.chars().next()),
        _ => (text, None),
    };
    if let Some(records) = blank_separated(text).filter(|_| named.is_none()) {
        let is_header = as_known(&records);
        return shaped(records, known, ' ', is_header);
    }
    let separator = named.unwrap_or_else(|| separator(text));
    let mut records = split(text, separator)?;
    let is_known = as_known(&records);
    // NumPy marks its header as a comment.
    if let Some(first) = records.first_mut().and_then(|first| first.first_mut()).filter(|_| !is_known)
        && let Some(rest) = first.strip_prefix('#').map(|rest| rest.trim_start().to_owned())
    {
        *first = rest;
    }
    let is_header = is_known || as_known(&records);
    shaped(records, known, separator, is_header)
}

fn split(text: &str, separator: char) -> Result<Vec<Vec<String>>, Flaw> {
    let mut records = csv::parse_separated(text, separator).map_err(|found| (found, "mend the quotes".to_owned()))?;
    // An empty line is a missing value in a table of one column, and nothing at all in a wider one.
    if records.first().is_some_and(|first| first.len() > 1) {
        records.retain(|record| record.len() > 1 || !record[0].trim().is_empty());
    }
    Ok(records)
}

/// The separator of the first line: a comma, unless another stands there and no comma, or the fields between the
/// others are numbers with a decimal comma.
fn separator(text: &str) -> char {
    let first = text.lines().next().unwrap_or("");
    let mut quoted = false;
    let outside: String = first
        .chars()
        .filter(|c| {
            (*c != '"' || {
                quoted = !quoted;
                true
            }) && !quoted
        })
        .collect();
    let others = || SEPARATORS[1..].iter().copied().filter(|sign| outside.contains(*sign));
    let best = others().max_by_key(|sign| outside.matches(*sign).count());
    let numbers = |sign: char| outside.split(sign).all(|field| comma_number(field.trim()).is_some());
    match best {
        Some(sign) if !outside.contains(',') || numbers(sign) => sign,
        _ => ',',
    }
}

/// Header and rows of equal width.
fn shaped(records: Vec<Vec<String>>, known: &[String], separator: char, is_header: bool) -> Result<Records, Flaw> {
    let Some(first) = records.first() else {
        return Err(("it is empty".into(), "give a header and at least one row".into()));
    };
    let width = first.len();
    if let Some(line) = records.iter().position(|record| record.len() != width) {
        let found = format!("record {} has {} fields and the first has {width}", line + 1, records[line].len());
        let sign = if separator == '\t' { "tabs".to_owned() } else { format!("`{separator}`") };
        let fix = format!("give every row the same fields, separated by {sign}, those that hold it in quotes");
        return Err((found, fix));
    }
    let number = |field: &String| field.trim().parse::<f64>().is_ok() || comma_number(field.trim()).is_some();
    let headless = !is_header && first.iter().all(number);
    let header: Vec<String> = match known {
        _ if !headless => {
            first.iter().map(|name| if known.contains(name) { name.clone() } else { name.trim().to_owned() }).collect()
        }
        known if known.len() == width => known.to_vec(),
        _ if width == 1 => vec!["y".to_owned()],
        _ => (1..=width).map(|i| format!("column {i}")).collect(),
    };
    let rows: Vec<Vec<String>> = records.into_iter().skip(usize::from(!headless)).collect();
    Ok(Records { header, rows, semicolons: separator == ';' })
}

/// Whether some numbers of a column have a decimal comma, and none a point.
pub(super) fn uses_commas(cells: &[&str]) -> bool {
    let pointed = |cell: &str| cell.contains('.') && cell.parse::<f64>().is_ok();
    cells.iter().any(|cell| comma_number(cell).is_some()) && !cells.iter().any(|cell| pointed(cell))
}

/// The records of numbers with blanks between them, as `NumPy` writes them; `None` where the text is something else.
fn blank_separated(text: &str) -> Option<Vec<Vec<String>>> {
    let first = text.lines().next()?;
    if text.contains('"') || first.contains(SEPARATORS) {
        return None;
    }
    let cut = |line: &str| line.trim_start_matches('#').split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    let records: Vec<Vec<String>> = text.lines().filter(|line| !line.trim().is_empty()).map(cut).collect();
    let width = records.first()?.len();
    let number = |field: &String| field.parse::<f64>().is_ok();
    let numbers = records.iter().skip(1).all(|record| record.len() == width && record.iter().all(number));
    (width > 1 && records.len() > 1 && numbers).then_some(records)
}

/// A number with one comma before its decimals.
pub(super) fn comma_number(cell: &str) -> Option<f64> {
    let (whole, rest) = cell.split_once(',')?;
    let digits = rest.starts_with(|c: char| c.is_ascii_digit()) && whole.ends_with(|c: char| c.is_ascii_digit());
    if digits && !rest.contains([',', '.']) && !whole.contains('.') {
        format!("{whole}.{rest}").parse().ok()
    } else {
        None
    }
}
