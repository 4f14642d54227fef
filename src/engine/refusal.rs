//! Why a request was not done: what happened, what still works, and what to do next.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::core::fault::{Class, Code, Fault};
use crate::core::protocol::plan::Plan;
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
    /// Somebody has to agree to the plan that comes with it. Nothing was changed.
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
    /// What happened.
    pub message: String,
    /// What still works, and what to do next.
    pub hint: String,
    /// Okta's error code, where Okta said no.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub okta_error_code: Option<String>,
    /// Okta's request id, to be given to their support.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub okta_request_id: Option<String>,
    /// Every field that breaks a rule, where that is the reason.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<FieldFault>,
    /// What would be done, where somebody has to agree to it first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<Box<Plan>>,
    /// The folder that would do instead, where the names of a new rotation are taken in the one that was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub free_path: Option<String>,
}

/// A field that breaks a rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldFault {
    /// The field's name in the API.
    pub field: String,
    /// What is wrong, with the mend.
    pub message: String,
}

impl Refusal {
    /// A refusal in two sentences.
    pub fn new(kind: Kind, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self {
            status_code: kind.http_status(),
            error: kind,
            message: message.into(),
            hint: hint.into(),
            okta_error_code: None,
            okta_request_id: None,
            fields: Vec::new(),
            plan: None,
            free_path: None,
        }
    }

    /// A name that is not there.
    pub fn unknown(what: &str, name: &str, hint: impl Into<String>) -> Self {
        Self::new(Kind::Unknown, format!("there is no {what} {name:?}"), hint)
    }

    /// All fields that break a rule, at once.
    pub fn invalid(fields: Vec<FieldFault>) -> Self {
        let message = match fields.as_slice() {
            [only] => format!("{}: {}", only.field, only.message),
            many => {
                let each = |fault: &FieldFault| format!("  {}: {}", fault.field, fault.message);
                let lines: Vec<String> = many.iter().map(each).collect();
                format!("{} values are not valid:\n{}", many.len(), lines.join("\n"))
            }
        };
        Self { fields, ..Self::new(Kind::Invalid, message, "nothing was changed; correct the values and try again") }
    }

    /// With the fault's ids, as the end of a request that changed nothing and that nobody goes on with.
    pub fn from_fault(fault: &Fault) -> Self {
        let mut refusal = Self::held_by(fault);
        if matches!(fault.code, Code::TimedOut | Code::Broken) {
            // Only reads end like this; the fault's own words are about a change that may have gone through.
            refusal.hint = "see status.okta.com, and the way there (HTTPS_PROXY)".into();
        }
        if fault.class() == Class::Passing {
            refusal.hint.push_str("; then try again");
        }
        refusal
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
        let mut refusal = Self::new(kind, fault.message.clone(), fault.hint.clone());
        refusal.okta_error_code.clone_from(&fault.okta_code);
        refusal.okta_request_id.clone_from(&fault.request_id);
        refusal
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Refusal {}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        let kind = match &error {
            StoreError::Busy { .. } => Kind::Unavailable,
            StoreError::NotPermitted { .. } => Kind::Refused,
            _ => Kind::Store,
        };
        Self::new(kind, error.to_string(), error.hint())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_that_nobody_goes_on_with_is_to_be_tried_again_by_whoever_made_it() {
        let fault = Fault::new(Code::TimedOut, "Okta did not answer in time", "whether it took effect is not known");
        let ended = Refusal::from_fault(&fault);
        assert_eq!(ended.error.exit_status(), 6);
        assert!(ended.hint.contains("try again") && !ended.hint.contains("took effect"), "{}", ended.hint);
        assert!(!Refusal::held_by(&fault).hint.contains("try again"), "what waits goes on by itself");
    }
}
