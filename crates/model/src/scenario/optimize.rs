//! `[optimize]`: levers, objectives and limits of an optimization, as texts with their places, and its dates.

use std::fmt::Write as _;

use jiff::civil::Date;
use toml::de::DeTable;

use super::diagnostic::Mark;
use super::reading::{Entry, Node, Reading, entries};
use super::stages::{Bounds, dates, ramp};
use super::write::{number, quoted};

/// Keys of the table.
pub(super) const KEYS: &[&str] =
    &["levers", "budget", "objectives", "constraints", "from", "until", "ramp_days", "ramp_step_days"];

/// A text with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The text.
    pub text: String,
    /// Where it stands.
    pub mark: Mark,
}

/// The table as written; what levers, objectives and constraints mean is read where they are used.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Optimize {
    /// `PATH=LOW..HIGH`, `PATH*=LOW..HIGH`, `PATH+=LOW..HIGH` or `PATH=a|b`.
    pub levers: Vec<Line>,
    /// Most money a year, in the unit of the outcome `cost`, above 0.
    pub budget: Option<f64>,
    /// Expressions over result columns, perhaps with `max:` in front.
    pub objectives: Vec<Line>,
    /// Expressions with a limit.
    pub constraints: Vec<Line>,
    /// First day in force of what the levers set; the scenario's start if not given.
    pub from: Option<Date>,
    /// Last day in force; to the end if not given.
    pub until: Option<Date>,
    /// Days until the full effect.
    pub ramp_days: u32,
    /// Days between the steps of the ramp, at least 1.
    pub ramp_step_days: u32,
}

/// Reads `[optimize]`; `None` without one.
pub(super) fn read(r: Reading<'_>, tree: &DeTable<'_>, bounds: Bounds) -> Option<Optimize> {
    let table = r.table(tree.get("optimize")?, "optimize")?;
    for entry in entries(table).iter().filter(|entry: &&Entry<'_, '_>| !KEYS.contains(&entry.key)) {
        r.unknown_key(entry, "[optimize]", KEYS);
    }
    let lines = |key: &str| -> Vec<Line> {
        let Some(node) = table.get(key) else { return Vec::new() };
        let items = r.list(node, key, "a list of texts in double quotes");
        let line = |item: &Node<'_>| r.text(item, key).map(|text| Line { text, mark: r.mark(&item.span()) });
        items.into_iter().filter_map(line).collect()
    };
    let budget = table.get("budget").and_then(|node: &Node<'_>| {
        let found = r.number(node, "budget")?;
        if found > 0.0 {
            return Some(found);
        }
        r.wrong(node, "budget", "a number above 0, in thousand euros a year");
        None
    });
    let when = dates(r, table);
    when.check(r, "[optimize]", bounds, false);
    let (ramp_days, ramp_step_days) = ramp(r, table)?;
    Some(Optimize {
        levers: lines("levers"),
        budget,
        objectives: lines("objectives"),
        constraints: lines("constraints"),
        from: when.from(),
        until: when.until(),
        ramp_days,
        ramp_step_days,
    })
}

impl Optimize {
    /// The table as a scenario file writes it.
    pub(super) fn write(&self, out: &mut String) {
        out.push_str("\n[optimize]\n");
        for (key, lines) in
            [("levers", &self.levers), ("objectives", &self.objectives), ("constraints", &self.constraints)]
        {
            if !lines.is_empty() {
                let texts: Vec<String> = lines.iter().map(|line| quoted(&line.text)).collect();
                // Writing to a String cannot fail.
                let _ = writeln!(out, "{key} = [{}]", texts.join(", "));
            }
        }
        if let Some(budget) = self.budget {
            let _ = writeln!(out, "budget = {}", number(budget));
        }
        for (key, date) in [("from", self.from), ("until", self.until)] {
            if let Some(date) = date {
                let _ = writeln!(out, "{key} = {date}");
            }
        }
        let _ = writeln!(out, "ramp_days = {}\nramp_step_days = {}", self.ramp_days, self.ramp_step_days);
    }
}
