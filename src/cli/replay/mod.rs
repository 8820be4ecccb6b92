//! `forestall replay`: one replication again, which plots end otherwise under a policy, and why.

mod stings;
mod summary;
mod words;

use std::path::PathBuf;

use clap::Args;
use serde_json::{Value, json};

use forestall_report::assembly::{self, Next, end_words};
use forestall_study::{PlotInBoth, Replay, Replayed, parquet_file};

use super::folder::Folder;
use super::next::{self, quoted};
use super::options::Common;
use super::origin;
use super::outcome::{Exit, Failure};
use super::terminal::{columns, print, verdict_first};
use super::threads::Threads;

/// What `replay` takes.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The folder of a run, or a scenario file
    #[arg(value_name = "RUN|SCENARIO")]
    source: PathBuf,
    /// Which replication, from 0
    #[arg(long, value_name = "N", required_unless_present_any = ["summary", "stings"])]
    replication: Option<u64>,
    /// Only this policy, by name
    #[arg(long, value_name = "P")]
    policy: Option<String>,
    /// Tell the life of this plot beside its twin: its name, or the first digits of it
    #[arg(long, value_name = "ID", conflicts_with = "summary")]
    plot: Option<String>,
    /// Write the event log of the replication too, every fact and circumstance, into the folder named by --out
    #[arg(long, conflicts_with = "summary")]
    events: bool,
    /// Count through which mechanism each policy removes and adds attacks, over all replications of a run
    #[arg(long, conflicts_with = "replication")]
    summary: bool,
    /// Say what each sting case would have come to without undercover personas, over all replications or the one named
    #[arg(long, conflicts_with_all = ["summary", "plot", "events"])]
    stings: bool,
    #[command(flatten)]
    threads: Threads,
}

/// Replays.
pub fn run(arguments: &Arguments, common: &Common) -> Result<Exit, Failure> {
    let replay = Replay::open(&arguments.source)?;
    arguments.threads.start(common);
    if arguments.stings {
        let next = what_next(&replay, arguments, arguments.replication.unwrap_or_default());
        return stings::run(&replay, arguments.policy.as_deref(), arguments.replication, &next, common);
    }
    let chosen = replay.chosen(arguments.policy.as_deref())?;
    let Some(replication) = arguments.replication else {
        return summary::run(&replay, &chosen, common);
    };
    replay.check_replication(replication)?;
    if arguments.plot.is_some() && chosen.len() > 1 {
        return Err(Failure::usage(format!(
            "--plot needs one policy to compare with: add --policy; there are: {}",
            replay.policies().join(", ")
        )));
    }
    let out = Folder::asked_for(common);
    if arguments.events && out.is_none() {
        return Err(Failure::usage("--events writes a file: name a folder for it with --out"));
    }
    let replayed = replay.replicate(&chosen, replication, arguments.events)?;
    if let (true, Some(_)) = (arguments.events, &out) {
        let path = common.out.join("events.parquet");
        std::fs::create_dir_all(&common.out).map_err(anyhow::Error::from)?;
        parquet_file::write(&path, &replayed.events())?;
        common.say(&path.display().to_string());
    }
    let next = what_next(&replay, arguments, replication);
    let (answer, html) = match &arguments.plot {
        None => list(&replay, &replayed, &next, common),
        Some(id) => one((&replay, &replayed), id, &next, common, out.as_ref())?,
    };
    let mut page = None;
    if let Some(out) = &out {
        out.json("replay.json", &answer)?;
        page = Some(out.page("replay.html", &html)?);
    }
    next::tell(common, page.as_deref(), "replay", &next);
    Ok(Exit::Done)
}

/// What to do now.
fn what_next(replay: &Replay, arguments: &Arguments, replication: u64) -> Vec<Next> {
    let source = quoted(&arguments.source);
    let mut out = Vec::new();
    if arguments.plot.is_some() {
        out.push(Next {
            command: format!("forestall replay {source} --replication {replication}"),
            does: "List all plots of this replication that end otherwise".into(),
        });
    }
    if replay.folder().is_some() {
        out.push(Next {
            command: format!("forestall replay {source} --summary"),
            does: "Count through which mechanism each policy removes and adds attacks, over all replications".into(),
        });
        out.push(Next {
            command: format!("forestall report {source}"),
            does: "Write the report of the run: what the policies do over all replications".into(),
        });
    } else {
        out.push(Next {
            command: format!("forestall run {source}"),
            does: "Run the scenario, to see what its policies do over many replications".into(),
        });
    }
    out
}

/// Prints the plots worth telling, and gives them with their page.
fn list(replay: &Replay, replayed: &Replayed, next: &[Next], common: &Common) -> (Value, String) {
    let mut policies = Vec::new();
    let mut text = String::new();
    let diverging = replayed.diverging();
    for found in &diverging {
        text += &format!(
            "Replication {}, {}: {} plots end otherwise, {} alike\n",
            replayed.replication,
            found.label,
            found.plots.len(),
            found.alike
        );
        text += &rows(&found.plots);
        text.push('\n');
        policies.push(json!({
            "policy": found.policy,
            "label": found.label,
            "plots_alike": found.alike,
            "levers": found.levers,
            "plots": found.plots.iter().map(row_json).collect::<Vec<_>>(),
        }));
    }
    let otherwise: usize = diverging.iter().map(|found| found.plots.len()).sum();
    let verdict = format!("{otherwise} plots end otherwise under the policies in replication {}", replayed.replication);
    let answer = json!({"verdict": verdict, "scenario": replay.scenario().name, "replication": replayed.replication, "draw": replayed.draw,
                        "policies": policies});
    if common.json {
        print(&format!("{answer:#}"));
    } else {
        let any = policies.iter().any(|p| p["plots"].as_array().is_some_and(|a| !a.is_empty()));
        let hint = if any { "Add --policy P --plot ID to tell one plot's life beside its twin.\n" } else { "" };
        print(&format!("{text}{hint}"));
    }
    (answer, assembly::diverging_page(&diverging, replayed.replication, next, &common.provenance()))
}

fn rows(found: &[PlotInBoth]) -> String {
    if found.is_empty() {
        return String::new();
    }
    let heads = ["plot", "effect", "country", "pathway", "baseline", "policy", "mechanism"];
    let mut lines = vec![heads.map(String::from).to_vec()];
    for plot in found {
        lines.push(vec![
            plot.plot.clone(),
            plot.effect.into(),
            plot.country.clone().unwrap_or_default(),
            plot.pathway.unwrap_or_default().into(),
            end_words(plot.baseline.as_ref()),
            end_words(plot.policy.as_ref()),
            plot.mechanism.into(),
        ]);
    }
    columns(&lines)
}

fn row_json(plot: &PlotInBoth) -> Value {
    json!({
        "plot": plot.plot,
        "effect": plot.effect,
        "country": plot.country,
        "pathway": plot.pathway,
        "baseline": plot.baseline,
        "policy": plot.policy,
        "mechanism": plot.mechanism,
    })
}

/// Tells one plot's life, and gives it with its page.
fn one(
    (replay, replayed): (&Replay, &Replayed),
    id: &str,
    next: &[Next],
    common: &Common,
    out: Option<&Folder>,
) -> Result<(Value, String), Failure> {
    let found = replayed.tell(id)?;
    let (told, replication) = (&found.told, replayed.replication);
    let mut answer = serde_json::to_value(told).map_err(anyhow::Error::from)?;
    answer = verdict_first(words::verdict(told), answer);
    if let Some(fields) = answer.as_object_mut() {
        fields.insert("replication".into(), replication.into());
        fields.insert("draw".into(), replayed.draw.into());
        fields.insert("policy_name".into(), found.policy.clone().into());
    }
    let charts = origin::onto(assembly::told_charts(&found, replication)?, &origin::of_plan(replay.scenario()));
    if let Some(out) = out {
        charts.iter().try_for_each(|chart| out.chart(chart))?;
    }
    print(&if common.json { format!("{answer:#}") } else { words::telling(told, replication, &found.label) });
    Ok((answer, assembly::told_page(&found, replication, &charts, next, &common.provenance())))
}
