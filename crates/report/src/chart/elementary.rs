//! Morris's picture: how strongly (μ*) and how unevenly (σ) each parameter acts.

use super::canvas::{Align, Area, Canvas};
use super::layout::{self, Words};
use super::measure::{Measure, named};
use super::scale::Scale;
use super::{Chart, ChartError, label, number, rows, theme};
use forestall_model::{Column, Table};

const NAME: &str = "morris";
/// More labels than this overlap; the weakest parameters stay without.
const MOST_LABELS: usize = 22;

struct Point {
    name: String,
    strength: f64,
    interval: Option<(f64, f64)>,
    /// Undefined for a group of several parameters.
    spread: Option<f64>,
}

/// μ* against σ of each parameter of `outcome`, from lines `parameter, index, estimate, low, high`; `sample` says on
/// how much they rest.
///
/// # Errors
/// [`ChartError::MissingColumn`] where the table has rows but not these columns.
pub fn morris(indices: &Table, outcome: &str, sample: &str) -> Result<Chart, ChartError> {
    let title = format!("How strongly and how evenly parameters act on {}", Measure::of(outcome).name);
    let points = points(indices)?;
    if points.is_empty() {
        return layout::no_data(NAME, &title, "no effect is defined, as where the response does not vary");
    }
    let silent = points.len().saturating_sub(MOST_LABELS);
    let mut caption = sample.to_owned();
    if silent > 0 {
        caption += &format!(" The {silent} weakest parameters have no label.");
    }
    if points.iter().any(|p| p.spread.is_none()) {
        caption += " Open circles: groups, whose σ is undefined.";
    }
    let words = Words {
        name: NAME.to_owned(),
        title,
        subtitle: "Right: strong. High: not linear, or acting together with others. Level lines: 95 % intervals of μ*"
            .to_owned(),
        caption,
        alt: alt(&points),
    };
    let lines = |p: &Point| label::wrap_to(&named(&p.name), theme::LABEL, 250.0, 2).len();
    let labels: usize = points.iter().take(MOST_LABELS).map(lines).sum();
    let height = (labels as f64 * 17.0 + 90.0).max(380.0);
    let data = data(&points);
    layout::compose(words, data, height, |canvas, body| paint(canvas, body, &points))
}

fn points(table: &Table) -> Result<Vec<Point>, ChartError> {
    if table.rows() == 0 {
        return Ok(Vec::new());
    }
    let get = |name: &str| rows::column(table, NAME, name);
    let (parameter, index) = (get("parameter")?, get("index")?);
    let (estimate, low, high) = (get("estimate")?, get("low")?, get("high")?);
    let mut all: Vec<Point> = Vec::new();
    for row in (0..table.rows()).filter(|&row| index.text(row) == "mu_star") {
        let name = parameter.text(row);
        let Some(strength) = rows::finite(estimate, row) else { continue };
        let own = |&r: &usize| parameter.text(r) == name && index.text(r) == "sigma";
        let spread = (0..table.rows()).find(own).and_then(|r| rows::finite(estimate, r));
        let interval = rows::finite(low, row).zip(rows::finite(high, row));
        all.push(Point { name, strength, interval, spread });
    }
    all.sort_by(|a, b| b.strength.total_cmp(&a.strength));
    Ok(all)
}

fn alt(points: &[Point]) -> String {
    let top: Vec<String> =
        points.iter().take(5).map(|p| format!("{} μ* {}", named(&p.name), number::short(p.strength))).collect();
    format!("Elementary effects of {} parameters, the strongest: {}.", points.len(), top.join("; "))
}

fn data(points: &[Point]) -> Table {
    let mut table = Table::new();
    table.push("parameter", Column::Text(points.iter().map(|p| p.name.clone()).collect()));
    table.push("mu_star", Column::Number(points.iter().map(|p| Some(p.strength)).collect()));
    table.push("low", Column::Number(points.iter().map(|p| p.interval.map(|i| i.0)).collect()));
    table.push("high", Column::Number(points.iter().map(|p| p.interval.map(|i| i.1)).collect()));
    table.push("sigma", Column::Number(points.iter().map(|p| p.spread).collect()));
    table
}

fn paint(canvas: &Canvas, body: Area, points: &[Point]) -> Result<(), ChartError> {
    let labels: Vec<(&Point, Vec<String>)> =
        points.iter().take(MOST_LABELS).map(|p| (p, label::wrap_to(&named(&p.name), theme::LABEL, 250.0, 2))).collect();
    let rising = Scale::round(points.iter().filter_map(|p| p.spread).chain([0.0]), 5.0);
    let axis = layout::widest(rising.ticks().iter().map(|(_, t)| t.as_str()), theme::SMALL);
    let side = layout::widest(labels.iter().flat_map(|n| &n.1).map(String::as_str), theme::LABEL);
    let plot = body.inset(axis + 12.0, 26.0, side + 44.0, layout::FOOT);
    let y = rising.onto(plot.bottom() - 6.0, plot.y + 4.0);
    let ends = points.iter().flat_map(|p| p.interval.map_or([p.strength; 2], |(a, b)| [a, b]));
    let x = Scale::round(ends.chain([0.0]), 6.0).onto(plot.x + 10.0, plot.right() - 10.0);
    canvas.text((body.x, body.y + 7.0), "σ of the effects", theme::SMALL, theme::INK, Align::Left)?;
    layout::level_lines(canvas, plot, &y)?;
    layout::foot_axis(
        canvas,
        plot,
        &x,
        "μ*: mean size of the effect of walking from one end of the range to the other",
    )?;
    let height = |lines: &[String]| lines.len() as f64 * theme::LABEL.leading() + 1.0;
    let edge = plot.right() + 18.0;
    let at = |p: &Point| (x.at(p.strength), y.at(p.spread.unwrap_or(0.0)));
    let led: Vec<((f64, f64), f64)> = labels.iter().map(|(p, lines)| (at(p), height(lines))).collect();
    let centres = label::untangled(&led, edge, plot.y - 8.0, plot.bottom() + 8.0);
    for ((point, lines), centre) in labels.iter().zip(&centres) {
        canvas.path(&[at(point), (edge, *centre), (edge + 8.0, *centre)], theme::PALE, 0.9)?;
        let first = centre - (lines.len() as f64 - 1.0) / 2.0 * theme::LABEL.leading();
        canvas.lines((edge + 12.0, first), lines, theme::LABEL, theme::INK, Align::Left)?;
    }
    for point in points.iter().rev() {
        let at = (x.at(point.strength), y.at(point.spread.unwrap_or(0.0)));
        if let Some((low, high)) = point.interval {
            canvas.line((x.at(low), at.1), (x.at(high), at.1), theme::BLUE, 1.4)?;
        }
        canvas.dot(at, 4.2, theme::BLUE, point.spread.is_some())?;
        let spread = point.spread.map_or_else(|| "undefined".to_owned(), number::short);
        let words = format!("{}: μ* {}, σ {spread}", named(&point.name), number::short(point.strength));
        canvas.hover(Area { x: at.0 - 9.0, y: at.1 - 9.0, w: 18.0, h: 18.0 }, words);
    }
    Ok(())
}
