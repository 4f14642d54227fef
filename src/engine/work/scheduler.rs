//! Wakes at the next instant at which something is to be done, and never before: there is no tick.
//!
//! Instants are wall-clock time, so it sleeps in slices on the monotonic clock and compares again: a clock that was set,
//! or a machine that slept, is noticed within [`SLICE`]. A staged clock that is turned wakes it at once.

use std::time::Duration as StdDuration;

use chrono::{DateTime, Duration, Utc};
use uuid::Uuid;

use super::turn::next;
use super::{deliver, drift, driver, health, overdue, unwoken};
use crate::core::cause::{Cause, SecretCause};
use crate::core::fault::Problem;
use crate::core::history::ending::What;
use crate::core::history::{Actor, Entry, Trigger};
use crate::core::protocol::open::{Act, Ask};
use crate::core::remedy::OnRotation;
use crate::core::rotation::{Attention, Kind, Rotation};
use crate::engine::events::notice::Notice;
use crate::engine::state::agenda::Item;
use crate::engine::state::notices::About;
use crate::engine::state::{Engine, mapped_secrets};
use crate::store::Change;

/// The longest sleep without a look at the clock.
const SLICE: StdDuration = StdDuration::from_secs(30);

/// A clock that is set right a little now and then is no news.
const SET_BACK: Duration = Duration::minutes(1);

/// What `serve --once` still waits for: an operation that continues within this time.
const SOON: Duration = Duration::seconds(30);

/// Runs until the engine stops.
pub async fn run(engine: &Engine) {
    let mut stirred = engine.stirred.subscribe();
    let mut seen = engine.clock.now();
    while !engine.stopping.get() {
        let now = engine.clock.now();
        if now + SET_BACK < seen {
            engine.announce(Notice::ClockSetBack);
            replan(engine);
        }
        seen = now;
        engine.check_place();
        take_up_woken(engine);
        overdue::spread(engine);
        act_on_due(engine);
        unwoken::note(engine);
        let first = engine.agenda.borrow().first();
        match first {
            Some(at) => {
                tokio::select! {
                    () = engine.clock.towards(at, SLICE) => {}
                    _ = stirred.changed() => {}
                }
            }
            None => {
                let _ = stirred.changed().await;
            }
        }
    }
}

/// Plans everything anew, by the clock as it is: tries, probes and looks that were planned by one that was ahead lie too far
/// off. Due times stay as they are stored until Okta's clock agrees with ours: see [`super::overdue`].
fn replan(engine: &Engine) {
    engine.clock_agrees.set(false);
    engine.model.borrow_mut().put_off.clear();
    begin(engine);
}

/// Puts everything on the agenda.
pub fn begin(engine: &Engine) {
    let (rotations, refused): (Vec<_>, Vec<_>) = {
        let model = engine.model.borrow();
        let refused = model.connections.values().filter(|connection| connection.down.is_some());
        (
            model.rotations.keys().chain(model.remains.keys()).copied().collect(),
            refused.map(|connection| connection.id).collect(),
        )
    };
    for id in rotations {
        reschedule(engine, id);
    }
    for id in refused {
        health::plan_probe(engine, id);
    }
    drift::begin(engine);
}

fn act_on_due(engine: &Engine) {
    let mut acted = false;
    loop {
        let due = engine.agenda.borrow_mut().take_due(engine.clock.now());
        match due {
            Some(Item::Rotation(id)) => act(engine, id),
            Some(Item::Connection(id)) => drop(health::probe_soon(engine, id)),
            Some(Item::Delivery(id)) => deliver::due(engine, id),
            Some(Item::Check(id)) => drift::check_soon(engine, id),
            None => break,
        }
        acted = true;
    }
    if acted {
        // Whoever waits until all is done looks again: what was taken may have ended without a signal.
        engine.stir();
    }
}

/// Finds anew what those do next that a commit wrote, or that were woken.
pub fn take_up_woken(engine: &Engine) {
    let woken = engine.take_woken();
    for id in &woken {
        reschedule(engine, *id);
    }
    if !woken.is_empty() {
        // Whoever waits until all is done waits for this as well.
        engine.stir();
    }
}

/// Puts a rotation's next instant on the agenda.
fn reschedule(engine: &Engine, id: Uuid) {
    let at = {
        let model = engine.model.borrow();
        let rotation = model.rotations.get(&id).filter(|rotation| engine.moves(rotation) && model.trouble.is_none());
        let remains = model.remains.get(&id).and_then(|remains| remains.leaving.as_ref()?.kept_until);
        rotation
            .and_then(|rotation| next(engine, rotation, model.reached(rotation)))
            .map(|(at, _)| at)
            .or(remains.filter(|_| engine.schedules() && model.trouble.is_none()))
    };
    let at = at.filter(|_| !engine.driven.borrow().contains(&id));
    deliver::plan(engine, id);
    if engine.agenda.borrow().at(Item::Check(id)).is_none() {
        drift::plan_check(engine, id);
    }
    if engine.agenda.borrow_mut().put(Item::Rotation(id), at) {
        engine.stir();
    }
    overdue::set_right(engine, vec![id]);
}

/// A rotation's time has come.
fn act(engine: &Engine, id: Uuid) {
    let Some((rotation, act)) = ({
        let model = engine.model.borrow();
        model.rotations.get(&id).filter(|_| model.trouble.is_none()).and_then(|rotation| {
            let (at, act) = next(engine, rotation, model.reached(rotation))?;
            (at <= engine.clock.now()).then(|| (rotation.clone(), act))
        })
    }) else {
        let kept_until =
            engine.model.borrow().remains.get(&id).and_then(|remains| remains.leaving.as_ref()?.kept_until);
        if kept_until.is_some_and(|until| until <= engine.clock.now()) {
            return forget(engine, id);
        }
        // The clock was set back, or something changed in between.
        return reschedule(engine, id);
    };
    let begin = |kind, trigger, actor| {
        driver::begin(engine, &rotation, kind, Ask::new(trigger, actor));
    };
    match act {
        Act::Wake => driver::drive(engine, id),
        Act::Rotate => {
            let about = About::rotation(id);
            engine.report(Notice::Due, about);
            begin(Kind::Rotate, Trigger::Schedule, Actor::schedule());
        }
        Act::Retire => begin(Kind::Retire, Trigger::Retire, Actor::schedule()),
        Act::Revoke => {
            let actor = rotation.leaving.as_ref().map_or_else(Actor::schedule, |leaving| leaving.actor.clone());
            begin(Kind::Delete, Trigger::Delete, actor);
        }
        Act::Attend(problem) => attend(engine, &rotation, problem),
        Act::Remove => remove(engine, &rotation),
    }
}

fn attend(engine: &Engine, rotation: &Rotation, mut problem: Problem) {
    // The protocol knows that consumers are missing, and not which.
    if let Cause::Secret(SecretCause::Unfetched { missing, .. }) = &mut problem.cause {
        let model = engine.model.borrow();
        missing.extend(model.reach(rotation).missing().map(|consumer| consumer.fetches.consumer.clone()));
        problem.remedies.extend((!missing.is_empty()).then(|| OnRotation::DismissGone.into()));
    }
    let attention = Attention { problem, since: engine.clock.now(), drift: false, attempt: None };
    let id = rotation.id;
    let (engine, hand) = (engine.clone(), engine.in_hand.clone());
    tokio::task::spawn_local(async move {
        // As it is by now: a delivery may have begun meanwhile.
        let Some(mut rotation) = engine.model.borrow().rotations.get(&id).cloned() else { return };
        rotation.attention = Some(attention.clone());
        if engine.write(vec![Change::PutRotation(Box::new(rotation))]).await.is_ok() {
            engine.report(Notice::Attention { attention }, About::rotation(id));
        }
        drop(hand);
    });
}

/// What was kept of a rotation that was deleted by force goes: its time is over.
fn forget(engine: &Engine, id: Uuid) {
    let engine = engine.clone();
    tokio::task::spawn_local(async move {
        // Where it cannot be written it is tried again at the next start.
        let _ = engine.write(vec![Change::DropRotation(id)]).await;
    });
}

/// A rotation that leaves is held by nothing any more: the record goes, its secrets stay as plain ones.
fn remove(engine: &Engine, rotation: &Rotation) {
    let (id, name) = (rotation.id, rotation.name.to_string());
    let mut changes = mapped_secrets::detach(&engine.model.borrow(), id);
    changes.push(Change::DropRotation(id));
    changes.push(Change::Append(Box::new(deletion_entry(rotation, engine.clock.now()))));
    let (engine, hand) = (engine.clone(), engine.in_hand.clone());
    tokio::task::spawn_local(async move {
        if engine.write(changes).await.is_ok() {
            let about = About { gone: Some(id), name: Some(name), ..About::default() };
            engine.report(Notice::Deleted, about);
            engine.stir();
        }
        drop(hand);
    });
}

/// The last entry of a rotation that went without a call to Okta.
fn deletion_entry(rotation: &Rotation, now: DateTime<Utc>) -> Entry {
    let leaving = rotation.leaving.as_ref();
    let current = rotation.current_secret().and_then(|secret| secret.okta_id.clone());
    let actor = leaving.map_or_else(Actor::schedule, |leaving| leaving.actor.clone());
    let what = What::RotationDeleted { stays: current.clone() };
    Entry {
        started_at: leaving.map_or(now, |leaving| leaving.since),
        previous_secret_id: current,
        ..Entry::act(Uuid::now_v7(), Some(rotation), Trigger::Delete, actor, now, what)
    }
}

/// Waits until nothing is due, nothing is being driven, and no operation continues soon.
pub async fn all_done(engine: &Engine) {
    let mut stirred = engine.stirred.subscribe();
    loop {
        let at_rest = engine.driven.borrow().is_empty() && engine.delivering.borrow().is_empty();
        let idle = at_rest && engine.looking.get() == 0 && !engine.has_woken();
        let next = engine.agenda.borrow().first();
        if engine.model.borrow().trouble.is_some() || (idle && next.is_none_or(|at| at > engine.clock.now() + SOON)) {
            return;
        }
        let _ = stirred.changed().await;
    }
}
