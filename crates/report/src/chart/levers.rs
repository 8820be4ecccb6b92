//! How the levers stand along a front: parallel axes, one a lever and one an objective, one line a setting.

use super::canvas::{Align, Area, Canvas};
use super::colormap::{colour, share};
use super::layout::{self, Words};
use super::measure::named;
use super::scale::Scale;
use super::{Chart, ChartError, Measure, font, label, number, rows, theme};
use forestall_model::Table;

const NAME: &str = "levers";
/// Most lines with a colour and a number of their own.
const MOST: usize = 40;

/// One upright axis.
struct Axis {
    heading: String,
    low: f64,
    high: f64,
    /// Texts at the foot and the top.
    ends: [String; 2],
    objective: bool,
    values: Vec<Option<f64>>,
}

/// What an axis is made of.
#[derive(Clone, Debug, PartialEq)]
pub struct Lever {
    /// Its column in the table.
    pub column: String,
    /// Least value of its range, or the first category.
    pub low: (f64, String),
    /// Greatest value of its range, or the last category.
    pub high: (f64, String),
}

/// Settings along a front from a table with `name` and a numeric column for each lever and objective.
///
/// # Errors
/// [`ChartError::MissingColumn`] where the table has rows but not these columns.
pub fn levers(table: &Table, levers: &[Lever], objectives: &[String], sample: &str) -> Result<Chart, ChartError> {
    let title = "How the levers stand along the front";
    if table.rows() == 0 {
        return layout::no_data(NAME, title, "no setting is on the front");
    }
    let names: Vec<String> = {
        let column = rows::column(table, NAME, "name")?;
        (0..table.rows()).map(|row| column.text(row)).collect()
    };
    let values = |name: &str| -> Result<Vec<Option<f64>>, ChartError> {
        let column = rows::column(table, NAME, name)?;
        Ok((0..table.rows()).map(|row| rows::finite(column, row)).collect())
    };
    let mut axes = Vec::new();
    for lever in levers {
        let heading = named(&lever.column);
        let ends = [lever.low.1.clone(), lever.high.1.clone()];
        let (low, high, values) = (lever.low.0, lever.high.0, values(&lever.column)?);
        axes.push(Axis { heading, low, high, ends, objective: false, values });
    }
    for objective in objectives {
        let values = values(objective)?;
        let known: Vec<f64> = values.iter().copied().flatten().collect();
        let low = known.iter().copied().fold(f64::INFINITY, f64::min);
        let high = known.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let (low, high) = if low <= high { (low, high) } else { (0.0, 1.0) };
        let ends = number::together(&[low, high]);
        let ends = [ends[0].clone(), ends[1].clone()];
        axes.push(Axis { heading: Measure::of(objective).heading(), low, high, ends, objective: true, values });
    }
    let first = objectives.first().map(|o| Measure::of(o).name).unwrap_or_default();
    let words = Words {
        name: NAME.into(),
        title: title.into(),
        subtitle: format!(
            "One line a setting; a lever’s axis is its whole range, an objective’s is that of the front; darker: more {first}"
        ),
        caption: format!("{sample} Numbers at the right are those of the policies in policies.toml."),
        alt: format!("{} settings on {} axes: {}.", names.len(), axes.len(), headings(&axes)),
    };
    let lines: Vec<Vec<String>> =
        axes.iter().map(|a| label::wrap_to(&a.heading, theme::SMALL, width(axes.len()), 5)).collect();
    let head = lines.iter().map(Vec::len).max().unwrap_or(1) as f64 * theme::SMALL.leading() + 22.0;
    layout::compose(words, table.clone(), head + 340.0, |canvas, body| paint(canvas, body, &axes, &lines, &names, head))
}

fn headings(axes: &[Axis]) -> String {
    axes.iter().map(|a| a.heading.as_str()).collect::<Vec<_>>().join(", ")
}

/// Room for the numbers at the right.
const NUMBERS: f64 = 34.0;

fn width(axes: usize) -> f64 {
    ((theme::WIDTH - 2.0 * theme::MARGIN - NUMBERS) / axes.max(1) as f64 - 10.0).min(150.0)
}

fn paint(
    canvas: &Canvas,
    body: Area,
    axes: &[Axis],
    lines: &[Vec<String>],
    names: &[String],
    head: f64,
) -> Result<(), ChartError> {
    let step = (body.w - NUMBERS) / axes.len() as f64;
    let at = |i: usize| body.x + (i as f64 + 0.5) * step;
    let plot = Area { x: body.x, y: body.y + head, w: body.w, h: body.h - head - 20.0 };
    let scales: Vec<Scale> =
        axes.iter().map(|a| Scale::exact(a.low, a.high, 4.0).onto(plot.bottom(), plot.y)).collect();
    for (i, axis) in axes.iter().enumerate() {
        let colour = if axis.objective { theme::INK } else { theme::AXIS };
        canvas.line((at(i), plot.y), (at(i), plot.bottom()), colour, if axis.objective { 1.8 } else { 1.0 })?;
        let top = plot.y - 20.0 - lines[i].len() as f64 * theme::SMALL.leading() + 5.0;
        canvas.lines((at(i), top), &lines[i], theme::SMALL, theme::INK, Align::Centre)?;
        for (text, y) in axis.ends.iter().zip([plot.bottom() + 12.0, plot.y - 10.0]) {
            let text = label::wrap_to(text, theme::SMALL, (step - 6.0).max(24.0), 1).concat();
            canvas.text((at(i), y), &text, theme::SMALL, theme::MUTED, Align::Centre)?;
        }
    }
    let leading = axes.iter().find(|a| a.objective).unwrap_or(&axes[0]);
    let known: Vec<f64> = leading.values.iter().copied().flatten().collect();
    let mut ends = Vec::new();
    for (row, name) in names.iter().enumerate() {
        let point = |i: usize| axes[i].values[row].map(|v| (at(i), scales[i].at(v.clamp(axes[i].low, axes[i].high))));
        let Some(path) = (0..axes.len()).map(point).collect::<Option<Vec<_>>>() else { continue };
        let colour = match leading.values[row] {
            Some(value) if row < MOST => colour(share(value, &known)),
            _ => theme::PALE,
        };
        canvas.path(&path, colour, 1.5)?;
        for place in &path {
            canvas.dot(*place, 2.0, colour, true)?;
            canvas.hover(Area { x: place.0 - 6.0, y: place.1 - 6.0, w: 12.0, h: 12.0 }, name.clone());
        }
        ends.push((row, path[path.len() - 1]));
    }
    let high = theme::SMALL.size * 1.15;
    let shown: Vec<&(usize, (f64, f64))> = ends.iter().take(((plot.h + 10.0) / high) as usize).collect();
    let wished: Vec<(f64, f64)> = shown.iter().map(|(_, p)| (p.1, high)).collect();
    let centres = label::spread(&wished, plot.y - 5.0, plot.bottom() + 5.0);
    for ((row, place), y) in shown.into_iter().zip(centres) {
        let text = names[*row].trim_start_matches(|c: char| !c.is_ascii_digit());
        let left = body.right() - font::width("000", theme::SMALL);
        canvas.line((place.0 + 4.0, place.1), (left - 4.0, y), theme::GRID, 0.8)?;
        canvas.text((left, y), text, theme::SMALL, theme::INK, Align::Left)?;
    }
    Ok(())
}
