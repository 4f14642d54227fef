//! Opening operations, and what is next for a rotation when nobody asks.

use chrono::{DateTime, Duration, Utc};
use uuid::Uuid;

use super::phase::Phase;
use super::retire::{self, Hold};
use crate::core::history::{Actor, Trigger};
use crate::core::rotation::{Consent, Kind, Operation, Rotation};

/// Who asks for an operation, and what they agreed to.
#[derive(Clone, Debug)]
pub struct Ask {
    /// Identity of the attempt, a UUIDv7.
    pub attempt: Uuid,
    /// Why.
    pub trigger: Trigger,
    /// By whom.
    pub actor: Actor,
    /// To what they agreed.
    pub consent: Consent,
}

/// Opens an operation that is to start at once. A scheduled one consumes its due time with it.
///
/// What nobody waits for must be on disk from its opening: it retries until it ends. What a person asked for can still be
/// given up while nothing was changed.
#[must_use]
pub fn open(rotation: &Rotation, kind: Kind, ask: Ask, now: DateTime<Utc>) -> Rotation {
    let mut rotation = rotation.clone();
    if ask.trigger == Trigger::Schedule {
        rotation.schedule = rotation.schedule.consumed(now);
    }
    rotation.operation = Some(Operation {
        attempt: ask.attempt,
        kind,
        trigger: ask.trigger,
        actor: ask.actor,
        opened_at: now,
        phase: Phase::Waiting,
        call: 0,
        pending: None,
        known_before: Vec::new(),
        withdrawing: None,
        redrawn: 0,
        consent: ask.consent,
        tries: 0,
        refusals: 0,
        stuck_since: None,
        fault: None,
        wake_at: Some(now),
        journaled: !matches!(ask.trigger, Trigger::Manual | Trigger::Create),
        unproven: false,
        steps: Vec::new(),
    });
    rotation
}

/// What a rotation does by itself next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// Wake the open operation.
    Wake,
    /// Open a scheduled rotation.
    Rotate,
    /// Open the next step of the previous secret's retirement.
    Retire,
    /// Tell a person.
    Attend {
        /// What happened.
        cause: String,
        /// What to do.
        next: String,
    },
    /// The rotation is leaving: revoke what is ours.
    Revoke,
    /// The rotation is leaving and nothing holds it any more: the record goes.
    Remove,
}

/// How long a due time waits for room before a person is told.
const ROOM_PATIENCE: Duration = Duration::hours(24);

/// How long before the next due time an old secret that may not go is a person's matter.
const UNREAD_NOTICE: Duration = Duration::days(7);

/// When a rotation does something by itself, and what; `None` while only others can move it.
pub fn agenda(rotation: &Rotation, fetched: bool, now: DateTime<Utc>) -> Option<(DateTime<Utc>, Act)> {
    if let Some(operation) = &rotation.operation {
        return operation.wake_at.map(|at| (at, Act::Wake));
    }
    match &rotation.leaving {
        Some(leaving) if leaving.revoke => return Some((now, Act::Revoke)),
        Some(_) if rotation.previous.is_none() => return Some((now, Act::Remove)),
        _ => {}
    }
    let acts = [start(rotation), retirement(rotation, fetched, now), notice(rotation, fetched, now)];
    acts.into_iter().flatten().min_by_key(|(at, _)| *at)
}

/// The instant at which a scheduled rotation may start; `None` while auto-rotation is off or there is no room.
fn start(rotation: &Rotation) -> Option<(DateTime<Utc>, Act)> {
    if !rotation.auto || rotation.leaving.is_some() || rotation.previous.is_some() {
        return None;
    }
    Some((opening(rotation), Act::Rotate))
}

/// The next due time, after the pause if there is one.
pub fn opening(rotation: &Rotation) -> DateTime<Utc> {
    let due = rotation.schedule.due();
    rotation.paused_until.map_or(due, |until| due.max(until))
}

fn retirement(rotation: &Rotation, fetched: bool, now: DateTime<Utc>) -> Option<(DateTime<Utc>, Act)> {
    let step = retire::next_step(rotation)?;
    match retire::hold(rotation, fetched, now) {
        None => Some((step, Act::Retire)),
        Some(Hold::Paused) if rotation.auto => {
            rotation.paused_until.map(|until| (step.max(until), Act::Retire)).filter(|(at, _)| *at > now)
        }
        Some(Hold::Attention) => Some((step, Act::Retire)),
        Some(Hold::Paused | Hold::Unread | Hold::NoDate) => None,
    }
}

/// When a person has to be told that the previous secret stands in the way.
fn notice(rotation: &Rotation, fetched: bool, now: DateTime<Utc>) -> Option<(DateTime<Utc>, Act)> {
    if rotation.attention.is_some() || !rotation.auto || rotation.leaving.is_some() {
        return None;
    }
    let id = rotation.previous_secret()?.okta_id.clone().unwrap_or_default();
    let due = opening(rotation);
    if retire::hold(rotation, fetched, now) == Some(Hold::Unread) {
        let off_at = rotation.previous?.deactivate_at?;
        let cause = format!("nobody has fetched the current secret, so the previous one, {id}, is kept");
        let next =
            "have its consumers read the mapped secret; or rotate with --yes, or update with --retire-unread".into();
        return Some(((due - UNREAD_NOTICE).max(off_at), Act::Attend { cause, next }));
    }
    let cause = format!("the rotation is due, but the previous secret, {id}, is still there and Okta allows no third");
    let next = "rotate with --yes to cut it short, or wait until it is deleted".into();
    Some((due + ROOM_PATIENCE, Act::Attend { cause, next }))
}
