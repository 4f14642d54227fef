//! A client secret at Okta, as it is known here.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::core::secret::{SecretValue, exposed};

/// One client secret object at Okta, and our copy of its value.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct OktaSecret {
    /// Our own identity for it, made before Okta knows of it.
    pub key: Uuid,
    /// The value, where we hold it; erased only after a list showed the id gone.
    #[serde(with = "exposed::option")]
    pub value: Option<SecretValue>,
    /// `secret_hash` of the value, where we ever held it.
    pub hash: Option<String>,
    /// Okta's id, `ocs…`; `None` until an answer or a list showed it.
    pub okta_id: Option<String>,
    /// Whose it is.
    pub origin: Origin,
    /// As last seen at Okta.
    pub status: Status,
    /// When we made it, or when Okta says that it was made.
    pub created_at: DateTime<Utc>,
    /// When and as which version it was published.
    pub published: Option<Published>,
    /// When it went INACTIVE.
    pub deactivated_at: Option<DateTime<Utc>>,
    /// When it was seen gone.
    pub deleted_at: Option<DateTime<Utc>>,
    /// Who retired it.
    pub retired_by: Option<RetiredBy>,
    /// Okta's request ids of the calls that changed it, in order.
    pub request_ids: Vec<String>,
    /// Set where a call to deactivate it, or to delete it, was never answered: it can still arrive.
    #[serde(default)]
    pub cut_out: Option<Unanswered>,
}

/// A change at Okta that was never answered. The minute in which it can still arrive is counted from a look, by a clock
/// that is right: when it was sent our own clock may have been anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Unanswered {
    /// No such look was taken since.
    Unseen,
    /// Counted from this instant.
    Since(DateTime<Utc>),
}

impl Unanswered {
    /// Since when its minute is counted, at a look at `now` by a clock that is right: since the first such look, or
    /// since `now` where it was set back.
    pub fn counted(self, now: DateTime<Utc>) -> DateTime<Utc> {
        match self {
            Self::Unseen => now,
            Self::Since(at) => at.min(now),
        }
    }
}

/// When a secret was published.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Published {
    /// The instant.
    pub at: DateTime<Utc>,
    /// The version number under the mapped secret name.
    pub version: u32,
}

/// Where a secret comes from; decides whether we may touch it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Origin {
    /// We made it.
    Ours,
    /// It was there before the rotation; it is retired on the terms shown at creation.
    Original,
    /// It was named to be replaced.
    Replaced,
}

/// A secret's state at Okta, as far as we know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Status {
    /// Its value is on our disk, and it may or may not have been sent.
    Intended,
    /// Works.
    Active,
    /// Switched off; can be reactivated.
    Inactive,
    /// Deleted: a list came without its id.
    Gone,
}

/// Who retired a secret. In JSON, which stands in stores as it is, a text: an actor's, or `others`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RetiredBy {
    /// Someone outside windlass, at Okta.
    #[serde(rename = "others")]
    Others,
    /// Who asked for the operation that retired it.
    #[serde(untagged)]
    Actor(String),
}

impl RetiredBy {
    /// It as text.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Others => "others",
            Self::Actor(actor) => actor,
        }
    }
}
