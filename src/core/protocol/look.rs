//! Looking in on a rotation of which nothing is under way: whether what is at Okta still is what the record says.
//!
//! A look changes nothing at Okta. It brings the record in line with a list, and tells a person where others have changed
//! something that matters ("drift"); what was drift and is not any more is taken back.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::app_gone;
use super::call::{Record, SeenSecret};
use super::identify::{Sight, reconcile};
use super::turn::MAX_SKEW;
use super::unknown::{OLD_COPY, WHOSE};
use crate::core::fault::{Fault, naming};
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
fn drift(rotation: &Rotation, sight: &Sight) -> Option<(String, String)> {
    let id = |secret: Option<&crate::core::rotation::OktaSecret>| {
        secret.and_then(|secret| secret.okta_id.clone()).unwrap_or_default()
    };
    let current = rotation.current_secret()?;
    let ways = ways(rotation, sight);
    match current.status {
        Status::Active | Status::Intended => {}
        Status::Inactive => {
            let cause = format!(
                "others have switched off {}, the published secret: whoever reads it is refused by Okta",
                id(Some(current))
            );
            let ways = std::iter::once("activate it again at Okta".to_owned()).chain(ways).collect::<Vec<_>>();
            return Some((cause, format!("{}; {OLD_COPY}", ways.join(", or "))));
        }
        Status::Gone => {
            let cause = format!(
                "others have deleted {}, the published secret: whoever reads it is refused by Okta",
                id(Some(current))
            );
            let ways = if ways.is_empty() { NO_WAY.to_owned() } else { ways.join(", or ") };
            return Some((cause, format!("{ways}; {OLD_COPY}")));
        }
    }
    if let Some(foreign) = sight.foreign.first() {
        let cause = format!("the app has a secret, {foreign}, that windlass does not know");
        let next = format!("{WHOSE}. Until then there is no room for the next rotation, and no old secret goes");
        return Some((cause, next));
    }
    None
}

/// Where a published secret is gone, and neither one made anew nor the one before can take its place.
const NO_WAY: &str = "have the app's other secret removed at Okta once it is known that nobody uses it: there is no room for a \
                      new one before that";

/// The commands that bring a secret that works where the published one does not. Each of them can be done as things stand:
/// nothing is cut while the published secret is off, so a new one needs room.
fn ways(rotation: &Rotation, sight: &Sight) -> Vec<String> {
    let name = &rotation.name;
    let mut ways = Vec::new();
    if rotation.leaving.is_some() {
        return ways; // It neither rotates nor goes back any more.
    }
    if rotation.previous_secret().is_some_and(|previous| previous.value.is_some()) {
        ways.push(format!("go back to the one before with `windlass rotation rollback {name}`"));
    }
    if sight.count < 2 {
        ways.push(format!("have a new one made with `windlass rotation rotate {name}`"));
    }
    ways
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
        "find out who needs it; once it may go: `windlass rotation retire {name} --now` or `windlass rotation retire {name} \
         --at WHEN`",
        name = rotation.name
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
        let next = naming(&next, "rotation", rotation.name.as_str());
        Attention { cause, next, since, drift: true }
    });
}
