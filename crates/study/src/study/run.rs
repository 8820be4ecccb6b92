//! A finished run: its tables, and what is worked out from them, each once.

use std::path::Path;
use std::sync::OnceLock;

use crate::montecarlo::pattern::{Expression, PatternEstimate, Tables as PatternTables};
use crate::montecarlo::{self, Split};
use crate::results::{Manifest, ResultsFolder, TableName, atomic, csv, outside};
use crate::stats::mean;
use forestall_model::{BASELINE, Plan, Table, ValueRow, days_between, month_starts};

use super::adaptation::{self, AtStrength, CalibratedParameter};
use super::thresholds::{self, ThresholdCurve};
use super::{Overrides, Study, StudyError, label};

/// The tables of a run, row by row.
#[derive(Clone, Debug, Default)]
pub(super) struct Tables {
    pub replications: Table,
    pub monthly: Table,
    pub by_country: Table,
    pub matched: Table,
    pub events: Table,
}

/// One policy of a run, or its baseline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunPolicy {
    /// Its name in the tables.
    pub name: String,
    /// Its name for readers.
    pub label: String,
    /// Replications that have finished under it.
    pub replications: usize,
}

/// A pattern of the real world beside what the baseline shows.
#[derive(Clone, Debug, PartialEq)]
pub struct FitToFact {
    /// The pattern in words.
    pub pattern: String,
    /// The row of the evidence table.
    pub fact: String,
    /// The range aimed at.
    pub target: (f64, f64),
    /// What was simulated; `None` where it is undefined.
    pub simulated: Option<PatternEstimate>,
}

impl FitToFact {
    /// Whether the simulated mean lies in the range; `None` where it is undefined.
    pub fn within(&self) -> Option<bool> {
        self.simulated.as_ref().map(|found| found.mean >= self.target.0 && found.mean <= self.target.1)
    }
}

/// A finished run, or what an interrupted one has so far.
#[derive(Debug)]
pub struct Run {
    folder: Option<ResultsFolder>,
    manifest: Manifest,
    scenario: Plan,
    tables: Tables,
    comparisons: OnceLock<Table>,
    twin_share: OnceLock<Table>,
    displacement: OnceLock<Table>,
}

impl Run {
    /// Opens the folder of a run.
    ///
    /// # Errors
    /// If a file is missing or damaged.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, StudyError> {
        Self::read(ResultsFolder::open(path.as_ref())?)
    }

    /// Reads the tables of a run.
    pub(super) fn read(folder: ResultsFolder) -> Result<Self, StudyError> {
        let manifest = folder.manifest()?;
        let scenario = Study::open(folder.resolved_scenario(), Overrides::default())?.plan;
        let tables = Tables {
            replications: folder.read(TableName::Replications)?,
            monthly: folder.read(TableName::Monthly)?,
            by_country: folder.read(TableName::ByCountry)?,
            matched: folder.read(TableName::Matched)?,
            // Large, and wanted by few: read when asked for.
            events: Table::new(),
        };
        Ok(Self::new(Some(folder), manifest, scenario, tables))
    }

    pub(super) fn new(folder: Option<ResultsFolder>, manifest: Manifest, scenario: Plan, tables: Tables) -> Self {
        let (comparisons, twin_share, displacement) = (OnceLock::new(), OnceLock::new(), OnceLock::new());
        Self { folder, manifest, scenario, tables, comparisons, twin_share, displacement }
    }

    /// The folder; `None` for a run in memory.
    pub fn folder(&self) -> Option<&ResultsFolder> {
        self.folder.as_ref()
    }

    /// The record: what was asked, with which program, how far it came.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The scenario that was run.
    pub fn scenario(&self) -> &Plan {
        &self.scenario
    }

    /// One row a replication and policy.
    pub fn replications(&self) -> &Table {
        &self.tables.replications
    }

    /// One row a month, replication and policy.
    pub fn monthly(&self) -> &Table {
        &self.tables.monthly
    }

    /// One row a country, replication and policy.
    pub fn by_country(&self) -> &Table {
        &self.tables.by_country
    }

    /// One row a plot and policy.
    pub fn matched(&self) -> &Table {
        &self.tables.matched
    }

    /// One row an event, of the replications whose log was kept; empty where none was.
    ///
    /// # Errors
    /// If the file is damaged.
    pub fn events(&self) -> Result<Table, StudyError> {
        match &self.folder {
            Some(folder) if folder.table(TableName::Events).exists() => Ok(folder.read(TableName::Events)?),
            _ => Ok(self.tables.events.clone()),
        }
    }

    /// The baseline and the policies with their labels and finished replications.
    pub fn policies(&self) -> Vec<RunPolicy> {
        let arms = self.tables.replications.column("arm");
        let count = |name: &str| arms.map_or(0, |c| (0..c.len()).filter(|&row| c.text(row) == name).count());
        let one = |name: &String| RunPolicy { name: name.clone(), label: self.label(name), replications: count(name) };
        self.manifest.arms.iter().map(one).collect()
    }

    /// What readers see of a policy, or of the baseline.
    pub fn label(&self, name: &str) -> String {
        label(&self.scenario, name)
    }

    fn labels(&self) -> Vec<(String, String)> {
        self.manifest.arms.iter().map(|name| (name.clone(), self.label(name))).collect()
    }

    /// Every policy beside the baseline: one row a policy and outcome, paired on common random numbers.
    pub fn comparisons(&self) -> &Table {
        let compute = || montecarlo::comparisons(&self.tables.replications, &self.tables.matched, &self.labels());
        self.comparisons.get_or_init(compute)
    }

    /// How many of the baseline's plots each policy has too, by the month in which they begin.
    pub fn twin_share(&self) -> &Table {
        self.twin_share.get_or_init(|| {
            let months = month_starts(self.scenario.start, self.scenario.end);
            let (mut days, dates): (Vec<f64>, Vec<String>) = months.iter().map(|(d, m)| (*d, m.to_string())).unzip();
            days.push(days_between(self.scenario.start, self.scenario.end));
            let policies = self.manifest.arms.get(1..).unwrap_or(&[]);
            montecarlo::twin_share(&self.tables.matched, BASELINE, policies, &days, &dates)
        })
    }

    /// Displacement: what the adversary does instead under each policy.
    pub fn displacement(&self) -> &Table {
        self.displacement.get_or_init(|| {
            let strength = adaptation::strength(&self.scenario);
            montecarlo::substitution(&self.tables.replications, &self.tables.matched, &self.labels(), &strength)
        })
    }

    /// Displacement in the run itself, then in its runs at other strengths of adaptation.
    ///
    /// # Errors
    /// If such runs stand beside this one and cannot be read.
    pub fn displacement_at_every_strength(&self) -> Result<Table, StudyError> {
        let mut table = self.displacement().clone();
        for beside in self.at_strengths()? {
            if table.column_difference(&beside.displacement).is_none() {
                table.append_rows(&beside.displacement, 0..beside.displacement.rows());
            }
        }
        Ok(table)
    }

    /// The finished runs of the same policies at each strength of adaptation, which stand beside this one.
    ///
    /// # Errors
    /// If they cannot be read.
    pub fn at_strengths(&self) -> Result<Vec<AtStrength>, StudyError> {
        self.folder.as_ref().map_or(Ok(Vec::new()), adaptation::read)
    }

    /// The calibrated parameters that runs take draws of; empty where all runs have the same values.
    pub fn calibrated(&self) -> Vec<CalibratedParameter> {
        adaptation::calibrated(&self.scenario)
    }

    /// The policies that differ in the threshold of intervention alone; `None` with fewer than three thresholds.
    pub fn thresholds(&self) -> Option<ThresholdCurve> {
        thresholds::curve(&self.scenario, &self.policies(), &self.tables.replications)
    }

    /// The baseline beside the facts that the scenario names.
    pub fn fit(&self) -> Vec<FitToFact> {
        let t = &self.tables;
        let tables = PatternTables { replications: &t.replications, monthly: &t.monthly, by_country: &t.by_country };
        let one = |row: &forestall_model::FitRow| FitToFact {
            pattern: row.pattern.clone(),
            fact: row.fact.clone(),
            target: (row.low, row.high),
            simulated: Expression::parse(&row.outcome).ok().and_then(|e| e.evaluate(&tables, BASELINE)),
        };
        self.scenario.fit.iter().map(one).collect()
    }

    /// The variance of an outcome by random variation and by parameter uncertainty, of the baseline and of each
    /// policy's difference from it, with labels; empty where all runs have the same values.
    pub fn variance(&self, outcome: &str) -> Vec<(String, Split)> {
        let rows = montecarlo::split(&self.tables.replications, &self.manifest.arms, outcome);
        let label = |arm: &str| match self.label(arm) {
            label if arm == BASELINE => label,
            label => format!("{label} − baseline"),
        };
        rows.into_iter().map(|row| (label(&row.arm), row)).collect()
    }

    /// The baseline's mean of a column; `None` where it is undefined.
    pub fn baseline_mean(&self, column: &str) -> Option<f64> {
        let arms = self.tables.replications.column("arm");
        let keep = |row: usize| arms.is_some_and(|a| a.text(row) == BASELINE);
        mean(&self.tables.replications.numbers_where(column, keep))
    }

    /// Every parameter of the scenario with value, unit, evidence and origin.
    pub fn parameters(&self) -> Vec<ValueRow> {
        self.scenario.parameter_rows()
    }

    /// The saved counts of mechanisms, if a replay has counted all replications that are there.
    ///
    /// # Errors
    /// If the file is damaged.
    pub fn mechanisms(&self) -> Result<Option<Table>, StudyError> {
        let Some(table) = self.beside(ResultsFolder::mechanisms)? else { return Ok(None) };
        let counted = table.column("replications").map(|c| (0..c.len()).map(|row| c.number(row)).collect::<Vec<_>>());
        let whole = Some(self.manifest.replications.done as f64);
        Ok(counted.is_some_and(|c| c.iter().all(|n| *n == whole)).then_some(table))
    }

    /// The saved labels of sting cases, if a replay has labelled all replications that are there.
    ///
    /// # Errors
    /// If the file is damaged.
    pub fn stings(&self) -> Result<Option<Table>, StudyError> {
        let Some(table) = self.beside(ResultsFolder::stings)? else { return Ok(None) };
        let (Some(names), Some(counted)) = (table.column("policy"), table.column("replications")) else {
            return Ok(None);
        };
        let policies = self.policies();
        let whole = |row: usize| {
            let policy = policies.iter().find(|p| p.name == names.text(row));
            policy.is_some_and(|p| counted.number(row) == Some(p.replications as f64))
        };
        Ok((0..table.rows()).all(whole).then_some(table))
    }

    /// A table that a replay leaves in the folder.
    fn beside(&self, place: impl Fn(&ResultsFolder) -> std::path::PathBuf) -> Result<Option<Table>, StudyError> {
        match self.folder.as_ref().map(place) {
            Some(path) if path.exists() => Ok(Some(outside::read(&path, None)?)),
            _ => Ok(None),
        }
    }

    /// Writes what is worked out from the rows into the folder.
    pub(super) fn write_tables(&self) -> Result<(), StudyError> {
        let Some(folder) = &self.folder else { return Ok(()) };
        atomic::write(&folder.comparisons(), csv::to_text(self.comparisons()).as_bytes())?;
        atomic::write(&folder.twin_share(), csv::to_text(self.twin_share()).as_bytes())?;
        atomic::write(&folder.substitution(), csv::to_text(self.displacement()).as_bytes())?;
        Ok(())
    }

    /// Takes another record and saves it.
    pub(super) fn record(&mut self, manifest: Manifest) -> Result<(), StudyError> {
        if let Some(folder) = &self.folder {
            manifest.save(&folder.manifest_path())?;
        }
        self.manifest = manifest;
        Ok(())
    }
}
