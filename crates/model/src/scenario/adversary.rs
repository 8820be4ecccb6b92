//! `[adversary]`: what the other side is free to choose, what it wants and from when, as texts with their places.

use std::fmt::Write as _;

use jiff::civil::Date;
use toml::de::DeTable;

use super::optimize::Line;
use super::reading::{Entry, Node, Reading, entries};
use super::stages::{Bounds, dates};
use super::write::quoted;

/// Keys of the table.
pub(super) const KEYS: &[&str] = &["freedom", "objective", "from", "until"];

/// The table as written; what freedom and objective mean is read where they are used.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Adversary {
    /// What the other side may choose: `PATH=LOW..HIGH`, `PATH*=LOW..HIGH`, `PATH+=LOW..HIGH` or `PATH=a|b`.
    pub freedom: Vec<Line>,
    /// What it wants as much of as it can have: a sum of result columns; attacks completed if not given.
    pub objective: Option<Line>,
    /// First day of its choice; the scenario's start if not given.
    pub from: Option<Date>,
    /// Last day of its choice; to the end if not given.
    pub until: Option<Date>,
}

/// Reads `[adversary]`; `None` without one.
pub(super) fn read(r: Reading<'_>, tree: &DeTable<'_>, bounds: Bounds) -> Option<Adversary> {
    let table = r.table(tree.get("adversary")?, "adversary")?;
    for entry in entries(table).iter().filter(|entry: &&Entry<'_, '_>| !KEYS.contains(&entry.key)) {
        r.unknown_key(entry, "[adversary]", KEYS);
    }
    let line = |item: &Node<'_>, key: &str| r.text(item, key).map(|text| Line { text, mark: r.mark(&item.span()) });
    let freedom = table.get("freedom").map_or_else(Vec::new, |node| {
        let items = r.list(node, "freedom", "a list of texts in double quotes");
        items.into_iter().filter_map(|item| line(item, "freedom")).collect()
    });
    let objective = table.get("objective").and_then(|node| line(node, "objective"));
    let when = dates(r, table);
    when.check(r, "[adversary]", bounds, false);
    Some(Adversary { freedom, objective, from: when.from(), until: when.until() })
}

impl Adversary {
    /// The table as a scenario file writes it.
    pub(super) fn write(&self, out: &mut String) {
        let texts: Vec<String> = self.freedom.iter().map(|line| quoted(&line.text)).collect();
        // Writing to a String cannot fail.
        let _ = writeln!(out, "\n[adversary]\nfreedom = [{}]", texts.join(", "));
        if let Some(objective) = &self.objective {
            let _ = writeln!(out, "objective = {}", quoted(&objective.text));
        }
        for (key, date) in [("from", self.from), ("until", self.until)] {
            if let Some(date) = date {
                let _ = writeln!(out, "{key} = {date}");
            }
        }
    }
}
