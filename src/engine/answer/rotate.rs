//! Rotating on demand: the plan, the question, the attempt, and the wait for its end.

use serde::{Deserialize, Serialize};
use tokio::time::Instant;
use uuid::Uuid;

use super::attempt::{blocked, busy, known, planned, shown, wait};
use super::settings::save;
use super::unread::later;
use super::{okta, retire};
use crate::core::cause::RotationCause;
use crate::core::fault::Code;
use crate::core::history::deed::Deed;
use crate::core::history::{Actor, Trigger};
use crate::core::protocol::open::Ask;
use crate::core::protocol::plan::Plan;
use crate::core::protocol::plan::follows::awaited;
use crate::core::protocol::plan::step::PlanStep;
use crate::core::protocol::rests;
use crate::core::remedy::{Automatic, InRequest, Instead, OnRotation};
use crate::core::rotation::{Consent, Kind as Operation, Rotation};
use crate::engine::act::{Asks, Mode, Opt, Shortcut, Spec, Terms, Way};
use crate::engine::body::Reply;
use crate::engine::events::notice::{Notice, Wish};
use crate::engine::patience::{self, Takes};
use crate::engine::refusal::{Kind, Refusal};
use crate::engine::state::Engine;
use crate::engine::state::decisions::Decided;
use crate::engine::state::notices::About;
use crate::engine::work::driver;
use crate::text::sentence::{Sentence, say};

/// On what terms: `POST …/{id}/rotate-secrets`, and `/plan`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RotateTerms {
    /// Okta's id of a secret that may be deleted to make room.
    pub replace_secret_id: Option<String>,
    /// Switch the secret that is current until then off as soon as the new one is published: for a leak.
    pub retire_now: bool,
    /// Not now, but once the previous secret has gone by itself: nothing is cut short.
    pub after_previous: bool,
    /// How long to wait for the end, in seconds; 90 by default, 0 to return at once.
    pub wait_seconds: Option<u64>,
}

impl Terms for RotateTerms {
    const SPEC: Spec = Spec {
        command: "rotation rotate",
        help: "Make, test and publish a new secret now",
        examples: &[
            "windlass rotation rotate payments --dry-run",
            "windlass rotation rotate payments --wait=5m",
            "windlass rotation rotate payments --replace ocs2f… --yes",
            "windlass rotation rotate payments --retire-now    # after a leak: the old secret goes at once",
        ],
        paths: &["/api/v2/secret-rotations/okta-client-secret/{id}/rotate-secrets"],
        plan_path: &["/api/v2/secret-rotations/okta-client-secret/{id}/plan"],
        // The peer's clients send fields of their own.
        strict: false,
        plans: true,
        asks: Asks::Engine,
        waits: true,
        options: &[
            Opt::text(
                "--replace",
                "replaceSecretId",
                "SECRET_ID",
                "Okta's id of a secret that may be deleted to make room",
            ),
            Opt::flag(
                "--retire-now",
                "retireNow",
                "After a leak: deactivate the current secret as soon as the new one is published",
            ),
            Opt::flag(
                "--after-previous",
                "afterPrevious",
                "Not now, but once the previous secret has gone by itself: nothing is cut short",
            )
            .not_with(&["--dry-run", "--replace", "--retire-now", "--yes"]),
        ],
        key: Some(Shortcut {
            action: "rotate",
            key: Some('r'),
            short: "rotate",
            name: "rotate now: the plan, then a question",
        }),
        ways: &[
            Way::by("--replace", &[], "", ""),
            Way::by("--retire-now", &["old"], "l", "after a leak"),
            Way::plain(&["rotate"], "rotate"),
        ],
        button: "Rotate",
        ..Spec::ROTATION
    };

    fn takes(&self) -> Takes {
        Takes::Attempt(patience::wait(self.wait_seconds))
    }

    fn title(&self, name: &str) -> String {
        if self.retire_now {
            format!("Rotate {name}, and deactivate its secret at once?")
        } else {
            format!("Rotate {name} now?")
        }
    }

    fn doing(&self) -> &'static str {
        if self.after_previous { "Setting a date for" } else { "Rotating" }
    }

    fn done(&self, reply: &Reply) -> Sentence {
        let Some(row) = reply.rotation() else { return say!("rotating") };
        match (&row.current, row.next_rotation_at) {
            (_, Some(at)) if self.after_previous => {
                say!("rotates {}, once the old secret has gone; at once: `windlass rotation rotate NAME`", at)
            }
            (_, None) if self.after_previous => {
                say!("rotates once the old secret has gone; at once: `windlass rotation rotate NAME`")
            }
            (Some(current), _) => say!("rotated; version {} is published", current.version),
            (None, _) => say!("rotating"),
        }
    }
}

/// Rotates now, joins what is under way, or asks for consent to the plan.
pub async fn rotate(engine: &Engine, id: &str, terms: RotateTerms, mode: Mode, actor: Actor) -> Result<Reply, Refusal> {
    if mode == Mode::Plan {
        return dry_run(engine, id, &terms, actor).await;
    }
    engine.may_act()?;
    let agreed_to = mode == Mode::Agreed;
    if terms.after_previous {
        return after_previous(engine, id, &actor).await;
    }
    let rotation = known(engine, id)?;
    if let Some(attempt) = join(engine, &rotation, &terms, agreed_to)? {
        return wait(engine, rotation.id, attempt, terms.wait_seconds, None).await;
    }
    let consent = consent(&terms);
    // Only where the previous secret is still there can something be cut. Naming a secret to be replaced is the consent
    // for that one.
    let mut agreed = None;
    let cuts = terms.retire_now || (terms.replace_secret_id.is_none() && rotation.previous.is_some());
    if !agreed_to && cuts {
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
    // Someone else may have begun meanwhile; from here to `begin` nothing waits.
    let rotation = known(engine, id)?;
    if let Some(attempt) = join(engine, &rotation, &terms, agreed_to)? {
        return wait(engine, rotation.id, attempt, terms.wait_seconds, None).await;
    }
    // What no one was asked about is not agreed to.
    let consent = Consent { cut_previous: agreed_to, retire_now: agreed_to && terms.retire_now, ..consent };
    engine.report(Notice::Asked { actor: actor.clone(), wish: Wish::Rotate }, About::rotation(rotation.id));
    let request = Ask { consent, ..Ask::new(Trigger::Manual, actor.clone()) };
    let attempt = driver::begin(engine, &rotation, Operation::Rotate, request);
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
    let attempt = driver::begin(engine, &rotation, Operation::Rotate, Ask::new(Trigger::Schedule, actor));
    wait(engine, id, attempt, None, None).await
}

/// Says what a rotation now would do. Reads only.
async fn dry_run(engine: &Engine, id: &str, terms: &RotateTerms, actor: Actor) -> Result<Reply, Refusal> {
    let rotation = known(engine, id)?;
    let plan = plan_for(engine, &rotation, &consent(terms), actor).await?;
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
fn join(engine: &Engine, rotation: &Rotation, terms: &RotateTerms, agreed_to: bool) -> Result<Option<Uuid>, Refusal> {
    if rotation.leaving.is_some() {
        let refusal = Refusal::because(Kind::Conflict, RotationCause::BeingDeleted).and(OnRotation::NoLongerRotates);
        return Err(refusal.and(Automatic::NothingChanged));
    }
    let Some(operation) = &rotation.operation else { return Ok(None) };
    let limited = operation.fault.as_ref().is_some_and(|fault| fault.code == Code::RateLimited);
    if operation.kind != Operation::Rotate {
        if rests(rotation) && !limited {
            driver::drive(engine, rotation.id);
        }
        return Err(busy(rotation));
    }
    if terms.retire_now && !agreed_to {
        let secret_id = rotation.current_secret().and_then(|current| current.okta_id.clone()).unwrap_or_default();
        let steps = vec![PlanStep::DeactivateOnPublish { secret_id, targets: awaited(rotation), deletion: None }];
        return Err(ask(rotation, Plan { steps, asks: true, ..Plan::default() }));
    }
    if let Some(open) = engine.model.borrow_mut().rotations.get_mut(&rotation.id).and_then(|it| it.operation.as_mut()) {
        open.consent.cut_previous |= agreed_to;
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
    let ask = Ask { consent: consent.clone(), ..Ask::new(Trigger::Manual, actor) };
    planned(engine, rotation, Operation::Rotate, ask).await
}

fn ask(rotation: &Rotation, plan: Plan) -> Refusal {
    let rotation = rotation.name.to_string();
    let (cause, instead) = if plan.deletes() {
        (RotationCause::CutsShort { rotation }, Instead::Wait)
    } else {
        (RotationCause::NoOverlap { rotation }, Instead::KeepOverlap)
    };
    Refusal::asks(cause, plan).and(InRequest::Agree { instead: Some(instead) })
}

/// Has a rotation run once the old secret has gone by itself: its next due time is the first one after that.
pub async fn after_previous(engine: &Engine, id: &str, actor: &Actor) -> Result<Reply, Refusal> {
    let rotation = known(engine, id)?;
    let name = || rotation.name.to_string();
    let refused = |cause: RotationCause, next: OnRotation| {
        let refusal = Refusal::because(Kind::Conflict, cause).and(next).and(Automatic::NothingChanged);
        Err(refusal.of_rotation(&rotation.name))
    };
    if rotation.operation.is_some() {
        return Err(busy(&rotation));
    }
    if rotation.previous.is_none() {
        return refused(RotationCause::NoOldSecret { rotation: name() }, OnRotation::RotateNow);
    }
    let Some((at, schedule)) = later(&rotation, engine.clock.now()) else {
        return refused(RotationCause::OldSecretHeld { rotation: name() }, OnRotation::ResumeOrDate);
    };
    let row = rotation.id;
    let decided = Decided { deed: Deed::Postponed { at }, actor };
    save(engine, Rotation { schedule, ..rotation }, Vec::new(), decided).await?;
    shown(engine, row, None)
}
