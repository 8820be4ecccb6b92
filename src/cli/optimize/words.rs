//! An optimization in words and as JSON.

use serde_json::{Value, json};

use forestall_report::assembly::{missed_words, response_words, volume_words};
use forestall_study::{FrontSetting, FrontStatus, Interval, Optimized, Volume};

use crate::cli::terminal::{columns, number};

/// The first sentence: how many settings are on the front.
pub fn first(optimized: &Optimized) -> String {
    let front = optimized.front().iter().filter(|r| r.judged.status == FrontStatus::Front).count();
    format!(
        "{front} settings are on the front: none of the {} that were checked meets the limits and is better in all \
         objectives at once.",
        optimized.finalists.len()
    )
}

/// What is found, in words.
pub fn text(optimized: &Optimized) -> String {
    let rows = &optimized.front();
    let front = rows.iter().filter(|r| r.judged.status == FrontStatus::Front).count();
    let generations = optimized.evolved.generations.len();
    let mut out = format!(
        "{}\n{} runs of search in {generations} generations, {} settings tried; then {} fresh \
         replications of each finalist.\n\n",
        first(optimized),
        optimized.evolved.runs,
        optimized.evolved.candidates.len(),
        optimized.replications
    );
    if rows.is_empty() {
        out += "No setting meets the limits: widen the levers' ranges, or loosen the limits.\n";
        for words in missed_words(optimized) {
            out += &format!("{words}\n");
        }
        out.push('\n');
    } else {
        let own: Vec<&FrontSetting> = rows.iter().filter(|r| r.judged.status == FrontStatus::Front).collect();
        out += &columns(&outcome_lines(optimized, &own));
        out.push('\n');
        out += &columns(&lever_lines(optimized, &own));
        out.push('\n');
        out += "Brackets: 95 % intervals of the mean. Chance: probability of being on the front, by resampling replications.\n";
        let perhaps = rows.len() - front;
        if perhaps > 0 {
            out += &format!(
                "{perhaps} more may belong to the front (in front.csv): noise hides whether another one is better.\n"
            );
        }
        let undecided = rows.iter().filter(|r| r.judged.met.word() == "undecided").count();
        if undecided > 0 {
            out += &format!(
                "For {undecided} of them the interval of a limited outcome holds its limit (limits: undecided).\n"
            );
        }
        let random = rows.iter().filter(|r| r.finalist.found_by() == "random").count();
        if random > 0 {
            out += &format!("{random} of these were found by random search alone.\n");
        }
        let luck = optimized.luck(rows);
        let shown: Vec<String> = (0..optimized.goals())
            .filter_map(|i| Some(format!("{} {}", optimized.name(i), number(Some(luck[i]?)))))
            .collect();
        out += &format!("Fresh minus what the search saw, mean over these: {}.\n", shown.join(", "));
    }
    out += &format!("\n{}\n", volume_words(optimized).join("\n"));
    out += &format!(
        "\n{}\npolicies.toml there holds the front as policies of a scenario.\n",
        optimized.folder.path().display()
    );
    out
}

/// The front's outcomes, one line a setting, and the scenario without levers.
fn outcome_lines(optimized: &Optimized, rows: &[&FrontSetting]) -> Vec<Vec<String>> {
    let limited = !optimized.input.problem.limits.is_empty();
    let mut head = vec!["setting".to_owned()];
    head.extend((0..optimized.goals()).map(|i| optimized.name(i).to_owned()));
    head.push("chance".into());
    head.extend(limited.then(|| "limits".to_owned()));
    let mut lines = vec![head];
    for row in rows {
        let mut line = vec![row.name.clone()];
        line.extend((0..optimized.goals()).map(|i| response_words(row.judged.responses[i])));
        line.push(format!("{:.2}", row.judged.chance_front));
        line.extend(limited.then(|| row.judged.met.word().to_owned()));
        lines.push(line);
    }
    let mut base = vec!["baseline".to_owned()];
    base.extend((0..optimized.goals()).map(|i| response_words(optimized.baseline(i))));
    lines.push(base);
    lines
}

/// The front's levers, one line a lever, so that long names do no harm.
fn lever_lines(optimized: &Optimized, rows: &[&FrontSetting]) -> Vec<Vec<String>> {
    let mut lines = vec![vec!["lever".to_owned()]];
    lines[0].extend(rows.iter().map(|row| row.name.trim_start_matches("front-").to_owned()));
    for (i, factor) in optimized.input.problem.factors.iter().enumerate() {
        let mut line = vec![optimized.input.name(i)];
        line.extend(rows.iter().map(|row| factor.text(row.finalist.values[i])));
        lines.push(line);
    }
    lines
}

/// What is found, as JSON.
pub fn json(optimized: &Optimized) -> Value {
    let rows = &optimized.front();
    let interval = |i: Option<Interval>| i.map(|i| json!([i.low, i.high]));
    let response = |r: Option<(f64, Option<Interval>)>| r.map(|r| json!({"mean": r.0, "interval": interval(r.1)}));
    let setting = |row: &FrontSetting| {
        let levers: serde_json::Map<String, Value> = (optimized.input.problem.factors.iter().enumerate())
            .map(|(i, factor)| {
                let value = row.finalist.values[i];
                let shown = if factor.categories().is_some() { json!(factor.text(value)) } else { json!(value) };
                (optimized.input.name(i), shown)
            })
            .collect();
        let goals = optimized.goals();
        let named = |from: usize, to: usize| -> serde_json::Map<String, Value> {
            (from..to).map(|i| (optimized.name(i).to_owned(), json!(response(row.judged.responses[i])))).collect()
        };
        let against: serde_json::Map<String, Value> = (0..goals)
            .map(|i| {
                let found = row.against[i].map(|d| json!({"mean": d.0, "interval": interval(Some(d.1))}));
                (optimized.name(i).to_owned(), json!(found))
            })
            .collect();
        json!({
            "name": row.name, "status": row.judged.status.word(), "found_by": row.finalist.found_by(),
            "levers": levers, "objectives": named(0, goals), "limits": named(goals, optimized.input.asked.len()),
            "minus_baseline": against, "chance_front": row.judged.chance_front,
            "chance_feasible": row.judged.chance_feasible, "limits_met": row.judged.met.word(),
        })
    };
    let volume = |v: Volume| json!({"value": v.value, "interval": interval(Some(v.interval))});
    let volumes = optimized.volumes.as_ref().map(|v| {
        let with = |which: usize| {
            let found = v.groups.get(which).zip(v.gains.get(which));
            found.map(|(own, gain)| json!({"volume": volume(*own), "gain_of_search": volume(*gain)}))
        };
        json!({"search": volume(v.groups[1]), "start": with(0), "random": with(2)})
    });
    let baseline: serde_json::Map<String, Value> = (0..optimized.goals())
        .map(|i| (optimized.name(i).to_owned(), json!(response(optimized.baseline(i)))))
        .collect();
    json!({
        "folder": optimized.folder.path(), "settings": rows.iter().map(setting).collect::<Vec<_>>(), "baseline": baseline,
        "hypervolume": volumes, "reference_point": optimized.reference_point(), "runs": optimized.evolved.runs,
        "generations": optimized.evolved.generations.len(), "settings_tried": optimized.evolved.candidates.len(),
        "fresh_replications": optimized.replications, "fresh_minus_seen": optimized.luck(rows),
    })
}
