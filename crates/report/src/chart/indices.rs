//! Sensitivity indices as bars with intervals, and the share of variance that is noise.

use plotters::style::RGBColor;

use super::canvas::{Align, Area, Canvas};
use super::layout::{self, Words};
use super::measure::{Measure, named};
use super::scale::Scale;
use super::{Chart, ChartError, font, label, number, rows, theme};
use forestall_model::{Column, Table};

const NAME: &str = "sensitivity";
/// More rows than this cannot be read; the least important are left to the table.
const MOST: usize = 40;
/// Height of one bar, and space between rows.
const BAR: f64 = 15.0;
const GAP: f64 = 9.0;

/// Which indices are drawn where they are there: name, label, colour.
const SERIES: [&[(&str, &str, RGBColor)]; 4] = [
    &[("total", "Total (with interactions)", theme::BLUE), ("first", "First order (alone)", theme::SKY)],
    &[("median", "Median distance over slices", theme::BLUE)],
    &[("prcc", "Partial rank correlation", theme::BLUE)],
    &[("delta", "δ", theme::BLUE), ("first", "First order (alone)", theme::SKY)],
];

/// One index with its interval.
#[derive(Clone, Copy)]
struct Value {
    estimate: Option<f64>,
    interval: Option<(f64, f64)>,
}

struct Row {
    name: String,
    values: Vec<Value>,
}

/// Bars of the indices of each parameter of `outcome`, from lines `parameter, with, index, estimate, low, high`;
/// `sample` says on how much they rest.
///
/// # Errors
/// [`ChartError::MissingColumn`] where the table has rows but not these columns.
pub fn sensitivity(indices: &Table, outcome: &str, sample: &str) -> Result<Chart, ChartError> {
    let title = format!("What decides about {}", Measure::of(outcome).name);
    let lines = lines(indices)?;
    let has = |name: &str| lines.iter().any(|l| l.index == name);
    let series = SERIES.into_iter().find(|s| has(s[0].0)).unwrap_or(SERIES[0]);
    let mut all = rows_of(&lines, series);
    if all.iter().all(|r| r.values.iter().all(|v| v.estimate.is_none())) {
        return layout::no_data(NAME, &title, "every index is undefined, as where the response does not vary");
    }
    let left_out = all.len().saturating_sub(MOST);
    all.truncate(MOST);
    let noise = lines.iter().find(|l| l.index == "noise_share").map(|l| l.value).filter(|v| v.estimate.is_some());
    let mut note =
        if left_out > 0 { format!(" {left_out} less important parameters are not shown.") } else { String::new() };
    // A share of variance belongs on an axis of such shares alone.
    let on_axis = noise.filter(|_| series[0].0 == "total");
    if let Some(noise) = noise.filter(|_| on_axis.is_none()) {
        note += &format!(" Share of the variance of single runs that is chance: {}.", written(noise));
    }
    let words = Words {
        name: NAME.to_owned(),
        title,
        subtitle: match series[0].0 {
            "total" => "Share of the variance that each parameter explains (thin lines: 95 % intervals)",
            "median" => "PAWN: how far the distribution moves when the parameter is held (thin lines: 95 % intervals)",
            "prcc" => "How closely it follows each parameter, all others taken out (thin lines: 95 % intervals)",
            _ => "Borgonovo's δ: how far the density moves when the parameter is known (thin lines: 95 % intervals)",
        }
        .to_owned(),
        caption: format!("{sample}{note}"),
        alt: alt(&all, series, noise),
    };
    let row = height(&names(&all), series.len());
    let noise_row = if on_axis.is_some() { BAR + GAP } else { 0.0 };
    let height = HEAD + row * all.len() as f64 + noise_row + layout::FOOT;
    let data = data(&all, series, noise);
    layout::compose(words, data, height, |canvas, body| paint(canvas, body, &all, series, on_axis))
}

const HEAD: f64 = 28.0;

/// The parameters in words, in at most two lines each.
fn names(all: &[Row]) -> Vec<Vec<String>> {
    all.iter().map(|r| label::wrap_to(&named(&r.name), theme::LABEL, 260.0, 2)).collect()
}

/// Height of a row: that of its bars or of the longest name.
fn height(names: &[Vec<String>], series: usize) -> f64 {
    let lines = names.iter().map(Vec::len).max().unwrap_or(1) as f64;
    (BAR * series as f64).max(lines * theme::LABEL.leading()) + GAP
}

struct Line {
    parameter: String,
    index: String,
    value: Value,
}

fn lines(table: &Table) -> Result<Vec<Line>, ChartError> {
    if table.rows() == 0 {
        return Ok(Vec::new());
    }
    let get = |name: &str| rows::column(table, NAME, name);
    let (parameter, with, index) = (get("parameter")?, get("with")?, get("index")?);
    let (estimate, low, high) = (get("estimate")?, get("low")?, get("high")?);
    let line = |row: usize| Line {
        parameter: parameter.text(row),
        index: index.text(row),
        value: Value {
            estimate: rows::finite(estimate, row),
            interval: rows::finite(low, row).zip(rows::finite(high, row)),
        },
    };
    Ok((0..table.rows()).filter(|&row| with.text(row).is_empty()).map(line).collect())
}

/// One row a parameter, the largest first index first.
fn rows_of(lines: &[Line], series: &[(&str, &str, RGBColor)]) -> Vec<Row> {
    let mut names: Vec<&str> = Vec::new();
    for line in lines.iter().filter(|l| l.index != "noise_share") {
        if !names.contains(&line.parameter.as_str()) {
            names.push(&line.parameter);
        }
    }
    let value = |name: &str, index: &str| {
        let found = lines.iter().find(|l| l.parameter == name && l.index == index);
        found.map_or(Value { estimate: None, interval: None }, |l| l.value)
    };
    let row = |name: &&str| Row { name: (*name).to_owned(), values: series.iter().map(|s| value(name, s.0)).collect() };
    let mut all: Vec<Row> = names.iter().map(row).collect();
    // A partial correlation has its sign from the direction of the effect, all others only from chance.
    let size = |value: f64| if series[0].0 == "prcc" { value.abs() } else { value };
    let key = |r: &Row| r.values[0].estimate.map_or(f64::NEG_INFINITY, size);
    all.sort_by(|a, b| key(b).total_cmp(&key(a)));
    all
}

fn written(value: Value) -> String {
    match (value.estimate, value.interval) {
        (None, _) => "undefined".to_owned(),
        (Some(v), None) => number::fixed(v, 2),
        (Some(v), Some((low, high))) => {
            format!("{} [{}, {}]", number::fixed(v, 2), number::fixed(low, 2), number::fixed(high, 2))
        }
    }
}

fn alt(all: &[Row], series: &[(&str, &str, RGBColor)], noise: Option<Value>) -> String {
    let top: Vec<String> = all.iter().take(5).map(|r| format!("{} {}", named(&r.name), written(r.values[0]))).collect();
    let noise = noise.map_or(String::new(), |n| format!("; noise {}", written(n)));
    format!("{} indices of {} parameters: {}{noise}.", series[0].1, all.len(), top.join("; "))
}

fn data(all: &[Row], series: &[(&str, &str, RGBColor)], noise: Option<Value>) -> Table {
    let mut cells: Vec<(String, &str, Value)> = Vec::new();
    for row in all {
        cells.extend(series.iter().zip(&row.values).map(|(s, v)| (row.name.clone(), s.0, *v)));
    }
    cells.extend(noise.map(|n| (String::new(), "noise_share", n)));
    let mut table = Table::new();
    table.push("parameter", Column::Text(cells.iter().map(|c| c.0.clone()).collect()));
    table.push("index", Column::Text(cells.iter().map(|c| c.1.to_owned()).collect()));
    table.push("estimate", Column::Number(cells.iter().map(|c| c.2.estimate).collect()));
    table.push("low", Column::Number(cells.iter().map(|c| c.2.interval.map(|i| i.0)).collect()));
    table.push("high", Column::Number(cells.iter().map(|c| c.2.interval.map(|i| i.1)).collect()));
    table
}

fn paint(
    canvas: &Canvas,
    body: Area,
    all: &[Row],
    series: &[(&str, &str, RGBColor)],
    noise: Option<Value>,
) -> Result<(), ChartError> {
    let names = names(all);
    let chance = "Noise";
    let side = layout::widest(names.iter().flatten().map(String::as_str).chain([chance]), theme::LABEL);
    let texts: Vec<String> = all.iter().flat_map(|r| r.values.iter().map(|v| written(*v))).collect();
    let right = layout::widest(texts.iter().map(String::as_str), theme::SMALL).max(96.0);
    let plot = body.inset(side + 14.0, HEAD, right + 18.0, layout::FOOT);
    let reach = |v: &Value| v.interval.map_or([0.0; 2], |(a, b)| [a, b]).into_iter().chain(v.estimate);
    let ends = all.iter().flat_map(|r| &r.values).chain(&noise).flat_map(reach);
    let scale = Scale::round(ends.chain([0.0, 0.2]), 6.0).onto(plot.x, plot.right() - 4.0);
    let mut x = body.x;
    for (_, text, colour) in series {
        canvas.bar(Area { x, y: body.y + 2.0, w: 14.0, h: 10.0 }, *colour, 1.0)?;
        canvas.text((x + 20.0, body.y + 7.0), text, theme::SMALL, theme::INK, Align::Left)?;
        x += 20.0 + font::width(text, theme::SMALL) + 26.0;
    }
    let row = height(&names, series.len());
    let draw = |value: Value, top: f64, colour: RGBColor| -> Result<(), ChartError> {
        let Some(estimate) = value.estimate else { return Ok(()) };
        let (a, b) = (scale.at(0.0).min(scale.at(estimate)), scale.at(0.0).max(scale.at(estimate)));
        canvas.bar(Area { x: a, y: top + 1.5, w: b - a, h: BAR - 3.0 }, colour, 1.0)?;
        if let Some((low, high)) = value.interval {
            let y = top + BAR / 2.0;
            canvas.line((scale.at(low), y), (scale.at(high), y), theme::INK, 1.4)?;
            for end in [low, high] {
                canvas.line((scale.at(end), y - 3.0), (scale.at(end), y + 3.0), theme::INK, 1.2)?;
            }
        }
        Ok(())
    };
    for (i, one) in all.iter().enumerate() {
        let top = plot.y + i as f64 * row;
        canvas.line((body.x, top - GAP / 2.0), (body.right(), top - GAP / 2.0), theme::GRID, 1.0)?;
        let middle = top + (row - GAP) / 2.0;
        let first = middle - (names[i].len() as f64 - 1.0) / 2.0 * theme::LABEL.leading();
        canvas.lines((body.x, first), &names[i], theme::LABEL, theme::INK, Align::Left)?;
        for (k, value) in one.values.iter().enumerate() {
            let top = middle + (k as f64 - series.len() as f64 / 2.0) * BAR;
            draw(*value, top, series[k].2)?;
            let at = (body.right(), top + BAR / 2.0);
            canvas.text(at, &written(*value), theme::SMALL, theme::MUTED, Align::Right)?;
        }
        let words: Vec<String> =
            series.iter().zip(&one.values).map(|(s, v)| format!("{} {}", s.1, written(*v))).collect();
        canvas.hover(
            Area { x: body.x, y: top, w: body.w, h: row - GAP },
            format!("{}: {}", named(&one.name), words.join("; ")),
        );
    }
    if let Some(noise) = noise {
        let top = plot.y + all.len() as f64 * row;
        canvas.line((body.x, top - GAP / 2.0), (body.right(), top - GAP / 2.0), theme::AXIS, 1.0)?;
        draw(noise, top, theme::PALE)?;
        canvas.text((body.x, top + BAR / 2.0), chance, theme::LABEL, theme::INK, Align::Left)?;
        let at = (body.right(), top + BAR / 2.0);
        canvas.text(at, &written(noise), theme::SMALL, theme::MUTED, Align::Right)?;
    }
    canvas.line((scale.at(0.0), plot.y - GAP / 2.0), (scale.at(0.0), plot.bottom()), theme::AXIS, 1.2)?;
    let unit = match series[0].0 {
        "total" => "Share of the variance",
        "median" => "Distance, from 0 to 1",
        "prcc" => "Partial rank correlation, from −1 to 1",
        _ => "δ, from 0 to 1; first order: share of the variance",
    };
    layout::foot_axis(canvas, plot, &scale, unit)
}
