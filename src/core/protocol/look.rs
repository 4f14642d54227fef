//! Looking in on a rotation of which nothing is under way: whether what is at Okta still is what the record says.
//!
//! A look changes nothing at Okta. It brings the record in line with a list, and tells a person where others have changed
//! something that matters ("drift"); what was drift and is not any more is taken back.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::app_gone;
use super::call::{Record, SeenSecret};
use super::identify::reconcile;
use super::turn::MAX_SKEW;
use super::unknown::{OLD_COPY, WHOSE};
use crate::core::fault::Fault;
use crate::core::rotation::{Attention, Rotation, Status};

/// What a look found.
#[derive(Clone, Debug)]
pub struct Found {
    /// The record after it.
    pub rotation: Rotation,
    /// The secrets that the list no longer showed: their values are to be erased with the same write.
    pub gone: Vec<Uuid>,
}

/// Compares a record with a list of the app's secrets. Only for a rotation without an open operation.
pub fn look(rotation: &Rotation, seen: &[SeenSecret], now: DateTime<Utc>) -> Found {
    let before = rotation.previous_secret().map(|secret| secret.status);
    let mut rotation = rotation.clone();
    let sight = reconcile(&mut rotation, seen, now);
    let current = rotation.current;
    let gone: Vec<Uuid> = sight.vanished.into_iter().filter(|key| Some(*key) != current).collect();
    for secret in rotation.secrets.iter_mut().filter(|secret| gone.contains(&secret.key)) {
        secret.value = None;
    }
    rotation.previous = rotation.previous.filter(|previous| !gone.contains(&previous.key));
    let reactivated = before == Some(Status::Inactive)
        && rotation.previous_secret().is_some_and(|secret| secret.status == Status::Active);
    let found = drift(&rotation, &sight.foreign);
    settle(&mut rotation, found, now);
    if reactivated {
        hand_over(&mut rotation, now);
    }
    Found { rotation, gone }
}

/// The instant of a look: Okta's, where our own clock is plainly wrong, so that no soak is reckoned from a wrong one.
pub fn instant(record: &Record, now: DateTime<Utc>) -> DateTime<Utc> {
    record.date.filter(|date| (*date - now).abs() > MAX_SKEW).unwrap_or(now)
}

/// The list could not be read, for a reason that only a person can mend: the app is gone, or the role lost it.
#[must_use]
pub fn refused(rotation: &Rotation, fault: &Fault, now: DateTime<Utc>) -> Rotation {
    let mut rotation = rotation.clone();
    let Fault { message, hint, .. } = app_gone(&rotation, fault.clone());
    settle(&mut rotation, Some((message, hint)), now);
    rotation
}

/// What others have changed that matters, the worst only, and what to do about it.
fn drift(rotation: &Rotation, foreign: &[String]) -> Option<(String, String)> {
    let id = |secret: Option<&crate::core::rotation::OktaSecret>| {
        secret.and_then(|secret| secret.okta_id.clone()).unwrap_or_default()
    };
    let name = &rotation.name;
    let current = rotation.current_secret()?;
    let back = rotation.previous_secret().is_some_and(|previous| previous.value.is_some());
    let back = if back { format!(", or go back with `windlass rotation rollback {name}`") } else { String::new() };
    match current.status {
        Status::Active | Status::Intended => {}
        Status::Inactive => {
            let cause = format!(
                "others have switched off {}, the published secret: whoever reads it is refused by Okta",
                id(Some(current))
            );
            let next = format!("switch it on again at Okta, or `windlass rotation rotate {name}`{back}; {OLD_COPY}");
            return Some((cause, next));
        }
        Status::Gone => {
            let cause = format!(
                "others have deleted {}, the published secret: whoever reads it is refused by Okta",
                id(Some(current))
            );
            return Some((cause, format!("`windlass rotation rotate {name}` makes a new one{back}; {OLD_COPY}")));
        }
    }
    if let Some(foreign) = foreign.first() {
        let cause = format!("the app has a secret, {foreign}, that windlass does not know");
        let next = format!("{WHOSE}. Until then there is no room for the next rotation, and no old secret goes");
        return Some((cause, next));
    }
    None
}

/// What becomes of an old secret that others have switched on again: it is theirs until a person decides on it.
fn hand_over(rotation: &mut Rotation, now: DateTime<Utc>) {
    let id = rotation.previous_secret().and_then(|secret| secret.okta_id.clone()).unwrap_or_default();
    if let Some(previous) = &mut rotation.previous {
        (previous.deactivate_at, previous.delete_at, previous.asked) = (None, None, false);
        let key = previous.key;
        rotation.secrets.iter_mut().filter(|secret| secret.key == key).for_each(|secret| secret.deactivated_at = None);
    }
    let cause = format!("{id}, the old secret, was switched on again by others, so it is kept");
    let next = format!(
        "find out who needs it; once it may go: `windlass rotation retire {} --now`, or --at a date",
        rotation.name
    );
    // No later look ends that.
    rotation.attention.get_or_insert(Attention { cause, next, since: now, drift: false });
}

/// Tells a person, or takes back what was told before.
fn settle(rotation: &mut Rotation, found: Option<(String, String)>, now: DateTime<Utc>) {
    let known = rotation.attention.as_ref();
    if known.is_some_and(|attention| !attention.drift) {
        return; // Something else needs somebody already, and is not ended by a look.
    }
    rotation.attention = found.map(|(cause, next)| {
        let since = known.filter(|known| known.cause == cause).map_or(now, |known| known.since);
        Attention { cause, next, since, drift: true }
    });
}
