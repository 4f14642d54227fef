//! How a rotation stands, in words: why what was asked for is not done.

use crate::core::cause::rotation::{Doing, RotationCause};
use crate::words::sentence::{Sentence, say};

impl RotationCause {
    /// Why it is not done.
    pub fn say(&self) -> Sentence {
        match self {
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
