//! The front of an optimization: what attacks cost at least, and what intrusion that takes.

use super::canvas::{Align, Area, Canvas};
use super::colormap::{colour, share};
use super::layout::{self, Words};
use super::scale::Scale;
use super::{Chart, ChartError, Measure, font, label, number, rows, theme};
use forestall_model::Table;

const NAME: &str = "pareto";
/// Radius of the smallest and the largest dot.
const RADII: (f64, f64) = (4.0, 10.0);

struct Point {
    name: String,
    status: String,
    /// Estimate and interval on the axes.
    x: [f64; 3],
    y: [f64; 3],
    third: Option<f64>,
}

/// The settings of a front from a table with `name`, `status` (`front`, `perhaps` or `baseline`) and, for each of
/// `objectives`, columns of its name and of its name with `_low` and `_high`.
///
/// The first objective stands on the upright axis, the second on the level one; the third is colour and size.
///
/// # Errors
/// [`ChartError::MissingColumn`] where the table has rows but not these columns.
pub fn pareto(table: &Table, objectives: &[String], sample: &str) -> Result<Chart, ChartError> {
    let [y, x] = [0, 1].map(|i| objectives.get(i).map(|o| axis(o)).unwrap_or_default());
    let title = format!("The front: {} against {}", plain(objectives.first()), plain(objectives.get(1)));
    let points = if table.rows() == 0 { Vec::new() } else { points(table, objectives)? };
    if !points.iter().any(|p| p.status != "baseline") {
        return layout::no_data(NAME, &title, "no setting is on the front");
    }
    let third = objectives.get(2).filter(|_| points.iter().any(|p| p.third.is_some()));
    let reading = third.map_or_else(String::new, |o| format!("; larger and darker: more {}", plain(Some(o))));
    let open = if points.iter().any(|p| p.status == "perhaps") { "Open circles may belong to the front. " } else { "" };
    let words = Words {
        name: NAME.into(),
        title,
        subtitle: format!("Each dot is a setting of the levers that none beats in all objectives at once{reading}"),
        caption: format!(
            "{sample} Lines: 95 % intervals of the mean. {open}Numbers are those of the policies in policies.toml. \
             Square: the scenario without any of them."
        ),
        alt: alt(&points),
    };
    let heading = third.map(|o| axis(o));
    layout::compose(words, table.clone(), 470.0, |canvas, body| {
        paint(canvas, body, &points, (&x, &y), heading.as_deref())
    })
}

fn plain(objective: Option<&String>) -> String {
    objective.map(|o| Measure::of(o).name).unwrap_or_default()
}

fn axis(objective: &str) -> String {
    let measure = Measure::of(objective);
    let unit = if measure.unit.is_empty() || measure.name.contains(&measure.unit) {
        String::new()
    } else {
        format!(", {}", measure.unit)
    };
    label::wrap_to(&format!("{}{unit}", measure.heading()), theme::SMALL, 600.0, 1).concat()
}

fn points(table: &Table, objectives: &[String]) -> Result<Vec<Point>, ChartError> {
    let get = |name: &str| rows::column(table, NAME, name);
    let (names, status) = (get("name")?, get("status")?);
    let reach = |objective: Option<&String>| -> Result<Vec<Option<[f64; 3]>>, ChartError> {
        let Some(objective) = objective else { return Ok(vec![None; table.rows()]) };
        let (own, low, high) = (get(objective)?, get(&format!("{objective}_low"))?, get(&format!("{objective}_high"))?);
        let one = |row: usize| {
            let value = rows::finite(own, row)?;
            Some([value, rows::finite(low, row).unwrap_or(value), rows::finite(high, row).unwrap_or(value)])
        };
        Ok((0..table.rows()).map(one).collect())
    };
    let (y, x, third) = (reach(objectives.first())?, reach(objectives.get(1))?, reach(objectives.get(2))?);
    let point = |row: usize| {
        let (x, y) = x[row].zip(y[row])?;
        Some(Point { name: names.text(row), status: status.text(row), x, y, third: third[row].map(|t| t[0]) })
    };
    Ok((0..table.rows()).filter_map(point).collect())
}

fn alt(points: &[Point]) -> String {
    let one = |p: &Point| format!("{} ({}): {} at {}", p.name, p.status, number::short(p.y[0]), number::short(p.x[0]));
    points.iter().map(one).collect::<Vec<_>>().join("; ")
}

fn radius(share: f64) -> f64 {
    // The area, not the radius, is what eyes compare.
    (RADII.0 * RADII.0 + share * (RADII.1 * RADII.1 - RADII.0 * RADII.0)).sqrt()
}

fn paint(
    canvas: &Canvas,
    body: Area,
    points: &[Point],
    (x_title, y_title): (&str, &str),
    third: Option<&str>,
) -> Result<(), ChartError> {
    let level = |f: fn(&Point) -> [f64; 3]| points.iter().flat_map(f).collect::<Vec<f64>>();
    let (xs, ys) = (Scale::round(level(|p| p.x), 6.0), Scale::round(level(|p| p.y), 5.0));
    let side = layout::widest(ys.ticks().iter().map(|(_, t)| t.as_str()), theme::SMALL);
    let plot = body.inset(side + 14.0, 50.0, 14.0, layout::FOOT);
    let (xs, ys) = (xs.onto(plot.x + 12.0, plot.right() - 12.0), ys.onto(plot.bottom() - 12.0, plot.y + 12.0));
    let thirds: Vec<f64> = points.iter().filter_map(|p| p.third).collect();
    if let Some(heading) = third {
        legend(canvas, body, heading, &thirds)?;
    }
    canvas.text((body.x, body.y + 34.0), y_title, theme::SMALL, theme::INK, Align::Left)?;
    layout::level_lines(canvas, plot, &ys)?;
    layout::foot_axis(canvas, plot, &xs, x_title)?;
    for p in points {
        let (x, y) = (xs.at(p.x[0]), ys.at(p.y[0]));
        canvas.line((xs.at(p.x[1]), y), (xs.at(p.x[2]), y), theme::PALE, 1.2)?;
        canvas.line((x, ys.at(p.y[1])), (x, ys.at(p.y[2])), theme::PALE, 1.2)?;
    }
    let mut taken: Vec<Area> = Vec::new();
    let mut places = Vec::new();
    for p in points {
        let (x, y) = (xs.at(p.x[0]), ys.at(p.y[0]));
        let r = if p.status == "baseline" { 5.0 } else { radius(p.third.map_or(0.3, |t| share(t, &thirds))) };
        taken.push(Area { x: x - r, y: y - r, w: 2.0 * r, h: 2.0 * r });
        places.push((x, y, r));
    }
    // Large ones first, so that small ones stay in sight.
    let mut order: Vec<usize> = (0..points.len()).collect();
    order.sort_by(|&a, &b| places[b].2.total_cmp(&places[a].2));
    for i in order {
        let (p, (x, y, r)) = (&points[i], places[i]);
        if p.status == "baseline" {
            canvas.bar(Area { x: x - r, y: y - r, w: 2.0 * r, h: 2.0 * r }, theme::BASELINE, 1.0)?;
        } else {
            canvas.dot((x, y), r, colour(p.third.map_or(0.5, |t| share(t, &thirds))), p.status == "front")?;
        }
    }
    for (p, &(x, y, r)) in points.iter().zip(&places) {
        // Names end in their number, which is enough beside the dot.
        let text =
            if p.status == "baseline" { "baseline" } else { p.name.trim_start_matches(|c: char| !c.is_ascii_digit()) };
        name(canvas, plot, text, (x, y, r), &mut taken)?;
        let words = format!("{}: {} at {}", p.name, number::short(p.y[0]), number::short(p.x[0]));
        canvas.hover(Area { x: x - 8.0, y: y - 8.0, w: 16.0, h: 16.0 }, words);
    }
    Ok(())
}

/// Writes a name beside its dot where there is room, or not at all.
fn name(
    canvas: &Canvas,
    plot: Area,
    text: &str,
    (x, y, r): (f64, f64, f64),
    taken: &mut Vec<Area>,
) -> Result<(), ChartError> {
    let (wide, high) = (font::width(text, theme::SMALL) * 1.06, theme::SMALL.size * 1.1);
    let gap = r + 4.0;
    let slant = gap * 0.75;
    let centres = [
        (x + gap + wide / 2.0, y),
        (x - gap - wide / 2.0, y),
        (x, y - gap - high / 2.0),
        (x, y + gap + high / 2.0),
        (x + slant + wide / 2.0, y - slant - high / 3.0),
        (x - slant - wide / 2.0, y - slant - high / 3.0),
        (x + slant + wide / 2.0, y + slant + high / 3.0),
        (x - slant - wide / 2.0, y + slant + high / 3.0),
    ];
    let free = |&(cx, cy): &(f64, f64)| {
        let area = Area { x: cx - wide / 2.0, y: cy - high / 2.0, w: wide, h: high };
        let inside =
            area.x > plot.x + 2.0 && area.right() < plot.right() && area.y > plot.y && area.bottom() < plot.bottom();
        let apart =
            |o: &Area| area.right() <= o.x || o.right() <= area.x || area.bottom() <= o.y || o.bottom() <= area.y;
        (inside && taken.iter().all(apart)).then_some((area, (cx, cy)))
    };
    let Some((area, at)) = centres.iter().find_map(free) else { return Ok(()) };
    taken.push(area);
    canvas.text(at, text, theme::SMALL, theme::INK, Align::Centre)
}

/// Three dots that say what size and colour mean.
fn legend(canvas: &Canvas, body: Area, heading: &str, values: &[f64]) -> Result<(), ChartError> {
    let low = values.iter().copied().fold(f64::INFINITY, f64::min);
    let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let shown: Vec<f64> = if high > low { vec![low, f64::midpoint(low, high), high] } else { vec![low] };
    let texts = number::together(&shown);
    canvas.text((body.x, body.y + 9.0), heading, theme::SMALL, theme::INK, Align::Left)?;
    let mut left = body.x + font::width(heading, theme::SMALL) * 1.06 + 24.0;
    for (value, text) in shown.iter().zip(&texts) {
        let part = share(*value, values);
        canvas.dot((left, body.y + 9.0), radius(part), colour(part), true)?;
        canvas.text((left + RADII.1 + 5.0, body.y + 9.0), text, theme::SMALL, theme::MUTED, Align::Left)?;
        left += RADII.1 + 5.0 + font::width(text, theme::SMALL) * 1.06 + 24.0;
    }
    Ok(())
}
