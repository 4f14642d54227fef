//! The drift check of a rotation that has no operation open: whether Okta still has what the record says.
//!
//! A check changes nothing at Okta. It brings the record in line with a list, and asks for attention where secrets were
//! changed outside windlass in a way that matters. Attention for drift that is over is cleared.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::app_gone;
use super::call::{Record, SeenSecret};
use super::identify::{Sight, reconcile};
use super::turn::MAX_SKEW;
use crate::core::cause::SecretCause;
use crate::core::fault::{Fault, Problem};
use crate::core::remedy::{AtOkta, Automatic, OnRotation, Remedy};
use crate::core::rotation::{Attention, Rotation, Status};

/// What a check found.
#[derive(Clone, Debug)]
pub struct Found {
    /// The record after it.
    pub rotation: Rotation,
    /// The secrets that the list no longer showed: their values are to be erased with the same write.
    pub gone: Vec<Uuid>,
}

/// Compares a record with a list of the app's secrets. Only for a rotation without an open operation.
pub fn compare(rotation: &Rotation, seen: &[SeenSecret], now: DateTime<Utc>) -> Found {
    let before = rotation.previous_secret().map(|secret| secret.status);
    let mut rotation = rotation.clone();
    let sight = reconcile(&mut rotation, seen, now);
    let current = rotation.current;
    let gone: Vec<Uuid> = sight.vanished.iter().copied().filter(|key| Some(*key) != current).collect();
    for secret in rotation.secrets.iter_mut().filter(|secret| gone.contains(&secret.key)) {
        secret.value = None;
    }
    rotation.previous = rotation.previous.filter(|previous| !gone.contains(&previous.key));
    let reactivated = before == Some(Status::Inactive)
        && rotation.previous_secret().is_some_and(|secret| secret.status == Status::Active);
    let found = drift(&rotation, &sight);
    settle(&mut rotation, found, now);
    if reactivated {
        hand_over(&mut rotation, now);
    }
    Found { rotation, gone }
}

/// The instant of a check: Okta's where our own clock is plainly wrong, so that no span starts at a wrong one.
pub fn instant(record: &Record, now: DateTime<Utc>) -> DateTime<Utc> {
    record.skew.filter(|skew| skew.abs() > MAX_SKEW).map_or(now, |skew| now + skew)
}

/// The list could not be read, and no retry helps: the app is gone, or the role lost access to it.
#[must_use]
pub fn refused(rotation: &Rotation, fault: &Fault, now: DateTime<Utc>) -> Rotation {
    let mut rotation = rotation.clone();
    let problem = app_gone(&rotation, fault.clone()).problem;
    settle(&mut rotation, Some(problem), now);
    rotation
}

/// The worst change made outside windlass, and what to do about it.
fn drift(rotation: &Rotation, sight: &Sight) -> Option<Problem> {
    let current = rotation.current_secret()?;
    let secret = current.okta_id.clone().unwrap_or_default();
    let mut ways = ways(rotation, sight);
    match current.status {
        Status::Active | Status::Intended => {}
        Status::Inactive => {
            ways.insert(0, AtOkta::ActivatePublished.into());
            ways.push(OnRotation::OldCopy.into());
            return Some(Problem::because(SecretCause::PublishedOff { secret }).with(ways));
        }
        Status::Gone => {
            if ways.is_empty() {
                // Neither one made anew nor the one before can take its place.
                ways.push(AtOkta::RemoveOther.into());
            }
            ways.push(OnRotation::OldCopy.into());
            return Some(Problem::because(SecretCause::PublishedGone { secret }).with(ways));
        }
    }
    if let Some(foreign) = sight.foreign.first() {
        let cause = SecretCause::UnknownSecret { secret: foreign.clone(), left: None };
        return Some(Problem::because(cause).and(AtOkta::FindOutWhose).and(Automatic::NoRoomUntilThen));
    }
    None
}

/// The commands that bring a secret that works where the published one does not. Each of them can be done as things stand:
/// nothing is cut while the published secret is off, so a new one needs room.
fn ways(rotation: &Rotation, sight: &Sight) -> Vec<Remedy> {
    let mut ways = Vec::new();
    if rotation.leaving.is_some() {
        return ways; // It neither rotates nor goes back any more.
    }
    if rotation.previous_secret().is_some_and(|previous| previous.value.is_some()) {
        ways.push(OnRotation::GoBack.into());
    }
    if sight.count < 2 {
        ways.push(OnRotation::MakeNew.into());
    }
    ways
}

/// Keeps an old secret that was reactivated outside windlass until the operator decides on it.
fn hand_over(rotation: &mut Rotation, now: DateTime<Utc>) {
    let id = rotation.previous_secret().and_then(|secret| secret.okta_id.clone()).unwrap_or_default();
    if let Some(previous) = &mut rotation.previous {
        (previous.deactivate_at, previous.delete_at, previous.asked) = (None, None, false);
        let key = previous.key;
        rotation.secrets.iter_mut().filter(|secret| secret.key == key).for_each(|secret| secret.deactivated_at = None);
    }
    let cause = SecretCause::Reactivated { secret: id, noticed: true };
    let problem =
        Problem::because(cause).and(AtOkta::FindOutWhoNeeds).and(OnRotation::RetireOnce).of_rotation(&rotation.name);
    // No later check ends that.
    rotation.attention.get_or_insert(Attention { problem, since: now, drift: false, attempt: None });
}

/// Asks for attention, or takes back what was asked before.
fn settle(rotation: &mut Rotation, found: Option<Problem>, now: DateTime<Utc>) {
    let known = rotation.attention.as_ref();
    if known.is_some_and(|attention| !attention.drift) {
        return; // It is there for another reason, which no check ends.
    }
    rotation.attention = found.map(|problem| {
        let since = known.filter(|known| known.problem.cause == problem.cause).map_or(now, |known| known.since);
        Attention { problem: problem.of_rotation(&rotation.name), since, drift: true, attempt: None }
    });
}
