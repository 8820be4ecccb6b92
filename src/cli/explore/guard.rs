//! Who may ask: this machine's own page alone, known by host, origin and token.
//!
//! A page of another site can make a browser send requests to 127.0.0.1, and can make its own name stand for that
//! address (DNS rebinding). Its requests then name another host or another origin, and it does not know the token.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::reply::Refusal;
use super::server::Shared;

/// What every answer tells the browser.
const HEADERS: [(HeaderName, &str); 6] = [
    (header::CACHE_CONTROL, "no-store"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
];

/// Lets a request through, or refuses it.
pub(super) async fn guard(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    let mut response = match admit(&shared, &request) {
        Ok(()) => next.run(request).await,
        Err(refusal) => refusal.into_response(),
    };
    for (name, value) in HEADERS {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

fn admit(shared: &Shared, request: &Request) -> Result<(), Refusal> {
    let forbidden = |reason: String| Refusal::new(StatusCode::FORBIDDEN, reason);
    let hosts = ["127.0.0.1", "localhost"].map(|name| format!("{name}:{}", shared.port()));
    let found = only(request.headers(), &header::HOST)?;
    if !found.is_some_and(|host| hosts.iter().any(|own| own == host)) {
        let found = found.unwrap_or("none");
        return Err(forbidden(format!("the host is `{}`; expected {}", short(found), hosts.join(" or "))));
    }
    if let Some(origin) = only(request.headers(), &header::ORIGIN)?
        && !hosts.iter().any(|own| origin.strip_prefix("http://") == Some(own))
    {
        return Err(forbidden(format!("the request comes from `{}`, not from this page", short(origin))));
    }
    if let Some(site) = only(request.headers(), &HeaderName::from_static("sec-fetch-site"))?
        && !["same-origin", "none"].contains(&site)
    {
        return Err(forbidden(format!(
            "the request comes from a page of another site ({}); put the address itself into the address bar",
            short(site)
        )));
    }
    let token = request.uri().path().trim_start_matches('/').split('/').next().unwrap_or_default();
    if !same(token, shared.token()) {
        return Err(forbidden("the address lacks the token; open the address that `forestall explore` printed".into()));
    }
    Ok(())
}

/// The one value of a header; two contradict each other.
fn only<'r>(headers: &'r HeaderMap, name: &HeaderName) -> Result<Option<&'r str>, Refusal> {
    let mut all = headers.get_all(name).iter();
    let wrong = || Refusal::new(StatusCode::BAD_REQUEST, format!("the header `{name}` is no text, or stands twice"));
    let Some(first) = all.next() else { return Ok(None) };
    if all.next().is_some() {
        return Err(wrong());
    }
    first.to_str().map(Some).map_err(|_| wrong())
}

/// Whether two texts are the same, in a time that does not tell where they differ.
fn same(found: &str, token: &str) -> bool {
    let differences = found.bytes().zip(token.bytes()).fold(0, |all, (a, b)| all | (a ^ b));
    found.len() == token.len() && differences == 0
}

/// The beginning of a text that somebody sent.
fn short(text: &str) -> String {
    text.chars().take(80).collect()
}

#[cfg(test)]
mod tests {
    use super::same;

    #[test]
    fn a_token_is_right_as_a_whole_or_not_at_all() {
        assert!(same("0123abcd", "0123abcd"));
        for wrong in ["", "0123abc", "0123abcde", "0123abce", "1123abcd"] {
            assert!(!same(wrong, "0123abcd"), "{wrong}");
        }
    }
}
