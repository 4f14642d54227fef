//! Okta's refusals, and what goes wrong on the way to it, told apart. Both envelopes:
//! `{errorCode, errorSummary, errorCauses}` and `{error, error_description}`.

use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::core::fault::{Code, Fault};
use crate::core::name::OrgUrl;
use crate::text::sanitize;

pub mod token;

/// An error body, in either envelope. A field of another kind than it should be is as good as absent: the others still
/// tell what was refused.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Body {
    #[serde(deserialize_with = "or_nothing")]
    error_code: Option<String>,
    #[serde(deserialize_with = "or_nothing")]
    error_summary: Option<String>,
    #[serde(deserialize_with = "or_nothing")]
    error_causes: Vec<Cause>,
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
struct Cause {
    error_summary: String,
}

/// What a non-2xx answer means.
pub fn fault(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Fault {
    let body: Body = serde_json::from_slice(body).unwrap_or_default();
    let okta_code = body.error_code.or(body.error).map(|code| sanitize(&code, 64));
    let cause = body.error_causes.first().map(|cause| cause.error_summary.clone());
    let said = cause.or(body.error_summary).or(body.error_description).map(|said| sanitize(&said, 300));
    let said = said.filter(|said| !said.is_empty());
    let scope = headers.get("www-authenticate").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let code = code(status, okta_code.as_deref().unwrap_or_default(), said.as_deref().unwrap_or_default(), scope);
    let (what, hint) = words(code, status);
    let message = match (&said, &okta_code) {
        (Some(said), Some(code)) => format!("{what}: {said} ({status_code} {code})", status_code = status.as_u16()),
        (Some(said), None) => format!("{what}: {said} ({})", status.as_u16()),
        (None, Some(code)) => format!("{what} ({} {code})", status.as_u16()),
        (None, None) => format!("{what} ({})", status.as_u16()),
    };
    Fault { http_status: Some(status.as_u16()), okta_code, ..Fault::new(code, message, hint) }
}

/// Decides by status, error code and, for `E0000001`, by the text of the cause: that code alone says nothing.
fn code(status: StatusCode, okta_code: &str, said: &str, www_authenticate: &str) -> Code {
    let said = said.to_ascii_lowercase();
    match (status.as_u16(), okta_code) {
        (300..=399, _) => Code::Redirected,
        (429, _) => Code::RateLimited,
        (500..=599, _) => Code::ServerError,
        (401, "E0000011" | "invalid_token" | "invalid_client") => Code::TokenRefused,
        (403, _) if www_authenticate.contains("insufficient_scope") => Code::NotAllowed,
        (403, "E0000005" | "access_denied" | "insufficient_scope") => Code::NotAllowed,
        (403, "E0000006") => Code::Forbidden,
        (404, _) if said.contains("oauth2clientsecretmediated") => Code::SecretGone,
        (404, "E0000007") => Code::AppGone,
        (400, "E0000001") if said.contains("maximum number of client secrets") => Code::SecretLimit,
        (400, "E0000001") if said.contains("delete an active") => Code::DeleteActive,
        (400, "E0000001") if said.contains("only active") => Code::OnlyActive,
        (400, "E0000001") if said.contains("private_key_jwt") => Code::WrongMethod,
        (400, "E0000001")
            if said.contains("must be at least")
                || said.contains("can't be more than")
                || said.contains("printable ascii") =>
        {
            Code::ValueRefused
        }
        _ => Code::Refused,
    }
}

fn words(code: Code, status: StatusCode) -> (&'static str, &'static str) {
    match code {
        Code::RateLimited => ("Okta's rate limit is used up", "the limit resets by itself, as a rule within a minute"),
        Code::ServerError if status == StatusCode::SERVICE_UNAVAILABLE => {
            ("Okta is not available, or in read-only mode", "see status.okta.com")
        }
        Code::ServerError => ("Okta failed to answer", "see status.okta.com"),
        Code::TokenRefused => (
            "Okta refused the connection's token",
            "issue a new API token at Okta (Security > API > Tokens) and give it with `windlass connection update NAME \
             --token-file FILE`; the secrets issued so far go on working",
        ),
        Code::NotAllowed => (
            "Okta does not let this connection call",
            "check the token's user, its network zone and its role at Okta; the secrets issued so far go on working",
        ),
        Code::Redirected => (
            "the org's address answers with a redirect",
            "give the org's own address, as the browser shows it after signing in, without -admin",
        ),
        Code::Forbidden => (
            "the connection's role may not do this at Okta",
            "give its user a role that may manage this app (okta.apps.manage), then try again",
        ),
        Code::AppGone => ("Okta does not know this app", "check the app id, and that it is this org's"),
        Code::SecretGone => ("Okta does not know this secret any more", "windlass looks at the app's secrets again"),
        Code::SecretLimit => ("the app has two secrets already", "windlass looks at the app's secrets again"),
        Code::DeleteActive => ("Okta deletes no ACTIVE secret", "windlass looks at the app's secrets again"),
        Code::OnlyActive => ("Okta keeps an app's only ACTIVE secret", "the secret goes on working"),
        Code::ValueRefused => ("Okta does not take this secret's value", "windlass draws another one"),
        Code::WrongMethod => (
            "the app authenticates with a key, not with a secret",
            "switch it to client_secret_basic, _post or _jwt, or delete this rotation",
        ),
        _ => ("Okta refused", "look the code up in Okta's documentation, mend the cause, then try again"),
    }
}

/// The transport failed: told apart by whether the request can have reached Okta.
pub fn transport(error: &reqwest::Error, url: &OrgUrl) -> Fault {
    let why = chain(error);
    if why.contains("certificate") || why.contains("UnknownIssuer") || why.contains("NotValidForName") {
        return Fault::new(
            Code::Untrusted,
            format!("the certificate of {} is not trusted: {why}", url.host()),
            "check the host name; where a proxy inspects TLS, name its CA in `ca_file`",
        );
    }
    if error.is_connect() {
        let hint = "check the org URL, this host's DNS and its way out (HTTPS_PROXY)";
        return Fault::new(Code::Unreachable, format!("{} cannot be reached: {why}", url.host()), hint);
    }
    broken(error)
}

/// No answer: whether the call took effect is not known.
pub fn broken(error: &reqwest::Error) -> Fault {
    let hint = "whether the call took effect is not known; windlass looks before it does anything else";
    if error.is_timeout() {
        return Fault::new(Code::TimedOut, "Okta did not answer in time", hint);
    }
    Fault::new(Code::Broken, format!("the connection broke before Okta's answer: {}", chain(error)), hint)
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

#[cfg(test)]
mod table;
