//! Why a request about a rotation is refused: how the rotation stands.

use serde::{Deserialize, Serialize};

/// What is being done to a rotation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Doing {
    /// It is being rotated.
    Rotate,
    /// It is being created.
    Create,
    /// It is being rolled back.
    RollBack,
    /// It is being deleted.
    Delete,
    /// Its old secret is being retired.
    Retire,
}

/// How the rotation stands, so that what was asked for is not done.
#[cfg_attr(test, derive(strum::VariantNames))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum RotationCause {
    /// Another operation is in progress.
    Busy {
        /// The rotation's name.
        rotation: String,
        /// What is being done.
        doing: Doing,
    },
    /// It is being created.
    BeingCreated,
    /// What was asked for is done, and the rotation was deleted since.
    DeletedSince {
        /// The rotation's name.
        rotation: String,
    },
    /// It has no new secret that waits for a decision.
    NothingPending {
        /// The rotation's name.
        rotation: String,
    },
    /// It has no old secret.
    NoOldSecret {
        /// The rotation's name.
        rotation: String,
    },
    /// Its old secret is not the one that was agreed to.
    OldSecretChanged {
        /// Okta's id of the old secret now.
        secret: String,
    },
    /// Its old secret is held, and has no date on which it goes.
    OldSecretHeld {
        /// The rotation's name.
        rotation: String,
    },
    /// Auto-rotation is off, so nothing is due.
    AutoRotationOff {
        /// The rotation's name.
        rotation: String,
    },
    /// No due time was skipped.
    NothingSkipped {
        /// The rotation's name.
        rotation: String,
    },
    /// It has no published secret to compare with what is at Okta.
    NothingPublished {
        /// The rotation's name.
        rotation: String,
    },
    /// It was not confirmed since the store was quarantined.
    NotConfirmed {
        /// The rotation's name.
        rotation: String,
    },
    /// The new secret was published before it could be withdrawn.
    PublishedMeanwhile {
        /// Okta's id of it.
        secret: String,
    },
    /// The attempt ended, and not as was asked for.
    EndedOtherwise {
        /// The rotation's name.
        rotation: String,
    },
    /// To be agreed to: a rotation now cuts the previous secret short.
    CutsShort {
        /// The rotation's name.
        rotation: String,
    },
    /// To be agreed to: a rotation now switches the current secret off without an overlap.
    NoOverlap {
        /// The rotation's name.
        rotation: String,
    },
    /// To be agreed to: the old secret goes earlier than planned.
    GoesEarlier {
        /// The rotation's name.
        rotation: String,
        /// Okta's id of it.
        secret: String,
    },
    /// To be agreed to: the new secret is published without a successful test.
    PublishesUntested {
        /// Okta's id of it.
        secret: String,
    },
    /// To be agreed to: what a comparison with Okta shows.
    NeedsConfirmation {
        /// The rotation's name.
        rotation: String,
    },
}
