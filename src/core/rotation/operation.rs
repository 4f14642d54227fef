//! What is being done to a rotation, and what was agreed to when it was asked for.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::core::cause::Cause;
use crate::core::fault::Fault;
use crate::core::history::{Actor, Step, Trigger};
use crate::core::protocol::phase::Phase;
use crate::core::rotation::Unanswered;

/// Something being done to a rotation.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Operation {
    /// Identity of the attempt: the id of its history entry.
    pub attempt: Uuid,
    /// What.
    pub kind: Kind,
    /// Why.
    pub trigger: Trigger,
    /// By whom.
    pub actor: Actor,
    /// When it was opened.
    pub opened_at: DateTime<Utc>,
    /// The local date of the due time that it has consumed, where the schedule opened it.
    #[serde(default)]
    pub due: Option<NaiveDate>,
    /// Where it stands.
    pub phase: Phase,
    /// Number of the call last issued; an answer with another number is late and dropped.
    pub call: u32,
    /// [`OktaSecret::key`] of the secret that it is making.
    pub pending: Option<Uuid>,
    /// Okta's ids that were listed just before the intent: for identification by elimination.
    pub known_before: Vec<String>,
    /// Set once the pending secret is not wanted any more: it is deactivated and deleted.
    pub withdrawing: Option<Cause>,
    /// Fresh values drawn because the one before was refused or removed; at most one.
    pub redrawn: u32,
    /// What was agreed to when it was asked for.
    pub consent: Consent,
    /// Passing faults in a row.
    pub tries: u32,
    /// Verifications refused so far.
    pub refusals: u32,
    /// Since when it cannot continue.
    pub stuck_since: Option<DateTime<Utc>>,
    /// The fault it waits for to pass.
    pub fault: Option<Fault>,
    /// When it continues by itself; `None` while a call is out, or while only its connection can wake it.
    pub wake_at: Option<DateTime<Utc>>,
    /// Whether the store knows this operation: before that, it can be dropped without a trace.
    pub journaled: bool,
    /// The pending secret was found among the app's others by elimination alone, and has not authenticated yet.
    pub unproven: bool,
    /// The unproven secret's value has just authenticated: one more look tells whether it still is the only candidate.
    #[serde(default)]
    pub authenticated: bool,
    /// Set once the pending secret's create is sent: one that is not answered can still arrive for a while.
    #[serde(default)]
    pub create_out: Option<Unanswered>,
    /// What was done so far.
    pub steps: Vec<Step>,
}

/// What an operation is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Kind {
    /// Make, verify and publish a new secret.
    Rotate,
    /// Switch the previous secret off, or delete it, whichever is next.
    Retire,
    /// Publish the previous secret again.
    Rollback,
    /// Publish the secret that the app has already, as the first version.
    Adopt,
    /// Revoke what is ours before the rotation is deleted.
    Delete,
}

/// What was agreed to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Consent {
    /// The previous secret may be deactivated and deleted without its overlap and soak.
    pub cut_previous: bool,
    /// This secret of the app (Okta's id) may be deactivated and deleted to make room.
    pub replace: Option<String>,
    /// When the app's original secret may be deactivated, as shown before the rotation was created; `None`: not before
    /// that is decided.
    pub original_off_at: Option<DateTime<Utc>>,
    /// The secret that is adopted (Okta's id); the only ACTIVE one where it is not named.
    pub adopt: Option<String>,
    /// The secret that is current until then is deactivated as soon as the new one is published.
    pub retire_now: bool,
    /// The pending secret is to be published although it could not be tested.
    pub publish_unverified: bool,
    /// The pending secret is to be withdrawn.
    pub withdraw: bool,
}

impl Consent {
    /// Whether it was decided what becomes of a secret that cannot be verified.
    pub fn resolves(&self) -> bool {
        self.publish_unverified || self.withdraw
    }
}
