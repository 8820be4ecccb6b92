//! Small multiples: how busy the services are over time, baseline band against each policy's median.

use super::canvas::{Align, Area, Canvas};
use super::layout::{self, Words};
use super::legend::{self, Legend};
use super::rows;
use super::scale::Scale;
use super::timeline::{self, Bands, MonthQuantiles};
use super::{Arm, BASELINE, Chart, ChartError, Measure, label, number, theme};
use forestall_model::{Column, Table};

const NAME: &str = "services_over_time";
const TITLE: &str = "How busy the services are";
/// The series shown, one panel each.
const SERIES: [&str; 6] = [
    "queue_length",
    "leads_stale",
    "surveillance_use_share",
    "surveillance_full_share",
    "subjects_open",
    "subjects_closed_for_capacity",
];
/// The columns of the monthly table that the chart reads.
pub const COLUMNS: [&str; 9] =
    ["arm", "month", "month_start", SERIES[0], SERIES[1], SERIES[2], SERIES[3], SERIES[4], SERIES[5]];
/// Height of one panel with its heading and axis.
const PANEL: f64 = 212.0;

/// One series in all arms.
struct Panel {
    measure: Measure,
    starts: Vec<String>,
    arms: Vec<Vec<MonthQuantiles>>,
}

/// Queue, stale leads, use of teams and time at full use, open subjects and those closed for want of staff, by month, from
/// the monthly table.
///
/// Series that the table does not have are left out.
///
/// # Errors
/// [`ChartError::MissingColumn`] where the table has rows but not `arm`, `month` or `month_start`.
pub fn services(monthly: &Table, arms: &[Arm]) -> Result<Chart, ChartError> {
    let panels = panels(monthly, arms)?;
    if panels.is_empty() {
        return layout::no_data(NAME, TITLE, "no month has a queue or surveillance series");
    }
    let legend = Legend::of(arms);
    let baseline = arms.iter().find(|a| a.name == BASELINE).map_or(0, |a| a.replications);
    let words = Words {
        name: NAME.into(),
        title: TITLE.into(),
        subtitle: "Lines: median of replications in each month; grey band: 90 % of the baseline’s replications".into(),
        caption: format!(
            "{}, {} of the baseline. Each panel has its own vertical axis. The band shows how single \
             runs differ, not how well the median is known.",
            number::counted(arms.len(), "arm"),
            number::counted(baseline, "replication"),
        ),
        alt: format!("{} panels of monthly series for {} policy runs.", panels.len(), arms.len()),
    };
    let legend_height = legend.height() + 10.0;
    let height = legend_height + panels.len().div_ceil(2) as f64 * PANEL;
    let data = data(&panels, arms);
    layout::compose(words, data, height, |canvas, body| {
        legend.draw(canvas, body)?;
        let gap = 30.0;
        let width = (body.w - gap) / 2.0;
        panels.iter().enumerate().try_for_each(|(i, panel)| {
            let x = body.x + (i % 2) as f64 * (width + gap);
            let y = body.y + legend_height + (i / 2) as f64 * PANEL;
            paint(canvas, Area { x, y, w: width, h: PANEL - 16.0 }, panel, arms)
        })
    })
}

fn panels(monthly: &Table, arms: &[Arm]) -> Result<Vec<Panel>, ChartError> {
    if monthly.rows() == 0 {
        return Ok(Vec::new());
    }
    let groups = rows::by_text(rows::column(monthly, NAME, "arm")?);
    let mut panels = Vec::new();
    for series in SERIES.into_iter().filter(|s| monthly.column(s).is_some()) {
        let mut panel = Panel { measure: Measure::of(series), starts: Vec::new(), arms: Vec::new() };
        for arm in arms {
            let of_arm = groups.get(&arm.name).map_or(&[][..], Vec::as_slice);
            let months = rows::months(monthly, NAME, series, of_arm)?;
            panel.arms.push(timeline::quantiles(&months));
            if months.starts.len() > panel.starts.len() {
                panel.starts = months.starts;
            }
        }
        if panel.arms.iter().any(|found| !found.is_empty()) {
            panels.push(panel);
        }
    }
    Ok(panels)
}

fn data(panels: &[Panel], arms: &[Arm]) -> Table {
    let cells = || {
        panels.iter().flat_map(move |p| {
            arms.iter().zip(&p.arms).flat_map(move |(arm, found)| found.iter().map(move |(i, q)| (p, arm, *i, q)))
        })
    };
    let mut table = Table::new();
    table.push("series", Column::Text(cells().map(|(p, ..)| p.measure.column.clone()).collect()));
    table.push("arm", Column::Text(cells().map(|(_, a, ..)| a.name.clone()).collect()));
    table.push("month_start", Column::Text(cells().map(|(p, _, i, _)| p.starts[i].clone()).collect()));
    for (slot, name) in [(0, "q05"), (2, "median"), (4, "q95")] {
        table.push(name, Column::Number(cells().map(|(.., q)| Some(q[slot])).collect()));
    }
    table
}

fn paint(canvas: &Canvas, place: Area, panel: &Panel, arms: &[Arm]) -> Result<(), ChartError> {
    let heading = label::wrap_to(&panel.measure.heading(), theme::HEADING, place.w, 1);
    canvas.lines((place.x, place.y + 7.0), &heading, theme::HEADING, theme::INK, Align::Left)?;
    let shown = |arm: &Arm, q: &[f64; 5]| if arm.name == BASELINE { vec![q[0], q[4]] } else { vec![q[2]] };
    let values = arms.iter().zip(&panel.arms).flat_map(|(a, f)| f.iter().flat_map(move |(_, q)| shown(a, q)));
    let scale = Scale::round(values.chain([0.0]), 4.0);
    let axis = layout::widest(scale.ticks().iter().map(|(_, t)| t.as_str()), theme::SMALL);
    let plot = place.inset(axis + 12.0, 24.0, 26.0, 24.0);
    let scale = scale.onto(plot.bottom(), plot.y);
    layout::level_lines(canvas, plot, &scale)?;
    timeline::date_axis(canvas, plot, &panel.starts)?;
    let colours = legend::colours(arms);
    for k in legend::drawing_order(arms) {
        let bands = if arms[k].name == BASELINE { Bands::Wide } else { Bands::None };
        let count = panel.starts.len();
        timeline::series(canvas, plot, count, &panel.arms[k], |v| scale.at(v), (colours[k], bands))?;
    }
    let texts: Vec<_> = arms.iter().zip(&panel.arms).map(|(a, f)| (a.label.as_str(), f.as_slice())).collect();
    timeline::hovers(canvas, plot, &panel.starts, &texts);
    Ok(())
}
