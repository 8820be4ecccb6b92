//! Puts finished runs together in batches with fixed ends and keeps them in order.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use crate::results::{Batch, Failure, RunKey, TableName};
use forestall_model::{Labels, Table};

use super::batches::{BATCH, MonteCarloError, Workload};
use super::events::events_table;
use super::jobs::Job;
use super::keeper::Keeper;
use super::replicate::Computed;
use super::watched::Watched;

/// A finished run.
pub(super) struct Done {
    pub key: RunKey,
    pub result: Computed,
}

/// The runs of one batch: those that are there, and how many jobs are still to come.
#[derive(Default)]
struct Open {
    /// By replication and arm.
    runs: BTreeMap<(u64, usize), Done>,
    missing: usize,
}

/// Keeps batches in their order, so that what is kept does not depend on which run finished first.
pub(super) struct Collector<'a, 'k> {
    work: &'a Workload<'a>,
    store: &'k mut dyn Keeper,
    watched: Watched<'a>,
    /// By number; those that held no job are complete from the start.
    open: VecDeque<Open>,
    /// The number of the first of them.
    first: u64,
    /// The replications after which the precision was reached.
    pub precise: Option<u64>,
    /// What stopped the keeping.
    pub broken: Option<MonteCarloError>,
}

impl<'a, 'k> Collector<'a, 'k> {
    /// Waits for the jobs.
    pub(super) fn new(
        work: &'a Workload<'a>,
        store: &'k mut dyn Keeper,
        jobs: &[Job],
    ) -> Result<Self, MonteCarloError> {
        let watched = Watched::new(work, store)?;
        let mut open: VecDeque<Open> = (0..work.replications.div_ceil(BATCH)).map(|_| Open::default()).collect();
        for job in jobs {
            open[(job.replication / BATCH) as usize].missing += 1;
        }
        let mut new = Self { work, store, watched, open, first: 0, precise: None, broken: None };
        new.keep_complete();
        Ok(new)
    }

    /// Whether there is no use in more runs.
    pub(super) fn over(&self) -> bool {
        self.precise.is_some() || self.broken.is_some()
    }

    /// Takes a finished job.
    pub(super) fn take(&mut self, job: &Job, runs: Vec<Done>) {
        if self.over() {
            return;
        }
        let open = &mut self.open[(job.replication / BATCH - self.first) as usize];
        open.missing -= 1;
        open.runs.extend(job.arms.iter().zip(runs).map(|(&arm, done)| ((job.replication, arm), done)));
        self.keep_complete();
    }

    fn keep_complete(&mut self) {
        while !self.over() && self.open.front().is_some_and(|open| open.missing == 0) {
            let open = self.open.pop_front().unwrap_or_default();
            self.first += 1;
            let last = (self.first * BATCH).min(self.work.replications);
            self.keep(open);
            if self.broken.is_none() && self.watched.reached(last) {
                self.precise = Some(last);
            }
        }
    }

    fn keep(&mut self, open: Open) {
        if open.runs.is_empty() {
            return;
        }
        let done: Vec<Done> = open.runs.into_values().collect();
        self.watched.take(&done);
        // An event log is larger than all else: each run that has one is kept by itself, and is gone from memory then.
        let (long, short): (Vec<_>, Vec<_>) =
            done.into_iter().partition(|run| matches!(&run.result, Ok((_, facts)) if !facts.is_empty()));
        for done in long.into_iter().map(|run| vec![run]).chain((!short.is_empty()).then_some(short)) {
            if let Err(error) = self.store.add(Arc::new(batch(self.work.labels, done))) {
                self.broken = Some(error.into());
                return;
            }
        }
    }

    /// Keeps what was computed of batches that will not be completed now.
    pub(super) fn keep_rest(&mut self) {
        while !self.over()
            && let Some(open) = self.open.pop_front()
        {
            // A batch beyond the first incomplete one may lie beyond the precision.
            let beyond = open.missing > 0 && self.work.precision.is_some();
            self.keep(open);
            if beyond {
                return;
            }
        }
    }
}

fn batch(labels: &Labels, done: Vec<Done>) -> Batch {
    let mut out = Batch::default();
    let mut parts: [Option<Table>; 6] = std::array::from_fn(|_| None);
    for Done { key, result } in done {
        match result {
            Ok((rows, facts)) => {
                let events = events_table(labels, &key, &facts);
                let tables = [rows.replications, rows.monthly, rows.by_country, rows.matched, rows.beliefs, events];
                for (whole, part) in parts.iter_mut().zip(tables) {
                    match whole {
                        Some(table) => table.append(part),
                        None => *whole = Some(part),
                    }
                }
                out.runs.push(key);
            }
            Err(message) => out.failures.push(Failure { run: key, message }),
        }
    }
    let names = [
        TableName::Replications,
        TableName::Monthly,
        TableName::ByCountry,
        TableName::Matched,
        TableName::Beliefs,
        TableName::Events,
    ];
    out.tables = names.into_iter().zip(parts).filter_map(|(n, t)| t.map(|t| (n, t))).collect();
    out
}
