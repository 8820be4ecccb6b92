//! Countries as tiles that lie roughly as on a map: attacks by residents and year, and what a policy prevents of them.

use plotters::style::RGBColor;

use super::canvas::{Align, Area, Canvas};
use super::layout::{self, Words};
use super::tiles::Tiles;
use super::{Chart, ChartError, label, number, rows, theme};
use forestall_model::Table;

const NAME: &str = "country_grid";
const TITLE: &str = "Attacks by country for its residents";
/// Space between two panels, and between two tiles.
const BETWEEN: f64 = 40.0;
const GAP: f64 = 2.0;
/// Widest and lowest tile.
const WIDEST: f64 = 70.0;
const LOWEST: f64 = 40.0;
/// Space above the tiles for one line of heading, and below for the colour scale.
const HEAD: f64 = 10.0;
const SCALE: f64 = 66.0;
/// Numbers of residents that rates are given for; the first with which the greatest rate is 1 or more.
const PER: [(&str, f64); 7] = [
    ("million", 1.0),
    ("10 million", 1e1),
    ("100 million", 1e2),
    ("billion", 1e3),
    ("10 billion", 1e4),
    ("100 billion", 1e5),
    ("trillion", 1e6),
];

/// A rate with its interval.
#[derive(Clone, Copy, Default)]
struct Rate {
    value: Option<f64>,
    interval: Option<(f64, f64)>,
}

struct Country {
    code: String,
    name: String,
    rates: [Rate; 2],
}

/// What one grid of tiles shows.
struct Panel {
    heading: Vec<String>,
    unit: String,
    /// The rates, one a country.
    rates: Vec<Rate>,
    /// What is written in the tiles.
    texts: Vec<String>,
    /// The size that has the darkest colour.
    most: f64,
}

/// Rates by country from a table with `country`, `name`, `rate` and `prevented`, both per million residents and year,
/// with `_low` and `_high`; `policy` is the label of the policy that prevents, `sample` what all rests on.
///
/// # Errors
/// [`ChartError::MissingColumn`] where the table has rows but not these columns.
pub fn country_grid(rates: &Table, policy: Option<&str>, sample: &str) -> Result<Chart, ChartError> {
    let countries = read(rates)?;
    if countries.iter().all(|c| c.rates[0].value.is_none()) {
        return layout::no_data(NAME, TITLE, "no country has residents and results");
    }
    let sheet = Sheet::of(countries, policy);
    let star = if policy.is_some() { " *: the 95 % interval of what is prevented leaves 0 aside." } else { "" };
    let partners = sheet.countries.iter().any(|c| c.rates[0].value.is_none());
    let partners = if partners { " A dash: no plots by construction (a transit partner)." } else { "" };
    let words = Words {
        name: NAME.into(),
        title: TITLE.into(),
        subtitle: "One tile a country, placed roughly as on a map where its code is known; darker is more".into(),
        caption: format!("{sample}{star}{partners} Rates of small countries rest on few attacks."),
        alt: sheet.alt(),
    };
    let height = sheet.height();
    layout::compose(words, rates.clone(), height, |canvas, body| sheet.paint(canvas, body))
}

fn read(table: &Table) -> Result<Vec<Country>, ChartError> {
    if table.rows() == 0 {
        return Ok(Vec::new());
    }
    let get = |name: &str| rows::column(table, NAME, name);
    let (code, name) = (get("country")?, get("name")?);
    let rate = |name: &str| -> Result<Vec<Rate>, ChartError> {
        let (value, low, high) = (get(name)?, get(&format!("{name}_low"))?, get(&format!("{name}_high"))?);
        let one = |row: usize| Rate {
            value: rows::finite(value, row),
            interval: rows::finite(low, row).zip(rows::finite(high, row)),
        };
        Ok((0..table.rows()).map(one).collect())
    };
    let (base, prevented) = (rate("rate")?, rate("prevented")?);
    let one = |row: usize| Country { code: code.text(row), name: name.text(row), rates: [base[row], prevented[row]] };
    Ok((0..table.rows()).map(one).collect())
}

struct Sheet {
    countries: Vec<Country>,
    tiles: Tiles,
    panels: Vec<Panel>,
    /// Whether panels stand beside each other.
    beside: bool,
    tile: (f64, f64),
}

const INNER: f64 = theme::WIDTH - 2.0 * theme::MARGIN;

impl Sheet {
    fn of(countries: Vec<Country>, policy: Option<&str>) -> Self {
        let codes: Vec<String> = countries.iter().map(|c| c.code.clone()).collect();
        let tiles = Tiles::of(&codes);
        let greatest = countries.iter().filter_map(|c| c.rates[0].value).fold(0.0, f64::max);
        let (people, times) = PER.into_iter().find(|p| greatest * p.1 >= 1.0).unwrap_or(if greatest > 0.0 {
            PER[PER.len() - 1]
        } else {
            PER[0]
        });
        let of = |k: usize| -> Vec<Rate> {
            let scaled = |r: Rate| Rate {
                value: r.value.map(|v| v * times),
                interval: r.interval.map(|(a, b)| (a * times, b * times)),
            };
            countries.iter().map(|c| scaled(c.rates[k])).collect()
        };
        let unit = |what: &str| format!("{what} per {people} residents a year");
        let mut panels = vec![Panel::of("Attacks carried out, baseline", unit("Attacks"), of(0), false)];
        if let Some(policy) = policy {
            panels.push(Panel::of(&format!("Prevented by: {policy}"), unit("Attacks prevented"), of(1), true));
        }
        let texts = panels.iter().flat_map(|p| &p.texts).chain(&codes).map(String::as_str);
        let widest = layout::widest(texts, theme::SMALL) * 1.05 + 3.0;
        let wide = |panels: f64| {
            let room = (INNER - BETWEEN * (panels - 1.0)) / panels;
            (room / tiles.columns as f64).min(WIDEST)
        };
        let count = panels.len() as f64;
        let beside = wide(count) - GAP >= widest;
        let width = wide(if beside { count } else { 1.0 });
        Self { countries, tiles, panels, beside, tile: (width, (width * 0.72).max(LOWEST)) }
    }

    /// Height of the headings, which stand beside each other at one height.
    fn head(&self) -> f64 {
        let lines = self.panels.iter().map(|p| p.heading.len()).max().unwrap_or(1);
        HEAD + lines as f64 * theme::HEADING.leading()
    }

    fn panel_height(&self) -> f64 {
        self.head() + self.tiles.rows as f64 * self.tile.1 + SCALE
    }

    fn height(&self) -> f64 {
        self.panel_height() * if self.beside { 1.0 } else { self.panels.len() as f64 }
    }

    fn alt(&self) -> String {
        let panel = |p: &Panel| {
            let one = |(c, text): (&Country, &String)| format!("{} {text}", c.code);
            let all: Vec<String> = self.countries.iter().zip(&p.texts).map(one).collect();
            format!("{} ({}): {}.", p.heading.join(" "), p.unit, all.join(", "))
        };
        self.panels.iter().map(panel).collect::<Vec<_>>().join(" ")
    }

    fn paint(&self, canvas: &Canvas, body: Area) -> Result<(), ChartError> {
        let step = if self.beside { (INNER + BETWEEN) / self.panels.len() as f64 } else { 0.0 };
        let down = if self.beside { 0.0 } else { self.panel_height() };
        for (k, panel) in self.panels.iter().enumerate() {
            let (x, y) = (body.x + k as f64 * step, body.y + k as f64 * down);
            let first = (x, y + theme::HEADING.leading() / 2.0);
            canvas.lines(first, &panel.heading, theme::HEADING, theme::INK, Align::Left)?;
            let top = y + self.head();
            for (i, (column, row)) in self.tiles.places.iter().enumerate() {
                let place = Area {
                    x: x + *column as f64 * self.tile.0,
                    y: top + *row as f64 * self.tile.1,
                    w: self.tile.0 - GAP,
                    h: self.tile.1 - GAP,
                };
                self.tile(canvas, place, panel, i)?;
            }
            panel.scale(canvas, (x, top + self.tiles.rows as f64 * self.tile.1 + 8.0))?;
        }
        Ok(())
    }

    fn tile(&self, canvas: &Canvas, place: Area, panel: &Panel, i: usize) -> Result<(), ChartError> {
        let country = &self.countries[i];
        let fill = panel.rates[i].value.map(|value| shade(panel.part(value)));
        if let Some(colour) = fill {
            canvas.bar(place, colour, 1.0)?;
        }
        outline(canvas, place)?;
        let ink = fill.map_or(theme::MUTED, ink_on);
        let middle = (place.x + place.w / 2.0, place.y + place.h / 2.0);
        let code = label::wrap_to(&country.code, theme::HEADING, place.w - 6.0, 1).concat();
        let text = label::wrap_to(&panel.texts[i], theme::SMALL, place.w - 2.0, 1).concat();
        canvas.text((middle.0, middle.1 - 7.5), &code, theme::HEADING, ink, Align::Centre)?;
        canvas.text((middle.0, middle.1 + 7.5), &text, theme::SMALL, ink, Align::Centre)?;
        canvas.hover(place, format!("{} ({}): {} {}", country.name, country.code, panel.told(i), panel.unit));
        Ok(())
    }
}

impl Panel {
    fn of(heading: &str, unit: String, rates: Vec<Rate>, signed: bool) -> Self {
        let known: Vec<f64> = rates.iter().filter_map(|r| r.value).collect();
        let mut written = written(&known).into_iter();
        let mut text = |rate: &Rate| {
            let Some(text) = rate.value.and_then(|_| written.next()) else { return "–".to_owned() };
            let sure = signed && rate.interval.is_some_and(|(a, b)| a > 0.0 || b < 0.0);
            if sure { format!("{text}*") } else { text }
        };
        let texts = rates.iter().map(&mut text).collect();
        let most = known.iter().fold(0.0, |m: f64, v| m.max(v.abs()));
        let room = (INNER - BETWEEN) / 2.0;
        Self { heading: label::wrap_to(heading, theme::HEADING, room, 2), unit, rates, texts, most }
    }

    /// −1 to 1: where a value lies between nothing and the most.
    fn part(&self, value: f64) -> f64 {
        if self.most > 0.0 { value / self.most } else { 0.0 }
    }

    /// "0.3 [0.1, 0.5]"
    fn told(&self, i: usize) -> String {
        let rate = self.rates[i];
        super::Mark { value: rate.value, interval: rate.interval }.words()
    }

    /// The colours with their numbers and the unit.
    fn scale(&self, canvas: &Canvas, (x, y): (f64, f64)) -> Result<(), ChartError> {
        let (steps, wide) = (48, 168.0);
        let from = if self.rates.iter().any(|r| r.value.is_some_and(|v| v < 0.0)) { -1.0 } else { 0.0 };
        for k in 0..steps {
            let part = from + (1.0 - from) * f64::from(k) / f64::from(steps - 1);
            let left = x + f64::from(k) * wide / f64::from(steps);
            canvas.bar(Area { x: left, y, w: wide / f64::from(steps) + 0.3, h: 11.0 }, shade(part), 1.0)?;
        }
        outline(canvas, Area { x, y, w: wide, h: 11.0 })?;
        let ends = number::together(&[from * self.most, self.most]);
        canvas.text((x, y + 20.0), &ends[0], theme::SMALL, theme::MUTED, Align::Left)?;
        if self.most > 0.0 {
            canvas.text((x + wide, y + 20.0), &ends[1], theme::SMALL, theme::MUTED, Align::Right)?;
        }
        canvas.text((x, y + 36.0), &self.unit, theme::SMALL, theme::INK, Align::Left)
    }
}

/// Rates below 10 with two digits behind the point, so that small ones can be told from none.
fn written(rates: &[f64]) -> Vec<String> {
    let most = rates.iter().fold(0.0, |m: f64, v| m.max(v.abs()));
    if !(1.0..10.0).contains(&most) {
        return number::together(rates);
    }
    rates.iter().map(|v| if *v == 0.0 { "0".to_owned() } else { number::fixed(*v, 2) }).collect()
}

fn outline(canvas: &Canvas, place: Area) -> Result<(), ChartError> {
    let (left, top, right, foot) = (place.x, place.y, place.right(), place.bottom());
    canvas.path(&[(left, top), (right, top), (right, foot), (left, foot), (left, top)], theme::PALE, 0.8)
}

/// Nearly white for nothing, dark blue for the most, dark orange for the most below nothing; lightness falls evenly.
fn shade(part: f64) -> RGBColor {
    let dark = if part < 0.0 { (130.0, 48.0, 0.0) } else { (8.0, 48.0, 107.0) };
    let share = part.abs().clamp(0.0, 1.0);
    let mix = |from: f64, to: f64| (from + (to - from) * share).round() as u8;
    RGBColor(mix(246.0, dark.0), mix(248.0, dark.1), mix(250.0, dark.2))
}

/// The ink that is read best on a colour.
fn ink_on(colour: RGBColor) -> RGBColor {
    if contrast(colour, theme::PAPER) > contrast(colour, theme::INK) { theme::PAPER } else { theme::INK }
}

/// The ratio of contrast that WCAG 2 defines, with its curve taken as a square.
fn contrast(a: RGBColor, b: RGBColor) -> f64 {
    let part = |c: u8| (f64::from(c) / 255.0).powi(2);
    let light = |c: RGBColor| 0.2126 * part(c.0) + 0.7152 * part(c.1) + 0.0722 * part(c.2) + 0.05;
    let (a, b) = (light(a), light(b));
    a.max(b) / a.min(b)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::example;

    #[test]
    fn tiles_have_code_and_value_and_say_what_is_not_sure() {
        let table = example::country_rates(&["FR", "DE", "TR"], 0.01);
        let chart = country_grid(&table, Some("Analysts ×2"), "40 replications.").unwrap();
        // 0.01 a million is 1 for 100 million.
        assert!(chart.svg.contains("Attacks per 100 million residents a year"), "{}", chart.svg);
        assert!(chart.svg.contains(">FR<") && chart.svg.contains("Prevented by: Analysts ×2"), "{}", chart.svg);
        assert!(
            chart.alt.contains("TR –") && chart.alt.contains("DE 0.50") && chart.caption.contains("A dash"),
            "{}",
            chart.alt
        );
        let alone = country_grid(&table, None, "").unwrap();
        assert!(!alone.svg.contains("Prevented") && !alone.caption.contains('*'));
        assert_eq!(alone.data.rows(), 3);
    }

    #[test]
    fn text_is_read_on_every_shade_and_shades_darken() {
        let light = |part: f64| contrast(shade(part), RGBColor(0, 0, 0));
        for k in -20..=20 {
            let part = f64::from(k) / 20.0;
            let colour = shade(part);
            assert!(contrast(colour, ink_on(colour)) >= 4.0, "{part}: {colour:?}");
            assert!(k == 20 || k < 0 || light(part) > light(part + 0.05), "{part}");
        }
    }
}
