//! Opening operations, and what a rotation does next by itself.

use chrono::{DateTime, Duration, Utc};
use uuid::Uuid;

use super::phase::Phase;
use super::rests;
use super::retire;
use super::turn::CHECK_AGAIN;
use crate::core::cause::{SecretCause, TargetCause};
use crate::core::fault::{Class, Problem};
use crate::core::history::{Actor, Trigger};
use crate::core::remedy::{OnRotation, OnTarget};
use crate::core::rotation::hold::Hold;
use crate::core::rotation::{Consent, Kind, Operation, Rotation};
use crate::core::schedule::backoff;

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

impl Ask {
    /// A new attempt to which no one has agreed to more than it is for.
    pub fn new(trigger: Trigger, actor: Actor) -> Self {
        Self { attempt: Uuid::now_v7(), trigger, actor, consent: Consent::default() }
    }
}

/// Opens an operation that is to start at once. A scheduled one consumes its due time with it.
#[must_use]
pub fn open(rotation: &Rotation, kind: Kind, ask: Ask, now: DateTime<Utc>) -> Rotation {
    let mut rotation = rotation.clone();
    let due = (ask.trigger == Trigger::Schedule).then(|| rotation.schedule.local_date(rotation.schedule.due()));
    if due.is_some() {
        rotation.schedule = rotation.schedule.consumed(now);
    }
    rotation.operation = Some(Operation {
        attempt: ask.attempt,
        kind,
        trigger: ask.trigger,
        actor: ask.actor,
        opened_at: now,
        due,
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
        journaled: false,
        unproven: false,
        authenticated: false,
        create_out: None,
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
    /// Ask for attention.
    Attend(Problem),
    /// The rotation is leaving and its secrets are to be revoked: open an operation of kind [`Kind::Delete`].
    Revoke,
    /// The rotation is leaving and nothing holds it any more: the record goes.
    Remove,
}

/// How long a due time waits for room that nothing will make by itself, before it needs attention.
const ROOM_PATIENCE: Duration = Duration::hours(24);

/// How long before the next due time an old secret that may not go needs attention.
const UNREAD_NOTICE: Duration = Duration::days(7);

/// Whether an open operation waits for its connection and for nothing else: the one wait that has no instant of its own.
pub fn waits_for_connection(rotation: &Rotation) -> bool {
    let waits = |operation: &Operation| {
        operation.wake_at.is_none() && operation.fault.as_ref().is_some_and(|fault| fault.class() == Class::Connection)
    };
    rests(rotation) && rotation.operation.as_ref().is_some_and(waits)
}

/// When a rotation does something by itself, and what; `None` while only others can move it. What a connection that is
/// down holds back is not known here.
pub fn agenda(rotation: &Rotation, fetched: bool, now: DateTime<Utc>) -> Option<(DateTime<Utc>, Act)> {
    if let Some(operation) = &rotation.operation {
        let longest = match (&operation.phase, &operation.fault) {
            (Phase::Verifying, _) => Duration::minutes(1),
            (Phase::Waiting, None) => Duration::zero(), // Just opened, or found in the journal.
            (_, Some(fault)) if fault.class() == Class::Passing => backoff::LONGEST,
            (_, Some(fault)) if fault.retry_at.is_some() => Duration::minutes(5),
            _ => CHECK_AGAIN,
        };
        // A longer wait was reckoned by a clock that has been set back since.
        let at = |at: DateTime<Utc>| if at > now + longest { now } else { at };
        // Without an instant it waits for its connection. Whoever keeps the agenda holds that back while the connection is
        // down, and lets it go as soon as it is not: also where its recovery was missed, by a crash or by coming first.
        let waits = rests(rotation).then_some(now);
        return operation.wake_at.map(at).or(waits).map(|at| (at, Act::Wake));
    }
    if let Some(leaving) = &rotation.leaving {
        // A previous secret without a date is not ours to retire, and it gets no date any more.
        let dated = rotation.previous.is_some_and(|it| it.deactivate_at.is_some() || it.delete_at.is_some());
        if leaving.revoke || !dated {
            // Its targets go first: what is ours there must not outlive the record unmarked.
            if !rotation.targets.is_empty() {
                return None;
            }
            return Some((now, if leaving.revoke { Act::Revoke } else { Act::Remove }));
        }
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

/// The next due time; where a pause lets it pass, the first rotate-at time after the pause.
pub fn opening(rotation: &Rotation) -> DateTime<Utc> {
    let due = rotation.schedule.due();
    match rotation.paused_until.filter(|until| due < *until) {
        Some(until) => rotation.schedule.settled(until).due(),
        None => due,
    }
}

fn retirement(rotation: &Rotation, fetched: bool, now: DateTime<Utc>) -> Option<(DateTime<Utc>, Act)> {
    let step = retire::next_step(rotation, now)?;
    match retire::hold(rotation, fetched, now) {
        None | Some(Hold::Attention) => Some((step, Act::Retire)),
        Some(Hold::Paused) if rotation.auto => {
            let until = rotation.paused_until?;
            let free = matches!(retire::hold(rotation, fetched, until), None | Some(Hold::Attention));
            (free && step.max(until) > now).then(|| (step.max(until), Act::Retire))
        }
        // Its targets have it, and not for long enough yet.
        Some(Hold::Behind) => rotation.settled_at().map(|at| (step.max(at), Act::Retire)),
        Some(Hold::Paused | Hold::Unread | Hold::NoDate) => None,
    }
}

/// When a previous secret that stands in the way needs attention.
fn notice(rotation: &Rotation, fetched: bool, now: DateTime<Utc>) -> Option<(DateTime<Utc>, Act)> {
    let leaving = rotation.leaving.is_some();
    if rotation.attention.is_some() || !(rotation.auto || leaving) {
        return None;
    }
    let id = rotation.previous_secret()?.okta_id.clone().unwrap_or_default();
    let due = opening(rotation);
    let unpaused = rotation.paused_until.map_or(now, |until| until.max(now));
    if retire::hold(rotation, fetched, unpaused) == Some(Hold::Unread) {
        let off_at = rotation.previous?.deactivate_at?;
        let remedy = if leaving { OnRotation::RetireOnceFetched } else { OnRotation::HaveFetched };
        let problem = Problem::because(SecretCause::Unfetched { previous: id, missing: Vec::new() })
            .and(remedy)
            .of_rotation(&rotation.name);
        let at = if leaving { off_at } else { (due - UNREAD_NOTICE).max(off_at) };
        return Some((at, Act::Attend(problem)));
    }
    if retire::hold(rotation, fetched, unpaused) == Some(Hold::Behind) && rotation.settled_at().is_none() {
        let targets = rotation.behind(unpaused).map(|target| target.name.to_string()).collect();
        let off_at = rotation.previous?.deactivate_at?;
        let problem = Problem::because(TargetCause::Behind { previous: id, targets })
            .and(OnTarget::SeeTargets)
            .and(OnTarget::NoLongerGate)
            .of_rotation(&rotation.name);
        let at = if leaving { off_at } else { (due - UNREAD_NOTICE).max(off_at) };
        return Some((at, Act::Attend(problem)));
    }
    if leaving || retirement(rotation, fetched, now).is_some() {
        return None; // Nothing more is due; or it goes by itself, and the rotation with it.
    }
    let problem = Problem::because(SecretCause::NoRoom { previous: id, due: true }).and(OnRotation::LetGoOrCut);
    Some((due + ROOM_PATIENCE, Act::Attend(problem.of_rotation(&rotation.name))))
}
