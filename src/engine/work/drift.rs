//! Drift checks while nothing else is under way: once a day, spread out by the ids, soon after each start, and on request.
//!
//! A check reads one app's secrets and changes nothing at Okta. Everything else comes first: what was changed while its answer
//! was on the way is not judged by it. It also keeps an API token alive, which expires after thirty days unused.

use std::panic::AssertUnwindSafe;

use chrono::{DateTime, Duration, Utc};
use futures_util::FutureExt;
use uuid::Uuid;

use super::calls::call_okta;
use super::health;
use super::overdue::is_doubtful;
use crate::core::fault::{Class, Fault};
use crate::core::protocol::call::{Call, Reply as Answer};
use crate::core::protocol::drift::{Found, compare, instant, refused};
use crate::core::rotation::Rotation;
use crate::engine::events::notice::Notice;
use crate::engine::state::agenda::Item;
use crate::engine::state::notices::About;
use crate::engine::state::{Engine, mapped_secrets};
use crate::store::Change;

/// How long after a start the first check comes.
const FIRST: Duration = Duration::minutes(1);

/// Between two of the first checks after a start: a tenth of what the smallest org may ask for.
const APART: Duration = Duration::seconds(6);

/// How soon a credential is used again that may end otherwise.
const NO_SOONER: Duration = Duration::minutes(1);

/// How soon a due time that lies too far off is checked again where nothing else is.
const DOUBT_AGAIN: Duration = Duration::hours(1);

/// Puts the first check of everything on the agenda, soon: only Okta can tell whether the store was restored from an old copy
/// while no engine ran.
///
/// A due time that lies too far off is checked as well where nothing else is: only Okta's clock tells whether it was
/// made by a wrong one, or ours is behind now.
pub fn begin(engine: &Engine) {
    let ids: Vec<Uuid> = {
        let model = engine.model.borrow();
        model.rotations.keys().chain(model.connections.keys()).copied().collect()
    };
    let mut at = engine.clock.now() + FIRST;
    for id in ids {
        plan(engine, id, Some(at));
        at += APART;
    }
    let doubtful = {
        let model = engine.model.borrow();
        model.rotations.values().find(|it| is_doubtful(engine, it) && at_rest(engine, it)).map(|it| it.id)
    };
    if let Some(id) = doubtful {
        check_in(engine, id, Duration::zero());
    }
}

/// Checks a rotation although no checks are wanted.
fn check_in(engine: &Engine, id: Uuid, wait: Duration) {
    if engine.schedules() && engine.agenda.borrow_mut().put(Item::Check(id), Some(engine.clock.now() + wait)) {
        engine.stir();
    }
}

/// Puts the next check on the agenda. Each id has its own time of the day, so that they never come together.
pub fn plan_check(engine: &Engine, id: Uuid) {
    plan(engine, id, None);
}

/// Runs the next check at once, so that all clients see what one request found.
pub fn check_next(engine: &Engine, id: Uuid) {
    plan(engine, id, Some(engine.clock.now()));
}

/// When the credential of a connection has to be used, so that it does not end: a token of Vault that is renewed ends in hours.
fn use_by(engine: &Engine, id: Uuid) -> Option<DateTime<Utc>> {
    let within = Duration::from_std(engine.use_within(id)?).ok()?;
    Some(engine.clock.now() + within.max(NO_SOONER))
}

/// Its turn, or earlier.
fn plan(engine: &Engine, id: Uuid, early: Option<DateTime<Utc>>) {
    let every = engine
        .drift_every
        .filter(|_| engine.role.stays() && !engine.read_only)
        .and_then(|every| Duration::from_std(every).ok());
    let turn = every.map(|every| turn(id, every, engine.clock.now()));
    // Also where no checks are wanted.
    let use_by = use_by(engine, id).filter(|_| engine.schedules());
    let at = turn.map(|at| early.map_or(at, |early| at.min(early))).into_iter().chain(use_by).min();
    if engine.agenda.borrow_mut().put(Item::Check(id), at) {
        engine.stir();
    }
}

/// The first instant after `now` at which it is this id's turn.
fn turn(id: Uuid, every: Duration, now: DateTime<Utc>) -> DateTime<Utc> {
    let every = every.num_seconds().max(1);
    let offset = i64::try_from(id.as_u128() % u128::from(every.unsigned_abs())).unwrap_or(0);
    let since = (now.timestamp() - offset).rem_euclid(every);
    now + Duration::seconds(every - since)
}

/// Checks one, on a task of its own, and plans the next check.
pub fn check_soon(engine: &Engine, id: Uuid) {
    let (rotation, connection) = {
        let model = engine.model.borrow();
        (model.rotations.get(&id).cloned(), model.connections.get(&id).is_some_and(|known| known.down.is_none()))
    };
    let idle = rotation.filter(|rotation| at_rest(engine, rotation));
    if let Some(rotation) = idle {
        let engine = engine.clone();
        engine.looking.update(|count| count + 1);
        tokio::task::spawn_local(async move {
            let places = engine.places(rotation.connection_id);
            let _place = places.acquire().await;
            let _ = AssertUnwindSafe(check(&engine, &rotation)).catch_unwind().await;
            engine.looking.update(|count| count - 1);
            engine.stir();
        });
    } else if connection && !engine.model.borrow().rotations.values().any(|it| it.connection_id == id) {
        let (engine, probed) = (engine.clone(), health::probe_soon(engine, id));
        tokio::task::spawn_local(async move {
            // What it found out says when it is used next.
            if probed.await.is_ok() && engine.model.borrow().connections.contains_key(&id) {
                plan_check(&engine, id);
            }
        });
    }
    let there = {
        let model = engine.model.borrow();
        model.rotations.contains_key(&id) || model.connections.contains_key(&id)
    };
    if there {
        plan_check(engine, id);
    }
    let doubtful = engine.model.borrow().rotations.get(&id).is_some_and(|rotation| is_doubtful(engine, rotation));
    if doubtful && engine.agenda.borrow().at(Item::Check(id)).is_none() {
        check_in(engine, id, DOUBT_AGAIN);
    }
}

/// Whether nothing is under way with it, and there is something to compare.
fn at_rest(engine: &Engine, rotation: &Rotation) -> bool {
    let model = engine.model.borrow();
    let down = model.connections.get(&rotation.connection_id).is_none_or(|connection| connection.down.is_some());
    rotation.operation.is_none()
        && rotation.leaving.is_none()
        && rotation.current.is_some()
        && !down
        && model.trouble.is_none()
        && !engine.driven.borrow().contains(&rotation.id)
}

/// Reads the app's secrets and brings the record in line with them.
pub async fn check(engine: &Engine, rotation: &Rotation) -> Result<(), Fault> {
    let call = Call::Secrets { app_id: rotation.app.id.clone() };
    let answer = call_okta(engine, rotation.connection_id, &call).await;
    if let Err(fault) = &answer.result
        && fault.class() != Class::Person
    {
        return Err(fault.clone());
    }
    let now = instant(&answer.record, engine.clock.now());
    // From here to the write nothing waits.
    let Some(record) = engine.model.borrow().rotations.get(&rotation.id).cloned() else { return Ok(()) };
    if !at_rest(engine, &record) || !same(rotation, &record) {
        return Ok(());
    }
    let found = match answer.result {
        Ok(Answer::Secrets(seen)) => compare(&record, &seen, now),
        Ok(_) => return Ok(()),
        Err(fault) => Found { rotation: refused(&record, &fault, now), gone: Vec::new() },
    };
    let Found { rotation: after, gone } = found;
    if gone.is_empty() && same(&record, &after) && record.attention == after.attention {
        return Ok(());
    }
    let mut changes = Vec::new();
    for key in gone {
        let erased = mapped_secrets::erase(&engine.model.borrow(), &changes, key);
        changes.extend(erased);
    }
    changes.push(Change::PutRotation(Box::new(after.clone())));
    if engine.write(changes).await.is_err() {
        return Ok(()); // Said where it failed.
    }
    let about = || About::rotation(after.id);
    match (&record.attention, &after.attention) {
        (before, Some(found)) if before.as_ref() != Some(found) => {
            engine.report(Notice::Attention { attention: found.clone() }, about());
        }
        (Some(before), None) => {
            engine.report(Notice::Resolved { cause: before.problem.cause.clone() }, about());
        }
        _ => engine.report(Notice::Drifted, about()),
    }
    Ok(())
}

/// Whether two records say the same of what is at Okta.
fn same(one: &Rotation, other: &Rotation) -> bool {
    one.current == other.current
        && one.previous == other.previous
        && one.secrets.len() == other.secrets.len()
        && one.secrets.iter().zip(&other.secrets).all(|(one, other)| one.key == other.key && one.status == other.status)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_has_its_turn_once_in_every_span() {
        let day = Duration::days(1);
        let now = DateTime::UNIX_EPOCH + Duration::days(20_000);
        for number in [0, 1, 86_399, 86_400, u128::MAX] {
            let id = Uuid::from_u128(number);
            let first = turn(id, day, now);
            assert!(first > now && first <= now + day, "{number}");
            assert_eq!(turn(id, day, first), first + day, "{number}");
            assert_eq!(turn(id, day, first - Duration::seconds(1)), first, "{number}");
        }
    }
}
