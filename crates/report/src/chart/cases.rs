//! Cases of interest and all others over the parameters that a box limits most, with the box drawn.

use plotters::style::RGBColor;

use super::canvas::{Align, Area, Canvas};
use super::layout::{self, Words};
use super::measure::named;
use super::scale::Scale;
use super::{Chart, ChartError, font, label, number, theme};
use forestall_study::{CaseAxis, Cases};

/// Height of the plane, and of one lane of a strip.
const PLANE: f64 = 420.0;
const LANE: f64 = 64.0;
/// Space above for the legend and the name of the upright axis.
const HEAD: f64 = 54.0;
/// More points than this are not drawn one by one.
const MOST: usize = 4000;
/// Space between the marks and the edges of the plot.
const EDGE: f64 = 10.0;

/// How good the box is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BoxWorth {
    /// Share of all cases of interest that lie in it.
    pub coverage: f64,
    /// Share of its points that are of interest.
    pub density: f64,
}

/// The points among which box `box_number` (from 1) was looked for; `units` are those of the axes, empty if not known.
///
/// # Errors
/// If the chart cannot be drawn.
pub fn cases(cases: &Cases, box_number: usize, worth: BoxWorth, units: &[String]) -> Result<Chart, ChartError> {
    let name = format!("cases_{box_number}");
    let count = |f: &dyn Fn(bool, bool) -> bool| -> usize {
        cases.of_interest.iter().zip(&cases.in_box).filter(|(a, b)| f(**a, **b)).count()
    };
    let (points, inside, hits) = (cases.in_box.len(), count(&|_, b| b), count(&|a, b| a && b));
    let title = format!(
        "Box {box_number} holds {} of {} (coverage {}), and {hits} of its {} are (density {})",
        number::fixed(hits as f64, 0),
        number::counted(count(&|a, _| a), "case") + " of interest",
        number::fixed(worth.coverage, 2),
        number::counted(inside, "point"),
        number::fixed(worth.density, 2)
    );
    let heading = |axis: usize| heading(&cases.axes[axis], units.get(axis).map_or("", String::as_str));
    let plot = match cases.axes.as_slice() {
        [] => {
            let title = format!("Box {box_number}: cases of interest and all others");
            return layout::no_data(&name, &title, "no limit on any parameter tells cases of interest from the others");
        }
        [_] => Plot { cases, headings: vec![heading(0)], step: points.div_ceil(MOST).max(1) },
        [..] => Plot { cases, headings: vec![heading(0), heading(1)], step: points.div_ceil(MOST).max(1) },
    };
    let words = Words {
        name,
        subtitle: format!("Every point of the sample by {}", plot.headings.join(" and ")),
        caption: caption(cases, box_number, plot.step),
        alt: format!("{title}. {}", plot.limits_in_words()),
        title,
    };
    let height = HEAD + if cases.axes.len() > 1 { PLANE } else { 2.0 * LANE } + layout::FOOT;
    layout::compose(words, cases.table(), height, |canvas, body| plot.paint(canvas, body))
}

fn heading(axis: &CaseAxis, unit: &str) -> String {
    let name = named(&axis.parameter);
    if unit.is_empty() { name } else { format!("{name} ({unit})") }
}

fn caption(cases: &Cases, box_number: usize, step: usize) -> String {
    let mut out = number::counted(cases.in_box.len(), "point");
    if box_number > 1 {
        out += ", those that earlier boxes left";
    }
    out += ".";
    if cases.limited > cases.axes.len() {
        let more = cases.limited - cases.axes.len();
        out += &format!(
            " The box limits {} more, which the frame cannot show: small marks in the frame lie outside the box by \
             {}.",
            number::counted(more, "parameter"),
            if more == 1 { "that" } else { "those" }
        );
    }
    if cases.axes.len() == 1 {
        out += " Marks of a lane are spread upright only to be told apart.";
    }
    if step > 1 {
        out += &format!(" One point in {step} is drawn; all are in the table.");
    }
    out
}

/// Where the values of one parameter lie.
enum Line {
    Numbers(Scale),
    /// First pixel and step of each category.
    Names(f64, f64),
}

impl Line {
    fn of(axis: &CaseAxis, from: f64, to: f64) -> Self {
        let inward = if to > from { EDGE } else { -EDGE };
        if axis.range.is_some() {
            return Self::Numbers(Scale::round(axis.values.iter().copied(), 6.0).onto(from + inward, to - inward));
        }
        Self::Names(from, (to - from) / axis.categories.len().max(1) as f64)
    }

    /// The pixel of the value of point `i`; within a category points are spread by `base`.
    fn at(&self, value: f64, i: usize, base: usize) -> f64 {
        match self {
            Self::Numbers(scale) => scale.at(value),
            Self::Names(from, step) => from + (value + 0.15 + 0.7 * radical(i, base)) * step,
        }
    }
}

/// The digits of `i` in `base` behind the point: places in 0 to 1 that spread evenly.
fn radical(mut i: usize, base: usize) -> f64 {
    let (mut part, mut out) = (1.0, 0.0);
    while i > 0 {
        part /= base as f64;
        out += part * (i % base) as f64;
        i /= base;
    }
    out
}

struct Plot<'c> {
    cases: &'c Cases,
    headings: Vec<String>,
    /// Every how many points one is drawn.
    step: usize,
}

impl Plot<'_> {
    fn limits_in_words(&self) -> String {
        let one = |(axis, heading): (&CaseAxis, &String)| {
            if let Some((low, high)) = axis.range {
                return format!("{heading} {}", number::together(&[low, high]).join(" to "));
            }
            let names: Vec<&str> = axis.categories.iter().filter(|c| c.1).map(|c| c.0.as_str()).collect();
            format!("{heading} {}", names.join(" or "))
        };
        format!("The box: {}.", self.cases.axes.iter().zip(&self.headings).map(one).collect::<Vec<_>>().join("; "))
    }

    fn paint(&self, canvas: &Canvas, body: Area) -> Result<(), ChartError> {
        legend(canvas, body, self.cases.axes.len() == 1)?;
        match self.cases.axes.as_slice() {
            [across, upright, ..] => self.plane(canvas, body, across, upright),
            [across] => self.strip(canvas, body, across),
            [] => Ok(()),
        }
    }

    fn plane(&self, canvas: &Canvas, body: Area, across: &CaseAxis, upright: &CaseAxis) -> Result<(), ChartError> {
        let names = upright.categories.iter().map(|c| label::wrap_to(&c.0, theme::SMALL, 130.0, 1).concat());
        let names: Vec<String> = names.collect();
        let ticks = Scale::round(upright.values.iter().copied(), 6.0).ticks();
        let texts: Vec<&str> = if names.is_empty() {
            ticks.iter().map(|t| t.1.as_str()).collect()
        } else {
            names.iter().map(String::as_str).collect()
        };
        let side = layout::widest(texts.iter().copied(), theme::SMALL) + 12.0;
        let plot = body.inset(side, HEAD, 2.0, layout::FOOT);
        let (x, y) = (Line::of(across, plot.x, plot.right()), Line::of(upright, plot.bottom(), plot.y));
        let heading = label::wrap_to(&self.headings[1], theme::SMALL, body.w - 20.0, 1).concat();
        canvas.text((body.x, body.y + 36.0), &heading, theme::SMALL, theme::INK, Align::Left)?;
        match &y {
            Line::Numbers(scale) => layout::level_lines(canvas, plot, scale)?,
            Line::Names(from, step) => {
                let every = (theme::SMALL.leading() / step.abs()).ceil().max(1.0) as usize;
                for (k, name) in names.iter().enumerate().step_by(every) {
                    let middle = from + (k as f64 + 0.5) * step;
                    canvas.text((plot.x - 8.0, middle), name, theme::SMALL, theme::MUTED, Align::Right)?;
                }
            }
        }
        for (from, to) in spans(across, &x, plot.x, plot.right()) {
            for (top, foot) in spans(upright, &y, plot.bottom(), plot.y) {
                frame(canvas, Area { x: from, y: top, w: to - from, h: foot - top })?;
            }
        }
        self.marks(canvas, |i| (x.at(across.values[i], i, 2), y.at(upright.values[i], i, 3)))?;
        self.foot(canvas, plot, across, &x)
    }

    /// Two lanes: cases of interest above all others.
    fn strip(&self, canvas: &Canvas, body: Area, across: &CaseAxis) -> Result<(), ChartError> {
        let lanes = ["of interest", "others"];
        let side = layout::widest(lanes, theme::SMALL) + 12.0;
        let plot = body.inset(side, HEAD - 22.0, 2.0, layout::FOOT + 22.0);
        let x = Line::of(across, plot.x, plot.right());
        for (k, lane) in lanes.into_iter().enumerate() {
            let top = plot.y + k as f64 * LANE;
            canvas.text((plot.x - 8.0, top + LANE / 2.0), lane, theme::SMALL, theme::INK, Align::Right)?;
            canvas.line((plot.x, top), (plot.right(), top), theme::GRID, 1.0)?;
        }
        for (from, to) in spans(across, &x, plot.x, plot.right()) {
            frame(canvas, Area { x: from, y: plot.y + 2.0, w: to - from, h: plot.h - 4.0 })?;
        }
        let lane = |i: usize| plot.y + LANE * if self.cases.of_interest[i] { 0.0 } else { 1.0 };
        self.marks(canvas, |i| (x.at(across.values[i], i, 2), lane(i) + LANE * (0.16 + 0.68 * radical(i, 3))))?;
        self.foot(canvas, plot, across, &x)
    }

    /// All points, those of interest on top.
    fn marks(&self, canvas: &Canvas, at: impl Fn(usize) -> (f64, f64)) -> Result<(), ChartError> {
        for wanted in [false, true] {
            for i in (0..self.cases.of_interest.len()).step_by(self.step) {
                let (of_interest, in_box) = (self.cases.of_interest[i], self.cases.in_box[i]);
                if of_interest == wanted {
                    let radius = if in_box { 3.4 } else { 2.0 };
                    canvas.dot(at(i), radius, colour(of_interest), of_interest)?;
                }
            }
        }
        Ok(())
    }

    fn foot(&self, canvas: &Canvas, plot: Area, across: &CaseAxis, x: &Line) -> Result<(), ChartError> {
        let title = label::wrap_to(&self.headings[0], theme::SMALL, plot.w - 20.0, 1).concat();
        match x {
            Line::Numbers(scale) => layout::foot_axis(canvas, plot, scale, &title),
            Line::Names(from, step) => {
                canvas.line((plot.x, plot.bottom()), (plot.right(), plot.bottom()), theme::AXIS, 1.0)?;
                let every = (34.0 / step.abs()).ceil().max(1.0) as usize;
                for (k, (name, _)) in across.categories.iter().enumerate().step_by(every) {
                    let room = step.abs() * every as f64 - 8.0;
                    let text = label::wrap_to(name, theme::SMALL, room.max(20.0), 1).concat();
                    let middle = from + (k as f64 + 0.5) * step;
                    let half = font::width(&text, theme::SMALL) * 1.05 / 2.0;
                    let middle = middle.clamp(plot.x - 8.0 + half, plot.right() - half);
                    canvas.text((middle, plot.bottom() + 13.0), &text, theme::SMALL, theme::MUTED, Align::Centre)?;
                }
                let at = (plot.x + plot.w / 2.0, plot.bottom() + 31.0);
                canvas.text(at, &title, theme::SMALL, theme::INK, Align::Centre)
            }
        }
    }
}

fn colour(of_interest: bool) -> RGBColor {
    if of_interest { theme::VERMILION } else { theme::AXIS }
}

/// The stretches of pixels that the box allows, between `from` and `to`; a side without a limit reaches the edge.
fn spans(axis: &CaseAxis, line: &Line, from: f64, to: f64) -> Vec<(f64, f64)> {
    let ordered = |a: f64, b: f64| (a.min(b), a.max(b));
    match (line, axis.range) {
        (Line::Numbers(scale), Some((low, high))) => {
            let least = axis.values.iter().copied().fold(f64::INFINITY, f64::min);
            let most = axis.values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let start = if low <= least { from } else { scale.at(low) };
            let end = if high >= most { to } else { scale.at(high) };
            vec![ordered(start, end)]
        }
        (Line::Numbers(_), None) => Vec::new(),
        (Line::Names(start, step), _) => {
            let at = |k: usize| start + k as f64 * step;
            let mut out: Vec<(usize, usize)> = Vec::new();
            for (k, _) in axis.categories.iter().enumerate().filter(|(_, c)| c.1) {
                match out.last_mut() {
                    Some(last) if last.1 == k => last.1 = k + 1,
                    Some(_) | None => out.push((k, k + 1)),
                }
            }
            out.into_iter().map(|(a, b)| ordered(at(a), at(b))).collect()
        }
    }
}

fn frame(canvas: &Canvas, place: Area) -> Result<(), ChartError> {
    canvas.bar(place, theme::SKY, 0.16)?;
    let (left, top, right, foot) = (place.x, place.y, place.right(), place.bottom());
    canvas.path(&[(left, top), (right, top), (right, foot), (left, foot), (left, top)], theme::BLUE, 1.6)
}

fn legend(canvas: &Canvas, body: Area, strip: bool) -> Result<(), ChartError> {
    let y = body.y + 7.0;
    let mut x = body.x;
    if !strip {
        for (text, of_interest) in [("case of interest", true), ("other point", false)] {
            canvas.dot((x + 5.0, y), 3.4, colour(of_interest), of_interest)?;
            canvas.text((x + 15.0, y), text, theme::SMALL, theme::INK, Align::Left)?;
            x += 15.0 + font::width(text, theme::SMALL) + 24.0;
        }
    }
    frame(canvas, Area { x, y: y - 6.0, w: 18.0, h: 12.0 })?;
    let text = "the box; large marks lie in it";
    canvas.text((x + 26.0, y), text, theme::SMALL, theme::INK, Align::Left)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn axis(parameter: &str, values: Vec<f64>, range: Option<(f64, f64)>) -> CaseAxis {
        CaseAxis { parameter: parameter.into(), values, range, categories: Vec::new() }
    }

    const WORTH: BoxWorth = BoxWorth { coverage: 2.0 / 3.0, density: 1.0 };

    #[test]
    fn counts_stand_in_the_title_and_units_on_the_axes() {
        let of_interest = vec![true, true, true, false];
        let in_box = vec![true, true, false, false];
        let across = axis("leads.committed_per_year", vec![0.1, 0.2, 0.9, 0.5], Some((0.1, 0.3)));
        let upright = axis("b", vec![1.0, 2.0, 3.0, 4.0], Some((1.0, 2.5)));
        let both = Cases { axes: vec![across.clone(), upright], of_interest, in_box, limited: 3 };
        let units = ["leads per year".to_owned(), String::new()];
        let chart = cases(&both, 1, WORTH, &units).unwrap();
        let title = "Box 1 holds 2 of 3 cases of interest (coverage 0.67), and 2 of its 2 points are (density 1.00)";
        assert_eq!(chart.title, title);
        assert!(chart.svg.contains("Leads: committed per year (leads per year)"), "{}", chart.svg);
        assert!(chart.caption.contains("limits 1 parameter more"), "{}", chart.caption);
        assert!(chart.alt.contains("b 1.0 to 2.5"), "{}", chart.alt);
        assert_eq!(chart.data.rows(), 4);
        let strip = cases(&Cases { axes: vec![across], limited: 1, ..both.clone() }, 2, WORTH, &units).unwrap();
        assert!(strip.svg.contains(">others<") && strip.caption.contains("earlier boxes left"), "{}", strip.caption);
        let none = cases(&Cases { axes: Vec::new(), limited: 0, ..both }, 1, WORTH, &[]).unwrap();
        assert!(none.caption.contains("no limit on any parameter"), "{}", none.caption);
    }

    #[test]
    fn categories_that_the_box_allows_are_framed_together_where_they_touch() {
        let categories = [("a", true), ("b", true), ("c", false), ("d", true)];
        let categories = categories.map(|(name, yes)| (name.to_owned(), yes)).to_vec();
        let axis = CaseAxis { parameter: "p".into(), values: vec![0.0, 3.0], range: None, categories };
        let line = Line::of(&axis, 0.0, 100.0);
        assert_eq!(spans(&axis, &line, 0.0, 100.0), [(0.0, 50.0), (75.0, 100.0)]);
        assert!((0..50).all(|i| (75.0..100.0).contains(&line.at(3.0, i, 2))));
        assert_eq!((radical(1, 2), radical(3, 2), radical(2, 3)), (0.5, 0.75, 2.0 / 3.0));
    }
}
