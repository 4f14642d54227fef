//! What can go wrong with a call to Okta, in three classes that differ in who can fix it.
//!
//! A fault is data: it is journalled, shown and decided upon. It never contains a body, a header value or a secret.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::cause::Cause;
use super::remedy::Remedy;

/// Who can fix a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Class {
    /// Time fixes it: timeouts, resets, 5xx, 429, unreadable answers, a test that was turned away. Retried by itself.
    Passing,
    /// The connection's credential, role, network or certificate: all of its rotations wait, one banner.
    Connection,
    /// This rotation alone needs attention.
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
    /// The test of a secret was turned away: that says nothing about the secret, nor about the connection, whose
    /// credential that call does not carry.
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
    /// The place changed between the look and the write, which had no effect: a target is looked at again.
    Changed,
    /// A place on this machine cannot be written just now: the disk is full or read-only, or a directory is not there. Nothing
    /// was written.
    NoRoom,
    /// Found by us, not by Okta: the app, its secrets or the clock are not as the next step needs them.
    Precondition,
}

impl Code {
    /// Whether the connection's credential, role or network is what was refused, so that none of its calls go through.
    pub fn of_connection(self) -> bool {
        matches!(self, Self::TokenRefused | Self::NotAllowed)
    }

    /// Whether the call may have taken effect all the same, now or in a while.
    pub fn doubtful(self) -> bool {
        matches!(self, Self::TimedOut | Self::Broken | Self::Unreadable | Self::ServerError)
    }
}

/// What is wrong, and what to do about it. Text from Okta in it is sanitised.
///
/// `crate::words` makes its sentences of theirs, and writes both into JSON: `message` and `hint` beside `cause` and `remedies`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// What happened.
    pub cause: Cause,
    /// What still works, and what to do.
    pub remedies: Vec<Remedy>,
    /// What the commands in it are about.
    pub names: Names,
}

/// The names of what something is about, where they are known.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Names {
    /// The rotation's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rotation: Option<String>,
    /// The connection's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connection: Option<String>,
}

impl Problem {
    /// One for a cause, without remedies, and about nothing that has a name yet.
    pub fn because(cause: impl Into<Cause>) -> Self {
        Self { cause: cause.into(), remedies: Vec::new(), names: Names::default() }
    }

    /// With another remedy after those that it has.
    #[must_use]
    pub fn and(mut self, remedy: impl Into<Remedy>) -> Self {
        self.remedies.push(remedy.into());
        self
    }

    /// With these remedies alone.
    #[must_use]
    pub fn with(mut self, remedies: Vec<Remedy>) -> Self {
        self.remedies = remedies;
        self
    }

    /// In a frontend's own words, where nothing decides by it.
    pub fn said(message: impl Into<String>, hint: impl Into<String>) -> Self {
        let hint = Some(hint.into()).filter(|hint| !hint.is_empty());
        Self::because(Cause::Words(message.into())).with(hint.map(Remedy::Words).into_iter().collect())
    }

    /// About a rotation.
    #[must_use]
    pub fn of_rotation(mut self, name: &impl ToString) -> Self {
        self.names.rotation = Some(name.to_string());
        self
    }

    /// About a connection.
    #[must_use]
    pub fn of_connection(mut self, name: &impl ToString) -> Self {
        self.names.connection = Some(name.to_string());
        self
    }
}

/// A call that failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Fault {
    /// What exactly.
    pub code: Code,
    /// What happened, and what to do about it.
    #[serde(flatten)]
    pub problem: Problem,
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
    pub fn precondition(cause: impl Into<Cause>) -> Self {
        Self::new(Code::Precondition, cause)
    }

    /// A fault with neither status nor ids, without remedies yet.
    pub fn new(code: Code, cause: impl Into<Cause>) -> Self {
        let problem = Problem::because(cause);
        Self { code, problem, http_status: None, okta_code: None, request_id: None, retry_at: None }
    }

    /// With another cause: the remedies stay.
    #[must_use]
    pub fn as_cause<C: Into<Cause>>(mut self, cause: impl FnOnce(Cause) -> C) -> Self {
        self.problem.cause = cause(self.problem.cause).into();
        self
    }

    /// With another remedy after those that it has.
    #[must_use]
    pub fn and(mut self, remedy: impl Into<Remedy>) -> Self {
        self.problem = self.problem.and(remedy);
        self
    }

    /// With this remedy in place of those that it has: the cause stays.
    #[must_use]
    pub fn instead(self, remedy: impl Into<Remedy>) -> Self {
        self.with(vec![remedy.into()])
    }

    /// With these remedies alone: the cause stays.
    #[must_use]
    pub fn with(mut self, remedies: Vec<Remedy>) -> Self {
        self.problem = self.problem.with(remedies);
        self
    }

    /// Who can fix it.
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
            | Code::NoVerdict
            | Code::Changed
            | Code::NoRoom => Class::Passing,
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
