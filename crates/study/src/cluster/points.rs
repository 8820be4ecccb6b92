//! The points of a sweep on disk, and one run at a point.

use crate::design::{Design, Problem, Sidecar};
use crate::montecarlo::{NamedArm, replicate_together};
use crate::results::{RunKey, SweepFolder, TableName, atomic, bounded, parquet_file};
use forestall_model::{Arm, Column, Labels, Plan, Rows, Table};

use super::error::ClusterError;
use super::factors;
use super::plan::SweepPlan;
use super::work::{Model, RunTables};

/// A sweep ready to run: its plan, its scenario and its design.
#[derive(Debug)]
pub(crate) struct Points {
    /// The plan.
    pub plan: SweepPlan,
    /// The factors.
    pub problem: Problem,
    /// The design.
    pub design: Design,
    scenario: Plan,
    labels: Labels,
    tables: Vec<TableName>,
}

impl Points {
    /// Ties a plan to its scenario and design.
    pub(crate) fn new(plan: SweepPlan, scenario: Plan, problem: Problem, design: Design) -> Self {
        let tables = plan.kept();
        Self { labels: Labels::of(&scenario), plan, problem, design, scenario, tables }
    }
}

/// Writes the folder of a sweep; `plan.json` last.
///
/// # Errors
/// [`ClusterError::Results`].
pub(crate) fn write(folder: &SweepFolder, points: &Points) -> Result<(), ClusterError> {
    atomic::write(&folder.scenario(), points.scenario.resolved_toml().as_bytes())?;
    atomic::write(&folder.problem(), points.problem.write().as_bytes())?;
    let mut table = Table::new();
    table.push("point", Column::Integer((0..points.design.rows() as i64).map(Some).collect()));
    for (name, column) in points.design.table().columns() {
        table.push(name, column.clone());
    }
    parquet_file::write(&folder.design(), &table)?;
    atomic::write(&folder.plan(), points.plan.write().as_bytes())?;
    Ok(())
}

/// Reads the folder of a sweep; `load` turns the scenario's path into a plan.
///
/// # Errors
/// [`ClusterError::Mismatch`] where scenario, design and plan do not belong together.
pub(crate) fn open(
    folder: &SweepFolder,
    load: &dyn Fn(&std::path::Path) -> Result<Plan, forestall_model::Diagnostics>,
) -> Result<Points, ClusterError> {
    let plan = read_plan(folder)?;
    let scenario = load(&folder.scenario()).map_err(ClusterError::Scenario)?;
    let hash = crate::results::run_hash(&scenario.fingerprint_text(), scenario.seed, plan.results_version);
    if hash != plan.scenario {
        return Err(ClusterError::Mismatch(format!(
            "{} is not the scenario that was planned (its hash is {}, plan.json says {}); restore it, or plan again",
            folder.scenario().display(),
            &hash[..12],
            plan.scenario.get(..12).unwrap_or(&plan.scenario)
        )));
    }
    let (problem, design) = read_design(folder, &plan)?;
    Ok(Points::new(plan, scenario, problem, design))
}

/// Reads `plan.json`.
pub(super) fn read_plan(folder: &SweepFolder) -> Result<SweepPlan, ClusterError> {
    SweepPlan::read(&read_text(&folder.plan())?)
}

fn read_text(path: &std::path::Path) -> Result<String, ClusterError> {
    bounded::text(path, bounded::TEXT)
        .map_err(|e| ClusterError::Mismatch(format!("cannot read {}: {e}; plan the sweep again", path.display())))
}

/// Reads factors and points, and holds them against the plan.
pub(super) fn read_design(folder: &SweepFolder, plan: &SweepPlan) -> Result<(Problem, Design), ClusterError> {
    let problem = Problem::parse(&folder.problem().display().to_string(), &read_text(&folder.problem())?)?;
    let design = Design::from_points(&problem, &parquet_file::read(&folder.design())?, plan.design.design)?;
    Sidecar::attach(&plan.design.write(), design).map(|design| (problem, design)).map_err(ClusterError::from)
}

impl Model for Points {
    type Arm = NamedArm;

    fn arms(&self, point: u64) -> Vec<String> {
        factors::policy_at(&self.design, point as usize).map_or_else(|| self.plan.arms.clone(), |policy| vec![policy])
    }

    fn arm(&self, point: u64, name: &str) -> Result<NamedArm, String> {
        let coordinates = factors::coordinates(&self.scenario, &self.design, point as usize);
        let scenario = self.scenario.arm_with(Some(name), &coordinates).map_err(|e| {
            let told: Vec<String> = e.0.iter().map(|d| d.message.clone()).collect();
            told.join("; ")
        })?;
        Ok(NamedArm { name: name.to_owned(), arm: Arm::new(&scenario) })
    }

    fn run(&self, arm: &NamedArm, key: &RunKey) -> RunTables {
        self.together(&[(arm, key)]).pop().unwrap_or_else(|| Err("no run was computed".into()))
    }

    fn together(&self, arms: &[(&NamedArm, &RunKey)]) -> Vec<RunTables> {
        let Some(key) = arms.first().map(|(_, key)| *key) else { return Vec::new() };
        let ready: Vec<&NamedArm> = arms.iter().map(|(arm, _)| *arm).collect();
        let found = replicate_together(&ready, &self.labels, 0, key.replication, false);
        let runs = arms.iter().zip(found);
        runs.map(|((_, key), computed)| computed.map(|(rows, _)| self.tables_of(&rows, key))).collect()
    }
}

impl Points {
    /// The kept tables of one run.
    fn tables_of(&self, rows: &Rows, key: &RunKey) -> Vec<(TableName, Table)> {
        let first = self.plan.replications_of(key.draw).start;
        let one = |name: &TableName| {
            let table = match name {
                TableName::Monthly => &rows.monthly,
                TableName::ByCountry => &rows.by_country,
                TableName::Matched => &rows.matched,
                _ => &rows.replications,
            };
            (*name, at_point(table, key, key.replication - first))
        };
        self.tables.iter().map(one).collect()
    }
}

/// A run's table with the number of its point as `draw` and, at the right, as `point` and `replicate`.
fn at_point(table: &Table, key: &RunKey, replicate: u64) -> Table {
    let rows = table.rows();
    let whole = |value: u64| Column::Integer(vec![Some(value as i64); rows]);
    let mut out = Table::new();
    for (name, column) in table.columns() {
        out.push(name, if name == "draw" { whole(key.draw) } else { column.clone() });
    }
    out.push("point", whole(key.draw));
    out.push("replicate", whole(replicate));
    out
}
