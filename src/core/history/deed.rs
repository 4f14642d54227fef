//! What was decided, as data: the history and the live log say it in the same words, which are written in `words`.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::trigger::Trigger;
use crate::core::rotation::hold::Hold;
use crate::core::rotation::verify::Verify;

/// A decision. Secrets are named by Okta's id, spans are seconds.
#[cfg_attr(test, derive(strum::VariantNames))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[expect(missing_docs, reason = "the names of the fields say what they are")]
pub enum Deed {
    /// A rotation was paused, until a date or until resumed; `keeps` is the old secret, which stays as it is.
    Paused { until: Option<DateTime<Utc>>, keeps: Option<String> },
    /// It was resumed.
    Resumed { next: Next },
    /// A due time was skipped.
    Skipped { at: DateTime<Utc>, next: Next },
    /// A skipped due time is back.
    Unskipped { next: Next },
    /// It rotates once its old secret has gone by itself.
    Postponed { at: DateTime<Utc> },
    /// Its settings were changed.
    Edited { changes: Vec<Edit> },
    /// Its old secret is kept until it is given a date.
    OldKept { secret_id: String },
    /// Its old secret is deactivated on a date.
    OldDeactivatedAt { secret_id: String, at: DateTime<Utc> },
    /// Its old secret, which is off, is deleted on a date.
    OldDeletedAt { secret_id: String, at: DateTime<Utc> },
    /// A secret that could not be tested is to be published.
    PublishUntested { secret_id: String },
    /// It is to be withdrawn.
    Withdraw { secret_id: String },
    /// Its old secret waits for this consumer no more, until that fetches again.
    ConsumerDismissed { consumer: String },
    /// A target was made.
    TargetCreated { target: String, place: String },
    /// A target was changed.
    TargetChanged { target: String },
    /// What stands at a target may be overwritten, though it is not from this rotation.
    TargetAdopted { target: String, place: String },
    /// A target was removed; with `purge` what was ours there went too.
    TargetDeleted { target: String, place: String, purge: bool },
    /// The rotation is to be deleted, once its old secret is gone.
    DeletionAsked,
    /// It was deleted by force: these secrets may be at Okta, and their values are kept for a while.
    DeletedByForce { left: Vec<Option<String>>, kept_until: DateTime<Utc>, rotation_id: Uuid },
    /// It was confirmed as it is at Okta: its published secret, and the old one that is held without a date.
    Confirmed { current: Option<String>, held: Option<String> },
    /// What was recovered in the store was read.
    RecoveryRead,
    /// A connection was created.
    ConnectionCreated { name: String, url: String, untested: bool },
    /// A connection was changed: its new name and URL, where they are new.
    ConnectionChanged {
        name: String,
        new_name: Option<String>,
        url: Option<String>,
        credential: bool,
        description: bool,
    },
    /// A connection was deleted.
    ConnectionDeleted { name: String },
    /// A connection that held its rotations was tested.
    ConnectionReleased { name: String },
    /// A named secret was deleted, or one version of it.
    SecretDeleted { key: String, version: Option<u32> },
    /// The store was retired.
    StoreRetired { host: String },
    /// The store, which was retired, acts again.
    StoreBack { host: String },
}

/// When a rotation rotates next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Next {
    /// The instant, where there is one.
    pub at: Option<DateTime<Utc>>,
    /// What holds its old secret, and the next rotation with it.
    pub held_by: Option<Hold>,
}

/// A setting that was changed, and what it was before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "setting", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[expect(missing_docs, reason = "the names of the fields say what they are")]
pub enum Edit {
    /// The name.
    Name { before: String },
    /// Auto-rotation is off.
    Paused,
    /// Auto-rotation is on.
    Resumed { due: DateTime<Utc> },
    /// Days between two rotations.
    Interval { days: u32, before: u32 },
    /// The time of day, with its zone.
    RotateAt { at: String, before: String },
    /// How long an old secret stays on.
    Overlap { seconds: u64, before: u64 },
    /// How long it is off before it is deleted.
    Soak { seconds: u64, before: u64 },
    /// Whether an old secret goes even where no consumer has fetched the new one.
    RetireUnread { on: bool },
    /// How a new secret is tested.
    Verify { way: Verify, before: Verify },
    /// The names that the two are read by.
    Mapping { names: [String; 2], before: [String; 2] },
    /// The app's client id.
    ClientId { id: String, before: String },
    /// The description.
    Description,
}

impl Deed {
    /// Why its entry is in the history, and the kind of its event, which dashboards and notifications select by.
    pub fn kind(&self) -> (Trigger, &'static str) {
        match self {
            Self::Paused { .. } => (Trigger::Pause, "settings"),
            Self::Resumed { .. } => (Trigger::Resume, "settings"),
            Self::Skipped { .. } | Self::Unskipped { .. } => (Trigger::Skip, "settings"),
            Self::Edited { changes } if changes.contains(&Edit::Paused) => (Trigger::Pause, "settings"),
            Self::Edited { changes } if changes.iter().any(|edit| matches!(edit, Edit::Resumed { .. })) => {
                (Trigger::Resume, "settings")
            }
            Self::Edited { .. } | Self::Postponed { .. } => (Trigger::Edit, "settings"),
            Self::OldKept { .. } => (Trigger::Hold, "settings"),
            Self::OldDeactivatedAt { .. } | Self::OldDeletedAt { .. } => (Trigger::Retire, "settings"),
            Self::PublishUntested { .. } | Self::Withdraw { .. } => (Trigger::Resolve, "asked"),
            Self::ConsumerDismissed { .. } => (Trigger::Consumer, "settings"),
            Self::TargetCreated { .. }
            | Self::TargetChanged { .. }
            | Self::TargetAdopted { .. }
            | Self::TargetDeleted { .. } => (Trigger::Target, "settings"),
            Self::DeletionAsked => (Trigger::Delete, "settings"),
            Self::DeletedByForce { .. } => (Trigger::Delete, "deleted"),
            Self::Confirmed { .. } => (Trigger::Confirm, "store"),
            Self::RecoveryRead => (Trigger::Confirm, "confirm"),
            Self::ConnectionCreated { .. }
            | Self::ConnectionChanged { .. }
            | Self::ConnectionDeleted { .. }
            | Self::ConnectionReleased { .. } => (Trigger::Connection, "connection"),
            Self::SecretDeleted { .. } => (Trigger::Secret, "secret"),
            Self::StoreRetired { .. } | Self::StoreBack { .. } => (Trigger::Store, "store"),
        }
    }
}
