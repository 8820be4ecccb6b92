//! What two runs were asked to do, side by side: settings, and whether their replications pair.

use forestall_model::SettingDifference;

use super::super::Run;
use super::Compared;

/// Every setting that is not the same: those of the scenario, then those of the run.
pub(super) fn differences(first: &Run, second: &Run) -> Vec<SettingDifference> {
    let mut found = first.scenario().differences(second.scenario());
    let records = [first.manifest(), second.manifest()];
    let mut own = |path: &str, values: [String; 2]| {
        let [a, b] = values;
        if a != b {
            found.push(SettingDifference { path: path.into(), unit: String::new(), first: Some(a), second: Some(b) });
        }
    };
    own("run: replications", records.map(|r| r.replications.done.to_string()));
    own("run: policies", records.map(|r| r.arms.get(1..).unwrap_or(&[]).join(", ")));
    own("run: version of results", records.map(|r| r.results_version.to_string()));
    // Programs that compute alike are one, whatever their versions are called.
    own("run: program, by what it computes", records.map(|r| r.program.chars().take(12).collect()));
    found
}

/// Whether replications of the same number meet the same random numbers and parameters in both, and why.
///
/// What the scenarios say beside seed and draws is not asked: pairs of one seed are independent of each other whatever
/// is simulated in them, and to take them for two samples would forget what they share.
pub(super) fn pairing(first: &Run, second: &Run) -> (bool, String) {
    let (a, b) = (first.manifest().seed, second.manifest().seed);
    if a != b {
        return (false, format!("the seeds differ ({a} and {b}), so that the runs share no random numbers"));
    }
    let (one, other) = (first.scenario(), second.scenario());
    if one.draws() == 0 && other.draws() == 0 {
        return (true, format!("both have the seed {a}, and neither takes draws of uncertain parameters"));
    }
    let drawn = |run: &Run| {
        let all = run.calibrated().into_iter();
        all.map(|p| (p.path, p.values)).collect::<Vec<_>>()
    };
    if one.draws() == other.draws() && drawn(first) == drawn(second) {
        return (true, format!("both have the seed {a} and the same {} draws of uncertain parameters", one.draws()));
    }
    (false, format!("both have the seed {a}, but not the same draws of uncertain parameters"))
}

/// What a reader should know of this comparison.
pub(super) fn notes(found: &Compared) -> Vec<String> {
    let mut notes = Vec::new();
    let [a, b] = &found.runs;
    if a.name != b.name {
        notes.push(format!(
            "the runs are of different scenarios, `{}` and `{}`: policies and outcomes are matched by name, whatever they \
             stand for in each",
            a.name, b.name
        ));
    }
    if a.period != b.period {
        notes.push(format!(
            "the runs cover different periods, {} to {} and {} to {}: totals differ for that alone",
            a.period.0, a.period.1, b.period.0, b.period.1
        ));
    }
    if a.results_version != b.results_version {
        notes.push(
            "the versions of results differ: part of any difference may be that the program computes otherwise; the \
             changelog says what changed"
                .into(),
        );
    }
    if found.pairing.paired && a.replications != b.replications {
        notes.push(format!(
            "the runs have {} and {} replications; only those that both have are compared",
            a.replications, b.replications
        ));
    }
    if !found.pairing.paired && a.seed == b.seed {
        notes.push(
            "the runs share a seed though not their draws: intervals that take them for independent are likely too wide"
                .into(),
        );
    }
    let redefined: Vec<&String> = a
        .policies
        .iter()
        .filter(|name| found.settings.iter().any(|s| s.path.starts_with(&format!("policies.{name}."))))
        .collect();
    for name in redefined {
        notes.push(format!("`{name}` does not do the same in both: see the settings"));
    }
    notes
}
