//! Acceptability curves: each option's probability of being the best by the value put on an attack prevented, and the frontier.

use plotters::style::RGBColor;

use super::canvas::{Align, Area, Canvas};
use super::layout::{self, Words};
use super::scale::Scale;
use super::{Chart, ChartError, font, label, number, rows, theme};
use forestall_model::Table;

const NAME: &str = "acceptability";
const TITLE: &str = "Which option is the best, by the value put on an attack prevented";
const HEIGHT: f64 = 380.0;

struct Curve {
    option: String,
    points: Vec<(f64, f64)>,
    colour: RGBColor,
}

/// The curves from lines `value, option, probability, best` (1 where the option is the one to choose); `unit` says in what
/// values are.
///
/// # Errors
/// [`ChartError::MissingColumn`] where the table has rows but not these columns.
pub fn acceptability(curves: &Table, unit: &str) -> Result<Chart, ChartError> {
    let (all, frontier) = read(curves)?;
    if all.is_empty() || frontier.len() < 2 {
        return layout::no_data(NAME, TITLE, "effects are not valued, so no value of one can be varied");
    }
    let mut turns: Vec<String> = Vec::new();
    for (value, option, _) in &frontier {
        if turns.last().is_none_or(|last| !last.ends_with(&format!("“{option}”"))) {
            turns.push(format!("from {} on “{option}”", number::short(*value)));
        }
    }
    let words = Words {
        name: NAME.to_owned(),
        title: TITLE.to_owned(),
        subtitle:
            "Lines: probability that the option is the best. Dots: the option with the greatest expected net benefit, \
                   the one to choose"
                .to_owned(),
        caption: format!("To choose: {}.", turns.join(", ")),
        alt: format!("The option to choose by value: {}.", turns.join(", ")),
    };
    let data = curves.clone();
    // Beside the plot every option has its line.
    let labels = all.len() as f64 * (theme::LABEL.leading() + 2.0);
    let height = HEIGHT.max(labels + 24.0 + layout::FOOT);
    layout::compose(words, data, height, |canvas, body| paint(canvas, body, &all, &frontier, unit))
}

/// A value, the option to choose there, its probability of being the best.
type Chosen = (f64, String, f64);

fn read(table: &Table) -> Result<(Vec<Curve>, Vec<Chosen>), ChartError> {
    if table.rows() == 0 {
        return Ok((Vec::new(), Vec::new()));
    }
    let get = |name: &str| rows::column(table, NAME, name);
    let (value, option, probability, best) = (get("value")?, get("option")?, get("probability")?, get("best")?);
    let (mut curves, mut frontier): (Vec<Curve>, Vec<Chosen>) = (Vec::new(), Vec::new());
    for row in 0..table.rows() {
        let Some((x, y)) = rows::finite(value, row).zip(rows::finite(probability, row)) else { continue };
        let name = option.text(row);
        let place = curves.iter().position(|c| c.option == name).unwrap_or_else(|| {
            // The first is what the others are held against; the rest have the colours of the plane.
            let colour = curves.len().checked_sub(1).map_or(theme::BASELINE, theme::policy);
            // The pale grey of leftovers would vanish as a line.
            let colour = if colour == theme::PALE { theme::AXIS } else { colour };
            curves.push(Curve { option: name.clone(), points: Vec::new(), colour });
            curves.len() - 1
        });
        curves[place].points.push((x, y));
        if best.number(row) == Some(1.0) {
            frontier.push((x, name, y));
        }
    }
    Ok((curves, frontier))
}

fn paint(canvas: &Canvas, body: Area, all: &[Curve], frontier: &[Chosen], unit: &str) -> Result<(), ChartError> {
    let shown: Vec<String> = all.iter().map(|c| label::wrap_to(&c.option, theme::LABEL, 300.0, 1).concat()).collect();
    let side = layout::widest(shown.iter().map(String::as_str), theme::LABEL);
    let plot = body.inset(font::width("0.00", theme::SMALL) + 12.0, 24.0, side + 40.0, layout::FOOT);
    let y = Scale::exact(0.0, 1.0, 5.0).onto(plot.bottom(), plot.y + 4.0);
    let ends = all.iter().flat_map(|c| &c.points).map(|p| p.0);
    let (low, high) = ends.fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), x| (a.min(x), b.max(x)));
    let x = Scale::exact(low, high, 6.0).onto(plot.x, plot.right());
    canvas.text((body.x, body.y + 7.0), "Probability of being the best", theme::SMALL, theme::INK, Align::Left)?;
    layout::level_lines(canvas, plot, &y)?;
    layout::foot_axis(canvas, plot, &x, &format!("Value put on one attack prevented ({unit})"))?;
    for curve in all {
        let points: Vec<(f64, f64)> = curve.points.iter().map(|p| (x.at(p.0), y.at(p.1))).collect();
        canvas.path(&points, curve.colour, 2.0)?;
    }
    for (value, option, probability) in frontier {
        let colour = all.iter().find(|c| c.option == *option).map_or(theme::INK, |c| c.colour);
        let at = (x.at(*value), y.at(*probability));
        canvas.dot(at, 3.0, colour, true)?;
        let words = format!(
            "{}: choose {option}, the best with probability {}",
            number::short(*value),
            number::fixed(*probability, 2)
        );
        canvas.hover(Area { x: at.0 - 6.0, y: at.1 - 6.0, w: 12.0, h: 12.0 }, words);
    }
    let wished: Vec<(f64, f64)> =
        all.iter().map(|c| (y.at(c.points.last().map_or(0.0, |p| p.1)), theme::LABEL.leading() + 2.0)).collect();
    let centres = label::spread(&wished, plot.y - 6.0, plot.bottom() + 6.0);
    for ((curve, name), ((wish, _), centre)) in all.iter().zip(&shown).zip(wished.iter().zip(&centres)) {
        let edge = plot.right() + 8.0;
        canvas.path(&[(plot.right(), *wish), (edge + 10.0, *centre)], curve.colour, 0.9)?;
        canvas.text((edge + 14.0, *centre), name, theme::LABEL, theme::INK, Align::Left)?;
    }
    Ok(())
}
