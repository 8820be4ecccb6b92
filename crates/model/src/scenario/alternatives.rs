//! Alternatives: other defensible rules or values of the world, under which the same policies can be run again.
//!
//! An alternative says what the baseline is, not what anybody does: it acts on the base values, and on the numbers of
//! named changes, before changes and policies. Where runs take draws of a posterior it acts on each draw.

use std::fmt::Write as _;

use toml::de::DeTable;

use super::address::Codes;
use super::diagnostic::{Diagnostic, Mark, Reports};
use super::heading::{PLAIN_NAME, plain_name};
use super::nearest::did_you_mean;
use super::plan::{Assignment, Plan};
use super::reading::{Entry, Node, Reading, entries, short};
use super::resolved::Values;
use super::stages::{Whose, assignments, few};
use super::write::quoted;

const KEYS: &[&str] = &["label", "description", "set"];

/// Another defensible rule or value of the world.
#[derive(Clone, Debug, PartialEq)]
pub struct Alternative {
    /// Its name in the file.
    pub name: String,
    /// A short label for tables and charts.
    pub label: String,
    /// What it is, in words.
    pub description: String,
    /// What it sets, of base values and of the numbers of named changes.
    pub set: Vec<Assignment>,
    /// Where it stands.
    pub mark: Mark,
}

impl Alternative {
    /// Lays it on the base values; reports what leaves its range.
    pub(super) fn lay(&self, plan: &Plan, values: &mut Values, reports: &Reports) {
        for assignment in &self.set {
            let kind = assignment.target.kind(&plan.registry);
            let mut outside = None;
            assignment.target.each(values, |value| {
                let next = assignment.operation.apply(*value, kind, 1.0);
                if kind.admits(next) {
                    *value = next;
                } else {
                    outside = Some((*value, next));
                }
            });
            if let Some((below, next)) = outside {
                let message = format!("alternative `{}` takes `{}` out of its range", self.name, assignment.path);
                let diagnostic = Diagnostic::at(&assignment.mark, message);
                let found = format!("{next}, out of {below}");
                reports.add(diagnostic.found(found).expected(kind.expectation()));
            }
        }
    }
}

/// Reads `[alternatives.…]` in the order of the file.
pub(super) fn read(r: Reading<'_>, codes: &Codes, tree: &DeTable<'_>) -> Vec<Alternative> {
    let Some(node) = tree.get("alternatives") else { return Vec::new() };
    let Some(table) = r.table(node, "alternatives").filter(|table| few(r, node, "alternatives", table.len())) else {
        return Vec::new();
    };
    entries(table).iter().filter_map(|entry| one(r, codes, entry)).collect()
}

fn one(r: Reading<'_>, codes: &Codes, entry: &Entry<'_, '_>) -> Option<Alternative> {
    let name = entry.key;
    if !plain_name(name) {
        let diagnostic = r.at(&entry.span(), "this is no name for an alternative").found(format!("`{}`", short(name)));
        r.report(diagnostic.expected(PLAIN_NAME));
    }
    let table = r.table(entry.node, name)?;
    for entry in entries(table).iter().filter(|entry| !KEYS.contains(&entry.key)) {
        r.unknown_key(entry, &format!("[alternatives.{name}]"), KEYS);
    }
    let owner = format!("alternative `{name}`");
    let Some(set) = table.get("set") else {
        let help = "write `set = { \"stings.officers_per_case\" = 0 }`: what is otherwise in this world";
        r.report(r.at(&entry.node.span(), format!("{owner} has no `set`")).help(help));
        return None;
    };
    let label = table.get("label").and_then(|node: &Node<'_>| r.label(node, "label"));
    let description = table.get("description").and_then(|node: &Node<'_>| r.text(node, "description"));
    Some(Alternative {
        name: name.to_owned(),
        label: label.unwrap_or_else(|| name.replace(['-', '_'], " ")),
        description: description.unwrap_or_default(),
        set: assignments(r, codes, set, (&owner, Whose::Alternative))?,
        mark: r.mark(&entry.span()),
    })
}

/// The alternative that is in force, where one is named; reports a name that no alternative has.
pub(super) fn chosen(all: &[Alternative], named: Option<&(String, Mark)>, reports: &Reports) -> Option<String> {
    let (name, mark) = named?;
    if all.iter().any(|known| known.name == *name) {
        return Some(name.clone());
    }
    let names: Vec<&str> = all.iter().map(|known| known.name.as_str()).collect();
    let known = if names.is_empty() { "no alternative at all".into() } else { names.join(", ") };
    let diagnostic = Diagnostic::at(mark, format!("the scenario has no alternative `{}`", short(name)));
    reports.add(diagnostic.expected(known).maybe_help(did_you_mean(name, names)));
    None
}

impl Plan {
    /// The alternative in force, where one is.
    pub fn alternative(&self) -> Option<&Alternative> {
        let name = self.alternative.as_ref()?;
        self.alternatives.iter().find(|known| known.name == *name)
    }

    /// The alternatives as a scenario file writes them.
    pub(super) fn write_alternatives(&self, out: &mut String) {
        for one in &self.alternatives {
            // Writing to a String cannot fail.
            let _ = writeln!(out, "\n[alternatives.{}]", one.name);
            let _ = writeln!(out, "label = {}\ndescription = {}", quoted(&one.label), quoted(&one.description));
            self.write_set(out, &one.set);
        }
    }
}
