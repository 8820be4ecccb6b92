//! What was found: behaviours of the other side, what each brings against each policy, what policies are then worth.

use crate::optimization::BestResponse;
use crate::results::manifest::now;
use crate::results::{Manifest, ResultsError, ResultsFolder, Status, atomic, spreadsheet};
use forestall_model::{Plan, Table};

use super::game::{self, Exploited, GameEstimate, PolicyWorth};
use super::{Input, RespondRequest, tables};

/// The name of what the other side does anyway.
const AS_IT_IS: &str = "as-it-is";

/// One way in which the other side may act.
#[derive(Clone, Debug, PartialEq)]
pub struct Behaviour {
    /// Its name in tables: `as-it-is`, or `against-POLICY` by the first policy that it was found against.
    pub name: String,
    /// The values of its freedom; empty for what it does anyway.
    pub values: Vec<f64>,
}

impl Behaviour {
    /// What the other side does anyway, then each response once.
    pub(super) fn of<'a>(responses: impl Iterator<Item = (&'a str, &'a BestResponse)>) -> Vec<Self> {
        let mut all = vec![Self { name: AS_IT_IS.into(), values: Vec::new() }];
        for (policy, response) in responses {
            if all.iter().all(|known| known.values != response.values) {
                all.push(Self { name: format!("against-{policy}"), values: response.values.clone() });
            }
        }
        all
    }
}

/// What one behaviour brings against one policy, replication by replication; `None` where a run failed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Payoffs {
    /// The draw of each replication.
    pub draws: Vec<i64>,
    /// What the other side wants.
    pub wanted: Vec<Option<f64>>,
    /// Attacks completed.
    pub attacks: Vec<Option<f64>>,
}

/// The response that was found against one policy or the baseline.
#[derive(Clone, Debug)]
pub struct ResponseOfPolicy {
    /// The policy's name, or the baseline's.
    pub policy: String,
    /// Its label.
    pub label: String,
    /// What the races found.
    pub found: BestResponse,
}

/// All that was found.
#[derive(Debug)]
pub struct Responded {
    /// The folder.
    pub folder: ResultsFolder,
    /// Name of the scenario.
    pub scenario: String,
    /// What the other side wants: its first response; the freedom's names and values.
    pub input: Input,
    /// The response against the baseline and against each policy.
    pub responses: Vec<ResponseOfPolicy>,
    /// All behaviours, what it does anyway first.
    pub behaviours: Vec<Behaviour>,
    /// Payoffs by policy, the baseline first, and behaviour.
    pub payoffs: Vec<Vec<Payoffs>>,
    /// What each policy is worth.
    pub worths: Vec<PolicyWorth>,
    /// What answering gains against each.
    pub exploited: Vec<Exploited>,
    /// The game between policies and behaviours; `None` where a mean is undefined.
    pub game: Option<GameEstimate>,
    /// Fresh replications of each pair.
    pub replications: u64,
    /// The record, complete once [`Responded::finish`] has saved it.
    record: Manifest,
}

impl Responded {
    pub(super) fn new(
        request: &RespondRequest,
        plan: &Plan,
        (input, folder, record): (Input, ResultsFolder, Manifest),
        labels: &[(String, String)],
        responses: Vec<BestResponse>,
        behaviours: Vec<Behaviour>,
        payoffs: Vec<Vec<Payoffs>>,
    ) -> Self {
        let each = labels.iter().zip(responses);
        let response = |((policy, label), found): (&(String, String), BestResponse)| ResponseOfPolicy {
            policy: policy.clone(),
            label: label.clone(),
            found,
        };
        Self {
            folder,
            scenario: plan.name.clone(),
            input,
            responses: each.map(response).collect(),
            worths: game::worths(&payoffs, labels),
            exploited: game::exploited(&payoffs, labels),
            game: game::game(&payoffs, plan.seed, request.resamples),
            behaviours,
            payoffs,
            replications: request.final_replications,
            record,
        }
    }

    /// What the other side wants, as an expression over result columns.
    pub fn objective(&self) -> &str {
        self.input.asked[0].name.as_str()
    }

    /// How many settings could not be simulated and were left behind, and why the first was.
    pub fn failed(&self) -> Option<(usize, &str)> {
        let all = self.responses.iter().filter_map(|r| r.found.failed.as_ref());
        let count = all.clone().map(|(n, _)| n).sum();
        all.map(|(_, why)| why.as_str()).next().map(|why| (count, why))
    }

    /// What each policy is worth: one row a policy.
    pub fn worth_table(&self) -> Table {
        tables::worth(self)
    }

    /// Writes the tables.
    pub(super) fn write(&mut self) -> Result<(), ResultsError> {
        let all = [
            ("worth.csv", tables::worth(self)),
            ("responses.csv", tables::responses(self)),
            ("payoffs.csv", tables::payoffs(self)),
            ("mixtures.csv", tables::mixtures(self)),
        ];
        self.record.files.clear();
        for (name, table) in &all {
            let sum = atomic::write(&self.folder.path().join(name), spreadsheet::to_text(table).as_bytes())?;
            self.record.files.insert((*name).into(), sum);
        }
        Ok(())
    }

    /// Completes the record.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn finish(&mut self) -> Result<(), ResultsError> {
        self.record.status = Status::Complete;
        self.record.finished = Some(now());
        self.record.save(&self.folder.manifest_path())
    }
}
