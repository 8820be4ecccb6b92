//! What a replication leaves besides its facts: its plots, its desks, its files.

use crate::engine::key::Key;

use super::state::{Channel, CountryId, Ending, MissedChances, MovementId, Pathway, Plot, Stage};

/// A plot as it was at its end, or at the end of the run.
#[derive(Clone, Debug, PartialEq)]
pub struct PlotRecord {
    /// Its stable name: the same plot has it in every arm.
    pub key: Key,
    /// The wider design that it belongs to; its own name if it stands alone.
    pub design: Key,
    /// How it came about.
    pub pathway: Pathway,
    /// Whether it was a sting case.
    pub sting: bool,
    /// Its movement.
    pub movement: MovementId,
    /// The founder's country.
    pub home: CountryId,
    /// Where it is prepared.
    pub preparation: CountryId,
    /// Where it aims.
    pub target: CountryId,
    /// Days from the start of the run; negative if it began in the warm-up.
    pub started: f64,
    /// Days from the start of the run; infinite if in progress.
    pub ended: f64,
    /// How it ended.
    pub ending: Ending,
    /// What led the service to it, if it was foiled.
    pub channel: Channel,
    /// The country whose service foiled it.
    pub foiled_by: Option<CountryId>,
    /// How far it was at its end.
    pub stage: Stage,
    /// Members at its start.
    pub members: u32,
    /// Helpers at its start.
    pub helpers: u32,
    /// Tasks in all.
    pub tasks: u32,
    /// The chance that the attempt completed, at its beginning; 0 without an attempt.
    pub completion_chance: f64,
    /// People harmed.
    pub harmed: f64,
    /// People killed.
    pub killed: f64,
    /// People who took part in the attempt; 0 without an attempt.
    pub attackers: u32,
    /// Attackers of whom the service of their home or of the target had a record.
    pub known_own: u32,
    /// Attackers of whom any service had a record.
    pub known_any: u32,
    /// Signs that services saw.
    pub signs_seen: u32,
    /// Whether it was a dot not connected.
    pub dot: bool,
    /// Chances to see it that services missed.
    pub missed: MissedChances,
    /// The part of the hazard that grievance was when its founder radicalised: the chance that there would have been no
    /// such founder without earlier attacks and searches. 0 to 1, in steps of 1 ⁄ 255.
    pub by_grievance: f64,
}

/// What the analysts' desk of one country did in the counted period.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct DeskRecord {
    /// Sum of all waits, in lead-days: the mean queue × days.
    pub waited_days: f64,
    /// Sum of the waits of leads that were served, in days.
    pub served_wait_days: f64,
    /// Leads taken up for assessment.
    pub served: u32,
}

/// People of one country with an open file in the counted period who were in no plot up to its end, the warm-up included.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FileRecord {
    /// How many.
    pub people: u32,
    /// Of them, those who were held in the counted period.
    pub held: u32,
}

/// Ends of the bins of believed chances but the last, which ends at 1: half a power of ten each, as most are small.
pub(crate) const BELIEF_EDGES: [f64; 7] = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 0.6];

/// Files that are open at the end and believed at a chance within one bin.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct BeliefRecord {
    /// How many.
    pub files: u32,
    /// The sum of their believed chances: as many of them would plot if belief were right.
    pub believed: f64,
    /// How many are of people in a plot in progress.
    pub plotting: u32,
}

/// What a replication leaves besides its facts.
#[derive(Clone, Debug, PartialEq)]
pub struct Replication {
    /// All plots and sting cases that were open or ended in the counted period.
    pub plots: Vec<PlotRecord>,
    /// The desks by country.
    pub desks: Vec<DeskRecord>,
    /// People with a file who never plotted, by country.
    pub files: Vec<FileRecord>,
    /// Files open at the end, by believed chance: below .001, .003, .01, .03, .1, .3, .6 and 1.
    pub beliefs: [BeliefRecord; BELIEF_EDGES.len() + 1],
    /// People who had an entry of their own.
    pub persons_stored: u64,
    /// Events handled, warm-up included.
    pub events: u64,
}

/// A plot as it leaves the world.
pub(super) fn of_plot(p: &Plot) -> PlotRecord {
    let attempted = matches!(p.ending, Ending::Completed | Ending::Failed);
    PlotRecord {
        key: p.key,
        design: p.design,
        pathway: p.pathway,
        sting: false,
        movement: p.movement,
        home: p.home,
        preparation: p.preparation,
        target: p.target,
        started: p.started,
        ended: p.ended,
        ending: p.ending,
        channel: p.channel,
        foiled_by: p.foiled_by,
        stage: p.stage_at_end,
        members: p.founders,
        helpers: p.helpers.len() as u32,
        tasks: p.tasks,
        completion_chance: p.completion_chance,
        harmed: p.harmed,
        killed: p.killed,
        attackers: if attempted { p.members.len() as u32 } else { 0 },
        known_own: p.known_own,
        known_any: p.known_any,
        signs_seen: p.fragments.len() as u32,
        dot: p.dot,
        missed: p.missed,
        by_grievance: f64::from(p.by_grievance) / 255.0,
    }
}
