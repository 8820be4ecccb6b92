//! The response of a model at the points of a design: tied to it, with replicates and failures.

use crate::design::Design;
use crate::stats::{mean, variance};
use forestall_model::{Column, Table};

use super::error::AnalysisError;
use super::estimate::Estimate;
use crate::results::outside::shown;

/// Values at each point, one or several replicates; `None` where a run failed.
///
/// Replicate r of all rows of one block is taken to share its random streams.
#[derive(Clone, Debug, PartialEq)]
pub struct Response {
    /// Name of the outcome.
    pub name: String,
    /// By row, then by replicate; rows may have different numbers.
    values: Vec<Vec<Option<f64>>>,
    /// How many values are infinite; they are undefined too.
    pub(super) infinite: usize,
}

/// Columns that say where a value belongs.
const KEYS: [&str; 3] = ["design", "row", "replicate"];

impl Response {
    /// One value a row.
    ///
    /// # Errors
    /// [`AnalysisError::Mismatch`] where there are more or fewer values than points.
    pub fn new(design: &Design, name: impl Into<String>, values: Vec<Option<f64>>) -> Result<Self, AnalysisError> {
        Self::with_replicates(design, name, values.into_iter().map(|v| vec![v]).collect())
    }

    /// Several replicates a row.
    ///
    /// # Errors
    /// [`AnalysisError::Mismatch`] where there are more or fewer rows than points.
    pub fn with_replicates(
        design: &Design,
        name: impl Into<String>,
        values: Vec<Vec<Option<f64>>>,
    ) -> Result<Self, AnalysisError> {
        if values.len() != design.rows() {
            return Err(AnalysisError::mismatch(format!(
                "the response has {} rows and the design has {}: it does not belong to this design; give one row a \
                 point in the design's order, or a column `row` with the point's number from 0",
                values.len(),
                design.rows()
            )));
        }
        let infinite = values.iter().flatten().flatten().filter(|x| x.is_infinite()).count();
        let finite = |v: Option<f64>| v.filter(|x| x.is_finite());
        let values = values.into_iter().map(|row| row.into_iter().map(finite).collect()).collect();
        Ok(Self { name: name.into(), values, infinite })
    }

    /// Reads a table: the outcome's column, and if there are any, `row` (the point, from 0), `replicate`, `design`
    /// (the design's id) and columns of parameters, which must agree with the design.
    ///
    /// # Errors
    /// [`AnalysisError::Mismatch`] where it does not belong to the design, [`AnalysisError::Request`] where the
    /// outcome is not clear.
    pub fn from_table(design: &Design, table: &Table, outcome: Option<&str>) -> Result<Self, AnalysisError> {
        let (name, column) = outcome_column(design, table, outcome)?;
        check_id(design, table)?;
        let places = places(design, table)?;
        check_parameters(design, table, &places, &name)?;
        let mut values: Vec<Vec<Option<f64>>> = vec![Vec::new(); design.rows()];
        for (line, place) in places.into_iter().enumerate() {
            values[place].push(column.number(line));
        }
        for row in &mut values {
            if row.is_empty() {
                row.push(None);
            }
        }
        Self::with_replicates(design, name, values)
    }

    /// Rows without any value.
    pub fn failed_rows(&self) -> usize {
        self.values.iter().filter(|row| row.iter().all(Option::is_none)).count()
    }

    /// The replicates of a row.
    pub fn row(&self, row: usize) -> &[Option<f64>] {
        &self.values[row]
    }

    /// Most replicates of any row.
    pub fn replicates(&self) -> usize {
        self.values.iter().map(Vec::len).max().unwrap_or(0)
    }

    /// For each block of `size` rows, its complete replicates: the values of all its rows.
    pub(super) fn blocks(&self, size: usize) -> Vec<Vec<Vec<f64>>> {
        let replicates = self.replicates();
        let whole = |block: &[Vec<Option<f64>>]| -> Vec<Vec<f64>> {
            let one = |r: usize| block.iter().map(|row| row.get(r).copied().flatten()).collect::<Option<Vec<f64>>>();
            (0..replicates).filter_map(one).collect()
        };
        self.values.chunks(size).map(whole).collect()
    }

    /// Whether the defined values do not differ, beyond the last digits.
    pub(super) fn is_constant(&self) -> bool {
        let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
        for value in self.values.iter().flatten().flatten() {
            low = low.min(*value);
            high = high.max(*value);
        }
        // Not above, so that no value at all counts as constant too.
        high - low <= 4.0 * f64::EPSILON * high.abs().max(low.abs()) || high < low
    }

    /// The share of the variance of single runs that is chance at a fixed point, from replicates; undefined with
    /// fewer than two replicates.
    pub(super) fn noise_from_replicates(&self) -> Estimate {
        let complete = |row: &[Option<f64>]| -> Vec<f64> { row.iter().copied().flatten().collect() };
        let rows: Vec<Vec<f64>> = self.values.iter().map(|row| complete(row)).collect();
        let within: Vec<f64> = rows.iter().filter_map(|row| variance(row)).collect();
        let means: Vec<f64> = rows.iter().filter(|row| row.len() > 1).filter_map(|row| mean(row)).collect();
        let share = || -> Option<f64> {
            let size = rows.iter().filter(|row| row.len() > 1).map(Vec::len).sum::<usize>() as f64 / means.len() as f64;
            let chance = mean(&within)?;
            // The mean of a row still holds its part of the chance.
            let between = (variance(&means)? - chance / size).max(0.0);
            if chance + between > 0.0 { Some(chance / (chance + between)) } else { None }
        };
        Estimate::bare(share())
    }
}

fn outcome_column<'t>(
    design: &Design,
    table: &'t Table,
    outcome: Option<&str>,
) -> Result<(String, &'t Column), AnalysisError> {
    let is_other = |name: &str| KEYS.contains(&name) || design.factors().iter().any(|f| f.name == name);
    let free: Vec<&str> = table.columns().map(|c| c.0).filter(|name| !is_other(name)).collect();
    let listed = free.join(", ");
    let single: Vec<&str> = table.columns().map(|c| c.0).collect();
    let name = match (outcome, free.as_slice()) {
        // The only column is the response, even where it has the name of a parameter.
        (None, []) if single.len() == 1 => single[0],
        (Some(name), _) if table.column(name).is_some() => name,
        (Some(name), _) => {
            let help = forestall_model::did_you_mean(name, free.iter().copied()).unwrap_or_default();
            return Err(AnalysisError::request(format!(
                "the response has no column `{name}`; its columns are {listed} {help}"
            )));
        }
        (None, [one]) => one,
        (None, []) => return Err(AnalysisError::request("the response has no column besides parameters and keys")),
        (None, _) => {
            return Err(AnalysisError::request(format!("choose one of the response's columns by --outcome: {listed}")));
        }
    };
    let column = table.column(name);
    let column = column.ok_or_else(|| AnalysisError::request(format!("the response has no column `{name}`")))?;
    match no_number(column) {
        Some((row, cell)) => Err(AnalysisError::mismatch(format!(
            "row {} of `{name}` of the response is `{}`, which is no number; leave the fields of failed runs empty",
            row + 1,
            shown(&cell)
        ))),
        None => Ok((name.to_owned(), column)),
    }
}

/// The first cell of a column of text that is no number, with its row; `None` for numbers.
pub(super) fn no_number(column: &Column) -> Option<(usize, String)> {
    let Column::Text(texts) = column else { return None };
    let wrong = texts.iter().position(|t| t.trim().parse::<f64>().is_err()).unwrap_or(0);
    Some((wrong, texts.get(wrong).cloned().unwrap_or_default()))
}

/// A column `design` must hold the design's id or its beginning.
fn check_id(design: &Design, table: &Table) -> Result<(), AnalysisError> {
    let Some(column) = table.column("design") else { return Ok(()) };
    let other = (0..column.len())
        .map(|line| column.text(line).trim().to_owned())
        .find(|id| id.len() < 8 || !design.id().starts_with(id));
    other.map_or(Ok(()), |id| {
        let own = &design.id()[..12];
        Err(AnalysisError::mismatch(format!("the response belongs to design {id}, and this is design {own}…")))
    })
}

/// The point of each line.
fn places(design: &Design, table: &Table) -> Result<Vec<usize>, AnalysisError> {
    let rows = design.rows();
    let Some(column) = table.column("row") else {
        if table.column("replicate").is_some() {
            return Err(AnalysisError::request("a response with a column `replicate` needs a column `row` too"));
        }
        let given = table.rows();
        if given != rows {
            return Err(AnalysisError::mismatch(format!(
                "the response has {given} rows and the design has {rows}: it does not belong to this design; give one \
                 row a point in the design's order, or a column `row` with the point's number from 0"
            )));
        }
        return Ok((0..rows).collect());
    };
    let mut seen = std::collections::BTreeSet::new();
    let replicate = table.column("replicate");
    (0..column.len())
        .map(|line| {
            let place = column.number(line).filter(|r| r.fract() == 0.0 && (0.0..rows as f64).contains(r));
            let place = place.ok_or_else(|| {
                AnalysisError::mismatch(format!(
                    "line {} of the response names row `{}`; the design's rows are 0 to {}",
                    line + 1,
                    column.text(line),
                    rows - 1
                ))
            })? as usize;
            let copy = replicate.map_or_else(String::new, |c| c.text(line));
            if !seen.insert((place, copy.clone())) {
                let of = if copy.is_empty() { String::new() } else { format!(", replicate {copy},") };
                return Err(AnalysisError::mismatch(format!("the response has row {place}{of} twice")));
            }
            Ok(place)
        })
        .collect()
}

/// Columns named as parameters must hold the design's values.
fn check_parameters(design: &Design, table: &Table, places: &[usize], outcome: &str) -> Result<(), AnalysisError> {
    for (j, factor) in design.factors().iter().enumerate().filter(|(_, factor)| factor.name != outcome) {
        let Some(column) = table.column(&factor.name) else { continue };
        for (line, &place) in places.iter().enumerate() {
            let planned = design.column(j)[place];
            let same = match factor.categories() {
                Some(_) => factor.is_called(planned, &column.text(line)),
                // Other tools write fewer digits.
                None => column.number(line).is_some_and(|x| (x - planned).abs() <= 1e-6 * planned.abs().max(1e-9)),
            };
            if !same {
                return Err(AnalysisError::mismatch(format!(
                    "line {} of the response was run with {} = {}, and the design has {} there: it does not belong to \
                     this design",
                    line + 1,
                    factor.name,
                    shown(&column.text(line)),
                    shown(&factor.text(planned))
                )));
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::design::{DesignRequest, Factor, Method, Problem, plan};

    fn design() -> Design {
        let problem = Problem::new(vec![Factor::uniform("a", 0.0, 1.0), Factor::uniform("b", 0.0, 1.0)]).unwrap();
        plan(&problem, &DesignRequest { method: Method::Sobol, base: 8, seed: 1 }).unwrap()
    }

    fn numbers(values: &[f64]) -> Column {
        Column::Number(values.iter().map(|v| Some(*v)).collect())
    }

    fn told(table: &Table, outcome: Option<&str>) -> AnalysisError {
        Response::from_table(&design(), table, outcome).expect_err("refused")
    }

    #[test]
    fn a_response_of_another_design_is_refused() {
        let mut short = Table::new();
        short.push("y", numbers(&[1.0; 7]));
        assert!(told(&short, None).is_data_mismatch());
        let mut other = design().table();
        other.push("y", numbers(&[1.0; 8]));
        assert!(Response::from_table(&design(), &other, None).is_ok());
        let moved = other.take(&[1, 0, 2, 3, 4, 5, 6, 7]);
        assert!(told(&moved, None).to_string().contains("does not belong"));
        let mut named = Table::new();
        named.push("design", Column::Text(vec!["0123456789ab".into(); 8]));
        named.push("y", numbers(&[1.0; 8]));
        assert!(told(&named, None).is_data_mismatch());
    }

    #[test]
    fn rows_and_replicates_find_their_points() {
        let mut table = Table::new();
        table.push("row", numbers(&[3.0, 0.0, 3.0]));
        table.push("replicate", numbers(&[0.0, 0.0, 1.0]));
        table.push("y", numbers(&[5.0, 1.0, 7.0]));
        let response = Response::from_table(&design(), &table, None).unwrap();
        assert_eq!(response.row(3), [Some(5.0), Some(7.0)]);
        assert_eq!(response.row(0), [Some(1.0)]);
        assert_eq!((response.row(1), response.failed_rows()), (&[None][..], 6));
        let twice = table.take(&[0, 0]);
        assert!(told(&twice, None).to_string().contains("twice"));
        let mut outside = Table::new();
        outside.push("row", numbers(&[8.0]));
        outside.push("y", numbers(&[0.0]));
        assert!(told(&outside, None).to_string().contains("0 to 7"));
    }

    #[test]
    fn the_outcome_is_found_or_asked_for() {
        let mut table = Table::new();
        table.push("attacks", numbers(&[0.0; 8]));
        table.push("cost", numbers(&[0.0; 8]));
        assert!(told(&table, None).to_string().contains("attacks, cost"));
        assert!(!told(&table, Some("atacks")).is_data_mismatch());
        assert_eq!(Response::from_table(&design(), &table, Some("cost")).unwrap().name, "cost");
    }

    #[test]
    fn parameters_as_another_tool_writes_them_agree() {
        let words = ["true", "false"].map(str::to_owned).to_vec();
        let problem = Problem::new(vec![Factor::category("y", words), Factor::uniform("b", 0.0, 1.0)]).unwrap();
        let design = plan(&problem, &DesignRequest { method: Method::Sobol, base: 8, seed: 1 }).unwrap();
        let mut table = Table::new();
        let python = |code: &f64| if *code == 0.0 { "True".to_owned() } else { "False".to_owned() };
        table.push("y", Column::Text(design.column(0).iter().map(python).collect()));
        table.push("out", numbers(&[1.0; 8]));
        assert!(Response::from_table(&design, &table, None).is_ok());
        let moved = table.take(&[1, 0, 2, 3, 4, 5, 6, 7]);
        let same = design.column(0)[0] == design.column(0)[1];
        assert_eq!(Response::from_table(&design, &moved, None).is_ok(), same);
        // A response that has the name of a parameter.
        let mut alone = Table::new();
        alone.push("y", numbers(&[2.0; 8]));
        assert_eq!(Response::from_table(&design, &alone, None).unwrap().row(3), [Some(2.0)]);
    }

    #[test]
    fn chance_at_a_point_is_told_from_differences_between_points() {
        let design = design();
        // Each point has variance 2 within; the means are 0 to 7.
        let spread = 2.0_f64.sqrt();
        let values = (0..8).map(|i| {
            vec![
                Some(f64::from(i) - spread / 1.0_f64.sqrt() * 0.5_f64.sqrt()),
                Some(f64::from(i) + spread * 0.5_f64.sqrt()),
            ]
        });
        let response = Response::with_replicates(&design, "y", values.collect()).unwrap();
        // Between: variance of 0..8 is 6, less 2/2.
        let expected = 2.0 / (2.0 + 5.0);
        assert!((response.noise_from_replicates().estimate.unwrap() - expected).abs() < 1e-12);
        let single = Response::new(&design, "y", vec![Some(1.0); 8]).unwrap();
        assert_eq!(single.noise_from_replicates().estimate, None);
    }
}
