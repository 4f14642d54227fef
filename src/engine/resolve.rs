//! What becomes of a new secret that cannot be verified, when a person decides it.

use super::driver;
use super::events::Level;
use super::refusal::{Kind, Refusal};
use super::request::{Reply, ResolveTerms};
use super::rotate::{known, wait};
use super::shared::{About, Engine};
use crate::core::history::Actor;
use crate::core::protocol::plan::Plan;
use crate::core::protocol::rests;
use crate::core::rotation::{Kind as Operation, OktaSecret, Rotation};

/// Has the pending secret published untested, or withdrawn.
pub async fn resolve(engine: &Engine, id: &str, terms: ResolveTerms, actor: Actor) -> Result<Reply, Refusal> {
    engine.may_act()?;
    if terms.publish_unverified == terms.withdraw {
        let hint = "say exactly one of --publish-unverified and --withdraw; nothing was changed";
        return Err(Refusal::new(Kind::Invalid, "what is to become of the new secret?", hint));
    }
    let rotation = known(engine, id)?;
    let Some((attempt, pending)) = open_attempt(&rotation) else {
        let message = format!("no new secret of {} waits for a verdict", rotation.name);
        let hint = format!("nothing was changed; `windlass rotation show {}` tells how it stands", rotation.name);
        return Err(Refusal::new(Kind::Conflict, message, hint));
    };
    let secret = pending.okta_id.clone().unwrap_or_else(|| "the new secret".into());
    if terms.publish_unverified && !terms.yes {
        return Err(ask(&rotation, &secret));
    }
    let what = if terms.withdraw { "withdraw" } else { "publish untested:" };
    engine.tell(Level::Info, "asked", format!("{actor} asked to {what} {secret}"), About::rotation(rotation.id));
    if let Some(open) = engine.model.borrow_mut().rotations.get_mut(&rotation.id).and_then(|it| it.operation.as_mut()) {
        (open.consent.publish_unverified, open.consent.withdraw) = (terms.publish_unverified, terms.withdraw);
    }
    if rests(&rotation) {
        driver::drive(engine, rotation.id);
    }
    match wait(engine, rotation.id, attempt, terms.wait_seconds, None).await {
        // That it failed is what was asked for.
        Err(refusal) if terms.withdraw && refusal.error == Kind::Failed => {
            super::rotate::shown(engine, rotation.id, None)
        }
        reply => reply,
    }
}

/// The open attempt and the secret that it has made.
fn open_attempt(rotation: &Rotation) -> Option<(uuid::Uuid, &OktaSecret)> {
    let operation = rotation.operation.as_ref().filter(|operation| operation.kind == Operation::Rotate)?;
    Some((operation.attempt, rotation.secret(operation.pending?)?))
}

fn ask(rotation: &Rotation, secret: &str) -> Refusal {
    let old = rotation.current_secret().and_then(|current| current.okta_id.clone());
    let mut steps =
        vec![format!("publish {secret} although nobody could test it: if it does not work, its consumers fail")];
    steps.extend(
        old.map(|old| format!("keep {old}, current until then, for its overlap: `rotation rollback` goes back to it")),
    );
    let plan = Plan { steps, asks: true, ..Plan::default() };
    let message = format!("{secret} would be published untested");
    let hint = "nothing was changed; agree to the plan by giving the command again with --yes";
    Refusal { plan: Some(Box::new(plan)), ..Refusal::new(Kind::NeedsConsent, message, hint) }
}
