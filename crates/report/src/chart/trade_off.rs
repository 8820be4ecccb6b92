//! PRIM's trade-off: what coverage each gain of density costs, and how many parameters it takes.

use super::canvas::{Align, Area, Canvas};
use super::layout::{self, Words};
use super::scale::Scale;
use super::{Chart, ChartError, font, number, rows, theme};
use forestall_model::Table;

/// Coverage against density of every box on the way, from lines `coverage, density, mass, restricted, chosen`; boxes are
/// numbered from 1.
///
/// # Errors
/// [`ChartError::MissingColumn`] where the table has rows but not these columns.
pub fn trade_off(steps: &Table, box_number: usize, sample: &str) -> Result<Chart, ChartError> {
    let name = format!("trade_off_{box_number}");
    let title = format!("Box {box_number}: how much it covers, how dense it is");
    if steps.rows() == 0 {
        return layout::no_data(&name, &title, "no box was searched");
    }
    let points = points(steps, &name)?;
    let Some(chosen) = points.iter().find(|p| p.chosen).or(points.first()) else {
        return layout::no_data(&name, &title, "no box is defined");
    };
    let words = Words {
        subtitle:
            "Each dot is a box, from all points (lower right) to the smallest; colour: how many parameters are limited"
                .to_owned(),
        caption: format!(
            "Coverage: share of the cases of interest in the box. Density: share of the box's points that are of \
             interest. {sample}"
        ),
        alt: format!(
            "{} boxes; the chosen one covers {} with density {} and limits {} parameters.",
            points.len(),
            number::fixed(chosen.coverage, 2),
            number::fixed(chosen.density, 2),
            chosen.limits
        ),
        name,
        title,
    };
    layout::compose(words, steps.clone(), 400.0, |canvas, body| paint(canvas, body, &points))
}

struct Point {
    coverage: f64,
    density: f64,
    limits: usize,
    chosen: bool,
}

fn points(table: &Table, chart: &str) -> Result<Vec<Point>, ChartError> {
    let get = |name: &str| rows::column(table, chart, name);
    let (coverage, density) = (get("coverage")?, get("density")?);
    let (restricted, chosen) = (get("restricted")?, get("chosen")?);
    let point = |row: usize| {
        Some(Point {
            coverage: rows::finite(coverage, row)?,
            density: rows::finite(density, row)?,
            limits: restricted.number(row)? as usize,
            chosen: chosen.number(row) == Some(1.0),
        })
    };
    Ok((0..table.rows()).filter_map(point).collect())
}

fn colour(limits: usize) -> plotters::style::RGBColor {
    match limits {
        0 => theme::MUTED,
        n => theme::POLICIES.get(n - 1).copied().unwrap_or(theme::INK),
    }
}

fn paint(canvas: &Canvas, body: Area, points: &[Point]) -> Result<(), ChartError> {
    let plot = body.inset(44.0, 50.0, 12.0, layout::FOOT);
    let x = Scale::exact(0.0, 1.0, 5.0).onto(plot.x + 8.0, plot.right() - 8.0);
    let y = Scale::exact(0.0, 1.0, 5.0).onto(plot.bottom() - 6.0, plot.y + 6.0);
    let mut left = body.x;
    let mut kinds: Vec<usize> = points.iter().map(|p| p.limits).collect();
    kinds.sort_unstable();
    kinds.dedup();
    for limits in kinds {
        let text = if limits == 0 { "no limit".to_owned() } else { number::counted(limits, "parameter") };
        let wide = 16.0 + font::width(&text, theme::SMALL) + 20.0;
        if left + wide > body.right() {
            break;
        }
        canvas.dot((left + 5.0, body.y + 7.0), 4.0, colour(limits), true)?;
        canvas.text((left + 16.0, body.y + 7.0), &text, theme::SMALL, theme::INK, Align::Left)?;
        left += wide;
    }
    canvas.text((body.x, body.y + 32.0), "Density", theme::SMALL, theme::INK, Align::Left)?;
    layout::level_lines(canvas, plot, &y)?;
    layout::foot_axis(canvas, plot, &x, "Coverage")?;
    let path: Vec<(f64, f64)> = points.iter().map(|p| (x.at(p.coverage), y.at(p.density))).collect();
    canvas.path(&path, theme::PALE, 1.0)?;
    for (i, point) in points.iter().enumerate() {
        canvas.dot(path[i], 3.6, colour(point.limits), true)?;
        let words = format!(
            "Step {i}: coverage {}, density {}, {} limited",
            number::fixed(point.coverage, 2),
            number::fixed(point.density, 2),
            number::counted(point.limits, "parameter")
        );
        canvas.hover(Area { x: path[i].0 - 6.0, y: path[i].1 - 6.0, w: 12.0, h: 12.0 }, words);
    }
    let Some((at, point)) = path.iter().zip(points).find(|(_, p)| p.chosen) else { return Ok(()) };
    canvas.dot(*at, 7.5, theme::INK, false)?;
    canvas.dot(*at, 3.6, colour(point.limits), true)?;
    let text =
        format!("Chosen: coverage {}, density {}", number::fixed(point.coverage, 2), number::fixed(point.density, 2));
    let wide = font::width(&text, theme::LABEL) * 1.05;
    // Below and to the left the plane is empty: boxes lie towards the upper right.
    let beside = (at.0 - 14.0 - wide).max(plot.x + 10.0);
    let under = (at.1 + 26.0).min(plot.bottom() - 16.0);
    canvas.line((at.0 - 5.0, at.1 + 6.0), (beside + wide, under - 4.0), theme::AXIS, 0.9)?;
    canvas.text((beside, under), &text, theme::LABEL, theme::INK, Align::Left)
}
