//! Time inside is a number of days; calendar dates exist only at the edge.

use jiff::civil::Date;

/// Mean length of a year, the factor between rates per year and rates per day.
pub const DAYS_PER_YEAR: f64 = 365.25;

/// Days from `start` to `date`, negative before it.
pub fn days_between(start: Date, date: Date) -> f64 {
    f64::from(start.until(date).map_or(0, |span| span.get_days()))
}

/// The date `days` whole days after `start`; the start itself where the calendar ends.
pub fn date_after(start: Date, days: f64) -> Date {
    let whole = jiff::Span::new().try_days(libm::floor(days) as i64);
    whole.and_then(|span| start.checked_add(span)).unwrap_or(start)
}

/// The first days (in days from `start`) of the calendar months that begin in `[start, end)`,
/// the start itself included.
pub fn month_starts(start: Date, end: Date) -> Vec<(f64, Date)> {
    let mut months = vec![(0.0, start)];
    let mut date = start.first_of_month();
    while let Ok(next) = date.checked_add(jiff::Span::new().months(1)) {
        if next >= end {
            break;
        }
        months.push((days_between(start, next), next));
        date = next;
    }
    months
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn days_and_dates_agree() {
        let start = date(2014, 1, 1);
        assert_eq!(days_between(start, date(2016, 12, 31)), 1095.0);
        assert_eq!(date_after(start, 1095.9), date(2016, 12, 31));
        assert_eq!(days_between(start, date(2013, 12, 31)), -1.0);
    }

    #[test]
    fn months_cover_the_run() {
        let months = month_starts(date(2014, 1, 15), date(2014, 4, 1));
        let dates: Vec<Date> = months.iter().map(|m| m.1).collect();
        assert_eq!(dates, [date(2014, 1, 15), date(2014, 2, 1), date(2014, 3, 1)]);
    }
}
