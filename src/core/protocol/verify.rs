//! Testing a secret before anyone gets it. What a test comes to is said as [`Tested`]; what follows is decided in
//! [`super`], by what the test was for.

use super::call::{Call, Probe, Record, Reply, SeenApp, SeenSecret, Verdict};
use super::cut::ambiguous;
use super::phase::Phase;
use super::turn::Turn;
use crate::core::cause::{AppCause, Cause, Untestable, VerifyCause};
use crate::core::fault::{Class, Code, Fault};
use crate::core::history::noted::Noted;
use crate::core::history::{StepOutcome, Trigger};
use crate::core::remedy::{AtOkta, Automatic, OnRotation, Remedy};
use crate::core::rotation::{AuthMethod, Kind, OktaSecret, Origin, Rotation, Status, Verify};
use crate::core::schedule::backoff;
use crate::core::secret::SecretValue;

/// What a test of the pending secret came to.
#[derive(Debug)]
pub enum Tested {
    /// It authenticates, or is to be published without that.
    Works,
    /// Okta lists it ACTIVE, and the rotation wants no other test.
    Listed,
    /// The list is all that is asked for, and this speaks against it.
    NotAsListed(Fault),
    /// Okta refuses it while another secret of the app authenticates.
    Refused,
    /// Neither yes nor no: what stood in the way. Never the connection's fault, for a test does not carry its credential.
    NoVerdict(Fault),
}

/// What to do where a list alone is not enough.
fn test_it(turn: &Turn) -> Vec<Remedy> {
    let open = turn.rotation.app.auth_method.is_open();
    let verify = if open { Verify::ClientSecretBasic } else { Verify::Introspect };
    or_decide(
        turn,
        vec![OnRotation::TestBy { verify, creating: false, or: false }.into(), Automatic::CurrentWorks.into()],
    )
}

/// Adds what can be decided about a new secret, which only an attempt to rotate has.
pub fn or_decide(turn: &Turn, mut remedies: Vec<Remedy>) -> Vec<Remedy> {
    if turn.kind() == Some(Kind::Rotate) {
        remedies.push(OnRotation::Decide.into());
    }
    remedies
}

/// What to do where a secret cannot be verified, with the other way to test it where the app has one.
pub fn retest(turn: &Turn) -> Vec<Remedy> {
    let mut remedies = doubts(turn);
    remedies.extend([AtOkta::CheckSignOn.into(), Automatic::TestsAgain.into(), Automatic::CurrentWorks.into()]);
    let other = match (turn.rotation.verify, &turn.rotation.app.redirect_uri) {
        (Verify::Introspect, Some(_)) => Some(Verify::Token),
        (Verify::Token, _) => Some(Verify::Introspect),
        _ => None,
    };
    remedies.extend(other.map(|verify| OnRotation::TestBy { verify, creating: false, or: true }.into()));
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
    let cause = AppCause::CannotTest { app: label.to_owned(), why, verify: rotation.verify };
    Fault::precondition(cause).and(OnRotation::NameMethod { creating: is_new(rotation) })
}

/// Whether it is being made, so that its options can still be given.
fn is_new(rotation: &Rotation) -> bool {
    rotation.operation.as_ref().is_some_and(|operation| operation.trigger == Trigger::Create)
}

fn no_codes(rotation: &Rotation, label: &str) -> Fault {
    let cause = AppCause::CannotTest { app: label.to_owned(), why: Untestable::NoCodes, verify: rotation.verify };
    let creating = is_new(rotation);
    Fault::precondition(cause).and(OnRotation::TestBy { verify: Verify::Introspect, creating, or: false })
}

/// A list read just now shows the pending secret ACTIVE: it is tested, or where no test is wanted that was all.
pub fn seen_active(turn: &mut Turn, seen: &[SeenSecret]) -> Option<Tested> {
    if turn.rotation.verify == Verify::Listed {
        return listed(turn, seen);
    }
    begin(turn);
    None
}

/// Goes by the list alone: on its word a secret is published, and none is withdrawn.
fn listed(turn: &mut Turn, seen: &[SeenSecret]) -> Option<Tested> {
    let Some(pending) = turn.pending().cloned() else {
        turn.read_app();
        return None;
    };
    let id = pending.okta_id.clone().unwrap_or_default();
    let operation = turn.operation();
    let (unproven, refusals) = (operation.unproven, operation.refusals);
    Some(Tested::NotAsListed(if unproven {
        ambiguous(turn, vec![id])
    } else if refusals > 0 {
        Fault::precondition(VerifyCause::RefusedBefore { secret: id }).with(test_it(turn))
    } else if !shown_as_ours(&pending, seen) {
        Fault::precondition(VerifyCause::OtherValue { secret: id }).with(test_it(turn))
    } else {
        turn.note("verify", Noted::ListedOnly { secret_id: id });
        turn.progressed();
        return Some(Tested::Listed);
    }))
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
        let fault = Fault::precondition(VerifyCause::NoValueHere).with(retest(turn));
        return turn.need_attention(fault);
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
            return turn.need_attention(fault);
        }
        _ => Probe::Introspect,
    };
    let Some(method) = way.method(app.auth_method) else {
        let fault = unnamed(&turn.rotation, app.auth_method, &app.label);
        return turn.need_attention(fault);
    };
    turn.call(phase, Call::Authenticate { probe, client_id: app.client_id, method, value });
}

/// The verdict on the pending secret.
pub fn verified(turn: &mut Turn, record: &Record, result: Result<Reply, Fault>) -> Option<Tested> {
    match result {
        Ok(Reply::Verdict(Verdict::Works)) => {
            turn.record("verify", record, StepOutcome::Ok, Noted::Authenticates);
            turn.progressed();
            if turn.rotation.leaving.is_some() {
                turn.read_app();
            } else if turn.operation().unproven {
                // Our value works; whether it is this secret's, a list made after that tells.
                turn.operation().authenticated = true;
                turn.read_secrets();
            } else {
                return Some(Tested::Works);
            }
        }
        Ok(Reply::Verdict(Verdict::Refused)) => {
            turn.record("verify", record, StepOutcome::Refused, Noted::NotAccepted);
            let now = turn.now;
            let operation = turn.operation();
            operation.refusals += 1;
            match backoff::verification(operation.refusals) {
                // A new secret may take a while to propagate: the same test again, without reading all anew.
                Some(wait) => operation.wake_at = Some(now + wait),
                None => return control(turn),
            }
        }
        Ok(_) => turn.read_app(),
        Err(fault) => {
            turn.record("verify", record, StepOutcome::Doubtful, fault.problem.cause.clone());
            return Some(Tested::NoVerdict(turned_away(turn, fault)));
        }
    }
    None
}

/// One control probe with a secret that is known to work tells a bad secret from a bad day.
fn control(turn: &mut Turn) -> Option<Tested> {
    let good = |secret: &&OktaSecret| secret.status == Status::Active && secret.value.is_some();
    let unproven = turn.operation().unproven;
    let id = turn.pending().and_then(|pending| pending.okta_id.clone()).unwrap_or_default();
    let rotation = &turn.rotation;
    let pending = rotation.operation.as_ref().and_then(|operation| operation.pending);
    let other = |secret: &&OktaSecret| secret.origin == Origin::Original && Some(secret.key) != pending;
    let original = rotation.secrets.iter().filter(other).find(good);
    match rotation.current_secret().filter(good).or(original).and_then(|secret| secret.value.clone()) {
        Some(value) => authenticate(turn, Phase::Controlling, value),
        None if unproven => turn.need_attention(ambiguous(turn, vec![id])),
        None => return Some(Tested::NoVerdict(Fault::precondition(VerifyCause::NothingToCompare).with(retest(turn)))),
    }
    None
}

/// What was named or assumed where Okta hides it: that may be what is wrong.
pub fn doubts(turn: &Turn) -> Vec<Remedy> {
    let app = &turn.rotation.app;
    // One that is being adopted is not on record yet.
    let creating = turn.kind() == Some(Kind::Adopt);
    let named = turn.rotation.verify.names().filter(|_| app.auth_method.is_open());
    let method = named.map(|named| OnRotation::IfNotMethod { named, creating });
    let client_id = app.client_id_hidden.then(|| app.client_id.clone());
    let client_id = client_id.map(|client_id| OnRotation::IfNotClientId { client_id, creating });
    method.into_iter().chain(client_id).map(Into::into).collect()
}

/// The verdict on the control: only if that authenticates is the new one refused.
pub fn controlled(turn: &mut Turn, record: &Record, result: Result<Reply, Fault>) -> Option<Tested> {
    match result {
        Ok(Reply::Verdict(Verdict::Works)) => {
            turn.record("control", record, StepOutcome::Ok, Noted::ControlAuthenticates);
            Some(Tested::Refused)
        }
        Ok(Reply::Verdict(Verdict::Refused)) => {
            turn.record("control", record, StepOutcome::Refused, Noted::ControlNotAccepted);
            Some(Tested::NoVerdict(Fault::precondition(VerifyCause::AllRefused).with(retest(turn))))
        }
        Ok(_) => {
            turn.read_app();
            None
        }
        Err(fault) => {
            turn.record("control", record, StepOutcome::Doubtful, fault.problem.cause.clone());
            Some(Tested::NoVerdict(turned_away(turn, fault)))
        }
    }
}

/// What would be the connection's matter, or its role's, were it not the answer to a test: no probe of the connection would
/// ever end a wait for it.
fn turned_away(turn: &Turn, fault: Fault) -> Fault {
    if fault.class() != Class::Connection && !matches!(fault.http_status, Some(401 | 403)) {
        return fault;
    }
    let secret = turn.pending().and_then(|secret| secret.okta_id.clone());
    let creating = turn.kind() == Some(Kind::Adopt);
    let fault = fault
        .as_cause(|cause| Cause::NotTested { secret, cause: Box::new(cause) })
        .instead(AtOkta::AllowTest)
        .and(OnRotation::Untested { creating });
    Fault { code: Code::NoVerdict, ..fault }
}
