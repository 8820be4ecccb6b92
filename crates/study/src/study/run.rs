//! A finished run: its tables, and what is worked out from them, each once.

use std::path::Path;
use std::sync::OnceLock;

use crate::montecarlo::pattern::{Expression, PatternEstimate, calendar_years};
use crate::montecarlo::{self, Attacks, Cohorts, CountryEffects, Displaced, Endings, RUN, Split, Twins};
use crate::results::{Manifest, ResultsError, ResultsFolder, TableName, atomic, spreadsheet};
use crate::stats::mean;
use forestall_model::{BASELINE, Plan, Table, ValueRow, days_between, month_starts};

use super::adaptation::{self, AtStrength, CalibratedParameter};
use super::alternatives;
use super::country_rates;
use super::decide_run::is_null;
use super::ladders;
use super::patterns::Columns;
use super::rows::Rows;
use super::thresholds::{self, ThresholdCurve};
use super::{Overrides, Study, StudyError, label};

/// One policy of a run, or its baseline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunPolicy {
    /// Its name in the tables.
    pub name: String,
    /// Its name for readers.
    pub label: String,
    /// Replications that have finished under it.
    pub replications: usize,
    /// Whether it is a null comparison: it changes next to nothing, so that small effects can be read beside it.
    pub null: bool,
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
///
/// Of a run in a folder no table is in memory. Tables are read when they are asked for: as a whole or, since they grow with
/// replications, months, countries and plots, better by columns or a stretch of rows at a time.
#[derive(Debug)]
pub struct Run {
    rows: Rows,
    manifest: Manifest,
    scenario: Plan,
    derived: OnceLock<Derived>,
}

/// What is worked out in one pass over the plots, and from the replications.
#[derive(Debug)]
struct Derived {
    comparisons: Table,
    displacement: Table,
    twin_share: Table,
    foiled_by_start: Table,
    plot_lives: Table,
    endings: Table,
}

impl Run {
    /// Opens the folder of a run.
    ///
    /// # Errors
    /// If a file is missing or damaged.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, StudyError> {
        Self::read(ResultsFolder::open(path.as_ref())?)
    }

    /// Reads the record of a run and its table of replications.
    pub(super) fn read(folder: ResultsFolder) -> Result<Self, StudyError> {
        let manifest = folder.manifest()?;
        let scenario = Study::open(folder.resolved_scenario(), Overrides::default())?.plan;
        Ok(Self::new(Rows::in_folder(folder)?, manifest, scenario))
    }

    pub(super) fn new(rows: Rows, manifest: Manifest, scenario: Plan) -> Self {
        Self { rows, manifest, scenario, derived: OnceLock::new() }
    }

    /// The folder; `None` for a run in memory.
    pub fn folder(&self) -> Option<&ResultsFolder> {
        self.rows.folder()
    }

    /// The same run, whose folder others may write into from here on. What [`Study::run`] gives holds its folder until it
    /// is let go of, so that charts and page can be added undisturbed; who keeps it for long lets others in.
    #[must_use]
    pub fn unlocked(mut self) -> Self {
        self.rows.unlock();
        self
    }

    /// The record: what was asked, with which program, how far it came.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The scenario that was run.
    pub fn scenario(&self) -> &Plan {
        &self.scenario
    }

    /// One row a replication and policy: the whole table, in memory from then on.
    pub fn replications(&self) -> &Table {
        self.rows.replications()
    }

    /// One row a month, replication and policy: the whole table.
    ///
    /// # Errors
    /// If the file is missing or damaged.
    pub fn monthly(&self) -> Result<Table, StudyError> {
        self.rows.whole(TableName::Monthly)
    }

    /// One row a country, replication and policy: the whole table.
    ///
    /// # Errors
    /// As [`Self::monthly`].
    pub fn by_country(&self) -> Result<Table, StudyError> {
        self.rows.whole(TableName::ByCountry)
    }

    /// One row a plot and policy: the whole table.
    ///
    /// # Errors
    /// As [`Self::monthly`].
    pub fn matched(&self) -> Result<Table, StudyError> {
        self.rows.whole(TableName::Matched)
    }

    /// One row a bin of believed chance, replication and policy: of the files open at the end, what was believed and of
    /// how many it was true.
    ///
    /// # Errors
    /// As [`Self::monthly`].
    pub fn beliefs(&self) -> Result<Table, StudyError> {
        self.rows.whole(TableName::Beliefs)
    }

    /// One row an event, of the replications whose log was kept; empty where none was.
    ///
    /// # Errors
    /// As [`Self::monthly`].
    pub fn events(&self) -> Result<Table, StudyError> {
        self.rows.whole(TableName::Events)
    }

    /// Some columns of a table, in the order asked for, in the rows of one policy or of all; a column that is not there
    /// is left out.
    ///
    /// # Errors
    /// As [`Self::monthly`].
    pub fn columns(&self, name: TableName, columns: &[&str], policy: Option<&str>) -> Result<Table, StudyError> {
        self.rows.columns(name, columns, policy)
    }

    /// Shows the rows of a table a stretch at a time, each with these columns at least; memory holds one stretch.
    ///
    /// # Errors
    /// As [`Self::monthly`], and what `see` returns.
    pub fn each_stretch(
        &self,
        name: TableName,
        columns: &[&str],
        see: &mut dyn FnMut(&Table) -> Result<(), StudyError>,
    ) -> Result<(), StudyError> {
        self.rows.each_stretch(name, columns, see)
    }

    /// A kept table with all its columns, a stretch at a time; the first one may have no rows.
    pub(super) fn each_whole_stretch(
        &self,
        name: TableName,
        see: &mut dyn FnMut(&Table) -> Result<(), StudyError>,
    ) -> Result<(), StudyError> {
        self.rows.each_whole_stretch(name, see)
    }

    /// The baseline and the policies with their labels and finished replications.
    pub fn policies(&self) -> Vec<RunPolicy> {
        let rows = self.rows.of_replications(&["arm"]);
        let arms = rows.texts("arm").unwrap_or(&[]);
        let count = |name: &str| arms.iter().filter(|arm| *arm == name).count();
        let null = |name: &String| self.scenario.policy(name).is_some_and(is_null);
        let one = |name: &String| RunPolicy {
            name: name.clone(),
            label: self.label(name),
            replications: count(name),
            null: null(name),
        };
        self.manifest.arms.iter().map(one).collect()
    }

    /// What readers see of a policy, or of the baseline.
    pub fn label(&self, name: &str) -> String {
        label(&self.scenario, name)
    }

    fn labels(&self) -> Vec<(String, String)> {
        self.manifest.arms.iter().map(|name| (name.clone(), self.label(name))).collect()
    }

    /// What is worked out from the rows, once.
    fn derived(&self) -> Result<&Derived, StudyError> {
        if let Some(known) = self.derived.get() {
            return Ok(known);
        }
        let months = month_starts(self.scenario.start, self.scenario.end);
        let (mut days, dates): (Vec<f64>, Vec<String>) = months.iter().map(|(d, m)| (*d, m.to_string())).unzip();
        days.push(days_between(self.scenario.start, self.scenario.end));
        let (arms, labels) = (&self.manifest.arms, self.labels());
        let years = calendar_years(self.scenario.start, self.scenario.end);
        let firsts = years.iter().filter_map(|(year, days)| Some((days.0, year.parse().ok()?))).collect();
        let mut cohorts = Cohorts::new(arms, firsts, days.last().copied().unwrap_or(0.0));
        let mut twins = Twins::new(BASELINE, arms.get(1..).unwrap_or(&[]), days, dates);
        let (mut attacks, mut displaced) = (Attacks::new(arms), Displaced::new(arms));
        let mut endings = Endings::default();
        let draws = !self.calibrated().is_empty();
        self.rows.each_replication(&mut |run, plots| {
            attacks.add(run, plots);
            displaced.add(run, plots);
            twins.add(plots);
            endings.add(plots);
            cohorts.add(if draws { run.0 } else { run.1 }, plots);
        })?;
        let read = |columns: &[&str]| self.columns(TableName::Replications, columns, None);
        let made = Derived {
            comparisons: montecarlo::comparisons(read, &attacks, &labels)?,
            displacement: displaced.table(&read(&RUN)?, &labels, &adaptation::strength(&self.scenario)),
            twin_share: twins.table(),
            foiled_by_start: cohorts.table(),
            plot_lives: cohorts.lives(),
            endings: endings.table(),
        };
        Ok(self.derived.get_or_init(|| made))
    }

    /// Every policy beside the baseline: one row a policy and outcome, paired on common random numbers.
    ///
    /// # Errors
    /// If the table of plots is missing or damaged.
    pub fn comparisons(&self) -> Result<&Table, StudyError> {
        Ok(&self.derived()?.comparisons)
    }

    /// How many of the baseline's plots each policy has too, by the month in which they begin.
    ///
    /// # Errors
    /// As [`Self::comparisons`].
    pub fn twin_share(&self) -> Result<&Table, StudyError> {
        Ok(&self.derived()?.twin_share)
    }

    /// How plots end by the year in which they begin, corrected for those still in progress: one row an arm and year, with
    /// cumulative incidences under competing risks (Aalen and Johansen). `foiled_share` is to be compared between years;
    /// `foiled_share_of_ended` is not, as plots that are foiled live shorter.
    ///
    /// # Errors
    /// As [`Self::comparisons`].
    pub fn foiled_by_start(&self) -> Result<&Table, StudyError> {
        Ok(&self.derived()?.foiled_by_start)
    }

    /// How plots end by their age: one row an arm and ten days of age, with cumulative incidences under competing risks
    /// (Aalen and Johansen); sting cases are no plots.
    ///
    /// # Errors
    /// As [`Self::comparisons`].
    pub fn plot_lives(&self) -> Result<&Table, StudyError> {
        Ok(&self.derived()?.plot_lives)
    }

    /// How the plots end: one row an arm, pathway and outcome that occurs, with the number of plots in all replications.
    ///
    /// # Errors
    /// As [`Self::comparisons`].
    pub fn endings(&self) -> Result<&Table, StudyError> {
        Ok(&self.derived()?.endings)
    }

    /// Displacement: what the adversary does instead under each policy.
    ///
    /// # Errors
    /// As [`Self::comparisons`].
    pub fn displacement(&self) -> Result<&Table, StudyError> {
        Ok(&self.derived()?.displacement)
    }

    /// Displacement in the run itself, then in its runs at other strengths of adaptation.
    ///
    /// # Errors
    /// As [`Self::comparisons`], or if such runs stand beside this one and cannot be read.
    pub fn displacement_at_every_strength(&self) -> Result<Table, StudyError> {
        let mut table = self.displacement()?.clone();
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
        self.folder().map_or(Ok(Vec::new()), adaptation::read)
    }

    /// The effect of each policy on attacks in the run itself and under each alternative that stands beside it: one row an
    /// alternative and policy, empty where none has been run.
    ///
    /// # Errors
    /// As [`Self::comparisons`], or if such a run cannot be read.
    pub fn under_alternatives(&self) -> Result<Table, StudyError> {
        let comparisons = self.comparisons()?;
        let runs = || self.columns(TableName::Replications, &alternatives::COLUMNS, None);
        self.folder().map_or(Ok(Table::new()), |folder| alternatives::table(&self.scenario, folder, comparisons, runs))
    }

    /// The calibrated parameters that runs take draws of; empty where all runs have the same values.
    pub fn calibrated(&self) -> Vec<CalibratedParameter> {
        adaptation::calibrated(&self.scenario)
    }

    /// The policies that multiply the same parameters by different factors: one row a rung of each such ladder, `ladder`,
    /// `policy`, `factor`; empty where there is none.
    pub fn ladders(&self) -> Table {
        ladders::table(&self.scenario, &self.policies())
    }

    /// The policies that differ in the threshold of intervention alone; `None` with fewer than three thresholds.
    pub fn thresholds(&self) -> Option<ThresholdCurve> {
        thresholds::curve(&self.scenario, &self.policies(), &|columns| self.rows.of_replications(columns))
    }

    /// The baseline beside the facts that the scenario names.
    ///
    /// # Errors
    /// If a table that they name is missing or damaged.
    pub fn fit(&self) -> Result<Vec<FitToFact>, StudyError> {
        let expressions: Vec<Option<Expression>> =
            self.scenario.fit.iter().map(|row| Expression::parse(&row.outcome).ok()).collect();
        let columns = Columns::read(self, &expressions.iter().flatten().collect::<Vec<_>>(), BASELINE)?;
        let tables = columns.tables();
        let one = |(row, expression): (&forestall_model::FitRow, &Option<Expression>)| FitToFact {
            pattern: row.pattern.clone(),
            fact: row.fact.clone(),
            target: (row.low, row.high),
            simulated: expression.as_ref().and_then(|e| e.evaluate(&tables, BASELINE)),
        };
        Ok(self.scenario.fit.iter().zip(&expressions).map(one).collect())
    }

    /// The variance of an outcome by random variation and by parameter uncertainty, of the baseline and of each
    /// policy's difference from it, with labels; empty where all runs have the same values.
    pub fn variance(&self, outcome: &str) -> Vec<(String, Split)> {
        let [arm, draw, replication] = RUN;
        let runs = self.rows.of_replications(&[arm, draw, replication, outcome]);
        let rows = montecarlo::split(&runs, &self.manifest.arms, outcome);
        let label = |arm: &str| match self.label(arm) {
            label if arm == BASELINE => label,
            label => format!("{label} − baseline"),
        };
        rows.into_iter().map(|row| (label(&row.arm), row)).collect()
    }

    /// The baseline's mean of a column; `None` where it is undefined.
    pub fn baseline_mean(&self, column: &str) -> Option<f64> {
        let rows = self.rows.of_replications(&["arm", column]);
        let arms = rows.texts("arm");
        mean(&rows.numbers_where(column, |row| arms.is_some_and(|arms| arms[row] == BASELINE)))
    }

    /// Every parameter of the scenario with value, unit, evidence and origin.
    pub fn parameters(&self) -> Vec<ValueRow> {
        self.scenario.parameter_rows()
    }

    /// One row a country: attacks carried out per million residents and year under the baseline, and what `policy`
    /// prevents of them, paired, with 95 % intervals.
    ///
    /// # Errors
    /// As [`Self::monthly`].
    pub fn country_rates(&self, policy: Option<&str>) -> Result<Table, StudyError> {
        let read = |arm: &str| self.columns(TableName::ByCountry, &country_rates::COLUMNS, Some(arm));
        Ok(country_rates::table(&self.scenario, &read(BASELINE)?, policy.map(read).transpose()?.as_ref()))
    }

    /// Every policy beside the baseline in each country: one row a policy, country and outcome, paired as in
    /// [`Self::comparisons`]. The table by country passes once; memory holds one run of it and the sums.
    ///
    /// # Errors
    /// As [`Self::monthly`].
    pub fn country_effects(&self) -> Result<Table, StudyError> {
        let countries = self.scenario.countries.iter().map(|country| country.code.clone()).collect();
        let mut effects = CountryEffects::new(&self.manifest.arms, countries);
        let name = TableName::ByCountry;
        let place = self.folder().map_or_else(|| name.file_name().into(), |folder| folder.table(name));
        self.each_stretch(name, &montecarlo::country_effects::read(), &mut |rows| {
            effects.add(rows).map_err(|found| ResultsError::corrupt(&place, found).into())
        })?;
        Ok(effects.table())
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

    /// What each policy is worth against a side that answers, if `respond` was asked of this run: one row a policy.
    ///
    /// # Errors
    /// If the file is damaged.
    pub fn responses(&self) -> Result<Option<Table>, StudyError> {
        self.beside(ResultsFolder::responses)
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
        match self.folder().map(place) {
            Some(path) if path.exists() => Ok(Some(spreadsheet::read(&path)?)),
            _ => Ok(None),
        }
    }

    /// Writes what is worked out from the rows into the folder.
    pub(super) fn write_tables(&self) -> Result<(), StudyError> {
        let Some(folder) = self.folder() else { return Ok(()) };
        atomic::write(&folder.comparisons(), spreadsheet::to_text(self.comparisons()?).as_bytes())?;
        atomic::write(&folder.twin_share(), spreadsheet::to_text(self.twin_share()?).as_bytes())?;
        atomic::write(&folder.foiled_by_start(), spreadsheet::to_text(self.foiled_by_start()?).as_bytes())?;
        atomic::write(&folder.plot_lives(), spreadsheet::to_text(self.plot_lives()?).as_bytes())?;
        atomic::write(&folder.substitution(), spreadsheet::to_text(self.displacement()?).as_bytes())?;
        let alternatives = self.under_alternatives()?;
        if alternatives.rows() > 0 {
            atomic::write(&folder.alternatives(), spreadsheet::to_text(&alternatives).as_bytes())?;
        }
        Ok(())
    }

    /// Takes another record and saves it.
    pub(super) fn record(&mut self, manifest: Manifest) -> Result<(), StudyError> {
        if let Some(folder) = self.folder() {
            manifest.save(&folder.manifest_path())?;
        }
        self.manifest = manifest;
        Ok(())
    }
}
