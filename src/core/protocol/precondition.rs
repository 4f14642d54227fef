//! What must hold directly before anything is deactivated or deleted, scheduled or asked.

use uuid::Uuid;

use super::call::SeenSecret;
use super::turn::Turn;
use super::unknown::WHOSE;
use crate::core::fault::Fault;
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
    if let Some(unknown) = seen.iter().find(|seen| !known(&seen.id)) {
        return Err(Fault::precondition(
            format!("the app has a secret, {}, that windlass does not know, so {id} is left alone", unknown.id),
            WHOSE,
        ));
    }
    if rotation.current == Some(victim) && turn.kind() != Some(Kind::Delete) {
        return Err(Fault::precondition(
            format!("{id} is left alone, because it is the published secret"),
            "rotate to publish a new one; this one is then seen off on its dates",
        ));
    }
    // An INACTIVE victim serves nobody; but deleting it ends the way back, so the same must hold.
    let stays = match rotation.current.filter(|current| *current != victim) {
        Some(current) => rotation.secret(current).is_some_and(|current| current.status == Status::Active),
        None => seen.iter().any(|seen| seen.active && seen.id != id),
    };
    if !stays {
        let (why, mend) = match rotation.current.filter(|current| *current != victim) {
            None => ("it is the app's only ACTIVE secret", "activate another one at Okta first, or leave this one"),
            // Whoever rotates already is not told to rotate.
            Some(_) if turn.kind() == Some(Kind::Rotate) => {
                ("the published secret is not ACTIVE at Okta", "activate the published one at Okta, then rotate again")
            }
            Some(_) => (
                "the published secret is not ACTIVE at Okta",
                "look at the app's secrets at Okta and activate the published one, or rotate to publish a new one",
            ),
        };
        return Err(Fault::precondition(format!("{id} is left alone, because {why}"), mend));
    }
    Ok(())
}
