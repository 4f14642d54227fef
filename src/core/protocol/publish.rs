//! Publishing a secret whose test is over: one transaction, in which both names get a new version.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::event::Write;
use super::retire::LEAK_PATIENCE;
use super::turn::Turn;
use crate::core::history::ending::{Publication, What};
use crate::core::history::{Outcome, Trigger};
use crate::core::rotation::{Kind, Origin, Pause, Previous, Published, Rotation, Status};
use crate::core::schedule::spans::seconds;

/// Publishes the pending secret: current and previous move on, and the attempt enters the history. `listed` where it was
/// not tested, as the rotation wants it.
pub fn publish(turn: &mut Turn, listed: bool) {
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
        let waits = rotation.targets.iter().any(|target| rotation.holds(target));
        previous.deactivate_at = Some(if waits { now + LEAK_PATIENCE } else { now });
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
    let secret_id = turn.pending().and_then(|secret| secret.okta_id.clone()).unwrap_or_default();
    let how = match kind {
        Kind::Rollback => {
            rolled_back(turn, key);
            Publication::Again
        }
        Kind::Adopt => Publication::Adopted,
        _ => Publication::New,
    };
    turn.close(Outcome::Success, What::Published { secret_id, how, untested: listed }, vec![Write::Publish(key)]);
}

/// What else changes where it was published before: it has no dates any more, and nothing starts by itself.
fn rolled_back(turn: &mut Turn, key: Uuid) {
    let by = turn.operation().actor.to_string();
    turn.rotation.auto = false;
    turn.rotation.paused_until = None;
    turn.rotation.pause = Some(Pause { since: turn.instant(), by, rolled_back: true });
    if let Some(secret) = turn.secret_mut(key) {
        secret.deactivated_at = None;
        secret.retired_by = None;
    }
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
        // One that others deactivated goes by the same dates: until then it may be needed again.
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
