//! Responses of the other side in words and as JSON.

use serde_json::{Value, json};

use forestall_report::assembly::response_of_policies_words;
use forestall_study::{BestResponse, PolicyWorth, Responded};

use crate::cli::terminal::{columns, number};

/// What a search chose, in words.
pub fn chosen(found: &BestResponse) -> String {
    if found.values.is_empty() {
        return format!("{} settings tried, none looked better than what it does anyway", found.tried);
    }
    format!("{} settings tried, the best looked better by {}", found.tried, number(Some(found.seen)))
}

/// The first sentence.
pub fn first(found: &Responded) -> String {
    response_of_policies_words(found).into_iter().next().unwrap_or_default()
}

/// A mean with the ends of its interval.
type Mean = Option<(f64, f64, f64)>;

fn words(found: Mean) -> String {
    let Some((mean, low, high)) = found else { return "undefined".into() };
    format!("{} [{}, {}]", number(Some(mean)), number(Some(low)), number(Some(high)))
}

/// What a policy prevents against a side that does what it does anyway and against one that answers, and the change.
fn means(worth: &PolicyWorth) -> [Mean; 3] {
    [&worth.fixed, &worth.responding, &worth.change].map(|p| p.as_ref().map(|p| (p.difference, p.low, p.high)))
}

/// What is found, in words.
pub fn text(found: &Responded) -> String {
    let all = response_of_policies_words(found);
    let mut out = all.iter().map(|sentence| format!("{sentence}\n")).collect::<String>();
    if !found.worths.is_empty() {
        let head = ["policy", "prevented, as it is", "prevented, answering", "change"].map(String::from).to_vec();
        let lines = found.worths.iter().map(|w| {
            let [fixed, responding, change] = means(w).map(words);
            vec![w.policy.clone(), fixed, responding, change]
        });
        out += &format!("\n{}", columns(&std::iter::once(head).chain(lines).collect::<Vec<_>>()));
    }
    out += &format!("\nBrackets: 95 % intervals of the mean, in attacks.\n{}\n", found.folder.path().display());
    out
}

/// What is found, as JSON.
pub fn json(found: &Responded) -> Value {
    let paired = |p: Mean| p.map(|(mean, low, high)| json!({"mean": mean, "interval": [low, high]}));
    let values = |values: &[f64]| -> serde_json::Map<String, Value> {
        let factors = found.input.problem.factors.iter().enumerate();
        let one = |(i, factor): (usize, &forestall_study::Factor)| {
            let value = values.get(i).copied()?;
            let shown = if factor.categories().is_some() { json!(factor.text(value)) } else { json!(value) };
            Some((found.input.name(i), shown))
        };
        factors.filter_map(one).collect()
    };
    let worths = found.worths.iter().map(|w| {
        let [fixed, responding, change] = means(w).map(paired);
        json!({
            "policy": w.policy, "label": w.label, "prevented_as_it_is": fixed, "prevented_responding": responding,
            "change": change,
        })
    });
    let answers = found.responses.iter().zip(&found.exploited).map(|(response, exploited)| {
        json!({
            "policy": response.policy, "settings_tried": response.found.tried,
            "gain_seen_in_races": response.found.seen, "choice": values(&response.found.values),
            "best_behaviour": found.behaviours[exploited.best].name, "gain": paired(exploited.gain.as_ref().map(|p| (p.difference, p.low, p.high))),
        })
    });
    let game = found.game.as_ref().map(|game| {
        let share = |names: Vec<&str>, shares: &[f64]| -> serde_json::Map<String, Value> {
            names.into_iter().zip(shares).map(|(name, share)| (name.to_owned(), json!(share))).collect()
        };
        let policies = found.responses.iter().map(|r| r.policy.as_str()).collect();
        let behaviours = found.behaviours.iter().map(|b| b.name.as_str()).collect();
        json!({
            "value": game.solution.value, "interval": game.interval.map(|i| [i.low, i.high]),
            "services": share(policies, &game.solution.rows),
            "other_side": share(behaviours, &game.solution.columns),
        })
    });
    json!({
        "folder": found.folder.path(), "objective": found.objective(), "policies": worths.collect::<Vec<_>>(),
        "responses": answers.collect::<Vec<_>>(), "game": game, "fresh_replications": found.replications,
    })
}
