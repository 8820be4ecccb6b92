//! Near misses: numbers and dates as people write them elsewhere, and how a scenario file writes them.

/// How the value is written here, for a text that is none a scenario file takes; `None` where nobody could know.
pub fn written_right(text: &str) -> Option<String> {
    let text = text.trim();
    percent(text).or_else(|| date(text)).or_else(|| factor(text)).or_else(|| number(text))
}

/// The same for a line that is no TOML: the first value after a `=` that is a near miss.
pub(super) fn in_line(line: &str) -> Option<String> {
    let value = |rest: &str| -> String {
        let part = |c: char| c.is_ascii_digit() || c.is_whitespace() || "+-.,'’/%".contains(c);
        rest.chars().take_while(|c| part(*c)).collect()
    };
    line.split('=').skip(1).find_map(|rest| written_right(value(rest).trim().trim_end_matches(',')))
}

/// What a number with exactly three zeros after its point may have been meant as: people write 8000 so.
pub(super) fn thousands_meant(text: &str) -> Option<String> {
    let (whole, rest) = text.trim().split_once('.')?;
    let digits = whole.trim_start_matches(['+', '-']);
    let plain = (1..=3).contains(&digits.len()) && digits.chars().all(|c| c.is_ascii_digit()) && digits != "0";
    (plain && rest == "000").then(|| format!("{whole}000"))
}

/// `+100 %`, `50%`.
fn percent(text: &str) -> Option<String> {
    let amount = text.strip_suffix('%')?.trim_end();
    let value: f64 = amount.replace(',', ".").replace('−', "-").parse().ok()?;
    let factor = 1.0 + value / 100.0;
    let change = format!("{{ times = {} }}", plain(factor));
    if !value.is_finite() || factor < 0.0 {
        return None;
    }
    Some(if amount.starts_with(['+', '-', '−']) {
        format!("a change by {text} is written {change}, in the `set` of a policy or a change")
    } else {
        let share = plain(value / 100.0);
        format!(
            "a share of {text} is written {share}; a change by it is {change}, in the `set` of a policy or a change"
        )
    })
}

/// `×2`, `x 1.5`.
fn factor(text: &str) -> Option<String> {
    let value: f64 = text.strip_prefix(['×', 'x', '*'])?.trim().replace(',', ".").parse().ok()?;
    value.is_finite().then(|| format!("write {{ times = {} }}, in the `set` of a policy or a change", plain(value)))
}

/// `01.02.2015`, `1/2/2015`, `2015/02/01`.
fn date(text: &str) -> Option<String> {
    let separator = text.chars().find(|c| ".-/".contains(*c))?;
    let parts: Vec<&str> = text.split(separator).collect();
    let [a, b, c] = parts.as_slice() else { return None };
    let read = |part: &str| part.parse::<u32>().ok().filter(|_| part.chars().all(|c| c.is_ascii_digit()));
    let (first, middle, last) = (read(a)?, read(b)?, read(c)?);
    let day = |n: u32| (1..=31).contains(&n);
    let month = |n: u32| (1..=12).contains(&n);
    let written = |year: u32, month: u32, day: u32| format!("{year:04}-{month:02}-{day:02}");
    let order = "dates are year-month-day, without quotes";
    match (a.len(), c.len()) {
        (4, 1..=2) if month(middle) && day(last) => Some(format!("{order}: {}", written(first, middle, last))),
        (1..=2, 4) if separator == '/' && month(first) && month(middle) => {
            let (day_first, month_first) = (written(last, middle, first), written(last, first, middle));
            Some(format!("{order}: {day_first} if the day stands first, {month_first} if the month does"))
        }
        (1..=2, 4) if month(middle) && day(first) => Some(format!("{order}: {}", written(last, middle, first))),
        (1..=2, 4) if month(first) && day(middle) => Some(format!("{order}: {}", written(last, first, middle))),
        _ => None,
    }
}

/// `0,15`, `8.000.000`, `8,000`, `8 000 000`.
fn number(text: &str) -> Option<String> {
    let (sign, digits) = match text.strip_prefix(['+', '-']) {
        Some(rest) => (text.strip_suffix(rest).unwrap_or(""), rest),
        None => ("", text),
    };
    let sign = sign.trim_start_matches('+');
    if let Some(whole) = ['.', ',', ' ', '\'', '’', '\u{a0}', '\u{202f}'].into_iter().find_map(|c| grouped(digits, c))
    {
        let (joined, groups) = whole;
        let spaced = format!("numbers have no dots, commas or blanks between thousands: write {sign}{joined}");
        // One group of three after a comma can be either.
        let decimal = digits.split_once(',').filter(|_| groups == 2 && digits.matches(',').count() == 1);
        return Some(match decimal {
            Some((a, b)) => format!("{spaced}, or {sign}{a}.{b} if the comma stands before decimals"),
            None if groups == 2 && digits.contains('.') => return None,
            None => spaced,
        });
    }
    let (whole, rest) = digits.split_once(',')?;
    let all_digits = |t: &str| !t.is_empty() && t.chars().all(|c| c.is_ascii_digit());
    let whole = whole.replace('.', "");
    (all_digits(&whole) && all_digits(rest))
        .then(|| format!("numbers have a decimal point, no comma: write {sign}{whole}.{rest}"))
}

/// Digits in groups of three, with the groups joined and how many there are.
fn grouped(text: &str, separator: char) -> Option<(String, usize)> {
    let groups: Vec<&str> = text.split(separator).collect();
    let digits = |group: &&str| group.chars().all(|c| c.is_ascii_digit());
    let whole = groups.len() > 1
        && groups.iter().all(digits)
        && (1..=3).contains(&groups[0].len())
        && groups[1..].iter().all(|group| group.len() == 3);
    // 0,125 and 0.125 are no thousands.
    (whole && groups[0] != "0").then(|| (groups.join("_"), groups.len()))
}

/// A number without the noise of binary fractions.
fn plain(value: f64) -> String {
    let text = format!("{value:.6}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn fix(text: &str, part: &str) {
        let found = written_right(text).unwrap_or_default();
        assert!(found.contains(part), "{text}: `{found}` lacks `{part}`");
    }

    #[test]
    fn each_near_miss_gets_its_fix() {
        fix("0,15", "write 0.15");
        fix("-1,5", "write -1.5");
        fix("1.234,5", "write 1234.5");
        fix("8.000.000", "write 8_000_000");
        fix("8,000,000", "write 8_000_000");
        fix("8 000 000", "write 8_000_000");
        fix("8'000'000", "write 8_000_000");
        fix("8,000", "write 8_000, or 8.000 if");
        fix("0,125", "write 0.125");
        fix("01.02.2015", "year-month-day, without quotes: 2015-02-01");
        fix("1/2/2015", "2015-02-01 if the day stands first, 2015-01-02 if the month does");
        fix("13/2/2015", ": 2015-02-13");
        fix("2/13/2015", ": 2015-02-13");
        fix("2015/2/1", ": 2015-02-01");
        fix("+100 %", "{ times = 2 }");
        fix("-20%", "{ times = 0.8 }");
        fix("+12,5 %", "{ times = 1.125 }");
        fix("50 %", "a share of 50 % is written 0.5; a change by it is { times = 1.5 }");
        fix("×2", "{ times = 2 }");
    }

    #[test]
    fn what_is_right_or_unknown_gets_none() {
        for text in ["", "0.15", "8.000", "8000000", "many", "-", "%", "-150 %", "1.2.3", "99.99.2015", "2015", "a,b"] {
            assert_eq!(written_right(text), None, "{text}");
        }
    }

    #[test]
    fn in_a_line_the_value_is_found() {
        assert!(in_line("x = 0,15 # a comment").unwrap_or_default().contains("write 0.15"));
        assert!(in_line("set = { \"a.b\" = +100 % }").unwrap_or_default().contains("times = 2"));
        assert!(in_line("start = 01.01.2015").unwrap_or_default().contains("2015-01-01"));
        assert!(in_line("a = { b = 1, c = 8.000.000 }").unwrap_or_default().contains("8_000_000"));
        assert_eq!(in_line("x = = 3"), None);
    }

    #[test]
    fn three_zeros_may_be_thousands() {
        assert_eq!(thousands_meant("8.000").as_deref(), Some("8000"));
        assert_eq!(thousands_meant("120.000").as_deref(), Some("120000"));
        for plain in ["0.000", "8.00", "8.0000", "1200.000", "8", "8.001"] {
            assert_eq!(thousands_meant(plain), None, "{plain}");
        }
    }
}
