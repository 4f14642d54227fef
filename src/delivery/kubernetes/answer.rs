//! What a cluster's answers mean.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::HeaderMap;
use reqwest::{Response, StatusCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use zeroize::Zeroizing;

use super::Ask;
use crate::core::cause::ClusterCause;
use crate::core::connection::Kubernetes;
use crate::core::fault::{Code, Fault};
use crate::core::remedy::{Automatic, OnCluster};
use crate::core::secret::SecretValue;
use crate::delivery::call::{declined, has_of, no_answer, not_understood};
use crate::net::{read_body, repeats};
use crate::text::sanitize;

/// The largest answer: a Secret has a megabyte, base64 makes more of it, and who owns which field stands beside it.
const BODY: usize = 8 << 20;

/// An answer.
#[derive(Debug)]
pub struct Said {
    /// Its status.
    pub status: StatusCode,
    /// What it says is wrong; nothing where it repeats what was sent.
    pub why: String,
    /// What of, where it says so: `secrets`, `namespaces`.
    pub what: String,
    /// The reasons, as Kubernetes has them: `Conflict`, `FieldManagerConflict`.
    reasons: Vec<String>,
    /// Its headers.
    pub(super) headers: HeaderMap,
    bytes: Zeroizing<Vec<u8>>,
}

/// How Kubernetes says what is wrong.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Status {
    kind: String,
    message: String,
    reason: String,
    details: Option<Details>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Details {
    kind: String,
    causes: Option<Vec<Reason>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Reason {
    reason: String,
}

impl Said {
    /// Reads one to its end.
    pub async fn read(response: Response, ask: &Ask<'_>, token: Option<&SecretValue>) -> Result<Self, Fault> {
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes = read_body(response, BODY).await?;
        let said: Status =
            serde_json::from_slice(&bytes).ok().filter(|said: &Status| said.kind == "Status").unwrap_or_default();
        let mut why = sanitize(&said.message.split_whitespace().collect::<Vec<_>>().join(" "), 300);
        let sent = ask.body.as_ref().and_then(|body| serde_json::from_slice::<Value>(body).ok());
        if token.is_some_and(|token| repeats(&why, token.expose())) || sent.is_some_and(|sent| tells(&why, &sent)) {
            why.clear();
        }
        let details = said.details.unwrap_or_default();
        let causes = details.causes.into_iter().flatten().map(|it| it.reason);
        let reasons = std::iter::once(said.reason).chain(causes).collect();
        Ok(Self { status, why, what: details.kind, reasons, headers, bytes })
    }

    /// Reads JSON of the expected shape; what serde says of it is kept back, for it can quote the body.
    pub fn json<T: DeserializeOwned>(&self, host: &str) -> Result<T, Fault> {
        serde_json::from_slice(&self.bytes).map_err(|_| not_understood(host))
    }

    /// Whether it gives this reason.
    pub fn is(&self, reason: &str) -> bool {
        self.reasons.iter().any(|it| it == reason)
    }

    /// Whether it says definitely that something of this kind is not there: a 404 of anything in its place does not.
    pub fn lacks(&self, what: &str) -> bool {
        self.status == StatusCode::NOT_FOUND && self.is("NotFound") && self.what == what
    }

    /// An answer that says something about what was asked for, or a fault.
    pub fn checked(self, host: &str) -> Result<Self, Fault> {
        let status = self.status.as_u16();
        let own = !self.reasons.iter().all(String::is_empty);
        let fault = match status {
            200..=299 => return Ok(self),
            // A proxy says such things as well, and means something else.
            404 | 409 | 422 if own => return Ok(self),
            403 if own => Fault::new(Code::Forbidden, ClusterCause::RightMissing { said: self.why })
                .and(OnCluster::BindRole)
                .and(Automatic::TriesAgain),
            // It was deleted since it was looked at, and nothing is made under a version that was.
            500 if self.why.contains("resourceVersion should not be set") => return Ok(self),
            _ => no_answer(host, status, self.why),
        };
        Err(Fault { http_status: Some(status), ..fault })
    }

    /// It refuses the call, for a reason that is its own.
    pub fn declined(&self, host: &str) -> Fault {
        declined(host, self.status.as_u16(), self.why.clone())
    }
}

/// Whether a text has a piece of what was sent in it, be it in the clear.
fn tells(text: &str, sent: &Value) -> bool {
    let values = sent["data"].as_object().into_iter().flatten();
    let clear = |value: &Value| {
        let bytes = STANDARD.decode(value.as_str()?).ok()?;
        String::from_utf8(bytes).ok().map(Zeroizing::new)
    };
    has_of(text, &sent["data"]) || values.filter_map(|(_, value)| clear(value)).any(|value| repeats(text, &value))
}

/// The caller is taken for no one.
pub fn unknown(host: &str, caller: &Kubernetes) -> Fault {
    let cause = ClusterCause::CallerUnknown { host: host.to_owned(), method: caller.method().to_owned() };
    let fault = Fault::new(Code::TokenRefused, cause);
    match caller {
        Kubernetes::Token { .. } => fault.and(OnCluster::GiveOtherToken),
        Kubernetes::ServiceAccount { .. } => fault.and(OnCluster::CheckAccount).and(Automatic::TriesAgain),
        Kubernetes::ClientCertificate { .. } => fault.and(OnCluster::GiveCertificate),
    }
}
