//! Adopting: the secret that the app has already is tested and published as version 1. The harmless way in.
//!
//! Nothing is changed at Okta here, and nothing is on disk before it is published: what goes wrong leaves no trace.

use super::call::SeenSecret;
use super::identify::reconcile;
use super::take_in::take_in_originals;
use super::turn::Turn;
use super::verify;
use crate::core::fault::{Class, Fault};
use crate::core::rotation::{Status, Verify};

/// The list was read for an operation of kind [`crate::core::rotation::Kind::Adopt`].
pub fn secrets_read(turn: &mut Turn, seen: &[SeenSecret]) {
    if turn.operation().pending.is_none() {
        // A value that somebody gave stands among the secrets already, without an id.
        let given = turn.rotation.secrets.iter().find(|secret| secret.status == Status::Intended);
        turn.operation().pending = given.map(|secret| secret.key);
    }
    let sight = reconcile(&mut turn.rotation, seen, turn.now);
    take_in_originals(turn, seen, &sight);
    if turn.operation().pending.is_none()
        && let Err(fault) = choose(turn, seen)
    {
        return turn.abandon(fault);
    }
    let Some(chosen) = turn.pending().cloned() else { return turn.read_app() };
    let id = chosen.okta_id.clone().unwrap_or_default();
    let fault = match chosen.status {
        Status::Active if chosen.value.is_some() => {
            if turn.operation().unproven && turn.operation().authenticated {
                return verify::publish(turn);
            }
            if turn.operation().unproven && turn.rotation.verify == Verify::Listed {
                let message = "Okta hides what would tell whether the given value is this secret's";
                return turn.abandon(Fault::precondition(message, "have it tested: --verify introspect"));
            }
            return verify::seen_active(turn, seen);
        }
        Status::Active => Fault::precondition(
            format!("Okta does not show the value of {id} to this connection's role"),
            "give the value: --secret-stdin or --secret-file",
        ),
        Status::Inactive => Fault::precondition(
            format!("{id} is switched off at Okta, so nobody can be using it"),
            "adopt the one that is in use, or create the rotation without --adopt to have a new one issued",
        ),
        Status::Intended | Status::Gone if seen.len() > 1 => Fault::precondition(
            "the given value is none of the app's two secrets, or Okta hides which of them it is",
            "check the value; where it is right, find out which of the two is in use (another windlass may have made them), have \
             the other one removed at Okta, then try again",
        ),
        Status::Intended | Status::Gone => Fault::precondition(
            "the given value is not a secret of this app",
            "check that it was copied whole, and that it is this app's",
        ),
    };
    turn.abandon(fault);
}

/// The secret that is meant: the one that was named, or the only one that works.
fn choose(turn: &mut Turn, seen: &[SeenSecret]) -> Result<(), Fault> {
    let named = turn.operation().consent.adopt.clone();
    let known = &turn.rotation.secrets;
    let active: Vec<_> = known.iter().filter(|secret| secret.status == Status::Active).collect();
    let chosen = match (&named, active.as_slice()) {
        (Some(named), _) => known
            .iter()
            .find(|secret| secret.okta_id.as_ref() == Some(named))
            .ok_or_else(|| Fault::precondition(format!("the app has no secret {named:?} to adopt"), listed(seen)))?,
        (None, [only]) => only,
        (None, []) => {
            let hint = "create the rotation without --adopt to have a new one issued";
            return Err(Fault::precondition("the app has no ACTIVE secret to adopt", hint));
        }
        (None, _) => {
            let hint = format!("say which one its consumers use with --adopt-secret; {}", listed(seen));
            return Err(Fault::precondition("the app has two ACTIVE secrets", hint));
        }
    };
    let key = chosen.key;
    turn.operation().pending = Some(key);
    Ok(())
}

fn listed(seen: &[SeenSecret]) -> String {
    let ids: Vec<&str> = seen.iter().map(|seen| seen.id.as_str()).collect();
    if ids.is_empty() { "it has none".into() } else { format!("it has {}", ids.join(" and ")) }
}

/// Another secret of the app authenticates, this one does not.
pub fn refused(turn: &mut Turn) {
    let id = turn.pending().and_then(|secret| secret.okta_id.clone()).unwrap_or_default();
    let message = format!("the value does not authenticate as {id}, while another secret of the app does");
    turn.abandon(Fault::precondition(message, "check the value"));
}

/// It could not be told whether the secret works. Nothing is on disk, so this ends after a few tries.
pub fn no_verdict(turn: &mut Turn, fault: Fault) {
    match fault.class() {
        // There is nothing to compare with, or nothing works: no more is known after another try.
        Class::Person => {
            let hint = verify::doubts(turn) + "check the value, and the app's sign-on policy at Okta";
            turn.abandon(Fault { hint, ..fault });
        }
        Class::Passing | Class::Connection => turn.back_off(fault),
    }
}
