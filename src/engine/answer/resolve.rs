//! What becomes of a new secret that cannot be verified, when an operator decides it.

use serde::{Deserialize, Serialize};

use super::attempt::{cause, ended, known, shown, stuck, wait};
use crate::core::cause::{RotationCause, Which};
use crate::core::fault::Problem;
use crate::core::history::deed::Deed;
use crate::core::history::{Actor, Outcome};
use crate::core::protocol::forecast::Forecast;
use crate::core::protocol::plan::Plan;
use crate::core::protocol::plan::follows::follows;
use crate::core::protocol::plan::step::PlanStep;
use crate::core::protocol::rests;
use crate::core::remedy::{Automatic, InRequest, OnRotation};
use crate::core::rotation::{Kind as Operation, OktaSecret, Rotation};
use crate::engine::act::{Asks, Mode, Opt, Spec, Terms, Way};
use crate::engine::body::Reply;
use crate::engine::patience::{self, Takes};
use crate::engine::refusal::{Kind, Refusal};
use crate::engine::state::Engine;
use crate::engine::state::decisions::Decided;
use crate::engine::state::notices::About;
use crate::engine::state::waiters::End;
use crate::engine::work::driver;
use crate::store::Change;
use crate::text::sentence::{Sentence, say};

/// On what terms: exactly one of `publishUnverified` and `withdraw`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ResolveTerms {
    /// Publish the new secret although it could not be tested.
    pub publish_unverified: bool,
    /// Take the new secret back; the one that was current stays.
    pub withdraw: bool,
    /// How long to wait for the end, in seconds; 90 by default, 0 to return at once.
    pub wait_seconds: Option<u64>,
}

impl Terms for ResolveTerms {
    const SPEC: Spec = Spec {
        command: "rotation resolve",
        help: "Decide about a new secret that cannot be tested",
        paths: &["/api/v2/secret-rotations/okta-client-secret/{id}/resolve"],
        asks: Asks::Engine,
        waits: true,
        options: &[
            Opt::flag("--publish-unverified", "publishUnverified", "Publish it although it could not be tested"),
            Opt::flag("--withdraw", "withdraw", "Take it back; the secret that was current stays"),
        ],
        one_of: true,
        // What is wrong with a rotation opens from its detail.
        ways: &[
            Way::by("--withdraw", &["rotations", "open", "open"], "W", "withdraw it"),
            Way::by("--publish-unverified", &["rotations", "open", "open"], "P", "publish it untested"),
        ],
        button: "Publish",
        ..Spec::ROTATION
    };

    fn takes(&self) -> Takes {
        Takes::Attempt(patience::wait(self.wait_seconds))
    }

    fn changes(&self, _: &str, mode: Mode) -> bool {
        // Without agreement it only asks.
        mode == Mode::Agreed || (self.withdraw && mode != Mode::Plan)
    }

    fn title(&self, name: &str) -> String {
        format!("Publish the new secret of {name} untested?")
    }

    fn risk(&self) -> Option<&'static str> {
        Some("It may not work: it could not be tested.")
    }

    fn doing(&self) -> &'static str {
        if self.withdraw { "Withdrawing the new secret of" } else { "Publishing the new secret of" }
    }

    fn done(&self, reply: &Reply) -> Sentence {
        match reply.rotation().and_then(|row| row.current.as_ref()) {
            _ if self.withdraw => say!("the new secret is withdrawn; the current one still works"),
            Some(current) => say!(
                "published without a test, as version {}; to go back: `windlass rotation rollback NAME`",
                current.version
            ),
            None => say!("publishing"),
        }
    }
}

/// Has the pending secret published untested, or withdrawn.
pub async fn resolve(
    engine: &Engine,
    id: &str,
    terms: ResolveTerms,
    mode: Mode,
    actor: Actor,
) -> Result<Reply, Refusal> {
    engine.may_act()?;
    if terms.publish_unverified == terms.withdraw {
        return Err(Refusal::undecided(Which::New));
    }
    let rotation = known(engine, id)?;
    let Some((attempt, pending)) = open_attempt(&rotation) else {
        let cause = RotationCause::NothingPending { rotation: rotation.name.to_string() };
        let refusal =
            Refusal::because(Kind::Conflict, cause).and(Automatic::NothingChanged).and(OnRotation::ShowRotation);
        return Err(refusal.of_rotation(&rotation.name));
    };
    let secret = pending.okta_id.clone().unwrap_or_else(|| "the new secret".into());
    if terms.publish_unverified && mode != Mode::Agreed {
        return Err(ask(engine, &rotation, &secret));
    }
    let secret_id = secret.clone();
    let deed = if terms.withdraw { Deed::Withdraw { secret_id } } else { Deed::PublishUntested { secret_id } };
    let decided = Decided { deed, actor: &actor };
    let entry = Change::Append(Box::new(decided.entry(engine, Some(&rotation))));
    let store = engine.clone();
    // Beside: the attempt must not end between here and the wait for its end. The reply waits for all that is written.
    tokio::task::spawn_local(async move { store.write(vec![entry]).await });
    let about = About { attempt: Some(attempt), ..About::rotation(rotation.id) };
    engine.report(decided.notice(), about);
    if let Some(open) = engine.model.borrow_mut().rotations.get_mut(&rotation.id).and_then(|it| it.operation.as_mut()) {
        (open.consent.publish_unverified, open.consent.withdraw) = (terms.publish_unverified, terms.withdraw);
    }
    if rests(&rotation) {
        driver::drive(engine, rotation.id);
    }
    if !terms.withdraw || patience::wait(terms.wait_seconds).is_zero() {
        return wait(engine, rotation.id, attempt, terms.wait_seconds, None).await;
    }
    match ended(engine, attempt, terms.wait_seconds).await {
        // That it failed is what was asked for.
        Some(End::Closed(entry)) if entry.outcome == Outcome::Failed => shown(engine, rotation.id, None),
        Some(End::Closed(entry)) if entry.outcome == Outcome::Success => {
            let refusal = Refusal::because(Kind::Conflict, RotationCause::PublishedMeanwhile { secret });
            Err(refusal.and(OnRotation::GoBack).of_rotation(&rotation.name))
        }
        Some(End::Closed(entry)) => {
            let refusal = Refusal::of(Kind::Conflict, Problem::because(cause(&entry)).and(OnRotation::ShowRotation));
            Err(refusal.of_rotation(&rotation.name))
        }
        Some(End::Abandoned(fault)) => Err(Refusal::from_fault(&fault)),
        Some(End::Stuck) | None => Err(stuck(engine, rotation.id)),
    }
}

/// The open attempt and the secret that it has made.
fn open_attempt(rotation: &Rotation) -> Option<(uuid::Uuid, &OktaSecret)> {
    let operation = rotation.operation.as_ref().filter(|operation| operation.kind == Operation::Rotate)?;
    Some((operation.attempt, rotation.secret(operation.pending?)?))
}

fn ask(engine: &Engine, rotation: &Rotation, secret: &str) -> Refusal {
    let old = rotation.current_secret().and_then(|current| current.okta_id.clone());
    let steps = vec![PlanStep::PublishUntested { secret_id: secret.to_owned() }];
    let mut plan = Plan { steps, asks: true, ..Plan::default() };
    let model = engine.model.borrow();
    let forecast = Forecast::new(rotation, false, model.was_read(rotation), engine.clock.now());
    follows(&mut plan, rotation, forecast);
    let name = rotation.name.to_string();
    plan.steps.extend(old.map(|secret_id| PlanStep::CanRollBack { secret_id, rotation: name }));
    Refusal::asks(RotationCause::PublishesUntested { secret: secret.to_owned() }, plan)
        .and(InRequest::Agree { instead: None })
}
