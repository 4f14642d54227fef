//! What can go wrong with a call to Okta, in three classes that differ in who mends it.
//!
//! A fault is data: it is journalled, shown and decided upon. It never contains a body, a header value or a secret.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Who mends a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Class {
    /// Time mends it: timeouts, resets, 5xx, 429, unreadable answers, a test that was turned away. Retried by itself.
    Passing,
    /// The connection's credential, role, network or certificate: all of its rotations wait, one banner.
    Connection,
    /// This rotation alone needs a person.
    Person,
}

/// What exactly was refused. The protocol decides on this, never on texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Code {
    /// No connection could be made: DNS, refused, proxy.
    Unreachable,
    /// The answer did not come in time; whether the call took effect is unknown.
    TimedOut,
    /// The connection broke after the request was sent; whether the call took effect is unknown.
    Broken,
    /// The answer was not what Okta sends: wrong type, too large, not JSON. The call may have taken effect.
    Unreadable,
    /// 5xx. The call may have taken effect.
    ServerError,
    /// 429. The call took no effect.
    RateLimited,
    /// The test of a secret was turned away: that tells neither of the secret, nor of the connection, whose credential that
    /// call does not carry.
    NoVerdict,
    /// 401 `E0000011` or `invalid_token`: the credential is not valid (any more).
    TokenRefused,
    /// 403 `E0000005`, `insufficient_scope`, `access_denied`: this credential may not call from here, or not this.
    NotAllowed,
    /// The server's certificate is not trusted.
    Untrusted,
    /// The org answered with a redirect: the URL is not the org's own.
    Redirected,
    /// 403 `E0000006`: the role lacks permission for this app or action.
    Forbidden,
    /// 404 on the app.
    AppGone,
    /// 404 on a secret.
    SecretGone,
    /// `E0000001`: the app has two secrets already.
    SecretLimit,
    /// `E0000001`: an active secret can't be deleted.
    DeleteActive,
    /// `E0000001`: the only active secret can't be deactivated.
    OnlyActive,
    /// `E0000001`: the value is too short, too long or has characters that Okta refuses.
    ValueRefused,
    /// `E0000001`: the app authenticates with a key, not with a secret.
    WrongMethod,
    /// Any other 4xx.
    Refused,
    /// Found by us, not by Okta: the app, its secrets or the clock are not as the next step needs them.
    Precondition,
}

impl Code {
    /// Whether the call may have taken effect all the same, now or in a while.
    pub fn doubtful(self) -> bool {
        matches!(self, Self::TimedOut | Self::Broken | Self::Unreadable | Self::ServerError)
    }
}

/// A call that failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Fault {
    /// What exactly.
    pub code: Code,
    /// What happened, in a sentence for people. Text from Okta in it is sanitised.
    pub message: String,
    /// What to do about it.
    pub hint: String,
    /// HTTP status, where there was an answer.
    pub http_status: Option<u16>,
    /// Okta's error code, such as `E0000011`.
    pub okta_code: Option<String>,
    /// Okta's request id, to be given to their support.
    pub request_id: Option<String>,
    /// Not before this instant on our clock; from `x-rate-limit-reset` against the answer's own `Date`.
    pub retry_at: Option<DateTime<Utc>>,
}

impl Fault {
    /// A fault that we found ourselves, without a call.
    pub fn precondition(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::new(Code::Precondition, message, hint)
    }

    /// A fault with neither status nor ids.
    pub fn new(code: Code, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            hint: hint.into(),
            http_status: None,
            okta_code: None,
            request_id: None,
            retry_at: None,
        }
    }

    /// Who mends it.
    ///
    /// [`Code::Forbidden`] counts as the rotation's own here; whoever probes the connection and finds it forbidden as
    /// well raises it to [`Class::Connection`].
    pub fn class(&self) -> Class {
        match self.code {
            Code::Unreachable
            | Code::TimedOut
            | Code::Broken
            | Code::Unreadable
            | Code::ServerError
            | Code::RateLimited
            | Code::NoVerdict => Class::Passing,
            Code::TokenRefused | Code::NotAllowed | Code::Untrusted | Code::Redirected => Class::Connection,
            Code::Forbidden
            | Code::AppGone
            | Code::SecretGone
            | Code::SecretLimit
            | Code::DeleteActive
            | Code::OnlyActive
            | Code::ValueRefused
            | Code::WrongMethod
            | Code::Refused
            | Code::Precondition => Class::Person,
        }
    }
}

/// A hint whose commands about a connection or a rotation (`noun`) name this one, so that they can be taken as they stand:
/// "`windlass rotation rotate NAME`" is written where its name is not known.
pub fn naming(hint: &str, noun: &str, name: &str) -> String {
    let command = format!("`windlass {noun} ");
    let mut pieces = hint.split_inclusive(&command);
    let mut named = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (verb, rest) = piece.split_once(' ').unwrap_or((piece, ""));
        match rest.strip_prefix("NAME").filter(|rest| rest.starts_with(['`', ' '])) {
            Some(rest) => named.extend([verb, " ", name, rest]),
            None => named.push_str(piece),
        }
    }
    named
}
