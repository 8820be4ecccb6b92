//! Forecast beside observation: the central 90 % of the draws of each quantity, and what came.

use super::canvas::{Align, Area, Canvas};
use super::layout::{self, Words};
use super::{Chart, ChartError, label, number, rows, theme};
use forestall_model::Table;

const NAME: &str = "forecasts";
const TITLE: &str = "Forecast and observation";
const ROW: f64 = 27.0;
const HEAD: f64 = 26.0;
/// More rows than this cannot be read; the others are in the table.
const MOST: usize = 40;
/// How far beyond the ends of an interval its row shows, in widths of it.
const REACH: f64 = 0.75;

struct Row {
    quantity: String,
    observed: f64,
    mean: f64,
    low: f64,
    high: f64,
}

impl Row {
    /// Where a value stands from 0 to 1 across its row.
    fn place(&self, value: f64) -> f64 {
        let wide = if self.high > self.low { self.high - self.low } else { self.mean.abs().max(1.0) };
        ((value - self.low) / wide + REACH) / (1.0 + 2.0 * REACH)
    }
}

/// One line a quantity from a table `quantity, observed, mean, low, high`, each on its own scale.
///
/// # Errors
/// [`ChartError::MissingColumn`] where the table has rows but not these columns.
pub fn forecasts(scores: &Table) -> Result<Chart, ChartError> {
    let mut all = read(scores)?;
    if all.is_empty() {
        return layout::no_data(NAME, TITLE, "no quantity has both draws and an observation");
    }
    let inside = all.iter().filter(|r| r.low <= r.observed && r.observed <= r.high).count();
    let (whole, more) = (all.len(), all.len().saturating_sub(MOST));
    let each = |r: &Row| {
        let n = number::together(&[r.observed, r.low, r.high]);
        format!("{}: observed {}, forecast {} to {}", r.quantity, n[0], n[1], n[2])
    };
    let alt = all.iter().take(10).map(each).collect::<Vec<_>>().join(". ");
    all.truncate(MOST);
    let words = Words {
        name: NAME.to_owned(),
        title: TITLE.to_owned(),
        subtitle: format!(
            "Line: central 90 % of the draws; bar: their mean; circle: what came. {inside} of {whole} lie inside"
        ),
        caption: format!(
            "Each row on its own scale; a triangle points to an observation beyond the picture.{}",
            if more > 0 { format!(" {more} further quantities are in the table.") } else { String::new() }
        ),
        alt,
    };
    let height = HEAD + ROW * all.len() as f64 + 6.0;
    layout::compose(words, scores.clone(), height, |canvas, body| paint(canvas, body, &all))
}

fn read(table: &Table) -> Result<Vec<Row>, ChartError> {
    if table.rows() == 0 {
        return Ok(Vec::new());
    }
    let get = |name: &str| rows::column(table, NAME, name);
    let (quantity, observed, mean) = (get("quantity")?, get("observed")?, get("mean")?);
    let (low, high) = (get("low")?, get("high")?);
    let row = |row: usize| {
        Some(Row {
            quantity: quantity.text(row),
            observed: rows::finite(observed, row)?,
            mean: rows::finite(mean, row)?,
            low: rows::finite(low, row)?,
            high: rows::finite(high, row)?,
        })
    };
    Ok((0..table.rows()).filter_map(row).collect())
}

fn paint(canvas: &Canvas, body: Area, all: &[Row]) -> Result<(), ChartError> {
    let names: Vec<String> = all.iter().map(|r| label::wrap_to(&r.quantity, theme::LABEL, 330.0, 1).concat()).collect();
    let forecast = |r: &Row| {
        let n = number::together(&[r.mean, r.low, r.high]);
        format!("{} ({} to {})", n[0], n[1], n[2])
    };
    let forecasts: Vec<String> = all.iter().map(forecast).collect();
    let observed: Vec<String> = all.iter().map(|r| number::short(r.observed)).collect();
    let wide = |texts: &[String], head: &str| {
        layout::widest(texts.iter().map(String::as_str), theme::LABEL).max(layout::widest([head], theme::HEADING))
    };
    let (side, middle, right) = (
        layout::widest(names.iter().map(String::as_str), theme::LABEL),
        wide(&forecasts, "Forecast"),
        wide(&observed, "Observed"),
    );
    let plot = body.inset(side + 18.0, HEAD, middle + right + 44.0, 6.0);
    let edge = body.right() - right - 20.0;
    canvas.text((body.right(), body.y + 7.0), "Observed", theme::HEADING, theme::INK, Align::Right)?;
    canvas.text((edge, body.y + 7.0), "Forecast", theme::HEADING, theme::INK, Align::Right)?;
    for (i, row) in all.iter().enumerate() {
        let y = plot.y + (i as f64 + 0.5) * ROW;
        let x = |value: f64| plot.x + plot.w * row.place(value).clamp(0.0, 1.0);
        canvas.line((body.x, y + ROW / 2.0), (body.right(), y + ROW / 2.0), theme::GRID, 1.0)?;
        canvas.text((body.x, y), &names[i], theme::LABEL, theme::INK, Align::Left)?;
        canvas.text((edge, y), &forecasts[i], theme::LABEL, theme::MUTED, Align::Right)?;
        canvas.text((body.right(), y), &observed[i], theme::LABEL, theme::INK, Align::Right)?;
        canvas.line((x(row.low), y), (x(row.high), y), theme::SKY, 6.0)?;
        canvas.line((x(row.mean), y - 6.0), (x(row.mean), y + 6.0), theme::BLUE, 2.0)?;
        let hit = row.low <= row.observed && row.observed <= row.high;
        let colour = if hit { theme::INK } else { theme::VERMILION };
        let place = row.place(row.observed);
        if (0.0..=1.0).contains(&place) {
            canvas.dot((x(row.observed), y), 4.2, colour, true)?;
        } else {
            let (at, way) = if place < 0.0 { (plot.x + 7.0, -7.0) } else { (plot.right() - 7.0, 7.0) };
            canvas.shape(&[(at, y - 4.5), (at, y + 4.5), (at + way, y)], colour, 1.0)?;
        }
        let words = format!("{}: observed {}, forecast {}", row.quantity, observed[i], forecasts[i]);
        canvas.hover(Area { x: body.x, y: y - ROW / 2.0, w: body.w, h: ROW }, words);
    }
    Ok(())
}
