//! What a picture of an analysis says of where it comes from: scenario and period, or else the command that drew it.

use std::path::Path;

use forestall_model::Plan;
use forestall_report::chart::Chart;
use forestall_study::{Overrides, Study};

use super::options::Common;

/// The scenario and its period.
pub fn of_plan(plan: &Plan) -> String {
    let last = plan.end.yesterday().unwrap_or(plan.end);
    format!("Scenario {}, {} to {last}.", plan.name, plan.start)
}

/// The scenarios of finished runs or sweeps by their folders, or else the command.
pub fn of_folders(folders: &[&Path], common: &Common) -> String {
    let one = |folder: &&Path| {
        // A run keeps its scenario under the first name, a sweep under the second.
        let file = ["scenario.resolved.toml", "scenario.toml"].map(|name| folder.join(name));
        let study = Study::open(file.iter().find(|file| file.is_file())?, Overrides::default()).ok()?;
        Some(of_plan(study.scenario()))
    };
    let mut all: Option<Vec<String>> = folders.iter().map(one).collect();
    if let Some(lines) = &mut all {
        lines.dedup();
    }
    match all {
        Some(lines) if !lines.is_empty() => lines.join(" "),
        _ => format!("forestall {}", common.arguments.join(" ")),
    }
}

/// The charts with that line.
pub fn onto(charts: Vec<Chart>, origin: &str) -> Vec<Chart> {
    charts.into_iter().map(|chart| chart.with_origin(origin)).collect()
}
