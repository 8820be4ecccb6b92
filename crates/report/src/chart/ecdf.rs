//! Cumulative distribution of one outcome: the share of runs with at most so many, one stepped line an arm.

use super::canvas::{Align, Area, Canvas};
use super::layout::{self, Words};
use super::legend::{self, Legend};
use super::scale::Scale;
use super::{Arm, BASELINE, Better, Chart, ChartError, Measure, number, rows, theme};
use forestall_model::{Column, Table};
use forestall_study::rooms::stats::Ecdf;

/// One arm's steps: each value that occurs and the share of runs with at most it.
type Steps = Vec<(f64, f64)>;

/// The share of runs in which `measure` is at most each value, from the replications table.
///
/// # Errors
/// [`ChartError::MissingColumn`] where the table has rows but not `arm` or the outcome.
pub fn ecdf(replications: &Table, measure: &Measure, arms: &[Arm]) -> Result<Chart, ChartError> {
    let name = format!("cumulative_{}", measure.column);
    let title = format!("{}: cumulative share of runs", measure.heading());
    let steps = read(replications, &name, measure, arms)?;
    if steps.iter().all(Vec::is_empty) {
        return layout::no_data(&name, &title, "no replication of these policies has this outcome");
    }
    let better = match measure.better {
        Better::Lower => "; a curve further up and left is better",
        Better::Higher => "; a curve further down and right is better",
        Better::Neither => "",
    };
    let each: Vec<String> = arms.iter().map(|a| format!("{} {}", a.label, a.replications)).collect();
    let words = Words {
        subtitle: format!("Share of runs with at most the number on the axis{better}"),
        caption: format!("Replications: {}. Steps are the runs themselves, without smoothing.", each.join(", ")),
        alt: alt(&steps, measure, arms),
        name,
        title,
    };
    let legend = Legend::of(arms);
    let data = data(&steps, arms);
    layout::compose(words, data, legend.height() + 350.0, |canvas, body| {
        legend.draw(canvas, body)?;
        paint(canvas, body.inset(0.0, legend.height() + 8.0, 0.0, 0.0), &steps, (arms, measure))
    })
}

fn alt(steps: &[Steps], measure: &Measure, arms: &[Arm]) -> String {
    let middle = |s: &Steps| s.iter().find(|(_, share)| *share >= 0.5 - 1e-9).map(|(value, _)| number::short(*value));
    let each: Vec<String> =
        arms.iter().zip(steps).filter_map(|(a, s)| Some(format!("{}: {}", a.label, middle(s)?))).collect();
    format!("Half of all runs have at most this many {}. {}.", measure.name, each.join(". "))
}

fn read(table: &Table, chart: &str, measure: &Measure, arms: &[Arm]) -> Result<Vec<Steps>, ChartError> {
    if table.rows() == 0 {
        return Ok(Vec::new());
    }
    let groups = rows::by_text(rows::column(table, chart, "arm")?);
    let values = rows::column(table, chart, &measure.column)?;
    let steps = |arm: &Arm| {
        let of_arm = groups.get(&arm.name).map_or(&[][..], Vec::as_slice);
        Ecdf::new(&rows::numbers(values, of_arm)).map_or_else(Vec::new, |found| found.steps().to_vec())
    };
    Ok(arms.iter().map(steps).collect())
}

fn data(steps: &[Steps], arms: &[Arm]) -> Table {
    let cells = || arms.iter().zip(steps).flat_map(|(a, s)| s.iter().map(move |step| (a, *step)));
    let mut table = Table::new();
    table.push("arm", Column::Text(cells().map(|(a, _)| a.name.clone()).collect()));
    table.push("value", Column::Number(cells().map(|(_, (value, _))| Some(value)).collect()));
    table.push("share_at_most", Column::Number(cells().map(|(_, (_, share))| Some(share)).collect()));
    table
}

fn paint(canvas: &Canvas, body: Area, steps: &[Steps], (arms, measure): (&[Arm], &Measure)) -> Result<(), ChartError> {
    let plot = body.inset(44.0, 24.0, 24.0, layout::FOOT);
    let y = Scale::exact(0.0, 1.0, 5.0).onto(plot.bottom(), plot.y);
    let values = || steps.iter().flatten().map(|(value, _)| *value);
    let x = Scale::round(values().chain([0.0]), 8.0).onto(plot.x, plot.right());
    canvas.text((body.x, body.y + 7.0), "Share of runs", theme::SMALL, theme::INK, Align::Left)?;
    layout::level_lines(canvas, plot, &y)?;
    let colours = legend::colours(arms);
    for k in legend::drawing_order(arms) {
        let mut line = Vec::new();
        let mut below = 0.0;
        for &(value, share) in &steps[k] {
            line.push((x.at(value), y.at(below)));
            line.push((x.at(value), y.at(share)));
            below = share;
        }
        if let (Some(&first), Some(_)) = (line.first(), line.last()) {
            line.insert(0, (plot.x, first.1));
            line.push((plot.right(), y.at(1.0)));
        }
        canvas.path(&line, colours[k], if arms[k].name == BASELINE { 2.4 } else { 1.8 })?;
        for &(value, share) in &steps[k] {
            let text = format!(
                "{}: {} % of runs have at most {}",
                arms[k].label,
                number::short(share * 100.0),
                number::short(value)
            );
            canvas.hover(Area { x: x.at(value) - 4.0, y: y.at(share) - 4.0, w: 8.0, h: 8.0 }, text);
        }
    }
    layout::foot_axis(canvas, plot, &x, &format!("{} in one run", measure.heading()))
}
