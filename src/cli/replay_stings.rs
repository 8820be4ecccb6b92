//! `forestall replay --stings`: what each sting case would have come to without undercover personas.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use forestall_model::model::world::Ending;
use forestall_model::table::Table;
use forestall_report::chart::{self, BASELINE};
use forestall_study::replay::ReplayArms;
use forestall_study::replay::sting_counts::{Counts, Found, Row, Run, replay, rows, table};
use forestall_study::replay::stings::{has_personas, without_personas};
use forestall_study::replay::summary::Watch;
use forestall_study::results::{TableName, atomic, csv};

use super::drawing::{Folder, columns, number};
use super::options::Common;
use super::outcome::{Exit, Failure, print};
use super::progress::Display;
use super::replay_source::Source;
use super::replay_summary::finished;
use super::{interrupt, publish};

/// Replays every arm that has personas beside its shadow; writes into the run's folder where all replications are done.
pub fn run(source: &Source, policy: Option<&str>, only: Option<u64>, common: &Common) -> Result<Exit, Failure> {
    if let Some(number) = only {
        source.replication(number)?;
    }
    let cast = ReplayArms::new(&source.plan, &source.policies)?;
    let numbers: Vec<u64> = only.map_or_else(|| (0..source.replications).collect(), |number| vec![number]);
    let arms = arms(source, &cast, policy, &numbers)?;
    let saved = source.folder.as_ref().map(|(folder, _)| folder.read(TableName::Replications)).transpose()?;
    let done = saved.as_ref().map(finished);
    let there = |run: &Run| done.as_ref().is_none_or(|d| d.contains(&(name(source, run.policy).0, run.replication)));
    let all = numbers.iter().flat_map(|&replication| arms.iter().map(move |&policy| Run { policy, replication }));
    let todo: Vec<Run> = all.filter(there).collect();
    let shadow_plan = without_personas(&source.plan).map_err(Failure::usage)?;
    let shadow = ReplayArms::new(&shadow_plan, &source.policies)?;
    let display = Display::new(todo.len() as u64, common.quiet);
    let stop = interrupt::flag("replications", interrupt::Sender::Person)?;
    let show = |progress| display.show(progress);
    let found = replay(&cast, &shadow, &todo, &Watch { progress: &show, stop: &stop });
    display.close();
    let Some(found) = found.map_err(|e| anyhow::anyhow!(e))? else {
        common.say("stopped early; nothing was written");
        return Ok(Exit::Stopped);
    };
    if let Some(saved) = &saved {
        as_saved(source, saved, &found)?;
    }
    let rows = rows(&found, &arms);
    let labelled = table(&rows, &|policy| name(source, policy));
    let answer = as_json(source, &rows, &arms, only);
    print(&if common.json { format!("{answer:#}") } else { text(source, &rows, &arms, only) });
    write(source, &labelled, &answer, only, common)?;
    Ok(Exit::Done)
}

/// Name and label of the baseline or of a policy.
fn name(source: &Source, policy: Option<usize>) -> (String, String) {
    match policy {
        None => (BASELINE.to_owned(), "Baseline".to_owned()),
        Some(place) => (source.policies[place].clone(), source.label(&source.policies[place])),
    }
}

/// The arms that are meant and have personas.
fn arms(
    source: &Source,
    cast: &ReplayArms,
    wanted: Option<&str>,
    numbers: &[u64],
) -> Result<Vec<Option<usize>>, Failure> {
    let draws: BTreeSet<u64> = numbers.iter().map(|&number| cast.draw(number)).collect();
    let mut with = Vec::new();
    for policy in std::iter::once(None).chain((0..source.policies.len()).map(Some)) {
        for &draw in &draws {
            if cast.holds(policy, draw, |scenario| has_personas(&source.plan, scenario))? {
                with.push(policy);
                break;
            }
        }
    }
    let names: Vec<String> = with.iter().map(|&policy| name(source, policy).0).collect();
    if with.is_empty() {
        return Err(Failure::usage(
            "no arm has undercover personas, so there is no sting case to label; set services.undercover_personas above \
             0 in the scenario or in a policy, and run it",
        ));
    }
    let wanted = match wanted {
        None => return Ok(with),
        Some(BASELINE) => None,
        Some(policy) => source.chosen(Some(policy))?.first().copied(),
    };
    if with.contains(&wanted) {
        return Ok(vec![wanted]);
    }
    Err(Failure::usage(format!(
        "`{}` has no undercover personas, so there is no sting case to label; arms that have some: {}",
        name(source, wanted).0,
        names.join(", ")
    )))
}

/// The replay must give the sting cases that the folder holds.
fn as_saved(source: &Source, saved: &Table, found: &[Found]) -> Result<(), Failure> {
    let (Some(arms), Some(numbers), Some(cases)) =
        (saved.column("arm"), saved.column("replication"), saved.column("sting_cases"))
    else {
        return Ok(());
    };
    let number = |row: usize| Some(((arms.text(row), numbers.number(row)? as u64), cases.number(row)? as usize));
    let held: BTreeMap<(String, u64), usize> = (0..saved.rows()).filter_map(number).collect();
    for one in found {
        let (arm, replication) = (name(source, one.run.policy).0, one.run.replication);
        let there = held.get(&(arm.clone(), replication)).copied();
        if there != Some(one.cases.len()) {
            return Err(Failure::Other(
                Exit::Data,
                anyhow::anyhow!(
                    "replication {replication} of {arm} does not come out as the folder holds it: {} sting cases now, {} \
                     there; the folder was made by another version of the program; run the scenario again",
                    one.cases.len(),
                    there.map_or_else(|| "none".to_owned(), |n| n.to_string())
                ),
            ));
        }
    }
    Ok(())
}

/// Into the run's folder where all its replications were replayed, and into the folder named by `--out`.
fn write(source: &Source, labelled: &Table, answer: &Value, only: Option<u64>, common: &Common) -> Result<(), Failure> {
    if let Some(out) = Folder::asked_for(common) {
        out.table("stings.csv", labelled)?;
        out.json("stings.json", answer)?;
        out.chart(&chart::stings(labelled)?)?;
    }
    if let (Some((folder, _)), None) = (&source.folder, only) {
        atomic::write(&folder.stings(), csv::to_text(labelled).as_bytes())?;
        let saved = publish::Saved::open(folder.path())?;
        let (charts, _) = publish::draw(&saved, &[])?;
        let report = publish::report(&saved, &charts)?;
        if !common.json {
            print(&format!("{}\n{}", folder.stings().display(), report.display()));
        }
    }
    Ok(())
}

/// Sums over the labels of one arm.
fn sums<'r>(rows: &'r [Row], arm: Option<usize>) -> (Vec<&'r Row>, u64, u64, u64) {
    let own: Vec<&'r Row> = rows.iter().filter(|r| r.policy == arm).collect();
    let sum = |f: &dyn Fn(&Counts) -> u64| own.iter().map(|r| f(&r.counts)).sum::<u64>();
    let (cases, attacks) = (sum(&|c| c.cases), sum(&|c| c.cases_in_attack));
    let plots = sum(&|c| c.plots.iter().sum());
    (own, cases, attacks, plots)
}

fn text(source: &Source, rows: &[Row], arms: &[Option<usize>], only: Option<u64>) -> String {
    let mut out = match only {
        None => "What sting cases would have come to without personas\n".to_owned(),
        Some(number) => format!("What sting cases would have come to without personas, replication {number}\n"),
    };
    for &arm in arms {
        let (own, cases, attacks, plots) = sums(rows, arm);
        let replications = own.first().map_or(0, |r| r.replications);
        let of = if replications == 1 { "replication" } else { "replications" };
        out += &format!("\n{}: {cases} sting cases in {replications} {of}", name(source, arm).1);
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

fn as_json(source: &Source, rows: &[Row], arms: &[Option<usize>], only: Option<u64>) -> Value {
    let arms = arms.iter().map(|&arm| {
        let (own, cases, attacks, plots) = sums(rows, arm);
        let labels = own.iter().map(|row| {
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
        let (policy, label) = name(source, arm);
        json!({"policy": policy, "label": label, "replications": own.first().map_or(0, |r| r.replications),
               "cases": cases, "cases_in_attack": attacks, "plots": plots, "labels": labels.collect::<Vec<_>>()})
    });
    json!({"scenario": source.plan.name, "replication": only, "arms": arms.collect::<Vec<_>>()})
}
