//! Whether connections work: what calls teach, the probe of a refused one, and who waits for it.
//!
//! One refusal is one banner, however many rotations meet it; they wait, and continue by themselves once it is fixed.

use chrono::{DateTime, Duration, Utc};
use tokio::task::JoinHandle;
use uuid::Uuid;

use crate::core::connection::{Connection, Down};
use crate::core::fault::{Class, Code, Fault};
use crate::core::history::deed::Deed;
use crate::core::history::{Actor, Entry, Outcome, Trigger};
use crate::core::protocol::call::Call;
use crate::core::rotation::{Kind, Rotation};
use crate::engine::events::notice::Notice;
use crate::engine::state::Engine;
use crate::engine::state::agenda::Item;
use crate::engine::state::caller::Caller;
use crate::engine::state::decisions::{self, Decided};
use crate::engine::state::notices::About;
use crate::store::Change;

/// How often a refused connection is tried.
const PROBE_EVERY: Duration = Duration::minutes(10);

/// How often a working one is noted as such on disk.
const NOTE_EVERY: Duration = Duration::minutes(10);

/// The connection's credential was accepted, by the probe or for a call. Where one kind of call was refused, another one that
/// goes through says nothing about that: else two rotations could wake each other for ever.
pub async fn answered(engine: &Engine, id: Uuid, by: Option<&Call>) {
    let now = engine.clock.now();
    let (recovered, change) = {
        let model = engine.model.borrow();
        let Some(known) = model.connections.get(&id) else { return };
        let refused = known.down.as_ref().and_then(|down| down.step.as_deref());
        if refused.is_some_and(|step| by.is_some_and(|call| call.step() != step)) {
            return;
        }
        let stale = known.last_ok_at.is_none_or(|at| now - at >= NOTE_EVERY);
        if known.down.is_none() && !stale {
            return;
        }
        let changed = Connection { down: None, last_ok_at: Some(now), ..known.clone() };
        (known.down.is_some(), Change::PutConnection(Box::new(changed)))
    };
    if engine.write(vec![change]).await.is_ok() && recovered {
        engine.report(Notice::ConnectionWorks, About::connection(id));
        go_on(engine, id);
    }
}

/// The connection's credential was refused, by the probe or for a call: its rotations wait, and it is tried every ten
/// minutes.
pub async fn refused(engine: &Engine, id: Uuid, fault: &Fault, by: Option<&Call>) {
    let probe_at = engine.clock.now() + PROBE_EVERY;
    let (news, change) = {
        let model = engine.model.borrow();
        let Some(known) = model.connections.get(&id) else { return };
        let (since, before) = match &known.down {
            Some(down) => (down.since, down.step.clone()),
            None => (engine.clock.now(), None),
        };
        let step = by.map(|call| call.step().to_owned()).or(before);
        let down = Down { fault: fault.clone(), since, probe_at, step };
        let news = known.down.is_none().then(|| known.named(fault));
        (news, Change::PutConnection(Box::new(Connection { down: Some(down), ..known.clone() })))
    };
    // Before anything is awaited: what waits for this connection is never without an instant.
    plan_probe_at(engine, id, Some(probe_at));
    if engine.write(vec![change]).await.is_err() {
        return;
    }
    if let Some(fault) = news {
        engine.report(Notice::ConnectionFails { fault }, About::connection(id));
        engine.wake_all_of(id);
    }
}

/// The connection after an attempt ended: what it says of rotations refused in a row. `None` where nothing changes.
pub fn counted(engine: &Engine, before: &Rotation, entry: &Entry) -> Option<Change> {
    let operation = before.operation.as_ref().filter(|operation| operation.kind == Kind::Rotate)?;
    let model = engine.model.borrow();
    let known = model.connections.get(&before.connection_id)?;
    // One that ended before it made a secret, or whose secret an operator withdrew, was not refused.
    let refused = operation.pending.is_some() && !operation.consent.withdraw && before.leaving.is_none();
    let refusals = match (entry.outcome, operation.trigger) {
        (Outcome::Success, _) => 0,
        (Outcome::Failed | Outcome::Attention, Trigger::Schedule) if refused => known.refusals + 1,
        _ => return None,
    };
    (refusals != known.refusals).then(|| Change::PutConnection(Box::new(Connection { refusals, ..known.clone() })))
}

/// Whether a connection's rotations are held after too many in a row were refused.
pub fn is_braked(engine: &Engine, id: Uuid) -> bool {
    engine.model.borrow().connections.get(&id).is_some_and(Connection::braked)
}

/// Says that the brake was set, or lets go what it held.
pub fn brake_changed(engine: &Engine, id: Uuid, before: bool) {
    let Some(known) = engine.model.borrow().connections.get(&id).cloned() else { return };
    let about = About::connection(id);
    match (before, known.braked()) {
        (false, true) => {
            if let Some(fault) = known.fault() {
                engine.report(Notice::ConnectionFails { fault }, about);
            }
        }
        (true, false) => engine.report(Notice::ConnectionResumes, about),
        _ => return,
    }
    engine.wake_all_of(id);
}

/// An operator has tested the connection and wants its rotations to continue.
pub async fn released(engine: &Engine, id: Uuid, actor: &Actor) {
    let before = is_braked(engine, id);
    let known = engine.model.borrow().connections.get(&id).filter(|known| known.refusals > 0).cloned();
    let Some(known) = known else { return };
    let released = Deed::ConnectionReleased { name: known.name.to_string() };
    let change = Change::PutConnection(Box::new(Connection { refusals: 0, ..known }));
    let written = if before {
        let decided = Decided { deed: released, actor };
        decisions::write(engine, vec![change], decided, Some(id), About::connection(id)).await.is_ok()
    } else {
        engine.write(vec![change]).await.is_ok()
    };
    if written {
        brake_changed(engine, id, before);
    }
}

/// Puts the next probe on the agenda.
pub fn plan_probe(engine: &Engine, id: Uuid) {
    let at = engine.model.borrow().connections.get(&id).and_then(|known| Some(known.down.as_ref()?.probe_at));
    // A clock that was ahead put it too far off.
    plan_probe_at(engine, id, at.map(|at| at.min(engine.clock.now() + PROBE_EVERY)));
}

fn plan_probe_at(engine: &Engine, id: Uuid, at: Option<DateTime<Utc>>) {
    let at = at.filter(|_| engine.schedules());
    if engine.agenda.borrow_mut().put(Item::Connection(id), at) {
        engine.stir();
    }
}

/// Probes a connection on a task of its own.
pub fn probe_soon(engine: &Engine, id: Uuid) -> JoinHandle<()> {
    if engine.model.borrow().connections.get(&id).is_some_and(|known| known.down.is_some()) {
        // The next one is planned before this one is made: whatever becomes of this one, it is not the last.
        plan_probe_at(engine, id, Some(engine.clock.now() + PROBE_EVERY));
    }
    let engine = engine.clone();
    tokio::task::spawn_local(async move {
        let probed = match engine.caller(id) {
            Ok(Caller::Okta(client)) => client.probe().await.map(drop),
            Ok(Caller::Server(server)) => server.test().await.map(drop),
            Err(fault) => Err(fault),
        };
        let fault = match probed {
            Ok(()) => return answered(&engine, id, None).await,
            Err(fault) if fault.code == Code::Forbidden => Fault { code: Code::NotAllowed, ..fault },
            Err(fault) => fault,
        };
        // A passing fault tells nothing new; the connection stays as it was until the next probe.
        let known = engine.model.borrow().connections.get(&id).and_then(|known| known.down.clone());
        let fault = if fault.class() == Class::Connection { Some(fault) } else { known.map(|down| down.fault) };
        if let Some(fault) = fault {
            refused(&engine, id, &fault, None).await;
        }
    })
}

/// The connection works: it is not probed any more, and what waited for it continues.
pub fn go_on(engine: &Engine, id: Uuid) {
    engine.agenda.borrow_mut().put(Item::Connection(id), None);
    // What could not be delivered through it is tried at once.
    for rotation in engine.model.borrow_mut().rotations.values_mut() {
        for target in rotation.targets.iter_mut().filter(|it| it.connection_id == Some(id)) {
            let refused = target.state.fault.as_ref().is_some_and(|fault| fault.class() == Class::Connection);
            target.state.wake_at.take_if(|_| refused);
        }
    }
    engine.wake_all_of(id);
}
