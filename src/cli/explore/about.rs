//! What the page is told of its subject: levers, policies, outcomes, and how a sweep answers.

use serde_json::{Value, json};

use forestall_model::{Kind, Labels, visible};
use forestall_report::chart::{Better, Measure};
use forestall_study::{ExploreLever, ExplorePolicy, Explorer, Nearby, Saved, SweepExplorer, SweepFactor};

use super::server::{Shared, Subject};

/// Everything that the page shows before the first run.
pub(super) fn about(shared: &Shared) -> Value {
    match shared.subject() {
        Subject::Scenario { explorer, most, flags } => scenario(explorer, *most, flags),
        Subject::Sweep(sweep) => self::sweep(sweep),
    }
}

fn scenario(explorer: &Explorer, most: u64, flags: &[String]) -> Value {
    let plan = explorer.scenario();
    let last = plan.end.yesterday().unwrap_or(plan.end);
    let months: Vec<String> = Labels::of(&plan).months.iter().map(ToString::to_string).collect();
    let countries: Vec<Value> = plan.countries.iter().map(|c| json!([c.code, c.name])).collect();
    json!({
        "kind": "scenario",
        "version": env!("CARGO_PKG_VERSION"),
        "name": plan.name,
        "question": plan.question,
        "file": explorer.file().map(|path| path.display().to_string()),
        "flags": flags,
        "start": plan.start.to_string(),
        "end": last.to_string(),
        "from": explorer.from().to_string(),
        "seed": plan.seed,
        "draws": plan.draws(),
        "threads": rayon::current_num_threads(),
        "most": most,
        "months": months,
        "countries": countries,
        "measures": measures(),
        "levers": explorer.levers().iter().map(lever).collect::<Vec<_>>(),
        "policies": explorer.policies().iter().map(policy).collect::<Vec<_>>(),
    })
}

/// What the outcomes are called, and which direction is better.
fn measures() -> Value {
    let measures = forestall_study::EXPLORED_OUTCOMES.iter().map(|name| {
        let measure = Measure::of(name);
        let better = match measure.better {
            Better::Lower => "lower",
            Better::Higher => "higher",
            Better::Neither => "neither",
        };
        ((*name).to_owned(), json!({"heading": measure.heading(), "better": better}))
    });
    Value::Object(measures.collect())
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Number(..) => "number",
        Kind::Share => "share",
        Kind::Count(..) => "count",
        Kind::Switch => "switch",
        Kind::Choice(_) => "choice",
    }
}

fn lever(lever: &ExploreLever) -> Value {
    let words: &[&str] = if let Kind::Choice(words) = lever.kind { words } else { &[] };
    let [low, high, step] = lever.slider;
    // What has no end has none in JSON either.
    let [least, most] = lever.bounds;
    json!({
        "path": lever.path,
        "act": lever.act,
        "group": lever.group,
        "kind": kind(lever.kind),
        "words": words,
        "unit": lever.unit,
        "meaning": lever.meaning,
        "low": low,
        "high": high,
        "step": step,
        "least": least,
        "most": most,
        "neutral": lever.neutral,
        "baseline": lever.baseline,
    })
}

fn policy(policy: &ExplorePolicy) -> Value {
    let levers = policy
        .levers
        .as_ref()
        .map(|levers| Value::Object(levers.iter().map(|(path, value)| (path.clone(), json!(value))).collect()));
    json!({
        "name": policy.name,
        "label": visible(&policy.label),
        "description": policy.description,
        "levers": levers,
    })
}

fn sweep(sweep: &SweepExplorer) -> Value {
    let (points, replications) = sweep.size();
    let factor = |factor: &SweepFactor| {
        json!({
            "name": factor.name,
            "categories": factor.categories,
            "low": factor.ends[0],
            "high": factor.ends[1],
            "unit": factor.unit,
            "meaning": factor.meaning,
        })
    };
    json!({
        "kind": "sweep",
        "version": env!("CARGO_PKG_VERSION"),
        "name": sweep.name(),
        "points": points,
        "replications": replications,
        "measures": measures(),
        "factors": sweep.factors().iter().map(factor).collect::<Vec<_>>(),
        "policies": sweep.policies(),
    })
}

/// How a sweep answers.
pub(super) fn nearby(sweep: &SweepExplorer, found: &Nearby) -> Value {
    let ranges = sweep.factors().iter().zip(&found.ranges).map(|(factor, ends)| (factor.name.clone(), json!(ends)));
    json!({
        "points": found.points,
        "of": found.of,
        "nearest": found.nearest,
        "ranges": Value::Object(ranges.collect()),
        "estimate": found.estimate,
    })
}

/// What was saved, and the command that gives the same numbers.
pub(super) fn saved(saved: &Saved, flags: &[String]) -> Value {
    let words = ["run", &saved.file, "--policies", &saved.name].map(str::to_owned);
    let command: Vec<String> = words.iter().chain(flags).map(|word| shell(word)).collect();
    json!({
        "file": saved.file,
        "name": saved.name,
        "block": saved.block,
        "command": format!("forestall {}", command.join(" ")),
    })
}

/// A word as a shell takes it.
fn shell(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./=:,+".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::shell;

    #[test]
    fn words_are_quoted_where_a_shell_would_read_them() {
        assert_eq!(["a/b.toml", "two words", "it's", ""].map(shell), ["a/b.toml", "'two words'", "'it'\\''s'", "''"]);
    }
}
