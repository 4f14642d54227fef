//! Rotations deleted: what is under way is settled first, or by force without Okta.

use chrono::Duration;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::attempt::stuck;
use super::rotations::show;
use super::settings::{put, save};
use crate::core::history::deed::Deed;
use crate::core::history::{Actor, Entry};
use crate::core::protocol::open::{Act, agenda};
use crate::core::rotation::{Leaving, Rotation, Status};
use crate::core::target;
use crate::engine::act::{Asks, Mode, Opt, Spec, Terms, Way};
use crate::engine::body::Reply;
use crate::engine::events::notice::{Notice, Wish};
use crate::engine::patience::{self, Takes};
use crate::engine::refusal::Refusal;
use crate::engine::state::decisions::Decided;
use crate::engine::state::notices::About;
use crate::engine::state::waiters::End;
use crate::engine::state::{Engine, mapped_secrets};
use crate::engine::work::{deliver, driver};
use crate::store::Change;
use crate::text::sentence::{Sentence, say};

/// On what terms.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct DeleteTerms {
    /// The mapped secrets go too.
    pub delete_secrets: bool,
    /// Our secrets at Okta go too, except a last active one. Implies `deleteSecrets`.
    pub revoke_generated_credentials: bool,
    /// Settle nothing at Okta, which is out of reach: the record goes now, its values are kept for 90 days.
    pub force: bool,
}

impl Terms for DeleteTerms {
    const SPEC: Spec = Spec {
        command: "rotation delete",
        help: "Stop rotating; the mapped secrets stay as plain secrets unless you say otherwise",
        method: "DELETE",
        paths: &["/api/v2/secret-rotations/okta-client-secret/{id}"],
        in_query: true,
        strict: false,
        asks: Asks::Face,
        options: &[
            Opt::flag("--delete-secrets", "deleteSecrets", "The mapped secrets go too"),
            Opt::flag(
                "--revoke-credentials",
                "revokeGeneratedCredentials",
                "Our secrets at Okta go too, except a last active one; implies --delete-secrets",
            ),
            Opt::flag(
                "--force",
                "force",
                "Settle nothing at Okta, where it is out of reach; the values are kept for 90 days",
            )
            .not_with(&["--revoke-credentials"]),
        ],
        ways: &[Way::plain(&["delete"], "delete")],
        doing: "Deleting",
        ..Spec::ROTATION
    };

    fn takes(&self) -> Takes {
        Takes::Attempt(patience::deletion())
    }

    fn done(&self, reply: &Reply) -> Sentence {
        match reply.rotation() {
            _ if self.force => say!(
                "deleted; `windlass history` lists what may still be at Okta, and its values can be had for 90 days"
            ),
            Some(row) if row.deleting_since.is_some() => {
                say!("being deleted: it goes once its old secret is retired; `windlass rotation show NAME` says when")
            }
            _ => say!("deleted; `windlass history` shows what became of its secrets"),
        }
    }
}

/// How long the values of a rotation are kept that was deleted by force.
const KEPT: Duration = Duration::days(90);

/// Deletes a rotation. What is under way is settled first, and the record goes once nothing of it is left to be done.
pub async fn delete(engine: &Engine, id: &str, terms: DeleteTerms, _: Mode, actor: Actor) -> Result<Reply, Refusal> {
    engine.may_act()?;
    let mut rotation = engine.model.borrow().rotation(id)?.clone();
    let row = rotation.id;
    engine.named.borrow_mut().insert(row);
    if terms.force {
        return force(engine, rotation, terms, actor).await;
    }
    let revoke = terms.revoke_generated_credentials || rotation.leaving.as_ref().is_some_and(|leaving| leaving.revoke);
    let since = rotation.leaving.as_ref().map_or(engine.clock.now(), |leaving| leaving.since);
    rotation.leaving = Some(Leaving { since, actor: actor.clone(), revoke, kept_until: None });
    for target in &mut rotation.targets {
        // What is there goes with the names that it was read under here.
        let purge = terms.delete_secrets || revoke || target.leaving.is_some_and(|leaving| leaving.purge);
        target.leaving = Some(target::Leaving { since, purge });
        (target.state.fault, target.state.wake_at) = (None, None);
    }
    let mut changes = Vec::new();
    if terms.delete_secrets || revoke {
        let model = engine.model.borrow();
        // That it was fetched is noted at the names, which go: the old secret must not wait for it for ever.
        rotation.retire_unread |= model.reached(&rotation);
        changes = mapped_secrets::drop_secrets(&model, row);
    }
    let targets: Vec<Uuid> = rotation.targets.iter().map(|target| target.id).collect();
    let alone = Rotation { targets: Vec::new(), ..rotation.clone() };
    let goes_at_once = revoke || matches!(agenda(&alone, false, since), Some((_, Act::Remove)));
    let mut shown = show(engine, id)?;
    if goes_at_once {
        // Its end, which comes at once, says by whom.
        let asked = Notice::Asked { actor: actor.clone(), wish: Wish::Delete };
        put(engine, rotation, changes, asked, About::rotation(row)).await?;
    } else {
        let asked = Decided { deed: Deed::DeletionAsked, actor: &actor };
        save(engine, rotation, changes, asked).await?;
    }
    for target in targets {
        deliver::drive(engine, row, target);
    }
    driver::drive(engine, row);
    if !goes_at_once {
        return show(engine, &row.to_string());
    }
    settle(engine, row).await?;
    if let Reply::Rotation { secret_rotation, .. } = &mut shown {
        secret_rotation.deleting_since = None;
    }
    Ok(shown)
}

/// Deletes a rotation without settling anything at Okta, where that is out of reach. What may still be there is on the
/// record, and its values are kept for a while.
async fn force(engine: &Engine, mut rotation: Rotation, terms: DeleteTerms, actor: Actor) -> Result<Reply, Refusal> {
    let now = engine.clock.now();
    let kept_until = now + KEPT;
    let mut shown = show(engine, &rotation.id.to_string())?;
    let left = rotation
        .secrets
        .iter()
        .filter(|secret| matches!(secret.status, Status::Active | Status::Inactive | Status::Intended))
        .map(|secret| secret.okta_id.clone())
        .collect();
    let deed = Deed::DeletedByForce { left, kept_until, rotation_id: rotation.id };
    let attempt = rotation.operation.take().map(|operation| operation.attempt);
    let since = rotation.leaving.as_ref().map_or(now, |leaving| leaving.since);
    rotation.leaving = Some(Leaving { since, actor: actor.clone(), revoke: false, kept_until: Some(kept_until) });
    let id = rotation.id;
    let mut changes = {
        let model = engine.model.borrow();
        if terms.delete_secrets { mapped_secrets::drop_secrets(&model, id) } else { mapped_secrets::detach(&model, id) }
    };
    let decided = Decided { deed, actor: &actor };
    let entry = Entry {
        previous_secret_id: rotation.current_secret().and_then(|secret| secret.okta_id.clone()),
        ..decided.entry(engine, Some(&rotation))
    };
    let name = rotation.name.to_string();
    changes.push(Change::PutRotation(Box::new(rotation)));
    changes.push(Change::Append(Box::new(entry)));
    engine.write(changes).await?;
    let about = About { gone: Some(id), name: Some(name), ..About::default() };
    engine.report(decided.notice(), about);
    if let Some(attempt) = attempt {
        engine.waiters.ended(attempt, &End::Stuck);
    }
    if let Reply::Rotation { secret_rotation, .. } = &mut shown {
        secret_rotation.deleting_since = None;
    }
    Ok(shown)
}

/// Waits until the rotation is gone, or says what keeps it.
async fn settle(engine: &Engine, id: Uuid) -> Result<(), Refusal> {
    let deadline = tokio::time::Instant::now() + patience::deletion();
    let mut stirred = engine.stirred.subscribe();
    loop {
        let attempt = {
            let model = engine.model.borrow();
            let Some(rotation) = model.rotations.get(&id) else { return Ok(()) };
            rotation.operation.as_ref().map(|operation| operation.attempt)
        };
        let ended = async {
            if let Some(attempt) = attempt {
                engine.waiters.wait_for(attempt).await.ok()
            } else {
                let _ = stirred.changed().await;
                None
            }
        };
        match tokio::time::timeout_at(deadline, ended).await {
            Ok(Some(End::Stuck)) | Err(_) => return Err(stuck(engine, id)),
            Ok(Some(End::Abandoned(fault))) => return Err(Refusal::from_fault(&fault)),
            // What else was open has ended; the deletion itself continues.
            Ok(_) => {}
        }
    }
}
