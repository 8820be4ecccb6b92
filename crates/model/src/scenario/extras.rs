//! What else a file holds: held and calibrated values, uncertain parameters, the experiment, patterns to fit.

use toml::de::DeTable;

use super::address::{Codes, Place};
use super::diagnostic::Diagnostic;
use super::held_pairs::{HeldPair, PairPath};
use super::parameter::{Kind, Parameter};
use super::plan::{Distribution, FitRow, Held, LEAST_MASS, Level, Origin, Uncertain};
use super::posterior::DRAWS_KEYS;
use super::reading::{Node, Reading, entries, short};
use super::stages::{few, lines, target_of};
use super::tables::Base;

/// A table of the file that is not too long to be read.
fn short_table<'t, 'i>(r: Reading<'_>, tree: &'t DeTable<'i>, key: &str) -> Option<&'t DeTable<'i>> {
    let node = tree.get(key)?;
    r.table(node, key).filter(|table| few(r, node, key, table.len()))
}

/// Reads `[held]`: values above all changes and policies.
pub(super) fn held(r: Reading<'_>, codes: &Codes, tree: &DeTable<'_>) -> (Vec<Held>, Vec<HeldPair>) {
    let Some(table) = short_table(r, tree, "held") else { return Default::default() };
    let (mut all, mut pairs) = (Vec::new(), Vec::new());
    for line in lines(r, codes, table) {
        let path = line.path.trim_end_matches('!');
        if PairPath::is_one(path) {
            match PairPath::read(codes, path) {
                Ok(pair) => {
                    if let Some(value) = r.plain(line.node, pair.parameter(), path) {
                        pairs.push(pair.hold(path, value, line.path.ends_with('!'), r.mark(&line.span)));
                    }
                }
                Err(error) => {
                    let mut diagnostic = r.at(&line.span, error.message).maybe_help(error.help);
                    diagnostic.expected = error.expected;
                    r.report(diagnostic);
                }
            }
            continue;
        }
        let Some(target) = target_of(r, codes, path, &line.span) else { continue };
        let parameter = Parameter { kind: target.kind(r.registry), ..*r.registry.parameter(target.slot) };
        if let Some(value) = r.plain(line.node, &parameter, path) {
            let over = line.path.ends_with('!');
            all.push(Held { path: path.to_owned(), target, value, over, mark: r.mark(&line.span) });
        }
    }
    (all, pairs)
}

/// Reads `[calibrated]` into the base; a value that a file states outright is only replaced if marked.
pub(super) fn calibrated(r: Reading<'_>, codes: &Codes, tree: &DeTable<'_>, base: &mut Base) {
    let Some(table) = short_table(r, tree, "calibrated") else { return };
    for line in lines(r, codes, table).into_iter().filter(|line| !DRAWS_KEYS.contains(&line.path.as_str())) {
        let Some(target) = target_of(r, codes, &line.path, &line.span) else { continue };
        let parameter = &Parameter { kind: target.kind(r.registry), ..*r.registry.parameter(target.slot) };
        let (mut value, mut replaces, mut evidence, mut note) = (None, false, None, None);
        if let Some(table) = line.node.get_ref().as_table() {
            for entry in entries(table) {
                match entry.key {
                    "value" => value = r.plain(entry.node, parameter, &line.path),
                    "evidence" => evidence = r.text(entry.node, "evidence"),
                    "note" => note = r.text(entry.node, "note"),
                    "replaces_file" => match entry.node.get_ref().as_bool() {
                        Some(yes) => replaces = yes,
                        None => r.wrong(entry.node, "replaces_file", "true or false"),
                    },
                    _ => r.unknown_key(&entry, "[calibrated]", &["value", "evidence", "note", "replaces_file"]),
                }
            }
            if table.get("value").is_none() {
                r.wrong(line.node, &line.path, parameter.kind.expectation());
            }
        } else {
            value = r.plain(line.node, parameter, &line.path);
        }
        let Some(value) = value else { continue };
        let stated = stated(base, &target);
        if let Some((_, origin)) = stated.first().filter(|_| !replaces) {
            let message = format!("the calibrated value of `{}` would silently replace one of the file", line.path);
            let place = format!("{}:{} states it too", origin.mark.file, origin.mark.line);
            let help = format!("remove one of them, or write {{ value = {value}, replaces_file = true }}");
            r.report(r.at(&line.span, message).found(place).help(help));
            continue;
        }
        target.each(&mut base.values, |v| *v = value);
        let origin = Origin { level: Level::Calibrated, mark: r.mark(&line.span), evidence, note };
        for place in places(&target, codes).into_iter().chain(stated.into_iter().map(|s| s.0)) {
            base.origins.insert((place, target.slot), origin.clone());
        }
    }
}

/// The values that files state outright and that a target means too.
pub(super) fn stated(base: &Base, target: &super::address::Target) -> Vec<(Place, Origin)> {
    use super::address::Reach;
    let one = |place: Place| {
        let origin = base.origins.get(&(place, target.slot))?;
        matches!(origin.level, Level::File | Level::Extends).then(|| (place, origin.clone()))
    };
    if let Reach::Change { .. } = target.reach {
        return Vec::new();
    }
    if let Reach::One(place) = target.reach {
        return one(place).into_iter().collect();
    }
    let countries = (0..base.values.countries.len()).map(Place::Country);
    let movements = (0..base.values.movements.len()).map(Place::Movement);
    let languages = (0..base.values.languages.len()).map(Place::Language);
    std::iter::once(Place::Common).chain(countries).chain(movements).chain(languages).filter_map(one).collect()
}

/// The places whose origins a target stands for.
pub(super) fn places(target: &super::address::Target, codes: &Codes) -> Vec<Place> {
    use super::address::Reach;
    use super::parameter::Scope;
    match target.reach {
        Reach::One(place) => vec![place],
        Reach::Everywhere => vec![Place::Common],
        Reach::EveryEntry(Scope::MovementEntry) => (0..codes.movements.len()).map(Place::Movement).collect(),
        Reach::EveryEntry(Scope::LanguageEntry) => (0..codes.languages.len()).map(Place::Language).collect(),
        Reach::EveryEntry(_) => (0..codes.countries.len()).map(Place::Country).collect(),
        Reach::Change { .. } => Vec::new(),
    }
}

/// The distributions and their numbers.
pub(super) const DISTRIBUTIONS: &[(&str, &[&str])] = &[
    ("uniform", &["low", "high"]),
    ("normal", &["mean", "sd"]),
    ("lognormal", &["median", "sigma"]),
    ("triangular", &["low", "mode", "high"]),
    ("beta", &["a", "b", "low", "high"]),
];

/// Reads `[uncertain]`.
pub(super) fn uncertain(r: Reading<'_>, codes: &Codes, tree: &DeTable<'_>) -> Vec<Uncertain> {
    let Some(table) = short_table(r, tree, "uncertain") else { return Vec::new() };
    let mut all = Vec::new();
    for line in lines(r, codes, table) {
        let Some(target) = target_of(r, codes, &line.path, &line.span) else { continue };
        let right = "a distribution such as { uniform = { low = 0.1, high = 0.4 } }";
        let Some(table) = line.node.get_ref().as_table() else {
            r.wrong(line.node, &line.path, right);
            continue;
        };
        let kind = target.kind(r.registry);
        if matches!(kind, Kind::Switch | Kind::Choice(_)) {
            let message = format!("`{}` is no number and cannot have a distribution", line.path);
            r.report(r.at(&line.span, message).expected("a parameter that is a number, share or count"));
            continue;
        }
        let (mut found, mut evidence) = (Vec::new(), None);
        for entry in entries(table) {
            if entry.key == "evidence" {
                evidence = r.text(entry.node, "evidence");
            } else if let Some((name, keys)) = DISTRIBUTIONS.iter().find(|d| d.0 == entry.key) {
                found.push(distribution(r, entry.node, name, keys, kind));
            } else {
                let mut known: Vec<&str> = DISTRIBUTIONS.iter().map(|d| d.0).collect();
                known.push("evidence");
                r.unknown_key(&entry, "[uncertain]", &known);
                found.push(None);
            }
        }
        if found.len() != 1 {
            r.wrong(line.node, &line.path, right);
        } else if let Some(Some(distribution)) = found.pop() {
            let mark = r.mark(&line.span);
            all.push(Uncertain { path: line.path, target, distribution, evidence, mark });
        }
    }
    all
}

fn distribution(r: Reading<'_>, node: &Node<'_>, name: &str, keys: &[&str], kind: Kind) -> Option<Distribution> {
    let table = r.table(node, name)?;
    let mut numbers = vec![None; keys.len()];
    for entry in entries(table) {
        match keys.iter().position(|key| *key == entry.key) {
            Some(position) => numbers[position] = r.number(entry.node, entry.key),
            None => r.unknown_key(&entry, &format!("`{name}`"), keys),
        }
    }
    for key in keys {
        if table.get(*key).is_none() {
            r.report(r.at(&node.span(), format!("`{name}` needs `{key}`")).expected(keys.join(", ")));
        }
    }
    let numbers: Vec<f64> = numbers.into_iter().collect::<Option<_>>()?;
    let made = match (name, numbers.as_slice()) {
        ("uniform", &[low, high]) => Distribution::Uniform { low, high },
        ("normal", &[mean, sd]) => Distribution::Normal { mean, sd },
        ("lognormal", &[median, sigma]) => Distribution::Lognormal { median, sigma },
        ("triangular", &[low, mode, high]) => Distribution::Triangular { low, mode, high },
        ("beta", &[a, b, low, high]) => Distribution::Beta { a, b, low, high },
        _ => return None,
    };
    if let Some((message, expected)) = flaw(&made, kind) {
        r.report(r.at(&node.span(), message).expected(expected));
        return None;
    }
    Some(made)
}

/// What makes a distribution impossible.
fn flaw(distribution: &Distribution, kind: Kind) -> Option<(String, String)> {
    let (least, most) = kind.bounds();
    let inside = |x: f64| (least..=most).contains(&x);
    let range = format!("{} inside the parameter's own range", kind.expectation());
    let flaw = |message: &str, expected: &str| Some((message.to_owned(), expected.to_owned()));
    match *distribution {
        Distribution::Uniform { low, high }
        | Distribution::Triangular { low, high, .. }
        | Distribution::Beta { low, high, .. }
            if low >= high =>
        {
            flaw("`low` is not below `high`", "low < high")
        }
        Distribution::Uniform { low, high }
        | Distribution::Triangular { low, high, .. }
        | Distribution::Beta { low, high, .. }
            if !inside(low) || !inside(high) =>
        {
            flaw("this distribution leaves the range of the parameter", &range)
        }
        Distribution::Triangular { low, mode, high } if !(low..=high).contains(&mode) => {
            flaw("`mode` is not between `low` and `high`", "low <= mode <= high")
        }
        Distribution::Beta { a, b, .. } if a <= 0.0 || b <= 0.0 => {
            flaw("`a` and `b` must be above 0", "a > 0 and b > 0")
        }
        Distribution::Normal { sd, .. } if sd <= 0.0 => flaw("`sd` must be above 0", "sd > 0"),
        Distribution::Normal { mean, .. } if !inside(mean) => flaw("`mean` is outside the parameter's range", &range),
        Distribution::Lognormal { median, sigma } if median <= 0.0 || sigma <= 0.0 => {
            flaw("`median` and `sigma` must be above 0", "median > 0 and sigma > 0")
        }
        Distribution::Lognormal { median, .. } if !inside(median) => {
            flaw("`median` is outside the parameter's range", &range)
        }
        Distribution::Uniform { .. }
        | Distribution::Normal { .. }
        | Distribution::Lognormal { .. }
        | Distribution::Triangular { .. }
        | Distribution::Beta { .. } => {
            out_of_reach(distribution, kind).map(|(message, expected)| (message.to_owned(), expected))
        }
    }
}

/// What makes a distribution of sound numbers impossible to draw from: no mass, no whole number, or no finite value.
fn out_of_reach(distribution: &Distribution, kind: Kind) -> Option<(&'static str, String)> {
    let (least, most) = kind.bounds();
    let below = |z: f64| 0.5 * libm::erfc(-z / std::f64::consts::SQRT_2);
    // Nine standard deviations lie beyond the most extreme draw.
    let (ends, mass) = match *distribution {
        Distribution::Uniform { low, high }
        | Distribution::Triangular { low, high, .. }
        | Distribution::Beta { low, high, .. } => ((low, high), 1.0),
        Distribution::Normal { mean, sd } => {
            ((mean - 9.0 * sd, mean + 9.0 * sd), below((most - mean) / sd) - below((least - mean) / sd))
        }
        Distribution::Lognormal { median, sigma } => {
            let z = |x: f64| if x > 0.0 { libm::log(x / median) / sigma } else { f64::NEG_INFINITY };
            ((0.0, median * libm::exp(9.0 * sigma)), below(z(most)) - below(z(least)))
        }
    };
    let (low, high) = (ends.0.max(least), ends.1.min(most));
    if !(high - low).is_finite() {
        return Some(("this distribution reaches beyond any number", "finite values".into()));
    }
    if mass.is_nan() || mass < LEAST_MASS {
        let expected = format!("{LEAST_MASS:e} or more of the distribution inside {}", kind.expectation());
        return Some(("next to nothing of this distribution is inside the parameter's range", expected));
    }
    let wholes = libm::floor(high) - libm::ceil(low) + 1.0;
    (matches!(kind, Kind::Count(..)) && wholes < 2.0)
        .then(|| ("this range does not hold two whole numbers", kind.expectation()))
}

/// `[experiment]`: replications whose event log is kept, and outcomes of interest.
#[derive(Clone, Debug, Default)]
pub(super) struct Experiment {
    pub event_log_replications: Option<Vec<u64>>,
    pub outcomes: Option<Vec<String>>,
}

impl Experiment {
    /// Takes in one file's table; keys that are not known only bring a warning.
    pub(super) fn read(&mut self, r: Reading<'_>, tree: &DeTable<'_>) {
        let Some(table) = tree.get("experiment").and_then(|node| r.table(node, "experiment")) else { return };
        for entry in entries(table) {
            match entry.key {
                "event_log_replications" => {
                    let items = r.list(entry.node, entry.key, "a list of whole numbers, such as [0, 1]");
                    let most = super::heading::MOST_REPLICATIONS;
                    let numbers = items.into_iter().filter_map(|item| r.whole(item, entry.key, 0, most));
                    self.event_log_replications = Some(numbers.collect());
                }
                "outcomes" => {
                    let items = r.list(entry.node, entry.key, "a list of names of outcomes in quotes");
                    self.outcomes = Some(items.into_iter().filter_map(|item| r.text(item, entry.key)).collect());
                }
                _ => {
                    let diagnostic: Diagnostic = r.at(&entry.span(), "this key of [experiment] has no effect");
                    let known = ["event_log_replications", "outcomes"];
                    let help = r.advice(entry.key, known);
                    r.report(diagnostic.found(format!("`{}`", short(entry.key))).maybe_help(help).as_warning());
                }
            }
        }
    }
}

/// Reads `[[fit]]`.
pub(super) fn fit(r: Reading<'_>, tree: &DeTable<'_>) -> Vec<FitRow> {
    let keys = ["pattern", "fact", "outcome", "low", "high", "note"];
    let Some(node) = tree.get("fit") else { return Vec::new() };
    let mut all = Vec::new();
    let items = r.list(node, "fit", "a list of tables, each headed [[fit]]");
    let items = if few(r, node, "fit", items.len()) { items } else { Vec::new() };
    for item in items {
        let Some(table) = r.table(item, "fit") else { continue };
        for entry in entries(table).iter().filter(|entry| !keys.contains(&entry.key)) {
            r.unknown_key(entry, "[[fit]]", &keys);
        }
        for key in ["pattern", "outcome", "low", "high"] {
            if table.get(key).is_none() {
                r.report(r.at(&item.span(), format!("this row of [[fit]] has no `{key}`")));
            }
        }
        let text = |key: &str| table.get(key).and_then(|node: &Node<'_>| r.text(node, key));
        let number = |key: &str| table.get(key).and_then(|node: &Node<'_>| r.number(node, key));
        let pattern = table.get("pattern").and_then(|node: &Node<'_>| r.label(node, "pattern"));
        let (fact, outcome, note) = (text("fact"), text("outcome"), text("note"));
        if let (Some(pattern), Some(outcome), Some(low), Some(high)) = (pattern, outcome, number("low"), number("high"))
        {
            if low > high {
                r.report(r.at(&item.span(), "`low` is above `high`").expected("low <= high"));
            }
            let (fact, note) = (fact.unwrap_or_default(), note.unwrap_or_default());
            all.push(FitRow { pattern, fact, outcome, low, high, note });
        }
    }
    all
}
