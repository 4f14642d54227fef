//! Why a request was not done: what happened, what still works, and what to do next.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

pub use crate::core::cause::FieldFault;
use crate::core::cause::{Cause, RequestCause, StoreCause, Which};
use crate::core::fault::{Class, Code, Fault, Problem};
use crate::core::protocol::plan::Plan;
use crate::core::remedy::{Automatic, InRequest, OnMachine, Remedy};
use crate::store::StoreError;

/// The kinds of refusal. Each has one exit status and one HTTP status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Refused by verification, or a fault of our own.
    Failed,
    /// A value breaks its rule.
    Invalid,
    /// A name or an app that is not there.
    Unknown,
    /// In conflict with what is there, or a precondition does not hold. Nothing was changed.
    Conflict,
    /// Someone has to agree to the plan that comes with it. Nothing was changed.
    NeedsConsent,
    /// Okta said 401 or 403, or this user may not.
    Refused,
    /// Unreachable, timed out, 429, or the engine is busy: try again.
    Unavailable,
    /// The store is damaged, quarantined or sealed with another key.
    Store,
    /// Interrupted by a signal.
    Interrupted,
}

impl Kind {
    /// The exit status of a command that ends in this.
    pub fn exit_status(self) -> u8 {
        match self {
            Self::Failed => 1,
            Self::Invalid => 2,
            Self::Unknown => 3,
            Self::Conflict | Self::NeedsConsent => 4,
            Self::Refused => 5,
            Self::Unavailable => 6,
            Self::Store => 7,
            Self::Interrupted => 130,
        }
    }

    /// The word for it, as in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::Invalid => "invalid",
            Self::Unknown => "unknown",
            Self::Conflict => "conflict",
            Self::NeedsConsent => "needs-consent",
            Self::Refused => "refused",
            Self::Unavailable => "unavailable",
            Self::Store => "store",
            Self::Interrupted => "interrupted",
        }
    }

    /// The HTTP status of an answer that says this.
    pub fn http_status(self) -> u16 {
        match self {
            Self::Failed => 500,
            Self::Invalid => 400,
            Self::Unknown => 404,
            Self::Conflict | Self::NeedsConsent => 409,
            Self::Refused => 403,
            Self::Unavailable | Self::Interrupted => 503,
            Self::Store => 507,
        }
    }
}

/// A request that was not done. In the API: `{"statusCode","error","message","hint",…}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Refusal {
    /// HTTP status.
    pub status_code: u16,
    /// Which kind.
    pub error: Kind,
    /// What exactly, for programs: the cause's name, or the kind's where the cause has none.
    #[serde(default)]
    pub code: String,
    /// What happened, what still works and what to do next.
    #[serde(flatten)]
    pub problem: Problem,
    /// Okta's error code, where Okta said no.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub okta_error_code: Option<String>,
    /// Okta's request id, to be given to their support.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub okta_request_id: Option<String>,
    /// Every field that breaks a rule, where that is the reason.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<FieldFault>,
    /// What would be done, where someone has to agree to it first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<Box<Plan>>,
    /// The folder that would do instead, where the names of a new rotation are taken in the one that was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub free_path: Option<String>,
}

impl Refusal {
    /// In a frontend's own words: what happened, and what to do. The engine says both as data.
    pub fn new(kind: Kind, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::of(kind, Problem::said(message, hint))
    }

    /// A refusal for a cause, without remedies yet.
    pub fn because(kind: Kind, cause: impl Into<Cause>) -> Self {
        Self::of(kind, Problem::because(cause))
    }

    /// A refusal for a problem.
    pub fn of(kind: Kind, problem: Problem) -> Self {
        let code = match &problem.cause {
            Cause::Words(_) | Cause::Written(_) => kind.word().to_owned(),
            cause => cause.code(),
        };
        Self {
            status_code: kind.http_status(),
            error: kind,
            code,
            problem,
            okta_error_code: None,
            okta_request_id: None,
            fields: Vec::new(),
            plan: None,
            free_path: None,
        }
    }

    /// All fields that break a rule, at once.
    pub fn invalid(fields: Vec<FieldFault>) -> Self {
        let cause = RequestCause::Invalid(fields.clone());
        let refusal = Self { fields, ..Self::because(Kind::Invalid, cause) };
        refusal.and(Automatic::NothingChanged).and(InRequest::CorrectValues)
    }

    /// A plan that has to be agreed to first. Nothing was changed.
    pub fn asks(cause: impl Into<Cause>, plan: Plan) -> Self {
        let refusal = Self { plan: Some(Box::new(plan)), ..Self::because(Kind::NeedsConsent, cause) };
        refusal.and(Automatic::NothingChanged)
    }

    /// It would change something, and this session, or the `engine`, was started with `--read-only`.
    pub fn read_only(engine: bool) -> Self {
        let refusal = Self::because(Kind::Refused, RequestCause::ReadOnly { engine });
        refusal.and(Automatic::NothingChanged).and(InRequest::WithoutReadOnly { engine })
    }

    /// It does not say, or not clearly, what is to be done with a secret.
    pub fn undecided(which: Which) -> Self {
        let refusal = Self::because(Kind::Invalid, RequestCause::Undecided(which));
        refusal.and(InRequest::ChooseOne(which)).and(Automatic::NothingChanged)
    }

    /// An instant has passed that has to be in the future.
    pub fn in_past(at: DateTime<Utc>, otherwise: InRequest) -> Self {
        Self::because(Kind::Invalid, RequestCause::InPast { at }).and(otherwise).and(Automatic::NothingChanged)
    }

    /// With another remedy after those that it has.
    #[must_use]
    pub fn and(mut self, remedy: impl Into<Remedy>) -> Self {
        self.problem.remedies.push(remedy.into());
        self
    }

    /// With the name of the rotation that it is about.
    #[must_use]
    pub fn of_rotation(mut self, name: &impl ToString) -> Self {
        self.problem = self.problem.of_rotation(name);
        self
    }

    /// With the name of the connection that it is about.
    #[must_use]
    pub fn of_connection(mut self, name: &impl ToString) -> Self {
        self.problem = self.problem.of_connection(name);
        self
    }

    /// With what to do in a frontend's own words.
    #[must_use]
    pub fn hinting(mut self, hint: impl Into<String>) -> Self {
        self.problem.remedies = vec![Remedy::Words(hint.into())];
        self
    }

    /// With another cause: the remedies stay.
    #[must_use]
    pub fn as_cause<C: Into<Cause>>(mut self, cause: impl FnOnce(Cause) -> C) -> Self {
        self.problem.cause = cause(self.problem.cause).into();
        self
    }

    /// With the fault's ids, as the end of a request that changed nothing and that is not continued.
    pub fn from_fault(fault: &Fault) -> Self {
        let mut refusal = Self::held_by(fault);
        if matches!(fault.code, Code::TimedOut | Code::Broken) {
            // Only reads end like this; the fault's own remedy is about a change that may have gone through.
            refusal.problem.remedies = vec![OnMachine::SeeStatusPageAndProxy.into()];
        }
        if fault.class() == Class::Passing { refusal.and(OnMachine::ThenTryAgain) } else { refusal }
    }

    /// With the fault's ids, where something waits for the fault to pass.
    pub fn held_by(fault: &Fault) -> Self {
        let kind = match (fault.class(), fault.code) {
            (Class::Passing, _) | (_, Code::Untrusted | Code::Redirected) => Kind::Unavailable,
            (Class::Connection, _) | (_, Code::Forbidden) => Kind::Refused,
            _ if fault.http_status == Some(401) => Kind::Refused,
            (_, Code::AppGone) => Kind::Unknown,
            (Class::Person, _) => Kind::Conflict,
        };
        let mut refusal = Self::of(kind, fault.problem.clone());
        refusal.okta_error_code.clone_from(&fault.okta_code);
        refusal.okta_request_id.clone_from(&fault.request_id);
        refusal
    }
}

impl std::error::Error for Refusal {}

/// What the store cannot do, and what to do about it, in its words.
impl From<&StoreError> for Problem {
    fn from(error: &StoreError) -> Self {
        let cause = match error {
            StoreError::Busy { .. } => StoreCause::StoreBusy,
            StoreError::KeyMissing { .. } => StoreCause::KeyMissing,
            StoreError::ForeignKey { .. } => StoreCause::ForeignKey,
            StoreError::BadKey { .. } => StoreCause::BadKey,
            StoreError::Vanished { .. } => StoreCause::StoreVanished,
            StoreError::Moved { .. } => StoreCause::StoreMoved,
            StoreError::Unsafe { .. } => StoreCause::FileUnsafe,
            StoreError::Newer { .. } => StoreCause::StoreNewer,
            StoreError::Damaged(_) | StoreError::Mixed { .. } => StoreCause::StoreDamaged,
            StoreError::Full => StoreCause::DiskFull,
            StoreError::ReadOnly => StoreCause::DiskReadOnly,
            StoreError::NotPermitted { .. } => StoreCause::StoreNotPermitted,
            StoreError::Io { .. } => StoreCause::DiskFails,
            StoreError::TooLarge(_) => StoreCause::RecordTooLarge,
        };
        Self::because(cause(error.to_string())).and(OnMachine::Fix(error.hint()))
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        let kind = match &error {
            StoreError::Busy { .. } => Kind::Unavailable,
            StoreError::NotPermitted { .. } => Kind::Refused,
            _ => Kind::Store,
        };
        Self::of(kind, Problem::from(&error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::cause::NetworkCause;

    #[test]
    fn a_request_that_no_one_continues_with_is_to_be_tried_again_by_whoever_made_it() {
        let fault = Fault::new(Code::TimedOut, NetworkCause::TimedOut).and(Automatic::MayHaveTakenEffect);
        let ended = Refusal::from_fault(&fault);
        assert_eq!(ended.error.exit_status(), 6);
        assert!(ended.hint().contains("try again") && !ended.hint().contains("took effect"), "{}", ended.hint());
        assert!(!Refusal::held_by(&fault).hint().contains("try again"), "what waits continues automatically");
    }
}
