//! What is behind the front door, for the other crates of the house and its tests; the names may change with any version.

/// Sensitivity, discovery, robustness, selection.
pub mod analysis {
    pub use crate::analysis::{
        AnalysisError, Better, CartOptions, Discovery, Estimate, Limit, PolicyRow, Predicate, PrimOptions,
        ROBUSTNESS_COLUMNS, Region, Resampling, Response, Robustness, RobustnessOptions, Sample, Sensitivity, Step,
        cart, delta, discover, morris, pawn, prcc, sobol,
    };
}

/// Targets, priors and the fit.
pub mod calibration {
    pub use crate::calibration::{CalibrationError, Combine, FitGeneration, Targets, factors};
}

/// Sweeps on one machine or many.
pub mod cluster {
    pub use crate::cluster::{
        ClusterError, Shard, SweepEstimate, SweepPlan, SweepRequest, SweepStatus, TABLES, Worked, scheduler, slurm,
    };
}

/// Designs over uncertain factors.
pub mod design {
    pub use crate::design::{Design, DesignError, DesignRequest, Factor, Method, Problem, Sidecar, plan};
}

/// Many replications, paired.
pub mod montecarlo {
    pub use crate::montecarlo::{
        CONFIDENCE, MonteCarloError, NamedArm, Progress, Stop, pattern, replicate, robustness, split, substitution,
    };
}

/// Search under noise, and verdicts on fresh replications.
pub mod optimization {
    pub use crate::optimization::{FrontStatus, OptimizationError, SearchGeneration, Volume};
}

/// One plot's life under two policies.
pub mod replay {
    pub use crate::replay::{
        Chain, Levers, Log, Mechanism, Pair, ReplayArms, Root, Side, Twins, narrative, pair, pairs, sting_counts,
        stings, summary,
    };
}

/// Results on disk.
pub mod results {
    pub use crate::results::{
        Batch, Manifest, RESULTS_VERSION, ResultsError, ResultsFolder, RunKey, Store, SweepFolder, TableName, atomic,
        csv, outside, parquet_file,
    };
}

/// Statistics: all of it, so that nobody computes again what stands there.
pub mod stats {
    pub use crate::stats::*;
}

/// Analytical solutions beside what the model gives.
pub mod verification {
    pub use crate::verification::{
        CASES, Case, CaseReport, Effort, FAMILY_ERROR, Finding, SMALLEST_ELASTICITY, Values, VerificationError, case,
        check, comparisons, judge, scenario, simulate,
    };
}
