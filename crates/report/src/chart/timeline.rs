//! Series over months: a date axis, quantile bands and median lines.

use plotters::style::RGBColor;

use super::canvas::{Align, Area, Canvas};
use super::rows::{Months, year_month};
use super::{ChartError, font, number, theme};
use forestall_study::rooms::stats::attained_quantile;

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// A month's index and the 5 %, 25 %, 50 %, 75 % and 95 % quantiles of its values.
pub(super) type MonthQuantiles = (usize, [f64; 5]);

/// Which quantile bands are drawn below the median.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bands {
    /// 50 % and 90 %.
    Both,
    /// 90 % only.
    Wide,
    /// The median alone.
    None,
}

/// Places `count` months evenly between the sides of `plot`; a single month stands in the middle.
pub(super) fn month_x(plot: Area, count: usize, index: usize) -> f64 {
    if count < 2 {
        return plot.x + plot.w / 2.0;
    }
    plot.x + plot.w * index as f64 / (count - 1) as f64
}

/// "Jan 2015"; a text that is no date is shown as it is.
pub(super) fn month_name(start: &str) -> String {
    year_month(start).map_or_else(|| start.to_owned(), |(year, month)| format!("{} {year}", MONTHS[month as usize - 1]))
}

/// A date axis along the foot of `plot`, as many month names as fit.
pub(super) fn date_axis(canvas: &Canvas, plot: Area, starts: &[String]) -> Result<(), ChartError> {
    canvas.line((plot.x, plot.bottom()), (plot.right(), plot.bottom()), theme::AXIS, 1.0)?;
    for (index, text) in date_ticks(starts, plot.w) {
        let x = month_x(plot, starts.len(), index);
        canvas.line((x, plot.bottom()), (x, plot.bottom() + 4.0), theme::AXIS, 1.0)?;
        canvas.text((x, plot.bottom() + 13.0), &text, theme::SMALL, theme::MUTED, Align::Centre)?;
    }
    Ok(())
}

/// The months to name: every third, sixth, twelfth …, aligned to calendar years where dates allow.
fn date_ticks(starts: &[String], width: f64) -> Vec<(usize, String)> {
    let room = font::width("Mar 2000", theme::SMALL) + 14.0;
    let most = (width / room).floor().max(1.0) as usize;
    let steps: [u32; 10] = [1, 2, 3, 6, 12, 24, 60, 120, 240, 600];
    let step = steps.into_iter().find(|s| starts.len().div_ceil(*s as usize) <= most).unwrap_or(1200);
    let on_step = |index: &usize| match year_month(&starts[*index]) {
        Some((year, month)) => (year * 12 + i64::from(month) - 1) % i64::from(step) == 0,
        None => index.is_multiple_of(step as usize),
    };
    let mut named: Vec<usize> = (0..starts.len()).filter(on_step).collect();
    if named.is_empty() && !starts.is_empty() {
        named.push(0);
    }
    named.into_iter().map(|i| (i, month_name(&starts[i]))).collect()
}

/// Quantiles of every month that has values.
pub(super) fn quantiles(months: &Months) -> Vec<MonthQuantiles> {
    const LEVELS: [f64; 5] = [0.05, 0.25, 0.5, 0.75, 0.95];
    let of = |values: &[f64]| {
        let mut found = [0.0; 5];
        for (slot, level) in found.iter_mut().zip(LEVELS) {
            *slot = attained_quantile(values, level)?;
        }
        Some(found)
    };
    months.values.iter().enumerate().filter_map(|(i, v)| of(v).map(|q| (i, q))).collect()
}

/// Whether all quantiles are small whole numbers: slopes between them would show values that no run can have.
pub(super) fn small_counts(found: &[MonthQuantiles]) -> bool {
    /// From so many on a step of one is a slope to the eye.
    const SMALL: f64 = 30.0;
    found.iter().flat_map(|(_, q)| q).all(|v| v.fract() == 0.0 && (0.0..=SMALL).contains(v))
}

/// The same course in steps: each value holds until the next.
pub(super) fn stepped(course: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let mut out: Vec<(f64, f64)> = Vec::with_capacity(2 * course.len());
    for &(x, y) in course {
        if let Some(&(_, before)) = out.last() {
            out.push((x, before));
        }
        out.push((x, y));
    }
    out
}

/// Draws the quantile bands of one arm, in steps where `steps` says so; `y` maps values to pixels.
pub(super) fn bands(
    canvas: &Canvas,
    plot: Area,
    count: usize,
    found: &[MonthQuantiles],
    y: impl Fn(f64) -> f64,
    (colour, bands): (RGBColor, Bands),
    steps: bool,
) -> Result<(), ChartError> {
    let x = |index: usize| month_x(plot, count, index);
    let pairs: &[(usize, usize)] = match bands {
        Bands::Both => &[(0, 4), (1, 3)],
        Bands::Wide => &[(0, 4)],
        Bands::None => &[],
    };
    for &(low, high) in pairs {
        if let [(index, q)] = found {
            let top = y(q[high]);
            let place = Area { x: x(*index) - 12.0, y: top, w: 24.0, h: y(q[low]) - top };
            canvas.bar(place, colour, theme::BAND)?;
            continue;
        }
        let edge = |level: usize| -> Vec<(f64, f64)> {
            let course: Vec<(f64, f64)> = found.iter().map(|(i, q)| (x(*i), y(q[level]))).collect();
            if steps { stepped(&course) } else { course }
        };
        let mut outline = edge(low);
        outline.extend(edge(high).into_iter().rev());
        canvas.shape(&outline, colour, theme::BAND)?;
    }
    Ok(())
}

/// Draws the bands and the median line of one arm.
pub(super) fn series(
    canvas: &Canvas,
    plot: Area,
    count: usize,
    found: &[MonthQuantiles],
    y: impl Fn(f64) -> f64,
    look: (RGBColor, Bands),
) -> Result<(), ChartError> {
    let steps = small_counts(found);
    bands(canvas, plot, count, found, &y, look, steps)?;
    let line: Vec<_> = found.iter().map(|(i, q)| (month_x(plot, count, *i), y(q[2]))).collect();
    if let [only] = line.as_slice() {
        return canvas.dot(*only, 3.5, look.0, true);
    }
    canvas.path(&if steps { stepped(&line) } else { line }, look.0, 2.0)
}

/// Hover texts for each month of `plot`: the date, then one part for each arm.
pub(super) fn hovers(canvas: &Canvas, plot: Area, starts: &[String], arms: &[(&str, &[MonthQuantiles])]) {
    let width = plot.w / (starts.len().max(2) - 1) as f64;
    for (index, start) in starts.iter().enumerate() {
        let parts: Vec<String> = arms
            .iter()
            .filter_map(|(label, found)| {
                let (_, q) = found.iter().find(|(i, _)| *i == index)?;
                let n = number::together(&[q[2], q[0], q[4]]);
                Some(format!("{label}: median {}, 90 % between {} and {}", n[0], n[1], n[2]))
            })
            .collect();
        let x = month_x(plot, starts.len(), index) - width / 2.0;
        let left = x.max(plot.x);
        let right = (x + width).min(plot.right());
        let place = Area { x: left, y: plot.y, w: right - left, h: plot.h };
        canvas.hover(place, format!("{} – {}", month_name(start), parts.join("; ")));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_counts_go_in_steps() {
        assert_eq!(stepped(&[(0.0, 1.0), (1.0, 3.0)]), [(0.0, 1.0), (1.0, 1.0), (1.0, 3.0)]);
        assert!(small_counts(&[(0, [0.0, 1.0, 1.0, 2.0, 3.0])]));
        assert!(!small_counts(&[(0, [0.0, 1.0, 1.5, 2.0, 3.0])]) && !small_counts(&[(0, [90.0; 5])]));
    }

    #[test]
    fn date_ticks_fall_on_january_when_years_are_named() {
        let starts: Vec<String> =
            (0..60).map(|m| format!("{}-{:02}-01", 2014 + (m + 4) / 12, (m + 4) % 12 + 1)).collect();
        let ticks = date_ticks(&starts, 500.0);
        assert!(!ticks.is_empty() && ticks.len() <= 8);
        assert!(ticks.iter().all(|(_, t)| t.starts_with("Jan")), "{ticks:?}");
    }

    #[test]
    fn texts_that_are_no_dates_are_shown_as_they_are() {
        assert_eq!(month_name("month 3"), "month 3");
        assert_eq!(month_name("2015-13-01"), "2015-13-01");
        assert_eq!(month_name("2015-03-01"), "Mar 2015");
    }
}
