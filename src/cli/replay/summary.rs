//! `forestall replay --summary`: through which mechanism each policy averts and induces attacks, over all replications.

use serde_json::{Value, json};

use forestall_study::{Monitor, Replay, ReplaySummary};

use crate::cli::options::Common;
use crate::cli::outcome::{Exit, Failure};
use crate::cli::progress::Display;
use crate::cli::terminal::{columns, print, verdict_first};
use crate::cli::{folder, interrupt};

/// Replays every replication in which an attack is removed or added; what was found is in the run's folder.
pub fn run(replay: &Replay, chosen: &[usize], common: &Common) -> Result<Exit, Failure> {
    let stop = interrupt::flag("replications", interrupt::Sender::Person)?;
    let shown = Display::later(common.quiet);
    let monitor = Monitor { observe: &|event| shown.replay(event), cancel: &stop };
    let Some(found) = replay.mechanisms(chosen, &monitor)? else {
        common.say("stopped early; nothing was written");
        return Ok(Exit::Stopped);
    };
    let report = folder::publish(&found.run)?;
    if common.json {
        print(&format!("{:#}", verdict_first(verdict(&found), as_json(&found))));
    } else {
        print(&text(&found));
        if let Some(folder) = found.run.folder() {
            let (counts, cases) = (folder.mechanisms(), folder.partings());
            print(&format!("{}\n{}\npage: {}", counts.display(), cases.display(), report.display()));
        }
    }
    Ok(Exit::Done)
}

/// Attacks removed and added by all policies together.
fn verdict(found: &ReplaySummary) -> String {
    let rows = found.policies.iter().flat_map(|policy| &policy.mechanisms);
    let (removed, added) = rows.fold((0, 0), |(a, i), row| (a + row.averted, i + row.induced));
    format!("{removed} attacks removed and {added} added over {} replications", found.replications)
}

fn text(found: &ReplaySummary) -> String {
    let replications = found.replications;
    let mut out = format!("Attacks removed and added by mechanism, over {replications} replications\n");
    for policy in &found.policies {
        let rows = &policy.mechanisms;
        let (averted, induced) = rows.iter().fold((0, 0), |(a, i), r| (a + r.averted, i + r.induced));
        out += &format!("\n{}: {averted} removed, {induced} added", policy.label);
        if let Some(share) = policy.twin_share {
            out += &format!("; {:.1} % of the baseline's plots exist here too", 100.0 * share);
        }
        if policy.chains > 0 {
            out += &format!("; {} of {} chains reach the policy", policy.reaching, policy.chains);
        }
        out.push('\n');
        if rows.is_empty() {
            continue;
        }
        let mut lines = vec![["  mechanism", "removed", "added", "meaning"].map(String::from).to_vec()];
        for row in rows {
            let (name, meaning) = (format!("  {}", row.mechanism.name()), row.mechanism.meaning().into());
            lines.push(vec![name, row.averted.to_string(), row.induced.to_string(), meaning]);
        }
        out += &columns(&lines);
    }
    out
}

fn as_json(found: &ReplaySummary) -> Value {
    let policies = found.policies.iter().map(|policy| {
        let rows = &policy.mechanisms;
        let (averted, induced) = rows.iter().fold((0, 0), |(a, i), r| (a + r.averted, i + r.induced));
        let mechanisms: Vec<_> = rows
            .iter()
            .map(|r| {
                json!({"mechanism": r.mechanism.name(), "family": r.mechanism.family().label(), "averted": r.averted,
                       "induced": r.induced})
            })
            .collect();
        json!({"policy": policy.policy, "label": policy.label, "averted": averted, "induced": induced,
               "mechanisms": mechanisms, "twin_share": policy.twin_share, "chains": policy.chains,
               "chains_that_reach_the_policy": policy.reaching})
    });
    json!({"replications": found.replications, "policies": policies.collect::<Vec<_>>()})
}
