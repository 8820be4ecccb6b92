//! Draws from a posterior: several sets of calibrated values, all equally likely, of which each run takes one.
//!
//! `[calibrated]` names a file of them, `draws = "posterior.csv"`: a column `draw`, then a column a path, a row a
//! draw. A resolved scenario holds them itself, in `[calibrated.draws]`, a list a path. Until a draw is chosen
//! the values of the plan are the means over draws.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::ops::Range;

use toml::de::{DeTable, DeValue};

use super::address::{Codes, Place, Target};
use super::diagnostic::{Diagnostic, Mark};
use super::extras::{places, stated};
use super::parameter::Kind;
use super::plan::{Level, Origin, Plan};
use super::reading::{Node, Reading};
use super::registry::Slot;
use super::resolved::Values;
use super::source::{Source, beside};
use super::tables::Base;
use super::write::{number, quoted};

/// Keys of `[calibrated]` that are no paths.
pub(super) const DRAWS_KEYS: [&str; 2] = ["draws", "replaces_file"];
/// Most draws that are read.
const MOST_DRAWS: usize = 100_000;

/// One parameter's values, one a draw.
#[derive(Clone, Debug, PartialEq)]
pub struct DrawnParameter {
    /// Its path as written.
    pub path: String,
    /// What the path means.
    pub target: Target,
    /// Its value in each draw.
    pub values: Vec<f64>,
}

/// Equally likely draws from the posterior of a calibration.
#[derive(Clone, Debug)]
pub struct Posterior {
    /// The file that holds them, or the scenario file itself.
    pub file: String,
    /// The parameters, by path.
    pub parameters: Vec<DrawnParameter>,
    /// Number of draws.
    pub draws: usize,
    /// Values and origins as they were without the posterior.
    before: (Values, BTreeMap<(Place, Slot), Origin>),
}

/// What is made of the posterior in a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum UsePosterior {
    /// Every run takes one draw.
    #[default]
    Draws,
    /// Every run takes the mean over draws.
    Mean,
    /// The posterior is left aside; values are those of the files.
    None,
}

impl Posterior {
    /// Replaces the drawn values; draws beyond the last begin anew.
    pub(super) fn lay(&self, draw: u64, values: &mut Values) {
        let row = (draw % self.draws as u64) as usize;
        for parameter in &self.parameters {
            parameter.target.each(values, |value| *value = parameter.values[row]);
        }
    }

    /// The draws as lines of TOML, a list a path.
    pub(super) fn lines(&self) -> String {
        let mut out = String::new();
        for parameter in &self.parameters {
            let values: Vec<String> = parameter.values.iter().map(|v| number(*v)).collect();
            // Writing to a String cannot fail.
            let _ = writeln!(out, "{} = [{}]", quoted(&parameter.path), values.join(", "));
        }
        out
    }
}

impl Plan {
    /// Number of draws from the posterior that runs take turns with; 0 where every run has the same values.
    pub fn draws(&self) -> u64 {
        self.posterior.as_ref().map_or(0, |p| p.draws as u64)
    }

    /// Chooses what is made of the posterior; without one nothing changes.
    pub fn use_posterior(&mut self, how: UsePosterior) {
        let kept = if how == UsePosterior::Draws { None } else { self.posterior.take() };
        if let (UsePosterior::None, Some(posterior)) = (how, kept) {
            (self.base, self.origins) = posterior.before;
        }
    }
}

/// A column of draws before it is checked, with the places of its path and of each number.
struct Column {
    path: String,
    span: Range<usize>,
    values: Vec<(f64, Range<usize>)>,
}

/// The columns and the text in which they stand.
struct Columns {
    file: String,
    /// The file of draws; `None` where the scenario file itself holds them.
    source: Option<Source>,
    all: Vec<Column>,
}

impl Columns {
    fn mark(&self, r: Reading<'_>, span: &Range<usize>) -> Mark {
        self.source.as_ref().map_or_else(|| r.mark(span), |source| source.mark(span))
    }
}

/// Reads `draws` of `[calibrated]` into the base and the posterior.
pub(super) fn read(
    r: Reading<'_>,
    codes: &Codes,
    tree: &DeTable<'_>,
    base: &mut Base,
    posterior: &mut Option<Posterior>,
    open: &dyn Fn(&str) -> Result<String, String>,
) {
    let Some(table) = tree.get("calibrated").and_then(|node| node.get_ref().as_table()) else { return };
    let replaces = table.get("replaces_file").is_some_and(|node: &Node<'_>| {
        let yes = node.get_ref().as_bool();
        if yes.is_none() {
            r.wrong(node, "replaces_file", "true or false");
        }
        yes == Some(true)
    });
    let Some(node) = table.get("draws") else { return };
    let Some(found) = columns(r, node, open) else { return };
    let mut parameters: Vec<DrawnParameter> = Vec::new();
    let mut draws = None;
    for column in &found.all {
        let Some(parameter) = parameter(r, codes, base, (&found, column), replaces, node) else { continue };
        let mark = found.mark(r, &column.span);
        if *draws.get_or_insert(parameter.values.len()) != parameter.values.len() || parameter.values.is_empty() {
            let found = format!("{} values", parameter.values.len());
            r.report(Diagnostic::at(&mark, "every parameter needs one value a draw").found(found));
        }
        if parameters.iter().any(|p| p.target.overlaps(&parameter.target)) {
            r.report(Diagnostic::at(&mark, format!("`{}` is drawn twice", column.path)));
        }
        parameters.push(parameter);
    }
    // A table of lists comes back sorted from a resolved file; the order must not depend on the way.
    parameters.sort_by(|a, b| a.path.cmp(&b.path));
    let Some(draws) = draws.filter(|draws| parameters.iter().all(|p| p.values.len() == *draws && *draws > 0)) else {
        return;
    };
    if let Some(earlier) = posterior.take() {
        (base.values, base.origins) = earlier.before;
    }
    let before = (base.values.clone(), base.origins.clone());
    for p in &parameters {
        let mean = p.values.iter().sum::<f64>() / draws as f64;
        let whole = matches!(p.target.kind(r.registry), Kind::Count(..));
        let mean = if whole { libm::round(mean) } else { mean };
        let note = Some(format!("mean of {draws} draws from the posterior"));
        let origin = Origin { level: Level::Calibrated, mark: r.mark(&node.span()), evidence: None, note };
        let stated: Vec<Place> = stated(base, &p.target).into_iter().map(|s| s.0).collect();
        p.target.each(&mut base.values, |value| *value = mean);
        for place in places(&p.target, codes).into_iter().chain(stated) {
            base.origins.insert((place, p.target.slot), origin.clone());
        }
    }
    *posterior = Some(Posterior { file: found.file, parameters, draws, before });
}

/// Checks one column against the parameter that its path names.
fn parameter(
    r: Reading<'_>,
    codes: &Codes,
    base: &Base,
    (all, column): (&Columns, &Column),
    replaces: bool,
    node: &Node<'_>,
) -> Option<DrawnParameter> {
    let at = |span: &Range<usize>, message: String| Diagnostic::at(&all.mark(r, span), message);
    let target = match codes.target(r.registry, &column.path) {
        Ok(target) => target,
        Err(error) => {
            let mut diagnostic = at(&column.span, error.message).maybe_help(error.help);
            diagnostic.expected = error.expected;
            r.report(diagnostic);
            return None;
        }
    };
    let kind = target.kind(r.registry);
    if matches!(kind, Kind::Switch | Kind::Choice(_)) {
        r.report(at(&column.span, format!("`{}` is no number and cannot be drawn", column.path)));
        return None;
    }
    if let Some((value, span)) = column.values.iter().find(|(value, _)| !kind.admits(*value)) {
        let diagnostic = at(span, format!("`{}` cannot have this value", column.path));
        r.report(diagnostic.found(value.to_string()).expected(kind.expectation()));
        return None;
    }
    if let Some((_, origin)) = stated(base, &target).first().filter(|_| !replaces) {
        let message = format!("the draws of `{}` would silently replace a value of the file", column.path);
        let place = format!("{}:{} states it too", origin.mark.file, origin.mark.line);
        r.report(
            r.at(&node.span(), message).found(place).help("remove it there, or write `replaces_file = true` here"),
        );
        return None;
    }
    let values = column.values.iter().map(|v| v.0).collect();
    Some(DrawnParameter { path: column.path.clone(), target, values })
}

/// The columns of the named file or of the table itself; `None` after a report.
#[allow(clippy::wildcard_enum_match_arm, reason = "the kinds of value are those of the file format")]
fn columns(r: Reading<'_>, node: &Node<'_>, open: &dyn Fn(&str) -> Result<String, String>) -> Option<Columns> {
    match node.get_ref() {
        DeValue::String(name) if !name.is_empty() => {
            let file = beside(&r.source.file, name);
            match open(&file) {
                Ok(text) => {
                    // Lines of a file that holds no draws are nobody's to see in a message.
                    let shown = fields(text.lines().next().unwrap_or(""), 0)[0].0 == "draw";
                    let source = Source::of(&file, text, shown);
                    let columns = table_of(r, &source)?;
                    Some(Columns { file, source: Some(source), all: columns })
                }
                Err(reason) => {
                    r.report(r.at(&node.span(), format!("cannot read `{file}`: {reason}")));
                    None
                }
            }
        }
        DeValue::Table(table) => {
            let column = |(key, list): (&toml::Spanned<_>, &Node<'_>)| inline_column(r, key, list);
            Some(Columns { file: r.source.file.clone(), source: None, all: table.iter().map(column).collect() })
        }
        _ => {
            r.wrong(node, "draws", "the path of a file of draws in quotes, such as \"posterior.csv\"");
            None
        }
    }
}

fn inline_column(r: Reading<'_>, key: &toml::Spanned<std::borrow::Cow<'_, str>>, list: &Node<'_>) -> Column {
    let path = key.get_ref().to_string();
    let items = r.list(list, &path, "a list of numbers, one a draw");
    let values = items.into_iter().filter_map(|item| r.number(item, &path).map(|value| (value, item.span()))).collect();
    Column { path, span: key.span(), values }
}

/// The fields of a line with the stretches of bytes where they stand.
fn fields(line: &str, start: usize) -> Vec<(&str, Range<usize>)> {
    let mut at = start;
    line.split(',')
        .map(|field| {
            let span = at..at + field.len();
            at = span.end + 1;
            (field.trim().trim_matches('"'), span)
        })
        .collect()
}

/// Reads a file of draws; `None` after a report.
fn table_of(r: Reading<'_>, source: &Source) -> Option<Vec<Column>> {
    let wrong = |span: &Range<usize>, message: &str, expected: &str| {
        r.report(Diagnostic::at(&source.mark(span), message).expected(expected));
        None
    };
    let mut start = 0;
    let mut lines = source.text.split('\n').filter_map(|line| {
        let from = start;
        start += line.len() + 1;
        let line = line.trim_end_matches('\r');
        (!line.trim().is_empty()).then_some((line, from))
    });
    let right = "a heading such as `draw,onset.spontaneous_per_million_per_year`, and a row of numbers a draw";
    let Some((heading, from)) = lines.next() else { return wrong(&(0..1), "this file of draws is empty", right) };
    let names = fields(heading, from);
    if names.len() < 2 || names[0].0 != "draw" {
        return wrong(&names[0].1, "this is no file of draws", right);
    }
    let column = |(path, span): &(&str, Range<usize>)| Column {
        path: (*path).to_owned(),
        span: span.clone(),
        values: Vec::new(),
    };
    let mut columns: Vec<Column> = names[1..].iter().map(column).collect();
    for (row, (line, from)) in lines.enumerate() {
        let cells = fields(line, from);
        let whole = from..from + line.len();
        if row == MOST_DRAWS {
            return wrong(&whole, "this file holds too many draws", &format!("at most {MOST_DRAWS}"));
        }
        if cells.len() != names.len() {
            return wrong(&whole, "this row has another number of fields than the heading", right);
        }
        for (column, (cell, span)) in columns.iter_mut().zip(&cells[1..]) {
            match cell.parse::<f64>() {
                Ok(value) if value.is_finite() => column.values.push((value, span.clone())),
                _ => return wrong(span, "this is no finite number", "a number such as 0.25"),
            }
        }
    }
    Some(columns)
}
