//! Foiled share by year, of the end or of the start: foiled plots among those foiled or launched, pooled over runs.

use std::collections::BTreeMap;

use super::canvas::{Align, Area, Canvas};
use super::layout::{self, Words};
use super::rows::{self, year_month};
use super::scale::Scale;
use super::{Arm, Chart, ChartError, label, legend, number, theme};
use forestall_model::{Column, Table};

const NAME: &str = "foiled_share_by_year";
const TITLE: &str = "Share of plots foiled, by year";
const BY_START: &str = "foiled_share_by_start";
const BY_START_TITLE: &str = "Share of plots foiled, by the year in which they begin";
/// The columns of the monthly table that the chart reads.
pub const COLUMNS: [&str; 5] = ["arm", "month_start", "plots_foiled", "attacks_completed", "attacks_failed"];

/// Foiled and launched plots of one arm in each year.
type Years = BTreeMap<i64, (f64, f64)>;

/// Foiled ÷ (foiled + launched) in each year and arm, from the monthly table; a year without either is left out.
///
/// # Errors
/// [`ChartError::MissingColumn`] where the table has rows but not `arm`, `month_start`, `plots_foiled` or
/// `attacks_completed`.
pub fn share_over_time(monthly: &Table, arms: &[Arm]) -> Result<Chart, ChartError> {
    let lines = read(monthly, arms)?;
    if lines.iter().all(|years| shares(years).is_empty()) {
        return layout::no_data(NAME, TITLE, "no plot was foiled or launched in any year");
    }
    let words = Words {
        name: NAME.into(),
        title: TITLE.into(),
        subtitle: "Foiled ÷ (foiled + launched), all replications together, by the year of the end".into(),
        caption: format!(
            "At least {} a policy run, pooled: no interval is shown. Launched = carried out or failed by itself.",
            runs(arms)
        ),
        alt: format!("{TITLE}, for {} policy runs.", arms.len()),
    };
    draw(words, &lines, arms)
}

/// The same by the year of start, corrected for plots still in progress, from the table of plots by year of start.
///
/// # Errors
/// [`ChartError::MissingColumn`] where the table has rows but not what is drawn.
pub fn share_by_start(foiled_by_start: &Table, arms: &[Arm]) -> Result<Chart, ChartError> {
    let lines = read_by_start(foiled_by_start, arms)?;
    if lines.iter().all(|years| shares(years).is_empty()) {
        return layout::no_data(BY_START, BY_START_TITLE, "no plot began in any year and was foiled or launched");
    }
    let words = Words {
        name: BY_START.into(),
        title: BY_START_TITLE.into(),
        subtitle: "Foiled ÷ (foiled + launched) in the end, plots still in progress as censored".into(),
        caption: format!(
            "At least {} a policy run, pooled: no interval is shown. Cumulative incidences under competing risks (Aalen \
             and Johansen); at ages at which few of a year's plots were followed, the hazards of all.",
            runs(arms)
        ),
        alt: format!("{BY_START_TITLE}, for {} policy runs.", arms.len()),
    };
    draw(words, &lines, arms)
}

fn runs(arms: &[Arm]) -> String {
    number::counted(arms.iter().map(|a| a.replications).min().unwrap_or(0), "replication")
}

fn draw(words: Words, lines: &[Years], arms: &[Arm]) -> Result<Chart, ChartError> {
    let data = data(lines, arms);
    let labels: Vec<Vec<String>> = arms.iter().map(|a| label::wrap_to(&a.label, theme::LABEL, 190.0, 2)).collect();
    let needed: f64 = labels.iter().map(|l| height(l)).sum();
    layout::compose(words, data, (needed + 50.0).max(320.0), |canvas, body| paint(canvas, body, lines, (arms, &labels)))
}

fn read_by_start(table: &Table, arms: &[Arm]) -> Result<Vec<Years>, ChartError> {
    if table.rows() == 0 {
        return Ok(Vec::new());
    }
    let get = |name: &str| rows::column(table, BY_START, name);
    let (arm, year) = (get("arm")?, get("year")?);
    let (foiled, launched) = (get("foiled_in_the_end")?, get("launched_in_the_end")?);
    let groups = rows::by_text(arm);
    let of = |arm: &Arm| {
        let mine = groups.get(&arm.name).map_or(&[][..], Vec::as_slice);
        // Those begun before the first counted day have no year.
        let cell = |&row: &usize| Some((year.number(row)? as i64, (foiled.number(row)?, launched.number(row)?)));
        mine.iter().filter_map(cell).collect()
    };
    Ok(arms.iter().map(of).collect())
}

fn height(lines: &[String]) -> f64 {
    lines.len() as f64 * theme::LABEL.leading() + 4.0
}

/// (year, share) where the share is defined.
fn shares(years: &Years) -> Vec<(i64, f64)> {
    years.iter().filter(|(_, (f, l))| f + l > 0.0).map(|(y, (f, l))| (*y, f / (f + l))).collect()
}

fn read(monthly: &Table, arms: &[Arm]) -> Result<Vec<Years>, ChartError> {
    if monthly.rows() == 0 {
        return Ok(Vec::new());
    }
    let get = |name: &str| rows::column(monthly, NAME, name);
    let (arm, start) = (get("arm")?, get("month_start")?);
    let (foiled, completed) = (get("plots_foiled")?, get("attacks_completed")?);
    let failed = monthly.column("attacks_failed");
    let groups = rows::by_text(arm);
    let mut lines = Vec::new();
    for arm in arms {
        let mut years = Years::new();
        for &row in groups.get(&arm.name).map_or(&[][..], Vec::as_slice) {
            let Some((year, _)) = year_month(&start.text(row)) else { continue };
            let cell = years.entry(year).or_default();
            cell.0 += foiled.number(row).unwrap_or(0.0);
            cell.1 += completed.number(row).unwrap_or(0.0) + failed.and_then(|f| f.number(row)).unwrap_or(0.0);
        }
        lines.push(years);
    }
    Ok(lines)
}

fn data(lines: &[Years], arms: &[Arm]) -> Table {
    let cells = || arms.iter().zip(lines).flat_map(|(a, years)| years.iter().map(move |(y, c)| (a, *y, *c)));
    let mut table = Table::new();
    table.push("arm", Column::Text(cells().map(|(a, ..)| a.name.clone()).collect()));
    table.push("year", Column::Integer(cells().map(|(_, y, _)| Some(y)).collect()));
    table.push("foiled", Column::Number(cells().map(|(.., c)| Some(c.0)).collect()));
    table.push("launched", Column::Number(cells().map(|(.., c)| Some(c.1)).collect()));
    let share = |(f, l): (f64, f64)| (f + l > 0.0).then(|| f / (f + l));
    table.push("foiled_share", Column::Number(cells().map(|(.., c)| share(c)).collect()));
    table
}

fn paint(
    canvas: &Canvas,
    body: Area,
    lines: &[Years],
    (arms, labels): (&[Arm], &[Vec<String>]),
) -> Result<(), ChartError> {
    let side = layout::widest(labels.iter().flatten().map(String::as_str), theme::LABEL);
    let plot = body.inset(44.0, 8.0, side + 46.0, 26.0);
    let values = lines.iter().flat_map(|l| shares(l).into_iter().map(|(_, s)| s));
    let y = Scale::share(values).onto(plot.bottom(), plot.y);
    layout::level_lines(canvas, plot, &y)?;
    let all: Vec<i64> = lines.iter().flat_map(|l| shares(l).into_iter().map(|(year, _)| year)).collect();
    let (first, last) = (all.iter().min().copied().unwrap_or(0), all.iter().max().copied().unwrap_or(0));
    let x = |year: i64| {
        if first == last {
            plot.x + plot.w / 2.0
        } else {
            plot.x + 20.0 + (plot.w - 40.0) * (year - first) as f64 / (last - first) as f64
        }
    };
    let every = ((last - first + 1) as f64 * 44.0 / plot.w).ceil().max(1.0) as usize;
    for year in (first..=last).step_by(every) {
        canvas.text((x(year), plot.bottom() + 13.0), &year.to_string(), theme::SMALL, theme::MUTED, Align::Centre)?;
    }
    let colours = legend::colours(arms);
    let mut ends = Vec::new();
    for (k, years) in lines.iter().enumerate() {
        let found = shares(years);
        let points: Vec<_> = found.iter().map(|&(year, s)| (x(year), y.at(s))).collect();
        let colour = colours[k];
        canvas.path(&points, colour, 2.0)?;
        for (&at, (year, share)) in points.iter().zip(&found) {
            canvas.dot(at, 3.2, colour, true)?;
            let text = format!("{}, {year}: {}", arms[k].label, number::short(*share));
            canvas.hover(Area { x: at.0 - 8.0, y: at.1 - 8.0, w: 16.0, h: 16.0 }, text);
        }
        ends.extend(points.last().map(|&at| (k, at)));
    }
    let wished: Vec<_> = ends.iter().map(|&(k, at)| (at.1, height(&labels[k]))).collect();
    let centres = label::spread(&wished, plot.y - 8.0, plot.bottom() + 8.0);
    for (&(k, at), centre) in ends.iter().zip(centres) {
        let edge = plot.right() + 14.0;
        canvas.path(&[(at.0 + 6.0, at.1), (edge, centre), (edge + 8.0, centre)], colours[k], 0.9)?;
        let first = centre - (labels[k].len() as f64 - 1.0) / 2.0 * theme::LABEL.leading();
        canvas.lines((edge + 12.0, first), &labels[k], theme::LABEL, theme::INK, Align::Left)?;
    }
    Ok(())
}
