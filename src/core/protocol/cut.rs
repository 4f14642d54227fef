//! One step of retiring a secret, each on its own fresh list; and the secret that nothing is done to.

use uuid::Uuid;

use super::call::{Call, SeenSecret};
use super::phase::Phase;
use super::precondition;
use super::turn::Turn;
use crate::core::cause::VerifyCause;
use crate::core::fault::Fault;
use crate::core::remedy::{AtOkta, Automatic, OnRotation, Remedy};
use crate::core::rotation::{RetiredBy, Status};

/// Takes one step to retire a secret: deactivated where it is on, deleted where it is off. Each on its own fresh list.
pub fn cut(turn: &mut Turn, seen: &[SeenSecret], key: Uuid) {
    let Some(secret) = turn.rotation.secret(key).cloned() else { return turn.read_app() };
    let id = secret.okta_id.clone().unwrap_or_default();
    if turn.operation().unproven && turn.operation().pending == Some(key) {
        // Kept as it is, so that the next look tests it again.
        turn.operation().withdrawing = None;
        return turn.need_attention(ambiguous(turn, vec![id]));
    }
    if let Err(fault) = precondition::may_cut(turn, seen, key) {
        return turn.need_attention(fault);
    }
    let by = RetiredBy::Actor(turn.operation().actor.to_string());
    if let Some(secret) = turn.secret_mut(key) {
        secret.retired_by = Some(by);
    }
    let app_id = turn.app_id();
    if secret.status == Status::Active {
        turn.call(Phase::Deactivating { secret_id: id.clone() }, Call::Deactivate { app_id, secret_id: id });
    } else {
        turn.call(Phase::Deleting { secret_id: id.clone() }, Call::Delete { app_id, secret_id: id });
    }
}

/// A secret that may be ours or a stranger's: nothing is done to it.
pub fn ambiguous(turn: &Turn, secrets: Vec<String>) -> Fault {
    let leaving = turn.rotation.leaving.is_some();
    let other = if leaving { Remedy::from(OnRotation::DeleteForce) } else { Automatic::CurrentWorks.into() };
    Fault::precondition(VerifyCause::Ambiguous { secrets }).and(AtOkta::RemoveUnused).and(other)
}
