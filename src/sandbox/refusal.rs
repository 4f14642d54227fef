//! Okta's refusals, in its two envelopes and its own words.

use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// A refusal.
#[derive(Clone, Debug)]
pub struct Refusal {
    status: u16,
    code: &'static str,
    summary: String,
    cause: Option<String>,
    header: Option<(&'static str, String)>,
    envelope: Envelope,
}

#[derive(Clone, Copy, Debug)]
enum Envelope {
    Management,
    OAuth,
}

impl Refusal {
    /// A refusal in the Management API's envelope.
    pub fn management(status: u16, code: &'static str, summary: impl Into<String>) -> Self {
        Self { status, code, summary: summary.into(), cause: None, header: None, envelope: Envelope::Management }
    }

    /// A refusal in the OAuth endpoints' envelope.
    pub fn oauth(status: u16, error: &'static str, description: impl Into<String>) -> Self {
        Self { status, code: error, summary: description.into(), cause: None, header: None, envelope: Envelope::OAuth }
    }

    /// `E0000001`, which only its cause tells apart.
    pub fn validation(what: &str, cause: &str) -> Self {
        let summary = format!("Api validation failed: {what}");
        Self { cause: Some(cause.into()), ..Self::management(400, "E0000001", summary) }
    }

    /// The same with a header of its own.
    pub fn with_header(self, name: &'static str, value: &str) -> Self {
        Self { header: Some((name, value.to_owned())), ..self }
    }

    /// `E0000007`.
    pub fn not_found(id: &str, kind: &str) -> Self {
        Self::management(404, "E0000007", format!("Not found: Resource not found: {id} ({kind})"))
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = match self.envelope {
            Envelope::Management => {
                let causes: Vec<_> = self.cause.iter().map(|cause| json!({ "errorSummary": cause })).collect();
                json!({
                    "errorCode": self.code,
                    "errorSummary": self.summary,
                    "errorLink": self.code,
                    "errorId": format!("oae{}", &uuid::Uuid::new_v4().simple().to_string()[..22]),
                    "errorCauses": causes,
                })
            }
            Envelope::OAuth => json!({ "error": self.code, "error_description": self.summary }),
        };
        let mut response = (status, axum::Json(body)).into_response();
        if self.code == "invalid_client" {
            response.headers_mut().insert("www-authenticate", HeaderValue::from_static("Basic realm=\"okta\""));
        }
        if let Some((name, value)) = self.header
            && let Ok(value) = HeaderValue::from_str(&value)
        {
            response.headers_mut().insert(name, value);
        }
        response
    }
}
