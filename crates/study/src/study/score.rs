//! Scores of a forecast: a table of draws or a finished run, against what came.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::analysis::score::{PlainForecast, Quantity, Series, from_history, score as score_all};
use crate::analysis::{AnalysisError, ScoreKind, ScoreRow, ScoreSummary};
use crate::calibration::Targets;
use crate::montecarlo::pattern::Expression;
use crate::results::bounded;
use crate::results::outside::Reading;
use forestall_model::{BASELINE, Column, Table, did_you_mean};

use super::analyses::{AnalyseError, table};
use super::calibrate::known;
use super::{Run, known_policy, patterns};

/// Columns of a table of observations that are no forecasts.
const KEYS: [&str; 3] = ["quantity", "observed", "year"];
/// What a forecast is called that stands beside the draws in the series.
const SERIES: [&str; 3] = ["quantity", "year", "count"];
/// Most years between the last value of a series and the one forecast.
const MOST_STEPS: i64 = 100;

/// Where the draws come from.
#[derive(Clone, Debug)]
pub enum ForecastInput {
    /// A table: one column a quantity, one row a draw.
    Draws(PathBuf),
    /// A finished run, whose replications of one policy are the draws; a quantity is a pattern of its columns.
    Run {
        /// Its folder.
        folder: PathBuf,
        /// The policy; the baseline if not given.
        policy: Option<String>,
    },
}

/// What is to be scored.
#[derive(Clone, Debug)]
pub struct ScoreRequest {
    /// The forecast.
    pub forecast: ForecastInput,
    /// What came: a table with columns `quantity`, `observed`, perhaps `year`, and a column an other forecast; or the
    /// targets file of a calibration, for a run.
    pub observed: PathBuf,
    /// Earlier values, from which plain forecasts are made: columns `year`, `count`, perhaps `quantity`.
    pub history: Option<PathBuf>,
    /// How a density is made of draws.
    pub kind: ScoreKind,
}

/// Scores, quantity by quantity and together.
#[derive(Clone, Debug)]
pub struct Scored {
    /// One row a quantity, in the order of the observations.
    pub rows: Vec<ScoreRow>,
    /// All together.
    pub summary: ScoreSummary,
    /// What a reader should know.
    pub notes: Vec<String>,
}

impl Scored {
    /// The rows as a table.
    pub fn table(&self) -> Table {
        crate::analysis::score::table(&self.rows)
    }
}

/// Scores a forecast against what came.
///
/// # Errors
/// [`AnalyseError`].
pub fn score(request: &ScoreRequest) -> Result<Scored, AnalyseError> {
    let mut notes = Vec::new();
    let is_targets = request.observed.extension().is_some_and(|e| e == "toml");
    let mut observed = if is_targets { Vec::new() } else { observations(&request.observed)? };
    match &request.forecast {
        ForecastInput::Draws(_) if is_targets => {
            return Err(AnalyseError::Request(
                "a targets file names columns of a run; give the folder of a run, or a table with `quantity` and \
                 `observed`"
                    .into(),
            ));
        }
        ForecastInput::Draws(path) => draws(path, &mut observed, &mut notes)?,
        ForecastInput::Run { folder, policy } => {
            let run = Run::open(folder)?;
            let policy = policy.as_deref().unwrap_or(BASELINE);
            if policy != BASELINE {
                known_policy(run.scenario(), policy)?;
            }
            if is_targets {
                observed = targets(&request.observed, &run)?;
            }
            replications(&run, policy, &mut observed)?;
        }
    }
    if let Some(path) = &request.history {
        history(path, &mut observed, &mut notes)?;
    }
    let quantities: Vec<Quantity> = observed.into_iter().map(|row| row.quantity).collect();
    for q in quantities.iter().filter(|q| q.undefined > 0) {
        notes.push(format!("`{}` is undefined in {} draws, which are left out", q.name, q.undefined));
    }
    let rows = score_all(&quantities, request.kind);
    let summary = ScoreSummary::of(&rows);
    Ok(Scored { rows, summary, notes })
}

/// A quantity as it is read, with the year and the pattern that it stands for.
struct Row {
    quantity: Quantity,
    year: Option<i64>,
    pattern: String,
}

fn wrong(message: String) -> AnalyseError {
    AnalysisError::Mismatch(message).into()
}

/// A column of numbers, each finite where it is defined.
fn numbers(table: &Table, name: &str, file: &Path) -> Result<Vec<Option<f64>>, AnalyseError> {
    let Some(column) = table.column(name) else {
        let names: Vec<&str> = table.columns().map(|c| c.0).collect();
        let near = did_you_mean(name, names.iter().copied());
        let help = near.unwrap_or_else(|| format!("its columns are {}", names.join(", ")));
        return Err(wrong(format!("{} has no column `{name}`; {help}", file.display())));
    };
    if let Column::Text(cells) = column {
        let found = cells.iter().find(|c| c.trim().parse::<f64>().is_err()).map_or("", String::as_str);
        return Err(wrong(format!(
            "column `{name}` of {} is one of words, such as `{}`; numbers are needed, and an empty cell where one is \
             missing",
            file.display(),
            crate::results::outside::shown(found)
        )));
    }
    let values: Vec<Option<f64>> = (0..column.len()).map(|row| column.number(row)).collect();
    if let Some(row) = values.iter().position(|v| v.is_some_and(f64::is_infinite)) {
        return Err(wrong(format!(
            "row {} of column `{name}` of {} is infinite; no score is defined there: leave the cell of a failed run \
             empty",
            row + 1,
            file.display()
        )));
    }
    Ok(values)
}

/// The table of what came.
fn observations(path: &Path) -> Result<Vec<Row>, AnalyseError> {
    let names = ["quantity".to_owned()];
    let found = table(path, &Reading { names: &names, alone: true, ..Reading::default() })?;
    let Some(quantities) = found.texts("quantity") else {
        let names: Vec<&str> = found.columns().map(|c| c.0).collect();
        return Err(wrong(format!(
            "{} has no column `quantity`; columns `quantity` and `observed` are needed, and it has {}",
            path.display(),
            names.join(", ")
        )));
    };
    if quantities.is_empty() {
        return Err(wrong(format!("{} has no rows; write one a quantity", path.display())));
    }
    let observed = numbers(&found, "observed", path)?;
    let years = found.column("year").map(|_| whole(&found, "year", path)).transpose()?;
    let others: Vec<&str> = found.columns().map(|c| c.0).filter(|name| !KEYS.contains(name)).collect();
    let others: Vec<(&str, Vec<Option<f64>>)> =
        others.into_iter().map(|name| Ok((name, numbers(&found, name, path)?))).collect::<Result<_, AnalyseError>>()?;
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    let mut rows = Vec::new();
    for (i, name) in quantities.iter().enumerate() {
        let name = name.trim();
        if name.is_empty() {
            return Err(wrong(format!("row {} of {} has no quantity; name it", i + 1, path.display())));
        }
        if let Some(first) = seen.insert(name, i) {
            return Err(wrong(format!(
                "{} has the quantity `{name}` in rows {} and {}; one row a quantity",
                path.display(),
                first + 1,
                i + 1
            )));
        }
        let plain = others.iter().filter_map(|(other, values)| Some(PlainForecast::point(*other, values[i]?)));
        let quantity =
            Quantity { name: name.to_owned(), observed: observed[i], plain: plain.collect(), ..Quantity::default() };
        rows.push(Row { quantity, year: years.as_ref().and_then(|y| y[i]), pattern: name.to_owned() });
    }
    Ok(rows)
}

/// A column of whole numbers.
fn whole(table: &Table, name: &str, file: &Path) -> Result<Vec<Option<i64>>, AnalyseError> {
    let values = numbers(table, name, file)?;
    if let Some((row, value)) =
        values.iter().enumerate().find_map(|(row, v)| v.filter(|v| v.fract() != 0.0 || v.abs() > 1e6).map(|v| (row, v)))
    {
        return Err(wrong(format!(
            "row {} of column `{name}` of {} is {value}; write a year",
            row + 1,
            file.display()
        )));
    }
    Ok(values.into_iter().map(|v| v.map(|v| v as i64)).collect())
}

/// Puts the columns of a table of draws into the quantities.
fn draws(path: &Path, rows: &mut [Row], notes: &mut Vec<String>) -> Result<(), AnalyseError> {
    let names: Vec<String> = rows.iter().map(|row| row.quantity.name.clone()).collect();
    let found = table(path, &Reading { known: &names, used: Some(&names), alone: true, ..Reading::default() })?;
    if found.rows() == 0 {
        return Err(wrong(format!("{} has no draws; write one row a draw", path.display())));
    }
    for row in rows.iter_mut() {
        let values = numbers(&found, &row.quantity.name, path)?;
        take(row, values);
    }
    let unused: Vec<&str> =
        found.columns().map(|c| c.0).filter(|name| !names.iter().any(|known| known == name)).collect();
    if !unused.is_empty() {
        notes.push(format!("no observation of {}: not scored", unused.join(", ")));
    }
    Ok(())
}

fn take(row: &mut Row, values: Vec<Option<f64>>) {
    row.quantity.undefined = values.iter().filter(|v| v.is_none()).count();
    row.quantity.draws = values.into_iter().flatten().collect();
}

/// Puts what the replications of a policy came to into the quantities.
fn replications(run: &Run, policy: &str, rows: &mut [Row]) -> Result<(), AnalyseError> {
    let names = known(run.scenario());
    let parsed = |row: &Row| {
        let found = Expression::parse(&row.pattern).and_then(|e| e.check(&names).map(|()| e));
        found.map_err(|reason| AnalyseError::Request(format!("quantity `{}`: {reason}", row.quantity.name)))
    };
    let expressions: Vec<Expression> = rows.iter().map(parsed).collect::<Result<_, _>>()?;
    for (row, values) in rows.iter_mut().zip(patterns::values(run, &expressions, policy)?) {
        take(row, values);
    }
    Ok(())
}

/// The facts of a targets file; what came is the middle of each range.
fn targets(path: &Path, run: &Run) -> Result<Vec<Row>, AnalyseError> {
    let file = path.display().to_string();
    let text = bounded::text(path, bounded::TEXT)
        .map_err(|e| AnalyseError::Request(format!("cannot read {file}: {e}; give a file of facts by --observed")))?;
    let targets = Targets::parse(&file, &text, &known(run.scenario()))?;
    let row = |target: crate::calibration::Target| Row {
        quantity: Quantity {
            name: target.pattern,
            observed: Some(f64::midpoint(target.low, target.high)),
            fact: Some((target.low, target.high)),
            ..Quantity::default()
        },
        year: None,
        pattern: target.outcome,
    };
    Ok(targets.0.into_iter().map(row).collect())
}

/// Adds what the series say to the other forecasts.
fn history(path: &Path, rows: &mut [Row], notes: &mut Vec<String>) -> Result<(), AnalyseError> {
    let names = ["quantity".to_owned()];
    let used = SERIES.map(str::to_owned);
    let found = table(path, &Reading { names: &names, used: Some(&used), alone: true, ..Reading::default() })?;
    let (years, counts) = (whole(&found, "year", path)?, numbers(&found, "count", path)?);
    let of = found.texts("quantity");
    let mut all: BTreeMap<String, BTreeMap<i64, f64>> = BTreeMap::new();
    for (i, (year, count)) in years.iter().zip(&counts).enumerate() {
        let name = of.map_or("", |names| names[i].trim());
        let (Some(year), Some(count)) = (year, count) else {
            return Err(wrong(format!("row {} of {} lacks a year or a count", i + 1, path.display())));
        };
        if all.entry(name.to_owned()).or_default().insert(*year, *count).is_some() {
            return Err(wrong(format!("{} has the year {year} of `{name}` twice", path.display())));
        }
    }
    let mut series: BTreeMap<String, Series> = BTreeMap::new();
    for (name, values) in all {
        let Some((first, last)) = values.keys().next().zip(values.keys().last()) else { continue };
        if let Some(gap) = (*first..=*last).find(|year| !values.contains_key(year)) {
            return Err(wrong(format!("{} has no count of `{name}` in {gap}; give every year", path.display())));
        }
        series.insert(name, Series { first: *first, values: values.into_values().collect() });
    }
    let mut without = Vec::new();
    for row in rows {
        let own = if of.is_some() { series.get(&row.quantity.name) } else { series.get("") };
        let Some(own) = own else {
            without.push(row.quantity.name.clone());
            continue;
        };
        let year = row.year.unwrap_or_else(|| own.next());
        if year - own.next() > MOST_STEPS {
            return Err(wrong(format!(
                "`{}` is of {year}, and its series in {} ends in {}; at most {MOST_STEPS} years are looked ahead",
                row.quantity.name,
                path.display(),
                own.next() - 1
            )));
        }
        row.quantity.plain.extend(from_history(own, year));
    }
    if !without.is_empty() {
        notes.push(format!("{} has no series of {}", path.display(), without.join(", ")));
    }
    Ok(())
}
