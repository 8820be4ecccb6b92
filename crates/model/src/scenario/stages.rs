//! Dated changes of the baseline and the stages of policies.

use std::ops::Range;

use jiff::civil::Date;
use toml::de::DeTable;

use super::address::{Codes, Reach};
use super::diagnostic::{Mark, Reports};
use super::heading::{PLAIN_NAME, plain_name};
use super::parameter::{Kind, Parameter};
use super::plan::{Assignment, Operation, Policy, Stage};
use super::reading::{Entry, Node, Reading, entries, short};
use super::sharing;

/// The first and the last day of the scenario, where they are known.
pub(super) type Bounds = Option<(Date, Date)>;

const STAGE_KEYS: &[&str] = &["from", "until", "ramp_days", "ramp_step_days", "note", "set"];
const CHANGE_KEYS: &[&str] = &["name", "from", "until", "ramp_days", "ramp_step_days", "note", "set"];
const POLICY_KEYS: &[&str] =
    &["label", "description", "from", "until", "ramp_days", "ramp_step_days", "note", "set", "also", "sharing"];
const OPERATIONS: &[&str] = &["value", "times", "add", "evidence", "note"];
/// Longest ramp.
const MOST_RAMP_DAYS: u64 = 36_525;
/// Most entries of a list or table of changes, policies, held or uncertain values.
pub(super) const MOST_ENTRIES: usize = 10_000;
/// Most steps of one ramp.
const MOST_STEPS: u32 = 1_000;

/// The name that the arm without policy has.
pub const BASELINE: &str = "baseline";

/// A path with its value, out of quoted paths or nested tables.
pub(super) struct Line<'t, 'i> {
    /// The whole path.
    pub path: String,
    /// Where its last key stands.
    pub span: Range<usize>,
    /// The value.
    pub node: &'t Node<'i>,
}

/// The lines of a table of paths: `"a.b" = 1`, or `a = { b = 1 }`.
pub(super) fn lines<'t, 'i>(r: Reading<'_>, codes: &Codes, table: &'t DeTable<'i>) -> Vec<Line<'t, 'i>> {
    let mut all = Vec::new();
    gather(r, codes, "", table, &mut all);
    all
}

fn gather<'t, 'i>(r: Reading<'_>, codes: &Codes, prefix: &str, table: &'t DeTable<'i>, all: &mut Vec<Line<'t, 'i>>) {
    for Entry { key, at, node } in entries(table) {
        let path = if prefix.is_empty() { key.to_owned() } else { format!("{prefix}.{key}") };
        // Only a list's or a table's name can go on in a nested table; all else is a value.
        let known = codes.knows(r.registry, path.trim_end_matches('!'));
        let begins = r.registry.table(path.split('.').next().unwrap_or("")).is_some() && path.matches('.').count() < 3;
        match node.get_ref().as_table() {
            // A table that says what is done to a value ends a path, though the path be misspelt.
            Some(inner) if !known && begins && !inner.is_empty() && !operates(inner) => {
                gather(r, codes, &path, inner, all);
            }
            _ => all.push(Line { path, span: at.0..at.1, node }),
        }
    }
}

/// Whether a table is what is done to a value.
fn operates(table: &DeTable<'_>) -> bool {
    table.iter().all(|(key, _)| OPERATIONS.contains(&key.get_ref().as_ref()))
}

/// What a path means, or a report at its place.
pub(super) fn target_of(
    r: Reading<'_>,
    codes: &Codes,
    path: &str,
    span: &Range<usize>,
) -> Option<super::address::Target> {
    match codes.resolve(r.registry, path, !r.reports.crowded()) {
        Ok(target) => Some(target),
        Err(error) => {
            let mut diagnostic = r.at(span, error.message).maybe_help(error.help);
            diagnostic.expected = error.expected;
            r.report(diagnostic);
            None
        }
    }
}

fn operation(r: Reading<'_>, node: &Node<'_>, kind_of: &super::parameter::Parameter, path: &str) -> Option<Operation> {
    let Some(table) = node.get_ref().as_table() else {
        return r.plain(node, kind_of, path).map(Operation::Set);
    };
    let mut found = Vec::new();
    for entry in entries(table) {
        match entry.key {
            "value" => found.push(r.plain(entry.node, kind_of, path).map(Operation::Set)),
            "times" | "add" if matches!(kind_of.kind, Kind::Switch | Kind::Choice(_)) => {
                let message = format!("`{path}` is no number: `{}` cannot act on it", entry.key);
                r.report(r.at(&entry.span(), message).expected(kind_of.kind.expectation()));
                found.push(None);
            }
            "times" => found.push(r.number(entry.node, "times").map(Operation::Times)),
            "add" => found.push(r.number(entry.node, "add").map(Operation::Add)),
            "evidence" | "note" => {
                r.text(entry.node, entry.key);
            }
            _ => {
                r.unknown_key(&entry, &format!("the change of `{path}`"), OPERATIONS);
                found.push(None);
            }
        }
    }
    if found.len() == 1 {
        return found.pop().flatten();
    }
    r.wrong(node, path, "a value, or exactly one of { times = … }, { add = … }, { value = … }");
    None
}

/// Whose `set` it is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Whose {
    /// A dated change's or a policy's.
    Stage,
    /// An alternative's, which can set the numbers of changes too.
    Alternative,
}

pub(super) fn assignments(
    r: Reading<'_>,
    codes: &Codes,
    node: &Node<'_>,
    (owner, whose): (&str, Whose),
) -> Option<Vec<Assignment>> {
    let table = r.table(node, "set")?;
    if !few(r, node, "set", table.len()) {
        return None;
    }
    if table.is_empty() {
        let diagnostic = r.at(&node.span(), format!("the `set` of {owner} is empty"));
        r.report(diagnostic.expected("at least one line such as \"services.analysts\" = { times = 1.5 }"));
        return None;
    }
    let mut all = Vec::new();
    for line in lines(r, codes, table) {
        let Some(target) = target_of(r, codes, &line.path, &line.span) else { continue };
        if whose == Whose::Stage && matches!(target.reach, Reach::Change { .. }) {
            let diagnostic = r.at(&line.span, format!("{owner} cannot set the number of a change"));
            r.report(diagnostic.found(format!("`{}`", short(&line.path))).help("set the parameter itself"));
            continue;
        }
        let parameter = Parameter { kind: target.kind(r.registry), ..*r.registry.parameter(target.slot) };
        if let Some(operation) = operation(r, line.node, &parameter, &line.path) {
            all.push(Assignment { path: line.path, target, operation, mark: r.mark(&line.span), number: None });
        }
    }
    // What is said of one country acts on what is said of all, however the lines are ordered.
    all.sort_by_key(|a| a.target.is_particular());
    Some(all)
}

/// Where the parts of a stage stand, for messages.
pub(super) struct Dates {
    from: Option<(Date, Mark)>,
    until: Option<(Date, Mark)>,
    broken: bool,
}

/// Reads `from` and `until`.
pub(super) fn dates(r: Reading<'_>, table: &DeTable<'_>) -> Dates {
    let read = |key: &str| table.get(key).map(|node: &Node<'_>| (r.date(node, key), r.mark(&node.span())));
    let (from, until) = (read("from"), read("until"));
    let broken = [&from, &until].iter().any(|d| d.as_ref().is_some_and(|d| d.0.is_none()));
    let whole = |d: Option<(Option<Date>, Mark)>| d.and_then(|(date, mark)| date.map(|date| (date, mark)));
    Dates { from: whole(from), until: whole(until), broken }
}

impl Dates {
    /// The first day in force, if given.
    pub(super) fn from(&self) -> Option<Date> {
        self.from.as_ref().map(|from| from.0)
    }

    /// The last day in force, if given.
    pub(super) fn until(&self) -> Option<Date> {
        self.until.as_ref().map(|until| until.0)
    }

    /// Whether a date was there that could not be read.
    pub(super) fn broken(&self) -> bool {
        self.broken
    }

    /// Reports dates outside the scenario or in the wrong order.
    pub(super) fn check(&self, r: Reading<'_>, owner: &str, bounds: Bounds, early: bool) {
        if let (Some((from, mark)), Some((start, end))) = (&self.from, bounds)
            && (*from > end || (*from < start && !early))
        {
            let diagnostic = super::diagnostic::Diagnostic::at(mark, format!("{owner} begins outside the scenario"));
            r.report(diagnostic.found(from.to_string()).expected(format!("a date from {start} to {end}")));
        }
        let from = self.from.as_ref().map(|f| f.0).or(bounds.map(|b| b.0));
        if let (Some(from), Some((until, mark))) = (from, &self.until)
            && *until < from
        {
            let diagnostic = super::diagnostic::Diagnostic::at(mark, format!("{owner} ends before it begins"));
            r.report(diagnostic.found(until.to_string()).expected(format!("a date on or after {from}")));
        }
    }
}

/// Reads the ramp: days until the full effect, days between its steps.
pub(super) fn ramp(r: Reading<'_>, table: &DeTable<'_>) -> Option<(u32, u32)> {
    let read = |key: &str, low, otherwise: u64| {
        table.get(key).map_or(Some(otherwise), |node: &Node<'_>| r.whole(node, key, low, MOST_RAMP_DAYS))
    };
    let (days, step) = (read("ramp_days", 0, 0), read("ramp_step_days", 1, 7));
    let (days, step) = (days? as u32, step? as u32);
    if days.div_ceil(step) > MOST_STEPS {
        let span = table.get("ramp_days").map_or(0..0, |node: &Node<'_>| node.span());
        let diagnostic = r.at(&span, "this ramp has too many steps").found(format!("{} steps", days.div_ceil(step)));
        r.report(diagnostic.expected(format!("at most {MOST_STEPS}")).help("make `ramp_step_days` longer"));
        return None;
    }
    Some((days, step))
}

/// Reads what changes and policies have in common; `None` if it has no `set` or is wrong.
fn stage(
    r: Reading<'_>,
    codes: &Codes,
    table: &DeTable<'_>,
    owner: &str,
    bounds: Bounds,
    early: bool,
) -> Option<Stage> {
    let dates = dates(r, table);
    dates.check(r, owner, bounds, early);
    let ramp = ramp(r, table);
    let note = table.get("note").and_then(|node: &Node<'_>| r.text(node, "note")).unwrap_or_default();
    let set = table.get("set").and_then(|node: &Node<'_>| assignments(r, codes, node, (owner, Whose::Stage)));
    let ((ramp_days, ramp_step_days), set) = (ramp?, set?);
    let from = dates.from.map(|f| f.0).or(bounds.map(|b| b.0).filter(|_| !dates.broken))?;
    Some(Stage { name: None, from, until: dates.until.map(|u| u.0), ramp_days, ramp_step_days, note, set })
}

fn check_keys(r: Reading<'_>, table: &DeTable<'_>, place: &str, known: &[&str]) {
    for entry in entries(table) {
        if !known.contains(&entry.key) {
            r.unknown_key(&entry, place, known);
        }
    }
}

fn need(r: Reading<'_>, node: &Node<'_>, table: &DeTable<'_>, key: &str, owner: &str, help: &str) {
    if table.get(key).is_none() {
        r.report(r.at(&node.span(), format!("{owner} has no `{key}`")).help(help));
    }
}

/// Whether a list or table is short enough to be read, or a report.
pub(super) fn few(r: Reading<'_>, node: &Node<'_>, what: &str, count: usize) -> bool {
    if count > MOST_ENTRIES {
        let diagnostic = r.at(&node.span(), format!("too many entries of {what}")).found(count.to_string());
        r.report(diagnostic.expected(format!("at most {MOST_ENTRIES}")));
    }
    count <= MOST_ENTRIES
}

/// Reads `[[changes]]`.
pub(super) fn changes(r: Reading<'_>, codes: &Codes, tree: &DeTable<'_>, bounds: Bounds) -> Vec<Stage> {
    let Some(node) = tree.get("changes") else { return Vec::new() };
    let mut all = Vec::new();
    let items = r.list(node, "changes", "a list of tables, each headed [[changes]]");
    if !few(r, node, "changes", items.len()) {
        return all;
    }
    for item in items {
        let Some(table) = r.table(item, "changes") else { continue };
        check_keys(r, table, "[[changes]]", CHANGE_KEYS);
        need(r, item, table, "from", "this change", "write `from = 2015-11-14`, the first day in force");
        need(r, item, table, "set", "this change", SET_HELP);
        let name = table.get("name").and_then(|node: &Node<'_>| name(r, node, &all));
        all.extend(stage(r, codes, table, "this change", bounds, true).map(|stage| Stage { name, ..stage }));
    }
    all
}

/// The name of a change: its numbers can be reached as `changes.NAME.PATH`.
fn name(r: Reading<'_>, node: &Node<'_>, before: &[Stage]) -> Option<String> {
    let name = r.text(node, "name")?;
    if !plain_name(&name) {
        let diagnostic = r.at(&node.span(), "this is no name for a change").found(format!("`{}`", short(&name)));
        r.report(diagnostic.expected(PLAIN_NAME));
        return None;
    }
    if before.iter().any(|change| change.name.as_deref() == Some(&name)) {
        r.report(r.at(&node.span(), format!("two changes are called `{name}`")).help("give each its own name"));
        return None;
    }
    Some(name)
}

const SET_HELP: &str = "write `set = { \"services.analysts\" = { times = 1.5 } }`";

/// Reads `[policies.…]` in the order of the file.
pub(super) fn policies(r: Reading<'_>, codes: &Codes, tree: &DeTable<'_>, bounds: Bounds) -> Vec<Policy> {
    let Some(node) = tree.get("policies") else { return Vec::new() };
    if node.get_ref().is_array() {
        r.wrong(node, "policies", "tables headed [policies.NAME], a name for each policy");
        return Vec::new();
    }
    let Some(table) = r.table(node, "policies").filter(|table| few(r, node, "policies", table.len())) else {
        return Vec::new();
    };
    entries(table).iter().filter_map(|entry| policy(r, codes, entry, bounds)).collect()
}

fn policy(r: Reading<'_>, codes: &Codes, entry: &Entry<'_, '_>, bounds: Bounds) -> Option<Policy> {
    let name = entry.key;
    if name == BASELINE {
        let diagnostic = r.at(&entry.span(), "a policy cannot be called `baseline`");
        r.report(diagnostic.help("the baseline is the scenario without any policy; give this one another name"));
    } else if !plain_name(name) {
        let diagnostic = r.at(&entry.span(), "this is no name for a policy").found(format!("`{}`", short(name)));
        r.report(diagnostic.expected(PLAIN_NAME));
    }
    let table = r.table(entry.node, name)?;
    let owner = format!("policy `{name}`");
    check_keys(r, table, &format!("[policies.{name}]"), POLICY_KEYS);
    let text = |key: &str| table.get(key).and_then(|node: &Node<'_>| r.text(node, key));
    let label = table.get("label").and_then(|node: &Node<'_>| r.label(node, "label"));
    let mut policy = Policy {
        name: name.to_owned(),
        label: label.unwrap_or_else(|| name.replace(['-', '_'], " ")),
        description: text("description").unwrap_or_default(),
        stages: Vec::new(),
        sharing: Vec::new(),
        mark: r.mark(&entry.span()),
    };
    if table.get("also").is_none() && table.get("sharing").is_none() {
        need(r, entry.node, table, "set", &owner, SET_HELP);
    }
    policy.stages.extend(stage(r, codes, table, &owner, bounds, false));
    if let Some(node) = table.get("also") {
        let items = r.list(node, "also", "a list of stages, each with `from` and `set`");
        let items = if few(r, node, "also", items.len()) { items } else { Vec::new() };
        for item in items {
            let Some(table) = r.table(item, "also") else { continue };
            check_keys(r, table, "a further stage", STAGE_KEYS);
            need(r, item, table, "set", &owner, SET_HELP);
            policy.stages.extend(stage(r, codes, table, &owner, bounds, false));
        }
    }
    if let Some(node) = table.get("sharing") {
        // What is wrong with the policy's own dates has been told above.
        let own = dates(Reading { reports: &Reports::default(), ..r }, table);
        policy.sharing = sharing::of_policy(r, codes, node, name, bounds, (own.from(), own.until()));
    }
    Some(policy)
}
