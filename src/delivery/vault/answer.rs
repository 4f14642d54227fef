//! What Vault's answers mean.

use reqwest::header::HeaderValue;
use reqwest::{Response, StatusCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use zeroize::Zeroizing;

use super::Ask;
use crate::core::cause::ServerCause;
use crate::core::fault::{Code, Fault};
use crate::core::remedy::{Automatic, OnServer};
use crate::delivery::call::{failing, has_of, no_answer, not_understood};
use crate::net::{read_body, repeats};
use crate::text::sanitize;

/// The largest answer: a secret may have a megabyte, and its JSON escapes some of it.
const BODY: usize = 8 << 20;

/// An answer.
#[derive(Debug)]
pub struct Said {
    /// Its status.
    pub status: StatusCode,
    /// What it says is wrong; nothing where it repeats what was sent.
    pub why: String,
    bytes: Zeroizing<Vec<u8>>,
}

/// How Vault says what is wrong.
#[derive(Default, Deserialize)]
struct Errors {
    #[serde(default)]
    errors: Option<Vec<String>>,
}

impl Said {
    /// Reads one to its end.
    pub async fn read(response: Response, ask: &Ask<'_>, token: Option<&HeaderValue>) -> Result<Self, Fault> {
        let status = response.status();
        let bytes = read_body(response, BODY).await?;
        let errors: Errors = serde_json::from_slice(&bytes).unwrap_or_default();
        let lines = errors.errors.unwrap_or_default().join(" ");
        let mut why = sanitize(&lines.split_whitespace().collect::<Vec<_>>().join(" "), 200);
        let sent = ask.body.as_ref().and_then(|body| serde_json::from_slice::<Value>(body).ok());
        let token = token.and_then(|token| token.to_str().ok());
        if token.is_some_and(|token| repeats(&why, token)) || sent.is_some_and(|sent| has_of(&why, &sent)) {
            why.clear();
        }
        Ok(Self { status, why, bytes })
    }

    /// Reads JSON of the expected shape; what serde says of it is kept back, for it can quote the body.
    pub fn json<T: DeserializeOwned>(&self, host: &str) -> Result<T, Fault> {
        serde_json::from_slice(&self.bytes).map_err(|_| not_understood(host))
    }

    /// Whether Vault itself said it: a 404 of anything in its place does not mean that something is not there.
    pub fn is_vaults(&self) -> bool {
        serde_json::from_slice::<Value>(&self.bytes)
            .is_ok_and(|body| body.is_object() && (body.get("errors").is_some() || body.get("data").is_some()))
    }

    /// Whether it is about the namespace.
    pub fn of_namespace(&self) -> bool {
        self.status == StatusCode::NOT_FOUND && self.why.contains("namespace not found")
    }

    /// Whether a write was refused because the version was another one.
    pub fn is_stale(&self) -> bool {
        self.status == StatusCode::BAD_REQUEST && self.why.contains("check-and-set")
    }

    /// Of an answer to `auth/token/lookup-self`: whether the token is valid. A policy may forbid that call to a token that is,
    /// and is said otherwise then.
    pub fn alive(&self) -> bool {
        let said = &self.why;
        self.status != StatusCode::FORBIDDEN || said.starts_with("1 error occurred") && !said.contains("invalid token")
    }

    /// An answer that says something about what was asked for, or a fault.
    pub fn checked(self, host: &str) -> Result<Self, Fault> {
        let status = self.status.as_u16();
        let fault = match status {
            404 if self.of_namespace() => {
                let cause = ServerCause::NoNamespace { host: host.to_owned() };
                Fault::new(Code::NotAllowed, cause).and(OnServer::CheckNamespace)
            }
            200..=299 | 400 | 404 | 405 => return Ok(self),
            // Nothing was done: else a write would count as one that may still arrive.
            501 | 503 if self.why.to_lowercase().contains("seal") => sealed(host),
            412 => failing(host, status, self.why),
            _ => no_answer(host, status, self.why),
        };
        Err(Fault { http_status: Some(status), ..fault })
    }
}

/// It is sealed: nothing was done.
pub fn sealed(host: &str) -> Fault {
    let cause = ServerCause::Sealed { host: host.to_owned() };
    Fault::new(Code::Unreachable, cause).and(OnServer::Unseal).and(Automatic::TriesAgain)
}

/// The token is valid and may not do it.
pub fn denied(ask: &Ask<'_>) -> Fault {
    let path = ask.path.split('?').next().unwrap_or_default().to_owned();
    let grant = OnServer::Grant { path: path.clone(), capabilities: ask.needs.to_owned() };
    let fault = Fault::new(Code::Forbidden, ServerCause::Denied { path }).and(grant).and(Automatic::TriesAgain);
    Fault { http_status: Some(403), ..fault }
}
