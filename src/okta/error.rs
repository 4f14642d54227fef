//! What Okta's refusals mean. Both envelopes: `{errorCode, errorSummary,
//! errorCauses}` and `{error, error_description}`.

use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::core::cause::{Answer, Answered, Cause};
use crate::core::fault::Fault;
use crate::okta::answers::{self, Refused};
use crate::text::sanitize;

pub mod token;

/// An error body, in either envelope. A field of another kind than it should be is as good as absent: the others still
/// say what was refused.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Body {
    #[serde(deserialize_with = "or_nothing")]
    error_code: Option<String>,
    #[serde(deserialize_with = "or_nothing")]
    error_summary: Option<String>,
    #[serde(deserialize_with = "or_nothing")]
    error_causes: Vec<Summary>,
    #[serde(deserialize_with = "or_nothing")]
    error: Option<String>,
    #[serde(rename = "error_description", deserialize_with = "or_nothing")]
    error_description: Option<String>,
}

fn or_nothing<'de, T: DeserializeOwned + Default, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    Ok(serde_json::from_value(Value::deserialize(deserializer)?).unwrap_or_default())
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Summary {
    error_summary: String,
}

/// What a non-2xx answer means.
pub fn fault(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Fault {
    let body: Body = serde_json::from_slice(body).unwrap_or_default();
    let challenge = headers.get("www-authenticate").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let okta_code = body.error_code.or(body.error).or_else(|| parameter(challenge, "error").map(str::to_owned));
    let okta_code = okta_code.map(|code| sanitize(&code, 64));
    let cause = body.error_causes.first().map(|cause| cause.error_summary.clone());
    // A resource server says why in the challenge (RFC 6750 §3, RFC 9449 §7.1), and often nowhere else.
    let said = cause.or(body.error_summary).or(body.error_description);
    let said = said.or_else(|| parameter(challenge, "error_description").map(str::to_owned));
    let said = said.map(|said| sanitize(&said, 300));
    let scope = parameter(challenge, "scope").map(|scope| sanitize(scope, 100)).unwrap_or_default();
    answers::of_call(&Refused {
        status: status.as_u16(),
        code: okta_code.as_deref().unwrap_or_default(),
        said: said.as_deref().unwrap_or_default(),
        // Okta names a missing scope in the header and not in the body.
        lacks: challenge.contains("insufficient_scope").then_some(scope.as_str()),
        ..Refused::default()
    })
}

/// The same fault of Okta's, distinguished further by whoever made the call.
pub fn answered(fault: Fault, reported_apart: Answer) -> Fault {
    fault.as_cause(|cause| match cause {
        Cause::Okta(answered) => Cause::Okta(Answered { answer: reported_apart, ..answered }),
        cause => cause,
    })
}

/// A quoted parameter of a challenge (RFC 9110 §11.2). The values that matter have no quotes in them.
fn parameter<'a>(challenge: &'a str, name: &str) -> Option<&'a str> {
    let mut rest = challenge;
    while let Some((before, after)) = rest.split_once("=\"") {
        let (value, next) = after.split_once('"')?;
        if before.rsplit([' ', ',']).next() == Some(name) {
            return Some(value).filter(|value| !value.is_empty());
        }
        rest = next;
    }
    None
}
