//! What calls to servers of every kind have in common: their credentials, what went wrong on the way, and what of an answer may
//! be told.

use std::path::Path;

use reqwest::header::HeaderValue;
use reqwest::{RequestBuilder, Response, StatusCode};
use serde_json::Value;

use crate::core::cause::{Cause, ConnectionCause, NetworkCause, ServerCause, Way};
use crate::core::fault::{Code, Fault};
use crate::core::name::Origin;
use crate::core::remedy::{Automatic, OnMachine, OnServer};
use crate::core::secret::SecretValue;
use crate::file::input::take;
use crate::net::pace::{Turn, retry_after};
use crate::net::{repeats, transport};

/// The longest token of a service account.
const JWT: u64 = 16 << 10;

/// A header that no log shows.
pub fn sensitive(text: &str) -> Result<HeaderValue, Fault> {
    let mut header = HeaderValue::from_str(text).map_err(|_| unusable())?;
    header.set_sensitive(true);
    Ok(header)
}

/// The credential cannot be sent as it is.
pub fn unusable() -> Fault {
    Fault::precondition(ConnectionCause::CredentialUnusable).and(OnMachine::Report)
}

/// The token of a pod's service account. What does not look like one is never sent: whoever may make a connection must not be
/// able to have any other file of ours sent to a server of theirs.
pub async fn read_jwt(path: &Path) -> Result<SecretValue, Fault> {
    let fault = |why: String| {
        let cause = ServerCause::JwtFile { path: path.display().to_string(), why };
        Fault::new(Code::TokenRefused, cause).and(OnServer::FixJwt).and(Automatic::TriesAgain)
    };
    let file = path.to_owned();
    let read = tokio::task::spawn_blocking(move || take(&file, JWT)).await;
    let read = read.map_err(|_| fault("the reader ended early".into()))?.map_err(|unfit| fault(unfit.to_string()))?;
    let text = str::from_utf8(&read.bytes).unwrap_or_default().trim();
    let part = |part: &str| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    };
    if text.starts_with("eyJ") && text.split('.').count() == 3 && text.split('.').all(part) {
        return Ok(SecretValue::new(text));
    }
    Err(fault("it is not a token of a service account (a JWT)".into()))
}

/// What is answered to a call in its turn, which learns from it.
pub async fn sent(turn: &Turn<'_>, request: RequestBuilder, url: &Origin) -> Result<Response, Fault> {
    let response = request.send().await.map_err(|error| transport(&error, url))?;
    if response.status() == StatusCode::TOO_MANY_REQUESTS {
        turn.throttled(retry_after(response.headers()));
    } else {
        turn.answered();
    }
    Ok(response)
}

/// Something else answers there.
pub fn not_understood(host: &str) -> Fault {
    let cause = ServerCause::NotUnderstood { host: host.to_owned() };
    Fault::new(Code::Unreadable, cause).and(OnServer::CheckAddress)
}

/// What a status means that says nothing about what was asked for.
pub fn no_answer(host: &str, status: u16, said: String) -> Fault {
    let known = host.to_owned();
    let fault = match status {
        300..=399 => {
            Fault::new(Code::Redirected, ServerCause::SentElsewhere { host: known }).and(OnServer::GiveActiveAddress)
        }
        404 => not_understood(host),
        429 => Fault::new(Code::RateLimited, ServerCause::Throttled { host: known }).and(Automatic::TriesAgain),
        500..=599 => failing(host, status, said),
        _ => return declined(host, status, said),
    };
    Fault { http_status: Some(status), ..fault }
}

/// It fails: what was asked for may have been done.
pub fn failing(host: &str, status: u16, said: String) -> Fault {
    let cause = ServerCause::Failing { host: host.to_owned(), status, said };
    Fault::new(Code::ServerError, cause).and(Automatic::MayHaveTakenEffect)
}

/// It refuses the call, for a reason that is its own.
pub fn declined(host: &str, status: u16, said: String) -> Fault {
    let cause = ServerCause::Declined { host: host.to_owned(), status, said };
    Fault { http_status: Some(status), ..Fault::new(Code::Refused, cause).and(OnServer::SeeItsLog) }
}

/// What went wrong on the way, of this server.
pub fn of_network(fault: Fault, host: &str) -> Fault {
    let host = host.to_owned();
    match &fault.problem.cause {
        Cause::Network(NetworkCause::TimedOut) => fault.as_cause(|_| ServerCause::NoAnswer { host }),
        Cause::Network(NetworkCause::Broken { why }) => {
            let why = why.clone();
            fault.as_cause(|_| ServerCause::CutOff { host, why })
        }
        // Its CA is the connection's own affair.
        Cause::Network(NetworkCause::Unreached { way: Way::Issuer, .. }) => fault.instead(OnServer::GiveCa),
        Cause::Network(NetworkCause::Unreached { .. }) => fault,
        _ => not_understood(&host),
    }
}

/// Whether a text has a piece of what was sent: of a string of some length in it, as values and credentials are.
pub fn has_of(text: &str, sent: &Value) -> bool {
    match sent {
        Value::String(value) => repeats(text, value),
        Value::Array(values) => values.iter().any(|value| has_of(text, value)),
        Value::Object(values) => values.values().any(|value| has_of(text, value)),
        _ => false,
    }
}
