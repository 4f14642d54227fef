//! Rotating on demand: the plan, the question, the attempt, and the wait for its end.

use tokio::time::{Instant, timeout};
use uuid::Uuid;

use super::driver;
use super::events::Level;
use super::look;
use super::refusal::{Kind, Refusal};
use super::request::patience;
use super::request::{Reply, RotateTerms};
use super::retire;
use super::shared::{About, End, Engine};
use super::unread;
use crate::core::fault::{Class, Code};
use crate::core::history::{Actor, Entry, Outcome, Trigger};
use crate::core::protocol::open::{Ask, open};
use crate::core::protocol::plan::{Plan, instant, plan};
use crate::core::protocol::rests;
use crate::core::rotation::{Consent, Kind as Operation, Rotation};
use crate::store::HistoryQuery;

/// Rotates now, joins what is under way, or asks for consent to the plan.
pub async fn rotate(engine: &Engine, id: &str, terms: RotateTerms, actor: Actor) -> Result<Reply, Refusal> {
    engine.may_act()?;
    if terms.after_previous {
        return unread::after_previous(engine, id, &actor).await;
    }
    let rotation = known(engine, id)?;
    if let Some(attempt) = join(engine, &rotation, &terms)? {
        return wait(engine, rotation.id, attempt, terms.wait_seconds, None).await;
    }
    let consent = consent(&terms);
    // Only where the previous secret is still there can something be cut. Naming a secret to be replaced is the consent
    // for that one.
    let mut agreed = None;
    let cuts = terms.retire_now || (terms.replace_secret_id.is_none() && rotation.previous.is_some());
    if !terms.yes && cuts {
        let planned = plan_for(engine, &rotation, &consent, actor.clone()).await?;
        if !planned.blockers.is_empty() {
            return Err(blocked(planned));
        }
        if planned.asks {
            return Err(ask(&rotation, planned));
        }
        agreed = Some(planned);
    }
    if terms.replace_secret_id.is_some() {
        let client = engine.client(rotation.connection_id).map_err(|fault| Refusal::from_fault(&fault))?;
        let seen = look::secrets(&client, &rotation.app.id).await?;
        look::has_named(&seen, terms.replace_secret_id.as_deref())?;
    }
    // Somebody else may have begun meanwhile; from here to `begin` nothing waits.
    let rotation = known(engine, id)?;
    if let Some(attempt) = join(engine, &rotation, &terms)? {
        return wait(engine, rotation.id, attempt, terms.wait_seconds, None).await;
    }
    // What nobody was asked about is not agreed to.
    let consent = Consent { cut_previous: terms.yes, retire_now: terms.yes && terms.retire_now, ..consent };
    let request = Ask { attempt: Uuid::now_v7(), trigger: Trigger::Manual, actor, consent };
    let attempt = request.attempt;
    engine.tell(Level::Info, "asked", format!("{} asked to rotate", request.actor), About::rotation(rotation.id));
    let actor = request.actor.clone();
    driver::begin(engine, &rotation, Operation::Rotate, request);
    let (begun, patience) = (Instant::now(), patience::wait(terms.wait_seconds));
    let reply = wait(engine, rotation.id, attempt, terms.wait_seconds, agreed).await?;
    if terms.retire_now && !patience.is_zero() {
        // Both within the time that was given; what is begun is not asked after at once.
        let left = patience.saturating_sub(begun.elapsed()).as_secs().max(1);
        return retire::at_once(engine, rotation.id, actor, left).await;
    }
    Ok(reply)
}

/// Runs a due time that has passed, and waits for its end.
pub async fn overdue(engine: &Engine, id: Uuid, actor: Actor) -> Result<Reply, Refusal> {
    let rotation = known(engine, &id.to_string())?;
    let request = Ask { attempt: Uuid::now_v7(), trigger: Trigger::Schedule, actor, consent: Consent::default() };
    let attempt = request.attempt;
    driver::begin(engine, &rotation, Operation::Rotate, request);
    wait(engine, id, attempt, None, None).await
}

/// Says what a rotation now would do. Reads only.
pub async fn dry_run(engine: &Engine, id: &str, terms: RotateTerms, actor: Actor) -> Result<Reply, Refusal> {
    let rotation = known(engine, id)?;
    let plan = plan_for(engine, &rotation, &consent(&terms), actor).await?;
    Ok(Reply::Plan { plan })
}

fn consent(terms: &RotateTerms) -> Consent {
    Consent {
        cut_previous: true,
        replace: terms.replace_secret_id.clone(),
        retire_now: terms.retire_now,
        ..Consent::default()
    }
}

/// The rotation that somebody means, by id or name.
pub fn known(engine: &Engine, id: &str) -> Result<Rotation, Refusal> {
    let rotation = engine.model.borrow().rotation(id)?.clone();
    engine.named.borrow_mut().insert(rotation.id);
    Ok(rotation)
}

/// The open attempt that a request joins. It overrides a back-off, but not Okta's rate limit; what its sender agrees to
/// holds for the attempt.
fn join(engine: &Engine, rotation: &Rotation, terms: &RotateTerms) -> Result<Option<Uuid>, Refusal> {
    if rotation.leaving.is_some() {
        let hint = "it is being deleted; nothing was changed";
        return Err(Refusal::new(Kind::Conflict, format!("{} rotates no more", rotation.name), hint));
    }
    let Some(operation) = &rotation.operation else { return Ok(None) };
    let limited = operation.fault.as_ref().is_some_and(|fault| fault.code == Code::RateLimited);
    if operation.kind != Operation::Rotate {
        if rests(rotation) && !limited {
            driver::drive(engine, rotation.id);
        }
        return Err(busy(rotation));
    }
    if terms.retire_now && !terms.yes {
        let steps = vec!["switch the secret that is current until then off once the new one is published".into()];
        return Err(ask(rotation, Plan { steps, asks: true, ..Plan::default() }));
    }
    if let Some(open) = engine.model.borrow_mut().rotations.get_mut(&rotation.id).and_then(|it| it.operation.as_mut()) {
        open.consent.cut_previous |= terms.yes;
        open.consent.retire_now |= terms.retire_now;
        if terms.replace_secret_id.is_some() {
            open.consent.replace.clone_from(&terms.replace_secret_id);
        }
    }
    if rests(rotation) && !limited {
        driver::drive(engine, rotation.id);
    }
    Ok(Some(operation.attempt))
}

/// Something else is being done to it.
pub fn busy(rotation: &Rotation) -> Refusal {
    let doing = match rotation.operation.as_ref().map(|operation| operation.kind) {
        Some(Operation::Rotate) => "is being rotated",
        Some(Operation::Adopt) => "is being created",
        Some(Operation::Rollback) => "is being rolled back",
        Some(Operation::Delete) => "is being deleted",
        Some(Operation::Retire) | None => "has its old secret being retired",
    };
    let hint = format!(
        "nothing was changed; try again in a moment, `windlass rotation show {}` tells how far it is",
        rotation.name
    );
    Refusal::new(Kind::Unavailable, format!("{} {doing} at the moment", rotation.name), hint)
}

/// Plans an operation against what Okta shows now.
pub async fn planned(engine: &Engine, rotation: &Rotation, kind: Operation, ask: Ask) -> Result<Plan, Refusal> {
    let client = engine.client(rotation.connection_id).map_err(|fault| Refusal::from_fault(&fault))?;
    let app = look::app(&client, &rotation.app.id).await?;
    let seen = look::secrets(&client, &rotation.app.id).await?;
    look::has_named(&seen, ask.consent.replace.as_deref())?;
    let now = engine.clock.now();
    let reads = engine.model.borrow().was_read(rotation);
    let mut plan = plan(&open(rotation, kind, ask, now), app, &seen, reads, now);
    unread::mark(engine, rotation, &mut plan);
    Ok(plan)
}

async fn plan_for(engine: &Engine, rotation: &Rotation, consent: &Consent, actor: Actor) -> Result<Plan, Refusal> {
    let ask = Ask { attempt: Uuid::nil(), trigger: Trigger::Manual, actor, consent: consent.clone() };
    planned(engine, rotation, Operation::Rotate, ask).await
}

/// A plan that cannot go ahead.
pub fn blocked(plan: Plan) -> Refusal {
    let first = plan.blockers.first();
    let message = first.map(|blocker| blocker.message.clone()).unwrap_or_default();
    let hint = first.map(|blocker| format!("{}; nothing was changed", blocker.hint)).unwrap_or_default();
    Refusal { plan: Some(Box::new(plan)), ..Refusal::new(Kind::Conflict, message, hint) }
}

fn ask(rotation: &Rotation, plan: Plan) -> Refusal {
    let name = &rotation.name;
    let (what, instead) = if plan.steps.iter().any(|step| step.contains("cannot be undone")) {
        ("cut its previous secret short", "wait until the previous secret is deleted")
    } else {
        ("switch the secret that is current off without an overlap", "leave --retire-now out")
    };
    let message = format!("rotating {name} now would {what}");
    let hint = format!("nothing was changed; agree to the plan by giving the command again with --yes, or {instead}");
    Refusal { plan: Some(Box::new(plan)), ..Refusal::new(Kind::NeedsConsent, message, hint) }
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
            Outcome::Failed => Err(Refusal::new(Kind::Failed, entry.message.clone(), next_step(engine, id, &entry))),
            Outcome::Attention => {
                Err(Refusal::new(Kind::Conflict, entry.message.clone(), next_step(engine, id, &entry)))
            }
        },
        Some(End::Abandoned(fault)) => {
            let mut refusal = Refusal::from_fault(&fault);
            refusal.hint = format!("{}; nothing was changed", refusal.hint);
            Err(refusal)
        }
        None if patience::wait(seconds).is_zero() => shown(engine, id, plan).map_err(|_| underway()),
        Some(End::Stuck) | None => Err(stuck(engine, id)),
    }
}

/// The end of an attempt; `None` where that did not come in time. One that could not go on may have ended since it was said.
pub async fn ended(engine: &Engine, attempt: Uuid, seconds: Option<u64>) -> Option<End> {
    let patience = patience::wait(seconds);
    let end = if patience.is_zero() {
        None
    } else {
        timeout(patience, engine.wait_for(attempt)).await.ok().and_then(Result::ok)
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
    let hint = format!("`windlass history {}` shows what became of it", entry.whose());
    Refusal::new(Kind::Conflict, format!("{}; the rotation was deleted since", entry.message), hint)
}

/// A rotation as it is now.
pub fn shown(engine: &Engine, id: Uuid, plan: Option<Plan>) -> Result<Reply, Refusal> {
    let model = engine.model.borrow();
    let rotation = model.rotation(&id.to_string())?;
    let view = model.rotation_view(rotation, engine.clock.now());
    let view = view.ok_or_else(|| Refusal::unknown("connection of the rotation", rotation.name.as_str(), ""))?;
    Ok(Reply::Rotation { secret_rotation: Box::new(view), plan })
}

fn underway() -> Refusal {
    Refusal::new(Kind::Unavailable, "the rotation is being created", "look at it with `windlass rotation list`")
}

/// What a person is to do next about what this attempt ended with.
fn next_step(engine: &Engine, id: Uuid, entry: &Entry) -> String {
    let model = engine.model.borrow();
    let attention = model.rotations.get(&id).and_then(|rotation| rotation.attention.as_ref());
    attention
        .filter(|attention| attention.cause == entry.message)
        .map_or_else(|| "the secret that was current goes on working".into(), |attention| attention.next.clone())
}

/// An attempt that is not over, and will not be soon: what it waits for, and that it goes on by itself.
pub fn stuck(engine: &Engine, id: Uuid) -> Refusal {
    if let Err(refusal) = engine.may_act() {
        return refusal;
    }
    let model = engine.model.borrow();
    let Some(rotation) = model.rotations.get(&id).filter(|_| !model.drafts.contains(&id)) else { return underway() };
    let goes_on = if engine.schedules() {
        "it goes on by itself"
    } else {
        "it is kept on disk and goes on when an engine runs (`windlass serve`), or when you give the command again"
    };
    let open = rotation.operation.as_ref();
    let Some((operation, fault)) = open.and_then(|operation| Some((operation, operation.fault.as_ref()?))) else {
        return Refusal::new(Kind::Unavailable, format!("{} is not done yet", rotation.name), goes_on);
    };
    let mut refusal = Refusal::held_by(fault);
    let probe = || Some(model.connections.get(&rotation.connection_id)?.down.as_ref()?.probe_at);
    let when = match (fault.class(), operation.wake_at.or_else(probe)) {
        (Class::Passing | Class::Connection, Some(at)) => format!("; next try at {}", instant(at)),
        _ => String::new(),
    };
    refusal.hint = format!("{}; {goes_on}{when}", refusal.hint);
    refusal
}
