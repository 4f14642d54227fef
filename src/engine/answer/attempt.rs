//! What the acts on a rotation have in common: which one is meant, what is planned, and how an attempt ends.

use crate::core::history::ending::What;
use tokio::time::timeout;
use uuid::Uuid;

use super::{okta, unread};
use crate::core::cause::{Cause, ConnectionCause, Doing, MachineCause, RotationCause, Thing};
use crate::core::fault::Class;
use crate::core::fault::Problem;
use crate::core::history::{Entry, Outcome};
use crate::core::protocol::open::{Ask, open};
use crate::core::protocol::plan::Plan;
use crate::core::protocol::plan::make::plan;
use crate::core::remedy::{Automatic, InRequest, OnMachine, OnRotation};
use crate::core::rotation::{Kind as Operation, Rotation};
use crate::engine::body::Reply;
use crate::engine::patience;
use crate::engine::refusal::{Kind, Refusal};
use crate::engine::state::Engine;
use crate::engine::state::waiters::End;
use crate::store::HistoryQuery;

/// The rotation that someone means, by id or name.
pub fn known(engine: &Engine, id: &str) -> Result<Rotation, Refusal> {
    let rotation = engine.model.borrow().rotation(id)?.clone();
    engine.named.borrow_mut().insert(rotation.id);
    Ok(rotation)
}

/// Something else is being done to it.
pub fn busy(rotation: &Rotation) -> Refusal {
    let doing = match rotation.operation.as_ref().map(|operation| operation.kind) {
        Some(Operation::Rotate) => Doing::Rotate,
        Some(Operation::Adopt) => Doing::Create,
        Some(Operation::Rollback) => Doing::RollBack,
        Some(Operation::Delete) => Doing::Delete,
        Some(Operation::Retire) | None => Doing::Retire,
    };
    let refusal =
        Refusal::because(Kind::Unavailable, RotationCause::Busy { rotation: rotation.name.to_string(), doing });
    refusal
        .and(Automatic::NothingChanged)
        .and(OnRotation::TryInAMoment)
        .and(OnRotation::ShowRotation)
        .of_rotation(&rotation.name)
}

/// Plans an operation against what Okta shows now.
pub async fn planned(engine: &Engine, rotation: &Rotation, kind: Operation, ask: Ask) -> Result<Plan, Refusal> {
    let client = engine.client(rotation.connection_id).map_err(|fault| Refusal::from_fault(&fault))?;
    let app = okta::app(&client, &rotation.app.id).await?;
    let seen = okta::secrets(&client, &rotation.app.id).await?;
    okta::has_named(&seen, ask.consent.replace.as_deref())?;
    let now = engine.clock.now();
    let reads = engine.model.borrow().was_read(rotation);
    let mut plan = plan(&open(rotation, kind, ask, now), app, &seen, reads, now);
    unread::mark(engine, rotation, &mut plan);
    Ok(plan)
}

/// A plan that cannot go ahead.
pub fn blocked(plan: Plan) -> Refusal {
    let problem = plan
        .blockers
        .first()
        .cloned()
        .unwrap_or_else(|| Problem::because(MachineCause::Internal).and(OnMachine::Report));
    let refusal = Refusal::of(Kind::Conflict, problem).and(Automatic::NothingChanged);
    Refusal { plan: Some(Box::new(plan)), ..refusal }
}

/// Waits for the end of an attempt, a bounded time, and tells how that attempt stands then: never how the rotation does,
/// for which another one may have begun already.
pub async fn wait(
    engine: &Engine,
    id: Uuid,
    attempt: Uuid,
    seconds: Option<u64>,
    plan: Option<Plan>,
) -> Result<Reply, Refusal> {
    match ended(engine, attempt, seconds).await {
        Some(End::Closed(entry)) => match entry.outcome {
            Outcome::Success | Outcome::Running => shown(engine, id, plan).map_err(|_| gone(&entry)),
            Outcome::Failed => Err(Refusal::of(Kind::Failed, ended_with(engine, id, &entry))),
            Outcome::Attention => Err(Refusal::of(Kind::Conflict, ended_with(engine, id, &entry))),
        },
        Some(End::Abandoned(fault)) => Err(Refusal::from_fault(&fault).and(Automatic::NothingChanged)),
        None if patience::wait(seconds).is_zero() => shown(engine, id, plan).map_err(|_| being_created()),
        Some(End::Stuck) | None => Err(stuck(engine, id)),
    }
}

/// The end of an attempt; `None` where that did not come in time. One that could not continue may have ended since it
/// was said.
pub async fn ended(engine: &Engine, attempt: Uuid, seconds: Option<u64>) -> Option<End> {
    let patience = patience::wait(seconds);
    let end = if patience.is_zero() {
        None
    } else {
        timeout(patience, engine.waiters.wait_for(attempt)).await.ok().and_then(Result::ok)
    };
    engine.settled().await;
    match end {
        Some(End::Stuck) | None if !patience.is_zero() => past(engine, attempt).await.or(end),
        end => end,
    }
}

/// An attempt that is over, from the history.
async fn past(engine: &Engine, attempt: Uuid) -> Option<End> {
    let open = |rotation: &Rotation| rotation.operation.as_ref().is_some_and(|open| open.attempt == attempt);
    if engine.model.borrow().rotations.values().any(open) {
        return None;
    }
    let next = Uuid::from_u128(attempt.as_u128().wrapping_add(1));
    let query = HistoryQuery { before: Some(next), limit: 1, ..HistoryQuery::default() };
    let entry = engine.history(query).await.ok()?.entries.pop().filter(|entry| entry.id == attempt)?;
    Some(End::Closed(Box::new(entry)))
}

/// What succeeded, of a rotation that was deleted since.
fn gone(entry: &Entry) -> Refusal {
    let cause = RotationCause::DeletedSince { rotation: entry.whose().to_owned() };
    Refusal::because(Kind::Conflict, cause).and(OnRotation::ShowHistory).of_rotation(&entry.whose())
}

/// A rotation as it is now.
pub fn shown(engine: &Engine, id: Uuid, plan: Option<Plan>) -> Result<Reply, Refusal> {
    let model = engine.model.borrow();
    let rotation = model.rotation(&id.to_string())?;
    let view = model.rotation_view(rotation, engine.clock.now());
    let view = view.ok_or_else(no_connection)?;
    Ok(Reply::Rotation { secret_rotation: Box::new(view), plan })
}

/// A rotation whose connection is gone, which a deletion refuses to let happen.
pub fn no_connection() -> Refusal {
    Refusal::because(Kind::Unknown, ConnectionCause::ConnectionGone).and(OnMachine::Report)
}

fn being_created() -> Refusal {
    Refusal::because(Kind::Unavailable, RotationCause::BeingCreated).and(InRequest::ListAll(Thing::Rotation))
}

/// What this attempt ended with: what needs attention since, where it asked for that.
fn ended_with(engine: &Engine, id: Uuid, entry: &Entry) -> Problem {
    let model = engine.model.borrow();
    let attention = model.rotations.get(&id).and_then(|rotation| rotation.attention.as_ref());
    match attention.filter(|attention| attention.attempt == Some(entry.id)) {
        Some(attention) => attention.problem.clone(),
        None => Problem::because(cause(entry)).and(Automatic::CurrentWorks),
    }
}

/// Why an attempt ended, where that is a cause and all that there is to say.
pub fn cause(entry: &Entry) -> Cause {
    match (&entry.ending.what, entry.ending.cause()) {
        (_, Some(cause)) => cause.clone(),
        (What::Said { message }, None) => Cause::Written(message.clone()),
        (_, None) => RotationCause::EndedOtherwise { rotation: entry.whose().to_owned() }.into(),
    }
}

/// An attempt that is not over, and will not be soon: what it waits for, and that it continues automatically.
pub fn stuck(engine: &Engine, id: Uuid) -> Refusal {
    if let Err(refusal) = engine.may_act() {
        return refusal;
    }
    let model = engine.model.borrow();
    let Some(rotation) = model.rotations.get(&id).filter(|_| !model.drafts.contains(&id)) else {
        return being_created();
    };
    let continues = if engine.schedules() { Automatic::Continues } else { Automatic::ContinuesWithEngine };
    let open = rotation.operation.as_ref();
    let Some((operation, fault)) = open.and_then(|operation| Some((operation, operation.fault.as_ref()?))) else {
        let cause = RotationCause::NotDoneYet { rotation: rotation.name.to_string() };
        return Refusal::of(Kind::Unavailable, Problem::because(cause).and(continues));
    };
    let probe = || Some(model.connections.get(&rotation.connection_id)?.down.as_ref()?.probe_at);
    let refusal = Refusal::held_by(fault).and(continues);
    match (fault.class(), operation.wake_at.or_else(probe)) {
        (Class::Passing | Class::Connection, Some(at)) => refusal.and(Automatic::NextTry(at)),
        _ => refusal,
    }
}
