//! Fan chart: one monthly series, or what it sums to, with its mean, median, 50 % and 90 % bands over replications.

use super::canvas::{Align, Area, Canvas};
use super::layout::{self, Words};
use super::rows::{self, Months};
use super::scale::Scale;
use super::timeline::{self, Bands, MonthQuantiles};
use super::{Arm, BASELINE, Chart, ChartError, Measure, label, legend, number, theme};
use forestall_model::{Column, Table};
use forestall_study::rooms::stats;

/// One arm's months and their quantiles.
struct Line<'a> {
    arm: &'a Arm,
    months: Months,
    found: Vec<MonthQuantiles>,
    means: Vec<(usize, f64)>,
    colour: plotters::style::RGBColor,
}

/// What is drawn of a series.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Course {
    /// Each month by itself.
    Monthly,
    /// The sum since the first month.
    Cumulative,
}

/// The monthly course of `measure` in the given arms (side by side on one scale; one or two are readable), from the
/// monthly table.
///
/// # Errors
/// [`ChartError::MissingColumn`] where the table has rows but not `arm`, `month`, `month_start` or the series.
pub fn fan(monthly: &Table, measure: &Measure, arms: &[Arm]) -> Result<Chart, ChartError> {
    drawn(monthly, measure, arms, Course::Monthly)
}

/// What a monthly count sums to since the first month: bands of counts of a few a month would be triangles between 0 and 1.
///
/// # Errors
/// As [`fan`].
pub fn cumulative(monthly: &Table, measure: &Measure, arms: &[Arm]) -> Result<Chart, ChartError> {
    drawn(monthly, measure, arms, Course::Cumulative)
}

fn drawn(monthly: &Table, measure: &Measure, arms: &[Arm], course: Course) -> Result<Chart, ChartError> {
    let policy = arms.iter().find(|a| a.name != BASELINE).filter(|_| arms.len() > 1);
    let suffix = policy.map_or(String::new(), |p| format!("_{}", p.name));
    let (word, title, when) = match course {
        Course::Monthly => ("monthly", format!("{} month by month", measure.heading()), "in each month"),
        Course::Cumulative => {
            ("cumulative", format!("{} since the first month", measure.heading()), "by the end of each month")
        }
    };
    let name = format!("{word}_{}{suffix}", measure.column);
    let lines = lines(monthly, &name, measure, arms, course)?;
    if lines.iter().all(|l| l.found.is_empty()) {
        return layout::no_data(&name, &title, "no month of these policies has values");
    }
    let unit = if measure.unit.is_empty() { measure.heading() } else { super::measure::capital(&measure.unit) };
    let words = Words {
        subtitle: format!("{unit} {when}: mean (line), median (dotted), middle 50 % and 90 % of replications (bands)"),
        caption: caption(arms),
        alt: alt(&lines, measure),
        name,
        title,
    };
    let words = if policy.is_some() {
        Words { subtitle: format!("{}; thin grey: mean of the first policy run", words.subtitle), ..words }
    } else {
        words
    };
    let data = data(&lines);
    layout::compose(words, data, 330.0, |canvas, body| paint(canvas, body, &lines))
}

fn caption(arms: &[Arm]) -> String {
    let each: Vec<String> =
        arms.iter().map(|a| format!("{}: {}", a.label, number::counted(a.replications, "replication"))).collect();
    format!("{}. Bands show how single runs differ, not how well the mean is known.", each.join("; "))
}

fn alt(lines: &[Line], measure: &Measure) -> String {
    let ends: Vec<String> = lines
        .iter()
        .filter_map(|l| {
            let (first, last) = (l.means.first()?, l.means.last()?);
            let n = number::together(&[first.1, last.1]);
            Some(format!("{}: mean {} in the first month, {} in the last", l.arm.label, n[0], n[1]))
        })
        .collect();
    format!("{} by month. {}.", measure.heading(), ends.join(". "))
}

/// Sums over months; as it is where a month lacks a replication, since then nothing says which one.
fn summed(months: &mut Months) {
    let alike = months.values.windows(2).all(|pair| pair[0].len() == pair[1].len());
    let mut sums = vec![0.0; months.values.first().map_or(0, Vec::len)];
    for values in months.values.iter_mut().filter(|_| alike) {
        sums.iter_mut().zip(values.iter()).for_each(|(sum, value)| *sum += value);
        values.clone_from(&sums);
    }
}

fn lines<'a>(
    monthly: &Table,
    chart: &str,
    measure: &Measure,
    arms: &'a [Arm],
    course: Course,
) -> Result<Vec<Line<'a>>, ChartError> {
    if monthly.rows() == 0 {
        return Ok(Vec::new());
    }
    let groups = rows::by_text(rows::column(monthly, chart, "arm")?);
    arms.iter()
        .zip(legend::colours(arms))
        .map(|(arm, colour)| {
            let of_arm = groups.get(&arm.name).map_or(&[][..], Vec::as_slice);
            let mut months = rows::months(monthly, chart, &measure.column, of_arm)?;
            if course == Course::Cumulative {
                summed(&mut months);
            }
            let found = timeline::quantiles(&months);
            let means = months.values.iter().enumerate().filter_map(|(i, v)| Some((i, stats::mean(v)?))).collect();
            Ok(Line { arm, months, found, means, colour })
        })
        .collect()
}

fn data(lines: &[Line]) -> Table {
    let cells = || lines.iter().flat_map(|l| l.found.iter().map(move |(i, q)| (l, *i, q)));
    let mut table = Table::new();
    let mean = |l: &Line, month: usize| l.means.iter().find(|(i, _)| *i == month).map(|m| m.1);
    table.push("arm", Column::Text(cells().map(|(l, ..)| l.arm.name.clone()).collect()));
    table.push("month_start", Column::Text(cells().map(|(l, i, _)| l.months.starts[i].clone()).collect()));
    table.push("mean", Column::Number(cells().map(|(l, i, _)| mean(l, i)).collect()));
    for (slot, name) in ["q05", "q25", "median", "q75", "q95"].into_iter().enumerate() {
        table.push(name, Column::Number(cells().map(|(_, _, q)| Some(q[slot])).collect()));
    }
    table
}

fn paint(canvas: &Canvas, body: Area, lines: &[Line]) -> Result<(), ChartError> {
    let values = || lines.iter().flat_map(|l| l.found.iter().flat_map(|(_, q)| *q).chain(l.means.iter().map(|m| m.1)));
    let scale = Scale::round(values().chain([0.0]), 5.0);
    let axis = layout::widest(scale.ticks().iter().map(|(_, t)| t.as_str()), theme::SMALL) + 12.0;
    let gap = 40.0;
    let width = (body.w - axis - gap * lines.len() as f64) / lines.len() as f64;
    let headings: Vec<Vec<String>> =
        lines.iter().map(|l| label::wrap_to(&l.arm.label, theme::HEADING, width, 2)).collect();
    let most = headings.iter().map(Vec::len).max().unwrap_or(1) as f64;
    let top = most * theme::HEADING.leading() + 10.0;
    let starts = lines.iter().map(|l| &l.months.starts).max_by_key(|s| s.len()).map_or(&[][..], Vec::as_slice);
    for (k, line) in lines.iter().enumerate() {
        let x = body.x + axis + k as f64 * (width + gap);
        let plot = Area { x, y: body.y + top, w: width, h: body.h - top - 24.0 };
        let y = scale.clone().onto(plot.bottom(), plot.y);
        canvas.lines((x, body.y + 7.0), &headings[k], theme::HEADING, theme::INK, Align::Left)?;
        if k == 0 {
            layout::level_lines(canvas, plot, &y)?;
        } else {
            layout::bare_level_lines(canvas, plot, &y)?;
        }
        panel(canvas, plot, line, lines.first().filter(|_| k > 0), (starts, &y))?;
    }
    Ok(())
}

/// One arm's bands and lines, and the first arm's mean for comparison.
fn panel(
    canvas: &Canvas,
    plot: Area,
    line: &Line,
    first: Option<&Line>,
    (starts, y): (&[String], &Scale),
) -> Result<(), ChartError> {
    let course = |means: &[(usize, f64)]| -> Vec<(f64, f64)> {
        means.iter().map(|&(i, m)| (timeline::month_x(plot, starts.len(), i), y.at(m))).collect()
    };
    timeline::date_axis(canvas, plot, starts)?;
    let steps = timeline::small_counts(&line.found);
    timeline::bands(canvas, plot, starts.len(), &line.found, |v| y.at(v), (line.colour, Bands::Both), steps)?;
    let medians: Vec<(usize, f64)> = line.found.iter().map(|(i, q)| (*i, q[2])).collect();
    let medians = if steps { timeline::stepped(&course(&medians)) } else { course(&medians) };
    for pair in medians.windows(2) {
        canvas.dashes(pair[0], pair[1], line.colour)?;
    }
    let mut texts = vec![(line.arm.label.as_str(), line.found.as_slice())];
    if let Some(first) = first {
        canvas.path(&course(&first.means), first.colour, 1.2)?;
        texts.insert(0, (first.arm.label.as_str(), first.found.as_slice()));
    }
    let own = course(&line.means);
    if let [only] = own.as_slice() {
        canvas.dot(*only, 3.5, line.colour, true)?;
    }
    canvas.path(&own, line.colour, 2.2)?;
    timeline::hovers(canvas, plot, starts, &texts);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cumulative_course_sums_each_replication_by_itself() {
        let mut table = Table::new();
        let texts = |of: [&str; 6]| Column::Text(of.map(String::from).to_vec());
        table.push("arm", texts([BASELINE; 6]));
        table.push("month", Column::Integer([0, 1, 2, 0, 1, 2].map(Some).to_vec()));
        table.push(
            "month_start",
            texts(["2015-01-01", "2015-02-01", "2015-03-01", "2015-01-01", "2015-02-01", "2015-03-01"]),
        );
        table.push("attacks_completed", Column::Integer([1, 0, 2, 0, 0, 1].map(Some).to_vec()));
        let arms = [Arm { name: BASELINE.into(), label: "Baseline".into(), replications: 2 }];
        let chart = cumulative(&table, &Measure::of("attacks_completed"), &arms).unwrap();
        let column =
            |name: &str| (0..3).map(|row| chart.data.column(name).unwrap().number(row).unwrap()).collect::<Vec<_>>();
        // One replication has 1, 1, 3, the other 0, 0, 1.
        assert_eq!(column("mean"), [0.5, 0.5, 2.0]);
        assert!(column("q95").windows(2).all(|pair| pair[0] <= pair[1]), "{:?}", column("q95"));
        assert_eq!(chart.name, "cumulative_attacks_completed");
        let each = fan(&table, &Measure::of("attacks_completed"), &arms).unwrap();
        assert_eq!(each.data.column("mean").unwrap().number(2), Some(1.5));
    }
}
