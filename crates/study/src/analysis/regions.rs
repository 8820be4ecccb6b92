//! A sample with its cases of interest, and boxes in the space of its factors.

use forestall_model::{Column, Table};

use super::error::AnalysisError;
use super::predicate::Predicate;

/// The values of one factor.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Values {
    /// Numbers.
    Number(Vec<f64>),
    /// Codes of categories, and the categories' names.
    Category(Vec<usize>, Vec<String>),
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
}

impl Sample {
    /// The rows of a table; those with an undefined value are left out and counted.
    ///
    /// Factors are `parameters`, or all columns but `outcome` and those that the condition names.
    ///
    /// # Errors
    /// [`AnalysisError::Request`] where a column is missing, no factor is left, or no row, or all rows, are of interest.
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
        let left_out: Vec<&str> = condition.columns().chain([outcome]).collect();
        let names: Vec<String> = match parameters {
            Some(names) => names.to_vec(),
            None => table.columns().map(|c| c.0).filter(|n| !left_out.contains(n)).map(str::to_owned).collect(),
        };
        if names.is_empty() {
            return Err(AnalysisError::request(
                "the table has no column besides the outcome: there is nothing to limit",
            ));
        }
        let columns: Vec<&Column> = names
            .iter()
            .map(|n| table.column(n).ok_or_else(|| AnalysisError::request(format!("the table has no column `{n}`"))))
            .collect::<Result<_, _>>()?;
        let whole = |row: &usize| {
            marks[*row].is_some() && columns.iter().all(|c| matches!(c, Column::Text(_)) || c.number(*row).is_some())
        };
        let rows: Vec<usize> = (0..table.rows()).filter(whole).collect();
        let inside: Vec<bool> = rows.iter().map(|&row| marks[row] == Some(true)).collect();
        let values = columns.iter().map(|column| read(column, &rows)).collect();
        let sample = Self { names, values, inside, dropped: table.rows() - rows.len() };
        match sample.of_interest() {
            0 => Err(AnalysisError::request(format!(
                "none of {} rows is of interest: there is nothing to find",
                rows.len()
            ))),
            n if n == rows.len() => {
                Err(AnalysisError::request(format!("all {n} rows are of interest: there is nothing to tell apart")))
            }
            _ => Ok(sample),
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

fn read(column: &Column, rows: &[usize]) -> Values {
    if let Column::Text(texts) = column {
        let mut names: Vec<String> = rows.iter().map(|&row| texts[row].clone()).collect();
        names.sort();
        names.dedup();
        let code = |row: &usize| names.binary_search(&texts[*row]).unwrap_or(0);
        Values::Category(rows.iter().map(code).collect(), names)
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
    Among(Vec<String>, Vec<bool>),
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
