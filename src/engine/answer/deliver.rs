//! A delivery on request: the place is looked at now, whatever its own time is.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::targets::{find, show};
use crate::core::history::Actor;
use crate::core::target::Stand;
use crate::engine::act::{Mode, On, Spec, Terms, Way};
use crate::engine::body::Reply;
use crate::engine::patience::{Takes, wait};
use crate::engine::refusal::Refusal;
use crate::engine::state::Engine;
use crate::engine::work::deliver as work;
use crate::text::sentence::{Sentence, say};

/// On what terms.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct DeliverTerms {
    /// How long to wait for it, in seconds.
    pub wait_seconds: Option<u64>,
}

impl Terms for DeliverTerms {
    const SPEC: Spec = Spec {
        command: "target deliver",
        on: On::Target,
        help: "Look at the place now, and deliver what it does not have",
        examples: &["windlass target deliver payments/file"],
        paths: &["/api/v1/targets/{id}/deliver", "/api/v1/secret-syncs/{destination}/{id}/sync-secrets"],
        strict: false,
        waits: true,
        doing: "Delivering to",
        ways: &[Way::by("", &["targets"], "R", "deliver now")],
        ..Spec::ROTATION
    };

    fn takes(&self) -> Takes {
        Takes::Attempt(wait(self.wait_seconds))
    }

    fn done(&self, reply: &Reply) -> Sentence {
        match reply.target() {
            Some(target) if target.stands == Stand::Confirmed => {
                say!("it has version {}", target.confirmed_version.unwrap_or_default())
            }
            _ => say!("it is being delivered to; `windlass target show NAME` says how that goes"),
        }
    }
}

/// Wakes it, and waits until it rests.
pub async fn deliver(engine: &Engine, id: &str, terms: DeliverTerms, _: Mode, _: Actor) -> Result<Reply, Refusal> {
    engine.may_act()?;
    let (rotation, target) = {
        let model = engine.model.borrow();
        let (rotation, target) = find(&model, id)?;
        (rotation.id, target.id)
    };
    engine.named.borrow_mut().insert(rotation);
    work::asked(engine, rotation, target);
    rests(engine, target, wait(terms.wait_seconds)).await;
    let reply = show(engine, &target.to_string())?;
    match reply.target().and_then(|target| target.fault.clone()) {
        Some(fault) => Err(Refusal::from_fault(&fault)),
        None => Ok(reply),
    }
}

/// Waits until nothing is out for a target, at most so long.
pub async fn rests(engine: &Engine, target: Uuid, most: std::time::Duration) {
    let mut stirred = engine.stirred.subscribe();
    let home = async { while engine.delivering.borrow().contains(&target) && stirred.changed().await.is_ok() {} };
    let _ = tokio::time::timeout(most, home).await;
}
