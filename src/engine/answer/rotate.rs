//! Rotating on demand: the plan, the question, the attempt, and the wait for its end.

use tokio::time::Instant;
use uuid::Uuid;

use super::attempt::{blocked, busy, known, planned, shown, wait};
use super::settings::save;
use super::unread::later;
use super::{okta, retire};
use crate::core::fault::Code;
use crate::core::history::deed::Deed;
use crate::core::history::{Actor, Trigger};
use crate::core::protocol::open::Ask;
use crate::core::protocol::plan::Plan;
use crate::core::protocol::plan::step::PlanStep;
use crate::core::protocol::rests;
use crate::core::rotation::{Consent, Kind as Operation, Rotation};
use crate::engine::body::{Reply, RotateTerms};
use crate::engine::events::notice::{Notice, Wish};
use crate::engine::patience;
use crate::engine::refusal::{Kind, Refusal};
use crate::engine::state::Engine;
use crate::engine::state::decisions::Decided;
use crate::engine::state::notices::About;
use crate::engine::work::driver;

/// Rotates now, joins what is under way, or asks for consent to the plan.
pub async fn rotate(engine: &Engine, id: &str, terms: RotateTerms, actor: Actor) -> Result<Reply, Refusal> {
    engine.may_act()?;
    if terms.after_previous {
        return after_previous(engine, id, &actor).await;
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
        let seen = okta::secrets(&client, &rotation.app.id).await?;
        okta::has_named(&seen, terms.replace_secret_id.as_deref())?;
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
    let asked = Notice::Asked { actor: request.actor.clone(), wish: Wish::Rotate };
    engine.report(asked, About::rotation(rotation.id));
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
        let secret_id = rotation.current_secret().and_then(|current| current.okta_id.clone()).unwrap_or_default();
        let steps = vec![PlanStep::DeactivateOnPublish { secret_id, deletion: None }];
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

async fn plan_for(engine: &Engine, rotation: &Rotation, consent: &Consent, actor: Actor) -> Result<Plan, Refusal> {
    let ask = Ask { attempt: Uuid::nil(), trigger: Trigger::Manual, actor, consent: consent.clone() };
    planned(engine, rotation, Operation::Rotate, ask).await
}

fn ask(rotation: &Rotation, plan: Plan) -> Refusal {
    let name = &rotation.name;
    let (what, instead) = if plan.deletes() {
        ("cut its previous secret short", "wait until the previous secret is deleted")
    } else {
        ("switch the secret that is current off without an overlap", "leave --retire-now out")
    };
    let message = format!("rotating {name} now would {what}");
    let hint = format!("nothing was changed; agree to the plan by giving the command again with --yes, or {instead}");
    Refusal { plan: Some(Box::new(plan)), ..Refusal::new(Kind::NeedsConsent, message, hint) }
}

/// Has a rotation run once the old secret has gone by itself: its next due time is the first one after that.
pub async fn after_previous(engine: &Engine, id: &str, actor: &Actor) -> Result<Reply, Refusal> {
    let rotation = known(engine, id)?;
    let name = &rotation.name;
    let refused = |message: String, hint: String| Err(Refusal::new(Kind::Conflict, message, hint));
    if rotation.operation.is_some() {
        return Err(busy(&rotation));
    }
    if rotation.previous.is_none() {
        let hint = format!("nothing is cut short: `windlass rotation rotate {name}` rotates now; nothing was changed");
        return refused(format!("{name} has no old secret to wait for"), hint);
    }
    let Some((at, schedule)) = later(&rotation, engine.clock.now()) else {
        let hint = format!(
            "resume it (`windlass rotation resume {name}`) or give the old secret a date (`windlass rotation retire {name} \
             --at WHEN`), then ask again; nothing was changed"
        );
        return refused(format!("the old secret of {name} is held and does not go by itself"), hint);
    };
    let row = rotation.id;
    let decided = Decided { deed: Deed::Postponed { at }, actor };
    save(engine, Rotation { schedule, ..rotation }, Vec::new(), decided).await?;
    shown(engine, row, None)
}
