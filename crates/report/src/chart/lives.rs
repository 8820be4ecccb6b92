//! How plots end by their age: of all that begin, the shares foiled, launched, dissolved and still in progress.

use plotters::style::RGBColor;

use super::canvas::{Align, Area, Canvas};
use super::layout::{self, Words};
use super::scale::Scale;
use super::{Chart, ChartError, font, number, rows, theme};
use forestall_model::Table;

const NAME: &str = "plot_lives";
const TITLE: &str = "How plots end, by their age";
const HEIGHT: f64 = 360.0;
/// Days of a month on the axis.
const MONTH: f64 = 30.4375;

/// Column, words and colour of each layer, from the foot up.
const LAYERS: [(&str, &str, RGBColor); 4] = [
    ("launched", "launched", theme::VERMILION),
    ("foiled", "foiled", theme::BLUE),
    ("dissolved", "dissolved", theme::SKY),
    ("in_progress", "in progress", theme::PALE),
];

/// One age: months, and the share of each layer.
struct Age {
    months: f64,
    shares: [f64; 4],
    at_risk: f64,
}

/// The layers by age in one arm, from a table of lives by arm and age.
///
/// # Errors
/// [`ChartError::MissingColumn`] where the table has rows but not what is drawn.
pub fn plot_lives(lives: &Table, arm: &str) -> Result<Chart, ChartError> {
    let ages = read(lives, arm)?;
    if ages.len() < 2 {
        return layout::no_data(NAME, TITLE, "too few plots were followed to tell how they end");
    }
    let last = &ages[ages.len() - 1];
    let half = ages.iter().find(|age| age.shares[3] <= 0.5);
    let median = half.map_or("more than half are in progress at the last age".to_owned(), |age| {
        format!("half have ended after {} months", number::short(age.months))
    });
    let parts = LAYERS.iter().zip(last.shares).map(|(layer, share)| format!("{} {}", layer.1, percent(share)));
    let words = Words {
        name: NAME.into(),
        title: TITLE.into(),
        subtitle: format!("Baseline, of all plots that begin, sting cases apart; {median}"),
        caption: "Cumulative incidences under competing risks (Aalen and Johansen), all replications pooled: plots in \
                  progress at the end as censored, those begun before the first day as late entries. Ends where fewer than \
                  20 are followed."
            .into(),
        alt: format!(
            "{TITLE}: {median}; after {} months {}.",
            number::short(last.months),
            parts.collect::<Vec<_>>().join(", ")
        ),
    };
    layout::compose(words, data(&ages), HEIGHT, |canvas, body| paint(canvas, body, &ages))
}

fn percent(share: f64) -> String {
    format!("{:.0} %", 100.0 * share)
}

fn read(table: &Table, arm: &str) -> Result<Vec<Age>, ChartError> {
    if table.rows() == 0 {
        return Ok(Vec::new());
    }
    let get = |name: &str| rows::column(table, NAME, name);
    let (arms, days, risk) = (get("arm")?, get("age_days")?, get("at_risk")?);
    let mut layers = Vec::new();
    for (name, ..) in LAYERS {
        layers.push(get(name)?);
    }
    let one = |row: usize| {
        let mut shares = [0.0; 4];
        for (share, column) in shares.iter_mut().zip(&layers) {
            *share = rows::finite(column, row)?;
        }
        Some(Age { months: rows::finite(days, row)? / MONTH, shares, at_risk: rows::finite(risk, row)? })
    };
    Ok((0..table.rows()).filter(|&row| arms.text(row) == arm).filter_map(one).collect())
}

fn data(ages: &[Age]) -> Table {
    use forestall_model::Column;
    let column = |f: &dyn Fn(&Age) -> f64| Column::Number(ages.iter().map(|age| Some(f(age))).collect());
    let mut table = Table::new();
    table.push("age_months", column(&|age| age.months));
    table.push("at_risk", column(&|age| age.at_risk));
    for (place, (name, ..)) in LAYERS.iter().enumerate() {
        table.push(*name, column(&|age| age.shares[place]));
    }
    table
}

fn paint(canvas: &Canvas, body: Area, ages: &[Age]) -> Result<(), ChartError> {
    let last = &ages[ages.len() - 1];
    let labels: Vec<String> =
        LAYERS.iter().zip(last.shares).map(|(layer, share)| format!("{} {}", layer.1, percent(share))).collect();
    let side = layout::widest(labels.iter().map(String::as_str), theme::LABEL) + 14.0;
    let axis = font::width("100 %", theme::SMALL) + 14.0;
    let plot = body.inset(axis, 22.0, side, layout::FOOT);
    canvas.text((body.x, body.y + 6.0), "Share of all plots that begin", theme::SMALL, theme::INK, Align::Left)?;
    let x = Scale::exact(0.0, last.months, 8.0).onto(plot.x, plot.right());
    let y = Scale::exact(0.0, 1.0, 4.0).onto(plot.bottom(), plot.y);
    let mut foot: Vec<f64> = vec![0.0; ages.len()];
    let mut middles = Vec::new();
    for (place, (_, _, colour)) in LAYERS.iter().enumerate() {
        let top: Vec<f64> = ages.iter().zip(&foot).map(|(age, below)| below + age.shares[place]).collect();
        let at = |age: &Age, share: f64| (x.at(age.months), y.at(share.min(1.0)));
        let upper = ages.iter().zip(&top).map(|(age, share)| at(age, *share));
        let lower = ages.iter().zip(&foot).rev().map(|(age, share)| at(age, *share));
        canvas.shape(&upper.chain(lower).collect::<Vec<_>>(), *colour, 1.0)?;
        middles.push(y.at(0.5 * (foot[foot.len() - 1] + top[top.len() - 1])));
        foot = top;
    }
    for share in [0.25, 0.5, 0.75, 1.0] {
        canvas.line((plot.x, y.at(share)), (plot.right(), y.at(share)), theme::GRID, 0.6)?;
    }
    for share in [0.0, 0.25, 0.5, 0.75, 1.0] {
        canvas.text((plot.x - 8.0, y.at(share)), &percent(share), theme::SMALL, theme::MUTED, Align::Right)?;
    }
    // Labels at the right edge stand beside their layer, moved apart where layers are thin.
    let leading = theme::LABEL.leading();
    let lowest = plot.bottom() - 0.5 * leading;
    let mut below = lowest + leading;
    for (place, label) in labels.iter().enumerate() {
        let at = middles[place].min(below - leading).max(plot.y + (3 - place) as f64 * leading);
        canvas.text((plot.right() + 8.0, at), label, theme::LABEL, theme::INK, Align::Left)?;
        below = at;
    }
    for pair in ages.windows(2) {
        let (age, next) = (&pair[0], &pair[1]);
        let parts = LAYERS.iter().zip(age.shares).map(|(layer, share)| format!("{} {}", layer.1, percent(share)));
        let words = format!(
            "{} months, {} plots followed: {}",
            number::short(age.months),
            number::short(age.at_risk),
            parts.collect::<Vec<_>>().join(", ")
        );
        let (from, to) = (x.at(age.months), x.at(next.months));
        canvas.hover(Area { x: from, y: plot.y, w: to - from, h: plot.h }, words);
    }
    layout::foot_axis(canvas, plot, &x, "Age of the plot, months")
}

#[cfg(test)]
mod tests {
    use super::*;
    use forestall_model::Column;

    /// Ten-day steps of an exponential life in which two of three plots are foiled.
    pub(crate) fn lives(arm: &str, rows: usize) -> Table {
        let ages: Vec<f64> = (0..rows).map(|i| 10.0 * i as f64).collect();
        let ended = |age: f64| 1.0 - (-age / 70.0).exp();
        let column = |f: &dyn Fn(f64) -> f64| Column::Number(ages.iter().map(|age| Some(f(*age))).collect());
        let mut table = Table::new();
        table.push("arm", Column::Text(vec![arm.to_owned(); rows]));
        table.push("age_days", column(&|age| age));
        table.push("at_risk", column(&|age| 1000.0 * (1.0 - ended(age))));
        table.push("in_progress", column(&|age| 1.0 - ended(age)));
        table.push("foiled", column(&|age| 2.0 / 3.0 * ended(age)));
        table.push("launched", column(&|age| ended(age) / 3.0));
        table.push("dissolved", column(&|_| 0.0));
        table
    }

    #[test]
    fn shares_at_the_last_age_and_the_median_are_told() {
        let chart = plot_lives(&lives("baseline", 30), "baseline").unwrap();
        // exp(−50/70) is the first below a half: 50 days are 1.6 months.
        assert!(chart.alt.contains("half have ended after 1.6"), "{}", chart.alt);
        assert!(chart.alt.contains("foiled 66 %") && chart.alt.contains("dissolved 0 %"), "{}", chart.alt);
        let short = plot_lives(&lives("baseline", 3), "baseline").unwrap();
        assert!(short.alt.contains("more than half are in progress"), "{}", short.alt);
        for (table, arm) in [(Table::new(), "baseline"), (lives("baseline", 1), "baseline"), (lives("a", 9), "b")] {
            assert!(plot_lives(&table, arm).unwrap().caption.contains("No data"));
        }
    }
}
