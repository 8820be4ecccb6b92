//! Which option to choose under what is known, and what it is worth to know more: of an outside table.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::analysis::decision::{DecisionInput, FEWEST, MOST_LEVERS, MOST_WORK, benefits_at, decide as decide_all};
use crate::analysis::{AnalysisError, Decision, Group, StudyDesign};
use crate::results::outside::{Reading, shown};
use forestall_model::{Column, Table, did_you_mean};

use super::analyses::{AnalyseError, table};
use super::{Run, decide_run};

/// Steps of the curves where one value is given.
const STEPS: u32 = 40;
/// How far the curves then reach, in that value.
const REACH: f64 = 4.0;

/// Where options and draws come from.
#[derive(Clone, Debug)]
pub enum DecisionSource {
    /// A table: one row a draw.
    Table(TableColumns),
    /// A finished run: its policies and its baseline.
    Run {
        /// Its folder.
        folder: PathBuf,
        /// Policies that are no options; null comparisons are none either way.
        without: Vec<String>,
    },
}

/// What the columns of a table mean.
#[derive(Clone, Debug, Default)]
pub struct TableColumns {
    /// The file.
    pub path: PathBuf,
    /// Columns of parameters.
    pub parameters: Vec<String>,
    /// Columns of net benefits, one an option.
    pub benefits: Vec<String>,
    /// Columns of effects, one an option.
    pub effects: Vec<String>,
    /// Columns of costs, one an option, in the order of the effects.
    pub costs: Vec<String>,
    /// Names of the options, where they are not those of their columns.
    pub options: Vec<String>,
}

/// What is to be decided.
#[derive(Clone, Debug)]
pub struct DecideRequest {
    /// Options and draws.
    pub source: DecisionSource,
    /// Parameters that would be known together.
    pub groups: Vec<Group>,
    /// Studies that measure a parameter.
    pub studies: Vec<StudyDesign>,
    /// Values put on a unit of effect, in a run on an attack prevented; the first is the one at which more knowledge is valued.
    pub values: Vec<f64>,
    /// Budget for a portfolio, and the share of the draws in which its cost must be within it.
    pub budget: Option<(f64, f64)>,
    /// Outcomes of a run that count as cost, and the euros that one of each is priced at.
    pub burdens: Vec<(String, f64)>,
    /// Seed of the studies' results.
    pub seed: u64,
}

/// A decision with what a reader should know about it.
#[derive(Clone, Debug)]
pub struct Decided {
    /// The answer.
    pub decision: Decision,
    /// The value put on a unit of effect, where effects are valued.
    pub value: Option<f64>,
    /// What is valued, in words: `net benefit`, or of a run `euros`.
    pub unit: &'static str,
    /// The cloud of incremental effect and cost: option, effect, cost; at most some hundred draws of each.
    pub cloud: Table,
    /// What readers call each option of a run; empty for a table, whose columns are named as its makers wish.
    pub labels: BTreeMap<String, String>,
    /// What a reader should know.
    pub notes: Vec<String>,
}

impl Decided {
    /// What readers call an option.
    pub fn label<'a>(&'a self, option: &'a str) -> &'a str {
        self.labels.get(option).map_or(option, String::as_str)
    }
}

fn request(message: impl Into<String>) -> AnalyseError {
    AnalyseError::Request(message.into())
}

fn mismatch(message: String) -> AnalyseError {
    AnalysisError::Mismatch(message).into()
}

/// Decides.
///
/// # Errors
/// [`AnalyseError`].
pub fn decide(asked: &DecideRequest) -> Result<Decided, AnalyseError> {
    let mut notes = Vec::new();
    if let Some(value) = asked.values.iter().find(|v| !v.is_finite() || **v < 0.0) {
        return Err(request(format!("a value put on a unit of effect is {value}; give numbers from 0 on")));
    }
    let mut labels = BTreeMap::new();
    let (mut input, unit) = match &asked.source {
        DecisionSource::Table(_) if !asked.burdens.is_empty() => {
            return Err(request("burdens are outcomes of a run; add what they cost to the table's own costs"));
        }
        DecisionSource::Table(columns) => (from_table(columns, asked, &mut notes)?, "net benefit"),
        DecisionSource::Run { folder, without } => {
            let run = Run::open(folder)?;
            labels = run.manifest().arms.iter().map(|name| (name.clone(), run.label(name))).collect();
            (decide_run::input(&run, without, asked, &mut notes)?, "euros")
        }
    };
    let value = (!input.effects.is_empty()).then(|| asked.values.first().copied()).flatten();
    if input.benefits.is_empty() {
        let Some(value) = value else {
            return Err(request("effects and costs need a value; give it by --value-per-attack"));
        };
        input.benefits = benefits_at(&input.effects, &input.costs, value);
        for half in input.halves.iter_mut().flatten() {
            half.benefits = benefits_at(&half.effects, &half.costs, value);
        }
    }
    if !input.effects.is_empty() {
        input.grid = grid(&asked.values);
    }
    input.groups = groups(asked, &input.parameters)?;
    input.studies = studies(asked, &input.parameters)?;
    input.seed = asked.seed;
    input.budget = budget(asked, &input)?;
    let cloud = cloud(&input);
    Ok(Decided { decision: decide_all(&input), value, unit, cloud, labels, notes })
}

/// The values of the curves: as given where they are several, else even steps to four times the one.
fn grid(values: &[f64]) -> Vec<f64> {
    let mut grid = match values {
        [] => Vec::new(),
        [one] => (0..=STEPS).map(|i| one * REACH * f64::from(i) / f64::from(STEPS)).collect(),
        several => several.to_vec(),
    };
    grid.sort_by(f64::total_cmp);
    grid.dedup();
    grid
}

/// Draws of incremental effect and cost, against the first option.
fn cloud(input: &DecisionInput) -> Table {
    const MOST: usize = 300;
    let (mut names, mut effects, mut costs) = (Vec::new(), Vec::new(), Vec::new());
    let rows = input.effects.first().map_or(0, Vec::len);
    let step = rows.div_ceil(MOST).max(1);
    for d in 1..input.effects.len() {
        for i in (0..rows).step_by(step) {
            names.push(input.options[d].clone());
            effects.push(Some(input.effects[d][i] - input.effects[0][i]));
            costs.push(Some(input.costs[d][i] - input.costs[0][i]));
        }
    }
    let mut table = Table::new();
    table.push("option", Column::Text(names));
    table.push("effect", Column::Number(effects));
    table.push("cost", Column::Number(costs));
    table
}

fn known<'p>(name: &str, parameters: &'p [String]) -> Result<&'p String, AnalyseError> {
    parameters.iter().find(|p| *p == name).ok_or_else(|| {
        let near = did_you_mean(name, parameters.iter().map(String::as_str));
        let help = near.unwrap_or_else(|| format!("the parameters are {}", parameters.join(", ")));
        request(format!("no parameter is called `{name}`; {help}"))
    })
}

fn groups(asked: &DecideRequest, parameters: &[String]) -> Result<Vec<Group>, AnalyseError> {
    for (k, group) in asked.groups.iter().enumerate() {
        group.members.iter().try_for_each(|member| known(member, parameters).map(|_| ()))?;
        if let Some(twice) = first_twice(&group.members) {
            return Err(request(format!("group `{}` names `{twice}` twice; name each parameter once", group.name)));
        }
        if group.members.len() < 2 {
            return Err(request(format!(
                "group `{}` has fewer than two parameters; each alone is given anyway",
                group.name
            )));
        }
        if parameters.contains(&group.name) || asked.groups[..k].iter().any(|g| g.name == group.name) {
            return Err(request(format!("`{}` is a parameter or group already; call the group otherwise", group.name)));
        }
    }
    Ok(asked.groups.clone())
}

fn studies(asked: &DecideRequest, parameters: &[String]) -> Result<Vec<StudyDesign>, AnalyseError> {
    for study in &asked.studies {
        known(&study.parameter, parameters)?;
        if study.n == 0 || !(study.sd > 0.0 && study.sd.is_finite()) {
            return Err(request(format!(
                "the study of `{}` has n = {} and sd = {}; n is from 1 and sd above 0",
                study.parameter, study.n, study.sd
            )));
        }
    }
    Ok(asked.studies.clone())
}

fn budget(asked: &DecideRequest, input: &DecisionInput) -> Result<Option<(f64, f64)>, AnalyseError> {
    let Some((budget, sure)) = asked.budget else { return Ok(None) };
    let levers = input.options.len();
    if input.effects.is_empty() {
        return Err(request("a portfolio adds effects and costs of levers; give their columns by --effect and --cost"));
    }
    if !budget.is_finite() || !(0.0..=1.0).contains(&sure) {
        return Err(request(format!(
            "the budget is {budget} and to be kept in {sure} of the draws; give finite numbers, and a share from 0 to 1"
        )));
    }
    let rows = input.effects[0].len();
    if levers > MOST_LEVERS || (rows << levers).saturating_mul(levers) > MOST_WORK {
        return Err(request(format!(
            "every set of {levers} levers over {rows} draws is too much to look at; at most {MOST_LEVERS} levers, with \
             fewer draws the more they are"
        )));
    }
    Ok(Some((budget, sure)))
}

/// The first name that comes twice.
fn first_twice(names: &[String]) -> Option<&String> {
    names.iter().enumerate().find_map(|(i, name)| names[..i].contains(name).then_some(name))
}

/// Options and draws of a table, rows with an undefined cell left out.
fn from_table(
    columns: &TableColumns,
    asked: &DecideRequest,
    notes: &mut Vec<String>,
) -> Result<DecisionInput, AnalyseError> {
    let TableColumns { path, parameters, benefits, effects, costs, .. } = columns;
    let options = options(columns, asked)?;
    let wanted: Vec<String> = [parameters, benefits, effects, costs].into_iter().flatten().cloned().collect();
    let found = table(path, &Reading { known: &wanted, used: Some(&wanted), alone: true, ..Reading::default() })?;
    let all: Vec<&Column> = wanted.iter().map(|name| column(&found, name, path)).collect::<Result<_, _>>()?;
    for (name, column) in wanted.iter().zip(&all) {
        if let Some(row) = (0..column.len()).find(|row| column.number(*row).is_some_and(f64::is_infinite)) {
            return Err(mismatch(format!(
                "row {} of column `{name}` of {} is infinite; no mean exists: remove the row, or leave the cell empty",
                row + 1,
                path.display()
            )));
        }
    }
    let whole: Vec<usize> = (0..found.rows()).filter(|row| all.iter().all(|c| c.number(*row).is_some())).collect();
    if whole.len() < found.rows() {
        notes.push(format!("{} rows left out: a value in them is undefined", found.rows() - whole.len()));
    }
    if whole.len() < FEWEST {
        return Err(mismatch(format!(
            "{} has {} complete rows; at least {FEWEST} draws are needed for a value of information",
            path.display(),
            whole.len()
        )));
    }
    let values = |names: &[String]| -> Vec<Vec<f64>> {
        let of = |name: &String| {
            let column = found.column(name);
            whole.iter().filter_map(|row| column.and_then(|c| c.number(*row))).collect()
        };
        names.iter().map(of).collect()
    };
    let drawn = values(parameters);
    if let Some((name, value)) =
        parameters.iter().zip(&drawn).find_map(|(name, v)| v.iter().all(|x| *x == v[0]).then(|| (name, v[0])))
    {
        return Err(mismatch(format!(
            "column `{name}` of {} is {value} in every row; nothing can be learnt about a parameter that is known: leave it \
             out of --parameters",
            path.display()
        )));
    }
    Ok(DecisionInput {
        options,
        benefits: values(benefits),
        effects: values(effects),
        costs: values(costs),
        parameters: parameters.clone(),
        values: drawn,
        ..DecisionInput::default()
    })
}

/// A column of numbers.
fn column<'t>(table: &'t Table, name: &str, path: &Path) -> Result<&'t Column, AnalyseError> {
    match table.column(name) {
        Some(Column::Text(cells)) => {
            let found = cells.iter().find(|c| c.trim().parse::<f64>().is_err()).map_or("", String::as_str);
            Err(mismatch(format!(
                "column `{name}` of {} is one of words, such as `{}`; number them: values of parameters and options are \
                 numbers",
                path.display(),
                shown(found)
            )))
        }
        Some(column) => Ok(column),
        None => {
            let names: Vec<&str> = table.columns().map(|c| c.0).collect();
            let near = did_you_mean(name, names.iter().copied());
            let help = near.unwrap_or_else(|| format!("its columns are {}", names.join(", ")));
            Err(request(format!("{} has no column `{name}`; {help}", path.display())))
        }
    }
}

/// The names of the options, after a look at what is named twice or is two things.
fn options(columns: &TableColumns, asked: &DecideRequest) -> Result<Vec<String>, AnalyseError> {
    let TableColumns { parameters, benefits, effects, costs, options, .. } = columns;
    for (flag, names) in [
        ("--parameters", parameters),
        ("--benefit", benefits),
        ("--effect", effects),
        ("--cost", costs),
        ("--options", options),
    ] {
        if let Some(twice) = first_twice(names) {
            return Err(request(format!("{flag} names `{twice}` twice; name each column once")));
        }
    }
    for (flag, names) in [("--benefit", benefits), ("--effect", effects), ("--cost", costs)] {
        if let Some(both) = names.iter().find(|name| parameters.contains(name)) {
            return Err(request(format!(
                "`{both}` is in --parameters and in {flag}; a column is a parameter or belongs to an option, not both"
            )));
        }
    }
    if effects.len() != costs.len() {
        return Err(request(format!(
            "{} columns of effects and {} of costs; give one of each for every option, in one order",
            effects.len(),
            costs.len()
        )));
    }
    if !benefits.is_empty() && !effects.is_empty() && benefits.len() != effects.len() {
        return Err(request(format!(
            "{} columns of net benefits and {} of effects; give one of each for every option, in one order",
            benefits.len(),
            effects.len()
        )));
    }
    if !effects.is_empty() && asked.values.is_empty() {
        return Err(request("effects and costs need a value; give it by --value-per-attack"));
    }
    let own = if benefits.is_empty() { effects } else { benefits };
    if own.len() < 2 {
        return Err(request(format!(
            "{} option is given; name the columns of two or more by --benefit, or by --effect and --cost",
            own.len()
        )));
    }
    if !options.is_empty() && options.len() != own.len() {
        return Err(request(format!("--options names {} options and there are {}", options.len(), own.len())));
    }
    Ok(if options.is_empty() { own.clone() } else { options.clone() })
}
