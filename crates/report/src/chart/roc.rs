//! The operating curve of the decision to intervene: who is detained though not plotting against what is foiled.

use super::canvas::{Align, Area, Canvas};
use super::layout::{self, Words};
use super::scale::Scale;
use super::{BASELINE, Chart, ChartError, font, number, rows, theme};
use forestall_model::Table;

const NAME: &str = "roc";
const TITLE: &str = "What a threshold of intervention trades";

/// What the numbers beside the dots are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Setting {
    /// The threshold itself, in log odds.
    Threshold,
    /// What the threshold is moved by, where it is not the same everywhere.
    Shift,
}

/// One setting with both shares.
struct Point {
    arm: String,
    name: String,
    held: [f64; 3],
    foiled: [f64; 3],
}

/// One dot a setting, from rows of `arm`, `setting`, and `held_share` and `foiled_share` with `_low` and `_high`; joined in
/// the order of the settings.
///
/// # Errors
/// [`ChartError::MissingColumn`] where the table has rows but not these columns.
pub fn roc(points: &Table, setting: Setting) -> Result<Chart, ChartError> {
    let found = if points.rows() == 0 { Vec::new() } else { read(points, setting)? };
    if found.is_empty() {
        return layout::no_data(NAME, TITLE, "no policy run has both shares");
    }
    let least = points.column("replications").and_then(|c| (0..c.len()).filter_map(|r| c.number(r)).reduce(f64::min));
    let what = match setting {
        Setting::Threshold => "belief, in log odds, from which services intervene",
        Setting::Shift => "by how many log odds the threshold is moved",
    };
    let words = Words {
        name: NAME.into(),
        title: TITLE.into(),
        subtitle: format!("Numbers: {what}; lower is earlier, on weaker evidence; bars: 95 % intervals"),
        caption: format!(
            "Horizontal axis: of all people on whom a service had an open file in the period and who were in no plot up to its \
             end, those who were detained. Vertical axis: plots foiled, of those foiled or launched. Ratios of means over {} \
             a policy run, with Fieller’s intervals.",
            number::counted(least.unwrap_or(0.0) as usize, "replication")
        ),
        alt: alt(&found),
    };
    layout::compose(words, points.clone(), 430.0, |canvas, body| paint(canvas, body, &found))
}

fn read(table: &Table, setting: Setting) -> Result<Vec<Point>, ChartError> {
    let get = |name: &str| rows::column(table, NAME, name);
    let (arm, value) = (get("arm")?, get("setting")?);
    let reach = |name: &str| -> Result<Vec<Option<[f64; 3]>>, ChartError> {
        let (own, low, high) = (get(name)?, get(&format!("{name}_low"))?, get(&format!("{name}_high"))?);
        let one = |row: usize| {
            let value = rows::finite(own, row)?;
            Some([value, rows::finite(low, row).unwrap_or(value), rows::finite(high, row).unwrap_or(value)])
        };
        Ok((0..table.rows()).map(one).collect())
    };
    let (held, foiled) = (reach("held_share")?, reach("foiled_share")?);
    let mut order: Vec<(f64, usize)> = (0..table.rows()).filter_map(|r| Some((rows::finite(value, r)?, r))).collect();
    order.sort_by(|a, b| a.0.total_cmp(&b.0));
    let point = |(value, row): (f64, usize)| {
        let arm = arm.text(row);
        let own = written(value, setting);
        let name = if arm == BASELINE { format!("{own} (baseline)") } else { own };
        Some(Point { arm, name, held: held[row]?, foiled: foiled[row]? })
    };
    Ok(order.into_iter().filter_map(point).collect())
}

fn written(value: f64, setting: Setting) -> String {
    let plain = number::fixed(value, 2);
    let plain = plain.trim_end_matches('0').trim_end_matches('.');
    if setting == Setting::Shift && value > 0.0 { format!("+{plain}") } else { plain.to_owned() }
}

fn percent(share: f64) -> String {
    format!("{} %", number::short(100.0 * share))
}

fn alt(points: &[Point]) -> String {
    let each = points.iter().map(|p| {
        format!(
            "at {} {} of plots foiled and {} detained though not plotting",
            p.name,
            percent(p.foiled[0]),
            percent(p.held[0])
        )
    });
    format!("{}.", each.collect::<Vec<_>>().join("; "))
}

fn paint(canvas: &Canvas, body: Area, points: &[Point]) -> Result<(), ChartError> {
    let rising = Scale::share(points.iter().flat_map(|p| p.foiled));
    let side = layout::widest(rising.ticks().iter().map(|(_, t)| t.as_str()), theme::SMALL);
    let plot = body.inset(side + 14.0, 26.0, 16.0, layout::FOOT);
    let y = rising.onto(plot.bottom() - 8.0, plot.y + 8.0);
    let x = Scale::round(points.iter().flat_map(|p| p.held).chain([0.0]), 6.0).onto(plot.x + 8.0, plot.right() - 12.0);
    canvas.text((body.x, body.y + 7.0), "Share of plots foiled", theme::SMALL, theme::INK, Align::Left)?;
    layout::level_lines(canvas, plot, &y)?;
    layout::foot_axis(canvas, plot, &x, "Share detained, of people with an open file who never plotted")?;
    let at: Vec<(f64, f64)> = points.iter().map(|p| (x.at(p.held[0]), y.at(p.foiled[0]))).collect();
    canvas.path(&at, theme::SKY, 1.6)?;
    let (mut bars, mut taken) = (Vec::new(), Vec::new());
    for (point, &(across, up)) in points.iter().zip(&at) {
        let (left, right) = (x.at(point.held[1]), x.at(point.held[2]));
        let (top, foot) = (y.at(point.foiled[2]), y.at(point.foiled[1]));
        canvas.line((left, up), (right, up), colour(point), 1.3)?;
        canvas.line((across, top), (across, foot), colour(point), 1.3)?;
        bars.push(Area { x: left, y: up - 1.0, w: right - left, h: 2.0 });
        bars.push(Area { x: across - 1.0, y: top, w: 2.0, h: foot - top });
        taken.push(Area { x: across - 5.0, y: up - 5.0, w: 10.0, h: 10.0 });
    }
    // The baseline first: of all names it may least be left out.
    let mut order: Vec<usize> = (0..points.len()).collect();
    order.sort_by_key(|&i| points[i].arm != BASELINE);
    for i in order {
        let (point, place) = (&points[i], at[i]);
        canvas.dot(place, 4.5, colour(point), true)?;
        label(canvas, plot, point, place, (&bars, &mut taken))?;
        let words = format!(
            "Threshold {}: {} of plots foiled, {} of people with a file who never plotted detained",
            point.name,
            percent(point.foiled[0]),
            percent(point.held[0])
        );
        canvas.hover(Area { x: place.0 - 9.0, y: place.1 - 9.0, w: 18.0, h: 18.0 }, words);
    }
    Ok(())
}

fn colour(point: &Point) -> plotters::style::RGBColor {
    if point.arm == BASELINE { theme::BASELINE } else { theme::BLUE }
}

/// Writes a setting near its dot, below the curve or above it, clear of all bars if there is such a place, and of all dots
/// and names in any case; not at all in a crowd.
fn label(
    canvas: &Canvas,
    plot: Area,
    point: &Point,
    (x, y): (f64, f64),
    (bars, taken): (&[Area], &mut Vec<Area>),
) -> Result<(), ChartError> {
    let (wide, high) = (font::width(&point.name, theme::LABEL) * 1.06, theme::LABEL.size * 1.15);
    let corners = [(1.0, 1.0), (-1.0, -1.0), (1.0, -1.0), (-1.0, 1.0), (1.0, 0.0), (-1.0, 0.0)];
    let places: Vec<Area> = [7.0, 13.0, 20.0]
        .iter()
        .flat_map(|gap| {
            corners.map(|(across, up)| (x + across * (gap + wide / 2.0), y + up * (gap * 0.6 + high / 2.0)))
        })
        .map(|(cx, cy)| Area { x: cx - wide / 2.0, y: cy - high / 2.0, w: wide, h: high })
        .filter(|a| a.x > plot.x + 2.0 && a.right() < plot.right() && a.y > plot.y && a.bottom() < plot.bottom() - 2.0)
        .collect();
    let clear = |area: &Area, of: &[Area]| {
        of.iter().all(|o| area.right() <= o.x || o.right() <= area.x || area.bottom() <= o.y || o.bottom() <= area.y)
    };
    let free =
        places.iter().find(|a| clear(a, taken) && clear(a, bars)).or_else(|| places.iter().find(|a| clear(a, taken)));
    let Some(&area) = free else { return Ok(()) };
    taken.push(area);
    let middle = (area.x + wide / 2.0, area.y + high / 2.0);
    canvas.text(middle, &point.name, theme::LABEL, theme::INK, Align::Centre)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::example;

    #[test]
    fn dots_stand_in_the_order_of_their_settings_and_the_baseline_is_named() {
        let table = example::operating_points(&[2.0, -1.0, 0.5], 1.0);
        let found = read(&table, Setting::Threshold).unwrap();
        let names: Vec<&str> = found.iter().map(|p| p.name.as_str()).collect();
        assert_eq!(names, ["−1", "0.5", "2 (baseline)"]);
        assert!(found.windows(2).all(|w| w[0].held[0] > w[1].held[0]), "earlier holds more");
        let chart = roc(&table, Setting::Shift).unwrap();
        assert!(chart.svg.contains(">+0.5</text>") && chart.svg.contains(">−1</text>"));
        assert_eq!(chart.data, table);
    }
}
