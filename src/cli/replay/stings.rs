//! `forestall replay --stings`: what each sting case would have come to without undercover personas.

use serde_json::{Value, json};

use forestall_model::Ending;
use forestall_report::assembly::{self, Next};
use forestall_report::chart;
use forestall_study::{Counts, Monitor, Replay, Stings};

use crate::cli::folder::{self, Folder};
use crate::cli::options::Common;
use crate::cli::outcome::{Exit, Failure};
use crate::cli::progress::Display;
use crate::cli::terminal::{columns, number, print, verdict_first};
use crate::cli::{interrupt, next, origin};

/// Replays every policy run that has personas beside its shadow; writes into the run's folder where all replications are done.
pub fn run(
    replay: &Replay,
    policy: Option<&str>,
    only: Option<u64>,
    next: &[Next],
    common: &Common,
) -> Result<Exit, Failure> {
    let stop = interrupt::flag("replications", interrupt::Sender::Person)?;
    let shown = Display::later(common.quiet);
    let monitor = Monitor { observe: &|event| shown.replay(event), cancel: &stop };
    let Some(found) = replay.stings(policy, only, &monitor)? else {
        common.say("stopped early; nothing was written");
        return Ok(Exit::Stopped);
    };
    let verdict = assembly::sting_words(&found).swap_remove(0);
    let answer = verdict_first(verdict, as_json(replay, &found, only));
    print(&if common.json { format!("{answer:#}") } else { text(&found, only) });
    let mut page = None;
    if let Some(out) = Folder::asked_for(common) {
        out.table("stings.csv", &found.table)?;
        out.json("stings.json", &answer)?;
        let charts = origin::onto(vec![chart::stings(&found.table)?], &origin::of_plan(replay.scenario()));
        out.chart(&charts[0])?;
        let html = assembly::sting_page(&found, only, &charts, next, &common.provenance());
        page = Some(out.page("stings.html", &html)?);
    }
    if let Some(run) = &found.run {
        let report = folder::publish(run)?;
        if let (false, Some(folder)) = (common.json, run.folder()) {
            print(&format!("{}\npage: {}", folder.stings().display(), report.display()));
        }
    }
    next::tell(common, page.as_deref(), "replay", next);
    Ok(Exit::Done)
}

fn text(found: &Stings, only: Option<u64>) -> String {
    let mut out = match only {
        None => "What sting cases would have come to without personas\n".to_owned(),
        Some(number) => format!("What sting cases would have come to without personas, replication {number}\n"),
    };
    for policy in &found.policies {
        let (own, replications, cases) = (&policy.labels, policy.replications, policy.cases);
        let (attacks, plots) = (policy.cases_in_attack, policy.plots);
        let of = if replications == 1 { "replication" } else { "replications" };
        out += &format!("\n{}: {cases} sting cases in {replications} {of}", policy.label);
        if cases == 0 {
            out.push('\n');
            continue;
        }
        let sum = |f: &dyn Fn(&Counts) -> u64| own.iter().map(|r| f(&r.counts)).sum::<u64>();
        let ended = |ending| sum(&|c: &Counts| c.ended(ending));
        out += &format!(
            "; {attacks} of them would have led to an attack\n  plots of these people: {plots}, of which {} completed, {} failed, {} foiled, {} \
             dissolved, {} in progress; {} of the completed come all the same\n",
            ended(Ending::Completed),
            ended(Ending::Failed),
            ended(Ending::Foiled),
            ended(Ending::Dissolved),
            ended(Ending::InProgress),
            sum(&|c| c.attacks_all_the_same)
        );
        let heads = [
            "  label",
            "cases",
            "share",
            "a replication",
            "95 % interval",
            "in a plot",
            "in an attack",
            "undecided",
            "elsewhere",
            "meaning",
        ];
        let mut lines = vec![heads.map(String::from).to_vec()];
        for row in own {
            let c = &row.counts;
            let interval = row.interval.map_or_else(
                || "undefined".to_owned(),
                |i| format!("{} to {}", number(Some(i.low)), number(Some(i.high))),
            );
            lines.push(vec![
                format!("  {}", row.label.name()),
                c.cases.to_string(),
                format!("{:.1} %", 100.0 * c.cases as f64 / cases as f64),
                number(row.mean),
                interval,
                c.cases_in_plot.to_string(),
                c.cases_in_attack.to_string(),
                c.undecided.to_string(),
                c.elsewhere.to_string(),
                row.label.meaning().into(),
            ]);
        }
        out += &columns(&lines);
    }
    out
}

fn as_json(replay: &Replay, found: &Stings, only: Option<u64>) -> Value {
    let arms = found.policies.iter().map(|policy| {
        let labels = policy.labels.iter().map(|row| {
            let c = &row.counts;
            json!({
                "label": row.label.name(), "cases": c.cases, "cases_a_replication": row.mean,
                "ci_low": row.interval.map(|i| i.low), "ci_high": row.interval.map(|i| i.high),
                "cases_in_plot": c.cases_in_plot, "cases_in_attack": c.cases_in_attack,
                "attacks_completed": c.ended(Ending::Completed), "attacks_failed": c.ended(Ending::Failed),
                "plots_foiled": c.ended(Ending::Foiled), "plots_dissolved": c.ended(Ending::Dissolved),
                "plots_in_progress": c.ended(Ending::InProgress),
                "attacks_all_the_same": c.attacks_all_the_same, "elsewhere": c.elsewhere, "undecided": c.undecided,
            })
        });
        json!({"policy": policy.policy, "label": policy.label, "replications": policy.replications,
               "cases": policy.cases, "cases_in_attack": policy.cases_in_attack, "plots": policy.plots,
               "labels": labels.collect::<Vec<_>>()})
    });
    json!({"scenario": replay.scenario().name, "replication": only, "arms": arms.collect::<Vec<_>>()})
}
