//! Rows of estimates with their intervals on one axis: one mark a series, the numbers that matter printed beside.

use plotters::style::RGBColor;

use super::canvas::{Align, Area, Canvas};
use super::layout::{self, Words};
use super::scale::Scale;
use super::{Chart, ChartError, font, label, number, theme};
use forestall_model::{Column, Table};

/// An estimate with the ends of its interval; what is undefined is not drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Mark {
    /// The estimate.
    pub value: Option<f64>,
    /// The ends of its interval.
    pub interval: Option<(f64, f64)>,
}

impl Mark {
    /// "3.2 [1.1, 5.4]"
    pub fn words(&self) -> String {
        match (self.value, self.interval) {
            (Some(value), Some((low, high))) => {
                let all = number::together(&[value, low, high]);
                format!("{} [{}, {}]", all[0], all[1], all[2])
            }
            (Some(value), None) => format!("{} [undefined]", number::short(value)),
            _ => "undefined".to_owned(),
        }
    }
}

/// One row.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct IntervalRow {
    /// What it is about.
    pub label: String,
    /// One mark a series.
    pub marks: Vec<Mark>,
    /// What is printed at its right.
    pub printed: String,
}

/// The words of such a chart.
#[derive(Clone, Debug, Default)]
pub struct IntervalWords {
    /// File stem.
    pub name: String,
    /// What is shown.
    pub title: String,
    /// How to read it.
    pub subtitle: String,
    /// Title of the axis, with the unit.
    pub axis: String,
    /// Heading of the labels.
    pub rows: String,
    /// Names of the series, in the order of the marks; one alone needs no legend.
    pub series: Vec<String>,
    /// Heading of what is printed at the right.
    pub printed: String,
    /// Sample size and interval.
    pub caption: String,
}

/// Space above the first row for column headings.
const HEAD: f64 = 26.0;
/// One line of the legend.
const LEGEND: f64 = 19.0;
/// Height that one mark needs within its row.
const MARK: f64 = 14.0;
/// Colours of series in order.
const COLOURS: [RGBColor; 3] = [theme::BLUE, theme::VERMILION, theme::GREEN];

/// Draws the rows in the order given.
///
/// # Errors
/// If the chart cannot be drawn.
pub fn intervals(rows: &[IntervalRow], words: &IntervalWords) -> Result<Chart, ChartError> {
    if rows.is_empty() {
        return layout::no_data(&words.name, &words.title, "there is nothing to compare");
    }
    let plan = Layout::of(rows, words);
    let height = plan.legend + HEAD + plan.heights.iter().sum::<f64>() + layout::FOOT;
    let about = Words {
        name: words.name.clone(),
        title: words.title.clone(),
        subtitle: words.subtitle.clone(),
        caption: words.caption.clone(),
        alt: format!("{}. {}", words.title, rows.iter().map(|r| alt(r, words)).collect::<Vec<_>>().join(" ")),
    };
    layout::compose(about, data(rows, words), height, |canvas, body| paint(canvas, body, rows, words, &plan))
}

fn alt(row: &IntervalRow, words: &IntervalWords) -> String {
    let marks: Vec<String> = row
        .marks
        .iter()
        .zip(words.series.iter().map(String::as_str).chain(std::iter::repeat("")))
        .map(|(mark, series)| format!("{series} {}", mark.words()).trim().to_owned())
        .collect();
    format!("{}: {}.", row.label, marks.join("; "))
}

fn data(rows: &[IntervalRow], words: &IntervalWords) -> Table {
    let lines: Vec<(&str, &str, Mark)> = rows
        .iter()
        .flat_map(|row| {
            let names = words.series.iter().map(String::as_str).chain(std::iter::repeat(""));
            row.marks.iter().zip(names).map(|(mark, series)| (row.label.as_str(), series, *mark))
        })
        .collect();
    let mut table = Table::new();
    table.push("row", Column::Text(lines.iter().map(|l| l.0.to_owned()).collect()));
    table.push("series", Column::Text(lines.iter().map(|l| l.1.to_owned()).collect()));
    table.push("value", Column::Number(lines.iter().map(|l| l.2.value).collect()));
    table.push("low", Column::Number(lines.iter().map(|l| l.2.interval.map(|i| i.0)).collect()));
    table.push("high", Column::Number(lines.iter().map(|l| l.2.interval.map(|i| i.1)).collect()));
    table
}

/// Wrapped labels, row heights and the widths of the columns.
struct Layout {
    labels: Vec<Vec<String>>,
    heights: Vec<f64>,
    label_width: f64,
    printed_width: f64,
    legend: f64,
}

impl Layout {
    fn of(rows: &[IntervalRow], words: &IntervalWords) -> Self {
        let labels: Vec<Vec<String>> =
            rows.iter().map(|row| label::wrap_to(&row.label, theme::LABEL, 230.0, 3)).collect();
        let height = |(lines, row): (&Vec<String>, &IntervalRow)| {
            let text = lines.len() as f64 * theme::LABEL.leading();
            text.max(row.marks.len() as f64 * MARK).max(18.0) + 12.0
        };
        Self {
            heights: labels.iter().zip(rows).map(height).collect(),
            label_width: layout::widest(labels.iter().flatten().map(String::as_str), theme::LABEL)
                .max(font::width(&words.rows, theme::HEADING)),
            printed_width: layout::widest(rows.iter().map(|r| r.printed.as_str()), theme::LABEL)
                .max(font::width(&words.printed, theme::HEADING)),
            legend: if words.series.len() > 1 { words.series.len() as f64 * LEGEND } else { 0.0 },
            labels,
        }
    }
}

fn paint(
    canvas: &Canvas,
    body: Area,
    rows: &[IntervalRow],
    words: &IntervalWords,
    plan: &Layout,
) -> Result<(), ChartError> {
    if plan.legend > 0.0 {
        for (place, series) in words.series.iter().enumerate() {
            let y = body.y + LEGEND * place as f64 + 6.0;
            let colour = COLOURS[place % COLOURS.len()];
            canvas.line((body.x, y), (body.x + 18.0, y), colour, 2.0)?;
            canvas.dot((body.x + 9.0, y), 4.5, colour, place == 0)?;
            let name = label::wrap_to(series, theme::LABEL, body.w - 30.0, 1).concat();
            canvas.text((body.x + 26.0, y), &name, theme::LABEL, theme::INK, Align::Left)?;
        }
    }
    let below = body.inset(0.0, plan.legend, 0.0, 0.0);
    let plot = below.inset(plan.label_width + 24.0, HEAD, plan.printed_width + 28.0, layout::FOOT);
    let marks = || rows.iter().flat_map(|row| &row.marks);
    let ends = marks().flat_map(|m| m.interval.map(|(a, b)| [a, b]).into_iter().flatten().chain(m.value));
    let scale = Scale::round(ends.chain([0.0]), 6.0).onto(plot.x + 6.0, plot.right() - 6.0);
    canvas.text((body.x, below.y + 8.0), &words.rows, theme::HEADING, theme::INK, Align::Left)?;
    canvas.text((body.right(), below.y + 8.0), &words.printed, theme::HEADING, theme::INK, Align::Right)?;
    canvas.line((scale.at(0.0), plot.y), (scale.at(0.0), plot.bottom()), theme::AXIS, 1.2)?;
    let mut top = plot.y;
    for (i, row) in rows.iter().enumerate() {
        let height = plan.heights[i];
        let middle = top + height / 2.0;
        canvas.line((body.x, top), (body.right(), top), theme::GRID, 1.0)?;
        let first = middle - (plan.labels[i].len() as f64 - 1.0) / 2.0 * theme::LABEL.leading();
        canvas.lines((body.x, first), &plan.labels[i], theme::LABEL, theme::INK, Align::Left)?;
        canvas.text((body.right(), middle), &row.printed, theme::LABEL, theme::INK, Align::Right)?;
        for (place, found) in row.marks.iter().enumerate() {
            let y = middle + (place as f64 - (row.marks.len() as f64 - 1.0) / 2.0) * MARK;
            mark(canvas, found, &scale, y, place)?;
        }
        canvas.hover(Area { x: body.x, y: top, w: body.w, h: height }, alt(row, words));
        top += height;
    }
    layout::foot_axis(canvas, plot, &scale, &words.axis)
}

fn mark(canvas: &Canvas, found: &Mark, scale: &Scale, y: f64, series: usize) -> Result<(), ChartError> {
    let Some(value) = found.value else { return Ok(()) };
    let colour = COLOURS[series % COLOURS.len()];
    if let Some((low, high)) = found.interval {
        let (a, b) = (scale.at(low), scale.at(high));
        canvas.line((a, y), (b, y), colour, 2.0)?;
        for end in [a, b] {
            canvas.line((end, y - 4.0), (end, y + 4.0), colour, 1.5)?;
        }
    }
    canvas.dot((scale.at(value), y), 4.5, colour, series == 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mark_is_in_the_numbers_and_what_is_undefined_is_said() {
        let mark = |value, interval| Mark { value, interval };
        let rows = [IntervalRow {
            label: "Baseline".into(),
            marks: vec![mark(Some(3.0), Some((1.0, 5.0))), mark(None, None)],
            printed: "undefined".into(),
        }];
        let words = IntervalWords {
            name: "two".into(),
            title: "Two runs".into(),
            series: vec!["A".into(), "B".into()],
            ..IntervalWords::default()
        };
        let chart = intervals(&rows, &words).expect("drawn");
        assert_eq!(chart.data.rows(), 2);
        let low = chart.data.column("low").expect("low");
        assert_eq!((low.number(0), low.number(1)), (Some(1.0), None));
        assert!(chart.alt.contains("A 3 [1, 5]; B undefined"), "{}", chart.alt);
        assert!(intervals(&[], &words).expect("drawn").caption.contains("No data"));
    }
}
