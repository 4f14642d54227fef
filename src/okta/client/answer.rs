//! What came back: read within bounds, and without the secrets that went out.

use reqwest::header::HeaderMap;
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

use crate::core::cause::NetworkCause;
use crate::core::fault::{Code, Fault};
use crate::core::protocol::call::Record;
use crate::core::remedy::OnMachine;
use crate::okta::error;

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

fn unreadable(cause: NetworkCause) -> Fault {
    Fault::new(Code::Unreadable, cause).and(OnMachine::CheckNoProxyAnswers)
}

/// Reads a body, up to so many bytes.
pub async fn read_body(mut response: reqwest::Response, cap: usize) -> Result<Zeroizing<Vec<u8>>, Fault> {
    // Room from the start, so that growing leaves no copies behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(16 << 10));
    while let Some(chunk) = response.chunk().await.map_err(|error| error::broken(&error))? {
        if bytes.len() + chunk.len() > cap {
            return Err(unreadable(NetworkCause::AnswerTooLarge { most: cap }));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
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

/// Whether a text has a piece of a secret in it: text from outside is cut, so the whole of it need not be there.
fn repeats(text: &str, secret: &str) -> bool {
    const PIECE: usize = 8;
    secret.as_bytes().windows(PIECE).any(|piece| text.as_bytes().windows(PIECE).any(|found| found == piece))
}
