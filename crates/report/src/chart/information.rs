//! Value of information: what it is worth to know each parameter, beside what it is worth to know all.

use plotters::style::RGBColor;

use super::canvas::{Align, Area, Canvas};
use super::layout::{self, Words};
use super::measure::named;
use super::scale::Scale;
use super::{Chart, ChartError, label, number, rows, theme};
use forestall_model::Table;

const NAME: &str = "information";
const TITLE: &str = "What it is worth to know more";
/// More rows than this cannot be read; the least are left to the table.
const MOST: usize = 30;
const ROW: f64 = 26.0;
const HEAD: f64 = 6.0;

struct Bar {
    name: String,
    estimate: f64,
    low: f64,
    high: f64,
    colour: RGBColor,
}

impl Bar {
    fn text(&self) -> String {
        let n = number::together(&[self.estimate, self.low, self.high]);
        format!("{} [{}, {}]", n[0], n[1], n[2])
    }
}

/// Bars from lines `what, kind, estimate, low, high`, of kind `all`, `parameter`, `group` or `study`; `unit` says in what.
///
/// # Errors
/// [`ChartError::MissingColumn`] where the table has rows but not these columns.
pub fn information(table: &Table, unit: &str) -> Result<Chart, ChartError> {
    let mut bars = read(table)?;
    if bars.is_empty() {
        return layout::no_data(NAME, TITLE, "no parameter is uncertain, so nothing is to be learnt");
    }
    let more = bars.len().saturating_sub(MOST);
    bars.truncate(MOST);
    let words = Words {
        name: NAME.to_owned(),
        title: TITLE.to_owned(),
        subtitle: format!(
            "Expected gain in {unit} from choosing after knowing, over choosing now (thin lines: 95 % intervals)"
        ),
        caption: format!(
            "Grey: all parameters; blue: one; green: some together; orange: a study. A bar near 0: the choice would stay \
             the same.{}",
            if more > 0 { format!(" {more} further rows are in the table.") } else { String::new() }
        ),
        alt: format!(
            "{}.",
            bars.iter().map(|b| format!("{} {}", named(&b.name), b.text())).collect::<Vec<_>>().join("; ")
        ),
    };
    let height = HEAD + row(&bars) * bars.len() as f64 + layout::FOOT;
    layout::compose(words, table.clone(), height, |canvas, body| paint(canvas, body, &bars, unit))
}

fn read(table: &Table) -> Result<Vec<Bar>, ChartError> {
    if table.rows() == 0 {
        return Ok(Vec::new());
    }
    let get = |name: &str| rows::column(table, NAME, name);
    let (what, kind) = (get("what")?, get("kind")?);
    let (estimate, low, high) = (get("estimate")?, get("low")?, get("high")?);
    let mut bars = Vec::new();
    for row in 0..table.rows() {
        let Some(value) = rows::finite(estimate, row) else { continue };
        let colour = match kind.text(row).as_str() {
            "all" => theme::BASELINE,
            "group" => theme::GREEN,
            "study" => theme::ORANGE,
            _ => theme::BLUE,
        };
        let end = |column, or| rows::finite(column, row).unwrap_or(or);
        bars.push((
            kind.text(row) != "all",
            Bar { name: what.text(row), estimate: value, low: end(low, value), high: end(high, value), colour },
        ));
    }
    // All at the top, then by size.
    bars.sort_by(|a, b| a.0.cmp(&b.0).then(b.1.estimate.total_cmp(&a.1.estimate)));
    Ok(bars.into_iter().map(|b| b.1).collect())
}

/// What is known, in words, in at most two lines.
fn names(bars: &[Bar]) -> Vec<Vec<String>> {
    bars.iter().map(|b| label::wrap_to(&named(&b.name), theme::LABEL, 270.0, 2)).collect()
}

/// Height of a row, where the longest name has its lines.
fn row(bars: &[Bar]) -> f64 {
    let lines = names(bars).iter().map(Vec::len).max().unwrap_or(1) as f64;
    ROW.max(lines * theme::LABEL.leading() + 8.0)
}

fn paint(canvas: &Canvas, body: Area, bars: &[Bar], unit: &str) -> Result<(), ChartError> {
    let (names, row) = (names(bars), row(bars));
    let texts: Vec<String> = bars.iter().map(Bar::text).collect();
    let side = layout::widest(names.iter().flatten().map(String::as_str), theme::LABEL);
    let right = layout::widest(texts.iter().map(String::as_str), theme::SMALL);
    let plot = body.inset(side + 14.0, HEAD, right + 18.0, layout::FOOT);
    let scale =
        Scale::round(bars.iter().flat_map(|b| [b.estimate, b.high]).chain([0.0]), 5.0).onto(plot.x, plot.right() - 4.0);
    for (i, bar) in bars.iter().enumerate() {
        let (top, y) = (plot.y + i as f64 * row, plot.y + (i as f64 + 0.5) * row);
        if i > 0 {
            canvas.line((body.x, top), (body.right(), top), theme::GRID, 1.0)?;
        }
        let first = y - (names[i].len() as f64 - 1.0) / 2.0 * theme::LABEL.leading();
        canvas.lines((body.x, first), &names[i], theme::LABEL, theme::INK, Align::Left)?;
        canvas.text((body.right(), y), &texts[i], theme::SMALL, theme::MUTED, Align::Right)?;
        let zero = scale.at(0.0);
        canvas.bar(Area { x: zero, y: y - 6.0, w: scale.at(bar.estimate) - zero, h: 12.0 }, bar.colour, 1.0)?;
        let (a, b) = (scale.at(bar.low), scale.at(bar.high));
        // A light core keeps the line readable on a dark bar.
        canvas.line((a, y), (b, y), theme::PAPER, 3.0)?;
        canvas.line((a, y), (b, y), theme::INK, 1.4)?;
        for end in [a, b] {
            canvas.line((end, y - 3.5), (end, y + 3.5), theme::INK, 1.2)?;
        }
        canvas.hover(Area { x: body.x, y: top, w: body.w, h: row }, format!("{}: {}", named(&bar.name), texts[i]));
    }
    canvas.line((scale.at(0.0), plot.y), (scale.at(0.0), plot.bottom()), theme::AXIS, 1.2)?;
    layout::foot_axis(canvas, plot, &scale, &format!("Expected gain, {unit}"))
}
