//! A box: what it allows of each limited parameter, against the range of all points.

use super::canvas::{Align, Area, Canvas};
use super::layout::{self, Words};
use super::measure::named;
use super::{Chart, ChartError, label, number, rows, theme};
use forestall_model::Table;

const ROW: f64 = 46.0;
const HEAD: f64 = 24.0;

struct Row {
    name: String,
    /// The box and the whole range; `None` for categories.
    ends: Option<[f64; 4]>,
    categories: String,
    quasi_p: [Option<f64>; 2],
}

/// The limits of one box, from lines `parameter, low, high, least, most, categories, quasi_p_low, quasi_p_high`; boxes are
/// numbered from 1. `sample` says how good the box is.
///
/// # Errors
/// [`ChartError::MissingColumn`] where the table has rows but not these columns.
pub fn limits(table: &Table, box_number: usize, sample: &str) -> Result<Chart, ChartError> {
    let name = format!("box_{box_number}");
    let title = format!("Box {box_number}: where the cases of interest lie");
    if table.rows() == 0 {
        return layout::no_data(&name, &title, "the box limits no parameter");
    }
    let all = read(table, &name)?;
    let each: Vec<String> = all.iter().map(|r| format!("{} {}", named(&r.name), span(r))).collect();
    let words = Words {
        subtitle: "Blue: inside the box. Grey: the range of all points. Quasi-p: could the limit be chance?".to_owned(),
        caption: sample.to_owned(),
        alt: format!("The box: {}.", each.join("; ")),
        name,
        title,
    };
    let height = HEAD + ROW * all.len() as f64 + 6.0;
    layout::compose(words, table.clone(), height, |canvas, body| paint(canvas, body, &all))
}

fn span(row: &Row) -> String {
    row.ends.map_or_else(
        || row.categories.clone(),
        |[low, high, ..]| {
            let texts = number::together(&[low, high]);
            format!("{} to {}", texts[0], texts[1])
        },
    )
}

fn read(table: &Table, chart: &str) -> Result<Vec<Row>, ChartError> {
    let get = |name: &str| rows::column(table, chart, name);
    let ends = [get("low")?, get("high")?, get("least")?, get("most")?];
    let (parameter, categories) = (get("parameter")?, get("categories")?);
    let quasi_p = [get("quasi_p_low")?, get("quasi_p_high")?];
    let row = |row: usize| {
        let at: Vec<f64> = ends.iter().filter_map(|c| rows::finite(c, row)).collect();
        Row {
            name: parameter.text(row),
            ends: at.try_into().ok(),
            categories: categories.text(row),
            quasi_p: quasi_p.map(|c| rows::finite(c, row)),
        }
    };
    Ok((0..table.rows()).map(row).collect())
}

/// "< 0.001".
fn small(p: f64) -> String {
    if p < 0.001 { "< 0.001".to_owned() } else { number::fixed(p, 3) }
}

fn paint(canvas: &Canvas, body: Area, all: &[Row]) -> Result<(), ChartError> {
    let names: Vec<Vec<String>> = all.iter().map(|r| label::wrap_to(&named(&r.name), theme::LABEL, 230.0, 2)).collect();
    let side = layout::widest(names.iter().flatten().map(String::as_str), theme::LABEL);
    let plot = body.inset(side + 40.0, HEAD, 150.0, 0.0);
    canvas.text((body.x, body.y + 7.0), "Parameter", theme::HEADING, theme::INK, Align::Left)?;
    canvas.text((body.right(), body.y + 7.0), "Quasi-p", theme::HEADING, theme::INK, Align::Right)?;
    for (i, row) in all.iter().enumerate() {
        let top = plot.y + i as f64 * ROW;
        canvas.line((body.x, top), (body.right(), top), theme::GRID, 1.0)?;
        let middle = top + ROW / 2.0;
        let first = middle - (names[i].len() as f64 - 1.0) / 2.0 * theme::LABEL.leading();
        canvas.lines((body.x, first), &names[i], theme::LABEL, theme::INK, Align::Left)?;
        let texts: Vec<String> = row.quasi_p.iter().flatten().map(|p| small(*p)).collect();
        canvas.text((body.right(), middle), &texts.join(" · "), theme::SMALL, theme::MUTED, Align::Right)?;
        let Some([low, high, least, most]) = row.ends else {
            let words = label::wrap_to(&row.categories, theme::LABEL, plot.w, 2);
            let first = middle - (words.len() as f64 - 1.0) / 2.0 * theme::LABEL.leading();
            canvas.lines((plot.x, first), &words, theme::LABEL, theme::BLUE, Align::Left)?;
            continue;
        };
        let wide = if most > least { most - least } else { 1.0 };
        let at = |v: f64| plot.x + (v - least) / wide * plot.w;
        canvas.bar(Area { x: plot.x, y: middle - 10.0, w: plot.w, h: 8.0 }, theme::PALE, 0.6)?;
        canvas.bar(
            Area { x: at(low), y: middle - 12.0, w: (at(high) - at(low)).max(1.0), h: 12.0 },
            theme::BLUE,
            1.0,
        )?;
        ends(canvas, plot, middle + 11.0, row, [at(low), at(high)])?;
        canvas.hover(Area { x: body.x, y: top, w: body.w, h: ROW }, format!("{}: {}", named(&row.name), span(row)));
    }
    Ok(())
}

/// The numbers below the bar: the box's own ends where it has limits.
fn ends(canvas: &Canvas, plot: Area, y: f64, row: &Row, at: [f64; 2]) -> Result<(), ChartError> {
    let Some([low, high, least, most]) = row.ends else { return Ok(()) };
    let texts = number::together(&[low, high, least, most]);
    let width = |k: usize| super::font::width(&texts[k], theme::SMALL) * 1.05;
    let (ink, muted) = (theme::INK, theme::MUTED);
    let mut taken: Vec<(f64, f64)> = Vec::new();
    let mut put = |k: usize, x: f64, colour| {
        let half = width(k) / 2.0 + 4.0;
        let x = x.clamp(plot.x - 16.0 + half, plot.right() + 30.0 - half);
        if taken.iter().any(|(from, to)| x - half < *to && x + half > *from) {
            return Ok(());
        }
        taken.push((x - half, x + half));
        canvas.text((x, y), &texts[k], theme::SMALL, colour, Align::Centre)
    };
    if low > least && high < most && at[1] - at[0] < f64::midpoint(width(0), width(1)) + 10.0 {
        // Both ends in one text where the box is narrow.
        let text = format!("{} to {}", texts[0], texts[1]);
        let half = super::font::width(&text, theme::SMALL) * 1.05 / 2.0;
        let x = f64::midpoint(at[0], at[1]).clamp(plot.x - 16.0 + half, plot.right() + 30.0 - half);
        return canvas.text((x, y), &text, theme::SMALL, ink, Align::Centre);
    }
    if low > least {
        put(0, at[0], ink)?;
    }
    if high < most {
        put(1, at[1], ink)?;
    }
    put(2, plot.x, muted)?;
    put(3, plot.right(), muted)
}
