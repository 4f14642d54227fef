//! Credentials for the units of systemd, at their start.
//!
//! Each that is handed out counts as a fetch of its unit, and that is on disk before the value leaves: the old secret waits for
//! the units that have it. Whatever stands in the way is said in the live log, for a unit that does not start says only that
//! it got no credential.

use std::panic::AssertUnwindSafe;

use futures_util::FutureExt;
use uuid::Uuid;

use super::secrets::acknowledge;
use crate::core::cause::{MachineCause, TargetCause};
use crate::core::fault::Problem;
use crate::core::history::{Actor, Via};
use crate::core::remedy::{OnMachine, OnTarget};
use crate::core::rotation::{Rotation, Status};
use crate::core::secret::{Credential, SecretValue};
use crate::core::target::Target;
use crate::engine::body::{Acknowledgement, Asks, ReadVersion};
use crate::engine::events::notice::Notice;
use crate::engine::refusal::Refusal;
use crate::engine::state::Engine;
use crate::engine::state::notices::About;
use crate::engine::state::records::Model;

/// What is refused, and the rotation that it is about, where that is known.
struct Withheld(Problem, Option<Uuid>);

/// The value, once its fetch is on disk; `None` where it is refused.
pub async fn hand_out(engine: &Engine, asks: Asks) -> Option<SecretValue> {
    let done = AssertUnwindSafe(Box::pin(handed_out(engine, &asks))).catch_unwind().await;
    let broke = |_| Err(Withheld(Problem::because(MachineCause::Internal).and(OnMachine::Report), None));
    match done.unwrap_or_else(broke) {
        Ok(value) => Some(value),
        Err(Withheld(problem, rotation)) => {
            let (unit, credential) = match asks {
                Asks::Unit { unit, credential, .. } => (Some(unit), Some(credential)),
                Asks::Stranger { .. } | Asks::Nameless => (None, None),
            };
            let about = rotation.map(About::rotation).unwrap_or_default();
            engine.report(Notice::Withheld { unit, credential, problem }, about);
            None
        }
    }
}

async fn handed_out(engine: &Engine, asks: &Asks) -> Result<SecretValue, Withheld> {
    let (unit, credential, caller) = match asks {
        Asks::Stranger { user } => {
            return Err(Withheld(Problem::because(TargetCause::NotItsManager { user: user.clone() }), None));
        }
        Asks::Nameless => {
            let problem = Problem::because(TargetCause::NoUnitNamed).and(OnTarget::LoadCredential);
            return Err(Withheld(problem, None));
        }
        Asks::Unit { unit, credential, caller } => (unit, credential, caller),
    };
    let refused = |refusal: Refusal| Withheld(refusal.problem, None);
    engine.may_act().map_err(refused)?;
    if engine.read_only {
        return Err(refused(Refusal::read_only(true)));
    }
    let (rotation, read, value) = offered(&engine.model.borrow(), unit, credential)?;
    let about = |refusal: Refusal| Withheld(refusal.problem, Some(rotation));
    let actor = Actor { user: caller.user.clone(), login_user: None, sudo_user: None, via: Via::Api };
    let fetched = Acknowledgement { reader: None, secrets: vec![read], caller: Some(caller.clone()) };
    acknowledge(engine, &fetched, &actor).await.map_err(about)?;
    // What was published a moment ago may not be on disk yet.
    engine.settled().await;
    engine.may_act().map_err(about)?;
    Ok(value)
}

/// What a unit gets under a name: of which rotation, which version, and the value.
fn offered(model: &Model, unit: &str, credential: &str) -> Result<(Uuid, ReadVersion, SecretValue), Withheld> {
    let is_there = |(rotation, target): &(&Rotation, &Target)| target.leaving.is_none() || rotation.keeps(target);
    let all = model.saved().flat_map(|rotation| rotation.targets.iter().map(move |target| (rotation, target)));
    let named = all.filter(is_there).filter_map(|(rotation, target)| {
        let holds = target.keys.get(credential)?;
        Some((rotation, target, target.destination.units()?, *holds))
    });
    let named: Vec<_> = named.collect();
    let Some((rotation, _, _, holds)) = named.iter().find(|(_, _, units, _)| units.have(unit)) else {
        return Err(if let Some((rotation, target, units, _)) = named.first() {
            let (name, units) = (format!("{}/{}", rotation.name, target.name), units.to_string());
            let cause = TargetCause::ForOtherUnits { credential: credential.into(), target: name.clone(), units };
            Withheld(Problem::because(cause).and(OnTarget::ChangeUnits { target: name }), Some(rotation.id))
        } else {
            let cause = TargetCause::NotOffered { credential: credential.into() };
            Withheld(Problem::because(cause).and(OnTarget::OfferIt { unit: unit.into() }), None)
        });
    };
    let nothing = |cause: TargetCause| Withheld(Problem::because(cause).of_rotation(&rotation.name), Some(rotation.id));
    let current = rotation.current_secret().filter(|current| current.published.is_some());
    let current = current.ok_or_else(|| nothing(TargetCause::NotYetPublished))?;
    let key = match holds {
        Credential::ClientId => rotation.client_id_key(),
        Credential::ClientSecret => rotation.client_secret_key(),
    };
    let secret = model.secrets.get(&key).filter(|it| it.rotation == Some(rotation.id));
    let version = secret.and_then(|secret| secret.current()).filter(|version| version.okta_secret == current.key);
    let works = version.filter(|_| current.status == Status::Active);
    let found = works.and_then(|version| Some((version, version.value.clone()?)));
    let (version, value) = found.ok_or_else(|| nothing(TargetCause::NoneWorks))?;
    let read = ReadVersion {
        name: key.name.to_string(),
        environment: Some(key.environment.to_string()),
        path: Some(key.path.to_string()),
        version: version.number,
        created_at: Some(version.created_at),
    };
    Ok((rotation.id, read, value))
}
