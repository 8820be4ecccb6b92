//! Answers of the server: JSON, and refusals with their reason as JSON.

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use forestall_study::ExploreError;

/// Why a request is refused.
#[derive(Debug)]
pub(super) struct Refusal {
    status: StatusCode,
    reason: String,
}

impl Refusal {
    /// A refusal with this status.
    pub(super) fn new(status: StatusCode, reason: impl Into<String>) -> Self {
        Self { status, reason: reason.into() }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let value = json!({"error": {"status": self.status.as_u16(), "reason": self.reason}});
        let mut response = json_response(&value);
        *response.status_mut() = self.status;
        response
    }
}

impl From<ExploreError> for Refusal {
    fn from(error: ExploreError) -> Self {
        let status = if error.is_conflict() {
            StatusCode::CONFLICT
        } else if error.is_request() {
            StatusCode::UNPROCESSABLE_ENTITY
        } else {
            StatusCode::INTERNAL_SERVER_ERROR
        };
        Self::new(status, error.to_string())
    }
}

/// JSON as an answer.
pub(super) fn json_response(value: &Value) -> Response {
    let mut response = Response::new(Body::from(value.to_string()));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}
