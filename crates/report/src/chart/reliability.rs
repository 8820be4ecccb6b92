//! Reliability of belief: of the files believed at a chance, the share that is of somebody who plots.

use super::canvas::{Align, Area, Canvas};
use super::layout::{self, Words};
use super::scale::Scale;
use super::{Chart, ChartError, number, rows, theme};
use forestall_model::Table;

const NAME: &str = "reliability";
const TITLE: &str = "What services believe, and how often it is true";
const HEIGHT: f64 = 400.0;
/// Powers of ten that are shown whatever there is, and at most.
const POWERS: [f64; 2] = [-2.0, -7.0];

/// One bin of believed chances.
struct Bin {
    files: f64,
    believed: f64,
    share: f64,
    interval: [f64; 2],
}

/// Files open at the end of the baseline by believed chance (columns `files, believed, share, low, high`).
///
/// # Errors
/// [`ChartError::MissingColumn`] where the table has rows but not these columns.
pub fn reliability(table: &Table) -> Result<Chart, ChartError> {
    if table.rows() == 0 {
        return layout::no_data(NAME, TITLE, "no file was open at the end");
    }
    let get = |name: &str| rows::column(table, NAME, name);
    let (files, believed, share) = (get("files")?, get("believed")?, get("share")?);
    let (low, high) = (get("low")?, get("high")?);
    let one = |row: usize| {
        let at = |column| rows::finite(column, row);
        Some(Bin { files: at(files)?, believed: at(believed)?, share: at(share)?, interval: [at(low)?, at(high)?] })
    };
    let bins: Vec<Bin> = (0..table.rows()).filter_map(one).collect();
    let told = bins.iter().filter(|b| b.interval[0] > b.believed || b.interval[1] < b.believed).count();
    let said = |b: &Bin| {
        let files = number::short(b.files);
        format!("believed at {}: {} of {files} files", chance(b.believed), chance(b.share))
    };
    let words = Words {
        name: NAME.to_owned(),
        title: TITLE.to_owned(),
        subtitle: "Baseline, files open at the end of each replication; on the dashed line belief is right".to_owned(),
        caption: format!(
            "Both axes by powers of ten. Circle: share of the files of people in a plot, larger where there are more \
             files; line: its 95 % interval, as if files were independent; open circle at the foot: none plots. {told} of \
             {} away from what is believed. Above the dashed line services believe too little, below it too much: they \
             do not know the rates of their world.",
            number::counted(bins.len(), "bin")
        ),
        alt: bins.iter().map(said).collect::<Vec<_>>().join("; "),
    };
    layout::compose(words, table.clone(), HEIGHT, |canvas, body| paint(canvas, body, &bins))
}

/// A chance with two digits that matter.
fn chance(value: f64) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    let digits = (1.0 - value.log10().floor()).clamp(2.0, 7.0) as usize;
    number::fixed(value, digits)
}

fn paint(canvas: &Canvas, body: Area, bins: &[Bin]) -> Result<(), ChartError> {
    let shown = bins.iter().flat_map(|b| [b.believed, b.share, b.interval[0]]).filter(|value| *value > 0.0);
    let least = shown.map(|value| value.log10().floor()).fold(POWERS[0], f64::min).max(POWERS[1]);
    let power = |value: f64| value.max(f64::MIN_POSITIVE).log10().clamp(least, 0.0);
    let ticks = || (least as i32..=0).map(f64::from);
    let name = |tick: f64| number::fixed(10_f64.powf(tick), (-tick) as usize);
    let names: Vec<String> = ticks().map(name).collect();
    let axis = layout::widest(names.iter().map(String::as_str), theme::SMALL);
    let plot = body.inset(axis + 14.0, 24.0, 24.0, layout::FOOT);
    let x = Scale::exact(least, 0.0, 5.0).onto(plot.x, plot.right());
    let y = Scale::exact(least, 0.0, 5.0).onto(plot.bottom(), plot.y);
    canvas.text(
        (body.x, body.y + 7.0),
        "Share of the files of people in a plot",
        theme::SMALL,
        theme::INK,
        Align::Left,
    )?;
    for tick in ticks() {
        canvas.line((plot.x, y.at(tick)), (plot.right(), y.at(tick)), theme::GRID, 1.0)?;
        canvas.text((plot.x - 8.0, y.at(tick)), &name(tick), theme::SMALL, theme::MUTED, Align::Right)?;
        canvas.line((x.at(tick), plot.bottom()), (x.at(tick), plot.bottom() + 4.0), theme::AXIS, 1.0)?;
        canvas.text((x.at(tick), plot.bottom() + 13.0), &name(tick), theme::SMALL, theme::MUTED, Align::Centre)?;
    }
    canvas.line((plot.x, plot.bottom()), (plot.right(), plot.bottom()), theme::AXIS, 1.0)?;
    let foot = (plot.x + plot.w / 2.0, plot.bottom() + 31.0);
    canvas.text(foot, "Believed chance that the person plots", theme::SMALL, theme::INK, Align::Centre)?;
    canvas.dashes((plot.x, plot.bottom()), (plot.right(), plot.y), theme::INK)?;
    for bin in bins {
        let at = x.at(power(bin.believed));
        let ends = bin.interval.map(|value| y.at(power(value)));
        canvas.line((at, ends[0]), (at, ends[1]), theme::BLUE, 2.0)?;
        let radius = 3.0 + bin.files.max(1.0).log10();
        canvas.dot((at, y.at(power(bin.share))), radius, theme::BLUE, bin.share > 0.0)?;
        let words = format!(
            "{} files believed at {}: {} plot ({} to {})",
            number::short(bin.files),
            chance(bin.believed),
            chance(bin.share),
            chance(bin.interval[0]),
            chance(bin.interval[1])
        );
        canvas.hover(Area { x: at - 8.0, y: plot.y, w: 16.0, h: plot.h }, words);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use forestall_model::Column;

    #[test]
    fn bins_are_shown_and_those_away_from_belief_are_counted() {
        let mut table = Table::new();
        let numbers = |of: [f64; 3]| Column::Number(of.map(Some).to_vec());
        table.push("files", numbers([5000.0, 400.0, 30.0]));
        table.push("believed", numbers([0.0005, 0.02, 0.4]));
        table.push("share", numbers([0.0, 0.021, 0.9]));
        table.push("low", numbers([0.0, 0.01, 0.7]));
        table.push("high", numbers([0.0007, 0.04, 0.98]));
        let chart = reliability(&table).unwrap();
        assert!(chart.caption.contains("1 of 3 bins away"), "{}", chart.caption);
        assert!(chart.alt.contains("believed at 0.020: 0.021 of 400 files"), "{}", chart.alt);
        assert!(reliability(&Table::new()).unwrap().caption.contains("No data"));
    }
}
