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
    let challenge = headers.get("www-authenticate").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let okta_code = body.error_code.or(body.error).or_else(|| parameter(challenge, "error").map(str::to_owned));
    let okta_code = okta_code.map(|code| sanitize(&code, 64));
    let cause = body.error_causes.first().map(|cause| cause.error_summary.clone());
    // A resource server says why in the challenge (RFC 6750 §3, RFC 9449 §7.1), and often nowhere else.
    let said = cause.or(body.error_summary).or(body.error_description);
    let said = said.or_else(|| parameter(challenge, "error_description").map(str::to_owned));
    let said = said.map(|said| sanitize(&said, 300));
    let said = said.filter(|said| !said.is_empty());
    let code = code(status, okta_code.as_deref().unwrap_or_default(), said.as_deref().unwrap_or_default(), challenge);
    let (what, hint) = words(code, status, okta_code.as_deref().unwrap_or_default());
    let scope = parameter(challenge, "scope").filter(|_| insufficient(challenge)).map(|scope| sanitize(scope, 100));
    let (what, hint) = match scope {
        Some(scope) => (
            format!("the access token lacks the scope {scope}"),
            format!(
                "grant {scope} to the service app at Okta (the app > Okta API Scopes; takes a Super Admin); the secrets \
                 issued so far go on working"
            ),
        ),
        None => (what.to_owned(), hint.to_owned()),
    };
    let message = match (&said, &okta_code) {
        (Some(said), Some(code)) => format!("{what}: {said} ({status_code} {code})", status_code = status.as_u16()),
        (Some(said), None) => format!("{what}: {said} ({})", status.as_u16()),
        (None, Some(code)) => format!("{what} ({} {code})", status.as_u16()),
        (None, None) => format!("{what} ({})", status.as_u16()),
    };
    Fault { http_status: Some(status.as_u16()), okta_code, ..Fault::new(code, message, hint) }
}

/// Okta tells a missing scope in the header and not in the body.
fn insufficient(challenge: &str) -> bool {
    challenge.contains("insufficient_scope")
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

/// Decides by status, error code and, for `E0000001`, by the text of the cause: that code alone says nothing.
fn code(status: StatusCode, okta_code: &str, said: &str, www_authenticate: &str) -> Code {
    let said = said.to_ascii_lowercase();
    match (status.as_u16(), okta_code) {
        (300..=399, _) => Code::Redirected,
        (429, _) => Code::RateLimited,
        (500..=599, _) => Code::ServerError,
        // It is about a feature of the org, whatever the status says.
        (401, "E0000015") => Code::Refused,
        (401, _) => Code::TokenRefused,
        (403, _) if insufficient(www_authenticate) => Code::NotAllowed,
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

fn words(code: Code, status: StatusCode, okta_code: &str) -> (&'static str, &'static str) {
    match code {
        Code::RateLimited => ("Okta's rate limit is used up", "the limit resets by itself, as a rule within a minute"),
        Code::ServerError if okta_code == "E0000010" => (
            "the org is in read-only mode",
            "Okta ends it by itself (status.okta.com); until then secrets can be read, and none can be made or switched",
        ),
        Code::ServerError if status == StatusCode::SERVICE_UNAVAILABLE => {
            ("Okta is not available", "see status.okta.com")
        }
        Code::ServerError => ("Okta failed to answer", "see status.okta.com"),
        Code::TokenRefused => (
            "Okta refused the connection's token",
            "issue a new API token at Okta (Security > API > Tokens) and give it with `windlass connection update NAME \
             --token-file FILE`; the secrets issued so far go on working",
        ),
        Code::NotAllowed if okta_code == "E0000005" => (
            "Okta saw no credential that it can use",
            "check that no proxy takes the Authorization header out, and that the token may be used from this machine's \
             network zone (Security > API > Tokens, Security > Networks); the secrets issued so far go on working",
        ),
        Code::NotAllowed if okta_code == "access_denied" => (
            "Okta lets nobody in from here",
            "add this machine's address to the network zone at Okta (Security > Networks), or lift the zone from the token or \
             app; the secrets issued so far go on working",
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
        _ if okta_code.is_empty() => (
            "an answer that is not Okta's own",
            "check the org URL, and whether a proxy answers in its place; the secrets issued so far go on working",
        ),
        _ => ("Okta refused", "look the code up in Okta's documentation, mend the cause, then try again"),
    }
}

/// The transport failed: told apart by whether the request can have reached Okta.
pub fn transport(error: &reqwest::Error, url: &OrgUrl) -> Fault {
    let why = chain(error);
    let host = url.host();
    if why.contains("certificate") || why.contains("UnknownIssuer") || why.contains("NotValidForName") {
        let hint = if why.contains("not valid for name") || why.contains("NotValidForName") {
            "check the org URL: another host answers there"
        } else if why.contains("expired") || why.contains("not valid yet") {
            "check this machine's clock (NTP); if that is right, whoever answers there has to renew the certificate"
        } else {
            "check the host name; where a proxy inspects TLS, name its CA in `ca_file`"
        };
        return Fault::new(Code::Untrusted, format!("the certificate of {host} is not trusted: {why}"), hint);
    }
    if why.contains("tunnel error") {
        let hint = "check HTTPS_PROXY (http://USER:PASSWORD@PROXY:PORT where it wants a login) and that the proxy lets this \
                    host through; NO_PROXY goes around it";
        return Fault::new(Code::Unreachable, format!("the proxy refuses the way to {host}: {why}"), hint);
    }
    if error.is_connect() {
        let hint = "check the org URL, this host's DNS and its way out (HTTPS_PROXY)";
        return Fault::new(Code::Unreachable, format!("{host} cannot be reached: {why}"), hint);
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
