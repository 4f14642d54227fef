//! Adopting: the secret that the app has already is tested and published as version 1. The harmless way in.
//!
//! Nothing is changed at Okta here, and nothing is on disk before it is published: what goes wrong leaves no trace.

use super::call::SeenSecret;
use super::identify::reconcile;
use super::take_in::take_in_originals;
use super::turn::Turn;
use super::verify::{self, Tested};
use crate::core::cause::AdoptCause;
use crate::core::fault::{Class, Fault};
use crate::core::remedy::{AtOkta, InAdoption, OnRotation};
use crate::core::rotation::{Status, Verify};

/// The list was read for an operation of kind [`crate::core::rotation::Kind::Adopt`].
pub fn secrets_read(turn: &mut Turn, seen: &[SeenSecret]) -> Option<Tested> {
    if turn.operation().pending.is_none() {
        // A value that was given stands among the secrets already, without an id.
        let given = turn.rotation.secrets.iter().find(|secret| secret.status == Status::Intended);
        turn.operation().pending = given.map(|secret| secret.key);
    }
    let sight = reconcile(&mut turn.rotation, seen, turn.now);
    take_in_originals(turn, seen, &sight);
    if turn.operation().pending.is_none()
        && let Err(fault) = choose(turn, seen)
    {
        turn.abandon(fault);
        return None;
    }
    let Some(chosen) = turn.pending().cloned() else {
        turn.read_app();
        return None;
    };
    let id = chosen.okta_id.clone().unwrap_or_default();
    let fault = match chosen.status {
        Status::Active if chosen.value.is_some() => {
            if turn.operation().unproven && turn.operation().authenticated {
                return Some(Tested::Works);
            }
            if !turn.operation().unproven || turn.rotation.verify != Verify::Listed {
                return verify::seen_active(turn, seen);
            }
            let test = OnRotation::TestBy { verify: Verify::Introspect, creating: true, or: false };
            Fault::precondition(AdoptCause::GivenValueHidden).and(test)
        }
        Status::Active => Fault::precondition(AdoptCause::ValueHidden { secret: id }).and(InAdoption::GiveValue),
        Status::Inactive => Fault::precondition(AdoptCause::AdoptInactive { secret: id }).and(InAdoption::AdoptOther),
        Status::Intended | Status::Gone if seen.len() > 1 => {
            Fault::precondition(AdoptCause::GivenValueUnknownOfTwo).and(InAdoption::CheckValueOfTwo)
        }
        Status::Intended | Status::Gone => {
            Fault::precondition(AdoptCause::GivenValueUnknown).and(InAdoption::CheckValueWhole)
        }
    };
    turn.abandon(fault);
    None
}

/// The secret that is meant: the one that was named, or the only one that works.
fn choose(turn: &mut Turn, seen: &[SeenSecret]) -> Result<(), Fault> {
    let named = turn.operation().consent.adopt.clone();
    let has = || InAdoption::AppHas { secrets: seen.iter().map(|seen| seen.id.clone()).collect() };
    let known = &turn.rotation.secrets;
    let active: Vec<_> = known.iter().filter(|secret| secret.status == Status::Active).collect();
    let chosen = match (&named, active.as_slice()) {
        (Some(named), _) => known.iter().find(|secret| secret.okta_id.as_ref() == Some(named)).ok_or_else(|| {
            Fault::precondition(AdoptCause::NoSuchSecret { named: named.clone(), replace: false }).and(has())
        })?,
        (None, [only]) => only,
        (None, []) => {
            return Err(Fault::precondition(AdoptCause::NothingToAdopt).and(InAdoption::IssueInstead));
        }
        (None, _) => return Err(Fault::precondition(AdoptCause::TwoActive).and(InAdoption::SayWhich).and(has())),
    };
    let key = chosen.key;
    turn.operation().pending = Some(key);
    Ok(())
}

/// Another secret of the app authenticates, this one does not.
pub fn refused(turn: &mut Turn) {
    let id = turn.pending().and_then(|secret| secret.okta_id.clone()).unwrap_or_default();
    turn.abandon(Fault::precondition(AdoptCause::GivenValueRefused { secret: id }).and(InAdoption::CheckValue));
}

/// The test gave no verdict. Nothing is on disk, so this ends after a few tries.
pub fn no_verdict(turn: &mut Turn, fault: Fault) {
    match fault.class() {
        // There is nothing to compare with, or nothing works: no more is known after another try.
        Class::Person => {
            let mut remedies = verify::doubts(turn);
            remedies.extend([InAdoption::CheckValue.into(), AtOkta::CheckSignOn.into()]);
            turn.abandon(fault.with(remedies));
        }
        Class::Passing | Class::Connection => turn.back_off(fault),
    }
}
