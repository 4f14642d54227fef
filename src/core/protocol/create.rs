//! The create: a fresh value, its way to Okta, and the minute in which one without an answer can still arrive.
//!
//! This only makes and waits; whether there is room, and what of it a list shows, is decided in [`super::rotate`].

use uuid::Uuid;

use super::call::{Call, Record, Reply};
use super::phase::Phase;
use super::turn::{MAY_ARRIVE, Turn};
use super::verify;
use crate::core::cause::{Cause, SecretCause};
use crate::core::fault::{Code, Fault, Problem};
use crate::core::history::noted::Noted;
use crate::core::history::{Outcome, StepOutcome};
use crate::core::remedy::{AtOkta, Automatic, OnRotation};
use crate::core::rotation::{OktaSecret, Origin, Status, Unanswered};
use crate::core::secret::SecretValue;

/// An attempt has ended without a new secret.
pub fn without_secret(cause: Cause) -> Problem {
    Problem::because(cause).and(AtOkta::LookAtApp).and(OnRotation::RotateAgain).and(Automatic::CurrentWorks)
}

/// Waits where the pending secret's create was sent and not answered, and can still arrive. Directly after a list.
pub fn is_out(turn: &mut Turn) -> bool {
    let Some(out) = turn.operation().create_out else { return false };
    if let Err(fault) = turn.check_clock() {
        // A clock that is off does not tell that the minute is over, and does not set itself.
        turn.need_attention(fault);
        return true;
    }
    let since = out.counted(turn.now);
    turn.operation().create_out = Some(Unanswered::Since(since));
    if turn.now >= since + MAY_ARRIVE {
        return false;
    }
    turn.wait_a_while(since + MAY_ARRIVE, Fault::precondition(SecretCause::CreateOut).and(Automatic::LooksInAMinute));
    true
}

/// The pending value is of no use: once, a fresh one is drawn; the second time it needs attention.
pub fn another_value(turn: &mut Turn, twice: Cause) {
    let operation = turn.operation();
    let spent = operation.pending.take();
    operation.refusals = 0;
    operation.unproven = false;
    operation.redrawn += 1;
    let too_often = operation.redrawn > 1;
    if let Some(pending) = spent.and_then(|key| turn.secret_mut(key)) {
        // Its value was erased if a list showed its id gone. Else it is kept, for an earlier create may have taken it.
        pending.status = Status::Gone;
    }
    if too_often {
        turn.attend(without_secret(twice.clone()));
        return turn.close(Outcome::Attention, twice, Vec::new());
    }
    turn.draw();
}

/// A fresh value was drawn: it is on disk, in two copies, before it is sent.
pub fn drawn(turn: &mut Turn, key: Uuid, value: SecretValue) {
    let hash = value.okta_hash();
    turn.rotation.secrets.push(OktaSecret {
        key,
        value: Some(value.clone()),
        hash: Some(hash),
        okta_id: None,
        origin: Origin::Ours,
        status: Status::Intended,
        created_at: turn.now,
        published: None,
        deactivated_at: None,
        deleted_at: None,
        retired_by: None,
        request_ids: Vec::new(),
        cut_out: None,
    });
    turn.operation().pending = Some(key);
    send(turn, value);
}

/// Sends a value that is on disk.
pub fn send(turn: &mut Turn, value: SecretValue) {
    let app_id = turn.app_id();
    turn.operation().create_out = Some(Unanswered::Unseen);
    turn.call(Phase::Creating, Call::Create { app_id, value });
}

/// The answer to a create. Any doubtful end leads back to observing: a create is never sent again unseen.
pub fn answered(turn: &mut Turn, record: &Record, result: Result<Reply, Fault>) {
    match result {
        Ok(Reply::Secret(seen)) => {
            turn.record("create", record, StepOutcome::Ok, Noted::Created { secret_id: seen.id.clone() });
            turn.progressed();
            let key = turn.operation().pending;
            turn.operation().unproven = false;
            if let Some(pending) = key.and_then(|key| turn.secret_mut(key)) {
                pending.okta_id = Some(seen.id.clone());
                pending.status = if seen.active { Status::Active } else { Status::Inactive };
                pending.request_ids.extend(record.request_id.clone());
            }
            if seen.active {
                turn.journal(Vec::new());
                verify::begin(turn);
            } else {
                turn.read_app();
            }
        }
        Ok(_) => turn.read_app(),
        Err(fault) => {
            let doubtful = fault.code.doubtful() || fault.code == Code::SecretLimit;
            let outcome = if doubtful { StepOutcome::Doubtful } else { StepOutcome::Refused };
            turn.record("create", record, outcome, fault.problem.cause.clone());
            match fault.code {
                // The limit may be our own secret of a try whose answer was lost: look before judging.
                Code::SecretLimit => turn.back_off(fault),
                Code::ValueRefused => another_value(turn, fault.problem.cause),
                _ => turn.fail_call(fault),
            }
        }
    }
}
