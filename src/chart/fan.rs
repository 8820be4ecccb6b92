//! Fan chart: one monthly series with its median, 50 % and 90 % bands over replications.

use super::canvas::{Align, Area, Canvas};
use super::frame::{self, Words};
use super::rows::{self, Months};
use super::scale::Scale;
use super::timeline::{self, Bands};
use super::{Arm, BASELINE, Chart, ChartError, Measure, label, number, theme};
use crate::results::table::{Column, Table};

/// One arm's months and their quantiles.
struct Line<'a> {
    arm: &'a Arm,
    months: Months,
    found: Vec<(usize, [f64; 5])>,
    colour: plotters::style::RGBColor,
}

/// The monthly course of `measure` in the given arms (one or two are readable), from the monthly table.
///
/// # Errors
/// [`ChartError::MissingColumn`] where the table has rows but not `arm`, `month`, `month_start` or the series.
pub fn fan(monthly: &Table, measure: &Measure, arms: &[Arm]) -> Result<Chart, ChartError> {
    let policy = arms.iter().find(|a| a.name != BASELINE).filter(|_| arms.len() > 1);
    let suffix = policy.map_or(String::new(), |p| format!("_{}", p.name));
    let name = format!("monthly_{}{suffix}", measure.column);
    let title = format!("{} month by month", measure.heading());
    let lines = lines(monthly, &name, measure, arms)?;
    if lines.iter().all(|l| l.found.is_empty()) {
        return frame::no_data(&name, &title, "no month of these arms has values");
    }
    let unit = if measure.unit.is_empty() { measure.heading() } else { super::measure::capital(&measure.unit) };
    let words = Words {
        subtitle: format!("{unit} in each month; line: median, dark band: 50 %, light band: 90 % of replications"),
        caption: caption(arms),
        alt: alt(&lines, measure),
        name,
        title,
    };
    let data = data(&lines);
    frame::compose(words, data, 330.0, |canvas, body| paint(canvas, body, &lines))
}

fn caption(arms: &[Arm]) -> String {
    let each: Vec<String> = arms.iter().map(|a| format!("{}: {} replications", a.label, a.replications)).collect();
    format!("{}. Bands show how single runs differ, not how well the median is known.", each.join("; "))
}

fn alt(lines: &[Line], measure: &Measure) -> String {
    let ends: Vec<String> = lines
        .iter()
        .filter_map(|l| {
            let (first, last) = (l.found.first()?, l.found.last()?);
            let n = number::together(&[first.1[2], last.1[2]]);
            Some(format!("{}: median {} in the first month, {} in the last", l.arm.label, n[0], n[1]))
        })
        .collect();
    format!("{} by month. {}.", measure.heading(), ends.join(". "))
}

fn lines<'a>(monthly: &Table, chart: &str, measure: &Measure, arms: &'a [Arm]) -> Result<Vec<Line<'a>>, ChartError> {
    if monthly.rows() == 0 {
        return Ok(Vec::new());
    }
    let groups = rows::by_text(rows::column(monthly, chart, "arm")?);
    let mut next_policy = 0;
    arms.iter()
        .map(|arm| {
            let of_arm = groups.get(&arm.name).map_or(&[][..], Vec::as_slice);
            let months = rows::months(monthly, chart, &measure.column, of_arm)?;
            let found = timeline::quantiles(&months);
            let colour = if arm.name == BASELINE {
                theme::BASELINE
            } else {
                next_policy += 1;
                theme::policy(next_policy - 1)
            };
            Ok(Line { arm, months, found, colour })
        })
        .collect()
}

fn data(lines: &[Line]) -> Table {
    let cells = || lines.iter().flat_map(|l| l.found.iter().map(move |(i, q)| (l, *i, q)));
    let mut table = Table::new();
    table.push("arm", Column::Text(cells().map(|(l, ..)| l.arm.name.clone()).collect()));
    table.push("month_start", Column::Text(cells().map(|(l, i, _)| l.months.starts[i].clone()).collect()));
    for (slot, name) in ["q05", "q25", "median", "q75", "q95"].into_iter().enumerate() {
        table.push(name, Column::Number(cells().map(|(_, _, q)| Some(q[slot])).collect()));
    }
    table
}

fn paint(canvas: &Canvas, body: Area, lines: &[Line]) -> Result<(), ChartError> {
    let values = || lines.iter().flat_map(|l| l.found.iter().flat_map(|(_, q)| *q));
    let scale = Scale::round(values().chain([0.0]), 5.0);
    let axis = frame::widest(scale.ticks().iter().map(|(_, t)| t.as_str()), theme::SMALL);
    let labels: Vec<Vec<String>> = lines.iter().map(|l| label::wrap_to(&l.arm.label, theme::LABEL, 150.0, 4)).collect();
    let side = frame::widest(labels.iter().flatten().map(String::as_str), theme::LABEL);
    let plot = body.inset(axis + 12.0, 6.0, (side + 30.0).max(34.0), 24.0);
    let scale = scale.onto(plot.bottom(), plot.y);
    frame::level_lines(canvas, plot, &scale)?;
    let starts = lines.iter().map(|l| &l.months.starts).max_by_key(|s| s.len()).map_or(&[][..], Vec::as_slice);
    timeline::date_axis(canvas, plot, starts)?;
    for line in lines {
        timeline::series(canvas, plot, starts.len(), &line.found, |v| scale.at(v), (line.colour, Bands::Both))?;
    }
    end_labels(canvas, plot, lines, &labels, |v| scale.at(v))?;
    let texts: Vec<_> = lines.iter().map(|l| (l.arm.label.as_str(), l.found.as_slice())).collect();
    timeline::hovers(canvas, plot, starts, &texts);
    Ok(())
}

/// Names each line at its right end.
fn end_labels(
    canvas: &Canvas,
    plot: Area,
    lines: &[Line],
    labels: &[Vec<String>],
    y: impl Fn(f64) -> f64,
) -> Result<(), ChartError> {
    let ends: Vec<(usize, f64)> =
        lines.iter().enumerate().filter_map(|(k, l)| l.found.last().map(|(_, q)| (k, y(q[2])))).collect();
    let height = |k: usize| labels[k].len() as f64 * theme::LABEL.leading() + 4.0;
    let wished: Vec<(f64, f64)> = ends.iter().map(|&(k, at)| (at, height(k))).collect();
    let centres = label::spread(&wished, plot.y - 6.0, plot.bottom() + 6.0);
    for (&(k, at), centre) in ends.iter().zip(centres) {
        let x = plot.right();
        canvas.path(&[(x + 2.0, at), (x + 10.0, centre), (x + 18.0, centre)], lines[k].colour, 1.6)?;
        let first = centre - (labels[k].len() as f64 - 1.0) / 2.0 * theme::LABEL.leading();
        canvas.lines((x + 23.0, first), &labels[k], theme::LABEL, theme::INK, Align::Left)?;
    }
    Ok(())
}
