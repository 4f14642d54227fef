//! Retiring the previous secret on its dates: overlap, deactivated, soak, deleted; and revoking what is ours when
//! a rotation is deleted.

use chrono::{DateTime, Duration, Utc};

use super::call::{Record, Reply, SeenSecret};
use super::cut::cut;
use super::event::Write;
use super::identify::reconcile;
use super::phase::Phase;
use super::precondition;
use super::turn::{CHECK_AGAIN, Turn};
use crate::core::cause::SecretCause;
use crate::core::fault::{Code, Fault};
use crate::core::history::ending::{Left, What};
use crate::core::history::noted::Noted;
use crate::core::history::{Outcome, StepOutcome};
use crate::core::remedy::{AtOkta, Automatic, OnRotation};
use crate::core::rotation::hold::Hold;
use crate::core::rotation::{Kind, Origin, Previous, Rotation, Status, Unanswered, WhyKept};
use crate::core::schedule::spans::seconds;

/// What holds the previous secret back, whatever its date. `fetched` tells whether the published version was fetched.
pub fn hold(rotation: &Rotation, fetched: bool, now: DateTime<Utc>) -> Option<Hold> {
    let previous = rotation.previous?;
    let leaving = rotation.leaving.is_some();
    let asked = previous.asked && previous.delete_at.is_none();
    if !previous.dated() {
        return Some(Hold::NoDate);
    }
    if !leaving && !asked && rotation.is_paused(now) {
        return Some(Hold::Paused);
    }
    if waits(rotation) && rotation.behind(now).next().is_some() {
        return Some(Hold::Behind);
    }
    if needs_fetch(rotation, fetched) {
        return Some(Hold::Unread);
    }
    (previous.look_at.is_some() && rotation.attention.is_some()).then_some(Hold::Attention)
}

/// How long a secret that leaked waits, once its successor is published, for the targets that do not have that yet.
pub const LEAK_PATIENCE: Duration = Duration::seconds(60);

/// Whether the previous secret goes only once its successor was fetched, and that was not.
pub fn needs_fetch(rotation: &Rotation, fetched: bool) -> bool {
    !fetched && waits(rotation)
}

/// Whether the previous secret waits for anyone: it is still on, was not asked to go now, and does not go unread.
fn waits(rotation: &Rotation) -> bool {
    let dated = |previous: &Previous| previous.deactivate_at.is_some() && previous.delete_at.is_none();
    !rotation.retire_unread && rotation.previous.as_ref().is_some_and(|previous| dated(previous) && !previous.asked)
}

/// What is decided about the previous secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Off now, though its successor may be unread and the rotation paused. One that is off already is deleted on its
    /// date.
    Now,
    /// Off at this instant; one that is off already is deleted then, and never before its soak is over.
    At(DateTime<Utc>),
    /// Kept as it is until that is decided otherwise.
    Hold,
}

/// Puts a decision on the record. What stood in the way of the dates before is of no matter any more.
#[must_use]
pub fn decide(rotation: &Rotation, decision: Decision, now: DateTime<Utc>) -> Rotation {
    let mut turn = Turn::new(rotation.clone(), now);
    turn.clear_attention_of(Kind::Retire);
    let mut rotation = turn.end().rotation;
    let soaked = rotation.previous_secret().filter(|secret| secret.status == Status::Inactive);
    let soaked_at = soaked.map(|secret| secret.deactivated_at.unwrap_or(now) + seconds(rotation.soak));
    if let Some(previous) = &mut rotation.previous {
        (previous.look_at, previous.kept) = (None, None);
        previous.asked = decision == Decision::Now && soaked_at.is_none();
        match (decision, soaked_at) {
            (Decision::Hold, _) => previous.keep(now, WhyKept::Asked),
            (Decision::Now, None) => previous.deactivate_at = Some(now),
            (Decision::At(at), None) => previous.deactivate_at = Some(at),
            (Decision::Now, Some(soaked_at)) => previous.delete_at = previous.delete_at.or(Some(soaked_at)),
            (Decision::At(at), Some(soaked_at)) => previous.delete_at = Some(at.max(soaked_at)),
        }
    }
    rotation
}

/// When the previous secret's next step is due: its deactivation, or after that its deletion.
pub fn next_step(rotation: &Rotation, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let previous = rotation.previous?;
    let at = previous.delete_at.or(previous.deactivate_at)?;
    // What was asked to go waits for no target once all have its successor.
    let reached = previous.asked && previous.delete_at.is_none() && rotation.settled_at().is_some();
    let at = if reached { at.min(now) } else { at };
    Some(previous.look_at.map_or(at, |look_at| at.max(look_at)))
}

/// The list was read for an operation of kind [`Kind::Retire`].
pub fn secrets_read(turn: &mut Turn, seen: &[SeenSecret]) {
    let victim = turn.rotation.previous.map(|previous| previous.key);
    turn.retired = turn.rotation.previous_secret().and_then(|secret| secret.okta_id.clone());
    let before = turn.rotation.previous_secret().map(|secret| (secret.status, secret.deactivated_at));
    let at = turn.instant();
    let sight = reconcile(&mut turn.rotation, seen, at);
    turn.mark_gone(&sight.vanished);
    turn.count_cuts();
    let (Some(key), Some(previous)) = (victim, turn.rotation.previous) else {
        let id = turn.retired.clone().unwrap_or_default();
        let secret = turn.of_app(&id);
        return settled(turn, What::Deleted { secret });
    };
    let Some(secret) = turn.rotation.secret(key).cloned() else { return settled(turn, What::NothingToRetire) };
    let id = secret.okta_id.clone().unwrap_or_default();
    // Paused or held while this waited for Okta, or a target lost what it had.
    let held = match hold(&turn.rotation, true, turn.now) {
        Some(Hold::Paused) => Some(Left::Paused),
        Some(Hold::NoDate) => Some(Left::Held),
        Some(Hold::Behind) => Some(Left::Behind),
        _ => None,
    };
    if let Some(why) = held {
        turn.note("hold", Noted::Left { why });
        return turn.close(Outcome::Failed, What::Left { secret_id: id, why }, Vec::new());
    }
    if let Err(fault) = turn.check_clock() {
        return turn.need_attention(fault);
    }
    match secret.status {
        Status::Active if before.is_some_and(|(_, off_at)| off_at.is_some()) => {
            // It was off, and we did not switch it on: it is needed.
            if let Some(secret) = turn.secret_mut(key) {
                secret.deactivated_at = None;
            }
            if let Some(previous) = &mut turn.rotation.previous {
                previous.keep(turn.now, WhyKept::Reactivated);
            }
            let cause = SecretCause::Reactivated { secret: id, noticed: false };
            refuse(turn, Fault::precondition(cause).and(AtOkta::FindOutWhoNeeds).and(OnRotation::RetireOnce));
        }
        Status::Inactive if previous.delete_at.is_none() => {
            // Our own deactivation whose answer was lost, or one from outside: its soak counts from now.
            switched_off(turn, What::Inactive { secret_id: id });
        }
        Status::Inactive if previous.delete_at.is_some_and(|at| at > turn.now) => {
            settled(turn, What::Soaks { secret_id: id });
        }
        Status::Active if !previous.asked && previous.deactivate_at.is_some_and(|at| at > turn.now) => {
            // It was begun under a clock that was ahead.
            settled(turn, What::NotYet { secret_id: id });
        }
        Status::Active | Status::Inactive => match precondition::may_cut(turn, seen, key) {
            Ok(()) => cut(turn, seen, key),
            Err(fault) => refuse(turn, fault),
        },
        Status::Intended | Status::Gone => {
            let secret = turn.of_app(&id);
            settled(turn, What::Deleted { secret });
        }
    }
}

/// It cannot go now: the attempt ends, and the next look is tomorrow or when asked.
fn refuse(turn: &mut Turn, fault: Fault) {
    let cause = fault.problem.cause.clone();
    turn.attend(fault.problem);
    let look_at = turn.now + CHECK_AGAIN;
    if let Some(previous) = &mut turn.rotation.previous {
        previous.look_at = Some(look_at);
    }
    turn.note("hold", cause.clone());
    turn.close(Outcome::Attention, cause, Vec::new());
}

/// The previous secret went INACTIVE: its soak begins now, however late it is.
fn switched_off(turn: &mut Turn, what: What) {
    let delete_at = turn.instant() + seconds(turn.rotation.soak);
    if let Some(previous) = &mut turn.rotation.previous {
        // Held while the call was out: it stays off, and is not deleted.
        previous.delete_at = previous.dated().then_some(delete_at);
        previous.look_at = None;
        previous.asked = false;
        let key = previous.key;
        let now = turn.instant();
        if let Some(secret) = turn.secret_mut(key) {
            secret.status = Status::Inactive;
            secret.deactivated_at.get_or_insert(now);
        }
    }
    turn.clear_attention();
    turn.close(Outcome::Success, what, Vec::new());
}

/// Nothing more to do in this attempt.
fn settled(turn: &mut Turn, what: What) {
    turn.clear_attention();
    let mut writes = Vec::new();
    let leaves = turn.rotation.leaving.as_ref().is_some_and(|leaving| !leaving.revoke);
    if leaves && turn.rotation.previous.is_none() && turn.rotation.targets.is_empty() {
        writes.push(Write::Remove);
    }
    turn.close(Outcome::Success, what, writes);
}

/// The answer to a deactivation, in any kind of operation.
pub fn deactivated(turn: &mut Turn, secret_id: &str, record: &Record, result: Result<Reply, Fault>) {
    match result {
        Ok(Reply::Secret(seen)) if !seen.active => {
            turn.record("deactivate", record, StepOutcome::Ok, Noted::Deactivated { secret_id: secret_id.into() });
            turn.progressed();
            let now = turn.instant();
            let known = |secret: &&mut crate::core::rotation::OktaSecret| secret.okta_id.as_deref() == Some(secret_id);
            if let Some(secret) = turn.rotation.secrets.iter_mut().find(known) {
                secret.status = Status::Inactive;
                secret.deactivated_at = Some(now);
                secret.request_ids.extend(record.request_id.clone());
            }
            if turn.operation().kind == Kind::Retire {
                let secret = turn.of_app(secret_id);
                switched_off(turn, What::Deactivated { secret });
            } else {
                turn.journal(Vec::new());
                turn.read_secrets();
            }
        }
        Ok(_) => failed(turn, "deactivate", record, unchanged(secret_id, true)),
        Err(fault) => {
            unanswered(turn, secret_id, &fault);
            failed(turn, "deactivate", record, fault);
        }
    }
}

/// The answer to a deletion. Only a list without the id counts as gone.
pub fn deleted(turn: &mut Turn, secret_id: &str, record: &Record, result: Result<Reply, Fault>) {
    match result {
        Ok(_) => {
            turn.record("delete", record, StepOutcome::Ok, Noted::Deleted { secret_id: secret_id.into() });
            turn.progressed();
            let known = |secret: &&mut crate::core::rotation::OktaSecret| secret.okta_id.as_deref() == Some(secret_id);
            if let Some(secret) = turn.rotation.secrets.iter_mut().find(known) {
                secret.request_ids.extend(record.request_id.clone());
            }
            turn.read_secrets();
        }
        Err(fault) => {
            unanswered(turn, secret_id, &fault);
            failed(turn, "delete", record, fault);
        }
    }
}

/// A cut without a definite answer can still arrive. That the next one was answered says nothing about it.
fn unanswered(turn: &mut Turn, secret_id: &str, fault: &Fault) {
    let cut = turn.rotation.secrets.iter_mut().find(|secret| secret.okta_id.as_deref() == Some(secret_id));
    if let Some(secret) = cut.filter(|_| fault.code.doubtful()) {
        secret.cut_out = Some(Unanswered::Unseen);
    }
}

/// Okta says yes and shows the opposite: asked again at once, that could repeat for ever.
pub fn unchanged(secret_id: &str, active: bool) -> Fault {
    let cause = SecretCause::Unchanged { secret: secret_id.to_owned(), active };
    Fault::new(Code::Unreadable, cause).and(Automatic::LooksAgain)
}

/// A change that did not go through: look again, after a while.
pub fn failed(turn: &mut Turn, step: &str, record: &Record, fault: Fault) {
    turn.record(step, record, StepOutcome::Doubtful, fault.problem.cause.clone());
    match fault.code {
        Code::SecretGone | Code::OnlyActive | Code::DeleteActive => turn.back_off(fault),
        _ => turn.fail_call(fault),
    }
}

/// The list was read for an operation of kind [`Kind::Delete`]: one step further in revoking what is ours.
pub fn revoke(turn: &mut Turn, seen: &[SeenSecret]) {
    let at = turn.instant();
    let sight = reconcile(&mut turn.rotation, seen, at);
    turn.mark_gone(&sight.vanished);
    let ours = |status: Status| {
        turn.rotation.secrets.iter().find(|secret| secret.origin == Origin::Ours && secret.status == status).cloned()
    };
    // What is off goes first; of those that are on, never the last one of the app.
    if let Some(off) = ours(Status::Inactive) {
        return cut(turn, seen, off.key);
    }
    let on = ours(Status::Active);
    if let Some(on) = &on
        && on.okta_id.as_deref().is_some_and(|id| sight.other_active(id))
    {
        return cut(turn, seen, on.key);
    }
    let except = on.and_then(|secret| secret.okta_id);
    turn.close(Outcome::Success, What::Revoked { except }, vec![Write::Remove]);
}

/// Whether an operation of this phase has a change on its way that may have taken effect.
pub fn change_is_out(phase: &Phase) -> bool {
    matches!(phase, Phase::Creating | Phase::Activating { .. } | Phase::Deactivating { .. } | Phase::Deleting { .. })
}
