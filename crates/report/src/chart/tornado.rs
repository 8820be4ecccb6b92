//! A tornado: how far the mean of an outcome lies lower or higher where a parameter is low, and where it is high.

use plotters::style::RGBColor;

use super::canvas::{Align, Area, Canvas};
use super::layout::{self, Words};
use super::measure::{Measure, named};
use super::scale::Scale;
use super::{Chart, ChartError, Mark, capital, font, label, number, rows, theme};
use forestall_model::Table;

const NAME: &str = "tornado";
/// More rows than this cannot be read; those that move least are left to the table.
const MOST: usize = 30;
/// Height of one bar, and space between rows.
const BAR: f64 = 16.0;
const GAP: f64 = 9.0;
/// Space above the rows for legend and headings.
const HEAD: f64 = 52.0;
/// The ends as the table names them, with their colours.
const ENDS: [(&str, RGBColor); 2] = [("low", theme::BLUE), ("high", theme::VERMILION)];

/// One end of a parameter.
#[derive(Clone, Default)]
struct End {
    /// The values that it holds, in words.
    values: String,
    /// The mean less the mean of all.
    difference: Mark,
}

struct Row {
    parameter: String,
    name: String,
    ends: [End; 2],
}

/// Both ends of each parameter from lines `parameter, end, from, to, category, difference, low, high`, widest first,
/// about the mean of all; an end holds one of `parts` of the runs, and `sample` says on how much all rests.
///
/// # Errors
/// [`ChartError::MissingColumn`] where the table has rows but not these columns.
pub fn tornado(
    ends: &Table,
    outcome: &str,
    (mean, parts): (Option<f64>, usize),
    sample: &str,
) -> Result<Chart, ChartError> {
    let measure = Measure::of(outcome);
    let title = format!("{} where each parameter is low, and where it is high", measure.heading());
    let mut all = read(ends)?;
    let Some(mean) = mean.filter(|_| !all.is_empty()) else {
        return layout::no_data(NAME, &title, "no parameter has a lower and an upper end that enough runs lie in");
    };
    let left_out = all.len().saturating_sub(MOST);
    all.truncate(MOST);
    let part = if parts == 10 { "tenth" } else { "fifth" };
    let more =
        if left_out > 0 { format!(" {left_out} parameters that move less are not shown.") } else { String::new() };
    let words = Words {
        name: NAME.to_owned(),
        title,
        subtitle: format!(
            "Mean of the runs in the lowest and in the highest {part} of each parameter, all others as they come (thin \
             lines: 95 % intervals)"
        ),
        caption: format!("{sample}{more}"),
        alt: alt(&all, &measure, mean),
    };
    let height = HEAD + (2.0 * BAR + GAP) * all.len() as f64 + layout::FOOT;
    let sheet = Sheet { mean, part, measure };
    layout::compose(words, ends.clone(), height, |canvas, body| paint(canvas, body, &all, &sheet))
}

/// What all rows share.
struct Sheet<'a> {
    mean: f64,
    part: &'a str,
    measure: Measure,
}

fn read(table: &Table) -> Result<Vec<Row>, ChartError> {
    let mut all: Vec<Row> = Vec::new();
    if table.rows() == 0 {
        return Ok(all);
    }
    let get = |name: &str| rows::column(table, NAME, name);
    let (parameter, end, category) = (get("parameter")?, get("end")?, get("category")?);
    let (from, to) = (get("from")?, get("to")?);
    let (difference, low, high) = (get("difference")?, get("low")?, get("high")?);
    for row in 0..table.rows() {
        let parameter = parameter.text(row);
        let one = End {
            values: values(&category.text(row), rows::finite(from, row), rows::finite(to, row)),
            difference: Mark {
                value: rows::finite(difference, row),
                interval: rows::finite(low, row).zip(rows::finite(high, row)),
            },
        };
        let place = ENDS.iter().position(|e| e.0 == end.text(row)).unwrap_or(0);
        let known = all.iter().position(|known| known.parameter == parameter).unwrap_or_else(|| {
            all.push(Row { name: named(&parameter), parameter, ends: [End::default(), End::default()] });
            all.len() - 1
        });
        all[known].ends[place] = one;
    }
    Ok(all)
}

/// "0.05 to 0.08", one value, or the category.
fn values(category: &str, from: Option<f64>, to: Option<f64>) -> String {
    match (category, from.zip(to)) {
        ("", Some((from, to))) if from == to => number::short(from),
        ("", Some((from, to))) => number::together(&[from, to]).join(" to "),
        (name, _) => name.to_owned(),
    }
}

fn alt(all: &[Row], measure: &Measure, mean: f64) -> String {
    let one = |row: &Row| {
        let [low, high] = row.ends.each_ref().map(|end| end.difference.words());
        format!("{}: low {low}, high {high}", row.name)
    };
    let top: Vec<String> = all.iter().take(5).map(one).collect();
    format!("Mean {} of all runs {}; less that mean: {}.", measure.name, number::short(mean), top.join("; "))
}

fn paint(canvas: &Canvas, body: Area, all: &[Row], sheet: &Sheet<'_>) -> Result<(), ChartError> {
    let names: Vec<Vec<String>> = all.iter().map(|r| label::wrap_to(&r.name, theme::LABEL, 190.0, 2)).collect();
    let held = |end: &End| label::wrap_to(&end.values, theme::SMALL, 132.0, 1).concat();
    let held: Vec<[String; 2]> = all.iter().map(|r| r.ends.each_ref().map(held)).collect();
    let printed: Vec<[String; 2]> = all.iter().map(|r| r.ends.each_ref().map(|e| e.difference.words())).collect();
    let widest = |all: &[[String; 2]], heading: &str| {
        layout::widest(all.iter().flatten().map(String::as_str), theme::SMALL).max(font::width(heading, theme::HEADING))
    };
    let (held_heading, printed_heading) = ("Values", "Less the mean of all");
    let side = layout::widest(names.iter().flatten().map(String::as_str), theme::LABEL).max(60.0) + 18.0;
    let inner = side + widest(&held, held_heading) + 16.0;
    let plot = body.inset(inner, HEAD, widest(&printed, printed_heading) + 20.0, layout::FOOT);
    let reach = |mark: &Mark| mark.interval.map_or([0.0; 2], |(a, b)| [a, b]).into_iter().chain(mark.value);
    let ends = all.iter().flat_map(|r| &r.ends).flat_map(|e| reach(&e.difference)).map(|d| sheet.mean + d);
    let scale = Scale::round(ends.chain([sheet.mean]), 5.0).onto(plot.x + 6.0, plot.right() - 6.0);
    head(canvas, body, plot, &scale, sheet)?;
    let y = body.y + 38.0;
    canvas.text((body.x + side, y), held_heading, theme::HEADING, theme::INK, Align::Left)?;
    canvas.text((body.right(), y), printed_heading, theme::HEADING, theme::INK, Align::Right)?;
    for (i, row) in all.iter().enumerate() {
        let top = plot.y + i as f64 * (2.0 * BAR + GAP);
        canvas.line((body.x, top - GAP / 2.0), (body.right(), top - GAP / 2.0), theme::GRID, 1.0)?;
        let first = top + BAR - (names[i].len() as f64 - 1.0) / 2.0 * theme::LABEL.leading();
        canvas.lines((body.x, first), &names[i], theme::LABEL, theme::INK, Align::Left)?;
        let mut told = Vec::new();
        for (k, end) in row.ends.iter().enumerate() {
            let middle = top + (k as f64 + 0.5) * BAR;
            canvas.text((body.x + side, middle), &held[i][k], theme::SMALL, theme::MUTED, Align::Left)?;
            canvas.text((body.right(), middle), &printed[i][k], theme::SMALL, theme::MUTED, Align::Right)?;
            bar(canvas, &end.difference, (&scale, sheet.mean), middle, ENDS[k].1)?;
            told.push(format!("{} {}", end.values, printed[i][k]));
        }
        let place = Area { x: body.x, y: top, w: body.w, h: 2.0 * BAR };
        canvas.hover(place, format!("{}, less the mean of all: {}", row.name, told.join("; ")));
    }
    let line = scale.at(sheet.mean);
    canvas.line((line, plot.y - GAP / 2.0), (line, plot.bottom()), theme::INK, 1.4)?;
    // A name of any length stands in the title; the axis has a unit, if one is known.
    let unit = &sheet.measure.unit;
    let title = if unit.is_empty() { "Mean of runs".to_owned() } else { format!("{}, mean of runs", capital(unit)) };
    layout::foot_axis(canvas, plot, &scale, &title)
}

/// The colours of the ends, and what the upright line is.
fn head(canvas: &Canvas, body: Area, plot: Area, scale: &Scale, sheet: &Sheet<'_>) -> Result<(), ChartError> {
    let mut x = body.x;
    for (word, (_, colour)) in ["Lowest", "Highest"].iter().zip(ENDS) {
        let text = format!("{word} {}", sheet.part);
        canvas.bar(Area { x, y: body.y + 2.0, w: 14.0, h: 10.0 }, colour, 1.0)?;
        canvas.text((x + 20.0, body.y + 7.0), &text, theme::SMALL, theme::INK, Align::Left)?;
        x += 20.0 + font::width(&text, theme::SMALL) + 26.0;
    }
    let text = format!("mean of all: {}", number::short(sheet.mean));
    let half = font::width(&text, theme::SMALL) * 1.05 / 2.0;
    let middle = scale.at(sheet.mean).clamp(plot.x + half, (plot.right() - half).max(plot.x + half));
    canvas.text((middle, body.y + 38.0), &text, theme::SMALL, theme::INK, Align::Centre)
}

fn bar(
    canvas: &Canvas,
    mark: &Mark,
    (scale, mean): (&Scale, f64),
    middle: f64,
    colour: RGBColor,
) -> Result<(), ChartError> {
    let Some(value) = mark.value else { return Ok(()) };
    let (from, to) = (scale.at(mean), scale.at(mean + value));
    canvas.bar(Area { x: from.min(to), y: middle - 6.0, w: (to - from).abs(), h: 12.0 }, colour, 1.0)?;
    let Some((low, high)) = mark.interval else { return Ok(()) };
    canvas.line((scale.at(mean + low), middle), (scale.at(mean + high), middle), theme::INK, 1.4)?;
    [low, high].into_iter().try_for_each(|end| {
        let x = scale.at(mean + end);
        canvas.line((x, middle - 3.0), (x, middle + 3.0), theme::INK, 1.2)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use forestall_model::Column;

    #[test]
    fn both_ends_stand_in_one_row_with_their_values_and_differences() {
        let text = |all: [&str; 4]| Column::Text(all.map(str::to_owned).to_vec());
        let number = |all: [f64; 4]| Column::Number(all.map(Some).to_vec());
        let mut table = Table::new();
        table.push("parameter", text(["services.case_officers", "services.case_officers", "rule", "rule"]));
        table.push("end", text(["low", "high", "low", "high"]));
        table.push("from", number([20.0, 130.0, 0.0, 1.0]));
        table.push("to", number([32.0, 150.0, 0.0, 1.0]));
        table.push("category", text(["", "", "old", "new"]));
        table.push("difference", number([1.5, -1.2, 0.2, -0.2]));
        table.push("low", number([1.0, -1.6, -0.1, -0.5]));
        table.push("high", number([2.0, -0.8, 0.5, 0.1]));
        let chart = tornado(&table, "attacks_completed", (Some(4.0), 10), "800 runs.").unwrap();
        for words in ["Services: case officers", "20 to 32", "130 to 150", ">new<", "1.5 [1.0, 2.0]", "mean of all: 4"]
        {
            assert!(chart.svg.contains(words), "{words}: {}", chart.svg);
        }
        assert!(
            chart.svg.contains("Lowest tenth") && chart.alt.contains("low 1.5 [1.0, 2.0], high −1.2"),
            "{}",
            chart.alt
        );
        assert_eq!((chart.data.rows(), chart.title.as_str().starts_with("Attacks carried out where")), (4, true));
        let none = tornado(&table, "attacks_completed", (None, 0), "").unwrap();
        assert!(none.caption.contains("No data"));
    }
}
