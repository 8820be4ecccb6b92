//! What an optimization has found: finalists, their verdicts, the front.

use crate::optimization::{Candidate, Found, FrontStatus, Judged, RunResponse, Volumes, estimate};
use crate::results::manifest::now;
use crate::results::{Manifest, ResultsError, ResultsFolder, Status, atomic, csv};
use crate::stats::{Interval, mean, mean_interval};
use forestall_model::Table;

use super::input::Input;
use super::tables;

/// Confidence of all intervals.
const CONFIDENCE: f64 = 0.95;

/// A setting that stayed in a search.
#[derive(Clone, Debug)]
pub struct Finalist {
    /// The values of the levers.
    pub values: Vec<f64>,
    /// Whether it was in the first generation, stayed in the search, stayed in random search.
    pub groups: [bool; 3],
    /// What the search in which it stayed took its responses for.
    pub seen: Option<Vec<Option<f64>>>,
}

impl Finalist {
    /// Which search found it, in a word.
    pub fn found_by(&self) -> &'static str {
        match self.groups {
            [_, true, true] => "both",
            [_, true, false] => "search",
            [_, false, true] => "random",
            _ => "start",
        }
    }
}

/// All that was found.
#[derive(Debug)]
pub struct Optimized {
    /// The folder.
    pub folder: ResultsFolder,
    /// Name of the scenario.
    pub scenario: String,
    /// What was asked for.
    pub input: Input,
    /// The search.
    pub evolved: Found,
    /// Random search, unless left out.
    pub random: Option<Found>,
    /// All settings that were checked.
    pub finalists: Vec<Finalist>,
    /// What the fresh replications say of each.
    pub judged: Vec<Judged>,
    /// The fresh replications of each.
    pub fresh: Vec<Vec<RunResponse>>,
    /// The fresh replications of the scenario without any lever.
    pub baseline: Vec<RunResponse>,
    /// Hypervolumes of the first generation, of the search and of random search.
    pub volumes: Option<Volumes>,
    /// Fresh replications of each.
    pub replications: u64,
    /// The record, complete once [`Optimized::finish`] has saved it.
    pub(super) record: Manifest,
}

/// One setting of the front, or one that may belong to it.
#[derive(Debug)]
pub struct FrontSetting<'r> {
    /// Its name: status and number.
    pub name: String,
    /// The setting.
    pub finalist: &'r Finalist,
    /// The verdict.
    pub judged: &'r Judged,
    /// Paired difference from the scenario without levers, for each objective that is no ratio.
    pub against: Vec<Option<(f64, Interval)>>,
}

impl Optimized {
    /// How many objectives there are.
    pub fn goals(&self) -> usize {
        self.input.problem.goals.len()
    }

    /// The name of a response.
    pub fn name(&self, response: usize) -> &str {
        &self.input.asked[response].name
    }

    /// The front in the order of the first objective, best first; then what may belong to it.
    pub fn front(&self) -> Vec<FrontSetting<'_>> {
        let goal = self.input.problem.goals[0];
        let first = |i: usize| self.judged[i].responses[0].map_or(f64::INFINITY, |r| goal.minimised(r.0));
        let mut rows = Vec::new();
        for (status, word) in [(FrontStatus::Front, "front"), (FrontStatus::Perhaps, "perhaps")] {
            let mut own: Vec<usize> = (0..self.judged.len()).filter(|&i| self.judged[i].status == status).collect();
            own.sort_by(|&a, &b| first(a).total_cmp(&first(b)).then(a.cmp(&b)));
            for i in own {
                let name = format!("{word}-{:02}", rows.len() + 1);
                let (finalist, judged) = (&self.finalists[i], &self.judged[i]);
                rows.push(FrontSetting { name, finalist, judged, against: self.against(i) });
            }
        }
        rows
    }

    fn against(&self, i: usize) -> Vec<Option<(f64, Interval)>> {
        let difference = |response: usize| {
            let pairs = self.fresh[i].iter().zip(&self.baseline).filter_map(|(own, base)| {
                let (own, base) = (own.get(response).copied()??, base.get(response).copied()??);
                Some((own.1 == 1.0 && base.1 == 1.0).then_some(own.0 - base.0))
            });
            let differences: Vec<f64> = pairs.collect::<Option<_>>()?;
            mean_interval(&differences, CONFIDENCE).map(|m| (m.mean, m.interval))
        };
        (0..self.goals()).map(difference).collect()
    }

    /// A response of the scenario without any lever.
    pub fn baseline(&self, response: usize) -> Option<(f64, Option<Interval>)> {
        let parts: Vec<_> = self.baseline.iter().map(|run| run.get(response).copied().flatten()).collect();
        estimate(&parts)
    }

    /// How much better the front's settings looked in the search that found them than they are, by objective.
    pub fn luck(&self, rows: &[FrontSetting]) -> Vec<Option<f64>> {
        let one = |response: usize| {
            let shift = |row: &FrontSetting| {
                let (fresh, seen) = (row.judged.responses[response]?.0, row.finalist.seen.as_ref()?[response]?);
                // Rounding of sums is no luck.
                Some(if (fresh - seen).abs() <= 1e-9 * fresh.abs() { 0.0 } else { fresh - seen })
            };
            let shifts: Vec<f64> = rows.iter().filter_map(shift).collect();
            mean(&shifts)
        };
        (0..self.goals()).map(one).collect()
    }

    /// How many settings could not be simulated and were left behind, and why the first was.
    pub fn failed(&self) -> Option<(usize, &str)> {
        let all = std::iter::once(&self.evolved).chain(&self.random);
        let failed: Vec<&Candidate> = all.flat_map(|f| &f.candidates).filter(|c| c.failed.is_some()).collect();
        failed.first().map(|c| (failed.len(), c.failed.as_deref().unwrap_or_default()))
    }

    /// The reference point, as values that users know: that of the fresh baseline and the box together.
    pub fn reference_point(&self) -> Option<Vec<f64>> {
        let volumes = self.volumes.as_ref()?;
        let each = volumes.frame.reference.iter().zip(&volumes.baseline).zip(&self.input.problem.goals);
        Some(each.map(|((from, base), goal)| goal.minimised(from + base)).collect())
    }

    /// The table of hypervolumes: by generation, and on fresh replications.
    pub fn volume_table(&self) -> Table {
        tables::volumes(self)
    }

    /// Writes the tables.
    pub(super) fn write(&mut self) -> Result<(), ResultsError> {
        let rows = self.front();
        let all = [
            ("front.csv", tables::front(self, &rows)),
            ("candidates.csv", tables::candidates(self)),
            ("hypervolume.csv", tables::volumes(self)),
        ];
        self.record.files.clear();
        for (name, table) in &all {
            let sum = atomic::write(&self.folder.path().join(name), csv::to_text(table).as_bytes())?;
            self.record.files.insert((*name).into(), sum);
        }
        Ok(())
    }

    /// Writes the front as policies of a scenario file, and completes the record.
    ///
    /// # Errors
    /// If a file cannot be written.
    pub fn finish(&mut self, policies: &str) -> Result<(), ResultsError> {
        let sum = atomic::write(&self.folder.path().join("policies.toml"), policies.as_bytes())?;
        self.record.files.insert("policies.toml".into(), sum);
        self.record.status = Status::Complete;
        self.record.finished = Some(now());
        self.record.save(&self.folder.manifest_path())
    }
}
