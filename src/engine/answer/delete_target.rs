//! Targets removed: what is at the place stays, unless it is asked to go and is ours.

use serde::{Deserialize, Serialize};

use super::deliver::rests;
use super::targets::{find, put, show};
use crate::core::history::Actor;
use crate::core::history::deed::Deed;
use crate::core::target::{Leaving, Stand};
use crate::engine::act::{Asks, Mode, On, Opt, Spec, Terms, Way};
use crate::engine::body::Reply;
use crate::engine::patience::{Takes, wait};
use crate::engine::refusal::Refusal;
use crate::engine::state::Engine;
use crate::engine::work::deliver as work;
use crate::text::sentence::{Sentence, say};

/// On what terms.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct DeleteTargetTerms {
    /// What is provably ours at the place goes too.
    pub purge: bool,
    /// It goes now, though the place cannot be reached: what is there stays as it is.
    pub force: bool,
}

impl Terms for DeleteTargetTerms {
    const SPEC: Spec = Spec {
        command: "target delete",
        on: On::Target,
        formerly: &["remove"],
        help: "Deliver there no more; what is there stays",
        examples: &["windlass target delete payments/file --purge"],
        method: "DELETE",
        paths: &["/api/v1/targets/{id}", "/api/v1/secret-syncs/{destination}/{id}"],
        in_query: true,
        strict: false,
        asks: Asks::Face,
        options: &[
            Opt::flag("--purge", "purge", "What is provably ours at the place goes too"),
            Opt::flag("--force", "force", "Even where the place cannot be reached; what is there stays as it is")
                .not_with(&["--purge"]),
        ],
        doing: "Deleting",
        ways: &[
            Way::by("--force", &["targets"], "d f", "delete it, and leave what is there"),
            Way::by("", &["targets"], "d", "delete the target"),
        ],
        ..Spec::ROTATION
    };

    fn takes(&self) -> Takes {
        Takes::Attempt(wait(None))
    }

    fn done(&self, reply: &Reply) -> Sentence {
        match reply.target() {
            Some(target) if target.fault.is_some() => {
                say!(
                    "being deleted: its place cannot be reached yet; `windlass target delete NAME --force` leaves it as it is"
                )
            }
            Some(target) if target.next_try_at.is_some() => {
                say!("being deleted, in about a minute: a write that was not answered may still arrive until then")
            }
            _ if self.purge => say!("deleted; what was ours there is gone"),
            _ => say!("deleted; what is there stays, and is not kept current any more"),
        }
    }
}

/// Removes one. The old secret waits for it no more from now on.
pub async fn delete(
    engine: &Engine,
    id: &str,
    terms: DeleteTargetTerms,
    _: Mode,
    actor: Actor,
) -> Result<Reply, Refusal> {
    engine.may_act()?;
    let (rotation, target) = {
        let model = engine.model.borrow();
        let (rotation, target) = find(&model, id)?;
        (rotation.id, target.clone())
    };
    let mut shown = show(engine, &target.id.to_string())?;
    if let Reply::Target { secret_sync } = &mut shown {
        (secret_sync.stands, secret_sync.fault, secret_sync.next_try_at) = (Stand::Leaving, None, None);
    }
    let (name, place) = (target.name.to_string(), target.destination.to_string());
    let deed = Deed::TargetDeleted { target: name, place, purge: terms.purge };
    let since = engine.clock.now();
    put(engine, rotation, deed, &actor, |rotation| {
        if terms.force {
            return rotation.targets.retain(|it| it.id != target.id);
        }
        if let Some(known) = rotation.targets.iter_mut().find(|it| it.id == target.id) {
            let purge = terms.purge || known.leaving.is_some_and(|leaving| leaving.purge);
            known.leaving = Some(Leaving { since, purge });
            (known.state.fault, known.state.wake_at) = (None, None);
        }
    })
    .await?;
    work::drive(engine, rotation, target.id);
    rests(engine, target.id, wait(None)).await;
    // It is gone, or says what keeps it.
    show(engine, &target.id.to_string()).or(Ok(shown))
}
