//! `[[sharing]]`: what may pass between named countries, from a date; read, checked and written.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use jiff::civil::Date;
use toml::de::DeTable;

use super::address::Codes;
use super::diagnostic::{Diagnostic, Mark, Reports};
use super::pairs::{Pair, Sharing};
use super::parameter::{Kind, Parameter};
use super::reading::{Node, Reading, entries};
use super::stages::{Bounds, dates, ramp};
use super::write::{number, quoted};

/// Keys of an entry.
pub(super) const KEYS: &[&str] = &[
    "between",
    "owner",
    "reader",
    "from",
    "until",
    "ramp_days",
    "ramp_step_days",
    "regime",
    "read_share",
    "answer_days",
    "warnings",
    "evidence",
    "note",
];
/// Most entries of one list.
const MOST_ENTRIES: usize = 1_000;
const GROUP: &str = "a list of country codes, such as [\"FR\", \"BE\"]";

/// The values of an entry, with the ranges of the parameters whose place they take.
pub(super) const REGIME: Parameter = Parameter {
    name: "regime",
    kind: Kind::Choice(&["none", "notices", "pool", "notices and pool"]),
    default: 3.0,
    unit: "choice",
    evidence: "F5",
    meaning: "What may pass: nothing, notices and queries, the pooled database, or both.",
};
pub(super) const READ_SHARE: Parameter = Parameter {
    name: "read_share",
    kind: Kind::Share,
    default: 0.4,
    unit: "share",
    evidence: "assumed, after F5",
    meaning: "Chance that the reader reads a notice of this owner, in place of notices.read_share.",
};
pub(super) const ANSWER_DAYS: Parameter = Parameter {
    name: "answer_days",
    kind: Kind::Number(0.0, 10_000.0),
    default: 40.0,
    unit: "days",
    evidence: "F44, size assumed",
    meaning: "Mean time until this owner answers the reader, in place of notices.answer_days.",
};
pub(super) const WARNINGS: Parameter = Parameter {
    name: "warnings",
    kind: Kind::Switch,
    default: 1.0,
    unit: "switch",
    evidence: "F7",
    meaning: "Whether the owner, as a transit partner, warns the reader; if not given, unless the regime is none.",
};

/// Dates that an entry of a policy takes over where it has none: first and last day.
type Inherited = (Option<Date>, Option<Date>);

/// Reads the `[[sharing]]` of the baseline.
pub(super) fn base(r: Reading<'_>, codes: &Codes, tree: &DeTable<'_>, bounds: Bounds) -> Vec<Sharing> {
    let Some(node) = tree.get("sharing") else { return Vec::new() };
    list(r, node, "[[sharing]]", |table, item| entry(r, codes, table, item, bounds, None))
}

/// Reads the `[[policies.NAME.sharing]]` of a policy with these dates.
pub(super) fn of_policy(
    r: Reading<'_>,
    codes: &Codes,
    node: &Node<'_>,
    name: &str,
    bounds: Bounds,
    own: Inherited,
) -> Vec<Sharing> {
    let dates = (own.0.or(bounds.map(|b| b.0)), own.1);
    let all =
        list(r, node, &format!("[[policies.{name}.sharing]]"), |t, item| entry(r, codes, t, item, bounds, Some(dates)));
    check_twice(&all, codes, r.reports);
    all
}

fn list<'t, 'i>(
    r: Reading<'_>,
    node: &'t Node<'i>,
    heading: &str,
    read: impl Fn(&'t DeTable<'i>, &'t Node<'i>) -> Option<Sharing>,
) -> Vec<Sharing> {
    let items = r.list(node, "sharing", &format!("a list of tables, each headed {heading}"));
    if items.len() > MOST_ENTRIES {
        let diagnostic = r.at(&node.span(), "too many entries of sharing").found(items.len().to_string());
        r.report(diagnostic.expected(format!("at most {MOST_ENTRIES}")).help("one entry can name whole groups"));
        return Vec::new();
    }
    let mut all = Vec::new();
    for item in items {
        let Some(table) = r.table(item, "sharing") else { continue };
        for entry in entries(table).iter().filter(|entry| !KEYS.contains(&entry.key)) {
            r.unknown_key(entry, heading, KEYS);
        }
        all.extend(read(table, item));
    }
    all
}

/// Reads one entry; `inherited` is there for a policy's.
fn entry(
    r: Reading<'_>,
    codes: &Codes,
    table: &DeTable<'_>,
    item: &Node<'_>,
    bounds: Bounds,
    inherited: Option<Inherited>,
) -> Option<Sharing> {
    let groups = groups(r, codes, table, item);
    let pair = pair(r, table, item);
    let steps = ramp(r, table);
    let when = dates(r, table);
    when.check(r, "this sharing", bounds, inherited.is_none());
    let text = |key: &str| table.get(key).and_then(|node: &Node<'_>| r.text(node, key));
    let (evidence, note) = (text("evidence"), text("note"));
    let ((owners, readers), pair, (ramp_days, ramp_step_days)) = (groups?, pair?, steps?);
    if when.broken() {
        return None;
    }
    let (first, last) = inherited.unwrap_or_default();
    let (from, until) = (when.from().or(first), when.until().or(last));
    if ramp_days > 0 && from.is_none() {
        let span = table.get("ramp_days").map_or(item.span(), |node: &Node<'_>| node.span());
        let diagnostic = r.at(&span, "this sharing has a ramp and no day on which it begins");
        r.report(diagnostic.expected("a `from`, the first day in force"));
    }
    if let (Some(from), Some(until)) = (when.from(), until)
        && when.until().is_none()
        && until < from
    {
        let node = table.get("from")?;
        let diagnostic = r.at(&node.span(), "this sharing begins after the last day of its policy");
        r.report(
            diagnostic.found(from.to_string()).expected(format!("a date up to {until}, or an `until` of its own")),
        );
    }
    Some(Sharing {
        owners,
        readers,
        from,
        until,
        ramp_days,
        ramp_step_days,
        pair,
        evidence,
        note,
        mark: r.mark(&item.span()),
    })
}

/// Owners and readers.
fn groups(r: Reading<'_>, codes: &Codes, table: &DeTable<'_>, item: &Node<'_>) -> Option<(Vec<usize>, Vec<usize>)> {
    let get = |key: &str| table.get(key).map(|node: &Node<'_>| (node, group(r, codes, node, key)));
    let (between, owner, reader) = (get("between"), get("owner"), get("reader"));
    match (between, owner, reader) {
        (Some((node, group)), None, None) => {
            let group = group?;
            if group.len() < 2 {
                let diagnostic =
                    r.at(&node.span(), "`between` names one country only").found(codes.countries[group[0]].clone());
                r.report(diagnostic.expected("two countries or more").help(ONE_WAY));
                return None;
            }
            Some((group.clone(), group))
        }
        (None, Some((_, owners)), Some((node, readers))) => {
            let (owners, readers) = (owners?, readers?);
            if let Some(both) = owners.iter().find(|o| readers.contains(o)) {
                let message = format!("`{}` is owner and reader at once", codes.countries[*both]);
                r.report(r.at(&node.span(), message).help("write `between` for all pairs within a group"));
                return None;
            }
            Some((owners, readers))
        }
        (None, None, None) => {
            let diagnostic = r.at(&item.span(), "this sharing names no countries");
            r.report(diagnostic.expected("`between`, or `owner` and `reader`").help(ONE_WAY));
            None
        }
        (Some(_), _, _) => {
            let diagnostic = r.at(&item.span(), "this sharing is mutual and in one direction at once");
            r.report(diagnostic.expected("either `between`, or `owner` and `reader`"));
            None
        }
        (None, owner, _) => {
            let (has, missing) = if owner.is_some() { ("owner", "reader") } else { ("reader", "owner") };
            r.report(r.at(&item.span(), format!("this sharing has `{has}` and no `{missing}`")).help(ONE_WAY));
            None
        }
    }
}

const ONE_WAY: &str =
    "write `between = [\"FR\", \"BE\"]`, or `owner = [\"FR\"]` and `reader = [\"BE\"]` for one direction";

/// A group of countries by ascending position.
fn group(r: Reading<'_>, codes: &Codes, node: &Node<'_>, key: &str) -> Option<Vec<usize>> {
    let Some(array) = node.get_ref().as_array() else {
        r.wrong(node, key, GROUP);
        return None;
    };
    if array.is_empty() {
        r.report(r.at(&node.span(), format!("`{key}` names no country")).found("an empty list").expected(GROUP));
        return None;
    }
    let mut group: Vec<usize> = Vec::new();
    let mut right = true;
    for item in array {
        let Some(code) = r.text(item, key) else {
            right = false;
            continue;
        };
        match codes.countries.iter().position(|known| *known == code) {
            Some(position) if !group.contains(&position) => group.push(position),
            Some(_) => {
                let message = format!("`{code}` stands twice in `{key}`");
                r.report(r.at(&item.span(), message).help("name every country once"));
                right = false;
            }
            None => {
                let shown: String = code.chars().take(80).collect();
                let diagnostic = r.at(&item.span(), format!("`{shown}` is not in the scenario's countries"));
                let hint = r.advice(&code, codes.countries.iter().map(String::as_str));
                r.report(diagnostic.expected(format!("one of {}", codes.countries.join(", "))).maybe_help(hint));
                right = false;
            }
        }
    }
    group.sort_unstable();
    right.then_some(group)
}

/// The setting itself.
fn pair(r: Reading<'_>, table: &DeTable<'_>, item: &Node<'_>) -> Option<Pair> {
    let read = |parameter: &Parameter| {
        table.get(parameter.name).map(|node: &Node<'_>| (node, r.plain(node, parameter, parameter.name)))
    };
    let Some((_, regime)) = read(&REGIME) else {
        let diagnostic = r.at(&item.span(), "this sharing has no `regime`");
        r.report(diagnostic.expected(REGIME.kind.expectation()));
        return None;
    };
    let (read_share, answer_days, warnings) = (read(&READ_SHARE), read(&ANSWER_DAYS), read(&WARNINGS));
    let regime = regime? as u8;
    let (notices, pool) = (regime & 1 != 0, regime & 2 != 0);
    for (parameter, value) in [(&READ_SHARE, &read_share), (&ANSWER_DAYS, &answer_days)] {
        if let (Some((node, Some(_))), false) = (value, notices) {
            let message = format!("`{}` means nothing where no notices pass", parameter.name);
            r.report(
                r.at(&node.span(), message).expected("`regime = \"notices\"` or `\"notices and pool\"` beside it"),
            );
        }
    }
    // A value that was refused has been told; the scenario does not load.
    let value = |read: Option<(&Node<'_>, Option<f64>)>| read.and_then(|(_, value)| value);
    Some(Pair {
        notices,
        pool,
        warnings: value(warnings).map_or(regime != 0, |on| on != 0.0),
        read_share: value(read_share),
        answer_days: value(answer_days),
    })
}

/// Reports entries that set the same pair from the same date.
pub(super) fn check_twice(all: &[Sharing], codes: &Codes, reports: &Reports) {
    let mut seen: BTreeMap<(usize, usize, Option<Date>), &Mark> = BTreeMap::new();
    for entry in all {
        let twice = entry.pairs().find_map(|(o, r)| seen.get(&(o, r, entry.from)).map(|first| (o, r, *first)));
        if let Some((owner, reader, first)) = twice {
            let (owner, reader) = (&codes.countries[owner], &codes.countries[reader]);
            let when = entry.from.map_or_else(|| "the beginning".to_owned(), |date| date.to_string());
            let message = format!("what {owner} shares with {reader} from {when} on is said twice");
            let place = format!("{}:{} says it too", first.file, first.line);
            let help = "leave the pair out of one of them, or give one another `from`: the later holds";
            reports.add(Diagnostic::at(&entry.mark, message).found(place).help(help));
        }
        for (owner, reader) in entry.pairs() {
            seen.entry((owner, reader, entry.from)).or_insert(&entry.mark);
        }
    }
}

/// An entry as a scenario file writes it; with its evidence and remark, or only what alters results.
pub(super) fn write(out: &mut String, entry: &Sharing, codes: &Codes, remarks: bool) {
    let group = |group: &[usize]| group.iter().map(|&c| quoted(&codes.countries[c])).collect::<Vec<_>>().join(", ");
    // Writing to a String cannot fail.
    let _ = if entry.owners == entry.readers {
        writeln!(out, "between = [{}]", group(&entry.owners))
    } else {
        writeln!(out, "owner = [{}]\nreader = [{}]", group(&entry.owners), group(&entry.readers))
    };
    for (key, date) in [("from", entry.from), ("until", entry.until)] {
        if let Some(date) = date {
            let _ = writeln!(out, "{key} = {date}");
        }
    }
    if entry.ramp_days > 0 {
        let _ = writeln!(out, "ramp_days = {}\nramp_step_days = {}", entry.ramp_days, entry.ramp_step_days);
    }
    let _ = writeln!(out, "regime = {}\nwarnings = {}", quoted(entry.pair.regime()), entry.pair.warnings);
    for (key, value) in [("read_share", entry.pair.read_share), ("answer_days", entry.pair.answer_days)] {
        if let Some(value) = value {
            let _ = writeln!(out, "{key} = {}", number(value));
        }
    }
    for (key, text) in [("evidence", &entry.evidence), ("note", &entry.note)] {
        if let Some(text) = text.as_ref().filter(|_| remarks) {
            let _ = writeln!(out, "{key} = {}", quoted(text));
        }
    }
}
