//! A drift check on request.

use crate::core::cause::RotationCause;
use crate::core::remedy::OnRotation;
use serde::{Deserialize, Serialize};

use super::attempt::{busy, known, shown};
use crate::core::history::Actor;
use crate::engine::act::{Mode, Spec, Terms, Way};
use crate::engine::body::Reply;
use crate::engine::patience::Takes;
use crate::engine::refusal::{Kind, Refusal};
use crate::engine::state::Engine;
use crate::engine::work::drift::check;
use crate::text::sentence::{Sentence, say};

/// On what terms: none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckTerms {}

impl Terms for CheckTerms {
    const SPEC: Spec = Spec {
        command: "rotation check",
        formerly: &["look"],
        help: "Check for drift now: compare a rotation with what is at Okta",
        paths: &[
            "/api/v2/secret-rotations/okta-client-secret/{id}/check",
            "/api/v2/secret-rotations/okta-client-secret/{id}/look",
        ],
        ways: &[Way::plain(&["retry"], "check again")],
        doing: "Checking",
        ..Spec::ROTATION
    };

    fn takes(&self) -> Takes {
        Takes::Okta
    }

    fn done(&self, reply: &Reply) -> Sentence {
        match reply.rotation().and_then(|row| row.attention.as_ref()) {
            Some(attention) => say!("{}; {}", attention.problem.what(), attention.problem.todo()),
            None => say!("no drift: Okta has what it should have"),
        }
    }
}

/// Checks now, and shows the rotation after that.
pub async fn on_demand(engine: &Engine, id: &str, _: CheckTerms, _: Mode, _: Actor) -> Result<Reply, Refusal> {
    engine.may_act()?;
    let rotation = known(engine, id)?;
    if rotation.operation.is_some() {
        return Err(busy(&rotation));
    }
    if rotation.current.is_none() || rotation.leaving.is_some() {
        let cause = RotationCause::NothingPublished { rotation: rotation.name.to_string() };
        return Err(Refusal::because(Kind::Conflict, cause).and(OnRotation::CheckCompares));
    }
    check(engine, &rotation).await.map_err(|fault| Refusal::from_fault(&fault))?;
    shown(engine, rotation.id, None)
}
