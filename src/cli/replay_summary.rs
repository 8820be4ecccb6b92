//! `forestall replay --summary`: through which mechanism each policy averts and induces attacks, over all replications.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use forestall_model::table::{Column, Table};
use forestall_report::chart::BASELINE;
use forestall_study::montecarlo::matched_counts;
use forestall_study::replay::summary::{Case, Watch, cases_table, counts_table, replay};
use forestall_study::replay::{Mechanism, ReplayArms};
use forestall_study::results::{TableName, atomic, csv};

use super::drawing::columns;
use super::options::Common;
use super::outcome::{Exit, Failure, print};
use super::progress::Display;
use super::replay_source::Source;
use super::{interrupt, publish};

/// Replays every replication in which an attack is averted or induced, and writes what was found into the run's folder.
pub fn run(source: &Source, chosen: &[usize], common: &Common) -> Result<Exit, Failure> {
    let (Some((folder, manifest)), Some(matched)) = (&source.folder, source.matched()?) else {
        return Err(Failure::usage(
            "--summary needs the folder of a run; for a scenario file: forestall run it first, then replay the folder",
        ));
    };
    let counts = matched_counts(&matched, BASELINE);
    let finished = finished(&folder.read(TableName::Replications)?);
    let both = |policy: &str, run: u64| [BASELINE, policy].iter().all(|a| finished.contains(&((*a).to_owned(), run)));
    let mut todo: BTreeMap<u64, Vec<usize>> = BTreeMap::new();
    let mut expected: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
    for &place in chosen {
        let name = source.policies[place].as_str();
        let (averted, induced) = expected.entry(name).or_default();
        // A run that failed in one arm has no twin to compare with.
        for (run, found) in counts.get(name).into_iter().flatten().filter(|(run, _)| both(name, run.1 as u64)) {
            *averted += found.averted as u64;
            *induced += found.induced as u64;
            if found.averted + found.induced > 0.0 {
                todo.entry(run.1 as u64).or_default().push(place);
            }
        }
    }
    let todo: Vec<(u64, Vec<usize>)> = todo.into_iter().collect();
    let cast = ReplayArms::new(&source.plan, &source.policies)?;
    let display = Display::new(todo.len() as u64, common.quiet);
    let stop = interrupt::flag("replications", interrupt::Sender::Person)?;
    let show = |progress| display.show(progress);
    let found = replay(&cast, &todo, &Watch { progress: &show, stop: &stop });
    display.close();
    let Some(cases) = found.map_err(|e| anyhow::anyhow!(e))? else {
        common.say("stopped early; nothing was written");
        return Ok(Exit::Stopped);
    };
    for (name, (averted, induced)) in &expected {
        let count = |a: bool| cases.iter().filter(|c| c.policy == **name && c.averted == a).count() as u64;
        if (count(true), count(false)) != (*averted, *induced) {
            return Err(Failure::Other(
                Exit::Data,
                anyhow::anyhow!(
                    "the replay of {name} averts {} and induces {} attacks, the folder holds {averted} and {induced}; it was \
                     made by another version of the program; run the scenario again",
                    count(true),
                    count(false)
                ),
            ));
        }
    }
    let labels: Vec<(String, String)> =
        chosen.iter().map(|&p| (source.policies[p].clone(), source.label(&source.policies[p]))).collect();
    let table = counts_table(&cases, &labels, manifest.replications.done);
    atomic::write(&folder.partings(), csv::to_text(&cases_table(&cases)).as_bytes())?;
    atomic::write(&folder.mechanisms(), csv::to_text(&table).as_bytes())?;
    let saved = publish::Saved::open(folder.path())?;
    let share = saved.twin_share();
    atomic::write(&folder.twin_share(), csv::to_text(&share).as_bytes())?;
    let (charts, _) = publish::draw(&saved, &[])?;
    let report = publish::report(&saved, &charts)?;
    if common.json {
        print(&format!("{:#}", as_json(&cases, &labels, &share, manifest.replications.done)));
    } else {
        print(&text(&cases, &labels, &share, manifest.replications.done));
        print(&format!("{}\n{}\n{}", folder.mechanisms().display(), folder.partings().display(), report.display()));
    }
    Ok(Exit::Done)
}

/// The runs that finished, by arm and replication.
pub fn finished(replications: &Table) -> BTreeSet<(String, u64)> {
    let (Some(arms), Some(numbers)) = (replications.column("arm"), replications.column("replication")) else {
        return BTreeSet::new();
    };
    (0..replications.rows()).filter_map(|row| Some((arms.text(row), numbers.number(row)? as u64))).collect()
}

/// Averted and induced by mechanism, for one policy, most first.
fn of_policy<'c>(cases: &'c [Case], policy: &str) -> Vec<(Mechanism, u64, u64)> {
    let mine: Vec<&'c Case> = cases.iter().filter(|c| c.policy == policy).collect();
    let mechanisms: BTreeSet<Mechanism> = mine.iter().map(|c| c.mechanism).collect();
    let count =
        |m: Mechanism, averted: bool| mine.iter().filter(|c| c.mechanism == m && c.averted == averted).count() as u64;
    let mut rows: Vec<(Mechanism, u64, u64)> =
        mechanisms.into_iter().map(|m| (m, count(m, true), count(m, false))).collect();
    rows.sort_by_key(|r| (std::cmp::Reverse(r.1 + r.2), r.0));
    rows
}

/// The twin share of an arm over all months.
fn twins_overall(share: &Table, arm: &str) -> Option<f64> {
    let (names, plots, twins) = (share.column("arm")?, share.column("plots")?, share.column("twins")?);
    let sum = |column: &Column| {
        (0..names.len()).filter(|&row| names.text(row) == arm).filter_map(|row| column.number(row)).sum::<f64>()
    };
    let all = sum(plots);
    (all > 0.0).then(|| sum(twins) / all)
}

fn reached(cases: &[Case], policy: &str) -> (usize, usize) {
    let mine = || cases.iter().filter(|c| c.policy == policy);
    (mine().filter(|c| c.reaches_policy).count(), mine().count())
}

fn text(cases: &[Case], labels: &[(String, String)], share: &Table, replications: u64) -> String {
    let mut out = format!("Attacks averted and induced by mechanism, over {replications} replications\n");
    for (name, label) in labels {
        let rows = of_policy(cases, name);
        let (averted, induced) = rows.iter().fold((0, 0), |(a, i), r| (a + r.1, i + r.2));
        let (whole, all) = reached(cases, name);
        out += &format!("\n{label}: {averted} averted, {induced} induced");
        if let Some(share) = twins_overall(share, name) {
            out += &format!("; {:.1} % of the baseline's plots exist here too", 100.0 * share);
        }
        if all > 0 {
            out += &format!("; {whole} of {all} chains reach the policy");
        }
        out.push('\n');
        if rows.is_empty() {
            continue;
        }
        let mut lines = vec![["  mechanism", "averted", "induced", "meaning"].map(String::from).to_vec()];
        for (mechanism, averted, induced) in rows {
            let name = format!("  {}", mechanism.name());
            lines.push(vec![name, averted.to_string(), induced.to_string(), mechanism.meaning().into()]);
        }
        out += &columns(&lines);
    }
    out
}

fn as_json(cases: &[Case], labels: &[(String, String)], share: &Table, replications: u64) -> serde_json::Value {
    let policies = labels.iter().map(|(name, label)| {
        let rows = of_policy(cases, name);
        let (averted, induced) = rows.iter().fold((0, 0), |(a, i), r| (a + r.1, i + r.2));
        let (whole, all) = reached(cases, name);
        let mechanisms: Vec<_> = rows
            .iter()
            .map(|(m, averted, induced)| {
                json!({"mechanism": m.name(), "family": m.family().label(), "averted": averted, "induced": induced})
            })
            .collect();
        json!({"policy": name, "label": label, "averted": averted, "induced": induced, "mechanisms": mechanisms,
               "twin_share": twins_overall(share, name), "chains": all, "chains_that_reach_the_policy": whole})
    });
    json!({"replications": replications, "policies": policies.collect::<Vec<_>>()})
}
