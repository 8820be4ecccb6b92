//! Harm against cost: attacks prevented and extra cost of each policy, with both intervals.

use std::collections::BTreeMap;

use plotters::style::RGBColor;

use super::canvas::{Align, Area, Canvas};
use super::layout::{self, Words};
use super::measure::capital;
use super::scale::Scale;
use super::{Chart, ChartError, Measure, label, number, rows, theme};
use forestall_model::{Column, Table};

const NAME: &str = "harm_cost";
const TITLE: &str = "Attacks prevented against extra cost";

/// A difference with its interval.
#[derive(Clone, Copy)]
struct Effect {
    value: f64,
    interval: Option<(f64, f64)>,
}

impl Effect {
    fn reach(self) -> [f64; 2] {
        self.interval.map_or([self.value; 2], |(a, b)| [a, b])
    }
}

/// One policy on both axes.
struct Point {
    policy: String,
    label: String,
    cost: Effect,
    prevented: Effect,
}

/// Cost difference (policy − baseline) against attacks prevented (baseline − policy), from the comparisons table.
///
/// # Errors
/// [`ChartError::MissingColumn`] where the table has rows but not the columns of a comparison.
pub fn harm_cost(comparisons: &Table) -> Result<Chart, ChartError> {
    let (points, n) = points(comparisons)?;
    if points.is_empty() {
        return layout::no_data(NAME, TITLE, "no policy has both attacks and cost");
    }
    let words = Words {
        name: NAME.into(),
        title: TITLE.into(),
        subtitle: "Upper left is best: more attacks prevented for less money; lines: 95 % intervals of the mean".into(),
        caption: format!(
            "Mean of paired differences over {} a policy.{}",
            number::counted(n as usize, "replication"),
            unlabelled(points.len() - named(&points).len())
        ),
        alt: alt(&points),
    };
    let data = data(&points);
    let of = |point: &Point| label::wrap_to(&point.label, theme::LABEL, 200.0, 2);
    let labels: Vec<(usize, Vec<String>)> =
        named(&points).into_iter().map(|place| (place, of(&points[place]))).collect();
    let needed: f64 = labels.iter().map(|(_, lines)| label_height(lines)).sum();
    let height = (needed + 60.0).max(400.0);
    layout::compose(words, data, height, |canvas, body| paint(canvas, body, &points, &labels))
}

/// Most policies that all have a label.
const ALL_NAMED: usize = 14;
/// Of more than that, so many that prevent most have one, beside those that have a colour.
const MOST_NAMED: usize = 4;

/// Which points have a label: of many the lines to them would cross everywhere.
fn named(points: &[Point]) -> Vec<usize> {
    let mut all: Vec<usize> = (0..points.len()).collect();
    if points.len() <= ALL_NAMED {
        return all;
    }
    let mut order = all.clone();
    order.sort_by(|&a, &b| points[b].prevented.value.total_cmp(&points[a].prevented.value));
    let colours = colours(points);
    all.retain(|&place| colours[place] != theme::PALE || order[..MOST_NAMED].contains(&place));
    all
}

/// The palette goes to the policies that change attacks most, up or down, as in the charts of policy runs.
fn colours(points: &[Point]) -> Vec<RGBColor> {
    let mut order: Vec<usize> = (0..points.len()).collect();
    order.sort_by(|&a, &b| points[b].prevented.value.abs().total_cmp(&points[a].prevented.value.abs()));
    let mut colours = vec![theme::PALE; points.len()];
    order.iter().enumerate().for_each(|(rank, &place)| colours[place] = theme::policy(rank));
    colours
}

fn unlabelled(number: usize) -> String {
    if number == 0 {
        return String::new();
    }
    format!(
        " {number} policies have no label here: the data have them all, and a mark tells its own under the pointer."
    )
}

fn label_height(lines: &[String]) -> f64 {
    lines.len() as f64 * theme::LABEL.leading() + 5.0
}

fn alt(points: &[Point]) -> String {
    let each: Vec<String> = points
        .iter()
        .map(|p| {
            format!(
                "{}: {} attacks prevented, cost difference {}",
                p.label,
                number::short(p.prevented.value),
                number::short(p.cost.value)
            )
        })
        .collect();
    format!("{}.", each.join("; "))
}

fn points(table: &Table) -> Result<(Vec<Point>, f64), ChartError> {
    if table.rows() == 0 {
        return Ok((Vec::new(), 0.0));
    }
    let get = |name: &str| rows::column(table, NAME, name);
    let (outcome, policy, n) = (get("outcome")?, get("policy")?, get("n")?);
    let (difference, low, high) = (get("difference")?, get("ci_low")?, get("ci_high")?);
    let label = table.column("label").unwrap_or(policy);
    let effect = |row: usize, sign: f64| {
        let ends = rows::finite(low, row).zip(rows::finite(high, row)).map(|(a, b)| (sign * a, sign * b));
        let interval = ends.map(|(a, b)| (a.min(b) + 0.0, a.max(b) + 0.0));
        rows::finite(difference, row).map(|d| Effect { value: sign * d + 0.0, interval })
    };
    let mut costs = BTreeMap::new();
    for row in (0..table.rows()).filter(|&r| outcome.text(r) == "cost") {
        costs.insert(policy.text(row), effect(row, 1.0));
    }
    let mut least = f64::INFINITY;
    let mut points = Vec::new();
    for row in (0..table.rows()).filter(|&r| outcome.text(r) == "attacks_completed") {
        let cost = costs.get(&policy.text(row)).copied().flatten();
        if let Some((cost, prevented)) = cost.zip(effect(row, -1.0)) {
            least = least.min(n.number(row).unwrap_or(0.0));
            points.push(Point { policy: policy.text(row), label: label.text(row), cost, prevented });
        }
    }
    Ok((points, if least.is_finite() { least } else { 0.0 }))
}

fn data(points: &[Point]) -> Table {
    let mut table = Table::new();
    let numbers = |f: fn(&Point) -> Option<f64>| Column::Number(points.iter().map(f).collect());
    table.push("policy", Column::Text(points.iter().map(|p| p.policy.clone()).collect()));
    table.push("label", Column::Text(points.iter().map(|p| p.label.clone()).collect()));
    table.push("cost_difference", numbers(|p| Some(p.cost.value)));
    table.push("cost_low", numbers(|p| p.cost.interval.map(|i| i.0)));
    table.push("cost_high", numbers(|p| p.cost.interval.map(|i| i.1)));
    table.push("attacks_prevented", numbers(|p| Some(p.prevented.value)));
    table.push("prevented_low", numbers(|p| p.prevented.interval.map(|i| i.0)));
    table.push("prevented_high", numbers(|p| p.prevented.interval.map(|i| i.1)));
    table
}

fn paint(canvas: &Canvas, body: Area, points: &[Point], labels: &[(usize, Vec<String>)]) -> Result<(), ChartError> {
    let rising = Scale::round(points.iter().flat_map(|p| p.prevented.reach()).chain([0.0]), 5.0);
    let axis = layout::widest(rising.ticks().iter().map(|(_, t)| t.as_str()), theme::SMALL);
    let side = layout::widest(labels.iter().flat_map(|(_, lines)| lines).map(String::as_str), theme::LABEL);
    let plot = body.inset(axis + 12.0, 26.0, side + 44.0, layout::FOOT);
    let y = rising.onto(plot.bottom() - 4.0, plot.y + 4.0);
    let x = Scale::round(points.iter().flat_map(|p| p.cost.reach()).chain([0.0]), 6.0)
        .onto(plot.x + 10.0, plot.right() - 10.0);
    canvas.text(
        (body.x, body.y + 7.0),
        "Attacks prevented per simulated history",
        theme::SMALL,
        theme::INK,
        Align::Left,
    )?;
    layout::level_lines(canvas, plot, &y)?;
    canvas.dashes((x.at(0.0), plot.y), (x.at(0.0), plot.bottom()), theme::AXIS)?;
    let unit = Measure::of("cost").unit;
    layout::foot_axis(canvas, plot, &x, &format!("{} more than the baseline, per simulated history", capital(&unit)))?;
    let edge = plot.right() + 18.0;
    let at = |point: &Point| (x.at(point.cost.value), y.at(point.prevented.value));
    let led: Vec<((f64, f64), f64)> =
        labels.iter().map(|(place, lines)| (at(&points[*place]), label_height(lines))).collect();
    let centres = label::untangled(&led, edge, plot.y - 8.0, plot.bottom() + 8.0);
    for ((place, lines), centre) in labels.iter().zip(&centres) {
        canvas.path(&[at(&points[*place]), (edge, *centre), (edge + 8.0, *centre)], theme::PALE, 0.9)?;
        let first = centre - (lines.len() as f64 - 1.0) / 2.0 * theme::LABEL.leading();
        canvas.lines((edge + 12.0, first), lines, theme::LABEL, theme::INK, Align::Left)?;
    }
    let colours = colours(points);
    points.iter().zip(colours).try_for_each(|(point, colour)| mark(canvas, point, (&x, &y), colour))
}

fn mark(canvas: &Canvas, point: &Point, (x, y): (&Scale, &Scale), colour: RGBColor) -> Result<(), ChartError> {
    // Beyond the palette the pale grey would vanish under the leader lines.
    let colour = if colour == theme::PALE { theme::MUTED } else { colour };
    let at = (x.at(point.cost.value), y.at(point.prevented.value));
    if let Some((low, high)) = point.cost.interval {
        canvas.line((x.at(low), at.1), (x.at(high), at.1), colour, 1.5)?;
    }
    if let Some((low, high)) = point.prevented.interval {
        canvas.line((at.0, y.at(low)), (at.0, y.at(high)), colour, 1.5)?;
    }
    canvas.dot(at, 4.5, colour, true)?;
    let words = format!(
        "{}: {} attacks prevented, {} more cost",
        point.label,
        number::short(point.prevented.value),
        number::short(point.cost.value)
    );
    canvas.hover(Area { x: at.0 - 9.0, y: at.1 - 9.0, w: 18.0, h: 18.0 }, words);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::example;

    #[test]
    fn cost_keeps_its_sign_and_attacks_turn_theirs() {
        let attacks = example::comparisons(&[("a", -2.0)]);
        let cost = example::with_outcome(&example::comparisons(&[("a", 7.0)]), "cost");
        let chart = harm_cost(&example::stack(&attacks, &cost)).unwrap();
        assert!(!chart.caption.contains("no label"));
        assert_eq!(chart.data.column("attacks_prevented").unwrap().number(0), Some(2.0));
        assert_eq!(chart.data.column("cost_difference").unwrap().number(0), Some(7.0));
    }

    #[test]
    fn colours_go_to_what_changes_most_and_labels_of_very_many_to_few() {
        let effect = |value: f64| Effect { value, interval: None };
        let point = |value: f64| Point {
            policy: format!("{value}"),
            label: format!("Policy {value}"),
            cost: effect(1.0),
            prevented: effect(value),
        };
        let points: Vec<Point> = (0..30).map(|i| point(f64::from(i) * 0.1)).chain([point(-9.0)]).collect();
        let colours = colours(&points);
        assert_eq!(colours[30], theme::policy(0));
        assert_eq!((colours[29], colours[0]), (theme::policy(1), theme::PALE));
        let named = named(&points);
        assert!(named.contains(&30) && named.contains(&29) && !named.contains(&0) && named.len() < 12, "{named:?}");
    }
}
