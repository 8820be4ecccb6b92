//! The page: one document that asks nothing but this server.

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;

use super::reply::Refusal;
use super::server::random;

const PAGE: &str = include_str!("page.html");
const STYLE: &str = include_str!("page.css");
const CHARTS: &str = include_str!("charts.js");
const SCRIPT: &str = include_str!("page.js");

/// The document, with a policy that lets nothing run or load but what stands in it.
pub(super) fn page() -> Result<Response, Refusal> {
    let failed = |_| Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, "the system gives no random numbers");
    let nonce = random().map_err(failed)?;
    let text = PAGE
        .replace("{nonce}", &nonce)
        .replace("/* style */", STYLE)
        .replace("/* script */", &format!("{CHARTS}\n{SCRIPT}"));
    let policy = format!(
        "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; connect-src 'self'; img-src data:; \
         base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    );
    let policy = HeaderValue::from_str(&policy)
        .map_err(|_| Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, "the page cannot be served"))?;
    let mut response = Response::new(Body::from(text));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    Ok(response)
}
