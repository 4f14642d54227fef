//! Why a request about a rotation is refused: how the rotation stands.

use serde::{Deserialize, Serialize};

#[cfg(test)]
use crate::core::cause::request::Thing;
#[cfg(test)]
use crate::core::fault::Problem;
#[cfg(test)]
use crate::core::remedy::{Automatic, InRequest, Instead, OnRotation};
use crate::text::sentence::{Sentence, say};

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
    /// What was asked for is not done yet.
    NotDoneYet {
        /// The rotation's name.
        rotation: String,
    },
    /// The rotation is being deleted.
    BeingDeleted,
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

impl RotationCause {
    /// Why it is not done.
    pub fn say(&self) -> Sentence {
        match self {
            Self::NotDoneYet { rotation } => say!("{} is not done yet", rotation),
            Self::BeingDeleted => say!("the rotation is being deleted"),
            Self::Busy { rotation, doing } => say!("{} {} at the moment", rotation, doing_now(*doing)),
            Self::BeingCreated => say!("the rotation is being created"),
            Self::DeletedSince { rotation } => say!("it was done, and {} was deleted since", rotation),
            Self::NothingPending { rotation } => say!("{} has no new secret that waits for a decision", rotation),
            Self::NoOldSecret { rotation } => say!("{} has no old secret", rotation),
            Self::OldSecretChanged { secret } => say!("the old secret is now another one, {}", secret),
            Self::OldSecretHeld { rotation } => say!("the old secret of {} is held and has no date to go", rotation),
            Self::AutoRotationOff { rotation } => say!("auto-rotation of {} is off, so nothing is due", rotation),
            Self::NothingSkipped { rotation } => say!("no due time of {} was skipped", rotation),
            Self::NothingPublished { rotation } => say!("{} has no published secret to check", rotation),
            Self::NotConfirmed { rotation } => say!("{} is not confirmed yet", rotation),
            Self::PublishedMeanwhile { secret } => {
                say!("{} can no longer be withdrawn: it is published", secret)
            }
            Self::EndedOtherwise { rotation } => say!("the attempt on {} did not end as was asked for", rotation),
            Self::CutsShort { rotation } => say!("rotating {} now would cut its previous secret short", rotation),
            Self::NoOverlap { rotation } => {
                say!("rotating {} now would switch the current secret off without an overlap", rotation)
            }
            Self::GoesEarlier { rotation, secret } => {
                say!("{}, the old secret of {}, would be retired earlier than planned", secret, rotation)
            }
            Self::PublishesUntested { secret } => {
                say!("{} would be published without a successful test", secret)
            }
            Self::NeedsConfirmation { rotation } => {
                say!("{} was compared with Okta and needs confirmation", rotation)
            }
        }
    }
}

fn doing_now(doing: Doing) -> &'static str {
    match doing {
        Doing::Rotate => "is being rotated",
        Doing::Create => "is being created",
        Doing::RollBack => "is being rolled back",
        Doing::Delete => "is being deleted",
        Doing::Retire => "has its old secret being retired",
    }
}

#[cfg(test)]
impl RotationCause {
    /// One of each, with the remedies that it has as a rule.
    pub fn samples() -> Vec<Problem> {
        vec![
            Problem::because(Self::NotDoneYet { rotation: "NAME".into() }).and(Automatic::Continues),
            Problem::because(Self::BeingDeleted),
            Problem::because(Self::BeingDeleted).and(OnRotation::NoLongerRotates),
            Problem::because(Self::BeingDeleted).and(OnRotation::OldGoesOnDate),
            Problem::because(Self::Busy { rotation: "NAME".into(), doing: Doing::Rotate })
                .and(OnRotation::TryInAMoment)
                .and(OnRotation::ShowRotation),
            Problem::because(Self::BeingCreated).and(InRequest::ListAll(Thing::Rotation)),
            Problem::because(Self::DeletedSince { rotation: "NAME".into() }).and(OnRotation::ShowHistory),
            Problem::because(Self::NothingPending { rotation: "NAME".into() }).and(OnRotation::ShowRotation),
            Problem::because(Self::NoOldSecret { rotation: "NAME".into() }).and(OnRotation::ListSecrets),
            Problem::because(Self::NoOldSecret { rotation: "NAME".into() }).and(OnRotation::RotateNow),
            Problem::because(Self::OldSecretChanged { secret: "ID".into() }).and(OnRotation::CheckThenAgain),
            Problem::because(Self::OldSecretHeld { rotation: "NAME".into() }).and(OnRotation::ResumeOrDate),
            Problem::because(Self::AutoRotationOff { rotation: "NAME".into() }).and(OnRotation::ResumeFirst),
            Problem::because(Self::NothingSkipped { rotation: "NAME".into() }).and(OnRotation::ShowRotation),
            Problem::because(Self::NothingPublished { rotation: "NAME".into() }).and(OnRotation::CheckCompares),
            Problem::because(Self::NotConfirmed { rotation: "NAME".into() }).and(OnRotation::ConfirmFirst),
            Problem::because(Self::PublishedMeanwhile { secret: "ID".into() }),
            Problem::because(Self::EndedOtherwise { rotation: "NAME".into() }).and(OnRotation::ShowRotation),
            Problem::because(Self::CutsShort { rotation: "NAME".into() })
                .and(InRequest::Agree { instead: Some(Instead::Wait) }),
            Problem::because(Self::NoOverlap { rotation: "NAME".into() })
                .and(InRequest::Agree { instead: Some(Instead::KeepOverlap) }),
            Problem::because(Self::GoesEarlier { rotation: "NAME".into(), secret: "ID".into() })
                .and(InRequest::Agree { instead: None }),
            Problem::because(Self::PublishesUntested { secret: "ID".into() }).and(InRequest::Agree { instead: None }),
            Problem::because(Self::NeedsConfirmation { rotation: "NAME".into() }).and(InRequest::AgreeConfirm),
        ]
    }
}
