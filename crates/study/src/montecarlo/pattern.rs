//! Patterns: how far results stand from facts, each an expression over result columns against an interval.
//!
//! An expression is a sum of terms, or a ratio of two sums: `observed_launched + observed_foiled`,
//! `observed_inspired / (observed_launched + observed_foiled)`. A term is a column, perhaps of one
//! country (`FR:observed_launched`), of one calendar year (`observed_launched@2015`, from the
//! monthly table) or of both (`FR:observed_launched@2015`, from the table of plots, by target and end). A
//! ratio is the ratio of the means over replications.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::stats::{mean, ratio_of_means};
use forestall_model::{Table, days_between, did_you_mean, month_starts, monthly_columns};

/// The columns that a term with a country and a year takes: they are counted from the table of plots.
const OF_PLOTS: [&str; 6] =
    ["observed_launched", "observed_foiled", "attacks_completed", "attacks_failed", "plots_foiled", "plots_dissolved"];

/// Calendar years with the first day and the day after the last, in days of the run.
pub type Years = BTreeMap<String, (f64, f64)>;

/// The calendar years of a run.
pub fn calendar_years(start: Date, end: Date) -> Years {
    let months = month_starts(start, end);
    let mut years = Years::new();
    for (at, (day, date)) in months.iter().enumerate() {
        let next = months.get(at + 1).map_or_else(|| days_between(start, end), |m| m.0);
        years.entry(date.year().to_string()).or_insert((*day, next)).1 = next;
    }
    years
}

/// One term of a sum.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    column: String,
    country: Option<String>,
    year: Option<String>,
}

/// A parsed expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expression {
    numerator: Vec<Term>,
    denominator: Vec<Term>,
}

impl Expression {
    /// Whether it is a ratio of two sums.
    pub fn is_ratio(&self) -> bool {
        !self.denominator.is_empty()
    }
}

/// The columns, countries and years that expressions may name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// Codes of the countries.
    pub countries: Vec<String>,
    /// Calendar years of the run.
    pub years: Vec<String>,
}

/// What an expression came to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PatternEstimate {
    /// The mean over replications, or the ratio of means.
    pub mean: f64,
    /// 5 % quantile over replications.
    pub low: f64,
    /// 95 % quantile over replications.
    pub high: f64,
}

impl Expression {
    /// Parses an expression.
    ///
    /// # Errors
    /// What is wrong, in words.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut sides = text.split('/');
        let numerator = sum(sides.next().unwrap_or_default())?;
        let denominator = sides.next().map(sum).transpose()?.unwrap_or_default();
        if sides.next().is_some() {
            return Err(format!("`{text}` has more than one `/`; write one ratio of two sums"));
        }
        Ok(Self { numerator, denominator })
    }

    /// Checks that every column, country and year exists.
    ///
    /// # Errors
    /// What is not known, in words, with the nearest known name.
    pub fn check(&self, known: &Known) -> Result<(), String> {
        self.numerator.iter().chain(&self.denominator).try_for_each(|term| term.check(known))
    }

    /// The columns that it reads of the table of replications; none where each term has a year or a country.
    pub fn of_runs(&self) -> Vec<&str> {
        let mut read = self.read(&["arm"], |term| term.year.is_none() && term.country.is_none());
        if !self.of_plots().is_empty() {
            read.extend(["arm", "replication"]);
        }
        read
    }

    /// The columns that it reads of the monthly table; none where no term has a year alone.
    pub fn of_months(&self) -> Vec<&str> {
        self.read(&["arm", "replication", "month_start"], |term| term.year.is_some() && term.country.is_none())
    }

    /// The columns that it reads of the table by country; none where no term has a country alone.
    pub fn of_countries(&self) -> Vec<&str> {
        self.read(&["arm", "country"], |term| term.country.is_some() && term.year.is_none())
    }

    /// The columns that it reads of the table of plots; none where no term has a country and a year.
    pub fn of_plots(&self) -> Vec<&str> {
        let both = |term: &Term| term.country.is_some() && term.year.is_some();
        if self.numerator.iter().chain(&self.denominator).any(both) {
            vec!["arm", "replication", "target_country", "pathway", "outcome", "end_day", "observed"]
        } else {
            Vec::new()
        }
    }

    fn read(&self, keys: &[&'static str], reads: fn(&Term) -> bool) -> Vec<&str> {
        let terms = self.numerator.iter().chain(&self.denominator);
        let own: Vec<&str> = terms.filter(|term| reads(term)).map(|term| term.column.as_str()).collect();
        if own.is_empty() { own } else { keys.iter().copied().chain(own).collect() }
    }

    /// Numerator and denominator in each of an arm's replications, in order; a plain sum has the denominator 1.
    ///
    /// `None` inside where a term is undefined, as a whole if a column is missing.
    pub fn parts(&self, tables: &Tables, arm: &str) -> Option<Vec<Option<(f64, f64)>>> {
        let top = total(&self.numerator, tables, arm)?;
        if self.denominator.is_empty() {
            return Some(top.into_iter().map(|t| t.map(|t| (t, 1.0))).collect());
        }
        let bottom = total(&self.denominator, tables, arm)?;
        Some(top.into_iter().zip(bottom).map(|(t, b)| t.zip(b)).collect())
    }

    /// Evaluates over an arm's replications, those where a term is undefined left out; `None` if a column is missing or nothing can be divided.
    pub fn evaluate(&self, tables: &Tables, arm: &str) -> Option<PatternEstimate> {
        let top = total(&self.numerator, tables, arm)?;
        if self.denominator.is_empty() {
            let top: Vec<f64> = top.into_iter().flatten().collect();
            return found(mean(&top)?, &top);
        }
        let bottom = total(&self.denominator, tables, arm)?;
        let (top, bottom): (Vec<f64>, Vec<f64>) = top.into_iter().zip(bottom).filter_map(|(t, b)| t.zip(b)).unzip();
        // A single replication has a ratio, though no interval of it.
        let single = || (top.len() == 1 && bottom[0] > 0.0).then(|| top[0] / bottom[0]);
        let ratio = ratio_of_means(&top, &bottom, 0.95).map(|r| r.ratio).or_else(single)?;
        let each: Vec<f64> = top.iter().zip(&bottom).filter(|(_, b)| **b > 0.0).map(|(t, b)| t / b).collect();
        found(ratio, &each)
    }
}

impl Term {
    fn check(&self, known: &Known) -> Result<(), String> {
        let columns: Vec<&str> = match (&self.year, &self.country) {
            (Some(_), Some(_)) => OF_PLOTS.to_vec(),
            (Some(_), None) => monthly_columns(),
            (None, _) => forestall_model::columns().iter().map(|c| c.name).collect(),
        };
        if !columns.contains(&self.column.as_str()) {
            let near = did_you_mean(&self.column, columns).unwrap_or_else(|| match (&self.year, &self.country) {
                (Some(_), Some(_)) => format!("a term with a country and a year takes one of {}", OF_PLOTS.join(", ")),
                (Some(_), None) => "a term with a year takes a column of the monthly table".into(),
                (None, _) => "`forestall list outcomes` names them all".into(),
            });
            return Err(format!("no column is called `{}`; {near}", self.column));
        }
        let among = |what: &str, name: &Option<String>, all: &[String]| match name {
            Some(name) if !all.contains(name) => Err(format!("`{name}` is no {what} of the run: {}", all.join(", "))),
            _ => Ok(()),
        };
        among("country", &self.country, &known.countries)?;
        among("year", &self.year, &known.years)
    }
}

fn found(mean: f64, values: &[f64]) -> Option<PatternEstimate> {
    Some(PatternEstimate {
        mean,
        low: crate::stats::quantile(values, 0.05)?,
        high: crate::stats::quantile(values, 0.95)?,
    })
}

/// The tables that expressions read.
pub struct Tables<'a> {
    /// One row a replication and arm.
    pub replications: &'a Table,
    /// One row a month, replication and arm.
    pub monthly: &'a Table,
    /// One row a country, replication and arm.
    pub by_country: &'a Table,
    /// One row a plot, replication and arm.
    pub plots: &'a Table,
    /// The calendar years of the run.
    pub years: &'a Years,
}

fn sum(text: &str) -> Result<Vec<Term>, String> {
    let inner = text.trim().trim_start_matches('(').trim_end_matches(')');
    inner.split('+').map(|part| term(part.trim())).collect()
}

fn term(text: &str) -> Result<Term, String> {
    let (country, rest) = match text.split_once(':') {
        Some((code, rest)) => (Some(code.trim().to_string()), rest),
        None => (None, text),
    };
    let (column, year) = match rest.split_once('@') {
        Some((column, year)) => (column, Some(year.trim().to_string())),
        None => (rest, None),
    };
    let named = column.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') && !column.trim().is_empty();
    if !named {
        return Err(format!("`{text}` is not a term; write a column, `CC:column`, `column@YEAR` or `CC:column@YEAR`"));
    }
    Ok(Term { column: column.trim().to_string(), country, year })
}

fn total(terms: &[Term], tables: &Tables, arm: &str) -> Option<Vec<Option<f64>>> {
    let mut sums: Option<Vec<Option<f64>>> = None;
    for term in terms {
        let values = one(term, tables, arm)?;
        sums = Some(match sums {
            None => values,
            Some(mut sums) if sums.len() == values.len() => {
                for (sum, value) in sums.iter_mut().zip(values) {
                    *sum = sum.zip(value).map(|(a, b)| a + b);
                }
                sums
            }
            Some(_) => return None,
        });
    }
    sums
}

/// A term in each replication; `None` inside where it is undefined there.
fn one(term: &Term, tables: &Tables, arm: &str) -> Option<Vec<Option<f64>>> {
    if let (Some(country), Some(year)) = (&term.country, &term.year) {
        return plots_of(&term.column, (country, year), tables, arm);
    }
    let table = match (&term.country, &term.year) {
        (Some(_), _) => tables.by_country,
        (_, Some(_)) => tables.monthly,
        _ => tables.replications,
    };
    let (arms, column) = (table.column("arm")?, table.column(&term.column)?);
    let keep = |row: usize| {
        arms.text(row) == arm
            && term.country.as_ref().is_none_or(|code| table.column("country").is_some_and(|c| c.text(row) == *code))
            && term
                .year
                .as_ref()
                .is_none_or(|year| table.column("month_start").is_some_and(|c| c.text(row).starts_with(year.as_str())))
    };
    if term.year.is_none() {
        return Some((0..table.rows()).filter(|&r| keep(r)).map(|r| column.number(r)).collect());
    }
    // A year is the sum of its months, replication by replication.
    let numbers = table.column("replication")?;
    let mut years: std::collections::BTreeMap<i64, Option<f64>> = std::collections::BTreeMap::new();
    for row in (0..table.rows()).filter(|&r| arms.text(r) == arm) {
        let sum = years.entry(numbers.number(row)? as i64).or_insert(Some(0.0));
        if keep(row) {
            *sum = sum.zip(column.number(row)).map(|(a, b)| a + b);
        }
    }
    Some(years.into_values().collect())
}

/// Plots against one country that ended in one year, in each replication.
fn plots_of(column: &str, (country, year): (&str, &str), tables: &Tables, arm: &str) -> Option<Vec<Option<f64>>> {
    let (from, to) = *tables.years.get(year)?;
    let (arms, numbers) = (tables.replications.column("arm")?, tables.replications.column("replication")?);
    let rows = (0..tables.replications.rows()).filter(|&row| arms.text(row) == arm);
    let mut counts: BTreeMap<i64, f64> = rows.filter_map(|row| Some((numbers.number(row)? as i64, 0.0))).collect();
    let plots = tables.plots;
    let get = |name: &str| plots.column(name);
    let (arms, numbers, targets) = (get("arm")?, get("replication")?, get("target_country")?);
    let (pathways, outcomes) = (get("pathway")?, get("outcome")?);
    let (ends, observed) = (get("end_day")?, get("observed")?);
    let real = |row: usize, outcome: &str| pathways.text(row) != "sting" && outcomes.text(row) == outcome;
    let counted = |row: usize| match column {
        "observed_launched" => observed.text(row).ends_with("_launched"),
        "observed_foiled" => observed.text(row).ends_with("_foiled"),
        "attacks_completed" => real(row, "completed"),
        "attacks_failed" => real(row, "failed"),
        "plots_foiled" => real(row, "foiled"),
        "plots_dissolved" => real(row, "dissolved"),
        _ => false,
    };
    for row in 0..plots.rows() {
        let within = ends.number(row).is_some_and(|day| day >= from && day < to);
        if within && arms.text(row) == arm && targets.text(row) == country && counted(row) {
            *counts.entry(numbers.number(row)? as i64).or_default() += 1.0;
        }
    }
    Some(counts.into_values().map(Some).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use forestall_model::Column;

    fn table(rows: &[(&str, i64, &str, i64)]) -> Table {
        let mut t = Table::new();
        t.push("arm", Column::Text(rows.iter().map(|r| r.0.into()).collect()));
        t.push("replication", Column::Integer(rows.iter().map(|r| Some(r.1)).collect()));
        t.push("month_start", Column::Text(rows.iter().map(|r| r.2.into()).collect()));
        t.push("x", Column::Integer(rows.iter().map(|r| Some(r.3)).collect()));
        t
    }

    #[test]
    fn years_are_summed_replication_by_replication() {
        let monthly = table(&[
            ("baseline", 0, "2014-01-01", 1),
            ("baseline", 0, "2014-02-01", 2),
            ("baseline", 0, "2015-01-01", 40),
            ("baseline", 1, "2014-01-01", 5),
            ("other", 0, "2014-01-01", 1000),
        ]);
        let (plots, years) = (Table::new(), Years::new());
        let tables =
            Tables { replications: &monthly, monthly: &monthly, by_country: &monthly, plots: &plots, years: &years };
        let found = Expression::parse("x@2014").unwrap().evaluate(&tables, "baseline").unwrap();
        assert_eq!(found.mean, 4.0);
        let ratio = Expression::parse("x@2015 / (x@2014 + x@2015)").unwrap().evaluate(&tables, "baseline").unwrap();
        assert!((ratio.mean - 20.0 / 24.0).abs() < 1e-12);
    }

    #[test]
    fn replications_without_a_value_are_left_out_and_not_zero() {
        let mut t = Table::new();
        t.push("arm", Column::Text(vec!["baseline".into(); 3]));
        t.push("x", Column::Number(vec![Some(0.8), None, Some(0.4)]));
        t.push("y", Column::Number(vec![Some(2.0), Some(5.0), None]));
        let (plots, years) = (Table::new(), Years::new());
        let tables = Tables { replications: &t, monthly: &t, by_country: &t, plots: &plots, years: &years };
        let mean = |text: &str| Expression::parse(text).unwrap().evaluate(&tables, "baseline").map(|f| f.mean);
        assert!((mean("x").unwrap() - 0.6).abs() < 1e-12);
        assert_eq!(mean("x + y"), Some(2.8));
        assert_eq!(mean("z"), None);
        // One replication is left, in which both sides are defined; a ratio needs no more.
        let parts = |text: &str| Expression::parse(text).unwrap().parts(&tables, "baseline");
        assert_eq!(parts("x / y"), Some(vec![Some((0.8, 2.0)), None, None]));
        assert_eq!(parts("x"), Some(vec![Some((0.8, 1.0)), None, Some((0.4, 1.0))]));
        assert_eq!(parts("z"), None);
        assert_eq!(mean("x / y"), Some(0.4));
    }

    #[test]
    fn nonsense_is_refused_with_a_reason() {
        assert!(Expression::parse("a / b / c").unwrap_err().contains("more than one"));
        assert!(Expression::parse("a + ").unwrap_err().contains("not a term"));
    }

    #[test]
    fn a_country_in_a_year_is_counted_from_the_plots() {
        let mut runs = Table::new();
        runs.push("arm", Column::Text(["baseline", "baseline", "other"].map(String::from).to_vec()));
        runs.push("replication", Column::Integer([0, 1, 0].map(Some).to_vec()));
        let rows = [
            ("baseline", 0, "FR", "inspired", "completed", 364.0, "inspired_launched"),
            ("baseline", 0, "FR", "inspired", "foiled", 366.0, ""),
            ("baseline", 0, "FR", "sting", "foiled", 367.0, "inspired_foiled"),
            ("baseline", 0, "DE", "inspired", "foiled", 368.0, "inspired_foiled"),
            ("other", 0, "FR", "inspired", "foiled", 369.0, "inspired_foiled"),
        ];
        let text = |f: &dyn Fn(usize) -> &'static str| Column::Text((0..rows.len()).map(|i| f(i).to_owned()).collect());
        let mut plots = Table::new();
        plots.push("arm", text(&|i| rows[i].0));
        plots.push("replication", Column::Integer(rows.iter().map(|r| Some(r.1)).collect()));
        plots.push("target_country", text(&|i| rows[i].2));
        plots.push("pathway", text(&|i| rows[i].3));
        plots.push("outcome", text(&|i| rows[i].4));
        plots.push("end_day", Column::Number(rows.iter().map(|r| Some(r.5)).collect()));
        plots.push("observed", text(&|i| rows[i].6));
        let years = calendar_years(jiff::civil::date(2014, 1, 1), jiff::civil::date(2016, 1, 1));
        assert_eq!(years.get("2015"), Some(&(365.0, 730.0)));
        let tables = Tables { replications: &runs, monthly: &runs, by_country: &runs, plots: &plots, years: &years };
        let each = |text: &str| {
            let parts = Expression::parse(text).unwrap().parts(&tables, "baseline").unwrap();
            parts.into_iter().map(|p| p.unwrap().0).collect::<Vec<_>>()
        };
        assert_eq!(each("FR:observed_launched@2014"), [1.0, 0.0]);
        assert_eq!(each("FR:observed_foiled@2015"), [1.0, 0.0], "a sting case is counted as published counts do");
        assert_eq!(each("FR:plots_foiled@2015"), [1.0, 0.0], "and not among plots");
        assert_eq!(each("FR:observed_foiled@2015 + DE:observed_foiled@2015"), [2.0, 0.0]);
        assert_eq!(each("FR:attacks_completed@2015"), [0.0, 0.0]);
        let known = Known { countries: vec!["FR".into()], years: vec!["2015".into()] };
        let checked = |text: &str| Expression::parse(text).unwrap().check(&known);
        assert!(checked("FR:observed_foiled@2015").is_ok());
        assert!(checked("FR:arrests@2015").unwrap_err().contains("country and a year takes one of"));
    }
}
