//! What must hold directly before anything is deactivated or deleted, scheduled or asked.

use uuid::Uuid;

use super::call::SeenSecret;
use super::turn::Turn;
use crate::core::cause::{LeftAlone, SecretCause};
use crate::core::fault::Fault;
use crate::core::remedy::{AtOkta, OnRotation};
use crate::core::rotation::{Kind, Status};

/// Checks a victim against the list that was read just before, and the clock against that answer's `Date`.
///
/// The published secret must be ACTIVE (before the first publication: some other secret), no unknown secret may be
/// there, and our clock must be right.
pub fn may_cut(turn: &Turn, seen: &[SeenSecret], victim: Uuid) -> Result<(), Fault> {
    turn.check_clock()?;
    let rotation = &turn.rotation;
    let id = rotation.secret(victim).and_then(|secret| secret.okta_id.as_deref()).unwrap_or_default();
    let known = |id: &str| rotation.secrets.iter().any(|secret| secret.okta_id.as_deref() == Some(id));
    let left = |why| SecretCause::LeftAlone { secret: id.to_owned(), why };
    if let Some(unknown) = seen.iter().find(|seen| !known(&seen.id)) {
        let cause = SecretCause::UnknownSecret { secret: unknown.id.clone(), left: Some(id.to_owned()) };
        return Err(Fault::precondition(cause).and(AtOkta::FindOutWhose));
    }
    if rotation.current == Some(victim) && turn.kind() != Some(Kind::Delete) {
        return Err(Fault::precondition(left(LeftAlone::Published)).and(OnRotation::PublishNew));
    }
    // An INACTIVE victim is in no use; but deleting it ends the way back, so the same must hold.
    let stays = match rotation.current.filter(|current| *current != victim) {
        Some(current) => rotation.secret(current).is_some_and(|current| current.status == Status::Active),
        None => seen.iter().any(|seen| seen.active && seen.id != id),
    };
    if !stays {
        let Some(current) = rotation.current.filter(|current| *current != victim) else {
            return Err(Fault::precondition(left(LeftAlone::OnlyActive)).and(AtOkta::ActivateAnother));
        };
        // A rotation that needs room would be refused for the same reason.
        let off = Fault::precondition(left(LeftAlone::PublishedOff));
        let mut off = off.and(match rotation.secret(current).map(|current| current.status) {
            Some(Status::Gone) => AtOkta::PublishedGone,
            _ => AtOkta::ActivatePublished,
        });
        if rotation.previous_secret().is_some_and(|previous| previous.value.is_some()) && rotation.leaving.is_none() {
            off = off.and(OnRotation::GoBack);
        }
        if seen.len() < 2 && turn.kind() != Some(Kind::Rotate) && rotation.leaving.is_none() {
            off = off.and(OnRotation::MakeNew);
        }
        return Err(off);
    }
    Ok(())
}
