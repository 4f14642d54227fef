//! Verifying a new secret before anyone gets it, publishing it, or finding out that it is refused.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::adopt;
use super::call::{Call, Probe, Record, Reply, SeenApp, SeenSecret, Verdict};
use super::cut::strange;
use super::event::Write;
use super::phase::Phase;
use super::rollback;
use super::turn::{PATIENCE, Turn};
use crate::core::cause::{Cause, Untestable};
use crate::core::fault::{Class, Code, Fault, Problem};
use crate::core::history::{Outcome, StepOutcome, Trigger};
use crate::core::remedy::Remedy;
use crate::core::rotation::{AuthMethod, Kind, OktaSecret, Origin, Previous, Published, Rotation, Status, Verify};
use crate::core::schedule::backoff;
use crate::core::schedule::spans::seconds;
use crate::core::secret::SecretValue;

/// What to do where a list alone is not enough.
fn test_it(turn: &Turn) -> Vec<Remedy> {
    let open = turn.rotation.app.auth_method.is_open();
    let verify = if open { Verify::ClientSecretBasic } else { Verify::Introspect };
    or_decide(turn, vec![Remedy::TestBy { verify, creating: false, or: false }, Remedy::CurrentWorks])
}

/// With what can be decided about a new secret. That only an attempt to rotate has.
fn or_decide(turn: &Turn, mut remedies: Vec<Remedy>) -> Vec<Remedy> {
    if turn.kind() == Some(Kind::Rotate) {
        remedies.push(Remedy::Decide);
    }
    remedies
}

/// What to do where a secret cannot be verified, with the other way to test it where the app has one.
fn retest(turn: &Turn) -> Vec<Remedy> {
    let mut remedies = doubts(turn);
    remedies.extend([Remedy::CheckSignOn, Remedy::TestsAgain, Remedy::CurrentWorks]);
    let other = match (turn.rotation.verify, &turn.rotation.app.redirect_uri) {
        (Verify::Introspect, Some(_)) => Some(Verify::Token),
        (Verify::Token, _) => Some(Verify::Introspect),
        _ => None,
    };
    remedies.extend(other.map(|verify| Remedy::TestBy { verify, creating: false, or: true }));
    or_decide(turn, remedies)
}

/// Whether a new secret of this app can be tested that way at all: found out before anything changes.
pub fn possible(rotation: &Rotation, app: &SeenApp) -> Result<(), Fault> {
    if rotation.verify != Verify::Listed && rotation.verify.method(app.auth_method).is_none() {
        return Err(unnamed(rotation, app.auth_method, &app.label));
    }
    let codes = rotation.verify != Verify::Token || app.redirect_uri.is_some();
    if codes { Ok(()) } else { Err(no_codes(rotation, &app.label)) }
}

/// Nothing tells how the app authenticates: its method has to be named.
fn unnamed(rotation: &Rotation, shown: AuthMethod, label: &str) -> Fault {
    let why = match shown {
        AuthMethod::Hidden => Untestable::MethodHidden,
        AuthMethod::Unknown => Untestable::MethodUnknown,
        method => Untestable::Method(method),
    };
    let cause = Cause::CannotTest { app: label.to_owned(), why, verify: rotation.verify };
    Fault::precondition(cause, [Remedy::NameMethod { creating: is_new(rotation) }])
}

/// Whether it is being made, so that its options can still be given.
fn is_new(rotation: &Rotation) -> bool {
    rotation.operation.as_ref().is_some_and(|operation| operation.trigger == Trigger::Create)
}

fn no_codes(rotation: &Rotation, label: &str) -> Fault {
    let cause = Cause::CannotTest { app: label.to_owned(), why: Untestable::NoCodes, verify: rotation.verify };
    let creating = is_new(rotation);
    Fault::precondition(cause, [Remedy::TestBy { verify: Verify::Introspect, creating, or: false }])
}

/// A list read just now shows the pending secret ACTIVE: it is tested, or where no test is wanted that was all.
pub fn seen_active(turn: &mut Turn, seen: &[SeenSecret]) {
    if turn.rotation.verify == Verify::Listed { listed(turn, seen) } else { begin(turn) }
}

/// Takes the list's word for it. That can only speak for a secret: whatever speaks against it is left to a person.
fn listed(turn: &mut Turn, seen: &[SeenSecret]) {
    let Some(pending) = turn.pending().cloned() else { return turn.read_app() };
    let id = pending.okta_id.clone().unwrap_or_default();
    let operation = turn.operation();
    let (unproven, refusals) = (operation.unproven, operation.refusals);
    let fault = if unproven {
        strange(turn, vec![id])
    } else if refusals > 0 {
        Fault::precondition(Cause::RefusedBefore { secret: id }, test_it(turn))
    } else if !shown_as_ours(&pending, seen) {
        Fault::precondition(Cause::OtherValue { secret: id }, test_it(turn))
    } else {
        turn.note("verify", format!("{id} was not tested: that Okta lists it ACTIVE is all that is known"));
        turn.progressed();
        return issue(turn, "; it was not tested");
    };
    if turn.kind() == Some(Kind::Rollback) {
        rollback::give_up(turn, fault);
    } else {
        turn.need_person(fault);
    }
}

/// Whether what the list shows of a secret is what we hold of it. What the role hides cannot contradict.
fn shown_as_ours(ours: &OktaSecret, seen: &[SeenSecret]) -> bool {
    let entry = seen.iter().find(|seen| seen.active && ours.okta_id.as_ref() == Some(&seen.id));
    ours.value.is_some()
        && entry.is_some_and(|seen| match (&seen.value, &seen.hash) {
            (Some(_), _) => seen.value == ours.value,
            (None, Some(_)) => seen.hash == ours.hash,
            (None, None) => true,
        })
}

/// Authenticates as the app with the pending secret.
pub fn begin(turn: &mut Turn) {
    if turn.rotation.leaving.is_some() {
        return turn.read_app(); // Asked for while the create was out: the secret is not wanted any more.
    }
    let Some(value) = turn.pending().and_then(|pending| pending.value.clone()) else {
        let fault = Fault::precondition(Cause::NoValueHere, retest(turn));
        return turn.need_person(fault);
    };
    authenticate(turn, Phase::Verifying, value);
}

fn authenticate(turn: &mut Turn, phase: Phase, value: SecretValue) {
    let app = turn.rotation.app.clone();
    let way = turn.rotation.verify;
    let probe = match (way, app.redirect_uri) {
        (Verify::Listed, _) => return turn.read_secrets(),
        (Verify::Token, Some(redirect_uri)) => Probe::Token { redirect_uri },
        (Verify::Token, None) => {
            let fault = no_codes(&turn.rotation, &app.label);
            return turn.need_person(fault);
        }
        _ => Probe::Introspect,
    };
    let Some(method) = way.method(app.auth_method) else {
        let fault = unnamed(&turn.rotation, app.auth_method, &app.label);
        return turn.need_person(fault);
    };
    turn.call(phase, Call::Authenticate { probe, client_id: app.client_id, method, value });
}

/// The verdict on the pending secret.
pub fn verified(turn: &mut Turn, record: &Record, result: Result<Reply, Fault>) {
    match result {
        Ok(Reply::Verdict(Verdict::Works)) => {
            turn.record("verify", record, StepOutcome::Ok, "the new secret authenticates");
            turn.progressed();
            if turn.rotation.leaving.is_some() {
                turn.read_app();
            } else if turn.operation().unproven {
                // Our value works; whether it is this secret's, a list made after that tells.
                turn.operation().authenticated = true;
                turn.read_secrets();
            } else {
                publish(turn);
            }
        }
        Ok(Reply::Verdict(Verdict::Refused)) => {
            turn.record("verify", record, StepOutcome::Refused, "Okta does not accept the new secret (yet)");
            let now = turn.now;
            let operation = turn.operation();
            operation.refusals += 1;
            match backoff::verification(operation.refusals) {
                // A new secret may take a while to propagate: the same test again, without reading all anew.
                Some(wait) => operation.wake_at = Some(now + wait),
                None => control(turn),
            }
        }
        Ok(_) => turn.read_app(),
        Err(fault) => {
            turn.record("verify", record, StepOutcome::Doubtful, fault.message());
            no_verdict(turn, fault);
        }
    }
}

/// One control probe with a secret that is known to work tells a bad secret from a bad day.
fn control(turn: &mut Turn) {
    let good = |secret: &&OktaSecret| secret.status == Status::Active && secret.value.is_some();
    let unproven = turn.operation().unproven;
    let id = turn.pending().and_then(|pending| pending.okta_id.clone()).unwrap_or_default();
    let rotation = &turn.rotation;
    let pending = rotation.operation.as_ref().and_then(|operation| operation.pending);
    let other = |secret: &&OktaSecret| secret.origin == Origin::Original && Some(secret.key) != pending;
    let original = rotation.secrets.iter().filter(other).find(good);
    match rotation.current_secret().filter(good).or(original).and_then(|secret| secret.value.clone()) {
        Some(value) => authenticate(turn, Phase::Controlling, value),
        None if unproven => turn.need_person(strange(turn, vec![id])),
        None => {
            let fault = Fault::precondition(Cause::NothingToCompare, retest(turn));
            no_verdict(turn, fault);
        }
    }
}

/// What Okta hides of the app and was named or taken in its place: it may be what is wrong.
pub fn doubts(turn: &Turn) -> Vec<Remedy> {
    let app = &turn.rotation.app;
    // One that is being adopted is not on record yet.
    let creating = turn.kind() == Some(Kind::Adopt);
    let named = turn.rotation.verify.names().filter(|_| app.auth_method.is_open());
    let method = named.map(|named| Remedy::IfNotMethod { named, creating });
    let client_id = app.client_id_hidden.then(|| app.client_id.clone());
    let client_id = client_id.map(|client_id| Remedy::IfNotClientId { client_id, creating });
    method.into_iter().chain(client_id).collect()
}

/// The verdict on the control: only if that authenticates is the new one refused.
pub fn controlled(turn: &mut Turn, record: &Record, result: Result<Reply, Fault>) {
    match result {
        Ok(Reply::Verdict(Verdict::Works)) => {
            turn.record("control", record, StepOutcome::Ok, "a secret known to work still authenticates");
            match turn.kind() {
                Some(Kind::Rollback) => return rollback::refused(turn),
                Some(Kind::Adopt) => return adopt::refused(turn),
                _ => {}
            }
            turn.operation().withdrawing = Some(Cause::NewRefused);
            // A fresh look at the app: had its method changed, the refusal would say nothing about the secret.
            turn.read_app();
        }
        Ok(Reply::Verdict(Verdict::Refused)) => {
            turn.record("control", record, StepOutcome::Refused, "not even a secret known to work authenticates");
            let fault = Fault::precondition(Cause::AllRefused, retest(turn));
            no_verdict(turn, fault);
        }
        Ok(_) => turn.read_app(),
        Err(fault) => {
            turn.record("control", record, StepOutcome::Doubtful, fault.message());
            no_verdict(turn, fault);
        }
    }
}

/// Neither yes nor no: back off, and after an hour tell a person as well. Never a wait for the connection: this call does
/// not carry its credential, so no probe of it would ever end that wait.
fn no_verdict(turn: &mut Turn, fault: Fault) {
    let fault = turned_away(turn, fault);
    match turn.kind() {
        Some(Kind::Rollback) => return rollback::no_verdict(turn, fault),
        Some(Kind::Adopt) => return adopt::no_verdict(turn, fault),
        _ => {}
    }
    let since = turn.pending().map(|pending| pending.created_at);
    if since.is_some_and(|since| turn.now - since >= PATIENCE) {
        let remedies = match fault.code {
            Code::NoVerdict => {
                let after = [Remedy::TestsAgain, Remedy::CurrentWorks];
                or_decide(turn, fault.problem.remedies.iter().cloned().chain(after).collect())
            }
            _ => retest(turn),
        };
        turn.attend(Problem::new(fault.problem.cause.clone(), remedies));
    }
    turn.back_off(fault);
}

/// What would be the connection's matter, or its role's, were it not the answer to a test.
fn turned_away(turn: &Turn, fault: Fault) -> Fault {
    if fault.class() != Class::Connection && !matches!(fault.http_status, Some(401 | 403)) {
        return fault;
    }
    let secret = turn.pending().and_then(|secret| secret.okta_id.clone());
    let creating = turn.kind() == Some(Kind::Adopt);
    let fault = fault
        .as_cause(|cause| Cause::NotTested { secret, cause: Box::new(cause) })
        .with([Remedy::AllowTest, Remedy::Untested { creating }]);
    Fault { code: Code::NoVerdict, ..fault }
}

/// One transaction: both names get a new version, current and previous move on, the attempt enters the history.
pub fn publish(turn: &mut Turn) {
    issue(turn, "");
}

/// The same; `how` is what the history says of it besides.
fn issue(turn: &mut Turn, how: &str) {
    let now = turn.instant();
    let Some(key) = turn.operation().pending else { return turn.read_app() };
    let version = turn.rotation.secrets.iter().filter_map(|secret| secret.published).map(|it| it.version).max();
    if let Some(secret) = turn.secret_mut(key) {
        secret.published = Some(Published { at: now, version: version.unwrap_or(0) + 1 });
    }
    let operation = turn.operation();
    operation.unproven = false;
    let original_off_at = operation.consent.original_off_at;
    let retire_now = operation.consent.retire_now;
    let (trigger, kind) = (operation.trigger, operation.kind);
    let rotation = &mut turn.rotation;
    let mut previous = replaced(rotation, key, now + seconds(rotation.overlap), original_off_at);
    let current = rotation.current;
    if let Some(previous) = previous.as_mut().filter(|previous| retire_now && current == Some(previous.key)) {
        previous.deactivate_at = Some(now);
        previous.asked = true;
    }
    if let Some(old) = rotation.secrets.iter_mut().find(|secret| Some(secret.key) == current)
        && old.status == Status::Active
    {
        // That others switched it off and on again while it was current says nothing about who needs it later.
        old.deactivated_at = None;
    }
    rotation.previous = previous;
    rotation.current = Some(key);
    rotation.last_rotated_at = Some(now);
    rotation.attention = None;
    if trigger == Trigger::Manual {
        rotation.schedule = rotation.schedule.anchored(now);
    }
    let id = turn.pending().and_then(|secret| secret.okta_id.clone()).unwrap_or_default();
    let again = match kind {
        Kind::Rollback => rollback::published(turn, key),
        Kind::Adopt => ", which the app had already",
        _ => "",
    };
    turn.close(Outcome::Success, format!("published {id}{again}{how}"), vec![Write::Publish(key)]);
}

/// The one secret that is at Okta beside the new one, for it has to go before the next rotation: the current one until
/// now, or where that is gone at Okta, whichever else we know of.
fn replaced(
    rotation: &Rotation,
    new: Uuid,
    off_at: DateTime<Utc>,
    original_off_at: Option<DateTime<Utc>>,
) -> Option<Previous> {
    let there = |key: Uuid| {
        rotation.secret(key).is_some_and(|secret| matches!(secret.status, Status::Active | Status::Inactive))
    };
    let fresh = |key, deactivate_at| Previous { deactivate_at, ..Previous::undated(key) };
    if let Some(current) = rotation.current.filter(|current| there(*current)) {
        // One that others switched off goes by the same dates: until then somebody may need it switched on again.
        return Some(fresh(current, Some(off_at)));
    }
    if let Some(previous) = rotation.previous.filter(|previous| there(previous.key)) {
        // With the published one gone, its consumers may have gone back to this one.
        return Some(Previous {
            deactivate_at: previous.deactivate_at.map(|at| at.max(off_at)),
            look_at: None,
            ..previous
        });
    }
    let other = rotation.secrets.iter().find(|secret| secret.key != new && there(secret.key))?;
    let off_at = if other.origin == Origin::Ours { Some(off_at) } else { original_off_at };
    Some(fresh(other.key, off_at))
}
