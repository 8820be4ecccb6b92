//! Rival rules, each fitted to the same facts: which is the record likelier to come from?

use std::path::PathBuf;

use crate::calibration::{CalibrationError, KnownModels, RivalTable, Targets, standings, weigh};
use crate::results::bounded;
use forestall_model::{Column, Table};

use super::table::Fitted;

/// Which fits are weighed, and how.
#[derive(Clone, Debug)]
pub struct RivalsRequest {
    /// Folders of finished fits by regression, each with a name of its own if one was given.
    pub fits: Vec<(Option<String>, PathBuf)>,
    /// The facts; those of the first fit if not given.
    pub targets: Option<PathBuf>,
    /// Share of all points that is near the facts.
    pub accept: f64,
    /// Points of each fit that are taken for the record.
    pub truths: usize,
}

/// One rival.
#[derive(Clone, Debug, PartialEq)]
pub struct RivalRow {
    /// The name given, or the label of the alternative in force, or the scenario's name.
    pub name: String,
    /// The folder of its fit.
    pub folder: PathBuf,
    /// Points of its table that have all patterns.
    pub points: usize,
    /// Points that lack one, which are left out.
    pub left_out: usize,
    /// How probable it is after the facts, where all rivals were equally probable before.
    pub probability: f64,
    /// The ends of the 95 % interval of that number, which says how exactly the tables give it.
    pub interval: (f64, f64),
}

/// Rivals weighed by facts.
#[derive(Clone, Debug)]
pub struct Rivals {
    /// One row a rival, in the order asked.
    pub rows: Vec<RivalRow>,
    /// Facts that were used.
    pub facts: usize,
    /// Points near the facts.
    pub near: usize,
    /// How the method fares where the rule is known.
    pub known: KnownModels,
}

impl Rivals {
    /// The most probable rival.
    pub fn best(&self) -> Option<&RivalRow> {
        self.rows.iter().max_by(|a, b| a.probability.total_cmp(&b.probability))
    }

    /// rivals.csv: one row a rival.
    pub fn table(&self) -> Table {
        let rows = &self.rows;
        let number = |f: &dyn Fn(&RivalRow) -> f64| Column::Number(rows.iter().map(|r| Some(f(r))).collect());
        let whole = |f: &dyn Fn(&RivalRow) -> usize| Column::Integer(rows.iter().map(|r| Some(f(r) as i64)).collect());
        let best = self.best().map_or(1.0, |b| b.probability);
        let mut table = Table::new();
        table.push("rival", Column::Text(rows.iter().map(|r| r.name.clone()).collect()));
        table.push("points", whole(&|r| r.points));
        table.push("left_out", whole(&|r| r.left_out));
        table.push("probability", number(&|r| r.probability));
        table.push("low", number(&|r| r.interval.0));
        table.push("high", number(&|r| r.interval.1));
        table.push("odds_against_the_best", number(&|r| r.probability / best));
        table
    }

    /// known.csv: the mean probability that each rival is given where the rule of the row made the record.
    pub fn known_table(&self) -> Table {
        let mut table = Table::new();
        let names = || self.rows.iter().map(|r| r.name.clone());
        table.push("made_by", Column::Text(names().collect()));
        for (k, name) in names().enumerate() {
            table.push(name, Column::Number(self.known.given.iter().map(|row| row.get(k).copied()).collect()));
        }
        table
    }
}

/// Weighs rivals.
///
/// # Errors
/// A folder that is no finished fit by regression, facts that it does not know, fewer than two rivals, or too few points.
pub fn rivals(request: &RivalsRequest) -> Result<Rivals, CalibrationError> {
    if !(request.accept > 0.0 && request.accept <= 1.0) {
        return Err(CalibrationError::request("--accept must be above 0 and at most 1, such as 0.2"));
    }
    let fits: Vec<Fitted> = request.fits.iter().map(|(_, folder)| Fitted::open(folder)).collect::<Result<_, _>>()?;
    let Some(first) = fits.first() else {
        return Err(CalibrationError::request("give the folders of at least two fits"));
    };
    let (file, text) = match &request.targets {
        None => (first.file(), first.text.clone()),
        Some(path) => {
            let text = bounded::text(path, bounded::TEXT)
                .map_err(|e| CalibrationError::request(format!("cannot read {}: {e}", path.display())))?;
            (path.display().to_string(), text)
        }
    };
    let targets = Targets::parse(&file, &text, &first.known())?;
    let facts = targets.0.iter().filter(|t| !t.held_out).count();
    if facts == 0 {
        return Err(CalibrationError::request(format!("{file}: all facts are held out; nothing is left to weigh by")));
    }
    let (mut tables, mut left_out) = (Vec::new(), Vec::new());
    for fit in &fits {
        let points = fit.points(&targets)?;
        let (rows, patterns) = standings(&targets.0, &points, fit.seed);
        left_out.push(points.len() - rows.len());
        tables.push(RivalTable { numbers: rows.iter().map(|row| points[*row].number).collect(), patterns });
    }
    let found = weigh(&tables, request.accept, request.truths)?;
    let names = names(request, &fits)?;
    let rows = (0..fits.len())
        .map(|k| RivalRow {
            name: names[k].clone(),
            folder: request.fits[k].1.clone(),
            points: tables[k].numbers.len(),
            left_out: left_out[k],
            probability: found.probabilities[k].0,
            interval: (found.probabilities[k].1, found.probabilities[k].2),
        })
        .collect();
    Ok(Rivals { rows, facts, near: found.near, known: found.known })
}

/// What rivals are called; two of one name would not be told apart.
fn names(request: &RivalsRequest, fits: &[Fitted]) -> Result<Vec<String>, CalibrationError> {
    let names: Vec<String> =
        request.fits.iter().zip(fits).map(|((given, _), fit)| given.clone().unwrap_or_else(|| fit.name())).collect();
    for (k, name) in names.iter().enumerate() {
        if names[..k].contains(name) {
            return Err(CalibrationError::request(format!(
                "two rivals are called `{name}`; give them names: `NAME={}`",
                request.fits[k].1.display()
            )));
        }
    }
    Ok(names)
}
