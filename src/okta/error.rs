//! Okta's refusals, and what goes wrong on the way to it, distinguished. Both envelopes:
//! `{errorCode, errorSummary, errorCauses}` and `{error, error_description}`.

use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::core::cause::{Answer, Cause, Way};
use crate::core::fault::{Code, Fault};
use crate::core::name::OrgUrl;
use crate::core::remedy::Remedy;
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
    let said = said.filter(|said| !said.is_empty());
    let code = code(status, okta_code.as_deref().unwrap_or_default(), said.as_deref().unwrap_or_default(), challenge);
    let scope = parameter(challenge, "scope").filter(|_| insufficient(challenge)).map(|scope| sanitize(scope, 100));
    let (answer, mut remedies) = match scope {
        Some(scope) => {
            let grant = Remedy::GrantScope { scope: scope.clone(), client_id: None };
            (Answer::ScopeMissing { scope }, vec![grant])
        }
        None => answer(code, status, okta_code.as_deref().unwrap_or_default()),
    };
    if code.of_connection() || answer == Answer::NotOktas {
        remedies.push(Remedy::SecretsWork);
    }
    let cause = Cause::Okta { answer, status: status.as_u16(), code: okta_code.clone(), said };
    Fault { http_status: Some(status.as_u16()), okta_code, ..Fault::new(code, cause, remedies) }
}

/// The same fault of Okta's, distinguished further by whoever made the call.
pub fn answered(fault: Fault, reported_apart: Answer) -> Fault {
    fault.as_cause(|cause| match cause {
        Cause::Okta { status, code, said, .. } => Cause::Okta { answer: reported_apart, status, code, said },
        cause => cause,
    })
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

/// What is said of an answer, and what to do.
fn answer(code: Code, status: StatusCode, okta_code: &str) -> (Answer, Vec<Remedy>) {
    let (answer, remedy) = match code {
        Code::RateLimited => (Answer::RateLimited, Remedy::LimitResets),
        Code::ServerError if okta_code == "E0000010" => (Answer::ReadOnlyOrg, Remedy::ReadOnlyEnds),
        Code::ServerError if status == StatusCode::SERVICE_UNAVAILABLE => (Answer::NotAvailable, Remedy::SeeStatusPage),
        Code::ServerError => (Answer::ServerError, Remedy::SeeStatusPage),
        Code::TokenRefused => (Answer::TokenRefused, Remedy::GiveToken { known: true }),
        Code::NotAllowed if okta_code == "E0000005" => (Answer::NoCredential, Remedy::CheckAuthorizationHeader),
        Code::NotAllowed if okta_code == "access_denied" => (Answer::OutsideNetwork, Remedy::AllowAddress),
        Code::NotAllowed => (Answer::NotAllowed, Remedy::CheckTokenUser),
        Code::Redirected => (Answer::Redirected, Remedy::GiveOrgAddress),
        Code::Forbidden => (Answer::Forbidden, Remedy::GiveRole),
        Code::AppGone => (Answer::AppUnknown, Remedy::CheckAppId),
        Code::SecretGone => (Answer::SecretUnknown, Remedy::LooksAgain),
        Code::SecretLimit => (Answer::SecretLimit, Remedy::LooksAgain),
        Code::DeleteActive => (Answer::DeleteActive, Remedy::LooksAgain),
        Code::OnlyActive => (Answer::OnlyActive, Remedy::SecretWorks),
        Code::ValueRefused => (Answer::ValueRefused, Remedy::DrawsAnother),
        Code::WrongMethod => (Answer::AuthenticatesByKey, Remedy::SwitchMethod),
        _ if okta_code.is_empty() => (Answer::NotOktas, Remedy::CheckOrgUrlAndProxy),
        _ => (Answer::Refused, Remedy::LookUpCode),
    };
    (answer, vec![remedy])
}

/// The transport failed: distinguished by whether the request can have reached Okta.
pub fn transport(error: &reqwest::Error, url: &OrgUrl) -> Fault {
    let why = chain(error);
    let host = url.host();
    let unreached = |code: Code, way: Way, remedy: Remedy| {
        let cause = Cause::Unreached { way, host: host.to_owned(), why: why.clone(), issuer: None };
        Fault::new(code, cause, [remedy])
    };
    if why.contains("certificate") || why.contains("UnknownIssuer") || why.contains("NotValidForName") {
        let (way, remedy) = if why.contains("not valid for name") || why.contains("NotValidForName") {
            (Way::OtherName, Remedy::CheckOrgUrl)
        } else if why.contains("expired") || why.contains("not valid yet") {
            (Way::Expired, Remedy::CheckClockOrCertificate)
        } else {
            (Way::Issuer, Remedy::NameCa)
        };
        return unreached(Code::Untrusted, way, remedy);
    }
    if why.contains("tunnel error") {
        return unreached(Code::Unreachable, Way::Proxy, Remedy::CheckProxy);
    }
    if error.is_connect() {
        return unreached(Code::Unreachable, Way::Connect, Remedy::CheckWayOut);
    }
    broken(error)
}

/// No answer: whether the call took effect is not known.
pub fn broken(error: &reqwest::Error) -> Fault {
    let (code, cause) = if error.is_timeout() {
        (Code::TimedOut, Cause::TimedOut)
    } else {
        (Code::Broken, Cause::Broken { why: chain(error) })
    };
    Fault::new(code, cause, [Remedy::MayHaveTakenEffect])
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
mod tests;
