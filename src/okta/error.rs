//! What Okta's refusals mean, and what goes wrong on the way to it. Both envelopes: `{errorCode, errorSummary,
//! errorCauses}` and `{error, error_description}`.

use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::core::cause::{Answer, Answered, Cause, NetworkCause, Way};
use crate::core::fault::{Code, Fault};
use crate::core::name::OrgUrl;
use crate::core::remedy::{Automatic, OnConnection, OnMachine, Remedy};
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

/// The transport failed: distinguished by whether the request can have reached Okta.
pub fn transport(error: &reqwest::Error, url: &OrgUrl) -> Fault {
    let why = chain(error);
    let host = url.host();
    let unreached = |code: Code, way: Way, remedy: Remedy| {
        let cause = NetworkCause::Unreached { way, host: host.to_owned(), why: why.clone(), issuer: None };
        Fault::new(code, cause).and(remedy)
    };
    if why.contains("certificate") || why.contains("UnknownIssuer") || why.contains("NotValidForName") {
        let (way, remedy) = if why.contains("not valid for name") || why.contains("NotValidForName") {
            (Way::OtherName, OnConnection::CheckOrgUrl.into())
        } else if why.contains("expired") || why.contains("not valid yet") {
            (Way::Expired, OnMachine::CheckClockOrCertificate.into())
        } else {
            (Way::Issuer, OnMachine::NameCa.into())
        };
        return unreached(Code::Untrusted, way, remedy);
    }
    if why.contains("tunnel error") {
        return unreached(Code::Unreachable, Way::Proxy, OnMachine::CheckProxy.into());
    }
    if error.is_connect() {
        return unreached(Code::Unreachable, Way::Connect, OnMachine::CheckWayOut.into());
    }
    broken(error)
}

/// No answer: whether the call took effect is not known.
pub fn broken(error: &reqwest::Error) -> Fault {
    let (code, cause) = if error.is_timeout() {
        (Code::TimedOut, NetworkCause::TimedOut)
    } else {
        (Code::Broken, NetworkCause::Broken { why: chain(error) })
    };
    Fault::new(code, cause).and(Automatic::MayHaveTakenEffect)
}

/// An error and its causes. reqwest's own text carries the URL, which holds no secret; it is left out as noise.
pub fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut cause = error.source();
    let mut last = error.to_string();
    while let Some(inner) = cause {
        last = inner.to_string();
        cause = inner.source();
    }
    sanitize(&last, 200)
}
