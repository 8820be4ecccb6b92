//! `forestall compare`: two finished runs side by side, in settings, outcomes and effects.

use std::path::PathBuf;

use clap::Args;
use serde_json::{Value, json as value};

use forestall_report::assembly::{self, Next, with_interval};
use forestall_study::{BothRuns, Compared, ComparedRun};

use super::folder::Folder;
use super::next::{self, quoted};
use super::options::Common;
use super::origin;
use super::outcome::{Exit, Failure};
use super::terminal::{columns, print};

/// Settings that the terminal lists; the tables have all.
const MOST_SETTINGS: usize = 30;
/// The longest value that the terminal shows whole.
const LONGEST: usize = 40;

/// What `compare` takes.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The folder of a finished run
    #[arg(value_name = "RUN")]
    first: PathBuf,
    /// The folder of another, which is held against it
    #[arg(value_name = "RUN")]
    second: PathBuf,
}

/// Compares.
pub fn run(arguments: &Arguments, common: &Common) -> Result<Exit, Failure> {
    let found = forestall_study::compare(&arguments.first, &arguments.second)?;
    let result = json(&found);
    let next = what_next(&found, arguments);
    let mut page = None;
    if let Some(folder) = Folder::asked_for(common) {
        folder.json("comparison.json", &result)?;
        for (name, table) in assembly::comparison_tables(&found) {
            folder.table(&format!("{name}.csv"), &table)?;
        }
        let origin = origin::of_folders(&[&arguments.first, &arguments.second], common);
        let charts = origin::onto(assembly::comparison_charts(&found)?, &origin);
        charts.iter().try_for_each(|chart| folder.chart(chart))?;
        let html = assembly::comparison_page(&found, &charts, &next, &common.provenance());
        page = Some(folder.page("comparison.html", &html)?);
    }
    if common.json {
        print(&format!("{result:#}"));
    } else {
        print(&text(&found));
    }
    found.notes.iter().for_each(|note| common.say(&format!("note: {note}")));
    next::tell(common, page.as_deref(), "comparison", &next);
    Ok(Exit::Done)
}

fn what_next(found: &Compared, arguments: &Arguments) -> Vec<Next> {
    let [first, second] = &found.runs;
    let (one, other) = (quoted(&arguments.first), quoted(&arguments.second));
    let mut out = Vec::new();
    if first.seed != second.seed {
        let scenario = quoted(&arguments.second.join("scenario.resolved.toml"));
        out.push(Next {
            command: format!("forestall run {scenario} --seed {} --replications {}", first.seed, second.replications),
            does: "Run the second again on the random numbers of the first, so that differences are paired".into(),
        });
    }
    if second.policies.len() > 1 {
        out.push(Next {
            command: format!("forestall replay {other} --summary"),
            does: "Say through which mechanism the policies of the second run prevent and add attacks".into(),
        });
    }
    let both = [(&one, "first"), (&other, "second")];
    for (path, which) in both.into_iter().take(if one == other { 1 } else { 2 }) {
        out.push(Next {
            command: format!("forestall report {path}"),
            does: format!("Write the report of the {which} run again, with its own caveats"),
        });
    }
    out
}

fn about(run: &ComparedRun) -> Value {
    value!({
        "folder": run.folder, "scenario": run.name, "start": run.period.0, "end": run.period.1, "seed": run.seed,
        "replications": run.replications, "draws": run.draws, "policies": run.policies,
        "results_version": run.results_version, "hash": run.hash,
    })
}

fn both(row: &BothRuns) -> Value {
    value!({
        "policy": row.policy, "label": row.label, "outcome": row.outcome, "n_first": row.n.0, "n_second": row.n.1,
        "first": row.first, "second": row.second, "difference": row.difference, "shown": row.shown(),
    })
}

/// The answer for scripts.
pub fn json(found: &Compared) -> Value {
    let shown = |rows: &[BothRuns]| rows.iter().filter(|row| row.shown()).count();
    let settings: Vec<Value> = found
        .settings
        .iter()
        .map(|s| value!({"setting": s.path, "unit": s.unit, "first": s.first, "second": s.second}))
        .collect();
    let lone: Vec<Value> = found
        .without_counterpart
        .iter()
        .map(|l| value!({"kind": l.kind, "name": l.name, "only_in": if l.run == 0 { "first" } else { "second" }}))
        .collect();
    value!({
        "verdict": {
            "answer": assembly::comparison_words(found).first(),
            "nothing_differs": found.nothing_differs(),
            "outcomes_equal": found.equal,
            "paired": found.pairing.paired,
            "settings_that_differ": found.settings.len(),
            "outcomes_shown_to_differ": shown(&found.outcomes),
            "effects_shown_to_differ": shown(&found.effects),
        },
        "first": about(&found.runs[0]),
        "second": about(&found.runs[1]),
        "pairing": {"paired": found.pairing.paired, "pairs": found.pairing.pairs, "why": found.pairing.why},
        "settings": settings,
        "attacks_prevented": found.attacks_prevented().iter().map(both).collect::<Vec<_>>(),
        "outcomes": found.outcomes.iter().map(both).collect::<Vec<_>>(),
        "effects": found.effects.iter().map(both).collect::<Vec<_>>(),
        "without_counterpart": lone,
        "notes": found.notes,
    })
}

/// The answer for people: in words, then settings, and attacks with what prevents them.
pub fn text(found: &Compared) -> String {
    let mut out = format!("{}\n\n", assembly::comparison_words(found).join("\n"));
    if !found.settings.is_empty() {
        let cut = |value: &Option<String>| match value {
            None => "not there".to_owned(),
            Some(text) if text.chars().count() <= LONGEST => text.clone(),
            Some(text) => text.chars().take(LONGEST - 1).chain(['…']).collect(),
        };
        let mut rows = vec![["setting", "first", "second"].map(str::to_owned).to_vec()];
        let shown = found.settings.iter().take(MOST_SETTINGS);
        rows.extend(shown.map(|s| vec![s.path.clone(), cut(&s.first), cut(&s.second)]));
        out += &columns(&rows);
        if let Some(more) = found.settings.len().checked_sub(MOST_SETTINGS).filter(|more| *more > 0) {
            out += &format!("… and {more} more\n");
        }
        out.push('\n');
    }
    let table = |head: &str, of: Vec<&BothRuns>| {
        let mut rows = vec![[head, "first", "second", "second − first"].map(str::to_owned).to_vec()];
        rows.extend(of.into_iter().map(|row| {
            let cells = [&row.first, &row.second, &row.difference].map(with_interval).into_iter();
            std::iter::once(row.label.clone()).chain(cells).collect()
        }));
        columns(&rows)
    };
    out += &table("attacks under", found.attacks());
    let prevented = found.attacks_prevented();
    if !prevented.is_empty() {
        out += &format!("\n{}", table("attacks prevented by", prevented.iter().collect()));
    }
    out
}
