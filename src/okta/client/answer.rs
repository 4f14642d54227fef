//! What came back, without the secrets that went out.

use reqwest::header::HeaderMap;
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

use crate::core::cause::NetworkCause;
use crate::core::fault::Fault;
use crate::core::protocol::call::Record;
use crate::net::{repeats, unreadable};

/// A 2xx answer.
pub struct Body {
    pub headers: HeaderMap,
    pub status: u16,
    pub request_id: Option<String>,
    pub bytes: Zeroizing<Vec<u8>>,
}

impl Body {
    /// Reads JSON of the expected shape; what serde says of it is kept back, for it can quote the body.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Fault> {
        serde_json::from_slice(&self.bytes).map_err(|error| {
            self.fault(unreadable(NetworkCause::AnswerUnreadable { line: error.line(), column: error.column() }))
        })
    }

    /// Takes an answer for one that has nothing to say, which a page that answers in Okta's place always has.
    pub fn empty(&self) -> Result<(), Fault> {
        if self.bytes.is_empty() { Ok(()) } else { Err(self.fault(unreadable(NetworkCause::AnswerNotEmpty))) }
    }

    /// A good answer that makes no sense here; what it says is not read.
    pub fn odd(&self, what: &str) -> Fault {
        self.fault(unreadable(NetworkCause::AnswerOdd(what.to_owned())))
    }

    fn fault(&self, fault: Fault) -> Fault {
        Fault { http_status: Some(self.status), request_id: self.request_id.clone(), ..fault }
    }
}

/// Removes a secret that was sent from what is kept of its answer: Okta repeats none, but whoever answers in its place
/// may.
pub fn conceal(record: &mut Record, fault: Option<&mut Fault>, secret: &str) {
    let shown = |text: &mut String| repeats(text, secret);
    record.request_id.take_if(shown);
    if let Some(fault) = fault {
        fault.okta_code.take_if(shown);
        fault.request_id.take_if(shown);
        if shown(&mut fault.problem.what().to_string()) {
            fault.problem.cause = NetworkCause::AnswerRepeatsSecret.into();
        }
    }
}
