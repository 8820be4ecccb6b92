//! The plan of a sweep: what is to be run, and how its points are cut into chunks.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::design::{Design, DesignRequest, Sidecar};
use crate::results::{RESULTS_VERSION, RunKey, TableName, program_digest, run_hash, sealed};
use forestall_model::Plan;

use super::error::ClusterError;
use super::factors;
use super::pilot::SweepEstimate;

/// Tables that a sweep can keep.
pub const TABLES: [TableName; 4] =
    [TableName::Replications, TableName::Monthly, TableName::ByCountry, TableName::Matched];

/// Most chunks of one sweep: each is a folder, and a shard is at least one of them.
const MOST_CHUNKS: u64 = 1_000;

/// Version of the meaning of `plan.json`.
const FORMAT: u32 = 1;

/// The content of `plan.json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SweepPlan {
    /// Version of this file's meaning.
    pub format: u32,
    /// Version of the program that planned.
    pub version: String,
    /// Version of the meaning of the results.
    pub results_version: u32,
    /// What is computed by the program, as a digest.
    #[serde(default)]
    pub program: String,
    /// Name of the scenario.
    pub name: String,
    /// Hash of all that decides on the results: scenario, seed, design, arms, replications, tables.
    pub hash: String,
    /// Hash of the scenario.
    pub scenario: String,
    /// Seed of the simulation.
    pub seed: u64,
    /// The design's id and how it was made.
    pub design: Sidecar,
    /// Arms in the order of the results, the baseline first.
    pub arms: Vec<String>,
    /// Whether the design chooses one arm a point; otherwise every point runs all.
    pub policy_factor: bool,
    /// Replications of each arm at each point.
    pub replications: u64,
    /// Tables that are kept.
    pub tables: Vec<String>,
    /// Points in a chunk, whole blocks of the design.
    pub chunk_points: u64,
    /// Shards that a cluster is to work on where nothing else is said.
    pub shards: u64,
    /// What a few timed runs promise.
    pub estimate: Option<SweepEstimate>,
    /// SHA-256 of all of this, as compact JSON without this field; plans of older versions have none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub checksum: String,
}

/// What a user asks for besides the design.
#[derive(Clone, Debug)]
pub struct SweepRequest {
    /// Policies that run beside the baseline; `all` for every one.
    pub policies: Vec<String>,
    /// Whether policies are a factor of the design.
    pub policy_factor: bool,
    /// Replications of each arm at each point.
    pub replications: u64,
    /// Tables to keep, by name.
    pub tables: Vec<TableName>,
    /// Shards; `None`: as many as the estimate asks for.
    pub shards: Option<u64>,
}

impl SweepPlan {
    /// The plan of a design over a scenario, without an estimate.
    ///
    /// # Errors
    /// [`ClusterError::Request`] for unknown policies, or no replication, table or shard.
    pub fn new(
        plan: &Plan,
        design: &Design,
        request: &DesignRequest,
        wish: &SweepRequest,
    ) -> Result<Self, ClusterError> {
        if wish.replications == 0 || wish.replications > 1_000_000 {
            let found = wish.replications;
            return Err(ClusterError::request(format!("--replications is {found}; give 1 to 1000000")));
        }
        if wish.shards == Some(0) {
            return Err(ClusterError::request("--shards is 0; give at least 1"));
        }
        let arms = factors::arms(plan, &wish.policies)?;
        let tables: Vec<TableName> = TABLES.into_iter().filter(|table| wish.tables.contains(table)).collect();
        let tables: Vec<String> = tables.into_iter().map(|table| table.name().to_owned()).collect();
        if !tables.contains(&TableName::Replications.name().to_owned()) {
            return Err(ClusterError::request("--tables must hold `replications`"));
        }
        let scenario = run_hash(&plan.fingerprint_text(), plan.seed, RESULTS_VERSION);
        let (points, block) = (design.rows() as u64, design.block_rows() as u64);
        let blocks = points.div_ceil(block);
        let identity = format!(
            "{scenario}\n{}\n{}\n{}\n{}\n{}",
            design.id(),
            arms.join(","),
            wish.policy_factor,
            wish.replications,
            tables.join(",")
        );
        let made = Self {
            format: FORMAT,
            version: env!("CARGO_PKG_VERSION").into(),
            results_version: RESULTS_VERSION,
            program: program_digest().into(),
            name: plan.name.clone(),
            hash: run_hash(&identity, plan.seed, RESULTS_VERSION),
            scenario,
            seed: plan.seed,
            design: Sidecar::of(design, request),
            arms,
            policy_factor: wish.policy_factor,
            replications: wish.replications,
            tables,
            chunk_points: block * blocks.div_ceil(MOST_CHUNKS),
            shards: 1,
            estimate: None,
            checksum: String::new(),
        };
        Ok(Self { shards: wish.shards.unwrap_or(1).min(made.chunks()), ..made })
    }

    /// Points of the design.
    pub fn points(&self) -> u64 {
        self.design.rows as u64
    }

    /// Arms that one point runs.
    pub fn arms_a_point(&self) -> u64 {
        if self.policy_factor { 1 } else { self.arms.len() as u64 }
    }

    /// All runs.
    pub fn runs(&self) -> u64 {
        self.runs_of(0..self.points())
    }

    /// Runs of these points.
    pub fn runs_of(&self, points: Range<u64>) -> u64 {
        (points.end - points.start) * self.arms_a_point() * self.replications
    }

    /// Number of chunks.
    pub fn chunks(&self) -> u64 {
        self.points().div_ceil(self.chunk_points.max(1))
    }

    /// The points of a chunk.
    pub fn points_of(&self, chunk: u64) -> Range<u64> {
        let start = chunk * self.chunk_points;
        start..(start + self.chunk_points).min(self.points())
    }

    /// The replications of a point. All points of a block have the same, so they share their random streams; other
    /// blocks have others.
    pub fn replications_of(&self, point: u64) -> Range<u64> {
        let first = point / self.design.block_rows.max(1) as u64 * self.replications;
        first..first + self.replications
    }

    /// The keys of a point's runs under these arms, in the order of the results.
    pub fn keys(&self, point: u64, arms: &[String]) -> Vec<RunKey> {
        RunKey::grid(arms, point, self.replications_of(point))
    }

    /// The tables that are kept.
    pub fn kept(&self) -> Vec<TableName> {
        TABLES.into_iter().filter(|table| self.tables.iter().any(|name| name == table.name())).collect()
    }

    /// Its text.
    pub fn write(&self) -> String {
        let mut plan = Self { checksum: String::new(), ..self.clone() };
        plan.checksum = sealed::sum(&plan);
        // A struct of numbers and texts always has a JSON form.
        serde_json::to_string_pretty(&plan).unwrap_or_default() + "\n"
    }

    /// Reads `plan.json`.
    ///
    /// # Errors
    /// [`ClusterError::Mismatch`] where it does not parse, or was written by a program of another meaning.
    pub fn read(text: &str) -> Result<Self, ClusterError> {
        let mut plan: Self = serde_json::from_str(text)
            .map_err(|e| ClusterError::Mismatch(format!("plan.json is damaged ({e}); plan the sweep again")))?;
        let written = std::mem::take(&mut plan.checksum);
        if !written.is_empty() && written != sealed::sum(&plan) {
            let found = "its checksum does not match its content";
            return Err(ClusterError::Mismatch(format!("plan.json is damaged ({found}); plan the sweep again")));
        }
        if plan.format != FORMAT || plan.results_version != RESULTS_VERSION {
            return Err(ClusterError::Mismatch(format!(
                "plan.json was written by forestall {} with format {} and results version {}; this is forestall {} with \
                 {FORMAT} and {RESULTS_VERSION}: use that version, or plan again",
                plan.version,
                plan.format,
                plan.results_version,
                env!("CARGO_PKG_VERSION")
            )));
        }
        if plan.program != program_digest() {
            let short = |digest: &str| digest.chars().take(12).collect::<String>();
            return Err(ClusterError::Mismatch(format!(
                "plan.json was written by a forestall {} that computes otherwise: its golden results have the digest {}, this \
                 program's {}; use the program that planned, or plan again",
                plan.version,
                short(&plan.program),
                short(program_digest())
            )));
        }
        let sound = plan.chunk_points > 0
            && plan.design.block_rows > 0
            && plan.points() > 0
            && plan.shards > 0
            && plan.chunk_points.is_multiple_of(plan.design.block_rows as u64);
        if !sound {
            return Err(ClusterError::Mismatch("plan.json holds impossible numbers; plan the sweep again".into()));
        }
        Ok(plan)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::design::Method;

    /// A plan of so many points in blocks, under two arms.
    pub(crate) fn sample(points: usize, block_rows: usize, replications: u64, chunk_points: u64) -> SweepPlan {
        let method = Method::Saltelli { second_order: false };
        SweepPlan {
            format: FORMAT,
            version: "0".into(),
            results_version: RESULTS_VERSION,
            program: program_digest().into(),
            name: "sample".into(),
            hash: "0123456789abcdef".repeat(4),
            scenario: "scenario".into(),
            seed: 1,
            design: Sidecar {
                format: 1,
                id: "id".into(),
                design: method,
                base: points / block_rows,
                seed: 1,
                rows: points,
                block_rows,
                parameters: vec!["x".into()],
            },
            arms: vec!["baseline".into(), "more".into()],
            policy_factor: false,
            replications,
            tables: vec!["replications".into()],
            chunk_points,
            shards: 3,
            estimate: None,
            checksum: String::new(),
        }
    }

    #[test]
    fn streams_are_shared_within_a_block_and_nowhere_else() {
        let plan = sample(12, 4, 3, 4);
        assert!((0..4).all(|point| plan.replications_of(point) == (0..3)));
        assert!((4..8).all(|point| plan.replications_of(point) == (3..6)));
        assert_eq!(plan.runs(), 12 * 2 * 3);
        let keys = plan.keys(5, &plan.arms);
        assert_eq!((keys.len(), keys[0].draw, keys[0].replication), (6, 5, 3));
    }

    #[test]
    fn chunks_hold_every_point_once() {
        let plan = sample(22, 2, 1, 4);
        let points: Vec<u64> = (0..plan.chunks()).flat_map(|chunk| plan.points_of(chunk)).collect();
        assert_eq!(points, (0..22).collect::<Vec<_>>());
    }

    #[test]
    fn a_damaged_plan_is_told() {
        let text = sample(12, 4, 3, 4).write();
        assert_eq!(SweepPlan::read(&text).expect("own text"), sample(12, 4, 3, 4));
        for (from, to) in [
            ("\"format\"", "\"fromat\""),
            ("\"format\": 1", "\"format\": 9"),
            ("\"chunk_points\": 4", "\"chunk_points\": 3"),
            (program_digest(), "0123456789abcdef"),
        ] {
            let error = SweepPlan::read(&text.replacen(from, to, 1)).expect_err("damaged");
            assert!(error.is_data_mismatch() && error.to_string().contains("plan"), "{error}");
        }
    }
}
