//! Attacks and foiled plots by country: dots with intervals of the mean, one panel an outcome.

use super::canvas::{Align, Area, Canvas};
use super::layout::{self, Words};
use super::scale::Scale;
use super::{Arm, BASELINE, Chart, ChartError, Measure, font, label, number, rows, theme};
use forestall_model::{Column, Table};
use forestall_study::rooms::montecarlo::CONFIDENCE;
use forestall_study::rooms::stats::{mean, mean_by_draw};

const NAME: &str = "countries";
const TITLE: &str = "Attacks and foiled plots by country";
const SHOWN: [&str; 2] = ["attacks_completed", "plots_foiled"];
/// The columns of the by-country table that the chart reads.
pub const COLUMNS: [&str; 5] = ["arm", "draw", "country", SHOWN[0], SHOWN[1]];
/// Space above the rows for key and panel headings.
const HEAD: f64 = 50.0;

/// A mean and, from two samples on, its 95 % interval.
#[derive(Clone, Copy)]
struct Mean {
    value: f64,
    interval: Option<(f64, f64)>,
}

impl Mean {
    /// Of values with the draws of their runs; `None` without values.
    fn of(values: &[(i64, f64)]) -> Option<Self> {
        let all: Vec<f64> = values.iter().map(|v| v.1).collect();
        // A mean of counts is not below 0, and neither is what is compatible with it.
        let interval = mean_by_draw(values, CONFIDENCE).map(|found| (found.interval.low.max(0.0), found.interval.high));
        Some(Self { value: mean(&all)?, interval })
    }
}

/// One country's means: `cells[arm][outcome]`.
struct Country {
    code: String,
    name: String,
    cells: Vec<[Option<Mean>; 2]>,
}

/// Mean attacks and foiled plots by country in the given arms (one or two are readable), from the by-country table;
/// `names` are codes and names, and a code without a name is shown as it is.
///
/// # Errors
/// [`ChartError::MissingColumn`] where the table has rows but not `arm`, `country` or the two outcomes.
pub fn countries(by_country: &Table, arms: &[Arm], names: &[(String, String)]) -> Result<Chart, ChartError> {
    let countries = read(by_country, arms, names)?;
    if countries.is_empty() {
        return layout::no_data(NAME, TITLE, "no country has results");
    }
    let each: Vec<String> =
        arms.iter().map(|a| format!("{}: {}", a.label, number::counted(a.replications, "replication"))).collect();
    let words = Words {
        name: NAME.into(),
        title: TITLE.into(),
        subtitle: "Mean number per simulated history (dot) and its 95 % interval (line), sorted by attacks in the first policy run".into(),
        caption: format!(
            "{}. Intervals of the mean: Student's t over replications, or over draws of the parameters where runs share \
             them. Each panel has its own axis.",
            each.join("; ")
        ),
        alt: alt(&countries, arms),
    };
    let row = (12.0 * arms.len() as f64 + 8.0).max(22.0);
    let height = HEAD + row * countries.len() as f64 + layout::FOOT;
    let data = data(&countries, arms);
    layout::compose(words, data, height, |canvas, body| {
        legend(canvas, body, arms)?;
        paint(canvas, body, &countries, arms, row)
    })
}

fn alt(countries: &[Country], arms: &[Arm]) -> String {
    let first = countries.first().map_or(String::new(), |c| {
        let mean = c.cells.first().and_then(|cell| cell[0]).map_or(0.0, |m| m.value);
        format!(" Most attacks in the first policy run: {} with {} per simulated history.", c.name, number::short(mean))
    });
    format!("Means by country for {} countries and {} policy runs.{first}", countries.len(), arms.len())
}

fn read(table: &Table, arms: &[Arm], names: &[(String, String)]) -> Result<Vec<Country>, ChartError> {
    if table.rows() == 0 {
        return Ok(Vec::new());
    }
    let arm = rows::column(table, NAME, "arm")?;
    let draw = table.column("draw");
    let mut columns = Vec::new();
    for outcome in SHOWN {
        columns.push(rows::column(table, NAME, outcome)?);
    }
    let mut countries: Vec<Country> = rows::by_text(rows::column(table, NAME, "country")?)
        .into_iter()
        .map(|(code, of_country)| {
            let cells = arms.iter().map(|a| {
                let mine: Vec<usize> = of_country.iter().copied().filter(|&r| arm.text(r) == a.name).collect();
                let drawn = |row: usize| draw.and_then(|d| d.number(row)).unwrap_or(0.0) as i64;
                [0, 1].map(|k: usize| {
                    let values = mine.iter().filter_map(|&row| Some((drawn(row), rows::finite(columns[k], row)?)));
                    Mean::of(&values.collect::<Vec<_>>())
                })
            });
            let name = names.iter().find(|(known, _)| *known == code).map_or(&code, |(_, name)| name).clone();
            Country { cells: cells.collect(), code, name }
        })
        .filter(|c| c.cells.iter().flatten().any(Option::is_some))
        .collect();
    let attacks = |c: &Country| c.cells.first().and_then(|cell| cell[0]).map_or(-1.0, |m| m.value);
    countries.sort_by(|a, b| attacks(b).total_cmp(&attacks(a)));
    Ok(countries)
}

fn data(countries: &[Country], arms: &[Arm]) -> Table {
    let cells = || countries.iter().flat_map(|c| arms.iter().zip(&c.cells).map(move |(a, cell)| (c, a, cell)));
    let mut table = Table::new();
    table.push("country", Column::Text(cells().map(|(c, ..)| c.code.clone()).collect()));
    table.push("arm", Column::Text(cells().map(|(_, a, _)| a.name.clone()).collect()));
    for (k, outcome) in SHOWN.into_iter().enumerate() {
        let of = |f: fn(Mean) -> Option<f64>| Column::Number(cells().map(|(.., c)| c[k].and_then(f)).collect());
        table.push(format!("{outcome}_mean"), of(|m| Some(m.value)));
        table.push(format!("{outcome}_low"), of(|m| m.interval.map(|i| i.0)));
        table.push(format!("{outcome}_high"), of(|m| m.interval.map(|i| i.1)));
    }
    table
}

fn legend(canvas: &Canvas, body: Area, arms: &[Arm]) -> Result<(), ChartError> {
    let mut x = body.x;
    let room = body.w / arms.len().max(1) as f64 - 40.0;
    for (i, arm) in arms.iter().enumerate() {
        let text = label::wrap_to(&arm.label, theme::SMALL, room, 1).concat();
        canvas.dot((x + 5.0, body.y + 7.0), 4.0, super::legend::colours(arms)[i], arm.name != BASELINE)?;
        canvas.text((x + 15.0, body.y + 7.0), &text, theme::SMALL, theme::INK, Align::Left)?;
        x += 15.0 + font::width(&text, theme::SMALL) + 22.0;
    }
    Ok(())
}

fn paint(canvas: &Canvas, body: Area, countries: &[Country], arms: &[Arm], row: f64) -> Result<(), ChartError> {
    let names: Vec<String> =
        countries.iter().map(|c| label::wrap_to(&c.name, theme::LABEL, 170.0, 1).concat()).collect();
    let side = layout::widest(names.iter().map(String::as_str), theme::LABEL) + 18.0;
    // Room for the last number of one axis beside the first of the next.
    let gap = 52.0;
    let width = (body.w - side - gap) / 2.0;
    for (i, name) in names.iter().enumerate() {
        let top = body.y + HEAD + i as f64 * row;
        canvas.line((body.x, top), (body.right(), top), theme::GRID, 1.0)?;
        canvas.text((body.x, top + row / 2.0), name, theme::LABEL, theme::INK, Align::Left)?;
    }
    for (k, outcome) in SHOWN.into_iter().enumerate() {
        let measure = Measure::of(outcome);
        let x = body.x + side + k as f64 * (width + gap);
        let plot = Area { x, y: body.y + HEAD, w: width, h: body.h - HEAD - layout::FOOT };
        let ends = countries.iter().flat_map(|c| &c.cells).filter_map(|c| c[k]);
        let values = ends.flat_map(|m| m.interval.map_or([m.value; 2], |(a, b)| [a, b]));
        let scale = Scale::round(values.chain([0.0]), 5.0).onto(plot.x + 6.0, plot.right() - 6.0);
        canvas.text((x, body.y + HEAD - 14.0), &measure.heading(), theme::HEADING, theme::INK, Align::Left)?;
        canvas.line((scale.at(0.0), plot.y), (scale.at(0.0), plot.bottom()), theme::AXIS, 1.0)?;
        for (i, country) in countries.iter().enumerate() {
            marks(canvas, country, k, arms, (&scale, plot, plot.y + i as f64 * row, row))?;
        }
        layout::foot_axis(
            canvas,
            plot,
            &scale,
            &format!("{} per simulated history", super::measure::capital(&measure.unit)),
        )?;
    }
    Ok(())
}

fn marks(
    canvas: &Canvas,
    country: &Country,
    k: usize,
    arms: &[Arm],
    (scale, plot, top, row): (&Scale, Area, f64, f64),
) -> Result<(), ChartError> {
    let mut parts = Vec::new();
    for (a, arm) in arms.iter().enumerate() {
        let Some(mean) = country.cells[a][k] else { continue };
        let y = top + row / 2.0 + (a as f64 - (arms.len() as f64 - 1.0) / 2.0) * 11.0;
        let colour = super::legend::colours(arms)[a];
        let mut words = format!("{} {}", arm.label, number::short(mean.value));
        if let Some((low, high)) = mean.interval {
            canvas.line((scale.at(low), y), (scale.at(high), y), colour, 1.6)?;
            words = format!("{words} [{}, {}]", number::short(low), number::short(high));
        }
        canvas.dot((scale.at(mean.value), y), 3.4, colour, arm.name != BASELINE)?;
        parts.push(words);
    }
    canvas.hover(Area { x: plot.x, y: top, w: plot.w, h: row }, format!("{}: {}", country.name, parts.join("; ")));
    Ok(())
}
