//! Rotating: observe, make room, create, and on to [`super::verify`].
//!
//! Level-triggered: every decision is taken on a list read just before, from what the journal and the list say together,
//! so that a start after a crash, a lost answer and a retry all take the same path as the first try.

use uuid::Uuid;

use super::call::{Call, SeenApp, SeenSecret};
use super::cut::{ambiguous, cut};
use super::identify::{reconcile, unidentified};
use super::phase::Phase;
use super::take_in::{take_in_named, take_in_originals};
use super::turn::{Turn, VERIFY_PATIENCE};
use super::usable::usable;
use super::verify::{self, Tested};
use super::{clock_ahead, create, precondition};
use crate::core::cause::{Cause, RotationCause, SecretCause, VerifyCause};
use crate::core::fault::{Code, Fault, Problem};
use crate::core::history::noted::Noted;
use crate::core::history::{Outcome, Trigger};
use crate::core::remedy::{AtOkta, Automatic, InAdoption, OnRotation, Remedy};
use crate::core::rotation::{OktaSecret, Origin, RetiredBy, Status};

/// The app was read: refuse here, before anything changes, what could not work.
pub fn app_read(turn: &mut Turn, app: SeenApp) {
    let leaving = turn.rotation.leaving.is_some();
    if let Err(fault) = usable(&app).and_then(|()| verify::possible(&turn.rotation, &app))
        && !leaving
    {
        turn.operation().withdrawing = None;
        return turn.need_attention(fault);
    }
    if app.auth_method != turn.rotation.app.auth_method && !leaving {
        // Refusals of the old method say nothing about the secret.
        let operation = turn.operation();
        operation.withdrawing = None;
        operation.refusals = 0;
    }
    let known = &mut turn.rotation.app;
    if known.client_id_hidden && !app.client_id_hidden && !app.client_id.is_empty() {
        // Shown by now: what Okta says goes before what was taken for it.
        (known.client_id, known.client_id_hidden) = (app.client_id, false);
    }
    turn.rotation.app.label = app.label;
    turn.rotation.app.auth_method = app.auth_method;
    turn.rotation.app.redirect_uri = app.redirect_uri;
    turn.read_secrets();
}

/// The list was read: decide what is next.
pub fn secrets_read(turn: &mut Turn, seen: &[SeenSecret]) -> Option<Tested> {
    let at = turn.instant();
    let sight = reconcile(&mut turn.rotation, seen, at);
    if turn.rotation.current.is_none() {
        take_in_originals(turn, seen, &sight);
    } else {
        take_in_named(turn, seen, &sight);
    }
    turn.mark_gone(&sight.vanished);
    if turn.rotation.leaving.is_some() {
        leave(turn, seen);
    } else if let Some(pending) = turn.pending().cloned() {
        return resume(turn, seen, &pending);
    } else {
        make_room_or_create(turn, seen);
    }
    None
}

/// The rotation is being deleted, and asked for while an attempt was open: nothing new is made, and what the attempt
/// made is withdrawn.
fn leave(turn: &mut Turn, seen: &[SeenSecret]) {
    match turn.pending().cloned() {
        Some(pending) if matches!(pending.status, Status::Active | Status::Inactive) => cut(turn, seen, pending.key),
        Some(_) => withdrawn(turn, seen, RotationCause::BeingDeleted.into()),
        None => turn.close(Outcome::Failed, Cause::from(RotationCause::BeingDeleted), Vec::new()),
    }
}

/// There is a pending secret: what the journal says of it and what the list says decide.
fn resume(turn: &mut Turn, seen: &[SeenSecret], pending: &OktaSecret) -> Option<Tested> {
    let id = pending.okta_id.clone().unwrap_or_default();
    if turn.rotation.current_secret().is_some_and(|current| current.status != Status::Active) {
        // The published secret does not work any more: the new one may be all there is, so it is tested again.
        turn.operation().withdrawing = None;
    }
    if turn.operation().withdrawing.is_none() && pending.status == Status::Active && turn.cut_is_out(pending.key) {
        return None;
    }
    let consent = turn.operation().consent.clone();
    if consent.withdraw {
        turn.operation().withdrawing.get_or_insert(SecretCause::Withdrawn.into());
    }
    if pending.status == Status::Gone && pending.retired_by == Some(RetiredBy::Others) && !consent.withdraw {
        // That others have removed it is why it was refused.
        turn.operation().withdrawing = None;
    }
    let withdrawing = turn.operation().withdrawing.clone();
    let unproven = turn.operation().unproven;
    match (withdrawing, pending.status) {
        (None, Status::Intended) => make_room_or_create(turn, seen),
        (None, Status::Active) if consent.publish_unverified && !unproven => {
            turn.note("verify", Noted::PublishedUntested { secret_id: id });
            return Some(Tested::Works);
        }
        (None, Status::Active) if unproven && turn.operation().authenticated => return Some(Tested::Works),
        (None, Status::Active) => return verify::seen_active(turn, seen),
        (None, Status::Inactive) if unproven => turn.need_attention(ambiguous(turn, vec![id])),
        (None, Status::Inactive) => {
            let call = Call::Activate { app_id: turn.app_id(), secret_id: id.clone() };
            turn.call(Phase::Activating { secret_id: id }, call);
        }
        (None, Status::Gone) => {
            turn.note("observe", Noted::Removed { secret_id: id });
            create::another_value(turn, SecretCause::RemovedTwice.into());
        }
        (Some(reason), Status::Intended | Status::Gone) => withdrawn(turn, seen, reason),
        (Some(_), Status::Active | Status::Inactive) => cut(turn, seen, pending.key),
    }
    None
}

/// Another secret of the app authenticates, this one does not: it is withdrawn. First a fresh look at the app, for had its
/// method changed, the refusal would say nothing about the secret.
pub fn refused(turn: &mut Turn) {
    turn.operation().withdrawing = Some(VerifyCause::NewRefused.into());
    turn.read_app();
}

/// The test gave no verdict: it is tried again, and after an hour it needs attention as well.
pub fn no_verdict(turn: &mut Turn, fault: Fault) {
    let since = turn.pending().map(|pending| pending.created_at);
    if since.is_some_and(|since| turn.now - since >= VERIFY_PATIENCE) {
        let remedies = match fault.code {
            Code::NoVerdict => {
                let after = [Automatic::TestsAgain, Automatic::CurrentWorks].map(Remedy::from);
                verify::or_decide(turn, fault.problem.remedies.iter().cloned().chain(after).collect())
            }
            _ => verify::retest(turn),
        };
        turn.attend(Problem::because(fault.problem.cause.clone()).with(remedies));
    }
    turn.back_off(fault);
}

/// The pending secret is at Okta no more: the attempt ends, the old secret stays current.
fn withdrawn(turn: &mut Turn, seen: &[SeenSecret], reason: Cause) {
    if turn.pending().is_some_and(|pending| pending.status == Status::Intended) {
        if create::is_out(turn) {
            return;
        }
        let unidentified = unidentified(&turn.rotation, seen);
        if !unidentified.is_empty() {
            // One of them may be ours: what is known of it goes with this attempt, so it does not end here.
            let fault = ambiguous(turn, unidentified);
            return turn.need_attention(fault);
        }
    }
    if let Some(key) = turn.operation().pending
        && let Some(pending) = turn.secret_mut(key)
    {
        // One that was never seen keeps its value: should it arrive after all, it is known as ours.
        pending.status = Status::Gone;
    }
    if turn.rotation.leaving.is_none() {
        turn.attend(create::without_secret(reason.clone()));
    }
    turn.close(Outcome::Failed, reason, Vec::new());
}

/// Nothing of this attempt is at Okta: create, once there is room and no foreign secret is in the way.
fn make_room_or_create(turn: &mut Turn, seen: &[SeenSecret]) {
    if seen.len() >= 2
        && let Some(replace) = turn.operation().consent.replace.clone()
        && let Some(key) = turn.rotation.secrets.iter().find(|s| s.okta_id.as_ref() == Some(&replace)).map(|s| s.key)
        && turn.rotation.secret(key).is_some_and(|secret| secret.status != Status::Gone)
    {
        return cut(turn, seen, key);
    }
    if seen.len() >= 2 {
        return match victim(turn, seen) {
            Ok(key) => cut(turn, seen, key),
            Err(fault) => turn.need_attention(fault),
        };
    }
    if turn.operation().trigger == Trigger::Schedule {
        if let Err(fault) = turn.check_clock() {
            return turn.wait_for_clock(fault);
        }
        if clock_ahead::gives_up(turn) {
            return;
        }
    }
    // With room for two, both of two creates would be taken.
    if seen.is_empty() && turn.pending().is_some() && create::is_out(turn) {
        return;
    }
    turn.operation().known_before = seen.iter().map(|seen| seen.id.clone()).collect();
    match turn.pending().and_then(|pending| pending.value.clone()) {
        Some(value) => create::send(turn, value),
        None => turn.draw(),
    }
}

/// Which of two secrets may make room.
fn victim(turn: &mut Turn, seen: &[SeenSecret]) -> Result<Uuid, Fault> {
    let rotation = &turn.rotation;
    let known = |id: &str| rotation.secrets.iter().find(|secret| secret.okta_id.as_deref() == Some(id));
    let foreign = seen.iter().find(|seen| known(&seen.id).is_none());
    if let Some(foreign) = foreign {
        let cause = SecretCause::SecondSecret { secret: foreign.id.clone() };
        return Err(Fault::precondition(cause).and(AtOkta::FindOutWhose));
    }
    // One of ours that was never published: no consumer can be using it.
    if let Some(stray) = rotation.secrets.iter().find(|secret| {
        secret.origin == Origin::Ours
            && secret.published.is_none()
            && matches!(secret.status, Status::Active | Status::Inactive)
            && rotation.operation.as_ref().is_none_or(|operation| operation.pending != Some(secret.key))
    }) {
        return Ok(stray.key);
    }
    let Some(previous) = rotation.previous else {
        let secrets = seen.iter().map(|seen| seen.id.clone()).collect();
        return Err(Fault::precondition(SecretCause::TwoSecrets { secrets }).and(InAdoption::FindOutWhich));
    };
    if !rotation.operation.as_ref().is_some_and(|operation| operation.consent.cut_previous) {
        // What could not be cut even with agreement is not offered.
        precondition::may_cut(turn, seen, previous.key)?;
        let id = rotation.secret(previous.key).and_then(|secret| secret.okta_id.clone()).unwrap_or_default();
        return Err(Fault::precondition(SecretCause::NoRoom { previous: id, due: false }).and(OnRotation::WaitOrCut));
    }
    Ok(previous.key)
}
