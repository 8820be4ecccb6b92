//! Foiled share by year, of the end or of the start: foiled plots among those foiled or launched, pooled over runs.

use std::collections::BTreeMap;

use super::canvas::{Align, Area, Canvas};
use super::layout::{self, Words};
use super::rows::{self, year_month};
use super::scale::Scale;
use super::{Arm, Chart, ChartError, label, legend, number, theme};
use forestall_model::{Column, Table};
use forestall_study::rooms::montecarlo::CONFIDENCE;
use forestall_study::rooms::stats::clustered_share;

const NAME: &str = "foiled_share_by_year";
const TITLE: &str = "Share of plots foiled, by year";
const BY_START: &str = "foiled_share_by_start";
const BY_START_TITLE: &str = "Share of plots foiled, by the year in which they begin";
/// The columns of the monthly table that the chart reads.
pub const COLUMNS: [&str; 7] =
    ["arm", "draw", "replication", "month_start", "plots_foiled", "attacks_completed", "attacks_failed"];

/// Foiled and launched plots of one arm in a year, and the interval of the foiled share where there is one.
#[derive(Clone, Copy, Debug, Default)]
struct Year {
    foiled: f64,
    launched: f64,
    interval: Option<(f64, f64)>,
}

impl Year {
    fn share(self) -> Option<f64> {
        (self.foiled + self.launched > 0.0).then(|| self.foiled / (self.foiled + self.launched))
    }
}

/// One arm's years.
type Years = BTreeMap<i64, Year>;

/// Steps aside between the points of arms in one year, in pixels.
const ASIDE: f64 = 5.0;

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
            "At least {} a policy run, pooled; bars: 95 % intervals, by replications, or by draws of the parameters where \
             runs share them. Launched = carried out or failed by itself.",
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
            "At least {} a policy run, pooled; bars: 95 % intervals, a jackknife over groups of replications. Cumulative \
             incidences under competing risks (Aalen and Johansen); at ages at which few of a year's plots were \
             followed, the hazards of all.",
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
    // Tables that earlier versions wrote have no intervals.
    let end = |name: &str, row: usize| table.column(name).and_then(|column| rows::finite(column, row));
    let of = |arm: &Arm| {
        let mine = groups.get(&arm.name).map_or(&[][..], Vec::as_slice);
        // Those begun before the first counted day have no year.
        let cell = |&row: &usize| {
            let interval = end("foiled_share_low", row).zip(end("foiled_share_high", row));
            let (foiled, launched) = (foiled.number(row)?, launched.number(row)?);
            Some((year.number(row)? as i64, Year { foiled, launched, interval }))
        };
        mine.iter().filter_map(cell).collect()
    };
    Ok(arms.iter().map(of).collect())
}

fn height(lines: &[String]) -> f64 {
    lines.len() as f64 * theme::LABEL.leading() + 4.0
}

/// (year, share) where the share is defined.
fn shares(years: &Years) -> Vec<(i64, f64)> {
    years.iter().filter_map(|(year, cell)| Some((*year, cell.share()?))).collect()
}

fn read(monthly: &Table, arms: &[Arm]) -> Result<Vec<Years>, ChartError> {
    if monthly.rows() == 0 {
        return Ok(Vec::new());
    }
    let get = |name: &str| rows::column(monthly, NAME, name);
    let (arm, start) = (get("arm")?, get("month_start")?);
    let (foiled, completed) = (get("plots_foiled")?, get("attacks_completed")?);
    let failed = monthly.column("attacks_failed");
    let number = |name: &str, row: usize| monthly.column(name).and_then(|c| c.number(row)).map(|x| x as i64);
    let draws = (0..monthly.rows()).any(|row| number("draw", row) != number("draw", 0));
    let cluster = |row: usize| number(if draws { "draw" } else { "replication" }, row).unwrap_or(0);
    let groups = rows::by_text(arm);
    let mut lines = Vec::new();
    for arm in arms {
        let mut found: BTreeMap<i64, BTreeMap<i64, (f64, f64)>> = BTreeMap::new();
        for &row in groups.get(&arm.name).map_or(&[][..], Vec::as_slice) {
            let Some((year, _)) = year_month(&start.text(row)) else { continue };
            let cell = found.entry(year).or_default().entry(cluster(row)).or_default();
            cell.0 += foiled.number(row).unwrap_or(0.0);
            cell.1 += completed.number(row).unwrap_or(0.0) + failed.and_then(|f| f.number(row)).unwrap_or(0.0);
        }
        lines.push(found.into_iter().map(|(year, clusters)| (year, pooled(&clusters))).collect());
    }
    Ok(lines)
}

/// A year's plots over all clusters: runs, or draws where runs share them.
fn pooled(clusters: &BTreeMap<i64, (f64, f64)>) -> Year {
    let counted: Vec<(f64, f64)> = clusters.values().map(|(foiled, launched)| (*foiled, foiled + launched)).collect();
    Year {
        foiled: clusters.values().map(|c| c.0).sum(),
        launched: clusters.values().map(|c| c.1).sum(),
        interval: clustered_share(&counted, CONFIDENCE).map(|(_, interval)| (interval.low, interval.high)),
    }
}

fn data(lines: &[Years], arms: &[Arm]) -> Table {
    let cells = || arms.iter().zip(lines).flat_map(|(a, years)| years.iter().map(move |(y, c)| (a, *y, *c)));
    let mut table = Table::new();
    table.push("arm", Column::Text(cells().map(|(a, ..)| a.name.clone()).collect()));
    table.push("year", Column::Integer(cells().map(|(_, y, _)| Some(y)).collect()));
    table.push("foiled", Column::Number(cells().map(|(.., c)| Some(c.foiled)).collect()));
    table.push("launched", Column::Number(cells().map(|(.., c)| Some(c.launched)).collect()));
    table.push("foiled_share", Column::Number(cells().map(|(.., c)| c.share()).collect()));
    table.push("ci_low", Column::Number(cells().map(|(.., c)| c.interval.map(|i| i.0)).collect()));
    table.push("ci_high", Column::Number(cells().map(|(.., c)| c.interval.map(|i| i.1)).collect()));
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
    let colours = legend::colours(arms);
    // Only what has a colour has bars: of very many they would hide each other.
    let shown: Vec<usize> = (0..lines.len()).filter(|&k| colours[k] != theme::PALE).collect();
    let values = lines.iter().flat_map(|l| shares(l).into_iter().map(|(_, s)| s));
    let ends = shown.iter().flat_map(|&k| lines[k].values().filter_map(|cell| cell.interval)).flat_map(|i| [i.0, i.1]);
    let y = Scale::share(values.chain(ends)).onto(plot.bottom(), plot.y);
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
    let mut ends = Vec::new();
    for (k, years) in lines.iter().enumerate() {
        let found = shares(years);
        let place = shown.iter().position(|&other| other == k);
        let aside = place.map_or(0.0, |place| ASIDE * (place as f64 - (shown.len() as f64 - 1.0) / 2.0));
        let points: Vec<_> = found.iter().map(|&(year, s)| (x(year) + aside, y.at(s))).collect();
        let colour = colours[k];
        canvas.path(&points, colour, 2.0)?;
        for (&at, (year, share)) in points.iter().zip(&found) {
            let interval = years.get(year).and_then(|cell| cell.interval);
            if let Some((low, high)) = interval.filter(|_| place.is_some()) {
                canvas.line((at.0, y.at(low)), (at.0, y.at(high)), colour, 1.3)?;
            }
            canvas.dot(at, 3.2, colour, true)?;
            let range = interval
                .map_or(String::new(), |(low, high)| format!(" [{}, {}]", number::short(low), number::short(high)));
            let text = format!("{}, {year}: {}{range}", arms[k].label, number::short(*share));
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
