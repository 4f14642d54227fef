//! What the answers of AWS mean. Its word for what is wrong decides, and not the status.

use reqwest::{Response, StatusCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

use crate::core::cause::{AwsCause, ServerCause};
use crate::core::fault::{Code, Fault};
use crate::core::remedy::{AtAws, Automatic, OnMachine};
use crate::core::secret::SecretValue;
use crate::delivery::call::{no_answer, not_understood};
use crate::net::{read_body, repeats};
use crate::text::sanitize;

/// The largest answer: a secret has 64 KiB, of which JSON escapes some; ten parameters have 80 KiB.
const BODY: usize = 1 << 20;

/// Its words for too many calls.
const THROTTLED: &[&str] = &[
    "Throttling",
    "ThrottlingException",
    "ThrottledException",
    "RequestThrottled",
    "RequestThrottledException",
    "TooManyRequestsException",
    "TooManyUpdates",
    "RequestLimitExceeded",
    "SlowDown",
];

/// An answer.
#[derive(Debug)]
pub struct Said {
    /// Its status.
    pub status: StatusCode,
    /// AWS's word for what is wrong, without what stands before a `#`; empty where it is a good one.
    pub word: String,
    /// What it says is wrong.
    pub why: String,
    bytes: Zeroizing<Vec<u8>>,
}

/// How services that speak JSON say what is wrong.
#[derive(Default, Deserialize)]
struct Wrong {
    #[serde(rename = "__type", default)]
    kind: String,
    #[serde(default, alias = "Message")]
    message: Option<String>,
}

impl Said {
    /// Reads one to its end. What repeats a piece of what is `unseen` is not kept.
    pub async fn read(response: Response, unseen: &[&SecretValue]) -> Result<Self, Fault> {
        let status = response.status();
        let kind = response.headers().get("x-amzn-errortype").and_then(|kind| kind.to_str().ok()).map(str::to_owned);
        let bytes = read_body(response, BODY).await?;
        let mut said = Self { status, word: String::new(), why: String::new(), bytes };
        if status.is_success() {
            return Ok(said);
        }
        let Wrong { kind: named, message } = serde_json::from_slice(&said.bytes).unwrap_or_default();
        let text = str::from_utf8(&said.bytes).unwrap_or_default();
        // STS answers in XML.
        let word = Some(named).filter(|it| !it.is_empty()).or(kind).or_else(|| element(text, "Code"));
        let word = word.unwrap_or_default();
        // `com.amazon.coral.service#AccessDeniedException`, `AccessDeniedException:http://…`
        let word = word.rsplit('#').next().unwrap_or_default().split(':').next().unwrap_or_default();
        said.word = sanitize(word, 80);
        let why = message.or_else(|| element(text, "Message")).unwrap_or_default();
        let why = sanitize(&why.split_whitespace().collect::<Vec<_>>().join(" "), 300);
        if !unseen.iter().any(|unseen| repeats(&why, unseen.expose())) {
            said.why = why;
        }
        Ok(said)
    }

    /// Reads JSON of the expected shape; what serde says of it is kept back, for it can quote the body.
    pub fn json<T: DeserializeOwned>(&self, host: &str) -> Result<T, Fault> {
        serde_json::from_slice(&self.bytes).map_err(|_| not_understood(host))
    }

    /// The text of an element of XML; of several with that name the first.
    pub fn element(&self, name: &str) -> Option<String> {
        element(str::from_utf8(&self.bytes).ok()?, name)
    }

    /// Whether this is AWS's word for what is wrong.
    pub fn is(&self, words: &[&str]) -> bool {
        words.contains(&self.word.as_str())
    }

    /// Whether temporary credentials have ended, so that others may have to be had.
    pub fn ended(&self) -> bool {
        self.is(&["ExpiredToken", "ExpiredTokenException"])
    }

    /// Whether it was refused for the number of calls.
    pub fn throttled(&self) -> bool {
        self.status == StatusCode::TOO_MANY_REQUESTS || self.is(THROTTLED)
    }

    /// An answer that says something about what was asked for, or a fault of what all calls have.
    pub fn checked(self, host: &str, action: &str) -> Result<Self, Fault> {
        let said = self.why.clone();
        let off = said.contains("ignature expired") || said.contains("ignature not yet current");
        let status = self.status.as_u16();
        let fault = match self.word.as_str() {
            _ if self.status.is_success() => return Ok(self),
            "RequestTimeTooSkewed" | "RequestExpired" => clock_off(host.to_owned(), said),
            "InvalidSignatureException" | "SignatureDoesNotMatch" if off => clock_off(host.to_owned(), said),
            "UnrecognizedClientException"
            | "InvalidClientTokenId"
            | "InvalidAccessKeyId"
            | "InvalidSignatureException"
            | "SignatureDoesNotMatch"
            | "IncompleteSignature"
            | "IncompleteSignatureException"
            | "MissingAuthenticationToken"
            | "MissingAuthenticationTokenException"
            | "AuthFailure"
            | "OptInRequired"
            | "ExpiredToken"
            | "ExpiredTokenException" => not_valid(host.to_owned(), said),
            "AccessDenied" | "AccessDeniedException" | "UnauthorizedOperation" => denied(action, said),
            _ if self.throttled() => no_answer(host, 429, said),
            _ if status >= 500 || (300..400).contains(&status) => no_answer(host, status, said),
            "" => not_understood(host),
            _ => return Ok(self),
        };
        Err(Fault { http_status: Some(status), ..fault })
    }

    /// A refusal that nothing else is known of.
    pub fn declined(&self, host: &str) -> Fault {
        let status = self.status.as_u16();
        let said = [self.word.as_str(), self.why.as_str()].into_iter().filter(|text| !text.is_empty());
        let said = said.collect::<Vec<_>>().join(": ");
        let cause = ServerCause::Declined { host: host.to_owned(), status, said };
        Fault { http_status: Some(status), ..Fault::new(Code::Refused, cause).and(Automatic::TriesAgain) }
    }
}

/// The text of the first element of this name, which has no element in it.
fn element(text: &str, name: &str) -> Option<String> {
    let (_, after) = text.split_once(&format!("<{name}>"))?;
    let (inner, _) = after.split_once(&format!("</{name}>"))?;
    // The ampersand last: what comes of it is text.
    let named = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&amp;", "&")];
    Some(named.iter().fold(inner.trim().to_owned(), |text, (name, sign)| text.replace(name, sign)))
}

fn clock_off(host: String, said: String) -> Fault {
    Fault::new(Code::NotAllowed, AwsCause::SignedAtOtherTime { host, said }).and(OnMachine::SetClock)
}

fn not_valid(host: String, said: String) -> Fault {
    Fault::new(Code::TokenRefused, AwsCause::KeyNotValid { host, said }).and(AtAws::GiveAccessKey)
}

/// The credentials are valid and may not do it: this target alone is held up.
fn denied(action: &str, said: String) -> Fault {
    let action = action.to_owned();
    let remedy = if said.to_lowercase().contains("kms") {
        AtAws::AllowKms
    } else {
        AtAws::AllowAction { action: action.clone() }
    };
    Fault::new(Code::Forbidden, AwsCause::ActionDenied { action, said }).and(remedy).and(Automatic::TriesAgain)
}
