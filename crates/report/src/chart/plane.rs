//! The cost-effectiveness plane: what each option adds in effect and in cost, draw by draw, and what an attack may cost.

use super::canvas::{Align, Area, Canvas};
use super::layout::{self, Words};
use super::scale::Scale;
use super::{Arm, Chart, ChartError, number, rows, theme};
use forestall_model::{Column, Table};

const NAME: &str = "plane";
/// The unit of cost of a run, whose effect is attacks prevented.
const EUROS: &str = "euros";
const HEIGHT: f64 = 400.0;

struct Cloud {
    option: String,
    points: Vec<(f64, f64)>,
}

impl Cloud {
    fn middle(&self) -> (f64, f64) {
        let n = self.points.len().max(1) as f64;
        (self.points.iter().map(|p| p.0).sum::<f64>() / n, self.points.iter().map(|p| p.1).sum::<f64>() / n)
    }
}

/// The cloud from lines `option, effect, cost`, both less those of `reference`; with the line on which cost is just worth
/// `value` a unit of effect; with costs in euros an effect is an attack prevented.
///
/// # Errors
/// [`ChartError::MissingColumn`] where the table has rows but not these columns.
pub fn plane(cloud: &Table, reference: &str, value: Option<f64>, unit: &str) -> Result<Chart, ChartError> {
    let clouds = read(cloud)?;
    let title =
        if unit == EUROS { "Attacks prevented and cost, draw by draw" } else { "Effect and cost, draw by draw" };
    if clouds.is_empty() {
        return layout::no_data(NAME, title, "effects and costs are not known apart");
    }
    let line = value.map_or(String::new(), |v| {
        format!(
            " Dashed: {} {unit} {}; options below it are worth their cost.",
            number::short(v),
            if unit == EUROS { "an attack prevented" } else { "a unit of effect" }
        )
    });
    let each = |c: &Cloud| {
        let (effect, cost) = c.middle();
        format!("{}: {} more effect, {} more cost on average", c.option, number::short(effect), number::short(cost))
    };
    let words = Words {
        name: NAME.to_owned(),
        title: title.to_owned(),
        subtitle: format!("Against “{reference}”. Lower right is best. Dots: draws; large: their mean"),
        caption: format!(
            "{} an option at most.{line}",
            number::counted(clouds.iter().map(|c| c.points.len()).max().unwrap_or(0), "draw")
        ),
        alt: format!("{}.", clouds.iter().map(each).collect::<Vec<_>>().join("; ")),
    };
    layout::compose(words, cloud.clone(), HEIGHT, |canvas, body| paint(canvas, body, &clouds, value, unit))
}

fn read(table: &Table) -> Result<Vec<Cloud>, ChartError> {
    if table.rows() == 0 {
        return Ok(Vec::new());
    }
    let get = |name: &str| rows::column(table, NAME, name);
    let (option, effect, cost): (&Column, &Column, &Column) = (get("option")?, get("effect")?, get("cost")?);
    let mut clouds: Vec<Cloud> = Vec::new();
    for row in 0..table.rows() {
        let Some(point) = rows::finite(effect, row).zip(rows::finite(cost, row)) else { continue };
        let name = option.text(row);
        match clouds.iter_mut().find(|c| c.option == name) {
            Some(cloud) => cloud.points.push(point),
            None => clouds.push(Cloud { option: name, points: vec![point] }),
        }
    }
    Ok(clouds)
}

fn paint(canvas: &Canvas, body: Area, clouds: &[Cloud], value: Option<f64>, unit: &str) -> Result<(), ChartError> {
    let arms: Vec<Arm> = clouds
        .iter()
        .map(|c| Arm { name: c.option.clone(), label: c.option.clone(), replications: c.points.len() })
        .collect();
    let legend = super::legend::Legend::of(&arms);
    legend.draw(canvas, body)?;
    let top = legend.height() + 26.0;
    let all = || clouds.iter().flat_map(|c| &c.points);
    let rising = Scale::round(all().map(|p| p.1).chain([0.0]), 5.0);
    let axis = layout::widest(rising.ticks().iter().map(|(_, t)| t.as_str()), theme::SMALL);
    let plot = body.inset(axis + 12.0, top, 6.0, layout::FOOT);
    let y = rising.onto(plot.bottom() - 4.0, plot.y + 4.0);
    let x = Scale::round(all().map(|p| p.0).chain([0.0]), 6.0).onto(plot.x + 6.0, plot.right() - 6.0);
    let title = format!("More cost ({unit})");
    canvas.text((body.x, plot.y - 14.0), &title, theme::SMALL, theme::INK, Align::Left)?;
    layout::level_lines(canvas, plot, &y)?;
    canvas.line((x.at(0.0), plot.y), (x.at(0.0), plot.bottom()), theme::AXIS, 1.0)?;
    layout::foot_axis(canvas, plot, &x, if unit == EUROS { "More attacks prevented" } else { "More effect" })?;
    let colour = |i: usize| if theme::policy(i) == theme::PALE { theme::AXIS } else { theme::policy(i) };
    for (i, cloud) in clouds.iter().enumerate() {
        for (effect, cost) in &cloud.points {
            let at = (x.at(*effect), y.at(*cost));
            canvas.bar(Area { x: at.0 - 1.3, y: at.1 - 1.3, w: 2.6, h: 2.6 }, colour(i), 0.35)?;
        }
    }
    if let Some(value) = value
        && let Some((from, to)) = within(value, (x_range(&x, plot), y_range(&y, plot)))
    {
        canvas.dashes((x.at(from.0), y.at(from.1)), (x.at(to.0), y.at(to.1)), theme::INK)?;
    }
    for (i, cloud) in clouds.iter().enumerate() {
        let (effect, cost) = cloud.middle();
        let at = (x.at(effect), y.at(cost));
        canvas.dot(at, 6.5, theme::PAPER, true)?;
        canvas.dot(at, 5.0, colour(i), true)?;
        let words =
            format!("{}: {} more effect, {} more cost", cloud.option, number::short(effect), number::short(cost));
        canvas.hover(Area { x: at.0 - 9.0, y: at.1 - 9.0, w: 18.0, h: 18.0 }, words);
    }
    Ok(())
}

/// The values at the ends of an axis drawn across `plot`.
fn x_range(x: &Scale, plot: Area) -> (f64, f64) {
    (x.value(plot.x + 6.0), x.value(plot.right() - 6.0))
}

/// As [`x_range`], upright.
fn y_range(y: &Scale, plot: Area) -> (f64, f64) {
    (y.value(plot.bottom() - 4.0), y.value(plot.y + 4.0))
}

/// The part of the line cost = value × effect that lies in the picture.
fn within(value: f64, ((left, right), (low, high)): ((f64, f64), (f64, f64))) -> Option<((f64, f64), (f64, f64))> {
    let (from, to) = if value > 0.0 { (left.max(low / value), right.min(high / value)) } else { (left, right) };
    (from < to).then_some(((from, value * from), (to, value * to)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_of_worth_stays_in_the_picture() {
        assert_eq!(within(2.0, ((0.0, 10.0), (0.0, 10.0))), Some(((0.0, 0.0), (5.0, 10.0))));
        assert_eq!(within(0.0, ((0.0, 10.0), (-1.0, 10.0))), Some(((0.0, 0.0), (10.0, 0.0))));
        assert_eq!(within(1.0, ((5.0, 10.0), (0.0, 2.0))), None);
    }
}
