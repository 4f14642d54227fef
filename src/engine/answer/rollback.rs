//! Back to the previous secret, when an operator asks.

use crate::core::cause::{RotationCause, SecretCause};
use crate::core::fault::Problem;
use crate::core::remedy::{Automatic, OnRotation};
use serde::{Deserialize, Serialize};

use super::attempt::{blocked, busy, known, planned, wait};
use crate::core::history::ending::What;
use crate::core::history::{Actor, Trigger};
use crate::core::protocol::open::Ask;
use crate::core::rotation::{Kind as Operation, Rotation};
use crate::engine::act::{Mode, Shortcut, Spec, Terms, Way};
use crate::engine::body::Reply;
use crate::engine::events::notice::{Notice, Wish};
use crate::engine::patience::{self, Takes};
use crate::engine::refusal::{Kind, Refusal};
use crate::engine::state::Engine;
use crate::engine::state::notices::About;
use crate::engine::view::RotationView;
use crate::engine::work::driver;
use crate::text::sentence::{Sentence, say};

/// On what terms.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RollbackTerms {
    /// How long to wait for the end, in seconds; 90 by default, 0 to return at once.
    pub wait_seconds: Option<u64>,
}

impl Terms for RollbackTerms {
    const SPEC: Spec = Spec {
        command: "rotation rollback",
        help: "Go back to the previous secret; keeps both, and pauses until you resume",
        paths: &["/api/v2/secret-rotations/okta-client-secret/{id}/rollback"],
        plans: true,
        waits: true,
        key: Some(Shortcut {
            action: "roll-back",
            key: Some('u'),
            short: "",
            name: "roll back to the previous secret: the plan first",
        }),
        ways: &[Way::plain(&["roll-back"], "roll back")],
        button: "Go back",
        doing: "Rolling back",
        ..Spec::ROTATION
    };

    fn takes(&self) -> Takes {
        Takes::Attempt(patience::wait(self.wait_seconds))
    }

    fn obstacle(row: &RotationView) -> Option<String> {
        row.previous.is_none().then(|| format!("{} has no previous secret to go back to", row.name))
    }

    fn title(&self, name: &str) -> String {
        format!("Go back to the old secret of {name}?")
    }

    fn done(&self, reply: &Reply) -> Sentence {
        match reply.rotation().and_then(|row| row.current.as_ref()) {
            Some(current) => say!(
                "back, as version {}; nothing starts by itself until it is resumed: `windlass rotation resume NAME`",
                current.version
            ),
            None => say!("rolling back"),
        }
    }
}

/// Publishes the previous secret again, or says what that would do. Destroys nothing, so it asks no one.
pub async fn rollback(
    engine: &Engine,
    id: &str,
    terms: RollbackTerms,
    mode: Mode,
    actor: Actor,
) -> Result<Reply, Refusal> {
    engine.may_act()?;
    let rotation = possible(engine, id)?;
    if let Some(operation) = rotation.operation.as_ref().filter(|operation| operation.kind == Operation::Rollback) {
        driver::drive(engine, rotation.id);
        return wait(engine, rotation.id, operation.attempt, terms.wait_seconds, None).await;
    }
    let request = Ask::new(Trigger::Rollback, actor);
    let alone = Rotation { operation: None, ..rotation.clone() };
    let plan = planned(engine, &alone, Operation::Rollback, request.clone()).await?;
    if mode == Mode::Plan {
        return Ok(Reply::Plan { plan });
    }
    if !plan.blockers.is_empty() {
        return Err(blocked(plan));
    }
    if !driver::make_way(engine, rotation.id, What::RollsBack { by: request.actor.to_string() }).await {
        return Err(busy(&possible(engine, id)?));
    }
    // From here to `begin` nothing waits.
    let rotation = possible(engine, id)?;
    let asked = Notice::Asked { actor: request.actor.clone(), wish: Wish::RollBack };
    engine.report(asked, About::rotation(rotation.id));
    let attempt = driver::begin(engine, &rotation, Operation::Rollback, request);
    wait(engine, rotation.id, attempt, terms.wait_seconds, Some(plan)).await
}

/// The rotation, where there is something to go back to.
fn possible(engine: &Engine, id: &str) -> Result<Rotation, Refusal> {
    let rotation = known(engine, id)?;
    let refused = |problem: Problem| {
        let problem = problem.of_rotation(&rotation.name);
        Err(Refusal::of(Kind::Conflict, problem).and(Automatic::NothingChanged))
    };
    if rotation.leaving.is_some() {
        return refused(Problem::because(RotationCause::BeingDeleted));
    }
    let Some(previous) = rotation.previous_secret() else {
        return refused(Problem::because(SecretCause::NoPrevious).and(OnRotation::MakeNew));
    };
    if previous.value.is_none() {
        let secret = previous.okta_id.clone().unwrap_or_default();
        let problem = Problem::because(SecretCause::NeverHeld { secret });
        return refused(problem.and(OnRotation::UseWhileActive).and(OnRotation::Hold));
    }
    Ok(rotation)
}
