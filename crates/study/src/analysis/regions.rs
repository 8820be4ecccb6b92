//! A sample with its cases of interest, and boxes in the space of its factors.

use std::sync::Arc;

use forestall_model::{Column, Table};

use super::error::AnalysisError;
use super::predicate::Predicate;

/// The values of one factor.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Values {
    /// Numbers.
    Number(Vec<f64>),
    /// Codes of categories, and the categories' names.
    Category(Vec<usize>, Arc<[String]>),
}

/// Points with a mark of which are of interest.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// Names of the factors.
    pub names: Vec<String>,
    pub(super) values: Vec<Values>,
    /// Which points are of interest.
    pub inside: Vec<bool>,
    /// Rows of the table left out because a value is undefined.
    pub dropped: usize,
    /// Rows of the table left out because a value is infinite.
    pub infinite: usize,
    /// Columns that are no factors, each with the reason.
    pub left_out: Vec<(String, String)>,
}

/// Most categories of one factor: with more, a box can pick the cases of interest one by one.
const MOST_CATEGORIES: usize = 50;

impl Sample {
    /// The rows of a table; those with an undefined or infinite value are left out and counted.
    ///
    /// Factors are `parameters`, or all columns but `outcome` and those that the condition names; of these, columns
    /// without any value or with more than 50 categories are left out and named.
    ///
    /// # Errors
    /// [`AnalysisError::Request`] where a column is missing, a named one cannot be a factor, no factor is left, or no
    /// row, or all rows, are of interest.
    pub fn from_table(
        table: &Table,
        outcome: &str,
        condition: &Predicate,
        parameters: Option<&[String]>,
    ) -> Result<Self, AnalysisError> {
        if table.column(outcome).is_none() {
            let names: Vec<&str> = table.columns().map(|c| c.0).collect();
            let help = forestall_model::did_you_mean(outcome, names.iter().copied()).unwrap_or_default();
            return Err(AnalysisError::request(format!(
                "the table has no column `{outcome}`; its columns are {} {help}",
                names.join(", ")
            )));
        }
        let marks = condition.rows(table)?;
        let (names, left_out) = factors(table, outcome, condition, parameters)?;
        let columns: Vec<&Column> = names.iter().filter_map(|n| table.column(n)).collect();
        let conditions: Vec<&Column> = condition.columns().filter_map(|n| table.column(n)).collect();
        let infinite =
            |row: usize| columns.iter().chain(&conditions).any(|c| c.number(row).is_some_and(f64::is_infinite));
        let whole = |row: usize| marks[row].is_some() && columns.iter().all(|c| is_there(c, row));
        let defined: Vec<usize> = (0..table.rows()).filter(|row| whole(*row)).collect();
        let rows: Vec<usize> = defined.iter().copied().filter(|row| !infinite(*row)).collect();
        let inside: Vec<bool> = rows.iter().map(|&row| marks[row] == Some(true)).collect();
        let values = columns.iter().map(|column| read(column, &rows)).collect();
        let (dropped, infinite) = (table.rows() - defined.len(), defined.len() - rows.len());
        let sample = Self { names, values, inside, dropped, infinite, left_out };
        match sample.of_interest() {
            0 => Err(AnalysisError::request(format!(
                "none of {} rows is of interest: there is nothing to find{}",
                rows.len(),
                sample.lost()
            ))),
            n if n == rows.len() => Err(AnalysisError::request(format!(
                "all {n} rows are of interest: there is nothing to tell apart{}",
                sample.lost()
            ))),
            _ => Ok(sample),
        }
    }

    /// How many rows were left out, for an error that may come of it.
    fn lost(&self) -> String {
        match self.dropped + self.infinite {
            0 => String::new(),
            lost => format!(" ({lost} rows were left out: a value in them is undefined or infinite)"),
        }
    }

    /// The number of points.
    pub fn len(&self) -> usize {
        self.inside.len()
    }

    /// Whether there is no point.
    pub fn is_empty(&self) -> bool {
        self.inside.is_empty()
    }

    /// How many points are of interest.
    pub fn of_interest(&self) -> usize {
        self.inside.iter().filter(|inside| **inside).count()
    }

    /// The box that holds every point.
    pub(super) fn whole(&self) -> Region {
        let limit = |(name, values): (&String, &Values)| match values {
            Values::Number(v) => {
                let low = v.iter().copied().fold(f64::INFINITY, f64::min);
                let high = v.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                Limit { parameter: name.clone(), span: Span::Between(low, high) }
            }
            Values::Category(_, names) => {
                Limit { parameter: name.clone(), span: Span::Among(names.clone(), vec![true; names.len()]) }
            }
        };
        Region { limits: self.names.iter().zip(&self.values).map(limit).collect() }
    }

    /// The points among `from` that lie in `region`.
    pub(super) fn points_in(&self, region: &Region, from: &[usize]) -> Vec<usize> {
        from.iter().copied().filter(|&i| region.limits.iter().zip(&self.values).all(|(l, v)| l.holds(v, i))).collect()
    }

    /// How many of `points` are of interest.
    pub(super) fn hits(&self, points: &[usize]) -> usize {
        points.iter().filter(|&&i| self.inside[i]).count()
    }
}

/// Columns that are no factors, each with the reason.
type LeftOut = Vec<(String, String)>;

/// The names of the factors, and columns that are none with the reason.
fn factors(
    table: &Table,
    outcome: &str,
    condition: &Predicate,
    parameters: Option<&[String]>,
) -> Result<(Vec<String>, LeftOut), AnalysisError> {
    let not: Vec<&str> = condition.columns().chain([outcome]).collect();
    let named: Vec<&str> = match parameters {
        Some(names) => names.iter().map(String::as_str).collect(),
        None => table.columns().map(|c| c.0).filter(|name| !not.contains(name)).collect(),
    };
    let (mut names, mut left_out) = (Vec::new(), Vec::new());
    for name in named {
        let column =
            table.column(name).ok_or_else(|| AnalysisError::request(format!("the table has no column `{name}`")))?;
        match (unfit(column), parameters) {
            (None, _) => names.push(name.to_owned()),
            (Some(reason), None) => left_out.push((name.to_owned(), reason)),
            (Some(reason), Some(_)) => return Err(AnalysisError::request(format!("`{name}` {reason}"))),
        }
    }
    if names.is_empty() {
        let told: Vec<String> = left_out.iter().map(|(name, reason)| format!("; `{name}` {reason}")).collect();
        return Err(AnalysisError::request(format!(
            "the table has no column besides the outcome: there is nothing to limit{}",
            told.concat()
        )));
    }
    Ok((names, left_out))
}

/// Why a column cannot be a factor; `None` if it can.
fn unfit(column: &Column) -> Option<String> {
    if (0..column.len()).all(|row| !is_there(column, row)) {
        return Some("has no value in any row".into());
    }
    let Column::Text(texts) = column else { return None };
    let different: std::collections::BTreeSet<&str> = texts.iter().map(String::as_str).collect();
    (different.len() > MOST_CATEGORIES)
        .then(|| format!("has {} categories, and at most {MOST_CATEGORIES} can be told apart", different.len()))
}

/// Whether a value is there; a text is if it is not blank.
fn is_there(column: &Column, row: usize) -> bool {
    if let Column::Text(texts) = column { !texts[row].trim().is_empty() } else { column.number(row).is_some() }
}

fn read(column: &Column, rows: &[usize]) -> Values {
    if let Column::Text(texts) = column {
        let mut names: Vec<String> = rows.iter().map(|&row| texts[row].clone()).collect();
        names.sort();
        names.dedup();
        let code = |row: &usize| names.binary_search(&texts[*row]).unwrap_or(0);
        Values::Category(rows.iter().map(code).collect(), names.into())
    } else {
        Values::Number(rows.iter().map(|&row| column.number(row).unwrap_or(0.0)).collect())
    }
}

/// What a box allows of one factor.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Span {
    /// From and to, both included.
    Between(f64, f64),
    /// Categories, and which are allowed.
    Among(Arc<[String]>, Vec<bool>),
}

/// What a box allows of one factor, with its name.
#[derive(Clone, Debug, PartialEq)]
pub struct Limit {
    /// The factor.
    pub parameter: String,
    pub(super) span: Span,
}

impl Limit {
    fn holds(&self, values: &Values, i: usize) -> bool {
        match (&self.span, values) {
            (Span::Between(low, high), Values::Number(v)) => (*low..=*high).contains(&v[i]),
            (Span::Among(_, allowed), Values::Category(codes, _)) => allowed[codes[i]],
            _ => false,
        }
    }

    /// Smallest and largest number allowed; `None` for categories.
    pub fn range(&self) -> Option<(f64, f64)> {
        if let Span::Between(low, high) = self.span { Some((low, high)) } else { None }
    }

    /// The categories allowed; `None` for numbers.
    pub fn categories(&self) -> Option<Vec<&str>> {
        let Span::Among(names, allowed) = &self.span else { return None };
        Some(names.iter().zip(allowed).filter(|(_, yes)| **yes).map(|(name, _)| name.as_str()).collect())
    }
}

/// A box: a limit on every factor, in their order.
#[derive(Clone, Debug, PartialEq)]
pub struct Region {
    /// One limit a factor.
    pub limits: Vec<Limit>,
}

impl Region {
    /// The places of the factors that are limited more than in `whole`.
    pub fn restricted(&self, whole: &Self) -> Vec<usize> {
        (0..self.limits.len()).filter(|&j| self.limits[j] != whole.limits[j]).collect()
    }
}
