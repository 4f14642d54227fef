//! Drives open operations: takes core's effects, in order, and brings the answers back.
//!
//! It decides nothing about a rotation. The order is the promise: what a step journals is durable before its call goes
//! out, and before anything is said of it.

use std::panic::AssertUnwindSafe;

use chrono::{DateTime, Duration, Utc};
use futures_util::FutureExt;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::calls::call_okta;
use super::{drift, health};
use crate::core::cause::MachineCause;
use crate::core::fault::{Class, Fault};
use crate::core::history::ending::What;
use crate::core::history::{Entry, Step, Trigger, Via};
use crate::core::protocol::event::{Effect, Event, Transition, Write};
use crate::core::protocol::open::{Ask, open};
use crate::core::protocol::{give_up, handle, rests};
use crate::core::remedy::{Automatic, OnMachine};
use crate::core::rotation::{Kind, Operation, Rotation};
use crate::core::secret::SecretValue;
use crate::engine::events::notice::Notice;
use crate::engine::state::notices::About;
use crate::engine::state::waiters::End;
use crate::engine::state::{Engine, mapped_secrets};
use crate::store::Change;

/// Opens an operation and starts driving it.
pub fn begin(engine: &Engine, rotation: &Rotation, kind: Kind, ask: Ask) -> Uuid {
    let (id, attempt) = (rotation.id, ask.attempt);
    let opened = open(rotation, kind, ask, engine.clock.now());
    let mut model = engine.model.borrow_mut();
    model.put_off.remove(&id);
    model.rotations.insert(id, opened);
    drop(model);
    drive(engine, id);
    attempt
}

/// Drives a rotation's operation until it rests, on a task of its own. Does nothing where nothing may be changed, and where
/// that is being done already; one that has just come to rest after a fault, and is still being written down, continues
/// directly after that.
pub fn drive(engine: &Engine, id: Uuid) {
    if engine.read_only || engine.stopping.get() {
        return;
    }
    if !engine.driven.borrow_mut().insert(id) {
        let waits = |rotation: &Rotation| rotation.operation.as_ref().is_some_and(|open| open.fault.is_some());
        if engine.model.borrow().rotations.get(&id).is_some_and(|it| rests(it) && waits(it)) {
            engine.nudged.borrow_mut().insert(id);
        }
        return;
    }
    let engine = engine.clone();
    tokio::task::spawn_local(async move {
        if AssertUnwindSafe(run(&engine, id)).catch_unwind().await.is_err() {
            // What broke may break again: it is said, and tried again ever more slowly.
            let _ = AssertUnwindSafe(broke(&engine, id)).catch_unwind().await;
        }
        engine.driven.borrow_mut().remove(&id);
        rested(&engine, id);
        if engine.nudged.borrow_mut().remove(&id) {
            drive(&engine, id);
        } else {
            engine.wake(id);
        }
        engine.stir();
    });
}

/// Ends a retirement that waits, because something else was decided about its secret. Says whether
/// nothing is open now; where nothing is awaited after that, nothing else is begun in between.
pub async fn make_way(engine: &Engine, id: Uuid, why: What) -> bool {
    let before = engine.model.borrow().rotations.get(&id).filter(|rotation| rotation.operation.is_some()).cloned();
    if let Some(before) = before
        && let Some(_hold) = Hold::on(engine, id)
    {
        let ended = give_up(&before, why, engine.clock.now());
        Box::pin(perform(engine, &before, ended)).await;
    }
    engine.model.borrow().rotations.get(&id).is_some_and(|rotation| rotation.operation.is_none())
}

/// Keeps a rotation from being driven, as if it were: what is due meanwhile begins when this is dropped.
struct Hold<'a>(&'a Engine, Uuid);

impl<'a> Hold<'a> {
    /// None where it is being driven.
    fn on(engine: &'a Engine, id: Uuid) -> Option<Self> {
        engine.driven.borrow_mut().insert(id).then_some(Self(engine, id))
    }
}

impl Drop for Hold<'_> {
    fn drop(&mut self) {
        self.0.driven.borrow_mut().remove(&self.1);
        self.0.wake(self.1);
    }
}

/// A fault of our own.
async fn broke(engine: &Engine, id: Uuid) {
    let fault = Fault::precondition(MachineCause::Internal).and(OnMachine::Report).and(Automatic::TriesAgain);
    engine.report(Notice::RotationBroke, About::rotation(id));
    let before = engine.model.borrow().rotations.get(&id).filter(|rotation| rotation.operation.is_some()).cloned();
    if let Some(before) = before {
        let step = handle(&before, Event::Failed(fault), engine.clock.now());
        perform(engine, &before, step).await;
    }
}

async fn run(engine: &Engine, id: Uuid) {
    let Some((connection, people)) = engine.model.borrow().rotations.get(&id).map(|rotation| {
        // Someone waits for it.
        let asked =
            |operation: &Operation| operation.actor.via != Via::Schedule || operation.trigger == Trigger::Delete;
        (rotation.connection_id, rotation.operation.as_ref().is_some_and(asked))
    }) else {
        return;
    };
    let places = engine.places(connection);
    let _place = if people { None } else { places.acquire().await.ok() };
    let mut event = Event::Wake;
    loop {
        let Some(before) = engine.model.borrow().rotations.get(&id).cloned() else { return };
        if before.operation.is_none() || engine.model.borrow().trouble.is_some() {
            return;
        }
        let step = handle(&before, event, engine.clock.now());
        match perform(engine, &before, step).await {
            Some(next) => event = next,
            None => return,
        }
    }
}

/// Does what one step wants done; the event that comes of it, if any.
async fn perform(engine: &Engine, before: &Rotation, step: Transition) -> Option<Event> {
    let Transition { rotation, effects } = step;
    let id = rotation.id;
    let mut writes = Vec::new();
    let mut journals = false;
    let mut rest = None;
    for effect in effects {
        match effect {
            Effect::Journal(more) => {
                journals = true;
                writes.extend(more);
            }
            // Nothing may follow a call, a draw or the end.
            other => rest = Some(other),
        }
    }
    let closed = writes.iter().find_map(|write| match write {
        Write::Close(entry) => Some(entry.clone()),
        _ => None,
    });
    let news = news(before, &rotation, closed.as_deref());
    let removed = writes.iter().any(|write| matches!(write, Write::Remove));
    if journals {
        let mut changes = changes(engine, &rotation, writes);
        let counted = closed.as_deref().and_then(|entry| health::counted(engine, before, entry));
        let braked = health::is_braked(engine, rotation.connection_id);
        changes.extend(counted);
        if engine.write(changes).await.is_err() {
            return None;
        }
        health::brake_changed(engine, rotation.connection_id, braked);
    } else if !engine.model.borrow().rotations.contains_key(&id) {
        return None;
    } else {
        engine.model.borrow_mut().rotations.insert(id, rotation.clone());
    }
    tell(engine, &rotation, news, removed);
    // One that was abandoned ends with its fault, which says more than its entry: the class, and what to do.
    if let Some(entry) = closed
        && !matches!(rest, Some(Effect::Abandon(_)))
    {
        engine.waiters.ended(entry.id, &End::Closed(entry));
    }
    match rest? {
        Effect::Draw => Some(match draw() {
            Ok(value) => Event::Drawn { key: Uuid::now_v7(), value },
            Err(fault) => Event::Failed(fault),
        }),
        Effect::Call(number, call) => {
            if engine.stopping.get() {
                return None;
            }
            let answer = call_okta(engine, rotation.connection_id, &call).await;
            Some(Event::Answered { call: number, answer })
        }
        Effect::Abandon(fault) => {
            abandon(engine, before, fault);
            None
        }
        Effect::Journal(_) => None,
    }
}

/// What a journal entry changes in the store: the record, and what goes with it.
fn changes(engine: &Engine, rotation: &Rotation, writes: Vec<Write>) -> Vec<Change> {
    let mut changes = Vec::new();
    let mut remove = false;
    let model = engine.model.borrow();
    for write in writes {
        match write {
            Write::Publish(key) => changes.extend(mapped_secrets::publish(&model, rotation, key, engine.clock.now())),
            Write::Erase(key) => changes.extend(mapped_secrets::erase(&model, &changes, key)),
            Write::Close(entry) => changes.push(Change::Append(entry)),
            Write::Remove => remove = true,
        }
    }
    if remove {
        changes.extend(mapped_secrets::detach(&model, rotation.id));
        changes.push(Change::DropRotation(rotation.id));
    } else {
        changes.push(Change::PutRotation(Box::new(rotation.clone())));
    }
    changes
}

/// 64 characters of `A-Za-z0-9_-` from the system's CSPRNG: six bits each, without bias.
fn draw() -> Result<SecretValue, Fault> {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
    let mut bytes = Zeroizing::new([0_u8; 64]);
    getrandom::fill(bytes.as_mut_slice()).map_err(|error| {
        Fault::precondition(MachineCause::NoRandom(Some(error.to_string())))
            .and(OnMachine::SeeKernelLog)
            .and(Automatic::TriesAgain)
    })?;
    let text: String = bytes.iter().map(|byte| char::from(ALPHABET[usize::from(byte & 63)])).collect();
    Ok(SecretValue::new(text))
}

/// Nothing was changed: whoever asked is informed, and a rotation that was being created does not come to exist.
fn abandon(engine: &Engine, before: &Rotation, fault: Fault) {
    let attempt = before.operation.as_ref().map(|operation| operation.attempt);
    {
        let mut model = engine.model.borrow_mut();
        if model.drafts.remove(&before.id) {
            model.rotations.remove(&before.id);
        }
    }
    if fault.class() == Class::Person && engine.model.borrow().rotations.contains_key(&before.id) {
        // Whoever asked may have gone meanwhile. If something is wrong with the app, a drift check finds it, and clears
        // it once it is fixed.
        drift::check_next(engine, before.id);
    }
    if let Some(attempt) = attempt {
        engine.waiters.ended(attempt, &End::Abandoned(Box::new(fault)));
    }
}

/// An operation came to rest: those who wait for it are answered now where only an operator or the connection can fix
/// it.
fn rested(engine: &Engine, id: Uuid) {
    let stuck = {
        let model = engine.model.borrow();
        model.rotations.get(&id).and_then(|rotation| {
            let operation = rotation.operation.as_ref()?;
            let fault = operation.fault.as_ref().map(Fault::class);
            let stuck = rests(rotation) && matches!(fault, Some(Class::Person | Class::Connection));
            stuck.then_some(operation.attempt)
        })
    };
    if let Some(attempt) = stuck {
        engine.waiters.ended(attempt, &End::Stuck);
    }
}

/// What a step has to say: its new entries on the record, and how it ended or why it rests.
fn news(before: &Rotation, after: &Rotation, closed: Option<&Entry>) -> (Option<Uuid>, Vec<Notice>) {
    let known = before.operation.as_ref().map_or(0, |operation| operation.steps.len());
    let steps: &[Step] = match (closed, &after.operation) {
        (Some(entry), _) => &entry.steps,
        (None, Some(operation)) => &operation.steps,
        (None, None) => &[],
    };
    // A record at its cap drops one from the middle; the newest stands last all the same.
    let fresh = steps.get(known..).unwrap_or_default();
    let mut notices: Vec<Notice> = fresh.iter().cloned().map(Notice::Step).collect();
    if let Some(entry) = closed {
        notices.push(Notice::Ended { outcome: entry.outcome, ending: entry.ending.clone() });
    } else if let Some(operation) = &after.operation
        && let Some(fault) = &operation.fault
        && before
            .operation
            .as_ref()
            .is_none_or(|known| known.tries != operation.tries || known.fault != operation.fault)
    {
        notices.push(waiting(after, fault, operation.wake_at));
    }
    (before.operation.as_ref().map(|operation| operation.attempt), notices)
}

fn waiting(rotation: &Rotation, fault: &Fault, wake_at: Option<DateTime<Utc>>) -> Notice {
    let needed = rotation.attention.as_ref().is_some_and(|needed| needed.problem.cause == fault.problem.cause);
    let attention = fault.class() == Class::Person && needed;
    // Not said earlier than it is.
    let retry_at = wake_at.map(|at| at + Duration::milliseconds(999)).filter(|_| !attention);
    Notice::Waits { fault: fault.clone(), attention, retry_at }
}

fn tell(engine: &Engine, rotation: &Rotation, (attempt, notices): (Option<Uuid>, Vec<Notice>), removed: bool) {
    let about = || About { attempt, name: Some(rotation.name.to_string()), ..About::rotation(rotation.id) };
    for notice in notices {
        engine.report(notice, about());
    }
    if removed {
        let about = About { gone: Some(rotation.id), rotation: None, ..about() };
        engine.report(Notice::Deleted, about);
    }
}
