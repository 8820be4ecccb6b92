//! The life of one plot in two arms, one above the other, with the moment at which they part.

use plotters::style::RGBColor;

use super::canvas::{Align, Area, Canvas};
use super::layout::{self, Words};
use super::{Chart, ChartError, font, label, rows, theme};
use forestall_model::Table;

const NAME: &str = "twin_lives";

/// One thing on the time axis.
struct Mark {
    /// `baseline` or `policy`.
    arm: String,
    /// What it is: `plot`, `open`, `watched`, `task`, `sign`, `step` or `parting`.
    what: String,
    from: f64,
    /// The same as `from` for a moment.
    to: f64,
    /// The outcome for a plot; otherwise what happened.
    text: String,
    /// Date, for hovers.
    date: String,
    /// Whether it stands in this arm only.
    only: bool,
}

/// Title and names of the arms.
#[derive(Clone, Debug)]
pub struct TwinWords {
    /// What is shown, in one line.
    pub title: String,
    /// How the ends differ and why, in a sentence.
    pub caption: String,
    /// What readers see for the policy.
    pub policy: String,
}

/// Draws both lives from a table with the columns `arm` (`baseline` or `policy`), `what` (`plot`, `open`, `watched`,
/// `task`, `sign`, `step`, `parting`), `from_day`, `to_day` (days), `date`, `text` and `only` (`yes` or `no`).
///
/// # Errors
/// [`ChartError::MissingColumn`] where the table has rows but lacks a column.
pub fn twin_lives(table: &Table, names: &TwinWords) -> Result<Chart, ChartError> {
    let marks = read(table)?;
    if marks.is_empty() {
        return layout::no_data(NAME, &names.title, "nothing is known of the plot");
    }
    let words = Words {
        name: NAME.into(),
        title: names.title.clone(),
        subtitle: "Filled marks stand in one arm only, open marks in both. White strokes: tasks done. Files: thin where open, thick \
                   where watched".into(),
        caption: names.caption.clone(),
        alt: alt(&marks, names),
    };
    let span = Span::of(&marks);
    let lanes: Vec<Lane> = ["baseline", "policy"].iter().map(|arm| Lane::of(&marks, arm).within(&span)).collect();
    let inner = theme::WIDTH - 2.0 * theme::MARGIN;
    let plot = (SIDE, inner - SIDE - RIGHT);
    let levels: Vec<Vec<Option<usize>>> =
        lanes.iter().map(|lane| place_labels(&lane.steps, |day| span.x(day, plot.0, plot.1), inner)).collect();
    let heights: Vec<f64> = levels.iter().map(|l| lane_height(l)).collect();
    let height = TOP + heights.iter().sum::<f64>() + 12.0 + layout::FOOT;
    layout::compose(words, table.clone(), height, |canvas, body| {
        let area = Area { x: body.x + plot.0, y: body.y + TOP, w: plot.1, h: heights.iter().sum::<f64>() + 12.0 };
        parting(canvas, body, area, &marks, &span)?;
        let mut top = area.y;
        for ((lane, levels), (arm, tall)) in
            lanes.iter().zip(&levels).zip(["Baseline".to_owned(), names.policy.clone()].iter().zip(&heights))
        {
            draw_lane(canvas, (body, area), top, arm, lane, levels, &span)?;
            top += tall + 12.0;
        }
        axis(canvas, area, &span, table)
    })
}

/// Space for the names of rows.
const SIDE: f64 = 74.0;
/// Space for the words at the end of a bar.
const RIGHT: f64 = 150.0;
/// Space for the words at the parting.
const TOP: f64 = 30.0;
/// One line of step labels.
const LEVEL: f64 = 15.0;
/// Heading, bar, files and signs.
const ROWS: f64 = 88.0;
/// Most lines of step labels.
const MOST_LEVELS: usize = 6;

/// What one arm shows.
struct Lane<'m> {
    plot: Option<&'m Mark>,
    tasks: Vec<&'m Mark>,
    signs: Vec<&'m Mark>,
    files: Vec<&'m Mark>,
    steps: Vec<&'m Mark>,
}

impl<'m> Lane<'m> {
    fn of(marks: &'m [Mark], arm: &str) -> Self {
        let of = |kinds: &[&str]| -> Vec<&'m Mark> {
            marks.iter().filter(|m| m.arm == arm && kinds.contains(&m.what.as_str())).collect()
        };
        Self {
            plot: of(&["plot"]).first().copied(),
            tasks: of(&["task"]),
            signs: of(&["sign"]),
            // Watching is drawn over the open file.
            files: [of(&["open"]), of(&["watched"])].concat(),
            steps: of(&["step"]),
        }
    }

    /// Without what came before the days shown.
    fn within(mut self, span: &Span) -> Self {
        self.steps.retain(|m| m.from >= span.from);
        self.signs.retain(|m| m.from >= span.from);
        self.files.retain(|m| m.to >= span.from);
        self
    }
}

/// The days shown.
struct Span {
    from: f64,
    to: f64,
}

impl Span {
    /// From shortly before the plot or the parting, whichever is first, to the later end.
    fn of(marks: &[Mark]) -> Self {
        let main = || marks.iter().filter(|m| matches!(m.what.as_str(), "plot" | "parting"));
        let every = || marks.iter();
        let low = |it: &mut dyn Iterator<Item = &Mark>| it.map(|m| m.from).fold(f64::INFINITY, f64::min);
        let from = low(&mut main()).min(if main().next().is_none() { low(&mut every()) } else { f64::INFINITY });
        let to = every().map(|m| m.to).fold(from, f64::max);
        let room = ((to - from) * 0.04).max(1.0);
        Self { from: from - room, to: to + room * 0.25 }
    }

    fn x(&self, day: f64, left: f64, width: f64) -> f64 {
        left + width * ((day - self.from) / (self.to - self.from)).clamp(0.0, 1.0)
    }
}

fn read(table: &Table) -> Result<Vec<Mark>, ChartError> {
    if table.rows() == 0 {
        return Ok(Vec::new());
    }
    let column = |name| rows::column(table, NAME, name);
    let (arm, what, text, date, only) =
        (column("arm")?, column("what")?, column("text")?, column("date")?, column("only")?);
    let (from, to) = (column("from_day")?, column("to_day")?);
    let mark = |row| {
        Some(Mark {
            arm: arm.text(row),
            what: what.text(row),
            from: rows::finite(from, row)?,
            to: rows::finite(to, row)?,
            // What parts the two lives has a line to itself.
            text: match what.text(row).as_str() {
                "parting" => text.text(row),
                _ => label::wrap_to(&text.text(row), theme::SMALL, 420.0, 1).join(" "),
            },
            date: date.text(row),
            only: only.text(row) == "yes",
        })
    };
    Ok((0..table.rows()).filter_map(mark).collect())
}

fn alt(marks: &[Mark], names: &TwinWords) -> String {
    let one = |arm: &str, label: &str| match Lane::of(marks, arm).plot {
        Some(plot) => format!("{label}: {} on {}", outcome(&plot.text).0, plot.date),
        None => format!("{label}: no such plot"),
    };
    format!("{}; {}. {}", one("baseline", "Baseline"), one("policy", &names.policy), names.caption)
}

/// Words and colour of an outcome.
fn outcome(name: &str) -> (&str, RGBColor) {
    match name {
        "completed" => ("attack completed", theme::VERMILION),
        "failed" => ("attempt failed", theme::ORANGE),
        "foiled" => ("foiled", theme::BLUE),
        "dissolved" => ("dissolved", theme::SKY),
        "in_progress" => ("in progress", theme::PALE),
        other => (other, theme::PALE),
    }
}

/// The line on which each step's label stands; `None` where there is no room.
fn place_labels(steps: &[&Mark], x: impl Fn(f64) -> f64, width: f64) -> Vec<Option<usize>> {
    let mut free = [0.0_f64; MOST_LEVELS];
    let mut order: Vec<usize> = (0..steps.len()).collect();
    order.sort_by(|&a, &b| steps[a].from.total_cmp(&steps[b].from));
    let mut levels = vec![None; steps.len()];
    for i in order {
        let (at, wide) = (x(steps[i].from), font::width(&steps[i].text, theme::SMALL) + 18.0);
        // A label that would leave the sheet stands left of its mark.
        let left = if at + wide > width { at - wide } else { at - 6.0 };
        let level = (0..MOST_LEVELS).find(|&l| free[l] <= left);
        if let Some(level) = level {
            free[level] = left + wide + 8.0;
            levels[i] = Some(level);
        }
    }
    levels
}

fn lane_height(levels: &[Option<usize>]) -> f64 {
    let lines = unlabelled(levels) + usize::from(levels.contains(&None));
    ROWS + lines.max(1) as f64 * LEVEL + 6.0
}

/// The line of marks that have no room for words, below all words.
fn unlabelled(levels: &[Option<usize>]) -> usize {
    levels.iter().flatten().max().map_or(0, |l| l + 1)
}

fn parting(canvas: &Canvas, body: Area, area: Area, marks: &[Mark], span: &Span) -> Result<(), ChartError> {
    let Some(mark) = marks.iter().find(|m| m.what == "parting") else { return Ok(()) };
    let x = span.x(mark.from, area.x, area.w);
    canvas.dashes((x, area.y - 8.0), (x, area.bottom()), theme::INK)?;
    let text = format!("{}: {}", mark.date, mark.text);
    let lines = label::wrap_to(&text, theme::HEADING, 0.95 * body.w, 1);
    let wide = layout::widest(lines.iter().map(String::as_str), theme::HEADING);
    // A viewer without the typeface may set the words a little wider.
    let left = x.min(body.right() - wide * 1.05).max(body.x);
    canvas.lines((left, body.y + 10.0), &lines, theme::HEADING, theme::INK, Align::Left)
}

fn draw_lane(
    canvas: &Canvas,
    (body, area): (Area, Area),
    top: f64,
    name: &str,
    lane: &Lane,
    levels: &[Option<usize>],
    span: &Span,
) -> Result<(), ChartError> {
    let x = |day: f64| span.x(day, area.x, area.w);
    canvas.line((body.x, top), (body.right(), top), theme::GRID, 1.0)?;
    canvas.text((body.x, top + 12.0), name, theme::HEADING, theme::INK, Align::Left)?;
    let rows = [("Plot", top + 34.0), ("Files", top + 56.0), ("Signs", top + 74.0), ("People", top + 94.0)];
    for (words, y) in rows {
        canvas.text((body.x, y), words, theme::SMALL, theme::MUTED, Align::Left)?;
    }
    let (bar_y, file_y, sign_y, step_y) = (rows[0].1, rows[1].1, rows[2].1, rows[3].1);
    match lane.plot {
        None => canvas.text((area.x + 4.0, bar_y), "no such plot here", theme::LABEL, theme::MUTED, Align::Left)?,
        Some(plot) => {
            let (words, colour) = outcome(&plot.text);
            let (from, to) = (x(plot.from), x(plot.to));
            canvas.bar(Area { x: from, y: bar_y - 8.0, w: (to - from).max(2.0), h: 16.0 }, colour, 1.0)?;
            for task in &lane.tasks {
                let at = x(task.from);
                canvas.line((at, bar_y - 8.0), (at, bar_y + 8.0), theme::PAPER, 1.6)?;
                canvas.hover(
                    Area { x: at - 3.0, y: bar_y - 9.0, w: 6.0, h: 18.0 },
                    format!("{} – {}", task.date, task.text),
                );
            }
            let lines = label::wrap_to(&format!("{words} {}", plot.date), theme::LABEL, RIGHT - 8.0, 2);
            let first = bar_y - (lines.len() as f64 - 1.0) * theme::LABEL.leading() / 2.0;
            canvas.lines((to + 6.0, first), &lines, theme::LABEL, theme::INK, Align::Left)?;
        }
    }
    for file in &lane.files {
        let watched = file.what == "watched";
        let (from, to) = (x(file.from), x(file.to));
        let tall = if watched { 10.0 } else { 4.0 };
        let colour = if watched { theme::BLUE } else { theme::SKY };
        let place = Area { x: from, y: file_y - tall / 2.0, w: (to - from).max(1.5), h: tall };
        canvas.bar(place, colour, 1.0)?;
        canvas.hover(Area { y: file_y - 7.0, h: 14.0, ..place }, format!("{} – {}", file.date, file.text));
    }
    for sign in &lane.signs {
        let at = (x(sign.from), sign_y);
        canvas.dot(at, 3.2, if sign.only { theme::INK } else { theme::AXIS }, sign.only)?;
        canvas
            .hover(Area { x: at.0 - 4.0, y: sign_y - 6.0, w: 8.0, h: 12.0 }, format!("{} – {}", sign.date, sign.text));
    }
    for (step, level) in lane.steps.iter().zip(levels) {
        let at = x(step.from);
        let colour = if step.only { theme::VERMILION } else { theme::AXIS };
        let y = step_y + level.unwrap_or_else(|| unlabelled(levels)) as f64 * LEVEL;
        canvas.dot((at, y), 3.2, colour, step.only)?;
        canvas.hover(Area { x: at - 5.0, y: y - 6.0, w: 10.0, h: 12.0 }, format!("{} – {}", step.date, step.text));
        if level.is_some() {
            let wide = font::width(&step.text, theme::SMALL) + 18.0;
            let (place, align) =
                if at - body.x + wide > body.w { (at - 8.0, Align::Right) } else { (at + 8.0, Align::Left) };
            // Paper behind the words keeps the dashed line out of them.
            let left = if align == Align::Right { place - wide + 18.0 } else { place };
            canvas.bar(Area { x: left, y: y - 6.5, w: wide - 18.0, h: 13.0 }, theme::PAPER, 0.85)?;
            canvas.text((place, y), &step.text, theme::SMALL, theme::INK, align)?;
        }
    }
    Ok(())
}

/// Dates along the foot, from the marks' own days and dates.
fn axis(canvas: &Canvas, area: Area, span: &Span, table: &Table) -> Result<(), ChartError> {
    canvas.line((area.x, area.bottom()), (area.right(), area.bottom()), theme::AXIS, 1.0)?;
    let Some(start) = origin(table) else { return Ok(()) };
    let days = span.to - span.from;
    let months = [1, 2, 3, 6, 12, 24, 60].into_iter().find(|m| days / 30.4 / f64::from(*m) <= 8.0).unwrap_or(120);
    let mut date = forestall_model::date_after(start, span.from).first_of_month();
    let mut free = f64::NEG_INFINITY;
    let short = days < 45.0;
    for _ in 0..400 {
        let day = forestall_model::days_between(start, date);
        if day > span.to {
            break;
        }
        let wanted = short || (i32::from(date.year()) * 12 + i32::from(date.month()) - 1) % months == 0;
        if day >= span.from && wanted {
            let x = span.x(day, area.x, area.w);
            let text = if short { date.strftime("%-d %b %Y").to_string() } else { date.strftime("%b %Y").to_string() };
            let half = font::width(&text, theme::SMALL) / 2.0;
            canvas.line((x, area.bottom()), (x, area.bottom() + 4.0), theme::AXIS, 1.0)?;
            if x - half > free {
                canvas.text((x, area.bottom() + 13.0), &text, theme::SMALL, theme::MUTED, Align::Centre)?;
                free = x + half + 8.0;
            }
        }
        let step = if short { jiff::Span::new().days(7) } else { jiff::Span::new().months(1) };
        match date.checked_add(step) {
            Ok(next) => date = next,
            Err(_) => break,
        }
    }
    Ok(())
}

/// The date of day 0, from a mark that has both a day and a date.
fn origin(table: &Table) -> Option<jiff::civil::Date> {
    let (days, dates) = (table.column("from_day")?, table.column("date")?);
    let what = table.column("what")?;
    (0..table.rows()).filter(|&row| what.text(row) != "plot").find_map(|row| {
        let date: jiff::civil::Date = dates.text(row).parse().ok()?;
        date.checked_sub(jiff::Span::new().days(days.number(row)?.floor() as i64)).ok()
    })
}
