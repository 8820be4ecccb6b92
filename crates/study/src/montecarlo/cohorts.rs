//! How plots end by the year in which they began: cumulative incidence under competing risks, with plots still in
//! progress as censored and those begun before the first counted day as late entries.

use std::collections::BTreeMap;

use forestall_model::{Column, Table};

use super::compare::CONFIDENCE;
use super::plots::Plot;
use crate::stats::student_quantile;

/// Fewest plots at risk at an age for a cohort's own endings to be used; below it those of all cohorts are.
const FEWEST: f64 = 20.0;

/// Groups of replications, or of draws, of which one at a time is left out for an interval.
const GROUPS: usize = 10;

/// The endings that compete: foiled, launched (carried out or failed), dissolved.
const CAUSES: usize = 3;

/// Entries and exits by age in whole days: memory does not grow with the number of plots.
#[derive(Clone, Debug, Default)]
struct Cohort {
    entries: Vec<u32>,
    ends: Vec<[u32; CAUSES]>,
    censored: Vec<u32>,
}

impl Cohort {
    /// Makes room for so many days of age.
    fn grow(&mut self, days: usize) {
        let days = self.entries.len().max(days);
        self.entries.resize(days, 0);
        self.ends.resize(days, [0; CAUSES]);
        self.censored.resize(days, 0);
    }

    fn add(&mut self, entry: usize, exit: usize, cause: Option<usize>) {
        self.grow(exit + 1);
        self.entries[entry.min(exit)] += 1;
        match cause {
            Some(cause) => self.ends[exit][cause] += 1,
            None => self.censored[exit] += 1,
        }
    }

    fn ended(&self, cause: usize) -> u32 {
        self.ends.iter().map(|day| day[cause]).sum()
    }

    /// Plots at risk and endings by cause at an age.
    fn at_risk(&self) -> Vec<(f64, [f64; CAUSES])> {
        let mut inside = 0_i64;
        let day = |d: usize| {
            inside += i64::from(self.entries[d]);
            let found = (inside as f64, self.ends[d].map(f64::from));
            inside -= self.ends[d].iter().map(|n| i64::from(*n)).sum::<i64>() + i64::from(self.censored[d]);
            found
        };
        (0..self.entries.len()).map(day).collect()
    }

    fn merge(&mut self, other: &Self) {
        self.grow(other.entries.len());
        for d in 0..other.entries.len() {
            self.entries[d] += other.entries[d];
            self.censored[d] += other.censored[d];
            for cause in 0..CAUSES {
                self.ends[d][cause] += other.ends[d][cause];
            }
        }
    }
}

/// One row of the table of lives.
struct Age {
    arm: String,
    days: f64,
    at_risk: f64,
    /// Of all that begin: in progress, then by cause.
    shares: [f64; CAUSES + 1],
}

/// Days between two rows of the table of lives.
const STEP: usize = 10;

/// What becomes of a cohort's plots in the end.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Incidence {
    /// By cause, as shares of all that begin.
    ended: [f64; CAUSES],
    /// The share whose end is taken from all cohorts, as too few of this one were followed so far.
    borrowed: f64,
    /// The share that nobody was followed to the end of.
    open: f64,
}

impl Incidence {
    /// Aalen and Johansen's estimate; at ages at which a cohort has too few plots at risk it takes the hazards of all.
    fn of(own: &[(f64, [f64; CAUSES])], all: &[(f64, [f64; CAUSES])]) -> Self {
        let mut found = Self::default();
        let mut left = 1.0;
        for (age, pooled) in all.iter().enumerate() {
            let mine = own.get(age).filter(|day| day.0 >= FEWEST);
            let (risk, ends) = mine.unwrap_or(pooled);
            if *risk <= 0.0 {
                continue;
            }
            let gone = ends.iter().sum::<f64>() / risk;
            for (sum, n) in found.ended.iter_mut().zip(ends) {
                *sum += left * n / risk;
            }
            if mine.is_none() {
                found.borrowed += left * gone;
            }
            left *= 1.0 - gone;
        }
        found.open = left;
        found
    }

    /// Foiled over foiled and launched.
    fn foiled_share(&self) -> Option<f64> {
        let [foiled, launched, _] = self.ended;
        (foiled + launched > 0.0).then(|| foiled / (foiled + launched))
    }
}

/// Plots by arm and year of start; sting cases are none.
#[derive(Clone, Debug)]
pub(crate) struct Cohorts {
    arms: Vec<String>,
    /// First days of the calendar years, and the years.
    years: Vec<(f64, i64)>,
    end: f64,
    /// By arm and year; year `None` for those begun before the first counted day. Each in groups of replications.
    found: BTreeMap<(usize, Option<i64>), [Cohort; GROUPS]>,
}

/// All groups but one, or all.
fn together<'a>(cohorts: impl Iterator<Item = &'a [Cohort; GROUPS]>, without: Option<usize>) -> Cohort {
    let mut all = Cohort::default();
    for groups in cohorts {
        groups.iter().enumerate().filter(|(group, _)| Some(*group) != without).for_each(|(_, c)| all.merge(c));
    }
    all
}

impl Cohorts {
    /// No plots yet, of these arms, over years that begin on these days, up to the last day.
    pub(crate) fn new(arms: &[String], years: Vec<(f64, i64)>, end: f64) -> Self {
        Self { arms: arms.to_vec(), years, end, found: BTreeMap::new() }
    }

    /// Takes the plots of a replication. `cluster` is its number, or that of its draw where replications share draws.
    pub(crate) fn add(&mut self, cluster: i64, plots: &[Plot]) {
        let group = cluster.unsigned_abs() as usize % GROUPS;
        for plot in plots.iter().filter(|p| !p.sting()) {
            let Some(arm) = self.arms.iter().position(|name| name == plot.arm) else { continue };
            let Some(start) = plot.start_day else { continue };
            let cause = match plot.outcome {
                "foiled" => Some(0),
                "completed" | "failed" => Some(1),
                "dissolved" => Some(2),
                _ => None,
            };
            let year = self.years.iter().rev().find(|(day, _)| *day <= start).map(|(_, year)| *year);
            let exit = plot.end_day.unwrap_or(self.end);
            let days = |x: f64| x.max(0.0) as usize;
            let groups = self.found.entry((arm, year)).or_default();
            groups[group].add(days(-start), days(exit - start), cause);
        }
    }

    /// One row an arm and year of start, those begun before the first counted day first (without a year): plots, how
    /// they ended, the foiled share of those that have ended, and the share of all that begin that will have been
    /// foiled, launched and dissolved, with the foiled share of these and its 95 % interval.
    pub(crate) fn table(&self) -> Table {
        let rows: Vec<(usize, Option<i64>, Cohort, Incidence)> = self
            .found
            .iter()
            .map(|((arm, year), groups)| {
                (*arm, *year, together(std::iter::once(groups), None), self.incidence(*arm, groups, None))
            })
            .collect();
        let intervals: Vec<Option<(f64, f64)>> =
            self.found.iter().zip(&rows).map(|(((arm, _), groups), row)| self.interval(*arm, groups, &row.3)).collect();
        let whole = |f: &dyn Fn(&Cohort) -> u32| Column::Integer(rows.iter().map(|r| Some(f(&r.2).into())).collect());
        let real = |f: &dyn Fn(&Incidence) -> Option<f64>| Column::Number(rows.iter().map(|r| f(&r.3)).collect());
        let mut table = Table::new();
        table.push("arm", Column::Text(rows.iter().map(|r| self.arms[r.0].clone()).collect()));
        table.push("year", Column::Integer(rows.iter().map(|r| r.1).collect()));
        table.push("plots", whole(&|c| c.entries.iter().sum()));
        for (cause, name) in ["foiled", "launched", "dissolved"].into_iter().enumerate() {
            table.push(name, whole(&|c| c.ended(cause)));
        }
        table.push("in_progress", whole(&|c| c.censored.iter().sum()));
        let plain = rows.iter().map(|r| {
            let (foiled, launched) = (f64::from(r.2.ended(0)), f64::from(r.2.ended(1)));
            (foiled + launched > 0.0).then(|| foiled / (foiled + launched))
        });
        table.push("foiled_share_of_ended", Column::Number(plain.collect()));
        for (cause, name) in
            ["foiled_in_the_end", "launched_in_the_end", "dissolved_in_the_end"].into_iter().enumerate()
        {
            table.push(name, real(&|i| Some(i.ended[cause])));
        }
        table.push("borrowed", real(&|i| Some(i.borrowed)));
        table.push("open", real(&|i| Some(i.open)));
        table.push("foiled_share", real(&Incidence::foiled_share));
        let ends = |end: fn((f64, f64)) -> f64| Column::Number(intervals.iter().map(|i| i.map(end)).collect());
        table.push("foiled_share_low", ends(|i| i.0));
        table.push("foiled_share_high", ends(|i| i.1));
        table
    }

    /// What becomes of a cohort of an arm, from all groups or all but one.
    fn incidence(&self, arm: usize, groups: &[Cohort; GROUPS], without: Option<usize>) -> Incidence {
        let own = together(std::iter::once(groups), without);
        let all = together(self.found.iter().filter(|((other, _), _)| *other == arm).map(|(_, c)| c), without);
        Incidence::of(&own.at_risk(), &all.at_risk())
    }

    /// The 95 % interval of a foiled share: a jackknife that leaves out one group of replications at a time, with
    /// Student's quantile; none with fewer than three groups.
    fn interval(&self, arm: usize, groups: &[Cohort; GROUPS], found: &Incidence) -> Option<(f64, f64)> {
        let there: Vec<usize> = (0..GROUPS).filter(|&group| !groups[group].entries.is_empty()).collect();
        let number = there.len() as f64;
        let left_out = there.iter().map(|&group| self.incidence(arm, groups, Some(group)).foiled_share());
        let left_out: Vec<f64> = left_out.collect::<Option<_>>().filter(|shares: &Vec<f64>| shares.len() > 2)?;
        let mean = left_out.iter().sum::<f64>() / number;
        let squares: f64 = left_out.iter().map(|share| (share - mean) * (share - mean)).sum();
        let reach =
            student_quantile(0.5 + CONFIDENCE / 2.0, number - 1.0)? * libm::sqrt((number - 1.0) / number * squares);
        let share = found.foiled_share()?;
        Some(((share - reach).max(0.0), (share + reach).min(1.0)))
    }

    /// How plots end by their age: one row an arm and ten days of age, with the plots at risk and, of all that begin, the
    /// shares still in progress, foiled, launched and dissolved by then (Aalen and Johansen's cumulative incidences; plots
    /// in progress at the end as censored, those begun before the first counted day as late entries).
    ///
    /// It ends where fewer than twenty plots are at risk.
    pub(crate) fn lives(&self) -> Table {
        let mut rows: Vec<Age> = Vec::new();
        for (place, arm) in self.arms.iter().enumerate() {
            let all = together(self.found.iter().filter(|((other, _), _)| *other == place).map(|(_, c)| c), None);
            let mut ended = [0.0; CAUSES];
            let mut left = 1.0;
            let at_risk = all.at_risk();
            // At the lowest ages late entries are still to come: only those who began inside the time are there.
            for (age, (risk, ends)) in at_risk.iter().enumerate() {
                if *risk < FEWEST {
                    break;
                }
                if age % STEP == 0 {
                    let shares = [left, ended[0], ended[1], ended[2]];
                    rows.push(Age { arm: arm.clone(), days: age as f64, at_risk: *risk, shares });
                }
                for (sum, n) in ended.iter_mut().zip(ends) {
                    *sum += left * n / risk;
                }
                left *= 1.0 - ends.iter().sum::<f64>() / risk;
            }
        }
        let real = |f: &dyn Fn(&Age) -> f64| Column::Number(rows.iter().map(|row| Some(f(row))).collect());
        let mut table = Table::new();
        table.push("arm", Column::Text(rows.iter().map(|row| row.arm.clone()).collect()));
        table.push("age_days", real(&|row| row.days));
        table.push("at_risk", real(&|row| row.at_risk));
        for (place, name) in ["in_progress", "foiled", "launched", "dissolved"].into_iter().enumerate() {
            table.push(name, real(&|row| row.shares[place]));
        }
        table
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use forestall_model::{Draws, Key};

    /// A plot of the baseline.
    fn plot(outcome: &'static str, start_day: f64, end_day: Option<f64>) -> Plot<'static> {
        let start_day = Some(start_day);
        Plot { arm: "baseline", key: "", pathway: "inspired", target: "AA", outcome, start_day, end_day }
    }

    /// What became of it by the end of the run.
    fn outcome(over: bool, foiled: bool) -> &'static str {
        if !over {
            "in_progress"
        } else if foiled {
            "foiled"
        } else {
            "completed"
        }
    }

    /// A steady stream of plots: each is foiled or launched at constant hazards, whichever comes first; lives by quantile.
    fn steady(plots: &mut Cohorts) {
        let middle = |i: u32, n: u32| (f64::from(i) + 0.5) / f64::from(n);
        for start in 0..365 {
            for i in 0..30 {
                for j in 0..30 {
                    let start_day = -730.0 + 5.0 * f64::from(start);
                    let foiled = -100.0 * middle(i, 30).ln();
                    let launched = -200.0 * middle(j, 30).ln();
                    let end = start_day + foiled.min(launched);
                    let over = end < 1095.0;
                    // What ended before the first counted day is in no table.
                    if end < 0.0 {
                        continue;
                    }
                    plots.add(0, &[plot(outcome(over, foiled < launched), start_day, over.then_some(end))]);
                }
            }
        }
    }

    #[test]
    fn in_a_steady_world_the_share_is_the_same_in_every_year_of_start() {
        let mut plots = Cohorts::new(&["baseline".to_owned()], vec![(0.0, 2014), (365.0, 2015), (730.0, 2016)], 1095.0);
        steady(&mut plots);
        let table = plots.table();
        assert_eq!(table.rows(), 4, "three years, and those begun before");
        let cell = |name: &str, row: usize| table.column(name).unwrap().number(row);
        // Foiled at twice the hazard of a launch, so two thirds of all; less by what the grid of quantiles ties.
        let pooled = cell("foiled_share", 1).unwrap();
        assert!((pooled - 2.0 / 3.0).abs() < 0.01, "{pooled}");
        for row in 0..4 {
            let share = cell("foiled_share", row).unwrap();
            // Ages are whole days, of lives of 67 days on average.
            assert!((share - pooled).abs() < 0.01, "row {row}: {share} against {pooled}");
            assert!(cell("open", row).unwrap() < 0.001);
        }
        assert_eq!(cell("year", 0), None);
        // Both causes have the same law of life here, so plain shares show nothing; the counts must add up all the same.
        for row in 0..4 {
            let parts: f64 =
                ["foiled", "launched", "dissolved", "in_progress"].map(|n| cell(n, row).unwrap()).iter().sum();
            assert_eq!(cell("plots", row), Some(parts));
        }
        assert!(cell("borrowed", 3).unwrap() < 0.2);
        // By age: both hazards are constant, so in progress is exp(−age × (1/100 + 1/200)), and two of three that have ended
        // were foiled. Lives stand on a grid of thirty quantiles, so each law is off by up to a sixtieth (in progress by two,
        // foiled less twice launched by three), and ages are whole days, at most .015 of a share a day.
        let lives = plots.lives();
        let at = |name: &str, row: usize| lives.column(name).unwrap().number(row).unwrap();
        for row in 0..20 {
            let age = at("age_days", row);
            assert!(
                (at("in_progress", row) - (-0.015 * age).exp()).abs() < 2.0 / 60.0 + 0.015,
                "{age}: {}",
                at("in_progress", row)
            );
            let parts = ["in_progress", "foiled", "launched", "dissolved"].map(|name| at(name, row));
            assert!((parts.iter().sum::<f64>() - 1.0).abs() < 1e-9);
            assert!((parts[1] - 2.0 * parts[2]).abs() < 3.0 / 60.0 + 0.015, "{parts:?}");
        }
        assert_eq!(at("dissolved", 19), 0.0);
    }

    #[test]
    fn plots_still_in_progress_do_not_pass_for_foiled() {
        // Half of the plots are foiled after 50 days, half launched after 300, whenever they begin. In the last year most
        // of those that will be launched have not been.
        let mut plots = Cohorts::new(&["baseline".to_owned()], vec![(0.0, 2014), (365.0, 2015)], 730.0);
        for start in 0..730 {
            for foiled in [true, false] {
                let end = f64::from(start) + if foiled { 50.0 } else { 300.0 };
                let over = end < 730.0;
                plots.add(0, &[plot(outcome(over, foiled), f64::from(start), over.then_some(end))]);
            }
        }
        let table = plots.table();
        let cell = |name: &str, row: usize| table.column(name).unwrap().number(row).unwrap();
        assert!(cell("foiled_share_of_ended", 1) > 0.8, "plainly counted, the last year looks foiled");
        for row in 0..2 {
            assert!((cell("foiled_share", row) - 0.5).abs() < 0.01, "row {row}: {}", cell("foiled_share", row));
        }
    }

    #[test]
    fn the_interval_holds_the_true_share_as_often_as_it_says() {
        // Each replication has twenty plots that begin on the first day, each foiled with its own replication's chance:
        // plots of one replication are alike, as parameters make them.
        let (draws, key, mut taken) = (Draws::new(7, 0), Key::root("shares"), 0);
        let mut unit = || {
            taken += 1;
            draws.uniform(key, 1, taken)
        };
        let (mut held, mut told) = (0, 0);
        for _ in 0..400 {
            let mut plots = Cohorts::new(&["baseline".to_owned()], vec![(0.0, 2014)], 365.0);
            for replication in 0..40 {
                let chance = 0.3 + 0.4 * unit();
                for _ in 0..20 {
                    let outcome = outcome(true, unit() < chance);
                    plots.add(replication, &[plot(outcome, 1.0, Some(30.0))]);
                }
            }
            let table = plots.table();
            let cell = |name: &str| table.column(name).unwrap().number(0).unwrap();
            told += 1;
            held += i32::from(cell("foiled_share_low") <= 0.5 && 0.5 <= cell("foiled_share_high"));
        }
        // 95 % of 400, less four standard errors.
        assert!(
            f64::from(held) >= f64::from(told) * (0.95 - 4.0 * (0.95_f64 * 0.05 / 400.0).sqrt()),
            "{held} of {told}"
        );
        assert!(held < told, "intervals that always hold the truth are too wide");
    }

    #[test]
    fn sting_cases_and_other_arms_are_no_part_of_it() {
        let mut plots = Cohorts::new(&["baseline".to_owned()], vec![(0.0, 2014)], 365.0);
        let inspired = plot("foiled", 3.0, Some(9.0));
        plots.add(0, &[Plot { pathway: "sting", ..inspired }, Plot { arm: "other", ..inspired }]);
        assert_eq!(plots.table().rows(), 0);
    }
}
