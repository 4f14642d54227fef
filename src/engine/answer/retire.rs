//! What an operator decides about the previous secret: off now, off on a date, or kept.
//!
//! Deleting is left to its dates: nothing here shortens a soak.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use tokio::time::{Duration, Instant, sleep_until};
use uuid::Uuid;

use super::attempt::{blocked, busy, known, planned, shown, stuck, wait};
use super::settings::save;
use super::unread;
use crate::core::cause::{Cause, RotationCause, Which};
use crate::core::history::deed::Deed;
use crate::core::history::ending::What;
use crate::core::history::{Actor, Trigger};
use crate::core::protocol::open::Ask;
use crate::core::protocol::plan::step::{Deletion, PlanStep};
use crate::core::protocol::plan::{Plan, follows};
use crate::core::protocol::retire::{Decision, decide, next_step};
use crate::core::remedy::{Automatic, InRequest, OnRotation};
use crate::core::rotation::{Kind as Operation, Previous, Rotation, Status};
use crate::engine::act::{Asks, Mode, Opt, Spec, Terms, Way};
use crate::engine::body::Reply;
use crate::engine::events::notice::{Notice, Wish};
use crate::engine::patience::{self, Takes};
use crate::engine::refusal::{Kind, Refusal};
use crate::engine::state::Engine;
use crate::engine::state::decisions::Decided;
use crate::engine::state::notices::About;
use crate::engine::view::RotationView;
use crate::engine::work::{deliver, driver};
use crate::text::sentence::{Sentence, say};

/// On what terms: exactly one of `now`, `at` and `hold`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RetireTerms {
    /// Switch the previous secret off now.
    pub now: bool,
    /// Switch it off at this instant; one that is off already is deleted then, never before its soak is over.
    pub at: Option<DateTime<Utc>>,
    /// Keep it as it is until another decision.
    pub hold: bool,
    /// How long to wait for the end, in seconds; 90 by default, 0 to return at once.
    pub wait_seconds: Option<u64>,
}

impl Terms for RetireTerms {
    const SPEC: Spec = Spec {
        command: "rotation retire",
        help: "Retire the old secret: now, on a date, or hold it",
        examples: &[
            "windlass rotation retire payments --now",
            "windlass rotation retire payments --at 2026-12-01",
            "windlass rotation retire payments --hold",
        ],
        paths: &["/api/v2/secret-rotations/okta-client-secret/{id}/retire"],
        plans: true,
        asks: Asks::Engine,
        waits: true,
        options: &[
            Opt::flag("--now", "now", "Deactivate it now; it is deleted after its soak"),
            Opt::when("--at", "at", "Deactivate it then: an instant, a date, or a span such as 7d"),
            Opt::flag("--hold", "hold", "Keep it until you give it a date"),
        ],
        one_of: true,
        ways: &[
            Way::by("--now", &["old"], "n", "off now"),
            Way::by("--at", &["old"], "d", "off on a date"),
            Way::by("--hold", &["old"], "h", "keep it"),
            Way::plain(&["old"], "the old secret"),
        ],
        ..Spec::ROTATION
    };

    fn takes(&self) -> Takes {
        Takes::Attempt(patience::wait(self.wait_seconds))
    }

    fn title(&self, name: &str) -> String {
        match self.at {
            None => format!("Switch the old secret of {name} off now?"),
            Some(_) => format!("Set a date for the old secret of {name}?"),
        }
    }

    fn button(&self) -> &'static str {
        if self.at.is_some() { "Set" } else { "Switch off" }
    }

    fn doing(&self) -> &'static str {
        if self.now { "Switching off the old secret of" } else { "Deciding on the old secret of" }
    }

    fn done(&self, reply: &Reply) -> Sentence {
        reply.rotation().map_or_else(|| say!("done"), RotationView::old_secret)
    }
}

/// Does what was decided, or says what would happen.
pub async fn retire(engine: &Engine, id: &str, terms: RetireTerms, mode: Mode, actor: Actor) -> Result<Reply, Refusal> {
    engine.may_act()?;
    let decision = decision(terms, engine.clock.now())?;
    let (rotation, previous, secret_id) = with_previous(engine, id)?;
    if rotation.leaving.is_some() && decision == Decision::Hold {
        let refusal = Refusal::because(Kind::Conflict, RotationCause::BeingDeleted).and(OnRotation::OldGoesOnDate);
        return Err(refusal.and(Automatic::NothingChanged));
    }
    let off = rotation.previous_secret().is_some_and(|secret| secret.status != Status::Active);
    let plan = match decision {
        Decision::Now if !off => off_now(engine, &rotation, actor.clone()).await?,
        Decision::At(at) if !off => on_date(engine, &rotation, previous, &secret_id, at),
        _ => kept(engine, &rotation, decision),
    };
    if mode == Mode::Plan {
        return Ok(Reply::Plan { plan });
    }
    if !plan.blockers.is_empty() {
        return Err(blocked(plan));
    }
    if plan.asks && mode != Mode::Agreed {
        return Err(ask(&rotation, &secret_id, plan));
    }
    let free =
        driver::make_way(engine, rotation.id, What::Overruled { by: actor.to_string(), secret_id: secret_id.clone() })
            .await;
    let open = known(engine, id)?;
    // A date can be set beside another operation; a call to the same secret cannot be made.
    let retiring = open.operation.as_ref().is_some_and(|operation| operation.kind == Operation::Retire);
    if !free && (retiring || (decision == Decision::Now && !off)) {
        return Err(busy(&open));
    }
    // From here to the write nothing waits. What was agreed to was agreed to for that secret, and for no other.
    let (rotation, _, still) = with_previous(engine, id)?;
    if still != secret_id {
        let refusal = Refusal::because(Kind::Conflict, RotationCause::OldSecretChanged { secret: still });
        let refusal = refusal.and(Automatic::NothingChanged).and(OnRotation::CheckThenAgain);
        return Err(refusal.of_rotation(&rotation.name));
    }
    let now = engine.clock.now();
    let decided = decide(&rotation, decision, now);
    let row = rotation.id;
    if decision != Decision::Now || off {
        let deed = match (decision, decided.previous.and_then(|previous| previous.delete_at)) {
            (Decision::At(at), None) => Deed::OldDeactivatedAt { secret_id, at },
            (Decision::Now | Decision::At(_), Some(at)) => Deed::OldDeletedAt { secret_id, at },
            (Decision::Hold, _) | (Decision::Now, None) => Deed::OldKept { secret_id },
        };
        save(engine, decided, Vec::new(), Decided { deed, actor: &actor }).await?;
        return shown(engine, row, Some(plan));
    }
    let wish = Wish::Deactivate { secret_id };
    engine.report(Notice::Asked { actor: actor.clone(), wish }, About::rotation(row));
    let attempt = driver::begin(engine, &decided, Operation::Retire, Ask::new(Trigger::Retire, actor));
    wait(engine, row, attempt, terms.wait_seconds, Some(plan)).await
}

/// After a rotation that was asked for with `retireNow`, and that has published its secret: the old one goes once its targets
/// have the new one, in a minute at the latest, and whoever asked waits for that too.
pub async fn at_once(engine: &Engine, id: Uuid, actor: Actor, seconds: u64) -> Result<Reply, Refusal> {
    let until = Instant::now() + Duration::from_secs(seconds);
    let mut stirred = engine.stirred.subscribe();
    loop {
        deliver::due(engine, id);
        let rotation = known(engine, &id.to_string())?;
        let on = rotation.previous_secret().is_some_and(|secret| secret.status == Status::Active);
        if !on || !rotation.previous.is_some_and(|previous| previous.asked) {
            return shown(engine, id, None);
        }
        let now = engine.clock.now();
        let attempt = match &rotation.operation {
            Some(open) if open.kind == Operation::Retire => open.attempt,
            Some(_) => return Err(published(busy(&rotation))),
            None => match next_step(&rotation, now).filter(|at| *at > now) {
                None => driver::begin(engine, &rotation, Operation::Retire, Ask::new(Trigger::Retire, actor)),
                Some(at) => {
                    tokio::select! {
                        () = engine.clock.sleep(at - now) => {}
                        _ = stirred.changed() => {}
                        () = sleep_until(until) => return Err(published(stuck(engine, id))),
                    }
                    continue;
                }
            },
        };
        let left = until.saturating_duration_since(Instant::now()).as_secs().max(1);
        return wait(engine, id, attempt, Some(left), None).await.map_err(published);
    }
}

/// The new secret is out, whatever becomes of the old one.
fn published(refusal: Refusal) -> Refusal {
    let mut refusal = refusal.as_cause(|cause| Cause::PublishedNotOff(Box::new(cause)));
    refusal.problem.remedies.retain(|remedy| *remedy != Automatic::NothingChanged.into());
    refusal
}

/// The one thing that is wanted.
fn decision(terms: RetireTerms, now: DateTime<Utc>) -> Result<Decision, Refusal> {
    match (terms.now, terms.at, terms.hold) {
        (true, None, false) => Ok(Decision::Now),
        (false, Some(at), false) if at > now => Ok(Decision::At(at)),
        (false, Some(at), false) => Err(Refusal::in_past(at, InRequest::GiveLaterOrNow)),
        (false, None, true) => Ok(Decision::Hold),
        _ => Err(Refusal::undecided(Which::Old)),
    }
}

fn with_previous(engine: &Engine, id: &str) -> Result<(Rotation, Previous, String), Refusal> {
    let rotation = known(engine, id)?;
    let secret_id = rotation.previous_secret().and_then(|secret| secret.okta_id.clone());
    let Some((previous, secret_id)) = rotation.previous.zip(secret_id) else {
        let cause = RotationCause::NoOldSecret { rotation: rotation.name.to_string() };
        let refusal =
            Refusal::because(Kind::Conflict, cause).and(Automatic::NothingChanged).and(OnRotation::ListSecrets);
        return Err(refusal.of_rotation(&rotation.name));
    };
    Ok((rotation, previous, secret_id))
}

/// What deactivating it now means, by what Okta shows.
async fn off_now(engine: &Engine, rotation: &Rotation, actor: Actor) -> Result<Plan, Refusal> {
    let now = engine.clock.now();
    // One that is open makes way before this one begins.
    let decided = Rotation { operation: None, ..decide(rotation, Decision::Now, now) };
    let mut plan = planned(engine, &decided, Operation::Retire, Ask::new(Trigger::Retire, actor)).await?;
    if !engine.model.borrow().reached(rotation) && plan.blockers.is_empty() {
        plan.steps.push(PlanStep::NotFetched);
    }
    Ok(plan)
}

/// What is decided changes no more than its date.
fn kept(engine: &Engine, rotation: &Rotation, decision: Decision) -> Plan {
    let now = engine.clock.now();
    let decided = decide(rotation, decision, now);
    let secret_id = rotation.previous_secret().and_then(|secret| secret.okta_id.clone()).unwrap_or_default();
    let step = match decided.previous.and_then(|previous| previous.delete_at) {
        Some(at) if decision != Decision::Hold => PlanStep::Delete {
            secret_id,
            deletion: Deletion { at: Some(at), soak_seconds: rotation.soak, held_by: None },
        },
        _ => PlanStep::KeepUndated { secret_id },
    };
    let mut plan = Plan { steps: vec![step], ..Plan::default() };
    let ahead = engine.model.borrow().forecast(&decided, now).ahead();
    follows::next(&mut plan, &decided, &ahead, false);
    plan
}

/// A date asks for agreement only where it is earlier than the one that was shown before.
fn on_date(engine: &Engine, rotation: &Rotation, previous: Previous, secret_id: &str, at: DateTime<Utc>) -> Plan {
    let now = engine.clock.now();
    let decided = decide(rotation, Decision::At(at), now);
    let ahead = engine.model.borrow().forecast(&decided, now).ahead();
    let deletion = follows::deletion(&decided, &ahead);
    let mut steps = vec![PlanStep::DeactivateAt {
        secret_id: secret_id.to_owned(),
        at: ahead.off_at.unwrap_or(at),
        held_by: ahead.held.filter(|_| ahead.off_at.is_none()),
        deletion,
    }];
    let earlier = previous.deactivate_at.filter(|known| at < *known);
    steps.extend(earlier.map(|than| PlanStep::Earlier { than }));
    let nothing_fetched = !engine.model.borrow().reached(rotation);
    if !rotation.retire_unread {
        steps.push(PlanStep::KeptUntilFetched);
    }
    let mut plan = Plan { steps, asks: earlier.is_some(), ..Plan::default() };
    follows::next(&mut plan, &decided, &ahead, false);
    if rotation.retire_unread && nothing_fetched {
        // It goes then whether or not its successor was fetched.
        plan.asks = true;
        plan.cut(secret_id, false);
        unread::mark(engine, rotation, &mut plan);
    }
    plan
}

fn ask(rotation: &Rotation, secret_id: &str, plan: Plan) -> Refusal {
    let cause = RotationCause::GoesEarlier { rotation: rotation.name.to_string(), secret: secret_id.to_owned() };
    Refusal::asks(cause, plan).and(InRequest::Agree { instead: None })
}
