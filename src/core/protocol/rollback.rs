//! Back to the previous secret: reactivated where it is off, tested, and published as a new version.
//!
//! Nothing is cut here. Afterwards both secrets are kept and auto-rotation is off until it is resumed: the next due
//! time would only break the same consumer again.

use uuid::Uuid;

use super::call::{Call, SeenSecret};
use super::identify::reconcile;
use super::phase::Phase;
use super::turn::{Turn, VERIFY_PATIENCE};
use super::verify::{self, Tested};
use crate::core::cause::{Cause, RotationCause, SecretCause};
use crate::core::fault::Fault;
use crate::core::history::Outcome;
use crate::core::remedy::{Automatic, OnRotation};
use crate::core::rotation::Status;

/// The list was read for an operation of kind [`crate::core::rotation::Kind::Rollback`].
pub fn secrets_read(turn: &mut Turn, seen: &[SeenSecret]) -> Option<Tested> {
    let target = turn.rotation.previous_secret().cloned();
    let at = turn.instant();
    let sight = reconcile(&mut turn.rotation, seen, at);
    turn.mark_gone(&sight.vanished);
    if turn.rotation.leaving.is_some() {
        turn.close(Outcome::Failed, Cause::from(RotationCause::BeingDeleted), Vec::new());
        return None;
    }
    let Some((target, previous)) = target.zip(turn.rotation.previous) else {
        give_up(turn, Fault::precondition(SecretCause::NoPrevious).and(OnRotation::MakeNew));
        return None;
    };
    let id = target.okta_id.clone().unwrap_or_default();
    if target.value.is_none() {
        let fault = Fault::precondition(SecretCause::NeverHeld { secret: id });
        give_up(turn, fault.and(OnRotation::UseWhileActive).and(OnRotation::Hold));
        return None;
    }
    if turn.cut_is_out(previous.key) {
        return None;
    }
    turn.operation().pending = Some(previous.key);
    if turn.rotation.secret(previous.key).is_some_and(|secret| secret.status == Status::Active) {
        return verify::seen_active(turn, seen);
    }
    switch_on(turn, previous.key, id);
    None
}

/// It is off: reactivates it, and forgets who switched it off, so that the change is not taken for an outsider's.
/// Should the rollback come to nothing, its deactivation is due now, and it goes by the same rules again.
fn switch_on(turn: &mut Turn, key: Uuid, id: String) {
    let now = turn.now;
    if let Some(secret) = turn.secret_mut(key) {
        secret.deactivated_at = None;
        secret.retired_by = None;
    }
    if let Some(previous) = &mut turn.rotation.previous {
        previous.deactivate_at = previous.dated().then_some(now);
        previous.delete_at = None;
    }
    let call = Call::Activate { app_id: turn.app_id(), secret_id: id.clone() };
    turn.call(Phase::Activating { secret_id: id }, call);
}

/// The previous secret does not authenticate while the current one does.
pub fn refused(turn: &mut Turn) {
    let id = turn.pending().and_then(|secret| secret.okta_id.clone()).unwrap_or_default();
    give_up(turn, Fault::precondition(SecretCause::PreviousRefused { secret: id }).and(Automatic::CurrentWorks));
}

/// The test gave no verdict: tried for a while, for whoever asked waits for it.
pub fn no_verdict(turn: &mut Turn, fault: Fault) {
    let waited = turn.now - turn.operation().opened_at;
    if waited >= VERIFY_PATIENCE {
        give_up(turn, fault);
    } else {
        turn.back_off(fault);
    }
}

/// It cannot be done: whoever asked learns why, and where it was on disk already it needs attention.
pub fn give_up(turn: &mut Turn, fault: Fault) {
    if !turn.operation().journaled {
        return turn.abandon(fault);
    }
    turn.attend(fault.problem.clone());
    turn.close(Outcome::Attention, fault.problem.cause, Vec::new());
}
