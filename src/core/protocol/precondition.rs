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
            "`windlass rotation rotate NAME` publishes a new one; this one is then retired on its dates",
        ));
    }
    // An INACTIVE victim serves nobody; but deleting it ends the way back, so the same must hold.
    let stays = match rotation.current.filter(|current| *current != victim) {
        Some(current) => rotation.secret(current).is_some_and(|current| current.status == Status::Active),
        None => seen.iter().any(|seen| seen.active && seen.id != id),
    };
    if !stays {
        let why = |why: &str| format!("{id} is left alone, because {why}");
        let Some(current) = rotation.current.filter(|current| *current != victim) else {
            let mend = "activate another one at Okta first, or leave this one";
            return Err(Fault::precondition(why("it is the app's only ACTIVE secret"), mend));
        };
        // A rotation that needs room would be refused for the same reason.
        let mut mend = match rotation.secret(current).map(|current| current.status) {
            Some(Status::Gone) => "the published one is gone at Okta".to_owned(),
            _ => "activate the published one again at Okta".to_owned(),
        };
        if rotation.previous_secret().is_some_and(|previous| previous.value.is_some()) && rotation.leaving.is_none() {
            mend.push_str(", or go back to the one before with `windlass rotation rollback NAME`");
        }
        if seen.len() < 2 && turn.kind() != Some(Kind::Rotate) && rotation.leaving.is_none() {
            mend.push_str(", or have a new one made with `windlass rotation rotate NAME`");
        }
        return Err(Fault::precondition(why("the published secret is not ACTIVE at Okta"), mend));
    }
    Ok(())
}
