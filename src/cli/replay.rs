//! `forestall replay`: one replication again, which plots end otherwise under a policy, and why.

use std::path::PathBuf;

use clap::Args;
use serde_json::{Value, json};

use forestall_model::engine::key::Key;
use forestall_model::engine::time::days_between;
use forestall_model::outcome::tables::Labels;
use forestall_model::scenario::nearest::did_you_mean;
use forestall_model::table::Table;
use forestall_report::chart::{BASELINE, TwinWords, twin_lives};
use forestall_study::replay::narrative::mechanism;
use forestall_study::replay::words::hex;
use forestall_study::replay::{Pair, ReplayArms, Side, Twins, narrative::Narrator, pair, pairs, picture, tell};
use forestall_study::results::{RunKey, parquet_file};

use super::drawing::{Folder, columns};
use super::options::{self, Common};
use super::outcome::{Exit, Failure, print};
use super::replay_source::{self, Source};
use super::replay_stings;
use super::replay_summary;
use super::replay_words::{caption, effect, end_words, telling};

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
    /// Count through which mechanism each policy averts and induces, over all replications of a run
    #[arg(long, conflicts_with = "replication")]
    summary: bool,
    /// Say what each sting case would have come to without undercover personas, over all replications or the one named
    #[arg(long, conflicts_with_all = ["summary", "plot", "events"])]
    stings: bool,
    /// Threads; all cores if not given
    #[arg(long, value_name = "N")]
    threads: Option<usize>,
}

/// Replays.
pub fn run(arguments: &Arguments, common: &Common) -> Result<Exit, Failure> {
    let source = replay_source::open(&arguments.source)?;
    options::use_threads(arguments.threads);
    if arguments.stings {
        return replay_stings::run(&source, arguments.policy.as_deref(), arguments.replication, common);
    }
    let chosen = source.chosen(arguments.policy.as_deref())?;
    let Some(replication) = arguments.replication else {
        return replay_summary::run(&source, &chosen, common);
    };
    source.replication(replication)?;
    if arguments.plot.is_some() && chosen.len() > 1 {
        return Err(Failure::usage(format!(
            "--plot needs one policy to compare with: add --policy; there are: {}",
            source.policies.join(", ")
        )));
    }
    let out = Folder::asked_for(common);
    if arguments.events && out.is_none() {
        return Err(Failure::usage("--events writes a file: name a folder for it with --out"));
    }
    let cast = ReplayArms::new(&source.plan, &source.policies)?;
    let baseline = cast.baseline_log(replication, arguments.events)?;
    let beside = |&index: &usize| cast.twins(&baseline, index, replication, arguments.events);
    let twins: Vec<Twins> = chosen.iter().map(beside).collect::<Result<_, _>>()?;
    as_saved(&source, &chosen, &twins, replication)?;
    let countries: Vec<String> = source.plan.countries.iter().map(|c| c.code.clone()).collect();
    let narrator = Narrator { start: source.plan.start, countries: &countries };
    let stage = Stage { source: &source, narrator, replication, draw: cast.draw(replication) };
    if let (true, Some(_)) = (arguments.events, &out) {
        let path = common.out.join("events.parquet");
        std::fs::create_dir_all(&common.out).map_err(anyhow::Error::from)?;
        parquet_file::write(&path, &stage.events(&chosen, &twins))?;
        common.say(&path.display().to_string());
    }
    let answer = match &arguments.plot {
        None => stage.list(&chosen, &twins, common),
        Some(id) => stage.one(&chosen, &twins[0], id, common, out.as_ref())?,
    };
    if let Some(out) = &out {
        out.json("replay.json", &answer)?;
    }
    Ok(Exit::Done)
}

/// What was replayed, for all that is said about it.
struct Stage<'a> {
    source: &'a Source,
    narrator: Narrator<'a>,
    replication: u64,
    draw: u64,
}

/// The replay must give the plots that the folder holds.
fn as_saved(source: &Source, chosen: &[usize], twins: &[Twins], replication: u64) -> Result<(), Failure> {
    let Some(matched) = source.matched()? else { return Ok(()) };
    let (Some(arms), Some(numbers), Some(plots), Some(outcomes)) =
        (matched.column("arm"), matched.column("replication"), matched.column("plot"), matched.column("outcome"))
    else {
        return Ok(());
    };
    let saved = |arm: &str| {
        let rows =
            (0..matched.rows()).filter(|&r| numbers.number(r) == Some(replication as f64) && arms.text(r) == arm);
        let mut all: Vec<(String, String)> = rows.map(|r| (plots.text(r), outcomes.text(r))).collect();
        all.sort();
        all
    };
    let again = |twins: &Twins, side| {
        let plots = twins.log(side).plots().iter();
        let mut all: Vec<(String, String)> = plots.map(|p| (hex(p.key.bits()), p.ending.name().to_owned())).collect();
        all.sort();
        all
    };
    let base = twins.first().map(|t| (BASELINE.to_owned(), again(t, Side::Baseline)));
    let others = chosen.iter().zip(twins).map(|(&p, t)| (source.policies[p].clone(), again(t, Side::Policy)));
    for (arm, plots) in base.into_iter().chain(others) {
        if saved(&arm) != plots {
            return Err(Failure::Other(
                Exit::Data,
                anyhow::anyhow!(
                    "replication {replication} of {arm} does not come out as the folder holds it: {} plots now, {} there; \
                     the folder was made by another version of the program; run the scenario again",
                    plots.len(),
                    saved(&arm).len()
                ),
            ));
        }
    }
    Ok(())
}

impl Stage<'_> {
    fn events(&self, chosen: &[usize], twins: &[Twins]) -> Table {
        let labels = Labels::of(&self.source.plan);
        let key = |arm: &str| RunKey { draw: self.draw, replication: self.replication, arm: arm.to_owned() };
        let table = |arm: &str, twins: &Twins, side| {
            forestall_study::montecarlo::batches::events_table(&labels, &key(arm), twins.log(side).facts())
        };
        let mut all = table(BASELINE, &twins[0], Side::Baseline);
        for (&place, twins) in chosen.iter().zip(twins) {
            let part = table(&self.source.policies[place], twins, Side::Policy);
            all.append_rows(&part, 0..part.rows());
        }
        all
    }

    /// Prints the plots worth telling.
    fn list(&self, chosen: &[usize], twins: &[Twins], common: &Common) -> Value {
        let mut policies = Vec::new();
        let mut text = String::new();
        for (&place, twins) in chosen.iter().zip(twins) {
            let name = &self.source.policies[place];
            let found = pairs(twins.log(Side::Baseline), twins.log(Side::Policy));
            let same = pair::all(twins.log(Side::Baseline), twins.log(Side::Policy)).len() - found.len();
            let rows: Vec<(&Pair, &'static str)> =
                found.iter().map(|p| (p, mechanism(twins, p).map_or("", |m| m.0.name()))).collect();
            text += &format!(
                "Replication {}, {}: {} plots end otherwise, {same} alike\n",
                self.replication,
                self.source.label(name),
                found.len()
            );
            text += &self.rows(&rows);
            text.push('\n');
            policies.push(json!({
                "policy": name,
                "label": self.source.label(name),
                "plots_alike": same,
                "levers": self.narrator.levers(&twins.levers.all()),
                "plots": rows.iter().map(|(p, m)| self.row_json(p, m)).collect::<Vec<_>>(),
            }));
        }
        let answer = json!({"scenario": self.source.plan.name, "replication": self.replication, "draw": self.draw,
                            "policies": policies});
        if common.json {
            print(&format!("{answer:#}"));
        } else {
            let any = policies.iter().any(|p| p["plots"].as_array().is_some_and(|a| !a.is_empty()));
            let hint = if any { "Add --policy P --plot ID to tell one plot's life beside its twin.\n" } else { "" };
            print(&format!("{text}{hint}"));
        }
        answer
    }

    fn rows(&self, found: &[(&Pair, &'static str)]) -> String {
        if found.is_empty() {
            return String::new();
        }
        let heads = ["plot", "effect", "country", "pathway", "baseline", "policy", "mechanism"];
        let mut lines = vec![heads.map(String::from).to_vec()];
        for (pair, mechanism) in found {
            let record = pair.any();
            let country = record.map_or("", |r| self.narrator.countries[usize::from(r.home)].as_str());
            lines.push(vec![
                hex(pair.plot.bits()),
                pair.effect().into(),
                country.into(),
                record.map_or("", |r| r.pathway.name()).into(),
                self.end_words(pair, Side::Baseline),
                self.end_words(pair, Side::Policy),
                (*mechanism).into(),
            ]);
        }
        columns(&lines)
    }

    fn row_json(&self, pair: &Pair, mechanism: &str) -> Value {
        let record = pair.any();
        let end = |side| pair.record(side).map(|r| self.narrator.end(r));
        json!({
            "plot": hex(pair.plot.bits()),
            "effect": pair.effect(),
            "country": record.map(|r| self.narrator.countries[usize::from(r.home)].clone()),
            "pathway": record.map(|r| r.pathway.name()),
            "baseline": end(Side::Baseline),
            "policy": end(Side::Policy),
            "mechanism": mechanism,
        })
    }

    fn end_words(&self, pair: &Pair, side: Side) -> String {
        pair.record(side).map_or_else(|| "no such plot".into(), |r| end_words(&self.narrator.end(r)))
    }

    /// Tells one plot's life.
    fn one(
        &self,
        chosen: &[usize],
        twins: &Twins,
        id: &str,
        common: &Common,
        out: Option<&Folder>,
    ) -> Result<Value, Failure> {
        let pair = find(twins, id)?;
        let name = &self.source.policies[chosen[0]];
        let label = self.source.label(name);
        let told = tell(twins, &pair, &self.narrator);
        let mut answer = serde_json::to_value(&told).map_err(anyhow::Error::from)?;
        if let Some(fields) = answer.as_object_mut() {
            fields.insert("replication".into(), self.replication.into());
            fields.insert("draw".into(), self.draw.into());
            fields.insert("policy_name".into(), name.clone().into());
        }
        if let Some(out) = out {
            let last = days_between(self.source.plan.start, self.source.plan.end);
            let table = picture::table(twins, &pair, &self.narrator, last);
            let words = TwinWords {
                title: format!("Plot {} in replication {}: {}", told.plot, self.replication, effect(&told)),
                caption: caption(&told),
                policy: label.clone(),
            };
            out.chart(&twin_lives(&table, &words)?)?;
        }
        print(&if common.json { format!("{answer:#}") } else { telling(&told, self.replication, &label) });
        Ok(answer)
    }
}

/// The plot that a name or the first digits of it mean.
fn find(twins: &Twins, id: &str) -> Result<Pair, Failure> {
    let (baseline, policy) = (twins.log(Side::Baseline), twins.log(Side::Policy));
    let all = pair::all(baseline, policy);
    let wanted = id.trim().to_lowercase();
    let name = |p: &Pair| hex(p.plot.bits());
    let fits: Vec<&Pair> = all.iter().filter(|p| !wanted.is_empty() && name(p).starts_with(&wanted)).collect();
    match fits.as_slice() {
        [one] => return Ok((*one).clone()),
        [] => {}
        several => {
            let list: Vec<String> = several.iter().take(8).map(|p| name(p)).collect();
            return Err(Failure::usage(format!("`{id}` begins the name of several plots: {}", list.join(", "))));
        }
    }
    let names: Vec<String> = all.iter().map(name).collect();
    let near = did_you_mean(&wanted, names.iter().map(String::as_str)).map_or(String::new(), |n| format!("; {n}"));
    let told: Vec<String> =
        pairs(baseline, policy).iter().take(8).map(|p| format!("{} ({})", name(p), p.effect())).collect();
    let list = if told.is_empty() {
        "no plot ends otherwise under this policy".to_owned()
    } else {
        format!("plots that end otherwise: {}", told.join(", "))
    };
    let is_key = u64::from_str_radix(&wanted, 16).is_ok_and(|bits| Key::from_bits(bits) != Key::NONE);
    let kind = if is_key { "" } else { " (names are hexadecimal digits)" };
    Err(Failure::usage(format!("no plot of this replication is called `{id}`{kind}{near}; {list}")))
}
