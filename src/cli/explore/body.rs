//! What a page sends: JSON of a bounded size, read into settings and requests.

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{StatusCode, header};
use serde_json::{Map, Value};

use forestall_study::{ExploreSetting, SaveRequest, SweepSetting};

use super::reply::Refusal;

/// Most bytes of a body: some hundred levers with long names.
const MOST: usize = 64 * 1024;

/// The object that a request holds.
pub(super) async fn object(request: Request) -> Result<Map<String, Value>, Refusal> {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or("none");
    if kind.split(';').next().map(str::trim) != Some("application/json") {
        let reason = "the body is not said to be JSON; expected the header `content-type: application/json`";
        return Err(Refusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, reason));
    }
    let length = request.headers().get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    let large =
        || Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, format!("the body is too large; expected at most {MOST} bytes"));
    if length.is_some_and(|length: u64| length > MOST as u64) {
        return Err(large());
    }
    let body: Body = request.into_body();
    let bytes = to_bytes(body, MOST).await.map_err(|_| large())?;
    let wrong = |why: String| Refusal::new(StatusCode::BAD_REQUEST, format!("the body is no JSON object: {why}"));
    match serde_json::from_slice(&bytes) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err(wrong("expected {…}".into())),
        Err(error) => Err(wrong(error.to_string())),
    }
}

fn wrong(key: &str, expected: &str) -> Refusal {
    Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, format!("`{key}` is not as it should be; expected {expected}"))
}

/// Refuses keys that mean nothing here.
fn known(object: &Map<String, Value>, keys: &[&str]) -> Result<(), Refusal> {
    match object.keys().find(|key| !keys.contains(&key.as_str())) {
        Some(key) => {
            let short: String = key.chars().take(80).collect();
            let reason = format!("unknown key `{short}`; expected {}", keys.join(", "));
            Err(Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, reason))
        }
        None => Ok(()),
    }
}

fn text(object: &Map<String, Value>, key: &str) -> Result<Option<String>, Refusal> {
    match object.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(wrong(key, "a text")),
    }
}

fn numbers(object: &Map<String, Value>, key: &str) -> Result<Vec<(String, f64)>, Refusal> {
    let expected = "an object of numbers by path, such as {\"services.analysts\": 40}";
    match object.get(key) {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Object(all)) => {
            let one = |(path, value): (&String, &Value)| Some((path.clone(), value.as_f64()?));
            all.iter().map(one).collect::<Option<_>>().ok_or_else(|| wrong(key, expected))
        }
        Some(_) => Err(wrong(key, expected)),
    }
}

/// A setting of a scenario: `policy` and `levers`.
pub(super) fn setting(object: &Map<String, Value>) -> Result<ExploreSetting, Refusal> {
    known(object, &["policy", "levers"])?;
    Ok(ExploreSetting { policy: text(object, "policy")?, levers: numbers(object, "levers")? })
}

/// A setting with the name under which it is to be saved.
pub(super) fn save(object: &Map<String, Value>) -> Result<SaveRequest, Refusal> {
    known(object, &["name", "label", "description", "policy", "levers"])?;
    let setting = ExploreSetting { policy: text(object, "policy")?, levers: numbers(object, "levers")? };
    Ok(SaveRequest {
        name: text(object, "name")?.ok_or_else(|| wrong("name", "the name of a policy"))?,
        label: text(object, "label")?.unwrap_or_default(),
        description: text(object, "description")?.unwrap_or_default(),
        setting,
    })
}

/// A place in a sweep: `policy`, `near` and `width`.
pub(super) fn look(object: &Map<String, Value>) -> Result<SweepSetting, Refusal> {
    known(object, &["policy", "near", "width"])?;
    let width =
        object.get("width").and_then(Value::as_f64).ok_or_else(|| wrong("width", "a number above 0, at most 1"))?;
    Ok(SweepSetting { policy: text(object, "policy")?, near: numbers(object, "near")?, width })
}
