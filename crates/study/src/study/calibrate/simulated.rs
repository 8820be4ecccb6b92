//! Patterns of a scenario at a point of its parameters: simulates replications and evaluates the targets.

use crate::calibration::{FitPoint, Target};
use crate::design::Factor;
use crate::montecarlo::pattern::{Tables, Years, calendar_years};
use crate::montecarlo::{NamedArm, replicate};
use forestall_model::{Arm, BASELINE, Labels, Plan, REPLICATION_LIMIT, Table};

/// Replications of the fit are numbered below this, those of the check below twice it, those of the screening above.
const FIT: u64 = REPLICATION_LIMIT / 4;
/// The first replication of the posterior-predictive check.
pub(super) const CHECK: u64 = FIT;
/// The first replication of the screening.
const SCREENING: u64 = REPLICATION_LIMIT / 2;

/// The first replication of a point: every point has streams of its own, as the likelihood is to be averaged over
/// chance.
fn stream(point: &FitPoint, copies: u64) -> u64 {
    let at = point.serial * copies;
    // The fit's generations are few; only the screening has this number.
    if point.generation == u32::MAX { SCREENING + at % (REPLICATION_LIMIT / 2) } else { at % FIT }
}

/// What a point came to: its patterns, or in words why it has none.
pub(super) type Simulated = Result<Vec<Option<f64>>, String>;

/// The baseline of a scenario with the patterns to be looked at.
pub(super) struct Patterns<'a> {
    plan: &'a Plan,
    targets: &'a [Target],
    labels: Labels,
    years: Years,
    /// Whether a target counts plots by country and year: only then they are kept.
    plots: bool,
}

impl<'a> Patterns<'a> {
    /// Patterns of this scenario's baseline.
    pub(super) fn new(plan: &'a Plan, targets: &'a [Target]) -> Self {
        let plots = targets.iter().any(|t| !t.expression.of_plots().is_empty());
        Self { plan, targets, labels: Labels::of(plan), years: calendar_years(plan.start, plan.end), plots }
    }

    /// The scenario.
    pub(super) fn plan(&self) -> &'a Plan {
        self.plan
    }

    /// The patterns of a point of these parameters, on its own streams.
    pub(super) fn of(&self, factors: &[Factor], point: &FitPoint, copies: u64) -> Simulated {
        let named: Vec<(&str, f64)> =
            factors.iter().map(|f| f.name.as_str()).zip(point.values.iter().copied()).collect();
        self.at(&named, stream(point, copies), copies)
    }

    /// Each pattern over `copies` replications from number `first` on; `None` where it is undefined.
    ///
    /// # Errors
    /// Why the point cannot be simulated, in words.
    pub(super) fn at(&self, point: &[(&str, f64)], first: u64, copies: u64) -> Simulated {
        let scenario = self.plan.arm_with(None, point).map_err(|errors| errors.to_string())?;
        let arm = NamedArm { name: BASELINE.into(), arm: Arm::new(&scenario) };
        let mut whole: Option<[Table; 4]> = None;
        for replication in first..first + copies {
            let rows = replicate(&arm, &self.labels, replication, false)?.0;
            let plots = if self.plots { rows.matched } else { Table::new() };
            let parts = [rows.replications, rows.monthly, rows.by_country, plots];
            match &mut whole {
                None => whole = Some(parts),
                Some(whole) => {
                    for (table, part) in whole.iter_mut().zip(&parts) {
                        table.append_rows(part, 0..part.rows());
                    }
                }
            }
        }
        let Some([replications, monthly, by_country, plots]) = &whole else { return Err("no replication".into()) };
        let tables = Tables { replications, monthly, by_country, plots, years: &self.years };
        Ok(self.targets.iter().map(|t| t.expression.evaluate(&tables, BASELINE).map(|f| f.mean)).collect())
    }
}
