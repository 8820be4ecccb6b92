//! Words, tables, charts and page of two runs side by side.

use crate::chart::{self, Chart, ChartError, IntervalRow, IntervalWords, Mark, Measure};
use crate::report::{AnalysisPage, Part, analysis_page};
use forestall_model::{BASELINE, Column, Table};
use forestall_study::{BothRuns, Compared, Estimate, Provenance};

use super::words::{Next, counted, names, origin, texts, with_interval};

/// Settings that a sentence names; with more the table is better read.
const NAMED: usize = 3;
/// The longest value that a page shows whole: lists of draws are longer.
const LONGEST: usize = 90;
/// What a scenario has in place of a setting that is not in it.
const ABSENT: &str = "not there";

/// What differs, most important first: the first sentence is the answer.
pub fn comparison_words(found: &Compared) -> Vec<String> {
    let mut out = vec![answer(found), settings_words(found), pairing_words(found)];
    if !found.equal {
        out.extend(found.attacks_prevented().iter().map(effect_words));
        let base: Vec<&BothRuns> = found.outcomes.iter().filter(|row| row.policy == BASELINE).collect();
        let shown = base.iter().filter(|row| row.shown()).count();
        out.push(format!(
            "Under the baseline {shown} of {} differ more than chance explains (95 % intervals that leave out zero; of \
             many, about one in twenty does so by chance alone).",
            counted(base.len(), "outcome")
        ));
    }
    for (run, which) in ["first", "second"].into_iter().enumerate() {
        for kind in ["policy", "outcome"] {
            let own = found.without_counterpart.iter().filter(|l| l.run == run && l.kind == kind);
            let own: Vec<String> = own.map(|l| l.name.clone()).collect();
            if !own.is_empty() {
                let what = if own.len() == 1 { kind.to_owned() } else { kind.replace("policy", "policie") + "s" };
                out.push(format!("Only the {which} run has the {what} {}: not compared.", names(&own)));
            }
        }
    }
    out
}

fn answer(found: &Compared) -> String {
    let pairs = counted(found.pairing.pairs, "replication");
    if found.nothing_differs() {
        return format!(
            "Nothing differs: the two runs have the same settings, and every outcome is the same number in each of their \
             {pairs}."
        );
    }
    if found.equal {
        return format!(
            "No outcome differs: in the {pairs} that both runs have, every outcome is the same number under every policy \
             that both have."
        );
    }
    let base = found.attacks().into_iter().find(|row| row.policy == BASELINE);
    let Some((row, difference)) = base.and_then(|row| Some((row, row.difference.estimate?))) else {
        return "Whether the runs differ in attacks cannot be told: one of them has none defined.".into();
    };
    let word = if difference <= 0.0 { "fewer" } else { "more" };
    let Some((low, high)) = ends(&row.difference) else {
        return format!(
            "Under the baseline the second run has {} {word} attacks than the first; with so few replications there is no \
             interval, so no difference could be shown.",
            chart::short(difference.abs())
        );
    };
    let means = chart::together(&[row.second.estimate.unwrap_or(0.0), row.first.estimate.unwrap_or(0.0)]);
    if row.shown() {
        let (near, far) = (low.abs().min(high.abs()), low.abs().max(high.abs()));
        let all = chart::together(&[difference.abs(), near, far]);
        return format!(
            "Under the baseline the second run has {} {word} attacks in a simulated history than the first (95 % interval \
             {} to {}): {} instead of {}.",
            all[0], all[1], all[2], means[0], means[1]
        );
    }
    let all = chart::together(&[difference.abs(), low.abs(), high.abs()]);
    format!(
        "No difference in attacks could be shown under the baseline: the second run has {} {word} in a simulated history, \
         and the 95 % interval reaches from {} fewer to {} more ({} and {} in the first).",
        all[0], all[1], all[2], means[0], means[1]
    )
}

fn settings_words(found: &Compared) -> String {
    let all = &found.settings;
    match all.len() {
        0 => "No setting differs.".into(),
        n if n <= NAMED => {
            let one = |s: &forestall_model::SettingDifference| {
                let cell = |value: &Option<String>| value.clone().map_or_else(|| ABSENT.to_owned(), cut);
                format!("{} ({} in the first run, {} in the second)", s.path, cell(&s.first), cell(&s.second))
            };
            let verb = if n == 1 { "differs" } else { "differ" };
            format!("{} {verb}: {}.", counted(n, "setting"), all.iter().map(one).collect::<Vec<_>>().join("; "))
        }
        n => format!("{} differ; the table of settings has them all.", counted(n, "setting")),
    }
}

fn pairing_words(found: &Compared) -> String {
    if found.pairing.paired {
        format!(
            "Differences are paired on common random numbers, {}: {}.",
            counted(found.pairing.pairs, "pair"),
            found.pairing.why
        )
    } else {
        format!("The runs are taken as independent samples: {}.", found.pairing.why)
    }
}

fn effect_words(row: &BothRuns) -> String {
    let both = format!(
        "{} prevents {} attacks in the first run and {} in the second",
        row.label,
        with_interval(&row.first),
        with_interval(&row.second)
    );
    if reading(row) == "equal" {
        return format!(
            "{} has the same effect in both runs: {} attacks prevented.",
            row.label,
            with_interval(&row.first)
        );
    }
    if row.shown() {
        let more = row.difference.estimate.is_some_and(|d| d > 0.0);
        format!("{both}: {} in the second ({}).", if more { "more" } else { "fewer" }, with_interval(&row.difference))
    } else {
        format!("{both}: no difference between its effects could be shown ({}).", with_interval(&row.difference))
    }
}

fn ends(e: &Estimate) -> Option<(f64, f64)> {
    e.low.zip(e.high)
}

fn cut(text: String) -> String {
    if text.chars().count() <= LONGEST {
        return text;
    }
    text.chars().take(LONGEST - 1).chain(['…']).collect()
}

/// The tables of a comparison with their names as files: settings, outcomes, effects; those without rows too.
pub fn comparison_tables(found: &Compared) -> Vec<(&'static str, Table)> {
    let mut settings = Table::new();
    let cell = |value: &Option<String>| value.clone().unwrap_or_else(|| ABSENT.to_owned());
    settings.push("setting", texts(&found.settings, |s| s.path.clone()));
    settings.push("unit", texts(&found.settings, |s| s.unit.clone()));
    settings.push("first", texts(&found.settings, |s| cell(&s.first)));
    settings.push("second", texts(&found.settings, |s| cell(&s.second)));
    let quantities = |rows: &[BothRuns]| {
        let whole = |f: &dyn Fn(&BothRuns) -> usize| Column::Integer(rows.iter().map(|r| Some(f(r) as i64)).collect());
        let number = |f: &dyn Fn(&BothRuns) -> Option<f64>| Column::Number(rows.iter().map(f).collect());
        let mut table = Table::new();
        table.push("policy", texts(rows, |r| r.policy.clone()));
        table.push("label", texts(rows, |r| r.label.clone()));
        table.push("outcome", texts(rows, |r| r.outcome.clone()));
        table.push("n_first", whole(&|r| r.n.0));
        table.push("n_second", whole(&|r| r.n.1));
        for (place, name) in ["first", "second", "difference"].into_iter().enumerate() {
            let of = |row: &BothRuns| [row.first, row.second, row.difference][place];
            table.push(name, number(&|r| of(r).estimate));
            table.push(format!("{name}_low"), number(&|r| of(r).low));
            table.push(format!("{name}_high"), number(&|r| of(r).high));
        }
        table.push("paired", texts(rows, |_| if found.pairing.paired { "yes" } else { "no" }.into()));
        table
    };
    vec![("settings", settings), ("outcomes", quantities(&found.outcomes)), ("effects", quantities(&found.effects))]
}

/// Attacks in each policy run, and attacks prevented by each policy, in both runs.
///
/// # Errors
/// If a chart cannot be drawn.
pub fn comparison_charts(found: &Compared) -> Result<Vec<Chart>, ChartError> {
    let series = || {
        let one = |which: &str, run: &forestall_study::ComparedRun| {
            format!(
                "{which} run: {}, seed {}, {}",
                run.name,
                run.seed,
                counted(run.replications as usize, "replication")
            )
        };
        vec![one("First", &found.runs[0]), one("Second", &found.runs[1])]
    };
    let how = if found.pairing.paired { "paired on common random numbers" } else { "of independent runs" };
    let words = |name: &str, title: &str, subtitle: &str, axis: &str| IntervalWords {
        name: name.into(),
        title: title.into(),
        subtitle: subtitle.into(),
        axis: axis.into(),
        rows: "Policy".into(),
        series: series(),
        printed: "Second − first [95 %]".into(),
        caption: format!("Means with 95 % intervals. Differences {how}, with 95 % intervals."),
    };
    let row = |row: &BothRuns| IntervalRow {
        label: if chart::drawable(&row.label) { row.label.clone() } else { row.policy.clone() },
        marks: vec![mark(&row.first), mark(&row.second)],
        printed: mark(&row.difference).words(),
    };
    let attacks: Vec<IntervalRow> = found.attacks().into_iter().map(row).collect();
    let mut charts = vec![chart::intervals(
        &attacks,
        &words(
            "attacks_in_both",
            "Attacks carried out in each run, by policy",
            "Mean number of attacks in a simulated history",
            "Attacks per simulated history",
        ),
    )?];
    let prevented = found.attacks_prevented();
    if !prevented.is_empty() {
        charts.push(chart::intervals(
            &prevented.iter().map(row).collect::<Vec<_>>(),
            &words(
                "prevented_in_both",
                "Attacks prevented in each run, by policy",
                "Baseline minus policy within each run; the difference of the two effects at the right",
                "Attacks prevented per simulated history",
            ),
        )?);
    }
    Ok(charts)
}

fn mark(e: &Estimate) -> Mark {
    Mark { value: e.estimate, interval: ends(e) }
}

/// The page of a comparison.
pub fn comparison_page(found: &Compared, charts: &[Chart], next: &[Next], provenance: &Provenance) -> String {
    let mut settings = Table::new();
    let cell = |value: &Option<String>| value.clone().map_or_else(|| ABSENT.to_owned(), cut);
    settings.push("setting", texts(&found.settings, |s| s.path.clone()));
    settings.push("first run", texts(&found.settings, |s| cell(&s.first)));
    settings.push("second run", texts(&found.settings, |s| cell(&s.second)));
    settings.push("unit", texts(&found.settings, |s| s.unit.clone()));
    let [a, b] = &found.runs;
    analysis_page(&AnalysisPage {
        title: "Two runs compared".into(),
        question: if a.name == b.name {
            format!("What differs between two runs of {}: in settings, in outcomes, in what policies prevent?", a.name)
        } else {
            format!(
                "What differs between {} and {}: in settings, in outcomes, in what policies prevent?",
                a.name, b.name
            )
        },
        findings: comparison_words(found)
            .into_iter()
            .chain(found.notes.iter().map(|n| format!("Note: {n}.")))
            .collect(),
        charts: charts.iter().collect(),
        parts: vec![
            Part {
                id: "runs",
                heading: "The two runs",
                lead: String::new(),
                caption: "What each of them is".into(),
                table: runs(found),
            },
            Part {
                id: "settings",
                heading: "Settings that differ",
                lead: "Values before changes and policies; `not there` where a scenario has no such setting. Names, \
                       remarks and marks of evidence alter no result and are left out."
                    .into(),
                caption: "One row a setting".into(),
                table: settings,
            },
            Part {
                id: "prevented",
                heading: "Attacks prevented by each policy",
                lead: "Baseline minus policy within each run, and how much the two effects differ.".into(),
                caption: "Attacks prevented per simulated history, means with 95 % intervals".into(),
                table: quantities(&found.attacks_prevented()),
            },
            Part {
                id: "outcomes",
                heading: "Outcomes that differ",
                lead: differing("Means of each policy run", "outcomes.csv", found.outcomes.len()),
                caption: "Outcomes of each policy run per simulated history, means with 95 % intervals".into(),
                table: quantities(&shown(&found.outcomes)),
            },
            Part {
                id: "effects",
                heading: "Effects that differ",
                lead: differing(
                    "Policy minus baseline within each run (a minus sign means fewer or less)",
                    "effects.csv",
                    found.effects.len(),
                ),
                caption: "Effects of each policy per simulated history, means with 95 % intervals".into(),
                table: quantities(&shown(&found.effects)),
            },
        ],
        limits: vec![
            "Intervals show chance between replications under these settings, not whether the model is right.".into(),
            "Each interval stands for its own comparison: among many, about one in twenty misses by chance alone."
                .into(),
            "“No difference could be shown” is not “no difference”: more replications may show one.".into(),
            "Where several settings differ, the comparison does not say which of them makes the difference.".into(),
            "Policies and outcomes are matched by name.".into(),
        ],
        next: next.to_vec(),
        provenance: origin(provenance),
    })
}

/// The rows whose difference is more than chance explains.
fn shown(rows: &[BothRuns]) -> Vec<BothRuns> {
    rows.iter().filter(|row| row.shown()).cloned().collect()
}

/// What stands in a table of rows that differ, and where all are.
fn differing(what: &str, file: &str, all: usize) -> String {
    format!(
        "{what} where the 95 % interval of the difference leaves out zero; of many, about one in twenty does so by chance \
         alone. `{file}` beside this page has all {all} rows."
    )
}

fn runs(found: &Compared) -> Table {
    let rows: Vec<(&str, [String; 2])> = vec![
        ("Folder", found.runs.each_ref().map(|r| r.folder.display().to_string())),
        ("Scenario", found.runs.each_ref().map(|r| r.name.clone())),
        ("Period", found.runs.each_ref().map(|r| format!("{} to {}", r.period.0, r.period.1))),
        ("Seed", found.runs.each_ref().map(|r| r.seed.to_string())),
        ("Replications of each policy run", found.runs.each_ref().map(|r| r.replications.to_string())),
        ("Draws of uncertain parameters", found.runs.each_ref().map(|r| r.draws.to_string())),
        ("Policies", found.runs.each_ref().map(|r| r.policies.get(1..).unwrap_or(&[]).join(", "))),
        ("Version of results", found.runs.each_ref().map(|r| r.results_version.to_string())),
        ("Hash", found.runs.each_ref().map(|r| r.hash.chars().take(12).collect())),
    ];
    let mut table = Table::new();
    table.push("property", texts(&rows, |r| r.0.to_owned()));
    table.push("first run", texts(&rows, |r| r.1[0].clone()));
    table.push("second run", texts(&rows, |r| r.1[1].clone()));
    table
}

fn quantities(rows: &[BothRuns]) -> Table {
    let mut table = Table::new();
    table.push("policy", texts(rows, |r| r.label.clone()));
    table.push("outcome", texts(rows, |r| Measure::of(&r.outcome).heading()));
    table.push("first run", texts(rows, |r| with_interval(&r.first)));
    table.push("second run", texts(rows, |r| with_interval(&r.second)));
    table.push("second − first", texts(rows, |r| with_interval(&r.difference)));
    table.push("reading", texts(rows, |r| reading(r).into()));
    table
}

/// What can be said of a difference.
fn reading(row: &BothRuns) -> &'static str {
    match (row.difference.estimate, ends(&row.difference)) {
        (None, _) | (_, None) => "undefined",
        (Some(difference), Some((low, high))) => match (low > 0.0, high < 0.0) {
            (true, _) => "more in the second",
            (_, true) => "less in the second",
            _ if difference == 0.0 && low == 0.0 && high == 0.0 => "equal",
            _ => "no difference shown",
        },
    }
}
