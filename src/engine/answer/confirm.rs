//! The way out of a quarantine: each rotation is compared with Okta, and an operator confirms what the comparison shows.
//!
//! Nothing is changed at Okta here. What is confirmed continues carefully: no old secret goes without a new date, no due
//! time that passed runs at once, and what was under way looks before it acts.

use crate::core::cause::{RotationCause, StoreCause};
use crate::core::remedy::{Automatic, InRequest, OnRotation};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::attempt::known;
use super::engine::engine_view;
use crate::core::fault::Class;
use crate::core::history::deed::Deed;
use crate::core::history::{Actor, Entry};
use crate::core::protocol::call::{Call, Reply as Answer, SeenSecret};
use crate::core::protocol::drift::{self, compare, refused};
use crate::core::protocol::plan::make::planned;
use crate::core::protocol::plan::step::PlanStep;
use crate::core::protocol::plan::{Plan, follows};
use crate::core::rotation::{OktaSecret, Rotation, WhyKept};
use crate::engine::act::{Asks, Mode, Shortcut, Spec, Terms, Way};
use crate::engine::body::Reply;
use crate::engine::events::notice::Notice;
use crate::engine::patience::Takes;
use crate::engine::refusal::{Kind, Refusal};
use crate::engine::state::Engine;
use crate::engine::state::decisions::{self, Decided};
use crate::engine::state::notices::About;
use crate::engine::work::scheduler;
use crate::store::{Change, Quarantine};
use crate::text::sentence::{Sentence, say};

/// On what terms: none. What it is done to is absent where there is nothing left to compare.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfirmTerms {}

impl Terms for ConfirmTerms {
    const SPEC: Spec = Spec {
        command: "confirm",
        paths: &["/api/v1/engine/confirm"],
        named_by: Some("rotation"),
        asks: Asks::Engine,
        key: Some(Shortcut {
            action: "confirm",
            key: None,
            short: "",
            name: "confirm it as it is at Okta, after the store was damaged",
        }),
        in_quarantine: true,
        ways: &[Way::plain(&["confirm"], "confirm")],
        button: "Confirm",
        doing: "Confirming",
        ..Spec::ROTATION
    };

    fn takes(&self) -> Takes {
        Takes::Okta
    }

    fn changes(&self, named: &str, mode: Mode) -> bool {
        // Without agreement a rotation is only compared.
        mode == Mode::Agreed || named.is_empty()
    }

    fn title(&self, name: &str) -> String {
        // Without a name it is what was recovered.
        if name.is_empty() { "Have you read this?".into() } else { format!("Continue {name} like this?") }
    }

    fn risk(&self) -> Option<&'static str> {
        // Nothing is changed at Okta by it.
        None
    }

    fn done(&self, reply: &Reply) -> Sentence {
        match reply {
            Reply::Engine { engine } if engine.trouble.is_none() => {
                say!("confirmed; the quarantine is over, and what is due starts by itself while an engine runs")
            }
            _ => say!("confirmed; nothing starts before the others are confirmed as well"),
        }
    }
}

/// Compares a rotation with Okta, and confirms it where someone agrees. The last one lifts the quarantine.
pub async fn confirm(engine: &Engine, id: &str, _: ConfirmTerms, mode: Mode, actor: Actor) -> Result<Reply, Refusal> {
    let agreed_to = mode == Mode::Agreed;
    if id.is_empty() && engine.model.borrow().trouble.is_none() && !engine.recovered().is_empty() {
        return acknowledge(engine, agreed_to, &actor).await;
    }
    quarantine(engine)?;
    if id.is_empty() {
        if let Some(open) = open(engine).first() {
            let cause = RotationCause::NotConfirmed { rotation: open.name.to_string() };
            let refusal =
                Refusal::because(Kind::Conflict, cause).and(OnRotation::ConfirmFirst).and(Automatic::NothingChanged);
            return Err(refusal.of_rotation(&open.name));
        }
        return lift(engine, Vec::new(), &actor).await;
    }
    let rotation = known(engine, id)?;
    if quarantine(engine)?.confirmed.contains(&rotation.id) {
        return Ok(Reply::Engine { engine: Box::new(engine_view(engine)) });
    }
    let (seen, after) = compared(engine, &rotation).await?;
    if !agreed_to {
        let plan = shows(engine, &rotation, &seen, &after);
        let cause = RotationCause::NeedsConfirmation { rotation: rotation.name.to_string() };
        return Err(Refusal::asks(cause, plan).and(InRequest::AgreeConfirm).of_rotation(&rotation.name));
    }
    lift(engine, vec![after], &actor).await
}

/// What was recovered needs no comparison with Okta, only someone who has read it.
async fn acknowledge(engine: &Engine, yes: bool, actor: &Actor) -> Result<Reply, Refusal> {
    if !yes {
        let noted = |recovery: &crate::store::Recovery| PlanStep::Recovered { message: recovery.to_string() };
        let steps = engine.recovered().iter().map(noted).collect();
        let plan = Plan { steps, asks: true, ..Plan::default() };
        return Err(Refusal::asks(StoreCause::NeedsReading, plan).and(InRequest::AgreeRecovered));
    }
    let decided = Decided { deed: Deed::RecoveryRead, actor };
    decisions::write(engine, vec![Change::Acknowledge], decided, None, About::default()).await?;
    Ok(Reply::Engine { engine: Box::new(engine_view(engine)) })
}

/// The quarantine, where that is all that keeps the engine from acting.
fn quarantine(engine: &Engine) -> Result<Quarantine, Refusal> {
    let model = engine.model.borrow();
    match (model.only_quarantined(), &model.trouble) {
        (Some(quarantine), _) => Ok(quarantine.clone()),
        (None, Some(trouble)) => Err(Refusal::of(Kind::Store, trouble.clone())),
        (None, None) => Err(Refusal::because(Kind::Conflict, StoreCause::NotQuarantined).and(OnRotation::CheckAnyTime)),
    }
}

/// The rotations that no one has confirmed yet.
fn open(engine: &Engine) -> Vec<Rotation> {
    let model = engine.model.borrow();
    let confirmed = model.quarantine.as_ref().map(|quarantine| quarantine.confirmed.clone()).unwrap_or_default();
    model.saved().filter(|rotation| !confirmed.contains(&rotation.id)).cloned().collect()
}

/// What Okta shows, and the record as it is to continue.
async fn compared(engine: &Engine, rotation: &Rotation) -> Result<(Vec<SeenSecret>, Rotation), Refusal> {
    let client = engine.client(rotation.connection_id).map_err(|fault| Refusal::from_fault(&fault))?;
    let answer = client.perform(&Call::Secrets { app_id: rotation.app.id.clone() }).await;
    let now = drift::instant(&answer.record, engine.clock.now());
    let (seen, mut after) = match answer.result {
        Ok(Answer::Secrets(seen)) => {
            let after = compare(rotation, &seen, now).rotation;
            (seen, after)
        }
        Ok(_) => (Vec::new(), rotation.clone()),
        // The app is gone, or the role lost it: that is said, and the rotation continues as one that needs attention.
        Err(fault) if fault.class() == Class::Person => (Vec::new(), refused(rotation, &fault, now)),
        Err(fault) => return Err(Refusal::from_fault(&fault)),
    };
    for secret in &mut after.secrets {
        // No value is erased on the word of a record that may be out of date.
        let known = rotation.secret(secret.key).and_then(|known| known.value.clone());
        secret.value = secret.value.take().or(known);
    }
    if let Some(previous) = after.previous.as_mut().filter(|previous| previous.dated()) {
        previous.keep(now, WhyKept::Restored);
    }
    after.schedule = after.schedule.settled(now);
    Ok((seen, after))
}

/// What the comparison shows, and what follows.
fn shows(engine: &Engine, rotation: &Rotation, seen: &[SeenSecret], after: &Rotation) -> Plan {
    let id = |secret: Option<&OktaSecret>| secret.and_then(|secret| secret.okta_id.clone()).unwrap_or_default();
    let mut steps = vec![match (&after.attention, after.current_secret()) {
        (Some(attention), _) => PlanStep::Attention(attention.problem.clone()),
        (None, current) => PlanStep::Continue {
            secret_id: current.map(|current| id(Some(current))),
            version: current.and_then(|current| current.published).map_or(0, |published| published.version),
        },
    }];
    if after.previous.is_some() {
        let (secret_id, rotation) = (id(after.previous_secret()), after.name.to_string());
        steps.push(PlanStep::HoldRestored { secret_id, rotation });
    }
    if rotation.operation.is_some() {
        steps.push(PlanStep::ContinueOperation);
    }
    let secrets = seen.iter().map(|seen| planned(after, seen)).collect();
    let mut plan = Plan { secrets, steps, asks: true, ..Plan::default() };
    let ahead = engine.model.borrow().forecast(after, engine.clock.now()).ahead();
    follows::next(&mut plan, after, &ahead, false);
    let others = open(engine).len().saturating_sub(1);
    if others > 0 {
        plan.steps.push(PlanStep::ConfirmOthers { count: others });
    }
    plan
}

/// What is confirmed.
fn kept(rotation: &Rotation) -> Deed {
    let id = |secret: &OktaSecret| secret.okta_id.clone().unwrap_or_default();
    let held = rotation.previous_secret().filter(|_| rotation.previous.is_some_and(|it| !it.dated()));
    Deed::Confirmed { current: rotation.current_secret().map(id), held: held.map(id) }
}

/// Writes what is confirmed; once nothing is left to confirm, the quarantine is over and the engine acts again.
async fn lift(engine: &Engine, confirmed: Vec<Rotation>, actor: &Actor) -> Result<Reply, Refusal> {
    let mut quarantine = quarantine(engine)?;
    let decided: Vec<(Uuid, Decided<'_>, Entry)> = confirmed
        .iter()
        .map(|rotation| {
            let decided = Decided { deed: kept(rotation), actor };
            let entry = decided.entry(engine, Some(rotation));
            (rotation.id, decided, entry)
        })
        .collect();
    quarantine.confirmed.extend(confirmed.iter().map(|rotation| rotation.id));
    let over = open(engine).iter().all(|rotation| quarantine.confirmed.contains(&rotation.id));
    let now = engine.clock.now();
    // What fell due while nothing acted does not all run at once now.
    let settled = |rotation: Rotation| Rotation { schedule: rotation.schedule.settled(now), ..rotation };
    let named = |rotation: &Rotation| confirmed.iter().any(|known| known.id == rotation.id);
    let others: Vec<Rotation> = if over {
        engine.model.borrow().saved().filter(|rotation| !named(rotation)).cloned().map(settled).collect()
    } else {
        Vec::new()
    };
    // What stands at a target may be newer than all that is known here: it is looked at, and nothing is delivered over it.
    let careful = |mut rotation: Rotation| {
        for target in &mut rotation.targets {
            (target.state.confirmed, target.state.doubted_at) = (None, Some(now));
        }
        Change::PutRotation(Box::new(rotation))
    };
    let mut changes: Vec<Change> = confirmed.into_iter().chain(others).map(careful).collect();
    changes.push(Change::Quarantine((!over).then(|| Box::new(quarantine))));
    changes.extend(decided.iter().map(|(_, _, entry)| Change::Append(Box::new(entry.clone()))));
    engine.write(changes).await?;
    for (id, decided, entry) in decided {
        let about = About { attempt: Some(entry.id), ..About::rotation(id) };
        engine.report(decided.notice(), about);
    }
    if over {
        engine.announce(Notice::QuarantineOver);
        scheduler::begin(engine);
    }
    Ok(Reply::Engine { engine: Box::new(engine_view(engine)) })
}
