//! The rotation protocol: a pure machine. `handle(rotation, event, now) -> (rotation, effects)`.
//!
//! ```text
//!  idle ─due / asked─▶ observing ─▶ making room ─▶ creating ─▶ verifying ─▶ publishing ─▶ idle
//!                         ▲             │             │            │
//!                         └──── back off, then observe again ◀─────┴─ refused ─▶ withdrawing ─▶ idle, old one stays
//!
//!  beside idle, the previous secret:   overlap ─▶ deactivated: soak ─▶ deleted
//!                                         └──────────┴─ rolled back: on again, verified, published again
//! ```
//!
//! The rule that makes it simple: **look, take one step, look again.** Every step that changes something at Okta is
//! decided on a list read just before it, is on disk before it goes out, and is followed by another look unless its
//! answer was clear. A lost answer, a crash and a retry therefore all come back to the same decision.
//!
//! This module may not know the time, draw values, or do anything: it returns [`event::Effect`]s. Read [`rotate`] first,
//! then [`create`], [`verify`], [`publish`], [`retire`] and [`rollback`].

use chrono::{DateTime, Utc};
use uuid::Uuid;

mod adopt;
pub mod call;
mod clock;
mod clock_ahead;
mod create;
mod cut;
pub mod drift;
pub mod event;
pub mod forecast;
pub mod identify;
pub mod open;
pub mod phase;
pub mod plan;
mod precondition;
mod publish;
pub mod retire;
pub mod rollback;
pub mod rotate;
mod take_in;
pub mod turn;
mod unanswered;
pub mod usable;
mod verify;

use call::{Answer, Reply, SeenSecret};
use event::{Event, Transition};
use phase::Phase;
use publish::publish;
use turn::Turn;
use verify::Tested;

use super::fault::{Code, Fault};
use super::history::ending::What;
use super::history::noted::{Listed, Noted};
use super::history::{Outcome, StepOutcome, Trigger};
use super::rotation::{Kind, Rotation, Unanswered};
use crate::core::cause::AppCause;
use crate::core::remedy::OnRotation;

/// Takes one event. An event that has no transition (a late answer, a wake-up while a call is out, no operation at all)
/// leaves the record as it is and wants nothing done.
pub fn handle(rotation: &Rotation, event: Event, now: DateTime<Utc>) -> Transition {
    let mut turn = Turn::new(rotation.clone(), now);
    let Some(operation) = rotation.operation.as_ref() else { return turn.end() };
    match event {
        Event::Wake => woken(&mut turn, &operation.phase, operation.wake_at.is_some()),
        Event::Drawn { key, value } if operation.phase == Phase::Drawing => create::drawn(&mut turn, key, value),
        // A wait that is timed has had its answer.
        Event::Answered { call, answer } if call == operation.call && operation.wake_at.is_none() => {
            answered(&mut turn, &operation.phase, answer);
        }
        Event::Failed(fault) => failed(&mut turn, fault),
        Event::Drawn { .. } | Event::Answered { .. } => {}
    }
    turn.end()
}

fn woken(turn: &mut Turn, phase: &Phase, timed: bool) {
    match phase {
        Phase::Waiting => {
            let operation = turn.operation();
            let asked = matches!(operation.trigger, Trigger::Manual | Trigger::Create | Trigger::Rollback);
            let kind = operation.kind;
            if !operation.journaled && !asked {
                // No request waits for its outcome, so it is not dropped at the first fault: it is on disk from its start,
                // and with it the due time that it consumes.
                turn.journal(Vec::new());
            }
            match kind {
                Kind::Rotate | Kind::Rollback | Kind::Adopt => turn.read_app(),
                Kind::Retire | Kind::Delete => turn.read_secrets(),
            }
        }
        // Its future was decided meanwhile: that is done on a fresh look.
        Phase::Verifying if timed && turn.operation().consent.resolves() => turn.read_app(),
        Phase::Verifying if timed => verify::begin(turn),
        _ => {}
    }
}

/// This machine failed in the middle of a step: whatever was out is looked for again, after a while, and it needs attention.
fn failed(turn: &mut Turn, fault: Fault) {
    turn.rotation = resume(&turn.rotation, turn.now);
    if turn.operation().journaled {
        turn.attend(fault.problem.clone());
    }
    turn.back_off(fault);
}

fn answered(turn: &mut Turn, phase: &Phase, answer: Answer) {
    let Answer { record, result } = answer;
    turn.skew = record.skew;
    match phase {
        Phase::ReadingApp => match read(turn, "read app", &record, result) {
            Some(Reply::App(app)) => rotate::app_read(turn, app),
            Some(_) => turn.read_app(),
            None => {}
        },
        Phase::ReadingSecrets => match (read(turn, "read secrets", &record, result), turn.kind()) {
            (Some(Reply::Secrets(seen)), Some(Kind::Rotate)) => conclude(rotate::secrets_read(turn, &seen), turn),
            (Some(Reply::Secrets(seen)), Some(Kind::Retire)) => retire::secrets_read(turn, &seen),
            (Some(Reply::Secrets(seen)), Some(Kind::Adopt)) => conclude(adopt::secrets_read(turn, &seen), turn),
            (Some(Reply::Secrets(seen)), Some(Kind::Rollback)) => conclude(rollback::secrets_read(turn, &seen), turn),
            (Some(Reply::Secrets(seen)), Some(Kind::Delete)) => retire::revoke(turn, &seen),
            (Some(_), _) => turn.read_secrets(),
            (None, _) => {}
        },
        Phase::Creating => create::answered(turn, &record, result),
        Phase::Activating { secret_id } => match result {
            Ok(Reply::Secret(seen)) if seen.active => {
                turn.record("activate", &record, StepOutcome::Ok, Noted::Activated { secret_id: secret_id.clone() });
                turn.progressed();
                turn.read_secrets();
            }
            Ok(_) => retire::failed(turn, "activate", &record, retire::unchanged(secret_id, false)),
            Err(fault) => retire::failed(turn, "activate", &record, fault),
        },
        Phase::Verifying => conclude(verify::verified(turn, &record, result), turn),
        Phase::Controlling => conclude(verify::controlled(turn, &record, result), turn),
        Phase::Deactivating { secret_id } => retire::deactivated(turn, secret_id, &record, result),
        Phase::Deleting { secret_id } => retire::deleted(turn, secret_id, &record, result),
        Phase::Drawing | Phase::Waiting => {}
    }
}

/// A test is over: what follows is decided by what it was for.
fn conclude(tested: Option<Tested>, turn: &mut Turn) {
    let Some(tested) = tested else { return };
    match (turn.kind(), tested) {
        (_, Tested::Works) => publish(turn, false),
        (_, Tested::Listed) => publish(turn, true),
        (Some(Kind::Rollback), Tested::NotAsListed(fault)) => rollback::give_up(turn, fault),
        (_, Tested::NotAsListed(fault)) => turn.need_attention(fault),
        (Some(Kind::Rollback), Tested::Refused) => rollback::refused(turn),
        (Some(Kind::Adopt), Tested::Refused) => adopt::refused(turn),
        (_, Tested::Refused) => rotate::refused(turn),
        (Some(Kind::Rollback), Tested::NoVerdict(fault)) => rollback::no_verdict(turn, fault),
        (Some(Kind::Adopt), Tested::NoVerdict(fault)) => adopt::no_verdict(turn, fault),
        (_, Tested::NoVerdict(fault)) => rotate::no_verdict(turn, fault),
    }
}

/// A read's answer on the record; a failed one is dealt with here.
fn read(turn: &mut Turn, step: &str, record: &call::Record, result: Result<Reply, Fault>) -> Option<Reply> {
    match result {
        Ok(reply) => {
            turn.record(step, record, StepOutcome::Ok, noted(&reply));
            Some(reply)
        }
        Err(fault) => {
            turn.record(step, record, StepOutcome::Refused, fault.problem.cause.clone());
            turn.fail_call(app_gone(&turn.rotation, fault));
            None
        }
    }
}

fn noted(reply: &Reply) -> Noted {
    match reply {
        Reply::App(app) => Noted::App {
            label: app.label.clone(),
            status: app.status.clone(),
            method: usable::method_word(app).to_owned(),
        },
        Reply::Secrets(seen) => {
            let listed = |seen: &SeenSecret| Listed { secret_id: seen.id.clone(), active: seen.active };
            Noted::Secrets { secrets: seen.iter().map(listed).collect() }
        }
        Reply::Secret(_) | Reply::Deleted | Reply::Verdict(_) => Noted::said(""),
    }
}

/// A read of an app that is gone, said in the rotation's own words.
fn app_gone(rotation: &Rotation, fault: Fault) -> Fault {
    if fault.code != Code::AppGone {
        return fault;
    }
    let app = &rotation.app;
    fault
        .as_cause(|_| AppCause::AppGone { label: app.label.clone(), id: app.id.clone() })
        .instead(OnRotation::DeleteRotation)
}

/// An operation found in the journal at start: whatever call was out, its answer is lost, so look before acting.
#[must_use]
pub fn resume(rotation: &Rotation, now: DateTime<Utc>) -> Rotation {
    let mut rotation = rotation.clone();
    if let Some(operation) = &mut rotation.operation
        && operation.phase != Phase::Waiting
    {
        // The call may have gone out just before the process ended. A create was noted as sent before it went out.
        if let Phase::Deactivating { secret_id } | Phase::Deleting { secret_id } = &operation.phase
            && let Some(secret) = rotation.secrets.iter_mut().find(|secret| secret.okta_id.as_ref() == Some(secret_id))
        {
            secret.cut_out = Some(Unanswered::Unseen);
        }
        operation.phase = Phase::Waiting;
        operation.wake_at = Some(now);
    }
    rotation
}

/// Ends an open retirement that rests, because something else was decided about its secret.
#[must_use]
pub fn give_up(rotation: &Rotation, why: What, now: DateTime<Utc>) -> Transition {
    let mut turn = Turn::new(rotation.clone(), now);
    if rests(rotation) && turn.kind() == Some(Kind::Retire) {
        turn.close(Outcome::Failed, why, Vec::new());
    }
    turn.end()
}

/// Whether the machine waits for an event from outside: no call is out and no draw.
pub fn rests(rotation: &Rotation) -> bool {
    rotation.operation.as_ref().is_none_or(|operation| match operation.phase {
        Phase::Waiting => true,
        Phase::Verifying => operation.wake_at.is_some(),
        _ => false,
    })
}

/// Identity of an attempt.
pub type Attempt = Uuid;

#[cfg(test)]
mod tests;
