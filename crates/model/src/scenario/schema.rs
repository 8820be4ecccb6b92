//! The JSON Schema of scenario files, for editors; only words that Draft 4 and later drafts share.

use serde_json::{Map, Value, json};

use super::describe::tidy;
use super::parameter::{Kind, Parameter, Scope, TableInfo};
use super::registry::Registry;
use super::sharing::{ANSWER_DAYS, READ_SHARE, REGIME, WARNINGS};

/// The schema of scenario files with these tables.
pub fn json_schema(registry: &Registry) -> Value {
    let mut properties = Map::new();
    properties.insert("schema_version".into(), json!({ "enum": [1], "description": "Version of the file format." }));
    properties.insert("extends".into(), text("Another scenario file that this one builds on."));
    properties.insert("scenario".into(), heading());
    for (scope, name) in
        [(Scope::CountryEntry, "countries"), (Scope::MovementEntry, "movements"), (Scope::LanguageEntry, "languages")]
    {
        properties.insert(name.into(), json!({ "type": "array", "items": entry(registry, scope) }));
    }
    for table in registry.tables().iter().filter(|t| matches!(t.scope, Scope::World | Scope::Country)) {
        properties.insert(table.name.into(), table_schema(table));
    }
    let mut name = Map::new();
    name.insert("name".into(), text("Its name: paths `changes.NAME.PATH` reach its numbers."));
    properties.insert("changes".into(), json!({ "type": "array", "items": stage(&["from", "set"], name) }));
    properties.insert("sharing".into(), sharing());
    properties.insert("policies".into(), json!({ "type": "object", "additionalProperties": policy() }));
    let free = |about: &str| json!({ "type": "object", "description": about });
    properties.insert("held".into(), free("Values held over the whole time, by path; `path!` stands above policies."));
    properties.insert(
        "calibrated".into(),
        free("Calibrated values by path; or `draws`, a file of draws from a posterior, with `replaces_file`."),
    );
    properties.insert("alternatives".into(), alternatives());
    properties.insert("uncertain".into(), uncertain());
    properties.insert("experiment".into(), experiment());
    properties.insert("fit".into(), fit());
    properties.insert("optimize".into(), optimize());
    properties.insert("adversary".into(), adversary());
    json!({
        "$schema": "http://json-schema.org/draft-04/schema#",
        "title": "forestall scenario",
        "type": "object",
        "required": ["schema_version"],
        "additionalProperties": false,
        "properties": properties,
    })
}

fn text(about: &str) -> Value {
    json!({ "type": "string", "description": about })
}

fn date(about: &str) -> Value {
    json!({ "type": "string", "format": "date", "description": about })
}

fn whole(low: u64, high: u64, default: u64, about: &str) -> Value {
    json!({ "type": "integer", "minimum": low, "maximum": high, "default": default, "description": about })
}

fn heading() -> Value {
    json!({
        "type": "object",
        "additionalProperties": false,
        "properties": {
            "name": text("Short name, used in file names."),
            "question": text("The question that the scenario answers."),
            "start": date("First day of the outcomes."),
            "end": date("Last day of the outcomes."),
            "until": date("Stop on this day all the same."),
            "seed": whole(0, super::heading::SEED_LIMIT - 1, 1, "The seed of all draws."),
            "alternative": text("The alternative in force, by name."),
            "replications": whole(1, super::heading::MOST_REPLICATIONS, 200, "Replications of each arm."),
            "warm_up_days": whole(0, 36_525, 0, "Days simulated before the start and not counted."),
        },
    })
}

/// The plain value of a parameter.
fn plain(p: &Parameter) -> Value {
    let (low, high) = p.kind.bounds();
    match p.kind {
        Kind::Switch => json!({ "type": "boolean" }),
        Kind::Choice(words) => json!({ "enum": words }),
        Kind::Count(..) => json!({ "type": "integer", "minimum": low, "maximum": high }),
        Kind::Number(..) | Kind::Share => json!({ "type": "number", "minimum": low, "maximum": high }),
    }
}

/// A default as JSON writes it.
fn default(p: &Parameter) -> Value {
    match p.kind {
        Kind::Switch => json!(p.default != 0.0),
        Kind::Choice(words) => json!(words.get(p.default as usize)),
        Kind::Count(..) => json!(p.default as i64),
        Kind::Number(..) | Kind::Share => json!(p.default),
    }
}

fn parameter(p: &Parameter) -> Value {
    let marked = json!({
        "type": "object",
        "required": ["value"],
        "additionalProperties": false,
        "properties": { "value": plain(p), "evidence": { "type": "string" }, "note": { "type": "string" } },
    });
    let about = format!("{} Unit: {}. Evidence: {}.", tidy(p.meaning), p.unit, p.evidence);
    json!({ "description": about, "default": default(p), "anyOf": [plain(p), marked] })
}

fn parameters(table: &TableInfo) -> Map<String, Value> {
    table.parameters.iter().map(|p| (p.name.to_owned(), parameter(p))).collect()
}

fn table_schema(table: &TableInfo) -> Value {
    json!({
        "type": "object",
        "description": tidy(table.meaning),
        "additionalProperties": false,
        "properties": parameters(table),
    })
}

fn entry(registry: &Registry, scope: Scope) -> Value {
    let mut properties = Map::new();
    properties.insert("code".into(), json!({ "type": "string", "pattern": "^[A-Za-z0-9_-]{1,24}$" }));
    properties.insert("name".into(), text("Name for people."));
    if scope == Scope::CountryEntry {
        let shares =
            json!({ "type": "object", "additionalProperties": { "type": "number", "minimum": 0, "maximum": 1 } });
        let list = json!({ "type": "array", "items": { "type": "string" } });
        properties.insert("languages".into(), json!({ "anyOf": [list, shares] }));
        for table in registry.tables().iter().filter(|t| t.scope == Scope::Country) {
            properties.insert(table.name.into(), table_schema(table));
        }
    }
    if let Some((_, table)) = registry.entry_table(scope) {
        properties.extend(parameters(table));
    }
    json!({ "type": "object", "required": ["code"], "additionalProperties": false, "properties": properties })
}

fn stage(required: &[&str], more: Map<String, Value>) -> Value {
    let set = "Path to value, { times = … } or { add = … }.";
    let mut properties = Map::new();
    properties.insert("from".into(), date("First day in force."));
    properties.insert("until".into(), date("Last day in force."));
    properties.insert("ramp_days".into(), whole(0, 36_525, 0, "Days until the full effect."));
    properties.insert("ramp_step_days".into(), whole(1, 36_525, 7, "Days between the steps of the ramp."));
    properties.insert("note".into(), text("A remark."));
    properties.insert("set".into(), json!({ "type": "object", "minProperties": 1, "description": set }));
    properties.extend(more);
    let mut schema = json!({ "type": "object", "additionalProperties": false, "properties": properties });
    if !required.is_empty() {
        schema["required"] = json!(required);
    }
    schema
}

fn policy() -> Value {
    let mut more = Map::new();
    more.insert("label".into(), text("A short label for charts."));
    more.insert("description".into(), text("The policy in words."));
    more.insert("sharing".into(), sharing());
    more.insert("also".into(), json!({ "type": "array", "items": stage(&["set"], Map::new()) }));
    stage(&[], more)
}

fn sharing() -> Value {
    let group =
        |about: &str| json!({ "type": "array", "minItems": 1, "items": { "type": "string" }, "description": about });
    let value = |p: &Parameter| {
        let mut value = plain(p);
        value["description"] = json!(p.meaning);
        value
    };
    let mut properties = Map::new();
    properties.insert("between".into(), group("All pairs within this group of countries, both directions."));
    properties.insert("owner".into(), group("Whose notices, answers, pooled records and warnings are meant."));
    properties.insert("reader".into(), group("Who may have them."));
    properties.insert("from".into(), date("First day in force."));
    properties.insert("until".into(), date("Last day in force."));
    properties.insert("ramp_days".into(), whole(0, 36_525, 0, "Days until the full effect."));
    properties.insert("ramp_step_days".into(), whole(1, 36_525, 7, "Days between the steps of the ramp."));
    for p in [&REGIME, &READ_SHARE, &ANSWER_DAYS, &WARNINGS] {
        properties.insert(p.name.into(), value(p));
    }
    properties.insert("evidence".into(), text("A row of the evidence table, or a source in words."));
    properties.insert("note".into(), text("A remark."));
    json!({
        "type": "array",
        "description": "What may pass between pairs of countries; pairs not named share as their parameters say.",
        "items": {
            "type": "object",
            "required": ["regime"],
            "additionalProperties": false,
            "properties": properties,
        },
    })
}

fn alternatives() -> Value {
    json!({
        "type": "object",
        "description": "Other defensible rules or values, under which `run --robust` runs the same policies again.",
        "additionalProperties": {
            "type": "object",
            "required": ["set"],
            "additionalProperties": false,
            "properties": {
                "label": text("A short label for tables and charts."),
                "description": text("What it is, in words."),
                "set": { "type": "object", "minProperties": 1, "description": "Path to value, { times = … } or { add = … }." },
            },
        },
    })
}

fn uncertain() -> Value {
    let law = |keys: &[&str]| {
        let properties: Map<String, Value> =
            keys.iter().map(|key| ((*key).to_owned(), json!({ "type": "number" }))).collect();
        json!({ "type": "object", "required": keys, "additionalProperties": false, "properties": properties })
    };
    let mut properties: Map<String, Value> =
        super::extras::DISTRIBUTIONS.iter().map(|(name, keys)| ((*name).to_owned(), law(keys))).collect();
    properties.insert("evidence".into(), json!({ "type": "string" }));
    json!({
        "type": "object",
        "description": "Path to the distribution of a parameter that is not known; paths in quotes.",
        "additionalProperties": { "type": "object", "properties": properties },
    })
}

fn experiment() -> Value {
    json!({
        "type": "object",
        "properties": {
            "event_log_replications": { "type": "array", "items": { "type": "integer", "minimum": 0 } },
            "outcomes": { "type": "array", "items": { "type": "string" } },
        },
    })
}

fn optimize() -> Value {
    let texts = |about: &str| json!({ "type": "array", "items": { "type": "string" }, "description": about });
    json!({
        "type": "object",
        "description": "What `optimize` may set and what it looks for.",
        "additionalProperties": false,
        "properties": {
            "levers": texts("PATH=LOW..HIGH, PATH*=LOW..HIGH (times), PATH+=LOW..HIGH (plus) or PATH=a|b."),
            "budget": json!({ "type": "number", "description": "Most cost a year, in thousand euros." }),
            "objectives": texts("Expressions over result columns, minimised unless `max:` stands in front."),
            "constraints": texts("Limits such as `held_without_plot <= 500`."),
            "from": date("First day in force."),
            "until": date("Last day in force."),
            "ramp_days": whole(0, 36_525, 0, "Days until the full effect."),
            "ramp_step_days": whole(1, 36_525, 7, "Days between the steps of the ramp."),
        },
    })
}

fn adversary() -> Value {
    let texts = |about: &str| json!({ "type": "array", "items": { "type": "string" }, "description": about });
    json!({
        "type": "object",
        "description": "What the other side is free to choose when `respond` lets it do its best against each policy.",
        "additionalProperties": false,
        "properties": {
            "freedom": texts("PATH=LOW..HIGH, PATH*=LOW..HIGH (times), PATH+=LOW..HIGH (plus) or PATH=a|b."),
            "objective": text("A sum of result columns that it wants much of; attacks_completed if not given."),
            "from": date("First day of its choice."),
            "until": date("Last day of its choice."),
        },
    })
}

fn fit() -> Value {
    json!({
        "type": "array",
        "items": {
            "type": "object",
            "required": ["pattern", "outcome", "low", "high"],
            "additionalProperties": false,
            "properties": {
                "pattern": text("The pattern in words."),
                "fact": text("A row of the evidence table."),
                "outcome": text("The outcome to be compared."),
                "low": { "type": "number" },
                "high": { "type": "number" },
                "note": text("A remark."),
            },
        },
    })
}
