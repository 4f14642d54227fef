//! What an attempt or a decision came to, as data. The words for it are made by `crate::words`.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::deed::Deed;
use crate::core::cause::Cause;

/// What an attempt came to, with what it deleted on its way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Ending {
    /// What it came to.
    #[serde(flatten)]
    pub what: What,
    /// The secrets that it deleted besides what it is for: to make room, or to revoke them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also_deleted: Vec<OfApp>,
}

/// What an attempt came to. Secrets are named by Okta's id.
#[cfg_attr(test, derive(strum::VariantNames))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[expect(missing_docs, reason = "the names of the fields say what they are")]
pub enum What {
    /// It is not over.
    UnderWay,
    /// This is why it ended, or what it waits for.
    Because { cause: Cause },
    /// A secret was published.
    Published { secret_id: String, how: Publication, untested: bool },
    /// The old secret was deactivated.
    Deactivated { secret: OfApp },
    /// The old secret was found deactivated.
    Inactive { secret_id: String },
    /// The old secret is off, and is deleted on its date.
    Soaks { secret_id: String },
    /// The old secret is on until its date.
    NotYet { secret_id: String },
    /// The old secret is deleted.
    Deleted { secret: OfApp },
    /// There is no old secret.
    NothingToRetire,
    /// The old secret is left as it is.
    Left { secret_id: String, why: Left },
    /// It gave way to another decision about the old secret.
    Overruled { by: String, secret_id: String },
    /// It gave way to a rollback.
    RollsBack { by: String },
    /// It was begun before it was due, because the clock was ahead.
    ClockWasAhead { due: DateTime<Utc> },
    /// The secrets of a rotation that is deleted are revoked, except the app's last ACTIVE one.
    Revoked { except: Option<String> },
    /// The rotation is deleted; this secret stays ACTIVE at Okta.
    RotationDeleted { stays: Option<String> },
    /// A version was delivered to a target, or delivered again over what others had written.
    Delivered { target: String, place: String, version: u32, restored: bool },
    /// A target needs attention.
    NotDelivered { target: String, cause: Cause },
    /// A decision.
    Decided { deed: Deed },
    /// A sentence of another version.
    Said { message: String },
}

/// How a secret came to be published.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Publication {
    /// It was made for it.
    New,
    /// The app had it already.
    Adopted,
    /// It was published before.
    Again,
}

/// Why an old secret is left as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Left {
    /// The rotation is paused.
    Paused,
    /// It has no date: it is held on request.
    Held,
    /// A target does not have the current secret.
    Behind,
}

/// A secret of the app, by Okta's id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OfApp {
    /// Okta's id.
    pub secret_id: String,
    /// The app had it before windlass.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub original: bool,
}

impl Ending {
    /// A sentence, where nothing decides by it.
    pub fn said(message: impl Into<String>) -> Self {
        What::Said { message: message.into() }.into()
    }

    /// Why it ended, where that is all that there is to say.
    pub fn cause(&self) -> Option<&Cause> {
        match &self.what {
            What::Because { cause } if self.also_deleted.is_empty() => Some(cause),
            _ => None,
        }
    }
}

impl From<What> for Ending {
    fn from(what: What) -> Self {
        Self { what, also_deleted: Vec::new() }
    }
}

impl From<Cause> for What {
    fn from(cause: Cause) -> Self {
        Self::Because { cause }
    }
}
